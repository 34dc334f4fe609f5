"""OpenTelemetry's own exporters, without any MLflow client: what they send is what the server shows."""

import json
import os
import subprocess
import sys

import pytest

import programs
from wire import hexadecimal

NODE = programs.HERE.parent / "otel-node"


def python(url, experiment, compression):
    return programs.run_with(sys.executable, "otel_python.py", url, experiment, compression)


def node(url, experiment, encoding, compression):
    done = subprocess.run(
        ["node", "export.mjs", url, experiment, encoding, compression],
        cwd=NODE, env=os.environ, capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0 and done.stdout, (done.stdout, done.stderr)
    return json.loads(done.stdout)


EXPORTERS = {
    "python protobuf": (python, "none"),
    "python gzip": (python, "gzip"),
    "python deflate": (python, "deflate"),
    "node protobuf": (node, "proto", "none"),
    "node protobuf gzip": (node, "proto", "gzip"),
    "node json": (node, "json", "none"),
    "node json gzip": (node, "json", "gzip"),
}


@pytest.mark.parametrize("exporter", EXPORTERS)
def test_exported_trace_is_shown_as_it_was_recorded(exporter, server, api):
    export, *arguments = EXPORTERS[exporter]
    experiment = api.experiment(f"exported by {exporter}")
    told = export(server.url, experiment, *arguments)
    trace_id = f"tr-{told['trace_id']}"

    [info] = api.search(experiment, "name = 'checkout' AND status = 'OK'")
    assert info["trace_id"] == trace_id
    assert info["trace_metadata"]["mlflow.trace.session"] == "s-1"
    assert info["trace_metadata"]["mlflow.trace.user"] == "u-1"
    assert info["tags"]["service.name"] == "shop"
    assert info["tags"]["deployment.environment"] == "test"
    assert not [tag for tag in info["tags"] if tag.startswith("telemetry.")]

    root, call = api.spans(trace_id)
    assert (root["name"], root["type"], root["status"], root["parent_id"]) == ("checkout", "AGENT", "OK", None)
    expected = {"text": "größe ☃", "count": 7, "ratio": 0.5, "flag": True, "list": ["a", "b"]}
    assert {key: root["attributes"][key] for key in expected} == expected
    assert root["events"] == [{"name": "retry", "attempt": 2}]
    [link] = root["links"]
    assert link_of(link) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "retry")
    assert (call["name"], call["status"], call["parent_id"]) == ("call", "ERROR", root["span_id"])
    [exception] = call["events"]
    assert exception["name"] == "exception"
    assert (exception["exception.type"], exception["exception.message"]) == ("TypeError", "no such tool")
    assert "TypeError: no such tool" in exception["exception.stacktrace"]
    # Node gives each span a clock of its own, so that only a span's own times can be compared.
    assert root["start"] <= root["end"] and call["start"] <= call["end"]


def link_of(link):
    reason = {item["key"]: item["value"]["string_value"] for item in link["attributes"]}["reason"]
    return hexadecimal(link["trace_id"]), hexadecimal(link["span_id"]), reason
