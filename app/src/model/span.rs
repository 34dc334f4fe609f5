//! One span, opened.

use domain::span::StatusCode;

use super::tuple::travels_as_tuple;
use super::{Conversation, DocumentView};

/// The beginning of a text, and how much there is of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CutText {
    /// The text, or its first part.
    pub text: String,
    /// The whole's size in bytes, if only a part is here.
    pub whole_bytes: Option<u64>,
}

/// What went in or came out.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueView {
    /// As JSON text.
    pub raw: CutText,
    /// As messages, if it is a conversation.
    pub chat: Option<Conversation>,
    /// As documents, if they were retrieved.
    pub documents: Vec<DocumentView>,
    /// Type and size of the images, sounds and files in it, whose place in the text their description takes.
    pub blobs: Vec<(String, u64)>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeView {
    /// Its key.
    pub key: String,
    /// Its value as JSON text.
    pub json: CutText,
    /// Where the traces with this value are listed; empty if no filter can say so.
    pub alike: String,
}

/// Something that happened within the span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventView {
    /// What happened.
    pub name: String,
    /// Nanoseconds since the span began.
    pub offset_nanos: i64,
    /// Key and text; JSON text for what is no string.
    pub attributes: Vec<(String, CutText)>,
}

/// A pointer to another span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// The trace pointed to.
    pub trace_id: String,
    /// The span pointed to.
    pub span_id: String,
    /// Key and JSON text.
    pub attributes: Vec<(String, CutText)>,
}

/// A span with all that it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanDetail {
    /// Its id.
    pub span_id: String,
    /// Its parent's id.
    pub parent_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// How it ended.
    pub status: StatusCode,
    /// Why it failed, or empty.
    pub status_message: String,
    /// When it began, in milliseconds since 1970.
    pub start_ms: i64,
    /// How long it took in nanoseconds; `None` while it runs, negative if clocks disagreed.
    pub duration_nanos: Option<i64>,
    /// What went in.
    pub inputs: Option<ValueView>,
    /// What came out.
    pub outputs: Option<ValueView>,
    /// Without inputs and outputs.
    pub attributes: Vec<AttributeView>,
    /// In the order given.
    pub events: Vec<EventView>,
    /// In the order given.
    pub links: Vec<LinkView>,
    /// The model called.
    pub model: Option<String>,
    /// Tokens in and out of this call.
    pub tokens: Option<(i64, i64)>,
    /// Dollars for this call.
    pub cost: Option<f64>,
    /// Which part of this week's spans of the name were quicker, and how many there are.
    pub percentile: Option<(f64, u64)>,
    /// The experiment that the trace is in; none if it is not on the server.
    pub experiment: Option<i64>,
}

travels_as_tuple! {
    CutText { text, whole_bytes }
    ValueView { raw, chat, documents, blobs }
    AttributeView { key, json, alike }
    EventView { name, offset_nanos, attributes }
    LinkView { trace_id, span_id, attributes }
    SpanDetail { span_id, parent_id, name, kind, status, status_message, start_ms, duration_nanos, inputs, outputs, attributes, events, links, model, tokens, cost, percentile, experiment }
}

mod build {
    use domain::blobs::{self, Blob};
    use domain::chat::{self, Side};
    use domain::documents;
    use domain::filter::print::{equals, quote_key};
    use domain::json;
    use domain::span::{Span, keys};
    use domain::span_table::Kind;
    use domain::stats::SpanPercentile;
    use serde_json::Value;

    use super::{
        AttributeView, Conversation, CutText, DocumentView, EventView, LinkView, SpanDetail,
        ValueView,
    };
    use crate::text::number;
    use crate::url_state::{experiment_href, query};

    impl CutText {
        /// The most bytes sent at once of inputs or outputs.
        pub const LARGE: usize = 64 * 1024;
        /// The most bytes shown of inputs or outputs that need not be sent.
        pub const LOCAL: usize = 512 * 1024;
        /// The most bytes sent at once of any other value.
        pub const SMALL: usize = 8 * 1024;

        /// The first `max` bytes of a text, on a character boundary.
        pub fn of(text: &str, max: usize) -> Self {
            if text.len() <= max {
                return Self {
                    text: text.to_owned(),
                    whole_bytes: None,
                };
            }
            let mut end = max;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            Self {
                text: text[..end].to_owned(),
                whole_bytes: Some(text.len() as u64),
            }
        }
    }

    impl SpanDetail {
        /// The most attributes, events and links shown.
        const MOST: usize = 500;

        /// The longest value that a filter compares.
        const COMPARED: usize = 256;

