//! The window of time, whether gaps are folded, and the branch that shows alone, in the address: `z=FROM-TO` in nanoseconds,
//! `gaps=folded`, `root=SPAN`.

use super::tree_state::TreeState;

/// Takes the place that the address names once the table is there, and writes changes into the address. On the server nothing
/// happens: the first rows show the whole trace.
pub fn follow(tree: TreeState) {
    #[cfg(feature = "hydrate")]
    browser_half::follow(tree);
    #[cfg(not(feature = "hydrate"))]
    let _ = tree;
}

/// A window as the address has it; empty for the whole trace.
#[cfg(any(feature = "hydrate", test))]
fn window_text(from: i64, to: i64, extent: i64) -> String {
    match from <= 0 && to >= extent {
        true => String::new(),
        false => format!("{from}-{to}"),
    }
}

/// A window of the address, if it is one.
#[cfg(any(feature = "hydrate", test))]
fn window(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (from.parse::<i64>().ok()?, to.parse::<i64>().ok()?);
    (0 <= from && from < to).then_some((from, to))
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::time::Duration;

    use domain::ids::SpanId;
    use leptos::prelude::*;
    use leptos_router::hooks::use_query_map;

    use super::super::tree_state::TreeState;
    use super::{window, window_text};
    use crate::browser;

    /// Zooming by the wheel changes the window many times a second; browsers allow fewer changes of the address.
    const REST: Duration = Duration::from_millis(300);

    pub fn follow(tree: TreeState) {
        let query = use_query_map();
        let asked = query.with_untracked(|query| {
            (
                window(query.get_str("z").unwrap_or_default()),
                query.get("root"),
                query.get_str("gaps") == Some("folded"),
            )
        });
        let changes = RwSignal::new(0_u32);
        Effect::new(move |was_there: Option<bool>| {
            let is_there = tree.table.with(Option::is_some);
            if is_there && was_there != Some(true) {
                let root = asked.1.as_ref().and_then(|id| id.parse::<SpanId>().ok());
                let table = tree.table.get_untracked();
                let row = root.and_then(|id| table.as_ref()?.row_of(id));
                if row.is_some() {
                    tree.focus(row);
                }
                if asked.2 {
                    tree.fold_gaps(true);
                }
                if let Some((from, to)) = asked.0 {
                    tree.show(from, to);
                }
            }
            is_there || was_there == Some(true)
        });
        Effect::new(move |before: Option<()>| {
            tree.view.track();
            tree.root.track();
            tree.is_folding_gaps.track();
            if before.is_none() || tree.table.with_untracked(Option::is_none) {
                return;
            }
            changes.update_untracked(|changes| *changes += 1);
            let change = changes.get_untracked();
            browser::after(REST, move || {
                if changes.try_get_untracked() == Some(change) {
                    write(tree);
                }
            });
        });
    }

    fn write(tree: TreeState) {
        let (from, to) = tree.seen();
        let extent = tree.extent.get_untracked();
        browser::replace_parameter("z", &window_text(from, to, extent));
        let gaps = match tree.is_folding_gaps.get_untracked() {
            true => "folded",
            false => "",
        };
        browser::replace_parameter("gaps", gaps);
        let root = tree.root.get_untracked();
        let id = tree.table.with_untracked(|table| {
            root.and_then(|row| Some(table.as_ref()?.span_id(row).to_string()))
        });
        browser::replace_parameter("root", &id.unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::{window, window_text};

    #[test]
    fn windows_round_trip_through_the_address() {
        assert_eq!(window(&window_text(5, 70, 100)), Some((5, 70)));
        assert_eq!(window_text(0, 100, 100), "");
        for text in ["", "5", "5-", "a-b", "7-5", "-5-7"] {
            assert_eq!(window(text), None, "{text}");
        }
    }
}
