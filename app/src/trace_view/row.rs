//! One row of the timeline: name on the left, bar on the right. The same for the first rows from the server and for the rows drawn
//! while scrolling.

use domain::span::StatusCode;
use domain::time::human_duration;
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use super::geometry::{LabelPlace, Scene, indent};
use super::ticks::tick_views;
use super::tree_state::TreeState;
use crate::model::SpanLine;
use crate::url_state::query;
use crate::widgets::badge::KindIcon;
use crate::widgets::icon::{Icon, IconName};

/// Deeper rows say their depth as a number.
const DEPTH_IN_WORDS: u32 = 12;

/// How a row is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fold {
    /// Nothing below it.
    Leaf,
    /// What is below shows.
    Open,
    /// What is below is hidden.
    Closed,
    /// The row stands for steps that repeat.
    Loop,
}

/// What a row shows besides its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPlace {
    /// Counted from 0 among the rows that show.
    pub position: usize,
    /// The row of the table, for pointer events; none before the table has arrived.
    pub table_row: Option<u32>,
    /// Element id of the timeline, which prefixes the row's own.
    pub timeline: String,
    /// The address of the page that the row's link opens its span on; empty for the present one.
    pub page: String,
    /// How it is folded.
    pub fold: Fold,
    /// What a folded row holds, e.g. `38 spans · 2 errors`.
    pub holds: String,
    /// The rounds of a loop, each with a bar of its own.
    pub rounds: Vec<Round>,
}

/// One round of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// Nanoseconds since the trace began.
    pub start: i64,
    /// Nanoseconds.
    pub duration: i64,
    /// Whether a step of it failed.
    pub is_error: bool,
}

/// A row.
pub fn timeline_row(line: SpanLine, place: RowPlace, tree: TreeState) -> AnyView {
    let marked = tree.marked;
    let SpanLine {
        id,
        name,
        span_type,
        status,
        depth,
        start,
        duration,
        ..
    } = &line;
    let (start, duration) = (*start, *duration);
    let is_error = *status == StatusCode::Error;
    let label = human_duration(duration);
    let spoken = spoken(&line, &label);
    let shown_name = if name.is_empty() {
        "(no name)".to_owned()
    } else {
        name.clone()
    };
    let href = query(&place.page, &[("span", id)]);
    let is_marked = {
        let id = id.clone();
        Memo::new(move |_| marked.with(|marked| marked.as_ref() == Some(&id)))
    };
    let expanded = match place.fold {
        Fold::Leaf => None,
        Fold::Open => Some("true"),
        Fold::Closed | Fold::Loop => Some("false"),
    };
    let oddities: Vec<&str> = line.oddities().collect();
    let missing = place.table_row.and_then(|row| {
        let id = tree
            .table
            .with_untracked(|table| table.as_ref()?.missing_parent(row))?;
        Some(format!("Its parent {id} never arrived. "))
    });
    // The framework's list of ARIA attributes lacks this one.
    let level = custom_attribute("aria-level", (depth + 1).to_string());
    let row = place.table_row;
    let is_hit = move || {
        let row = row?;
        let hits = tree.hits.get();
        hits.binary_search(&row).ok().map(|_| "true")
    };
    let rounds = place.rounds;
    // What it did by itself stands out from the time in which others worked for it.
    let own = match row.filter(|_| line.below > 0 && place.fold != Fold::Loop) {
        Some(row) => tree.table.with_untracked(|table| {
            table
                .as_ref()
                .map(|table| table.own_stretches(row, STRETCHES))
                .unwrap_or_default()
        }),
        None => Vec::new(),
    };
    let with_events = row.and_then(|row| {
        tree.table.with_untracked(|table| {
            let table = table.as_ref()?;
            (table.event_count(row) > 0).then(|| table.span_id(row))
        })
    });
    let bars = move || {
        let scene = tree.scene();
        match rounds.as_slice() {
            [] => view! { {breaks(&scene)} {bar_view(&scene, start, duration, &label)} {own_views(&scene, &own)} {with_events.map(|span| tick_views(tree, span, &scene))} }.into_any(),
            rounds => view! { {breaks(&scene)} {round_views(&scene, rounds)} }.into_any(),
        }
    };
    let path = move || row.map(|row| path_views(tree, row));
    let group = crate::widgets::badge::kind_group(span_type).0;
    view! {
        <div
            class="timeline-row"
            role="row"
            id=format!("{}-{}", place.timeline, place.position)
            data-row=place.table_row.map(|row| row.to_string())
            data-kind=group
            data-error=is_error.then_some("true")
            data-loop=(place.fold == Fold::Loop).then_some("true")
            data-parent=(line.below > 0 && place.fold != Fold::Loop).then_some("true")
            data-missing=line.is_placeholder().then_some("true")
            data-running=oddities.contains(&"running").then_some("true")
            data-hit=is_hit
            aria-rowindex=place.position + 1
            aria-expanded=expanded
            aria-selected=move || if is_marked.get() { "true" } else { "false" }
            {..level}
        >
            <div class="timeline-row__gutter" role="gridcell" style=("--indent", format!("{:.0}px", indent(*depth)))>
                <span class="timeline-row__fold" data-fold=expanded aria-hidden="true">
                    {expanded.map(|_| view! { <Icon name=IconName::Chevron/> })}
                </span>
                {(*depth > DEPTH_IN_WORDS)
                    .then(|| view! { <span class="timeline-row__depth" title="Depth">{depth.to_string()}</span> })}
                <KindIcon kind=span_type.clone()/>
                {is_error.then(|| view! { <span class="timeline-row__error"><Icon name=IconName::Alert/></span> })}
                <a class="timeline-row__name" href=href aria-label=spoken title=shown_name.clone() tabindex=place.table_row.map(|_| "-1")>
                    {shown_name.clone()}
                </a>
                {(!place.holds.is_empty()).then(|| view! { <span class="timeline-row__holds">{place.holds}</span> })}
                {(!oddities.is_empty())
                    .then(|| {
                        let text = oddities.join(", ");
                        let title = missing.unwrap_or_default() + &text;
                        view! {
                            <span class="chip" data-tone="warning" title=title>
                                <Icon name=IconName::Alert/>
                                <span class="timeline-row__odd">{text}</span>
                            </span>
                        }
                    })}
            </div>
            <div class="timeline-row__track" role="gridcell" aria-hidden="true">
                {bars}
                {path}
            </div>
        </div>
    }
    .into_any()
}

