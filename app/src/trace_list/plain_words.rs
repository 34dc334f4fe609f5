//! Words that are no filter are probably looked for in what was said.

use domain::filter::print::quote_value;

/// The filter that looks for plain words in the text of traces; `None` for what looks like an attempt at a filter.
pub fn text_filter(text: &str) -> Option<String> {
    let words = text.trim();
    let is_plain = !words.is_empty() && !words.contains(['=', '<', '>', '!', '(', ')', '`', '%']);
    let has_clause = words.split_whitespace().any(|word| {
        ["like", "ilike", "rlike", "in", "is"]
            .iter()
            .any(|keyword| word.eq_ignore_ascii_case(keyword))
    });
    // The first word of `status IN …` is a field; a sentence may well have an “in”.
    let first = words.split_whitespace().next().unwrap_or_default();
    let is_clause = has_clause && is_field(first);
    if !is_plain || is_clause || domain::filter::compile(words).is_ok() {
        return None;
    }
    let pattern = quote_value(&format!("%{words}%"))?;
    Some(format!("trace.text ILIKE {pattern}"))
}

fn is_field(word: &str) -> bool {
    let is_named = domain::filter::field::TRACES
        .fields
        .iter()
        .any(|field| field.usual_name() == word);
    is_named || word.contains('.')
}

#[cfg(test)]
mod tests {
    use super::text_filter;

    #[test]
    fn words_are_looked_for_and_filters_are_not() {
        let found = text_filter(" refund in London ");
        assert_eq!(
            found.as_deref(),
            Some("trace.text ILIKE '%refund in London%'")
        );
        assert_eq!(
            text_filter("don't").as_deref(),
            Some("trace.text ILIKE \"%don't%\"")
        );
        for filter in [
            "",
            "status = 'OK'",
            "status IN",
            "a.b is",
            "status =",
            "'\"",
        ] {
            assert_eq!(text_filter(filter), None, "{filter}");
        }
    }
}
