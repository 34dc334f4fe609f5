//! The time axis over the bars.

use domain::timeline::ticks;
use leptos::prelude::*;

use super::geometry::{TICK_GAP, UNITS};
use super::minimap::DragArea;
use super::tree_state::TreeState;

/// Round moments of the window, counted from the start of the trace. Dragging over it zooms.
#[component]
pub fn Axis(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let marks = move || {
        ticks(&tree.view.get(), TICK_GAP)
            .into_iter()
            // A label at the right edge would be cut.
            .filter(|tick| tick.x <= UNITS * 0.96)
            .map(|tick| {
                let left = format!("--left:{:.4}", tick.x / UNITS);
                view! { <span class="timeline__tick" style=left>{tick.label}</span> }
            })
            .collect_view()
    };
    let choose = Callback::new(move |(a, b)| tree.zoom_between(a, b));
    view! { <DragArea class="timeline__axis" title="Drag to zoom" choose=choose>{marks}</DragArea> }
}
