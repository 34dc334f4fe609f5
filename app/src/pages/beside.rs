//! What stands beside a list of traces, as pages of their own: readers without script come to them by links on the list.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{failed_page, loading_page};
use crate::frame::{Crumb, Frame, Section};
use crate::model::{ExperimentRef, FacetPanel, Histogram, ViewList};
use crate::reads::beside::BesideRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::trace_list::beside::{Beside, Listed};
use crate::trace_list::facets::panel;
use crate::trace_list::histogram::charts;
use crate::trace_list::views_menu::{Acts, ViewsPanel};
use crate::url_state::{ListState, experiment_href};

/// The list that the address is about.
pub(super) fn listed() -> Listed {
    let params = use_params_map();
    let id = params.with(|params| params.get("id").unwrap_or_default());
    // An id that is no number is that of no experiment.
    let experiment = id.parse().unwrap_or(-1);
    Listed {
        experiment,
        state: use_query_map().with(|query| ListState::read(|key| query.get(key))),
        path: experiment_href(experiment, "traces"),
    }
}

/// The page, with the way back to the list.
pub(super) fn frame(experiment: ExperimentRef, title: &'static str, content: AnyView) -> AnyView {
    let here = untrack(listed);
    let list = here.state.href(&here.path);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), list),
        Crumb::here(title),
    ];
    view! {
        <Frame experiment=Some(experiment) section=Section::Traces crumbs=crumbs>
            <div class="page page--narrow">
                <h1>{title}</h1>
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

/// `/experiments/{id}/facets`, with the question of a list.
#[component]
pub fn FacetsPage() -> impl IntoView {
    let asked =
        |read: fn(Listed) -> BesideRead| load(Signal::derive(move || Read::Beside(read(listed()))));
    let facets = asked(|listed| BesideRead::Facets {
        experiment: listed.experiment,
        state: listed.question(),
        more: String::new(),
    });
    let histogram = asked(|listed| BesideRead::Histogram {
        experiment: listed.experiment,
        state: listed.question(),
    });
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open::<FacetPanel>() {
        Ok(found) => {
            let listed = untrack(listed);
            let experiment = found.experiment.clone();
            let over = listed.clone();
            let drawn = move |reply: Reply| match reply.open::<Histogram>() {
                Ok(found) if found.counted > 0 => charts(&found, &over),
                _ => ().into_any(),
            };
            let content = view! {
                <div class="histograms">{awaited(histogram, || ().into_any(), set_pending, drawn)}</div>
                <div class="facets facets--page">{panel(found, &listed, None)}</div>
            };
            frame(experiment, "Facets", content.into_any())
        }
        Err(error) => failed_page(error, move || facets.refetch()),
    };
    view! {
        <Title text="Facets"/>
        {awaited(facets, loading_page, set_pending, draw)}
    }
    .into_any()
}

/// `/experiments/{id}/views`, with the question of a list.
#[component]
pub fn ViewsPage() -> impl IntoView {
    Beside::provide();
    let views = load(Signal::derive(move || {
        Read::Beside(BesideRead::Views {
            experiment: listed().experiment,
            acts: 0,
        })
    }));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.clone().open::<ViewList>() {
        Ok(found) => {
            provide_context(untrack(listed));
            let experiment = found.experiment.clone();
            let acts = Acts::new();
            let content = view! {
                <div class="tool-menu__views"><ViewsPanel first=Some(found) acts=acts/></div>
            };
            frame(experiment, "Saved views", content.into_any())
        }
        Err(error) => failed_page(error, move || views.refetch()),
    };
    view! {
        <Title text="Saved views"/>
        {awaited(views, loading_page, set_pending, draw)}
    }
    .into_any()
}
