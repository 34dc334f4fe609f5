//! Ingest at full load: several callers, 40 traces of 12 spans a call, 1 KB a span, against a store in a temporary folder.
//! Prints spans per second, bytes on disk a span and anonymous memory.
//!
//! `cargo bench -p store --bench ingest -- [traces] [callers] [folder]`

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use domain::ids::{ExperimentId, SpanId, TraceId};
use domain::ingest::SpanBatch;
use domain::json::quote;
use domain::span::{Span, StatusCode, keys};
use domain::store::TraceStore;
use domain::time::{UnixMillis, UnixNanos};
use store::OpenOptions;

const SPANS: usize = 12;
const TRACES_A_CALL: u64 = 40;
/// The vocabulary decides how well the texts compress; this is that of the project's load generator.
const WORDS: [&str; 50] = [
    "refund", "order", "flight", "booking", "policy", "customer", "account", "reservation",
    "payment", "exchange", "cancel", "upgrade", "baggage", "insurance", "address", "email",
    "product", "item", "variant", "delivery", "status", "agent", "tool", "retrieve", "context",
    "answer", "question", "summary", "search", "query", "index", "vector", "model", "token",
    "latency", "invoice", "voucher", "seat", "route", "cabin", "claim", "balance", "receipt",
    "warranty", "ticket", "window", "profile", "session", "coupon", "stock",
];

/// A small generator of even numbers: the bench must not depend on a crate for randomness.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn sentence(&mut self, words: usize) -> String {
        let words: Vec<&str> =
            (0..words).map(|_| WORDS[self.below(WORDS.len() as u64) as usize]).collect();
        words.join(" ")
    }
}

fn span(random: &mut Random, index: usize) -> Span {
    let kinds = ["AGENT", "LLM", "TOOL", "RETRIEVER", "CHAIN"];
    let kind = kinds[if index == 0 { 0 } else { 1 + index % 4 }];
    let mut attributes = vec![
        (keys::SPAN_TYPE.to_owned(), quote(kind)),
        (
            keys::INPUTS.to_owned(),
            format!(
                r#"{{"messages": [{{"role": "user", "content": "{}"}}]}}"#,
                random.sentence(44)
            ),
        ),
        (
            keys::OUTPUTS.to_owned(),
            format!(r#"{{"content": "{}", "id": {}}}"#, random.sentence(65), random.below(1 << 30)),
        ),
    ];
    if kind == "LLM" {
        let usage = r#"{"input_tokens": 812, "output_tokens": 96, "total_tokens": 908}"#;
        attributes.push((keys::TOKEN_USAGE.to_owned(), usage.to_owned()));
        attributes.push((keys::MODEL.to_owned(), r#""gpt-4o""#.to_owned()));
    }
    if index == 0 {
        attributes.push((keys::USER_ID.to_owned(), format!(r#""user-{}""#, random.below(5000))));
        let session = format!(r#""session-{}""#, random.below(20_000));
        attributes.push((keys::SESSION_ID.to_owned(), session));
    }
    Span {
        span_id: SpanId(random.next().to_le_bytes()),
        parent_id: None,
        name: format!("{}_{}", kind.to_lowercase(), index % 5),
        start: UnixNanos(0),
        end: None,
        status: StatusCode::Ok,
        status_message: String::new(),
        attributes,
        events: Vec::new(),
        links: Vec::new(),
    }
}

fn template(seed: u64) -> SpanBatch {
    let mut random = Random(seed);
    SpanBatch {
        experiment_id: ExperimentId(0),
        trace_id: TraceId::new("template"),
        spans: (0..SPANS).map(|index| span(&mut random, index)).collect(),
        resource_tags: vec![("service.name".to_owned(), "bench-agent".to_owned())],
        run_id: None,
        readable_by_id: true,
    }
}

/// A fresh trace from a template: new ids, and a start that moves with the number; one in twenty comes late.
fn trace(templates: &[SpanBatch], number: u64) -> SpanBatch {
    let mut random = Random(number);
    let mut batch = templates[random.below(templates.len() as u64) as usize].clone();
    let mut id = [0; 16];
    id[..8].copy_from_slice(&random.next().to_le_bytes());
    id[8..].copy_from_slice(&random.next().to_le_bytes());
    batch.trace_id = TraceId::from_otel(id);
    let late = if random.below(20) == 0 { random.below(3_600_000_000_000) as i64 } else { 0 };
    let start = 1_700_000_000_000_000_000 + number as i64 * 20_000_000 - late;
    let mut ids = Vec::with_capacity(SPANS);
    for (index, span) in batch.spans.iter_mut().enumerate() {
        span.span_id = SpanId(random.next().to_le_bytes());
        ids.push(span.span_id);
        span.parent_id = (index > 0).then(|| ids[(index - 1) / 3]);
        span.start = UnixNanos(start + index as i64 * 31_000_000);
        span.end = Some(UnixNanos(span.start.0 + 1_000_000 * random.below(900) as i64));
    }
    batch
}

fn anonymous_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    let digits = line.and_then(|line| line.split_whitespace().nth(1));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[tokio::main]
async fn main() {
    // Cargo passes `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let traces: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(40_000);
    let callers: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(8);
    let folder = tempfile::tempdir_in(arguments.next().unwrap_or_else(|| ".".to_owned()))
        .expect("a folder for the bench");
    let path = folder.path().join("bench.db");
    let store = store::open(OpenOptions::new(&path, UnixMillis(0))).await.expect("an empty store");
    let templates: Arc<Vec<SpanBatch>> = Arc::new((0..256).map(template).collect());
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
                    let batches =
                        (first..first + TRACES_A_CALL).map(|n| trace(&templates, n)).collect();
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
    println!("{spans} spans in {seconds:.2} s: {:.0} spans/s", spans as f64 / seconds);
    println!("longest call {} ms", waited.load(Ordering::Relaxed) / 1000);
    println!("anonymous memory {} MiB", anonymous_memory_kib() / 1024);
    let began = Instant::now();
    store.close().await;
    println!("closed in {:.2} s", began.elapsed().as_secs_f64());
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("{:.0} bytes on disk a span", size as f64 / spans as f64);
}
