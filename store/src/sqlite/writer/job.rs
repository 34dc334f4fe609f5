//! What the writer is asked to do, and how it answers.

use std::future::Future;
use std::pin::Pin;

use domain::store::StoreResult;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::super::ingest::IngestJob;
use super::super::tx::WriteTx;
use crate::error::internal;

/// A future a job returns.
pub(crate) type JobFuture<'a, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 'a>>;

/// What the writer is asked to do.
pub(super) enum Command {
    Ingest(IngestJob),
    Work(Box<dyn Work>),
    Close,
}

pub(super) struct Queued {
    pub command: Command,
    pub bytes: usize,
    pub _permit: Option<OwnedSemaphorePermit>,
}

/// A job other than ingest.
pub(super) trait Work: Send {
    fn run<'a>(&'a mut self, tx: &'a mut WriteTx) -> JobFuture<'a, ()>;
    /// Answers the caller; `Ok` if it is committed.
    fn answer(self: Box<Self>, outcome: StoreResult<()>);
}

pub(super) struct FnWork<F, T> {
    pub work: Option<F>,
    pub value: Option<T>,
    pub reply: oneshot::Sender<StoreResult<T>>,
}

impl<F, T> Work for FnWork<F, T>
where
    F: for<'a> FnOnce(&'a mut WriteTx) -> JobFuture<'a, T> + Send,
    T: Send,
{
    fn run<'a>(&'a mut self, tx: &'a mut WriteTx) -> JobFuture<'a, ()> {
        Box::pin(async move {
            let work = self.work.take().ok_or_else(|| internal("job ran twice"))?;
            self.value = Some(work(tx).await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, outcome: StoreResult<()>) {
        let answer = match (outcome, self.value) {
            (Ok(()), Some(value)) => Ok(value),
            (Ok(()), None) => Err(internal("job did not run")),
            (Err(error), _) => Err(error),
        };
        // A caller that went away does not want it.
        let _ = self.reply.send(answer);
    }
}
