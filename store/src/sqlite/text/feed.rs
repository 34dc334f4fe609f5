//! The callers' handle on the task that keeps the text index.

mod task;

use std::sync::Arc;

use sqlx::SqliteConnection;
use tokio::sync::watch;

use self::task::Task;
use super::super::Shared;
use super::super::task::TaskHandle;
use super::super::writer::WeakWriter;
use super::work::CHANGED_IDLE;
use crate::text::build::ROWS_MAX;

/// The handle.
#[derive(Clone)]
pub(crate) struct Feeder {
    task: TaskHandle,
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
        let (stepped, steps) = watch::channel(0);
        let wait = wait.clamp(1, ROWS_MAX);
        shared.text_wake.notify_one();
        let task = TaskHandle::start(|closing| async move {
            Task::new(shared, main, file, wait, closing)
                .run(&stepped)
                .await;
        });
        Self { task, steps, wait }
    }

    /// Ends the task.
    pub(crate) async fn finish(&self) {
        self.task.finish().await;
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
