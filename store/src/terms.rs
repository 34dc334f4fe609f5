//! The attributes of a trace's spans as terms: what filters on `span.attributes.K` ask first. A term is a key and a value, as
//! bytes that sort by key, then by number for values that are decimal numbers, or by text for the others. Values too long to
//! hold leave a mark under their key, so that it is known which traces must be looked at.
//!
//! Which terms stand on one span together is not kept: conditions that are joined are verified on the spans.

use std::borrow::Cow;

use domain::filter::eval::attribute_text;
use domain::filter::matcher::TextMatcher;
use domain::filter::predicate::{ValueTest, decimal};
use domain::span::{LINKED_TRACE, Span, keys};

use crate::bytes::{Put, Reader};

/// Longer values are not held, in bytes of text.
const VALUE_BYTES_MAX: usize = 256;
/// Of each span this many attributes are held.
const ATTRIBUTES_MAX: usize = 64;
/// A trace with more distinct terms is looked at span by span.
const TERMS_MAX: usize = 4096;

/// Attributes that are not held: texts that the full-text index is for, and the trace's own id.
const LEFT_OUT: [&str; 3] = [keys::INPUTS, keys::OUTPUTS, keys::TRACE_REQUEST_ID];

/// What follows the key in a term.
pub(crate) mod kind {
    /// Text, then its bytes.
    pub(crate) const TEXT: u8 = 0;
    /// A decimal number in eight bytes that sort as it does, then the text it was written as.
    pub(crate) const NUMBER: u8 = 1;
    /// A value that is not held.
    pub(crate) const NOT_HELD: u8 = 2;
}

/// The distinct terms of a trace, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Terms {
    /// One after the other, each with its length before it.
    Known(Vec<u8>),
    /// Too many to keep.
    TooMany,
}

impl Default for Terms {
    fn default() -> Self {
        Self::Known(Vec::new())
    }
}

/// Whether filters on this attribute cannot be answered by terms.
pub(crate) fn is_left_out(key: &str) -> bool {
    LEFT_OUT.contains(&key)
}

impl Terms {
    /// Those of some spans, one per id.
    pub(crate) fn of<'a>(spans: impl Iterator<Item = &'a Span>) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for span in spans {
            for (place, (key, json)) in span.attributes.iter().enumerate() {
                // Of attributes with one key the first is the value.
                let is_again = || {
                    span.attributes[..place]
                        .iter()
                        .any(|(other, _)| other == key)
                };
                if is_left_out(key) || json == "null" || is_again() {
                    continue;
                }
                push_key(&mut bytes, key);
                if place < ATTRIBUTES_MAX {
                    push_value(&mut bytes, json);
                } else {
                    bytes.push(kind::NOT_HELD);
                }
                ends.push(bytes.len());
            }
            if span.attribute(LINKED_TRACE).is_none() {
                for link in &span.links {
                    push_key(&mut bytes, LINKED_TRACE);
                    push_text(&mut bytes, &link.trace_id);
                    ends.push(bytes.len());
                }
            }
        }
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let mut terms: Vec<&[u8]> = starts
            .zip(&ends)
            .map(|(start, end)| &bytes[start..*end])
            .collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.len() > TERMS_MAX {
            return Self::TooMany;
        }
        let mut out = Vec::with_capacity(bytes.len());
        for term in terms {
            out.put_bytes(term);
        }
        Self::Known(out)
    }

    /// The terms; `None` if there are too many.
    pub(crate) fn iter(&self) -> Option<impl Iterator<Item = &[u8]>> {
        let Self::Known(bytes) = self else {
            return None;
        };
        let mut reader = Reader::new(bytes);
        Some(std::iter::from_fn(move || reader.bytes().ok()))
    }
}

/// What the terms of an attribute begin with.
pub(crate) fn key_prefix(key: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(key.len() + 16);
    push_key(&mut out, key);
    out
}

/// The term of an attribute with this text.
pub(crate) fn term(key: &str, text: &str) -> Vec<u8> {
    let mut out = key_prefix(key);
    push_text(&mut out, text);
    out
}

/// A number as bytes that sort as numbers do.
pub(crate) fn number_bytes(number: f64) -> [u8; 8] {
    // Zero has two signs but is one number.
    let bits = (number + 0.0).to_bits();
    let sortable = if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    };
    sortable.to_be_bytes()
}

/// The text in what follows the key of a term; `None` if the value is not held.
pub(crate) fn text_of(value: &[u8]) -> Option<&str> {
    let text = match value.split_first()? {
        (&kind::TEXT, text) => text,
        (&kind::NUMBER, number) => number.get(8..)?,
        _ => return None,
    };
    std::str::from_utf8(text).ok()
}

