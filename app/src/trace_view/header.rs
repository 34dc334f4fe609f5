//! The head of a trace page: which trace, how it went, and in the first line why it failed.

use domain::time::human_duration;
use domain::trace::TraceState;
use leptos::prelude::*;

use super::tree_state::Cursor;
use crate::model::{TraceHead, Why};
use crate::text::number;
use crate::url_state::{query, segment};
use crate::widgets::badge::StateBadge;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::{Time, TimeStyle};

/// The head without tags and rating, which follow it.
#[component]
pub fn TraceHeader(
    /// The trace.
    head: TraceHead,
    /// Where the reader is; the failing span's link moves it.
    cursor: Cursor,
    /// Tags and rating.
    children: Children,
) -> impl IntoView {
    let name = if head.name.is_empty() {
        number::short_id(&head.trace_id)
    } else {
        head.name.clone()
    };
    let list = format!("/experiments/{}/traces", head.experiment.id);
    let took = head
        .duration_ms
        .map(|millis| human_duration(millis.saturating_mul(1_000_000)));
    let tokens = head.tokens.map(|(input, output, total)| {
        let exact = |count: i64| number::grouped(count.unsigned_abs());
        let title = format!(
            "{} in, {} out, {} in all",
            exact(input),
            exact(output),
            exact(total)
        );
        fact(
            "Tokens",
            view! { <span title=title>{number::short(total)}</span> }.into_any(),
        )
    });
    let person = |label: &'static str, key: &'static str, text: Option<String>| {
        text.map(|text| {
            let href = query(&list, &[(key, &text)]);
            let title = text.clone();
            fact(
                label,
                view! { <a href=href title=title>{text}</a> }.into_any(),
            )
        })
    };
    let runs = head
        .runs
        .into_iter()
        .map(|run| {
            let href = format!("/runs/{}", segment(&run.id));
            fact(
                "Run",
                view! { <a href=href title=run.id>{run.name}</a> }.into_any(),
            )
        })
        .collect_view();
    view! {
        <header class="trace-header">
            <div class="trace-header__title">
                <StateBadge state=head.state/>
                <h1 class="trace-header__name" dir="auto">{name}</h1>
                <span class="trace-header__id">
                    <code title=head.trace_id.clone()>{number::short_id(&head.trace_id)}</code>
                    <CopyButton text=head.trace_id.clone() what="trace id"/>
                </span>
                <dl class="trace-header__facts">
                    {fact("Time", view! { <Time millis=head.time_ms style=TimeStyle::Full/> }.into_any())}
                    {fact("Duration", took.unwrap_or_else(|| "—".to_owned()).into_any())}
                    {tokens}
                    {head.cost.map(|cost| fact("Cost", number::dollars(cost).into_any()))}
                    {person("User", "user", head.user.clone())}
                    {person("Session", "session", head.session.clone())}
                    {runs}
                </dl>
            </div>
            {head.why.map(|why| why_line(why, head.state, cursor))}
            <div class="trace-header__notes">{children()}</div>
        </header>
    }
    .into_any()
}

fn fact(label: &'static str, content: AnyView) -> AnyView {
    view! { <div class="trace-header__fact"><dt>{label}</dt><dd>{content}</dd></div> }.into_any()
}

fn why_line(why: Why, state: TraceState, cursor: Cursor) -> AnyView {
    let Why {
        span_id,
        span_name,
        message,
        failed,
    } = why;
    // A trace can end well although a step of it failed.
    let verb = if state == TraceState::Error {
        "Failed in "
    } else {
        "An error in "
    };
    let href = query("", &[("span", &span_id)]);
    let go = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            cursor.go_to(span_id.clone());
        }
    };
    let others = (failed > 1).then(|| {
        let others = number::counted(u64::from(failed - 1), "other span", "other spans");
        view! { <span class="quiet">{format!("{others} failed too")}</span> }
    });
    view! {
        <p class="trace-header__why">
            <Icon name=IconName::Alert/>
            <span class="trace-header__reason">
                {verb} <a href=href on:click=go>{span_name}</a>
                {(!message.is_empty()).then(|| view! { ": " <span dir="auto">{message}</span> })}
            </span>
            {others}
        </p>
    }
    .into_any()
}
