//! Facets: the values that a list's traces have, with counts. Pressing one narrows the list to it; what the filter says already is
//! marked.

pub mod clauses;
pub mod field;
mod group;
pub mod shown;
pub mod side;

use leptos::prelude::*;

use self::clauses::Choices;
use self::field::Field;
use self::group::{Place, group};
use super::beside::{Beside, Listed};
use crate::model::FacetPanel;
use crate::reads::Reply;

/// The facets of the list around, asked for when they are shown.
#[component]
pub fn Facets() -> impl IntoView {
    let (beside, listed) = (Beside::here(), Listed::here());
    let is_broken = Choices::read(&listed.state.filter).is_broken();
    let asked = listed.clone();
    Effect::new(move |_| {
        if !is_broken {
            beside.facets.ask(asked.facets(beside.more.get()));
        }
    });
    let drawn = move || beside.facets.reply.get().map(|reply| drawn(reply, &listed));
    let waits = move || beside.facets.is_waiting.get().to_string();
    view! { <div class="facets" data-waiting=waits>{drawn}</div> }.into_any()
}

fn drawn(reply: Reply, listed: &Listed) -> AnyView {
    let beside = Beside::here();
    match reply.open::<FacetPanel>() {
        Ok(found) => panel(found, listed, Some(beside.more)),
        Err(_) => view! {
            <p class="list-problem">
                <span>"Facets are not available."</span>
                <button type="button" class="button" data-size="small" on:click=move |_| beside.facets.again()>"Retry"</button>
            </p>
        }
        .into_any(),
    }
}

/// The groups of a panel; `more` is where groups to list at length are written, `None` where that is not offered.
pub fn panel(found: FacetPanel, listed: &Listed, more: Option<RwSignal<String>>) -> AnyView {
    let choices = Choices::read(&listed.state.filter);
    let label = found.label.map(|label| {
        view! { <p class="facets__label"><span class="chip">{label}</span></p> }
    });
    let also = (!choices.also.is_empty()).then(|| {
        let also = choices.also.join(" AND ");
        view! { <p class="facets__also">"also: " <code>{also}</code></p> }
    });
    let groups = found
        .groups
        .into_iter()
        .filter_map(|found| {
            let field = Field::parse(&found.key)?;
            let place = Place {
                listed,
                choices: &choices,
                more,
            };
            Some(group(&field, found, &place))
        })
        .collect_view();
    view! { {label} {groups} {also} }.into_any()
}
