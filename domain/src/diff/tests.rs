use proptest::prelude::*;

use super::*;
use crate::ids::SpanId;
use crate::span::StatusCode;
use crate::span_row::SpanRow;
use crate::span_table::SpanTable;
use crate::time::UnixNanos;

/// Steps as indented lines: `TYPE name argument > result`.
fn tree(text: &str) -> (SpanTable, Steps) {
    let mut rows: Vec<SpanRow> = Vec::new();
    let mut spans = Vec::new();
    let mut above: Vec<SpanId> = Vec::new();
    for (at, line) in text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .enumerate()
    {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let (call, result) = line.trim().split_once(" > ").unwrap_or((line.trim(), ""));
        let mut words = call.splitn(3, ' ');
        let (kind, name) = (words.next().unwrap(), words.next().unwrap());
        let span_id = SpanId((at as u64 + 1).to_be_bytes());
        above.truncate(depth);
        let mut attributes = Vec::new();
        for (key, value) in [
            (crate::span::keys::INPUTS, words.next().unwrap_or("")),
            (crate::span::keys::OUTPUTS, result),
        ] {
            attributes.push((key.to_owned(), crate::json::quote(value)));
        }
        let span = crate::span::Span {
            span_id,
            parent_id: above.last().copied(),
            name: name.to_owned(),
            start: UnixNanos(at as i64 * 10),
            end: Some(UnixNanos(at as i64 * 10 + 5)),
            status: if name.ends_with('!') {
                StatusCode::Error
            } else {
                StatusCode::Ok
            },
            status_message: String::new(),
            attributes,
            events: Vec::new(),
            links: Vec::new(),
        };
        rows.push(SpanRow {
            span_type: kind.to_owned(),
            ..SpanRow::of(&span)
        });
        spans.push(span);
        above.push(span_id);
    }
    let table = SpanTable::new(rows);
    let steps = Steps::of(&table, |id| {
        let span = spans.iter().find(|span| span.span_id == id).unwrap();
        Content::of(span, Ignoring::IdsAndTimes)
    });
    (table, steps)
}

/// The union as indented lines, each with its mark.
fn union(texts: &[&str]) -> String {
    let trees: Vec<(SpanTable, Steps)> = texts.iter().map(|text| tree(text)).collect();
    let steps: Vec<Steps> = trees.iter().map(|(_, steps)| steps.clone()).collect();
    let aligned = Aligned::new(&steps);
    let lines = aligned.rows.iter().map(|row| {
        let present: String = ("abcd".chars())
            .zip(&row.cells)
            .filter(|(_, cell)| cell.is_some())
            .map(|(letter, _)| letter)
            .collect();
        let place = row.cells.iter().position(Option::is_some).unwrap();
        let name = trees[place].0.name(row.cells[place].unwrap());
        let changes: Vec<&str> = row.change.words().collect();
        let mark = match row.mark {
            Mark::Same => "=".to_owned(),
            Mark::Changed => format!("~ {}", changes.join(" ")),
            Mark::Partial => format!("only {present}"),
            Mark::Moved => "moved".to_owned(),
        };
        format!("{}{name} {mark}\n", "  ".repeat(row.depth as usize))
    });
    lines.collect()
}

const BOOKING: &str = "
AGENT agent book
  CHAT_MODEL chat hello > call search
  TOOL search HAT > two flights
  CHAT_MODEL chat found > call book
  TOOL book HAT1 > done
";

#[test]
fn a_trace_against_itself_is_all_the_same() {
    let found = union(&[BOOKING, BOOKING]);
    assert!(found.lines().all(|line| line.ends_with(" =")), "{found}");
}

#[test]
fn steps_are_changed_added_and_missing() {
    let other = "
AGENT agent book
  CHAT_MODEL chat hello > call search
  TOOL search HAT > no flights
  TOOL apologise > sorry
";
    assert_eq!(
        union(&[BOOKING, other]),
        "agent =\n  chat =\n  search ~ output\n  chat only a\n  book only a\n  apologise only b\n"
    );
}

#[test]
fn a_call_at_another_place_has_moved_with_what_is_below() {
    let one = "
AGENT agent x
  TOOL first 1
  TOOL wrap w
    TOOL inner i
  TOOL second 2
";
    let other = "
AGENT agent x
  CHAIN group
    TOOL wrap w
      TOOL inner i
  TOOL first 1
  TOOL second 2
";
    assert_eq!(
        union(&[one, other]),
        "agent =\n  group only b\n    wrap moved\n      inner =\n  first =\n  second =\n"
    );
}

#[test]
fn model_calls_of_other_models_are_the_same_step() {
    let one = "AGENT agent x\n  CHAT_MODEL gpt hi > a";
    let other = "AGENT assistant x\n  CHAT_MODEL claude hi > a";
    assert_eq!(union(&[one, other]), "agent ~ name\n  gpt ~ name\n");
}

#[test]
fn three_traces_share_one_list() {
    let one = "AGENT a x\n  TOOL t 1\n  TOOL u 1";
    let two = "AGENT a x\n  TOOL t 1\n  TOOL v 1\n  TOOL u 1";
    let three = "AGENT a x\n  TOOL v 1\n  TOOL u 2";
    assert_eq!(
        union(&[one, two, three]),
        "a =\n  t only ab\n  v only bc\n  u ~ input\n"
    );
}

