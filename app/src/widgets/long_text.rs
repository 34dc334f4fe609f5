//! Text of any length: the first part at once, the rest when asked for.

use leptos::prelude::*;

use crate::model::CutText;
use crate::text::number;

/// In context: long texts show all they have while this holds.
#[derive(Clone, Copy)]
pub struct Unfolded(pub Signal<bool>);

impl Unfolded {
    /// Whether the texts of this place are to show all they have.
    pub fn here() -> impl Fn() -> bool + Copy + Send + Sync {
        let unfolded = use_context::<Self>();
        move || unfolded.is_some_and(|Self(is_unfolded)| is_unfolded.get())
    }
}

/// Shown at once, in bytes. More than a screen, and little enough to lay out in a frame.
const AT_ONCE: usize = 6 * 1024;

/// A text with its line breaks kept.
#[component]
pub fn LongText(
    /// The text, or its first part.
    #[prop(into)]
    text: CutText,
    /// `code` for a fixed-width face, `read` for prose.
    face: &'static str,
) -> impl IntoView {
    let CutText { text, whole_bytes } = text;
    let is_long = text.len() > AT_ONCE;
    let is_asked = RwSignal::new(false);
    let is_unfolded = Unfolded::here();
    let is_open = move || is_asked.get() || is_unfolded();
    let rest = text.len().saturating_sub(AT_ONCE) as u64;
    let first = if is_long {
        beginning(&text).to_owned()
    } else {
        text.clone()
    };
    let text = StoredValue::new(text);
    let shown = move || {
        if is_open() {
            text.get_value()
        } else {
            first.clone()
        }
    };
    view! {
        <div class="long-text" data-face=face>
            <div class="long-text__body" dir="auto">{shown}</div>
            {is_long
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button needs-script"
                            hidden=is_open
                            on:click=move |_| is_asked.set(true)
                        >
                            {format!("Show {} more", number::bytes(rest))}
                        </button>
                    }
                })}
            {whole_bytes
                .map(|bytes| {
                    view! {
                        <p class="long-text__note">
                            {format!("This is the beginning of {}.", number::bytes(bytes))}
                        </p>
                    }
                })}
        </div>
    }
}

fn beginning(text: &str) -> &str {
    let mut end = AT_ONCE.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl From<String> for CutText {
    fn from(text: String) -> Self {
        Self {
            text,
            whole_bytes: None,
        }
    }
}
