//! The opened file as a [`Source`]: it answers what the server would say about a trace of its own.

use std::collections::HashMap;
use std::sync::Arc;

use domain::blobs;
use domain::ids::SpanId;
use domain::span::Span;
use domain::span_table::SpanTable;
use formats::file::{FileTrace, TraceFile};
use serde::Serialize;

use super::{FileAbout, FileLine, OpenedPart, OpenedRead, Source};
use crate::error::AppError;
use crate::model::{
    ExperimentRef, SpanDetail, StoryPart, TraceHead, cut, is_public_tag, said_in_exception,
};
use crate::text::number;

/// The traces of a file.
#[derive(Debug)]
pub struct OpenedFile {
    about: FileAbout,
    traces: Vec<OpenedTrace>,
}

#[derive(Debug)]
struct OpenedTrace {
    trace: FileTrace,
    /// Places of spans by their ids.
    places: HashMap<SpanId, usize>,
}

impl OpenedFile {
    /// Takes over what was read of a file.
    pub fn new(name: String, file: TraceFile) -> Self {
        let about = FileAbout {
            name,
            traces: file.traces.iter().map(line).collect(),
            notes: notes(&file),
        };
        let traces = file.traces.into_iter().map(|trace| {
            let spans = trace.spans.iter().enumerate();
            OpenedTrace {
                places: spans.map(|(place, span)| (span.span_id, place)).collect(),
                trace,
            }
        });
        Self {
            about,
            traces: traces.collect(),
        }
    }
}

impl Source for OpenedFile {
    fn about(&self) -> &FileAbout {
        &self.about
    }

    fn table(&self, trace: u32) -> Option<Arc<SpanTable>> {
        let found = self.traces.get(trace as usize)?;
        let table = SpanTable::clone(&found.trace.table);
        // As the viewer draws every table.
        Some(Arc::new(table.with_missing_parents()))
    }

    fn answer(&self, read: &OpenedRead) -> Result<String, AppError> {
        let unknown = || AppError::not_found("trace", u64::from(read.trace) + 1);
        let found = self.traces.get(read.trace as usize).ok_or_else(unknown)?;
        match &read.part {
            OpenedPart::Head => text(&found.head()),
            OpenedPart::Conversation { from, whole } => {
                let table = &found.trace.table;
                let part = StoryPart::new(table, *from);
                let read = part.wanted().len();
                text(&part.tell(read, *whole, |row| found.span(table.span_id(row))))
            }
            OpenedPart::Span(id) => {
                let span = found.opened(id);
                let span = span.ok_or_else(|| AppError::not_found("span", id))?;
                text(&SpanDetail::of(span, None, None))
            }
            OpenedPart::Blob {
                span,
                is_output,
                number,
            } => {
                let address = found
                    .opened(span)
                    .and_then(|span| data_address(span, *is_output, *number));
                text(&address.ok_or_else(|| AppError::not_found("file", number))?)
            }
        }
    }
}

impl OpenedTrace {
    fn span(&self, id: SpanId) -> Option<&Span> {
        self.trace.spans.get(*self.places.get(&id)?)
    }

    /// The span of this id; for an empty one the span to look at first.
    fn opened(&self, id: &str) -> Option<&Span> {
        let table = &self.trace.table;
        match id {
            "" if table.is_empty() => None,
            "" => self.span(table.span_id(table.first_failure().unwrap_or(0))),
            id => self.span(id.parse().ok()?),
        }
    }

    fn head(&self) -> TraceHead {
        let table = &self.trace.table;
        let silent = TraceHead::silent_failure(table).and_then(|id| self.span(id));
        // No experiment has this number, and none is shown.
        let nowhere = ExperimentRef {
            id: -1,
            name: String::new(),
        };
        TraceHead::of(
            &self.trace.info,
            table,
            nowhere,
            silent.map(said_in_exception),
        )
    }
}

fn data_address(span: &Span, is_output: bool, number: usize) -> Option<String> {
    let json = match is_output {
        true => span.outputs(),
        false => span.inputs(),
    };
    let (blob, data) = blobs::nth(serde_json::from_str(json?).ok()?, number)?;
    let usual = |letter| match letter {
        '-' => '+',
        '_' => '/',
        other => other,
    };
    let data: String = data.chars().map(usual).collect();
    Some(format!("data:{};base64,{data}", blob.media_type))
}

