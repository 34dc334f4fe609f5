//! Groups of controls that are one stop of the Tab key; arrows, Home and End go from one to the next.
//!
//! A group is all elements with the same `data-rove`, wherever they stand in the document; `data-upright` gives it the upright arrows too.
//! Which control is the stop is settled when Tab is pressed, just before the browser moves the focus. So a page that is not alive, and
//! software that reads pages in other ways, has every control, and nothing watches what is drawn.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

use super::document;

/// What can be a stop. Fields to type in are not: arrows are theirs.
const CONTROLS: &str =
    "a[href],button:not(:disabled),summary,select,[role=slider],[role=separator]";
/// What has an order of its own: that which unfolds, and dialogs.
const APART: &str = "details>:not(summary),dialog";
/// Marks what was settled here; its value says which is the stop.
const MARK: &str = "data-stop";

/// Listens as long as the page is open.
pub fn listen() {
    // Its handle may go: the listener stays.
    let _ = window_event_listener(leptos::ev::keydown, |event| match event.key().as_str() {
        "Tab" => settle(),
        key if !event.default_prevented() => {
            if let Some(step) = step(key, &event)
                && go(step, key.ends_with("Up") || key.ends_with("Down"))
            {
                event.prevent_default();
            }
        }
        _ => {}
    });
}

/// How far a key goes.
fn step(key: &str, event: &KeyboardEvent) -> Option<i32> {
    let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key();
    let step = match key {
        "ArrowRight" | "ArrowDown" => 1,
        "ArrowLeft" | "ArrowUp" => -1,
        "Home" => i32::MIN,
        "End" => i32::MAX,
        _ => return None,
    };
    (!has_modifier).then_some(step)
}

/// Moves the focus within its group; false if it is in none.
fn go(step: i32, is_upright: bool) -> bool {
    let Some(active) = document().and_then(|document| document.active_element()) else {
        return false;
    };
    let around = active.closest("[data-rove]").ok().flatten();
    let around = around.filter(|group| !is_upright || group.has_attribute("data-upright"));
    let Some(name) = around.and_then(|group| group.get_attribute("data-rove")) else {
        return false;
    };
    // Bars between heads are for those who go up and down: they have left and right for themselves.
    let is_passed =
        |control: &HtmlElement| is_upright || !is_separator(control) || **control == active;
    let controls: Vec<HtmlElement> = controls(&name).into_iter().filter(is_passed).collect();
    let Some(place) = controls.iter().position(|control| **control == active) else {
        return false;
    };
    let last = controls.len() as i32 - 1;
    let place = (place as i32).saturating_add(step).clamp(0, last);
    controls[place as usize].focus().is_ok()
}

/// Makes one control of every group its stop: the focused one, else the last one that was, else that of the present page, else the first
/// that does something.
fn settle() {
    let active = document().and_then(|document| document.active_element());
    let mut settled: Vec<String> = Vec::new();
    for group in all("[data-rove]") {
        let name = group.get_attribute("data-rove").unwrap_or_default();
        if settled.contains(&name) {
            continue;
        }
        let controls = controls(&name);
        let find = |is_it: &dyn Fn(&HtmlElement) -> bool| controls.iter().position(is_it);
        let stop = find(&|control| active.as_ref().is_some_and(|active| **control == *active))
            .or_else(|| find(&|control| control.get_attribute(MARK).as_deref() == Some("here")))
            .or_else(|| find(&|control| control.has_attribute("aria-current")))
            .or_else(|| find(&|control| !is_separator(control)))
            .unwrap_or(0);
        for (place, control) in controls.iter().enumerate() {
            let (index, mark) = if place == stop { (0, "here") } else { (-1, "") };
            control.set_tab_index(index);
            let _ = control.set_attribute(MARK, mark);
        }
        settled.push(name);
    }
}

/// Whether a control moves a border: it is nobody's first aim.
fn is_separator(control: &Element) -> bool {
    control.get_attribute("role").as_deref() == Some("separator")
}

/// The controls of a group that are seen, in the order of the document.
fn controls(name: &str) -> Vec<HtmlElement> {
    let within = |group: &Element| elements(group.query_selector_all(CONTROLS));
    let found = all(&format!("[data-rove={name}]"));
    let controls = found.iter().flat_map(within);
    let controls = controls.filter_map(|control| control.dyn_into::<HtmlElement>().ok());
    let is_control = |control: &HtmlElement| {
        let is_left_out = control.tab_index() < 0 && !control.has_attribute(MARK);
        let is_apart = !matches!(control.closest(APART), Ok(None));
        control.offset_width() > 0 && !is_left_out && !is_apart
    };
    controls.filter(is_control).collect()
}

fn all(selector: &str) -> Vec<Element> {
    let found = document().map(|document| document.query_selector_all(selector));
    found.map(elements).unwrap_or_default()
}

fn elements(found: Result<web_sys::NodeList, wasm_bindgen::JsValue>) -> Vec<Element> {
    let Ok(found) = found else { return Vec::new() };
    let nodes = (0..found.length()).filter_map(|place| found.item(place));
    nodes.filter_map(|node| node.dyn_into().ok()).collect()
}
