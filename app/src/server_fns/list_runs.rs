//! Reads one page of an experiment's runs.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunList;
use crate::wire::Wire;

/// The active runs of an experiment, newest first, with how many traces each has.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "runs", input = GetUrl, output = Wire)]
pub async fn list_runs(
    /// The experiment.
    experiment_id: i64,
    /// Continue from this token.
    #[server(default)]
    page: String,
) -> Result<RunList, AppError> {
    use domain::experiment::ViewType;
    use domain::ids::ExperimentId;
    use domain::page::{PageRequest, PageToken};

    use crate::url_state::trail;
    use domain::store::RunQuery;

    use super::get_run::count_traces;
    use super::server;
    use crate::model::RunRow;

    /// Small, because each row counts its traces.
    const PAGE: u32 = 50;
    let store = server::store()?;
    let experiment = server::experiment(store.as_ref(), experiment_id).await?;
    let query = RunQuery {
        experiments: vec![ExperimentId(experiment_id)],
        filter: None,
        order: Vec::new(),
        view: ViewType::ActiveOnly,
        page: PageRequest {
            size: PAGE,
            token: (!page.is_empty()).then(|| PageToken(trail::present(&page).to_owned())),
        },
    };
    let found = store.search_runs(query).await?;
    let mut rows = Vec::with_capacity(found.items.len());
    for run in &found.items {
        let traces = count_traces(store.as_ref(), run).await?;
        rows.push(RunRow::of(run, traces, RunRow::METRICS));
    }
    Ok(RunList {
        experiment,
        rows,
        next: found.next.map(|token| token.0),
    })
}
