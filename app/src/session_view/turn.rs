//! One turn: what was asked, what was answered, how it went, and the reader's thumb.

use domain::trace::TraceState;
use leptos::prelude::*;

use super::outline::anchor;
use super::steps::steps;
use super::thumbs::{Thumb, Thumbs};
use crate::model::{CutText, Turn};
use crate::text::lapse::{gap, millis_words};
use crate::text::number;
use crate::trace_list::row::feedback_chip;
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::markdown::Markdown;
use crate::widgets::time::{Time, TimeStyle};

/// A turn with the gap before it.
#[component]
pub fn TurnView(
    /// The turn.
    turn: Turn,
    /// The reader's thumb on it.
    thumb: Thumb,
    /// Counted from 1 over the whole session.
    number: u64,
    /// The page's address with this turn's steps unfolded.
    unfold: String,
    /// Whether the address asks for that.
    is_unfolded: bool,
) -> impl IntoView {
    let href = trace_href(&turn.trace_id);
    let id = anchor(&turn.trace_id);
    let label = format!("Turn {number}");
    let gap = turn.gap_ms.and_then(gap);
    let is_open = RwSignal::new(is_unfolded);
    let trace_id = turn.trace_id.clone();
    let toggle = {
        let trace_id = trace_id.clone();
        move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            is_open.update(|open| *open = !*open);
            #[cfg(feature = "hydrate")]
            {
                let shown = if is_open.get_untracked() {
                    trace_id.as_str()
                } else {
                    ""
                };
                crate::browser::replace_parameter("steps", shown);
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = &trace_id;
        }
    };
    let fields = vec![("trace_id", trace_id.clone())];
    let chips = turn.feedback.into_iter().map(feedback_chip).collect_view();
    let failed = turn.failed.map(|(step, message)| {
        view! {
            <p class="turn__failed" data-tone="error">
                <Icon name=IconName::Alert/>
                <span>"Failed in " {step} {(!message.is_empty()).then(|| view! { ": " <span dir="auto">{message}</span> })}</span>
            </p>
        }
    });
    let is_running = turn.state == TraceState::InProgress;
    let none = if is_running {
        "Still running."
    } else {
        "No answer was recorded."
    };
    let has_answer = !turn.answer.text.is_empty();
    let step_count = number::counted(u64::from(turn.spans), "step", "steps");
    view! {
        {gap.map(|gap| view! { <p class="session__gap"><span>{gap}</span></p> })}
        <article class="turn" id=id tabindex="-1" aria-label=label.clone()>
            <header class="turn__head">
                <h2 class="turn__number">{label.clone()}</h2>
                <Time millis=turn.time_ms style=TimeStyle::Short/>
                {(turn.state != TraceState::Ok).then(|| view! { <StateBadge state=turn.state/> })}
                <span class="turn__facts figures">
                    {turn.duration_ms.map(|took| view! { <span>{millis_words(took)}</span> })}
                    {turn.tokens.map(|tokens| view! { <span>{format!("{} tok", number::short(tokens))}</span> })}
                    {turn.cost.map(|cost| view! { <span>{number::dollars(cost)}</span> })}
                </span>
                <a class="turn__trace" href=href.clone() aria-label=format!("Open the trace of turn {number}")>"Trace"</a>
            </header>
            {(!turn.question.text.is_empty()).then(|| said("user", "User", turn.question, &href))}
            {failed}
            {if has_answer {
                said("assistant", "Answer", turn.answer, &href)
            } else {
                view! { <p class="turn__none quiet">{none}</p> }.into_any()
            }}
            <footer class="turn__foot">
                <Thumbs thumb=thumb what=format!("turn {number}") fields=fields/>
                {chips}
                <a
                    class="turn__unfold"
                    href=unfold
                    aria-expanded=move || is_open.get().to_string()
                    aria-label=format!("{step_count} of turn {number}")
                    on:click=toggle
                >
                    <Icon name=IconName::Chevron/>
                    {step_count.clone()}
                </a>
            </footer>
            {move || is_open.get().then(|| steps(trace_id.clone()))}
        </article>
    }
    .into_any()
}

fn said(role: &'static str, speaker: &'static str, text: CutText, trace: &str) -> AnyView {
    let rest = text.whole_bytes.map(|bytes| {
        let note = format!("This is the beginning of {}; ", number::bytes(bytes));
        view! { <p class="turn__rest quiet">{note} <a href=trace.to_owned()>"the trace has all of it"</a></p> }
    });
    let body = match role {
        "assistant" => {
            view! { <div class="turn__text"><Markdown text=text.text/></div> }.into_any()
        }
        _ => view! { <div class="turn__text" data-plain="true" dir="auto">{text.text}</div> }
            .into_any(),
    };
    view! {
        <div class="turn__said" data-role=role>
            <p class="turn__speaker">{speaker}</p>
            {body}
            {rest}
        </div>
    }
    .into_any()
}