#[test]
fn the_first_divergence_is_a_cause() {
    let one = "AGENT a x > yes\n  TOOL t 1 > 1\n  TOOL u 1 > 1";
    let two = "AGENT a x > no\n  TOOL t 1 > 1\n  TOOL u 1 > 2";
    let steps: Vec<Steps> = [one, two].iter().map(|text| tree(text).1).collect();
    assert_eq!(Aligned::new(&steps).first_divergence(), Some(2));
    let same = Aligned::new(&[steps[0].clone(), steps[0].clone()]);
    assert_eq!(same.first_divergence(), None);
}

#[test]
fn failed_calls_that_are_made_again_are_attempts() {
    let found = |text: &str| {
        let (table, steps) = tree(text);
        retries(&table, &steps)
    };
    let text = "AGENT a x\n  TOOL t! 1\n  TOOL u 1\n  TOOL t! 1\n  TOOL t! 2\n  TOOL t! 1";
    assert_eq!(found(text), [vec![1, 3, 5]]);
    assert!(found("AGENT a x\n  TOOL t 1\n  TOOL t 1").is_empty());
}

#[test]
fn many_equal_siblings_take_little_time() {
    let node = |depth: u32, call: u64| Node {
        depth,
        family: 1,
        name: 1,
        call,
        outcome: 0,
        has_arguments: true,
    };
    let tree = |calls: &dyn Fn(u64) -> u64| {
        let below = (0..20_000).map(|at| node(1, calls(at)));
        std::iter::once(node(0, 0)).chain(below).collect::<Vec<_>>()
    };
    // Nothing to hold on to, everything of one name.
    let pairs = align(&tree(&|at| at % 3), &tree(&|at| 7 + at % 5));
    assert_eq!(pairs.len(), 20_001);
    // One of ten is new.
    let pairs = align(
        &tree(&|at| at),
        &tree(&|at| at + u64::from(at % 10 == 0) * 100_000),
    );
    assert_eq!(
        pairs
            .iter()
            .filter(|pair| pair.a.is_some() && pair.b.is_some())
            .count(),
        20_001
    );
    // One below the other.
    let chain: Vec<Node> = (0..20_000).map(|at| node(at, u64::from(at))).collect();
    assert_eq!(align(&chain, &chain).len(), 20_000);
}

prop_compose! {
    fn any_tree()(steps in prop::collection::vec((0_u32..4, 0_u64..4, 0_u64..3), 0..40)) -> Vec<Node> {
        let mut last = None;
        let nodes = steps.into_iter().map(|(depth, name, call)| {
            let depth = depth.min(last.map_or(0, |last| last + 1));
            last = Some(depth);
            Node { depth, family: name / 2, name, call: name * 10 + call, outcome: call, has_arguments: call > 0 }
        });
        nodes.collect()
    }
}

proptest! {
    #[test]
    fn applying_the_alignment_gives_the_second_tree(a in any_tree(), b in any_tree()) {
        let pairs = align(&a, &b);
        let in_b: Vec<u32> = pairs.iter().filter_map(|pair| pair.b).collect();
        prop_assert_eq!(in_b, (0..b.len() as u32).collect::<Vec<_>>());
        for pair in &pairs {
            if let Some(at) = pair.b {
                prop_assert_eq!(pair.depth, b[at as usize].depth);
            }
        }
        let mut in_a: Vec<u32> = pairs.iter().filter_map(|pair| pair.a).collect();
        in_a.sort_unstable();
        prop_assert_eq!(in_a, (0..a.len() as u32).collect::<Vec<_>>());
        // Rows hang in a tree.
        let mut last = 0;
        for (at, pair) in pairs.iter().enumerate() {
            let most = if at == 0 { 0 } else { last + 1 };
            prop_assert!(pair.depth <= most);
            last = pair.depth;
        }
        // Only one root each may stand for the other whatever its name.
        for pair in pairs.iter().filter(|pair| pair.depth > 0) {
            if let (Some(x), Some(y)) = (pair.a, pair.b) {
                prop_assert_eq!(a[x as usize].family, b[y as usize].family);
            }
        }
    }

    #[test]
    fn a_tree_against_itself_is_paired_throughout(a in any_tree()) {
        let pairs = align(&a, &a);
        prop_assert!(pairs.iter().all(|pair| pair.a == pair.b && !pair.is_moved));
    }

    #[test]
    fn hunks_hold_both_texts(a in "([a-c]{1,3}[ \n.,]){0,40}", b in "([a-c]{1,3}[ \n.,]){0,40}") {
        let mut first = String::new();
        let mut second = String::new();
        for hunk in diff_texts(&a, &b, Ignoring::Nothing) {
            match hunk {
                Hunk::Same(text) => {
                    first += &text;
                    second += &text;
                }
                Hunk::Changed(pieces) => for piece in pieces {
                    if piece.op != Op::Added { first += &piece.text; }
                    if piece.op != Op::Removed { second += &piece.text; }
                }
            }
        }
        prop_assert_eq!(first, a);
        prop_assert_eq!(second, b);
    }

    #[test]
    fn normalising_twice_changes_nothing(text in "\\PC{0,60}") {
        let once = normalised(&text);
        prop_assert_eq!(normalised(&once), once);
    }
}
