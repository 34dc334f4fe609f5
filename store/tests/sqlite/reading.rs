//! What readers need not wait for, and what does not keep them from the rest.

use std::time::Duration;

use domain::filter::compile;
use domain::page::PageRequest;
use domain::store::{TraceQuery, TraceStore};
use sqlx::{Connection, SqliteConnection};

use crate::{E0, batch, connect, count, folder, open, trace_id};

async fn execute(connection: &mut SqliteConnection, statement: &'static str) {
    sqlx::query(statement).execute(connection).await.unwrap();
}

#[tokio::test]
async fn a_read_does_not_wait_for_the_writer() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    let first = (0..30).map(|number| batch(number, 1)).collect();
    store.ingest(first).await.unwrap();
    // Their counts are out of date now, and the writer can write nothing.
    let second = (0..30).map(|number| batch(number, 3)).collect();
    store.ingest(second).await.unwrap();
    let mut other = connect(&path).await;
    execute(&mut other, "begin immediate").await;
    let reads = async {
        assert_eq!(count(&store, "span.name = 'step 2'").await, 30);
        let filter = compile("span.name = 'step 2' AND span.type = 'LLM'").unwrap();
        let page = store
            .search_traces(TraceQuery {
                experiments: vec![E0],
                filter: Some(filter),
                order: Vec::new(),
                page: PageRequest {
                    size: 10,
                    token: None,
                },
            })
            .await
            .unwrap();
        let counts = page.items.iter().map(|trace| trace.stats.span_count);
        assert_eq!(counts.collect::<Vec<_>>(), [3; 10]);
        let trace = store.trace(&trace_id(7)).await.unwrap().unwrap();
        assert_eq!(trace.stats.span_count, 3);
    };
    // Less than the writer waits for the lock.
    let is_done = tokio::time::timeout(Duration::from_secs(4), reads).await;
    execute(&mut other, "rollback").await;
    other.close().await.unwrap();
    is_done.unwrap();
    store.close().await;
}

#[tokio::test]
async fn traces_that_cannot_be_read_do_not_keep_others_out_of_the_index() {
    let (_folder, path) = folder();
    let store = open(&path).await;
    let old = (0..600).map(|number| batch(number, 2)).collect();
    store.ingest(old).await.unwrap();
    store.close().await;
    let mut other = connect(&path).await;
    // As a broken disk might leave them.
    execute(&mut other, "update span_body set body = x'ff00'").await;
    execute(&mut other, "delete from span_duration").await;
    let store = open(&path).await;
    // They are indexed anew, for which their attributes are read.
    for number in 0..80 {
        let id = trace_id(number);
        store.set_trace_tag(&id, "seen", "yes").await.unwrap();
    }
    // With these there are enough to learn from; the sample has both kinds.
    let new = (600..1200).map(|number| batch(number, 3)).collect();
    store.ingest(new).await.unwrap();
    let indexed = async {
        let tail = "select (select value from store_state where name = 'indexed_to')
            <= (select max(trace_no) from trace)
            or exists (select 1 from changed_trace)";
        while sqlx::query_scalar::<_, bool>(tail)
            .fetch_one(&mut other)
            .await
            .unwrap()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // The sketches of durations come after the learning.
        let days = "select count(*) from span_duration";
        while sqlx::query_scalar::<_, i64>(days)
            .fetch_one(&mut other)
            .await
            .unwrap()
            == 0
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), indexed)
        .await
        .unwrap();
    assert_eq!(count(&store, "span.name = 'step 2'").await, 600);
    assert_eq!(count(&store, "tags.seen = 'yes'").await, 80);
    other.close().await.unwrap();
    store.close().await;
}
