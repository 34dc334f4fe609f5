//! Words of a message: which ones the reader has chosen, and marks on those that have feedback.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use domain::passage::places;
use js_sys::{Function, Reflect};
use leptos::prelude::on_cleanup;
use send_wrapper::SendWrapper;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node, Range};

use super::find_text::highlight;
use super::{after, document, window};

/// A message that can be rated, and its act.
const MESSAGE: &str = ".chat__message[data-rates]";
const ACT: &str = "[data-rate]";
/// What is text of a message within that, and what in it is not.
const TEXTS: &str = "[data-words]";
const OTHER: &str = "button, .visually-hidden, .markdown__code-head, .long-text__note";
/// Between the words of different ones there is white space.
const BLOCK: &str = "p, li, pre, td, th, [data-words]";
/// Text nodes only, as the browser numbers them.
const TEXT_NODES: u32 = 4;
/// What changes a choice or its place. Only early the document learns of what scrolls within it.
const EVENTS: [(&str, bool); 2] = [("selectionchange", false), ("scroll", true)];
/// How long a choice must rest. A tap on the button takes the choice away before it is a press.
const REST: Duration = Duration::from_millis(200);

/// Words that the reader has chosen.
pub struct Chosen {
    /// The span that said them.
    pub span: String,
    /// As they are shown.
    pub words: String,
    /// Which of the places that have these words, counted from 0.
    pub number: usize,
    /// Where they end on the screen.
    pub corner: (f64, f64),
}

/// The text of a message with the nodes it stands in, and the code point at which each begins.
struct Shown {
    text: String,
    nodes: Vec<(Node, u32)>,
}

impl Shown {
    fn of(message: &Element) -> Option<Self> {
        let mut shown = Self {
            text: String::new(),
            nodes: Vec::new(),
        };
        let mut block: Option<Element> = None;
        let mut count = 0;
        let walker = document()?
            .create_tree_walker_with_what_to_show(message, TEXT_NODES)
            .ok()?;
        while let Ok(Some(node)) = walker.next_node() {
            let Some(parent) = node.parent_element() else {
                continue;
            };
            let around = |selector: &str| parent.closest(selector).ok().flatten();
            if around(TEXTS).is_none() || around(OTHER).is_some() {
                continue;
            }
            let here = around(BLOCK);
            if block.is_some() && block != here {
                shown.text.push('\n');
                count += 1;
            }
            block = here;
            let text = node.text_content().unwrap_or_default();
            shown.nodes.push((node, count));
            shown.text.push_str(&text);
            count += length(&text);
        }
        Some(shown)
    }

    /// The code points that a range has of it.
    fn part(&self, range: &Range) -> Option<(u32, u32)> {
        let (first, last) = (range.start_container().ok()?, range.end_container().ok()?);
        let (first_offset, last_offset) = (range.start_offset().ok()?, range.end_offset().ok()?);
        let mut part = None;
        for (node, start) in &self.nodes {
            if !range.intersects_node(node).unwrap_or(false) {
                continue;
            }
            let text = node.text_content().unwrap_or_default();
            let from = match node.is_same_node(Some(&first)) {
                true => points(&text, first_offset),
                false => 0,
            };
            let to = match node.is_same_node(Some(&last)) {
                true => points(&text, last_offset),
                false => length(&text),
            };
            let begin = part.map_or(start + from, |(begin, _)| begin);
            part = Some((begin, start + to));
        }
        part
    }

