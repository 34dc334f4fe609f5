//! The whole trace as a conversation: what was said, which tools were called, and at each call of a model only what is new.

mod call;
mod card;
mod failures;
mod rate;
mod words;

use domain::time::human_duration;
use leptos::prelude::*;

use self::failures::is_told_elsewhere;
use self::rate::{rate_act, said_of};
use super::detail::span_address;
use super::documents::documents;
use super::tree_state::TreeState;
use super::values::{BlobPlace, readable};
use crate::error::AppError;
use crate::keymap::hint;
use crate::model::{CutText, Story, StoryContent, StoryItem};
use crate::opened::Origin;
use crate::pages::skeleton;
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::text::number;
use crate::url_state::query;
use crate::widgets::badge::KindIcon;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::problem::Problem;

/// The conversation.
#[component]
pub fn Conversation(
    /// The shared state of the trace's panels.
    tree: TreeState,
    /// The trace.
    trace_id: String,
) -> impl IntoView {
    // Asked for here and not where the part is drawn: on the server parts are drawn more than once, and what is asked for by a
    // drawing that is thrown away is never answered.
    let opening = (0, tree.is_prompt_whole.get_untracked());
    let first = load(Signal::stored(question(tree.origin, &trace_id, opening)));
    let trace_id = StoredValue::new(trace_id);
    // Where each part that shows begins. Another form of the prompts begins anew.
    let parts = RwSignal::new(vec![0_u32]);
    let is_whole = tree.is_prompt_whole;
    let shown = move || {
        let is_whole = is_whole.get();
        parts.with(|parts| {
            parts
                .iter()
                .map(|from| (*from, is_whole))
                .collect::<Vec<_>>()
        })
    };
    let whole_words = hint("Show all of each prompt, not only what is new", "Shift D");
    let press = move |event: leptos::ev::MouseEvent| {
        if let Some(rates) = tree.rates {
            rate::pressed(rates, &event);
        }
    };
    view! {
        <section class="story" aria-label="Conversation" tabindex="0" on:click=press>
            <div class="story__tools needs-script">
                <button
                    type="button"
                    class="button"
                    data-size="small"
                    title=whole_words
                    aria-pressed=move || is_whole.get().to_string()
                    on:click=move |_| is_whole.update(|is_whole| *is_whole = !*is_whole)
                >
                    "Full prompts"
                </button>
            </div>
            <For
                each=shown
                key=|key| *key
                children=move |key| {
                    let loaded = match key == opening {
                        true => first,
                        false => load(Signal::stored(trace_id.with_value(|trace_id| question(tree.origin, trace_id, key)))),
                    };
                    part(tree, trace_id, loaded, key.0, parts)
                }
            />
        </section>
        {tree.rates.map(rate::form)}
    }
    .into_any()
}

/// Asks for the part that begins at a step, with whole prompts or without.
fn question(origin: Origin, trace: &str, (from, whole): (u32, bool)) -> Read {
    origin.conversation(trace.to_owned(), from, whole)
}

/// One part, with the button for the next one.
fn part(
    tree: TreeState,
    trace_id: StoredValue<String>,
    loaded: Loaded,
    from: u32,
    parts: RwSignal<Vec<u32>>,
) -> AnyView {
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| {
        match reply.open::<Story>() {
        Ok(story) if story.items.is_empty() && from == 0 => view! {
            <div class="empty">
                <p class="empty__lead">"Nothing was said in this trace."</p>
                <p class="quiet">"It has no calls of models, tools or retrievers. The timeline shows all of its spans."</p>
            </div>
        }
        .into_any(),
        Ok(story) => steps(tree, trace_id, story, from, parts),
        Err(AppError::NotFound { .. }) => view! { <p class="quiet">"The trace is no longer there."</p> }.into_any(),
        Err(error) => view! { <Problem error=error on_retry=move |()| loaded.refetch()/> }.into_any(),
    }
    };
    awaited(loaded, skeleton, set_pending, draw)
}

fn steps(
    tree: TreeState,
    trace_id: StoredValue<String>,
    story: Story,
    from: u32,
    parts: RwSignal<Vec<u32>>,
) -> AnyView {
    let Story { items, next, told } = story;
    let elsewhere: Vec<bool> = (0..items.len())
        .map(|at| is_told_elsewhere(&items, at))
        .collect();
    let items = items
        .into_iter()
        .zip(elsewhere)
        .map(|(item, is_elsewhere)| step(tree, trace_id, item, is_elsewhere));
    let items: Vec<AnyView> = items.collect();
    let more = next.map(|next| {
        let words = format!(
            "Show more: {} of {} steps are above",
            number::grouped(u64::from(next)),
            number::grouped(u64::from(told))
        );
        let is_last = move || parts.with(|parts| parts.last() == Some(&from));
        view! {
            <button
                type="button"
                class="button story__more needs-script"
                hidden=move || !is_last()
                on:click=move |_| parts.update(|parts| parts.push(next))
            >
                {words}
            </button>
        }
    });
    #[cfg(feature = "hydrate")]
    if let Some(rates) = tree.rates {
        words::mark(rates);
    }
    view! { <ol class="story__steps">{items}</ol> {more} }.into_any()
}