        /// Opens a span of an experiment's trace, or of one that is in no experiment.
        pub fn of(
            span: &Span,
            experiment: Option<i64>,
            percentile: Option<SpanPercentile>,
        ) -> Self {
            let kind = Kind::of(&span.span_type());
            let value = |json: Option<&str>, side: Side| {
                let json = json.filter(|json| !json::is_empty_text(json))?;
                let large = match experiment {
                    Some(_) => CutText::LARGE,
                    None => CutText::LOCAL,
                };
                let (raw, blobs) = without_blobs(json, large);
                let chat = chat::messages_of_attributes(&span.attributes, side)
                    .or_else(|| chat::messages(json, side))
                    .map(|messages| Conversation::of(&messages, &blobs));
                let is_found = matches!(kind, Kind::Retriever | Kind::Embedding);
                let found = (is_found && side == Side::Outputs)
                    .then(|| documents::of_span(span))
                    .flatten()
                    .unwrap_or_default();
                Some(ValueView {
                    raw,
                    chat,
                    documents: found.iter().take(50).map(DocumentView::of).collect(),
                    blobs,
                })
            };
            let attribute = |(key, json): &(String, String)| AttributeView {
                key: key.clone(),
                json: CutText::of(json, CutText::SMALL),
                alike: experiment
                    .and_then(|experiment| alike(experiment, key, json))
                    .unwrap_or_default(),
            };
            Self {
                span_id: span.span_id.to_string(),
                parent_id: span.parent_id.map(|id| id.to_string()),
                name: span.name.clone(),
                kind: span.span_type(),
                status: span.status,
                status_message: span.status_message.clone(),
                start_ms: span.start.to_millis().0,
                duration_nanos: span.duration_nanos(),
                inputs: value(span.inputs(), Side::Inputs),
                outputs: value(span.outputs(), Side::Outputs),
                attributes: span
                    .attributes
                    .iter()
                    .filter(|(key, _)| key != keys::INPUTS && key != keys::OUTPUTS)
                    .take(Self::MOST)
                    .map(attribute)
                    .collect(),
                events: span
                    .events
                    .iter()
                    .take(Self::MOST)
                    .map(|event| EventView {
                        name: event.name.clone(),
                        offset_nanos: event.time.0.saturating_sub(span.start.0),
                        attributes: texts(&event.attributes, CutText::LARGE),
                    })
                    .collect(),
                links: span
                    .links
                    .iter()
                    .take(Self::MOST)
                    .map(|link| LinkView {
                        trace_id: link.trace_id.clone(),
                        span_id: link.span_id.clone(),
                        attributes: texts(&link.attributes, CutText::SMALL),
                    })
                    .collect(),
                model: span.text_attribute(keys::MODEL),
                tokens: span
                    .attribute(keys::TOKEN_USAGE)
                    .and_then(domain::usage::TokenUsage::from_json)
                    .map(|usage| (usage.input_tokens, usage.output_tokens)),
                cost: span
                    .attribute(keys::COST)
                    .and_then(domain::usage::Cost::from_json)
                    .map(|cost| cost.total_cost),
                percentile: percentile.map(|place| (place.slower_than, place.spans)),
                experiment,
            }
        }
    }

    /// A value with words in the place of images and the like.
    fn without_blobs(json: &str, large: usize) -> (CutText, Vec<(String, u64)>) {
        let cut = |json: &str| CutText::of(json, large);
        // Without one long text there is none.
        if json.len() < 1_024 {
            return (cut(json), Vec::new());
        }
        let Ok(mut value) = serde_json::from_str::<Value>(json) else {
            return (cut(json), Vec::new());
        };
        let words = |blob: &Blob| format!("{}, {}", blob.media_type, number::bytes(blob.bytes));
        let found = blobs::elide(&mut value, &words);
        if found.is_empty() {
            return (cut(json), Vec::new());
        }
        let mut shown = cut(&json::to_python_text(&value));
        shown.whole_bytes = Some(json.len() as u64);
        let blobs = found.into_iter().take(SpanDetail::MOST);
        (
            shown,
            blobs.map(|blob| (blob.media_type, blob.bytes)).collect(),
        )
    }

    /// The list of traces with a span that has this value.
    fn alike(experiment: i64, key: &str, json: &str) -> Option<String> {
        let field = format!("span.attributes.{}", quote_key(key));
        let clause = match serde_json::from_str::<Value>(json).ok()? {
            Value::String(text) if text.len() <= SpanDetail::COMPARED => equals(&field, &text),
            Value::Number(number) => format!("{field} = {number}"),
            _ => return None,
        };
        let list = experiment_href(experiment, "traces");
        Some(query(&list, &[("filter", &clause)]))
    }

    fn texts(attributes: &[(String, Value)], max: usize) -> Vec<(String, CutText)> {
        let text = |value: &Value| match value {
            Value::String(text) => CutText::of(text, max),
            other => CutText::of(&json::to_python_text(other), max),
        };
        attributes
            .iter()
            .map(|(key, value)| (key.clone(), text(value)))
            .collect()
    }
}
