//! The rule for names of tags, metrics and parameters.

/// The longest key, in characters.
pub const KEY_MAX: usize = 250;

/// Whether a text can be a tag key: 1 to 250 letters, digits, `_`, `-`, `.`, space, `:` and `/`, and the same as a path
/// of a file.
pub fn is_valid(key: &str) -> bool {
    key.chars().count() <= KEY_MAX && has_valid_characters(key) && is_plain_path(key)
}

/// Whether all characters are letters, digits, `_`, `-`, `.`, space, `:` or `/`.
pub fn has_valid_characters(key: &str) -> bool {
    key.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/'))
}

/// Whether a name is the same as a path, and one below where it starts.
pub fn is_plain_path(key: &str) -> bool {
    !key.starts_with('/')
        && key
            .split('/')
            .all(|part| !matches!(part, "" | "." | ".."))
        // MLflow refuses these as well: it looks at the first two characters only.
        && !key.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::is_valid;

    #[test]
    fn keys_are_checked() {
        for key in ["a", "service.name", "a b:c/d-e_f", "größe", ".a", "a..b"] {
            assert!(is_valid(key), "{key}");
        }
        let long = "x".repeat(251);
        for key in [
            "", "a\nb", "a=b", &long, "/a", "a/", "a//b", "./a", "../a", "a/../b", ".", "..a",
        ] {
            assert!(!is_valid(key), "{key}");
        }
    }
}
