//! Filters to begin with, and those that were used in this browser.

use leptos::prelude::*;

use crate::url_state::ListState;
use crate::widgets::time::IsAlive;

/// What a filter can say, one line each.
const EXAMPLES: [(&str, &str); 6] = [
    ("status = 'ERROR'", "failed"),
    ("execution_time_ms > 5000", "longer than five seconds"),
    ("trace.text ILIKE '%refund%'", "said anywhere"),
    (
        "span.type = 'TOOL' AND span.status = 'ERROR'",
        "a tool failed",
    ),
    ("feedback.user_rating <= 2", "rated badly"),
    ("trace.model LIKE 'gpt-%'", "called such a model"),
];

/// So many filters are remembered.
#[cfg(feature = "hydrate")]
const RECENT: usize = 8;
#[cfg(feature = "hydrate")]
const KEY: &str = "spanfall_filters";

/// The menu.
#[component]
pub fn ExampleMenu(
    /// What the address asks.
    state: ListState,
    /// The list's address without the question.
    path: String,
) -> impl IntoView {
    let is_alive = use_context::<IsAlive>();
    let href = move |filter: &str| {
        ListState {
            filter: filter.to_owned(),
            ..state.first_page()
        }
        .href(&path)
    };
    let examples = EXAMPLES.map(|(filter, help)| {
        view! {
            <a class="tool-menu__item" href=href(filter) data-noscroll="">
                <code>{filter}</code>
                <span class="tool-menu__help">{help}</span>
            </a>
        }
    });
    let recent = move || {
        let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
        let filters = if is_alive { recent() } else { Vec::new() };
        let items = filters.iter().map(|filter| {
            view! { <a class="tool-menu__item" href=href(filter) data-noscroll=""><code>{filter.clone()}</code></a> }
        });
        let items = items.collect_view();
        (!filters.is_empty())
            .then(|| view! { <span class="tool-menu__title">"Used before"</span> {items} })
    };
    view! {
        <details class="tool-menu filter-box__examples">
            <summary class="button">"Examples"</summary>
            <div class="popover tool-menu__list">
                {recent}
                <span class="tool-menu__title">"Examples"</span>
                {examples.into_iter().collect_view()}
            </div>
        </details>
    }
    .into_any()
}

/// Remembers a filter that was searched with.
pub fn remember(filter: &str) {
    #[cfg(feature = "hydrate")]
    if !filter.is_empty() {
        let mut filters = recent();
        filters.retain(|known| known != filter);
        filters.insert(0, filter.replace('\n', " "));
        filters.truncate(RECENT);
        crate::browser::list_tools::remember(KEY, &filters.join("\n"));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = filter;
}

#[cfg(feature = "hydrate")]
fn recent() -> Vec<String> {
    let kept = crate::browser::list_tools::remembered(KEY).unwrap_or_default();
    kept.lines().map(str::to_owned).collect()
}

#[cfg(not(feature = "hydrate"))]
fn recent() -> Vec<String> {
    Vec::new()
}
