//! Comparing recorded trials of one task.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use domain::diff::{Aligned, Content, Ignoring, Mark, Steps};
use domain::ids::SpanId;
use domain::json::quote;
use domain::span::{Span, StatusCode, keys};
use domain::span_row::SpanRow;
use domain::span_table::SpanTable;
use domain::time::UnixNanos;
use serde::Deserialize;

#[derive(Deserialize)]
struct Trial {
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    kind: String,
    name: String,
    input: String,
    output: String,
}

struct Trace {
    table: SpanTable,
    steps: Steps,
}

fn span(at: usize, kind: &str, name: &str, input: &str, output: &str) -> Span {
    let texts = [
        (keys::SPAN_TYPE, kind),
        (keys::INPUTS, input),
        (keys::OUTPUTS, output),
    ];
    Span {
        span_id: SpanId((at as u64 + 1).to_be_bytes()),
        parent_id: (at > 0).then(|| SpanId(1_u64.to_be_bytes())),
        name: name.to_owned(),
        start: UnixNanos(at as i64 * 1_000),
        end: Some(UnixNanos(at as i64 * 1_000 + 900)),
        status: StatusCode::Ok,
        status_message: String::new(),
        attributes: texts
            .map(|(key, text)| (key.to_owned(), quote(text)))
            .into(),
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn trials() -> Vec<Trace> {
    let trials: Vec<Trial> =
        serde_json::from_str(include_str!("data/diff/airline_1.json")).unwrap();
    let trace = |trial: &Trial| {
        let mut spans = vec![span(0, "AGENT", "agent", "change my flight", "")];
        for (at, step) in trial.steps.iter().enumerate() {
            let Step {
                kind,
                name,
                input,
                output,
            } = step;
            spans.push(span(at + 1, kind, name, input, output));
        }
        let table = SpanTable::new(spans.iter().map(SpanRow::of).collect());
        let content = |id: SpanId| {
            let span = spans.iter().find(|span| span.span_id == id).unwrap();
            Content::of(span, Ignoring::IdsAndTimes)
        };
        let steps = Steps::of(&table, content);
        Trace { table, steps }
    };
    trials.iter().map(trace).collect()
}

#[test]
fn trials_against_each_other_keep_all_steps() {
    let trials = trials();
    for a in &trials {
        for b in &trials {
            let aligned = Aligned::new(&[a.steps.clone(), b.steps.clone()]);
            let of = |at: usize| aligned.rows.iter().filter_map(move |row| row.cells[at]);
            let mut in_a: Vec<u32> = of(0).collect();
            in_a.sort_unstable();
            assert_eq!(in_a, (0..a.table.len()).collect::<Vec<_>>());
            assert_eq!(
                of(1).collect::<Vec<_>>(),
                (0..b.table.len()).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn a_trial_against_itself_is_the_same() {
    for trial in trials() {
        let aligned = Aligned::new(&[trial.steps.clone(), trial.steps]);
        assert!(aligned.rows.iter().all(|row| row.mark == Mark::Same));
        assert_eq!(aligned.first_divergence(), None);
    }
}

#[test]
fn the_trial_that_found_the_booking_parts_at_the_first_answer() {
    let trials = trials();
    let (good, bad) = (&trials[1], &trials[2]);
    let aligned = Aligned::new(&[good.steps.clone(), bad.steps.clone()]);
    assert_eq!(aligned.first_divergence(), Some(1));
    let only = |at: usize, trace: &Trace| -> Vec<String> {
        let rows = aligned
            .rows
            .iter()
            .filter(|row| row.cells[1 - at].is_none());
        let rows = rows.filter_map(|row| row.cells[at]);
        let tools = rows.filter(|row| trace.table.span_type(*row) == "TOOL");
        tools.map(|row| trace.table.name(row).to_owned()).collect()
    };
    assert_eq!(
        only(0, good),
        [
            "get_user_details",
            "get_reservation_details",
            "get_reservation_details",
            "get_reservation_details",
            "cancel_reservation"
        ]
    );
    assert_eq!(only(1, bad), ["transfer_to_human_agents"]);
    // Model calls stand for each other as far as they go.
    let both = aligned
        .rows
        .iter()
        .filter(|row| row.cells[..2].iter().all(Option::is_some));
    assert_eq!(both.count(), 10);
}
