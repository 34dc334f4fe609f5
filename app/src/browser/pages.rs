//! What keys of the frame do to the page: panes, folds, links.

use leptos::prelude::{on_cleanup, window_event_listener_untyped};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{copy, document, window};

/// Gives the focus to the pane after the one that has it (`step` 1) or before (-1), going round; true if there is one.
pub fn focus_next_pane(panes: &str, step: i32) -> bool {
    let Some(document) = document() else {
        return false;
    };
    let Ok(found) = document.query_selector_all(panes) else {
        return false;
    };
    let nodes = (0..found.length()).filter_map(|index| found.item(index));
    let panes: Vec<HtmlElement> = nodes
        .filter_map(|node| node.dyn_into::<HtmlElement>().ok())
        .filter(|pane| pane.offset_parent().is_some() || pane.offset_height() > 0)
        .collect();
    let active = document.active_element();
    let holds = |pane: &HtmlElement| active.as_ref().is_some_and(|a| pane.contains(Some(a)));
    // Of panes within panes, the innermost has the focus.
    let current = panes.iter().rposition(holds);
    let count = panes.len() as i32;
    if count == 0 {
        return false;
    }
    let next = match current {
        Some(current) => (current as i32 + step).rem_euclid(count),
        None => 0,
    };
    let pane = &panes[next as usize];
    if !pane.has_attribute("tabindex") {
        let _ = pane.set_attribute("tabindex", "-1");
    }
    pane.focus().is_ok()
}

/// Folds up the `<details>` menu that is open, the one with the focus first; true if there was one.
pub fn fold_up() -> bool {
    let Some(document) = document() else {
        return false;
    };
    const OPEN: &str = "details[open]:has(> .popover)";
    let around = document
        .active_element()
        .and_then(|active| active.closest(OPEN).ok().flatten());
    let Some(fold) = around.or_else(|| document.query_selector(OPEN).ok().flatten()) else {
        return false;
    };
    let _ = fold.remove_attribute("open");
    if let Ok(Some(summary)) = fold.query_selector("summary")
        && let Ok(summary) = summary.dyn_into::<HtmlElement>()
    {
        let _ = summary.focus();
    }
    true
}

/// Follows the first link that matches; true if there is one.
pub fn click(selector: &str) -> bool {
    let found: Option<Element> =
        document().and_then(|document| document.query_selector(selector).ok().flatten());
    let found = found.and_then(|found| found.dyn_into::<HtmlElement>().ok());
    match found {
        Some(found) => {
            found.click();
            true
        }
        None => false,
    }
}

/// Tells when the page goes to paper and when it is back on the screen, as long as what asks is on the page.
pub fn on_printing(act: impl Fn(bool) + Clone + 'static) {
    let after = act.clone();
    let begins = window_event_listener_untyped("beforeprint", move |_| act(true));
    let ends = window_event_listener_untyped("afterprint", move |_| after(false));
    on_cleanup(move || {
        begins.remove();
        ends.remove();
    });
}

/// Copies the page's address and says so.
pub fn copy_address() {
    let Some(Ok(address)) = window().map(|window| window.location().href()) else {
        return;
    };
    leptos::task::spawn_local(async move {
        let words = if copy(address).await {
            "Link copied"
        } else {
            "The browser did not let the link be copied."
        };
        crate::widgets::notices::tell(words);
    });
}

/// Goes to an address as a click on a link would: within the page where the router can.
pub fn go(href: &str) {
    let Some(document) = document() else { return };
    let Ok(link) = document.create_element("a") else {
        return;
    };
    let _ = link.set_attribute("href", href);
    let (Ok(link), Some(body)) = (link.dyn_into::<HtmlElement>(), document.body()) else {
        return;
    };
    if body.append_child(&link).is_ok() {
        link.click();
        link.remove();
    }
}

/// Scrolls the option with this id into view.
pub fn show_option(id: &str) {
    if let Some(option) = document().and_then(|document| document.get_element_by_id(id)) {
        option.scroll_into_view_with_bool(false);
    }
}
