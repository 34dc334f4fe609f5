//! Writes a reader's rating of a trace.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Keeps the reader's thumb, score and comment on a trace or one of its spans. What the same reader said before under the same
/// name is changed, not added to. A comment is the rationale of the rating; without a rating it stands for itself.
///
/// # Errors
/// `NotFound` if there is no such trace; `Refused` if nothing was said, the score is not 1 to 5, or the words are not in the span.
#[server(prefix = "/ui-api", endpoint = "rate_trace", output = Wire)]
pub async fn rate_trace(
    /// The trace.
    trace_id: String,
    /// The span, or empty for the whole trace.
    #[server(default)]
    span_id: String,
    /// `up`, `down`, or empty.
    #[server(default)]
    thumb: String,
    /// `1` to `5`, or empty.
    #[server(default)]
    score: String,
    /// In words, or empty.
    #[server(default)]
    comment: String,
    /// The reader's name; empty for none.
    #[server(default)]
    reviewer: String,
    /// The words of the span that this is about, see `domain::passage`; empty for all that it said.
    #[server(default)]
    passage: String,
) -> Result<(), AppError> {
    use serde_json::Value;

    use super::judgement::{Judgement, take_over, upsert, write};
    use super::passage::{passage_of, said_of_passage};
    use crate::server_fns::{feedback_names as names, server};

    const COMMENT: usize = 10_000;
    const NAME: usize = 250;
    let refused = |text: &str| AppError::Refused(text.to_owned());
    let comment = comment.trim();
    let reviewer = reviewer.trim();
    if comment.chars().count() > COMMENT {
        return Err(refused("A comment has at most 10,000 characters."));
    }
    if reviewer.chars().count() > NAME {
        return Err(refused("A name has at most 250 characters."));
    }
    let mut said = Vec::new();
    match thumb.as_str() {
        "up" => said.push((names::THUMB, Value::Bool(true))),
        "down" => said.push((names::THUMB, Value::Bool(false))),
        "" => {}
        _ => return Err(refused("A thumb is up or down.")),
    }
    if !score.is_empty() {
        let score = score
            .parse::<u8>()
            .ok()
            .filter(|score| (1..=5).contains(score));
        let score = score.ok_or_else(|| refused("A score is 1 to 5."))?;
        // Numbers are doubles on the wire, and read back as such.
        said.push((names::SCORE, Value::from(f64::from(score))));
    }
    let is_comment_alone = said.is_empty();
    if is_comment_alone {
        if comment.is_empty() {
            return Err(refused("Choose a rating or write a comment."));
        }
        said.push((names::COMMENT, Value::String(comment.to_owned())));
    }
    // Who gives a name for the first time goes on with what was said without one.
    let was_nameless = server::cookie(server::REVIEWER).is_none_or(|name| name.is_empty());
    server::set_cookie(server::REVIEWER, reviewer);
    let store = server::store()?;
    let trace = server::trace(store.as_ref(), &trace_id).await?;
    let author = if reviewer.is_empty() {
        names::ANONYMOUS
    } else {
        reviewer
    };
    let rationale = (!is_comment_alone).then_some(comment);
    let passage = passage_of(store.as_ref(), (&trace.trace_id, &span_id), &passage).await?;
    let span_id = Some(span_id).filter(|id| !id.is_empty());
    for (name, value) in said {
        let judgement = Judgement {
            trace: &trace,
            span_id: span_id.as_deref(),
            session: None,
            author,
            name,
        };
        let has_name_now = was_nameless && author != names::ANONYMOUS;
        let Some((passage, path)) = &passage else {
            upsert(store.as_ref(), judgement, value, rationale).await?;
            if has_name_now {
                take_over(store.as_ref(), judgement).await?;
            }
            continue;
        };
        let own = said_of_passage(&judgement, passage);
        let metadata = passage.to_metadata(path.clone());
        write(store.as_ref(), judgement, own, metadata, value, rationale).await?;
        let author = names::ANONYMOUS;
        let nameless = Judgement {
            author,
            ..judgement
        };
        if let Some(old) = said_of_passage(&nameless, passage).filter(|_| has_name_now) {
            store.delete_assessment(&trace.trace_id, &old.id).await?;
        }
    }
    Ok(())
}
