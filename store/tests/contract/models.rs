use domain::experiment::{LifecycleStage, Tag};
use domain::filter::models::{ModelKey, ModelOrder, ModelText, compile};
use domain::filter::order::{Direction, OrderBy};
use domain::ids::{ExperimentId, ModelId};
use domain::model::ModelStatus;
use domain::page::PageRequest;
use domain::store::{Missing, ModelQuery, NewModel, Store, StoreError};
use domain::time::UnixMillis;

use crate::support::{E0, open};

fn tag(key: &str, value: &str) -> Tag {
    Tag {
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

fn new(id: &str) -> NewModel {
    NewModel {
        id: ModelId::new(id),
        experiment_id: E0,
        name: format!("name-{id}"),
        model_type: "Agent".to_owned(),
        source_run_id: String::new(),
        tags: vec![tag("t", id)],
        params: vec![tag("p", "1.5")],
    }
}

async fn ids(store: &dyn Store, filter: &str, order: Vec<ModelOrder>) -> Vec<String> {
    let mut query = ModelQuery {
        experiments: vec![E0],
        filter: (!filter.is_empty()).then(|| compile(filter).unwrap()),
        datasets: Vec::new(),
        order,
        page: PageRequest::first(2),
    };
    let mut ids = Vec::new();
    loop {
        let page = store.search_models(query.clone()).await.unwrap();
        ids.extend(page.items.into_iter().map(|model| model.id.into_string()));
        match page.next {
            Some(token) => query.page.token = Some(token),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn a_model_lives_from_creation_to_deletion() {
    let store = open().await;
    let id = ModelId::new("a");
    let model = store.create_model(new("a"), UnixMillis(5)).await.unwrap();
    assert_eq!(model.artifact_uri, "mlflow-artifacts:/0/models/a/artifacts");
    assert_eq!(model.status, ModelStatus::Pending);
    let ready = ModelStatus::Ready;
    let model = store
        .set_model_status(&id, ready, UnixMillis(6))
        .await
        .unwrap();
    assert_eq!(
        (model.status, model.last_update_time),
        (ready, UnixMillis(6))
    );
    store.delete_model(&id, UnixMillis(7)).await.unwrap();
    let store = store.reopen().await;
    let model = store.model(&id).await.unwrap().unwrap();
    assert_eq!(model.lifecycle, LifecycleStage::Deleted);
    assert!(ids(&*store, "", Vec::new()).await.is_empty());
}

#[tokio::test]
async fn unknown_models_and_experiments_are_missing() {
    let store = open().await;
    let id = ModelId::new("none");
    assert!(store.model(&id).await.unwrap().is_none());
    let errors = [
        store.delete_model(&id, UnixMillis(1)).await,
        store.set_model_tags(&id, vec![tag("a", "b")]).await,
        store.delete_model_tag(&id, "a").await,
        store.log_model_params(&id, vec![tag("a", "b")]).await,
    ];
    for error in errors {
        let is_model = matches!(error, Err(StoreError::Missing(Missing::Model(_))));
        assert!(is_model, "{error:?}");
    }
    let elsewhere = NewModel {
        experiment_id: ExperimentId(9),
        ..new("a")
    };
    let error = store.create_model(elsewhere, UnixMillis(1)).await;
    let is_experiment = matches!(error, Err(StoreError::Missing(Missing::Experiment(_))));
    assert!(is_experiment, "{error:?}");
}

#[tokio::test]
async fn models_are_filtered_ordered_and_paged() {
    let store = open().await;
    for (time, id) in [(1, "b"), (2, "a"), (2, "c"), (3, "d"), (4, "e")] {
        store.create_model(new(id), UnixMillis(time)).await.unwrap();
    }
    assert_eq!(
        ids(&*store, "", Vec::new()).await,
        ["e", "d", "a", "c", "b"]
    );
    let by_name = OrderBy {
        key: ModelKey::Text(ModelText::Name),
        direction: Direction::Asc,
    };
    assert_eq!(
        ids(&*store, "", vec![by_name]).await,
        ["a", "b", "c", "d", "e"]
    );
    for (filter, expected) in [
        ("name = 'name-a'", vec!["a"]),
        ("tags.t IN ('a', 'b')", vec!["a", "b"]),
        (
            "params.p = '1.5' AND creation_timestamp > 2",
            vec!["e", "d"],
        ),
        ("params.p > 1 AND name LIKE '%-a'", vec!["a"]),
        ("tags.none IS NULL AND model_id = 'b'", vec!["b"]),
        ("status = 'READY'", vec![]),
        ("metrics.acc > 0", vec![]),
        (
            "attributes.model_type ILIKE 'agent' AND experiment_id != '0'",
            vec![],
        ),
    ] {
        assert_eq!(ids(&*store, filter, Vec::new()).await, expected, "{filter}");
    }
}
