//! What is asked of the traces: filters and orders by hand, and filters by chance.

use proptest::prelude::*;

/// Filters, at least one for each thing that filters can ask.
pub(super) const FILTERS: &[&str] = &[
    "status = 'OK'",
    "status IN ('OK', 'ERROR')",
    "status NOT IN ('OK')",
    "status LIKE 'I%'",
    "tags.env = 'prod'",
    "tags.env != 'prod'",
    "tags.env = ''",
    "tags.env LIKE 'pr%'",
    "tags.env ILIKE '%ROD'",
    "tags.env RLIKE '^p.*d$'",
    "tags.env IS NULL",
    "tags.env IS NOT NULL",
    "tags.name = 'tagged 1'",
    "tags.name LIKE '%agent%'",
    "metadata.plain = 'pm%_x'",
    "metadata.plain LIKE 'pm%'",
    "metadata.`mlflow.trace.session` = 's0'",
    "metadata.`mlflow.trace.session` IS NULL",
    "name = 'agent'",
    "name LIKE 'Trace %'",
    "name ILIKE 'AGENT'",
    "trace.user = 'u1'",
    "trace.user != 'u1'",
    "trace.user IN ('u1', 'tagged', 'nobody')",
    "trace.user NOT IN ('u1')",
    "trace.user LIKE 'u%'",
    "trace.user IS NULL",
    "NOT trace.user = 'u2'",
    "trace.session = 's0'",
    "trace.session ILIKE 'S_'",
    "trace.session RLIKE '[12]$'",
    "trace.session IS NOT NULL AND trace.user IS NOT NULL",
    "trace.model = 'gpt-5'",
    "trace.model != 'gpt-5'",
    "NOT trace.model = 'gpt-5'",
    "trace.model IN ('Z', \"it's\")",
    "trace.model NOT IN ('Z', 'gpt-4o')",
    "trace.model LIKE 'gpt%'",
    "trace.model ILIKE 'z'",
    "trace.model RLIKE '^g.*[o5]$'",
    "trace.model IS NULL",
    "trace.model IS NOT NULL AND trace.model != 'Z'",
    "run_id = 'run1'",
    "run_id != 'run1'",
    "timestamp_ms > 1000 AND timestamp_ms <= 2000",
    "timestamp_ms = 100",
    "timestamp_ms != 100",
    "execution_time_ms > 10",
    "execution_time_ms < 10.5",
    "end_time_ms >= 3000",
    "client_request_id = 'cr-6'",
    "client_request_id LIKE 'cr-1%'",
    "request_id LIKE 'tr-09%1'",
    "span.name = 'llm_call'",
    "span.name = 'agent' AND span.type = 'TOOL'",
    "span.name = 'llm_call' AND span.type = 'LLM' AND span.status = 'OK'",
    "span.status = 'ERROR' AND status = 'OK'",
    "span.type IN ('LLM') OR tags.env = 'dev'",
    "NOT (span.type = 'LLM')",
    "NOT (tags.env = 'prod')",
    "NOT (tags.env = 'prod' OR execution_time_ms > 5)",
    "span.attributes.environment = 'prod'",
    "span.attributes.priority > 7",
    "span.attributes.priority = '3'",
    "span.attributes.priority IN ('3', '4.5')",
    "span.attributes.priority NOT IN ('3', '4.5')",
    "span.attributes.priority != 3",
    "span.attributes.priority <= 4.5 AND span.type = 'LLM'",
    "span.attributes.model LIKE 'gpt-%'",
    "span.attributes.model ILIKE '%GPT-5'",
    "span.attributes.model RLIKE '\"x\"$'",
    "span.attributes.model = 'gpt-5' AND span.attributes.environment = 'prod'",
    "attribute.priority < 5 AND attribute.model = 'gpt-5'",
    "NOT attribute.model = 'gpt-5'",
    "attribute.note LIKE 'long%'",
    "attribute.note = ''",
    "attribute.nothing != 'x'",
    "attribute.`mlflow.spanInputs` LIKE '%Hello 3%'",
    "request_id LIKE 'tr-0900%'",
    "request_id LIKE 'tr-0900%9'",
    "request_id LIKE 'tr-090000000000000000000000000000%'",
    "NOT request_id LIKE 'tr-0900000000000000000000000000001%'",
    "request_id LIKE 'tr-0900000000000000000000000000002%' OR tags.env = 'prod'",
    "request_id LIKE 'TR-0900%'",
    "request_id ILIKE '%F'",
    "span.content LIKE '%Hello 1%'",
    "span.content LIKE '%1%'",
    "span.content LIKE '%late%' AND span.content LIKE '%Hello%'",
    "span.content LIKE '%_ello 2%environment%'",
    "span.content ILIKE '%HELLO 3%'",
    "trace.text LIKE '%nobody wrote this%'",
    "NOT trace.text LIKE '%Hello 1%'",
    "trace.text LIKE '%Hello 1%' OR tags.env = 'prod'",
    "trace.text ILIKE '%hello 2%' AND span.type = 'LLM'",
    "feedback.rating = 'yes'",
    "feedback.rating = '4.0'",
    "feedback.rating > 3",
    "feedback.rating IS NULL",
    "feedback.rating IS NOT NULL",
    "feedback.other IS NULL AND status = 'OK'",
    "prompt = 'p/3'",
    "tags.nothing = 'x'",
    "tags.nothing IS NULL",
];

