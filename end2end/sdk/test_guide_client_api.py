"""What the guides show about the client API, feedback, runs, experiments and attachments."""

import base64
import json
import os

import mlflow
import pytest
from mlflow.entities import AssessmentSource, AssessmentSourceType
from mlflow.exceptions import MlflowException

from logged import named, only, traces, tree

HUMAN = AssessmentSource(source_type=AssessmentSourceType.HUMAN, source_id="web_ui")
JUDGE = AssessmentSource(source_type="LLM_JUDGE", source_id="gpt-4")


def test_spans_are_begun_and_ended_by_hand(experiment):
    client = mlflow.MlflowClient()
    root = client.start_trace(name="Parent Span", inputs={"x": 1}, attributes={"attribute1": "value1"}, tags={"t": "1"})
    child = client.start_span(
        name="Child Span", request_id=root.request_id, parent_id=root.span_id, inputs={"y": 2},
        attributes={"attribute2": "value2"})
    root.set_attribute("attribute3", "value3")
    root.set_attributes({"attribute4": 4})
    client.end_span(
        request_id=root.request_id, span_id=child.span_id, outputs={"z": 3}, attributes={"attribute5": "value5"})
    client.end_trace(request_id=root.request_id, outputs={"done": True}, attributes={"attribute6": 6}, status="OK")
    trace = only(experiment)
    assert trace.info.trace_id == root.request_id
    assert tree(trace) == [("Child Span", "Parent Span"), ("Parent Span", None)]
    parent, inner = named(trace, "Parent Span")[0], named(trace, "Child Span")[0]
    assert (parent.inputs, parent.outputs, inner.inputs, inner.outputs) == ({"x": 1}, {"done": True}, {"y": 2}, {"z": 3})
    assert [parent.attributes[f"attribute{n}"] for n in (1, 3, 4, 6)] == ["value1", "value3", 4, 6]
    assert [inner.attributes[f"attribute{n}"] for n in (2, 5)] == ["value2", "value5"]
    assert trace.info.tags["t"] == "1"


def test_a_span_of_the_client_api_joins_a_span_block(experiment):
    client = mlflow.MlflowClient()
    with mlflow.start_span(name="Testing!") as span:
        child = client.start_span(
            name="Child Span From Client", request_id=span.request_id, parent_id=span.span_id,
            inputs={"request": "test input"}, attributes={"attribute1": "value1"})
        client.end_span(
            request_id=span.request_id, span_id=child.span_id,
            outputs={"response": "test output"}, attributes={"attribute2": "value2"})
    assert tree(only(experiment)) == [("Child Span From Client", "Testing!"), ("Testing!", None)]


@pytest.fixture
def trace_id(experiment):
    """A stored trace."""
    @mlflow.trace
    def chat(message):
        return {"response": message.upper(), "trace_id": mlflow.get_current_active_span().request_id}

    told = chat("hi")["trace_id"]
    mlflow.flush_trace_async_logging()
    return told


def assessments(trace_id):
    return {a.name: a for a in mlflow.get_trace(trace_id).info.assessments}


def test_ratings_and_comments_of_people_are_kept(trace_id, api, experiment):
    mlflow.log_feedback(trace_id=trace_id, name="user_rating", value=4, source=HUMAN)
    mlflow.log_feedback(trace_id=trace_id, name="user_comment", value="gut ☃", source=HUMAN, rationale="kurz")
    read = assessments(trace_id)
    assert (read["user_rating"].value, read["user_comment"].value) == (4, "gut ☃")
    assert read["user_comment"].rationale == "kurz"
    assert (read["user_rating"].source.source_type, read["user_rating"].source.source_id) == ("HUMAN", "web_ui")
    assert [info["trace_id"] for info in api.search(experiment.experiment_id, "feedback.user_rating > 3")] == [trace_id]


def test_scores_of_a_judge_and_what_was_expected_are_kept(trace_id):
    mlflow.log_feedback(trace_id=trace_id, name="llm_quality_score", value=5, source=JUDGE, metadata={"model": "x"})
    mlflow.log_feedback(trace_id=trace_id, name="broken", error=ValueError("no score"), source=JUDGE)
    mlflow.log_expectation(trace_id=trace_id, name="answer", value={"city": "Paris", "list": [1, "x"]}, source=HUMAN)
    read = assessments(trace_id)
    assert read["llm_quality_score"].source.source_type == "LLM_JUDGE"
    assert read["llm_quality_score"].metadata["model"] == "x"
    assert read["broken"].error.error_message == "no score"
    assert read["answer"].value == {"city": "Paris", "list": [1, "x"]}


def test_a_feedback_that_overrides_another_makes_it_invalid_until_it_is_deleted(trace_id):
    old = mlflow.log_feedback(trace_id=trace_id, name="quality", value=2, source=JUDGE)
    new = mlflow.override_feedback(
        trace_id=trace_id, assessment_id=old.assessment_id, value=5, rationale="better", source=HUMAN)
    read = {a.assessment_id: a for a in mlflow.get_trace(trace_id).info.assessments}
    assert (read[old.assessment_id].valid, read[new.assessment_id].valid) == (False, True)
    assert read[new.assessment_id].overrides == old.assessment_id
    mlflow.delete_assessment(trace_id=trace_id, assessment_id=new.assessment_id)
    [left] = mlflow.get_trace(trace_id).info.assessments
    assert (left.assessment_id, left.valid, left.value) == (old.assessment_id, True, 2)


