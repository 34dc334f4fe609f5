//! The recorded runs, told as conversations: nothing twice, nothing lost.

use std::collections::HashMap;

use domain::conversation::{Item, News, Said, What, tell, told_rows};
use domain::ids::SpanId;
use domain::span::Span;
use domain::span_row::SpanRow;
use domain::span_table::SpanTable;
use domain::time::UnixMillis;

use super::plan::plan;
use super::{ROWS, trajectory};

fn story(spans: &[Span]) -> Vec<Item> {
    let table = SpanTable::new(spans.iter().map(SpanRow::of).collect());
    let by_id: HashMap<SpanId, &Span> = spans.iter().map(|span| (span.span_id, span)).collect();
    let rows = told_rows(&table);
    tell(&table, &rows, 0, |row| {
        by_id.get(&table.span_id(row)).copied()
    })
}

fn news(item: &Item) -> impl Iterator<Item = &Said> {
    let said = match &item.what {
        What::Call(call) => call.said.as_slice(),
        _ => &[],
    };
    said.iter().filter(|said| said.news != News::Kept)
}

#[test]
fn every_message_of_a_recorded_run_is_told_once() {
    for row in trajectory::read(ROWS) {
        let mut written: HashMap<String, usize> = HashMap::new();
        for message in row.messages.iter().filter(|message| message.role != "tool") {
            *written.entry(message.text().trim().to_owned()).or_default() += 1;
        }
        let mut told: HashMap<String, usize> = HashMap::new();
        for said in story(&plan(&row, 0, 1, UnixMillis(0)).spans)
            .iter()
            .flat_map(news)
        {
            *told
                .entry(said.message.text().trim().to_owned())
                .or_default() += 1;
        }
        for (text, count) in told.iter().filter(|(text, _)| !text.is_empty()) {
            let written = written.get(text).copied().unwrap_or_default();
            assert!(
                *count <= written,
                "{}: {count} of {written} times: {text}",
                row.id
            );
        }
    }
}

#[test]
fn recorded_histories_only_grow_and_calls_have_their_results() {
    let (mut calls, mut cards, mut answered) = (0, 0, 0);
    for row in trajectory::read(ROWS) {
        for item in story(&plan(&row, 0, 1, UnixMillis(0)).spans) {
            if let What::Call(call) = &item.what {
                calls += 1;
                assert!(
                    call.delta.dropped.is_empty(),
                    "{}: {:?}",
                    row.id,
                    call.delta
                );
                assert_eq!(call.delta.rewritten, 0, "{}: {:?}", row.id, call.delta);
            }
            for card in news(&item).flat_map(|said| &said.cards) {
                cards += 1;
                answered += usize::from(card.result.is_some());
            }
        }
    }
    assert!(calls > 400 && cards > 200, "{calls} calls, {cards} cards");
    // Runs that were cut off end with calls that nobody answered.
    assert!(answered * 100 >= cards * 95, "{answered} of {cards}");
}