/// A step; what failed is not said if that is told elsewhere.
fn step(
    tree: TreeState,
    trace_id: StoredValue<String>,
    item: StoryItem,
    is_elsewhere: bool,
) -> AnyView {
    let StoryItem {
        span_id,
        name,
        kind,
        level,
        start,
        duration,
        failure,
        content,
    } = item;
    let failed = failure.is_some();
    let failure = failure.filter(|text| {
        !is_elsewhere && (!text.is_empty() || matches!(content, StoryContent::Failure))
    });
    let failure = failure.map(|text| {
        let text = if text.is_empty() { "It failed without a message.".to_owned() } else { text };
        view! { <p class="story__failure"><Icon name=IconName::Alert/> <span dir="auto">{text}</span></p> }
    });
    let what = match &content {
        StoryContent::Agent => "agent",
        StoryContent::Call(_) => "call",
        StoryContent::Tool(_) => "tool",
        StoryContent::Documents(..) => "documents",
        StoryContent::Handoff(_) => "handoff",
        StoryContent::Failure => "failure",
        StoryContent::Values(..) => "values",
    };
    let times = match duration {
        Some(duration) => format!(
            "at {} · {}",
            human_duration(start),
            human_duration(duration)
        ),
        None => format!("at {} · running", human_duration(start)),
    };
    let facts = match &content {
        StoryContent::Call(call) => Some(call::facts(call, &name)),
        _ => None,
    };
    // Messages and cards have the act themselves; where there is none, the step has it.
    let words = match &content {
        StoryContent::Call(call) if call::has_answer(call) => None,
        StoryContent::Tool(card) if card.ran.is_some() => None,
        StoryContent::Agent => Some("Rate this agent"),
        _ => Some("Rate this step"),
    };
    let act = words.and_then(|words| rate_act(tree, &span_id, words));
    let said = words.and_then(|_| said_of(tree, &span_id));
    let is_rateable = act.as_ref().map(|_| "true");
    let body = match content {
        StoryContent::Agent | StoryContent::Failure => ().into_any(),
        StoryContent::Call(call) => {
            let address = trace_id.with_value(|trace| span_address(trace, &span_id));
            let files =
                [false, true].map(|is_output| BlobPlace::of(tree.origin, &address, &span_id, is_output));
            call::said(tree, *call, &span_id, &files)
        }
        StoryContent::Tool(found) => card::card(tree, found),
        StoryContent::Documents(query, found) => view! {
            {query.map(|query| view! { <div class="story__query">{readable(&query)}</div> })}
            {documents(found)}
        }
        .into_any(),
        StoryContent::Handoff(to) => view! { <p class="story__handoff"><span>"Handed over to " <strong>{to}</strong></span></p> }.into_any(),
        StoryContent::Values(inputs, outputs) => view! { {side("In", inputs)} {side("Out", outputs)} }.into_any(),
    };
    let is_marked = {
        let id = span_id.clone();
        move || {
            tree.marked
                .with(|marked| marked.as_ref() == Some(&id))
                .then_some("true")
        }
    };
    let level = level.min(8).to_string();
    view! {
        <li class="story__step" data-what=what data-error=failed.then_some("true") data-marked=is_marked data-level=level.clone() style=("--level", level) data-rates=is_rateable tabindex=is_rateable.map(|_| "-1")>
            <header class="story__head">
                <KindIcon kind=kind/>
                {span_link(tree, span_id, name)}
                <span class="story__times figures">{times}</span>
                {facts}
                {act}
            </header>
            {failure}
            {body}
            {said}
        </li>
    }
    .into_any()
}

fn side(title: &'static str, value: Option<CutText>) -> Option<AnyView> {
    let value = value?;
    Some(view! { <div class="story__side"><p class="chat__speaker">{title}</p> {readable(&value)}</div> }.into_any())
}

/// Opens a span in the panel beside.
pub(super) fn span_link(tree: TreeState, span_id: String, text: String) -> AnyView {
    let href = query("", &[("span", &span_id), ("view", "chat")]);
    let text = if text.is_empty() {
        "(no name)".to_owned()
    } else {
        text
    };
    let go = move |event: leptos::ev::MouseEvent| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
            event.prevent_default();
            tree.cursor.go_to(span_id.clone());
        }
    };
    view! { <a class="story__name" href=href title="Open the span" on:click=go dir="auto">{text}</a> }.into_any()
}
