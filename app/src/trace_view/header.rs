//! The head of a trace page: which trace, how it went, and in the first line why it failed.

use domain::time::human_duration;
use domain::trace::TraceState;
use leptos::prelude::*;

use super::cursor::Cursor;
use super::live::running_for;
use crate::address::at;
use crate::keymap::hint;
use crate::model::{Longest, TimeShare, TraceHead, Why};
use crate::opened::Origin;
use crate::text::number;
use crate::text::time::took;
use crate::trace_list::neighbours::Neighbours;
use crate::url_state::{experiment_href, query, run_href, session_href, trace_href, user_href};
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
    /// The traces before and after it in the list that the reader came from.
    neighbours: Memo<Option<Neighbours>>,
    /// Where the trace comes from.
    #[prop(optional)]
    origin: Origin,
    /// Tags and rating.
    children: Children,
) -> impl IntoView {
    // The id stands beside it.
    let name = match head.name.as_str() {
        "" => "(no name)".to_owned(),
        name => name.to_owned(),
    };
    let list = experiment_href(head.experiment.id, "traces");
    let duration = match (took_in_all(&head), head.state) {
        (None, TraceState::InProgress) if origin == Origin::Server => running_for(head.time_ms),
        (None, TraceState::InProgress) => "not ended".into_any(),
        (took, _) => took.unwrap_or_else(|| "—".to_owned()).into_any(),
    };
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
    let experiment = head.experiment.id;
    let person = |label: &'static str, key: &'static str, text: Option<String>| {
        text.map(|text| {
            if origin != Origin::Server {
                let title = text.clone();
                return fact(label, view! { <span title=title>{text}</span> }.into_any());
            }
            let page = match key {
                "session" => session_href(experiment, &text),
                _ => user_href(experiment, &text),
            };
            let only = query(&list, &[(key, &text)]);
            let name = format!("Only traces of this {key}");
            let title = text.clone();
            fact(
                label,
                view! {
                    <a href=page title=title>{text}</a>
                    <a class="trace-header__only" href=only title=name.clone() aria-label=name.clone()><Icon name=IconName::Search/></a>
                }
                .into_any(),
            )
        })
    };
    let runs = head
        .runs
        .into_iter()
        .map(|run| {
            let href = run_href(&run.id);
            fact(
                "Run",
                view! { <a href=href title=run.id>{run.name}</a> }.into_any(),
            )
        })
        .collect_view();
    view! {
        <header class="trace-header">
            <div class="trace-header__title">
                {move || neighbours.get().map(|neighbours| neighbour_links(neighbours, origin))}
                <StateBadge state=head.state/>
                <h1 class="trace-header__name" dir="auto">{name}</h1>
                <span class="trace-header__id">
                    <code title=head.trace_id.clone()>{number::short_id(&head.trace_id)}</code>
                    <CopyButton text=head.trace_id.clone() what="trace id"/>
                </span>
                <dl class="trace-header__facts">
                    {fact("Time", view! { <Time millis=head.time_ms style=TimeStyle::Full/> }.into_any())}
                    {fact("Duration", duration)}
                    {tokens}
                    {head.cost.map(|cost| fact("Cost", number::dollars(cost).into_any()))}
                    {person("User", "user", head.user.clone())}
                    {person("Session", "session", head.session.clone())}
                    {runs}
                </dl>
            </div>
            {head.why.map(|why| why_line(why, head.state, cursor))}
            {time_line(head.time, head.longest, cursor)}
            {(origin == Origin::Server).then(|| view! { <details class="trace-header__fold"><summary>"Tags, rating, actions"</summary></details> })}
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
        call,
        calls,
    } = why;
    // A trace can end well although a step of it failed.
    let verb = if state == TraceState::Error {
        "Failed in "
    } else {
        "An error in "
    };
    let which = (calls > 1).then(|| format!(" (call {call} of {calls})"));
    let others = (failed > 1).then(|| {
        let others = number::counted(u64::from(failed - 1), "other span", "other spans");
        view! { <span class="quiet">{format!("{others} failed too")}</span> }
    });
    view! {
        <p class="trace-header__why">
            <Icon name=IconName::Alert/>
            <span class="trace-header__reason">
                {verb} {span_link(span_id, span_name, cursor)} {which}
                {(!message.is_empty()).then(|| view! { ": " <span dir="auto">{message}</span> })}
            </span>
            {others}
        </p>
    }
    .into_any()
}