fn text(answer: &impl Serialize) -> Result<String, AppError> {
    serde_json::to_string(answer).map_err(|error| AppError::Failed(error.to_string()))
}

fn line(trace: &FileTrace) -> FileLine {
    const TAGS: usize = 20;
    const VALUE: usize = 100;
    let info = &trace.info;
    let tags = info.tags.iter().filter(|(key, _)| is_public_tag(key));
    FileLine {
        trace_id: info.trace_id.to_string(),
        name: info.name().unwrap_or_default().to_owned(),
        state: info.state,
        time_ms: info.request_time.0,
        duration_ms: info.duration_ms,
        spans: trace.table.len(),
        tags: tags
            .take(TAGS)
            .map(|(key, value)| (key.clone(), cut(value, VALUE)))
            .collect(),
    }
}

fn notes(file: &TraceFile) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(problem) = &file.problem {
        notes.push(format!(
            "Only the beginning of the file could be read: {problem}."
        ));
    }
    if file.left_out > 0 {
        let spans = number::counted(u64::from(file.left_out), "span", "spans");
        notes.push(format!(
            "Left out: {spans} without a valid id or of another shape."
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{"info": {"trace_id": "tr-1", "tags": {"team": "red", "mlflow.traceName": "agent"}},
        "data": {"spans": [
        {"span_id": "AQEBAQEBAQE=", "name": "ask", "start_time_unix_nano": 1000000,
         "end_time_unix_nano": 9000000, "attributes": {"mlflow.spanType": "\"LLM\"",
         "mlflow.spanInputs": "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}"}},
        {"span_id": "AgICAgICAgI=", "parent_span_id": "AQEBAQEBAQE=", "name": "tool",
         "start_time_unix_nano": 2000000, "end_time_unix_nano": 3000000,
         "status": {"code": "STATUS_CODE_ERROR"}, "events": [{"name": "exception",
         "attributes": {"exception.message": "no such table"}}]},
        {"name": "no id"}]}}"#;

    fn open(text: &str) -> OpenedFile {
        let file = formats::file::read(text.as_bytes()).unwrap();
        OpenedFile::new("x.json".to_owned(), file)
    }

    fn ask<T: serde::de::DeserializeOwned>(file: &OpenedFile, part: OpenedPart) -> T {
        let read = OpenedRead {
            file: 1,
            trace: 0,
            part,
        };
        serde_json::from_str(&file.answer(&read).unwrap()).unwrap()
    }

    #[test]
    fn a_file_answers_as_the_server_does() {
        let file = open(FILE);
        let head: TraceHead = ask(&file, OpenedPart::Head);
        assert_eq!((head.name.as_str(), head.span_count), ("agent", 2));
        let why = head.why.unwrap();
        assert_eq!(
            (why.span_name.as_str(), why.message.as_str()),
            ("tool", "no such table")
        );
        let first: SpanDetail = ask(&file, OpenedPart::Span(String::new()));
        assert_eq!(first.name, "tool");
        let asked: SpanDetail = ask(&file, OpenedPart::Span("01".repeat(8)));
        let chat = asked.inputs.unwrap().chat.unwrap();
        assert_eq!(chat.messages.len(), 1);
        let story: crate::model::Story = ask(
            &file,
            OpenedPart::Conversation {
                from: 0,
                whole: false,
            },
        );
        assert_eq!(story.items.len(), 2);
        assert_eq!(file.table(0).unwrap().len(), 2);
    }

    #[test]
    fn a_file_says_what_it_holds_and_what_was_left_out() {
        let about = open(FILE).about;
        assert_eq!(
            about.traces[0].tags,
            [("team".to_owned(), "red".to_owned())]
        );
        assert_eq!(
            about.notes,
            ["Left out: 1 span without a valid id or of another shape."]
        );
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let file = open(FILE);
        for (trace, part) in [
            (1, OpenedPart::Head),
            (0, OpenedPart::Span("00".repeat(8))),
            (0, OpenedPart::Span("x".to_owned())),
        ] {
            let read = OpenedRead {
                file: 1,
                trace,
                part,
            };
            assert!(matches!(file.answer(&read), Err(AppError::NotFound { .. })));
        }
    }
}
