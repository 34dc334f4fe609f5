//! Shapes of traces, sound and broken, and what is asked of them.

use std::time::Instant;

use proptest::prelude::*;

use super::*;

/// Id, parent (0 for none), start and end in nanoseconds (negative end: still running).
fn row(id: u64, parent: u64, start: i64, end: i64) -> SpanRow {
    SpanRow {
        span_id: SpanId(id.to_be_bytes()),
        parent_id: (parent != 0).then(|| SpanId(parent.to_be_bytes())),
        name: format!("Span {id}"),
        span_type: "TOOL".to_owned(),
        start: UnixNanos(1_000 + start),
        end: (end >= 0).then_some(UnixNanos(1_000 + end)),
        status: StatusCode::Unset,
        status_message: String::new(),
        event_count: 0,
        usage: None,
        cost: None,
        model: None,
    }
}

fn failed(row: SpanRow) -> SpanRow {
    SpanRow {
        status: StatusCode::Error,
        ..row
    }
}

fn tokens(row: SpanRow, total_tokens: i64) -> SpanRow {
    SpanRow {
        usage: Some(TokenUsage {
            total_tokens,
            ..TokenUsage::default()
        }),
        ..row
    }
}

fn id(table: &SpanTable, row: u32) -> u64 {
    u64::from_be_bytes(table.span_id(row).0)
}

/// The tree as text: ids, indented by dots.
fn shape(rows: &[SpanRow]) -> String {
    let table = SpanTable::new(rows.to_vec());
    let line = |row| {
        format!(
            "{}{}",
            ".".repeat(table.depth(row) as usize),
            id(&table, row)
        )
    };
    (0..table.len()).map(line).collect::<Vec<_>>().join(" ")
}

