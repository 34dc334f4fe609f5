//! What the lists of sessions and users share: the search form, heads that sort, the pager.

use leptos::prelude::*;

use super::state::GroupListState;
use crate::model::GROUP_PAGE;
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::page_links::PageLinks;

/// Time ranges to choose from: value and words.
const RANGES: [(&str, &str); 4] = [
    ("", "Any time"),
    ("-24h", "Last 24 hours"),
    ("-7d", "Last 7 days"),
    ("-30d", "Last 30 days"),
];

/// The form that narrows a list.
#[component]
pub fn GroupSearch(
    /// What the list is asked for.
    state: GroupListState,
    /// The list's address without the question.
    path: String,
    /// What is searched in, e.g. `session id`.
    what: &'static str,
    /// Whether the list can be narrowed to a user.
    has_user: bool,
) -> impl IntoView {
    let is_known = RANGES.iter().any(|(value, _)| *value == state.from);
    let own = (!is_known).then(|| {
        let from = state.from.clone();
        view! { <option value=from.clone() selected>{format!("Since {from}")}</option> }
    });
    let options = RANGES
        .iter()
        .map(|(value, words)| {
            let is_selected = *value == state.from;
            view! { <option value=*value selected=is_selected>{*words}</option> }
        })
        .collect_view();
    let user = has_user.then(|| {
        view! {
            <label class="visually-hidden" for="group-user">"Only of user"</label>
            <span class="field group-search__user">
                <Icon name=IconName::Person/>
                <input id="group-user" type="search" name="user" value=state.user.clone() placeholder="User" autocomplete="off"/>
            </span>
        }
    });
    let clear = state.is_narrowed().then(|| {
        let all = GroupListState::default().sorted(&state.sort);
        view! { <a class="button" href=all.href(&path)>"Clear"</a> }
    });
    let sort = state.sort.clone();
    view! {
        <search class="group-search">
            <form method="get" action=path.clone()>
                <label class="visually-hidden" for="filter">{format!("Search by {what}")}</label>
                <span class="field group-search__field">
                    <Icon name=IconName::Search/>
                    <input id="filter" type="search" name="search" value=state.search.clone() placeholder=format!("Part of the {what}") autocomplete="off"/>
                </span>
                {user}
                <label class="visually-hidden" for="group-from">"Time"</label>
                <select class="select" id="group-from" name="from">{options} {own}</select>
                {(!sort.is_empty()).then(|| view! { <input type="hidden" name="sort" value=sort/> })}
                <button class="button" data-weight="main">"Search"</button>
                {clear}
            </form>
        </search>
    }
    .into_any()
}

/// A column head that puts the list in an order: the greatest first, names upwards. `current` is the present order.
pub fn sort_head(
    order: &str,
    current: &str,
    href: String,
    label: String,
    is_number: bool,
) -> AnyView {
    let direction = if order == "name" {
        "ascending"
    } else {
        "descending"
    };
    view! {
        <th scope="col" class:table__number=is_number aria-sort=(order == current).then_some(direction)>
            <a class="table__sort" href=href>{label} <Icon name=IconName::Chevron/></a>
        </th>
    }
    .into_any()
}

/// Failed of all, with the share.
pub fn failed(errors: u64, of: u64) -> AnyView {
    if errors == 0 {
        return view! { <span class="quiet">"0"</span> }.into_any();
    }
    let title = number::share(errors, of);
    view! { <span data-tone="error" title=title>{number::grouped(errors)}</span> }.into_any()
}

/// Averages of feedback by name, each with how many values it is of; names beyond the first few in a tooltip.
pub fn averages(ratings: &[(String, f64, u64)], most: usize) -> AnyView {
    let (shown, left_out) = ratings.split_at(most.min(ratings.len()));
    let chips = shown.iter().map(|(name, average, count)| {
        let title = format!("{name}: average of {}", number::counted(*count, "value", "values"));
        view! {
            <span class="chip" title=title><span class="chip__key">{name.clone()}</span>{number::rounded(*average)}</span>
        }
    });
    let more = (!left_out.is_empty()).then(|| {
        let names = left_out
            .iter()
            .map(|(name, average, _)| format!("{name}: {}", number::rounded(*average)));
        let title = names.collect::<Vec<_>>().join(", ");
        view! { <span class="quiet" title=title>{format!("+{}", left_out.len())}</span> }
    });
    view! { {chips.collect_view()} {more} }.into_any()
}

/// Tokens, exact in the tooltip; a dash if unknown.
pub fn tokens(tokens: Option<i64>) -> AnyView {
    let title = tokens.map(|count| number::grouped(count.unsigned_abs()));
    let text = tokens.map_or("—".to_owned(), number::short);
    view! { <span title=title>{text}</span> }.into_any()
}

/// Links to the page before and the one that follows, with the numbers of the rows.
#[component]
pub fn GroupPager(
    /// What the list is asked for.
    state: GroupListState,
    /// The list's address without the question.
    path: String,
    /// Rows in all.
    total: u64,
) -> impl IntoView {
    let page = u64::from(state.page.max(1));
    let last = total.div_ceil(GROUP_PAGE).max(1);
    let at = |page: u64| {
        state
            .at_page(u32::try_from(page).unwrap_or(u32::MAX))
            .href(&path)
    };
    let first_row = (page - 1) * GROUP_PAGE + 1;
    let last_row = (page * GROUP_PAGE).min(total);
    let rows = format!(
        "{}–{} of {}",
        number::grouped(first_row),
        number::grouped(last_row.max(first_row)),
        number::grouped(total)
    );
    PageLinks::counted(rows, page, last, at).view()
}
