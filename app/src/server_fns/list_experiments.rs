//! Reads the home page.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::ExperimentList;
use crate::wire::Wire;

/// The active experiments whose names contain `search`, whatever the case of its letters.
///
/// # Errors
/// If the store fails.
#[server(prefix = "/ui-api", endpoint = "experiments", input = GetUrl, output = Wire)]
pub async fn list_experiments(
    /// A part of the name; empty for all.
    #[server(default)]
    search: String,
) -> Result<ExperimentList, AppError> {
    use super::server;
    use crate::model::{ExperimentRef, ExperimentRow, is_public_tag};

    /// More than anyone scrolls through; the search reaches the rest of these.
    const MOST: u32 = 1_000;
    let summaries = server::store()?.experiment_summaries(MOST).await?;
    let wanted = search.trim().to_lowercase();
    let sum = |count: fn(&domain::experiment::ExperimentSummary) -> u64| {
        summaries.iter().map(count).sum::<u64>()
    };
    let (traces, errors) = (sum(|s| s.trace_count), sum(|s| s.error_count));
    let experiments = summaries.len() as u64;
    let rows = summaries
        .into_iter()
        .filter(|summary| summary.experiment.name.to_lowercase().contains(&wanted))
        .map(|summary| ExperimentRow {
            experiment: ExperimentRef {
                id: summary.experiment.id.0,
                name: summary.experiment.name,
            },
            traces: summary.trace_count,
            errors: summary.error_count,
            last_trace_ms: summary.last_trace_time.map(|time| time.0),
            tags: summary
                .experiment
                .tags
                .into_iter()
                .filter(|tag| is_public_tag(&tag.key))
                .map(|tag| (tag.key, tag.value))
                .collect(),
        })
        .collect();
    Ok(ExperimentList {
        rows,
        experiments,
        traces,
        errors,
        address: server::address(),
    })
}
