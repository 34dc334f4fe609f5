//! The head of the opened span: what it is, how long it took and what it cost.

use domain::ids::SpanId;
use domain::span::StatusCode;
use domain::span_table::Segment;
use domain::time::human_duration;
use leptos::prelude::*;

use super::super::copies::SpanCopies;
use super::super::tree_state::TreeState;
use crate::model::SpanDetail;
use crate::text::number;
use crate::widgets::badge::{KindIcon, StatusBadge};
use crate::widgets::copy::CopyButton;

/// The head; `raw` is the address of the span as JSON, empty where it has none.
pub(super) fn head(span: &SpanDetail, raw: String, tree: TreeState) -> AnyView {
    let is_running = span.duration_nanos.is_none();
    let duration = span
        .duration_nanos
        .map_or("running".to_owned(), human_duration);
    let tokens = span.tokens.map(|(input, output)| {
        let title = "Tokens: in → out";
        view! {
            <span title=title class="figures">
                {format!("{} → {} tokens", number::short(input), number::short(output))}
            </span>
        }
    });
    view! {
        <header class="span-detail__head">
            <div class="span-detail__title">
                <KindIcon kind=span.kind.clone()/>
                <h2 class="span-detail__name" dir="auto">{span.name.clone()}</h2>
                <span class="span-detail__kind">{span.kind.clone()}</span>
                {(span.status != StatusCode::Unset || is_running)
                    .then(|| view! { <StatusBadge status=span.status is_running=is_running/> })}
            </div>
            <div class="span-detail__facts">
                <span class="figures">{duration}</span>
                {own_time(span, tree)}
                {span.percentile.map(|(part, spans)| place_words(part, spans)).map(|(words, title)| view! { <span title=title>{words}</span> })}
                {span.model.clone().map(|model| view! { <span>{model}</span> })}
                {tokens}
                {span.cost.map(|cost| view! { <span class="figures">{number::dollars(cost)}</span> })}
                {rolled_up(span, tree)}
                <span class="span-detail__id">
                    <code>{span.span_id.clone()}</code>
                    <CopyButton text=span.span_id.clone() what="span id"/>
                </span>
                {(!raw.is_empty())
                    .then(|| view! {
                        <a href=raw.clone() target="_blank" rel="noopener external">"JSON"</a>
                        <SpanCopies address=raw/>
                    })}
            </div>
        </header>
    }
    .into_any()
}

/// How the span's duration compares with this week's of its name, and of how many.
fn place_words(part: f64, spans: u64) -> (String, String) {
    let percent = (part * 100.0).floor();
    let words = if percent >= 50.0 {
        format!("slower than {percent:.0} % of this week's calls")
    } else {
        format!("quicker than {:.0} % of this week's calls", 100.0 - percent)
    };
    let title = format!(
        "Of {} spans of this name in the last seven days",
        number::grouped(spans)
    );
    (words, title)
}

/// Tokens and cost of the span with all below it, if those below add any.
fn rolled_up(span: &SpanDetail, tree: TreeState) -> AnyView {
    let id = span.span_id.parse::<SpanId>().ok();
    let own = span.tokens;
    let text = move || {
        let table = tree.table.get()?;
        let row = table.row_of(id?)?;
        if own.is_some() || table.descendant_count(row) == 0 {
            return None;
        }
        let sum = table.subtree_sum(row);
        let usage = sum.usage?;
        let cost = sum
            .cost
            .map(|cost| format!(" · {}", number::dollars(cost.total_cost)));
        let words = format!(
            "below: {} → {} tokens{}",
            number::short(usage.input_tokens),
            number::short(usage.output_tokens),
            cost.unwrap_or_default()
        );
        let title = "The sum of all spans below. Where a span and one below it both say, the outer one counts.";
        Some(view! { <span class="figures" title=title>{words}</span> })
    };
    text.into_any()
}

/// What the span did by itself, and its part of the critical path if that is drawn.
fn own_time(span: &SpanDetail, tree: TreeState) -> AnyView {
    let id = span.span_id.parse::<SpanId>().ok();
    let text = move || {
        let table = tree.table.get()?;
        let row = table.row_of(id?)?;
        let mut words = Vec::new();
        if table.descendant_count(row) > 0 {
            words.push(format!("self {}", human_duration(table.self_time(row))));
        }
        let path = tree.path.get();
        let waited: i64 = path.of_row(row).map(Segment::nanos).sum();
        if waited > 0 {
            let share = number::share(waited.unsigned_abs(), table.duration().unsigned_abs());
            words.push(format!("{share} of the critical path"));
        }
        (!words.is_empty()).then(|| words.join(" · "))
    };
    (move || text().map(|text| view! { <span class="figures">{text}</span> })).into_any()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_duration_is_told_from_its_better_side() {
        assert_eq!(
            super::place_words(0.978, 1_204).0,
            "slower than 97 % of this week's calls"
        );
        assert_eq!(
            super::place_words(0.121, 1_204).0,
            "quicker than 88 % of this week's calls"
        );
        assert!(super::place_words(0.5, 1_204).1.contains("1,204"));
    }
}
