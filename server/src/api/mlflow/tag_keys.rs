//! The rule for names of tags, metrics and parameters (`formats::tag_key`), with MLflow's texts.

use formats::tag_key::{has_valid_characters, is_plain_path};

use crate::error::{ApiError, ApiResult};

pub use formats::tag_key::KEY_MAX;

/// What a name is called in messages.
#[derive(Debug, Clone, Copy)]
pub struct Called<'a> {
    /// Where it stands in the request.
    pub path: &'a str,
    /// In the message about its length.
    pub in_length: &'a str,
}

impl Called<'_> {
    /// A key of a tag.
    pub const KEY: Called<'static> = Called {
        path: "key",
        in_length: "key",
    };
}

/// Checks a name by the rule.
///
/// # Errors
/// 400 if the key is too long or has other characters or would be another one as a path.
pub fn check_key(called: Called<'_>, key: &str) -> ApiResult<()> {
    let refuse = |why: &str| {
        let shown: String = key.chars().take(KEY_MAX).collect();
        Err(ApiError::invalid(format!(
            "Invalid value \"{shown}\" for parameter '{}' supplied: {why}",
            called.path
        )))
    };
    if !has_valid_characters(key) {
        return refuse(
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces \
             ( ), colon(:) and slashes (/).",
        );
    }
    if !is_plain_path(key) {
        let shown: String = normal_path(key).chars().take(KEY_MAX).collect();
        return refuse(&format!(
            "Names may be treated as files in certain cases, and must not resolve to other names \
             when treated as such. This name would resolve to '{shown}'"
        ));
    }
    if key.chars().count() > KEY_MAX {
        return Err(ApiError::invalid(format!(
            "'{}' exceeds the maximum length of {KEY_MAX} characters",
            called.in_length
        )));
    }
    Ok(())
}

/// A text cut to so many characters, never within one.
pub fn cut(text: &str, chars_max: usize) -> &str {
    if text.len() <= chars_max {
        return text;
    }
    text.char_indices()
        .nth(chars_max)
        .map_or(text, |(end, _)| &text[..end])
}

/// The shortest path that leads to the same place.
fn normal_path(key: &str) -> String {
    let root = if key.starts_with("//") && !key.starts_with("///") {
        "//"
    } else if key.starts_with('/') {
        "/"
    } else {
        ""
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in key.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if !root.is_empty() => {}
            part => parts.push(part),
        }
    }
    let path = format!("{root}{}", parts.join("/"));
    if path.is_empty() {
        ".".to_owned()
    } else {
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shortened() {
        for (path, short) in [
            ("", "."),
            ("a/../b", "b"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("/../a", "/a"),
            ("//a", "//a"),
            ("///a", "/a"),
            ("a/./b/", "a/b"),
        ] {
            assert_eq!(normal_path(path), short, "{path}");
        }
    }

    #[test]
    fn cuts_fall_between_characters() {
        assert_eq!(cut("ééé", 2), "éé");
        assert_eq!(cut("ab", 2), "ab");
    }
}
