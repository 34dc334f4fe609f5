//! A tool's call and its result as one card.

use domain::time::human_duration;
use leptos::prelude::*;

use super::rate::{rate_act, said_of};
use super::span_link;
use crate::model::CardView;
use crate::trace_view::tree_state::TreeState;
use crate::trace_view::values::readable;
use crate::widgets::icon::{Icon, IconName};

/// The card.
pub fn card(tree: TreeState, card: CardView) -> AnyView {
    let CardView {
        name,
        arguments,
        result,
        is_error,
        ran,
    } = card;
    let took = ran
        .as_ref()
        .map(|(_, nanos)| view! { <span class="figures">{human_duration(*nanos)}</span> });
    let span = ran.as_ref().map(|(span, _)| span.clone());
    let act = span
        .as_ref()
        .and_then(|span| rate_act(tree, span, "Rate this tool call"));
    let said = span.as_ref().and_then(|span| said_of(tree, span));
    let is_rateable = act.as_ref().map(|_| "true");
    let name = match ran {
        Some((span, _)) => span_link(tree, span, name),
        None => view! { <code>{name}</code> }.into_any(),
    };
    let state = match (is_error, result.is_some()) {
        (true, _) => Some("failed"),
        (false, false) => Some("no result is known"),
        _ => None,
    };
    let has_arguments = !matches!(arguments.text.trim(), "null" | "{}" | "\"\"" | "");
    view! {
        <div
            class="chat__card"
            data-error=is_error.then_some("true")
            data-rates=is_rateable
            tabindex=is_rateable.map(|_| "-1")
        >
            <p class="chat__card-head">
                <Icon name=IconName::Tool/>
                {name}
                {state.map(|state| view! { <span class="chip" data-tone=is_error.then_some("error")>{state}</span> })}
                {took}
                {act}
            </p>
            {has_arguments.then(|| view! { <div class="chat__card-side" data-side="in">{readable(&arguments)}</div> })}
            {result.map(|result| view! { <div class="chat__card-side" data-side="out">{readable(&result)}</div> })}
            {said}
        </div>
    }
    .into_any()
}
