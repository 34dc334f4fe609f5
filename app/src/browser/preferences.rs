//! What the reader chose, in cookies and in the document; times in the chosen zone.

use std::cell::Cell;

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::document;

/// What the document says of a preference.
pub fn preference(name: &str) -> Option<String> {
    let root = document()?.document_element()?;
    root.get_attribute(&format!("data-{name}"))
}

/// Sets a preference now and remembers it for a year; an empty value takes it back.
pub fn set_preference(name: &str, value: &str) {
    let Some(document) = document() else { return };
    if let Some(root) = document.document_element() {
        let attribute = format!("data-{name}");
        let _ = if value.is_empty() {
            root.remove_attribute(&attribute)
        } else {
            root.set_attribute(&attribute, value)
        };
    }
    if let Ok(document) = document.dyn_into::<web_sys::HtmlDocument>() {
        let age = if value.is_empty() { 0 } else { 31_536_000 };
        let value = crate::url_state::segment(value);
        let line = format!("spanfall_{name}={value}; path=/; max-age={age}; samesite=lax");
        let _ = document.set_cookie(&line);
    }
    LAST.set((i64::MIN, 0));
}

thread_local! {
    /// The last quarter of an hour that was asked for, and its offset: no zone changes within one.
    static LAST: Cell<(i64, i64)> = const { Cell::new((i64::MIN, 0)) };
}

const QUARTER: i64 = 900_000;

/// What to add to UTC at a moment for the zone that the reader chose, else for the browser's, in milliseconds.
pub fn zone_offset_millis(at: i64) -> i64 {
    let quarter = at.div_euclid(QUARTER) * QUARTER;
    let (known, offset) = LAST.get();
    if known == quarter {
        return offset;
    }
    let offset = match preference("zone") {
        None => browser_offset(at),
        Some(zone) => offset_in(&zone, quarter).unwrap_or_else(|| browser_offset(at)),
    };
    LAST.set((quarter, offset));
    offset
}

fn browser_offset(at: i64) -> i64 {
    let minutes = Date::new(&JsValue::from_f64(at as f64)).get_timezone_offset();
    if minutes.is_finite() {
        -(minutes as i64) * 60_000
    } else {
        0
    }
}

/// `None` if the browser does not know the zone.
fn offset_in(zone: &str, at: i64) -> Option<i64> {
    let options = Object::new();
    let key = JsValue::from_str("timeZone");
    Reflect::set(&options, &key, &JsValue::from_str(zone)).ok()?;
    let date = Date::new(&JsValue::from_f64(at as f64));
    // Reading back what another zone's clock shows is the only way that browsers offer. Swedish is written like ISO 8601.
    let method = Reflect::get(&date, &JsValue::from_str("toLocaleString")).ok()?;
    let method: js_sys::Function = method.dyn_into().ok()?;
    let shown = method
        .call2(&date, &JsValue::from_str("sv-SE"), &options)
        .ok()?
        .as_string()?;
    let read = Date::parse(&format!("{}Z", shown.replace(' ', "T")));
    read.is_finite().then(|| read as i64 - at)
}

/// Whether the browser knows a zone.
pub fn is_zone(zone: &str) -> bool {
    offset_in(zone, 0).is_some()
}
