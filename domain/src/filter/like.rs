//! `LIKE` and `ILIKE`: `%` stands for any text, also none, `_` for any one character; nothing escapes them. The whole text must
//! match. `LIKE` compares byte by byte, `ILIKE` takes ASCII letters of either case as alike.
//!
//! The pattern is cut at its `%`; the pieces are searched one after the other, each as far left as possible, which is enough to
//! decide. So the time grows with the text, not with the number of ways to match it.

/// A pattern, ready for many texts.
#[derive(Debug, Clone)]
pub struct Like {
    /// In lower case if case is folded.
    pattern: String,
    folds_case: bool,
}

impl Like {
    /// A case-sensitive pattern.
    pub fn new(pattern: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            folds_case: false,
        }
    }

    /// A pattern for which ASCII letters of either case are alike.
    pub fn folding(pattern: &str) -> Self {
        Self {
            pattern: pattern.to_ascii_lowercase(),
            folds_case: true,
        }
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        if self.folds_case && text.bytes().any(|b| b.is_ascii_uppercase()) {
            return like_match(&self.pattern, &text.to_ascii_lowercase());
        }
        like_match(&self.pattern, text)
    }
}

/// Whether the text matches the case-sensitive pattern. Allocates nothing.
pub fn like_match(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('%') else {
        return piece_at_start(pattern, text) == Some(text.len());
    };
    let (middle, last) = rest.rsplit_once('%').unwrap_or(("", rest));
    let Some(mut at) = piece_at_start(first, text) else {
        return false;
    };
    for piece in middle.split('%') {
        match find_piece(piece, &text[at..]) {
            Some(end) => at += end,
            None => return false,
        }
    }
    piece_at_end(last, &text[at..])
}

/// Whether the text matches the pattern with ASCII letters of either case alike. For many texts, make a [`Like`] once.
pub fn ilike_match(pattern: &str, text: &str) -> bool {
    Like::folding(pattern).matches(text)
}

/// The text every match of the case-sensitive pattern begins with, so that an index can be asked; may be empty.
pub fn literal_prefix(pattern: &str) -> &str {
    pattern.split(['%', '_']).next().unwrap_or("")
}

/// The pieces of text every match contains, in order, none empty, so that a text index can be asked.
pub fn literal_pieces(pattern: &str) -> Vec<&str> {
    pattern
        .split(['%', '_'])
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// The length of text that the piece takes at its start.
fn piece_at_start(piece: &str, text: &str) -> Option<usize> {
    if !piece.contains('_') {
        return text.starts_with(piece).then_some(piece.len());
    }
    let mut rest = text.chars();
    for wanted in piece.chars() {
        let found = rest.next()?;
        if wanted != '_' && wanted != found {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// The end of the leftmost match of the piece.
fn find_piece(piece: &str, text: &str) -> Option<usize> {
    if !piece.contains('_') {
        return text.find(piece).map(|start| start + piece.len());
    }
    // Start from the longest part without wildcards: texts that lack it, the usual case, are passed over at full speed.
    let anchor = piece.split('_').max_by_key(|part| part.len()).unwrap_or("");
    if !text.contains(anchor) {
        return None;
    }
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts
        .into_iter()
        .find_map(|at| piece_at_start(piece, &text[at..]).map(|len| at + len))
}

fn piece_at_end(piece: &str, text: &str) -> bool {
    if !piece.contains('_') {
        return text.ends_with(piece);
    }
    let mut rest = text.chars().rev();
    piece.chars().rev().all(|wanted| {
        rest.next()
            .is_some_and(|found| wanted == '_' || wanted == found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        let cases = [
            ("", "", true),
            ("", "a", false),
            ("%", "", true),
            ("%", "anything", true),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("a%", "abc", true),
            ("%c", "abc", true),
            ("%b%", "abc", true),
            ("%b%", "ac", false),
            ("a%a", "a", false),
            ("a%a", "aa", true),
            ("%ab%ba%", "aba", false),
            ("_", "é", true),
            ("_", "éé", false),
            ("__", "é", false),
            ("%_é", "né", true),
            ("a_c%e_", "abcdef", true),
            ("%a_c%", "xxabaac", true),
            ("%_%", "", false),
            ("pro%", "Prod", false),
            (r"a\%", r"a\bc", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(like_match(pattern, text), expected, "{pattern} ~ {text}");
        }
    }

    #[test]
    fn only_ascii_letters_fold() {
        assert!(ilike_match("AL%", "alpha"));
        assert!(ilike_match("al%A", "ALPHA"));
        assert!(!ilike_match("É", "é"));
        assert!(!like_match("AL%", "alpha"));
    }

    #[test]
    fn many_wildcards_stay_fast() {
        let text = "a".repeat(100_000);
        assert!(!like_match(&format!("{}b", "a%".repeat(1000)), &text));
        assert!(like_match(&"%a".repeat(1000), &text));
    }

    #[test]
    fn helpers_for_indexes() {
        assert_eq!(literal_prefix("agent_1%"), "agent");
        assert_eq!(literal_pieces("%in_surance%x"), ["in", "surance", "x"]);
    }
}
