//! What happened within a span; exceptions readable, with their stack traces.

use domain::time::human_duration;
use leptos::prelude::*;

use crate::model::{CutText, EventView};
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::long_text::LongText;

const TYPE: &str = "exception.type";
const MESSAGE: &str = "exception.message";
const STACK: &str = "exception.stacktrace";

/// All events in their order.
#[component]
pub fn Events(
    /// The events.
    events: Vec<EventView>,
) -> impl IntoView {
    if events.is_empty() {
        return view! { <p class="quiet">"The span recorded no events."</p> }.into_any();
    }
    let events = events.into_iter().map(event_view).collect_view();
    view! { <ol class="events">{events}</ol> }.into_any()
}

fn event_view(event: EventView) -> AnyView {
    let at = format!("+{}", human_duration(event.offset_nanos));
    let content = if event.name == "exception" {
        exception(&event)
    } else {
        let rows = event
            .attributes
            .into_iter()
            .map(|(key, text)| {
                view! { <div class="facts__row"><dt>{key}</dt><dd><LongText text=text face="read"/></dd></div> }
            })
            .collect_view();
        view! { <dl class="events__attributes">{rows}</dl> }.into_any()
    };
    view! {
        <li class="events__event">
            <p class="events__head"><span class="events__name">{event.name}</span><span class="quiet figures">{at}</span></p>
            {content}
        </li>
    }
    .into_any()
}

/// An exception: type and message first, the stack trace open below.
pub fn exception(event: &EventView) -> AnyView {
    let of = |key: &str| {
        event
            .attributes
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, text)| text.clone())
    };
    let kind = of(TYPE).map_or("Exception".to_owned(), |text| text.text);
    let message = of(MESSAGE);
    let stack = of(STACK).filter(|stack| !stack.text.trim().is_empty());
    view! {
        <div class="exception">
            <p class="exception__type"><Icon name=IconName::Alert/> {kind}</p>
            {message.map(|text| view! { <LongText text=text face="read"/> })}
            {stack.map(stack_view)}
        </div>
    }
    .into_any()
}

fn stack_view(stack: CutText) -> AnyView {
    let frames = stack
        .text
        .lines()
        .filter(|line| line.trim_start().starts_with("File "))
        .count();
    let title = match frames {
        0 => "Stack trace".to_owned(),
        1 => "Stack trace, 1 frame".to_owned(),
        _ => format!("Stack trace, {frames} frames"),
    };
    view! {
        <details class="exception__stack" open>
            <summary>{title}</summary>
            <CopyButton text=stack.text.clone() what="stack trace"/>
            <LongText text=stack face="code"/>
        </details>
    }
    .into_any()
}

/// The exception of a failed span, shown before anything else: the last event that is one.
pub fn last_exception(events: &[EventView]) -> Option<AnyView> {
    events
        .iter()
        .rev()
        .find(|event| event.name == "exception")
        .map(exception)
}
