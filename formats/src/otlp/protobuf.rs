//! `ExportTraceServiceRequest` in protobuf's wire format, read in place.
//!
//! Written by hand because ingest lives on it: a generated decoder copies every key and value into
//! strings of its own before the domain's spans are made, this one borrows all of them from the body.
//! Field numbers are those of opentelemetry-proto 1.x; unknown fields are passed over.

use std::borrow::Cow;

use domain::span::StatusCode;

use super::decode::Batches;
use super::model::{AnyValue, KeyValue, RawEvent, RawLink, RawSpan};
use super::{DecodeError, NESTING_MAX};

/// Reads a whole request into `batches`.
///
/// # Errors
/// [`DecodeError::Format`] if the bytes are not such a message, [`DecodeError::Empty`] if it holds no
/// resource, [`DecodeError::Span`] for a span that cannot be kept.
pub fn read(body: &[u8], batches: &mut Batches) -> Result<(), DecodeError> {
    let mut is_empty = true;
    for field in Fields(body) {
        if let (1, Wire::Bytes(resource_spans)) = field? {
            is_empty = false;
            read_resource_spans(resource_spans, batches)?;
        }
    }
    if is_empty {
        Err(DecodeError::Empty)
    } else {
        Ok(())
    }
}

fn read_resource_spans<'a>(body: &'a [u8], batches: &mut Batches) -> Result<(), DecodeError> {
    // Two passes, because fields may come in any order and spans need their resource.
    let mut resource: Vec<KeyValue<'a>> = Vec::new();
    for field in Fields(body) {
        if let (1, Wire::Bytes(message)) = field? {
            for field in Fields(message) {
                if let (1, Wire::Bytes(attribute)) = field? {
                    resource.push(key_value(attribute, NESTING_MAX)?);
                }
            }
        }
    }
    batches.enter_resource(&resource);
    let mut span = RawSpan::default();
    for field in Fields(body) {
        if let (2, Wire::Bytes(scope_spans)) = field? {
            for field in Fields(scope_spans) {
                if let (2, Wire::Bytes(message)) = field? {
                    read_span(message, &mut span)?;
                    batches.push(&span)?;
                }
            }
        }
    }
    Ok(())
}

/// Fills `span` anew; its lists keep their memory from one span to the next.
fn read_span<'a>(body: &'a [u8], span: &mut RawSpan<'a>) -> Result<(), DecodeError> {
    let (mut attributes, mut events, mut links) = (
        std::mem::take(&mut span.attributes),
        std::mem::take(&mut span.events),
        std::mem::take(&mut span.links),
    );
    attributes.clear();
    events.clear();
    links.clear();
    *span = RawSpan {
        attributes,
        events,
        links,
        ..RawSpan::default()
    };
    for field in Fields(body) {
        match field? {
            (1, Wire::Bytes(id)) => span.trace_id = Cow::Borrowed(id),
            (2, Wire::Bytes(id)) => span.span_id = Cow::Borrowed(id),
            (4, Wire::Bytes(id)) => span.parent_id = Cow::Borrowed(id),
            (5, Wire::Bytes(name)) => span.name = text(name)?,
            (7, Wire::Fixed64(nanos)) => span.start_nanos = nanos,
            (8, Wire::Fixed64(nanos)) => span.end_nanos = nanos,
            (9, Wire::Bytes(attribute)) => span.attributes.push(key_value(attribute, NESTING_MAX)?),
            (11, Wire::Bytes(event)) => span.events.push(read_event(event)?),
            (13, Wire::Bytes(link)) => span.links.push(read_link(link)?),
            (15, Wire::Bytes(status)) => read_status(status, span)?,
            _ => {}
        }
    }
    Ok(())
}

fn read_event(body: &[u8]) -> Result<RawEvent<'_>, DecodeError> {
    let mut event = RawEvent::default();
    for field in Fields(body) {
        match field? {
            (1, Wire::Fixed64(nanos)) => event.time_nanos = nanos,
            (2, Wire::Bytes(name)) => event.name = text(name)?,
            (3, Wire::Bytes(attribute)) => {
                event.attributes.push(key_value(attribute, NESTING_MAX)?)
            }
            _ => {}
        }
    }
    Ok(event)
}

fn read_link(body: &[u8]) -> Result<RawLink<'_>, DecodeError> {
    let mut link = RawLink::default();
    for field in Fields(body) {
        match field? {
            (1, Wire::Bytes(id)) => link.trace_id = Cow::Borrowed(id),
            (2, Wire::Bytes(id)) => link.span_id = Cow::Borrowed(id),
            (4, Wire::Bytes(attribute)) => link.attributes.push(key_value(attribute, NESTING_MAX)?),
            _ => {}
        }
    }
    Ok(link)
}

