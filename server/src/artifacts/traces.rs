//! The folders that belong to traces, `<experiment>/traces/<trace id>`, looked at and removed many at a time. This blocks, and is
//! done on a thread that may.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use domain::ids::{ExperimentId, TraceId};

use super::{ArtifactError, ArtifactFolder, is_absent};

/// Folders listed in one step.
const CHUNK: usize = 1000;

impl ArtifactFolder {
    /// Removes the folders of traces and says how many there were. One that cannot be removed is logged and left.
    ///
    /// # Errors
    /// [`ArtifactError::Io`] if the work could not be done at all.
    pub async fn remove_traces(
        self: &Arc<Self>,
        experiment: ExperimentId,
        ids: Vec<TraceId>,
    ) -> Result<u64, ArtifactError> {
        let folder = Arc::clone(self);
        blocking(move || {
            // Most experiments have no files at all: one look instead of one a trace.
            if !folder.traces_of(experiment).is_dir() {
                return Ok(0);
            }
            let removed = ids.iter().filter(|id| folder.remove_trace(experiment, id));
            Ok(removed.count() as u64)
        })
        .await
    }

    /// The traces that have a folder which nobody changed for a while, in groups handed to `receive`.
    ///
    /// # Errors
    /// [`ArtifactError::Io`].
    pub async fn quiet_traces(
        self: &Arc<Self>,
        experiment: ExperimentId,
        quiet_for: Duration,
        groups: tokio::sync::mpsc::Sender<Vec<TraceId>>,
    ) -> Result<(), ArtifactError> {
        let folder = Arc::clone(self);
        blocking(move || {
            let entries = match std::fs::read_dir(folder.traces_of(experiment)) {
                Ok(entries) => entries,
                Err(error) if is_absent(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
            let mut group = Vec::new();
            for entry in entries {
                let entry = entry?;
                let changed = entry.metadata().and_then(|about| about.modified());
                let age = changed
                    .ok()
                    .map(|changed| SystemTime::now().duration_since(changed));
                let is_quiet = matches!(age, Some(Ok(age)) if age >= quiet_for);
                if let (true, Ok(name)) = (is_quiet, entry.file_name().into_string()) {
                    group.push(TraceId::new(name));
                }
                if group.len() == CHUNK && groups.blocking_send(std::mem::take(&mut group)).is_err()
                {
                    return Ok(());
                }
            }
            // Nobody listens any more if it fails.
            let _ = groups.blocking_send(group);
            Ok(())
        })
        .await
    }

    fn traces_of(&self, experiment: ExperimentId) -> PathBuf {
        self.root.join(experiment.to_string()).join("traces")
    }

    fn remove_trace(&self, experiment: ExperimentId, id: &TraceId) -> bool {
        let path = format!("{experiment}/traces/{id}");
        // An id that is no name of a folder has none.
        let Ok(target) = self.resolve(&path) else {
            return false;
        };
        match std::fs::remove_dir_all(target) {
            Ok(()) => true,
            Err(error) if is_absent(&error) => false,
            Err(error) => {
                tracing::warn!(%experiment, trace_id = %id, %error, "files of a deleted trace stay");
                false
            }
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ArtifactError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(io::Error::other)??)
}
