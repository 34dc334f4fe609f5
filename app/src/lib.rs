//! The browser viewer: one set of components that renders on the server and hydrates in the page.
//!
//! The server half (feature `ssr`) is a library of the `spanfall` binary; the browser half (feature
//! `hydrate`) is compiled to WebAssembly and starts in [`hydrate`]. Nothing here knows a database:
//! server functions reach the store through context.

// Views are nested types; a page is a few hundred levels of them.
#![recursion_limit = "512"]

pub mod address;
#[cfg(feature = "hydrate")]
pub mod browser;
pub mod charts;
pub mod chunks;
pub mod compare;
pub mod connection;
pub mod error;
pub mod experiment_choice;
#[cfg(feature = "ssr")]
pub mod files;
pub mod frame;
pub mod front_door;
pub mod group_list;
pub mod home;
pub mod keymap;
pub mod model;
pub mod opened;
pub mod opened_view;
pub mod overview;
pub mod pages;
pub mod palette;
pub mod pasted;
pub mod preferences;
pub mod reads;
pub mod routes;
pub mod run_compare;
pub mod run_list;
pub mod run_view;
pub mod server_fns;
pub mod session_view;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod text;
pub mod trace_list;
pub mod trace_view;
pub mod url_state;
pub mod widgets;
pub mod wire;

/// Takes over the page that the server rendered, then sets the performance mark
/// `spanfall:interactive`, which the start-up budget is measured by.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    // What the server drew can only be taken over by the same code. Without it the page stays as it is: readable, with links.
    let of_page = browser::path()
        .and_then(|path| address::within(&path))
        .and_then(|path| chunks::Chunk::of_path(&path));
    let of_part = browser::attribute_of("[data-chunk]", "data-chunk");
    let of_part = of_part.and_then(|name| chunks::Chunk::named(&name));
    for chunk in of_page.into_iter().chain(of_part) {
        if !chunks::load(chunk).await {
            return;
        }
    }
    leptos::mount::hydrate_body(routes::App);
    chunks::fetch_ahead();
    browser::keymap::listen();
    browser::rove::listen();
    // What listens to keys begins to once the page has come to rest.
    browser::pause().await;
    browser::early::press_kept_keys();
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        // A browser that refuses the mark loses a measurement, never the page.
        let _ = performance.mark("spanfall:interactive");
    }
}
