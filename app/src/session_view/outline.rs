//! All turns of the page in short: where it failed, what was rated.

use leptos::prelude::*;

use super::thumbs::Thumb;
use crate::model::Turn;
use crate::widgets::icon::{Icon, IconName};
use domain::trace::TraceState;

/// The element id of a turn.
pub fn anchor(trace_id: &str) -> String {
    format!("turn-{trace_id}")
}

/// One line for each turn; pressing it goes there.
pub fn outline(turns: &[(Turn, Thumb)], first_number: u64) -> AnyView {
    let lines = turns
        .iter()
        .enumerate()
        .map(|(index, (turn, thumb))| line(turn, *thumb, first_number + index as u64))
        .collect_view();
    view! {
        <nav class="session__outline" aria-label="Turns">
            <details class="session__fold" open>
                <summary class="session__fold-head">"Turns"</summary>
                <ol class="outline">{lines}</ol>
            </details>
        </nav>
    }
    .into_any()
}

fn line(turn: &Turn, thumb: Thumb, number: u64) -> AnyView {
    const WORDS: usize = 80;
    let id = anchor(&turn.trace_id);
    let href = format!("#{id}");
    let failed =
        (turn.state == TraceState::Error).then(|| mark(IconName::Alert, "error", "failed"));
    let rated = move || match thumb.shown() {
        Some(true) => Some(mark(IconName::ThumbUp, "ok", "thumb up")),
        Some(false) => Some(mark(IconName::ThumbDown, "error", "thumb down")),
        None => None,
    };
    let asked: String = turn.question.text.chars().take(WORDS).collect();
    let asked = if asked.is_empty() {
        turn.name.clone()
    } else {
        asked
    };
    let go = move |_| {
        #[cfg(feature = "hydrate")]
        crate::browser::focus_quietly(&id);
        #[cfg(not(feature = "hydrate"))]
        let _ = &id;
    };
    view! {
        <li class="outline__line">
            <a class="outline__link" href=href on:click=go>
                <span class="outline__number figures">{number}</span>
                <span class="outline__text" dir="auto">{asked}</span>
                {failed}
                {rated}
            </a>
        </li>
    }
    .into_any()
}

fn mark(icon: IconName, tone: &'static str, word: &'static str) -> AnyView {
    view! {
        <span class="outline__mark" data-tone=tone>
            <Icon name=icon/>
            <span class="visually-hidden">{word}</span>
        </span>
    }
    .into_any()
}
