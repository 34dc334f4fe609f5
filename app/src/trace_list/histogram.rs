//! When the traces of a list began, and how long they took, as columns over the rows. A part of either is chosen by a brush, by a
//! press on a column, or in the table behind.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::beside::{Beside, Listed};
use super::brush::{Brush, Part};
use super::range::between;
use crate::address::as_is;
use crate::charts::{Axis, Column, ColumnChart};
use crate::model::Histogram;
use crate::reads::Reply;
use crate::text::number;
use crate::url_state::ListState;

/// Both histograms of the list around.
#[component]
pub fn Histograms() -> impl IntoView {
    let (beside, listed) = (Beside::here(), Listed::here());
    beside.histogram.ask(listed.histograms());
    let drawn = move || {
        beside
            .histogram
            .reply
            .get()
            .map(|reply| drawn(reply, &listed))
    };
    let waits = move || beside.histogram.is_waiting.get().to_string();
    view! {
        <section class="histograms" aria-label="Volume and duration" data-rove="charts" data-upright="" data-waiting=waits>{drawn}</section>
    }
    .into_any()
}

fn drawn(reply: Reply, listed: &Listed) -> AnyView {
    let kept = Beside::here().histogram;
    match reply.open::<Histogram>() {
        Ok(found) if found.counted == 0 => ().into_any(),
        Ok(found) => charts(&found, listed),
        Err(_) => view! {
            <p class="list-problem">
                <span>"The histograms are not available."</span>
                <button type="button" class="button" data-size="small" on:click=move |_| kept.again()>"Retry"</button>
            </p>
        }
        .into_any(),
    }
}

/// The two charts.
pub fn charts(found: &Histogram, listed: &Listed) -> AnyView {
    let label = || {
        let label = found.label.clone();
        label
            .map(|label| view! { <span class="chip">{label}</span> })
            .into_any()
    };
    let volume = chart(
        "Volume",
        volume_summary(found),
        Axis::Time {
            from: found.from,
            to: found.to,
        },
        volume_columns(found, listed),
        edges_of_time(found),
        label(),
        {
            let listed = listed.clone();
            move |from, to| between(&listed.state, from, to).href(&listed.path)
        },
    );
    let latency = chart(
        "Duration",
        latency_summary(found),
        latency_axis(found),
        latency_columns(found, listed),
        edges_of_durations(found),
        label(),
        {
            let (listed, before) = (listed.clone(), found.before.clone());
            move |from, to| duration_href(&listed, &before, from, to)
        },
    );
    view! { {volume} {latency} }.into_any()
}

/// A chart with its title and brush.
fn chart(
    title: &'static str,
    summary: String,
    axis: Axis,
    columns: Vec<Column>,
    edges: Vec<i64>,
    label: AnyView,
    href: impl Fn(i64, i64) -> String + Send + Sync + 'static,
) -> AnyView {
    let words = RwSignal::new(String::new());
    let navigate = use_navigate();
    let figures = columns.clone();
    let part = Part {
        name: title,
        axis,
        edges,
        figures: Arc::new(move |from, to| figures_between(&figures, from, to)),
        apply: Arc::new(move |from, to| {
            let options = NavigateOptions {
                scroll: false,
                ..as_is()
            };
            navigate(&href(from, to), options);
        }),
    };
    let brush = view! { <Brush part=part words=words/> };
    view! {
        <div class="histogram">
            <div class="histogram__head">
                <h2 class="histogram__title">{title}</h2>
                {label}
                <span class="histogram__words" aria-hidden="true">{words}</span>
            </div>
            <ColumnChart columns=columns axis=axis summary=summary over=Some(brush.into_any())/>
        </div>
    }
    .into_any()
}

/// The figures of columns between two values.
fn figures_between(columns: &[Column], from: i64, to: i64) -> String {
    let within = columns
        .iter()
        .filter(|column| column.from >= from && column.to <= to);
    let (total, errors) = within.fold((0, 0), |(total, errors), column| {
        (total + column.total, errors + column.errors)
    });
    Column {
        from,
        to,
        total,
        errors,
        href: None,
    }
    .figures()
}

fn volume_summary(found: &Histogram) -> String {
    let errors: u64 = found.volume.iter().map(|(_, _, errors)| errors).sum();
    let most = found.volume.iter().map(|(_, traces, _)| *traces).max();
    let failed = match errors {
        0 => String::new(),
        errors => format!(", {} failed", number::grouped(errors)),
    };
    format!(
        "Volume over time: {}{failed}; at most {} in one column",
        number::counted(found.counted, "trace", "traces"),
        number::grouped(most.unwrap_or(0)),
    )
}

fn latency_summary(found: &Histogram) -> String {
    let ended: u64 = found.latency.iter().map(|(traces, _)| traces).sum();
    let most = (0..found.latency.len()).max_by_key(|slot| found.latency[*slot].0);
    let peak = most.map(|slot| {
        let (from, to) = duration_slot(found, slot);
        latency_axis(found).words(from, to, crate::charts::utc)
    });
    format!(
        "Duration: how long {} took; most often {}",
        number::counted(ended, "trace", "traces"),
        peak.unwrap_or_default(),
    )
}

