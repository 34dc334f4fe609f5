//! Finds the traces before and after one in a list.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::NextTo;
use crate::url_state::ListState;
use crate::wire::Wire;

/// The traces next to one in a list, in its order.
///
/// # Errors
/// `NotFound` if there is no such experiment or trace; `Refused` if the filter cannot be read.
#[server(prefix = "/ui-api", endpoint = "neighbours", input = GetUrl, output = Wire)]
pub async fn get_neighbours(
    /// The trace.
    trace_id: String,
    /// The list's experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<NextTo, AppError> {
    use super::question::{Question, following};
    use crate::server_fns::server;
    use crate::url_state::Sort;

    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    let sort = state.sort;
    if matches!(
        sort,
        Sort::Named | Sort::NamedBack | Sort::Stated | Sort::StatedBack
    ) {
        return super::next_by_group::next_to(store.as_ref(), experiment_id, state, &trace).await;
    }
    let took = trace.duration_ms.unwrap_or(-1);
    let time = format!("timestamp_ms {{}} {}", trace.request_time.0);
    let duration = format!("execution_time_ms {{}} {took}");
    // Onward and back: what bounds the traces there, and their order.
    let by_time = ["timestamp_ms DESC", "request_id ASC"];
    let by_time_back = ["timestamp_ms ASC", "request_id DESC"];
    let oldest = ["timestamp_ms ASC", "request_id ASC"];
    let oldest_back = ["timestamp_ms DESC", "request_id DESC"];
    let slowest = [
        "execution_time_ms DESC",
        "timestamp_ms DESC",
        "request_id ASC",
    ];
    let slowest_back = [
        "execution_time_ms ASC",
        "timestamp_ms ASC",
        "request_id DESC",
    ];
    let fastest = [
        "execution_time_ms ASC",
        "timestamp_ms DESC",
        "request_id ASC",
    ];
    let fastest_back = [
        "execution_time_ms DESC",
        "timestamp_ms ASC",
        "request_id DESC",
    ];
    let (clause, onward, back): (_, &[&str], &[&str]) = match sort {
        Sort::Newest => (time, &by_time, &by_time_back),
        Sort::Oldest => (time, &oldest, &oldest_back),
        Sort::Slowest => (duration, &slowest, &slowest_back),
        _ => (duration, &fastest, &fastest_back),
    };
    let (forth, reverse) = match sort {
        Sort::Newest | Sort::Slowest => ("<=", ">="),
        _ => (">=", "<="),
    };
    let before = state.and(&clause.replace("{}", reverse));
    let before = Question::of(experiment_id, before, "", "").await?;
    let after = state.and(&clause.replace("{}", forth));
    let after = Question::of(experiment_id, after, "", "").await?;
    Ok(NextTo {
        before: following(&before, back, &trace.trace_id).await?,
        after: following(&after, onward, &trace.trace_id).await?,
    })
}
