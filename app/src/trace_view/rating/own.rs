//! What the reader said before: what the form begins with.

use domain::assessment::SourceType;
use domain::passage::Passage;

use crate::model::{AssessmentView, TraceNotes};
use crate::server_fns::feedback_names as names;

/// The reader's own rating.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// Thumb up or down.
    pub thumb: Option<bool>,
    /// 1 to 5.
    pub score: Option<u8>,
    /// In words; empty if none.
    pub comment: String,
}

impl Own {
    /// Of the whole trace.
    pub fn of_trace(notes: &TraceNotes) -> Self {
        Self {
            thumb: notes.own_thumb,
            score: notes.own_score,
            comment: notes.own_comment.clone(),
        }
    }

    /// Of one span, or of words of it.
    pub fn of_span(notes: &TraceNotes, span: &str, passage: Option<&Passage>) -> Self {
        let author = match notes.reviewer.as_str() {
            "" => names::ANONYMOUS,
            name => name,
        };
        let is_own = |said: &&AssessmentView| {
            said.source == SourceType::Human
                && said.source_id == author
                && said.span_id.as_deref() == Some(span)
                && said.kind == "feedback"
                && said.passage.as_ref() == passage
                && !said.is_overridden
        };
        // The newest stand first.
        let own = |name: &str| {
            let mut own = notes.assessments.iter().filter(is_own);
            own.find(|said| said.name == name)
        };
        let (thumb, score) = (own(names::THUMB), own(names::SCORE));
        let mut rationales = [score, thumb].into_iter().flatten();
        let rationale = rationales.find_map(|said| said.rationale.clone());
        Self {
            thumb: thumb.and_then(|said| match said.text.as_str() {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            }),
            score: score
                .and_then(|said| said.text.parse().ok())
                .filter(|score| (1..=5).contains(score)),
            comment: rationale
                .or_else(|| own(names::COMMENT).map(|said| said.text.clone()))
                .unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace_view::rates::tests::said;

    fn own(reviewer: &str, assessments: Vec<AssessmentView>) -> Own {
        let notes = TraceNotes {
            reviewer: reviewer.to_owned(),
            assessments,
            ..TraceNotes::default()
        };
        Own::of_span(&notes, "s1", None)
    }

    #[test]
    fn a_span_knows_what_the_reader_said_of_it_last() {
        let mut reasoned = said("ada", names::SCORE, "4");
        reasoned.rationale = Some("Too short".to_owned());
        let said_by_ada = vec![
            reasoned,
            said("ada", names::SCORE, "2"),
            said("ada", names::THUMB, "no"),
            said("bob", names::THUMB, "yes"),
        ];
        let expected = Own {
            thumb: Some(false),
            score: Some(4),
            comment: "Too short".to_owned(),
        };
        assert_eq!(own("ada", said_by_ada.clone()), expected);
        assert_eq!(own("", said_by_ada), Own::default(), "she has a name");
        let nameless = vec![said(names::ANONYMOUS, names::COMMENT, "Hm")];
        assert_eq!(own("", nameless).comment, "Hm");
    }

    #[test]
    fn neither_other_spans_nor_judges_nor_what_was_replaced_are_the_readers_own() {
        let mut other = said("ada", names::THUMB, "yes");
        other.span_id = Some("s2".to_owned());
        let mut judge = said("ada", names::THUMB, "yes");
        judge.source = SourceType::LlmJudge;
        let mut replaced = said("ada", names::THUMB, "yes");
        replaced.is_overridden = true;
        assert_eq!(own("ada", vec![other, judge, replaced]), Own::default());
    }
}
