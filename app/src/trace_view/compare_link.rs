//! The way from a trace to its comparison with another one.

use leptos::prelude::*;

use crate::compare::address::CompareState;

/// Leads to the choice of what to compare with.
#[component]
pub fn CompareLink(
    /// The trace.
    trace_id: String,
) -> impl IntoView {
    let state = CompareState {
        traces: vec![trace_id],
        ..CompareState::default()
    };
    view! { <a class="button" data-size="small" href=state.href()>"Compare with…"</a> }.into_any()
}
