//! The whole trace as a conversation, as the page draws it: a part of it at a time.

use serde::{Deserialize, Serialize};

use super::tuple::travels_as_tuple;
use super::{CutText, PartView};

/// A part of the story.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Story {
    /// The steps in their order.
    pub items: Vec<StoryItem>,
    /// Where the next part begins.
    pub next: Option<u32>,
    /// How many spans tell something, in all.
    pub told: u32,
}

/// A step.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryItem {
    /// The span.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// How many agents stand around it.
    pub level: u32,
    /// Nanoseconds since the trace began.
    pub start: i64,
    /// Nanoseconds; `None` while it runs.
    pub duration: Option<i64>,
    /// Why it failed; empty if it failed without a word, `None` if it did not.
    pub failure: Option<String>,
    /// What happened.
    pub content: StoryContent,
}

/// What happened in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum StoryContent {
    /// An agent begins.
    Agent,
    /// A model was called.
    Call(Box<CallView>),
    /// A tool ran.
    Tool(CardView),
    /// What was looked for, and what was found.
    Documents(Option<CutText>, Vec<DocumentView>),
    /// Another agent takes over.
    Handoff(String),
    /// Something failed; the step's failure says why.
    Failure,
    /// Inputs and outputs as JSON text.
    Values(Option<CutText>, Option<CutText>),
}

/// A call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct CallView {
    /// The model.
    pub model: Option<String>,
    /// Whether it continues an earlier call.
    pub continues: bool,
    /// Messages of the prompt that stood there before, were added, stand in the place of others.
    pub counts: (u32, u32, u32),
    /// Who said what is no longer there, and how it begins.
    pub dropped: Vec<(String, String)>,
    /// Tokens in and out.
    pub tokens: Option<(i64, i64)>,
    /// Tokens that the call before sent.
    pub tokens_before: Option<i64>,
    /// Of the tokens in, those read from a cache.
    pub cached: Option<i64>,
    /// Dollars.
    pub cost: Option<f64>,
    /// What was said: news only, or all of it.
    pub said: Vec<SaidView>,
}

/// A message of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidView {
    /// `system`, `user`, `assistant`, `tool`, or the name given.
    pub role: String,
    /// The speaker's own name.
    pub name: Option<String>,
    /// Whether the reader has seen it.
    pub news: NewsView,
    /// Its share of the prompt, 0 to 1, by length.
    pub share: Option<f64>,
    /// What is said, in order.
    pub parts: Vec<SaidPart>,
}

/// Whether a reader has seen a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewsView {
    /// It stood there before.
    Kept,
    /// It was added since.
    New,
    /// It stands in the place of another one.
    Rewritten,
    /// The model's answer.
    Answer,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SaidPart {
    /// Anything but a tool call.
    Part(PartView),
    /// A tool call with its result.
    Card(CardView),
}

/// A tool's call and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CardView {
    /// The tool.
    pub name: String,
    /// What it was called with, as JSON text.
    pub arguments: CutText,
    /// What it returned, as JSON text.
    pub result: Option<CutText>,
    /// Whether it failed.
    pub is_error: bool,
    /// The span in which it ran, and how long that took.
    pub ran: Option<(String, i64)>,
}

/// A document found.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentView {
    /// Its text.
    pub text: CutText,
    /// How well it fits.
    pub score: Option<f64>,
    /// Where it comes from.
    pub source: Option<String>,
    /// What else is known of it.
    pub metadata: Vec<(String, String)>,
}

travels_as_tuple! {
    Story { items, next, told }
    StoryItem { span_id, name, kind, level, start, duration, failure, content }
    CallView { model, continues, counts, dropped, tokens, tokens_before, cached, cost, said }
    SaidView { role, name, news, share, parts }
    CardView { name, arguments, result, is_error, ran }
    DocumentView { text, score, source, metadata }
}

mod build {
    use domain::chat::{Part, ToolCall};
    use domain::conversation::{Call, Card, Item, News, Said, What};
    use domain::documents::Document;
    use domain::json::to_python_text;
    use domain::span_table::{Flags, SpanTable};
    use serde_json::Value;

    use super::{
        CallView, CardView, DocumentView, NewsView, SaidPart, SaidView, StoryContent, StoryItem,
    };
    use crate::model::CutText;
    use crate::model::chat::{Images, role_word};

    /// The most bytes of one text.
    const TEXT: usize = 16 * 1024;
    /// The most documents of one step.
    const DOCUMENTS: usize = 50;

    fn json(value: &Value) -> CutText {
        CutText::of(&to_python_text(value), TEXT)
    }

    fn some_json(value: &Value) -> Option<CutText> {
        (!value.is_null()).then(|| json(value))
    }

