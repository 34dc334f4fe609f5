//! The runs of an experiment.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::trace_list::count_text;
use super::{failed_page, loading_page};
use crate::frame::{Crumb, Frame, Section};
use crate::model::{RunList, RunRow};
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::url_state::{experiment_href, query, run_href};
use crate::widgets::badge::RunBadge;
use crate::widgets::time::{Time, TimeStyle};

/// `/experiments/{id}/runs`, with `?page=`.
#[component]
pub fn RunListPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let question = move || Read::Runs {
        experiment: params.with(|params| params.get("id").unwrap_or_default()),
        page: query.with(|query| query.get("page").unwrap_or_default()),
    };
    let list = load(Signal::derive(question));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => page(found),
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Runs"/>
        {awaited(list, loading_page, set_pending, draw)}
    }
}

fn page(list: RunList) -> AnyView {
    let experiment = list.experiment;
    let path = experiment_href(experiment.id, "runs");
    let traces = experiment_href(experiment.id, "traces");
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), traces),
        Crumb::here("Runs"),
    ];
    let content = if list.rows.is_empty() {
        view! {
            <div class="empty">
                <p class="empty__lead">"No runs yet."</p>
                <p class="quiet">
                    "Traces that an application makes within " <code>"with mlflow.start_run():"</code>
                    " belong to that run and are gathered here."
                </p>
            </div>
        }
        .into_any()
    } else {
        let rows = list.rows.into_iter().map(row).collect_view();
        let next = list.next.map(|token| {
            view! {
                <nav class="pager" aria-label="Pages">
                    <a class="button" rel="next" href=query(&path, &[("page", &token)])>"Next page ›"</a>
                </nav>
            }
        });
        view! {
            <div class="table-scroll">
                <table class="table run-list">
                    <thead>
                        <tr>
                            <th scope="col">"Status"</th>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Started"</th>
                            <th scope="col" class="table__number">"Traces"</th>
                            <th scope="col" class="run-list__metrics">"Metrics"</th>
                            <th scope="col" class="run-list__user">"User"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {next}
        }
        .into_any()
    };
    view! {
        <Frame experiment=Some(experiment) section=Section::Runs crumbs=crumbs>
            <div class="page">
                <div class="page__head"><h1>"Runs"</h1></div>
                {content}
            </div>
        </Frame>
    }
    .into_any()
}

fn row(row: RunRow) -> AnyView {
    let metrics = row
        .metrics
        .into_iter()
        .map(|(key, value)| {
            view! { <span class="chip"><span class="chip__key">{key}</span>{number::plain(value)}</span> }
        })
        .collect_view();
    view! {
        <tr class="table__row">
            <td><RunBadge status=row.status/></td>
            <td><a class="table__main" href=run_href(&row.run_id)>{row.name}</a></td>
            <td><Time millis=row.start_ms style=TimeStyle::Short/></td>
            <td class="table__number">{count_text(row.traces)}</td>
            <td class="run-list__metrics">{metrics}</td>
            <td class="run-list__user">{row.user}</td>
        </tr>
    }
    .into_any()
}
