//! What must hold for any text given as a filter or an order.

use domain::filter::complete::complete;
use domain::filter::field::TRACES;
use domain::filter::order::parse_trace_order;
use domain::filter::print::print;
use domain::filter::{
    TextRange, check as check_types, compile, describe, experiments, parse, runs,
};

/// Text that is not UTF-8 cannot be sent; what is valid of it is tried.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    errors_lie_within(&text);
    completions_lie_within(&text);
    printing_changes_nothing(&text);
    let _ = experiments::compile(&text);
    let _ = runs::compile(&text);
    let _ = parse_trace_order(&[&text]);
    let _ = experiments::parse_order(&[&text]);
}

fn errors_lie_within(text: &str) {
    let parsed = parse(text);
    let Err(errors) = check_types(&parsed) else {
        return;
    };
    assert!(!errors.is_empty());
    assert!(!describe(text, &errors).is_empty());
    for error in errors {
        assert_within(error.range, text);
        if let Some(fix) = error.fix {
            assert_within(fix.range, text);
        }
    }
}

fn completions_lie_within(text: &str) {
    let len = text.len();
    for offset in [0, 1, len / 3, len / 2, len.saturating_sub(1), len, len + 9] {
        assert_within(complete(text, offset, &TRACES).replace, text);
    }
}

fn printing_changes_nothing(text: &str) {
    let printed = print(&parse(text));
    let again = parse(&printed);
    assert!(again.errors.is_empty(), "{printed}: {:?}", again.errors);
    assert_eq!(print(&again), printed);
    if let Ok(filter) = compile(text) {
        let again = compile(&printed).expect("what compiles prints as what compiles");
        assert_eq!(again.root, filter.root, "{printed}");
    }
}

fn assert_within(range: TextRange, text: &str) {
    let (start, end) = (range.start as usize, range.end as usize);
    assert!(start <= end && text.get(start..end).is_some(), "{range:?}");
}
