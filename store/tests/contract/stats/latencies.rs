//! Durations, held to a plain count.

use domain::stats::{Counted, LatencyQuery, LatencySlot};
use domain::store::Store;
use domain::trace::TraceState;

use super::data::{All, Question};

pub async fn check_latencies(store: &dyn Store, all: &All, question: &Question) {
    let query = LatencyQuery {
        scope: question.scope(),
        bounds: vec![1, 10, 50, 100, 200, 1000],
    };
    let traces = question.matching(all);
    let mut expected = vec![LatencySlot::default(); query.bounds.len() + 1];
    for (info, _) in &traces {
        if let Some(ms) = info.duration_ms {
            expected[query.slot(ms)].add(info.state == TraceState::Error);
        }
    }
    let found = store.latencies(query).await.unwrap();
    assert_eq!(found.slots, expected, "{}", question.filter);
    assert_eq!(found.counted, Counted::All(traces.len() as u64));
}
