//! The way from a trace to its comparison with another one: a dialog that offers some, and without script a page that does.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::chunks::{Screen, screen_view};
use crate::compare::address::CompareState;
use crate::compare::choose::ToCompare;
use crate::widgets::time::IsAlive;

/// The link that opens the choice of what to compare a trace with, and the dialog of the choice. The dialog must not stand in what
/// can be folded: it would go with it.
pub fn compare_with(trace_id: String) -> (AnyView, AnyView) {
    let state = CompareState {
        traces: vec![trace_id.clone()],
        ..CompareState::default()
    };
    provide_context(ToCompare(trace_id));
    let dialog = NodeRef::<Dialog>::new();
    let is_open = RwSignal::new(false);
    let is_alive = use_context::<IsAlive>();
    let kind = move || {
        let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
        is_alive.then_some("dialog")
    };
    let press = move |event: leptos::ev::MouseEvent| {
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        is_open.set(true);
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let content = move || is_open.get().then(|| screen_view(Screen::CompareChoice));
    let link = view! { <a class="acts__item" href=state.href() aria-haspopup=kind on:click=press>"Compare with…"</a> };
    let dialog = view! {
        <dialog
            node_ref=dialog
            class="dialog compare-with"
            aria-label="Compare with"
            on:close=move |_| is_open.set(false)
            on:keydown=walk
        >
            <form method="dialog" class="dialog__head">
                <h2>"Compare with…"</h2>
                <button class="button">"Close"</button>
            </form>
            {content}
        </dialog>
    };
    (link.into_any(), dialog.into_any())
}

/// Arrows go from one way to compare to the next.
fn walk(event: leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            // It closes the dialog, not the menu that led to it.
            "Escape" => {
                event.stop_propagation();
                return;
            }
            _ => return,
        };
        let dialog = event.current_target();
        let dialog = dialog.and_then(|dialog| dialog.dyn_into::<web_sys::Element>().ok());
        if let Some(dialog) = dialog {
            event.prevent_default();
            crate::browser::focus_sibling(&dialog, "a[href], input[name=b]", step);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}
