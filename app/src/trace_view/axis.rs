//! The time axis over the bars.

use domain::time::human_duration;
use leptos::prelude::*;

use super::geometry::{TICK_GAP, UNITS, bar};
use super::minimap::DragArea;
use super::tree_state::TreeState;

/// From this share of the axis on its labels have no room on a phone.
const LATE: f64 = 0.8;
/// The room that a break's own words take before and after it, in units.
const BREAK: (f64, f64) = (60.0, 110.0);

/// Whether a mark stands clear of all breaks.
fn is_clear(x: f64, breaks: &[(f64, f64)]) -> bool {
    let is_near = |(left, right): &(f64, f64)| x > left - BREAK.0 && x < right + BREAK.1;
    !breaks.iter().any(is_near)
}

/// Round moments of the window, counted from the start of the trace. Dragging over it zooms.
#[component]
pub fn Axis(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let marks = move || {
        let (axis, view) = (tree.axis.get(), tree.view.get());
        let breaks: Vec<(f64, f64)> = axis
            .all()
            .iter()
            .filter_map(|gap| bar(&view, gap.at, gap.mark))
            .map(|bar| (bar.left * UNITS, (bar.left + bar.width) * UNITS))
            .collect();
        axis.ticks(&view, TICK_GAP)
            .into_iter()
            // A label at the right edge would be cut.
            .filter(|tick| tick.x <= UNITS * 0.96 && is_clear(tick.x, &breaks))
            .map(|tick| {
                let left = format!("--left:{:.4}", tick.x / UNITS);
                let late = (tick.x > UNITS * LATE).then_some("true");
                view! { <span class="timeline__tick" data-late=late style=left>{tick.label}</span> }
            })
            .collect_view()
    };
    let breaks = move || {
        let (axis, view) = (tree.axis.get(), tree.view.get());
        let breaks = axis.all().iter().filter_map(|gap| {
            let bar = bar(&view, gap.at, gap.mark)?;
            let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
            let took = human_duration(gap.to - gap.from);
            let title = format!("{took} without any span");
            Some(view! {
                <span class="timeline__break" style=geometry title=title>
                    <span class="timeline__gap" data-late=(bar.left > LATE).then_some("true")>{format!("⋯ {took}")}</span>
                </span>
            })
        });
        breaks.collect_view()
    };
    let choose = Callback::new(move |(a, b)| tree.zoom_between(a, b));
    view! { <DragArea class="timeline__axis" title="Drag to zoom" choose=choose>{marks} {breaks}</DragArea> }
}

#[cfg(test)]
mod tests {
    use super::is_clear;

    #[test]
    fn marks_make_room_for_the_words_of_a_break() {
        let breaks = [(500.0, 520.0)];
        assert!(is_clear(400.0, &breaks) && is_clear(650.0, &breaks));
        assert!(!is_clear(450.0, &breaks) && !is_clear(600.0, &breaks));
    }
}
