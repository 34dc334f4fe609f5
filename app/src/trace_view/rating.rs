//! The reader's own rating of the trace: thumbs, 1 to 5, a comment and a name, in one form.
//!
//! With script a choice is saved at once; without, by the button. What was saved and what failed is always said.

use leptos::prelude::*;

use super::notes::Notes;
use crate::model::TraceNotes;
use crate::reads::{Reply, awaited};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::PostForm;

/// The rating form.
#[component]
pub fn Rating(
    /// The trace's notes.
    notes: Notes,
) -> impl IntoView {
    let (_, set_pending) = signal(false);
    let fields = |reply: Reply| fields(reply.open().unwrap_or_default());
    let act = notes.rate;
    let state = move || match (
        act.is_pending.get(),
        act.problem.with(Option::is_some),
        act.done.get(),
    ) {
        (true, ..) => "saving",
        (_, true, _) => "failed",
        (_, _, 0) => "idle",
        _ => "saved",
    };
    let words = move || match state() {
        "saving" => "Saving…".to_owned(),
        "failed" => format!("Not saved: {}", act.problem.get().unwrap_or_default()),
        "saved" => "Saved".to_owned(),
        _ => String::new(),
    };
    view! {
        <div class="rating">
            <PostForm act=act>
                <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                {awaited(notes.resource, || ().into_any(), set_pending, fields)}
                <span class="rating__state" data-state=state role="status">
                    {words}
                    {move || {
                        (state() == "failed")
                            .then(|| view! { <button class="button" data-size="small">"Retry"</button> })
                    }}
                </span>
            </PostForm>
        </div>
    }
    .into_any()
}

fn fields(notes: TraceNotes) -> AnyView {
    let thumb = notes.own_thumb;
    let score = notes.own_score;
    let scores = (1..=5_u8)
        .map(|number| {
            let text = number.to_string();
            choice(
                "score",
                text.clone(),
                format!("{text} of 5"),
                score == Some(number),
                text.into_any(),
            )
        })
        .collect_view();
    let has_comment = !notes.own_comment.is_empty();
    view! {
        <fieldset class="rating__group">
            <legend class="visually-hidden">"Thumb"</legend>
            {choice("thumb", "up".to_owned(), "Thumb up".to_owned(), thumb == Some(true), icon(IconName::ThumbUp))}
            {choice("thumb", "down".to_owned(), "Thumb down".to_owned(), thumb == Some(false), icon(IconName::ThumbDown))}
        </fieldset>
        <fieldset class="rating__group">
            <legend class="visually-hidden">"Rating from 1 to 5"</legend>
            {scores}
        </fieldset>
        <details class="rating__more">
            <summary class="button">
                <Icon name=IconName::Comment/>
                {if has_comment { "Edit comment" } else { "Comment" }}
            </summary>
            <div class="popover">
                <label class="popover__label">
                    "Comment"
                    <textarea class="input" name="comment" rows="4" maxlength="10000" dir="auto">{notes.own_comment}</textarea>
                </label>
                <label class="popover__label">
                    "Your name"
                    <input class="input" name="reviewer" value=notes.reviewer maxlength="250" autocomplete="name" placeholder="web_ui"/>
                </label>
                <button class="button" data-weight="main">"Save"</button>
            </div>
        </details>
        <button class="button rating__save">"Save rating"</button>
    }
    .into_any()
}

fn icon(name: IconName) -> AnyView {
    view! { <Icon name=name/> }.into_any()
}

fn choice(
    name: &'static str,
    value: String,
    label: String,
    is_chosen: bool,
    content: AnyView,
) -> AnyView {
    let save = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        crate::browser::submit_form_of(event.target());
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let (data, title) = (value.clone(), label.clone());
    view! {
        <label class="rating__choice" data-value=data title=title>
            <input
                class="visually-hidden"
                type="radio"
                name=name
                value=value
                checked=is_chosen
                prop:checked=is_chosen
                aria-label=label
                on:change=save
            />
            {content}
        </label>
    }
    .into_any()
}
