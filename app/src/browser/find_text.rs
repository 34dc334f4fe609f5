//! A text within what an element shows, marked by the browser's own highlights: the document stays as it is, so nothing that the
//! framework drew is touched.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Range};

/// No more are marked.
const MOST: usize = 2_000;
/// Text nodes only, as the browser numbers them.
const TEXTS: u32 = 4;
/// What is no part of a value.
const OTHER: &str = "button, summary, .visually-hidden, .value__title, [hidden]";

thread_local! {
    static FOUND: RefCell<Vec<Range>> = const { RefCell::new(Vec::new()) };
}

/// Marks a text wherever it stands in the element with this id; returns how often. An empty text takes the marks away.
pub fn mark(id: &str, text: &str) -> usize {
    let element = super::document().and_then(|document| document.get_element_by_id(id));
    let found = match (element, text) {
        (Some(element), text) if !text.is_empty() => ranges(&element, text),
        _ => Vec::new(),
    };
    highlight("found", &found);
    highlight("found-here", &[]);
    let count = found.len();
    FOUND.set(found);
    count
}

/// Brings one of the marked places into view.
pub fn show(number: usize) {
    FOUND.with_borrow(|found| {
        let Some(range) = found.get(number) else {
            return;
        };
        highlight("found-here", std::slice::from_ref(range));
        let node = range.start_container().ok();
        let Some(parent) = node.and_then(|node| node.parent_element()) else {
            return;
        };
        let mut around = parent.closest("details:not([open])").ok().flatten();
        while let Some(fold) = around {
            let _ = fold.set_attribute("open", "");
            around = fold.closest("details:not([open])").ok().flatten();
        }
        scroll_to(&parent, range);
    });
}

/// Scrolls what scrolls around an element until a part of it is in view.
fn scroll_to(parent: &Element, range: &Range) {
    let Some(scroller) = parent.closest(".span-detail__body").ok().flatten() else {
        return;
    };
    let (part, window) = (
        range.get_bounding_client_rect(),
        scroller.get_bounding_client_rect(),
    );
    if part.top() < window.top() || part.bottom() > window.bottom() {
        let by = part.top() - window.top() - window.height() / 3.0;
        scroller.set_scroll_top(scroller.scroll_top() + by.round() as i32);
    }
    // On a phone the panel is part of the page, which scrolls instead.
    if scroller.scroll_height() <= scroller.client_height() {
        parent.scroll_into_view();
    }
}

fn ranges(element: &Element, text: &str) -> Vec<Range> {
    let wanted = text.to_lowercase();
    let mut found = Vec::new();
    let Some(document) = super::document() else {
        return found;
    };
    let Ok(walker) = document.create_tree_walker_with_what_to_show(element, TEXTS) else {
        return found;
    };
    while let Ok(Some(node)) = walker.next_node() {
        let shown = node.text_content().unwrap_or_default();
        for (from, to) in places(&shown, &wanted) {
            let is_other = node
                .parent_element()
                .is_none_or(|parent| matches!(parent.closest(OTHER), Ok(Some(_))));
            if is_other {
                break;
            }
            if let Ok(range) = document.create_range()
                && range.set_start(&node, from).is_ok()
                && range.set_end(&node, to).is_ok()
            {
                found.push(range);
            }
            if found.len() == MOST {
                return found;
            }
        }
    }
    found
}

/// Where a text in small letters stands, whatever the case, in the units in which the document counts.
fn places(shown: &str, wanted: &str) -> Vec<(u32, u32)> {
    let small = shown.to_lowercase();
    // A few letters have another length in the other case; then only what is written alike is found.
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX);
    let text = match units(&small) == units(shown) {
        true => small.as_str(),
        false => shown,
    };
    let length = units(wanted);
    let (mut at, mut units_before) = (0, 0);
    let mut found = Vec::new();
    for (place, _) in text.match_indices(wanted) {
        units_before += units(&text[at..place]);
        at = place;
        found.push((units_before, units_before + length));
    }
    found
}

/// Gives ranges a highlight that style sheets know by its name. A browser that has none shows only the place itself.
pub fn highlight(name: &str, ranges: &[Range]) {
    let set = || -> Result<(), JsValue> {
        let global = js_sys::global();
        let css = Reflect::get(&global, &JsValue::from_str("CSS"))?;
        let highlights = Reflect::get(&css, &JsValue::from_str("highlights"))?;
        let make: Function = Reflect::get(&global, &JsValue::from_str("Highlight"))?.dyn_into()?;
        let ranges: Array = ranges.iter().map(JsValue::from).collect();
        let made = Reflect::construct(&make, &ranges)?;
        let set: Function = Reflect::get(&highlights, &JsValue::from_str("set"))?.dyn_into()?;
        set.call2(&highlights, &JsValue::from_str(name), &made)?;
        Ok(())
    };
    let _ = set();
}
