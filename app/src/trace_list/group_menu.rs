//! The menu that gathers a list's traces by what they have in common.

use leptos::prelude::*;

use super::beside::Listed;
use crate::group_list::by::{ByState, KINDS};
use crate::url_state::experiment_href;

/// The menu.
#[component]
pub fn GroupMenu() -> impl IntoView {
    let listed = Listed::here();
    let path = experiment_href(listed.experiment, "groups");
    let state = ByState {
        list: listed.state.first_page(),
        ..ByState::default()
    };
    let item = |by: &str, title: &'static str| {
        let href = state.gathered(by).href(&path);
        view! { <a class="tool-menu__item" href=href>{title}</a> }
    };
    let items = KINDS.map(|(by, title)| item(by, title));
    view! {
        <details class="tool-menu">
            <summary class="button" data-size="small">"Group by"</summary>
            <div class="popover tool-menu__list">
                {items.into_iter().collect_view()}
                {item("name", "By a tag …")}
            </div>
        </details>
    }
    .into_any()
}
