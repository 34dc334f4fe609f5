//! Fills an empty server with recorded runs of agents.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Logs the demo's traces, as `spanfall demo` does, and leads home.
///
/// # Errors
/// `Refused` if anything was ever logged to this server, or if the demo is being loaded already.
#[server(prefix = "/ui-api", endpoint = "load_demo", output = Wire)]
pub async fn load_demo() -> Result<(), AppError> {
    let demo: crate::server_fns::server::Demo =
        use_context().ok_or_else(|| AppError::Failed("This server has no demo.".to_owned()))?;
    (demo.0)().await.map_err(AppError::Refused)?;
    leptos_axum::redirect(&crate::address::at("/"), false);
    Ok(())
}
