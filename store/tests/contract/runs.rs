use domain::experiment::{LifecycleStage, Tag, ViewType};
use domain::filter::runs::{compile, parse_order};
use domain::ids::{ExperimentId, ModelId, RunId};
use domain::page::PageRequest;
use domain::run::{DatasetInput, Metric, ModelOutput, RunInputs, RunStatus};
use domain::store::{Missing, NewRun, RunData, RunQuery, RunUpdate, Store, StoreError};
use domain::time::UnixMillis;

use crate::support::{E0, open};

fn new(id: &str, start: i64) -> NewRun {
    NewRun {
        id: RunId::new(id),
        experiment_id: E0,
        name: format!("name-{id}"),
        user_id: "u".to_owned(),
        start_time: UnixMillis(start),
        tags: Vec::new(),
    }
}

fn tag(key: &str, value: &str) -> Tag {
    Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn metric(key: &str, value: f64, step: i64, time: i64) -> Metric {
    Metric {
        key: key.to_owned(),
        value,
        timestamp: UnixMillis(time),
        step,
    }
}

async fn ids(store: &dyn Store, filter: &str, order: &[&str]) -> Vec<String> {
    let mut query = RunQuery {
        experiments: vec![E0],
        filter: (!filter.is_empty()).then(|| compile(filter).unwrap()),
        order: parse_order(order).unwrap(),
        view: ViewType::ActiveOnly,
        page: PageRequest::first(2),
    };
    let mut ids = Vec::new();
    loop {
        let page = store.search_runs(query.clone()).await.unwrap();
        ids.extend(page.items.into_iter().map(|run| run.id.into_string()));
        match page.next {
            Some(token) => query.page.token = Some(token),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn a_run_lives_from_start_to_end() {
    let store = open().await;
    let run = store.create_run(new("r", 10)).await.unwrap();
    assert_eq!(run.status, RunStatus::Running);
    assert_eq!(run.tags, [tag("mlflow.runName", "name-r")]);
    let update = RunUpdate {
        status: Some(RunStatus::Finished),
        end_time: Some(UnixMillis(20)),
        name: Some("better".to_owned()),
    };
    let run = store.update_run(&run.id, update).await.unwrap();
    assert_eq!(
        (run.status, run.end_time),
        (RunStatus::Finished, Some(UnixMillis(20)))
    );
    assert_eq!(run.tags, [tag("mlflow.runName", "better")]);
    assert_eq!(store.run(&run.id).await.unwrap(), Some(run));
    let unknown = store
        .update_run(&RunId::new("x"), RunUpdate::default())
        .await;
    assert!(matches!(unknown, Err(StoreError::Missing(Missing::Run(_)))));
}

#[tokio::test]
async fn runs_need_an_active_experiment() {
    let store = open().await;
    let mut run = new("r", 10);
    run.experiment_id = ExperimentId(9);
    let missing = store.create_run(run).await;
    assert!(matches!(
        missing,
        Err(StoreError::Missing(Missing::Experiment(_)))
    ));
    store.create_run(new("r", 10)).await.unwrap();
    store
        .set_experiment_lifecycle(E0, LifecycleStage::Deleted, UnixMillis(1))
        .await
        .unwrap();
    let refused = store.create_run(new("s", 10)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    let run = store.run(&RunId::new("r")).await.unwrap().unwrap();
    assert_eq!(run.lifecycle, LifecycleStage::Deleted);
}

#[tokio::test]
async fn params_never_change() {
    let store = open().await;
    let id = store.create_run(new("r", 10)).await.unwrap().id;
    let params = |value: &str| RunData {
        params: vec![tag("p", value)],
        ..RunData::default()
    };
    store.log_run_data(&id, params("1")).await.unwrap();
    store.log_run_data(&id, params("1")).await.unwrap();
    let mut other = params("2");
    other.tags.push(tag("t", "x"));
    let refused = store.log_run_data(&id, other).await;
    let Err(StoreError::Refused(message)) = refused else {
        panic!("{refused:?}")
    };
    assert!(
        message.contains("was already logged with value='1'"),
        "{message}"
    );
    let run = store.run(&id).await.unwrap().unwrap();
    assert_eq!(run.params, [tag("p", "1")]);
    assert_eq!(run.tags.len(), 1, "nothing of a refused call is kept");
}

#[tokio::test]
async fn metrics_keep_history_and_latest() {
    let store = open().await;
    let id = store.create_run(new("r", 10)).await.unwrap().id;
    let metrics = vec![
        metric("m", 1.0, 2, 20),
        metric("m", f64::INFINITY, 1, 10),
        metric("m", 3.0, 2, 21),
        metric("n", f64::NAN, 0, 5),
    ];
    store
        .log_run_data(
            &id,
            RunData {
                metrics,
                ..RunData::default()
            },
        )
        .await
        .unwrap();
    let run = store.run(&id).await.unwrap().unwrap();
    assert_eq!(run.metrics[0], metric("m", 3.0, 2, 21));
    assert!(run.metrics[1].value.is_nan());
    let mut page = PageRequest::first(2);
    let first = store.metric_history(&id, "m", page.clone()).await.unwrap();
    assert_eq!(
        first.items,
        [metric("m", f64::MAX, 1, 10), metric("m", 1.0, 2, 20)]
    );
    page.token = first.next;
    let second = store.metric_history(&id, "m", page).await.unwrap();
    assert_eq!(
        (second.items, second.next),
        (vec![metric("m", 3.0, 2, 21)], None)
    );
}

#[tokio::test]
async fn deleted_runs_take_no_data() {
    let store = open().await;
    let id = store.create_run(new("r", 10)).await.unwrap().id;
    for _ in 0..2 {
        store
            .set_run_lifecycle(&id, LifecycleStage::Deleted)
            .await
            .unwrap();
    }
    let refused = store.log_run_data(&id, RunData::default()).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
    store
        .set_run_lifecycle(&id, LifecycleStage::Active)
        .await
        .unwrap();
    let missing = store.delete_run_tag(&id, "x").await;
    assert!(matches!(
        missing,
        Err(StoreError::Missing(Missing::RunTag { .. }))
    ));
}

#[tokio::test]
async fn search_filters_orders_and_pages() {
    let store = open().await;
    for (id, start) in [("a", 10), ("b", 20), ("c", 20), ("d", 5)] {
        let id = store.create_run(new(id, start)).await.unwrap().id;
        let metrics = vec![metric("m", start as f64, 0, 0)];
        let params = vec![tag("p", id.as_str())];
        let data = RunData {
            metrics,
            params,
            tags: Vec::new(),
            ..RunData::default()
        };
        store.log_run_data(&id, data).await.unwrap();
    }
    assert_eq!(ids(&*store, "", &[]).await, ["b", "c", "a", "d"]);
    assert_eq!(
        ids(&*store, "metrics.m >= 10", &["metrics.m ASC"]).await,
        ["a", "b", "c"]
    );
    assert_eq!(
        ids(&*store, "params.p != 'a'", &["params.p DESC"]).await,
        ["d", "c", "b"]
    );
    let nothing = RunQuery {
        experiments: Vec::new(),
        filter: None,
        order: Vec::new(),
        view: ViewType::All,
        page: PageRequest::first(5),
    };
    assert!(store.search_runs(nothing).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn inputs_and_outputs_are_kept_once_and_in_order() {
    let store = open().await;
    let id = store.create_run(new("r", 1)).await.unwrap().id;
    let dataset = |name: &str, context: &str| DatasetInput {
        name: name.to_owned(),
        digest: "d".to_owned(),
        tags: vec![tag(DatasetInput::CONTEXT, context)],
        ..DatasetInput::default()
    };
    let inputs = RunInputs {
        datasets: vec![dataset("z", "train"), dataset("a", "test")],
        models: vec![ModelId::new("m-2"), ModelId::new("m-1")],
    };
    let output = ModelOutput {
        model_id: ModelId::new("m-3"),
        step: 7,
    };
    for _ in 0..2 {
        store.log_run_inputs(&id, inputs.clone()).await.unwrap();
        let outputs = vec![output.clone()];
        store.log_run_outputs(&id, outputs).await.unwrap();
    }
    let run = store.run(&id).await.unwrap().unwrap();
    assert_eq!((run.inputs, run.outputs), (inputs, vec![output]));
    let context = "dataset.context = 'test' AND dataset.name = 'z'";
    assert_eq!(ids(&*store, context, &[]).await, ["r"]);
    let history = serde_json::json!({ "model": 1 });
    for _ in 0..2 {
        store
            .append_model_history(&id, history.clone())
            .await
            .unwrap();
    }
    let run = store.run(&id).await.unwrap().unwrap();
    let listed = tag(
        "mlflow.log-model.history",
        r#"[{"model": 1}, {"model": 1}]"#,
    );
    assert!(run.tags.contains(&listed), "{:?}", run.tags);
    let unknown = store
        .log_run_inputs(&RunId::new("none"), RunInputs::default())
        .await;
    assert!(matches!(unknown, Err(StoreError::Missing(Missing::Run(_)))));
}