def test_an_assessment_is_changed_in_part_and_deleted(trace_id):
    logged = mlflow.log_feedback(
        trace_id=trace_id, name="quality", value=True, source=HUMAN, metadata={"a": "1"}, rationale="first")
    changed = mlflow.entities.Feedback(name="quality", value=False, metadata={"b": "2"})
    mlflow.update_assessment(trace_id=trace_id, assessment_id=logged.assessment_id, assessment=changed)
    read = mlflow.get_assessment(trace_id=trace_id, assessment_id=logged.assessment_id)
    assert (read.value, read.rationale, read.metadata["a"], read.metadata["b"]) == (False, "first", "1", "2")
    mlflow.delete_assessment(trace_id=trace_id, assessment_id=logged.assessment_id)
    assert assessments(trace_id) == {}
    with pytest.raises(MlflowException, match="not found"):
        mlflow.log_feedback(trace_id="tr-" + "0" * 32, name="x", value=1, source=HUMAN)


def test_feedback_given_inside_a_span_travels_with_the_trace(experiment):
    @mlflow.trace
    def answer():
        span = mlflow.get_current_active_span()
        mlflow.log_feedback(trace_id=span.request_id, span_id=span.span_id, name="inside", value="yes", source=JUDGE)

    answer()
    trace = only(experiment)
    [read] = trace.info.assessments
    assert (read.name, read.value, read.span_id) == ("inside", "yes", trace.data.spans[0].span_id)


def test_an_image_among_the_inputs_is_kept_beside_the_trace(experiment, api):
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(3000)
    url = "data:image/png;base64," + base64.b64encode(picture).decode()
    content = [{"type": "text", "text": "what?"}, {"type": "image_url", "image_url": {"url": url}}]
    with mlflow.start_span(name="look", span_type="CHAT_MODEL") as span:
        span.set_inputs({"messages": [{"role": "user", "content": content}]})
    trace = only(experiment)
    kept = trace.data.spans[0].inputs["messages"][0]["content"][1]["image_url"]["url"]
    assert kept.startswith("mlflow-attachment://") and "size=" in kept, kept[:100]
    attachment = kept.removeprefix("mlflow-attachment://").split("?")[0]
    where = trace.info.tags["mlflow.artifactLocation"].removeprefix("mlflow-artifacts:/")
    reply = api.call("GET", f"/api/2.0/mlflow-artifacts/artifacts/{where}/attachments/{attachment}")
    assert reply.content == picture


def test_experiments_carry_tags_set_by_the_databricks_client(experiment, server, api):
    from databricks.sdk import WorkspaceClient

    workspace = WorkspaceClient(host=server.url, token="any")
    tags = {"catalog": "main", "schema": "agents", "table": "agent_traces"}
    for key, value in tags.items():
        workspace.experiments.set_experiment_tag(
            experiment_id=experiment.experiment_id, key=f"mlflow.tracing.destination.{key}", value=value)
    read = mlflow.MlflowClient().get_experiment_by_name(experiment.name)
    assert {key: read.tags[f"mlflow.tracing.destination.{key}"] for key in tags} == tags


def test_metrics_params_and_tags_of_a_run_are_read_back(experiment):
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_params({"model": "gpt-4o", "temperature": 0.7})
        for step in range(3):
            mlflow.log_metric("score", step / 2, step=step)
        mlflow.log_metrics({"latency": 1.5, "broken": float("nan")})
        mlflow.set_tags({"stage": "test"})
        mlflow.log_text("hello", "notes/a.txt")
    client = mlflow.MlflowClient()
    read = client.get_run(run.info.run_id)
    assert read.data.params == {"model": "gpt-4o", "temperature": "0.7"}
    assert (read.data.metrics["score"], read.data.metrics["latency"]) == (1.0, 1.5)
    assert read.data.metrics["broken"] != read.data.metrics["broken"]
    assert (read.data.tags["stage"], read.info.run_name, read.info.status) == ("test", "first", "FINISHED")
    assert [m.value for m in client.get_metric_history(run.info.run_id, "score")] == [0, 0.5, 1]
    assert mlflow.artifacts.load_text(f"{read.info.artifact_uri}/notes/a.txt") == "hello"
    assert [entry.path for entry in client.list_artifacts(run.info.run_id, "notes")] == ["notes/a.txt"]
    with pytest.raises(MlflowException, match="Changing param values"):
        client.log_param(run.info.run_id, "model", "other")
    assert [found.info.run_id for found in client.search_runs(
        [experiment.experiment_id], "metrics.score >= 1 AND params.model = 'gpt-4o'")] == [run.info.run_id]


def test_experiments_are_renamed_deleted_restored_and_found(experiment):
    client = mlflow.MlflowClient()
    made = client.create_experiment(f"{experiment.name} made", tags={"team": experiment.name})
    client.rename_experiment(made, f"{experiment.name} renamed")
    found = client.search_experiments(filter_string=f"tags.team = '{experiment.name}'")
    assert [(found.experiment_id, found.name) for found in found] == [(made, f"{experiment.name} renamed")]
    client.delete_experiment(made)
    with pytest.raises(MlflowException, match="deleted"):
        mlflow.set_experiment(f"{experiment.name} renamed")
    client.restore_experiment(made)
    assert client.get_experiment(made).lifecycle_stage == "active"
    with pytest.raises(MlflowException, match="already exists"):
        client.create_experiment(f"{experiment.name} renamed")


def test_sampling_by_ratio_keeps_none_or_all(experiment):
    @mlflow.trace(sampling_ratio_override=0.0)
    def never():
        return 1

    @mlflow.trace(sampling_ratio_override=1.0)
    def always():
        return 2

    for _ in range(5):
        never(), always()
    assert [json.dumps(tree(trace)) for trace in traces(experiment)] == ['[["always", null]]'] * 5
