//! OTLP/HTTP bodies of an agent workload, made on the fly: traces of 12 spans with about 1 KB a span, written straight as
//! protobuf wire format so that making them costs a small part of what the server spends on reading them.

use super::rng::Rng;

/// Spans a trace.
pub const SPANS_PER_TRACE: u64 = 12;
/// Traces a request.
pub const TRACES_PER_REQUEST: u64 = 40;

const WORDS: &[&str] = &[
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
];
const KINDS: &[&str] = &[
    "CHAT_MODEL",
    "TOOL",
    "RETRIEVER",
    "CHAIN",
    "LLM",
    "PARSER",
    "RERANKER",
    "EMBEDDING",
];
const MODELS: &[&str] = &["gpt-4o", "claude-sonnet-4", "llama-3.3-70b"];
const PLACES: &[&str] = &["production", "staging", "dev"];

/// What root spans carry as trace tags `env` and `version`, the latter numbered.
const ENVIRONMENTS: &[&str] = &["prod", "stage", "dev"];
const REQUEST_TYPES: &[&str] = &["urgent", "normal", "batch", "test"];
/// One of these is in the text of every trace of a varied workload, so each is in a tenth of them.
pub const TOPICS: &[&str] = &[
    "volcano",
    "origami",
    "glacier",
    "tambourine",
    "parsley",
    "mosquito",
    "lighthouse",
    "zeppelin",
    "quicksand",
    "harpsichord",
];

/// What differs between traces beyond what measuring ingest takes, for measuring search: tags, attributes, and words that are
/// rare.
#[derive(Debug, Clone, Copy)]
pub struct Variety {
    /// Words `case-000123x` with a number below this are spread over the traces, one a trace.
    pub cases: u64,
}

/// Makes request bodies whose start times run on from a beginning, one trace in twenty arriving late.
pub struct Workload {
    rng: Rng,
    clock_ns: u64,
    step_ns: u64,
    body: Vec<u8>,
    scratch: Scratch,
    variety: Option<Variety>,
    last_trace: Vec<u8>,
}

/// Buffers for the nested messages, one a level, kept between bodies.
#[derive(Default)]
struct Scratch {
    spans: Vec<u8>,
    span: Vec<u8>,
    attribute: Vec<u8>,
    value: Vec<u8>,
    text: String,
}

impl Workload {
    /// `seed` distinguishes workers; traces start every `step_ns` from `start_ns` on.
    pub fn new(seed: u64, start_ns: u64, step_ns: u64) -> Self {
        let rng = Rng::new(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
        Self {
            rng,
            clock_ns: start_ns,
            step_ns,
            body: Vec::new(),
            scratch: Scratch::default(),
            variety: None,
            last_trace: Vec::new(),
        }
    }

    /// The same with more that differs.
    pub fn varied(seed: u64, start_ns: u64, step_ns: u64, variety: Variety) -> Self {
        Self {
            variety: Some(variety),
            ..Self::new(seed, start_ns, step_ns)
        }
    }

    /// The id of the last trace of the last body, as MLflow writes it.
    pub fn last_trace(&self) -> String {
        let hex: String = self.last_trace.iter().map(|b| format!("{b:02x}")).collect();
        format!("tr-{hex}")
    }

    /// The next body: one `ExportTraceServiceRequest` of 40 traces.
    pub fn next_body(&mut self) -> &[u8] {
        self.scratch.spans.clear();
        for _ in 0..TRACES_PER_REQUEST {
            self.trace();
        }
        let mut resource = Vec::new();
        let mut attribute = Vec::new();
        let mut value = Vec::new();
        field_bytes(&mut value, 1, b"bench-agent");
        field_bytes(&mut attribute, 1, b"service.name");
        field_bytes(&mut attribute, 2, &value);
        field_bytes(&mut resource, 1, &attribute);
        let mut scope_spans = Vec::with_capacity(self.scratch.spans.len() + 16);
        field_bytes(&mut scope_spans, 1, b"\x0a\x05bench");
        scope_spans.extend_from_slice(&self.scratch.spans);
        let mut resource_spans = Vec::with_capacity(scope_spans.len() + 64);
        field_bytes(&mut resource_spans, 1, &resource);
        field_bytes(&mut resource_spans, 2, &scope_spans);
        self.body.clear();
        field_bytes(&mut self.body, 1, &resource_spans);
        &self.body
    }

    fn trace(&mut self) {
        let rng = &mut self.rng;
        self.clock_ns += self.step_ns;
        let late = if rng.one_in(20) {
            rng.below(3_600_000_000_000)
        } else {
            0
        };
        let start = self.clock_ns.saturating_sub(late);
        let (high, low) = (rng.next().to_be_bytes(), rng.next().to_be_bytes());
        let trace_id = [high, low].concat();
        self.last_trace.clone_from(&trace_id);
        let (user, session) = (rng.below(5_000), rng.below(20_000));
        let total = (200 + rng.below(7_800)) * 1_000_000;
        let failed = rng.one_in(20);
        let ids: Vec<[u8; 8]> = (0..SPANS_PER_TRACE)
            .map(|_| (rng.next() | 1).to_be_bytes())
            .collect();
        for index in 0..SPANS_PER_TRACE {
            let is_root = index == 0;
            let last = index + 1 == SPANS_PER_TRACE;
            let kind = if is_root {
                "AGENT"
            } else {
                KINDS[((index * 7 + user) % KINDS.len() as u64) as usize]
            };
            let begin = if is_root {
                0
            } else {
                total * index / (SPANS_PER_TRACE + 1)
            };
            let end = if is_root {
                total
            } else {
                total.min(begin + total / 4)
            };
            let s = &mut self.scratch;
            s.span.clear();
            field_bytes(&mut s.span, 1, &trace_id);
            field_bytes(&mut s.span, 2, &ids[index as usize]);
            if !is_root {
                field_bytes(&mut s.span, 4, &ids[((index - 1) / 3) as usize]);
            }
            let name = if is_root {
                "agent_predict".to_owned()
            } else {
                format!("{}_{}", kind.to_ascii_lowercase(), index % 5)
            };
            field_bytes(&mut s.span, 5, name.as_bytes());
            field_fixed64(&mut s.span, 7, start + begin);
            field_fixed64(&mut s.span, 8, start + end);
            s.attribute("mlflow.spanType", &format!("\"{kind}\""));
            s.text.clear();
            s.text
                .push_str("{\"messages\": [{\"role\": \"user\", \"content\": \"");
            s.sentence(rng, 40);
            if let (Some(variety), 3) = (self.variety, index) {
                s.rare_words(rng, variety);
            }
            s.text.push_str("\"}]}");
            s.text_attribute("mlflow.spanInputs");
            s.text.clear();
            s.text.push_str("{\"content\": \"");
            s.sentence(rng, 60);
            s.text
                .push_str(&format!("\", \"id\": {}}}", rng.below(1_000_000_000)));
            s.text_attribute("mlflow.spanOutputs");
            if kind == "CHAT_MODEL" || kind == "LLM" {
                let (a, b) = (50 + rng.below(3950), 10 + rng.below(790));
                let usage = format!(
                    "{{\"input_tokens\": {a}, \"output_tokens\": {b}, \"total_tokens\": {}}}",
                    a + b
                );
                s.attribute("mlflow.chat.tokenUsage", &usage);
                s.attribute("mlflow.llm.model", &format!("\"{}\"", pick(rng, MODELS)));
            }
            if is_root {
                s.attribute("user.id", &format!("user-{user}"));
                s.attribute("session.id", &format!("session-{session}"));
                s.attribute("environment", &format!("\"{}\"", pick(rng, PLACES)));
                s.attribute("priority", &(1 + rng.below(10)).to_string());
            }
            if self.variety.is_some() {
                s.attributes(rng, is_root);
            }
            if failed && last {
                s.exception(rng, start + end);
            }
            let code = if failed && (is_root || last) { 2 } else { 1 };
            field_bytes(&mut s.span, 15, &[0x18, code]);
            field_bytes(&mut s.spans, 2, &s.span);
        }
    }
}

impl Scratch {
    fn sentence(&mut self, rng: &mut Rng, words: usize) {
        for index in 0..words {
            if index > 0 {
                self.text.push(' ');
            }
            self.text.push_str(pick(rng, WORDS));
        }
    }

