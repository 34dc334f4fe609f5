//! The trace by name: one line for each step, sorted by what it cost. A line leads to its longest span and marks the others.

use std::cmp::Ordering;
use std::sync::Arc;

use domain::span_table::{NameSum, SpanTable};
use domain::time::human_duration;
use leptos::prelude::*;

use super::layout::Layout;
use super::spans::choose;
use super::tree_state::TreeState;
use crate::pages::skeleton;
use crate::text::number;
use crate::widgets::badge::KindIcon;

/// The most lines shown.
const MOST: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Count,
    Errors,
    Total,
    Own,
    Median,
    Longest,
    Tokens,
    Cost,
}

impl Column {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Name, "Name"),
        (Self::Count, "Count"),
        (Self::Errors, "Errors"),
        (Self::Total, "Total"),
        (Self::Own, "Self"),
        (Self::Median, "Median"),
        (Self::Longest, "Longest"),
        (Self::Tokens, "Tokens"),
        (Self::Cost, "Cost"),
    ];

    /// Names stand from A to Z, numbers from the largest.
    fn order(self, a: &NameSum, b: &NameSum, table: &SpanTable) -> Ordering {
        match self {
            Self::Name => table.name(a.row).cmp(table.name(b.row)),
            Self::Count => b.count.cmp(&a.count),
            Self::Errors => b.errors.cmp(&a.errors),
            Self::Total => b.total.cmp(&a.total),
            Self::Own => b.self_time.cmp(&a.self_time),
            Self::Median => b.median.cmp(&a.median),
            Self::Longest => b.longest.cmp(&a.longest),
            Self::Tokens => b.tokens.cmp(&a.tokens),
            Self::Cost => b.cost.partial_cmp(&a.cost).unwrap_or(Ordering::Equal),
        }
    }

    /// As style sheets name it: a phone leaves some out.
    fn key(self) -> &'static str {
        match self {
            Self::Median | Self::Longest | Self::Tokens | Self::Cost => "more",
            _ => "main",
        }
    }

    fn text(self, sum: &NameSum) -> String {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "—".to_owned());
        match self {
            Self::Name => String::new(),
            Self::Count => number::grouped(u64::from(sum.count)),
            Self::Errors if sum.errors == 0 => "—".to_owned(),
            Self::Errors => number::grouped(u64::from(sum.errors)),
            Self::Total => human_duration(sum.total),
            Self::Own => human_duration(sum.self_time),
            Self::Median => human_duration(sum.median),
            Self::Longest => human_duration(sum.longest),
            Self::Tokens => or_dash(sum.tokens.map(number::short)),
            Self::Cost => or_dash(sum.cost.map(number::dollars)),
        }
    }
}

/// The table.
#[component]
pub fn NameTable(
    /// The shared state of the trace's panels.
    tree: TreeState,
    /// Where a line leads back to the timeline.
    layout: RwSignal<Layout>,
) -> impl IntoView {
    let sorted_by = RwSignal::new(Column::Own);
    let sums = Memo::new(move |_| tree.table.with(|t| t.as_ref().map(|t| t.by_name())));
    let here = Memo::new(move |_| {
        tree.marked.track();
        let row = tree.marked_row()?;
        let name = |table: &Arc<SpanTable>| table.name(row).to_owned();
        tree.table.with(|table| table.as_ref().map(name))
    });
    let content = move || {
        let (Some(table), Some(mut sums)) = (tree.table.get(), sums.get()) else {
            return skeleton();
        };
        let column = sorted_by.get();
        sums.sort_by(|a, b| column.order(a, b, &table));
        let columns: Vec<_> = Column::ALL
            .into_iter()
            .filter(|(c, _)| is_filled(*c, &sums))
            .collect();
        let left_out = sums.len().saturating_sub(MOST);
        let lines = sums
            .iter()
            .take(MOST)
            .map(|sum| line(sum, &table, &columns, here, (tree, layout)));
        let lines = lines.collect_view();
        let heads = columns
            .iter()
            .map(|(c, label)| head(*c, label, sorted_by))
            .collect_view();
        view! {
            <table class="table name-table__table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{lines}</tbody>
            </table>
            {(left_out > 0).then(|| view! { <p class="quiet">{format!("and {left_out} more names")}</p> })}
        }
        .into_any()
    };
    view! {
        <section class="name-table" aria-label="Spans by name" tabindex="0">{content}</section>
    }
    .into_any()
}

/// Tokens and cost only have a column if some span says.
fn is_filled(column: Column, sums: &[NameSum]) -> bool {
    match column {
        Column::Tokens => sums.iter().any(|sum| sum.tokens.is_some()),
        Column::Cost => sums.iter().any(|sum| sum.cost.is_some()),
        _ => true,
    }
}

fn head(column: Column, label: &'static str, sorted_by: RwSignal<Column>) -> AnyView {
    let order = match column {
        Column::Name => "ascending",
        _ => "descending",
    };
    view! {
        <th scope="col" data-column=column.key() aria-sort=move || (sorted_by.get() == column).then_some(order)>
            <button type="button" class="name-table__sort" on:click=move |_| sorted_by.set(column)>{label}</button>
        </th>
    }
    .into_any()
}

fn line(
    sum: &NameSum,
    table: &SpanTable,
    columns: &[(Column, &'static str)],
    here: Memo<Option<String>>,
    (tree, layout): (TreeState, RwSignal<Layout>),
) -> AnyView {
    let name = table.name(sum.row).to_owned();
    let longest = sum.longest_row;
    let open = {
        let name = name.clone();
        move |_| {
            tree.sought.set(name.clone());
            choose(layout, Layout::Timeline);
            tree.go_to_row(longest);
        }
    };
    let label = match name.as_str() {
        "" => "(no name)".to_owned(),
        name => name.to_owned(),
    };
    let cells = columns
        .iter()
        .filter(|(column, _)| *column != Column::Name)
        .map(|(column, _)| {
            let is_error = *column == Column::Errors && sum.errors > 0;
            view! { <td data-column=column.key() data-tone=is_error.then_some("error")>{column.text(sum)}</td> }
        });
    let cells = cells.collect_view();
    // The line of the opened span.
    let is_here = move || {
        here.with(|here| here.as_ref() == Some(&name))
            .then_some("true")
    };
    view! {
        <tr aria-current=is_here>
            <th scope="row">
                <span class="name-table__who">
                <KindIcon kind=table.span_type(sum.row).to_owned()/>
                <button type="button" class="name-table__name" title="Go to the longest" on:click=open>{label}</button>
                </span>
            </th>
            {cells}
        </tr>
    }
    .into_any()
}
