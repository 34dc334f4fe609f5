//! The root component: which page answers which path.
//!
//! Pages read their state from the address; nothing is kept here but the router itself.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::StaticSegment;
use leptos_router::components::{Route, Router, Routes};

/// The whole viewer, the same on the server and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · Spanfall")/>
        <Router>
            <main>
                <Routes fallback=NotFound>
                    <Route path=StaticSegment("") view=Experiments/>
                </Routes>
            </main>
        </Router>
    }
}

#[component]
fn Experiments() -> impl IntoView {
    view! {
        <Title text="Experiments"/>
        <h1>"Experiments"</h1>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <Title text="Page not found"/>
        <h1>"Page not found"</h1>
        <p><a href="/">"All experiments"</a></p>
    }
}
