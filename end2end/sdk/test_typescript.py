"""The calls of MLflow's TypeScript SDK, replayed: its packages are in no registry that a test can count on.

Bodies and expectations are those of its client and of its own tests, as its source has them; see also `docs/protocol.md`.
"""

import base64
import json

import pytest

SPAN_ID, CHILD_ID = "00f067aa0ba902b7", "b7ad6b7169203331"


def garbled(trace_id):
    """Its spans carry the whole `tr-...` text read as pairs of hexadecimal digits, where bad pairs count as 0."""
    def pair(text):
        digits = text[:1] if len(text) == 2 and text[1] == "-" else text
        try:
            return int(digits, 16) & 0xFF
        except ValueError:
            return 0

    return base64.b64encode(bytes(pair(trace_id[at:at + 2]) for at in range(0, len(trace_id), 2))).decode()


def encoded(span_id):
    return base64.b64encode(bytes.fromhex(span_id)).decode()


def span(trace_id, span_id, parent_id, name, kind, start, attributes):
    """A span of its `traces.json`: attributes are plain values, not JSON text."""
    return {
        "trace_id": garbled(trace_id), "span_id": encoded(span_id),
        "parent_span_id": encoded(parent_id) if parent_id else "",
        "name": name, "start_time_unix_nano": start, "end_time_unix_nano": start + 1_000_001,
        "status": {"code": "STATUS_CODE_OK", "message": ""},
        "attributes": {
            "mlflow.traceRequestId": trace_id, "mlflow.experimentId": "1", "mlflow.spanType": kind, **attributes},
        "events": [], "links": [],
    }


def start(api, experiment, trace_id, **more):
    """Its StartTraceV3 call; the reply's trace info."""
    info = {
        "trace_id": trace_id,
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}},
        "request_time": "1970-01-01T00:00:01.000Z", "state": "OK", **more,
    }
    reply = api.post("3.0/mlflow/traces", {"trace": {"trace_info": info}})
    return reply["trace"]["trace_info"]


def upload(api, info, spans):
    where = info["tags"]["mlflow.artifactLocation"]
    # It takes this scheme only.
    assert where.startswith("mlflow-artifacts:/")
    path = where.removeprefix("mlflow-artifacts:/")
    reply = api.call(
        "PUT", f"/api/2.0/mlflow-artifacts/artifacts/{path}/traces.json",
        headers={"content-type": "application/json"}, data=json.dumps({"spans": spans}).encode())
    # Anything else it would try to read as JSON.
    assert (reply.content, reply.headers["content-length"]) == (b"", "0")
    return f"2.0/mlflow-artifacts/artifacts/{path}/traces.json"


@pytest.fixture(scope="module")
def experiment(api):
    return api.experiment("typescript")


def test_created_trace_comes_back_with_what_was_given_and_its_location(api, experiment):
    info = start(
        api, experiment, "test-trace-id", execution_duration="0.5s", client_request_id="client-request-id",
        request_preview='{"input":"test"}', response_preview='{"output":"result"}',
        trace_metadata={"meta-key": "meta-value"}, tags={"tag-key": "tag-value"}, assessments=[])
    location = info["tags"].pop("mlflow.artifactLocation")
    assert location == f"mlflow-artifacts:/{experiment}/traces/test-trace-id/artifacts"
    assert info["tags"] == {"tag-key": "tag-value"}
    assert info["trace_metadata"] == {"meta-key": "meta-value"}
    assert (info["trace_id"], info["state"], info["request_time"]) == ("test-trace-id", "OK", "1970-01-01T00:00:01Z")
    assert info["execution_duration"] == "0.500s"
    assert (info["request_preview"], info["response_preview"]) == ('{"input":"test"}', '{"output":"result"}')
    assert info["client_request_id"] == "client-request-id"
    assert info["trace_location"]["mlflow_experiment"]["experiment_id"] == experiment
    assert info.get("assessments", []) == []


def test_trace_with_an_error_is_created_and_read_by_its_id(api, experiment):
    assert start(api, experiment, "test-trace-error", state="ERROR")["state"] == "ERROR"
    read = api.info("test-trace-error")
    assert (read["trace_id"], read["state"], read["request_time"]) == ("test-trace-error", "ERROR", "1970-01-01T00:00:01Z")


