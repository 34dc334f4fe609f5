//! Thumb up, thumb down: saved when pressed, taken back when pressed again.
//!
//! Each thumb is a form of its own, so that it works without script. What is pressed shows at once, and goes back with a message if
//! it could not be saved.

use leptos::prelude::*;

use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};

/// The reader's thumb on something.
#[derive(Clone, Copy)]
pub struct Thumb {
    act: Act,
    said: RwSignal<Option<bool>>,
    pressed: RwSignal<Option<bool>>,
}

impl Thumb {
    /// As it is saved, and the server function that changes it.
    pub fn new(path: &'static str, said: Option<bool>) -> Self {
        let thumb = Self {
            act: Act::new(path),
            said: RwSignal::new(said),
            pressed: RwSignal::new(said),
        };
        let act = thumb.act;
        Effect::new(move |before: Option<u32>| {
            let done = act.done.get();
            if before.is_some_and(|before| before != done) {
                thumb.said.set(thumb.pressed.get_untracked());
            }
            done
        });
        thumb
    }

    /// What shows: what was pressed while it is being saved, else what is saved.
    pub fn shown(&self) -> Option<bool> {
        if self.act.is_pending.get() {
            self.pressed.get()
        } else {
            self.said.get()
        }
    }
}

/// The two thumbs with what became of the last press.
#[component]
pub fn Thumbs(
    /// The thumb.
    thumb: Thumb,
    /// What is rated, for the buttons' names, e.g. `turn 3`.
    what: String,
    /// Names and values of the fields that say what is rated.
    fields: Vec<(&'static str, String)>,
) -> impl IntoView {
    let act = thumb.act;
    let words = move || match (act.is_pending.get(), act.problem.get(), act.done.get()) {
        (true, ..) => "Saving…".to_owned(),
        (_, Some(problem), _) => format!("Not saved: {problem}"),
        (_, _, 0) => String::new(),
        _ if thumb.said.get().is_none() => "Taken back".to_owned(),
        _ => "Saved".to_owned(),
    };
    let is_failed = move || act.problem.with(Option::is_some).then_some("error");
    view! {
        <div class="thumbs" role="group" aria-label=format!("Rate {what}")>
            {button(thumb, true, &what, &fields)}
            {button(thumb, false, &what, &fields)}
            <span class="thumbs__state" role="status" data-tone=is_failed>{words}</span>
        </div>
    }
    .into_any()
}

fn button(thumb: Thumb, is_up: bool, what: &str, fields: &[(&'static str, String)]) -> AnyView {
    let (word, icon, name) = if is_up {
        ("up", IconName::ThumbUp, "Thumb up")
    } else {
        ("down", IconName::ThumbDown, "Thumb down")
    };
    let is_pressed = move || thumb.shown() == Some(is_up);
    let value = move || {
        if thumb.said.get() == Some(is_up) {
            "none"
        } else {
            word
        }
    };
    let press = move |_| {
        let said = thumb.said.get_untracked();
        thumb.pressed.set((said != Some(is_up)).then_some(is_up));
    };
    let fields = fields
        .iter()
        .map(|(name, value)| view! { <input type="hidden" name=*name value=value.clone()/> })
        .collect_view();
    let label = format!("{name} for {what}");
    view! {
        <PostForm act=thumb.act>
            {fields}
            <input type="hidden" name="thumb" value=value prop:value=value/>
            <button
                class="icon-button thumbs__button"
                data-thumb=word
                title=name
                aria-label=label
                aria-pressed=move || is_pressed().to_string()
                on:click=press
            >
                <Icon name=icon/>
            </button>
        </PostForm>
    }
    .into_any()
}
