//! One user: how much, how well, and the latest sessions by day.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::answered::answered;
use crate::charts::{Axis, Column, ColumnChart};
use crate::frame::{Crumb, Frame, Section};
use crate::group_list::parts::averages;
use crate::group_list::sessions::session_table;
use crate::model::{GROUP_PAGE, SessionLine, UserView};
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::text::number;
use crate::text::time::{Calendar, rfc3339};
use crate::url_state::{experiment_href, query};
use crate::widgets::key_figure::key_figure;
use crate::widgets::time::{Time, TimeStyle};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// `/experiments/{id}/users/{user}`.
#[component]
pub fn UserPage() -> impl IntoView {
    let params = use_params_map();
    let text = move |key: &'static str| params.with(|params| params.get(key).unwrap_or_default());
    let question = move || {
        Read::Group(GroupRead::User {
            experiment: text("id"),
            user: text("user"),
        })
    };
    let draw = |reply: Reply| Ok(page(reply.open()?));
    answered("User", Signal::derive(question), draw)
}

fn page(view: UserView) -> AnyView {
    let UserView {
        experiment,
        line,
        by_day,
        sessions,
        counted,
    } = view;
    let traces = experiment_href(experiment.id, "traces");
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), traces.clone()),
        Crumb::link("Users", experiment_href(experiment.id, "users")),
        Crumb::here(line.user.clone()),
    ];
    let user = line.user.clone();
    let list = |filter: &str| query(&traces, &[("filter", filter), ("user", &user)]);
    let links = [
        ("All traces", list("")),
        ("Failed", list("status = 'ERROR'")),
        ("Slower than 10 s", list("execution_time_ms > 10000")),
        ("Thumb down", list("feedback.thumbs_up = 'false'")),
    ];
    let links = links
        .into_iter()
        .map(|(label, href)| view! { <a class="button" href=href>{label}</a> })
        .collect_view();
    let share = number::share(line.errors, line.traces);
    let more = query(
        &experiment_href(experiment.id, "sessions"),
        &[("user", &user)],
    );
    let more = (line.sessions > GROUP_PAGE).then(|| {
        let text = format!("All {} sessions", number::grouped(line.sessions));
        view! { <p><a class="button" href=more>{text}</a></p> }
    });
    let ratings = (!line.ratings.is_empty())
        .then(|| key_figure("Feedback, on average", averages(&line.ratings, 6)));
    let chart = chart(&by_day, &traces, &user);
    let id = experiment.id;
    view! {
        <Frame experiment=Some(experiment) section=Section::Users crumbs=crumbs>
            <div class="page user">
                <div class="page__head"><h1 dir="auto">{user.clone()}</h1></div>
                <dl class="key-figures">
                    {key_figure("Traces", number::grouped(line.traces).into_any())}
                    {key_figure("Sessions", number::grouped(line.sessions).into_any())}
                    {key_figure("Failed", view! { <span data-tone=(line.errors > 0).then_some("error")>{share}</span> }.into_any())}
                    {key_figure("Tokens", line.tokens.map_or("—".to_owned(), number::short).into_any())}
                    {key_figure("Cost", line.cost.map_or("—".to_owned(), number::dollars).into_any())}
                    {ratings}
                    {key_figure("First seen", view! { <Time millis=line.first_ms style=TimeStyle::Full/> }.into_any())}
                    {key_figure("Last seen", view! { <Time millis=line.last_ms style=TimeStyle::Full/> }.into_any())}
                </dl>
                {counted.map(|counted| view! { <p class="quiet">{format!("Figures of the {counted} traces.")}</p> })}
                <nav class="user__links" aria-label="Traces of this user">{links}</nav>
                {chart}
                <section class="user__sessions">
                    <h2>"Sessions"</h2>
                    {days(sessions, id)}
                    {more}
                </section>
            </div>
        </Frame>
    }
    .into_any()
}

/// Traces of each day; a column leads to them.
fn chart(by_day: &[(i64, u64, u64)], traces: &str, user: &str) -> AnyView {
    let (Some(first), Some(last)) = (by_day.first(), by_day.last()) else {
        return ().into_any();
    };
    // A single day would fill the whole width.
    const LEAST_DAYS: i64 = 14;
    let to = last.0 + DAY;
    let from = first.0.min(to - LEAST_DAYS * DAY);
    let column = |(start, total, errors): &(i64, u64, u64)| {
        let (since, until) = (rfc3339(*start), rfc3339(start + DAY));
        let parameters = [("from", since.as_str()), ("to", &until), ("user", user)];
        Column {
            from: *start,
            to: start + DAY,
            total: *total,
            errors: *errors,
            href: Some(query(traces, &parameters)),
        }
    };
    let total: u64 = by_day.iter().map(|day| day.1).sum();
    let summary = format!(
        "{} by day (UTC) in the last 90 days",
        number::counted(total, "trace", "traces")
    );
    view! {
        <section class="user__chart">
            <h2>"Traces by day"</h2>
            <ColumnChart columns=by_day.iter().map(column).collect() axis=Axis::Time { from, to } summary=summary/>
        </section>
    }
    .into_any()
}

/// Sessions under the days of their last turns.
fn days(sessions: Vec<SessionLine>, experiment: i64) -> AnyView {
    if sessions.is_empty() {
        return view! { <p class="quiet">"The traces of this user name no session."</p> }
            .into_any();
    }
    let mut days: Vec<(i64, Vec<SessionLine>)> = Vec::new();
    for session in sessions {
        let day = session.last_ms.div_euclid(DAY);
        match days.last_mut() {
            Some((last, rows)) if *last == day => rows.push(session),
            _ => days.push((day, vec![session])),
        }
    }
    let days = days.into_iter().map(|(day, rows)| {
        view! {
            <h3 class="user__day">{Calendar::of(day * DAY).date()}</h3>
            {session_table(rows, experiment, None)}
        }
    });
    days.collect_view().into_any()
}
