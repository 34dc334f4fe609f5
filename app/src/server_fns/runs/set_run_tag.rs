//! Adds a tag to a run or changes one.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Adds or replaces a tag.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if it is deleted, or the key is empty, too long or the server's own, or the
/// value is too long.
#[server(prefix = "/ui-api", endpoint = "set_run_tag", output = Wire)]
pub async fn set_run_tag(
    /// The run.
    run_id: String,
    /// The tag's key.
    key: String,
    /// The tag's value; may be empty.
    #[server(default)]
    value: String,
) -> Result<(), AppError> {
    use domain::experiment::Tag;
    use domain::store::RunData;

    use super::run_facts;
    use crate::server_fns::server;

    let key = server::tag_key(&key, &value)?.to_owned();
    let store = server::store()?;
    let run = run_facts::found(store.as_ref(), &run_id).await?;
    let tag = Tag { key, value };
    let data = RunData {
        tags: vec![tag],
        ..RunData::default()
    };
    store.log_run_data(&run.id, data).await?;
    Ok(())
}
