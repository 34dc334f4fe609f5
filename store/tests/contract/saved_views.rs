use domain::ids::ExperimentId;
use domain::saved_view::{NewSavedView, SavedViewId, SavedViewUpdate};
use domain::store::{Missing, StoreError};
use domain::time::UnixMillis;

use crate::support::{E0, open};

fn new(name: &str, owner: Option<&str>) -> NewSavedView {
    NewSavedView {
        experiment_id: E0,
        name: name.to_owned(),
        owner: owner.map(str::to_owned),
        query: "q=status+%3D+'ERROR'".to_owned(),
    }
}

#[tokio::test]
async fn views_are_kept_listed_changed_and_removed() {
    let store = open().await;
    let mut slow = store
        .create_saved_view(new("slow", None), UnixMillis(5))
        .await
        .unwrap();
    let mine = store
        .create_saved_view(new("slow", Some("ada")), UnixMillis(6))
        .await
        .unwrap();
    let bad = store
        .create_saved_view(new("bad", None), UnixMillis(7))
        .await
        .unwrap();
    let store = store.reopen().await;
    let listed = store.saved_views(E0).await.unwrap();
    assert_eq!(listed, [bad.clone(), slow.clone(), mine]);
    assert!(store.saved_views(ExperimentId(9)).await.unwrap().is_empty());
    let update = SavedViewUpdate {
        name: Some("slowest".to_owned()),
        query: None,
    };
    let changed = store
        .update_saved_view(slow.id, update, UnixMillis(8))
        .await
        .unwrap();
    slow.name = "slowest".to_owned();
    slow.updated = UnixMillis(8);
    assert_eq!(changed, slow);
    assert_eq!(store.saved_view(slow.id).await.unwrap(), Some(slow));
    store.delete_saved_view(bad.id).await.unwrap();
    store.delete_saved_view(bad.id).await.unwrap();
    assert_eq!(store.saved_view(bad.id).await.unwrap(), None);
}

#[tokio::test]
async fn taken_names_unknown_views_and_long_texts_are_refused() {
    let store = open().await;
    let one = store
        .create_saved_view(new("one", None), UnixMillis(1))
        .await
        .unwrap();
    store
        .create_saved_view(new("two", None), UnixMillis(1))
        .await
        .unwrap();
    let again = store
        .create_saved_view(new("one", None), UnixMillis(1))
        .await;
    assert!(matches!(again, Err(StoreError::AlreadyExists(_))));
    let rename = |name: &str| SavedViewUpdate {
        name: Some(name.to_owned()),
        query: None,
    };
    let taken = store
        .update_saved_view(one.id, rename("two"), UnixMillis(2))
        .await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists(_))));
    let same = store.update_saved_view(one.id, rename("one"), UnixMillis(2));
    assert!(same.await.is_ok());
    let unknown = store
        .update_saved_view(SavedViewId(99), rename("x"), UnixMillis(2))
        .await;
    assert!(matches!(
        unknown,
        Err(StoreError::Missing(Missing::SavedView(SavedViewId(99))))
    ));
    let long = store.create_saved_view(new(&"x".repeat(251), None), UnixMillis(1));
    assert!(matches!(long.await, Err(StoreError::Refused(_))));
    let elsewhere = NewSavedView {
        experiment_id: ExperimentId(7),
        ..new("x", None)
    };
    let elsewhere = store.create_saved_view(elsewhere, UnixMillis(1)).await;
    assert!(matches!(elsewhere, Err(StoreError::Missing(_))));
}
