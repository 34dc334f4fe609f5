use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::store::StoreError;

use crate::support::{E0, open, query, small, trace_id};

const WRITERS: u32 = 8;
const CALLS: u32 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_among_writers_and_readers() {
    let store = open().await;
    let is_done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let (store, is_done) = (store.store.clone(), is_done.clone());
            tokio::spawn(async move {
                let mut last = 0;
                while !is_done.load(Ordering::Relaxed) {
                    let count = store.count_traces(&[E0], None, 1).await.unwrap().traces;
                    assert!(count >= last, "traces vanished");
                    last = count;
                    store
                        .search_traces(query("status = 'OK'", &[], 20))
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.store.clone();
            tokio::spawn(async move {
                for call in 0..CALLS {
                    let number = writer * CALLS + call;
                    let batches = vec![small(2 * number, 5), small(2 * number + 1, 6)];
                    loop {
                        match store.ingest(batches.clone()).await {
                            Ok(()) => break,
                            Err(StoreError::Busy { .. }) => tokio::task::yield_now().await,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    // What was acknowledged is seen.
                    let tagged = store.set_trace_tag(&trace_id(2 * number), "k", "v").await;
                    tagged.unwrap();
                    let trace = store.trace(&trace_id(2 * number)).await.unwrap().unwrap();
                    assert_eq!(trace.tags["k"], "v");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    is_done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let expected = u64::from(2 * WRITERS * CALLS);
    assert_eq!(
        store.count_traces(&[E0], None, 1).await.unwrap().traces,
        expected
    );
    let summary = store.experiment_summaries(1).await.unwrap().remove(0);
    assert_eq!(summary.trace_count, expected);
}
