//! The aligned steps. A long list has only the rows in view in the document; a short one, and the first rows of any for readers
//! without script, are all there.

use std::sync::Arc;

use leptos::html::Div;
use leptos::prelude::*;

use super::address::{CompareState, LETTERS};
use super::row::{RowsShared, compare_row};
use crate::keymap::hint;
use crate::model::{ComparedRow, Comparison};
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};

/// Rows drawn beyond the view at either end, and how far the view moves before others are drawn.
const MARGIN: usize = 16;

/// Where the reader is in the list.
#[derive(Clone, Copy)]
pub struct StepList {
    /// The rows that are there.
    pub rows: RwSignal<Arc<Vec<ComparedRow>>>,
    /// How many rows there will be.
    pub total: usize,
    /// The row to look at first.
    pub divergence: Option<usize>,
    /// The opened step.
    pub step: Signal<String>,
    /// Opens a step.
    pub go: Callback<String>,
    /// The element that scrolls.
    scroller: NodeRef<Div>,
    /// How far it has scrolled, and how much of it shows.
    view: RwSignal<(f64, f64)>,
    /// The height of a row, measured.
    row_height: RwSignal<f64>,
    /// Why the other rows did not come.
    failure: RwSignal<Option<String>>,
}

impl StepList {
    /// The list of a comparison.
    pub fn new(comparison: &Comparison, step: Signal<String>, go: Callback<String>) -> Self {
        Self {
            rows: RwSignal::new(Arc::new(comparison.rows.clone())),
            total: comparison.total as usize,
            divergence: comparison.divergence.map(|row| row as usize),
            step,
            go,
            scroller: NodeRef::new(),
            view: RwSignal::new((0.0, 800.0)),
            row_height: RwSignal::new(34.0),
            failure: RwSignal::new(None),
        }
    }

    /// The place of the opened step; of the first divergence, if none is opened.
    pub fn place(&self) -> Option<usize> {
        let step = self.step.get();
        if step.is_empty() {
            return self.divergence;
        }
        self.rows
            .with(|rows| rows.iter().position(|row| row.step() == step))
    }

    /// Opens the row at a place.
    #[cfg(feature = "hydrate")]
    pub fn open(&self, place: usize) {
        let step = self
            .rows
            .with_untracked(|rows| rows.get(place).map(ComparedRow::step));
        if let Some(step) = step {
            self.go.run(step);
        }
    }

    /// Goes on by so many rows.
    #[cfg(feature = "hydrate")]
    pub fn walk(&self, by: i64) {
        let here = untrack(|| self.place()).unwrap_or(0) as i64;
        let last = self.rows.with_untracked(|rows| rows.len() as i64 - 1);
        self.open(usize::try_from((here + by).clamp(0, last.max(0))).unwrap_or(0));
    }

    /// Goes to the next row that differs, or to the one before.
    pub fn walk_differences(&self, is_forward: bool) {
        use domain::diff::Mark;
        let here = untrack(|| self.place());
        let found = self.rows.with_untracked(|rows| {
            let differs = |at: &usize| rows[*at].mark() != Mark::Same;
            match is_forward {
                true => (here.map_or(0, |here| here + 1)..rows.len()).find(differs),
                false => (0..here.unwrap_or(0).min(rows.len())).rev().find(differs),
            }
        });
        let step = found.and_then(|at| {
            self.rows
                .with_untracked(|rows| rows.get(at).map(ComparedRow::step))
        });
        if let Some(step) = step {
            self.go.run(step);
        }
    }
}

