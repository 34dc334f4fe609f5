//! What people and judges said of single spans, for the messages that the spans produced, and the message that is being rated.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::assessment::SourceType;
use domain::passage::Passage;
use leptos::prelude::*;

use super::notes::Notes;
use crate::model::{AssessmentView, FeedbackChip, TraceNotes, cut};

/// The ratings of a trace's spans.
#[derive(Clone, Copy)]
pub struct Rates {
    /// The notes of the trace.
    pub notes: Notes,
    /// What was said, by span. Read in the browser alone: the conversation does not wait for it.
    pub said: RwSignal<Arc<BTreeMap<String, Vec<Voice>>>>,
    /// What the spans said in words, by span, as far as the conversation was drawn and where it is one message.
    pub texts: StoredValue<BTreeMap<String, Vec<String>>>,
    /// What is being rated.
    pub target: RwSignal<Option<Target>>,
}

/// A message that is being rated, by its span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The span.
    pub span_id: String,
    /// The words of it, if not all.
    pub passage: Option<Passage>,
    /// What the form is called.
    pub title: String,
}

/// What one person or judge said of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// Who, by kind.
    pub source: SourceType,
    /// Who, by name.
    pub author: String,
    /// Of which words, if not of all.
    pub passage: Option<Passage>,
    /// Values by name, the newest first.
    pub chips: Vec<FeedbackChip>,
    /// Comments and reasons.
    pub words: Vec<String>,
}

impl Rates {
    /// Follows the notes of a trace.
    pub fn new(notes: Notes) -> Self {
        let said = RwSignal::new(Arc::default());
        // Not a memo: the answer may be read only below a suspense or in an effect, and each message would need one.
        Effect::new(move |_| {
            let found = notes.resource.get().and_then(|reply| reply.open().ok());
            if let Some(TraceNotes {
                mut assessments, ..
            }) = found
            {
                // What is being removed is hidden in the list, too.
                assessments.retain(|said| !notes.delete_assessment.is_held(&said.id));
                let now = voices(&assessments);
                if said.with_untracked(|before: &Arc<_>| **before != now) {
                    said.set(Arc::new(now));
                }
            }
        });
        Self {
            notes,
            said,
            texts: StoredValue::default(),
            target: RwSignal::new(None),
        }
    }
}

/// The longest name, value and comment at a message, in characters; all of it stands under Feedback.
const NAME: usize = 60;
const VALUE: usize = 24;
const WORDS: usize = 400;

/// By span, who said what: of each name the newest value. What was replaced, and what was expected, is left out.
fn voices(assessments: &[AssessmentView]) -> BTreeMap<String, Vec<Voice>> {
    let mut spans: BTreeMap<String, Vec<Voice>> = BTreeMap::new();
    for said in assessments {
        let Some(span) = &said.span_id else { continue };
        if said.is_overridden || said.kind != "feedback" {
            continue;
        }
        let voices = spans.entry(span.clone()).or_default();
        let is_of = |voice: &Voice| {
            voice.source == said.source
                && voice.author == said.source_id
                && voice.passage == said.passage
        };
        let at = voices.iter().position(is_of).unwrap_or_else(|| {
            voices.push(Voice {
                source: said.source,
                author: said.source_id.clone(),
                passage: said.passage.clone(),
                chips: Vec::new(),
                words: Vec::new(),
            });
            voices.len() - 1
        });
        voices[at].add(said);
    }
    spans
}

impl Voice {
    fn add(&mut self, said: &AssessmentView) {
        if said.is_comment {
            self.say(&said.text);
            return;
        }
        let name = cut(&said.name, NAME);
        if self.chips.iter().any(|chip| chip.name == name) {
            return;
        }
        self.chips.push(FeedbackChip {
            name,
            text: cut(&said.text, VALUE),
            tone: said.tone,
            source: said.source,
        });
        if let Some(why) = &said.rationale {
            self.say(why);
        }
    }

    /// One reason often stands with several values.
    fn say(&mut self, words: &str) {
        let words = cut(words, WORDS);
        if !self.words.contains(&words) {
            self.words.push(words);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::model::Tone;
    use crate::server_fns::feedback_names as names;

    /// Feedback of a person on the span `s1`.
    pub fn said(author: &str, name: &str, text: &str) -> AssessmentView {
        AssessmentView {
            id: String::new(),
            span_id: Some("s1".to_owned()),
            name: name.to_owned(),
            kind: "feedback".to_owned(),
            text: text.to_owned(),
            tone: Tone::Plain,
            source: SourceType::Human,
            source_id: author.to_owned(),
            rationale: None,
            time_ms: 0,
            is_overridden: false,
            is_comment: name == names::COMMENT,
            passage: None,
        }
    }

    #[test]
    fn each_voice_says_its_newest_values_and_a_reason_once() {
        let reasoned = |name: &str, text: &str| AssessmentView {
            rationale: Some("Too short".to_owned()),
            ..said("ada", name, text)
        };
        let judge = AssessmentView {
            source: SourceType::LlmJudge,
            ..said("ada", "correctness", "yes")
        };
        let found = voices(&[
            reasoned(names::SCORE, "4"),
            reasoned(names::THUMB, "yes"),
            said("ada", names::SCORE, "1"),
            judge,
            said("bob", names::COMMENT, "Hm"),
        ]);
        let told = |voice: &Voice| {
            let chips = voice
                .chips
                .iter()
                .map(|chip| format!("{}={}", chip.name, chip.text));
            let chips: Vec<String> = chips.collect();
            format!(
                "{} {} {}",
                voice.author,
                chips.join(","),
                voice.words.join("|")
            )
        };
        let told: Vec<String> = found["s1"].iter().map(told).collect();
        let expected = [
            "ada user_rating=4,thumbs_up=yes Too short",
            "ada correctness=yes ",
            "bob  Hm",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn what_is_not_feedback_on_a_span_is_left_out() {
        let of_trace = AssessmentView {
            span_id: None,
            ..said("ada", names::THUMB, "yes")
        };
        let expected = AssessmentView {
            kind: "expectation".to_owned(),
            ..said("ada", "answer", "42")
        };
        let replaced = AssessmentView {
            is_overridden: true,
            ..said("ada", names::THUMB, "no")
        };
        assert!(voices(&[of_trace, expected, replaced]).is_empty());
    }
}
