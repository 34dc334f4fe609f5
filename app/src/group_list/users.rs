//! Users as a table.

use leptos::prelude::*;

use super::parts::{averages, failed, sort_head, tokens};
use super::state::GroupListState;
use crate::charts::Strip;
use crate::model::UserLine;
use crate::text::number;
use crate::url_state::user_href;
use crate::widgets::time::{Time, TimeStyle};

/// A table of users.
pub fn user_table(
    rows: Vec<UserLine>,
    experiment: i64,
    state: &GroupListState,
    path: &str,
) -> AnyView {
    let has_ratings = rows.iter().any(|row| !row.ratings.is_empty());
    let head = |sort: &'static str, label: &'static str, is_number: bool| {
        let href = state.sorted(sort).href(path);
        sort_head(sort, &state.sort, href, label.to_owned(), is_number)
    };
    let heads = view! {
        {head("name", "User", false)}
        {head("traces", "Traces", true)}
        <th scope="col" class="table__number">"Sessions"</th>
        {head("errors", "Failed", true)}
        {head("tokens", "Tokens", true)}
        {head("cost", "Cost", true)}
        {head("", "Last seen", false)}
        <th scope="col">"Last 30 days"</th>
        {has_ratings.then(|| view! { <th scope="col" class="group-table__ratings">"Feedback"</th> })}
    };
    let rows = rows
        .into_iter()
        .map(|row| line(row, experiment, has_ratings))
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Users">
            <table class="table table--cards group-table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(row: UserLine, experiment: i64, has_ratings: bool) -> AnyView {
    let (recent, wrong) = row.days.iter().fold((0, 0), |(traces, errors), day| {
        (traces + day.0, errors + day.1)
    });
    let trend = format!(
        "{} in the last 30 days, {} failed",
        number::counted(recent, "trace", "traces"),
        number::grouped(wrong)
    );
    view! {
        <tr class="table__row">
            <td class="group-table__name" data-card="name">
                <a class="table__main" href=user_href(experiment, &row.user)>{row.user.clone()}</a>
            </td>
            <td class="table__number" data-label="Traces">{number::grouped(row.traces)}</td>
            <td class="table__number" data-label="Sessions">{number::grouped(row.sessions)}</td>
            <td class="table__number" data-label="Failed">{failed(row.errors, row.traces)}</td>
            <td class="table__number">{tokens(row.tokens)}</td>
            <td class="table__number">{row.cost.map_or("—".to_owned(), number::dollars)}</td>
            <td class="group-table__time" data-card="time"><Time millis=row.last_ms style=TimeStyle::Short/></td>
            <td class="group-table__trend"><Strip counts=row.days summary=trend/></td>
            {has_ratings.then(|| view! { <td class="group-table__ratings">{averages(&row.ratings, 1)}</td> })}
        </tr>
    }
    .into_any()
}
