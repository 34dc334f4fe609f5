// Exports one trace the way an instrumented Node application does:
//   node export.mjs URL EXPERIMENT proto|json none|gzip
// prints the trace's OpenTelemetry id as JSON.

import { SpanKind, SpanStatusCode, TraceFlags, context, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

const [url, experiment, encoding, compression] = process.argv.slice(2);
const Exporter = { proto: ProtobufExporter, json: JsonExporter }[encoding];
const exporter = new Exporter({
  url: `${url}/v1/traces`,
  headers: { "x-mlflow-experiment-id": experiment },
  compression,
});
const provider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "shop", "deployment.environment": "test" }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
});
const tracer = provider.getTracer("spanfall-test");

const earlier = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.SAMPLED,
};
const root = tracer.startSpan("checkout", {
  kind: SpanKind.SERVER,
  attributes: {
    "gen_ai.operation.name": "invoke_agent",
    "session.id": "s-1",
    "user.id": "u-1",
    text: "größe ☃",
    count: 7,
    ratio: 0.5,
    flag: true,
    list: ["a", "b"],
  },
  links: [{ context: earlier, attributes: { reason: "retry" } }],
});
root.addEvent("retry", { attempt: 2 });
const call = tracer.startSpan("call", {}, trace.setSpan(context.active(), root));
call.recordException(new TypeError("no such tool"));
call.setStatus({ code: SpanStatusCode.ERROR, message: "no such tool" });
call.end();
root.setStatus({ code: SpanStatusCode.OK });
root.end();
await provider.shutdown();
console.log(JSON.stringify({ trace_id: root.spanContext().traceId }));
