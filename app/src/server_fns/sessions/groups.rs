//! Traces gathered by session or user, as lists and pages show them.

use std::collections::BTreeMap;

use domain::filter::order::parse_trace_order;
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::stats::{
    Facet, GroupOrder, GroupQuery, Groups, RatingStats, SeriesQuery, StatsScope, TimeRange,
    TraceGroup,
};
use domain::store::{Store, TraceQuery};
use domain::time::UnixMillis;
use domain::trace::TraceInfo;

use crate::error::AppError;
use crate::group_list::state::GroupListState;
use crate::model::{GROUP_PAGE, SessionLine, UserLine, cut};
use crate::server_fns::{scope, server};
use crate::text::moment::moment;
use crate::text::preview::readable;

/// The most names of feedback averaged.
const RATINGS: usize = 3;
/// The days of a trend.
const DAYS: i64 = 30;
/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;

/// Which traces are gathered: those of an experiment, narrowed by clauses and from a time on.
pub(super) fn stats_scope(
    experiment: ExperimentId,
    clauses: &[String],
    from: Option<UnixMillis>,
) -> Result<StatsScope, AppError> {
    let filter = match clauses {
        [] => None,
        clauses => Some(scope::compiled(&clauses.join(" AND "))?),
    };
    Ok(StatsScope {
        experiments: vec![experiment],
        filter,
        range: TimeRange { from, to: None },
    })
}

/// The page of groups that a list's address asks for.
pub(super) async fn asked(
    store: &dyn Store,
    experiment: ExperimentId,
    by: Facet,
    state: &GroupListState,
) -> Result<Groups, AppError> {
    let clauses = match state.user.trim() {
        "" => Vec::new(),
        user => vec![scope::of_user(user).ok_or_else(|| scope::unwritable(user))?],
    };
    let within = stats_scope(experiment, &clauses, since(&state.from)?)?;
    page(store, within, by, state).await
}

/// A page of groups.
pub(in crate::server_fns) async fn page(
    store: &dyn Store,
    within: StatsScope,
    by: Facet,
    state: &GroupListState,
) -> Result<Groups, AppError> {
    let size = GROUP_PAGE as usize;
    let search = state.search.trim();
    let query = GroupQuery {
        scope: within,
        by,
        order: order(&state.sort),
        containing: (!search.is_empty()).then(|| search.to_owned()),
        limit: size,
        offset: size.saturating_mul(state.page.saturating_sub(1) as usize),
    };
    Ok(store.groups(query).await?)
}

fn order(sort: &str) -> GroupOrder {
    match sort {
        "traces" => GroupOrder::Traces,
        "errors" => GroupOrder::Errors,
        "tokens" => GroupOrder::Tokens,
        "cost" => GroupOrder::Cost,
        "busy" => GroupOrder::Busy,
        "name" => GroupOrder::Value,
        _ => GroupOrder::Last,
    }
}

/// A session with what its first and its last trace say.
pub(super) async fn session_line(
    store: &dyn Store,
    experiment: ExperimentId,
    group: TraceGroup,
) -> Result<SessionLine, AppError> {
    let first = at_end(store, experiment, &group.value, "ASC").await?;
    let last = match group.traces {
        1 => None,
        _ => at_end(store, experiment, &group.value, "DESC").await?,
    };
    let end = last.as_ref().or(first.as_ref()).map(TraceInfo::end_time);
    let end = end.unwrap_or(group.last);
    let asked = first
        .as_ref()
        .and_then(|info| info.request_preview.as_deref());
    let asked = readable(asked.unwrap_or_default());
    let words: Vec<&str> = asked.split_whitespace().take(60).collect();
    Ok(SessionLine {
        user: first.as_ref().and_then(TraceInfo::user).map(str::to_owned),
        question: cut(&words.join(" "), 160),
        turns: group.traces,
        errors: group.errors,
        first_ms: group.first.0,
        last_ms: group.last.0,
        span_ms: end.0.saturating_sub(group.first.0),
        busy_ms: group.busy_ms,
        tokens: group.tokens.map(|usage| usage.total_tokens),
        cost: group.cost,
        ratings: averages(group.ratings),
        session: group.value,
    })
}

async fn at_end(
    store: &dyn Store,
    experiment: ExperimentId,
    session: &str,
    direction: &str,
) -> Result<Option<TraceInfo>, AppError> {
    let Some(clause) = scope::of_session(session) else {
        return Ok(None);
    };
    let order = parse_trace_order(&[format!("timestamp_ms {direction}")])
        .map_err(|error| AppError::Failed(error.to_string()))?;
    let query = TraceQuery {
        experiments: vec![experiment],
        filter: Some(scope::compiled(&clause)?),
        order,
        page: PageRequest::first(1),
    };
    Ok(store.search_traces(query).await?.items.pop())
}

/// A user with the trend of the last days.
pub(super) async fn user_line(
    store: &dyn Store,
    experiment: ExperimentId,
    group: TraceGroup,
) -> Result<UserLine, AppError> {
    let now = (server::clock()?.now)();
    let today = now.0.div_euclid(DAY);
    let mut days = vec![(0, 0); DAYS as usize];
    if let Some(clause) = scope::of_user(&group.value) {
        let from = UnixMillis((today - DAYS + 1) * DAY);
        let query = SeriesQuery {
            scope: stats_scope(experiment, &[clause], Some(from))?,
            bucket_ms: DAY,
        };
        for point in store.series(query).await?.points {
            let place = point.start.0.div_euclid(DAY) - (today - DAYS + 1);
            let place = usize::try_from(place).ok();
            if let Some(day) = place.and_then(|place| days.get_mut(place)) {
                *day = (point.traces, point.errors);
            }
        }
    }
    Ok(UserLine {
        traces: group.traces,
        sessions: group.sessions,
        errors: group.errors,
        first_ms: group.first.0,
        last_ms: group.last.0,
        tokens: group.tokens.map(|usage| usage.total_tokens),
        cost: group.cost,
        ratings: averages(group.ratings),
        days,
        user: group.value,
    })
}

/// Averages of feedback, the commonest names first.
fn averages(ratings: BTreeMap<String, RatingStats>) -> Vec<(String, f64, u64)> {
    let mut averages: Vec<(String, f64, u64)> = ratings
        .into_iter()
        .filter_map(|(name, stats)| Some((name, stats.average()?, stats.count)))
        .collect();
    averages.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    averages.truncate(RATINGS);
    averages
}

/// The earliest moment that an address asks for: `-7d` and the like, or RFC 3339.
fn since(text: &str) -> Result<Option<UnixMillis>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let now = (server::clock()?.now)();
    let refused = || AppError::Refused(format!("“{text}” is not a time. Write -24h or -7d."));
    moment(text, now.0)
        .map(|at| Some(UnixMillis(at)))
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_feedback_comes_first() {
        let stats = |count, sum| RatingStats { count, sum };
        let ratings = BTreeMap::from([
            ("a".to_owned(), stats(1, 1.0)),
            ("b".to_owned(), stats(4, 2.0)),
            ("none".to_owned(), stats(0, 0.0)),
        ]);
        let expected = [("b".to_owned(), 0.5, 4), ("a".to_owned(), 1.0, 1)];
        assert_eq!(averages(ratings), expected);
    }
}
