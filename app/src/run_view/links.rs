//! Traces that people linked to a run after the fact: more can be linked, and links taken back.

use leptos::prelude::*;

use super::acts::RunActs;
use crate::model::RunNotes;
use crate::reads::{Reply, awaited};
use crate::text::number;
use crate::url_state::trace_href;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::PostForm;
use crate::widgets::undo::UndoForm;

/// The form that links traces, and the linked ones.
#[component]
pub fn Links(
    /// What changes the run.
    acts: RunActs,
) -> impl IntoView {
    let (_, set_pending) = signal(false);
    let problem = move || {
        let problem = acts.link.problem.get();
        problem.or_else(|| acts.unlink.problem.get())
    };
    let draw = move |reply: Reply| {
        let notes: RunNotes = reply.open().unwrap_or_default();
        list(notes, acts)
    };
    view! {
        <details class="run__links">
            <summary class="button"><Icon name=IconName::Plus/>"Link traces"</summary>
            <div class="run__link-form">
                <PostForm act=acts.link>
                    <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                    <label class="popover__label">
                        "Ids of traces, one a line"
                        <textarea class="input" name="traces" rows="3" required spellcheck="false" placeholder="tr-…"></textarea>
                    </label>
                    <button class="button" data-weight="main">"Link"</button>
                </PostForm>
            </div>
        </details>
        <p class="field-problem" role="status">{problem}</p>
        {awaited(acts.notes, || ().into_any(), set_pending, draw)}
    }
    .into_any()
}

fn list(notes: RunNotes, acts: RunActs) -> AnyView {
    if notes.linked.is_empty() {
        return ().into_any();
    }
    let count = number::counted(notes.linked.len() as u64, "trace", "traces");
    let items = notes
        .linked
        .into_iter()
        .map(|(trace, asked)| item(trace, asked, acts))
        .collect_view();
    view! {
        <details class="run__linked">
            <summary>{format!("{count} linked after the fact")}</summary>
            <ul>{items}</ul>
        </details>
    }
    .into_any()
}

fn item(trace: String, asked: String, acts: RunActs) -> AnyView {
    let short = number::short_id(&trace);
    let label = format!("Unlink {short}");
    let is_held = {
        let trace = trace.clone();
        move || acts.unlink.is_held(&trace)
    };
    view! {
        <li class="run__linked-trace" hidden=is_held>
            <a href=trace_href(&trace)><code>{short.clone()}</code></a>
            <span class="run__linked-text" dir="auto">{asked}</span>
            <UndoForm act=acts.unlink target=trace.clone() words=format!("{short} unlinked")>
                <input type="hidden" name="run_id" value=move || acts.run_id.get()/>
                <input type="hidden" name="trace_id" value=trace/>
                <button class="button" data-size="small" aria-label=label>"Unlink"</button>
            </UndoForm>
        </li>
    }
    .into_any()
}