/// Whether what follows the key of a term passes a test.
pub(crate) fn passes(value: &[u8], test: &ValueTest, texts: &TextMatcher) -> bool {
    let Some(text) = text_of(value) else {
        return false;
    };
    match test {
        ValueTest::Text(test) => texts.matches(test, text),
        ValueTest::Number(test) => decimal(text).is_some_and(|number| test.matches(number)),
    }
}

fn push_key(out: &mut Vec<u8>, key: &str) {
    crate::index::push_escaped(out, key);
    out.extend([0, 0]);
}

fn push_value(out: &mut Vec<u8>, json: &str) {
    // No JSON text of more than six bytes a byte is that short.
    if json.len() <= 6 * VALUE_BYTES_MAX + 2 {
        let text = plain_string(json).map_or_else(|| attribute_text(json), Cow::Borrowed);
        if text.len() <= VALUE_BYTES_MAX {
            return push_text(out, &text);
        }
    }
    out.push(kind::NOT_HELD);
}

fn push_text(out: &mut Vec<u8>, text: &str) {
    match decimal(text) {
        Some(number) => {
            out.push(kind::NUMBER);
            out.extend(number_bytes(number));
        }
        None => out.push(kind::TEXT),
    }
    out.extend_from_slice(text.as_bytes());
}

/// The text of a JSON string in which nothing is escaped, which is nearly every one.
fn plain_string(json: &str) -> Option<&str> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    inner.bytes().all(is_plain).then_some(inner)
}

#[cfg(test)]
mod tests {
    use domain::filter::predicate::{NumberOp, NumberTest, TextTest};
    use domain::ids::SpanId;
    use domain::span::StatusCode;
    use domain::time::UnixNanos;

    use super::*;

    fn span(attributes: &[(&str, &str)]) -> Span {
        let owned = |(key, json): &(&str, &str)| ((*key).to_owned(), (*json).to_owned());
        Span {
            span_id: SpanId([1; 8]),
            parent_id: None,
            name: String::new(),
            start: UnixNanos(0),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: attributes.iter().map(owned).collect(),
            events: Vec::new(),
            links: Vec::new(),
        }
    }

    #[test]
    fn terms_are_distinct_and_the_first_of_a_key_counts() {
        let spans = [
            span(&[("a", "\"x\""), ("a", "\"y\""), ("b", "null")]),
            span(&[("a", "\"x\""), ("b", "5"), (keys::INPUTS, "\"z\"")]),
        ];
        let terms = Terms::of(spans.iter());
        let found: Vec<&[u8]> = terms.iter().unwrap().collect();
        assert_eq!(found, [term("a", "x"), term("b", "5")]);
    }

    #[test]
    fn long_values_leave_a_mark() {
        let long = format!("\"{}\"", "x".repeat(257));
        let spans = [span(&[("a", &long)])];
        let terms = Terms::of(spans.iter());
        let mut mark = key_prefix("a");
        mark.push(kind::NOT_HELD);
        assert_eq!(terms.iter().unwrap().collect::<Vec<_>>(), [mark]);
    }

    #[test]
    fn numbers_sort_as_numbers_and_escapes_are_resolved() {
        let numbers = [-1e300, -2.5, -0.0, 1e-9, 1.0, 10.0, 1e300];
        assert!(
            numbers
                .windows(2)
                .all(|pair| number_bytes(pair[0]) < number_bytes(pair[1]))
        );
        assert_eq!(number_bytes(-0.0), number_bytes(0.0));
        let spans = [span(&[("a", r#""say \"x\"""#)])];
        let terms = Terms::of(spans.iter());
        assert_eq!(
            terms.iter().unwrap().next(),
            Some(&term("a", "say \"x\"")[..])
        );
    }

    #[test]
    fn a_text_that_is_a_number_passes_tests_of_both_kinds() {
        let value = &term("a", "5.0")[key_prefix("a").len()..];
        let texts = TextMatcher::default();
        let op = NumberOp::Eq;
        let number = ValueTest::Number(NumberTest { op, value: 5.0 });
        assert!(passes(value, &number, &texts));
        let text = |text: &str| ValueTest::Text(TextTest::Eq(text.to_owned()));
        assert!(passes(value, &text("5.0"), &texts));
        assert!(!passes(value, &text("5"), &texts));
        assert!(!passes(&[kind::NOT_HELD], &text("5"), &texts));
    }
}
