//! Links traces to a run.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Links traces of the run's experiment to the run.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused`, and nothing is linked, if one of the ids is of no trace of the experiment.
#[server(prefix = "/ui-api", endpoint = "link_traces", output = Wire)]
pub async fn link_traces(
    /// The run.
    run_id: String,
    /// Ids of traces, by white space or commas.
    traces: String,
) -> Result<(), AppError> {
    use domain::ids::TraceId;

    use super::run_facts;
    use crate::server_fns::server;

    const MOST: usize = 1_000;
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    let texts: Vec<&str> = traces
        .split(|letter: char| letter.is_whitespace() || letter == ',')
        .filter(|text| !text.is_empty())
        .collect();
    if texts.is_empty() || texts.len() > MOST {
        let text = "Give 1 to 1,000 ids of traces.";
        return Err(AppError::Refused(text.to_owned()));
    }
    let mut ids = Vec::with_capacity(texts.len());
    for text in texts {
        let unknown = || AppError::Refused(format!("{text} is no trace of this experiment."));
        let id = TraceId::parse(text).map_err(|_| unknown())?;
        let trace = store.trace(&id).await?.ok_or_else(unknown)?;
        if trace.experiment_id != run.experiment_id {
            return Err(unknown());
        }
        ids.push(id);
    }
    store.link_traces_to_run(&ids, &run.id).await?;
    Ok(())
}
