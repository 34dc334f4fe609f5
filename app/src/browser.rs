//! The only module that touches the browser: clock, zone, cookies, clipboard, focus, scrolling, the address, fetching.
//!
//! Compiled for the browser alone. Nothing here fails loudly: a browser that refuses something loses that comfort, never
//! the page.

mod connection;
pub mod drag;
pub mod early;
pub mod files;
pub mod find_text;
pub mod keymap;
pub mod list;
pub mod list_tools;
mod pages;
pub mod popover;
mod preferences;
pub mod rove;
pub mod turns;
pub mod words;

use std::time::Duration;

use js_sys::{Date, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, HtmlElement, HtmlFormElement, RequestInit, Response, UrlSearchParams, Window,
};

pub use connection::{
    answers, on_connection, on_disconnection, remember_visit, store, stored, visits,
};
pub use pages::{click, copy_address, focus_next_pane, fold_up, go, on_printing, show_option};
pub use preferences::{is_zone, preference, set_preference, zone_offset_millis};

/// The present moment in milliseconds since 1970.
pub fn now_millis() -> i64 {
    Date::now() as i64
}

/// Puts a text on the clipboard; true if the browser let it happen.
pub async fn copy(text: String) -> bool {
    let Some(window) = window() else { return false };
    // Only there on secure origins, which `localhost` is.
    let navigator = window.navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &JsValue::from_str("clipboard"))
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if !has_clipboard {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(&text))
        .await
        .is_ok()
}

/// Fetches the body of a same-origin address.
///
/// # Errors
/// A text for people, if the server cannot be reached or does not answer with success.
pub async fn fetch_bytes(address: &str) -> Result<Vec<u8>, String> {
    let unreachable = |_| "The server could not be reached.".to_owned();
    let window = window().ok_or("There is no window.")?;
    let asked = early::take(address).unwrap_or_else(|| window.fetch_with_str(address));
    let response = JsFuture::from(asked).await.map_err(unreachable)?;
    let response: Response = response.dyn_into().map_err(unreachable)?;
    if !response.ok() {
        return Err(format!(
            "The server answered with status {}.",
            response.status()
        ));
    }
    let body = response.array_buffer().map_err(unreachable)?;
    let body = JsFuture::from(body).await.map_err(unreachable)?;
    Ok(Uint8Array::new(&body).to_vec())
}

/// What a server function said.
pub enum Answer {
    /// Its result.
    Done(String),
    /// It is done, and this address is where to go on.
    GoTo(String),
    /// It is not done; the body says why.
    Refused(Vec<u8>),
}

/// The form that an event submits, and its fields.
pub fn form_fields(event: &web_sys::SubmitEvent) -> Option<(HtmlFormElement, UrlSearchParams)> {
    let form: HtmlFormElement = event.target()?.dyn_into().ok()?;
    let fields = web_sys::FormData::new_with_form(&form).ok()?;
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()?;
    Some((form, fields))
}

/// Folds up the `<details>` that a form stands in, emptying the form, or those that it holds. The focus stays at what unfolds
/// them again.
pub fn put_away(form: &HtmlFormElement) {
    let around = form.closest("details[open]").ok().flatten();
    if around.is_some() {
        form.reset();
    }
    let Some(fold) = around.or_else(|| form.query_selector("details[open]").ok().flatten()) else {
        return;
    };
    let active = document().and_then(|document| document.active_element());
    let has_focus = active.is_some_and(|active| fold.contains(Some(&active)));
    let _ = fold.remove_attribute("open");
    let summary = fold.query_selector("summary").ok().flatten();
    if let (true, Some(summary)) = (
        has_focus,
        summary.and_then(|s| s.dyn_into::<HtmlElement>().ok()),
    ) {
        let _ = summary.focus();
    }
}

/// Sends a form's fields to a server function.
///
/// # Errors
/// A text for people, if the server cannot be reached.
pub async fn post(path: &str, fields: UrlSearchParams) -> Result<Answer, String> {
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_body(&fields);
    call(path, &request).await
}

/// Asks a server function by its address.
///
/// # Errors
/// A text for people, if the server cannot be reached.
pub async fn fetch_text(address: String) -> Result<Answer, String> {
    let request = RequestInit::new();
    // What was read a moment ago may have been changed from this very page.
    request.set_cache(web_sys::RequestCache::NoStore);
    call(&address, &request).await
}

async fn call(address: &str, request: &RequestInit) -> Result<Answer, String> {
    let unreachable = |_| "The server could not be reached.".to_owned();
    let window = window().ok_or("There is no window.")?;
    let headers = web_sys::Headers::new().map_err(unreachable)?;
    headers
        .set("accept", "application/json")
        .map_err(unreachable)?;
    request.set_headers(&headers);
    let response = JsFuture::from(window.fetch_with_str_and_init(address, request)).await;
    if response.is_err() {
        crate::connection::lost();
    }
    let response: Response = response.and_then(JsCast::dyn_into).map_err(unreachable)?;
    let body = JsFuture::from(response.text().map_err(unreachable)?)
        .await
        .map_err(unreachable)?;
    let body = body.as_string().unwrap_or_default();
    // Where the answer to a plain form would be a redirect, this one names the place.
    let place = response.headers().get("location").ok().flatten();
    Ok(match (response.ok(), place) {
        (false, _) => Answer::Refused(body.into_bytes()),
        (true, Some(place)) => Answer::GoTo(place),
        (true, None) => Answer::Done(body),
    })
}

