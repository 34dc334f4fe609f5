//! The order to stop: SIGINT or SIGTERM. The first lets open requests end, the second does not.

use tokio::signal::unix::{SignalKind, signal as listen};

/// Resolves at the first signal; at a second one the process ends at once.
pub async fn signal() {
    wait().await;
    tracing::info!("stopping: no new requests, open ones may end");
    tokio::spawn(async {
        wait().await;
        tracing::warn!("stopped at once");
        std::process::exit(1);
    });
}

async fn wait() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        listen(SignalKind::interrupt()),
        listen(SignalKind::terminate()),
    ) else {
        // Without signals the system's own handling ends the process.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
