//! Traces that differ in everything that statistics look at, and questions about them.

use domain::filter::compile;
use domain::filter::eval::{Evaluator, TraceView};
use domain::ids::{ExperimentId, RunId, TraceId};
use domain::json::quote;
use domain::span::{Span, StatusCode, keys as span_keys};
use domain::stats::{StatsScope, TimeRange};
use domain::store::Store;
use domain::time::{UnixMillis, UnixNanos};
use domain::trace::{TraceInfo, TraceState, keys};
use serde_json::json;

use crate::assessments::feedback;
use crate::support::{E0, batch, info, span, trace_id, with_spans};

/// The second experiment.
pub const E1: ExperimentId = ExperimentId(1);

pub async fn fill(store: &dyn Store, seeds: &[u64]) {
    for (number, seed) in (0..).zip(seeds) {
        let pick = |what: u64, of: u64| (seed >> (what * 5)) % of;
        let start = 1000 * i64::from(number % 7) + i64::from(number);
        let mut root = span(1, 0, ["agent", "chain"][pick(0, 2) as usize], start);
        if pick(1, 3) == 0 {
            root.status = StatusCode::Error;
        }
        if pick(2, 2) == 0 {
            root.set_attribute(span_keys::USER_ID, quote(&format!("user{}", pick(2, 7))));
        }
        let mut call = span(2, 1, ["llm", "tool"][pick(3, 2) as usize], start + 1);
        call.end = Some(UnixNanos(call.start.0 + 1_500_000 * pick(4, 90) as i64));
        if pick(5, 3) > 0 {
            let usage = format!(r#"{{"input_tokens": {}, "output_tokens": 3}}"#, pick(6, 50));
            call.set_attribute(span_keys::TOKEN_USAGE, usage);
            call.set_attribute(span_keys::MODEL, quote(&format!("model{}", pick(7, 3))));
            let cost = format!(r#"{{"input_cost": 0.25, "output_cost": {}}}"#, pick(8, 4));
            call.set_attribute(span_keys::COST, cost);
        }
        let mut spans = batch(number, vec![root]);
        spans.experiment_id = if pick(9, 4) == 0 { E1 } else { E0 };
        if pick(10, 3) == 0 {
            // Late spans: the trace awaits a recount.
            store.ingest(vec![spans.clone()]).await.unwrap();
            spans.spans = vec![call];
        } else {
            spans.spans.push(call);
        }
        let experiment = spans.experiment_id;
        store.ingest(vec![spans]).await.unwrap();
        if pick(11, 3) == 0 {
            let mut write = info(number, start);
            write.experiment_id = experiment;
            write.duration_ms = (pick(1, 4) > 0).then_some(pick(3, 9000) as i64);
            write.state = TraceState::ALL[pick(4, 4) as usize];
            write
                .tags
                .insert("env".to_owned(), format!("e{}", pick(5, 3)));
            write
                .metadata
                .insert(keys::SESSION.to_owned(), format!("s{}", pick(6, 4)));
            write
                .metadata
                .insert(keys::SOURCE_RUN.to_owned(), format!("run{}", pick(7, 3)));
            store.put_trace_info(write).await.unwrap();
        }
        if pick(8, 4) == 0 {
            let run = RunId::new(format!("run{}", pick(9, 3)));
            store
                .link_traces_to_run(&[trace_id(number)], &run)
                .await
                .unwrap();
        }
        if pick(10, 3) == 0 {
            let value = [json!("yes"), json!(4.5), json!(false), json!("maybe")];
            let value = value[pick(6, 4) as usize].clone();
            let rating = feedback("a", ["good", "kind"][pick(5, 2) as usize], value);
            store
                .create_assessment(&trace_id(number), rating)
                .await
                .unwrap();
        }
    }
}

/// Traces with spans, as they are now.
pub type All = Vec<(TraceInfo, Vec<Span>)>;

pub async fn all(store: &dyn Store, count: usize) -> All {
    let ids: Vec<TraceId> = (0..count as u32).map(trace_id).collect();
    with_spans(store, &ids).await
}

pub struct Question {
    pub filter: &'static str,
    pub range: TimeRange,
    pub experiments: &'static [ExperimentId],
}

impl Question {
    pub fn scope(&self) -> StatsScope {
        StatsScope {
            experiments: self.experiments.to_vec(),
            filter: (!self.filter.is_empty()).then(|| compile(self.filter).unwrap()),
            range: self.range,
        }
    }

    pub fn matching<'a>(&self, all: &'a All) -> Vec<&'a (TraceInfo, Vec<Span>)> {
        let scope = self.scope();
        let (from, to) = self.range.bounds();
        let evaluator = scope
            .filter
            .as_ref()
            .map(|filter| Evaluator::new(filter).unwrap());
        let matches = |(info, spans): &&(TraceInfo, Vec<Span>)| {
            let view = TraceView {
                info,
                spans,
                prompts: &[],
                session_assessments: &[],
            };
            self.experiments.contains(&info.experiment_id)
                && (from..=to).contains(&info.request_time.0)
                && evaluator
                    .as_ref()
                    .is_none_or(|evaluator| evaluator.matches(&view))
        };
        all.iter().filter(matches).collect()
    }
}

const ANY_TIME: TimeRange = TimeRange {
    from: None,
    to: None,
};
const SOME_TIME: TimeRange = TimeRange {
    from: Some(UnixMillis(1003)),
    to: Some(UnixMillis(4010)),
};

pub const QUESTIONS: &[Question] = &[
    Question {
        filter: "",
        range: ANY_TIME,
        experiments: &[E0],
    },
    Question {
        filter: "",
        range: SOME_TIME,
        experiments: &[E0, E1],
    },
    Question {
        filter: "timestamp_ms > 2000",
        range: ANY_TIME,
        experiments: &[E1],
    },
    Question {
        filter: "status = 'ERROR' OR tags.env = 'e1'",
        range: ANY_TIME,
        experiments: &[E0, E1],
    },
    Question {
        filter: "span.content LIKE '%gen%' AND execution_time_ms > 20",
        range: SOME_TIME,
        experiments: &[E0],
    },
];
