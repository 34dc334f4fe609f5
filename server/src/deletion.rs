//! Deleting traces with the files that were uploaded for them, in lots, whoever asks for it: a client, `spanfall gc`, retention.

use std::sync::Arc;

use domain::ids::{ExperimentId, TraceId};
use domain::store::{DeleteTraces, Store, StoreError, StoreResult};

use crate::artifacts::ArtifactFolder;

/// Traces deleted between two looks at their files. A process killed in between leaves no more folders behind than this, which the
/// next `spanfall gc` removes.
const LOT: u32 = 5_000;

/// Deletes traces and their files and says how many traces there were. Goes on although the caller goes away.
///
/// # Errors
/// What the store says; some traces may be gone then.
pub async fn delete(
    store: &Arc<dyn Store>,
    artifacts: &Arc<ArtifactFolder>,
    experiment: ExperimentId,
    which: DeleteTraces,
) -> StoreResult<u64> {
    let (store, artifacts) = (Arc::clone(store), Arc::clone(artifacts));
    let work = async move {
        match which {
            DeleteTraces::Ids(ids) => {
                let mut deleted = 0;
                for lot in ids.chunks(LOT as usize) {
                    let which = DeleteTraces::Ids(lot.to_vec());
                    deleted += delete_lot(&store, &artifacts, experiment, which)
                        .await?
                        .traces;
                }
                Ok(deleted)
            }
            DeleteTraces::UpTo { time, limit } => {
                let (mut deleted, mut left) = (0, limit.map_or(u64::MAX, u64::from));
                while left > 0 {
                    let lot = u64::from(LOT).min(left);
                    let which = DeleteTraces::UpTo {
                        time,
                        limit: u32::try_from(lot).ok(),
                    };
                    let gone = delete_lot(&store, &artifacts, experiment, which).await?;
                    if gone.traces == 0 {
                        break;
                    }
                    deleted += gone.traces;
                    left -= gone.traces.min(left);
                }
                Ok(deleted)
            }
        }
    };
    tokio::spawn(work)
        .await
        .map_err(|error| StoreError::Database(Box::new(error)))?
}

/// What went with one lot.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gone {
    /// Traces.
    pub traces: u64,
    /// Folders of files uploaded for them.
    pub folders: u64,
}

/// Deletes the oldest traces of an experiment that began at a time or before, one lot of them.
///
/// # Errors
/// What the store says.
pub async fn delete_lot(
    store: &Arc<dyn Store>,
    artifacts: &Arc<ArtifactFolder>,
    experiment: ExperimentId,
    which: DeleteTraces,
) -> StoreResult<Gone> {
    let which = match which {
        DeleteTraces::UpTo { time, limit } => DeleteTraces::UpTo {
            time,
            limit: Some(limit.unwrap_or(LOT).min(LOT)),
        },
        ids => ids,
    };
    let ids: Vec<TraceId> = store.delete_traces(experiment, which).await?;
    let traces = ids.len() as u64;
    let folders = match artifacts.remove_traces(experiment, ids).await {
        Ok(folders) => folders,
        Err(error) => {
            // The traces are gone already; what is left of their files is found by the next clean-up.
            tracing::warn!(%experiment, %error, "files of deleted traces stay");
            0
        }
    };
    Ok(Gone { traces, folders })
}
