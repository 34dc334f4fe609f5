//! Search over everything as a page, for those without script and for whoever lost an address.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::failed_page;
use crate::address::{as_is, at};
use crate::frame::{Crumb, Frame, Section};
use crate::model::LookUp;
use crate::pages::loading::loading_table;
use crate::reads::{Read, Reply, awaited, load};
use crate::widgets::icon::{Icon, IconName};

/// `/find`, with `?text=`.
#[component]
pub fn FindPage() -> impl IntoView {
    let query = use_query_map();
    let text = move || query.with(|query| query.get("text").unwrap_or_default());
    let found = load(Signal::derive(move || Read::LookUp {
        text: text(),
        experiment: String::new(),
    }));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => page(found, untrack(text)),
        Err(error) => failed_page(error, move || found.refetch()),
    };
    view! {
        <Title text="Search"/>
        {awaited(found, loading_table, set_pending, draw)}
    }
}

fn page(found: LookUp, text: String) -> AnyView {
    if found.is_exact
        && let Some(hit) = found.hits.first()
    {
        return view! { <Redirect path=hit.href.clone() options=as_is()/> }.into_any();
    }
    let is_nothing = found.hits.is_empty() && !text.trim().is_empty();
    let nothing = is_nothing.then(|| {
        let words = format!("Nothing is called “{text}” or has an id that begins so.");
        view! { <p class="quiet">{words}</p> }
    });
    let hits = found.hits.into_iter().map(|hit| {
        view! {
            <tr class="table__row">
                <td class="quiet">{hit.kind}</td>
                <td><a class="table__main" href=hit.href>{hit.label}</a></td>
                <td class="quiet">{hit.detail}</td>
            </tr>
        }
    });
    view! {
        <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::link("Experiments", at("/")), Crumb::here("Search")]>
            <div class="page page--narrow">
                <div class="page__head"><h1>"Search"</h1></div>
                {find_form(text, true)}
                {nothing}
                <table class="table find__hits"><tbody>{hits.collect_view()}</tbody></table>
            </div>
        </Frame>
    }
    .into_any()
}

/// The form that leads to the page.
pub fn find_form(text: String, is_focused: bool) -> AnyView {
    view! {
        <search>
            <form method="get" action=at("/find") class="find">
                <label class="visually-hidden" for="find-text">"A name, an id or its beginning, an address"</label>
                <span class="field find__field">
                    <Icon name=IconName::Search/>
                    <input
                        id="find-text"
                        type="search"
                        name="text"
                        value=text
                        autofocus=is_focused
                        autocomplete="off"
                        placeholder="Name, id or its beginning, traceparent, address"
                    />
                </span>
                <button class="button">"Search"</button>
            </form>
        </search>
    }
    .into_any()
}
