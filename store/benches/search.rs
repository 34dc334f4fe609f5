//! Searches over many traces. Builds the store in the given folder unless one is there (building a million traces takes
//! some minutes), then prints the median and the slowest 1 % of each kind of search.
//!
//! `cargo bench -p store --bench search -- [traces] [rounds] [folder]`

use std::path::PathBuf;
use std::time::{Duration, Instant};

use domain::filter::{compile, order};
use domain::ids::ExperimentId;
use domain::ingest::TraceInfoWrite;
use domain::page::PageRequest;
use domain::store::{StoreError, TraceQuery, TraceStore};
use domain::time::UnixMillis;
use domain::trace::TraceState;
use store::{OpenOptions, SqliteStore};

#[path = "support/load.rs"]
mod load;

use load::{Random, templates, trace};

const TRACES_A_CALL: u64 = 40;

async fn build(store: &SqliteStore, traces: u64) {
    let templates = std::sync::Arc::new(templates());
    let next = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let began = Instant::now();
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (store, templates, next) = (store.clone(), templates.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let first = next.fetch_add(TRACES_A_CALL, std::sync::atomic::Ordering::Relaxed);
                    if first >= traces {
                        return;
                    }
                    if first % 50_000 == 0 {
                        let memory = load::anonymous_memory_kib() / 1024;
                        println!(
                            "{first} traces, {:.0} s, {memory} MiB",
                            began.elapsed().as_secs_f64()
                        );
                    }
                    let batches: Vec<_> = (first..first + TRACES_A_CALL)
                        .map(|n| trace(&templates, n))
                        .collect();
                    let writes: Vec<_> = batches
                        .iter()
                        .zip(first..)
                        .filter(|(_, n)| n % 4 == 0)
                        .map(|(batch, n)| info(batch, n))
                        .collect();
                    while let Err(error) = store.ingest(batches.clone()).await {
                        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
                    }
                    for write in writes {
                        store
                            .put_trace_info(write)
                            .await
                            .expect("accepted information");
                    }
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.expect("a caller that ends well");
    }
}

/// What a client says about every fourth trace.
fn info(batch: &domain::ingest::SpanBatch, number: u64) -> TraceInfoWrite {
    let mut random = Random(number ^ 77);
    let tag = |key: &str, value: String| (key.to_owned(), value);
    TraceInfoWrite {
        trace_id: batch.trace_id.clone(),
        experiment_id: batch.experiment_id,
        client_request_id: Some(format!("request-{number}")),
        request_preview: None,
        response_preview: None,
        request_time: batch.spans[0].start.to_millis(),
        duration_ms: Some(random.below(10_000) as i64),
        state: if random.below(20) == 0 {
            TraceState::Error
        } else {
            TraceState::Ok
        },
        metadata: [
            tag("version", format!("v{}", random.below(40))),
            tag("mlflow.sourceRun", format!("run-{}", random.below(300))),
        ]
        .into(),
        tags: [
            tag(
                "env",
                ["prod", "dev", "stage"][random.below(3) as usize].to_owned(),
            ),
            tag("customer", format!("customer-{}", random.below(100_000))),
            tag("mlflow.traceName", format!("agent_{}", random.below(50))),
        ]
        .into(),
        assessments: Vec::new(),
    }
}