fn read_status<'a>(body: &'a [u8], span: &mut RawSpan<'a>) -> Result<(), DecodeError> {
    for field in Fields(body) {
        match field? {
            (2, Wire::Bytes(message)) => span.status_message = text(message)?,
            (3, Wire::Varint(code)) => {
                span.status = match code {
                    1 => StatusCode::Ok,
                    2 => StatusCode::Error,
                    _ => StatusCode::Unset,
                };
            }
            _ => {}
        }
    }
    Ok(())
}

fn key_value(body: &[u8], nesting_left: usize) -> Result<KeyValue<'_>, DecodeError> {
    let mut key = Cow::Borrowed("");
    let mut value = AnyValue::Null;
    for field in Fields(body) {
        match field? {
            (1, Wire::Bytes(name)) => key = text(name)?,
            (2, Wire::Bytes(message)) => value = any_value(message, nesting_left)?,
            _ => {}
        }
    }
    Ok((key, value))
}

/// The last field of the union wins, as protobuf has it.
fn any_value(body: &[u8], nesting_left: usize) -> Result<AnyValue<'_>, DecodeError> {
    let nesting_left = nesting_left
        .checked_sub(1)
        .ok_or(DecodeError::Format("nested too deeply"))?;
    let mut value = AnyValue::Null;
    for field in Fields(body) {
        value = match field? {
            (1, Wire::Bytes(bytes)) => AnyValue::Text(text(bytes)?),
            (2, Wire::Varint(number)) => AnyValue::Bool(number != 0),
            (3, Wire::Varint(number)) => AnyValue::Int(number.cast_signed()),
            (4, Wire::Fixed64(bits)) => AnyValue::Double(f64::from_bits(bits)),
            (5, Wire::Bytes(message)) => {
                let mut values = Vec::new();
                for field in Fields(message) {
                    if let (1, Wire::Bytes(item)) = field? {
                        values.push(any_value(item, nesting_left)?);
                    }
                }
                AnyValue::Array(values)
            }
            (6, Wire::Bytes(message)) => {
                let mut entries = Vec::new();
                for field in Fields(message) {
                    if let (1, Wire::Bytes(entry)) = field? {
                        entries.push(key_value(entry, nesting_left)?);
                    }
                }
                AnyValue::Map(entries)
            }
            (7, Wire::Bytes(bytes)) => AnyValue::Bytes(Cow::Borrowed(bytes)),
            _ => continue,
        };
    }
    Ok(value)
}

fn text(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    std::str::from_utf8(bytes)
        .map(Cow::Borrowed)
        .map_err(|_| DecodeError::Format("text is not UTF-8"))
}

/// A field's value as its wire type gives it.
enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32,
}

/// The fields of a message: number and value, until the bytes end or are not protobuf.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Wire<'a>), DecodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Result<(u64, Wire<'a>), DecodeError> {
        let mut open_groups: Vec<u64> = Vec::new();
        loop {
            let tag = self.varint()?;
            let (number, wire_type) = (tag >> 3, tag & 7);
            if number == 0 {
                return Err(DecodeError::Format("field number 0"));
            }
            let value = match wire_type {
                0 => Wire::Varint(self.varint()?),
                1 => {
                    let bytes = self.take(8)?;
                    Wire::Fixed64(u64::from_le_bytes(
                        bytes.try_into().expect("eight were taken"),
                    ))
                }
                2 => {
                    let length = self.varint()?;
                    let length = usize::try_from(length).map_err(|_| TRUNCATED)?;
                    Wire::Bytes(self.take(length)?)
                }
                5 => {
                    self.take(4)?;
                    Wire::Fixed32
                }
                // Groups are long out of use; whatever is in them is passed over.
                3 => {
                    open_groups.push(number);
                    continue;
                }
                4 if open_groups.pop() == Some(number) => {
                    if open_groups.is_empty() && self.0.is_empty() {
                        return Ok((number, Wire::Fixed32));
                    }
                    continue;
                }
                _ => return Err(DecodeError::Format("unknown wire type")),
            };
            if open_groups.is_empty() {
                return Ok((number, value));
            }
        }
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut value = 0_u64;
        for (index, &byte) in self.0.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.0 = &self.0[index + 1..];
                return Ok(value);
            }
        }
        Err(TRUNCATED)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(TRUNCATED)?;
        self.0 = rest;
        Ok(taken)
    }
}

const TRUNCATED: DecodeError = DecodeError::Format("the message is cut off");

#[cfg(test)]
mod tests;
