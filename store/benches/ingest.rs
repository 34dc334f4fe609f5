//! Ingest at full load: several callers, 40 traces of 12 spans a call, 1 KB a span, against a store in a temporary folder.
//! Prints spans per second, bytes on disk a span and anonymous memory.
//!
//! `cargo bench -p store --bench ingest -- [traces] [callers] [folder]`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use domain::ingest::SpanBatch;
use domain::store::TraceStore;
use domain::time::UnixMillis;
use store::OpenOptions;

#[path = "support/load.rs"]
mod load;

use load::{SPANS, anonymous_memory_kib, templates, trace};

const TRACES_A_CALL: u64 = 40;

#[tokio::main]
async fn main() {
    // Cargo passes `--bench`.
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let traces: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(40_000);
    let callers: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(8);
    let folder = tempfile::tempdir_in(arguments.next().unwrap_or_else(|| ".".to_owned()))
        .expect("a folder for the bench");
    let path = folder.path().join("bench.db");
    let store = store::open(OpenOptions::new(&path, UnixMillis(0)))
        .await
        .expect("an empty store");
    let templates: Arc<Vec<SpanBatch>> = Arc::new(templates());
    let bytes: usize = templates
        .iter()
        .flat_map(|batch| &batch.spans)
        .flat_map(|span| &span.attributes)
        .map(|(key, value)| key.len() + value.len())
        .sum();
    println!("{} bytes a span", bytes / (256 * SPANS));
    let next = Arc::new(AtomicU64::new(0));
    let waited = Arc::new(AtomicU64::new(0));
    let began = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (store, templates, next) = (store.clone(), templates.clone(), next.clone());
            let waited = waited.clone();
            tokio::spawn(async move {
                loop {
                    let first = next.fetch_add(TRACES_A_CALL, Ordering::Relaxed);
                    if first >= traces {
                        return;
                    }
                    let batches = (first..first + TRACES_A_CALL)
                        .map(|n| trace(&templates, n))
                        .collect();
                    let began = Instant::now();
                    store.ingest(batches).await.expect("an accepted call");
                    waited.fetch_max(began.elapsed().as_micros() as u64, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let report = {
        let next = next.clone();
        tokio::spawn(async move {
            let mut last = 0;
            loop {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                let now = next.load(Ordering::Relaxed);
                println!(
                    "{now} traces, {} spans/s, {} MiB",
                    (now - last) * SPANS as u64 / 5,
                    anonymous_memory_kib() / 1024
                );
                last = now;
            }
        })
    };
    for task in tasks {
        task.await.expect("a caller that ends well");
    }
    report.abort();
    let seconds = began.elapsed().as_secs_f64();
    let spans = next.load(Ordering::Relaxed).min(traces) * SPANS as u64;
    println!(
        "{spans} spans in {seconds:.2} s: {:.0} spans/s",
        spans as f64 / seconds
    );
    let processor = load::processor_nanos() as f64 / 1000.0 / spans as f64;
    println!("{processor:.1} µs of processor time a span, making the load included");
    println!("longest call {} ms", waited.load(Ordering::Relaxed) / 1000);
    println!("anonymous memory {} MiB", anonymous_memory_kib() / 1024);
    let began = Instant::now();
    store.close().await;
    println!("closed in {:.2} s", began.elapsed().as_secs_f64());
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("{:.0} bytes on disk a span", size as f64 / spans as f64);
}
