//! Focus and presses among elements of one kind, such as the turns of a conversation.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::document;

/// Gives the focus to the next or previous element that matches; from nowhere to the first one that is in view.
pub fn step_focus(selector: &str, step: i32) {
    let Some(document) = document() else { return };
    let Ok(found) = document.query_selector_all(selector) else {
        return;
    };
    let elements: Vec<Element> = (0..found.length())
        .filter_map(|index| found.item(index)?.dyn_into().ok())
        .collect();
    let present = focused(selector);
    let position = present.and_then(|present| {
        elements
            .iter()
            .position(|element| element.is_same_node(Some(&present)))
    });
    let target = match position {
        Some(position) => position.saturating_add_signed(step as isize),
        None => elements
            .iter()
            .position(|element| element.get_bounding_client_rect().bottom() > 0.0)
            .unwrap_or(0),
    };
    let target = elements.get(target.min(elements.len().saturating_sub(1)));
    if let Some(element) = target.and_then(|element| element.dyn_ref::<HtmlElement>()) {
        let _ = element.focus();
    }
}

/// Presses what matches `target` within the focused element that matches `selector`; false if there is none.
pub fn press_within(selector: &str, target: &str) -> bool {
    let found = focused(selector).and_then(|element| element.query_selector(target).ok().flatten());
    match found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        Some(element) => {
            element.click();
            true
        }
        None => false,
    }
}

/// Whether the focus is on an element that matches, not on something within it.
pub fn is_focused(selector: &str) -> bool {
    let active = document().and_then(|document| document.active_element());
    active.is_some_and(|active| active.matches(selector).unwrap_or(false))
}

fn focused(selector: &str) -> Option<Element> {
    document()?.active_element()?.closest(selector).ok()?
}
