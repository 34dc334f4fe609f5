//! The time axis over the bars.

use domain::time::human_duration;
use leptos::prelude::*;

use super::geometry::{TICK_GAP, UNITS, bar};
use super::minimap::DragArea;
use super::tree_state::TreeState;

/// Round moments of the window, counted from the start of the trace. Dragging over it zooms.
#[component]
pub fn Axis(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let marks = move || {
        let ticks = tree
            .axis
            .with(|axis| axis.ticks(&tree.view.get(), TICK_GAP));
        ticks
            .into_iter()
            // A label at the right edge would be cut.
            .filter(|tick| tick.x <= UNITS * 0.96)
            .map(|tick| {
                let left = format!("--left:{:.4}", tick.x / UNITS);
                view! { <span class="timeline__tick" style=left>{tick.label}</span> }
            })
            .collect_view()
    };
    let breaks = move || {
        let (axis, view) = (tree.axis.get(), tree.view.get());
        let breaks = axis.all().iter().filter_map(|gap| {
            let bar = bar(&view, gap.at, gap.mark)?;
            let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
            let title = format!("{} without any span", human_duration(gap.to - gap.from));
            Some(view! { <span class="timeline__break" style=geometry title=title></span> })
        });
        breaks.collect_view()
    };
    let choose = Callback::new(move |(a, b)| tree.zoom_between(a, b));
    view! { <DragArea class="timeline__axis" title="Drag to zoom" choose=choose>{marks} {breaks}</DragArea> }
}
