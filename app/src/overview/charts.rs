//! The charts of the overview.

use leptos::prelude::*;

use super::Ways;
use crate::charts::{Axis, Column, ColumnChart, Line, LineChart, Slot, Unit, ValueScale};
use crate::model::{Overview, OverviewPoint};
use crate::text::number;
use crate::text::time::took;

/// The most names of feedback drawn, of those there is most of.
const RATINGS: usize = 6;

/// A number of a point.
type Number = fn(&OverviewPoint) -> Option<f64>;

/// All charts for which there are data.
#[component]
pub fn OverviewCharts(
    /// What was found.
    found: Overview,
    /// Where columns and points lead.
    ways: Ways,
) -> impl IntoView {
    let charts = [
        volume(&found, &ways),
        share_failed(&found, &ways),
        durations(&found, &ways),
        tokens(&found, &ways),
        cost(&found, &ways),
        ratings(&found, &ways),
    ];
    view! { <div class="overview__charts">{charts.into_iter().flatten().collect_view()}</div> }
        .into_any()
}

fn card(title: &'static str, figure: String, before: Option<String>, chart: AnyView) -> AnyView {
    let before = before.map(|before| format!("{before} in the period before"));
    card_with(title, figure, before, chart)
}

/// A chart below its figure and a quiet line about that.
fn card_with(
    title: &'static str,
    figure: String,
    about: Option<String>,
    chart: AnyView,
) -> AnyView {
    view! {
        <section class="overview__card">
            <h2 class="overview__title">{title}</h2>
            <p class="overview__figure">{figure}</p>
            <p class="overview__before quiet">{about}</p>
            {chart}
        </section>
    }
    .into_any()
}

fn axis(found: &Overview) -> Axis {
    Axis::Time {
        from: found.ends.0,
        to: found.ends.1,
    }
}

fn slots(found: &Overview, ways: &Ways) -> Vec<Slot> {
    let slot = |point: &OverviewPoint| Slot {
        from: point.start,
        href: ways.between(point.start, point.start + found.bucket_ms),
    };
    found.points.iter().map(slot).collect()
}

fn volume(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let column = |point: &OverviewPoint| Column {
        from: point.start,
        to: point.start + found.bucket_ms,
        total: point.traces,
        errors: point.errors,
        href: Some(ways.between(point.start, point.start + found.bucket_ms)),
    };
    let columns: Vec<Column> = found.points.iter().map(column).collect();
    let busiest = columns.iter().map(|column| column.total).max()?;
    let figure = number::counted(found.total.traces, "trace", "traces");
    let before = found.total_before.as_ref();
    let before = before.map(|total| number::grouped(total.traces));
    let summary = format!(
        "Traces over time: {figure}, {} of them failed; the busiest bucket has {}.",
        number::grouped(found.total.errors),
        number::grouped(busiest)
    );
    let chart = view! { <ColumnChart columns=columns axis=axis(found) summary=summary/> };
    Some(card("Volume", figure, before, chart.into_any()))
}

/// Lines of some numbers, and the greatest of them all; `None` if there is no number.
fn lines(found: &Overview, parts: &[(&str, Number)]) -> Option<(Vec<Line>, f64)> {
    let points = |points: &[OverviewPoint], number: Number| -> Vec<(i64, f64)> {
        let points = points.iter();
        points
            .filter_map(|point| Some((point.start, number(point)?)))
            .collect()
    };
    let mut out = Vec::new();
    for (place, (name, number)) in parts.iter().enumerate() {
        out.push(Line {
            name: (*name).to_owned(),
            points: points(&found.points, *number),
            // One line of the period before says enough.
            previous: match place {
                0 => points(&found.before, *number),
                _ => Vec::new(),
            },
        });
    }
    let most = greatest(&out)?;
    Some((out, most))
}

fn greatest(lines: &[Line]) -> Option<f64> {
    let values = lines
        .iter()
        .flat_map(|line| line.points.iter().chain(&line.previous))
        .map(|(_, value)| *value);
    let has_points = lines.iter().any(|line| !line.points.is_empty());
    has_points.then(|| values.fold(0.0, f64::max))
}

/// A chart of lines as wide as its card.
fn line_chart(
    found: &Overview,
    ways: &Ways,
    lines: Vec<Line>,
    (scale, unit): (ValueScale, Unit),
    summary: String,
) -> AnyView {
    view! {
        <LineChart lines=lines axis=axis(found) bucket_ms=found.bucket_ms scale=scale unit=unit summary=summary
            slots=slots(found, ways)/>
    }
    .into_any()
}