    /// The range of some code points of it.
    fn range(&self, (from, to): (u32, u32)) -> Option<Range> {
        let range = document()?.create_range().ok()?;
        let place = |point: u32| {
            let (node, start) = self.nodes.iter().rfind(|(_, start)| *start <= point)?;
            let text = node.text_content()?;
            let before = text.chars().take((point - start) as usize);
            let units: usize = before.map(char::len_utf16).sum();
            Some((node, u32::try_from(units).ok()?))
        };
        let (first, offset) = place(from)?;
        range.set_start(first, offset).ok()?;
        let (last, offset) = place(to.checked_sub(1)?)?;
        range.set_end(last, offset + 1).ok()?;
        Some(range)
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The code points before an offset of the document, which counts otherwise.
fn points(text: &str, offset: u32) -> u32 {
    let mut units = 0;
    let before = text.chars().take_while(|letter| {
        units += letter.len_utf16() as u32;
        units <= offset
    });
    u32::try_from(before.count()).unwrap_or(u32::MAX)
}

/// What is chosen in the document.
fn selected() -> Option<Range> {
    let window = window()?;
    let method = |of: &JsValue, name: &str| -> Option<Function> {
        Reflect::get(of, &JsValue::from_str(name))
            .ok()?
            .dyn_into()
            .ok()
    };
    let selection = method(&window, "getSelection")?.call0(&window).ok()?;
    let is_collapsed = Reflect::get(&selection, &JsValue::from_str("isCollapsed")).ok()?;
    if is_collapsed.as_bool() != Some(false) {
        return None;
    }
    let range = method(&selection, "getRangeAt")?.call1(&selection, &JsValue::from(0));
    range.ok()?.dyn_into().ok()
}

/// The words that the reader has chosen within one message that can be rated.
pub fn chosen() -> Option<Chosen> {
    let range = selected()?;
    let node = range.start_container().ok()?;
    let element = match node.dyn_ref::<Element>() {
        Some(element) => element.clone(),
        None => node.parent_element()?,
    };
    let message = element.closest(MESSAGE).ok().flatten()?;
    let act = message.query_selector(ACT).ok()??;
    let shown = Shown::of(&message)?;
    let (from, to) = shown.part(&range)?;
    let part = shown.text.chars().skip(from as usize);
    let part: String = part.take(to.saturating_sub(from) as usize).collect();
    let words = part.trim();
    let number = places(&shown.text, words)
        .iter()
        .position(|(start, _)| *start >= from)?;
    let corner = range.get_bounding_client_rect();
    Some(Chosen {
        span: act.get_attribute("data-rate")?,
        words: words.to_owned(),
        number,
        corner: (corner.left(), corner.bottom()),
    })
}

/// Acts when another choice rests or is at rest elsewhere on the screen, as long as what asks is on the page.
pub fn on_choice(act: impl Fn() + Clone + 'static) {
    // Each choice begins the rest anew.
    let asked = Rc::new(Cell::new(0_u32));
    let changed = Closure::<dyn Fn()>::new(move || {
        let mine = asked.get().wrapping_add(1);
        asked.set(mine);
        let (asked, act) = (Rc::clone(&asked), act.clone());
        after(REST, move || {
            if asked.get() == mine {
                act();
            }
        });
    });
    let listener = changed.as_ref().unchecked_ref::<Function>().clone();
    let Some(document) = document() else { return };
    for (event, is_early) in EVENTS {
        let _ = document.add_event_listener_with_callback_and_bool(event, &listener, is_early);
    }
    let parts = SendWrapper::new((document, listener, changed));
    on_cleanup(move || {
        let (document, listener, _changed) = parts.take();
        for (event, is_early) in EVENTS {
            let _ =
                document.remove_event_listener_with_callback_and_bool(event, &listener, is_early);
        }
    });
}

/// Marks words of messages: of each the span, the words, and which of the places that have them.
pub fn mark(words: &[(String, String, usize)]) {
    let ranges = words.iter().filter_map(|(span, quote, number)| {
        let act = document()?
            .query_selector(&format!("[data-rate=\"{span}\"]"))
            .ok()??;
        let shown = Shown::of(&act.closest(MESSAGE).ok()??)?;
        shown.range(*places(&shown.text, quote).get(*number)?)
    });
    highlight("pinned", &ranges.collect::<Vec<_>>());
}