#[test]
fn rows_stand_depth_first_by_start_then_by_arrival() {
    let rows = [
        row(4, 1, 5, 6),
        row(2, 1, 5, 9),
        row(1, 0, 0, 9),
        row(3, 1, 2, 3),
        row(5, 2, 6, 7),
    ];
    assert_eq!(shape(&rows), "1 .3 .4 .2 ..5");
    let table = SpanTable::new(rows.to_vec());
    let ends: Vec<_> = (0..5).map(|row| table.subtree_end(row)).collect();
    assert_eq!(ends, [5, 2, 3, 5, 5]);
    assert_eq!(table.ancestors(4).collect::<Vec<_>>(), [3, 0]);
    assert_eq!(table.children(0).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(
        (table.trace_start(), table.duration()),
        (UnixNanos(1_000), 9)
    );
    assert_eq!(table.row_of(SpanId(4_u64.to_be_bytes())), Some(2));
}

#[test]
fn broken_shapes_become_forests() {
    let rows = [
        row(3, 99, 4, 5),
        row(1, 0, 2, 9),
        row(2, 0, 1, 3),
        row(4, 3, 0, 1),
    ];
    assert_eq!(shape(&rows), "2 1 3 .4");
    let table = SpanTable::new(rows.to_vec());
    assert!(table.flags(0).has(Flags::ROOT));
    assert!(table.flags(2).has(Flags::MISSING_PARENT));
    assert_eq!(table.missing_parent(2), Some(SpanId(99_u64.to_be_bytes())));
    assert!(table.flags(3).has(Flags::STARTS_BEFORE_PARENT));
    let circle = [
        row(1, 2, 5, 6),
        row(2, 3, 4, 6),
        row(3, 1, 3, 6),
        row(4, 1, 5, 6),
        row(5, 5, 9, 9),
    ];
    assert_eq!(shape(&circle), "3 .2 ..1 ...4 5");
    let table = SpanTable::new(circle.to_vec());
    assert!(table.flags(0).has(Flags::CYCLE) && table.flags(4).has(Flags::CYCLE));
    assert_eq!(
        shape(&[row(1, 0, 0, 1), row(2, 1, 0, 1), row(1, 0, 3, 4)]),
        "1 .2"
    );
    assert_eq!(shape(&[]), "");
}

#[test]
fn running_and_backward_spans_are_flagged() {
    let table = SpanTable::new(vec![row(1, 0, 0, -1), row(2, 1, 8, 5)]);
    assert!(table.flags(0).has(Flags::RUNNING));
    assert_eq!((table.end(0), table.span_duration(0)), (8, 8));
    assert!(table.flags(1).has(Flags::ENDS_BEFORE_START));
    assert_eq!(table.span_duration(1), 0);
}

#[test]
fn self_time_leaves_out_what_children_cover() {
    let rows = [
        row(1, 0, 0, 100),
        row(2, 1, 10, 30),
        row(3, 1, 20, 50),
        row(4, 1, 25, 40),
        row(5, 1, 90, 200),
        row(6, 2, 0, 15),
    ];
    let table = SpanTable::new(rows.to_vec());
    let by_id: Vec<_> = (0..table.len())
        .map(|row| (id(&table, row), table.self_time(row)))
        .collect();
    assert_eq!(
        by_id,
        [(1, 50), (2, 15), (6, 15), (3, 30), (4, 15), (5, 110)]
    );
}

#[test]
fn folded_rows_hide_what_is_below() {
    let table = SpanTable::new(vec![
        row(1, 0, 0, 9),
        row(2, 1, 1, 9),
        row(3, 2, 2, 9),
        row(4, 1, 3, 9),
    ]);
    let mut folded = RowSet::from_iter([1]);
    assert_eq!(visible(&table, &folded), [0, 1, 3]);
    assert!(folded.insert(0) && !folded.insert(0));
    assert_eq!(visible(&table, &folded), [0]);
    assert!(folded.remove(0) && folded.remove(1) && !folded.remove(1));
    assert_eq!(visible(&table, &folded).len(), 4);
    assert!(folded.is_empty());
}

#[test]
fn subtree_sums_count_nothing_twice() {
    let rows = vec![
        row(1, 0, 0, 9),
        tokens(row(2, 1, 1, 9), 10),
        failed(tokens(row(3, 2, 2, 9), 7)),
        tokens(row(4, 1, 3, 9), 5),
        failed(tokens(row(5, 0, 4, 9), 1)),
    ];
    let table = SpanTable::new(rows);
    let sums: Vec<_> = (0..5)
        .map(|row| table.subtree_sum(row))
        .map(|sum| {
            (
                sum.spans,
                sum.errors,
                sum.usage.map_or(0, |usage| usage.total_tokens),
            )
        })
        .collect();
    assert_eq!(
        sums,
        [(4, 1, 15), (2, 1, 10), (1, 1, 7), (1, 0, 5), (1, 1, 1)]
    );
    assert_eq!(table.subtree_sum(0).cost, None);
}

#[test]
fn the_failure_to_look_at_is_the_deepest_that_was_passed_on() {
    let first = |rows: &[SpanRow]| {
        let table = SpanTable::new(rows.to_vec());
        table.first_failure().map(|row| id(&table, row))
    };
    let root = failed(row(1, 0, 0, 9));
    assert_eq!(first(&[row(1, 0, 0, 9)]), None);
    assert_eq!(first(std::slice::from_ref(&root)), Some(1));
    let caught = [root.clone(), row(2, 1, 1, 2), failed(row(3, 2, 1, 2))];
    assert_eq!(first(&caught), Some(3));
    let both = [
        &caught[..],
        &[
            failed(row(4, 1, 3, 9)),
            failed(row(5, 4, 4, 9)),
            failed(row(6, 4, 5, 9)),
        ],
    ]
    .concat();
    assert_eq!(first(&both), Some(5));
}

#[test]
fn names_are_found_whatever_their_case() {
    let table = SpanTable::new(vec![row(1, 0, 0, 9), row(12, 1, 1, 2), row(3, 1, 2, 3)]);
    assert_eq!(table.find("sPAN 1"), [0, 1]);
    assert!(table.find("").is_empty());
}

fn arbitrary_row() -> impl Strategy<Value = SpanRow> {
    let usage = prop::option::of(any::<(i64, i64, i64, Option<i64>, Option<i64>)>().prop_map(
        |(input_tokens, output_tokens, total_tokens, read, created)| TokenUsage {
            input_tokens,
            output_tokens,
            total_tokens,
            cache_read_input_tokens: read,
            cache_creation_input_tokens: created,
        },
    ));
    let cost = prop::option::of((0.0..1e6).prop_map(|total_cost| Cost {
        total_cost,
        ..Cost::default()
    }));
    let ids = (0_u64..24, 0_u64..24, 0_usize..3, any::<u32>());
    let times = (
        prop_oneof![any::<i64>(), 0_i64..1000],
        prop::option::of(any::<i64>()),
    );
    let texts = (
        "[a-z\0é]{0,3}",
        "[A-Z]{0,2}|TOOL|LLM",
        "[a-z]{0,2}",
        prop::option::of("[a-z]{1,2}"),
    );
    (ids, times, texts, usage, cost).prop_map(
        |((id, parent, status, events), times, texts, usage, cost)| {
            let (name, span_type, status_message, model) = texts;
            SpanRow {
                name,
                span_type,
                start: UnixNanos(times.0),
                end: times.1.map(UnixNanos),
                status: [StatusCode::Unset, StatusCode::Ok, StatusCode::Error][status],
                status_message,
                event_count: events,
                usage,
                cost,
                model,
                ..row(id, parent, 0, 0)
            }
        },
    )
}

/// The rows that show while these are folded.
fn visible(table: &SpanTable, folded: &RowSet) -> Vec<u32> {
    table.visible_between(
        0,
        table.len(),
        folded,
        &Repeats::default(),
        &RowSet::default(),
    )
}

/// Walks over everything: must not panic.
fn exercise(table: &SpanTable) {
    let rows = table.len();
    assert_eq!(visible(table, &RowSet::default()).len() as u32, rows);
    table.first_failure();
    table.find("a");
    for row in 0..rows {
        assert!(table.self_time(row) >= 0);
        assert!(table.subtree_end(row) > row && table.subtree_end(row) <= rows);
        assert_eq!(table.ancestors(row).count() as u32, table.depth(row));
        assert!(
            table
                .children(row)
                .all(|child| table.parent(child) == Some(row))
        );
        table.subtree_sum(row);
    }
}

proptest! {
    #[test]
    fn any_spans_become_a_table_that_survives_the_wire(rows in prop::collection::vec(arbitrary_row(), 0..40)) {
        let distinct: std::collections::HashSet<_> = rows.iter().map(|row| row.span_id).collect();
        let table = SpanTable::new(rows);
        prop_assert_eq!(table.len() as usize, distinct.len());
        exercise(&table);
        let bytes = encode(&table);
        prop_assert_eq!(&decode(&bytes).unwrap(), &table);
    }

    #[test]
    fn damaged_bytes_never_panic(
        rows in prop::collection::vec(arbitrary_row(), 0..12),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encode(&SpanTable::new(rows));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for bytes in [&bytes[..], &bytes[..keep.index(bytes.len())]] {
            if let Ok(table) = decode(bytes) {
                exercise(&table);
            }
        }
    }
}

#[test]
fn other_bytes_are_refused() {
    assert_eq!(decode(b""), Err(CodecError::Magic));
    assert_eq!(decode(b"SPT0"), Err(CodecError::Magic));
    let mut bytes = encode(&SpanTable::new(vec![row(1, 0, 0, 1)]));
    assert_eq!(
        decode(&bytes[..bytes.len() - 1]),
        Err(CodecError::Truncated)
    );
    bytes.push(0);
    assert_eq!(decode(&bytes), Err(CodecError::Damaged("end")));
    let many = [&b"SPT1"[..], &[0; 9], &[0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    assert_eq!(decode(&many), Err(CodecError::Truncated));
}

#[test]
fn a_hundred_thousand_spans_are_quick_in_any_shape() {
    const COUNT: u64 = 100_000;
    let chain = |i: u64| row(i, i - 1, i as i64 * 1000, 200_000_000);
    let star = |i: u64| row(i, u64::from(i > 1), i as i64 * 7919 % 100_000, 100_000);
    let bushy = |i: u64| row(i, i / 8, i as i64 * 1000, i as i64 * 1000 + 500_000);
    for shape in [&chain as &dyn Fn(u64) -> SpanRow, &star, &bushy] {
        let rows: Vec<SpanRow> = (1..=COUNT)
            .map(|i| SpanRow {
                name: format!("step {}", i % 50),
                ..shape(i)
            })
            .collect();
        let begin = Instant::now();
        let table = SpanTable::new(rows);
        let built = begin.elapsed();
        let bytes = encode(&table);
        assert_eq!(decode(&bytes).as_ref(), Ok(&table));
        assert!(
            bytes.len() < 30 * COUNT as usize,
            "{} bytes a span",
            bytes.len() / COUNT as usize
        );
        assert!((0..table.len()).all(|row| table.self_time(row) >= 0));
        table.first_failure();
        // Far above what it takes even unoptimised on a busy machine, far below what a quadratic way would take.
        assert!(
            begin.elapsed().as_secs() < 10,
            "built in {built:?}, all in {:?}",
            begin.elapsed()
        );
    }
}

#[test]
fn a_flame_graph_of_tokens_counts_them_once() {
    // A framework's span tells the tokens of the provider's within it; another call stands beside it.
    let table = SpanTable::new(vec![
        row(1, 0, 0, 100),
        tokens(row(2, 1, 10, 40), 30),
        tokens(row(3, 2, 11, 39), 30),
        tokens(row(4, 1, 50, 90), 12),
    ]);
    assert!(table.has_measure(Measure::Tokens) && !table.has_measure(Measure::Cost));
    let flame = table.flame(Measure::Tokens);
    assert_eq!(flame.amount, 42);
    let boxes = flame.boxes.iter();
    let found: Vec<(u64, i64)> = boxes.map(|it| (id(&table, it.row), it.amount)).collect();
    assert!(found.contains(&(1, 42)), "{found:?}");
    assert_eq!(table.flame(Measure::Cost).boxes, []);
}