fn span_link(span_id: String, name: String, cursor: Cursor) -> AnyView {
    let href = query("", &[("span", &span_id)]);
    let go = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            cursor.go_to(span_id.clone());
        }
    };
    view! { <a href=href on:click=go>{name}</a> }.into_any()
}

/// What the trace waited for: the critical path by kind, and the step it waited for longest. Nothing if no span says what it is.
fn time_line(time: Vec<TimeShare>, longest: Option<Longest>, cursor: Cursor) -> Option<AnyView> {
    if time.iter().all(|share| share.kind == "unknown") {
        return None;
    }
    let bars = time.iter().map(|share| {
        let width = format!("--share:{:.4}", share.share);
        view! { <span class="time-shares__part" data-kind=share.kind.clone() style=width></span> }
    });
    let bars = bars.collect_view();
    let words = time.iter().map(|share| {
        let percent = match share.share * 100.0 {
            p if p < 1.0 => "< 1 %".to_owned(),
            p => format!("{p:.0} %"),
        };
        view! {
            <span class="time-shares__word" data-kind=share.kind.clone()>
                <span class="time-shares__dot" aria-hidden="true"></span>
                {format!("{percent} {}", kind_words(&share.kind))}
            </span>
        }
    });
    let words = words.collect_view();
    let longest = longest.map(|longest| {
        let Longest {
            span_id,
            span_name,
            nanos,
            spans,
            slower_than,
        } = longest;
        let calls = if spans > 1 { format!(" in {spans} calls") } else { String::new() };
        let which = if spans > 1 { "the longest is slower" } else { "slower" };
        let slow = slower_than.map_or(String::new(), |percent| format!(", {which} than {percent} % of this week's calls"));
        view! {
            <span class="trace-header__longest">
                "Waited longest for: " {span_link(span_id, span_name, cursor)} {format!(" {}{calls}{slow}", human_duration(nanos))}
            </span>
        }
    });
    Some(
        view! {
            <p class="trace-header__time">
                <span class="time-shares" aria-hidden="true">{bars}</span>
                <span class="time-shares__words">{words}</span>
                {longest}
            </p>
        }
        .into_any(),
    )
}

/// A kind of spans in words, by its name in style sheets.
pub fn kind_words(kind: &str) -> &'static str {
    match kind {
        "agent" => "agent",
        "llm" => "model calls",
        "tool" => "tools",
        "retriever" => "retrieval",
        "embedding" => "embedding and ranking",
        "memory" => "memory",
        "guardrail" => "guardrails",
        "evaluator" => "evaluation",
        "chain" => "steps",
        _ => "other",
    }
}

/// To the trace before and after this one in the list that the reader came from.
fn neighbour_links(neighbours: Neighbours, origin: Origin) -> AnyView {
    let href = |to: &str| match origin {
        Origin::Server => trace_href(to),
        Origin::File { .. } => at(&format!("/open/{to}")),
    };
    let link = |to: Option<String>, class: &'static str, label: String| {
        to.map(|to| {
            view! {
                <a class=class href=href(&to) title=label.clone() aria-label=label><Icon name=IconName::Chevron/></a>
            }
        })
    };
    let Neighbours {
        position,
        count,
        before,
        after,
        list,
    } = neighbours;
    let of = match count {
        Some(count) => format!(
            "{} of {}",
            number::grouped(position),
            number::grouped(count)
        ),
        None => number::grouped(position),
    };
    view! {
        <nav class="trace-header__walk" aria-label="Traces of the list">
            {link(before, "icon-button trace-header__before", hint("Previous trace", "Shift K"))}
            {(count != Some(1)).then(|| view! { <a class="figures" href=list title="Back to the list">{of}</a> })}
            {link(after, "icon-button", hint("Next trace", "Shift J"))}
        </nav>
    }
    .into_any()
}

/// How long a trace took. The spans know to the nanosecond what the trace knows to the millisecond.
pub fn took_in_all(head: &TraceHead) -> Option<String> {
    head.duration_ms.map(|millis| match millis {
        0 if head.span_count > 0 && head.extent < 1_000_000 => human_duration(head.extent),
        millis => took(millis),
    })
}
