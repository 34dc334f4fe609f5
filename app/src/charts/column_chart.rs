//! Counts as columns, those that failed in red on top.

use leptos::prelude::*;

use super::axis::Axis;
use super::layout;
use super::parts::{TwinRow, drawing, grid, marks, place, twin};
use super::value_scale::{Unit, ValueScale};
use crate::text::number;

/// One column. What has no column is a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Where it begins on the axis.
    pub from: i64,
    /// Where it ends; not included.
    pub to: i64,
    /// How many.
    pub total: u64,
    /// How many of them failed.
    pub errors: u64,
    /// The list of them.
    pub href: Option<String>,
}

impl Column {
    /// Its figures in words: `312 traces, 4 failed`.
    pub fn figures(&self) -> String {
        let traces = number::counted(self.total, "trace", "traces");
        match self.errors {
            0 => traces,
            failed => format!("{traces}, {} failed", number::grouped(failed)),
        }
    }
}

/// A chart of columns. Its height is `--chart-height`, which the place around it may set.
#[component]
pub fn ColumnChart(
    /// The columns in their order.
    columns: Vec<Column>,
    /// What they stand on.
    axis: Axis,
    /// What it shows and the gist of it, in one sentence.
    #[prop(into)]
    summary: String,
    /// What lies over the drawing, such as a brush.
    #[prop(optional_no_strip)]
    over: Option<AnyView>,
) -> impl IntoView {
    let most = columns.iter().map(|column| column.total).max().unwrap_or(0);
    let scale = ValueScale::counts(most);
    let shapes = layout::columns(&columns, axis, scale);
    let paths = view! {
        <path class="chart__volume" d=shapes.volume></path>
        <path class="chart__errors" d=shapes.errors></path>
    };
    let places = columns.iter().map(|column| {
        let ends = (column.from, column.to);
        place(axis, ends, column.href.clone(), column.figures())
    });
    let places = places.collect_view();
    let has_errors = columns.iter().any(|column| column.errors > 0);
    let mut heads = vec!["Traces".to_owned()];
    if has_errors {
        heads.push("Failed".to_owned());
    }
    let rows = columns.into_iter().map(|column| {
        let mut cells = vec![number::grouped(column.total)];
        if has_errors {
            cells.push(number::grouped(column.errors));
        }
        TwinRow {
            ends: (column.from, column.to),
            href: column.href,
            cells,
        }
    });
    let twin = twin(&summary, axis, heads, rows.collect());
    view! {
        <figure class="chart">
            <div class="chart__plot">
                {grid(scale, Unit::Count)}
                {drawing(summary, paths.into_any())}
                <div class="chart__places" aria-hidden="true">{places}</div>
                {over}
            </div>
            {marks(axis)}
            {twin}
        </figure>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn figures_mention_failures_if_there_are_any() {
        let mut column = Column {
            from: 0,
            to: 1,
            total: 1,
            errors: 0,
            href: None,
        };
        assert_eq!(column.figures(), "1 trace");
        column.total = 1_312;
        column.errors = 4;
        assert_eq!(column.figures(), "1,312 traces, 4 failed");
    }
}
