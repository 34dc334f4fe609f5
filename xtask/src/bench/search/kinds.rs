//! The kinds of search that are measured: filters with places for numbers and words that differ in each round.

use super::super::rng::Rng;
use super::super::workload::TOPICS;

/// A kind of search.
pub struct Kind {
    pub name: &'static str,
    /// `#` stands for a number below `numbers`, `@` for a word that a tenth of the traces has.
    template: &'static str,
    numbers: u64,
    pub order: &'static [&'static str],
    /// What the slowest hundredth may take, in milliseconds.
    pub goal_ms: f64,
    /// Whether `mlflow server` understands it.
    pub in_reference: bool,
}

/// Stands for a tenth of the number of traces, written with six digits.
const CASES: u64 = 0;

impl Kind {
    /// A filter of this kind.
    pub fn filter(&self, rng: &mut Rng, traces: u64) -> String {
        let number = match self.numbers {
            CASES => format!("{:06}", rng.below((traces / 10).max(1))),
            numbers => rng.below(numbers).to_string(),
        };
        let topic = TOPICS[rng.below(TOPICS.len() as u64) as usize];
        self.template.replace('#', &number).replace('@', topic)
    }

    const fn order(name: &'static str, order: &'static [&'static str]) -> Self {
        Self {
            name,
            template: "",
            numbers: 1,
            order,
            goal_ms: QUICK,
            in_reference: true,
        }
    }

    const fn ours(self) -> Self {
        Self {
            in_reference: false,
            ..self
        }
    }
}

const fn kind(name: &'static str, template: &'static str, numbers: u64, goal_ms: f64) -> Kind {
    Kind {
        name,
        template,
        numbers,
        order: &[],
        goal_ms,
        in_reference: true,
    }
}

/// Equality, comparison, IN, prefix.
const QUICK: f64 = 25.0;
/// Infix, ILIKE, RLIKE.
const PATTERN: f64 = 300.0;
/// Text of spans.
const CONTENT: f64 = 1000.0;

/// Filters, newest traces first.
pub const KINDS: &[Kind] = &[
    kind("everything", "", 1, QUICK),
    kind("status =", "status = 'ERROR'", 1, QUICK),
    kind("status IN", "status IN ('ERROR', 'IN_PROGRESS')", 1, QUICK),
    kind("execution_time_ms >", "execution_time_ms > 79#", 100, QUICK),
    kind("execution_time_ms <", "execution_time_ms < 20#", 10, QUICK),
    kind("timestamp_ms <", "timestamp_ms < 17#00000000", 1000, QUICK),
    kind("name =", "name = 'agent_predict'", 1, QUICK),
    kind(
        "name LIKE prefix, none",
        "name LIKE 'agent-#%'",
        1000,
        QUICK,
    ),
    kind(
        "request_id LIKE prefix",
        "request_id LIKE 'tr-#%'",
        100_000,
        QUICK,
    ),
    kind(
        "client_request_id =, none",
        "client_request_id = 'order-#'",
        1000,
        QUICK,
    ),
    kind("tag =, third", "tags.env = 'prod'", 1, QUICK),
    kind("tag =, fortieth", "tags.version = 'v#'", 40, QUICK),
    kind("tag =, ten", "tags.customer = 'customer-#'", 100_000, QUICK),
    kind("tag =, none", "tags.customer = 'nobody-#'", 1000, QUICK),
    kind(
        "tag LIKE prefix",
        "tags.customer LIKE 'customer-#%'",
        10_000,
        QUICK,
    ),
    kind(
        "tag LIKE prefix, many",
        "tags.customer LIKE 'customer-#%'",
        10,
        QUICK,
    ),
    kind(
        "user =",
        "metadata.`mlflow.trace.user` = 'user-#'",
        5_000,
        QUICK,
    ),
    kind(
        "session =",
        "metadata.`mlflow.trace.session` = 'session-#'",
        20_000,
        QUICK,
    ),
    kind("trace.user =", "trace.user = 'user-#'", 5_000, QUICK).ours(),
    kind(
        "trace.session LIKE prefix",
        "trace.session LIKE 'session-#%'",
        2_000,
        QUICK,
    )
    .ours(),
    kind("trace.model =", "trace.model = 'gpt-4o'", 1, QUICK).ours(),
    kind("run_id =", "run_id = 'run-#'", 300, QUICK),
    kind(
        "tag AND tag",
        "tags.env = 'prod' AND tags.customer = 'customer-#'",
        100_000,
        QUICK,
    ),
    kind(
        "tag OR tag",
        "tags.customer = 'customer-#' OR tags.customer = 'customer-1#'",
        9_000,
        QUICK,
    )
    .ours(),
    kind("feedback >", "feedback.rating > 4", 1, QUICK),
    kind("span.name =", "span.name = 'llm_#'", 5, QUICK),
    kind("span.name =, none", "span.name = 'nothing_#'", 1000, QUICK),
    kind(
        "span.name LIKE prefix",
        "span.name LIKE 'tool_#%'",
        5,
        QUICK,
    ),
    kind("span.type =", "span.type = 'RETRIEVER'", 1, QUICK),
    kind("span.status =", "span.status = 'ERROR'", 1, QUICK),
    kind(
        "span.type AND span.status",
        "span.type = 'LLM' AND span.status = 'ERROR'",
        1,
        QUICK,
    ),
    kind(
        "attribute =, common",
        "attribute.region = 'region-#'",
        12,
        QUICK,
    )
    .ours(),
    kind(
        "attribute =, ten",
        "attribute.customer.id = 'cust-#'",
        100_000,
        QUICK,
    )
    .ours(),
    kind(
        "attribute =, none",
        "attribute.customer.id = 'none-#'",
        1000,
        QUICK,
    )
    .ours(),
    kind(
        "attribute LIKE prefix",
        "attribute.customer.id LIKE 'cust-#%'",
        10_000,
        QUICK,
    )
    .ours(),
    kind(
        "attribute > number, common",
        "attribute.retries > 4",
        1,
        QUICK,
    )
    .ours(),
    kind(
        "attribute < number, rare",
        "attribute.latency_ms < 0.#",
        9,
        QUICK,
    )
    .ours(),
    kind(
        "attribute > number, half",
        "attribute.latency_ms > 3000#",
        10,
        QUICK,
    )
    .ours(),
    kind(
        "attribute IN",
        "attribute.customer.id IN ('cust-#', 'cust-1#')",
        9_000,
        QUICK,
    )
    .ours(),
    kind(
        "attribute AND attribute on one span",
        "attribute.request_type = 'urgent' AND attribute.retries > 3",
        1,
        QUICK,
    )
    .ours(),
    kind(
        "attribute AND span.name",
        "attribute.customer.id = 'cust-#' AND span.name = 'agent_predict'",
        100_000,
        QUICK,
    )
    .ours(),
    kind(
        "tag LIKE infix",
        "tags.customer LIKE '%er-#7%'",
        1000,
        PATTERN,
    ),
    kind(
        "tag LIKE infix, none",
        "tags.customer LIKE '%x#y%'",
        1000,
        PATTERN,
    ),
    kind(
        "tag ILIKE",
        "tags.customer ILIKE '%MER-#%'",
        10_000,
        PATTERN,
    ),
    kind("tag RLIKE", "tags.customer RLIKE '7#$'", 1000, PATTERN),
    kind(
        "user LIKE infix",
        "metadata.`mlflow.trace.user` LIKE '%r-#'",
        5_000,
        PATTERN,
    ),
    kind("name ILIKE", "name ILIKE '%PREDICT'", 1, PATTERN),
    kind(
        "request_id LIKE infix",
        "request_id LIKE '%#f%'",
        10_000,
        PATTERN,
    ),
    kind("span.name ILIKE", "span.name ILIKE 'LLM_#'", 5, PATTERN),
    kind(
        "attribute LIKE infix",
        "attribute.customer.id LIKE '%st-#7%'",
        1000,
        PATTERN,
    )
    .ours(),
    kind(
        "attribute RLIKE",
        "attribute.customer.id RLIKE '7#$'",
        1000,
        PATTERN,
    )
    .ours(),
    kind(
        "span.content LIKE, none",
        "span.content LIKE '%nobody-# wrote%'",
        1000,
        CONTENT,
    ),
    kind(
        "span.content LIKE, none, common words",
        "span.content LIKE '%order# refund policy%'",
        9,
        CONTENT,
    ),
    kind(
        "span.content LIKE, ten",
        "span.content LIKE '%case-#x%'",
        CASES,
        CONTENT,
    ),
    kind(
        "span.content LIKE, tenth of all",
        "span.content LIKE '%about @%'",
        1,
        CONTENT,
    ),
    kind(
        "trace.text ILIKE, ten",
        "trace.text ILIKE '%CASE-#X%'",
        CASES,
        CONTENT,
    ),
    kind(
        "span.content AND span.type",
        "span.content LIKE '%case-#x%' AND span.type = 'TOOL'",
        CASES,
        CONTENT,
    ),
];

/// Orders other than by start.
pub const ORDERS: &[Kind] = &[
    Kind::order("order execution_time DESC", &["execution_time DESC"]),
    Kind::order("order name", &["name ASC"]),
    Kind::order("order tag DESC", &["tags.customer DESC"]).ours(),
    Kind::order("order timestamp ASC", &["timestamp ASC"]),
];
