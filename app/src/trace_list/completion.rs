//! Completions for the filter box: a list under the caret, chosen with the arrows or the pointer.
//!
//! What can follow is known to `domain::filter`, which comes with [`super::filter_help`] once the box is used; here is what the keys do.

use leptos::html::Input;
use leptos::prelude::*;

/// What the reader is doing in the box.
#[derive(Clone, Copy)]
pub struct Typing {
    /// What stands in the box.
    pub text: RwSignal<String>,
    /// Byte offset of the caret; `None` while the list of completions is closed.
    pub caret: RwSignal<Option<usize>>,
    /// The completion that Enter would take.
    pub active: RwSignal<Option<usize>>,
    /// What may come next.
    pub offer: RwSignal<Offer>,
    /// The reader has been in the box.
    pub is_used: RwSignal<bool>,
    /// The box.
    pub input: NodeRef<Input>,
}

/// Takes note of a change of the text.
pub fn typed(text: String, typing: Typing) {
    typing.is_used.set(true);
    typing.active.set(None);
    typing.caret.set(Some(caret_of(typing.input, &text)));
    typing.text.set(text);
}

/// Completions and what they replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    /// Where what they replace begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What is offered.
    pub items: Vec<Item>,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it shows.
    pub label: String,
    /// What it puts into the text.
    pub insert: String,
    /// What it means.
    pub note: String,
    /// It takes the place of all that was typed.
    pub is_whole: bool,
}

/// Arrows choose, Tab and Enter take, Escape closes, Ctrl and Space ask for completions where nothing was typed yet.
pub fn on_key(event: &leptos::ev::KeyboardEvent, typing: Typing) {
    let offer = typing.offer.get_untracked();
    let count = offer.items.len();
    let active = typing.active.get_untracked();
    match event.key().as_str() {
        "ArrowDown" if count > 0 => {
            typing
                .active
                .set(Some(active.map_or(0, |index| (index + 1) % count)));
        }
        "ArrowUp" if count > 0 => {
            typing.active.set(Some(
                active.map_or(count - 1, |index| (index + count - 1) % count),
            ));
        }
        "ArrowDown" => {
            let text = typing.text.get_untracked();
            typing.caret.set(Some(caret_of(typing.input, &text)));
        }
        "Escape" if count > 0 => typing.caret.set(None),
        "Enter" if active.is_some() && !event.ctrl_key() => take(active, &offer, typing),
        "Tab" if active.is_some() && !event.shift_key() => take(active, &offer, typing),
        " " if event.ctrl_key() => {
            let text = typing.text.get_untracked();
            typing.caret.set(Some(caret_of(typing.input, &text)));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Puts a completion into the text and leaves the caret behind it, with the next completions open.
fn take(index: Option<usize>, offer: &Offer, typing: Typing) {
    let Some(item) = index.and_then(|index| offer.items.get(index)) else {
        return;
    };
    let text = typing.text.get_untracked();
    let (start, end) = if item.is_whole {
        (0, text.len())
    } else {
        (offer.start, offer.end)
    };
    let (Some(before), Some(after)) = (text.get(..start), text.get(end..)) else {
        return;
    };
    let glue = if item.insert.ends_with(['.', '(', '\'', '`']) || after.starts_with(' ') {
        ""
    } else {
        " "
    };
    let head = format!("{before}{}{glue}", item.insert);
    let caret = head.len();
    let units = head.encode_utf16().count() as u32;
    typing.text.set(format!("{head}{after}"));
    typing.active.set(None);
    typing.caret.set(Some(caret));
    set_caret(typing.input, units);
}

/// The list's entries.
pub fn option_views(offer: &Offer, typing: Typing) -> AnyView {
    let offer = offer.clone();
    let items = offer.items.clone();
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let offer = offer.clone();
            // The field must not lose the focus to the list, so the press is taken before the focus would move.
            let press = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                take(Some(index), &offer, typing);
            };
            view! {
                <li
                    class="filter-box__option"
                    id=option_id(index)
                    role="option"
                    aria-selected=move || if typing.active.get() == Some(index) { "true" } else { "false" }
                    on:mousedown=press
                >
                    <code>{item.label}</code>
                    <span class="filter-box__help">{item.note}</span>
                </li>
            }
        })
        .collect_view()
        .into_any()
}

/// Element id of an entry.
pub fn option_id(index: usize) -> String {
    format!("filter-option-{index}")
}

#[cfg(feature = "hydrate")]
fn caret_of(input: NodeRef<Input>, text: &str) -> usize {
    let units = input
        .get_untracked()
        .and_then(|input| input.selection_start().ok().flatten());
    let Some(mut units) = units.map(|units| units as usize) else {
        return text.len();
    };
    for (offset, letter) in text.char_indices() {
        if units == 0 {
            return offset;
        }
        units = units.saturating_sub(letter.len_utf16());
    }
    text.len()
}

#[cfg(not(feature = "hydrate"))]
fn caret_of(_: NodeRef<Input>, text: &str) -> usize {
    text.len()
}

#[cfg(feature = "hydrate")]
fn set_caret(input: NodeRef<Input>, units: u32) {
    // After the new text has reached the field.
    let _ = request_animation_frame(move || {
        if let Some(input) = input.get_untracked() {
            let _ = input.set_selection_range(units, units);
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn set_caret(_: NodeRef<Input>, _: u32) {}
