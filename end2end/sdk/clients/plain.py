"""A client for traces, and a trace in one shape, whatever the release."""

try:
    from mlflow import MlflowClient
except ImportError:  # the mlflow-tracing package has no client for anything but traces
    from mlflow.tracing.client import TracingClient as MlflowClient

__all__ = ["MlflowClient", "plain"]


def plain(trace):
    """A trace in one shape for all releases, spans in the order in which they were started."""
    spans = sorted(trace.data.spans, key=lambda span: span.start_time_ns)
    names = {span.span_id: span.name for span in spans}
    info = trace.info
    state = getattr(info, "state", None) or info.status
    metadata = getattr(info, "trace_metadata", None) or info.request_metadata
    return {
        "trace_id": info.request_id,
        "experiment_id": info.experiment_id,
        "state": str(getattr(state, "value", state)),
        "tags": {key: value for key, value in info.tags.items() if not key.startswith("mlflow.")},
        "run_id": metadata.get("mlflow.sourceRun"),
        "spans": [
            {
                "name": span.name,
                "type": span.attributes.get("mlflow.spanType"),  # 2.14 spans have no span_type
                "parent": names.get(span.parent_id),
                "inputs": span.inputs,
                "outputs": span.outputs,
                "attributes": {
                    key: value for key, value in span.attributes.items() if not key.startswith("mlflow.")
                },
                "status": str(getattr(span.status.status_code, "value", span.status.status_code)),
                "ended": span.end_time_ns is not None and span.end_time_ns >= span.start_time_ns,
                "events": [
                    {
                        "name": event.name,
                        "type": event.attributes.get("exception.type"),
                        "message": event.attributes.get("exception.message"),
                        "has_stack": "Traceback" in event.attributes.get("exception.stacktrace", ""),
                    }
                    for event in span.events
                ],
            }
            for span in spans
        ],
    }
