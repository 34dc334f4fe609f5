//! Reads what people change on the page of a run.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunNotes;
use crate::wire::Wire;

/// Name, description, tags, stage and linked traces of a run.
///
/// # Errors
/// `NotFound` if there is no such run.
#[server(prefix = "/ui-api", endpoint = "run_notes", input = GetUrl, output = Wire)]
pub async fn get_run_notes(
    /// The run.
    run_id: String,
) -> Result<RunNotes, AppError> {
    use domain::page::PageRequest;
    use domain::store::TraceQuery;

    use super::run_facts;
    use super::update_run::DESCRIPTION;
    use crate::model::{RunHead, cut, is_public_tag};
    use crate::server_fns::server;
    use crate::text::preview::readable;

    /// Linked traces are looked for among so many of the newest.
    const LOOKED_AT: u32 = 500;
    let store = server::store()?;
    let store = store.as_ref();
    let run = run_facts::found(store, &run_id).await?;
    let mut linked = Vec::new();
    if let Some(filter) = run_facts::traces_of(&run_id) {
        let query = TraceQuery {
            experiments: vec![run.experiment_id],
            filter: Some(filter),
            order: Vec::new(),
            page: PageRequest::first(LOOKED_AT),
        };
        let found = store.search_traces(query).await?.items;
        linked.extend(
            found
                .iter()
                .filter(|info| info.linked_runs.contains(&run.id))
                .map(|info| {
                    let asked = readable(info.request_preview.as_deref().unwrap_or_default());
                    let asked = match asked.trim() {
                        "" => info.name().unwrap_or_default().to_owned(),
                        asked => cut(asked, 120),
                    };
                    (info.trace_id.as_str().to_owned(), asked)
                }),
        );
    }
    let description = run.tags.iter().find(|tag| tag.key == DESCRIPTION);
    let description = description.map(|tag| tag.value.clone());
    let head = RunHead::of(&run);
    Ok(RunNotes {
        name: head.name,
        description: description.unwrap_or_default(),
        is_deleted: head.is_deleted,
        tags: run
            .tags
            .into_iter()
            .filter(|tag| is_public_tag(&tag.key))
            .map(|tag| (tag.key, tag.value))
            .collect(),
        linked,
    })
}