def test_the_same_id_in_a_later_experiment_moves_there(api):
    first, second = api.experiment("typescript first"), api.experiment("typescript second")
    start(api, first, "test-trace-moved")
    api.post("2.0/mlflow/experiments/delete", {"experiment_id": first})
    moved = start(api, second, "test-trace-moved")
    assert moved["trace_location"]["mlflow_experiment"]["experiment_id"] == second


def test_uploaded_spans_are_shown_found_and_read_back(api, experiment):
    trace_id = "tr-4bf92f3577b34da6a3ce929d0e0e4736"
    info = start(api, experiment, trace_id, execution_duration="0.002s", trace_metadata={
        "mlflow.trace_schema.version": "3", "mlflow.traceInputs": '{"a":1}'}, tags={"mlflow.traceName": "add"})
    assert "mlflow.trace.spansLocation" not in info["tags"]
    began = 1_700_000_000_123_456_789
    spans = [
        span(trace_id, SPAN_ID, None, "add", "LLM", began, {
            "mlflow.spanInputs": {"a": 1, "text": "größe"}, "mlflow.spanOutputs": 3, "digits": "5", "flag": True}),
        span(trace_id, CHILD_ID, SPAN_ID, "tool", "TOOL", began + 10, {"mlflow.spanInputs": "plain"}),
    ]
    path = upload(api, info, spans)

    assert api.info(trace_id)["tags"]["mlflow.trace.spansLocation"] == "TRACKING_STORE"
    root, tool = api.spans(trace_id)
    assert (root["name"], root["span_id"], root["type"], root["parent_id"]) == ("add", SPAN_ID, "LLM", None)
    assert (tool["name"], tool["span_id"], tool["type"], tool["parent_id"]) == ("tool", CHILD_ID, "TOOL", SPAN_ID)
    assert (root["inputs"], root["outputs"], tool["inputs"]) == ({"a": 1, "text": "größe"}, 3, "plain")
    # Times beyond 2^53 are numbers in the reply, which it reads with a reader of its own.
    assert (root["start"], root["attributes"]["digits"], root["attributes"]["flag"]) == (began, "5", True)
    text = api.call("GET", f"/api/3.0/mlflow/traces/get?trace_id={trace_id}").text
    assert str(began) in text and f'"{began}"' not in text

    # Older releases read the file, and expect what they wrote.
    assert api.get(path) == {"spans": spans}
    found = api.search(experiment, "span.name = 'tool' AND span.type = 'TOOL'")
    assert [info["trace_id"] for info in found] == [trace_id]
    found = api.search(experiment, "trace.text LIKE '%größe%'")
    assert [info["trace_id"] for info in found] == [trace_id]


def test_uploaded_twice_is_stored_once(api, experiment):
    trace_id = "tr-4bf92f3577b34da6a3ce929d0e0e4737"
    info = start(api, experiment, trace_id)
    spans = [span(trace_id, SPAN_ID, None, "once", "LLM", 1_700_000_000_000_000_000, {})]
    for _ in range(2):
        upload(api, info, spans)
    assert [span["name"] for span in api.spans(trace_id)] == ["once"]


def test_searches_and_feedback_of_its_client_work(api, experiment):
    trace_id = "tr-4bf92f3577b34da6a3ce929d0e0e4738"
    start(api, experiment, trace_id, tags={"only": "this"})
    body = {
        "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}}],
        "filter": "tags.only = 'this'", "max_results": 10, "order_by": ["timestamp_ms DESC"],
    }
    assert [info["trace_id"] for info in api.post("3.0/mlflow/traces/search", body)["traces"]] == [trace_id]
    assessment = {
        "assessment_name": "quality", "trace_id": trace_id, "source": {"source_type": "HUMAN", "source_id": "ann"},
        "feedback": {"value": 4}, "create_time": "2026-01-01T00:00:00.000Z", "last_update_time": "2026-01-01T00:00:00.000Z",
    }
    made = api.post(f"3.0/mlflow/traces/{trace_id}/assessments", {"assessment": assessment})["assessment"]
    assert (made["feedback"]["value"], made["valid"]) == (4.0, True)
    assert [a["assessment_id"] for a in api.info(trace_id)["assessments"]] == [made["assessment_id"]]
