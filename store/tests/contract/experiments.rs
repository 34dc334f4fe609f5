use domain::experiment::{LifecycleStage, Tag, ViewType};
use domain::filter::experiments::{compile, parse_order};
use domain::ids::ExperimentId;
use domain::page::PageRequest;
use domain::store::{ExperimentQuery, Missing, NewExperiment, Store, StoreError};
use domain::time::UnixMillis;

use crate::support::{E0, batch, info, open, small, span};

fn new(name: &str) -> NewExperiment {
    NewExperiment {
        name: name.to_owned(),
        ..NewExperiment::default()
    }
}

async fn create(store: &dyn Store, name: &str, now: i64) -> ExperimentId {
    store
        .create_experiment(new(name), UnixMillis(now))
        .await
        .unwrap()
}

async fn names(store: &dyn Store, filter: &str, order: &[&str], view: ViewType) -> Vec<String> {
    let mut query = ExperimentQuery {
        filter: (!filter.is_empty()).then(|| compile(filter).unwrap()),
        order: parse_order(order).unwrap(),
        view,
        page: PageRequest::first(2),
    };
    let mut names = Vec::new();
    loop {
        let page = store.search_experiments(query.clone()).await.unwrap();
        names.extend(page.items.into_iter().map(|found| found.name));
        match page.next {
            Some(token) => query.page.token = Some(token),
            None => return names,
        }
    }
}

#[tokio::test]
async fn default_exists_from_the_start() {
    let store = open().await;
    let found = store.experiment(E0).await.unwrap().unwrap();
    assert_eq!(found.name, "Default");
    assert_eq!(found.artifact_location, "mlflow-artifacts:/0");
    assert_eq!(
        store.experiment_by_name("Default").await.unwrap(),
        Some(found)
    );
    assert_eq!(store.experiment(ExperimentId(77)).await.unwrap(), None);
}

#[tokio::test]
async fn names_are_unique_also_among_deleted_ones() {
    let store = open().await;
    let id = create(&*store, "a", 5).await;
    assert_eq!(id, ExperimentId(1));
    store
        .set_experiment_lifecycle(id, LifecycleStage::Deleted, UnixMillis(6))
        .await
        .unwrap();
    let again = store.create_experiment(new("a"), UnixMillis(7)).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists(_))));
    let renamed = store.rename_experiment(E0, "a", UnixMillis(8)).await;
    assert!(matches!(renamed, Err(StoreError::AlreadyExists(_))));
    store
        .rename_experiment(E0, "b", UnixMillis(8))
        .await
        .unwrap();
    let found = store.experiment(E0).await.unwrap().unwrap();
    assert_eq!(
        (found.name.as_str(), found.last_update_time),
        ("b", UnixMillis(8))
    );
}

#[tokio::test]
async fn deleting_twice_is_missing() {
    let store = open().await;
    let id = create(&*store, "a", 5).await;
    for stage in [LifecycleStage::Deleted, LifecycleStage::Active] {
        store
            .set_experiment_lifecycle(id, stage, UnixMillis(6))
            .await
            .unwrap();
        let again = store
            .set_experiment_lifecycle(id, stage, UnixMillis(7))
            .await;
        assert!(matches!(
            again,
            Err(StoreError::Missing(Missing::Experiment(_)))
        ));
    }
}

#[tokio::test]
async fn tags_are_replaced_and_removed() {
    let store = open().await;
    let tag = |value: &str| Tag {
        key: "k".to_owned(),
        value: value.to_owned(),
    };
    store
        .set_experiment_tag(E0, tag("1"), UnixMillis(2))
        .await
        .unwrap();
    store
        .set_experiment_tag(E0, tag("2"), UnixMillis(3))
        .await
        .unwrap();
    let found = store.experiment(E0).await.unwrap().unwrap();
    assert_eq!(found.tags, [tag("2")]);
    assert_eq!(found.last_update_time, UnixMillis(3));
    store
        .delete_experiment_tag(E0, "k", UnixMillis(4))
        .await
        .unwrap();
    let again = store.delete_experiment_tag(E0, "k", UnixMillis(5)).await;
    assert!(matches!(
        again,
        Err(StoreError::Missing(Missing::ExperimentTag { .. }))
    ));
    let unknown = store
        .set_experiment_tag(ExperimentId(9), tag("1"), UnixMillis(2))
        .await;
    assert!(matches!(
        unknown,
        Err(StoreError::Missing(Missing::Experiment(_)))
    ));
}

