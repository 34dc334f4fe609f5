//! A brush over a histogram: chooses columns side by side by dragging, by a press on one, or by keys.

use std::sync::Arc;

use leptos::prelude::*;

use crate::charts::{Axis, zone};

/// What a brush chooses from, and what it does with the choice.
#[derive(Clone)]
pub struct Part {
    /// The histogram's name.
    pub name: &'static str,
    /// What runs along the bottom.
    pub axis: Axis,
    /// Where columns begin and end, ascending.
    pub edges: Vec<i64>,
    /// The figures between two edges.
    pub figures: Arc<dyn Fn(i64, i64) -> String + Send + Sync>,
    /// Narrows the list to what is between two edges.
    pub apply: Arc<dyn Fn(i64, i64) + Send + Sync>,
}

/// Columns side by side: the first, and the one after the last.
type Chosen = (usize, usize);

/// What a key does to a choice among `count` columns.
#[derive(Debug, PartialEq, Eq)]
enum Act {
    Choose(Chosen),
    Apply,
    Leave,
}

fn act(key: &str, is_wide: bool, chosen: Option<Chosen>, count: usize) -> Option<Act> {
    if count == 0 {
        return None;
    }
    let last = (count - 1, count);
    Some(match (key, chosen) {
        ("ArrowRight" | "ArrowLeft", None) | ("End", _) => Act::Choose(last),
        ("Home", _) => Act::Choose((0, 1)),
        ("ArrowRight", Some((from, to))) if is_wide => Act::Choose((from, (to + 1).min(count))),
        ("ArrowLeft", Some((from, to))) if is_wide => Act::Choose((from.saturating_sub(1), to)),
        ("ArrowRight", Some((from, to))) if to < count => Act::Choose((from + 1, to + 1)),
        ("ArrowLeft", Some((from, to))) if from > 0 => Act::Choose((from - 1, to - 1)),
        ("ArrowRight" | "ArrowLeft", Some(chosen)) => Act::Choose(chosen),
        ("Enter", Some(_)) => Act::Apply,
        ("Escape", Some(_)) => Act::Leave,
        _ => return None,
    })
}

/// The column at a share of the width.
fn column_at(part: &Part, share: f64) -> Option<usize> {
    let after = part
        .edges
        .partition_point(|edge| part.axis.share(*edge) <= share);
    let count = part.edges.len().checked_sub(1).filter(|count| *count > 0)?;
    Some(after.saturating_sub(1).min(count - 1))
}

