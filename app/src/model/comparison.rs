//! Traces side by side, as the page of a comparison shows them.

use domain::diff::{Change, Mark};
use domain::trace::TraceState;

use super::tuple::travels_as_tuple;
use super::{ExperimentRef, TraceRow};

/// One of the traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedTrace {
    /// Its id.
    pub id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// The experiment.
    pub experiment: ExperimentRef,
    /// How it stands.
    pub state: TraceState,
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// Spans stored.
    pub spans: u32,
}

/// A fact in which the traces differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedField {
    /// Its name or key.
    pub name: String,
    /// `tag`, `metadata`, `rating` or empty.
    pub kind: String,
    /// For each trace the value as text; empty if it has none.
    pub values: Vec<String>,
    /// For each trace how much more than the first, with its sign; empty if that cannot be said.
    pub deltas: Vec<String>,
}

/// A step in one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedCell {
    /// The span.
    pub span_id: String,
    /// Nanoseconds since the trace began.
    pub start: i64,
    /// Nanoseconds.
    pub duration: i64,
    /// Tokens of its own call.
    pub tokens: Option<i64>,
    /// Dollars of its own call.
    pub cost: Option<f64>,
    /// Whether it failed.
    pub is_error: bool,
}

/// A step in all the traces that have it.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparedRow {
    /// Its name; names, if they differ.
    pub name: String,
    /// Its type.
    pub span_type: String,
    /// 0 for a root.
    pub depth: u32,
    /// How it stands, as [`ComparedRow::mark`] reads it.
    pub marked: u8,
    /// What differs, as [`ComparedRow::change`] reads it.
    pub changed: u8,
    /// For each trace.
    pub cells: Vec<Option<ComparedCell>>,
}

/// Two to four traces, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The traces; the first is what the others are measured by.
    pub traces: Vec<ComparedTrace>,
    /// Facts that differ.
    pub fields: Vec<ComparedField>,
    /// Names of the facts that do not.
    pub same: Vec<String>,
    /// The steps, or the first of them.
    pub rows: Vec<ComparedRow>,
    /// How many steps there are.
    pub total: u32,
    /// How many of them differ.
    pub differences: u32,
    /// The row to look at first.
    pub divergence: Option<u32>,
    /// Nanoseconds of the longest trace; at least 1.
    pub extent: i64,
}

/// Lines of the texts of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HunkView {
    /// Whether the lines differ.
    pub is_changed: bool,
    /// Pieces: 0 in both, 1 in the first only, 2 in the second only, each with its text.
    pub pieces: Vec<(u8, String)>,
}

/// One part of a step in two traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDiff {
    /// What it is: `Input`, `Output`, `Status` or the key of an attribute.
    pub name: String,
    /// Whether both are the same.
    pub is_same: bool,
    /// Both texts.
    pub hunks: Vec<HunkView>,
    /// Whether only the beginnings were compared.
    pub is_cut: bool,
}

/// A step in two traces, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDiff {
    /// Its name; names, if they differ.
    pub name: String,
    /// Its type.
    pub span_type: String,
    /// Which of the traces stands left, counted from 0; `None` if the step is in neither of those to the left.
    pub left: Option<u8>,
    /// Which stands right.
    pub right: Option<u8>,
    /// Of three or more traces those in which the step is not as in the first that has it, counted from 0.
    pub differing: Vec<u8>,
    /// Its parts.
    pub parts: Vec<PartDiff>,
}

/// A step in one trace and as it usually is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsualRow {
    /// Its name.
    pub name: String,
    /// Its type.
    pub span_type: String,
    /// Count, nanoseconds, tokens, failed in this trace.
    pub here: Option<(i64, i64, Option<i64>, i64)>,
    /// The same in the middle of the others.
    pub usual: Option<(i64, i64, Option<i64>, i64)>,
    /// How many of the others have it.
    pub traces: u32,
}

/// A trace against the middle of many.
#[derive(Debug, Clone, PartialEq)]
pub struct UsualView {
    /// The trace.
    pub trace: ComparedTrace,
    /// How many others were looked at.
    pub others: u32,
    /// Whether more match.
    pub is_capped: bool,
    /// What is wrong with the filter; empty if nothing.
    pub problem: String,
    /// Facts of the trace, of the middle, and the difference.
    pub fields: Vec<ComparedField>,
    /// The steps.
    pub rows: Vec<UsualRow>,
}

