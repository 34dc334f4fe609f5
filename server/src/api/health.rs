//! Probes.

/// The MLflow version whose protocol is spoken. Clients compare it with what they need and send no spans
/// to a server that they take for older than 3.4.
pub const MLFLOW_VERSION: &str = "3.17.2";

/// `GET /health`
pub async fn health() -> &'static str {
    "OK"
}

/// `GET /version`; Spanfall's own version is in the header `Server`.
pub async fn version() -> &'static str {
    MLFLOW_VERSION
}
