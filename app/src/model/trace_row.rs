//! Traces as lists show them.

use domain::filter::FilterError;
use domain::trace::TraceState;

use super::tuple::travels_as_tuple;
use super::{ExperimentRef, FeedbackChip};

/// One line of a trace list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TraceRow {
    /// Its id.
    pub trace_id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// How it stands.
    pub state: TraceState,
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// How long it took, if it has ended.
    pub duration_ms: Option<i64>,
    /// What was asked; cut.
    pub request: String,
    /// What was answered; cut.
    pub response: String,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// The session.
    pub session: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// The first run it belongs to.
    pub run: Option<String>,
    /// Key and value, without the reserved ones; the first few.
    pub tags: Vec<(String, String)>,
    /// Feedback on it, one for each name.
    pub feedback: Vec<FeedbackChip>,
    /// Names of further feedback.
    pub more_feedback: Vec<String>,
    /// Spans stored.
    pub spans: u32,
    /// What was asked for beyond this, such as tags for columns of their own; empty where the trace has none. Behind it, for each attribute of
    /// spans among them, how many other values further spans have; empty for none.
    pub extras: Vec<String>,
}

/// How many there are, and whether counting stopped early.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u64,
    /// There are so many or more.
    pub is_capped: bool,
}

/// What is wrong with the filter that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterProblem {
    /// The errors in the order of the text; may be empty when `message` says it all.
    pub errors: Vec<FilterError>,
    /// The first of them as one sentence.
    pub message: String,
}

/// One page of a trace list.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The traces; empty if the filter is wrong.
    pub rows: Vec<TraceRow>,
    /// The token of the page that follows.
    pub next: Option<String>,
    /// How many match in all.
    pub count: Count,
    /// How many of them failed; absent if the filter is wrong.
    pub failed: Option<Count>,
    /// What is wrong with the filter.
    pub problem: Option<FilterProblem>,
    /// Traces in the experiment, whatever the filter says.
    pub in_experiment: u64,
    /// The address of this server as the reader reached it; filled only for an empty experiment.
    pub address: Option<String>,
    /// Why there are no rows although the experiment has traces.
    pub why: Option<WhyEmpty>,
}

/// Why a list has no traces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WhyEmpty {
    /// Conditions without which there would be some; that which leaves out the most first.
    pub ways: Vec<WayOut>,
    /// When the newest trace began that only the time range leaves out, and the address's query of a range with it.
    pub last: Option<(i64, String)>,
}

/// One condition that a list could do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    /// The condition as it stands in the filter, or what else it is.
    pub what: String,
    /// The address's query without it.
    pub query: String,
    /// How many traces there would be.
    pub count: Count,
}

/// Rows of a list without anything around them, for a list that is being scrolled.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowPage {
    /// The traces in the order of the list.
    pub rows: Vec<TraceRow>,
    /// The token of the page that follows.
    pub next: Option<String>,
}

/// How many traces of a list began when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeSlots {
    /// Where the first slot begins, in milliseconds since 1970.
    pub start: i64,
    /// The length of a slot in milliseconds.
    pub length: i64,
    /// For each slot with traces, how many slots lie between it and the one before, and how many traces.
    pub counts: Vec<(u32, u32)>,
    /// All traces are counted; else the newest only.
    pub is_whole: bool,
}

/// How far an act on many traces got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkStep {
    /// Traces it was done to.
    pub done: u64,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

/// The traces next to one in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NextTo {
    /// The one before.
    pub before: Option<String>,
    /// The one after.
    pub after: Option<String>,
}

travels_as_tuple! {
    BulkStep { done, next }
    NextTo { before, after }
    RowPage { rows, next }
    TimeSlots { start, length, counts, is_whole }
    TraceRow { trace_id, name, state, time_ms, duration_ms, request, response, tokens, cost, session, user, run, tags, feedback, more_feedback, spans, extras }
    Count { value, is_capped }
    FilterProblem { errors, message }
    TraceList { experiment, rows, next, count, failed, problem, in_experiment, address, why }
    WayOut { what, query, count }
    WhyEmpty { ways, last }
}

#[cfg(feature = "ssr")]
impl TraceRow {
    /// The most characters of a preview in a list.
    const PREVIEW: usize = 180;
    /// The most tags in a list.
    const TAGS: usize = 3;

    /// The line for a trace with what the chosen columns need beyond it; see [`crate::trace_list::columns::extras`].
    pub fn with(info: &domain::trace::TraceInfo, extras: &[String]) -> Self {
        let own = |map: &std::collections::BTreeMap<String, String>, key: &str| {
            super::cut(map.get(key).map_or("", String::as_str), Self::PREVIEW)
        };
        let extra = |extra: &String| match extra.split_once('.') {
            Some(("tag", key)) => own(&info.tags, key),
            Some(("feedback", name)) => {
                let text = FeedbackChip::latest(&info.assessments, name);
                super::cut(&text.unwrap_or_default(), Self::PREVIEW)
            }
            Some(("meta", key)) => own(&info.metadata, key),
            // What spans say comes by `fill`.
            Some(_) => String::new(),
            None => super::cut(&info.stats.models.join(", "), Self::PREVIEW),
        };
        Self {
            extras: extras.iter().map(extra).collect(),
            ..Self::of(info)
        }
    }

