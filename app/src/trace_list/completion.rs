//! Completions for the filter box: a list under the caret, chosen with the arrows or the pointer.
//!
//! What can follow is known to `domain::filter`; here is what the keys do.

use domain::filter::complete::{Completions, complete};
use domain::filter::field::TRACES;
use leptos::html::Input;
use leptos::prelude::*;

use super::plain_words::text_filter;
use super::values::{Known, facet_of};
use crate::text::number;

/// The most completions offered at once.
const OFFERED: usize = 8;

/// What the reader is doing in the box.
#[derive(Clone, Copy)]
pub struct Typing {
    /// What stands in the box.
    pub text: RwSignal<String>,
    /// Byte offset of the caret; `None` while the list of completions is closed.
    pub caret: RwSignal<Option<usize>>,
    /// The completion that Enter would take.
    pub active: RwSignal<Option<usize>>,
    /// The box.
    pub input: NodeRef<Input>,
}

/// Takes note of a change of the text.
pub fn typed(text: String, typing: Typing) {
    typing.active.set(None);
    typing.caret.set(Some(caret_of(typing.input, &text)));
    typing.text.set(text);
}

/// What may come next; nothing while the list is closed.
pub fn offered(typing: Typing, known: Known) -> Offer {
    let Some(caret) = typing.caret.get() else {
        return Offer::default();
    };
    let text = typing.text.get();
    let found = complete(&text, caret, &TRACES);
    let known_items = found.items.iter().map(|item| Item {
        label: item.label.clone(),
        insert: item.insert.clone(),
        note: item.help.to_owned(),
        is_whole: false,
    });
    let mut items: Vec<Item> = known_items.collect();
    add_values(&mut items, &found, known);
    items.truncate(OFFERED);
    // Words that are no filter: the text of traces may have them.
    if let Some(filter) = text_filter(&text) {
        items.push(Item {
            label: filter.clone(),
            insert: filter,
            note: "search the text".to_owned(),
            is_whole: true,
        });
    }
    Offer {
        start: found.replace.start as usize,
        end: found.replace.end as usize,
        items,
    }
}

/// The facet whose values the caret asks for.
pub fn wanted(typing: Typing) -> Option<String> {
    let caret = typing.caret.get()?;
    facet_of(&complete(&typing.text.get(), caret, &TRACES).source)
}

/// Adds values that traces have, the commonest first, with their counts.
fn add_values(items: &mut Vec<Item>, found: &Completions, known: Known) {
    let Some(key) = facet_of(&found.source) else {
        return;
    };
    let typed = found.typed.to_lowercase();
    known.with(|known| {
        let group = known.iter().find(|group| group.key == key);
        let values = group
            .map(|group| group.values.as_slice())
            .unwrap_or_default();
        for (value, traces, name) in values {
            let is_new = items.iter().all(|item| item.label != *value);
            let is_typed = [value, name]
                .iter()
                .any(|text| text.to_lowercase().contains(&typed));
            if is_new && is_typed && !value.is_empty() {
                let traces = number::counted(*traces, "trace", "traces");
                items.push(Item {
                    label: value.clone(),
                    insert: found.text_for(value),
                    note: match name.as_str() {
                        "" => traces,
                        name => format!("{name}, {traces}"),
                    },
                    is_whole: false,
                });
            }
        }
    });
}

/// Completions and what they replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offer {
    start: usize,
    end: usize,
    /// What is offered.
    pub items: Vec<Item>,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it shows.
    pub label: String,
    /// What it puts into the text.
    insert: String,
    /// What it means.
    note: String,
    /// It takes the place of all that was typed.
    is_whole: bool,
}

/// Arrows choose, Tab and Enter take, Escape closes, Ctrl and Space ask for completions where nothing was typed yet.
pub fn on_key(event: &leptos::ev::KeyboardEvent, typing: Typing, offered: Memo<Offer>) {
    let offer = offered.get_untracked();
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
