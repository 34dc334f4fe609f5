//! Traces that belong to the one on the page: its attempts as a chain, then parents, children and linked ones. Nothing is drawn if
//! there are none.

use domain::time::human_duration;
use leptos::prelude::*;

use super::cursor::Cursor;
use crate::compare::address::CompareState;
use crate::model::{Related, RelatedTrace, RetriedCall};
use crate::reads::compare::CompareRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::text::time::took;
use crate::url_state::{query, trace_href};
use crate::widgets::badge::StateBadge;
use crate::widgets::icon::{Icon, IconName};

/// The line of related traces.
#[component]
pub fn RelatedTraces(
    /// The trace.
    trace_id: String,
    /// Where the reader is; attempts within the trace move it.
    cursor: Cursor,
) -> impl IntoView {
    let this = trace_id.clone();
    let loaded = load(Signal::stored(Read::Compare(CompareRead::Related(
        trace_id,
    ))));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(related) => related_view(related, this.clone(), cursor),
        // The page is about the trace itself; without its relatives it is whole.
        Err(_) => ().into_any(),
    };
    awaited(loaded, || ().into_any(), set_pending, draw)
}

fn related_view(related: Related, this: String, cursor: Cursor) -> AnyView {
    let Related {
        attempts,
        here,
        retried,
        others,
        previous,
    } = related;
    if attempts.is_empty() && others.is_empty() && retried.is_empty() && previous.is_none() {
        return ().into_any();
    }
    let previous = previous.map(|before| {
        let state = CompareState {
            traces: vec![before.id.clone(), this],
            ..CompareState::default()
        };
        let title = format!("With {}, the last of this name before it", before.id);
        view! {
            <a class="button" data-size="small" href=state.href() title=title>"Compare with previous"</a>
        }
    });
    let here = here as usize;
    let compare = attempts
        .get(here)
        .zip(here.checked_sub(1).and_then(|at| attempts.get(at)));
    let compare = compare.filter(|(_, before)| before.state.is_some());
    let compare = compare.map(|(now, before)| {
        let state = CompareState {
            traces: vec![before.id.clone(), now.id.clone()],
            ..CompareState::default()
        };
        view! { <a class="related__compare" href=state.href()>"Compare with the attempt before"</a> }
    });
    let count = attempts.len();
    let chain = attempts
        .into_iter()
        .enumerate()
        .map(|(at, trace)| attempt(at, trace, here));
    let chain = chain.collect_view();
    let retried = retried
        .into_iter()
        .map(|call| retried_call(call, cursor))
        .collect_view();
    let others = others.into_iter().map(other).collect_view();
    view! {
        <nav class="related" aria-label="Related traces">
            {previous}
            {(count > 0)
                .then(|| {
                    view! {
                        <span class="related__label">"Attempts"</span>
                        <ol class="related__chain">{chain}</ol>
                        {compare}
                    }
                })}
            {retried}
            <ul class="related__others">{others}</ul>
        </nav>
    }
    .into_any()
}

fn attempt(at: usize, trace: RelatedTrace, here: usize) -> AnyView {
    let number = (at + 1).to_string();
    let state = match trace.state {
        Some(state) => view! { <StateBadge state=state/> }.into_any(),
        None => view! { <span class="quiet">"not stored"</span> }.into_any(),
    };
    let took = trace.duration_ms.map(took);
    let content = view! {
        <span class="visually-hidden">"Attempt "</span>
        <span class="related__number">{number}</span>
        {state}
        <span class="figures">{took}</span>
    };
    let is_here = at == here;
    let link = match trace.state {
        Some(_) => view! {
            <a
                class="related__attempt"
                href=trace_href(&trace.id)
                title=trace.id.clone()
                aria-current=is_here.then_some("page")
            >
                {content}
            </a>
        }
        .into_any(),
        None => view! { <span class="related__attempt" title=trace.id>{content}</span> }.into_any(),
    };
    let arrow = (at > 0)
        .then(|| view! { <span class="related__arrow"><Icon name=IconName::Chevron/></span> });
    view! { <li>{arrow} {link}</li> }.into_any()
}

/// The attempts of a call within the trace.
fn retried_call(call: RetriedCall, cursor: Cursor) -> AnyView {
    let attempts = call.attempts.into_iter().enumerate().map(|(at, (span, is_error, nanos))| {
        let (icon, word) = if is_error {
            (IconName::Alert, "failed")
        } else {
            (IconName::Check, "OK")
        };
        let href = query("", &[("span", &span)]);
        let go = move |event: leptos::ev::MouseEvent| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                cursor.go_to(span.clone());
            }
        };
        let arrow = (at > 0).then(|| view! { <span class="related__arrow"><Icon name=IconName::Chevron/></span> });
        view! {
            <li>
                {arrow}
                <a class="related__attempt" href=href on:click=go data-failed=is_error.then_some("true")>
                    <span class="visually-hidden">"Attempt "</span>
                    <span class="related__number">{(at + 1).to_string()}</span>
                    <Icon name=icon/>
                    {word}
                    <span class="figures">{human_duration(nanos)}</span>
                </a>
            </li>
        }
    });
    let attempts = attempts.collect_view();
    let more = (call.more > 0)
        .then(|| view! { <li class="quiet">{format!("and {} more", call.more)}</li> });
    view! {
        <span class="related__label">"Retried " <strong dir="auto">{call.name}</strong></span>
        <ol class="related__chain">{attempts} {more}</ol>
    }
    .into_any()
}

fn other(trace: RelatedTrace) -> AnyView {
    let name = number::name_or_id(&trace.name, &trace.id);
    let took = trace.duration_ms.map(took);
    let link = match trace.state {
        Some(state) => view! {
            <StateBadge state=state/>
            <a href=trace_href(&trace.id) title=trace.id.clone() dir="auto">{name}</a>
            <span class="figures">{took}</span>
        }
        .into_any(),
        None => view! { <span title=trace.id.clone()>{name}</span> <span class="quiet">"not stored"</span> }.into_any(),
    };
    view! { <li class="related__other"><span class="related__label">{trace.how}</span> {link}</li> }
        .into_any()
}
