//! JSON values of event and link attributes in binary. Text would not do: reading a float back from JSON text may change its
//! last bit.

use serde_json::{Map, Number, Value};

use crate::bytes::{Damaged, Put, Reader};

/// Deeper values are stored as JSON text: this code calls itself once a level.
const DEPTH_MAX: usize = 64;

mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const INT: u8 = 3;
    pub(super) const UINT: u8 = 4;
    pub(super) const FLOAT: u8 = 5;
    pub(super) const TEXT: u8 = 6;
    pub(super) const ARRAY: u8 = 7;
    pub(super) const OBJECT: u8 = 8;
    pub(super) const JSON: u8 = 9;
}

/// Appends a value.
pub(super) fn put_value(out: &mut Vec<u8>, value: &Value) {
    put_value_at(out, value, 0);
}

fn put_value_at(out: &mut Vec<u8>, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push(tag::NULL),
        Value::Bool(false) => out.push(tag::FALSE),
        Value::Bool(true) => out.push(tag::TRUE),
        Value::Number(number) => put_number(out, number),
        Value::String(text) => {
            out.push(tag::TEXT);
            out.put_text(text);
        }
        Value::Array(_) | Value::Object(_) if depth == DEPTH_MAX => {
            out.push(tag::JSON);
            out.put_text(&value.to_string());
        }
        Value::Array(items) => {
            out.push(tag::ARRAY);
            out.put_uint(items.len() as u64);
            for item in items {
                put_value_at(out, item, depth + 1);
            }
        }
        Value::Object(entries) => {
            out.push(tag::OBJECT);
            out.put_uint(entries.len() as u64);
            for (key, item) in entries {
                out.put_text(key);
                put_value_at(out, item, depth + 1);
            }
        }
    }
}

fn put_number(out: &mut Vec<u8>, number: &Number) {
    if let Some(int) = number.as_i64() {
        out.push(tag::INT);
        out.put_int(int);
    } else if let Some(uint) = number.as_u64() {
        out.push(tag::UINT);
        out.put_uint(uint);
    } else {
        out.push(tag::FLOAT);
        out.extend_from_slice(&number.as_f64().unwrap_or_default().to_le_bytes());
    }
}

/// Reads a value.
pub(super) fn value(reader: &mut Reader<'_>) -> Result<Value, Damaged> {
    value_at(reader, 0)
}

fn value_at(reader: &mut Reader<'_>, depth: usize) -> Result<Value, Damaged> {
    if depth > DEPTH_MAX {
        return Err(Damaged("value too deep"));
    }
    Ok(match reader.byte()? {
        tag::NULL => Value::Null,
        tag::FALSE => Value::Bool(false),
        tag::TRUE => Value::Bool(true),
        tag::INT => Value::from(reader.int()?),
        tag::UINT => Value::from(reader.uint()?),
        tag::FLOAT => {
            let float = f64::from_le_bytes(reader.array()?);
            Value::Number(Number::from_f64(float).ok_or(Damaged("float"))?)
        }
        tag::TEXT => Value::from(reader.text()?),
        tag::ARRAY => {
            let count = reader.count()?;
            let mut items = Vec::with_capacity(count.min(1024));
            for _ in 0..count {
                items.push(value_at(reader, depth + 1)?);
            }
            Value::Array(items)
        }
        tag::OBJECT => {
            let mut entries = Map::new();
            for _ in 0..reader.count()? {
                let key = reader.text()?.to_owned();
                entries.insert(key, value_at(reader, depth + 1)?);
            }
            Value::Object(entries)
        }
        tag::JSON => domain::json::value_or_text(reader.text()?),
        _ => return Err(Damaged("unknown kind of value")),
    })
}
