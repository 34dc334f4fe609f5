//! One run: what it is, what it logged, and its traces.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::answered::answered;
use super::trace_list::count_text;
use crate::frame::{Crumb, Frame, Section};
use crate::model::RunView;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply};
use crate::run_view::acts::RunActs;
use crate::run_view::data;
use crate::run_view::files::Files;
use crate::run_view::head::RunHeader;
use crate::run_view::links::Links;
use crate::trace_list::pager::{Pager, Scope};
use crate::trace_list::table::TraceTable;
use crate::url_state::{experiment_href, run_href};
use crate::widgets::tag_editor::TagEditor;

/// `/runs/{run_id}`, with `?page=&file=`.
#[component]
pub fn RunPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let text = move |key: &'static str| query.with(|query| query.get(key).unwrap_or_default());
    let run_id = Memo::new(move |_| params.with(|p| p.get("run_id").unwrap_or_default()));
    let file = Memo::new(move |_| text("file"));
    let acts = RunActs::new(run_id.into());
    let question = move || {
        Read::Group(GroupRead::Run {
            run: run_id.get(),
            page: text("page"),
            acts: acts.links(),
        })
    };
    let draw = move |reply: Reply| {
        let token = untrack(move || text("page"));
        Ok(page(reply.open()?, token, file.into(), acts))
    };
    answered("Run", Signal::derive(question), draw)
}

fn page(view: RunView, token: String, file: Signal<String>, acts: RunActs) -> AnyView {
    let experiment = view.experiment.clone();
    let section = |name| experiment_href(experiment.id, name);
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), section("traces")),
        Crumb::link("Runs", section("runs")),
        Crumb::here(view.head.name.clone()),
    ];
    let path = run_href(&view.head.run_id);
    let scope = Scope::Run {
        path: path.clone(),
        page: token,
    };
    let shown = view.traces.len();
    let title = format!("Traces ({})", count_text(view.sums.traces));
    let (metrics, params) = (view.metrics.clone(), view.params.clone());
    let (datasets, models) = (view.datasets.clone(), view.models.clone());
    let (traces, next) = (view.traces.clone(), view.next.clone());
    let list = if traces.is_empty() {
        view! { <p class="quiet">"No trace belongs to this run."</p> }.into_any()
    } else {
        view! {
            <TraceTable rows=traces scope=scope.clone() desk=None/>
            <Pager scope=scope next=next shown=shown/>
        }
        .into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Runs crumbs=crumbs>
            <div class="page run">
                <RunHeader view=view acts=acts/>
                <TagEditor tagged=acts.tagged()/>
                <div class="run__facts">
                    {data::metrics(metrics)}
                    {data::params(params)}
                    {data::datasets(datasets)}
                    {data::models(models)}
                </div>
                <section class="run__section">
                    <div class="run__traces-head"><h2>{title}</h2></div>
                    <Links acts=acts/>
                    {list}
                </section>
                <Files run_id=acts.run_id base=path path=file/>
            </div>
        </Frame>
    }
    .into_any()
}
