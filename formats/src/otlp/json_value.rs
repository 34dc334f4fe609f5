//! The scalar types of OTLP's JSON encoding, and its value of any type.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::parse_hex;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::json::JsonKeyValue;
use super::model::AnyValue;

/// Text, borrowed if it holds no escapes; null is empty.
#[derive(Debug, Default)]
pub struct Text<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// A 64-bit integer, signed or not, as a number or as text; null is 0.
#[derive(Debug, Default, Clone, Copy)]
pub struct Integer(i128);

impl Integer {
    /// As an unsigned number; 0 if it is negative.
    pub fn unsigned(self) -> u64 {
        u64::try_from(self.0).unwrap_or_default()
    }

    /// As a signed number, cut to the range.
    pub fn signed(self) -> i64 {
        i64::try_from(self.0).unwrap_or(if self.0 < 0 { i64::MIN } else { i64::MAX })
    }
}

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IntegerVisitor;
        impl Visitor<'_> for IntegerVisitor {
            type Value = Integer;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a 64-bit integer as number or text")
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Integer, E> {
                Ok(Integer(value.into()))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Integer, E> {
                Ok(Integer(value.into()))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Integer, E> {
                // Some JavaScript exporters write large whole numbers as 1.7e18.
                if value.fract() == 0.0 && value.abs() < 2f64.powi(64) {
                    return Ok(Integer(value as i128));
                }
                Err(E::custom("not a whole number"))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Integer, E> {
                text.parse().map(Integer).map_err(E::custom)
            }

            fn visit_unit<E: de::Error>(self) -> Result<Integer, E> {
                Ok(Integer(0))
            }
        }
        deserializer.deserialize_any(IntegerVisitor)
    }
}

/// An id of N bytes as hex or base64; empty if it is neither, which the decoder then refuses.
#[derive(Debug, Default)]
pub struct Id<const N: usize>(pub Vec<u8>);

impl<'de, const N: usize> Deserialize<'de> for Id<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?.0;
        if let Some(id) = parse_hex::<N>(&text) {
            return Ok(Self(id.to_vec()));
        }
        // Shorter hex ids stand for numbers with zeros in front.
        let is_short_hex = !text.is_empty()
            && text.len() < 2 * N
            && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let padded = is_short_hex.then(|| format!("{text:0>width$}", width = 2 * N));
        if let Some(id) = padded.as_deref().and_then(parse_hex::<N>) {
            return Ok(Self(id.to_vec()));
        }
        let decoded = STANDARD.decode(text.as_ref()).unwrap_or_default();
        Ok(Self(if decoded.len() == N {
            decoded
        } else {
            Vec::new()
        }))
    }
}

/// A number, or one of the texts that stand for what JSON cannot say.
struct Double(f64);

impl<'de> Deserialize<'de> for Double {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Number(f64),
            Text(String),
        }
        match Wire::deserialize(deserializer)? {
            Wire::Number(value) => Ok(Self(value)),
            Wire::Text(text) => text.parse().map(Self).map_err(de::Error::custom),
        }
    }
}

#[derive(Deserialize)]
struct Values<T> {
    #[serde(default = "Vec::new")]
    values: Vec<T>,
}

impl<'de: 'a, 'a> Deserialize<'de> for AnyValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyVisitor;
        impl<'de> Visitor<'de> for AnyVisitor {
            type Value = AnyValue<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an OTLP value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyValue<'de>, A::Error> {
                let mut value = AnyValue::Null;
                while let Some(kind) = map.next_key::<Cow<'_, str>>()? {
                    value = match kind.as_ref() {
                        "stringValue" | "string_value" => {
                            AnyValue::Text(map.next_value::<Text<'_>>()?.0)
                        }
                        "boolValue" | "bool_value" => AnyValue::Bool(map.next_value()?),
                        "intValue" | "int_value" => {
                            AnyValue::Int(map.next_value::<Integer>()?.signed())
                        }
                        "doubleValue" | "double_value" => {
                            AnyValue::Double(map.next_value::<Double>()?.0)
                        }
                        "bytesValue" | "bytes_value" => {
                            let text = map.next_value::<Text<'_>>()?.0;
                            let bytes =
                                STANDARD.decode(text.as_ref()).map_err(de::Error::custom)?;
                            AnyValue::Bytes(Cow::Owned(bytes))
                        }
                        "arrayValue" | "array_value" => {
                            AnyValue::Array(map.next_value::<Values<AnyValue<'_>>>()?.values)
                        }
                        "kvlistValue" | "kvlist_value" => {
                            let entries = map.next_value::<Values<JsonKeyValue<'_>>>()?.values;
                            let entries = entries.into_iter().map(JsonKeyValue::into_pair);
                            AnyValue::Map(entries.collect())
                        }
                        _ => {
                            map.next_value::<de::IgnoredAny>()?;
                            continue;
                        }
                    };
                }
                Ok(value)
            }
        }
        deserializer.deserialize_map(AnyVisitor)
    }
}
