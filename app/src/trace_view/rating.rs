//! The reader's own rating of the trace or of one of its spans: thumbs, 1 to 5, a comment and a name, in one form.
//!
//! With script a choice is saved at once; without, by the button. What was saved and what failed is always said.

mod own;

use leptos::prelude::*;

use self::own::Own;
use super::notes::Notes;
use crate::model::TraceNotes;
use crate::reads::{Reply, awaited};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};
use domain::passage::Passage;

/// The rating form of the trace; the comment unfolds.
#[component]
pub fn Rating(
    /// The trace's notes.
    notes: Notes,
) -> impl IntoView {
    let fields = |found: TraceNotes| folded(Own::of_trace(&found), found.reviewer);
    form(notes, notes.rate, ("", None), fields)
}

/// The same form for a span.
#[component]
pub fn SpanRating(
    /// The notes of the span's trace.
    notes: Notes,
    /// The span.
    span_id: String,
) -> impl IntoView {
    let span = span_id.clone();
    let fields = move |found: TraceNotes| folded(Own::of_span(&found, &span, None), found.reviewer);
    form(notes, notes.rate_span(), (&span_id, None), fields)
}

/// The rating form of a message's span or of words of it, all of it in sight.
#[component]
pub fn MessageRating(
    /// The notes of the span's trace.
    notes: Notes,
    /// The span.
    span_id: String,
    /// The words, if not all.
    passage: Option<Passage>,
) -> impl IntoView {
    let (span, words_of_it) = (span_id.clone(), passage.clone());
    let fields = move |found: TraceNotes| {
        let own = Own::of_span(&found, &span, words_of_it.as_ref());
        view! {
            {choices(&own)}
            <div class="rating__words">{words(own, found.reviewer)}</div>
        }
        .into_any()
    };
    form(notes, notes.rate_span(), (&span_id, passage), fields)
}

/// Choices, and a comment that unfolds.
fn folded(own: Own, reviewer: String) -> AnyView {
    let has_comment = !own.comment.is_empty();
    view! {
        {choices(&own)}
        <details class="rating__more">
            <summary class="button">
                <Icon name=IconName::Comment/>
                {if has_comment { "Edit comment" } else { "Comment" }}
            </summary>
            <div class="popover">{words(own, reviewer)}</div>
        </details>
        <button class="button rating__save">"Save rating"</button>
    }
    .into_any()
}

/// `about` is the span that the rating is of, or empty for the whole trace, and the words of it, if not all.
fn form(
    notes: Notes,
    act: Act,
    about: (&str, Option<Passage>),
    fields: impl Fn(TraceNotes) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let (_, set_pending) = signal(false);
    let fields = move |reply: Reply| fields(reply.open().unwrap_or_default());
    let done_before = act.done.get_untracked();
    let state = move || match (
        act.is_pending.get(),
        act.problem.with(Option::is_some),
        act.done.get() == done_before,
    ) {
        (true, ..) => "saving",
        (_, true, _) => "failed",
        (_, _, true) => "idle",
        _ => "saved",
    };
    let words = move || match state() {
        "saving" => "Saving…".to_owned(),
        "failed" => format!("Not saved: {}", act.problem.get().unwrap_or_default()),
        "saved" => "Saved".to_owned(),
        _ => String::new(),
    };
    let (span, passage) = about;
    let passage = passage.map(|passage| {
        view! { <input type="hidden" name="passage" value=passage.written()/> }.into_any()
    });
    let (about, span) = match span {
        "" => ("trace", None),
        span => (
            "span",
            Some(view! { <input type="hidden" name="span_id" value=span.to_owned()/> }.into_any()),
        ),
    };
    view! {
        <div class="rating" data-about=about>
            <PostForm act=act>
                <input type="hidden" name="trace_id" value=move || notes.trace_id.get()/>
                {span}
                {passage}
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

/// Thumbs and 1 to 5.
fn choices(own: &Own) -> AnyView {
    let Own { thumb, score, .. } = *own;
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
    }
    .into_any()
}

/// The comment and who says it.
fn words(own: Own, reviewer: String) -> AnyView {
    view! {
        <label class="popover__label">
            "Comment"
            <textarea class="input" name="comment" rows="4" maxlength="10000" dir="auto">{own.comment}</textarea>
        </label>
        <label class="popover__label">
            "Your name"
            <input class="input" name="reviewer" value=reviewer maxlength="250" autocomplete="name" placeholder="web_ui"/>
        </label>
        <button class="button" data-weight="main">"Save"</button>
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
