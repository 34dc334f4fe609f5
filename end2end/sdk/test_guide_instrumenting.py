"""What the guides show about instrumenting code: decorators, spans, wrapped functions, threads, coroutines, errors."""

import asyncio
import contextvars
import math
import re
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest
from mlflow.entities import SpanStatusCode, SpanType

from logged import named, only, traces, tree


def test_decorator_records_name_arguments_with_defaults_and_result(experiment):
    @mlflow.trace
    def difference(x, y, z=2):
        return x + (y - z)

    @mlflow.trace(name="My Span", span_type="func", attributes={"a": 1, "b": 2})
    def total(x, y):
        return x + y

    assert (difference(2, 4), total(1, y=5)) == (4, 6)
    plain, named_span = (trace.data.spans[0] for trace in traces(experiment))
    assert (plain.name, plain.span_type, plain.inputs, plain.outputs) == (
        "difference", SpanType.UNKNOWN, {"x": 2, "y": 4, "z": 2}, 4)
    assert (named_span.name, named_span.span_type, named_span.outputs) == ("My Span", "func", 6)
    assert (named_span.attributes["a"], named_span.attributes["b"]) == (1, 2)


def test_decorated_functions_that_call_each_other_are_children(experiment):
    @mlflow.trace(span_type="func", attributes={"key": "value"})
    def add_one(x):
        return x + 1

    @mlflow.trace(span_type="func", attributes={"key1": "value1"})
    def minus_one(x):
        return x - 1

    @mlflow.trace(name="Trace Test")
    def both(x):
        return minus_one(add_one(x))

    assert both(4) == 4
    trace = only(experiment)
    assert tree(trace) == [("Trace Test", None), ("add_one", "Trace Test"), ("minus_one", "Trace Test")]
    assert named(trace, "minus_one")[0].attributes["key1"] == "value1"
    assert trace.info.tags["mlflow.traceName"] == "Trace Test"


@mlflow.trace
def first(x, y=2):
    return x + y


@mlflow.trace
def second(a, b=3):
    return a * b


def do_math(a, x, operation):
    with mlflow.start_span(name="Math", span_type="MATH") as span:
        span.set_inputs({"a": a, "x": x})
        span.set_attributes({"mode": operation})
        parts = first(x), second(a)
        if operation != "add":
            raise ValueError(f"Unsupported operation: {operation}")
        span.set_outputs({"result": sum(parts)})
        return sum(parts)


def test_span_block_holds_what_ran_in_it_and_keeps_a_type_of_its_own(experiment):
    assert do_math(8, 3, "add") == 29
    trace = only(experiment)
    assert tree(trace) == [("Math", None), ("first", "Math"), ("second", "Math")]
    root = trace.data.spans[0]
    assert (root.span_type, root.outputs, root.attributes["mode"]) == ("MATH", {"result": 29}, "add")


def test_exception_leaves_a_part_of_the_trace_and_its_stack(experiment):
    with pytest.raises(ValueError, match="multiply"):
        do_math(3, 2, "multiply")
    trace = only(experiment)
    assert trace.info.state == "ERROR"
    root = trace.data.spans[0]
    assert (root.status.status_code, root.inputs, root.outputs) == (SpanStatusCode.ERROR, {"a": 3, "x": 2}, None)
    assert [span.status.status_code for span in trace.data.spans[1:]] == [SpanStatusCode.OK, SpanStatusCode.OK]
    [event] = root.events
    assert event.attributes["exception.type"] == "ValueError"
    assert event.attributes["exception.message"] == "Unsupported operation: multiply"
    assert 'raise ValueError(f"Unsupported' in event.attributes["exception.stacktrace"]


def test_stack_of_a_failed_span_is_read_back_by_id_and_by_search(experiment):
    with pytest.raises(RuntimeError), mlflow.start_span(name="A Problematic Span") as span:
        span.set_inputs({"input": "an exception is an event"})
        span.set_attribute("a", "b")
        raise RuntimeError("on purpose")
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(span.request_id)
    dictionary = trace.data.to_dict()["spans"][0]
    assert dictionary["status"]["code"] == "STATUS_CODE_ERROR"
    assert "on purpose" in dictionary["events"][0]["attributes"]["exception.stacktrace"]
    found = mlflow.MlflowClient().search_traces(locations=[experiment.experiment_id])
    assert found[0].data.spans[0].to_dict() == dictionary


