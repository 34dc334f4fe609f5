//! A trace file that the reader opened. It is read in the browser and drawn by the parts that draw a trace of the server. It is
//! sent nowhere, unless the reader saves it to an experiment.
//!
//! Here is only what every page needs: the file that was dropped on it, and a way to the file that is open. The readers are a
//! chunk of their own (`file`, loaded by `reading`) that hands over a [`Source`].

pub mod file;
#[cfg(feature = "hydrate")]
pub mod reading;

use std::sync::Arc;

use domain::span_table::SpanTable;
use domain::trace::TraceState;
use leptos::prelude::*;

use crate::error::AppError;
use crate::reads::Read;

/// Where a trace on the page comes from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Origin {
    /// The server.
    #[default]
    Server,
    /// An opened file.
    File {
        /// Which of the files opened in this visit.
        file: u32,
        /// Which trace of it, counted from 0.
        trace: u32,
    },
}

impl Origin {
    /// Asks for a part of a trace told as a conversation.
    pub fn conversation(self, trace: String, from: u32, whole: bool) -> Read {
        match self {
            Self::Server => Read::Conversation { trace, from, whole },
            Self::File { file, trace } => Read::Opened(OpenedRead {
                file,
                trace,
                part: OpenedPart::Conversation { from, whole },
            }),
        }
    }

    /// A file within a value of an opened file's span, as a data address; empty if it is not there.
    pub fn blob(self, span: &str, is_output: bool, number: usize) -> String {
        let Self::File { file, trace } = self else {
            return String::new();
        };
        let found = answer(&OpenedRead {
            file,
            trace,
            part: OpenedPart::Blob {
                span: span.to_owned(),
                is_output,
                number,
            },
        });
        let address = found.ok().and_then(|json| domain::json::as_string(&json));
        address.unwrap_or_default()
    }
}

/// A question to the opened file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedRead {
    /// Which of the files opened in this visit; an answer never comes from another one.
    pub file: u32,
    /// Which trace of it, counted from 0.
    pub trace: u32,
    /// What of the trace.
    pub part: OpenedPart,
}

/// What is asked of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenedPart {
    /// Its page.
    Head,
    /// A part of its conversation.
    Conversation {
        /// Where the part begins.
        from: u32,
        /// Whether all of each prompt is shown.
        whole: bool,
    },
    /// A span; empty for the one to look at first.
    Span(String),
    /// An image, a sound or a file within a value of a span, as a data address.
    Blob {
        /// The span.
        span: String,
        /// In what came out, not in what went in.
        is_output: bool,
        /// Which of the value's, counted from 0.
        number: usize,
    },
}

/// An opened file.
pub trait Source {
    /// What is in it.
    fn about(&self) -> &FileAbout;
    /// The spans of a trace as a tree.
    fn table(&self, trace: u32) -> Option<Arc<SpanTable>>;
    /// Answers as the server would.
    ///
    /// # Errors
    /// [`AppError::NotFound`].
    fn answer(&self, read: &OpenedRead) -> Result<String, AppError>;
}

/// What is in an opened file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileAbout {
    /// Its name.
    pub name: String,
    /// Its traces, at least one.
    pub traces: Vec<FileLine>,
    /// What a reader should know of how it was read.
    pub notes: Vec<String>,
}

/// A trace in the list of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// Its id.
    pub trace_id: String,
    /// Its name; empty if it has none.
    pub name: String,
    /// How it stands.
    pub state: TraceState,
    /// When it began, in milliseconds since 1970.
    pub time_ms: i64,
    /// How long it took, if that is known.
    pub duration_ms: Option<i64>,
    /// How many spans it has.
    pub spans: u32,
    /// Tags that people set.
    pub tags: Vec<(String, String)>,
}

/// Grows whenever a file was dropped on the page.
#[derive(Clone, Copy)]
pub struct Dropped(pub RwSignal<u32>);

/// Lets files be dropped on every page.
pub fn provide() {
    let dropped = RwSignal::new(0);
    provide_context(Dropped(dropped));
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| crate::browser::files::listen(dropped));
}

/// Answers from the opened file.
///
/// # Errors
/// [`AppError::NotFound`]; on the server always, which has no such file.
pub fn answer(read: &OpenedRead) -> Result<String, AppError> {
    #[cfg(feature = "hydrate")]
    if let Some(source) = browser_half::source(read.file) {
        return source.answer(read);
    }
    Err(AppError::not_found("opened file", read.file))
}

/// The tree of a trace of the opened file.
pub fn table(file: u32, trace: u32) -> Option<Arc<SpanTable>> {
    #[cfg(feature = "hydrate")]
    return browser_half::source(file)?.table(trace);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (file, trace);
        None
    }
}

/// The number of the file that is open.
pub fn current() -> Option<u32> {
    #[cfg(feature = "hydrate")]
    return browser_half::current();
    #[cfg(not(feature = "hydrate"))]
    None
}

/// What is in an opened file.
pub fn about(file: u32) -> Option<FileAbout> {
    #[cfg(feature = "hydrate")]
    return Some(browser_half::source(file)?.about().clone());
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = file;
        None
    }
}

#[cfg(feature = "hydrate")]
pub use browser_half::{file, is_last, put};

#[cfg(feature = "hydrate")]
mod browser_half {
    use std::cell::RefCell;
    use std::rc::Rc;

    use wasm_bindgen::JsValue;

    use super::Source;

    /// What was read of a file, and the file.
    type Open = (Rc<dyn Source>, JsValue);

    thread_local! {
        /// The open file with its number; only the last one is kept.
        static OPEN: RefCell<(u32, Option<Open>)> = const { RefCell::new((0, None)) };
    }

    /// Keeps a file, or none, and returns its number.
    pub fn put(opened: Option<Open>) -> u32 {
        OPEN.with_borrow_mut(|(number, open)| {
            *number += 1;
            *open = opened;
            *number
        })
    }

    /// The file as the browser has it.
    pub fn file(number: u32) -> Option<JsValue> {
        OPEN.with_borrow(|(last, open)| {
            let open = open.as_ref().filter(|_| *last == number);
            open.map(|(_, file)| file.clone())
        })
    }

    /// Whether nothing was put since this number was given.
    pub fn is_last(number: u32) -> bool {
        OPEN.with_borrow(|(last, _)| *last == number)
    }

    pub fn source(file: u32) -> Option<Rc<dyn Source>> {
        OPEN.with_borrow(|(number, open)| {
            let open = open.as_ref().filter(|_| *number == file);
            open.map(|(source, _)| Rc::clone(source))
        })
    }

    pub fn current() -> Option<u32> {
        OPEN.with_borrow(|(number, open)| open.is_some().then_some(*number))
    }
}