/// The kinds of search; `#` stands for a number that differs in each round.
const SEARCHES: &[(&str, &str, u64)] = &[
    ("everything", "", 1),
    ("status", "status = 'ERROR'", 1),
    (
        "time range",
        "timestamp_ms > 1700000#00000 AND timestamp_ms < 1700000#50000",
        9,
    ),
    ("tag, many", "tags.env = 'prod'", 1),
    ("tag, ten", "tags.customer = 'customer-#'", 100_000),
    ("tag, none", "tags.customer = 'nobody-#'", 1000),
    ("tag, prefix", "tags.customer LIKE 'customer-#%'", 1000),
    ("metadata", "metadata.version = 'v#'", 40),
    ("user", "metadata.`mlflow.trace.user` = 'user-#'", 5000),
    (
        "session",
        "metadata.`mlflow.trace.session` = 'session-#'",
        20_000,
    ),
    ("run", "run_id = 'run-#'", 300),
    ("name", "name = 'agent_#'", 50),
    ("status in", "status IN ('OK', 'ERROR')", 1),
    ("duration", "execution_time_ms > 9#00", 10),
    (
        "rare and common",
        "tags.env = 'prod' AND tags.customer = 'customer-#'",
        100_000,
    ),
    (
        "nothing in common",
        "tags.env = 'prod' AND tags.env = 'dev' AND status != '#'",
        100,
    ),
    (
        "or",
        "tags.customer = 'customer-#' OR tags.customer = 'customer-1#'",
        10_000,
    ),
    ("span name", "span.name = 'llm_#'", 5),
    ("span name, none", "span.name = 'nothing_#'", 100),
    ("span name prefix", "span.name LIKE 'tool_#%'", 5),
    ("span type", "span.type = 'RETRIEVER'", 1),
    ("span status", "span.status = 'ERROR'", 1),
    (
        "span name and type",
        "span.name = 'llm_#' AND span.type = 'LLM'",
        5,
    ),
    ("request id", "request_id LIKE 'tr-#%'", 1000),
    ("infix", "tags.customer LIKE '%er-#7%'", 1000),
    ("infix, none", "tags.customer LIKE '%x#y%'", 1000),
    ("regex", "tags.customer RLIKE '7#$'", 1000),
    ("case", "tags.env ILIKE 'PROD'", 1),
    (
        "user infix",
        "metadata.`mlflow.trace.user` LIKE '%r-#'",
        5000,
    ),
];

const ORDERS: &[&str] = &[
    "execution_time DESC",
    "name ASC",
    "tags.customer DESC",
    "timestamp ASC",
];

async fn time(
    store: &SqliteStore,
    what: &str,
    filter: &str,
    by: &[&str],
    numbers: u64,
    rounds: u64,
) {
    let mut times = Vec::new();
    let mut rows = 0;
    let processor = load::processor_nanos();
    for round in 0..rounds {
        let number = Random(round).below(numbers);
        let text = filter.replace('#', &number.to_string());
        let query = TraceQuery {
            experiments: vec![ExperimentId(0)],
            filter: (!text.is_empty()).then(|| compile(&text).expect("a good filter")),
            order: order::parse_trace_order(by).expect("a good order"),
            page: PageRequest::first(100),
        };
        let began = Instant::now();
        rows += store
            .search_traces(query)
            .await
            .expect("a page")
            .items
            .len();
        times.push(began.elapsed());
        if times.iter().sum::<Duration>() > Duration::from_secs(20) {
            break;
        }
    }
    let processor = load::processor_nanos().saturating_sub(processor) / times.len() as u64;
    times.sort_unstable();
    let ms = |place: usize| times[place].as_secs_f64() * 1000.0;
    println!(
        "{what:24} p50 {:8.2} ms  p99 {:8.2} ms  processor {:8.2} ms  {:5.1} rows",
        ms(times.len() / 2),
        ms((times.len() * 99 / 100).min(times.len() - 1)),
        processor as f64 / 1e6,
        rows as f64 / times.len() as f64
    );
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let traces: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(23_000);
    let rounds: u64 = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let path = folder.join(format!("search-{traces}.db"));
    let is_new = !path.exists();
    let began = Instant::now();
    let store = store::open(OpenOptions::new(&path, UnixMillis(0)))
        .await
        .expect("a store");
    println!("opened in {:.1} ms", began.elapsed().as_secs_f64() * 1000.0);
    if is_new {
        build(&store, traces).await;
        store.close().await;
        println!("built; run again to measure");
        return;
    }
    for (what, filter, numbers) in SEARCHES {
        time(&store, what, filter, &[], *numbers, rounds).await;
    }
    for by in ORDERS {
        time(&store, by, "", &[by], 1, rounds.min(20)).await;
    }
    println!(
        "anonymous memory {} MiB",
        load::anonymous_memory_kib() / 1024
    );
    store.close().await;
}