def test_functions_of_others_are_traced_by_wrapping_them(experiment):
    for x in range(4):
        with mlflow.start_span(name="Parent") as span:
            span.set_inputs({"x": x})
            raised = mlflow.trace(math.pow)(x, 2)
            span.set_outputs({"result": mlflow.trace(math.factorial)(int(raised))})
    found = traces(experiment)
    assert len(found) == 4
    assert tree(found[3]) == [("Parent", None), ("factorial", "Parent"), ("pow", "Parent")]
    assert [trace.data.spans[0].outputs["result"] for trace in found] == [1, 1, 24, 362880]


def test_coroutines_that_run_together_are_children_of_their_caller(experiment):
    @mlflow.trace(span_type=SpanType.LLM)
    async def ask(prompt):
        await asyncio.sleep(0)
        return prompt.upper()

    @mlflow.trace(name="parallel_retrieval", span_type=SpanType.RETRIEVER)
    async def ask_all(prompts):
        return await asyncio.gather(*(ask(prompt) for prompt in prompts))

    assert asyncio.run(ask_all(["a", "b", "c"])) == ["A", "B", "C"]
    trace = only(experiment)
    assert tree(trace) == [("ask", "parallel_retrieval")] * 3 + [("parallel_retrieval", None)]
    assert sorted(span.outputs for span in named(trace, "ask")) == ["A", "B", "C"]
    assert {span.span_type for span in named(trace, "ask")} == {"LLM"}


def test_threads_with_a_copied_context_add_to_the_callers_trace(experiment):
    @mlflow.trace(name="parallel_processing", span_type=SpanType.CHAIN)
    def process(items):
        def one(item):
            with mlflow.start_span(name=f"process_{item}") as span:
                span.set_inputs({"item": item})
                span.set_outputs({"result": item * 2})
                return item * 2

        with ThreadPoolExecutor(max_workers=4) as pool:
            # A copy for each: one context cannot be entered by two threads.
            return [f.result() for f in [pool.submit(contextvars.copy_context().run, one, item) for item in items]]

    assert process([1, 2, 3]) == [2, 4, 6]
    assert tree(only(experiment)) == [
        ("parallel_processing", None), *((f"process_{n}", "parallel_processing") for n in (1, 2, 3))]


def test_blocking_work_in_an_executor_adds_to_the_coroutines_trace(experiment):
    @mlflow.trace
    def blocking(a, b):
        return a + b

    async def work():
        with mlflow.start_span(name="parent"):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(None, contextvars.copy_context().run, blocking, 1, 2)

    assert asyncio.run(work()) == 3
    assert tree(only(experiment)) == [("blocking", "parent"), ("parent", None)]


@pytest.fixture
def processors():
    """Sets span processors for one test."""
    yield lambda *functions: mlflow.tracing.configure(span_processors=list(functions))
    mlflow.tracing.configure(span_processors=[])


def test_redacted_text_never_reaches_the_server(experiment, processors, api):
    patterns = {
        "EMAIL": r"[\w.+-]+@[\w-]+\.\w+", "CARD": r"\b(?:\d{4}[- ]?){3}\d{4}\b", "PHONE": r"\b\d{3}-\d{3}-\d{4}\b",
    }

    def redact(value):
        if isinstance(value, str):
            for name, pattern in patterns.items():
                value = re.sub(pattern, f"[REDACTED_{name}]", value)
            return value
        if isinstance(value, dict):
            return {key: redact(inner) for key, inner in value.items()}
        return [redact(inner) for inner in value] if isinstance(value, list) else value

    def redact_span(span):
        span.set_inputs(redact(span.inputs))
        span.set_outputs(redact(span.outputs))

    processors(redact_span)

    @mlflow.trace
    def write(to, body):
        return {"sent": [to], "body": body}

    write("ann@example.org", {"text": "call 555-123-4567 or pay with 1234-5678-9012-3456"})
    trace = only(experiment)
    assert trace.data.spans[0].inputs == {
        "to": "[REDACTED_EMAIL]", "body": {"text": "call [REDACTED_PHONE] or pay with [REDACTED_CARD]"}}
    for secret in ["ann@example.org", "555-123-4567", "1234-5678"]:
        assert not api.search(experiment.experiment_id, f"trace.text LIKE '%{secret}%'")
    assert "[REDACTED_EMAIL]" in api.info(trace.info.trace_id)["request_preview"]


def test_sensitive_fields_are_redacted_by_their_names(experiment, processors):
    sensitive = {"password", "api_key", "token"}

    def redact(value):
        if not isinstance(value, dict):
            return value
        return {key: "[REDACTED]" if key.lower() in sensitive else redact(inner) for key, inner in value.items()}

    processors(lambda span: span.set_inputs(redact(span.inputs)))
    with mlflow.start_span(name="login") as span:
        span.set_inputs({"user": "ann", "Password": "p", "nested": {"api_key": "k", "kept": 1}})
    assert only(experiment).data.spans[0].inputs == {
        "user": "ann", "Password": "[REDACTED]", "nested": {"api_key": "[REDACTED]", "kept": 1}}