fn volume_columns(found: &Histogram, listed: &Listed) -> Vec<Column> {
    let column = |(from, total, errors): &(i64, u64, u64)| {
        let to = from.saturating_add(found.bucket_ms);
        Column {
            from: *from,
            to,
            total: *total,
            errors: *errors,
            href: Some(between(&listed.state, *from, to).href(&listed.path)),
        }
    };
    found.volume.iter().map(column).collect()
}

fn latency_columns(found: &Histogram, listed: &Listed) -> Vec<Column> {
    let slots = found.latency.iter().enumerate();
    let columns = slots
        .filter(|(_, (total, _))| *total > 0)
        .map(|(slot, (total, errors))| {
            let (from, to) = duration_slot(found, slot);
            Column {
                from,
                to,
                total: *total,
                errors: *errors,
                href: Some(duration_href(listed, &found.before, from, to)),
            }
        });
    columns.collect()
}

/// The list of durations from the first to below the second. `before` is what the server says that stands before them.
fn duration_href(listed: &Listed, before: &str, from: i64, to: i64) -> String {
    let least = (from > 0).then(|| format!("execution_time_ms >= {from}"));
    let most = (to < i64::MAX).then(|| format!("execution_time_ms < {to}"));
    let bounds: Vec<String> = least.into_iter().chain(most).collect();
    let filter = format!("{before}{}", bounds.join(" AND "));
    ListState {
        filter: filter.trim_end_matches(" AND ").to_owned(),
        ..listed.state.first_page()
    }
    .href(&listed.path)
}

/// The ends of a slot of durations: the first begins at 0, the last has no end.
fn duration_slot(found: &Histogram, slot: usize) -> (i64, i64) {
    let bound = |place: usize| found.bounds.get(place).copied();
    let from = slot.checked_sub(1).and_then(bound).unwrap_or(0);
    (from, bound(slot).unwrap_or(i64::MAX))
}

fn latency_axis(found: &Histogram) -> Axis {
    let first = found.bounds.first().copied().unwrap_or(10);
    let last = found.bounds.last().copied().unwrap_or(60_000);
    // The slots at both ends are drawn as wide as their neighbours.
    Axis::Duration {
        from: (first - first / 5).max(1),
        to: last + last / 4,
    }
}

fn edges_of_time(found: &Histogram) -> Vec<i64> {
    let step = usize::try_from(found.bucket_ms.max(1)).unwrap_or(usize::MAX);
    (found.from..=found.to).step_by(step).collect()
}

fn edges_of_durations(found: &Histogram) -> Vec<i64> {
    let bounds = found.bounds.iter().copied();
    std::iter::once(0).chain(bounds).chain([i64::MAX]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Histogram {
        Histogram {
            from: 0,
            to: 40,
            bucket_ms: 10,
            volume: vec![(0, 3, 1), (20, 4, 0)],
            bounds: vec![10, 100],
            latency: vec![(1, 0), (0, 0), (6, 1)],
            counted: 7,
            label: None,
            before: String::new(),
        }
    }

    fn listed() -> Listed {
        Listed {
            experiment: 1,
            state: ListState::default(),
            path: "/x".to_owned(),
        }
    }

    #[test]
    fn columns_lead_to_their_part_of_the_list() {
        let volume = volume_columns(&found(), &listed());
        let href = volume[1].href.clone().unwrap();
        assert!(href.contains("from=1970-01-01T00%3A00%3A00.020Z"), "{href}");
        assert!(href.contains("to=1970-01-01T00%3A00%3A00.030Z"), "{href}");
        let latency = latency_columns(&found(), &listed());
        assert_eq!(latency.len(), 2);
        let href = |column: &Column| column.href.clone().unwrap();
        assert_eq!(href(&latency[0]), "/x?filter=execution_time_ms%20%3C%2010");
        assert_eq!(
            href(&latency[1]),
            "/x?filter=execution_time_ms%20%3E%3D%20100"
        );
    }

    #[test]
    fn durations_stand_behind_what_the_server_says() {
        let href = |from, to| duration_href(&listed(), "a = 'b' AND ", from, to);
        assert!(href(10, 20).ends_with(
            "AND%20execution_time_ms%20%3E%3D%2010%20AND%20execution_time_ms%20%3C%2020"
        ));
        assert_eq!(href(0, i64::MAX), "/x?filter=a%20%3D%20%27b%27");
    }

    #[test]
    fn a_part_has_the_figures_of_its_columns() {
        let columns = volume_columns(&found(), &listed());
        assert_eq!(figures_between(&columns, 0, 40), "7 traces, 1 failed");
        assert_eq!(figures_between(&columns, 10, 30), "4 traces");
        assert_eq!(edges_of_time(&found()), [0, 10, 20, 30, 40]);
        assert_eq!(edges_of_durations(&found()), [0, 10, 100, i64::MAX]);
    }

    #[test]
    fn summaries_are_sentences() {
        assert_eq!(
            volume_summary(&found()),
            "Volume over time: 7 traces, 1 failed; at most 4 in one column"
        );
        assert_eq!(
            latency_summary(&found()),
            "Duration: how long 7 traces took; most often 100 ms and more"
        );
    }
}
