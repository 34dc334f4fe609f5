//! The callers' handle on the task that keeps the text index.

mod task;

use std::sync::Arc;

use sqlx::SqliteConnection;
use tokio::sync::watch;

use self::task::Task;
use super::super::Shared;
use super::super::writer::WeakWriter;
use super::work::CHANGED_IDLE;
use crate::text::build::ROWS_MAX;

/// The handle.
#[derive(Clone)]
pub(crate) struct Feeder {
    is_closing: Arc<watch::Sender<bool>>,
    has_ended: watch::Receiver<bool>,
    steps: watch::Receiver<u64>,
    wait: usize,
}

impl Feeder {
    /// Starts the task. Fewer traces than `wait` wait until more come.
    pub(crate) fn start(
        shared: Arc<Shared>,
        main: WeakWriter,
        file: SqliteConnection,
        wait: usize,
    ) -> Self {
        let (is_closing, closing) = watch::channel(false);
        let (ended, has_ended) = watch::channel(false);
        let (stepped, steps) = watch::channel(0);
        let wait = wait.clamp(1, ROWS_MAX);
        shared.text_wake.notify_one();
        let task = Task::new(shared, main, file, wait, closing);
        tokio::spawn(async move {
            task.run(&stepped).await;
            ended.send_replace(true);
        });
        Self {
            is_closing: Arc::new(is_closing),
            has_ended,
            steps,
            wait,
        }
    }

    /// Ends the task.
    pub(crate) async fn finish(&self) {
        self.is_closing.send_replace(true);
        let mut has_ended = self.has_ended.clone();
        // An error means that the task has ended.
        let _ = has_ended.wait_for(|ended| *ended).await;
    }

    /// Waits until the index holds everything that was committed before, but for so few traces that they wait for more.
    pub(crate) async fn settled(&self, shared: &Shared) {
        let mut steps = self.steps.clone();
        loop {
            steps.mark_unchanged();
            {
                let live = shared.live.read();
                let waiting = live.next_trace_no - live.text.indexed_to;
                if waiting < self.wait as i64
                    && live.text.changed.len() < self.wait.min(CHANGED_IDLE)
                {
                    return;
                }
            }
            shared.text_wake.notify_one();
            if steps.changed().await.is_err() {
                return;
            }
        }
    }
}
