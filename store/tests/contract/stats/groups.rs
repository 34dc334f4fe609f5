//! Groups as a plain computation makes them, and what the store says beside it.

use std::collections::{BTreeMap, BTreeSet};

use domain::sketch::Sketch;
use domain::span::Span;
use domain::stats::{
    Counted, DurationStats, Facet, GroupOrder, GroupQuery, RatingStats, StatsScope, TraceGroup,
};
use domain::store::{Store, StoreError};
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState, keys};

use super::data::{All, Question};
use super::plain::{facets, values_of};
use crate::support::{E0, info, open};

const ORDERS: [GroupOrder; 7] = [
    GroupOrder::Last,
    GroupOrder::Traces,
    GroupOrder::Errors,
    GroupOrder::Tokens,
    GroupOrder::Cost,
    GroupOrder::Busy,
    GroupOrder::Value,
];

fn group(value: &str, traces: &[&(TraceInfo, Vec<Span>)], facet: &Facet) -> TraceGroup {
    let infos = || traces.iter().map(|trace| &trace.0);
    let durations = || infos().filter_map(|info| info.duration_ms);
    let mut sketch = Sketch::default();
    durations().for_each(|ms| sketch.add(ms));
    let mut ratings: BTreeMap<String, RatingStats> = BTreeMap::new();
    for rating in infos().flat_map(|info| &info.assessments) {
        if let (true, Some(number)) = (rating.valid, rating.value.number()) {
            ratings.entry(rating.name.clone()).or_default().add(number);
        }
    }
    let costs: Vec<f64> = infos()
        .filter_map(|info| info.cost())
        .map(|cost| cost.total_cost)
        .collect();
    let sessions: BTreeSet<&str> = infos().filter_map(TraceInfo::session).collect();
    let errors = infos().filter(|info| info.state == TraceState::Error);
    TraceGroup {
        value: value.to_owned(),
        traces: traces.len() as u64,
        errors: errors.count() as u64,
        first: infos().map(|info| info.request_time).min().unwrap(),
        last: infos().map(|info| info.request_time).max().unwrap(),
        busy_ms: durations().sum(),
        durations: DurationStats::of(&sketch),
        tokens: infos()
            .filter_map(TraceInfo::usage)
            .reduce(|mut sum, usage| {
                sum.add(&usage);
                sum
            }),
        cost: (!costs.is_empty()).then(|| costs.iter().sum()),
        ratings,
        sessions: match facet {
            Facet::User => sessions.len() as u64,
            _ => 0,
        },
    }
}

/// Greater comes first.
fn rank(group: &TraceGroup, order: GroupOrder) -> i64 {
    match order {
        GroupOrder::Last => group.last.0,
        GroupOrder::Traces => group.traces as i64,
        GroupOrder::Errors => group.errors as i64,
        GroupOrder::Tokens => group.tokens.map_or(-1, |tokens| tokens.total_tokens),
        GroupOrder::Cost => group.cost.map_or(-1, |cost| (cost * 1e6) as i64),
        GroupOrder::Busy => group.busy_ms,
        GroupOrder::Value => 0,
    }
}

/// Holds groups by every facet, each in one of the orders, to the plain computation.
pub async fn check_groups(store: &dyn Store, all: &All, question: &Question) {
    let traces = question.matching(all);
    for (facet, order) in facets().iter().zip(ORDERS.iter().cycle()) {
        let mut members: BTreeMap<String, Vec<&(TraceInfo, Vec<Span>)>> = BTreeMap::new();
        for trace in &traces {
            for value in values_of(facet, trace) {
                members.entry(value).or_default().push(trace);
            }
        }
        let groups = members.iter();
        let mut expected: Vec<TraceGroup> = groups
            .map(|(value, traces)| group(value, traces, facet))
            .collect();
        expected.sort_by_key(|group| (-rank(group, *order), group.value.clone()));
        let query = GroupQuery {
            scope: question.scope(),
            by: facet.clone(),
            order: *order,
            containing: None,
            limit: 3,
            offset: 0,
        };
        for offset in [0, 1, 50] {
            let query = GroupQuery {
                offset,
                ..query.clone()
            };
            let found = store.groups(query).await.unwrap();
            assert_eq!(found.counted, Counted::All(traces.len() as u64));
            assert_eq!(found.total, expected.len() as u64);
            let page = expected.iter().skip(offset).take(3);
            let page: Vec<TraceGroup> = page.cloned().collect();
            assert_eq!(
                found.groups, page,
                "{facet:?} {order:?} {}",
                question.filter
            );
            assert!(!found.is_sampled);
        }
    }
}

fn by_session(containing: Option<&str>, offset: usize) -> GroupQuery {
    GroupQuery {
        scope: StatsScope {
            experiments: vec![E0],
            ..StatsScope::default()
        },
        by: Facet::Session,
        order: GroupOrder::Last,
        containing: containing.map(str::to_owned),
        limit: 2,
        offset,
    }
}

#[tokio::test]
async fn groups_are_found_by_a_part_of_their_value() {
    let store = open().await;
    let names = ["Chat-1", "chat-2", "other", "CHAT-3", "Übung"];
    for (number, session) in (0..).zip(names) {
        let mut write = info(number, i64::from(number) * 10);
        let session = session.to_owned();
        write.metadata.insert(keys::SESSION.to_owned(), session);
        store.put_trace_info(write).await.unwrap();
    }
    let check = async |store: &dyn Store| {
        let found = store.groups(by_session(Some("cHaT"), 0)).await.unwrap();
        let values = found.groups.iter().map(|group| group.value.as_str());
        assert_eq!(values.collect::<Vec<_>>(), ["CHAT-3", "chat-2"]);
        assert_eq!(found.total, 3);
        assert_eq!(found.groups[0].first, UnixMillis(30));
        let found = store.groups(by_session(Some("Übung"), 0)).await.unwrap();
        assert_eq!(found.total, 1);
        let found = store.groups(by_session(Some("nowhere"), 0)).await.unwrap();
        assert_eq!((found.total, found.groups), (0, Vec::new()));
    };
    check(&*store).await;
    let store = store.reopen().await;
    check(&*store).await;
    let too_far = by_session(None, GroupQuery::OFFSET_MAX + 1);
    let refused = store.groups(too_far).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}
