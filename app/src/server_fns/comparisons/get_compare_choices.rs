//! What a trace may be compared with.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::CompareChoices;
use crate::wire::Wire;

/// Earlier traces of the same name, neighbours in the session and other attempts.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "compare-choices", input = GetUrl, output = Wire)]
pub async fn get_compare_choices(
    /// The trace.
    trace_id: String,
) -> Result<CompareChoices, AppError> {
    use domain::filter;
    use domain::filter::order::parse_trace_order;
    use domain::filter::print::quote_value;
    use domain::ids::TraceId;
    use domain::page::PageRequest;
    use domain::store::TraceQuery;

    use super::compared::compared_trace;
    use crate::model::TraceRow;
    use crate::server_fns::server;
    use crate::server_fns::traces::get_related::chain;

    /// The most traces of each kind.
    const MOST: u32 = 6;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let search = async |clause: String, order: &str| -> Result<Vec<TraceRow>, AppError> {
        let Ok(filter) = filter::compile(&clause) else {
            return Ok(Vec::new());
        };
        let query = TraceQuery {
            experiments: vec![info.experiment_id],
            filter: Some(filter),
            order: parse_trace_order(&[order]).unwrap_or_default(),
            page: PageRequest {
                size: MOST + 1,
                token: None,
            },
        };
        let found = store.search_traces(query).await?.items;
        let others = found.iter().filter(|other| other.trace_id != info.trace_id);
        Ok(others.take(MOST as usize).map(TraceRow::of).collect())
    };
    let time = info.request_time.0;
    let name = info.name().and_then(quote_value);
    let session = info.session().and_then(quote_value);
    let mut choices = CompareChoices {
        trace: compared_trace(&info).await?,
        same_name: Vec::new(),
        attempts: Vec::new(),
        session: Vec::new(),
        name_filter: String::new(),
    };
    if let Some(name) = name {
        choices.name_filter = format!("name = {name}");
        let earlier = format!("name = {name} AND timestamp_ms <= {time}");
        choices.same_name = search(earlier, "timestamp_ms DESC").await?;
        if choices.same_name.is_empty() {
            choices.same_name = search(choices.name_filter.clone(), "timestamp_ms ASC").await?;
        }
    }
    let related = chain::related(store.as_ref(), info.clone()).await?;
    let others = related.attempts.iter();
    let others = others.filter(|attempt| attempt.id != info.trace_id.as_str());
    let others: Vec<TraceId> = others
        .filter_map(|attempt| TraceId::parse(&attempt.id).ok())
        .collect();
    choices.attempts = store
        .traces(&others)
        .await?
        .iter()
        .map(TraceRow::of)
        .collect();
    if let Some(session) = session {
        let clause = format!("metadata.`mlflow.trace.session` = {session}");
        choices.session = search(clause, "timestamp_ms ASC").await?;
    }
    Ok(choices)
}