def test_status_set_by_hand_and_errors_that_were_dealt_with(experiment):
    @mlflow.trace(span_type=SpanType.CHAIN)
    def risky(data):
        span = mlflow.get_current_active_span()
        try:
            result = 1 / data["divisor"]
            span.set_status("OK")
            return result
        except KeyError as error:
            span.set_status("ERROR")
            span.set_attributes({"error_type": "validation", "error_message": str(error)})
            raise
        except ZeroDivisionError as error:
            span.set_status("ERROR")
            span.set_attributes({"error_type": "unexpected", "error_message": str(error)})
            return None

    risky({"divisor": 2})
    risky({"divisor": 0})
    with pytest.raises(KeyError):
        risky({})
    good, survived, failed = (trace.data.spans[0] for trace in traces(experiment))
    assert (good.status.status_code, good.outputs) == (SpanStatusCode.OK, 0.5)
    assert (survived.attributes["error_type"], survived.outputs) == ("unexpected", None)
    assert (failed.status.status_code, failed.attributes["error_message"]) == (SpanStatusCode.ERROR, "'divisor'")
    assert [event.name for event in failed.events] == ["exception"]


def test_a_retry_names_the_trace_it_repeats(experiment, api):
    def attempt(data, earlier=None):
        with mlflow.start_span(name="attempt", span_type=SpanType.CHAIN) as span:
            if earlier:
                span.set_attributes({"linked_trace_id": earlier, "link_type": "retry"})
        return attempt(data, span.request_id) if not earlier else span.request_id

    retry = attempt({})
    first_trace, second_trace = traces(experiment)
    assert second_trace.info.trace_id == retry
    assert second_trace.data.spans[0].attributes["linked_trace_id"] == first_trace.info.trace_id
    found = api.search(experiment.experiment_id, f"attribute.linked_trace_id = '{first_trace.info.trace_id}'")
    assert [info["trace_id"] for info in found] == [retry]


def test_attributes_are_set_at_the_start_in_bulk_and_one_by_one(experiment):
    with mlflow.start_span(name="Parent", attributes={"one": "1", "two": 2}) as span:
        span.set_attributes({"three": 3.5, "four": [4, "x"], "environment": "production"})
        span.set_attribute("five", True)
    attributes = only(experiment).data.spans[0].attributes
    expected = {"one": "1", "two": 2, "three": 3.5, "four": [4, "x"], "environment": "production", "five": True}
    assert {key: attributes[key] for key in expected} == expected


def test_tracing_can_be_switched_off_and_on_again(experiment):
    mlflow.tracing.disable()
    try:
        first(1)
    finally:
        mlflow.tracing.enable()
    mlflow.set_experiment(experiment.name)
    second(2)
    assert tree(only(experiment)) == [("second", None)]


def test_traces_sent_in_the_background_are_there_after_a_flush(experiment):
    mlflow.config.enable_async_logging()
    for number in range(20):
        with mlflow.start_span(name="foo") as span:
            span.set_inputs({"a": number})
            span.set_outputs({"b": number + 1})
    assert [trace.data.spans[0].inputs["a"] for trace in traces(experiment)] == list(range(20))


def test_tools_and_model_calls_of_an_agent_keep_their_types(experiment):
    @mlflow.trace(name="agent_predict", span_type="AGENT")
    def predict(query):
        with mlflow.start_span(name="genie_health", span_type="TOOL") as tool:
            tool.set_inputs({"domain": "health", "query": query})
            tool.set_outputs({"source": "genie", "response": "fine"})
        with mlflow.start_span(name="route", span_type="CLASSIFIER") as router:
            router.set_attributes({"confidence": 0.95})
        with mlflow.start_span(name="llm_call", span_type="LLM") as call:
            call.set_inputs({"prompt": query, "temperature": 0.7})
            call.set_outputs({"response": "fine", "tokens": 12})
        return "fine"

    predict("how am I?")
    trace = only(experiment)
    assert [(span.name, span.span_type) for span in sorted(trace.data.spans, key=lambda s: s.start_time_ns)] == [
        ("agent_predict", "AGENT"), ("genie_health", "TOOL"), ("route", "CLASSIFIER"), ("llm_call", "LLM")]
    assert named(trace, "llm_call")[0].outputs == {"response": "fine", "tokens": 12}
