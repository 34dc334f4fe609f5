//! Waiting for the spans of a trace: the writer wakes those who wait for what it has just committed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::TraceId;
use tokio::sync::Notify;

/// Who waits for which trace.
#[derive(Default)]
pub(crate) struct Waiters {
    by_trace: Mutex<HashMap<TraceId, Arc<Notify>>>,
}

/// Someone waiting; gone when dropped.
pub(crate) struct Waiter<'a> {
    waiters: &'a Waiters,
    trace: TraceId,
    notify: Arc<Notify>,
}

impl Waiters {
    /// Begins to wait. Look at the store after this, or a commit in between is missed.
    pub(crate) fn register(&self, trace: &TraceId) -> Waiter<'_> {
        let mut by_trace = self.by_trace.lock().unwrap_or_else(PoisonError::into_inner);
        let notify = Arc::clone(by_trace.entry(trace.clone()).or_default());
        Waiter {
            waiters: self,
            trace: trace.clone(),
            notify,
        }
    }

    /// Wakes those who wait for one of these.
    pub(crate) fn wake<'t>(&self, traces: impl Iterator<Item = &'t TraceId>) {
        let by_trace = self.by_trace.lock().unwrap_or_else(PoisonError::into_inner);
        if by_trace.is_empty() {
            return;
        }
        for trace in traces {
            if let Some(notify) = by_trace.get(trace) {
                notify.notify_waiters();
            }
        }
    }
}

impl Waiter<'_> {
    /// Resolves at the first wake after this call, polled or not.
    pub(crate) fn woken(&self) -> tokio::sync::futures::Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut by_trace = self
            .waiters
            .by_trace
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // The map and this waiter hold one each.
        if Arc::strong_count(&self.notify) <= 2 {
            by_trace.remove(&self.trace);
        }
    }
}