    impl StoryItem {
        /// A step. `whole` shows all of the prompts, not only what is new. `files` tells type and size of the files in what went into
        /// the span of a row, or came out of it.
        pub fn of(
            item: &Item,
            table: &SpanTable,
            whole: bool,
            files: &dyn Fn(u32, bool) -> Vec<(String, u64)>,
        ) -> Self {
            let row = item.row;
            let is_running = table.flags(row).has(Flags::RUNNING);
            Self {
                span_id: table.span_id(row).to_string(),
                name: table.name(row).to_owned(),
                kind: table.span_type(row).to_owned(),
                level: item.level,
                start: table.start(row),
                duration: (!is_running).then(|| table.span_duration(row)),
                failure: table
                    .is_error(row)
                    .then(|| table.status_message(row).to_owned()),
                content: match &item.what {
                    What::Agent => StoryContent::Agent,
                    What::Call(call) => {
                        let (inputs, outputs) = match call.said.iter().any(has_files) {
                            true => (files(row, false), files(row, true)),
                            false => Default::default(),
                        };
                        let images = [Images::new(&inputs), Images::new(&outputs)];
                        StoryContent::Call(Box::new(CallView::of(call, row, table, whole, images)))
                    }
                    What::Tool(card) => StoryContent::Tool(CardView::of(card, table)),
                    What::Documents { query, documents } => StoryContent::Documents(
                        some_json(query),
                        documents
                            .iter()
                            .take(DOCUMENTS)
                            .map(DocumentView::of)
                            .collect(),
                    ),
                    What::Handoff(to) => StoryContent::Handoff(to.clone()),
                    What::Failure => StoryContent::Failure,
                    What::Values { inputs, outputs } => {
                        StoryContent::Values(some_json(inputs), some_json(outputs))
                    }
                },
            }
        }
    }

    impl CallView {
        fn of(
            call: &Call,
            row: u32,
            table: &SpanTable,
            whole: bool,
            mut images: [Images<'_>; 2],
        ) -> Self {
            let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            let usage = table.usage(row);
            let before = call.delta.previous.and_then(|row| table.usage(row));
            let prompt = call.said.iter().filter(|said| said.news != News::Answer);
            let prompt_bytes: usize = prompt.map(|said| said.bytes).sum();
            let is_shown = |said: &Said| whole || said.news != News::Kept;
            let is_said = |said: &Said| !said.message.parts.is_empty();
            // Also of those that are not shown, for the numbers of the others.
            let said = call.said.iter().filter_map(|said| {
                let images = &mut images[usize::from(said.news == News::Answer)];
                let view = SaidView::of(said, table, prompt_bytes, images);
                (is_shown(said) && is_said(said)).then_some(view)
            });
            let said = said.collect();
            let dropped = call.delta.dropped.iter().take(20);
            Self {
                model: table.model(row).map(str::to_owned),
                continues: call.delta.previous.is_some(),
                counts: (
                    count(call.delta.kept),
                    count(call.delta.added),
                    count(call.delta.rewritten),
                ),
                dropped: dropped
                    .map(|gone| (role_word(&gone.role).to_owned(), gone.beginning.clone()))
                    .collect(),
                tokens: usage.map(|usage| (usage.input_tokens, usage.output_tokens)),
                tokens_before: before.map(|usage| usage.input_tokens),
                cached: usage.and_then(|usage| usage.cache_read_input_tokens),
                cost: table.cost(row).map(|cost| cost.total_cost),
                said,
            }
        }
    }

    fn has_files(said: &Said) -> bool {
        let mut parts = said.message.parts.iter();
        parts.any(|part| matches!(part, Part::Media(media) if media.byte_count.is_some()))
    }

    impl SaidView {
        fn of(
            said: &Said,
            table: &SpanTable,
            prompt_bytes: usize,
            images: &mut Images<'_>,
        ) -> Self {
            let mut cards = said.cards.iter();
            let part = |part: &Part| match part {
                Part::ToolCall(call) => SaidPart::Card(match cards.next() {
                    Some(card) => CardView::of(card, table),
                    None => CardView::of(&unanswered(call), table),
                }),
                other => SaidPart::Part(images.part(other)),
            };
            let is_prompt = said.news != News::Answer && prompt_bytes > 0;
            Self {
                role: role_word(&said.message.role).to_owned(),
                name: said.message.name.clone(),
                news: match said.news {
                    News::Kept => NewsView::Kept,
                    News::New => NewsView::New,
                    News::Rewritten => NewsView::Rewritten,
                    News::Answer => NewsView::Answer,
                },
                share: is_prompt.then(|| said.bytes as f64 / prompt_bytes as f64),
                parts: said.message.parts.iter().map(part).collect(),
            }
        }
    }

    fn unanswered(call: &ToolCall) -> Card {
        Card {
            call: call.clone(),
            result: None,
            row: None,
        }
    }

    impl CardView {
        fn of(card: &Card, table: &SpanTable) -> Self {
            let failed = card.row.is_some_and(|row| table.is_error(row));
            Self {
                name: card.call.name.clone(),
                arguments: json(&card.call.arguments),
                result: card.result.as_ref().map(|result| json(&result.output)),
                is_error: failed || card.result.as_ref().is_some_and(|result| result.is_error),
                ran: card
                    .row
                    .map(|row| (table.span_id(row).to_string(), table.span_duration(row))),
            }
        }
    }

    impl DocumentView {
        /// A document, its text cut.
        pub fn of(document: &Document) -> Self {
            let metadata = document.metadata.iter().take(20);
            let text = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => to_python_text(other),
            };
            Self {
                text: CutText::of(&document.text, TEXT / 2),
                score: document.score,
                source: document.source.clone(),
                metadata: metadata
                    .map(|(key, value)| (key.clone(), crate::model::cut(&text(value), 300)))
                    .collect(),
            }
        }
    }
}
