//! Positions of bars, marks of the axis, the trace at a glance.

use super::*;
use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::span_row::SpanRow;
use crate::time::UnixNanos;

const S: i64 = 1_000_000_000;
const DAY_START: i64 = 1_790_000_000 * S;

fn row(id: u64, parent: u64, start: i64, end: i64) -> SpanRow {
    SpanRow {
        span_id: SpanId(id.to_be_bytes()),
        parent_id: (parent != 0).then(|| SpanId(parent.to_be_bytes())),
        name: String::new(),
        span_type: "TOOL".to_owned(),
        start: UnixNanos(DAY_START + start),
        end: Some(UnixNanos(DAY_START + end)),
        status: StatusCode::Unset,
        status_message: String::new(),
        event_count: 0,
        usage: None,
        cost: None,
        model: None,
    }
}

fn table() -> SpanTable {
    let failed = SpanRow {
        status: StatusCode::Error,
        ..row(3, 1, 9 * S, 10 * S)
    };
    SpanTable::new(vec![row(1, 0, 0, 10 * S), row(2, 1, S, S), failed])
}

fn window(from: i64, to: i64) -> Viewport {
    Viewport {
        from,
        to,
        width: 1000.0,
        first_line: 0,
        line_count: 10,
    }
}

fn labels(from: i64, to: i64) -> String {
    let ticks = ticks(&window(from, to), 190.0);
    ticks
        .iter()
        .map(|tick| tick.label.as_str())
        .collect::<Vec<_>>()
        .join(" | ")
}

#[test]
fn bars_stand_where_their_times_are() {
    let bars = bars(&table(), &[0, 1, 2], &window(0, 10 * S), |_| 50.0);
    let places: Vec<_> = bars
        .iter()
        .map(|bar| (bar.line, bar.x, bar.width, bar.label))
        .collect();
    assert_eq!(
        places,
        [
            (0, 0.0, 1000.0, LabelPlace::Inside),
            (1, 100.0, 2.0, LabelPlace::Right),
            (2, 900.0, 100.0, LabelPlace::Inside),
        ]
    );
    assert!(bars[2].is_error && !bars[0].is_error);
}

#[test]
fn only_what_is_on_screen_has_a_bar() {
    let viewport = Viewport {
        first_line: 1,
        line_count: 1,
        ..window(0, 10 * S)
    };
    let rows = |viewport: &Viewport, shown: &[u32]| -> Vec<u32> {
        bars(&table(), shown, viewport, |_| 0.0)
            .iter()
            .map(|bar| bar.row)
            .collect()
    };
    assert_eq!(rows(&viewport, &[0, 2]), [2]);
    assert_eq!(rows(&window(2 * S, 3 * S), &[0, 1, 2]), [0]);
    let whole = bars(&table(), &[0], &window(2 * S, 3 * S), |_| 0.0)[0];
    assert_eq!((whole.x, whole.width), (-8.0, 1016.0));
}

#[test]
fn a_label_without_room_after_the_bar_goes_before_it() {
    assert_eq!(place_label(900.0, 980.0, 1000.0, 100.0), LabelPlace::Left);
    assert_eq!(place_label(20.0, 980.0, 1000.0, 2000.0), LabelPlace::Inside);
}

#[test]
fn zooming_is_exact_and_stays_within_the_trace() {
    let all = window(0, 10 * S);
    let half = all.zoomed(0.5, 500.0, 10 * S);
    assert_eq!((half.from, half.to), (2_500_000_000, 7_500_000_000));
    assert_eq!(half.time_at(half.x_of(3 * S)), 3 * S);
    assert_eq!(half.zoomed(100.0, 0.0, 10 * S), all);
    assert_eq!(half.panned(-10_000.0, 10 * S).from, 0);
    assert_eq!(half.panned(10_000.0, 10 * S).to, 10 * S);
    let mut deep = all;
    for _ in 0..100 {
        deep = deep.zoomed(0.5, 1000.0, 10 * S);
    }
    assert_eq!((deep.from, deep.to), (10 * S - 100, 10 * S));
    let last = all.fit_stretch(9 * S, 10 * S, 10 * S);
    assert_eq!((last.from, last.to), (9 * S - S / 20, 10 * S));
}

/// Two roots with 80 seconds of nothing between them, and a span in the first that is no gap.
fn with_gap() -> SpanTable {
    SpanTable::new(vec![
        row(1, 0, 0, 10 * S),
        row(2, 1, 4 * S, 12 * S),
        row(3, 0, 92 * S, 100 * S),
    ])
}