/// Sets or removes one parameter of the address without a navigation, so that the address can be shared and the back button
/// does not walk through every step.
pub fn replace_parameter(key: &str, value: &str) {
    let Some(window) = window() else { return };
    let Ok(href) = window.location().href() else {
        return;
    };
    let Ok(url) = web_sys::Url::new(&href) else {
        return;
    };
    if value.is_empty() {
        url.search_params().delete(key);
    } else {
        url.search_params().set(key, value);
    }
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&url.href()));
    }
}

/// Gives the focus to the element with this id without moving the page; false if there is none.
pub fn focus_quietly(id: &str) -> bool {
    let element = document().and_then(|document| document.get_element_by_id(id));
    let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).is_ok()
}

/// Gives the focus to the next or previous element that matches `selector`, counted from the focused one within `scope`.
pub fn focus_sibling(scope: &Element, selector: &str, step: i32) {
    let Ok(found) = scope.query_selector_all(selector) else {
        return;
    };
    let active = document().and_then(|document| document.active_element());
    let count = found.length() as i32;
    let position = active.and_then(|active| {
        (0..count).find(|index| {
            found
                .item(*index as u32)
                .is_some_and(|node| node.is_same_node(Some(&active)))
        })
    });
    let target = match position {
        Some(position) => (position + step).clamp(0, count - 1),
        None => 0,
    };
    if let Some(element) = found
        .item(target as u32)
        .and_then(|n| n.dyn_into::<HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Whether a key press belongs to a field that the reader is typing in, or is a letter while single keys are switched off.
pub fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    if !has_modifier
        && event.key().chars().count() == 1
        && event.key() != " "
        && preference("keys").is_some()
    {
        return true;
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.is_content_editable()
    })
}

/// Whether a single key is meant for the page: nobody has dealt with it, and it belongs to no field and no dialog.
pub fn is_for_page(event: &web_sys::KeyboardEvent) -> bool {
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    !event.default_prevented() && !has_modifier && !is_typing(event) && !has_dialog()
}

/// Whether an event happened within an element that matches `selector`.
pub fn is_within(event: &web_sys::Event, selector: &str) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|element| matches!(element.closest(selector), Ok(Some(_))))
}

/// Submits the form around an element, as its button would.
pub fn submit_form_of(target: Option<web_sys::EventTarget>) {
    let element = target.and_then(|target| target.dyn_into::<Element>().ok());
    let form = element.and_then(|element| element.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
        let _ = form.request_submit();
    }
}

/// Width and height of an element's content box in CSS pixels.
pub fn size_of(element: &Element) -> (f64, f64) {
    (
        f64::from(element.client_width()),
        f64::from(element.client_height()),
    )
}

/// Leads to another address, leaving the page.
pub fn leave_to(address: &str) {
    if let Some(window) = window() {
        let _ = window.location().set_href(address);
    }
}

/// A form's fields from the text that they are sent as.
pub fn fields_of(text: &str) -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(text).ok()
}

/// Calls `act` when the page is left for another address or closed.
pub fn on_leaving(act: fn()) {
    leptos::prelude::window_event_listener_untyped("pagehide", move |_| act());
}

/// Sends a form's fields although the page goes away; nobody learns what came of it.
pub fn send_on_leaving(path: &str, fields: &str) {
    if let (Some(window), Some(fields)) = (window(), fields_of(fields)) {
        let _ = window
            .navigator()
            .send_beacon_with_opt_url_search_params(path, Some(&fields));
    }
}

/// Acts once after a time, whatever has become of the component that asked: the framework's own timers end with it.
pub fn after(delay: Duration, act: impl FnOnce() + 'static) {
    let Some(window) = window() else { return };
    let act = Closure::once_into_js(act);
    let millis = i32::try_from(delay.as_millis()).unwrap_or(i32::MAX);
    let _ =
        window.set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), millis);
}

/// Acts once before the next frame is drawn, whatever has become of the component that asked.
pub fn next_frame(act: impl FnOnce() + 'static) {
    let Some(window) = window() else { return };
    let act = Closure::once_into_js(act);
    let _ = window.request_animation_frame(act.unchecked_ref());
}

/// Lets the browser draw and answer events before the work goes on.
pub async fn pause() {
    let rested = js_sys::Promise::new(&mut |resolve, _| {
        if let Some(window) = window() {
            let _ = window.set_timeout_with_callback(&resolve);
        }
    });
    let _ = JsFuture::from(rested).await;
}

/// An attribute of the first element that matches.
pub fn attribute_of(selector: &str, name: &str) -> Option<String> {
    let element = document()?.query_selector(selector).ok().flatten()?;
    element.get_attribute(name)
}

/// Whether a dialog is open.
pub fn has_dialog() -> bool {
    let found = document().map(|document| document.query_selector("dialog[open]"));
    matches!(found, Some(Ok(Some(_))))
}

/// Keeps a text for this tab's visit.
pub fn keep(key: &str, text: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.session_storage()) {
        let _ = storage.set_item(key, text);
    }
}

/// A text kept before.
pub fn kept(key: &str) -> Option<String> {
    window()?.session_storage().ok()??.get_item(key).ok()?
}

/// The path that the server stands below, from the document.
pub fn base() -> Option<String> {
    document()?.document_element()?.get_attribute("data-base")
}

/// The page's whole address.
pub fn href() -> String {
    let href = window().and_then(|window| window.location().href().ok());
    href.unwrap_or_default()
}

/// Scheme, host and port of the page's address.
pub fn origin() -> String {
    let origin = window().and_then(|window| window.location().origin().ok());
    origin.unwrap_or_default()
}

/// The path of the page's address.
pub fn path() -> Option<String> {
    window()?.location().pathname().ok()
}

/// The browser's window.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// The document.
pub fn document() -> Option<Document> {
    window()?.document()
}
