//! The handle on a task that works beside the writer until the store closes.

use std::sync::Arc;

use tokio::sync::watch;

/// The handle.
#[derive(Clone)]
pub(crate) struct TaskHandle {
    is_closing: Arc<watch::Sender<bool>>,
    has_ended: watch::Receiver<bool>,
}

impl TaskHandle {
    /// Starts a task. What it is given turns true when it is to end, and fails when all handles are gone.
    pub(crate) fn start<F>(task: impl FnOnce(watch::Receiver<bool>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (is_closing, closing) = watch::channel(false);
        let (ended, has_ended) = watch::channel(false);
        let task = task(closing);
        tokio::spawn(async move {
            task.await;
            ended.send_replace(true);
        });
        Self {
            is_closing: Arc::new(is_closing),
            has_ended,
        }
    }

    /// Ends the task, which does what it must do at last.
    pub(crate) async fn finish(&self) {
        self.is_closing.send_replace(true);
        let mut has_ended = self.has_ended.clone();
        // An error means that the task has ended.
        let _ = has_ended.wait_for(|ended| *ended).await;
    }
}
