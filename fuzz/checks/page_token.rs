//! What must hold for any page token.

use domain::filter::order::{compare_traces, parse_trace_order, with_ties};
use domain::page::PageToken;

/// The first byte chooses the order of the search, the rest is the content of a token; also tried as the token's text.
pub fn check(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else {
        return;
    };
    let order = match choice % 4 {
        0 => Vec::new(),
        1 => vec!["execution_time DESC"],
        2 => vec!["tags.env", "status"],
        _ => vec!["name DESC", "timestamp_ms"],
    };
    let order = parse_trace_order(&order).expect("these orders are known");
    let order = with_ties(&order);
    let text = String::from_utf8_lossy(bytes).into_owned();
    for token in [store::page_token::of_bytes(bytes), PageToken(text)] {
        let Ok(place) = store::page_token::read(0, &token, &order) else {
            continue;
        };
        let _ = compare_traces(&place, &place, &order);
        let again = store::page_token::of_place(0, &place, &order);
        let read = store::page_token::read(0, &again, &order);
        assert_eq!(read.ok().as_ref(), Some(&place));
    }
}
