//! Keys of a comparison.

use leptos::prelude::*;

use super::list::StepList;
use crate::browser;

/// How many rows a page key goes.
const PAGE: i64 = 15;

/// Listens as long as the page is there. `swap` and `style` act on the address.
pub fn listen(list: StepList, swap: Callback<()>, style: Callback<()>) {
    let listener = window_event_listener(leptos::ev::keydown, move |event| {
        if !browser::is_for_page(&event) {
            return;
        }
        let is_in_grid = browser::is_within(&event, ".compare-grid");
        match event.key().as_str() {
            "n" => list.walk_differences(true),
            "N" => list.walk_differences(false),
            "j" => list.walk(1),
            "k" => list.walk(-1),
            "s" => swap.run(()),
            "d" => style.run(()),
            "ArrowDown" if is_in_grid => list.walk(1),
            "ArrowUp" if is_in_grid => list.walk(-1),
            "PageDown" if is_in_grid => list.walk(PAGE),
            "PageUp" if is_in_grid => list.walk(-PAGE),
            "Home" if is_in_grid => list.walk(i64::from(i32::MIN)),
            "End" if is_in_grid => list.walk(i64::from(i32::MAX)),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listener.remove());
}
