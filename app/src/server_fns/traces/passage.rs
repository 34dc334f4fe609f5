//! Feedback on words of what a span said: beside that on the span, and each by itself.

use domain::assessment::{Assessment, SourceType};
use domain::ids::{SpanId, TraceId};
use domain::json;
use domain::passage::{Passage, pointer};
use domain::span::{Span, keys};
use domain::store::Store;

use super::judgement::Judgement;
use crate::error::AppError;

/// The words that a form names, with the path of the text in the span; `None` if it names none.
///
/// # Errors
/// `Refused` if the words do not stand there.
pub(crate) async fn passage_of(
    store: &dyn Store,
    judged: (&TraceId, &str),
    text: &str,
) -> Result<Option<(Passage, String)>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let refused = || AppError::Refused("These words are not in what the span said.".to_owned());
    let passage = Passage::read(text).ok_or_else(refused)?;
    let (trace, span) = judged;
    let span: SpanId = span.parse().map_err(|_| refused())?;
    let spans = store.some_spans(trace, &[span]).await?;
    let path = spans.first().and_then(|span| path(span, &passage));
    Ok(Some((passage, path.ok_or_else(refused)?)))
}

/// The attribute and the pointer within it: the output first, then whatever else holds the words.
fn path(span: &Span, passage: &Passage) -> Option<String> {
    let is_output = |key: &str| key == keys::OUTPUTS;
    let outputs = span.attributes.iter().filter(|(key, _)| is_output(key));
    let others = span.attributes.iter().filter(|(key, _)| !is_output(key));
    let mut found = outputs.chain(others).filter_map(|(key, value)| {
        let pointer = pointer(&json::value_or_text(value), passage)?;
        Some(format!("{key}{pointer}"))
    });
    found.next()
}

/// What the author said of these very words last.
pub(crate) fn said_of_passage<'a>(
    judgement: &Judgement<'a>,
    passage: &Passage,
) -> Option<&'a Assessment> {
    let mut latest = judgement.trace.assessments.iter().rev();
    latest.find(|said| {
        said.valid
            && said.name == judgement.name
            && said.span_id.as_deref() == judgement.span_id
            && said.source.source_type == SourceType::Human
            && said.source.source_id == judgement.author
            && Passage::of_metadata(&said.metadata).as_ref() == Some(passage)
    })
}
