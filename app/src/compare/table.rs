//! The head of a comparison: which traces, and the facts in which they differ.

use leptos::prelude::*;

use super::address::{CompareState, LETTERS};
use crate::model::{ComparedField, ComparedTrace, Comparison};
use crate::text::number;
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::{Time, TimeStyle};

/// A trace's letter, always in the same place and shape.
pub fn letter(at: usize) -> AnyView {
    let text = LETTERS.get(at).copied().unwrap_or_default().to_uppercase();
    view! { <span class="compare-letter" data-place=at.to_string()>{text}</span> }.into_any()
}

/// A trace's name, or its id.
pub fn trace_name(trace: &ComparedTrace) -> String {
    number::name_or_id(&trace.name, &trace.id)
}

/// The table of what differs, a column for each trace.
pub fn differences(comparison: &Comparison, state: &CompareState) -> AnyView {
    let heads = comparison.traces.iter().enumerate();
    let heads = heads.map(|(at, trace)| head(at, trace, comparison.traces.len(), state));
    let rows = comparison.fields.iter().map(field_row).collect_view();
    let same = match comparison.same.len() {
        0 => String::new(),
        _ => format!("The same: {}", lowered(&comparison.same)),
    };
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Differences">
            <table class="table compare-table">
                <thead>
                    <tr>
                        <th scope="col"><span class="visually-hidden">"Fact"</span></th>
                        {heads.collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(!same.is_empty()).then(|| view! { <p class="quiet compare-same">{same}</p> })}
    }
    .into_any()
}

/// Names within a sentence.
fn lowered(names: &[String]) -> String {
    /// More are not listed.
    const MOST: usize = 12;
    let mut words: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| name.to_lowercase())
        .collect();
    if names.len() > MOST {
        words.push(format!("{} more", names.len() - MOST));
    }
    words.join(", ")
}

fn head(at: usize, trace: &ComparedTrace, count: usize, state: &CompareState) -> AnyView {
    let name = trace_name(trace);
    let letter_text = LETTERS[at].to_uppercase();
    let pin = match at {
        0 => view! { <span class="chip compare-base"><Icon name=IconName::Check/>"Baseline"</span> }
            .into_any(),
        _ => view! {
            <a class="compare-act" href=state.pinned(at).href() aria-label=format!("Make {letter_text} the baseline")>
                "Make baseline"
            </a>
        }
        .into_any(),
    };
    let remove = (count > 2).then(|| {
        view! {
            <a class="compare-act" href=state.without(at).href() aria-label=format!("Remove {letter_text}")>"Remove"</a>
        }
    });
    view! {
        <th scope="col">
            <span class="compare-head">
                <span class="compare-head__name">
                    {letter(at)}
                    <a href=trace_href(&trace.id) title=trace.id.clone() dir="auto">{name}</a>
                    <StateBadge state=trace.state/>
                </span>
                <span class="compare-head__acts">
                    <Time millis=trace.time_ms style=TimeStyle::Full/>
                    {pin}
                    {remove}
                </span>
            </span>
        </th>
    }
    .into_any()
}

fn field_row(field: &ComparedField) -> AnyView {
    let cells = field
        .values
        .iter()
        .zip(&field.deltas)
        .map(|(value, delta)| {
            let delta = delta.clone();
            let value = if value.is_empty() {
                view! { <span class="quiet">"—"</span> }.into_any()
            } else {
                view! { <span dir="auto">{value.clone()}</span> }.into_any()
            };
            view! {
                <td>{value} {(!delta.is_empty()).then(|| delta_view(delta))}</td>
            }
        });
    let kind = field.kind.clone();
    view! {
        <tr>
            <th scope="row">
                {field.name.clone()}
                {(!kind.is_empty()).then(|| view! { " " <span class="quiet">{kind}</span> })}
            </th>
            {cells.collect_view()}
        </tr>
    }
    .into_any()
}

/// A difference with its sign.
pub fn delta_view(delta: String) -> AnyView {
    let sign = sign(&delta);
    let title = delta.clone();
    view! { <span class="compare-delta" data-sign=sign title=title>{delta}</span> }.into_any()
}

/// Whether a difference is more or less, for its colour; its own sign says it, too.
fn sign(delta: &str) -> &'static str {
    match delta.chars().next() {
        Some('+') => "more",
        Some('−') => "less",
        _ => "none",
    }
}
