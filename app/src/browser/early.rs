//! What happens before the page knows what to do with it: keys that are pressed, and a question for the spans of a trace. The document's own script asks while the
//! viewer is still loading, and a page that is opened by a link asks beside its other questions.

use std::cell::RefCell;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    static ASKED: RefCell<Option<(String, Promise)>> = const { RefCell::new(None) };
}

/// Asks for the body of an address, unless that was done already.
pub fn ask(address: String) {
    let is_asked = ASKED.with_borrow(|asked| asked.as_ref().is_some_and(|(at, _)| *at == address));
    if is_asked || take_over(&address) {
        return;
    }
    if let Some(window) = super::window() {
        let answer = window.fetch_with_str(&format!("{address}?early=1"));
        // A failure is for whoever takes the answer; until then nobody is to be told of it.
        let quiet = wasm_bindgen::closure::Closure::once(|_: JsValue| ());
        let _ = answer.catch(&quiet);
        quiet.forget();
        ASKED.set(Some((address, answer)));
    }
}

/// The answer for an address, once.
pub fn take(address: &str) -> Option<Promise> {
    take_over(address);
    let asked = ASKED.take()?;
    (asked.0 == address).then_some(asked.1)
}

/// Presses the keys again that were pressed before anything listened to them; the document's own script has kept them.
pub fn press_kept_keys() {
    let press = Reflect::get(&js_sys::global(), &JsValue::from_str("spanfallKeys"));
    if let Ok(press) = press.and_then(JsCast::dyn_into::<Function>) {
        let _ = press.call0(&JsValue::UNDEFINED);
    }
}

/// Takes over what the document's script asked for.
fn take_over(address: &str) -> bool {
    let name = JsValue::from_str("spanfallTable");
    let global = js_sys::global();
    let Ok(asked) = Reflect::get(&global, &name).and_then(JsCast::dyn_into::<Array>) else {
        return false;
    };
    let _ = Reflect::set(&global, &name, &JsValue::UNDEFINED);
    let answer = asked.get(1).dyn_into::<Promise>().ok();
    match answer.filter(|_| asked.get(0).as_string().as_deref() == Some(address)) {
        Some(answer) => {
            ASKED.set(Some((address.to_owned(), answer)));
            true
        }
        None => false,
    }
}
