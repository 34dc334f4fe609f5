//! The keys that work on every page.
//!
//! Single letters can be switched off ([`crate::preferences::KEYS`]); [`crate::browser::is_typing`] answers for them, here and
//! for every other listener. A key that someone else has dealt with is left alone.

#[cfg(feature = "hydrate")]
use leptos::prelude::*;

/// Listens as long as the page is there. `open_keys` opens the list of keys and says whether it could.
pub fn listen(open_keys: impl Fn() -> bool + Send + Sync + 'static) {
    #[cfg(feature = "hydrate")]
    {
        let waits_for_place = StoredValue::new(false);
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.default_prevented() {
                return;
            }
            let after_g = waits_for_place.get_value();
            if !matches!(event.key().as_str(), "Shift") {
                waits_for_place.set_value(false);
            }
            if browser_half::pressed(&event, after_g, waits_for_place, &open_keys) {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = open_keys;
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::prelude::*;

    use crate::browser;
    use crate::preferences::NAV;
    use crate::widgets::notices;

    /// What F6 walks through.
    const PANES: &str =
        ".frame__nav, .frame__bar, #content, .trace-scroll, [role=treegrid], [data-pane]";

    /// Does what a key asks for; true if it did.
    pub fn pressed(
        event: &web_sys::KeyboardEvent,
        after_g: bool,
        waits_for_place: StoredValue<bool>,
        open_keys: &impl Fn() -> bool,
    ) -> bool {
        let key = event.key();
        if key == "F6" {
            return browser::focus_next_pane(PANES, if event.shift_key() { -1 } else { 1 });
        }
        if key == "Escape" {
            return browser::fold_up();
        }
        if browser::is_typing(event) {
            return false;
        }
        if (event.ctrl_key() || event.meta_key()) && !event.shift_key() && key == "z" {
            return notices::undo_last();
        }
        if event.ctrl_key() || event.meta_key() || event.alt_key() || browser::has_dialog() {
            return false;
        }
        if after_g {
            return browser::click(&format!(".frame__nav [data-go=\"{}\"]", place(&key)));
        }
        match key.as_str() {
            "?" => open_keys(),
            "/" => browser::focus_quietly("filter"),
            "g" => {
                waits_for_place.set_value(true);
                true
            }
            "[" => {
                let is_folded = NAV.get() == "folded";
                NAV.choose(if is_folded { "" } else { "folded" });
                true
            }
            "y" => {
                browser::copy_address();
                true
            }
            _ => false,
        }
    }

    /// Only letters stand in a selector.
    fn place(key: &str) -> &str {
        let is_letter = key.len() == 1 && key.chars().all(|c| c.is_ascii_lowercase());
        if is_letter { key } else { "" }
    }
}
