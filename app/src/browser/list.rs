//! What lists ask of the browser: requests that can be given up, scroll positions, rows under the pointer and the focus.

use std::cell::RefCell;

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{AbortController, Element, HtmlElement, PointerEvent, RequestInit};

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

/// Tells all who measure that rooms have changed.
pub fn tell_resize() {
    if let (Some(window), Ok(event)) = (super::window(), web_sys::Event::new("resize")) {
        let _ = window.dispatch_event(&event);
    }
}

/// Whether the tab is hidden.
pub fn is_hidden() -> bool {
    document().is_some_and(|document| document.hidden())
}

/// The number of the row around an event's target.
pub fn row_around(event: &web_sys::Event) -> Option<u64> {
    row_of(&around(event, ".trace-table__row")?)
}

fn row_of(element: &Element) -> Option<u64> {
    let row = element.closest("[aria-rowindex]").ok()??;
    let number: u64 = row.get_attribute("aria-rowindex")?.parse().ok()?;
    number.checked_sub(2)
}

/// What the bar beside a cell takes at most, in CSS pixels.
const BAR_WIDTH: f64 = 140.0;

/// A cell of the list: its row, its name, and its right upper corner in the window.
type Cell = (u64, String, (f64, f64));

/// The cell around an event's target.
pub fn cell_around(event: &web_sys::Event) -> Option<Cell> {
    cell_of(&around(event, "[data-cell]")?)
}

/// The cell under the pointer. The link to a row's trace lies over all its cells, so what is below it is looked for.
pub fn cell_under(event: &PointerEvent) -> Option<Cell> {
    let target = around(event, "td, .trace-table__link")?;
    if target.tag_name() == "TD" {
        return cell_around(event);
    }
    let place = (event.client_x() as f32, event.client_y() as f32);
    let below = document()?.elements_from_point(place.0, place.1);
    let elements = below
        .iter()
        .filter_map(|element| element.dyn_into::<Element>().ok());
    let cell = elements
        .filter(|element| *element != target)
        .find_map(|element| element.closest("[data-cell], td").ok()?)?;
    match cell.has_attribute("data-cell") {
        true => cell_of(&cell),
        false => cell_of(&target).filter(|_| cell.contains(Some(&target))),
    }
}

fn cell_of(cell: &Element) -> Option<Cell> {
    let name = cell.get_attribute("data-cell")?;
    let row = row_of(cell)?;
    let rect = cell.get_bounding_client_rect();
    let outer = cell.closest("td").ok()??.get_bounding_client_rect();
    // To the right of the cell, or to its left where there is no room: never over what can be pressed in it.
    let room = super::window()?.inner_width().ok()?.as_f64()? - BAR_WIDTH;
    let left = if outer.right() <= room {
        outer.right()
    } else {
        outer.left() - BAR_WIDTH
    };
    Some((row, name, (left, rect.top())))
}

/// The row that has the focus.
pub fn focused_row() -> Option<Element> {
    focused()?.closest(".trace-table__row").ok()?
}

/// Whether the focus is on the head of a table.
pub fn is_on_head() -> bool {
    focused().is_some_and(|element| matches!(element.closest("thead"), Ok(Some(_))))
}

/// Whether the focus is on a link within a row other than that to its trace.
pub fn is_on_inner_link() -> bool {
    focused()
        .is_some_and(|element| element.tag_name() == "A" && !element.has_attribute("data-cell"))
}

/// Whether a key was pressed on the box that chooses a row.
pub fn is_pick(event: &web_sys::Event) -> bool {
    around(event, ".trace-table__pick").is_some()
}

/// Presses the first element that matches; false if there is none.
pub fn press(selector: &str) -> bool {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    element.click();
    let field = "input:not([type=hidden]), textarea";
    let field = element
        .parent_element()
        .and_then(|around| around.query_selector(field).ok().flatten());
    if let Some(field) = field.filter(|_| element.tag_name() == "SUMMARY") {
        focus(&field);
    }
    true
}

/// Keeps a text in this browser.
pub fn remember(key: &str, text: &str) {
    if let Some(Ok(Some(storage))) = super::window().map(|window| window.local_storage()) {
        let _ = storage.set_item(key, text);
    }
}

