//! A file with traces, whatever wrote it: OTLP in JSON or protobuf, MLflow's traces, `traces.json`, several of them in one file.
//!
//! For people who look at a file: what can be read is read, what cannot is counted, and a file that makes no sense is told
//! where it stops making sense. It is read in steps, so that a page stays alive meanwhile.

mod error;
mod gather;
mod info;
mod outline;
mod parts;
mod writes;

use std::sync::Arc;

use domain::ids::ExperimentId;
use domain::span::Span;
use domain::span_table::SpanTable;
use domain::trace::TraceInfo;

use crate::otlp::{Batches, DecodeError, read_protobuf_into};
pub use error::{FileError, Place};
use gather::Gathering;
use outline::{Piece, outline};
pub use writes::{Told, Writes};

/// A trace of a file.
#[derive(Debug, Clone)]
pub struct FileTrace {
    /// What is known of it. The experiment is made up.
    pub info: TraceInfo,
    /// Translated, each id once.
    pub spans: Vec<Span>,
    /// The spans as a tree.
    pub table: Arc<SpanTable>,
    /// What the file says of it beside the spans, if it does.
    pub told: Option<Told>,
    /// Attributes of the OTLP resource that become tags.
    pub resource_tags: Vec<(String, String)>,
    /// Its spans carry its id, or none.
    pub has_spans_of_its_id: bool,
}

/// What a file holds.
#[derive(Debug, Clone)]
pub struct TraceFile {
    /// At least one, in the order of the file.
    pub traces: Vec<FileTrace>,
    /// Spans that could not be read or have no valid id.
    pub left_out: u32,
    /// What is wrong from some place on, if anything is.
    pub problem: Option<FileError>,
}

/// Reads a file in steps.
#[derive(Debug)]
pub struct Reader<'a> {
    pieces: std::vec::IntoIter<Piece<'a>>,
    gathered: Gathering,
    problem: Option<FileError>,
}

impl<'a> Reader<'a> {
    /// Looks the file over.
    ///
    /// # Errors
    /// [`FileError`] if nothing in it can be a trace.
    pub fn new(bytes: &'a [u8]) -> Result<Self, FileError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = Self {
            pieces: Vec::new().into_iter(),
            gathered: Gathering::new(),
            problem: None,
        };
        match Kind::of(bytes)? {
            Kind::Json => {
                let text = std::str::from_utf8(bytes)
                    .map_err(|error| FileError::NotText(Place::of(bytes, error.valid_up_to())))?;
                let found = outline(text);
                if found.pieces.is_empty() {
                    let nothing = found.other.map_or(FileError::NoSpans, FileError::Other);
                    return Err(found.problem.unwrap_or(nothing));
                }
                reader.problem = found.problem;
                reader.pieces = found.pieces.into_iter();
            }
            Kind::Protobuf => {
                let mut batches =
                    Batches::new(ExperimentId::DEFAULT, None, Arc::default()).forgiving();
                read_protobuf_into(bytes, &mut batches).map_err(|error| match error {
                    DecodeError::Format(why) => FileError::NotProtobuf(why),
                    DecodeError::Empty | DecodeError::Span { .. } => FileError::NoSpans,
                })?;
                reader.gathered.exported = batches;
            }
        }
        Ok(reader)
    }

    /// Reads on, so many spans at most; true once all is read.
    pub fn read(&mut self, spans: usize) -> bool {
        for _ in 0..spans {
            let Some(piece) = self.pieces.next() else {
                return true;
            };
            self.gathered.take(piece);
        }
        false
    }

    /// What was read.
    ///
    /// # Errors
    /// [`FileError::NoSpans`], [`FileError::NoIds`], or why the file breaks off before the first span.
    pub fn finish(self) -> Result<TraceFile, FileError> {
        let (traces, left_out) = self.gathered.finish();
        if traces.iter().all(|trace| trace.spans.is_empty()) {
            return Err(match (self.problem, left_out) {
                (Some(problem), _) => problem,
                (None, 0) => FileError::NoSpans,
                (None, left_out) => FileError::NoIds(left_out),
            });
        }
        Ok(TraceFile {
            traces,
            left_out,
            problem: self.problem,
        })
    }
}

/// Reads a file at once.
///
/// # Errors
/// [`FileError`].
pub fn read(bytes: &[u8]) -> Result<TraceFile, FileError> {
    let mut reader = Reader::new(bytes)?;
    while !reader.read(usize::MAX) {}
    reader.finish()
}

enum Kind {
    Json,
    Protobuf,
}

impl Kind {
    fn of(bytes: &[u8]) -> Result<Self, FileError> {
        const MAGIC: [(&[u8], &str); 3] = [
            (b"\x1f\x8b", "gzip"),
            (b"PK\x03\x04", "zip"),
            (b"\x28\xb5\x2f\xfd", "zstd"),
        ];
        /// So much is looked at to tell text from protobuf.
        const HEAD: usize = 256;
        if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            return Err(FileError::Packed(name));
        }
        let trimmed = bytes.trim_ascii_start();
        let Some(first) = trimmed.first() else {
            return Err(FileError::Empty);
        };
        if matches!(first, b'{' | b'[') {
            return Ok(Self::Json);
        }
        let head = &bytes[..bytes.len().min(HEAD)];
        let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
        // The first field of a request, and control characters, of which protobuf is full.
        if bytes[0] == 0x0a && head.iter().any(is_control) {
            return Ok(Self::Protobuf);
        }
        let beginning: String = String::from_utf8_lossy(&trimmed[..trimmed.len().min(60)])
            .chars()
            .take(24)
            .collect();
        Err(FileError::Unknown(format!("{beginning:?}")))
    }
}

#[cfg(test)]
mod tests;
