"""What the guides show about finding, reading, tagging and deleting traces."""

import time

import mlflow
import pytest
from mlflow.entities import SpanType
from mlflow.exceptions import MlflowException

from logged import named, only, traces


def log(name, inputs=None, outputs=None, **more):
    """One trace of one span, tagged and described by the caller."""
    with mlflow.start_span(name=name) as span:
        if inputs is not None:
            span.set_inputs(inputs)
        if outputs is not None:
            span.set_outputs(outputs)
        if more:
            mlflow.update_current_trace(**more)
    return span.request_id


def ids(found):
    return {trace.info.trace_id for trace in found}


def test_own_attributes_are_found_by_value_and_by_comparison(experiment):
    @mlflow.trace(span_type=SpanType.CHAIN)
    def process(request_type, priority):
        mlflow.get_current_active_span().set_attributes({
            "request_type": request_type, "priority": priority, "version": "1.2.3", "ratio": 0.5, "flag": True})
        return mlflow.get_current_active_span().request_id

    urgent, _, low = process("urgent", 9), process("normal", 9), process("urgent", 2)
    mlflow.flush_trace_async_logging()
    client = mlflow.MlflowClient()

    def search(text):
        return ids(client.search_traces(locations=[experiment.experiment_id], filter_string=text))

    assert search("attribute.request_type = 'urgent' AND attribute.priority > 5") == {urgent}
    assert search("attribute.priority <= 2") == {low}
    assert search("attribute.request_type LIKE 'urg%'") == {urgent, low}
    assert len(search("attribute.version = '1.2.3'")) == 3
    with pytest.raises(MlflowException, match="(?i)invalid"):
        search("attributes.request_type = 'urgent'")
    attributes = only_with(experiment, urgent).data.spans[0].attributes
    assert [attributes[key] for key in ["request_type", "priority", "ratio", "flag"]] == ["urgent", 9, 0.5, True]


def only_with(experiment, trace_id):
    [trace] = [trace for trace in traces(experiment) if trace.info.trace_id == trace_id]
    return trace


def test_tags_and_status_narrow_a_search(experiment):
    prod = log("a", tags={"env": "prod", "environment": "production"})
    dev = log("b", tags={"env": "dev"})
    with pytest.raises(ZeroDivisionError), mlflow.start_span(name="c") as span:
        mlflow.update_current_trace(tags={"env": "prod"})
        1 / 0  # noqa: B018, the exception is the point
    failed = span.request_id
    assert ids(traces(experiment)) == {prod, dev, failed}
    assert ids(traces(experiment, "tags.environment = 'production'", max_results=100)) == {prod}
    assert ids(traces(experiment, "tags.env = 'prod' AND attributes.status = 'OK'")) == {prod}
    assert ids(traces(experiment, "tags.env = 'prod' AND trace.status = 'ERROR'")) == {failed}


def test_several_experiments_are_searched_at_once_and_unknown_ones_are_empty(experiment):
    here = log("here")
    other = mlflow.set_experiment(f"{experiment.name} other")
    there = log("there")
    mlflow.flush_trace_async_logging()
    found = mlflow.MlflowClient().search_traces(
        experiment_ids=[experiment.experiment_id, other.experiment_id, "987654321"],
        filter_string="attributes.status = 'OK'", max_results=5)
    assert ids(found) == {here, there}


def test_data_frame_has_the_columns_of_the_guide(experiment):
    with mlflow.start_span(name="span1") as span:
        span.set_inputs({"a": 1, "b": 2})
        span.set_outputs({"c": 3, "d": 4})
    mlflow.flush_trace_async_logging()
    frame = mlflow.search_traces(locations=[experiment.experiment_id])
    assert set(frame.columns) >= {
        "trace_id", "client_request_id", "state", "request_time", "execution_duration", "request", "response",
        "tags", "spans", "trace_metadata", "assessments"}
    assert frame.iloc[0]["trace_id"] == span.request_id
    assert frame.iloc[0]["request"] == {"a": 1, "b": 2}
    extracted = mlflow.search_traces(
        locations=[experiment.experiment_id], extract_fields=["span1.inputs", "span1.outputs.c"])
    assert extracted.iloc[0]["span1.inputs"] == {"a": 1, "b": 2}
    assert extracted.iloc[0]["span1.outputs.c"] == 3


def test_a_trace_is_read_by_its_id_with_all_it_says_about_itself(experiment):
    before = int(time.time() * 1000)
    trace_id = log("answer", {"q": "größe"}, {"a": 1}, client_request_id="order-7")
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(trace_id)
    info = trace.info
    assert (info.trace_id, info.experiment_id, info.client_request_id) == (trace_id, experiment.experiment_id, "order-7")
    assert before <= info.timestamp_ms <= int(time.time() * 1000)
    assert info.execution_time_ms >= 0
    assert (info.status, info.state) == ("OK", "OK")
    assert (trace.data.request, trace.data.response) == ('{"q": "größe"}', '{"a": 1}')
    assert mlflow.MlflowClient().get_trace(request_id=trace_id).to_dict() == trace.to_dict()


