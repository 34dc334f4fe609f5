//! Presses the key that a reader's key stands for ([`crate::keymap`]), before anything else hears of it.

use std::cell::{Cell, RefCell};

use js_sys::JsString;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{KeyboardEvent, KeyboardEventInit};

use super::{has_dialog, is_typing, preference, window};
use crate::keymap::{Keymap, is_capital};

/// Keys after which the next one names a place or a view, and is taken as it is.
const FIRST: [char; 2] = ['g', 'v'];

thread_local! {
    /// The last single key, and what it meant.
    static LAST: RefCell<Option<(KeyboardEvent, char)>> = const { RefCell::new(None) };
    /// The event that is on its way is one of ours.
    static IS_OURS: Cell<bool> = const { Cell::new(false) };
}

/// Listens from now on.
pub fn listen() {
    let Some(window) = window() else { return };
    let act = Closure::<dyn Fn(KeyboardEvent)>::new(|event: KeyboardEvent| press(&event));
    let act = act.into_js_value();
    let _ = window.add_event_listener_with_callback_and_bool("keydown", act.unchecked_ref(), true);
}

fn press(event: &KeyboardEvent) {
    let key = event.key();
    let mut chars = key.chars();
    let (Some(key), None) = (chars.next(), chars.next()) else {
        return;
    };
    let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
    if IS_OURS.get() || has_modifier {
        return;
    }
    let last = LAST.take();
    let Some(map) = preference("keymap").and_then(|text| Keymap::read(&text)) else {
        return;
    };
    let is_second =
        last.is_some_and(|(last, meant)| FIRST.contains(&meant) && last.default_prevented());
    if is_second || is_typing(event) || has_dialog() {
        return;
    }
    let meant = map.meant(key);
    LAST.set(Some((event.clone(), meant)));
    if meant != key {
        press_instead(event, meant);
    }
}

fn press_instead(event: &KeyboardEvent, meant: char) {
    let init = KeyboardEventInit::new();
    init.set_key(&meant.to_string());
    init.set_bubbles(true);
    init.set_cancelable(true);
    init.set_composed(true);
    init.set_repeat(event.repeat());
    let is_letter = is_capital(meant) || upper(meant) != meant;
    init.set_shift_key(match is_letter {
        true => is_capital(meant),
        false => event.shift_key(),
    });
    let twin = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init);
    let (Ok(twin), Some(target)) = (twin, event.target()) else {
        return;
    };
    event.stop_immediate_propagation();
    IS_OURS.set(true);
    let is_free = target.dispatch_event(&twin);
    IS_OURS.set(false);
    if is_free == Ok(false) {
        event.prevent_default();
    }
}

/// The letter of a capital; by the browser, whose tables need not travel.
pub fn lower(key: char) -> char {
    let text = JsString::from(key.to_string().as_str()).to_lower_case();
    only(key, &text)
}

/// The capital of a letter.
pub fn upper(key: char) -> char {
    let text = JsString::from(key.to_string().as_str()).to_upper_case();
    only(key, &text)
}

fn only(key: char, text: &JsString) -> char {
    String::from(text).chars().next().unwrap_or(key)
}
