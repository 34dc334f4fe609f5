//! The load the benches put on a store: traces of 12 spans of about 1 KB each.

use domain::ids::{ExperimentId, SpanId, TraceId};
use domain::ingest::SpanBatch;
use domain::json::quote;
use domain::span::{Span, StatusCode, keys};
use domain::time::UnixNanos;

/// Spans a trace.
pub const SPANS: usize = 12;
/// The vocabulary decides how well the texts compress; this is that of the project's load generator.
const WORDS: [&str; 50] = [
    "refund",
    "order",
    "flight",
    "booking",
    "policy",
    "customer",
    "account",
    "reservation",
    "payment",
    "exchange",
    "cancel",
    "upgrade",
    "baggage",
    "insurance",
    "address",
    "email",
    "product",
    "item",
    "variant",
    "delivery",
    "status",
    "agent",
    "tool",
    "retrieve",
    "context",
    "answer",
    "question",
    "summary",
    "search",
    "query",
    "index",
    "vector",
    "model",
    "token",
    "latency",
    "invoice",
    "voucher",
    "seat",
    "route",
    "cabin",
    "claim",
    "balance",
    "receipt",
    "warranty",
    "ticket",
    "window",
    "profile",
    "session",
    "coupon",
    "stock",
];

/// A small generator of even numbers: the bench must not depend on a crate for randomness.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below another.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn sentence(&mut self, words: usize) -> String {
        let words: Vec<&str> = (0..words)
            .map(|_| WORDS[self.below(WORDS.len() as u64) as usize])
            .collect();
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
            format!(
                r#"{{"content": "{}", "id": {}}}"#,
                random.sentence(65),
                random.below(1 << 30)
            ),
        ),
    ];
    if kind == "LLM" {
        let usage = r#"{"input_tokens": 812, "output_tokens": 96, "total_tokens": 908}"#;
        attributes.push((keys::TOKEN_USAGE.to_owned(), usage.to_owned()));
        attributes.push((keys::MODEL.to_owned(), r#""gpt-4o""#.to_owned()));
    }
    if index == 0 {
        attributes.push((
            keys::USER_ID.to_owned(),
            format!(r#""user-{}""#, random.below(5000)),
        ));
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
pub fn trace(templates: &[SpanBatch], number: u64) -> SpanBatch {
    let mut random = Random(number);
    let mut batch = templates[random.below(templates.len() as u64) as usize].clone();
    let mut id = [0; 16];
    id[..8].copy_from_slice(&random.next().to_le_bytes());
    id[8..].copy_from_slice(&random.next().to_le_bytes());
    batch.trace_id = TraceId::from_otel(id);
    let late = if random.below(20) == 0 {
        random.below(3_600_000_000_000) as i64
    } else {
        0
    };
    let start = 1_700_000_000_000_000_000 + number as i64 * 20_000_000 - late;
    let mut ids = Vec::with_capacity(SPANS);
    for (index, span) in batch.spans.iter_mut().enumerate() {
        span.span_id = SpanId(random.next().to_le_bytes());
        ids.push(span.span_id);
        span.parent_id = (index > 0).then(|| ids[(index - 1) / 3]);
        span.start = UnixNanos(start + index as i64 * 31_000_000);
        span.end = Some(UnixNanos(
            span.start.0 + 1_000_000 * random.below(900) as i64,
        ));
    }
    batch
}

/// Anonymous memory of this process, from the kernel.
pub fn anonymous_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    let digits = line.and_then(|line| line.split_whitespace().nth(1));
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// Traces to make others from.
pub fn templates() -> Vec<SpanBatch> {
    (0..256).map(template).collect()
}

/// Processor time of all threads of this process so far, in nanoseconds: on a machine that others use too, it tells more than
/// the clock.
pub fn processor_nanos() -> u64 {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let nanos = threads.flatten().filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    nanos.sum()
}