def test_an_unknown_trace_is_none_or_an_error(experiment):
    assert mlflow.get_trace("12345678") is None
    with pytest.raises(MlflowException, match="12345678") as raised:
        mlflow.MlflowClient().get_trace("12345678")
    assert raised.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_traces_are_deleted_by_age_in_portions_and_by_id(experiment):
    logged = [log(f"t{n}") for n in range(5)]
    mlflow.flush_trace_async_logging()
    client = mlflow.MlflowClient()
    now = int(time.time() * 1000) + 1000
    portion = {"experiment_id": experiment.experiment_id, "max_timestamp_millis": now, "max_traces": 2}
    assert client.delete_traces(**portion) == 2
    assert len(traces(experiment)) == 3
    assert client.delete_traces(experiment_id="987654321", trace_ids=logged) == 0
    left = sorted(ids(traces(experiment)))
    assert client.delete_traces(experiment_id=experiment.experiment_id, trace_ids=left[:1]) == 1
    assert sorted(ids(traces(experiment))) == left[1:]
    assert client.delete_traces(experiment_id=experiment.experiment_id, max_timestamp_millis=now) == 2
    assert traces(experiment) == []


def test_tags_are_set_changed_and_deleted_afterwards(experiment):
    trace_id = log("a", tags={"first": "1"})
    mlflow.flush_trace_async_logging()
    client = mlflow.MlflowClient()
    client.set_trace_tag(trace_id, "tag_key", "tag_value")
    client.set_trace_tag(trace_id, "first", "changed")
    mlflow.set_trace_tag(trace_id, "reviewed", "true")
    assert own_tags(experiment) == {"first": "changed", "tag_key": "tag_value", "reviewed": "true"}
    client.delete_trace_tag(trace_id, "tag_key")
    assert own_tags(experiment) == {"first": "changed", "reviewed": "true"}
    with pytest.raises(MlflowException, match="tag_key"):
        client.delete_trace_tag(trace_id, "tag_key")


def own_tags(experiment):
    return {key: value for key, value in only(experiment).info.tags.items() if not key.startswith("mlflow.")}


def test_traces_wait_for_an_evaluation_until_their_tag_says_otherwise(experiment):
    waiting = {log(f"w{n}", tags={"pending_evaluation": "true"}) for n in range(3)}
    log("other")
    assert ids(traces(experiment, "tags.pending_evaluation = 'true'")) == waiting
    done = sorted(waiting)[0]
    mlflow.set_trace_tag(done, "pending_evaluation", "false")
    assert ids(traces(experiment, "tags.pending_evaluation = 'true'")) == waiting - {done}


def test_users_and_sessions_are_found_by_their_metadata(experiment):
    def chat(user, session):
        return log("chat", {"m": "hi"}, "hello", metadata={
            "mlflow.trace.user": user, "mlflow.trace.session": session})

    one, two, other = chat("user123", "s-1"), chat("user123", "s-2"), chat("user9", "s-1")
    assert ids(traces(experiment, "metadata.`mlflow.trace.user` = 'user123'")) == {one, two}
    assert ids(traces(experiment, "metadata.`mlflow.trace.session` = 's-1'")) == {one, other}
    sessions = mlflow.search_sessions(locations=[experiment.experiment_id])
    assert sorted(sorted(ids(session)) for session in sessions) == sorted([sorted([one, other]), [two]])


def test_the_latency_of_each_span_is_within_its_traces(experiment):
    @mlflow.trace
    def step(n):
        return sum(range(n))

    with mlflow.start_span(name="all"):
        step(10), step(100_000)
    trace = only(experiment)
    total = trace.info.execution_time_ms
    for span in trace.data.spans:
        assert 0 <= (span.end_time_ns - span.start_time_ns) / 1e6 <= total + 1
    assert len(named(trace, "step")) == 2


def test_traces_of_a_run_are_found_by_it(experiment, api):
    with mlflow.start_run() as run:
        with mlflow.start_span(name="Run Span", attributes={"a": "b"}):
            with mlflow.start_span(name="Child Span") as child:
                child.set_attributes({"b": "c", "c": "d"})
        inside = child.request_id
    outside = log("outside")
    mlflow.flush_trace_async_logging()
    assert api.info(inside)["trace_metadata"]["mlflow.sourceRun"] == run.info.run_id
    assert ids(mlflow.search_traces(run_id=run.info.run_id, return_type="list")) == {inside}
    mlflow.MlflowClient().link_traces_to_run([outside], run.info.run_id)
    found = mlflow.search_traces(run_id=run.info.run_id, return_type="list")
    assert ids(found) == {inside, outside}
    runs = mlflow.search_runs([experiment.experiment_id], output_format="list")
    assert [(found.info.run_id, found.info.status) for found in runs] == [(run.info.run_id, "FINISHED")]


def test_a_page_ends_exactly_where_the_traces_do(experiment):
    for n in range(7):
        log(f"t{n}")
    mlflow.flush_trace_async_logging()
    client, pages, token = mlflow.MlflowClient(), [], None
    while True:
        page = client.search_traces(locations=[experiment.experiment_id], max_results=3, page_token=token)
        pages.append(len(page))
        if not (token := page.token):
            break
    assert pages == [3, 3, 1]
