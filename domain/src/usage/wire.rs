//! How tokens and cost stand in JSON: lenient readers, and numbers as Python prints them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Visitor};

/// Reads an object only: derived readers would take an array for one as well.
pub(super) fn object_from_json<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    if !json.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(json).ok()
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UsageWire {
    pub(super) input_tokens: Count,
    pub(super) output_tokens: Count,
    pub(super) total_tokens: Count,
    pub(super) cache_read_input_tokens: Count,
    pub(super) cache_creation_input_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CostWire {
    pub(super) input_cost: Option<f64>,
    pub(super) output_cost: Option<f64>,
    pub(super) total_cost: Option<f64>,
}

/// A token count as instrumentation writes it; what is no count reads as none.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Count(pub(crate) Option<i64>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl<'de> Visitor<'de> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token count")
    }

    fn visit_i64<E>(self, count: i64) -> Result<Count, E> {
        Ok(Count(Some(count)))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Count, E> {
        Ok(Count(i64::try_from(count).ok()))
    }

    fn visit_f64<E>(self, count: f64) -> Result<Count, E> {
        let whole = count.fract() == 0.0 && count.abs() < 9e15;
        Ok(Count(whole.then_some(count as i64)))
    }

    fn visit_str<E>(self, count: &str) -> Result<Count, E> {
        Ok(Count(count.trim().parse().ok()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_unit<E>(self) -> Result<Count, E> {
        Ok(Count(None))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
        Ok(Count(None))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Count, A::Error> {
        while map
            .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
            .is_some()
        {}
        Ok(Count(None))
    }
}

/// A number as Python prints it: the same digits as Rust, but `1e-05` where Rust's JSON has `0.00001`.
pub(super) struct PythonFloat(pub(super) f64);

impl fmt::Display for PythonFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if !self.0.is_finite() {
            return f.write_str("0.0");
        }
        if size == 0.0 || (1e-4..1e16).contains(&size) {
            return write!(f, "{:?}", self.0);
        }
        let text = format!("{:e}", self.0);
        let Some((digits, exponent)) = text.split_once('e') else {
            return f.write_str(&text);
        };
        let exponent: i32 = exponent.parse().unwrap_or(0);
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(f, "{digits}e{sign}{:02}", exponent.unsigned_abs())
    }
}
