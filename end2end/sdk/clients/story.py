"""One application's day with a tracing client, written so that every release from 2.14 to 3.17 can run it.

Run as `PYTHON clients/story.py URL EXPERIMENT [TRACE_ID...]` with the interpreter of the client's environment.
The last line of its output is a JSON object: what the client itself read back, in one shape for all releases.
TRACE_IDs are traces that somebody else wrote; they are read too. What a release cannot do is named under "lacks".
"""

import json
import sys

import mlflow

from plain import MlflowClient, plain

INPUTS = {"question": "Wie groß ist \"Ω\"?\n☃", "list": [1, 2.5, None, True], "nested": {"a": {"b": []}}}
ATTRIBUTES = {
    "text": "plain", "count": 7, "ratio": 0.25, "flag": True,
    "number_text": "42", "list": ["x", "y"], "map": {"k": "v"},
}
lacks = []


def flush():
    if hasattr(mlflow, "flush_trace_async_logging"):
        mlflow.flush_trace_async_logging()


@mlflow.trace
def add(x, y, z=2):
    return x + (y - z)


@mlflow.trace(name="look up", span_type="RETRIEVER", attributes={"a": 1, "b": "two"})
def look_up(query):
    return [{"doc": query, "sum": add(2, 4)}]


def nested_trace():
    with mlflow.start_span(name="answer", span_type="AGENT") as span:
        span.set_inputs(INPUTS)
        span.set_attributes(ATTRIBUTES)
        with mlflow.start_span(name="search") as child:
            child.set_inputs({"q": "größe"})
            child.set_outputs(look_up("größe"))
        if hasattr(mlflow, "update_current_trace"):
            mlflow.update_current_trace(tags={"env": "prod", "user_id": "u-1"})
        else:
            lacks.append("update_current_trace")
        span.set_outputs({"answer": "12 Punkt"})
    return span.request_id


def failing_trace():
    trace_id = None
    try:
        with mlflow.start_span(name="problem") as span:
            trace_id = span.request_id
            with mlflow.start_span(name="inner", span_type="TOOL"):
                raise ValueError("no such tool")
    except ValueError:
        return trace_id


def trace_in_run():
    if not hasattr(mlflow, "start_run"):
        lacks.append("start_run")
        return None, None
    with mlflow.start_run() as run:
        with mlflow.start_span(name="in run") as span:
            span.set_inputs({"input": "a"})
            span.set_outputs({"response": "b"})
    return span.request_id, run.info.run_id


def search(client, experiment_id, text=None, **more):
    found = client.search_traces(experiment_ids=[experiment_id], filter_string=text, **more)
    return sorted(trace.info.request_id for trace in found)


def change_tags(client, trace_id):
    client.set_trace_tag(trace_id, "reviewed", "true")
    client.set_trace_tag(trace_id, "wrong", "x")
    client.delete_trace_tag(trace_id, "wrong")


def delete(client, experiment_id, trace_id):
    try:
        return client.delete_traces(experiment_id=experiment_id, trace_ids=[trace_id])
    except TypeError:  # its name before 3.0
        return client.delete_traces(experiment_id=experiment_id, request_ids=[trace_id])


def main():
    url, experiment, *others = sys.argv[1:]
    mlflow.set_tracking_uri(url)
    experiment_id = mlflow.set_experiment(experiment).experiment_id
    client = MlflowClient()
    answer, problem = nested_trace(), failing_trace()
    in_run, run_id = trace_in_run()
    doomed = nested_trace()
    flush()
    change_tags(client, answer)
    told = {
        "version": mlflow.__version__,
        "experiment_id": experiment_id,
        "lacks": lacks,
        "ids": {"answer": answer, "problem": problem, "in_run": in_run, "doomed": doomed},
        "run_id": run_id,
        "read": {id: plain(client.get_trace(id)) for id in [answer, problem, in_run, *others] if id},
        "searched": {
            trace.info.request_id: plain(trace)
            for trace in client.search_traces(experiment_ids=[experiment_id])
        },
        "errors": search(client, experiment_id, "attributes.status = 'ERROR'"),
        "reviewed": search(client, experiment_id, "tags.reviewed = 'true' AND attributes.status = 'OK'"),
        "newest": search(client, experiment_id, max_results=1, order_by=["timestamp_ms DESC"]),
        "deleted": delete(client, experiment_id, doomed),
        "left": search(client, experiment_id),
    }
    print(json.dumps(told, default=repr))


main()
