//! Where Spanfall differs from `mlflow server` 3.17.2 on purpose, and why. `docs/protocol.md` tells users the same.

/// Differences that are meant. In each text `*` stands for anything.
pub struct Rule {
    pub why: &'static str,
    /// Names of calls.
    pub calls: &'static [&'static str],
    /// Place in the answer, what MLflow answers there, what Spanfall answers.
    pub differences: &'static [(&'static str, &'static str, &'static str)],
}

/// The first rule that fits is the one that counts.
pub const RULES: &[Rule] = &[
    Rule {
        why: "unknown routes and wrong methods are answered with an error code that clients can read",
        calls: &[
            "general: an unknown route*",
            "general: the wrong method*",
            "runs: search by GET",
        ],
        differences: &[
            ("media type", "text/html", "application/json"),
            (
                "body",
                "<!doctype html>*",
                "{\"error_code\":\"ENDPOINT_NOT_FOUND\"*",
            ),
            ("body", "<!doctype html>*", "<!DOCTYPE html>*"),
        ],
    },
    Rule {
        why: "a known route with another method is 405 here as elsewhere",
        calls: &["otlp: the wrong method"],
        differences: &[("status", "404 *", "405 ENDPOINT_NOT_FOUND *")],
    },
    Rule {
        why: "a version is plain text",
        calls: &["general: GET /version"],
        differences: &[("media type", "text/html", "text/plain")],
    },
    Rule {
        why: "there is no gateway and no object store to send files to directly",
        calls: &["general: GET */server-info"],
        differences: &[
            ("$.features_enabled.gateway", "true", "false"),
            ("$.presigned_upload_*", "true", "false"),
        ],
    },
    Rule {
        why: "what makes MLflow fail, or clients of another feature send, is answered",
        calls: &[
            "general: workspace header",
            "trace order: end_time*",
            "traces 3: get a trace whose spans are elsewhere",
            "traces 2: end without a status",
        ],
        differences: &[("status", "500 *", "200 *")],
    },
    Rule {
        why: "a client's mistake is a 4xx: clients retry a 5xx for minutes",
        calls: &["*"],
        differences: &[("status", "500 *", "40* *")],
    },
    Rule {
        why: "a mistake is told, where MLflow passes over it and stores something else or nothing",
        calls: &[
            "experiment search: view unknown*",
            "experiment search: order by a number",
            "runs: create with tags as a map",
            "runs: log a batch with a metric that is a text",
            "runs: search experiments as numbers",
            "runs: search an unknown view",
            "traces 3: search locations that are texts",
            "runs: end with an unknown status*",
            "traces 3: start without an id",
            "traces 3: start with *",
            "traces 2: start without a time",
            "traces 2: end without a time",
            "assessments: feedback of an unknown source type",
            "assessments: no name",
            "assessments: a name of 251",
            "assessments: metadata that is not text",
            "models: finalize with an unknown status",
            "models: search none",
            "models: search too many",
            "metrics: an unknown view",
        ],
        differences: &[("status", "200 *", "40* *")],
    },
    Rule {
        why: "both spellings of a field are taken everywhere, in queries and masks too",
        calls: &[
            "general: the default experiment by camelCase",
            "experiments: get by name, camelCase",
            "runs: get by camelCase",
            "runs: history of a metric by camelCase",
            "assessments: change by camelCase",
        ],
        differences: &[(
            "status",
            "400 INVALID_PARAMETER_VALUE Missing value *",
            "200 *",
        )],
    },
    Rule {
        why: "a mask may name fields in snake_case, which MLflow passes over in silence",
        calls: &["assessments: change with a mask in snake_case"],
        differences: &[("$.assessment.assessment_name", "\"*\"", "\"tone 4\"")],
    },
    Rule {
        why: "an id may be a number, as 64-bit fields may be texts",
        calls: &["experiments: rename with an id that is a number"],
        differences: &[("status", "400 *", "404 *")],
    },
    Rule {
        why: "MLflow sends the text of a failed SQL statement",
        calls: &[
            "experiments: create again",
            "experiments: create with the name of a deleted one",
            "experiments: rename to a taken name",
            "runs: create in the default experiment by leaving it out",
        ],
        differences: &[
            ("$.error_code", "\"BAD_REQUEST\"", "*"),
            ("$.error_class", "*", "\"RESOURCE_ALREADY_EXISTS\""),
            ("$.message", "*sqlite3.IntegrityError*", "*"),
        ],
    },
    Rule {
        why: "a question without an aggregation is told so, not what came of its SQL",
        calls: &["metrics: no aggregation"],
        differences: &[
            (
                "$.error_code",
                "\"BAD_REQUEST\"",
                "\"INVALID_PARAMETER_VALUE\"",
            ),
            ("$.message", "*SELECT*", "*aggregations*"),
        ],
    },
    Rule {
        why: "an order by what is no field is an invalid value, as in every other search",
        calls: &["models: search in an unknown order"],
        differences: &[
            (
                "$.error_class",
                "\"ATTRIBUTE_NOT_FOUND\"",
                "\"INVALID_PARAMETER_VALUE\"",
            ),
            ("$.sqlstate", "\"KAM04\"", "\"KAM00\""),
        ],
    },
    Rule {
        why: "a tag on an unknown trace is a missing trace, not a broken SQL constraint",
        calls: &["traces 3: set a tag on an unknown trace"],
        differences: &[(
            "status",
            "400 BAD_REQUEST *sqlite3*",
            "404 RESOURCE_DOES_NOT_EXIST *",
        )],
    },
    Rule {
        why: "messages about filters and orders point at the place and suggest what would work; sets have an order",
        calls: &[
            "trace filter: *",
            "trace order: *",
            "experiment filter: *",
            "run filter: *",
            "experiment search: order by *",
            "experiment search: the order is byte by byte",
            "runs: order by *",
            "traces 2: search with a bad filter",
            "models: search with a filter that cannot be read",
            "issues: search by an unknown field",
            "issues: search with a filter that cannot be read",
            "metrics: correlation with a bad filter",
        ],
        differences: &[("$.message", "*", "*")],
    },
    Rule {
        why: "the filter language has more: OR, NOT, parentheses, attributes of spans",
        calls: &[
            "trace filter: span.attributes.priority > 5",
            "trace filter: span.attributes.request_type IN ('urgent')",
            "trace filter: attribute.request_type = 'urgent'",
            "trace filter: attribute.priority > 5",
            "*filter: * OR *",
            "experiment search: search with OR",
            "trace filter: (status = 'OK')",
            "*filter: NOT *",
        ],
        differences: &[("status", "400 *", "200 *")],
    },
    Rule {
        why: "a comparison of a span's attribute compares its value; in MLflow it never matches",
        calls: &["trace filter: span.attributes.request_type = 'urgent'"],
        differences: &[("$.traces", "(absent)", "[*")],
    },
    Rule {
        why: "the message says the same in other words, or more",
        calls: &[
            "experiments: create with a tag without key",
            "experiment search: search with max_results that is a fraction",
            "experiment search: a token that is none",
            "runs: log a batch that changes a parameter",
            "runs: search with a token that is none",
            "traces 3: search with a token that is none",
            "artifacts: an attachment upwards",
            "traces 3: batchGetInfos of numbers",
            "traces 3: delete a tag of an unknown trace",
            "assessments: feedback with a bad time",
            "assessments: an assessment that is a text",
            "artifacts: multipart",
            "artifacts: presigned",
            "artifacts: an unknown attachment",
            "issues: search with a token that is none",
            "metrics: an unknown aggregation",
        ],
        differences: &[("$.message", "*", "*")],
    },
    Rule {
        why: "errors have one form everywhere",
        calls: &["artifacts: multipart", "artifacts: presigned"],
        differences: &[
            ("$.error_class", "(absent)", "*"),
            ("$.sqlstate", "(absent)", "*"),
        ],
    },
    Rule {
        why: "comparators that are words may be in any case, and times may be compared with fractions, in every filter",
        calls: &[
            "experiment filter: name ilike 'b%'",
            "experiment filter: creation_time >= 150.5",
        ],
        differences: &[("status", "400 *", "200 *")],
    },
    Rule {
        why: "a refused export says what is wrong with it",
        calls: &[
            "otlp: no content type",
            "otlp: garbage*",
            "otlp: an empty * id",
            "otlp: JSON with a time that is no number",
        ],
        differences: &[("$.detail", "\"*", "\"*")],
    },
    Rule {
        why: "an id that is no hex is a span that cannot be kept, as in protobuf",
        calls: &["otlp: JSON with a trace id that is no hex"],
        differences: &[("status", "400 *", "422 *")],
    },
    Rule {
        why: "JSON is answered with JSON",
        calls: &["otlp: *"],
        differences: &[
            ("media type", "application/x-protobuf", "application/json"),
            ("body", "", "{}"),
        ],
    },
    Rule {
        why: "a trace that came over OTLP alone is named after its root span, so that it can be found by name",
        calls: &["otlp: *"],
        differences: &[("*tags.mlflow.traceName", "(absent)", "\"*\"")],
    },
    Rule {
        why: "once a client has sent a trace's end, late spans do not change its times",
        calls: &["otlp: *"],
        differences: &[("*.execution_duration", "\"104s\"", "\"9s\"")],
    },
    Rule {
        why: "a span without an end runs; MLflow takes it to have ended in 1970",
        calls: &["otlp: *"],
        differences: &[
            ("*.execution_duration", "\"-*s\"", "(absent)"),
            ("*.state", "\"OK\"", "\"IN_PROGRESS\""),
        ],
    },
    Rule {
        why: "experiments that are there but empty mean nothing",
        calls: &["otlp: spans of it in a batch of no experiment"],
        differences: &[("status", "400 *", "200 {}")],
    },
    Rule {
        why: "one form of a run everywhere",
        calls: &[
            "runs: create*",
            "search data: runs to search: *",
            "models: a run for models",
        ],
        differences: &[("$.run.outputs", "(absent)", "{}")],
    },
    Rule {
        why: "a run without a start time starts now, not in 1970",
        calls: &[
            "runs: create without a start time",
            "runs: get what has nothing",
        ],
        differences: &[("$.run.info.start_time", "0", "*")],
    },
    Rule {
        why: "a mark for the server's own use is not shown",
        calls: &["*"],
        differences: &[
            ("*mlflow.trace.infoFinalized", "\"true\"", "(absent)"),
            (
                "*.trace_metadata",
                "{\"mlflow.trace.infoFinalized\":\"true\"}",
                "(absent)",
            ),
        ],
    },
    Rule {
        why: "the answer to a repeated start has the tags it has just stored",
        calls: &[
            "traces 3: start again, with less",
            "search data: trace *",
            "metrics: trace *",
        ],
        differences: &[("$.trace.trace_info.tags.*", "(absent)", "\"*\"")],
    },
    Rule {
        why: "spans are said to be stored only to a client that says how many it has sent",
        calls: &["search data: trace *", "metrics: trace *"],
        differences: &[(
            "$.trace.trace_info.tags.mlflow.trace.spansLocation",
            "\"TRACKING_STORE\"",
            "(absent)",
        )],
    },
    Rule {
        why: "token counts that cannot be read stay as the client sent them",
        calls: &["traces 3: start with token usage that is no JSON"],
        differences: &[("*mlflow.trace.tokenUsage", "(absent)", "\"many\"")],
    },
    Rule {
        why: "a location may leave out its type, as in searches",
        calls: &["traces 3: start with a location without a type"],
        differences: &[("status", "400 *", "200 *")],
    },
    Rule {
        why: "traces are answered in the order of the request",
        calls: &["traces 3: batchGetInfos"],
        differences: &[("$.trace_infos[*", "*", "*")],
    },
    Rule {
        why: "a page token is there only if a page follows",
        calls: &["*"],
        differences: &[("$.next_page_token", "\"*\"", "(absent)")],
    },
    Rule {
        why: "a folder is no artifact that could be downloaded",
        calls: &["artifacts: download a folder"],
        differences: &[("status", "400 *", "404 RESOURCE_DOES_NOT_EXIST *")],
    },
];
