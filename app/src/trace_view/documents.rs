//! Retrieved documents as cards: where each comes from, how well it fits, and its text.

use leptos::prelude::*;

use crate::model::DocumentView;
use crate::widgets::long_text::LongText;
use crate::widgets::markdown::Markdown;

/// The cards, in the order found.
pub fn documents(found: Vec<DocumentView>) -> AnyView {
    let best = found
        .iter()
        .filter_map(|document| document.score)
        .fold(0.0, f64::max);
    let cards = found.into_iter().enumerate().map(|(index, document)| {
        let DocumentView { text, score, source, metadata } = document;
        let title = source.unwrap_or_else(|| format!("Document {}", index + 1));
        let score = score.map(|score| {
            // Distances and scores above 1 have no full width of their own.
            let share = if best > 0.0 { (score / best.max(1.0)).clamp(0.0, 1.0) } else { 0.0 };
            view! {
                <span class="documents__score" title="Score">
                    <span class="documents__bar" style=format!("--share:{share:.3}") aria-hidden="true"></span>
                    <span class="visually-hidden">"Score "</span>
                    <span class="figures">{format!("{score:.3}")}</span>
                </span>
            }
        });
        let metadata = (!metadata.is_empty()).then(|| {
            let facts = metadata.into_iter().map(|(key, value)| {
                view! { <div class="facts__row"><dt>{key}</dt><dd dir="auto">{value}</dd></div> }
            });
            view! { <dl class="facts">{facts.collect_view()}</dl> }
        });
        let is_long = text.text.len() > 600 || text.text.lines().count() > 8;
        let first: String = text.text.chars().take(280).collect();
        let text = match is_long {
            true => view! {
                <details class="documents__text">
                    <summary><span dir="auto">{format!("{}…", first.trim_end())}</span></summary>
                    <Markdown text=text/>
                </details>
            }
            .into_any(),
            false => view! { <LongText text=text face="read"/> }.into_any(),
        };
        view! {
            <li class="documents__card">
                <p class="documents__head"><span class="documents__source" dir="auto">{title}</span> {score}</p>
                {text}
                {metadata}
            </li>
        }
    });
    view! { <ol class="documents">{cards.collect_view()}</ol> }.into_any()
}
