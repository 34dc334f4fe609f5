"""Exports one trace the way an instrumented Python application does, without MLflow.

`PYTHON clients/otel_python.py URL EXPERIMENT none|gzip|deflate` prints the trace's OpenTelemetry id as JSON.
"""

import json
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

url, experiment, compression = sys.argv[1:]
provider = TracerProvider(resource=Resource.create({"service.name": "shop", "deployment.environment": "test"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(
    endpoint=f"{url}/v1/traces",
    headers={"x-mlflow-experiment-id": experiment},
    compression=Compression(compression),
)))
tracer = provider.get_tracer("spanfall-test")
earlier = trace.SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_remote=True)
with tracer.start_as_current_span(
    "checkout", kind=trace.SpanKind.SERVER, links=[trace.Link(earlier, {"reason": "retry"})],
    attributes={
        "gen_ai.operation.name": "invoke_agent", "session.id": "s-1", "user.id": "u-1",
        "text": "größe ☃", "count": 7, "ratio": 0.5, "flag": True, "list": ["a", "b"],
    },
) as root:
    root.add_event("retry", {"attempt": 2})
    try:
        with tracer.start_as_current_span("call"):
            raise TypeError("no such tool")
    except TypeError:
        root.set_status(trace.StatusCode.OK)
provider.shutdown()
print(json.dumps({"trace_id": f"{root.get_span_context().trace_id:032x}"}))
