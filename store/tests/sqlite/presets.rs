//! What traces have in common is learned, and takes little room from then on.

use std::time::Duration;

use domain::ingest::SpanBatch;
use domain::json::quote;
use domain::span::keys;
use domain::store::TraceStore;
use futures_util::StreamExt;
use store::SqliteStore;

use crate::{assert_sound, batch, connect, count, folder, open, trace_id};

/// A trace with a long prompt that all have, and a question of its own.
fn asking(number: u32) -> SpanBatch {
    let rules = (0..60).map(|rule| format!("Rule {rule}: code {} applies.", rule * 7919 % 10_007));
    let prompt = rules.collect::<Vec<_>>().join("\n");
    let mut new = batch(number, 2);
    let inputs = format!("{prompt}\nQuestion {number}?");
    new.spans[1]
        .attributes
        .push((keys::INPUTS.to_owned(), quote(&inputs)));
    new
}

async fn fill(store: &SqliteStore, numbers: std::ops::Range<u32>) {
    for first in numbers.clone().step_by(100) {
        let some = first..(first + 100).min(numbers.end);
        store.ingest(some.map(asking).collect()).await.unwrap();
    }
}

async fn inputs(store: &SqliteStore, number: u32) -> String {
    let ids = [trace_id(number)];
    let found: Vec<_> = store.spans(&ids).collect().await;
    let trace = found.into_iter().next().unwrap().unwrap();
    let inputs = trace.spans.iter().find_map(|span| span.inputs());
    inputs.unwrap().to_owned()
}

#[tokio::test]
async fn what_traces_have_in_common_is_stored_once() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    fill(&store, 0..1200).await;
    let mut reader = connect(&path).await;
    let mut look = async |query: &'static str| -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&mut reader)
            .await
            .unwrap()
    };
    let learned = async {
        while look("select count(*) from preset").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), learned)
        .await
        .unwrap();
    fill(&store, 1200..1400).await;
    let before = look(
        "select min(length(body))
        from (select body from span_body order by block_key limit 1000)",
    );
    let before = before.await;
    let after = look(
        "select max(length(body))
        from (select body from span_body order by block_key desc limit 50)",
    );
    let after = after.await;
    assert!(after * 2 < before, "{after} {before}");
    // Old and new ones are read, also when one of before grows.
    let mut late = asking(3);
    late.spans[1].span_id.0[0] = 9;
    store.ingest(vec![late]).await.unwrap();
    store.close().await;
    assert_sound(&path).await;
    let store = open(&path).await;
    for number in [0, 3, 1000, 1399] {
        let inputs = inputs(&store, number).await;
        assert!(inputs.contains("Rule 59"), "{inputs}");
        assert!(inputs.contains(&format!("Question {number}?")), "{inputs}");
    }
    assert_eq!(count(&store, "trace.text LIKE '%Question 1399?%'").await, 1);
    store.close().await;
}
