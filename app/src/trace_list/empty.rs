//! An empty list says why and what to do next.

use leptos::prelude::*;

use crate::front_door::FrontDoor;
use crate::model::TraceList;
use crate::text::number;
use crate::url_state::ListState;

/// What stands in place of the table.
#[component]
pub fn EmptyList(
    /// The answer without rows.
    list: TraceList,
    /// What was asked.
    state: ListState,
    /// The list's address without the question.
    path: String,
    /// Asks again.
    on_poll: impl Fn() + Send + Sync + 'static,
) -> impl IntoView {
    if let Some(address) = list.address {
        return view! {
            <FrontDoor address=address experiment=Some(list.experiment) on_poll=on_poll/>
        }
        .into_any();
    }
    let all = number::counted(list.in_experiment, "trace", "traces");
    let without = |label: &'static str, changed: ListState| {
        view! { <a class="button" href=changed.href(&path)>{label}</a> }
    };
    let first = state.first_page();
    view! {
        <div class="empty">
            <p class="empty__lead">"No trace matches."</p>
            <p class="quiet">{format!("The experiment holds {all}.")}</p>
            <p class="empty__ways">
                {(!state.filter.is_empty())
                    .then(|| without("Without the filter", ListState { filter: String::new(), ..first.clone() }))}
                {(!state.from.is_empty() || !state.to.is_empty())
                    .then(|| {
                        without(
                            "Of all times",
                            ListState { from: String::new(), to: String::new(), ..first.clone() },
                        )
                    })}
                {(!state.user.is_empty())
                    .then(|| without("Of all users", ListState { user: String::new(), ..first.clone() }))}
                {(!state.session.is_empty())
                    .then(|| without("Of all sessions", ListState { session: String::new(), ..first.clone() }))}
                {(!state.page.is_empty()).then(|| without("First page", first.clone()))}
            </p>
        </div>
    }
    .into_any()
}