/// What a trace may be compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareChoices {
    /// The trace.
    pub trace: ComparedTrace,
    /// Earlier traces of its name, newest first; later ones, if none is earlier.
    pub same_name: Vec<TraceRow>,
    /// Other attempts of the same request.
    pub attempts: Vec<TraceRow>,
    /// Others of its session.
    pub session: Vec<TraceRow>,
    /// The filter for all traces of its name; empty if it has none.
    pub name_filter: String,
}

travels_as_tuple! {
    CompareChoices { trace, same_name, attempts, session, name_filter }
    ComparedTrace { id, name, experiment, state, time_ms, spans }
    ComparedField { name, kind, values, deltas }
    ComparedCell { span_id, start, duration, tokens, cost, is_error }
    ComparedRow { name, span_type, depth, marked, changed, cells }
    Comparison { traces, fields, same, rows, total, differences, divergence, extent }
    HunkView { is_changed, pieces }
    PartDiff { name, is_same, hunks, is_cut }
    StepDiff { name, span_type, left, right, differing, parts }
    UsualRow { name, span_type, here, usual, traces }
    UsualView { trace, others, is_capped, problem, fields, rows }
}

const MARKS: [Mark; 4] = [Mark::Same, Mark::Changed, Mark::Partial, Mark::Moved];

impl ComparedRow {
    /// How it stands.
    pub fn mark(&self) -> Mark {
        MARKS[usize::from(self.marked) % MARKS.len()]
    }

    /// What differs.
    pub fn change(&self) -> Change {
        Change::from_bits(self.changed)
    }

    /// Its spans as the address names them: the id of each trace's span, `.` between, nothing where there is none.
    pub fn step(&self) -> String {
        let ids = self.cells.iter().map(|cell| match cell {
            Some(cell) => cell.span_id.as_str(),
            None => "",
        });
        ids.collect::<Vec<_>>().join(".")
    }
}

impl Comparison {
    /// The most rows sent with the page itself.
    pub const ROWS: usize = 300;
    /// The most traces compared.
    pub const MOST: usize = 4;
}

#[cfg(feature = "ssr")]
mod server {
    use domain::diff::{Aligned, Row};
    use domain::span_table::SpanTable;

    use super::{ComparedCell, ComparedRow, MARKS};

    impl ComparedRow {
        /// A row of an alignment of these traces.
        pub fn of(row: &Row, tables: &[SpanTable]) -> Self {
            let cells = || tables.iter().zip(&row.cells);
            let mut names: Vec<&str> = Vec::new();
            let mut span_type = "";
            for (table, cell) in cells() {
                let Some(at) = *cell else { continue };
                if !names.contains(&table.name(at)) {
                    names.push(table.name(at));
                }
                span_type = table.span_type(at);
            }
            let cell = |(table, cell): (&SpanTable, &Option<u32>)| {
                let at = (*cell)?;
                Some(ComparedCell {
                    span_id: table.span_id(at).to_string(),
                    start: table.start(at),
                    duration: table.span_duration(at),
                    tokens: table.usage(at).map(|usage| usage.total_tokens),
                    cost: table.cost(at).map(|cost| cost.total_cost),
                    is_error: table.is_error(at),
                })
            };
            let marked = MARKS.iter().position(|mark| *mark == row.mark);
            Self {
                name: names.join(" → "),
                span_type: span_type.to_owned(),
                depth: row.depth,
                marked: marked.unwrap_or(0) as u8,
                changed: row.change.bits(),
                cells: cells().map(cell).collect(),
            }
        }
    }

    /// Only the rows that differ, with those above them; and the new place of `kept`.
    pub fn only_differences(aligned: &Aligned, kept: Option<usize>) -> (Vec<Row>, Option<usize>) {
        use domain::diff::Mark;
        let rows = &aligned.rows;
        let mut is_shown = vec![false; rows.len()];
        // From behind: a row shows if it differs or the next one below it shows.
        let mut wanted_depth = 0;
        for (at, row) in rows.iter().enumerate().rev() {
            if row.mark != Mark::Same || row.depth < wanted_depth {
                is_shown[at] = true;
                wanted_depth = row.depth;
            }
        }
        let place = kept.map(|kept| {
            is_shown[..kept]
                .iter()
                .filter(|is_shown| **is_shown)
                .count()
        });
        let shown = rows
            .iter()
            .zip(&is_shown)
            .filter(|(_, is_shown)| **is_shown);
        (shown.map(|(row, _)| *row).collect(), place)
    }
}

#[cfg(feature = "ssr")]
pub(crate) use server::only_differences;
