use domain::filter::issues::compile;
use domain::ids::{ExperimentId, IssueId};
use domain::issue::{Issue, IssueSeverity, IssueStatus, IssueUpdate};
use domain::page::PageRequest;
use domain::store::{IssueOrder, IssueQuery, Missing, Store, StoreError};
use domain::time::UnixMillis;

use crate::support::{E0, open};

fn issue(id: &str, severity: Option<IssueSeverity>, time: i64) -> Issue {
    Issue {
        id: IssueId::new(id),
        experiment_id: E0,
        name: id.to_owned(),
        description: String::new(),
        status: IssueStatus::Pending,
        severity,
        root_causes: vec!["cause".to_owned()],
        categories: Vec::new(),
        source_run_id: None,
        created_by: None,
        creation_time: UnixMillis(time),
        last_update_time: UnixMillis(time),
    }
}

async fn ids(store: &dyn Store, filter: &str) -> Vec<String> {
    let mut query = IssueQuery {
        experiment: Some(E0),
        filter: (!filter.is_empty()).then(|| compile(filter).unwrap()),
        order: IssueOrder::Newest,
        page: PageRequest::first(2),
    };
    let mut ids = Vec::new();
    loop {
        let page = store.search_issues(query.clone()).await.unwrap();
        ids.extend(
            page.items
                .into_iter()
                .map(|found| found.issue.id.into_string()),
        );
        match page.next {
            Some(token) => query.page.token = Some(token),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn issues_are_kept_changed_and_ordered() {
    let store = open().await;
    let low = Some(IssueSeverity::Low);
    for new in [
        issue("old", low, 1),
        issue("bare", None, 9),
        issue("new", low, 5),
        issue("bad", Some(IssueSeverity::High), 2),
    ] {
        store.create_issue(new).await.unwrap();
    }
    assert_eq!(ids(&*store, "").await, ["bad", "new", "old", "bare"]);
    let update = IssueUpdate {
        status: Some(IssueStatus::Resolved),
        ..IssueUpdate::default()
    };
    let id = IssueId::new("old");
    let changed = store
        .update_issue(&id, update.clone(), UnixMillis(7))
        .await
        .unwrap();
    assert_eq!(changed.last_update_time, UnixMillis(7));
    let store = store.reopen().await;
    assert_eq!(store.issue(&id).await.unwrap(), Some(changed));
    assert_eq!(ids(&*store, "status = 'resolved'").await, ["old"]);
    let unknown = store
        .update_issue(&IssueId::new("none"), update, UnixMillis(7))
        .await;
    assert!(matches!(
        unknown,
        Err(StoreError::Missing(Missing::Issue(_)))
    ));
    let elsewhere = Issue {
        experiment_id: ExperimentId(9),
        ..issue("x", None, 1)
    };
    let unknown = store.create_issue(elsewhere).await;
    assert!(matches!(
        unknown,
        Err(StoreError::Missing(Missing::Experiment(_)))
    ));
}
