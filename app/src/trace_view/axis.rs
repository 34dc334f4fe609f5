//! The time axis over the bars.

use domain::timeline::{Viewport, ticks};
use leptos::prelude::*;

use super::geometry::{TICK_GAP, UNITS};

/// Round moments of the window, counted from the start of the trace.
#[component]
pub fn Axis(
    /// The window.
    view: Signal<Viewport>,
) -> impl IntoView {
    let marks = move || {
        ticks(&view.get(), TICK_GAP)
            .into_iter()
            // A label at the right edge would be cut.
            .filter(|tick| tick.x <= UNITS * 0.96)
            .map(|tick| {
                let left = format!("--left:{:.4}", tick.x / UNITS);
                view! { <span class="timeline__tick" style=left>{tick.label}</span> }
            })
            .collect_view()
    };
    view! { <div class="timeline__axis" aria-hidden="true">{marks}</div> }
}
