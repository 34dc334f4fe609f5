use domain::trace::TraceState;

use super::*;

/// An export request of spans given as `trace span parent`, one hex digit each, `-` for none.
fn exported(spans: &[&str]) -> String {
    let id = |digit: &str, length: usize| match digit {
        "-" => String::new(),
        digit => digit.repeat(length),
    };
    let spans: Vec<String> = spans
        .iter()
        .map(|span| {
            let ids: Vec<&str> = span.split(' ').collect();
            format!(
                r#"{{"traceId":"{}","spanId":"{}","parentSpanId":"{}","name":"{span}",
                "startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000500000000"}}"#,
                id(ids[0], 32),
                id(ids[1], 16),
                id(ids[2], 16),
            )
        })
        .collect();
    let resource = r#"{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}"#;
    format!(
        r#"{{"resourceSpans":[{{"resource":{resource},"scopeSpans":[{{"spans":[{}]}}]}}]}}"#,
        spans.join(",")
    )
}

/// Ids and span counts of the traces.
fn shape(bytes: &[u8]) -> Vec<(String, usize)> {
    let file = read(bytes).unwrap();
    let traces = file.traces.into_iter();
    traces
        .map(|trace| (trace.info.trace_id.into_string(), trace.spans.len()))
        .collect()
}

fn otel(digit: &str) -> String {
    format!("tr-{}", digit.repeat(32))
}

fn problem(bytes: impl AsRef<[u8]>) -> String {
    read(bytes.as_ref()).unwrap_err().to_string()
}

#[test]
fn exports_are_told_apart_by_trace() {
    let text = exported(&["a 1 -", "b 2 -", "a 3 1"]);
    let expected = [(otel("a"), 2), (otel("b"), 1)];
    assert_eq!(shape(text.as_bytes()), expected);
    // The collector writes a request a line.
    let lines = format!(
        "{}\n{}\n",
        exported(&["a 1 -", "b 2 -"]),
        exported(&["a 3 1"])
    );
    assert_eq!(shape(lines.as_bytes()), expected);
    let file = read(text.as_bytes()).unwrap();
    let info = &file.traces[0].info;
    assert_eq!((info.name(), info.state), (Some("a 1 -"), TraceState::Ok));
    assert_eq!(info.duration_ms, Some(500));
    assert_eq!(info.tags["service.name"], "shop");
}

#[test]
fn protobuf_is_read() {
    let field = |number: u8, content: &[u8]| {
        let mut out = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
        out.extend_from_slice(content);
        out
    };
    let mut span = field(1, &[7; 16]);
    span.extend(field(2, &[8; 8]));
    span.extend(field(5, b"work"));
    let mut scope = field(2, &span);
    scope.extend(field(2, &field(5, b"no ids")));
    let request = field(1, &field(2, &scope));
    let file = read(&request).unwrap();
    assert_eq!(file.traces.len(), 1);
    assert_eq!(file.traces[0].info.name(), Some("work"));
    assert_eq!(file.left_out, 1);
    let why = problem(&request[..request.len() - 3]);
    assert_eq!(why, "it is not OTLP protobuf: the message is cut off");
}

const MLFLOW_SPAN: &str = r#"{"trace_id":"AgICAgICAgICAgICAgICAg==","span_id":"AQEBAQEBAQE=",
    "parent_span_id":null,"name":"ask","start_time_unix_nano":1700000000000000000,
    "end_time_unix_nano":1700000001000000000,"status":{"code":"STATUS_CODE_OK","message":""},
    "attributes":{"mlflow.spanInputs":"{\"q\": 1}"}}"#;

