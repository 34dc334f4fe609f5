//! Compares two runs.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunComparison;
use crate::wire::Wire;

/// Two runs side by side. With the first alone there is nothing to compare yet, only runs to choose from.
///
/// # Errors
/// `NotFound` if there is no such run.
#[server(prefix = "/ui-api", endpoint = "compare_runs", input = GetUrl, output = Wire)]
pub async fn compare_runs(
    /// The first run.
    a: String,
    /// The second run, or empty.
    #[server(default)]
    b: String,
    /// Which questions: `differs`, `a`, `b`, or empty for all.
    #[server(default)]
    show: String,
    /// The page, counted from 1.
    #[server(default)]
    page: u32,
) -> Result<RunComparison, AppError> {
    read::compared(&a, &b, &show, page.max(1)).await
}

#[cfg(feature = "ssr")]
mod read {
    use std::collections::{BTreeMap, HashMap, VecDeque};

    use domain::experiment::{Tag, ViewType};
    use domain::page::PageRequest;
    use domain::run::Run;
    use domain::store::{RunQuery, Store, TraceQuery};
    use domain::trace::TraceInfo;

    use super::super::run_facts;
    use crate::error::AppError;
    use crate::model::{
        Answered, Differing, FeedbackChip, PAIR_PAGE, Pair, RunComparison, RunHead, RunSide,
        Verdict, cut,
    };
    use crate::server_fns::server;
    use crate::text::metric;
    use crate::text::preview::readable;

    /// The most traces of a run that are aligned, the newest.
    const TRACES: usize = 2_000;
    /// Traces read at once.
    const READ: u32 = 500;
    /// The most runs to choose from.
    const OTHERS: u32 = 100;
    /// Characters of questions and answers.
    const WORDS: usize = 400;

    pub async fn compared(
        a: &str,
        b: &str,
        show: &str,
        page: u32,
    ) -> Result<RunComparison, AppError> {
        let store = server::store()?;
        let store = store.as_ref();
        let first = run_facts::found(store, a).await?;
        let experiment = server::experiment(store, first.experiment_id.0).await?;
        let others = others(store, &first).await?;
        let (side, of_first) = side(store, &first).await?;
        let mut comparison = RunComparison {
            experiment,
            sides: vec![side],
            params: Vec::new(),
            same_params: 0,
            metrics: Vec::new(),
            same_metrics: 0,
            counts: (0, 0, 0, 0),
            pairs: Vec::new(),
            total: 0,
            others,
        };
        if b.is_empty() {
            return Ok(comparison);
        }
        let second = run_facts::found(store, b).await?;
        let (side, of_second) = self::side(store, &second).await?;
        comparison.sides.push(side);
        (comparison.params, comparison.same_params) = params(&first, &second);
        (comparison.metrics, comparison.same_metrics) = metrics(&first, &second);
        let pairs = aligned(&of_first, &of_second);
        let count = |verdict| pairs.iter().filter(|pair| pair.verdict == verdict).count() as u64;
        comparison.counts = (
            count(Verdict::Same),
            count(Verdict::Differs),
            count(Verdict::OnlyA),
            count(Verdict::OnlyB),
        );
        let wanted = match show {
            "differs" => Some(Verdict::Differs),
            "a" => Some(Verdict::OnlyA),
            "b" => Some(Verdict::OnlyB),
            _ => None,
        };
        let shown: Vec<Pair> = pairs
            .into_iter()
            .filter(|pair| wanted.is_none_or(|wanted| pair.verdict == wanted))
            .collect();
        comparison.total = shown.len() as u64;
        let size = PAIR_PAGE as usize;
        let passed = size.saturating_mul(page as usize - 1);
        comparison.pairs = shown.into_iter().skip(passed).take(size).collect();
        Ok(comparison)
    }

    async fn others(store: &dyn Store, run: &Run) -> Result<Vec<(String, String)>, AppError> {
        let query = RunQuery {
            experiments: vec![run.experiment_id],
            filter: None,
            order: Vec::new(),
            view: ViewType::ActiveOnly,
            page: PageRequest::first(OTHERS),
        };
        let found = store.search_runs(query).await?.items;
        let others = found.into_iter().filter(|other| other.id != run.id);
        Ok(others
            .map(|other| (other.id.into_string(), other.name))
            .collect())
    }

    /// A run's figures and its traces, the earliest first.
    async fn side(store: &dyn Store, run: &Run) -> Result<(RunSide, Vec<TraceInfo>), AppError> {
        let mut traces = Vec::new();
        let mut token = None;
        let filter = run_facts::traces_of(run.id.as_str());
        let mut is_cut = false;
        while let Some(filter) = &filter {
            let query = TraceQuery {
                experiments: vec![run.experiment_id],
                filter: Some(filter.clone()),
                order: Vec::new(),
                page: PageRequest { size: READ, token },
            };
            let found = store.search_traces(query).await?;
            traces.extend(found.items);
            token = found.next;
            is_cut = token.is_some();
            if token.is_none() || traces.len() >= TRACES {
                break;
            }
        }
        traces.reverse();
        let side = RunSide {
            head: RunHead::of(run),
            sums: run_facts::sums(store, run.experiment_id, run.id.as_str()).await?,
            aligned: traces.len() as u64,
            is_cut,
        };
        Ok((side, traces))
    }

    fn params(a: &Run, b: &Run) -> (Vec<Differing>, u64) {
        let texts = |params: &[Tag]| -> BTreeMap<String, String> {
            let text = |param: &Tag| (param.key.clone(), cut(&param.value, 300));
            params.iter().map(text).collect()
        };
        differing(&texts(&a.params), &texts(&b.params), |_| None)
    }

