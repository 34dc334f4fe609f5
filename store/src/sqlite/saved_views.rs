//! Saved views: a small table.

use async_trait::async_trait;
use domain::ids::ExperimentId;
use domain::saved_view::{NewSavedView, SavedView, SavedViewError, SavedViewId, SavedViewUpdate};
use domain::store::{Missing, SavedViewStore, StoreError, StoreResult};
use domain::time::UnixMillis;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::SqliteStore;
use super::tx::WriteTx;
use crate::error::database;

/// The most views of an experiment that are listed.
const LIST_MAX: i64 = 1000;

#[async_trait]
impl SavedViewStore for SqliteStore {
    async fn create_saved_view(
        &self,
        new: NewSavedView,
        now: UnixMillis,
    ) -> StoreResult<SavedView> {
        new.check().map_err(refused)?;
        self.writer
            .write(move |tx| Box::pin(async move { create(tx, new, now).await }))
            .await
    }

    async fn saved_view(&self, id: SavedViewId) -> StoreResult<Option<SavedView>> {
        let mut reader = self.reader().await?;
        by_id(&mut reader, id).await
    }

    async fn saved_views(&self, experiment: ExperimentId) -> StoreResult<Vec<SavedView>> {
        let mut reader = self.reader().await?;
        let select =
            "select saved_view_id, experiment_id, name, owner, query, created_ms, updated_ms
            from saved_view where experiment_id = ?1 order by name, owner limit ?2";
        let rows = sqlx::query(select)
            .bind(experiment.0)
            .bind(LIST_MAX)
            .fetch_all(&mut *reader)
            .await
            .map_err(database)?;
        rows.iter().map(view).collect()
    }

    async fn update_saved_view(
        &self,
        id: SavedViewId,
        update: SavedViewUpdate,
        now: UnixMillis,
    ) -> StoreResult<SavedView> {
        update.check().map_err(refused)?;
        self.writer
            .write(move |tx| Box::pin(async move { change(tx, id, update, now).await }))
            .await
    }

    async fn delete_saved_view(&self, id: SavedViewId) -> StoreResult<()> {
        self.writer
            .write(move |tx| {
                Box::pin(async move {
                    sqlx::query("delete from saved_view where saved_view_id = ?1")
                        .bind(id.0)
                        .execute(&mut tx.connection)
                        .await
                        .map_err(database)?;
                    Ok(())
                })
            })
            .await
    }
}

fn refused(error: SavedViewError) -> StoreError {
    StoreError::Refused(error.to_string())
}

async fn create(tx: &mut WriteTx, new: NewSavedView, now: UnixMillis) -> StoreResult<SavedView> {
    let experiment = new.experiment_id;
    let exists: Option<i64> =
        sqlx::query_scalar("select experiment_id from experiment where experiment_id = ?1")
            .bind(experiment.0)
            .fetch_optional(&mut tx.connection)
            .await
            .map_err(database)?;
    if exists.is_none() {
        return Err(StoreError::Missing(Missing::Experiment(experiment)));
    }
    let mut view = SavedView {
        id: SavedViewId(0),
        experiment_id: experiment,
        name: new.name,
        owner: new.owner,
        query: new.query,
        created: now,
        updated: now,
    };
    require_free_name(tx, &view).await?;
    let insert =
        "insert into saved_view (experiment_id, name, owner, query, created_ms, updated_ms)
        values (?1, ?2, ?3, ?4, ?5, ?5)";
    let inserted = sqlx::query(insert)
        .bind(experiment.0)
        .bind(view.name.clone())
        .bind(view.owner.clone().unwrap_or_default())
        .bind(view.query.clone())
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    view.id = SavedViewId(inserted.last_insert_rowid());
    Ok(view)
}

async fn change(
    tx: &mut WriteTx,
    id: SavedViewId,
    update: SavedViewUpdate,
    now: UnixMillis,
) -> StoreResult<SavedView> {
    let found = by_id(&mut tx.connection, id).await?;
    let mut view = found.ok_or(StoreError::Missing(Missing::SavedView(id)))?;
    view.name = update.name.unwrap_or(view.name);
    view.query = update.query.unwrap_or(view.query);
    view.updated = now;
    require_free_name(tx, &view).await?;
    let change = "update saved_view set name = ?2, query = ?3, updated_ms = ?4
        where saved_view_id = ?1";
    sqlx::query(change)
        .bind(id.0)
        .bind(view.name.clone())
        .bind(view.query.clone())
        .bind(now.0)
        .execute(&mut tx.connection)
        .await
        .map_err(database)?;
    Ok(view)
}

/// Refuses a name that another view of the same owner has.
async fn require_free_name(tx: &mut WriteTx, view: &SavedView) -> StoreResult<()> {
    let select = "select saved_view_id from saved_view
        where experiment_id = ?1 and name = ?2 and owner = ?3 and saved_view_id <> ?4";
    let taken: Option<i64> = sqlx::query_scalar(select)
        .bind(view.experiment_id.0)
        .bind(view.name.clone())
        .bind(view.owner.clone().unwrap_or_default())
        .bind(view.id.0)
        .fetch_optional(&mut tx.connection)
        .await
        .map_err(database)?;
    match taken {
        None => Ok(()),
        Some(_) => Err(StoreError::AlreadyExists(format!(
            "a view named '{}' exists already; choose another name or change that one",
            view.name
        ))),
    }
}

async fn by_id(
    connection: &mut SqliteConnection,
    id: SavedViewId,
) -> StoreResult<Option<SavedView>> {
    let select = "select saved_view_id, experiment_id, name, owner, query, created_ms, updated_ms
        from saved_view where saved_view_id = ?1";
    let row = sqlx::query(select)
        .bind(id.0)
        .fetch_optional(connection)
        .await
        .map_err(database)?;
    row.as_ref().map(view).transpose()
}

fn view(row: &SqliteRow) -> StoreResult<SavedView> {
    let owner: String = row.try_get(3).map_err(database)?;
    Ok(SavedView {
        id: SavedViewId(row.try_get(0).map_err(database)?),
        experiment_id: ExperimentId(row.try_get(1).map_err(database)?),
        name: row.try_get(2).map_err(database)?,
        owner: (!owner.is_empty()).then_some(owner),
        query: row.try_get(4).map_err(database)?,
        created: UnixMillis(row.try_get(5).map_err(database)?),
        updated: UnixMillis(row.try_get(6).map_err(database)?),
    })
}
