//! The row of tools over a list: facets, saved views, things to copy.

use leptos::prelude::*;

use super::beside::Beside;
use super::copy_menu::CopyMenu;
use super::facets::side::{Shown, decide, toggle};
use super::views_menu::ViewsMenu;

/// The tools.
#[component]
pub fn Tools() -> impl IntoView {
    let shown = Beside::here().shown;
    decide(shown);
    listen(shown);
    let is_shown = move || matches!(shown.get(), Shown::Side | Shown::Drawer);
    view! {
        <div class="list-tools__row">
            <button type="button" class="button" data-size="small" title="Facets (f)"
                aria-expanded=move || is_shown().to_string() aria-pressed=move || is_shown().to_string()
                on:click=move |_| toggle(shown)>
                "Facets"
            </button>
            <ViewsMenu/>
            <CopyMenu/>
        </div>
    }
    .into_any()
}

/// `f` shows the facets or puts them away.
fn listen(shown: RwSignal<Shown>) {
    #[cfg(feature = "hydrate")]
    {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            let has_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            let is_free =
                !event.default_prevented() && !has_modifier && !crate::browser::is_typing(&event);
            if is_free && event.key() == "f" {
                event.prevent_default();
                toggle(shown);
            }
        });
        on_cleanup(move || listener.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = shown;
}
