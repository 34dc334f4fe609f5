//! What can be done with a list's time range: earlier, later, wider, absolute. Relative ranges stay relative.

use crate::text::moment::{back, moment, relative};
use crate::text::time::rfc3339;
use crate::url_state::ListState;

/// A range of the address, understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Range {
    /// So many milliseconds before the present, the earlier end first.
    Back(i64, i64),
    /// Milliseconds since 1970.
    Fixed(i64, i64),
}

/// The range, if it has a beginning and makes sense.
fn range(state: &ListState, now: i64) -> Option<Range> {
    if state.from.is_empty() {
        return None;
    }
    let to = if state.to.is_empty() {
        "now"
    } else {
        state.to.as_str()
    };
    let range = match (back(&state.from), back(to)) {
        (Some(from), Some(to)) => Range::Back(from, to),
        _ => Range::Fixed(moment(&state.from, now)?, moment(to, now)?),
    };
    let is_one = match range {
        Range::Back(from, to) => from > to,
        Range::Fixed(from, to) => from < to,
    };
    is_one.then_some(range)
}

/// The list over a range, from its beginning.
fn over(state: &ListState, range: Range) -> ListState {
    let (from, to) = match range {
        Range::Back(from, to) if to <= 0 => (relative(from), String::new()),
        Range::Back(from, to) => (relative(from), relative(to)),
        Range::Fixed(from, to) => (rfc3339(from), rfc3339(to)),
    };
    ListState {
        from,
        to,
        ..state.first_page()
    }
}

/// The list over the traces that began between two moments, the later one not included.
pub fn between(state: &ListState, from: i64, to: i64) -> ListState {
    over(state, Range::Fixed(from, to))
}

/// The same length of time before.
pub fn earlier(state: &ListState, now: i64) -> Option<ListState> {
    Some(match range(state, now)? {
        Range::Back(from, to) => over(state, Range::Back(from.saturating_add(from - to), from)),
        Range::Fixed(from, to) => over(state, Range::Fixed(from.saturating_sub(to - from), from)),
    })
}

/// The same length of time after, up to the present.
pub fn later(state: &ListState, now: i64) -> Option<ListState> {
    match range(state, now)? {
        Range::Back(from, to) if to > 0 => {
            let end = (to - (from - to)).max(0);
            Some(over(state, Range::Back(end + (from - to), end)))
        }
        Range::Fixed(from, to) if to < now => {
            Some(over(state, Range::Fixed(to, to.saturating_add(to - from))))
        }
        _ => None,
    }
}

/// Twice as long, around the same middle, up to the present.
pub fn wider(state: &ListState, now: i64) -> Option<ListState> {
    Some(match range(state, now)? {
        Range::Back(from, to) => {
            let end = (to - (from - to) / 2).max(0);
            over(state, Range::Back(end.saturating_add(2 * (from - to)), end))
        }
        Range::Fixed(from, to) => {
            let end = to.saturating_add((to - from) / 2).min(now.max(to));
            over(
                state,
                Range::Fixed(end.saturating_sub(2 * (to - from)), end),
            )
        }
    })
}

/// The same list by absolute times, so that the address means the same tomorrow. Keeps its page.
pub fn absolute(state: &ListState, now: i64) -> ListState {
    let fixed = |text: &str| match back(text) {
        Some(back) => rfc3339(now.saturating_sub(back)),
        None => text.to_owned(),
    };
    ListState {
        from: fixed(&state.from),
        to: fixed(&state.to),
        ..state.clone()
    }
}

/// Whether the range moves with the present.
pub fn is_relative(state: &ListState) -> bool {
    back(&state.from).is_some() || back(&state.to).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_226_400_000;

    fn state(from: &str, to: &str) -> ListState {
        ListState {
            from: from.to_owned(),
            to: to.to_owned(),
            page: "x".to_owned(),
            ..ListState::default()
        }
    }

    fn ends(state: Option<ListState>) -> Option<(String, String)> {
        state.map(|state| {
            assert_eq!(state.page, "");
            (state.from, state.to)
        })
    }

    fn check(found: Option<ListState>, from: &str, to: &str) {
        assert_eq!(ends(found), Some((from.to_owned(), to.to_owned())));
    }

    #[test]
    fn relative_ranges_stay_relative() {
        check(earlier(&state("-24h", ""), NOW), "-2d", "-24h");
        check(earlier(&state("-2d", "-24h"), NOW), "-3d", "-2d");
        check(later(&state("-2d", "-24h"), NOW), "-24h", "");
        check(later(&state("-36h", "-12h"), NOW), "-24h", "");
        check(wider(&state("-24h", ""), NOW), "-2d", "");
        check(wider(&state("-3d", "-2d"), NOW), "-84h", "-36h");
        assert_eq!(later(&state("-24h", "now"), NOW), None);
    }

    #[test]
    fn fixed_ranges_move_up_to_the_present() {
        let (ten, eleven) = ("2026-11-21T00:00:00.000Z", "2026-11-21T01:00:00.000Z");
        let fixed = state(ten, eleven);
        check(earlier(&fixed, NOW), "2026-11-20T23:00:00.000Z", ten);
        check(later(&fixed, NOW), eleven, "2026-11-21T02:00:00.000Z");
        check(
            wider(&fixed, NOW),
            "2026-11-20T23:30:00.000Z",
            "2026-11-21T01:30:00.000Z",
        );
        assert_eq!(later(&state(eleven, ""), NOW), None);
    }

    #[test]
    fn what_has_no_beginning_cannot_be_moved() {
        for (from, to) in [("", ""), ("", "now"), ("nonsense", ""), ("-1h", "-2h")] {
            assert_eq!(earlier(&state(from, to), NOW), None);
            assert_eq!(wider(&state(from, to), NOW), None);
        }
    }

    #[test]
    fn links_can_be_made_absolute() {
        let fixed = absolute(&state("-1h", "now"), NOW);
        assert_eq!(fixed.from, "2026-11-21T01:00:00.000Z");
        assert_eq!(fixed.to, "2026-11-21T02:00:00.000Z");
        assert!(is_relative(&state("-1h", "")) && !is_relative(&fixed));
    }
}
