//! Reads the page of a run.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunView;
use crate::wire::Wire;

/// A run with its data and one page of its traces, newest first.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "run", input = GetUrl, output = Wire)]
pub async fn get_run(
    /// The run.
    run_id: String,
    /// Continue its traces from this token.
    #[server(default)]
    page: String,
) -> Result<RunView, AppError> {
    use domain::experiment::LifecycleStage;
    use domain::ids::RunId;
    use domain::page::{PageRequest, PageToken};

    use crate::url_state::trail;
    use domain::store::TraceQuery;

    use super::server;
    use crate::model::{RunRow, TraceRow, is_public_tag};

    const PAGE: u32 = 100;
    let store = server::store()?;
    let run = store.run(&RunId::new(&run_id)).await?;
    let run = run.ok_or_else(|| AppError::not_found("run", &run_id))?;
    let experiment = server::experiment(store.as_ref(), run.experiment_id.0).await?;
    let traces = count_traces(store.as_ref(), &run).await?;
    let found = match run_filter(&run_id) {
        None => domain::page::Page::default(),
        Some(filter) => {
            let query = TraceQuery {
                experiments: vec![run.experiment_id],
                filter: Some(filter),
                order: Vec::new(),
                page: PageRequest {
                    size: PAGE,
                    token: (!page.is_empty()).then(|| PageToken(trail::present(&page).to_owned())),
                },
            };
            store.search_traces(query).await?
        }
    };
    let pairs = |tags: &[domain::experiment::Tag]| {
        tags.iter()
            .map(|tag| (tag.key.clone(), tag.value.clone()))
            .collect::<Vec<_>>()
    };
    let mut tags = pairs(&run.tags);
    tags.retain(|(key, _)| is_public_tag(key));
    Ok(RunView {
        experiment,
        is_deleted: run.lifecycle == LifecycleStage::Deleted,
        params: pairs(&run.params),
        tags,
        traces: found.items.iter().map(TraceRow::of).collect(),
        next: found.next.map(|token| token.0),
        run: RunRow::of(&run, traces, usize::MAX),
    })
}

/// How many traces a run has, counted no further than needed to be told apart from many.
#[cfg(feature = "ssr")]
pub(super) async fn count_traces(
    store: &dyn domain::store::Store,
    run: &domain::run::Run,
) -> Result<crate::model::Count, AppError> {
    const CAP: u64 = 10_000;
    let Some(filter) = run_filter(run.id.as_str()) else {
        return Ok(crate::model::Count::default());
    };
    let count = store
        .count_traces(&[run.experiment_id], Some(&filter), CAP)
        .await?;
    Ok(crate::model::Count {
        value: count.traces,
        is_capped: !count.is_complete,
    })
}

#[cfg(feature = "ssr")]
fn run_filter(run_id: &str) -> Option<domain::filter::TraceFilter> {
    let value = crate::url_state::filter_text(run_id)?;
    domain::filter::compile(&format!("run_id = {value}")).ok()
}
