//! Runs as a table. Two of them can be chosen to be compared.

use leptos::prelude::*;

use super::state::RunListState;
use crate::address::at;
use crate::group_list::parts::averages;
use crate::model::{RunLine, RunSums};
use crate::pages::trace_list::count_text;
use crate::text::number;
use crate::url_state::run_href;
use crate::widgets::badge::RunBadge;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::{Time, TimeStyle};

/// A table of runs within the form that compares two of them.
#[component]
pub fn RunTable(
    /// The runs in their order.
    rows: Vec<RunLine>,
    /// The columns chosen.
    columns: Vec<String>,
    /// What the list is asked for.
    state: RunListState,
    /// The list's address without the question.
    path: String,
) -> impl IntoView {
    let can_compare = rows.len() > 1;
    let has_ratings = rows.iter().any(|row| !row.sums.ratings.is_empty());
    let has_users = rows.iter().any(|row| !row.head.user.is_empty());
    let chosen = columns
        .iter()
        .map(|column| {
            let (kind, label) = column.split_once('.').unwrap_or(("", column));
            let is_number = kind == "metrics";
            sort_head(&state, &path, column, label.to_owned(), is_number)
        })
        .collect_view();
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(place, row)| line(row, place, can_compare, has_ratings, has_users, &columns))
        .collect_view();
    let compare = can_compare.then(|| {
        view! {
            <div class="run-list__compare">
                <button class="button">"Compare A with B"</button>
            </div>
        }
    });
    view! {
        <form method="get" action=at("/runs/compare")>
            {compare}
            <div class="table-scroll" tabindex="0" role="region" aria-label="Runs">
                <table class="table table--cards run-list">
                    <thead>
                        <tr>
                            {can_compare.then(|| view! {
                                <th scope="col" class="run-list__pick"><abbr title="Compare this run">"A"</abbr></th>
                                <th scope="col" class="run-list__pick"><abbr title="with this one">"B"</abbr></th>
                            })}
                            {sort_head(&state, &path, "run_name", "Name".to_owned(), false)}
                            {sort_head(&state, &path, "status", "State".to_owned(), false)}
                            {sort_head(&state, &path, "start_time", "Started".to_owned(), true)}
                            <th scope="col" class="table__number">"Traces"</th>
                            <th scope="col" class="table__number">"Failed"</th>
                            <th scope="col" class="table__number"><abbr title="Half of the traces took less">"Median"</abbr></th>
                            {has_ratings.then(|| view! { <th scope="col" class="run-list__ratings">"Feedback"</th> })}
                            {chosen}
                            {has_users.then(|| sort_head(&state, &path, "user_id", "User".to_owned(), false))}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </form>
    }
    .into_any()
}

fn sort_head(
    state: &RunListState,
    path: &str,
    key: &str,
    label: String,
    is_greatest_first: bool,
) -> AnyView {
    let order = match state.order() {
        order if order == key => Some("ascending"),
        order if order.strip_prefix('-') == Some(key) => Some("descending"),
        _ => None,
    };
    let href = state.sorted(key, is_greatest_first).href(path);
    let is_metric = key.starts_with("metrics.");
    view! {
        <th scope="col" class:table__number=is_metric aria-sort=order title=key.to_owned()>
            <a class="table__sort" href=href>{label} <Icon name=IconName::Chevron/></a>
        </th>
    }
    .into_any()
}

fn line(
    row: RunLine,
    place: usize,
    can_compare: bool,
    has_ratings: bool,
    has_users: bool,
    columns: &[String],
) -> AnyView {
    let RunLine { head, sums, cells } = row;
    let radio = |name: &'static str, is_first: bool| {
        let label = format!("{} as {}", head.name, name.to_uppercase());
        view! {
            <td class="run-list__pick" data-card="pick">
                <label><input type="radio" name=name value=head.run_id.clone() required checked=is_first aria-label=label/></label>
            </td>
        }
    };
    let picks = can_compare.then(|| view! { {radio("a", place == 0)} {radio("b", place == 1)} });
    let ratings =
        has_ratings.then(|| view! { <td class="run-list__ratings">{rating_chips(&sums, 1)}</td> });
    let cells = cells
        .into_iter()
        .zip(columns)
        .map(|(cell, column)| {
            let is_number = column.starts_with("metrics.");
            let label = column.split_once('.').map_or(column.as_str(), |(_, label)| label);
            view! { <td class="run-list__cell" data-label=label.to_owned() class:table__number=is_number title=cell.clone()>{cell.clone()}</td> }
        })
        .collect_view();
    view! {
        <tr class="table__row">
            {picks}
            <td class="run-list__name" data-card="name"><a class="table__main" href=run_href(&head.run_id)>{head.name.clone()}</a></td>
            <td data-card="also"><RunBadge status=head.status/></td>
            <td class="run-list__time" data-card="time"><Time millis=head.start_ms style=TimeStyle::Short/></td>
            <td class="table__number" data-label="Traces">{count_text(sums.traces)}</td>
            <td class="table__number" data-label="Failed" data-tone=(sums.errors > 0).then_some("error")>{failed_share(&sums)}</td>
            <td class="table__number" data-label="Median">{p50(&sums)}</td>
            {ratings}
            {cells}
            {has_users.then(|| view! { <td>{head.user.clone()}</td> })}
        </tr>
    }
    .into_any()
}

/// The share of a run's traces that failed; a dash where there are none.
pub fn failed_share(sums: &RunSums) -> String {
    match sums.traces.value {
        0 => "—".to_owned(),
        traces => number::share(sums.errors, traces),
    }
}

/// The median duration; a dash where none has ended.
pub fn p50(sums: &RunSums) -> String {
    sums.p50_ms.map_or("—".to_owned(), |millis| {
        let millis = i64::try_from(millis).unwrap_or(i64::MAX);
        crate::text::time::took(millis)
    })
}

/// Averages of feedback by name, each with how many it is of.
pub fn rating_chips(sums: &RunSums, most: usize) -> AnyView {
    averages(&sums.ratings, most)
}