/// Orders.
pub(super) const ORDERS: &[&[&str]] = &[
    &[],
    &["timestamp ASC"],
    &["execution_time DESC"],
    &["execution_time ASC", "name DESC"],
    &["end_time DESC"],
    &["status"],
    &["request_id DESC"],
    &["request_id ASC", "timestamp DESC"],
    &["status DESC", "request_id ASC", "timestamp ASC"],
    &["name"],
    &["run_id DESC"],
    &["tags.env"],
    &["tags.env DESC", "metadata.plain ASC"],
    &["metadata.`mlflow.trace.session`"],
    &["experiment_id"],
];

fn clause() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        Just("tags.env"),
        Just("metadata.plain"),
        Just("name"),
        Just("tags.name"),
        Just("metadata.`mlflow.trace.session`"),
        Just("feedback.rating"),
        Just("trace.user"),
        Just("trace.session"),
        Just("trace.model"),
    ];
    let op = prop_oneof![
        Just("="),
        Just("!="),
        Just("LIKE"),
        Just("ILIKE"),
        Just("RLIKE")
    ];
    let value = prop_oneof![
        Just("prod"),
        Just("%o%"),
        Just("a"),
        Just("s1"),
        Just("u1"),
        Just("gpt-5"),
        Just("g%"),
        Just("Agent"),
        Just("yes")
    ];
    let texts = (text.clone(), op, value).prop_map(|(t, op, v)| format!("{t} {op} '{v}'"));
    let nulls = (text, any::<bool>())
        .prop_map(|(t, b)| format!("{t} IS {}NULL", if b { "NOT " } else { "" }));
    let number = prop_oneof![
        Just("timestamp_ms"),
        Just("execution_time_ms"),
        Just("end_time_ms")
    ];
    let compare = prop_oneof![Just("<"), Just(">="), Just("="), Just("!=")];
    let numbers =
        (number, compare, 0..4000i64).prop_map(|(n, op, value)| format!("{n} {op} {value}"));
    let spans = prop_oneof![
        Just("span.name = 'llm_call'".to_owned()),
        Just("span.type != 'LLM'".to_owned()),
        Just("span.status = 'ERROR'".to_owned()),
        Just("span.attributes.priority >= 5".to_owned()),
        Just("attribute.model LIKE 'gpt%' AND attribute.priority < 3".to_owned()),
        Just("attribute.model != 'gpt-5' AND span.type = 'TOOL'".to_owned()),
        Just("attribute.note LIKE '%long%'".to_owned()),
        Just("attribute.environment IN ('prod', 'x') AND span.content LIKE '%ello 2%'".to_owned()),
        Just("trace.text ILIKE '%HELLO 1%'".to_owned()),
        Just("span.content LIKE '%dev%'".to_owned()),
    ];
    prop_oneof![4 => texts, 1 => nulls, 2 => numbers, 2 => spans]
}

/// Any filter.
pub(super) fn filter() -> impl Strategy<Value = String> {
    clause().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) AND ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) OR ({b})")),
            inner.prop_map(|a| format!("NOT ({a})")),
        ]
    })
}
