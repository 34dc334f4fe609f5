//! Every route in one place, by client, and the layers around them.

use std::sync::Arc;

use app::server_fns::{Demo, ServerClock};
use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode};
use axum::middleware;
use axum::response::Redirect;
use axum::routing::{any, delete, get, patch, post, put};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::CompressionLevel;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::api::mlflow::{
    artifacts, assessments, experiments, issues, logged_models, run_data, run_links, runs,
    server_info, trace_changes, trace_correlation, trace_metrics, trace_search, traces, traces_2,
};
use crate::api::{export, health, import, otlp, span_table, ui as viewer};
use crate::assets::Site;
use crate::clock;
use crate::demo;
use crate::error::{ApiError, ErrorCode};
use crate::limits;
use crate::security;
use crate::state::AppState;
use crate::ui;

/// The whole application.
pub fn router(state: AppState, site: &Site) -> Router {
    let store = state.store.clone();
    let prefix = app::address::Prefix(state.config.static_prefix.as_str().into());
    let uploads: Arc<dyn app::files::Files> = state.artifacts.clone();
    let demo = demo_loader(&state);
    let files = site.files().below(&prefix.0);
    let pages = ui::routes(files, move || {
        leptos::prelude::provide_context(prefix.clone());
        leptos::prelude::provide_context(demo.clone());
        leptos::prelude::provide_context(store.clone());
        leptos::prelude::provide_context(uploads.clone());
        leptos::prelude::provide_context(ServerClock {
            now: clock::now,
            random: clock::random_bytes::<16>,
        });
    });
    let timeout = TimeoutLayer::with_status_code(
        StatusCode::SERVICE_UNAVAILABLE,
        state.config.request_timeout,
    );
    let api = Router::new()
        .route("/v1/traces", post(otlp::export))
        .nest("/api", mlflow())
        .nest("/ajax-api", mlflow())
        .route("/health", get(health::health))
        .route("/version", get(health::version))
        .route(
            "/ui-api/experiments/{experiment}/import",
            post(import::import),
        )
        .route(
            "/ui-api/traces/{trace_id}/spans",
            get(span_table::span_table),
        )
        .route("/ui-api/traces/{trace_id}/otlp", get(viewer::trace_as_otlp))
        .route(
            "/ui-api/traces/{trace_id}/spans/{span_id}/blobs/{side}/{number}",
            get(viewer::blob),
        )
        .route(
            "/ui-api/traces/{trace_id}/spans/{span_id}",
            get(viewer::span),
        )
        .layer(timeout)
        .merge(deletion_routes())
        .merge(artifact_routes())
        .merge(export_routes())
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(state.clone());
    let pages = pages
        .layer(RequestBodyLimitLayer::new(limits::PAGE_BODY_BYTES))
        .layer(timeout);
    let routes = api.merge(site.routes()).merge(pages);
    let routes = moved(routes, &state.config.static_prefix);
    routes
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse;
            // The panic itself has been printed with its place.
            ApiError::internal("a handler panicked").into_response()
        }))
        .layer(middleware::from_fn_with_state(
            security::Policy::of(&state.config),
            security::guard,
        ))
}

/// Everything below a prefix.
fn moved(routes: Router, prefix: &str) -> Router {
    if prefix.is_empty() {
        return routes;
    }
    // Whoever asks for the host alone, or for the prefix with a slash behind it, means the home page.
    let home = prefix.to_owned();
    let to_home = get(async move || Redirect::permanent(&home));
    Router::new()
        .route("/", to_home.clone())
        .route(&format!("{prefix}/"), to_home)
        .nest(prefix, routes)
}