    /// Adds what its spans say for the columns of attributes, which are at these places among the extras.
    pub fn fill(&mut self, said: &[(usize, Option<domain::store::AttributeValue>)]) {
        use domain::filter::eval::attribute_text;
        for (place, value) in said {
            let text = value.as_ref().map(|value| attribute_text(&value.json));
            if let (Some(extra), Some(text)) = (self.extras.get_mut(*place), text) {
                *extra = super::cut(&text, Self::PREVIEW);
            }
        }
        let others = said.iter().map(|(_, value)| match value {
            Some(value) if value.others > 0 => value.others.to_string(),
            _ => String::new(),
        });
        self.extras.extend(others);
    }

    /// The line for a trace.
    pub fn of(info: &domain::trace::TraceInfo) -> Self {
        use super::{cut, is_public_tag};
        use crate::text::preview::readable;
        let preview = |text: &Option<String>| {
            text.as_deref()
                .map_or(String::new(), |t| one_line(&readable(t), Self::PREVIEW))
        };
        let (feedback, more_feedback) = FeedbackChip::of(&info.assessments);
        Self {
            trace_id: info.trace_id.as_str().to_owned(),
            name: cut(info.name().unwrap_or_default(), 120),
            state: info.state,
            time_ms: info.request_time.0,
            duration_ms: info.duration_ms,
            request: preview(&info.request_preview),
            response: preview(&info.response_preview),
            tokens: info.usage().map(|usage| usage.total_tokens),
            cost: info.cost().map(|cost| cost.total_cost),
            session: info.session().map(str::to_owned),
            user: info.user().map(str::to_owned),
            run: info.runs().first().map(|run| run.as_str().to_owned()),
            tags: info
                .tags
                .iter()
                .filter(|(key, _)| is_public_tag(key))
                .take(Self::TAGS)
                .map(|(key, value)| (cut(key, 60), cut(value, 60)))
                .collect(),
            feedback,
            more_feedback,
            spans: info.stats.span_count,
            extras: Vec::new(),
        }
    }
}

/// A preview on one line: runs of white space become one blank.
#[cfg(feature = "ssr")]
fn one_line(text: &str, max: usize) -> String {
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() > max * 4 {
            break;
        }
    }
    super::cut(&out, max)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::ids::{ExperimentId, TraceId};
    use domain::time::UnixMillis;
    use domain::trace::{TraceInfo, keys};
    use domain::usage::{Cost, TokenUsage};

    use super::*;

    #[test]
    fn what_spans_say_is_shown_as_readers_know_it() {
        let info = TraceInfo::new(TraceId::from_otel([1; 16]), ExperimentId(1), UnixMillis(1));
        let extras = ["tag.env", "attribute.a", "attribute.b", "attribute.c"].map(str::to_owned);
        let mut row = TraceRow::with(&info, &extras);
        let said = |json: &str, others: u32| {
            Some(domain::store::AttributeValue {
                json: json.to_owned(),
                others,
            })
        };
        let long = domain::json::quote(&"x".repeat(500));
        row.fill(&[(1, said("\"it's\"", 2)), (2, None), (3, said(&long, 0))]);
        let shown: Vec<&str> = row.extras.iter().map(String::as_str).collect();
        assert_eq!(shown[..3], ["", "it's", ""]);
        assert!(shown[3].starts_with("xxx") && shown[3].ends_with('…'));
        assert_eq!(shown[4..], ["2", "", ""]);
    }

    #[test]
    fn a_line_has_the_figures_that_sums_are_made_of() {
        let id = TraceId::from_otel([1; 16]);
        let mut info = TraceInfo::new(id, ExperimentId(1), UnixMillis(1));
        info.stats.cost = Some(Cost {
            total_cost: 0.2192,
            ..Cost::default()
        });
        info.stats.usage = Some(TokenUsage {
            total_tokens: 9,
            ..TokenUsage::default()
        });
        // A client that has finalized the trace said something else.
        let said = [
            (keys::COST, r#"{"total_cost": 0.05042}"#),
            (keys::TOKEN_USAGE, r#"{"total_tokens": 4}"#),
        ];
        let said = said.map(|(key, text)| (key.to_owned(), text.to_owned()));
        info.metadata.extend(said);
        let row = TraceRow::of(&info);
        assert_eq!((row.cost, row.tokens), (Some(0.05042), Some(4)));
    }
}
