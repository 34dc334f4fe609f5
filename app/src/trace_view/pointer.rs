//! Pointer, wheel and keys on the timeline, and keeping the marked row in view. On the server nothing of it happens.

#[cfg(feature = "hydrate")]
pub use browser_half::{on_click, on_double_click, on_key, on_scroll, on_wheel, run, watch};
#[cfg(not(feature = "hydrate"))]
pub use server_half::{on_click, on_double_click, on_key, on_scroll, on_wheel, watch};

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::html::Div;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event};

    use super::super::geometry::{self, ROW_HEIGHT};
    use super::super::keyboard::{Act, act};
    use super::super::tree_state::TreeState;
    use crate::browser;

    /// The most rows that are drawn for paper.
    const PRINTED: f64 = 2_000.0;

    /// Measures the grid, and brings the marked row into view once the table is there and whenever the mark moves. On paper all rows
    /// stand below each other.
    pub fn watch(
        tree: TreeState,
        scroller: NodeRef<Div>,
        scroll_top: RwSignal<f64>,
        height: RwSignal<f64>,
    ) {
        Effect::new(move |was_there: Option<bool>| {
            let is_there = tree.table.with(Option::is_some);
            tree.marked.track();
            let Some(element) = scroller.get().filter(|_| is_there) else {
                return is_there;
            };
            height.set(browser::size_of(&element).1);
            if let Some(row) = tree.marked_row() {
                // A loop may hide the span that the page opens with.
                if was_there != Some(true) {
                    tree.reveal(row);
                }
                let position = tree.position(row);
                // On opening the row stands in the middle, afterwards the view moves no more than needed.
                let is_opening = was_there != Some(true);
                let _ = request_animation_frame(move || reveal(scroller, position, is_opening));
            }
            is_there
        });
        let resized = window_event_listener(leptos::ev::resize, move |_| {
            if let Some(element) = scroller.get_untracked() {
                height.set(browser::size_of(&element).1);
            }
        });
        on_cleanup(move || resized.remove());
        browser::on_printing(move |is_printing| {
            if is_printing {
                scroll_top.set(0.0);
                height.set(PRINTED * ROW_HEIGHT);
            } else {
                on_scroll(scroller, scroll_top, height);
            }
        });
    }

    fn reveal(scroller: NodeRef<Div>, position: usize, is_opening: bool) {
        // Before the frame came another trace may have taken the page.
        let Some(element) = scroller.try_get_untracked().flatten() else {
            return;
        };
        let (_, height) = browser::size_of(&element);
        let top = f64::from(element.scroll_top());
        if let Some(target) = geometry::scroll_to(position, top, height) {
            let middle = position as f64 * ROW_HEIGHT - height / 2.0;
            let target = if is_opening { middle.max(0.0) } else { target };
            element.set_scroll_top(target.round() as i32);
        }
    }

    pub fn on_scroll(scroller: NodeRef<Div>, scroll_top: RwSignal<f64>, height: RwSignal<f64>) {
        let Some(element) = scroller.get_untracked() else {
            return;
        };
        scroll_top.set(f64::from(element.scroll_top()));
        height.set(browser::size_of(&element).1);
    }

    /// The row of the table under a pointer event, and whether the event is on its fold mark.
    fn row_under(event: &Event) -> Option<(u32, bool)> {
        let target = event.target()?.dyn_into::<Element>().ok()?;
        let row = target.closest("[data-row]").ok()??;
        let is_fold = target
            .closest(".timeline-row__fold[data-fold]")
            .ok()?
            .is_some();
        Some((row.get_attribute("data-row")?.parse().ok()?, is_fold))
    }

    pub fn on_click(event: &leptos::ev::MouseEvent, tree: TreeState) {
        // With a modifier the row's link opens in a tab of its own.
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
            return;
        }
        let Some((row, is_fold)) = row_under(event) else {
            return;
        };
        event.prevent_default();
        if is_fold || tree.is_folded_loop(row) {
            tree.toggle(row);
        } else {
            tree.go_to_row(row);
        }
    }

    pub fn on_double_click(event: &leptos::ev::MouseEvent, tree: TreeState) {
        if let Some((row, false)) = row_under(event) {
            tree.zoom_to(row);
        }
    }

    pub fn on_key(
        event: &leptos::ev::KeyboardEvent,
        tree: TreeState,
        scroller: NodeRef<Div>,
        detail: &str,
    ) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let height = scroller
            .get_untracked()
            .map_or(0.0, |element| browser::size_of(&element).1);
        let page = ((height / ROW_HEIGHT) as usize).max(2) - 1;
        if !tree.is_choosing.get_untracked() && run(&event.key(), tree, page, detail) {
            event.prevent_default();
        }
    }

    /// Does what a key does on the timeline; false if it does nothing. `page` is how many rows fit on the screen.
    pub fn run(key: &str, tree: TreeState, page: usize, detail: &str) -> bool {
        let Some(table) = tree.table.get_untracked().filter(|table| !table.is_empty()) else {
            return false;
        };
        let row = tree.marked_row().unwrap_or(0);
        if key == "ArrowRight" && tree.is_folded_loop(row) {
            tree.toggle(row);
            return true;
        }
        let found = tree.rows.with_untracked(|rows| {
            tree.folded
                .with_untracked(|folded| act(key, row, &table, rows, folded, page))
        });
        let Some(found) = found else { return false };
        match found {
            Act::Go(row) => tree.go_to_row(row),
            Act::Toggle(row) => tree.toggle(row),
            Act::UnfoldBelow(row) => tree.folded.update(|folded| {
                for inner in row..table.subtree_end(row) {
                    folded.remove(inner);
                }
            }),
            Act::Zoom(factor) => tree.zoom(factor, 0.5),
            Act::Pan(share) => tree.pan(share),
            Act::ZoomOut => tree.zoom_out(),
            Act::ZoomTo(row) => tree.zoom_to(row),
            Act::Open => return browser::focus_quietly(detail),
            Act::Focus(row) => {
                let is_root = tree.root.get_untracked() == Some(row);
                tree.focus((!is_root && row != 0).then_some(row));
            }
            Act::Gaps => tree.fold_gaps(!tree.is_folding_gaps.get_untracked()),
            Act::Path => tree.is_path_shown.update(|is_shown| *is_shown = !*is_shown),
        }
        true
    }

    /// With Ctrl the wheel zooms at the pointer; sideways it moves the window of time.
    pub fn on_wheel(event: &leptos::ev::WheelEvent, tree: TreeState) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let track = target.and_then(|target| {
            let row = target.closest(".timeline-row").ok()??;
            row.query_selector(".timeline-row__track").ok()?
        });
        let Some(track) = track else { return };
        let rect = track.get_bounding_client_rect();
        if event.ctrl_key() || event.meta_key() {
            event.prevent_default();
            let share = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
            tree.zoom((event.delta_y() * 0.0025).exp(), share.clamp(0.0, 1.0));
        } else if event.delta_x().abs() > event.delta_y().abs() || event.shift_key() {
            let pixels = if event.shift_key() {
                event.delta_y()
            } else {
                event.delta_x()
            };
            event.prevent_default();
            tree.pan(pixels / rect.width().max(1.0));
        }
    }
}

#[cfg(not(feature = "hydrate"))]
mod server_half {
    //! Nothing happens on the server; the same names keep the component free of conditions.

    use leptos::html::Div;
    use leptos::prelude::*;

    use super::super::tree_state::TreeState;

    pub fn watch(_: TreeState, _: NodeRef<Div>, _: RwSignal<f64>, _: RwSignal<f64>) {}
    pub fn on_scroll(_: NodeRef<Div>, _: RwSignal<f64>, _: RwSignal<f64>) {}
    pub fn on_click(_: &leptos::ev::MouseEvent, _: TreeState) {}
    pub fn on_double_click(_: &leptos::ev::MouseEvent, _: TreeState) {}
    pub fn on_key(_: &leptos::ev::KeyboardEvent, _: TreeState, _: NodeRef<Div>, _: &str) {}
    pub fn on_wheel(_: &leptos::ev::WheelEvent, _: TreeState) {}
}
