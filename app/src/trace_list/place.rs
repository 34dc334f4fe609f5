//! The line above the rows: their order, and which of them are seen.

use leptos::prelude::*;

use super::desk::Desk;
use crate::text::number::grouped;
use crate::url_state::Sort;

/// `Newest first · 101–114 of 12,408`.
#[component]
pub fn ListPlace(
    /// What the parts of the page share.
    desk: Desk,
    /// Their order.
    sort: Sort,
) -> impl IntoView {
    let feed = desk.feed;
    let order = match sort {
        Sort::Newest => "Newest first",
        Sort::Oldest => "Oldest first",
        Sort::Slowest => "Slowest first",
        Sort::Fastest => "Fastest first",
        Sort::Named => "By name",
        Sort::NamedBack => "By name, from the end",
        Sort::Stated => "By state, failed first",
        Sort::StatedBack => "By state, failed last",
    };
    let seen = move || {
        let (first, end) = feed.seen.get();
        if end <= first {
            return String::new();
        }
        let of = match feed.total.get() {
            Some(total) => format!(" of {}", grouped(total)),
            None => String::new(),
        };
        format!(" · {}–{}{of}", grouped(first + 1), grouped(end))
    };
    let problem = move || {
        feed.problem.get().map(|text| {
            view! { <span class="trace-list__lost" role="alert">{text} " Trying again."</span> }
        })
    };
    view! {
        <div class="trace-list__place">
            <p class="quiet figures">{order} <span>{seen}</span></p>
            {problem}
            <div class="trace-list__switches needs-script" data-rove="tools">{desk.live.map(|live| live.view())}</div>
        </div>
    }
    .into_any()
}
