//! Properties that hold for any text.

use domain::filter::complete::complete;
use domain::filter::field::TRACES;
use domain::filter::like::{ilike_match, like_match};
use domain::filter::order::parse_trace_order;
use domain::filter::predicate::{Node, Truth};
use domain::filter::print::{equals, print, quote_key};
use domain::filter::{TextRange, check, compile, describe, lexer, parse};
use proptest::prelude::*;

/// Text made of the pieces of the language and of others, so that more than noise is tried.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "status", "tags.env", "span.name", "span.attributes.`a b`", "feedback.x", "timestamp", "trace.text",
            "trace.user", "trace.model",
            "attribute.k", "=", "!=", ">", "LIKE", "in", "IN", "NOT", "IS", "NULL", "AND", "OR", "or", "(", ")", ",",
            "'a'", "\"b\"", "5", "-1.5", "1e3", "('a','b')", ".", "'", "`", "\"", ";", "--", "/*", "&&", "é", "\u{0}",
            "BETWEEN", "true", "“x”",
        ]).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    let gap = prop::sample::select(vec!["", " ", " ", "\n"]);
    prop::collection::vec((piece, gap), 0..24)
        .prop_map(|parts| parts.into_iter().map(|(piece, gap)| piece + gap).collect())
}

fn is_within(range: TextRange, text: &str) -> bool {
    let (start, end) = (range.start as usize, range.end as usize);
    start <= end && end <= text.len() && text.is_char_boundary(start) && text.is_char_boundary(end)
}

/// A pattern match as the definition has it, slow.
fn like_by_definition(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skip| like_by_definition(rest, &text[skip..])),
        Some((wanted, rest)) => match text.split_first() {
            Some((found, text)) => {
                (*wanted == '_' || wanted == found) && like_by_definition(rest, text)
            }
            None => false,
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_cover_any_text(text in text()) {
        let mut at = 0;
        for token in lexer::tokens(&text) {
            prop_assert_eq!(token.range.start, at);
            prop_assert!(token.range.end > at && is_within(token.range, &text));
            at = token.range.end;
        }
        prop_assert_eq!(at as usize, text.len());
    }

    #[test]
    fn nothing_panics_and_ranges_lie_within_the_text(text in text(), offset in 0_usize..80) {
        let parsed = parse(&text);
        for clause in parsed.expr.iter().flat_map(|expr| expr.clauses()) {
            for range in [clause.range, clause.ident.range, clause.ident.key, clause.op.range, clause.value.range] {
                prop_assert!(is_within(range, &text), "{:?}", clause);
            }
        }
        if let Err(errors) = check(&parsed) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.windows(2).all(|pair| pair[0].range.start <= pair[1].range.start));
            prop_assert!(!describe(&text, &errors).is_empty());
            for error in errors {
                prop_assert!(is_within(error.range, &text), "{:?}", error);
                if let Some(fix) = error.fix {
                    prop_assert!(is_within(fix.range, &text), "{:?}", fix);
                }
            }
        }
        let found = complete(&text, offset, &TRACES);
        prop_assert!(is_within(found.replace, &text), "{:?}", found);
        let _ = parse_trace_order(&[&text]);
    }

    #[test]
    fn printing_and_parsing_again_changes_nothing(text in text()) {
        let printed = print(&parse(&text));
        let again = parse(&printed);
        prop_assert!(again.errors.is_empty(), "{} -> {}: {:?}", text, printed, again.errors);
        prop_assert_eq!(print(&again), printed.clone());
        if let Ok(filter) = compile(&text) {
            prop_assert_eq!(compile(&printed).map(|f| f.root), Ok(filter.root), "{}", printed);
        }
    }

    #[test]
    fn not_turns_true_into_false_and_leaves_unknown(bits in prop::collection::vec(0_u8..3, 3)) {
        let truth = |i: &usize| [Truth::True, Truth::False, Truth::Unknown][usize::from(bits[*i])];
        let not = |node| Node::Not(Box::new(node));
        let either = Node::Any(vec![Node::Is(0), Node::Is(1), Node::Is(2)]);
        let neither = not(Node::All((0..3).map(|i| not(Node::Is(i))).collect()));
        prop_assert_eq!(either.eval(&mut |i| truth(i)), neither.eval(&mut |i| truth(i)));
    }

    #[test]
    fn like_does_what_its_definition_says(pattern in "[abA%_é]{0,8}", text in "[abAé]{0,10}") {
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        prop_assert_eq!(like_match(&pattern, &text), like_by_definition(&chars(&pattern), &chars(&text)));
        let (low_pattern, low_text) = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
        prop_assert_eq!(
            ilike_match(&pattern, &text),
            like_by_definition(&chars(&low_pattern), &chars(&low_text))
        );
    }

    #[test]
    fn any_key_and_value_can_be_asked_for(key in ".{0,8}", value in ".{0,12}") {
        prop_assume!(!(key.contains('`') && key.contains('"') && key.contains('\'')));
        prop_assume!(!key.contains("``") && !key.contains("\"\"") && !key.contains("''"));
        let filter = equals(&format!("tags.{}", quote_key(&key)), &value);
        if !value.contains("''") && !value.contains("\"\"") {
            prop_assert!(compile(&filter).is_ok(), "{}: {:?}", filter, compile(&filter));
        }
    }
}