/// The list with its head.
#[component]
pub fn AlignedSteps(
    /// Where the reader is.
    list: StepList,
    /// The comparison.
    comparison: Comparison,
    /// Its address.
    state: CompareState,
) -> impl IntoView {
    let is_alive = use_context::<crate::widgets::time::IsAlive>();
    let step = Signal::derive(move || {
        let step = list.step.get();
        if !step.is_empty() {
            return step;
        }
        let place = list.divergence.unwrap_or(0);
        list.rows
            .with(|rows| rows.get(place).map(ComparedRow::step).unwrap_or_default())
    });
    let stored = StoredValue::new(state.clone());
    let shared = RowsShared {
        extent: comparison.extent,
        step,
        go: list.go,
        href: Callback::new(move |step: String| stored.with_value(|state| state.at(&step).href())),
        is_alive: Signal::derive(move || is_alive.is_some_and(|alive| alive.0.get())),
    };
    if comparison.total as usize > comparison.rows.len() {
        fetch_rest(list, &state);
    }
    watch(list);
    let count = comparison.traces.len();
    let columns = (0..count).map(|at| {
        view! { <span role="columnheader">{LETTERS[at].to_uppercase()}</span> }
    });
    let columns = columns.collect_view();
    let summary = summary(&comparison);
    let is_brief = state.is_brief;
    let brief = CompareState {
        is_brief: !is_brief,
        ..state.clone()
    };
    let active = move || list.place().map(|place| format!("step-{place}"));
    let more = move || {
        let missing = list.total.saturating_sub(list.rows.with(|rows| rows.len()));
        (missing > 0).then(|| view! { <p class="quiet compare-more">{format!("and {} more steps", number::grouped(missing as u64))}</p> })
    };
    view! {
        <section class="compare-steps" aria-label="Aligned steps">
            <div class="compare-steps__bar">
                <span class="compare-steps__summary" role="status">{summary}</span>
                <span class="compare-steps__tools">
                    <a class="button" data-size="small" href=brief.href() aria-current=is_brief.then_some("true")>
                        "Only differences"
                    </a>
                    {tool(hint("Previous difference", "N"), "up", move || list.walk_differences(false))}
                    {tool(hint("Next difference", "n"), "down", move || list.walk_differences(true))}
                </span>
            </div>
            {move || list.failure.get().map(|text| view! { <p class="compare-steps__failure" role="alert">{text}</p> })}
            <div
                class="compare-grid"
                node_ref=list.scroller
                role="treegrid"
                aria-label="Steps. Arrow keys move, n goes to the next difference."
                aria-rowcount=comparison.total + 1
                aria-activedescendant=active
                tabindex="0"
                data-traces=count.to_string()
                on:scroll=move |_| measure(list)
            >
                <div class="compare-grid__head" role="row" aria-rowindex="1">
                    <span role="columnheader">"Mark"</span>
                    <span role="columnheader">"Step"</span>
                    {columns}
                </div>
                {rows_view(list, shared)}
            </div>
            {more}
        </section>
    }
    .into_any()
}

fn summary(comparison: &Comparison) -> String {
    let count = |count: u32| number::counted(u64::from(count), "difference", "differences");
    match comparison.differences {
        0 => "All steps are the same".to_owned(),
        differences => format!("{} in the steps", count(differences)),
    }
}

fn tool(label: String, way: &'static str, act: impl Fn() + 'static) -> AnyView {
    view! {
        <button
            type="button"
            class="icon-button needs-script"
            data-way=way
            title=label.clone()
            aria-label=label
            on:click=move |_| act()
        >
            <Icon name=IconName::Chevron/>
        </button>
    }
    .into_any()
}