/// The brush.
#[component]
pub fn Brush(
    /// What it chooses from.
    part: Part,
    /// What is chosen or pointed at, in words.
    words: RwSignal<String>,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<Chosen>);
    let pressed = StoredValue::new(None::<usize>);
    let count = part.edges.len().saturating_sub(1);
    let ends = {
        let edges = part.edges.clone();
        move |(from, to): Chosen| (edges[from.min(count)], edges[to.min(count)])
    };
    let say = {
        let (part, ends) = (part.clone(), ends.clone());
        move |columns: Chosen| {
            let (from, to) = ends(columns);
            let place = part.axis.words(from, to, zone());
            format!("{place}: {}", (part.figures)(from, to))
        }
    };
    let point = {
        let say = say.clone();
        move |columns: Option<Chosen>| words.set(columns.map_or(String::new(), &say))
    };
    let apply = {
        let (part, ends) = (part.clone(), ends.clone());
        move || {
            if let Some(columns) = chosen.get_untracked() {
                let (from, to) = ends(columns);
                (part.apply)(from, to);
            }
        }
    };
    let keydown = {
        let (apply, point) = (apply.clone(), point.clone());
        move |event: leptos::ev::KeyboardEvent| {
            let is_plain = !(event.ctrl_key() || event.alt_key() || event.meta_key());
            let key = event.key();
            let done = act(&key, event.shift_key(), chosen.get_untracked(), count);
            let Some(done) = done.filter(|_| is_plain) else {
                return;
            };
            event.prevent_default();
            event.stop_propagation();
            match done {
                Act::Choose(columns) => {
                    chosen.set(Some(columns));
                    point(Some(columns));
                }
                Act::Apply => apply(),
                Act::Leave => {
                    chosen.set(None);
                    point(None);
                }
            }
        }
    };
    let under = {
        let part = part.clone();
        move |event: &leptos::ev::PointerEvent| {
            share_of(event).and_then(|share| column_at(&part, share))
        }
    };
    let pointerdown = {
        let under = under.clone();
        move |event: leptos::ev::PointerEvent| {
            if event.button() != 0 {
                return;
            }
            if let Some(column) = under(&event) {
                capture(&event);
                pressed.set_value(Some(column));
                chosen.set(Some((column, column + 1)));
            }
        }
    };
    let pointermove = {
        let point = point.clone();
        move |event: leptos::ev::PointerEvent| {
            let Some(column) = under(&event) else { return };
            let columns = match pressed.get_value() {
                Some(first) => (first.min(column), first.max(column) + 1),
                None => (column, column + 1),
            };
            if pressed.get_value().is_some() {
                chosen.set(Some(columns));
            }
            point(Some(columns));
        }
    };
    let pointerup = move |_: leptos::ev::PointerEvent| {
        let was_pressed = pressed.get_value().is_some();
        pressed.set_value(None);
        if was_pressed {
            apply();
        }
    };
    let leave = {
        let point = point.clone();
        move || {
            pressed.set_value(None);
            point(chosen.get_untracked());
        }
    };
    let cancel = {
        let leave = leave.clone();
        move |_: leptos::ev::PointerEvent| {
            chosen.set(None);
            leave();
        }
    };
    let geometry = {
        let axis = part.axis;
        move || {
            let (from, to) = chosen.get().map_or((0, 0), &ends);
            let (left, right) = (axis.share(from), axis.share(to));
            format!("--from:{left:.4};--width:{:.4}", right - left)
        }
    };
    let now = move || chosen.get().map_or(0, |(from, _)| from).to_string();
    let value = move || chosen.get().map_or("nothing chosen".to_owned(), &say);
    let label = format!(
        "{}. Arrows choose, Shift and arrows widen, Enter narrows the list, Escape leaves.",
        part.name
    );
    view! {
        <div
            class="brush"
            tabindex="0"
            role="slider"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax=count.saturating_sub(1).to_string()
            aria-valuenow=now
            aria-valuetext=value
            on:keydown=keydown
            on:pointerdown=pointerdown
            on:pointermove=pointermove
            on:pointerup=pointerup
            on:pointercancel=cancel
            on:pointerleave=move |_| leave()
        >
            <span class="brush__chosen" style=geometry hidden=move || chosen.get().is_none()></span>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
use crate::browser::list_tools::{capture, pointer_share as share_of};

#[cfg(not(feature = "hydrate"))]
fn share_of(_: &leptos::ev::PointerEvent) -> Option<f64> {
    None
}

#[cfg(not(feature = "hydrate"))]
fn capture(_: &leptos::ev::PointerEvent) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_move_and_shift_widens() {
        let choose = |key, is_wide, chosen| act(key, is_wide, chosen, 4);
        let is = |columns| Some(Act::Choose(columns));
        assert_eq!(choose("ArrowLeft", false, None), is((3, 4)));
        assert_eq!(choose("ArrowLeft", false, Some((3, 4))), is((2, 3)));
        assert_eq!(choose("ArrowRight", false, Some((3, 4))), is((3, 4)));
        assert_eq!(choose("ArrowLeft", true, Some((2, 3))), is((1, 3)));
        assert_eq!(choose("ArrowRight", true, Some((2, 4))), is((2, 4)));
        assert_eq!(choose("Home", false, Some((2, 4))), is((0, 1)));
        assert_eq!(choose("Enter", false, Some((2, 4))), Some(Act::Apply));
        assert_eq!(choose("Escape", false, Some((2, 4))), Some(Act::Leave));
        assert_eq!(choose("Escape", false, None), None);
        assert_eq!(act("ArrowLeft", false, None, 0), None);
    }

    #[test]
    fn a_place_belongs_to_one_column() {
        let part = Part {
            name: "",
            axis: Axis::Time { from: 0, to: 100 },
            edges: vec![0, 50, 100],
            figures: Arc::new(|_, _| String::new()),
            apply: Arc::new(|_, _| {}),
        };
        assert_eq!(column_at(&part, 0.0), Some(0));
        assert_eq!(column_at(&part, 0.49), Some(0));
        assert_eq!(column_at(&part, 0.5), Some(1));
        assert_eq!(column_at(&part, 1.0), Some(1));
    }
}
