//! The button and the keys that open the palette, and the dialog it stands in.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::address::at;
use crate::chunks::palette_view;
use crate::palette::{Here, Overlay};
use crate::widgets::icon::{Icon, IconName};

/// The button in the bar. Without script it leads to the page that searches.
#[component]
pub fn PaletteHost(
    /// Where the reader is.
    here: Here,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let is_open = RwSignal::new(false);
    let close = Callback::new(move |()| {
        is_open.set(false);
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    // A drawing of the page that was given up listens as well, but has no dialog to open.
    let open = move || {
        #[cfg(feature = "hydrate")]
        {
            let dialog = dialog.get_untracked().filter(|dialog| !dialog.open());
            let is_shown = dialog.is_some_and(|dialog| dialog.show_modal().is_ok());
            if is_shown {
                is_open.set(true);
            }
            is_shown
        }
        #[cfg(not(feature = "hydrate"))]
        false
    };
    #[cfg(feature = "hydrate")]
    {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            let is_chord = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            let is_ours = is_chord && event.key().eq_ignore_ascii_case("k");
            if is_ours && !event.default_prevented() && open() {
                event.prevent_default();
            }
        });
        on_cleanup(move || listener.remove());
    }
    let press = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        open();
    };
    let content = move || {
        is_open
            .get()
            .then(|| palette_view(Overlay::Palette(here.clone()), close))
    };
    view! {
        <a class="frame__search" href=at("/find") rel="external" aria-label="Search or jump" title="Search or jump (Ctrl K)" on:click=press>
            <Icon name=IconName::Search/>
            <span class="frame__search-text">"Search or jump"</span>
            <kbd class="frame__search-key">"Ctrl K"</kbd>
        </a>
        <dialog node_ref=dialog class="palette" aria-label="Search or jump" on:close=move |_| is_open.set(false)>
            {content}
        </dialog>
    }
    .into_any()
}
