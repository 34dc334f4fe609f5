//! Sessions as a table.

use leptos::prelude::*;

use super::parts::{averages, failed, sort_head, tokens};
use super::state::GroupListState;
use crate::model::SessionLine;
use crate::text::lapse::millis_words;
use crate::text::number;
use crate::url_state::{session_href, user_href};
use crate::widgets::time::{Time, TimeStyle};

/// Where a table of sessions stands, if its heads order it.
pub type Sorting<'a> = Option<(&'a GroupListState, &'a str)>;

/// A table of sessions.
pub fn session_table(rows: Vec<SessionLine>, experiment: i64, sorting: Sorting<'_>) -> AnyView {
    let has_user = rows.iter().any(|row| row.user.is_some());
    let has_ratings = rows.iter().any(|row| !row.ratings.is_empty());
    let head = |sort: &'static str, label: &'static str, is_number: bool| match sorting {
        Some((state, path)) => {
            let href = state.sorted(sort).href(path);
            sort_head(sort, &state.sort, href, label.to_owned(), is_number)
        }
        None => plain_head(label, is_number),
    };
    let heads = view! {
        {head("name", "Session", false)}
        {has_user.then(|| plain_head("User", false))}
        {plain_head("First question", false)}
        {head("traces", "Turns", true)}
        {head("errors", "Failed", true)}
        {plain_head("First to last", true)}
        {head("busy", "Busy", true)}
        {head("tokens", "Tokens", true)}
        {head("cost", "Cost", true)}
        {head("", "Last", false)}
        {has_ratings.then(|| view! { <th scope="col" class="group-table__ratings">"Feedback"</th> })}
    };
    let rows = rows
        .into_iter()
        .map(|row| line(row, experiment, has_user, has_ratings))
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Sessions">
            <table class="table table--cards group-table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn plain_head(label: &'static str, is_number: bool) -> AnyView {
    view! { <th scope="col" class:table__number=is_number>{label}</th> }.into_any()
}

fn line(row: SessionLine, experiment: i64, has_user: bool, has_ratings: bool) -> AnyView {
    let user = has_user.then(|| {
        let link = row.user.map(|user| {
            let href = user_href(experiment, &user);
            view! { <a class="group-table__other" href=href title=user.clone()>{user.clone()}</a> }
        });
        view! { <td class="group-table__user">{link}</td> }
    });
    view! {
        <tr class="table__row">
            <td class="group-table__name" data-card="name" title=row.session.clone()>
                <a class="table__main" href=session_href(experiment, &row.session)>{row.session.clone()}</a>
            </td>
            {user}
            <td class="group-table__text" data-card="more" dir="auto" title=row.question.clone()>{row.question.clone()}</td>
            <td class="table__number" data-label="Turns">{number::grouped(row.turns)}</td>
            <td class="table__number" data-label="Failed">{failed(row.errors, row.turns)}</td>
            <td class="table__number">{millis_words(row.span_ms)}</td>
            <td class="table__number">{millis_words(row.busy_ms)}</td>
            <td class="table__number">{tokens(row.tokens)}</td>
            <td class="table__number">{row.cost.map_or("—".to_owned(), number::dollars)}</td>
            <td class="group-table__time" data-card="time"><Time millis=row.last_ms style=TimeStyle::Short/></td>
            {has_ratings.then(|| view! { <td class="group-table__ratings">{averages(&row.ratings, 1)}</td> })}
        </tr>
    }
    .into_any()
}
