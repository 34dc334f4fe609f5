//! Questions with the answers of both runs.

use domain::trace::TraceState;
use leptos::prelude::*;

use crate::address::at;
use crate::model::{Answered, Pair, Verdict};
use crate::text::lapse::millis_words;
use crate::trace_list::row::feedback_chip;
use crate::url_state::{query, trace_href};
use crate::widgets::badge::StateBadge;

/// The questions of a page.
pub fn pairs(pairs: Vec<Pair>) -> AnyView {
    if pairs.is_empty() {
        return view! { <p class="quiet">"No question is of this kind."</p> }.into_any();
    }
    let items = pairs.into_iter().map(item).collect_view();
    view! { <ol class="pairs">{items}</ol> }.into_any()
}

fn item(pair: Pair) -> AnyView {
    let Pair {
        question,
        verdict,
        a,
        b,
    } = pair;
    let word = match verdict {
        Verdict::Same => "same",
        Verdict::Differs => "differs",
        Verdict::OnlyA => "only in A",
        Verdict::OnlyB => "only in B",
    };
    let steps = match (&a, &b) {
        (Some(a), Some(b)) => {
            let traces = [("a", a.trace_id.as_str()), ("b", &b.trace_id)];
            let href = query(&at("/compare"), &traces);
            Some(view! { <a class="pairs__steps" href=href>"Compare the steps"</a> })
        }
        _ => None,
    };
    let change = change(a.as_ref(), b.as_ref());
    view! {
        <li class="pairs__item" data-verdict=word>
            <header class="pairs__head">
                <h3 class="pairs__question" dir="auto">{question}</h3>
                <span class="chip">{word}</span>
                {change.map(|change| view! { <span class="quiet figures">{change}</span> })}
                {steps}
            </header>
            <div class="pairs__sides">
                {side("A", a)}
                {side("B", b)}
            </div>
        </li>
    }
    .into_any()
}

/// How much longer or shorter the second took.
fn change(a: Option<&Answered>, b: Option<&Answered>) -> Option<String> {
    let change = b?.duration_ms? - a?.duration_ms?;
    match change {
        0 => None,
        1.. => Some(format!("B took {} longer", millis_words(change))),
        _ => Some(format!("B took {} less", millis_words(-change))),
    }
}

fn side(letter: &'static str, answered: Option<Answered>) -> AnyView {
    let Some(answered) = answered else {
        return view! { <div class="pairs__side quiet">{format!("{letter} was not asked this.")}</div> }.into_any();
    };
    let took = answered.duration_ms.map(millis_words);
    let chips = answered
        .feedback
        .into_iter()
        .map(feedback_chip)
        .collect_view();
    let answer = if answered.answer.is_empty() {
        view! { <p class="quiet">"No answer was recorded."</p> }.into_any()
    } else {
        view! { <p class="pairs__answer" dir="auto">{answered.answer}</p> }.into_any()
    };
    let label = format!("{letter}: open the trace");
    view! {
        <div class="pairs__side">
            <p class="pairs__facts">
                <a class="run-compare__letter" href=trace_href(&answered.trace_id) aria-label=label>{letter}</a>
                {(answered.state != TraceState::Ok).then(|| view! { <StateBadge state=answered.state/> })}
                <span class="figures">{took}</span>
                {chips}
            </p>
            {answer}
        </div>
    }
    .into_any()
}