fn bar_view(scene: &Scene, start: i64, duration: i64, label: &str) -> AnyView {
    let Some(bar) = scene.bar(start, duration) else {
        return ().into_any();
    };
    let place = |label: LabelPlace| match label {
        LabelPlace::After => "after",
        LabelPlace::Before => "before",
        LabelPlace::Inside => "inside",
    };
    let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
    view! {
        <span class="timeline-row__bar" style=geometry.clone()></span>
        <span class="timeline-row__label" data-place=place(bar.label) data-narrow=place(bar.narrow_label) style=geometry>
            {label.to_owned()}
        </span>
    }
    .into_any()
}

/// Where the axis folds a gap.
fn breaks(scene: &Scene) -> AnyView {
    let gaps = scene.axis.all().iter().filter_map(|gap| {
        let bar = scene.bar(gap.from, gap.to - gap.from)?;
        let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
        Some(view! { <span class="timeline-row__break" style=geometry></span> })
    });
    gaps.collect_view().into_any()
}

/// The most stretches of own time that are drawn.
const STRETCHES: usize = 16;

fn own_views(scene: &Scene, own: &[(i64, i64)]) -> AnyView {
    let drawn = own.iter().filter_map(|(from, to)| {
        let bar = scene.bar(*from, to.saturating_sub(*from))?;
        let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
        Some(view! { <span class="timeline-row__own" style=geometry></span> })
    });
    drawn.collect_view().into_any()
}

fn round_views(scene: &Scene, rounds: &[Round]) -> AnyView {
    let drawn = rounds.iter().filter_map(|round| {
        let bar = scene.bar(round.start, round.duration)?;
        let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
        let error = round.is_error.then_some("true");
        Some(view! { <span class="timeline-row__bar" data-round=error.unwrap_or("false") style=geometry></span> })
    });
    drawn.collect_view().into_any()
}

/// A line under the bar wherever the whole trace waited for this span.
fn path_views(tree: TreeState, row: u32) -> AnyView {
    /// More stretches than this are not told apart on a screen.
    const MOST: usize = 100;
    let path = tree.path.get();
    let scene = tree.scene();
    let stretches = path.of_row(row).take(MOST).filter_map(|segment| {
        let bar = scene.bar(segment.from, segment.nanos())?;
        let geometry = format!("--left:{:.5};--width:{:.5}", bar.left, bar.width);
        Some(view! { <span class="timeline-row__path" style=geometry></span> })
    });
    stretches.collect_view().into_any()
}

/// The row for ears: name, type, state, duration, start.
fn spoken(line: &SpanLine, duration: &str) -> String {
    let state = match line.status {
        StatusCode::Error => ", error",
        _ => "",
    };
    let start = human_duration(line.start);
    let name = if line.name.is_empty() {
        "no name"
    } else {
        &line.name
    };
    format!(
        "{name}, {}{state}, {duration}, starts at {start}",
        line.span_type.to_lowercase()
    )
}