#[tokio::test]
async fn search_filters_orders_and_pages() {
    let store = open().await;
    for (name, time) in [("banana", 10), ("Apple", 20), ("cherry", 20), ("date", 30)] {
        create(&*store, name, time).await;
    }
    let gone = create(&*store, "gone", 40).await;
    store
        .set_experiment_lifecycle(gone, LifecycleStage::Deleted, UnixMillis(41))
        .await
        .unwrap();
    let active = ViewType::ActiveOnly;
    let all = names(&*store, "", &[], active).await;
    assert_eq!(all, ["date", "Apple", "cherry", "banana", "Default"]);
    let by_name = names(&*store, "", &["name"], ViewType::All).await;
    assert_eq!(
        by_name,
        ["Apple", "Default", "banana", "cherry", "date", "gone"]
    );
    assert_eq!(
        names(&*store, "", &[], ViewType::DeletedOnly).await,
        ["gone"]
    );
    assert_eq!(
        names(&*store, "name LIKE '%an%'", &[], active).await,
        ["banana"]
    );
    assert_eq!(
        names(&*store, "creation_time > 10", &["name DESC"], active)
            .await
            .len(),
        3
    );
}

#[tokio::test]
async fn tokens_of_other_searches_are_refused() {
    let store = open().await;
    for name in ["a", "b"] {
        create(&*store, name, 5).await;
    }
    let mut query = ExperimentQuery {
        filter: None,
        order: Vec::new(),
        view: ViewType::ActiveOnly,
        page: PageRequest::first(1),
    };
    let page = store.search_experiments(query.clone()).await.unwrap();
    query.page.token = page.next;
    query.view = ViewType::All;
    let refused = store.search_experiments(query).await;
    assert!(matches!(refused, Err(StoreError::PageToken)));
}

#[tokio::test]
async fn summaries_count_traces_and_errors() {
    let store = open().await;
    let other = create(&*store, "other", 5).await;
    store
        .ingest((1..=3).map(|n| small(n, 100 * i64::from(n))).collect())
        .await
        .unwrap();
    let mut failed = info(4, 50);
    failed.experiment_id = other;
    failed.state = domain::trace::TraceState::Error;
    store.put_trace_info(failed).await.unwrap();
    let summaries = store.experiment_summaries(10).await.unwrap();
    let counts: Vec<_> = summaries
        .iter()
        .map(|s| {
            (
                s.experiment.id,
                s.trace_count,
                s.error_count,
                s.last_trace_time,
            )
        })
        .collect();
    let expected = [
        (E0, 3, 0, Some(UnixMillis(300))),
        (other, 1, 1, Some(UnixMillis(50))),
    ];
    assert_eq!(counts, expected);
    // A trace that moves is counted where it went.
    let mut moved = info(3, 300);
    moved.experiment_id = other;
    store.put_trace_info(moved).await.unwrap();
    let summaries = store.experiment_summaries(1).await.unwrap();
    assert_eq!(summaries.len(), 1);
    assert_eq!(
        (summaries[0].experiment.id, summaries[0].trace_count),
        (other, 2)
    );
    let summaries = store.experiment_summaries(10).await.unwrap();
    assert_eq!(summaries[1].last_trace_time, Some(UnixMillis(200)));
}

#[tokio::test]
async fn the_newest_start_follows_traces_that_turn_out_to_start_earlier() {
    let store = open().await;
    let last =
        async |store: &dyn Store| store.experiment_summaries(1).await.unwrap()[0].last_trace_time;
    store
        .ingest(vec![
            small(1, 100),
            batch(2, vec![span(2, 1, "child", 500)]),
        ])
        .await
        .unwrap();
    assert_eq!(last(&*store).await, Some(UnixMillis(500)));
    store
        .ingest(vec![batch(2, vec![span(1, 0, "root", 300)])])
        .await
        .unwrap();
    assert_eq!(last(&*store).await, Some(UnixMillis(300)));
    let store = store.reopen().await;
    store
        .ingest(vec![batch(2, vec![span(3, 1, "earlier", 50)])])
        .await
        .unwrap();
    assert_eq!(last(&*store).await, Some(UnixMillis(100)));
}
