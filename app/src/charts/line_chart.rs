//! Values over time as lines, with those of the period before as thin ones. Straight from bucket to bucket, broken off where there
//! is no data.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::axis::Axis;
use super::layout;
use super::parts::{TwinRow, drawing, grid, marks, place, twin};
use super::value_scale::{Unit, ValueScale};

/// One series. Its look follows its place: six colours, each with its own dashes.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Where buckets begin, and their values, by time. A bucket that is left out has no data.
    pub points: Vec<(i64, f64)>,
    /// The same of the period before, moved to this one; empty if it is not compared.
    pub previous: Vec<(i64, f64)>,
}

/// A bucket and the list behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Where the bucket begins.
    pub from: i64,
    /// Its list.
    pub href: String,
}

/// A chart of lines. Its height is `--chart-height`, which the place around it may set.
#[component]
pub fn LineChart(
    /// The lines; the first six look different.
    lines: Vec<Line>,
    /// The time they run over.
    axis: Axis,
    /// The length of a bucket in milliseconds.
    bucket_ms: i64,
    /// How values become heights.
    scale: ValueScale,
    /// What the values are.
    unit: Unit,
    /// What it shows and the gist of it, in one sentence.
    #[prop(into)]
    summary: String,
    /// Where pressing a bucket leads.
    #[prop(optional)]
    slots: Vec<Slot>,
) -> impl IntoView {
    let path = |points: &[(i64, f64)]| layout::line(points, bucket_ms, axis, scale);
    let paths = lines.iter().enumerate().map(|(place, line)| {
        let look = look(place);
        let before = (!line.previous.is_empty()).then(|| {
            let (lines, dots) = path(&line.previous);
            view! { <path class="chart__before" data-line=look d=lines + &dots></path> }
        });
        let (lines, dots) = path(&line.points);
        view! {
            {before}
            <path class="chart__series" data-line=look d=lines></path>
            <path class="chart__dots" data-line=look d=dots></path>
        }
    });
    let paths = paths.collect_view().into_any();
    let table = rows_of(&lines, unit);
    let href = |from: i64| {
        let slot = slots.iter().find(|slot| slot.from == from);
        slot.map(|slot| slot.href.clone())
    };
    let names: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
    let places = table.iter().map(|(from, cells)| {
        let figures = names.iter().zip(cells);
        let figures: Vec<String> = figures
            .map(|(name, cell)| format!("{name} {cell}"))
            .collect();
        place(
            axis,
            (*from, from + bucket_ms),
            href(*from),
            figures.join(", "),
        )
    });
    let places = places.collect_view();
    let rows = table.iter().map(|(from, cells)| TwinRow {
        ends: (*from, from + bucket_ms),
        href: href(*from),
        cells: cells.clone(),
    });
    let twin = twin(&summary, axis, names.clone(), rows.collect());
    let has_before = lines.iter().any(|line| !line.previous.is_empty());
    view! {
        <figure class="chart">
            {legend(names, has_before)}
            <div class="chart__plot">
                {grid(scale, unit)}
                {drawing(summary, paths)}
                <div class="chart__places" aria-hidden="true">{places}</div>
            </div>
            {marks(axis)}
            {twin}
        </figure>
    }
    .into_any()
}

fn look(place: usize) -> &'static str {
    ["1", "2", "3", "4", "5", "6"][place % 6]
}

/// Which line is which.
fn legend(names: Vec<String>, has_before: bool) -> AnyView {
    let sample = |class: &'static str, look: &'static str| {
        view! {
            <svg class="chart__sample" viewBox="0 0 24 8" aria-hidden="true">
                <path class=class data-line=look d="M0 4h24"></path>
            </svg>
        }
    };
    let names = names.into_iter().enumerate().map(|(place, name)| {
        view! { <span class="chart__name">{sample("chart__series", look(place))}{name}</span> }
    });
    let names = names.collect_view();
    let before = has_before.then(|| {
        view! { <span class="chart__name">{sample("chart__before", "1")}"period before"</span> }
    });
    view! { <figcaption class="chart__legend">{names}{before}</figcaption> }.into_any()
}

/// Bucket by bucket the text of every line; a dash where a line has no data.
fn rows_of(lines: &[Line], unit: Unit) -> Vec<(i64, Vec<String>)> {
    let mut rows: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        for (from, value) in &line.points {
            let cells = rows
                .entry(*from)
                .or_insert_with(|| vec!["—".to_owned(); lines.len()]);
            cells[place] = unit.text(*value);
        }
    }
    rows.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_says_where_a_line_has_no_data() {
        let line = |points: &[(i64, f64)]| Line {
            name: String::new(),
            points: points.to_vec(),
            previous: Vec::new(),
        };
        let lines = [line(&[(0, 1.0), (20, 2.0)]), line(&[(10, 3.0), (20, 4.0)])];
        let rows = rows_of(&lines, Unit::Plain);
        let cells = |first: &str, second: &str| vec![first.to_owned(), second.to_owned()];
        assert_eq!(
            rows,
            [
                (0, cells("1", "—")),
                (10, cells("—", "3")),
                (20, cells("2", "4"))
            ]
        );
    }
}
