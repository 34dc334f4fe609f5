//! The text index: made anew when need be, in step with deletions and changes, checked.

use super::*;

/// With a text index that takes every trace at once.
async fn open_eager(path: &Path) -> SqliteStore {
    let options = OpenOptions {
        text_wait: 1,
        ..OpenOptions::new(path, UnixMillis(1))
    };
    store::open(options).await.unwrap()
}

async fn ingest_texts(store: &SqliteStore, numbers: std::ops::Range<u32>) {
    let batches = numbers.map(|number| {
        let mut batch = batch(number, 2);
        batch.spans[1].set_attribute(keys::OUTPUTS, quote(&format!("case-{number}x of many")));
        batch
    });
    store.ingest(batches.collect()).await.unwrap();
    store.text_settled().await;
}

fn text_file(path: &Path) -> std::path::PathBuf {
    path.with_file_name("test.db-text")
}

#[tokio::test]
async fn the_text_index_is_made_anew_when_it_is_gone_damaged_or_of_another_store() {
    let (_folder, path) = folder();
    let store = open_eager(&path).await;
    ingest_texts(&store, 0..300).await;
    ingest_texts(&store, 300..400).await;
    store.close().await;
    assert_sound(&path).await;
    let old = std::fs::read(text_file(&path)).unwrap();
    let (_other_folder, other_path) = folder();
    let other = open_eager(&other_path).await;
    ingest_texts(&other, 1000..1100).await;
    other.close().await;
    let foreign = std::fs::read(text_file(&other_path)).unwrap();
    let half = old[..old.len() / 2].to_vec();
    for bytes in [None, Some(foreign), Some(half), Some(b"nonsense".to_vec())] {
        match &bytes {
            None => std::fs::remove_file(text_file(&path)).unwrap(),
            Some(bytes) => std::fs::write(text_file(&path), bytes).unwrap(),
        }
        let store = open_eager(&path).await;
        assert_eq!(count(&store, "trace.text LIKE '%case-7x%'").await, 1);
        store.text_settled().await;
        assert_eq!(count(&store, "trace.text LIKE '%case-7x%'").await, 1);
        assert_eq!(count(&store, "trace.text LIKE '%of many%'").await, 400);
        store.close().await;
        assert_sound(&path).await;
    }
}

#[tokio::test]
async fn what_is_deleted_vanishes_from_the_text_index_and_what_changes_is_found() {
    let (_folder, path) = folder();
    let store = open_eager(&path).await;
    ingest_texts(&store, 0..400).await;
    let ids: Vec<TraceId> = (0..399).map(trace_id).collect();
    store
        .delete_traces(E0, DeleteTraces::Ids(ids))
        .await
        .unwrap();
    let mut late = batch(399, 3);
    late.spans.drain(..2);
    late.spans[0].set_attribute(keys::OUTPUTS, quote("something quite new"));
    store.ingest(vec![late]).await.unwrap();
    for _ in 0..2 {
        assert_eq!(count(&store, "trace.text LIKE '%quite new%'").await, 1);
        assert_eq!(count(&store, "trace.text LIKE '%case-399x%'").await, 1);
        assert_eq!(count(&store, "trace.text LIKE '%case-7x%'").await, 0);
        store.text_settled().await;
    }
    store.close().await;
    assert_sound(&path).await;
    let mut text = connect(&text_file(&path)).await;
    let left: Vec<i64> = sqlx::query_scalar("select length(meta) from text_group")
        .fetch_all(&mut text)
        .await
        .unwrap();
    text.close().await.unwrap();
    assert_eq!(left.len(), 1, "the group of the deleted traces is gone");
}

#[tokio::test]
async fn the_check_finds_text_that_the_index_lacks() {
    let (_folder, path) = folder();
    let store = open_eager(&path).await;
    ingest_texts(&store, 0..40).await;
    store.close().await;
    let mut text = connect(&text_file(&path)).await;
    sqlx::query("delete from text_part where part_key & 1048575 = 0")
        .execute(&mut text)
        .await
        .unwrap();
    text.close().await.unwrap();
    let report = store::check(&path).await.unwrap();
    assert!(report.problem_count > 0);
}

#[tokio::test]
async fn a_count_that_takes_too_long_says_that_there_are_more() {
    let (_folder, path) = folder();
    let options = OpenOptions {
        look_time: std::time::Duration::ZERO,
        text_wait: 1,
        ..OpenOptions::new(&path, UnixMillis(1))
    };
    let store = store::open(options).await.unwrap();
    ingest_texts(&store, 0..300).await;
    let counted = async |filter: &str| {
        let filter = compile(filter).unwrap();
        let counted = store.count_traces(&[E0], Some(&filter), u64::MAX).await;
        counted.unwrap()
    };
    let few = counted("trace.text LIKE '%of many%'").await;
    assert!(!few.is_complete && few.traces < 300, "{few:?}");
    let none = counted("trace.text LIKE '%nobody wrote this%'").await;
    assert!(none.is_complete && none.traces == 0, "{none:?}");
    // What the columns decide needs no look.
    let all = counted("span.name LIKE '%'").await;
    assert!(all.is_complete && all.traces == 300, "{all:?}");
    store.close().await;
}
