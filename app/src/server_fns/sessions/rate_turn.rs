//! Writes or takes back the reader's thumb on one turn of a session.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Keeps the reader's thumb on a trace, under the name that the reader gave before.
///
/// # Errors
/// `NotFound` if there is no such trace; `Refused` if the thumb is none.
#[server(prefix = "/ui-api", endpoint = "rate_turn", output = Wire)]
pub async fn rate_turn(
    /// The trace.
    trace_id: String,
    /// `up`, `down`, or `none` to take it back.
    thumb: String,
) -> Result<(), AppError> {
    use crate::server_fns::traces::judgement::{
        Judgement, author, take_back, thumb as parsed, upsert,
    };
    use crate::server_fns::{feedback_names, server};

    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    let author = author();
    let judgement = Judgement {
        trace: &trace,
        span_id: None,
        session: None,
        author: &author,
        name: feedback_names::THUMB,
    };
    match parsed(&thumb)? {
        Some(thumb) => upsert(store.as_ref(), judgement, thumb.into(), None).await,
        None => take_back(store.as_ref(), judgement).await,
    }
}
