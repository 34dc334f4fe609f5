//! Structs that travel as JSON arrays: the fields' values in order, without their names.
//!
//! Sender and receiver are always of one build, so names would only cost: half the text of a list, and in WebAssembly a
//! matcher of names for every struct, some 40 KB together.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Error, SeqAccess, Visitor};

/// Defines how structs travel: `travels_as_tuple! { Name { first, second } }` names every field in order.
macro_rules! travels_as_tuple {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeTuple;
                let mut tuple = serializer.serialize_tuple([$(stringify!($field)),*].len())?;
                $(tuple.serialize_element(&self.$field)?;)*
                tuple.end()
            }
        }

        impl $crate::model::tuple::FromSequence for $name {
            fn from_sequence<'de, A: serde::de::SeqAccess<'de>>(
                sequence: &mut A,
            ) -> Result<Self, A::Error> {
                Ok(Self { $($field: $crate::model::tuple::next(sequence)?,)* })
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let length = [$(stringify!($field)),*].len();
                deserializer.deserialize_tuple(length, $crate::model::tuple::Fields::new())
            }
        }
    )*};
}

pub(super) use travels_as_tuple;

/// What is read field by field.
pub(super) trait FromSequence: Sized {
    /// Reads all fields in order.
    fn from_sequence<'de, A: SeqAccess<'de>>(sequence: &mut A) -> Result<Self, A::Error>;
}

/// Reads a struct's fields.
pub(super) struct Fields<T>(PhantomData<T>);

impl<T> Fields<T> {
    /// For one struct.
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: FromSequence> Visitor<'de> for Fields<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array of fields")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<T, A::Error> {
        T::from_sequence(&mut sequence)
    }
}

/// The next field.
pub(super) fn next<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(
    sequence: &mut A,
) -> Result<T, A::Error> {
    sequence
        .next_element()?
        .ok_or_else(|| A::Error::custom("a field is missing"))
}

#[cfg(test)]
mod tests {
    #[derive(Debug, PartialEq)]
    struct Pair {
        first: String,
        second: Option<i64>,
    }

    super::travels_as_tuple! { Pair { first, second } }

    #[test]
    fn structs_travel_without_names() {
        let pair = Pair {
            first: "a".to_owned(),
            second: None,
        };
        let text = serde_json::to_string(&pair).unwrap();
        assert_eq!(text, r#"["a",null]"#);
        assert_eq!(serde_json::from_str::<Pair>(&text).unwrap(), pair);
    }

    #[test]
    fn missing_fields_are_an_error() {
        assert!(serde_json::from_str::<Pair>(r#"["a"]"#).is_err());
        assert!(serde_json::from_str::<Pair>(r#"{"first":"a","second":1}"#).is_err());
    }
}