/// Loads the demo on request of the viewer, into an empty store only, and once at a time.
fn demo_loader(state: &AppState) -> Demo {
    let (store, prices) = (Arc::clone(&state.store), Arc::clone(&state.prices));
    let turn = Arc::new(tokio::sync::Mutex::new(()));
    Demo(Arc::new(move || {
        let (store, prices) = (Arc::clone(&store), Arc::clone(&prices));
        let turn = Arc::clone(&turn);
        Box::pin(async move {
            let Ok(_turn) = turn.try_lock() else {
                return Err("The demo is being loaded already.".to_owned());
            };
            let failed = |error: domain::store::StoreError| {
                tracing::error!(%error, "the demo could not be loaded");
                "The demo could not be loaded.".to_owned()
            };
            if !demo::is_empty(store.as_ref()).await.map_err(failed)? {
                return Err("The demo is for an empty server; this one holds something.".to_owned());
            }
            let filled = demo::fill(store.as_ref(), clock::now(), &prices).await;
            filled.map(|_| ()).map_err(failed)
        })
    }))
}

/// MLflow's REST API, which is served to SDKs under `/api` and to browsers under `/ajax-api`.
fn mlflow() -> Router<AppState> {
    Router::new()
        .nest("/2.0/mlflow/experiments", experiment_routes())
        .nest("/2.0/mlflow/runs", run_routes())
        .nest("/2.0/mlflow/logged-models", model_routes())
        .nest("/2.0/mlflow/traces", trace_routes_2())
        .nest("/3.0/mlflow/traces", trace_routes_3())
        .route(
            "/2.0/mlflow/metrics/get-history",
            get(run_data::metric_history),
        )
        .route("/2.0/mlflow/artifacts/list", get(artifacts::list_of_run))
        .route(
            "/2.0/mlflow/get-trace-artifact",
            get(artifacts::get_trace_artifact),
        )
        .route(
            "/3.0/mlflow/get-trace-artifact",
            get(artifacts::get_trace_artifact),
        )
        .nest("/3.0/mlflow/issues", issue_routes())
        .route(
            "/2.0/mlflow/artifacts/presigned-upload-url",
            post(artifacts::not_offered),
        )
        .route(
            "/2.0/mlflow/artifacts/presigned-download-url",
            post(artifacts::not_offered),
        )
        .route("/3.0/mlflow/server-info", get(server_info::server_info))
        .fallback(endpoint_not_found)
}

fn experiment_routes() -> Router<AppState> {
    Router::new()
        .route("/create", post(experiments::create))
        .route("/get", get(experiments::get))
        .route("/get-by-name", get(experiments::get_by_name))
        .route(
            "/search",
            get(experiments::search).post(experiments::search),
        )
        .route("/update", post(experiments::update))
        .route("/delete", post(experiments::delete))
        .route("/restore", post(experiments::restore))
        .route("/set-experiment-tag", post(experiments::set_tag))
        .route("/delete-experiment-tag", post(experiments::delete_tag))
}

fn run_routes() -> Router<AppState> {
    Router::new()
        .route("/create", post(runs::create))
        .route("/get", get(runs::get))
        .route("/update", post(runs::update))
        .route("/search", post(runs::search))
        .route("/delete", post(runs::delete))
        .route("/restore", post(runs::restore))
        .route("/log-metric", post(run_data::log_metric))
        .route("/log-parameter", post(run_data::log_parameter))
        .route("/set-tag", post(run_data::set_tag))
        .route("/delete-tag", post(run_data::delete_tag))
        .route("/log-batch", post(run_data::log_batch))
        .route("/log-inputs", post(run_links::log_inputs))
        .route("/outputs", post(run_links::log_outputs))
        .route("/log-model", post(run_links::log_model))
}

fn model_routes() -> Router<AppState> {
    Router::new()
        .route("/", post(logged_models::create))
        .route(
            "/search",
            post(logged_models::search).get(model_search_by_get),
        )
        .route(
            "/{model_id}",
            get(logged_models::get)
                .patch(logged_models::finalize)
                .delete(logged_models::delete),
        )
        .route("/{model_id}/tags", patch(logged_models::set_tags))
        .route("/{model_id}/tags/{key}", delete(logged_models::delete_tag))
        .route("/{model_id}/params", post(logged_models::log_params))
        .route(
            "/{model_id}/artifacts/directories",
            get(logged_models::list_artifacts),
        )
        .route(
            "/{model_id}/artifacts/files",
            get(logged_models::get_artifact),
        )
}