/// A text kept in this browser.
pub fn remembered(key: &str) -> Option<String> {
    super::window()?.local_storage().ok()??.get_item(key).ok()?
}

/// What the present entry of the history keeps of the list.
const PLACE: &str = "spanfallPlace";

/// Keeps a text with the present entry of the history, for when the reader comes back to it.
pub fn note_place(place: &str) {
    let Some(Ok(history)) = super::window().map(|window| window.history()) else {
        return;
    };
    let state = js_sys::Object::new();
    if let Some(before) = history.state().ok().and_then(|state| state.dyn_into().ok()) {
        js_sys::Object::assign(&state, &before);
    }
    let _ = js_sys::Reflect::set(&state, &PLACE.into(), &place.into());
    let _ = history.replace_state(&state, "");
}

/// The text kept with the present entry of the history.
pub fn noted_place() -> Option<String> {
    let state = super::window()?.history().ok()?.state().ok()?;
    js_sys::Reflect::get(&state, &PLACE.into())
        .ok()?
        .as_string()
}

/// The width of the head around an event's target.
pub fn head_width(event: &web_sys::Event) -> Option<i32> {
    let head = around(event, "th")?;
    Some(head.get_bounding_client_rect().width().round() as i32)
}

/// Gives the focus, after the next drawing, to the first of these ids that takes it.
pub fn focus_soon(ids: Vec<String>) {
    // Whoever asks may be gone by then, and an animation frame would go with it.
    super::after(std::time::Duration::ZERO, move || {
        let has_focus = |id: &String| focused().is_some_and(|element| element.id() == *id);
        ids.iter()
            .find(|id| super::focus_quietly(id) && has_focus(id));
    });
}

/// The same for one id, unless something else has the focus by then.
pub fn focus_if_free(id: String) {
    let _ = request_animation_frame(move || {
        if focused().is_none_or(|element| element.tag_name() == "BODY") {
            super::focus_quietly(&id);
        }
    });
}

type Follow = Closure<dyn FnMut(PointerEvent)>;

thread_local! {
    /// What a drag does; one at a time.
    static DRAG: RefCell<Option<Follow>> = const { RefCell::new(None) };
}

/// Follows a pointer that was pressed on the edge of a table's head until it is let go: `set` gets the head's width as the pointer would
/// have it, `end` follows the last of them.
pub fn on_resize(
    event: &PointerEvent,
    mut set: impl FnMut(f64) + 'static,
    end: impl FnOnce() + 'static,
) {
    let Some(head) = around(event, "th") else {
        return;
    };
    let start = f64::from(event.client_x());
    let width = head.get_bounding_client_rect().width();
    follow(
        event,
        move |event| set(width + f64::from(event.client_x()) - start),
        end,
    );
}

/// Follows a pointer that was pressed until it is let go: `act` gets its place in the element around that matches, as shares of width
/// and height.
pub fn on_drag(event: &PointerEvent, room: &str, mut act: impl FnMut(f64, f64) + 'static) {
    let Some(room) = around(event, room) else {
        return;
    };
    let moved = move |event: PointerEvent| {
        let rect = room.get_bounding_client_rect();
        let share = |at: i32, start: f64, size: f64| (f64::from(at) - start) / size.max(1.0);
        act(
            share(event.client_x(), rect.left(), rect.width()),
            share(event.client_y(), rect.top(), rect.height()),
        );
    };
    follow(event, moved, || {});
}

fn follow(
    event: &PointerEvent,
    moved: impl FnMut(PointerEvent) + 'static,
    end: impl FnOnce() + 'static,
) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(target) = target else { return };
    event.prevent_default();
    let _ = target.set_pointer_capture(event.pointer_id());
    let moved = Closure::<dyn FnMut(PointerEvent)>::new(moved);
    target.set_onpointermove(Some(moved.as_ref().unchecked_ref()));
    DRAG.set(Some(moved));
    let held = target.clone();
    let end = Closure::once_into_js(move || {
        held.set_onpointermove(None);
        end();
    });
    target.set_onlostpointercapture(Some(end.unchecked_ref()));
}
