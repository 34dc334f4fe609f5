//! Words of a text that feedback is about: found whatever the white space and the signs of Markdown, told as places in the text.
//!
//! What a reader chooses on the screen is the text without its signs, with other white space. Both sides are compared without either.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Keys of an assessment's metadata that say which words it is about. The span is the assessment's own.
pub mod keys {
    /// The attribute of the span, followed by the JSON pointer to the text within it.
    pub const PATH: &str = "spanfall.pin.path";
    /// Where the words begin in the text, in Unicode code points.
    pub const START: &str = "spanfall.pin.start";
    /// Where they end.
    pub const END: &str = "spanfall.pin.end";
    /// The words as they were read, cut.
    pub const QUOTE: &str = "spanfall.pin.quote";
}

/// The longest quote, in code points.
pub const QUOTE: usize = 200;

/// Words of a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Passage {
    /// Where they begin, in code points.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// As they were read, cut.
    pub quote: String,
}

impl Passage {
    /// As forms send it.
    pub fn written(&self) -> String {
        format!("{} {} {}", self.start, self.end, self.quote)
    }

    /// The same back; `None` if it is damaged.
    pub fn read(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, ' ');
        let mut number = || parts.next()?.parse().ok();
        let (start, end) = (number()?, number()?);
        let quote = parts.next()?.to_owned();
        let is_sound = start < end && !quote.is_empty() && quote.chars().count() <= QUOTE;
        is_sound.then_some(Self { start, end, quote })
    }

    /// As an assessment's metadata with the path of the text.
    pub fn to_metadata(&self, path: String) -> BTreeMap<String, String> {
        BTreeMap::from([
            (keys::PATH.to_owned(), path),
            (keys::START.to_owned(), self.start.to_string()),
            (keys::END.to_owned(), self.end.to_string()),
            (keys::QUOTE.to_owned(), self.quote.clone()),
        ])
    }

    /// From an assessment's metadata, whoever wrote it.
    pub fn of_metadata(metadata: &BTreeMap<String, String>) -> Option<Self> {
        let number = |key: &str| metadata.get(key)?.parse().ok();
        Some(Self {
            start: number(keys::START)?,
            end: number(keys::END)?,
            quote: metadata.get(keys::QUOTE)?.chars().take(QUOTE).collect(),
        })
    }

    /// Whether these words stand there in a text.
    fn is_in(&self, text: &str) -> bool {
        let is_cut = self.quote.chars().count() == QUOTE;
        let is_it =
            |(start, end): &(u32, u32)| *start == self.start && (is_cut || *end == self.end);
        places(text, &self.quote).iter().any(is_it)
    }
}

/// Where words stand in a text: first and last code point, the last one not included.
pub fn places(text: &str, words: &str) -> Vec<(u32, u32)> {
    let text = letters(text);
    let words: Vec<char> = letters(words)
        .into_iter()
        .map(|(_, letter)| letter)
        .collect();
    if words.is_empty() {
        return Vec::new();
    }
    let found = text.windows(words.len()).filter_map(|window| {
        let is_it = window.iter().zip(&words).all(|((_, a), b)| a == b);
        let (first, last) = (window.first()?, window.last()?);
        is_it.then_some((first.0, last.0 + 1))
    });
    found.collect()
}

/// The code points of a text that are neither white space nor signs of Markdown, with their numbers. Where a link leads is left out.
fn letters(text: &str) -> Vec<(u32, char)> {
    let mut letters = Vec::new();
    let mut chars = (0_u32..).zip(text.chars()).peekable();
    while let Some((at, letter)) = chars.next() {
        if letter == ']' && chars.peek().is_some_and(|(_, next)| *next == '(') {
            let is_inside = |(_, next): &(u32, char)| *next != ')' && *next != '\n';
            while chars.next_if(is_inside).is_some() {}
            chars.next();
        } else if !letter.is_whitespace() && !"*_`~#>|\\[]-".contains(letter) {
            letters.push((at, letter));
        }
    }
    letters
}

/// The JSON pointer to the first text in a value in which a passage stands.
pub fn pointer(value: &Value, passage: &Passage) -> Option<String> {
    match value {
        Value::String(text) => passage.is_in(text).then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(at, item)| pointer(item, passage).map(|within| format!("/{at}{within}"))),
        Value::Object(fields) => fields.iter().find_map(|(key, item)| {
            let within = pointer(item, passage)?;
            let key = key.replace('~', "~0").replace('/', "~1");
            Some(format!("/{key}{within}"))
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn passage(start: u32, end: u32, quote: &str) -> Passage {
        Passage {
            start,
            end,
            quote: quote.to_owned(),
        }
    }

    #[test]
    fn words_are_found_whatever_markdown_does_to_them() {
        let check = |text: &str, words: &str, expected: &[(u32, u32)]| {
            assert_eq!(places(text, words), expected, "{words} in {text}");
        };
        check(
            "The kettle costs **49.90 EUR**.",
            "costs 49.90 EUR",
            &[(11, 28)],
        );
        check("one two\none  two", "one two", &[(0, 7), (8, 16)]);
        check(
            "see [the page](http://x/the) now",
            "the page now",
            &[(5, 32)],
        );
        check("Grüße, 👩‍🚀 grüße", "grüße", &[(11, 16)]);
        check("a-b", "ab", &[(0, 3)]);
        check("anything", " * ", &[]);
        check("short", "much longer", &[]);
    }

    #[test]
    fn a_passage_travels_and_is_checked() {
        let words = passage(3, 12, "two words");
        assert_eq!(Passage::read(&words.written()), Some(words.clone()));
        assert_eq!(
            Passage::of_metadata(&words.to_metadata("mlflow.spanOutputs".to_owned())),
            Some(words)
        );
        for damaged in ["", "3 12", "12 3 words", "3 x words", "3 12 "] {
            assert_eq!(Passage::read(damaged), None, "{damaged}");
        }
    }

    #[test]
    fn the_text_with_the_words_has_a_pointer() {
        let value =
            json!({"choices": [{"message": {"a/b": "It costs *less*.", "role": "assistant"}}]});
        let found = pointer(&value, &passage(3, 14, "costs less"));
        assert_eq!(found.as_deref(), Some("/choices/0/message/a~1b"));
        assert_eq!(pointer(&value, &passage(4, 14, "costs less")), None);
        assert_eq!(
            pointer(&json!("plain"), &passage(0, 5, "plain")),
            Some(String::new())
        );
    }
}