#[test]
fn traces_json_is_read() {
    let file = format!(r#"{{"spans": [{MLFLOW_SPAN}], "request": "q"}}"#);
    let file = read(file.as_bytes()).unwrap();
    let trace = &file.traces[0];
    assert_eq!(trace.info.trace_id.as_str(), otel("02").get(..35).unwrap());
    assert_eq!(trace.spans[0].inputs(), Some(r#"{"q": 1}"#));
    assert_eq!(trace.table.len(), 1);
    // A span by itself is a trace of one.
    assert_eq!(shape(MLFLOW_SPAN.as_bytes()).len(), 1);
}

#[test]
fn what_is_known_of_a_trace_is_taken() {
    let info = r#"{"trace_id":"tr-1","state":"ERROR","request_time":"2026-11-21T02:05:37.774Z",
        "execution_duration":"0.097s","tags":{"mlflow.traceName":"agent","team":"red"}}"#;
    // As this server exports it: attributes are a list.
    let listed = r#"{"trace_id":"AgICAgICAgICAgICAgICAg==","span_id":"AQEBAQEBAQE=","name":"x",
        "start_time_unix_nano":1700000000000000000,"end_time_unix_nano":1700000001000000000,
        "attributes":[{"key":"mlflow.spanInputs","value":{"kvlist_value":{"values":[
        {"key":"q","value":{"int_value":1}}]}}}],"status":{"code":"STATUS_CODE_OK"}}"#;
    for (span, shape) in [(MLFLOW_SPAN, "data"), (listed, "data"), (listed, "flat")] {
        let text = match shape {
            "data" => format!(r#"{{"info":{info},"data":{{"spans":[{span}]}}}}"#),
            _ => format!(r#"{{"trace":{{"trace_info":{info},"spans":[{span}]}}}}"#),
        };
        let file = read(text.as_bytes()).unwrap();
        let trace = &file.traces[0];
        let name = (trace.info.trace_id.as_str(), trace.info.name());
        assert_eq!(name, ("tr-1", Some("agent")));
        let facts = (trace.info.duration_ms, trace.info.state);
        assert_eq!(facts, (Some(97), TraceState::Error));
        assert_eq!(trace.spans[0].inputs(), Some(r#"{"q": 1}"#));
    }
    let lines = [1, 2, 3].map(|n| {
        let info = info.replace("tr-1", &format!("tr-{n}"));
        format!(r#"{{"info":{info},"data":{{"spans":[{listed}]}}}}"#).replace('\n', " ")
    });
    let shape = shape(lines.join("\n").as_bytes());
    assert_eq!(shape, [1, 2, 3].map(|n| (format!("tr-{n}"), 1)));
}

#[test]
fn odd_spans_are_kept_or_counted() {
    let text = exported(&[
        "a 1 -", "a - 1", "- 2 -", "a 3 4", "a 4 3", "a 5 9", "a 1 -",
    ]);
    let file = read(text.as_bytes()).unwrap();
    assert_eq!(file.left_out, 2);
    assert_eq!(file.traces[0].spans.len(), 4);
    assert_eq!(file.traces[0].table.len(), 4);
    assert_eq!(
        problem(exported(&["a - -"])),
        "none of its 1 spans has a valid id"
    );
}

#[test]
fn what_comes_before_a_break_is_shown() {
    let whole = exported(&["a 1 -"]).replace('\n', " ");
    let file = read(format!("{whole}\n{}", &whole[..70]).as_bytes()).unwrap();
    assert_eq!(file.traces.len(), 1);
    let problem = file.problem.unwrap().to_string();
    assert_eq!(
        problem,
        "it breaks off in the middle of a value, at line 2, character 71"
    );
}

#[test]
fn other_files_are_told_what_they_are() {
    let cut = exported(&["a 1 -"]);
    let cases: [(&[u8], &str); 12] = [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (
            b"\0\0",
            "it is neither JSON nor OTLP protobuf: it begins with \"\\0\\0\"",
        ),
        (
            b"<!DOCTYPE html>",
            "it is neither JSON nor OTLP protobuf: it begins with \"<!DOCTYPE html>\"",
        ),
        (
            b"\nhello",
            "it is neither JSON nor OTLP protobuf: it begins with \"hello\"",
        ),
        (b"PK\x03\x04...", "it is packed as zip; unpack it first"),
        (b"[]", "it holds no spans"),
        (b"{\"resourceSpans\":[]}", "it holds no spans"),
        (
            b"{\"data\":[],\"total\":0}",
            "it is JSON, but holds no traces: it has the fields data, total",
        ),
        (
            b"{\"spans\": [}",
            "it is not JSON from line 1, character 12 on",
        ),
        (
            b"{\"a\": \"\xff\"}",
            "it is not UTF-8 text from line 1, character 8 on",
        ),
        (
            &cut.as_bytes()[..50],
            "it breaks off in the middle of a value, at line 1, character 51",
        ),
    ];
    for (bytes, expected) in cases {
        assert_eq!(
            problem(bytes),
            expected,
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[test]
fn reading_in_steps_gives_the_same() {
    let text = exported(&["a 1 -", "b 2 -", "a 3 1"]);
    let mut reader = Reader::new(text.as_bytes()).unwrap();
    let mut steps = 1;
    while !reader.read(1) {
        steps += 1;
    }
    assert!(steps > 3);
    assert_eq!(reader.finish().unwrap().traces.len(), 2);
}

#[test]
fn a_trace_is_written_under_its_id_with_what_the_file_says_of_it() {
    let text = r#"{"info": {"trace_id": "tr-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a", "request_time": "2026-11-21T02:05:37.774Z",
        "tags": {"team": "red", "mlflow.artifactLocation": "mlflow-artifacts:/1", "mlflow.trace.spansLocation": "TRACKING_STORE"},
        "assessments": [{"assessment_name": "good"}]},
        "data": {"spans": [{"span_id": "AQEBAQEBAQE=", "trace_id": "CgoKCgoKCgoKCgoKCgoKCg==", "name": "ask",
        "start_time_unix_nano": 1000000, "end_time_unix_nano": 9000000}]}}"#;
    let trace = read(text.as_bytes()).unwrap().traces.remove(0);
    let writes = trace.into_writes(ExperimentId(7));
    let batch = writes.batch.unwrap();
    let info = writes.info.unwrap();
    assert_eq!(
        writes.trace_id.as_str(),
        "tr-0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
    );
    assert_eq!(
        (batch.trace_id, info.trace_id),
        (writes.trace_id.clone(), writes.trace_id)
    );
    assert_eq!(
        (batch.experiment_id, info.experiment_id),
        (ExperimentId(7), ExperimentId(7))
    );
    assert!(batch.readable_by_id);
    assert_eq!(info.state, TraceState::Ok);
    let tags: Vec<&str> = info.tags.keys().map(String::as_str).collect();
    assert_eq!(tags, ["mlflow.traceName", "team"]);
    assert_eq!(writes.assessments.len(), 1);
}

#[test]
fn exports_are_written_with_the_tags_of_their_resource() {
    let trace = read(exported(&["a 1 -"]).as_bytes())
        .unwrap()
        .traces
        .remove(0);
    let writes = trace.into_writes(ExperimentId(7));
    let batch = writes.batch.unwrap();
    assert_eq!(
        batch.resource_tags,
        [("service.name".to_owned(), "shop".to_owned())]
    );
    assert!(batch.readable_by_id && writes.info.is_none());
}

#[test]
fn a_trace_without_an_id_gets_the_same_one_every_time() {
    let text =
        r#"{"spans": [{"span_id": "AQEBAQEBAQE=", "name": "ask", "start_time_unix_nano": 1}]}"#;
    let id = |text: &str| {
        let trace = read(text.as_bytes()).unwrap().traces.remove(0);
        trace.into_writes(ExperimentId(7)).trace_id
    };
    assert_eq!(id(text), id(text));
    assert_ne!(id(text), id(&text.replace("ask", "tell")));
    assert!(id(text).to_otel().is_some());
}