fn rows_view(list: StepList, shared: RowsShared) -> AnyView {
    let is_long = list.total > Comparison::ROWS;
    let is_virtual = Memo::new(move |_| is_long && list.rows.with(|rows| rows.len() == list.total));
    let range = Memo::new(move |_| {
        let count = list.rows.with(|rows| rows.len());
        if !is_virtual.get() {
            return (0, count);
        }
        let (top, height) = list.view.get();
        let row = list.row_height.get().max(1.0);
        let first = (top / row) as usize / MARGIN * MARGIN;
        let shown = (height / row) as usize + 3 * MARGIN;
        (
            first.saturating_sub(MARGIN).min(count),
            (first + shown).min(count),
        )
    });
    let space = move |from: usize, to: usize| {
        format!(
            "{:.0}px",
            (to.saturating_sub(from)) as f64 * list.row_height.get()
        )
    };
    let before = move || match is_virtual.get() {
        true => space(0, range.get().0),
        false => "0px".to_owned(),
    };
    let after = move || match is_virtual.get() {
        true => space(range.get().1, list.total),
        false => "0px".to_owned(),
    };
    let keys = move || {
        let (from, to) = range.get();
        // All rows are drawn anew once they are complete.
        let is_complete = is_virtual.get();
        (from..to).map(|at| (at, is_complete)).collect::<Vec<_>>()
    };
    view! {
        <div class="compare-grid__rows" role="rowgroup">
            <div class="compare-grid__space" role="presentation" style=("--space", before)></div>
            <For
                each=keys
                key=|key| *key
                children=move |(at, _)| {
                    let row = list.rows.with_untracked(|rows| rows.get(at).cloned());
                    match row {
                        Some(row) => compare_row(&row, at, shared),
                        None => ().into_any(),
                    }
                }
            />
            <div class="compare-grid__space" role="presentation" style=("--space", after)></div>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn fetch_rest(list: StepList, state: &CompareState) {
    use crate::browser::{self, Answer};
    use crate::reads::compare::CompareRead;
    let read = CompareRead::Traces {
        state: state.clone(),
        is_whole: true,
    };
    let address = crate::address::at(&read.address());
    Effect::new(move |_| {
        let address = address.clone();
        leptos::task::spawn_local(async move {
            let rows = match browser::fetch_text(address).await {
                Ok(Answer::Done(text)) => serde_json::from_str::<Comparison>(&text)
                    .map_err(|_| "The server's answer was not understood.".to_owned()),
                Ok(_) => Err("The other steps could not be loaded.".to_owned()),
                Err(text) => Err(text),
            };
            match rows {
                Ok(whole) => drop(list.rows.try_set(Arc::new(whole.rows))),
                Err(text) => drop(list.failure.try_set(Some(text))),
            }
        });
    });
}

#[cfg(not(feature = "hydrate"))]
fn fetch_rest(_: StepList, _: &CompareState) {}

/// Learns how far the list has scrolled and how tall its rows are.
#[cfg(feature = "hydrate")]
fn measure(list: StepList) {
    let Some(element) = list.scroller.get_untracked() else {
        return;
    };
    let (_, height) = crate::browser::size_of(&element);
    list.view.set((f64::from(element.scroll_top()), height));
    if let Ok(Some(row)) = element.query_selector(".compare-row") {
        let (_, height) = crate::browser::size_of(&row);
        if height > 0.0 && (height - list.row_height.get_untracked()).abs() > 0.5 {
            list.row_height.set(height);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
fn measure(_: StepList) {}

/// Keeps the opened step in view.
#[cfg(feature = "hydrate")]
fn watch(list: StepList) {
    Effect::new(move |was: Option<bool>| {
        list.rows.track();
        let place = list.place();
        if list.scroller.get().is_some() {
            let is_opening = was.is_none();
            let _ = request_animation_frame(move || {
                measure(list);
                if let Some(place) = place {
                    reveal(list, place, is_opening);
                }
            });
        }
        true
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure(list));
    on_cleanup(move || resized.remove());
}

#[cfg(not(feature = "hydrate"))]
fn watch(_: StepList) {}

#[cfg(feature = "hydrate")]
fn reveal(list: StepList, place: usize, is_opening: bool) {
    let Some(element) = list.scroller.get_untracked() else {
        return;
    };
    let row = list.row_height.get_untracked();
    let (_, height) = crate::browser::size_of(&element);
    let top = f64::from(element.scroll_top());
    let at = place as f64 * row;
    // The head of the list stays on top of it.
    let room = (height - 2.0 * row).max(row);
    let target = if is_opening && at > room {
        at - height / 3.0
    } else if at < top {
        at
    } else if at > top + room {
        at - room
    } else {
        return;
    };
    element.set_scroll_top(target.max(0.0).round() as i32);
}
