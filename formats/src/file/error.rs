//! What can be wrong with a file, in words that finish a sentence about it.

use serde::de::IgnoredAny;

/// Why no trace can be read from a file, or why none can be read from some place on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is an archive.
    #[error("it is packed as {0}; unpack it first")]
    Packed(&'static str),
    /// It is no format that is known here; says how it begins.
    #[error("it is neither JSON nor OTLP protobuf: it begins with {0}")]
    Unknown(String),
    /// JSON that ends too early.
    #[error("it breaks off in the middle of a value, at {0}")]
    CutOff(Place),
    /// It stops being JSON.
    #[error("it is not JSON from {0} on")]
    NotJson(Place),
    /// It stops being text.
    #[error("it is not UTF-8 text from {0} on")]
    NotText(Place),
    /// It looks like protobuf and is not; says what is wrong.
    #[error("it is not OTLP protobuf: {0}")]
    NotProtobuf(&'static str),
    /// JSON of something else; says what is in it.
    #[error("it is JSON, but holds no traces: {0}")]
    Other(String),
    /// A trace file without spans.
    #[error("it holds no spans")]
    NoSpans,
    /// No span can be told from the others.
    #[error("none of its {0} spans has a valid id")]
    NoIds(u32),
}

/// A place in a text, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "line {}, character {}", self.line, self.column)
    }
}

impl Place {
    /// The place of a byte.
    pub(super) fn of(bytes: &[u8], offset: usize) -> Self {
        let before = &bytes[..offset.min(bytes.len())];
        let line_start = before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let is_first_byte = |byte: &&u8| **byte & 0xc0 != 0x80;
        Self {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + before[line_start..].iter().filter(is_first_byte).count(),
        }
    }
}

impl FileError {
    /// What is wrong with the value that begins at `start` and is no JSON from `broken` on.
    pub(super) fn of_json(text: &str, start: usize, broken: usize) -> Self {
        let checked = serde_json::from_str::<IgnoredAny>(&text[start..]);
        match checked {
            Err(error) if error.is_eof() => {
                Self::CutOff(Place::of(text.as_bytes(), text.trim_ascii_end().len()))
            }
            _ => Self::NotJson(Place::of(text.as_bytes(), broken)),
        }
    }
}
