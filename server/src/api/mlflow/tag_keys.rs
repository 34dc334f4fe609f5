//! The rule for names of tags, metrics and parameters.

use crate::error::{ApiError, ApiResult};

/// The longest key, in characters.
pub const KEY_MAX: usize = 250;

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

/// Whether a text can be a tag key: 1 to 250 letters, digits, `_`, `-`, `.`, space, `:` and `/`, and the same as a path
/// of a file.
pub fn is_valid_tag_key(key: &str) -> bool {
    key.chars().count() <= KEY_MAX && has_valid_characters(key) && is_plain_path(key)
}

/// The same with MLflow's texts.
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

fn has_valid_characters(key: &str) -> bool {
    key.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/'))
}

/// Whether a name is the same as a path, and one below where it starts.
fn is_plain_path(key: &str) -> bool {
    !key.starts_with('/')
        && key
            .split('/')
            .all(|part| !matches!(part, "" | "." | ".."))
        // MLflow refuses these as well: it looks at the first two characters only.
        && !key.starts_with("..")
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
    fn keys_are_checked() {
        for key in ["a", "service.name", "a b:c/d-e_f", "größe", ".a", "a..b"] {
            assert!(is_valid_tag_key(key), "{key}");
        }
        let long = "x".repeat(251);
        for key in [
            "", "a\nb", "a=b", &long, "/a", "a/", "a//b", "./a", "../a", "a/../b", ".", "..a",
        ] {
            assert!(!is_valid_tag_key(key), "{key}");
        }
    }

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
