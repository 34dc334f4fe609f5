//! Facets at the side of the rows, or in a drawer.

use leptos::html::Dialog;
use leptos::prelude::*;

use super::Facets;
use super::shown::{Shown, toggle};
use crate::keymap::hint;
use crate::trace_list::beside::Beside;
use crate::widgets::icon::{Icon, IconName};

/// The side or the drawer, whichever is shown.
#[component]
pub fn FacetSide() -> impl IntoView {
    let shown = Beside::here().shown;
    move || {
        match shown.get() {
        Shown::Unknown | Shown::Nowhere => ().into_any(),
        Shown::Side => view! {
            <aside class="facet-side" aria-label="Facets" data-pane="">{head(shown)}<Facets/></aside>
        }
        .into_any(),
        Shown::Drawer => drawer(shown),
    }
    }
}

fn head(shown: RwSignal<Shown>) -> AnyView {
    view! {
        <div class="facet-side__head">
            <h2 class="facet-side__title">"Facets"</h2>
            <button type="button" class="icon-button" title=hint("Put facets away", "f") aria-label="Put facets away"
                on:click=move |_| toggle(shown)>
                <Icon name=IconName::Cross/>
            </button>
        </div>
    }
    .into_any()
}

fn drawer(shown: RwSignal<Shown>) -> AnyView {
    let dialog = NodeRef::<Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog node_ref=dialog class="dialog facet-drawer" aria-label="Facets" on:close=move |_| shown.set(Shown::Nowhere)>
            {head(shown)}
            <Facets/>
        </dialog>
    }
    .into_any()
}
