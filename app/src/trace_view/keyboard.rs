//! Keys of the timeline: which row each leads to. Pure; the timeline reads the key and acts.

use domain::span_table::{RowSet, SpanTable};

/// What a key does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// Go to this row.
    Go(u32),
    /// Fold this row or unfold it.
    Toggle(u32),
    /// Unfold this row and all below it.
    UnfoldBelow(u32),
    /// Closer or further away.
    Zoom(f64),
    /// Earlier or later, by a share of the window.
    Pan(f64),
    /// The whole trace.
    ZoomOut,
    /// Just this row's span.
    ZoomTo(u32),
    /// On to the opened span's panel.
    Open,
    /// This row's span alone with what is below it, or the whole trace again.
    Focus(u32),
    /// The critical path, drawn or not.
    Path,
    /// Long stretches in which nothing ran, folded or not.
    Gaps,
}

/// What a key does with the cursor on `row`. `rows` are those that show; `page` is how many fit on the screen.
pub fn act(
    key: &str,
    row: u32,
    table: &SpanTable,
    rows: &[u32],
    folded: &RowSet,
    page: usize,
) -> Option<Act> {
    let position = rows
        .binary_search(&row)
        .unwrap_or_else(|next| next.saturating_sub(1));
    let at = |position: usize| {
        rows.get(position.min(rows.len().saturating_sub(1)))
            .copied()
            .map(Act::Go)
    };
    let has_inner = table.descendant_count(row) > 0;
    let is_folded = folded.contains(row);
    match key {
        "ArrowDown" | "j" => at(position + 1),
        "ArrowUp" | "k" => at(position.saturating_sub(1)),
        "PageDown" => at(position + page),
        "PageUp" => at(position.saturating_sub(page)),
        "Home" => at(0),
        "End" => at(usize::MAX),
        "ArrowRight" if has_inner && is_folded => Some(Act::Toggle(row)),
        "ArrowRight" if has_inner => Some(Act::Go(row + 1)),
        "ArrowLeft" if has_inner && !is_folded => Some(Act::Toggle(row)),
        "ArrowLeft" => table.parent(row).map(Act::Go),
        "e" => next(row, table, |other| table.is_error(other)).map(Act::Go),
        "E" => previous(row, |other| table.is_error(other)).map(Act::Go),
        "p" => next(row, table, |other| {
            table.name_id(other) == table.name_id(row)
        })
        .map(Act::Go),
        "P" => previous(row, |other| table.name_id(other) == table.name_id(row)).map(Act::Go),
        "*" => Some(Act::UnfoldBelow(row)),
        "Enter" => Some(Act::Open),
        "w" => Some(Act::Zoom(0.8)),
        "s" => Some(Act::Zoom(1.25)),
        "a" => Some(Act::Pan(-0.15)),
        "d" => Some(Act::Pan(0.15)),
        "f" => Some(Act::ZoomTo(row)),
        "0" => Some(Act::ZoomOut),
        "z" => Some(Act::Focus(row)),
        "m" => Some(Act::Path),
        "i" => Some(Act::Gaps),
        _ => None,
    }
}

fn next(row: u32, table: &SpanTable, is_hit: impl Fn(u32) -> bool) -> Option<u32> {
    (row + 1..table.len()).find(|other| is_hit(*other))
}

fn previous(row: u32, is_hit: impl Fn(u32) -> bool) -> Option<u32> {
    (0..row).rev().find(|other| is_hit(*other))
}

#[cfg(test)]
mod tests {
    use domain::ids::SpanId;
    use domain::span::StatusCode;
    use domain::span_row::SpanRow;
    use domain::span_table::Repeats;
    use domain::time::UnixNanos;

    use super::*;

    /// root(0) → a(1) → failed(2), b(3)
    fn table() -> SpanTable {
        let row = |id: u8, parent: Option<u8>, name: &str, status| SpanRow {
            span_id: SpanId([id; 8]),
            parent_id: parent.map(|id| SpanId([id; 8])),
            name: name.to_owned(),
            span_type: "TOOL".to_owned(),
            start: UnixNanos(i64::from(id)),
            end: Some(UnixNanos(100)),
            status,
            status_message: String::new(),
            event_count: 0,
            usage: None,
            cost: None,
            model: None,
        };
        SpanTable::new(vec![
            row(1, None, "root", StatusCode::Ok),
            row(2, Some(1), "step", StatusCode::Ok),
            row(3, Some(2), "failed", StatusCode::Error),
            row(4, Some(1), "step", StatusCode::Ok),
        ])
    }

    fn check(key: &str, row: u32, folded: &[u32], expected: Option<Act>) {
        let table = table();
        let folded: RowSet = folded.iter().copied().collect();
        let (all, none) = (table.len(), RowSet::default());
        let rows = table.visible_between(0, all, &folded, &Repeats::default(), &none);
        assert_eq!(
            act(key, row, &table, &rows, &folded, 10),
            expected,
            "{key} on {row}"
        );
    }

    #[test]
    fn arrows_walk_the_rows_that_show() {
        check("ArrowDown", 1, &[], Some(Act::Go(2)));
        check("ArrowDown", 1, &[1], Some(Act::Go(3)));
        check("ArrowDown", 3, &[], Some(Act::Go(3)));
        check("ArrowUp", 0, &[], Some(Act::Go(0)));
        check("End", 0, &[1], Some(Act::Go(3)));
        check("PageDown", 0, &[], Some(Act::Go(3)));
    }

    #[test]
    fn sideways_arrows_fold_or_climb() {
        check("ArrowLeft", 1, &[], Some(Act::Toggle(1)));
        check("ArrowLeft", 1, &[1], Some(Act::Go(0)));
        check("ArrowRight", 1, &[1], Some(Act::Toggle(1)));
        check("ArrowRight", 1, &[], Some(Act::Go(2)));
        check("ArrowRight", 2, &[], None);
    }

    #[test]
    fn errors_are_found_even_when_folded_away() {
        check("e", 0, &[1], Some(Act::Go(2)));
        check("e", 2, &[], None);
        check("E", 3, &[], Some(Act::Go(2)));
    }

    #[test]
    fn same_name_goes_on() {
        check("p", 1, &[], Some(Act::Go(3)));
        check("P", 3, &[], Some(Act::Go(1)));
        check("P", 1, &[], None);
    }
}
