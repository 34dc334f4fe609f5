//! Applies text tests. Regular expressions are compiled once; without the feature `regex` (in the browser) a filter that has any
//! cannot be evaluated, and [`TextMatcher::new`] says so.

use super::like::{Like, like_match};
use super::predicate::{KeyTest, TextTest, Truth};

/// Why a filter cannot be evaluated here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// The filter has a regular expression and this build has no engine for them.
    #[error("RLIKE is not available here")]
    NoRegex,
    /// The regular expression is wrong; a checked filter has none such.
    #[error("invalid regular expression '{0}'")]
    BadRegex(String),
}

/// Applies the text tests it was made for.
#[derive(Debug, Clone, Default)]
pub struct TextMatcher {
    /// Patterns of `ILIKE` as written, and made ready.
    folding: Vec<(String, Like)>,
    #[cfg(feature = "regex")]
    regexes: std::collections::HashMap<String, regex::Regex>,
}

impl TextMatcher {
    /// Prepares for these tests.
    ///
    /// # Errors
    /// One of them is a regular expression that cannot be run.
    pub fn new<'t>(tests: impl IntoIterator<Item = &'t TextTest>) -> Result<Self, EvalError> {
        let mut out = Self::default();
        for test in tests {
            match test {
                TextTest::ILike(pattern) => {
                    out.folding.push((pattern.clone(), Like::folding(pattern)))
                }
                TextTest::RLike(pattern) => out.add_regex(pattern)?,
                _ => {}
            }
        }
        Ok(out)
    }

    /// Whether the text passes. A regular expression this was not made for matches nothing.
    pub fn matches(&self, test: &TextTest, text: &str) -> bool {
        match test {
            TextTest::Eq(value) => text == value,
            TextTest::Ne(value) => text != value,
            TextTest::Like(pattern) => like_match(pattern, text),
            TextTest::ILike(pattern) => {
                let ready = self.folding.iter().find(|(written, _)| written == pattern);
                match ready {
                    Some((_, like)) => like.matches(text),
                    None => Like::folding(pattern).matches(text),
                }
            }
            TextTest::RLike(pattern) => self.regex_matches(pattern, text),
            TextTest::In(values) => values.iter().any(|value| value == text),
            TextTest::NotIn(values) => values.iter().all(|value| value != text),
        }
    }

    /// Whether a text that may be missing passes.
    pub fn key(&self, test: &KeyTest, text: Option<&str>) -> Truth {
        match test {
            KeyTest::IsNull => text.is_none().into(),
            KeyTest::IsNotNull => text.is_some().into(),
            KeyTest::Text(test) => Truth::of(text.map(|text| self.matches(test, text))),
        }
    }

    #[cfg(feature = "regex")]
    fn add_regex(&mut self, pattern: &str) -> Result<(), EvalError> {
        let mut builder = regex::RegexBuilder::new(pattern);
        let built = builder.size_limit(super::resolve::REGEX_BYTES_MAX).build();
        let regex = built.map_err(|_| EvalError::BadRegex(pattern.to_owned()))?;
        self.regexes.insert(pattern.to_owned(), regex);
        Ok(())
    }

    #[cfg(not(feature = "regex"))]
    fn add_regex(&mut self, _pattern: &str) -> Result<(), EvalError> {
        Err(EvalError::NoRegex)
    }

    #[cfg(feature = "regex")]
    fn regex_matches(&self, pattern: &str, text: &str) -> bool {
        self.regexes
            .get(pattern)
            .is_some_and(|regex| regex.is_match(text))
    }

    #[cfg(not(feature = "regex"))]
    fn regex_matches(&self, _pattern: &str, _text: &str) -> bool {
        false
    }
}