    fn metrics(a: &Run, b: &Run) -> (Vec<Differing>, u64) {
        let texts = |run: &Run| -> BTreeMap<String, String> {
            let metrics = run.metrics.iter();
            metrics
                .map(|m| (m.key.clone(), metric::value(m.value)))
                .collect()
        };
        let number = |run: &Run, key: &str| {
            let found = run.metrics.iter().find(|m| m.key == key);
            found.map(|m| m.value).filter(|value| value.is_finite())
        };
        differing(&texts(a), &texts(b), |key| {
            let change = number(b, key)? - number(a, key)?;
            let sign = if change > 0.0 { "+" } else { "" };
            Some(format!("{sign}{}", metric::value(change)))
        })
    }

    fn differing(
        a: &BTreeMap<String, String>,
        b: &BTreeMap<String, String>,
        change: impl Fn(&str) -> Option<String>,
    ) -> (Vec<Differing>, u64) {
        let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        let all = keys.len();
        let differing: Vec<Differing> = keys
            .into_iter()
            .filter(|key| a.get(*key) != b.get(*key))
            .map(|key| Differing {
                key: key.clone(),
                a: a.get(key).cloned(),
                b: b.get(key).cloned(),
                change: change(key),
            })
            .collect();
        let same = (all - differing.len()) as u64;
        (differing, same)
    }

    /// Pairs traces that asked the same, in the order of the first run; what is asked twice is paired in order. What only the
    /// second run was asked comes last.
    fn aligned(a: &[TraceInfo], b: &[TraceInfo]) -> Vec<Pair> {
        let mut by_question: HashMap<String, VecDeque<usize>> = HashMap::new();
        for (place, info) in b.iter().enumerate() {
            by_question
                .entry(question(info))
                .or_default()
                .push_back(place);
        }
        let mut is_paired = vec![false; b.len()];
        let mut pairs = Vec::with_capacity(a.len().max(b.len()));
        for info in a {
            let asked = question(info);
            let place = by_question.get_mut(&asked).and_then(VecDeque::pop_front);
            if let Some(place) = place {
                is_paired[place] = true;
            }
            let other = place.map(|place| &b[place]);
            pairs.push(pair(&asked, Some(info), other));
        }
        let unpaired = b.iter().zip(is_paired).filter(|(_, is_paired)| !is_paired);
        pairs.extend(unpaired.map(|(info, _)| pair(&question(info), None, Some(info))));
        pairs
    }

    /// What a trace was asked, whatever its white space.
    fn question(info: &TraceInfo) -> String {
        let asked = readable(info.request_preview.as_deref().unwrap_or_default());
        asked.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn pair(question: &str, a: Option<&TraceInfo>, b: Option<&TraceInfo>) -> Pair {
        let verdict = match (a, b) {
            (Some(a), Some(b)) => {
                let feedback = |info: &TraceInfo| FeedbackChip::of(&info.assessments).0;
                let is_same = a.state == b.state
                    && a.response_preview == b.response_preview
                    && feedback(a) == feedback(b);
                if is_same {
                    Verdict::Same
                } else {
                    Verdict::Differs
                }
            }
            (Some(_), None) => Verdict::OnlyA,
            _ => Verdict::OnlyB,
        };
        Pair {
            question: cut(question, WORDS),
            verdict,
            a: a.map(answered),
            b: b.map(answered),
        }
    }

    fn answered(info: &TraceInfo) -> Answered {
        let answer = readable(info.response_preview.as_deref().unwrap_or_default());
        Answered {
            trace_id: info.trace_id.as_str().to_owned(),
            state: info.state,
            duration_ms: info.duration_ms,
            answer: cut(&answer, WORDS),
            feedback: FeedbackChip::of(&info.assessments).0,
        }
    }

    #[cfg(test)]
    mod tests {
        use domain::ids::{ExperimentId, TraceId};
        use domain::time::UnixMillis;

        use super::*;

        fn info(number: u8, asked: &str, answered: &str) -> TraceInfo {
            let id = TraceId::from_otel([number; 16]);
            TraceInfo {
                request_preview: Some(asked.to_owned()),
                response_preview: Some(answered.to_owned()),
                ..TraceInfo::new(id, ExperimentId(1), UnixMillis(i64::from(number)))
            }
        }

        #[test]
        fn traces_are_paired_by_what_was_asked() {
            let a = [info(1, "x", "1"), info(2, "y", "2"), info(3, "x", "3")];
            let b = [info(4, "z", "4"), info(5, "x", "1"), info(6, "x ", "9")];
            let pairs = aligned(&a, &b);
            let seen: Vec<(&str, Verdict)> = pairs
                .iter()
                .map(|pair| (pair.question.as_str(), pair.verdict))
                .collect();
            let expected = [
                ("x", Verdict::Same),
                ("y", Verdict::OnlyA),
                ("x", Verdict::Differs),
                ("z", Verdict::OnlyB),
            ];
            assert_eq!(seen, expected);
        }

        #[test]
        fn only_what_differs_is_listed() {
            let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
                let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
                pairs.iter().map(owned).collect()
            };
            let (a, b) = (
                map(&[("k", "1"), ("m", "1")]),
                map(&[("k", "1"), ("n", "2")]),
            );
            let (found, same) = differing(&a, &b, |_| None);
            let keys: Vec<&str> = found.iter().map(|d| d.key.as_str()).collect();
            assert_eq!((keys, same), (vec!["m", "n"], 1));
        }
    }
}
