//! What lists ask of the browser: requests that can be given up, scroll positions, rows under the pointer and the focus.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{AbortController, Element, HtmlElement, RequestInit};

use super::{Answer, call, document};

/// A request that is given up when this is dropped.
pub struct Abort(Option<AbortController>);

impl Default for Abort {
    fn default() -> Self {
        Self::new()
    }
}

impl Abort {
    /// For one request.
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    /// Asks a server function by its address.
    ///
    /// # Errors
    /// A text for people, if the server cannot be reached or the request was given up.
    pub fn fetch(&self, address: String) -> impl Future<Output = Result<Answer, String>> + use<> {
        let request = RequestInit::new();
        request.set_cache(web_sys::RequestCache::NoStore);
        if let Some(controller) = &self.0 {
            request.set_signal(Some(&controller.signal()));
        }
        async move { call(&address, &request).await }
    }
}

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// The scroll position of an element and the height of its content box.
pub fn scrolled(scroller: NodeRef<Div>) -> Option<(f64, f64)> {
    let element = scroller.get_untracked()?;
    Some((
        f64::from(element.scroll_top()),
        f64::from(element.client_height()),
    ))
}

/// Scrolls an element and returns where it came to stand.
pub fn scroll_to(scroller: NodeRef<Div>, top: f64) -> Option<f64> {
    let element = scroller.get_untracked()?;
    element.set_scroll_top(top.round() as i32);
    Some(f64::from(element.scroll_top()))
}

/// The height of the first element within that matches.
pub fn height_of(scroller: NodeRef<Div>, selector: &str) -> Option<f64> {
    let element = scroller.get_untracked()?.query_selector(selector).ok()??;
    Some(element.get_bounding_client_rect().height())
}

/// Gives the focus to the first element within that matches, without scrolling; false if there is none.
pub fn focus_within(scroller: NodeRef<Div>, selector: &str) -> bool {
    let element = scroller
        .get_untracked()
        .and_then(|element| element.query_selector(selector).ok().flatten());
    element.is_some_and(|element| focus(&element))
}

/// Gives the focus to an element without scrolling.
pub fn focus(element: &Element) -> bool {
    let Some(element) = element.dyn_ref::<HtmlElement>() else {
        return false;
    };
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    element.focus_with_options(&options).is_ok()
}

/// The focused element.
pub fn focused() -> Option<Element> {
    document()?.active_element()
}

/// Whether the focus is nowhere or within an element.
pub fn has_focus(scroller: NodeRef<Div>) -> bool {
    let Some(active) = focused() else { return true };
    let within = scroller
        .get_untracked()
        .is_some_and(|element| element.contains(Some(&active)));
    within || active.tag_name() == "BODY" || active.id() == "content"
}

/// The closest element around an event's target that matches.
pub fn around(event: &web_sys::Event, selector: &str) -> Option<Element> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(selector).ok()?
}

/// Whether the tab is hidden.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}