fn issue_routes() -> Router<AppState> {
    Router::new()
        .route("/", post(issues::create))
        .route("/search", post(issues::search))
        .route("/{issue_id}", get(issues::get).patch(issues::update))
}

fn trace_routes_2() -> Router<AppState> {
    Router::new()
        .route("/", post(traces_2::start).get(traces_2::search))
        .route("/link-to-run", post(trace_changes::link_to_run))
        .route("/link-prompts", post(trace_changes::link_prompts))
        .route("/{trace_id}", patch(traces_2::end))
        .route("/{trace_id}/info", get(traces_2::info))
        .route("/{trace_id}/tags", tag_routes())
}

fn trace_routes_3() -> Router<AppState> {
    Router::new()
        .route("/", post(traces::start))
        .route("/get", get(traces::get))
        .route("/batchGet", get(traces::batch_get))
        .route("/batchGetInfos", post(traces::batch_get_infos))
        .route("/search", post(trace_search::search).get(search_by_get))
        .route("/link-to-run", post(trace_changes::link_to_run))
        .route("/link-prompts", post(trace_changes::link_prompts))
        .route("/metrics", post(trace_metrics::query))
        .route(
            "/calculate-filter-correlation",
            post(trace_correlation::calculate),
        )
        .route("/{trace_id}", get(traces::info))
        .route("/{trace_id}/tags", tag_routes())
        .route("/{trace_id}/assessments", post(assessments::create))
        .route(
            "/{trace_id}/assessments/{assessment_id}",
            get(assessments::get)
                .patch(assessments::update)
                .delete(assessments::delete),
        )
}

fn tag_routes() -> axum::routing::MethodRouter<AppState> {
    patch(trace_changes::set_tag).delete(trace_changes::delete_tag)
}

/// Deleting a million traces takes as long as it takes, so these routes have no timeout.
fn deletion_routes() -> Router<AppState> {
    let mut routes = Router::new();
    for path in [
        "/api/2.0/mlflow/traces/delete-traces",
        "/api/3.0/mlflow/traces/delete-traces",
        "/ajax-api/2.0/mlflow/traces/delete-traces",
        "/ajax-api/3.0/mlflow/traces/delete-traces",
    ] {
        routes = routes.route(path, post(trace_changes::delete));
    }
    routes
}

/// Saving a million traces takes as long as it takes.
fn export_routes() -> Router<AppState> {
    Router::new().route(
        "/ui-api/experiments/{experiment}/export",
        post(export::export).layer(RequestBodyLimitLayer::new(limits::PAGE_BODY_BYTES)),
    )
}

/// Files may take as long as they take: these routes have no timeout, only a limit to pauses.
fn artifact_routes() -> Router<AppState> {
    let file = put(artifacts::put)
        .get(artifacts::get)
        .delete(artifacts::delete);
    let routes = Router::new()
        .route("/artifacts", get(artifacts::list))
        .route("/artifacts/{*path}", file)
        .route("/mpu/{*path}", any(artifacts::not_offered))
        .route("/presigned/{*path}", any(artifacts::not_offered));
    Router::new()
        .nest("/api/2.0/mlflow-artifacts", routes.clone())
        .nest("/ajax-api/2.0/mlflow-artifacts", routes)
}

/// `search` is a trace id to a `GET`; clients probe for that answer.
async fn search_by_get() -> ApiError {
    ApiError::not_found("Trace with ID 'search' not found.")
}

/// The same for logged models.
async fn model_search_by_get() -> ApiError {
    ApiError::not_found("Logged model with ID 'search' not found.")
}

async fn endpoint_not_found(method: Method, OriginalUri(uri): OriginalUri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        ErrorCode::EndpointNotFound,
        format!("No such endpoint: {method} {path}"),
    )
}

async fn method_not_allowed(request: Request) -> ApiError {
    ApiError::method_not_allowed(request.method())
}
