//! The root component: which page answers which path.
//!
//! Every page is rendered whole before it is sent (`SsrMode::Async`): its status code depends on its data, and a page that
//! arrives in pieces is put together by script, which readers without script would never see.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::hooks::use_params_map;
use leptos_router::{OptionalParamSegment, ParamSegment, SsrMode, StaticSegment};

use crate::address::{as_is, at, prefix};
use crate::chunks::{Screen, screen_view};
use crate::connection::{self, ConnectionLine};
use crate::opened;
use crate::pages::not_found::NotFound;
use crate::pages::trace_list::TraceListPage;
use crate::url_state::segment;
use crate::widgets::notices::{self, NoticeList};
use crate::widgets::time::IsAlive;

/// The whole viewer, the same on the server and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    connection::provide();
    notices::provide();
    opened::provide();
    let (is_alive, set_alive) = signal(false);
    provide_context(IsAlive(is_alive));
    Effect::new(move |_| set_alive.set(true));
    // The server takes the prefix off before the page is drawn.
    let base = if cfg!(feature = "hydrate") {
        prefix()
    } else {
        String::new()
    };
    let renderer = (
        StaticSegment("static-files"),
        StaticSegment("lib"),
        StaticSegment("notebook-trace-renderer"),
        StaticSegment("index.html"),
    );
    let experiment = (StaticSegment("experiments"), ParamSegment("id"));
    let section = |page| {
        (
            StaticSegment("experiments"),
            ParamSegment("id"),
            StaticSegment(page),
        )
    };
    let trace = (StaticSegment("traces"), ParamSegment("trace_id"));
    let user = (
        StaticSegment("experiments"),
        ParamSegment("id"),
        StaticSegment("users"),
        ParamSegment("user"),
    );
    let compare_runs = (StaticSegment("runs"), StaticSegment("compare"));
    let session = (StaticSegment("sessions"), ParamSegment("session"));
    let compare = StaticSegment("compare");
    let run = (StaticSegment("runs"), ParamSegment("run_id"));
    let open_file = (StaticSegment("open"), OptionalParamSegment("trace"));
    view! {
        <Title formatter=|page: String| format!("{page} · Spanfall")/>
        <Router base=base>
            <Routes fallback=NotFound>
                <Route path=StaticSegment("") view=|| screen_view(Screen::Home) ssr=SsrMode::Async/>
                <Route path=experiment view=ToTraces ssr=SsrMode::Async/>
                <Route path=section("traces") view=TraceListPage ssr=SsrMode::Async/>
                <Route path=section("facets") view=|| screen_view(Screen::Facets) ssr=SsrMode::Async/>
                <Route path=section("columns") view=|| screen_view(Screen::ColumnsPage) ssr=SsrMode::Async/>
                <Route path=section("groups") view=|| screen_view(Screen::Groups) ssr=SsrMode::Async/>
                <Route path=section("views") view=|| screen_view(Screen::Views) ssr=SsrMode::Async/>
                <Route path=section("overview") view=|| screen_view(Screen::Overview) ssr=SsrMode::Async/>
                <Route path=section("runs") view=|| screen_view(Screen::Runs) ssr=SsrMode::Async/>
                <Route path=section("settings") view=|| screen_view(Screen::ExperimentSettings) ssr=SsrMode::Async/>
                <Route path=StaticSegment("find") view=|| screen_view(Screen::Find) ssr=SsrMode::Async/>
                <Route path=StaticSegment("settings") view=|| screen_view(Screen::Settings) ssr=SsrMode::Async/>
                <Route path=open_file view=|| screen_view(Screen::OpenFile) ssr=SsrMode::Async/>
                <Route path=trace view=|| screen_view(Screen::Trace) ssr=SsrMode::Async/>
                <Route path=section("sessions") view=|| screen_view(Screen::Sessions) ssr=SsrMode::Async/>
                <Route path=section("users") view=|| screen_view(Screen::Users) ssr=SsrMode::Async/>
                <Route path=user view=|| screen_view(Screen::User) ssr=SsrMode::Async/>
                <Route path=compare_runs view=|| screen_view(Screen::CompareRuns) ssr=SsrMode::Async/>
                <Route path=session view=|| screen_view(Screen::Session) ssr=SsrMode::Async/>
                <Route path=compare view=|| screen_view(Screen::Compare) ssr=SsrMode::Async/>
                <Route path=run view=|| screen_view(Screen::Run) ssr=SsrMode::Async/>
                <Route path=renderer view=|| screen_view(Screen::Embedded) ssr=SsrMode::Async/>
            </Routes>
            <NoticeList/>
            <ConnectionLine/>
        </Router>
    }
}

/// An experiment's own address leads to its traces.
#[component]
fn ToTraces() -> impl IntoView {
    let id = use_params_map().with_untracked(|params| params.get("id").unwrap_or_default());
    view! { <Redirect path=at(&format!("/experiments/{}/traces", segment(&id))) options=as_is()/> }
}
