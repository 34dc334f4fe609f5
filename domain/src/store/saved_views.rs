//! Saved views in a store.

use async_trait::async_trait;

use super::StoreResult;
use crate::ids::ExperimentId;
use crate::saved_view::{NewSavedView, SavedView, SavedViewId, SavedViewUpdate};
use crate::time::UnixMillis;

/// Saved views by number and by experiment.
#[async_trait]
pub trait SavedViewStore: Send + Sync {
    /// Saves a view. `Refused` if a text is too long, `Missing` if the experiment is unknown, `AlreadyExists` if the owner has
    /// a view of that name there.
    async fn create_saved_view(&self, new: NewSavedView, now: UnixMillis)
    -> StoreResult<SavedView>;

    /// By number.
    async fn saved_view(&self, id: SavedViewId) -> StoreResult<Option<SavedView>>;

    /// Those of an experiment by name, then owner, everybody's first; at most 1,000.
    async fn saved_views(&self, experiment: ExperimentId) -> StoreResult<Vec<SavedView>>;

    /// Changes a view. `Missing` if unknown, `Refused` and `AlreadyExists` as when it was made.
    async fn update_saved_view(
        &self,
        id: SavedViewId,
        update: SavedViewUpdate,
        now: UnixMillis,
    ) -> StoreResult<SavedView>;

    /// Removes a view. Unknown ones are passed over.
    async fn delete_saved_view(&self, id: SavedViewId) -> StoreResult<()>;
}
