//! What is wrong with a filter, shown in the text itself, with the change that would help as a link.

use domain::filter::{FilterError, words};
use leptos::prelude::*;

use crate::url_state::ListState;
use crate::widgets::icon::{Icon, IconName};

/// The first error of a filter. Nothing if there is none.
pub fn filter_problem(
    filter: &str,
    errors: &[FilterError],
    state: &ListState,
    path: &str,
) -> AnyView {
    let Some(error) = errors.first() else {
        return ().into_any();
    };
    let (start, end) = (error.range.start as usize, error.range.end as usize);
    let part = |range: std::ops::Range<usize>| filter.get(range).unwrap_or("").to_owned();
    let fix = error.fix.as_ref().map(|fix| {
        let fixed = fix.apply(filter);
        let href = ListState {
            filter: fixed.clone(),
            ..state.first_page()
        }
        .href(path);
        view! { <a class="filter-problem__fix" href=href>"Use " <code>{fixed}</code></a> }
    });
    let is_at_end = start >= filter.len() || start >= end;
    view! {
        <Icon name=IconName::Alert/>
        <span class="filter-problem__message">{words::in_words(filter, error)}</span>
        <code class="filter-problem__text" aria-hidden="true">
            {part(0..start.min(filter.len()))}
            <mark class="filter-problem__mark">
                {if is_at_end { "▏".to_owned() } else { part(start..end) }}
            </mark>
            {part(end.max(start)..filter.len())}
        </code>
        {fix}
    }
    .into_any()
}
