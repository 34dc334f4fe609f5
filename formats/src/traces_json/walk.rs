//! Walks over the spans of a `traces.json` without holding the file.

use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// Calls `take` for each element of the list `spans` of the object that `reader` gives.
///
/// # Errors
/// Where the text stops being such an object; elements before that were handed over.
pub fn each_span<T, F>(reader: impl Read, take: F) -> serde_json::Result<()>
where
    T: for<'de> Deserialize<'de>,
    F: FnMut(T),
{
    let mut deserializer = serde_json::Deserializer::from_reader(reader);
    deserializer.deserialize_map(FileVisitor {
        take,
        element: PhantomData::<T>,
    })?;
    deserializer.end()
}

struct FileVisitor<T, F> {
    take: F,
    element: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for FileVisitor<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a list of spans")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut has_spans = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == "spans" {
                has_spans = true;
                map.next_value_seed(Spans {
                    take: &mut self.take,
                    element: PhantomData::<T>,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if has_spans {
            Ok(())
        } else {
            Err(A::Error::missing_field("spans"))
        }
    }
}

struct Spans<'f, T, F> {
    take: &'f mut F,
    element: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> DeserializeSeed<'de> for Spans<'_, T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(T)> Visitor<'de> for Spans<'_, T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of spans")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element::<T>()? {
            (self.take)(element);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> (Vec<u32>, bool) {
        let mut taken = Vec::new();
        let is_ok = each_span(text.as_bytes(), |number: u32| taken.push(number)).is_ok();
        (taken, is_ok)
    }

    #[test]
    fn elements_are_handed_over_in_order() {
        assert_eq!(
            walk(r#"{"request": {}, "spans": [1, 2], "response": null}"#),
            (vec![1, 2], true)
        );
        assert_eq!(walk(r#"{"spans": []}"#), (vec![], true));
    }

    #[test]
    fn broken_files_are_errors() {
        for text in ["", "[]", "{}", r#"{"spans": 1}"#, r#"{"spans": []} x"#] {
            assert!(!walk(text).1, "{text}");
        }
        assert_eq!(walk(r#"{"spans": [1, "#), (vec![1], false));
    }
}
