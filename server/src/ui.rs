//! The viewer's pages and server functions as an axum router.
//!
//! Renders on the server, gives every page a fresh script nonce with its content security policy, and
//! provides the context that components and server functions read. Files are in `assets`; host and
//! origin checks and the other security headers are not here.

use app::routes::App;
use app::shell::{SiteFiles, shell};
use axum::Router;
use axum::http::{HeaderValue, header};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::use_context;
use leptos_axum::{ErrorHandler, LeptosRoutes, ResponseOptions, generate_route_list};

/// All pages, the server functions under `/ui-api`, and the "not found" page as fallback.
///
/// `provide` runs once for each rendered page and each server function call and puts into context what
/// they read, such as the store. Merge this router last: it owns the fallback.
pub fn routes(files: SiteFiles, provide: impl Fn() + Clone + Send + Sync + 'static) -> Router {
    let options = LeptosOptions::builder().output_name("spanfall").build();
    let context = move || {
        set_content_security_policy();
        provide();
    };
    let page = {
        let files = files.clone();
        move || shell(files.clone())
    };
    let not_found_page = move |_: LeptosOptions| shell(files.clone());
    let not_found =
        ErrorHandler::new_with_context(context.clone(), not_found_page, options.clone());
    Router::new()
        .leptos_routes_with_context(&options, generate_route_list(App), context, page)
        .fallback_service(not_found)
        .with_state(options)
}

/// Trace content is hostile: only scripts with this response's nonce run, nothing is fetched from
/// elsewhere, and inline style is allowed for attributes alone (computed geometry).
fn set_content_security_policy() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else {
        // A server function called directly: its answer is data, not a document.
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; \
         style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; \
         media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}
