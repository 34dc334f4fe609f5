//! Writes or takes back the reader's rating of a whole session.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Keeps the reader's thumb on a session and why, as feedback on the session's first trace that names the session.
///
/// # Errors
/// `NotFound` if no trace belongs to the session; `Refused` if the thumb is none or the comment is too long.
#[server(prefix = "/ui-api", endpoint = "rate_session", output = Wire)]
pub async fn rate_session(
    /// The experiment.
    experiment_id: i64,
    /// The session.
    session: String,
    /// `up`, `down`, or `none` to take it back.
    thumb: String,
    /// Why; left as it is if absent.
    #[server(default)]
    comment: Option<String>,
) -> Result<(), AppError> {
    use domain::filter::order::parse_trace_order;
    use domain::ids::ExperimentId;
    use domain::page::PageRequest;
    use domain::store::TraceQuery;

    use crate::server_fns::traces::judgement::{
        Judgement, author, take_back, thumb as parsed, upsert,
    };
    use crate::server_fns::{feedback_names, scope, server};

    const COMMENT: usize = 10_000;
    let comment = comment.as_deref().map(str::trim);
    if comment.is_some_and(|comment| comment.chars().count() > COMMENT) {
        let text = "A comment has at most 10,000 characters.";
        return Err(AppError::Refused(text.to_owned()));
    }
    let unknown = || AppError::not_found("session", &session);
    let store = server::store()?;
    let order = parse_trace_order(&["timestamp_ms ASC", "request_id ASC"])
        .map_err(|error| AppError::Failed(error.to_string()))?;
    let query = TraceQuery {
        experiments: vec![ExperimentId(experiment_id)],
        filter: Some(scope::compiled(
            &scope::of_session(&session).ok_or_else(unknown)?,
        )?),
        order,
        page: PageRequest::first(1),
    };
    let found = store.search_traces(query).await?;
    let trace = found.items.first().ok_or_else(unknown)?;
    let author = author();
    let judgement = Judgement {
        trace,
        span_id: None,
        session: Some(&session),
        author: &author,
        name: feedback_names::SESSION_THUMB,
    };
    match parsed(&thumb)? {
        Some(thumb) => upsert(store.as_ref(), judgement, thumb.into(), comment).await,
        None => take_back(store.as_ref(), judgement).await,
    }
}
