//! `spanfall gc`: deletes old traces, in the store if no process has it open, else through the server that has.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use domain::store::Store;
use store::{OpenError, OpenOptions};

use crate::admin::{self, Answer, Request};
use crate::artifacts::ArtifactFolder;
use crate::clock;
use crate::retention::{Collection, Freed, Policy, RetentionError};

/// Why the clean-up failed.
#[derive(Debug, thiserror::Error)]
pub enum GcError {
    /// There is no store at the address.
    #[error("there is no store {0}")]
    Missing(String),
    /// The store cannot be opened.
    #[error("{0}")]
    Store(#[from] OpenError),
    /// Another process has the store, and it cannot be asked.
    #[error("{held}, which does not answer: {source}")]
    NoAnswer {
        /// Says which process has it.
        held: OpenError,
        /// What the system said.
        source: std::io::Error,
    },
    /// A server has the store open and did not do it.
    #[error("the server said: {0}")]
    Refused(String),
    /// Making the file smaller needs it for itself.
    #[error("{0}; --shrink needs it for itself: stop the server first")]
    Shrink(OpenError),
    /// The clean-up failed.
    #[error("{0}")]
    Collection(#[from] RetentionError),
}

/// Where and what.
pub struct Job {
    /// The database.
    pub store: PathBuf,
    /// The folder of uploaded files; a running server knows its own.
    pub artifacts: PathBuf,
    /// What is to go.
    pub policy: Policy,
    /// Give the space that is free in the file back to the system.
    pub shrink: Shrink,
}

/// Whether the file is to be made smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrink {
    /// Free space stays in the file for new traces.
    No,
    /// The file is written anew, without what is free in it.
    Yes,
}

/// Cleans up and prints what was done.
///
/// # Errors
/// [`GcError`].
pub async fn gc(job: Job) -> Result<(), GcError> {
    if !job.store.is_file() {
        return Err(GcError::Missing(job.store.display().to_string()));
    }
    let freed = match store::open(OpenOptions::new(&job.store, clock::now())).await {
        Ok(opened) => collect(Arc::new(opened), &job).await?,
        Err(held @ OpenError::Locked { .. }) if job.shrink == Shrink::Yes => {
            return Err(GcError::Shrink(held));
        }
        Err(held @ OpenError::Locked { .. }) => ask(held, &job).await?,
        Err(error) => return Err(error.into()),
    };
    say(&summary(&freed, job.policy.is_dry_run));
    if job.shrink == Shrink::Yes && !job.policy.is_dry_run {
        let bytes = store::shrink(&job.store).await?;
        say(&format!("the file has {} now", human(bytes)));
    }
    Ok(())
}

async fn collect(opened: Arc<store::SqliteStore>, job: &Job) -> Result<Freed, GcError> {
    let store: Arc<dyn Store> = opened.clone();
    let artifacts = Arc::new(ArtifactFolder::new(job.artifacts.clone()));
    let collection = Collection {
        store: &store,
        artifacts: &artifacts,
        now: clock::now(),
    };
    let freed = collection.run(&job.policy, &mut |text| say(&text)).await;
    opened.close().await;
    Ok(freed?)
}

async fn ask(held: OpenError, job: &Job) -> Result<Freed, GcError> {
    let request = Request::Gc(job.policy.clone());
    match admin::ask(&job.store, &request, say).await {
        Ok(Answer::Freed(freed)) => Ok(freed),
        Ok(Answer::Failed(text)) => Err(GcError::Refused(text)),
        Ok(other) => Err(GcError::Refused(format!("{other:?}"))),
        Err(source) => Err(GcError::NoAnswer { held, source }),
    }
}

fn summary(freed: &Freed, is_dry_run: bool) -> String {
    let Freed {
        traces,
        folders,
        used_before,
        used_after,
        file_bytes,
    } = freed;
    if is_dry_run {
        return format!(
            "{traces} traces would be deleted; the database holds {} in a file of {}",
            human(*used_before),
            human(*file_bytes)
        );
    }
    format!(
        "{traces} traces and {folders} folders of files deleted; the database holds {} (before: {}) in a file of {}",
        human(*used_after),
        human(*used_before),
        human(*file_bytes)
    )
}

fn human(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["bytes", "KB", "MB", "GB"] {
        if value < 1000.0 {
            let digits = if unit == "bytes" { 0 } else { 1 };
            return format!("{value:.digits$} {unit}");
        }
        value /= 1000.0;
    }
    format!("{value:.1} TB")
}

/// A closed standard output is nobody reading.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_readable() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_500, "1.5 KB"),
            (20_000_000_000, "20.0 GB"),
            (3_000_000_000_000_000, "3000.0 TB"),
        ] {
            assert_eq!(human(bytes), text);
        }
    }
}
