//! Reads what an operator asks first.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Diagnostics;
use crate::wire::Wire;

/// Version, counts, and what the store takes on disk.
///
/// # Errors
/// If the store fails.
#[server(prefix = "/ui-api", endpoint = "diagnostics", input = GetUrl, output = Wire)]
pub async fn get_diagnostics() -> Result<Diagnostics, AppError> {
    use crate::server_fns::server;
    let store = server::store()?;
    let disk = store.disk_use().await?;
    let queue = store.write_queue();
    let summaries = store
        .experiment_summaries(crate::server_fns::experiments::list_experiments::MOST)
        .await?;
    Ok(Diagnostics {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        address: server::address(),
        experiments: summaries.len() as u64,
        traces: disk.traces,
        file_bytes: disk.file_bytes,
        used_bytes: disk.used_bytes,
        queue_waiting: queue.waiting,
        queue_max: queue.max,
    })
}
