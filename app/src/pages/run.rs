//! One run: what it is, and its traces.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::trace_list::count_text;
use super::{failed_page, loading_page};
use crate::frame::{Crumb, Frame, Section};
use crate::model::RunView;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::trace_list::pager::{Pager, Scope};
use crate::trace_list::table::TraceTable;
use crate::url_state::{experiment_href, run_href};
use crate::widgets::badge::RunBadge;
use crate::widgets::copy::CopyButton;
use crate::widgets::time::{Time, TimeStyle};

/// `/runs/{run_id}`, with `?page=`.
#[component]
pub fn RunPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let token = move || query.with(|query| query.get("page").unwrap_or_default());
    let question = move || Read::Run {
        run: params.with(|params| params.get("run_id").unwrap_or_default()),
        page: token(),
    };
    let run = load(Signal::derive(question));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => page(found, untrack(token)),
        Err(error) => failed_page(error, move || run.refetch()),
    };
    view! {
        <Title text="Run"/>
        {awaited(run, loading_page, set_pending, draw)}
    }
}

fn page(view: RunView, token: String) -> AnyView {
    let RunView {
        experiment,
        run,
        is_deleted,
        params,
        tags,
        traces,
        next,
    } = view;
    let section = |name| experiment_href(experiment.id, name);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), section("traces")),
        Crumb::link("Runs", section("runs")),
        Crumb::here(run.name.clone()),
    ];
    let took = run
        .end_ms
        .map(|end| end.saturating_sub(run.start_ms).saturating_mul(1_000_000));
    let metrics = run
        .metrics
        .iter()
        .map(|(key, value)| (key.clone(), number::plain(*value)))
        .collect();
    let scope = Scope::Run {
        path: run_href(&run.run_id),
        page: token,
    };
    let shown = traces.len();
    let list = if traces.is_empty() {
        view! { <p class="quiet">"No trace belongs to this run."</p> }.into_any()
    } else {
        view! {
            <TraceTable rows=traces scope=scope.clone()/>
            <Pager scope=scope next=next shown=shown/>
        }
        .into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Runs crumbs=crumbs>
            <div class="page run">
                <div class="page__head">
                    <h1>{run.name.clone()}</h1>
                    <RunBadge status=run.status/>
                    {is_deleted.then(|| view! { <span class="chip" data-tone="error">"deleted"</span> })}
                    <span class="page__summary">
                        <Time millis=run.start_ms style=TimeStyle::Full/>
                        {took.map(|took| format!(" · {}", domain::time::human_duration(took)))}
                        {(!run.user.is_empty()).then(|| format!(" · {}", run.user))}
                    </span>
                    <span class="run__id"><code>{run.run_id.clone()}</code><CopyButton text=run.run_id.clone() what="run id"/></span>
                </div>
                <div class="run__facts">
                    {facts("Metrics", metrics)}
                    {facts("Parameters", params)}
                    {facts("Tags", tags)}
                </div>
                <h2>{format!("Traces ({})", count_text(run.traces))}</h2>
                {list}
            </div>
        </Frame>
    }
    .into_any()
}

fn facts(title: &'static str, pairs: Vec<(String, String)>) -> AnyView {
    if pairs.is_empty() {
        return ().into_any();
    }
    let rows = pairs
        .into_iter()
        .map(|(key, value)| view! { <div class="facts__row"><dt>{key}</dt><dd dir="auto">{value}</dd></div> })
        .collect_view();
    view! {
        <section class="facts">
            <h2 class="facts__title">{title}</h2>
            <dl>{rows}</dl>
        </section>
    }
    .into_any()
}
