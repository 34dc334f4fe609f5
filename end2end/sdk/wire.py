"""The server's API in raw JSON, for what a test wants to send or see without any client library between."""

import base64

import requests

TIMEOUT_SECONDS = 30


class Wire:
    """Calls to one server. Each returns the decoded reply and fails on any status that is not 200."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()

    def call(self, method, path, expect=200, **more):
        reply = self.session.request(method, self.url + path, timeout=TIMEOUT_SECONDS, **more)
        assert reply.status_code == expect, (method, path, reply.status_code, reply.text[:2000])
        return reply

    def get(self, path, expect=200, **query):
        return self.call("GET", f"/api/{path}", expect, params=query).json()

    def post(self, path, body, expect=200):
        return self.call("POST", f"/api/{path}", expect, json=body).json()

    def experiment(self, name):
        """The id of a new experiment."""
        return self.post("2.0/mlflow/experiments/create", {"name": name})["experiment_id"]

    def search(self, experiment_id, filter=None, **more):
        """All trace infos that match, page by page."""
        body = {
            "locations": [{"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment_id}}],
            **({"filter": filter} if filter else {}), **more,
        }
        infos = []
        while True:
            page = self.post("3.0/mlflow/traces/search", body)
            infos += page.get("traces", [])
            if not (token := page.get("next_page_token")):
                return infos
            body["page_token"] = token

    def info(self, trace_id):
        return self.get(f"3.0/mlflow/traces/{trace_id}")["trace"]["trace_info"]

    def spans(self, trace_id):
        """The spans of a trace as plain dictionaries, roots first, with decoded attributes."""
        reply = self.get("3.0/mlflow/traces/get", trace_id=trace_id, allow_partial="true")
        return [plain_span(span) for span in reply["trace"].get("spans", [])]


def plain_span(span):
    """A span of `traces/get` with hexadecimal ids and plain attribute values."""
    attributes = {item["key"]: plain_value(item.get("value", {})) for item in span.get("attributes", [])}
    return {
        "name": span["name"],
        "span_id": hexadecimal(span["span_id"]),
        "parent_id": hexadecimal(span["parent_span_id"]) if span.get("parent_span_id") else None,
        "type": attributes.get("mlflow.spanType"),
        "inputs": attributes.get("mlflow.spanInputs"),
        "outputs": attributes.get("mlflow.spanOutputs"),
        "status": span.get("status", {}).get("code", "STATUS_CODE_UNSET").removeprefix("STATUS_CODE_"),
        "attributes": attributes,
        "events": [
            {"name": event["name"], **{item["key"]: plain_value(item.get("value", {})) for item in event.get("attributes", [])}}
            for event in span.get("events", [])
        ],
        "links": span.get("links", []),
        "start": int(span["start_time_unix_nano"]),
        "end": int(span.get("end_time_unix_nano", 0)),
    }


def plain_value(value):
    if "array_value" in value:
        return [plain_value(item) for item in value["array_value"].get("values", [])]
    if "kvlist_value" in value:
        return {item["key"]: plain_value(item.get("value", {})) for item in value["kvlist_value"].get("values", [])}
    return next(iter(value.values()), None)


def hexadecimal(text):
    return base64.b64decode(text).hex()
