//! Reads the home page.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::ExperimentList;
use crate::wire::Wire;

/// More than anyone scrolls through; the search reaches the rest of these.
#[cfg(feature = "ssr")]
pub(crate) const MOST: u32 = 10_000;

/// One page of the experiments, and counts over all that are in use.
///
/// # Errors
/// If the store fails.
#[server(prefix = "/ui-api", endpoint = "experiments", input = GetUrl, output = Wire)]
pub async fn list_experiments(
    /// A part of the name, whatever the case of its letters; empty for all.
    #[server(default)]
    search: String,
    /// A tag's key, or `key=value`; empty for all.
    #[server(default)]
    tag: String,
    /// See [`crate::url_state::home::HomeSort`].
    #[server(default)]
    sort: String,
    /// `1` for those that were deleted.
    #[server(default)]
    deleted: String,
    /// Counted from 1.
    #[server(default)]
    page: String,
) -> Result<ExperimentList, AppError> {
    use domain::experiment::ViewType;
    use domain::page::PageRequest;
    use domain::store::ExperimentQuery;

    use crate::server_fns::server;
    use crate::url_state::home::{HomeSort, HomeState};

    let store = server::store()?;
    let summaries = store.experiment_summaries(MOST).await?;
    let sum = |count: fn(&domain::experiment::ExperimentSummary) -> u64| {
        summaries.iter().map(count).sum::<u64>()
    };
    let (traces, errors) = (sum(|s| s.trace_count), sum(|s| s.error_count));
    let experiments = summaries.len() as u64;
    let state = HomeState {
        search,
        tag,
        sort: HomeSort::parse(&sort),
        deleted: deleted == "1",
        page: page.parse().unwrap_or(1).max(1),
    };
    let rows = if state.deleted {
        let query = ExperimentQuery {
            filter: None,
            order: Vec::new(),
            view: ViewType::DeletedOnly,
            page: PageRequest {
                size: MOST,
                token: None,
            },
        };
        let found = store.search_experiments(query).await?.items;
        found.into_iter().map(server::experiment_row).collect()
    } else {
        summaries.into_iter().map(server::summary_row).collect()
    };
    let (rows, found) = state.chosen(rows);
    Ok(ExperimentList {
        rows,
        found,
        experiments,
        traces,
        errors,
        address: server::address(),
    })
}
