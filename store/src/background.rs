//! Work for the processor that nobody waits for, or only who sends much at once: on threads of their own, which yield to those that
//! answer readers.

/// How much nicer than others such a thread is: beside one busy thread of the usual kind it gets a quarter of a processor.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

/// Starts work on a thread of its own, at once, and waits for it; `None` if it panics or no thread can be had.
pub(crate) fn run<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> impl Future<Output = Option<T>> + Send {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let thread = std::thread::Builder::new().name("background".to_owned());
    let started = thread.spawn(move || {
        // Linux has a niceness for each thread; elsewhere it is that of the process, and stays.
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::nice(NICE) {
            tracing::debug!("background work has the usual priority: {error}");
        }
        // Nobody may wait any more.
        let _ = sender.send(work());
    });
    if let Err(error) = started {
        // The sender went with the work, so the receiver knows.
        tracing::error!("no thread for background work: {error}");
    }
    async { receiver.await.ok() }
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn work_is_done_and_panics_are_told() {
        assert_eq!(super::run(|| 2 + 2).await, Some(4));
        let panics: fn() = || panic!("on purpose");
        assert_eq!(super::run(panics).await, None);
    }
}