#[test]
fn gaps_are_where_no_span_runs() {
    let gaps = Gaps::of(&with_gap());
    let found: Vec<_> = gaps.all().iter().map(|gap| (gap.from, gap.to)).collect();
    assert_eq!(found, [(12 * S, 92 * S)]);
    assert!(Gaps::of(&table()).is_empty());
    assert!(Gaps::of(&SpanTable::default()).is_empty());
}

#[test]
fn folding_keeps_order_and_leads_back() {
    let gaps = Gaps::of(&with_gap());
    let mark = gaps.all()[0].mark;
    assert_eq!(mark, 20 * S / 40);
    assert_eq!(
        (gaps.fold(12 * S), gaps.fold(92 * S)),
        (12 * S, 12 * S + mark)
    );
    assert_eq!(gaps.fold(100 * S), 20 * S + mark);
    for time in [
        0,
        S,
        12 * S,
        12 * S + 1,
        50 * S,
        92 * S,
        95 * S,
        100 * S,
        200 * S,
    ] {
        // Within a gap many times share a place.
        let back = gaps.unfold(gaps.fold(time));
        assert!((back - time).abs() <= 80 * S / mark + 1, "{time}: {back}");
    }
    let places: Vec<i64> = (0..100).map(|second| gaps.fold(second * S)).collect();
    assert!(places.is_sorted());
    assert_eq!(Gaps::default().fold(7), 7);
    assert_eq!(Gaps::default().unfold(7), 7);
}

#[test]
fn marks_of_a_folded_axis_tell_true_times() {
    let gaps = Gaps::of(&with_gap());
    let all = window(0, gaps.fold(100 * S));
    let marks = gaps.ticks(&all, 90.0);
    let labels: Vec<_> = marks.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(labels.first(), Some(&"0 s"));
    assert!(labels.contains(&"1 m 34 s"), "{labels:?}");
    assert!(!labels.contains(&"20 s"), "{labels:?}");
    assert!(marks.is_sorted_by(|a, b| b.x - a.x >= 89.0));
    let plain = window(0, 100 * S);
    assert_eq!(Gaps::default().ticks(&plain, 90.0), ticks(&plain, 90.0));
}

#[test]
fn marks_stand_at_steps_people_count_in() {
    let cases = [
        (0, 10 * S, "0 s | 2 s | 4 s | 6 s | 8 s | 10 s"),
        (0, 900, "0 ns | 200 ns | 400 ns | 600 ns | 800 ns"),
        (0, 3_000, "0 µs | 1 µs | 2 µs | 3 µs"),
        (0, 4_000_000, "0 ms | 1 ms | 2 ms | 3 ms | 4 ms"),
        (
            9 * S + 1,
            9 * S + 8_000_000,
            "9.002 s | 9.004 s | 9.006 s | 9.008 s",
        ),
        (0, 100 * S, "0 s | 30 s | 1 m 00 s | 1 m 30 s"),
        (50 * S, 150 * S, "1 m 00 s | 1 m 30 s | 2 m 00 s | 2 m 30 s"),
        (61 * S, 61 * S + 1_000_000, "1 m 01.0000 s"),
        (
            3600 * S,
            2 * 3600 * S,
            "1 h 00 m | 1 h 15 m | 1 h 30 m | 1 h 45 m | 2 h 00 m",
        ),
        (0, 86_400 * 3 * S, "0 s | 1 d 00 h | 2 d 00 h | 3 d 00 h"),
    ];
    for (from, to, expected) in cases {
        let found = labels(from, to);
        assert!(found.starts_with(expected), "{from}..{to}: {found}");
    }
}

#[test]
fn windows_without_sense_do_no_harm() {
    for (from, to) in [(i64::MIN, i64::MAX), (5, 5), (9, 3), (i64::MAX, i64::MAX)] {
        let viewport = window(from, to);
        assert!(ticks(&viewport, 0.0).len() < 20_000);
        ticks(
            &Viewport {
                width: 0.0,
                ..viewport
            },
            f64::NAN,
        );
        bars(&table(), &[0, 1, 2], &viewport, |_| f64::NAN);
        viewport
            .zoomed(f64::NAN, f64::INFINITY, 10 * S)
            .panned(f64::MAX, i64::MIN);
    }
}

#[test]
fn the_minimap_shows_what_ran_and_what_failed() {
    let buckets = minimap(&table(), 10);
    let running: Vec<_> = buckets.iter().map(|bucket| bucket.running).collect();
    assert_eq!(running, [1, 2, 1, 1, 1, 1, 1, 1, 1, 2]);
    assert_eq!((buckets[0].kind, buckets[9].kind), (None, Some(Kind::Tool)));
    assert_eq!((buckets[8].errors, buckets[9].errors), (0, 1));
    assert!(minimap(&SpanTable::default(), 10).is_empty());
    assert!(minimap(&table(), 0).is_empty());
}
