//! The whole trace at a glance above the axis: how much ran when, where it failed, and which part of it shows.
//!
//! Dragging over it zooms, as does dragging over the axis; keys and buttons do the same, so neither is told to screen readers.

use std::fmt::Write as _;

use domain::timeline::minimap;
use leptos::prelude::*;

use super::geometry;
use super::tree_state::TreeState;

/// Slices of time.
const SLICES: usize = 160;
/// The height of the picture in its own units.
const HEIGHT: f64 = 20.0;

/// The map.
#[component]
pub fn Minimap(
    /// The shared state of the trace's panels.
    tree: TreeState,
) -> impl IntoView {
    let picture = Memo::new(move |_| {
        tree.table.with(|table| {
            let table = table.as_ref()?;
            let slices = minimap(table, SLICES);
            let most = slices
                .iter()
                .map(|slice| slice.running)
                .max()
                .unwrap_or(1)
                .max(1);
            let heights = slices
                .iter()
                .map(|slice| f64::from(slice.running) / f64::from(most));
            let errors = slices
                .iter()
                .enumerate()
                .filter(|(_, slice)| slice.errors > 0);
            let marks = errors.fold(String::new(), |mut path, (at, _)| {
                let _ = write!(path, "M{} 0h1v{HEIGHT}h-1z", at);
                path
            });
            Some((outline(heights), marks))
        })
    });
    let drawn = move || {
        picture.get().map(|(area, errors)| {
            let size = format!("0 0 {SLICES} {HEIGHT}");
            view! {
                <svg class="minimap__picture" viewBox=size preserveAspectRatio="none">
                    <path class="minimap__area" d=area></path>
                    <path class="minimap__errors" d=errors></path>
                </svg>
            }
        })
    };
    let window = move || {
        tree.view.track();
        tree.axis.track();
        // The map itself folds nothing.
        let extent = tree.extent.get().max(1) as f64;
        let (from, to) = tree.seen();
        let (from, to) = (from as f64 / extent, to as f64 / extent);
        let is_whole = from <= 0.0 && to >= 1.0;
        let place = format!(
            "--left:{from:.5};--width:{:.5}",
            (to - from).clamp(0.0, 1.0)
        );
        (!is_whole).then(|| view! { <span class="minimap__window" style=place></span> })
    };
    let choose = Callback::new(move |(a, b): (f64, f64)| {
        let whole = geometry::whole(tree.extent.get_untracked());
        let time = |share: f64| whole.time_at(share.clamp(0.0, 1.0) * geometry::UNITS);
        tree.show(time(a.min(b)), time(a.max(b)));
    });
    view! {
        <DragArea class="minimap" title="Drag to zoom" choose=choose>
            {drawn}
            {window}
        </DragArea>
    }
    .into_any()
}

/// An area over which a pointer drags to choose a stretch of time, as shares of its width.
#[component]
pub fn DragArea(
    /// The class of the element.
    class: &'static str,
    /// What dragging does.
    title: &'static str,
    /// Takes where the drag began and ended.
    choose: Callback<(f64, f64)>,
    /// What the area shows.
    children: Children,
) -> impl IntoView {
    /// A shorter drag is a press that slipped.
    const LEAST: f64 = 0.004;
    let drag = RwSignal::new(None::<(f64, f64)>);
    let down = move |event: leptos::ev::PointerEvent| {
        if event.button() == 0
            && let Some(share) = share_of(&event, true)
        {
            event.prevent_default();
            drag.set(Some((share, share)));
        }
    };
    let moved = move |event: leptos::ev::PointerEvent| {
        if drag.with_untracked(Option::is_some)
            && let Some(share) = share_of(&event, false)
        {
            drag.update(|drag| *drag = drag.map(|(from, _)| (from, share)));
        }
    };
    let up = move |_: leptos::ev::PointerEvent| {
        let Some((from, to)) = drag.get_untracked() else {
            return;
        };
        drag.set(None);
        if (to - from).abs() > LEAST {
            choose.run((from, to));
        }
    };
    let chosen = move || {
        let (from, to) = drag.get()?;
        let place = format!(
            "--left:{:.5};--width:{:.5}",
            from.min(to),
            (to - from).abs()
        );
        Some(view! { <span class="minimap__drag" style=place></span> })
    };
    view! {
        <div
            class=class
            title=title
            aria-hidden="true"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=move |_| drag.set(None)
        >
            {children()}
            {chosen}
        </div>
    }
    .into_any()
}

/// Where a pointer is within the element that listens, 0 at its left edge and 1 at its right.
fn share_of(event: &leptos::ev::PointerEvent, is_start: bool) -> Option<f64> {
    #[cfg(feature = "hydrate")]
    return crate::browser::drag::share_of(event, is_start);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (event, is_start);
        None
    }
}

/// The outline of columns of these heights, 0 to 1.
fn outline(heights: impl Iterator<Item = f64>) -> String {
    let mut path = format!("M0 {HEIGHT}");
    for height in heights {
        let _ = write!(path, "V{:.1}h1", HEIGHT - height * (HEIGHT - 2.0));
    }
    let _ = write!(path, "V{HEIGHT}H0z");
    path
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn columns_stand_on_the_ground() {
        assert_eq!(outline([1.0, 0.5].into_iter()), "M0 20V2.0h1V11.0h1V20H0z");
    }
}