    fn rare_words(&mut self, rng: &mut Rng, variety: Variety) {
        let topic = pick(rng, TOPICS);
        let case = rng.below(variety.cases.max(1));
        self.text
            .push_str(&format!(" about {topic}, case-{case:06}x"));
    }

    /// Attributes of a varied span; a root's become tags of its trace.
    fn attributes(&mut self, rng: &mut Rng, is_root: bool) {
        self.attribute("region", &format!("\"region-{}\"", rng.below(12)));
        self.attribute("retries", &rng.below(6).to_string());
        if rng.one_in(4) {
            self.attribute("request_type", &format!("\"{}\"", pick(rng, REQUEST_TYPES)));
        }
        if is_root {
            self.attribute("customer.id", &format!("\"cust-{}\"", rng.below(100_000)));
            self.attribute(
                "latency_ms",
                &format!("{}.{}", rng.below(60_000), rng.below(10)),
            );
            self.attribute(
                "mlflow.traceTag.env",
                &format!("\"{}\"", pick(rng, ENVIRONMENTS)),
            );
            let version = format!("\"v{}\"", rng.below(40));
            self.attribute("mlflow.traceTag.version", &version);
            let customer = format!("\"customer-{}\"", rng.below(100_000));
            self.attribute("mlflow.traceTag.customer", &customer);
        }
    }

    /// An attribute of the span whose string value is `self.text`.
    fn text_attribute(&mut self, key: &str) {
        let text = std::mem::take(&mut self.text);
        self.attribute(key, &text);
        self.text = text;
    }

    fn attribute(&mut self, key: &str, value: &str) {
        key_value(&mut self.attribute, &mut self.value, key, value);
        field_bytes(&mut self.span, 9, &self.attribute);
    }

    fn exception(&mut self, rng: &mut Rng, time: u64) {
        let mut event = Vec::new();
        field_fixed64(&mut event, 1, time);
        field_bytes(&mut event, 2, b"exception");
        self.text.clear();
        self.sentence(rng, 8);
        for (key, value) in [
            ("exception.type", "TimeoutError"),
            ("exception.message", self.text.as_str()),
        ] {
            key_value(&mut self.attribute, &mut self.value, key, value);
            field_bytes(&mut event, 3, &self.attribute);
        }
        field_bytes(&mut self.span, 11, &event);
    }
}

/// Writes a `KeyValue` message into `attribute`.
fn key_value(attribute: &mut Vec<u8>, any_value: &mut Vec<u8>, key: &str, value: &str) {
    any_value.clear();
    field_bytes(any_value, 1, value.as_bytes());
    attribute.clear();
    field_bytes(attribute, 1, key.as_bytes());
    field_bytes(attribute, 2, any_value);
}

fn pick<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from[rng.below(from.len() as u64) as usize]
}

fn field_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    varint(out, u64::from(field << 3 | 2));
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn field_fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    varint(out, u64::from(field << 3 | 1));
    out.extend_from_slice(&value.to_le_bytes());
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value as u8) | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
