//! What the tools of a list ask of the browser: where a pointer is, the window's width, cookies, what was searched before.

use web_sys::{Element, PointerEvent};

use super::{document, window};

/// The element that listens, and where in its width a pointer is, from 0 to 1.
fn place(event: &PointerEvent) -> Option<(Element, f64)> {
    use wasm_bindgen::JsCast;
    let element: Element = event.current_target()?.dyn_into().ok()?;
    let frame = element.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - frame.left()) / frame.width().max(1.0);
    Some((element, share.clamp(0.0, 1.0)))
}

/// Where in the width of the element that listens a pointer is, from 0 to 1.
pub fn pointer_share(event: &PointerEvent) -> Option<f64> {
    place(event).map(|(_, share)| share)
}

/// Sends all that a pointer does to the element that listens, until it is let go.
pub fn capture(event: &PointerEvent) {
    if let Some((element, _)) = place(event) {
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// The window's width in CSS pixels.
pub fn window_width() -> f64 {
    let width = window().and_then(|window| window.inner_width().ok());
    width.and_then(|width| width.as_f64()).unwrap_or(0.0)
}

/// A cookie's value.
pub fn cookie(name: &str) -> Option<String> {
    use wasm_bindgen::JsCast;
    let document: web_sys::HtmlDocument = document()?.dyn_into().ok()?;
    let cookies = document.cookie().ok()?;
    let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Remembers a plain word for a year.
pub fn set_cookie(name: &str, value: &str) {
    use wasm_bindgen::JsCast;
    let document =
        document().and_then(|document| document.dyn_into::<web_sys::HtmlDocument>().ok());
    if let Some(document) = document {
        let line = format!("{name}={value}; path=/; max-age=31536000; samesite=lax");
        let _ = document.set_cookie(&line);
    }
}

/// A text that this browser remembers.
pub fn remembered(key: &str) -> Option<String> {
    window()?.local_storage().ok()??.get_item(key).ok()?
}

/// Has this browser remember a text.
pub fn remember(key: &str, text: &str) {
    if let Some(Ok(Some(storage))) = window().map(|window| window.local_storage()) {
        let _ = storage.set_item(key, text);
    }
}

/// Address of this server, such as `http://localhost:5000`.
pub fn origin() -> Option<String> {
    window()?.location().origin().ok()
}
