//! A trace as a turn of a conversation.

use domain::chat::{self, Message, Role, Side};
use domain::span_table::SpanTable;
use domain::store::Store;
use domain::trace::{TraceInfo, TraceState};

use crate::error::AppError;
use crate::model::{CutText, FeedbackChip, Turn, cut, is_of_session, said_in_exception};
use crate::server_fns::feedback_names;
use crate::server_fns::traces::judgement::Judgement;
use crate::text::preview::readable;

/// The most bytes of a question or an answer.
const SAID: usize = 16 * 1024;
/// Previews of this many characters may have been cut.
const PREVIEW: usize = 1_000;

/// The turn that a trace is, after the one before it.
pub(super) async fn turn(
    store: &dyn Store,
    info: &TraceInfo,
    before: Option<&TraceInfo>,
    author: &str,
) -> Result<Turn, AppError> {
    let (question, answer) = said(store, info).await?;
    let failed = match info.state {
        TraceState::Error => failure(store, info).await?,
        _ => None,
    };
    let own = Judgement {
        trace: info,
        span_id: None,
        session: None,
        author,
        name: feedback_names::THUMB,
    };
    let own = own.said();
    let others: Vec<_> = info
        .assessments
        .iter()
        .filter(|a| !is_of_session(a) && own.is_none_or(|own| own.id != a.id))
        .cloned()
        .collect();
    Ok(Turn {
        trace_id: info.trace_id.as_str().to_owned(),
        name: cut(info.name().unwrap_or_default(), 120),
        state: info.state,
        time_ms: info.request_time.0,
        duration_ms: info.duration_ms,
        gap_ms: before.map(|before| info.request_time.0.saturating_sub(before.end_time().0)),
        tokens: info.usage().map(|usage| usage.total_tokens),
        cost: info.cost().map(|cost| cost.total_cost),
        question: CutText::of(&question, SAID),
        answer: CutText::of(&answer, SAID),
        failed,
        spans: info.stats.span_count,
        own_thumb: own.and_then(|a| a.value.number()).map(|value| value > 0.5),
        feedback: FeedbackChip::of(&others).0,
    })
}

/// What was asked and what was answered: as the previews say, or from the root span where they were cut.
async fn said(store: &dyn Store, info: &TraceInfo) -> Result<(String, String), AppError> {
    let request = info.request_preview.as_deref().unwrap_or_default();
    let response = info.response_preview.as_deref().unwrap_or_default();
    let mut said = (readable(request), readable(response));
    let is_cut = |text: &str| text.len() >= PREVIEW;
    if !is_cut(request) && !is_cut(response) {
        return Ok(said);
    }
    let table = SpanTable::new(store.span_rows(&info.trace_id).await?.unwrap_or_default());
    if table.is_empty() {
        return Ok(said);
    }
    let Some(root) = store.span(&info.trace_id, table.span_id(0)).await? else {
        return Ok(said);
    };
    let whole = |json: Option<&str>, side: Side| {
        let json = json?;
        let spoken = chat::messages(json, side).and_then(|messages| spoken(&messages, side));
        Some(spoken.unwrap_or_else(|| readable(json)))
    };
    if let Some(question) = whole(root.inputs(), Side::Inputs).filter(|_| is_cut(request)) {
        said.0 = question;
    }
    if let Some(answer) = whole(root.outputs(), Side::Outputs).filter(|_| is_cut(response)) {
        said.1 = answer;
    }
    Ok(said)
}

/// The last thing that the side's speaker said in words.
fn spoken(messages: &[Message], side: Side) -> Option<String> {
    let speaker = match side {
        Side::Inputs => Role::User,
        Side::Outputs => Role::Assistant,
    };
    let of_speaker = messages
        .iter()
        .rev()
        .filter(|message| message.role == speaker);
    of_speaker.map(Message::text).find(|text| !text.is_empty())
}

/// The step that failed first, and what it said.
async fn failure(
    store: &dyn Store,
    info: &TraceInfo,
) -> Result<Option<(String, String)>, AppError> {
    let table = SpanTable::new(store.span_rows(&info.trace_id).await?.unwrap_or_default());
    let Some(row) = table.first_failure() else {
        return Ok(None);
    };
    let mut message = table.status_message(row).to_owned();
    if message.is_empty() {
        let span = store.span(&info.trace_id, table.span_id(row)).await?;
        message = span.as_ref().map(said_in_exception).unwrap_or_default();
    }
    Ok(Some((table.name(row).to_owned(), cut(&message, 300))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_of_the_right_speaker_are_taken() {
        let said = |json: &str, side| chat::messages(json, side).and_then(|m| spoken(&m, side));
        let asked = r#"{"messages": [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"},
            {"role": "user", "content": "three"}]}"#;
        assert_eq!(said(asked, Side::Inputs).as_deref(), Some("three"));
        let calls =
            r#"[{"role": "assistant", "content": "yes"}, {"role": "assistant", "content": ""}]"#;
        assert_eq!(said(calls, Side::Outputs).as_deref(), Some("yes"));
    }
}
