//! Where facets stand: at the side of the rows where there is room, else in a drawer. Whether they stand at the side is remembered.

use leptos::prelude::*;

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

/// `f` shows the facets or puts them away. Where the window becomes too narrow for them at the side, they are put away, too, and
/// come back with the room.
pub fn listen(shown: RwSignal<Shown>) {
    #[cfg(feature = "hydrate")]
    {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if event.key() == "f" && crate::browser::is_for_page(&event) {
                event.prevent_default();
                toggle(shown);
            }
        });
        on_cleanup(move || listener.remove());
        let listener = window_event_listener(leptos::ev::resize, move |_| {
            use crate::browser::list_tools::{cookie, window_width};
            let has_room = window_width() >= SIDE;
            match shown.get_untracked() {
                Shown::Side if !has_room => shown.set(Shown::Nowhere),
                Shown::Nowhere if has_room && cookie(COOKIE).as_deref() == Some("open") => {
                    shown.set(Shown::Side);
                }
                _ => {}
            }
        });
        on_cleanup(move || listener.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = shown;
}
