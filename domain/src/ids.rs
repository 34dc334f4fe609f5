//! Identifiers as types, so that a run id cannot be passed where a trace id is meant.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is no valid identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Experiment ids are decimal integers.
    #[error("experiment id '{0}' is not an integer")]
    Experiment(String),
    /// Span ids are 16 hex digits and not all zero.
    #[error("span id '{0}' is not 16 hex digits")]
    Span(String),
    /// The text is empty or longer than the limit.
    #[error("id must have 1 to {max} characters, got {got}")]
    Length {
        /// The most characters allowed.
        max: usize,
        /// The characters given.
        got: usize,
    },
}

/// An experiment: a decimal integer, written as a string on the wire. `0` is the default experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExperimentId(pub i64);

impl ExperimentId {
    /// The experiment that exists from the start, named `Default`.
    pub const DEFAULT: ExperimentId = ExperimentId(0);
}

impl fmt::Display for ExperimentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for ExperimentId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        text.parse()
            .map(ExperimentId)
            .map_err(|_| IdError::Experiment(text.to_owned()))
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; limits are checked where ids enter the system.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as it is written on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Gives the text back.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A trace: normally `tr-` and 32 lower-case hex digits, but clients may choose any text of at most
    /// [`TraceId::MAX_CHARS`] characters.
    TraceId
}
text_id! {
    /// A run: 32 hex digits when made here.
    RunId
}
text_id! {
    /// An issue: `iss-` and 32 hex digits.
    IssueId
}
text_id! {
    /// A logged model: `m-` and 32 hex digits.
    ModelId
}
text_id! {
    /// An assessment: `a-` and 32 hex digits when made here, else what the client chose.
    AssessmentId
}

impl TraceId {
    /// The longest trace id that is accepted, in characters (MLflow 3.17.2 keeps 50).
    pub const MAX_CHARS: usize = 50;

    /// The MLflow id of an OpenTelemetry trace id: `tr-` and its 32 hex digits.
    pub fn from_otel(id: [u8; 16]) -> Self {
        let mut text = String::with_capacity(35);
        text.push_str("tr-");
        push_hex(&mut text, &id);
        Self(text)
    }

    /// The OpenTelemetry id, if this id is `tr-` and 32 lower-case hex digits.
    pub fn to_otel(&self) -> Option<[u8; 16]> {
        let hex = self.0.strip_prefix("tr-")?;
        if hex.bytes().any(|b| b.is_ascii_uppercase()) {
            return None;
        }
        parse_hex(hex)
    }

    /// Checks the length.
    ///
    /// # Errors
    /// [`IdError::Length`] if the text is empty or longer than [`TraceId::MAX_CHARS`].
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let got = text.chars().count();
        if got == 0 || got > Self::MAX_CHARS {
            return Err(IdError::Length {
                max: Self::MAX_CHARS,
                got,
            });
        }
        Ok(Self(text.to_owned()))
    }
}

/// A span within its trace: eight bytes, shown as 16 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub [u8; 8]);

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::str::FromStr for SpanId {
    type Err = IdError;

    /// Accepts 16 hex digits of either case, and the `0x` in front that MLflow 2.14 writes.
    fn from_str(text: &str) -> Result<Self, IdError> {
        parse_hex(text.strip_prefix("0x").unwrap_or(text))
            .map(SpanId)
            .ok_or_else(|| IdError::Span(text.to_owned()))
    }
}

impl Serialize for SpanId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpanId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Bytes as lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    push_hex(&mut text, bytes);
    text
}

fn push_hex(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
}

/// Reads exactly `2 * N` hex digits of either case.
pub fn parse_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_id_round_trips_through_otel() {
        let id = TraceId::from_otel([0xab; 16]);
        assert_eq!(id.as_str(), format!("tr-{}", "ab".repeat(16)));
        assert_eq!(id.to_otel(), Some([0xab; 16]));
    }

    #[test]
    fn free_text_trace_ids_have_no_otel_id() {
        assert_eq!(TraceId::new("test-trace-id").to_otel(), None);
        assert_eq!(TraceId::new("a".repeat(32)).to_otel(), None);
    }

    #[test]
    fn trace_id_length_counts_characters() {
        assert!(TraceId::parse(&"é".repeat(50)).is_ok());
        assert!(TraceId::parse(&"é".repeat(51)).is_err());
        assert!(TraceId::parse("").is_err());
    }

    #[test]
    fn span_id_accepts_the_old_prefix() {
        let id: SpanId = "0x00000000000000FF".parse().unwrap();
        assert_eq!(id.to_string(), "00000000000000ff");
        assert!("0xff".parse::<SpanId>().is_err());
    }
}
