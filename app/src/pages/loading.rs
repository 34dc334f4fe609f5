//! What stands in a page's place while its data are on their way: as large as the page, so that nothing jumps.

use leptos::prelude::*;

use crate::frame::{Frame, Section};

fn bars(class: &'static str, count: usize) -> AnyView {
    let bars = (0..count).map(|_| view! { <div class=class></div> });
    bars.collect_view().into_any()
}

fn page(body: AnyView) -> AnyView {
    view! {
        <Frame experiment=None section=Section::Elsewhere crumbs=vec![]>
            <div class="page skeleton" role="status" aria-label="Loading">{body}</div>
        </Frame>
    }
    .into_any()
}

/// For a list of traces: heading, filter, rows of two lines.
pub fn loading_list() -> AnyView {
    let body = view! {
        <div class="skeleton__title"></div>
        <div class="skeleton__field"></div>
        <div class="skeleton__rows">{bars("skeleton__line skeleton__line--tall", 14)}</div>
    };
    page(body.into_any())
}

/// For a table: heading, tools, rows of one line.
pub fn loading_table() -> AnyView {
    let body = view! {
        <div class="skeleton__title"></div>
        <div class="skeleton__field"></div>
        <div class="skeleton__rows">{bars("skeleton__line", 14)}</div>
    };
    page(body.into_any())
}

/// For a trace: heading, what is said of it, tree and panel.
pub fn loading_trace() -> AnyView {
    let body = view! {
        <div class="skeleton__title"></div>
        <div class="skeleton__field"></div>
        <div class="skeleton__halves">
            <div class="skeleton__rows">{bars("skeleton__line skeleton__line--span", 18)}</div>
            <div class="skeleton__panel"></div>
        </div>
    };
    page(body.into_any())
}

/// For a page of text and fields.
pub fn loading_text() -> AnyView {
    let body = view! {
        <div class="skeleton__title"></div>
        {bars("skeleton__field", 4)}
    };
    page(body.into_any())
}
