//! What narrows and orders the list of experiments, and the form that makes one.

use leptos::prelude::*;

use crate::address::at;
use crate::server_fns::paths;
use crate::url_state::home::{HomeSort, HomeState};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};

/// Search by name and tag, order, and the switch to those that were deleted.
#[component]
pub fn HomeTools(
    /// What is shown.
    state: HomeState,
) -> impl IntoView {
    let submit = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        crate::browser::submit_form_of(event.target());
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let orders = HomeSort::ALL
        .into_iter()
        .map(|sort| {
            let is_chosen = sort == state.sort;
            view! { <option value=sort.as_str() selected=is_chosen>{label(sort)}</option> }
        })
        .collect_view();
    view! {
        <search class="home__search">
            <form method="get" action=at("/") class="home__form">
                <label class="visually-hidden" for="home-search">"Search experiments by name"</label>
                <span class="field">
                    <Icon name=IconName::Search/>
                    <input id="home-search" type="search" name="search" value=state.search placeholder="Search by name"/>
                </span>
                <label class="visually-hidden" for="home-tag">"Only with this tag"</label>
                <span class="field home__tag-field">
                    <input id="home-tag" type="search" name="tag" value=state.tag placeholder="Tag, or tag=value"/>
                </span>
                <label class="visually-hidden" for="home-sort">"Order"</label>
                <select id="home-sort" class="select" name="sort" on:change=submit>{orders}</select>
                <label class="check">
                    <input type="checkbox" name="deleted" value="1" checked=state.deleted on:change=submit/>
                    "Show deleted"
                </label>
                <button class="button">"Search"</button>
            </form>
        </search>
    }
    .into_any()
}

fn label(sort: HomeSort) -> &'static str {
    match sort {
        HomeSort::Recent => "Newest trace first",
        HomeSort::Name => "By name",
        HomeSort::Traces => "Most traces first",
        HomeSort::Failed => "Most failed first",
        HomeSort::Changed => "Last changed first",
    }
}

/// The form that makes an experiment; on phones a link unfolds it.
#[component]
pub fn CreateForm() -> impl IntoView {
    let act = Act::new(paths::CREATE_EXPERIMENT);
    let problem = move || act.problem.get();
    view! {
        <a class="button home__make" href="#home-create" rel="external">"New experiment"</a>
        <div class="home__create" id="home-create">
            <PostForm act=act>
                <label class="visually-hidden" for="home-name">"Name of a new experiment"</label>
                <span class="field">
                    <input
                        id="home-name"
                        name="name"
                        required
                        maxlength="500"
                        autocomplete="off"
                        placeholder="New experiment"
                        aria-describedby="home-create-problem"
                    />
                </span>
                <button class="button" data-weight="main">"Create"</button>
            </PostForm>
            <p class="field-problem" id="home-create-problem" role="status">{problem}</p>
        </div>
    }
    .into_any()
}