fn share_of(point: &OverviewPoint) -> Option<f64> {
    (point.traces > 0).then(|| point.errors as f64 / point.traces as f64)
}

fn share_failed(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let (lines, most) = lines(found, &[("failed", share_of)])?;
    let share = |total: &OverviewPoint| number::share(total.errors, total.traces);
    let figure = format!("{} failed", share(&found.total));
    let before = found.total_before.as_ref();
    let before = before.filter(|total| total.traces > 0).map(share);
    let summary = format!(
        "Share of traces that failed over time: {} in all.",
        share(&found.total)
    );
    let look = (ValueScale::linear(most.max(0.01)), Unit::Share);
    let chart = line_chart(found, ways, lines, look, summary);
    Some(card("Failures", figure, before, chart))
}

fn millis(millis: u64) -> String {
    took(i64::try_from(millis).unwrap_or(i64::MAX))
}

fn durations(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let parts: [(&str, Number); 3] = [
        ("median", |point| point.durations.map(|of| of.0 as f64)),
        ("p90", |point| point.durations.map(|of| of.1 as f64)),
        ("p99", |point| point.durations.map(|of| of.2 as f64)),
    ];
    let (lines, most) = lines(found, &parts)?;
    let (p50, p90, p99) = found.total.durations?;
    let before = found
        .total_before
        .as_ref()
        .and_then(|total| total.durations);
    let summary = format!(
        "Durations over time: half of all traces take less than {}, nine in ten less than {}, 99 in 100 less than {}.",
        millis(p50),
        millis(p90),
        millis(p99)
    );
    let look = (ValueScale::durations(most), Unit::Millis);
    let chart = line_chart(found, ways, lines, look, summary);
    let figure = format!("{} median", millis(p50));
    Some(card(
        "Duration",
        figure,
        before.map(|of| millis(of.0)),
        chart,
    ))
}

fn tokens(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let parts: [(&str, Number); 2] = [
        ("in", |point| point.tokens.map(|of| of.0 as f64)),
        ("out", |point| point.tokens.map(|of| of.1 as f64)),
    ];
    let (lines, most) = lines(found, &parts)?;
    let (sent, received) = found.total.tokens?;
    let words = |count: i64| number::short(count);
    let before = found.total_before.as_ref().and_then(|total| total.tokens);
    let summary = format!(
        "Tokens over time: {} went in and {} came out in all.",
        words(sent),
        words(received)
    );
    let look = (ValueScale::linear(most.max(3.0)), Unit::Count);
    let chart = line_chart(found, ways, lines, look, summary);
    let figure = format!("{} in, {} out", words(sent), words(received));
    let before = before.map(|of| format!("{} in, {} out", words(of.0), words(of.1)));
    Some(card("Tokens", figure, before, chart))
}

fn cost(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let (lines, most) = lines(found, &[("cost", |point| point.cost)])?;
    let figure = number::dollars(found.total.cost?);
    let before = found.total_before.as_ref().and_then(|total| total.cost);
    let summary = format!("Cost over time: {figure} in all.");
    let look = (ValueScale::linear(most), Unit::Dollars);
    let chart = line_chart(found, ways, lines, look, summary);
    Some(card("Cost", figure, before.map(number::dollars), chart))
}

fn ratings(found: &Overview, ways: &Ways) -> Option<AnyView> {
    let mut names = found.total.ratings.clone();
    names.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    names.truncate(RATINGS);
    let points = |name: &str, points: &[OverviewPoint]| -> Vec<(i64, f64)> {
        let average = |point: &OverviewPoint| {
            let rating = point.ratings.iter().find(|rating| rating.0 == name)?;
            Some((point.start, rating.2))
        };
        points.iter().filter_map(average).collect()
    };
    let lines: Vec<Line> = names
        .iter()
        .enumerate()
        .map(|(place, (name, ..))| Line {
            name: name.clone(),
            points: points(name, &found.points),
            previous: match place {
                0 => points(name, &found.before),
                _ => Vec::new(),
            },
        })
        .collect();
    let most = greatest(&lines)?;
    let values = |count: u64| number::counted(count, "value", "values");
    let words = names.iter().map(|(name, count, average)| {
        format!("{name} {} ({})", number::rounded(*average), values(*count))
    });
    let words: Vec<String> = words.collect();
    let summary = format!("Average feedback over time: {}.", words.join(", "));
    let look = (ValueScale::linear(most.max(1.0)), Unit::Plain);
    let chart = line_chart(found, ways, lines, look, summary);
    let (name, count, average) = names.first()?;
    let figure = format!("{name} {} on average", number::rounded(*average));
    Some(card_with("Feedback", figure, Some(values(*count)), chart))
}
