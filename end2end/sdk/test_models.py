"""The active model of a client: its traces name it and are found by it."""

import mlflow

from logged import only


def test_traces_name_the_active_model(experiment, api):
    model = mlflow.set_active_model(name="my-agent")
    try:
        with mlflow.start_span(name="served"):
            pass
    finally:
        mlflow.clear_active_model()
    trace = only(experiment)
    assert trace.info.trace_metadata["mlflow.modelId"] == model.model_id
    found = mlflow.search_traces(locations=[experiment.experiment_id], model_id=model.model_id, return_type="list")
    assert [found.info.trace_id for found in found] == [trace.info.trace_id]
    assert mlflow.get_logged_model(model.model_id).name == "my-agent"
