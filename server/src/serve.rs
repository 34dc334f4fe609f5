//! `spanfall serve`: opens the store, listens, and stops in order.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use domain::pricing::PriceTable;
use domain::store::{StoreError, StoreResult};
use store::{OpenError, OpenOptions};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::admin::{Admin, Endpoint};
use crate::assets::{Site, SiteError};
use crate::config::Config;
use crate::prices::{self, PriceError};
use crate::retention::{self, Policy};
use crate::router::router;
use crate::state::AppState;
use crate::{clock, demo, http, shutdown};

/// Why the server did not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be opened.
    #[error("{0}")]
    Store(#[from] OpenError),
    /// The demo's traces could not be stored.
    #[error("cannot store the demo: {0}")]
    Demo(#[from] StoreError),
    /// The viewer's files are damaged.
    #[error("{0}")]
    Site(#[from] SiteError),
    /// The operator's prices cannot be used.
    #[error("{0}")]
    Prices(#[from] PriceError),
    /// The address is taken or not of this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Serves until a signal says stop.
///
/// # Errors
/// What keeps it from starting.
pub async fn serve(config: Config) -> Result<(), ServeError> {
    tracing::debug!(?config, "settings");
    let prices = prices::load(config.price_table.as_deref())?;
    let store = Arc::new(open_store(&config).await?);
    let served = run(&store, config, prices).await;
    store.close().await;
    served
}

/// Fills an empty store with the demo's traces, then serves it.
///
/// # Errors
/// What keeps it from starting.
pub async fn demo(config: Config) -> Result<(), ServeError> {
    let prices = prices::load(config.price_table.as_deref())?;
    let store = Arc::new(open_store(&config).await?);
    let filled = fill_with_demo(store.as_ref(), &prices).await;
    let served = match filled {
        Ok(()) => run(&store, config, prices).await,
        Err(error) => Err(error.into()),
    };
    store.close().await;
    served
}

/// Serves an open store, and beside it cleans up as the settings say and as the local admin endpoint is asked to.
async fn run(
    store: &Arc<store::SqliteStore>,
    config: Config,
    prices: PriceTable,
) -> Result<(), ServeError> {
    let app = AppState::new(store.clone(), config, prices);
    let policy = Policy {
        older_than: app.config.retention_age,
        size_max: app.config.retention_size,
        ..Policy::default()
    };
    let admin = Arc::new(Admin {
        store: Arc::clone(store),
        artifacts: Arc::clone(&app.artifacts),
    });
    let keeping = retention::keep(app.store.clone(), Arc::clone(&app.artifacts), policy);
    let mut beside = JoinSet::new();
    beside.spawn(keeping);
    match Endpoint::open(&app.config.store_path) {
        Ok(endpoint) => {
            beside.spawn(async move { endpoint.serve(admin).await });
        }
        Err(error) => {
            tracing::warn!(%error, "no local admin endpoint: spanfall gc cannot reach this server");
        }
    }
    let served = listen(app).await;
    beside.shutdown().await;
    served
}

async fn fill_with_demo(store: &store::SqliteStore, prices: &PriceTable) -> StoreResult<()> {
    if !demo::is_empty(store).await? {
        tracing::info!("the store holds traces; it is served as it is");
        return Ok(());
    }
    let report = demo::fill(store, clock::now(), prices).await?;
    let (traces, spans) = (report.traces, report.spans);
    tracing::info!(
        experiments = report.experiments,
        traces,
        spans,
        "demo traces logged"
    );
    Ok(())
}

/// Opens the store that the settings name.
///
/// # Errors
/// If it is damaged, in use, or of a newer version.
async fn open_store(config: &Config) -> Result<store::SqliteStore, OpenError> {
    store::open(OpenOptions::new(&config.store_path, clock::now())).await
}

async fn listen(app: AppState) -> Result<(), ServeError> {
    let site = Site::load(
        std::env::var_os("SPANFALL_SITE_ROOT")
            .map(PathBuf::from)
            .as_deref(),
    )?;
    if site.is_empty() {
        tracing::warn!("no built site found: the API works, pages come without script and style");
    }
    let address = SocketAddr::new(app.config.host, app.config.port);
    let cannot_listen = |source| ServeError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    let prefix = app.config.static_prefix.clone();
    let routes: Router = router(app, &site);
    announce(&format!("Spanfall listening on http://{address}{prefix}"));
    http::serve(listener, routes, shutdown::signal()).await;
    Ok(())
}

/// The one line on stdout, which scripts wait for. A closed stdout is nobody waiting.
fn announce(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
