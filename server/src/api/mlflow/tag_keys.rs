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
/// 400 if the key is too long or has other characters. Empty keys are a missing parameter and not
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
    fn cuts_fall_between_characters() {
        assert_eq!(cut("ééé", 2), "éé");
        assert_eq!(cut("ab", 2), "ab");
    }
}
