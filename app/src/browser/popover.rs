//! Popovers that unfold at what was pressed, and the way into the form for a rating.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

use super::{click, document};

/// The element around an event's target that matches.
pub fn around(event: &web_sys::Event, selector: &str) -> Option<HtmlElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let found = target.closest(selector).ok().flatten()?;
    found.dyn_into().ok()
}

/// Shows the popover with this id at an element, which has the focus again when it closes, and goes to its first choice.
pub fn show_at(id: &str, source: &HtmlElement) {
    let found = document().and_then(|document| document.get_element_by_id(id));
    let Some(popover) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    // One that is open stands at what was pressed before.
    let _ = popover.hide_popover();
    let options = Object::new();
    let _ = Reflect::set(&options, &JsValue::from_str("source"), source);
    let show = Reflect::get(&popover, &JsValue::from_str("showPopover"));
    if let Some(show) = show.ok().and_then(|show| show.dyn_into::<Function>().ok()) {
        let _ = show.call1(&popover, &options);
    }
    if !focus_choice(&popover) {
        let _ = popover.focus();
    }
}

/// The same at the act of a span's message.
pub fn show_at_act(id: &str, span: &str) {
    let act =
        document().map(|document| document.query_selector(&format!("[data-rate=\"{span}\"]")));
    let act = act
        .and_then(|act| act.ok().flatten())
        .and_then(|act| act.dyn_into().ok());
    if let Some(act) = act {
        show_at(id, &act);
    }
}

/// Rates the message around the focus; false if there is none.
pub fn rate_focused(message: &str, act: &str) -> bool {
    let active = document().and_then(|document| document.active_element());
    let around = active.and_then(|active| active.closest(message).ok().flatten());
    let act = around.and_then(|around| around.query_selector(act).ok().flatten());
    let Some(act) = act.and_then(|act| act.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    act.click();
    true
}

/// Goes to the rating within the element that matches, unfolding what matches `fold` and hides it.
pub fn go_to_rating(scope: &str, fold: &str) -> bool {
    let Some(scope) = document().and_then(|document| document.query_selector(scope).ok().flatten())
    else {
        return false;
    };
    if scope.get_bounding_client_rect().width() == 0.0 {
        click(&format!("{fold} > summary"));
    }
    focus_choice(&scope)
}

/// Gives the focus to the chosen one of the first choices, or to the first.
fn focus_choice(scope: &Element) -> bool {
    let find = |selector: &str| scope.query_selector(selector).ok().flatten();
    let choice = find("[type=radio]:checked").or_else(|| find("[type=radio]"));
    let choice = choice.and_then(|choice| choice.dyn_into::<HtmlElement>().ok());
    choice.is_some_and(|choice| choice.focus().is_ok())
}
