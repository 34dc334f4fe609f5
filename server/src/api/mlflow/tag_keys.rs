//! The rule for names of tags, metrics and parameters.

use crate::error::{ApiError, ApiResult};

/// The longest key, in characters.
pub const KEY_MAX: usize = 250;

/// Whether a text can be a tag key: 1 to 250 letters, digits, `_`, `-`, `.`, space, `:` and `/`.
pub fn is_valid_tag_key(key: &str) -> bool {
    !key.is_empty() && key.chars().count() <= KEY_MAX && has_valid_characters(key)
}

/// The same with MLflow's texts.
///
/// # Errors
/// 400 if the key is too long, has other characters, or is a path with detours. Empty keys are a missing parameter and not
/// looked for here.
pub fn check_key(name: &str, key: &str) -> ApiResult<()> {
    if key.chars().count() > KEY_MAX {
        return Err(ApiError::invalid(format!(
            "'{name}' exceeds the maximum length of {KEY_MAX} characters"
        )));
    }
    if !has_valid_characters(key) {
        return Err(ApiError::invalid(format!(
            "Invalid value \"{key}\" for parameter '{name}' supplied: Names may only contain \
             alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and \
             slashes (/)."
        )));
    }
    let resolved = resolved(key);
    if resolved != key || resolved.starts_with("..") || resolved.starts_with('/') {
        return Err(ApiError::invalid(format!(
            "Invalid value \"{key}\" for parameter '{name}' supplied: Names may be treated as files in \
             certain cases, and must not resolve to other names when treated as such. This name \
             would resolve to '{resolved}'"
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

/// What a key becomes when it is read as a path: without empty parts, `.` and `..` as far as they lead
/// back. A single dot if nothing is left.
fn resolved(key: &str) -> String {
    let root = if key.starts_with('/') { "/" } else { "" };
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
    match (root, parts.join("/")) {
        ("", path) if path.is_empty() => ".".to_owned(),
        (root, path) => format!("{root}{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_checked() {
        for key in ["a", "service.name", "a b:c/d-e_f", "größe"] {
            assert!(is_valid_tag_key(key), "{key}");
        }
        for key in ["", "a\nb", "a=b", &"x".repeat(251)] {
            assert!(!is_valid_tag_key(key), "{key}");
        }
    }

    #[test]
    fn keys_that_are_paths_with_detours_are_refused() {
        for key in ["a/b", "a.b", "..a", "a..", "a/b.c/d", "..."] {
            let is_path = key.starts_with("..");
            assert_eq!(check_key("key", key).is_err(), is_path, "{key}");
        }
        for key in [
            ".", "..", "../b", "a/../b", "a//b", "a/", "/a", "./a", "/", "a/.",
        ] {
            assert!(check_key("key", key).is_err(), "{key}");
        }
        assert_eq!(resolved("a/./../..//b/"), "../b");
        assert_eq!(resolved("/../a"), "/a");
    }

    #[test]
    fn cuts_fall_between_characters() {
        assert_eq!(cut("ééé", 2), "éé");
        assert_eq!(cut("ab", 2), "ab");
    }
}
