//! The list of experiments, and for an empty server the way to the first trace.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{failed_page, loading_page};
use crate::address::at;
use crate::frame::{Crumb, Frame, Section};
use crate::front_door::FrontDoor;
use crate::model::{ExperimentList, ExperimentRow};
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::server_fns::paths;
use crate::text::number;
use crate::url_state::experiment_href;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::time::{Time, TimeStyle};

/// `/`, with `?search=`.
#[component]
pub fn Home() -> impl IntoView {
    let query = use_query_map();
    let search = move || query.with(|query| query.get("search").unwrap_or_default());
    let list = load(Signal::derive(move || Read::Experiments(search())));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => page(found, untrack(search), list),
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Experiments"/>
        {awaited(list, loading_page, set_pending, draw)}
    }
}

fn page(list: ExperimentList, search: String, resource: Loaded) -> AnyView {
    let is_empty = list.traces == 0;
    let summary = format!(
        "{} · {}",
        number::counted(list.experiments, "experiment", "experiments"),
        if is_empty {
            "no traces yet".to_owned()
        } else {
            format!(
                "{} · {} failed",
                number::counted(list.traces, "trace", "traces"),
                number::share(list.errors, list.traces)
            )
        }
    );
    view! {
        <Frame experiment=None section=Section::Home crumbs=vec![Crumb::here("Experiments")]>
            <div class="page page--narrow home">
                <div class="page__head">
                    <h1>"Experiments"</h1>
                    <p class="page__summary">{summary}</p>
                </div>
                {is_empty.then(|| view! { <FrontDoor address=list.address experiment=None on_poll=move || resource.refetch()/> })}
                <div class="home__tools">
                    <SearchForm search=search.clone()/>
                    <CreateForm/>
                </div>
                {table(list.rows, &search)}
            </div>
        </Frame>
    }
    .into_any()
}

#[component]
fn SearchForm(search: String) -> impl IntoView {
    view! {
        <search class="home__search">
            <form method="get" action=at("/")>
                <label class="visually-hidden" for="home-search">"Search experiments by name"</label>
                <span class="field">
                    <Icon name=IconName::Search/>
                    <input id="home-search" type="search" name="search" value=search placeholder="Search by name"/>
                </span>
                <button class="button">"Search"</button>
            </form>
        </search>
    }
    .into_any()
}

#[component]
fn CreateForm() -> impl IntoView {
    let act = Act::new(paths::CREATE_EXPERIMENT);
    let problem = move || act.problem.get();
    view! {
        <div class="home__create">
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

fn table(rows: Vec<ExperimentRow>, search: &str) -> AnyView {
    if rows.is_empty() {
        let text = format!("No experiment has “{search}” in its name.");
        return view! { <p class="quiet">{text} " " <a href=at("/")>"Show all"</a></p> }.into_any();
    }
    let has_tags = rows.iter().any(|row| !row.tags.is_empty());
    let rows = rows
        .into_iter()
        .map(|line| row(line, has_tags))
        .collect_view();
    view! {
        <div class="table-scroll">
            <table class="table home__table">
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col" class="table__number">"Traces"</th>
                        <th scope="col" class="table__number">"Failed"</th>
                        <th scope="col">"Last trace"</th>
                        {has_tags.then(|| view! { <th scope="col" class="home__tags">"Tags"</th> })}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: ExperimentRow, has_tags: bool) -> AnyView {
    let tags = row
        .tags
        .into_iter()
        .take(4)
        .map(|(key, value)| {
            let title = format!("{key}: {value}");
            view! { <span class="chip" title=title><span class="chip__key">{key}</span>{value}</span> }
        })
        .collect_view();
    let failed = if row.traces == 0 {
        "—".to_owned()
    } else {
        number::share(row.errors, row.traces)
    };
    view! {
        <tr class="table__row">
            <td>
                <a class="table__main" href=experiment_href(row.experiment.id, "traces")>
                    {row.experiment.name}
                </a>
            </td>
            <td class="table__number">{number::grouped(row.traces)}</td>
            <td class="table__number" data-tone=(row.errors > 0).then_some("error")>{failed}</td>
            <td class="home__last">
                {match row.last_trace_ms {
                    Some(millis) => {
                        view! {
                            <Time millis=millis style=TimeStyle::Ago/>
                            <span class="quiet home__moment"><Time millis=millis style=TimeStyle::Full/></span>
                        }
                            .into_any()
                    }
                    None => view! { <span class="quiet">"—"</span> }.into_any(),
                }}
            </td>
            {has_tags.then(|| view! { <td class="home__tags">{tags}</td> })}
        </tr>
    }
    .into_any()
}
