use domain::assessment::{AssessmentSource, AssessmentUpdate, AssessmentValue, SourceType};
use domain::ids::AssessmentId;
use domain::ingest::NewAssessment;
use domain::store::{Missing, StoreError};
use domain::time::UnixMillis;
use serde_json::{Value, json};

use crate::support::{info, map, open, small, trace_id};

pub fn feedback(id: &str, name: &str, value: Value) -> NewAssessment {
    NewAssessment {
        id: AssessmentId::new(id),
        span_id: None,
        name: name.to_owned(),
        source: AssessmentSource {
            source_type: SourceType::Human,
            source_id: "ann".to_owned(),
        },
        value: AssessmentValue::Feedback { value, error: None },
        rationale: None,
        metadata: map([]),
        create_time: UnixMillis(1),
        last_update_time: UnixMillis(1),
        overrides: None,
    }
}

#[tokio::test]
async fn assessments_come_back_in_order_of_creation() {
    let store = open().await;
    store.ingest(vec![small(1, 100)]).await.unwrap();
    let id = trace_id(1);
    for (name, value) in [("b", json!(0.1)), ("a", json!({"x": [4.0]}))] {
        let made = store
            .create_assessment(&id, feedback(name, name, value.clone()))
            .await
            .unwrap();
        assert_eq!(made.value, AssessmentValue::Feedback { value, error: None });
        assert!(made.valid);
        assert_eq!(store.assessment(&id, &made.id).await.unwrap(), Some(made));
    }
    let trace = store.trace(&id).await.unwrap().unwrap();
    let names: Vec<&str> = trace.assessments.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["b", "a"]);
    let again = store
        .create_assessment(&id, feedback("a", "a", json!(1.0)))
        .await;
    assert!(matches!(again, Err(StoreError::AlreadyExists(_))));
    assert_eq!(
        store
            .assessment(&id, &AssessmentId::new("x"))
            .await
            .unwrap(),
        None
    );
    let unknown = store
        .assessment(&trace_id(2), &AssessmentId::new("x"))
        .await;
    assert!(matches!(
        unknown,
        Err(StoreError::Missing(Missing::Trace(_)))
    ));
}

#[tokio::test]
async fn assessments_sent_with_the_information_are_stored() {
    let store = open().await;
    let mut write = info(1, 5);
    write.assessments = vec![feedback("a", "rating", json!("good"))];
    let stored = store.put_trace_info(write).await.unwrap();
    assert_eq!(stored.assessments.len(), 1);
    assert_eq!(stored.assessments[0].trace_id, trace_id(1));
}

#[tokio::test]
async fn overriding_makes_invalid_and_deleting_makes_valid_again() {
    let store = open().await;
    store.ingest(vec![small(1, 100)]).await.unwrap();
    let id = trace_id(1);
    store
        .create_assessment(&id, feedback("old", "n", json!(1.0)))
        .await
        .unwrap();
    let mut new = feedback("new", "n", json!(2.0));
    new.overrides = Some(AssessmentId::new("old"));
    store.create_assessment(&id, new).await.unwrap();
    let is_valid = async || {
        let old = store
            .assessment(&id, &AssessmentId::new("old"))
            .await
            .unwrap()
            .unwrap();
        old.valid
    };
    assert!(!is_valid().await);
    for _ in 0..2 {
        store
            .delete_assessment(&id, &AssessmentId::new("new"))
            .await
            .unwrap();
    }
    assert!(is_valid().await);
    store
        .delete_assessment(&trace_id(9), &AssessmentId::new("new"))
        .await
        .unwrap();
    let mut lost = feedback("lost", "n", json!(2.0));
    lost.overrides = Some(AssessmentId::new("nothing"));
    let missing = store.create_assessment(&id, lost).await;
    assert!(matches!(
        missing,
        Err(StoreError::Missing(Missing::Assessment { .. }))
    ));
}

#[tokio::test]
async fn updates_change_only_what_they_name() {
    let store = open().await;
    store.ingest(vec![small(1, 100)]).await.unwrap();
    let (id, a) = (trace_id(1), AssessmentId::new("a"));
    let mut new = feedback("a", "n", json!(1.0));
    new.metadata = map([("x", "1"), ("y", "1")]);
    store.create_assessment(&id, new).await.unwrap();
    let update = AssessmentUpdate {
        rationale: Some("because".to_owned()),
        metadata: Some(map([("y", "2")])),
        ..AssessmentUpdate::default()
    };
    let changed = store
        .update_assessment(&id, &a, update, UnixMillis(9))
        .await
        .unwrap();
    assert_eq!(changed.metadata, map([("x", "1"), ("y", "2")]));
    assert_eq!(changed.last_update_time, UnixMillis(9));
    assert_eq!(
        changed.value,
        AssessmentValue::Feedback {
            value: json!(1.0),
            error: None
        }
    );
    let kind = AssessmentUpdate {
        value: Some(AssessmentValue::Expectation { value: json!(1.0) }),
        ..AssessmentUpdate::default()
    };
    let refused = store.update_assessment(&id, &a, kind, UnixMillis(9)).await;
    assert!(matches!(refused, Err(StoreError::Refused(_))));
}
