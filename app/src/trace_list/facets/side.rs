//! Where facets stand: at the side of the rows where there is room, else in a drawer. Whether they stand at the side is remembered.

use leptos::html::Dialog;
use leptos::prelude::*;

use super::Facets;
use crate::trace_list::beside::Beside;
use crate::widgets::icon::{Icon, IconName};

/// From so many pixels on there is room at the side, and from so many on it is used without being asked for.
#[cfg(feature = "hydrate")]
const SIDE: f64 = 1200.0;
#[cfg(feature = "hydrate")]
const WIDE: f64 = 1600.0;
#[cfg(feature = "hydrate")]
const COOKIE: &str = "spanfall_facets";

/// Whether facets are shown, and where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shown {
    /// Not decided yet.
    #[default]
    Unknown,
    /// No.
    Nowhere,
    /// At the side.
    Side,
    /// In the drawer.
    Drawer,
}

/// Decides whether they stand at the side, if that is not decided.
pub fn decide(shown: RwSignal<Shown>) {
    #[cfg(feature = "hydrate")]
    if shown.get_untracked() == Shown::Unknown {
        use crate::browser::list_tools::{cookie, window_width};
        let width = window_width();
        let is_side = match cookie(COOKIE).as_deref() {
            Some("open") => width >= SIDE,
            Some("closed") => false,
            _ => width >= WIDE,
        };
        shown.set(if is_side { Shown::Side } else { Shown::Nowhere });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = shown;
}

/// Shows them or puts them away.
pub fn toggle(shown: RwSignal<Shown>) {
    #[cfg(feature = "hydrate")]
    {
        use crate::browser::list_tools::{set_cookie, window_width};
        let next = match shown.get_untracked() {
            Shown::Side | Shown::Drawer => Shown::Nowhere,
            _ if window_width() >= SIDE => Shown::Side,
            _ => Shown::Drawer,
        };
        if window_width() >= SIDE {
            set_cookie(
                COOKIE,
                if next == Shown::Side {
                    "open"
                } else {
                    "closed"
                },
            );
        }
        shown.set(next);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = shown;
}

/// The side or the drawer, whichever is shown.
#[component]
pub fn FacetSide() -> impl IntoView {
    let shown = Beside::here().shown;
    decide(shown);
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
            <button type="button" class="icon-button" title="Put facets away (f)" aria-label="Put facets away"
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
