//! What waits for the connection, kept beyond this tab's visit.

use wasm_bindgen::JsValue;

use super::window;

fn storage() -> Option<web_sys::Storage> {
    window()?.local_storage().ok()?
}

/// A text kept in this browser for all visits.
pub fn stored(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps a text in this browser for all visits; false if it refuses.
pub fn store(key: &str, text: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Calls `act` whenever the browser says that there is a connection again, or another tab has changed what is kept.
pub fn on_connection(act: fn()) {
    leptos::prelude::window_event_listener_untyped("online", move |_| act());
}

/// Calls `act` when the browser says that the connection is gone.
pub fn on_disconnection(act: fn()) {
    leptos::prelude::window_event_listener_untyped("offline", move |_| act());
}

/// Whether the server answers at all.
pub async fn answers(address: &str) -> bool {
    let Some(window) = window() else { return false };
    let init = web_sys::RequestInit::new();
    init.set_cache(web_sys::RequestCache::NoStore);
    let asked = window.fetch_with_str_and_init(address, &init);
    let answer: Result<JsValue, JsValue> = wasm_bindgen_futures::JsFuture::from(asked).await;
    answer.is_ok()
}

const VISITS: &str = "spanfall-visits";
const VISITS_MAX: usize = 12;

/// Label and address of the pages that were visited, the last first.
pub fn visits() -> Vec<(String, String)> {
    let text = stored(VISITS).unwrap_or_default();
    let line = |line: &str| {
        let (href, label) = line.split_once(' ')?;
        Some((label.to_owned(), href.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// Remembers that the page at the present address was visited.
pub fn remember_visit(label: &str) {
    let Some(location) = window().map(|window| window.location()) else {
        return;
    };
    let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else {
        return;
    };
    let href = path + &query;
    let mut text = format!("{href} {}\n", label.replace(['\n', '\r'], " "));
    let others = visits().into_iter().filter(|(_, other)| *other != href);
    for (label, href) in others.take(VISITS_MAX - 1) {
        text.push_str(&format!("{href} {label}\n"));
    }
    let _ = store(VISITS, &text);
}
