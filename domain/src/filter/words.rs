//! What is wrong with a filter, in words for people who type it. The messages of [`FilterError`] are for programs: they are MLflow's
//! own where it has one, and name its classes and grammar.

use super::{FilterError, MAX_FILTER_BYTES};

/// One sentence: what is wrong, and where if that is not at the beginning.
pub fn in_words(text: &str, error: &FilterError) -> String {
    let mut sentence = what(text, error);
    let start = error.range.start as usize;
    let before = text.get(..start).unwrap_or("");
    if start > 0 && text.len() <= MAX_FILTER_BYTES {
        let at = before.chars().count() + 1;
        sentence.push_str(&format!(" (at character {at})"));
    }
    sentence
}

/// How messages begin or what they contain, and the sentence that takes their place; `{}` stands for the marked part.
const SENTENCES: [(&str, &str); 17] = [
    (
        "Invalid entity type",
        "There is nothing called “{}” to filter by.",
    ),
    (
        "Invalid span attribute",
        "Spans have no “{}” to filter by. Their own attributes are span.attributes.NAME.",
    ),
    (
        "Invalid issue attribute",
        "Issues can be filtered by issue.id alone.",
    ),
    (
        "Invalid dataset key",
        "There is nothing called “{}” to filter by.",
    ),
    (
        "Invalid attribute key",
        "There is nothing called “{}” to filter by.",
    ),
    (
        "Expected a quoted string value",
        "Text needs quotes: {} should be '…'.",
    ),
    (
        "Expected a numeric value",
        "A number is needed here, not {}.",
    ),
    ("Expected numeric value", "A number is needed here, not {}."),
    (
        "Parameter value is either not quoted",
        "Text needs quotes: {} should be '…'.",
    ),
    ("While parsing a list", "A list is written ('one', 'two')."),
    (
        "Only attributes in",
        "This field cannot be compared with a list.",
    ),
    (
        "Search filter contained multiple",
        "Conditions are joined by AND or OR.",
    ),
    (
        "Invalid comparison clause",
        "A condition begins with a field, such as status = 'ERROR'; “{}” is none.",
    ),
    (
        "Invalid clause(s)",
        "“{}” is not a whole condition, such as status = 'ERROR'.",
    ),
    (
        "Invalid filter string",
        "“{}” is not a whole condition, such as status = 'ERROR'.",
    ),
    (
        "IS NULL / IS NOT NULL is only",
        "This field always has a value, so it cannot be compared with NULL.",
    ),
    ("cannot be empty", "The name of the field is missing."),
];

fn what(text: &str, error: &FilterError) -> String {
    let message = error.message.as_str();
    let marked = shortened(error.range.slice(text).trim());
    if let "(" | ")" = marked.as_str() {
        return format!("“{marked}” has no partner.");
    }
    if error
        .fix
        .as_ref()
        .is_some_and(|fix| fix.replacement.starts_with('`'))
    {
        return "A name with blanks or signs stands in backticks.".to_owned();
    }
    if let Some((_, allowed)) = message.split_once(" not one of '{") {
        let allowed = allowed.trim_end_matches("}'").replace('\'', "");
        return match marked.as_str() {
            "" => format!("A comparison is missing here: {allowed}."),
            marked => format!("“{marked}” does not work with this field; {allowed} do."),
        };
    }
    let known = SENTENCES.iter().find(|(start, _)| message.contains(start));
    match known {
        Some((_, sentence)) if marked.is_empty() && sentence.contains("{}") => {
            "Something is missing here.".to_owned()
        }
        Some((_, sentence)) => sentence.replace("{}", &marked),
        None => message.to_owned(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;
    use crate::filter::compile;

    /// Words of the grammar and of the reference's code, which mean nothing to the person who types.
    const JARGON: [&str; 8] = [
        "Invalid",
        "clause",
        "Identifier",
        "entity",
        "comparator",
        "attribute key",
        "Parameter",
        "string value",
    ];

    fn said(filter: &str) -> String {
        let errors = compile(filter).err().unwrap_or_default();
        errors
            .first()
            .map_or_else(|| "nothing".to_owned(), |error| in_words(filter, error))
    }

    #[test]
    fn mistakes_are_explained_without_jargon() {
        let cases = [
            (
                "statsu = 'OK'",
                "There is nothing called “statsu” to filter by.",
            ),
            (
                "status = OK",
                "Text needs quotes: OK should be '…'. (at character 10)",
            ),
            (
                "execution_time_ms > 'long'",
                "A number is needed here, not 'long'. (at character 21)",
            ),
            (
                "nonsense.a = 'b'",
                "There is nothing called “nonsense.a” to filter by.",
            ),
            ("(status = 'OK'", "“(” has no partner."),
            (
                "tags.user-id = 'x'",
                "A name with blanks or signs stands in backticks.",
            ),
            (
                "status == 'OK'",
                "“==” does not work with this field; !=, =, ILIKE, IN, LIKE, NOT IN, RLIKE do. (at character 8)",
            ),
        ];
        for (filter, sentence) in cases {
            let said = said(filter);
            assert_eq!(said, sentence, "{filter}");
        }
    }

    #[test]
    fn no_mistake_speaks_of_grammar() {
        let filters = [
            "status",
            "status =",
            "= 'OK'",
            "(status = 'OK'",
            "status = 'OK') ",
            "'OK' = status",
            "tags.user-id = 'x'",
            "tags.has space = 'x'",
            "span.nothing = 'x'",
            "execution_time_ms BETWEEN 1 AND 2",
            "status = 'OK'; name = 'x'",
            "status IN ()",
            "status LIKE",
            "name ~ 'x'",
            "hello world",
            "status = 'OK",
            "!!",
            "span. = 'x'",
            "feedback. = 1",
            "name = 5",
            "status IS NULL",
            "issue.name = 'x'",
        ];
        for filter in filters {
            let said = said(filter);
            assert!(said != "nothing", "{filter} has a mistake");
            for word in JARGON {
                assert!(!said.contains(word), "{filter}: {said}");
            }
        }
    }
}
