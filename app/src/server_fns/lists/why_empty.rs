//! Why a list has no traces: which of its conditions leaves out the most, and when there were traces last.

use domain::filter::ast::ExprKind;
use domain::filter::order::parse_trace_order;
use domain::filter::{parse, print};
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::store::{Store, TraceQuery};
use domain::time::UnixMillis;

use super::list_traces::search::{CAP, compile, count};
use crate::error::AppError;
use crate::model::{WayOut, WhyEmpty};
use crate::server_fns::ServerClock;
use crate::text::moment::moment;
use crate::text::time::rfc3339;
use crate::url_state::ListState;

/// The most conditions that are tried.
const TRIED_MAX: usize = 12;
/// No condition is begun with after so many milliseconds.
const LOOK_MS: i64 = 1_000;
/// A day, for ranges without a beginning.
const DAY_MS: i64 = 86_400_000;

/// Counts what each condition of a list without traces leaves out.
pub(super) async fn why_empty(
    store: &dyn Store,
    experiment: ExperimentId,
    state: &ListState,
    clock: &ServerClock,
) -> Result<WhyEmpty, AppError> {
    let now = (clock.now)();
    let mut why = WhyEmpty::default();
    for (what, state) in ways_out(state).into_iter().take(TRIED_MAX) {
        if (clock.now)().0 - now.0 > LOOK_MS {
            break;
        }
        // Without one of two conditions the rest may still be wrong.
        let Ok(filter) = compile(&state, now) else {
            continue;
        };
        let count = count(store, &[experiment], filter.as_ref(), CAP).await?;
        if count.value > 0 {
            let query = state.href("");
            why.ways.push(WayOut { what, query, count });
        }
    }
    why.ways
        .sort_by_key(|way| std::cmp::Reverse(way.count.value));
    if !(state.from.is_empty() && state.to.is_empty()) {
        why.last = last(store, experiment, state, now).await?;
    }
    Ok(why)
}

/// The list without one of its conditions, for each of them, and what that condition is called.
fn ways_out(state: &ListState) -> Vec<(String, ListState)> {
    let all = state.first_page();
    let mut ways = Vec::new();
    let parsed = parse(&state.filter);
    let parts = match parsed.expr.as_ref().map(|expr| (&expr.kind, expr)) {
        Some((ExprKind::And(parts), _)) => parts.iter().map(|part| part.range).collect(),
        Some((_, expr)) => vec![expr.range],
        None => Vec::new(),
    };
    for range in parts {
        let filter = print::without(&parsed, range);
        let what = range.slice(&parsed.text).to_owned();
        ways.push((
            what,
            ListState {
                filter,
                ..all.clone()
            },
        ));
    }
    for (name, value) in [("user", &state.user), ("session", &state.session)] {
        if !value.is_empty() {
            let mut rest = all.clone();
            match name {
                "user" => rest.user.clear(),
                _ => rest.session.clear(),
            }
            ways.push((format!("{name} {value}"), rest));
        }
    }
    ways
}

/// When the newest trace began that all but the time range keeps, and the list over a range of the same length that ends with it.
async fn last(
    store: &dyn Store,
    experiment: ExperimentId,
    state: &ListState,
    now: UnixMillis,
) -> Result<Option<(i64, String)>, AppError> {
    let always = ListState {
        from: String::new(),
        to: String::new(),
        ..state.first_page()
    };
    let Ok(filter) = compile(&always, now) else {
        return Ok(None);
    };
    let order = parse_trace_order(&["timestamp_ms DESC"])
        .map_err(|error| AppError::Failed(error.to_string()))?;
    let query = TraceQuery {
        experiments: vec![experiment],
        filter,
        order,
        page: PageRequest::first(1),
    };
    let found = store.search_traces(query).await?.items.pop();
    Ok(found.map(|trace| {
        let time = trace.request_time.0;
        (time, up_to(&always, time, length(state, now.0)).href(""))
    }))
}

/// The length of a list's range in milliseconds.
fn length(state: &ListState, now: i64) -> i64 {
    let to = moment(&state.to, now).unwrap_or(now);
    let from = moment(&state.from, now);
    from.map(|from| to.saturating_sub(from))
        .filter(|length| *length > 0)
        .unwrap_or(DAY_MS)
}

/// The list over a range of this length whose last second has this moment.
fn up_to(state: &ListState, time: i64, length: i64) -> ListState {
    let to = (time.div_euclid(1_000) + 1).saturating_mul(1_000);
    ListState {
        from: rfc3339(to.saturating_sub(length)),
        to: rfc3339(to),
        ..state.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(filter: &str, user: &str) -> Vec<(String, String)> {
        let state = ListState {
            filter: filter.to_owned(),
            user: user.to_owned(),
            ..ListState::default()
        };
        let ways = ways_out(&state).into_iter();
        ways.map(|(what, state)| (what, state.href(""))).collect()
    }

    #[test]
    fn each_condition_at_the_top_can_be_left_out() {
        let found = whats("status = 'OK' AND (name = 'a' OR name = 'b')", "ada");
        let whats: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
        assert_eq!(
            whats,
            ["status = 'OK'", "(name = 'a' OR name = 'b')", "user ada"]
        );
        assert_eq!(
            found[1].1,
            "?filter=status%20%3D%20%27OK%27&user=ada".to_owned()
        );
        assert!(!found[2].1.contains("user="), "{}", found[2].1);
    }

    #[test]
    fn a_single_condition_leaves_nothing() {
        assert_eq!(
            whats("name = 'a' OR name = 'b'", ""),
            [("name = 'a' OR name = 'b'".to_owned(), String::new())]
        );
        assert!(whats("", "").is_empty());
    }

    #[test]
    fn the_range_moves_to_the_last_trace_and_keeps_its_length() {
        let state = ListState {
            from: "-1h".to_owned(),
            ..ListState::default()
        };
        let length = length(&state, 10_000_000_000);
        assert_eq!(length, 3_600_000);
        let moved = up_to(&state, 86_400_500, length);
        assert_eq!(moved.from, "1970-01-01T23:00:01.000Z");
        assert_eq!(moved.to, "1970-01-02T00:00:01.000Z");
    }
}
