//! Deleting the trace on the page, with a few seconds to take it back.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::address::as_is;
use crate::server_fns::paths;
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::Act;
use crate::widgets::undo::UndoForm;

/// The form; leads to `list` once the trace is gone.
#[component]
pub fn DeleteTrace(
    /// The trace.
    trace_id: String,
    /// Its experiment.
    experiment: i64,
    /// How many spans go with it.
    span_count: u32,
    /// The address of the list that the reader came from.
    list: Signal<String>,
) -> impl IntoView {
    let act = Act::new(paths::DELETE_TRACES);
    let navigate = use_navigate();
    Effect::new(move |before: Option<u32>| {
        let done = act.done.get();
        if before.is_some_and(|before| before != done) {
            navigate(&list.get_untracked(), as_is());
        }
        done
    });
    let words = format!("Trace {} deleted", number::short_id(&trace_id));
    let what = match span_count {
        0 => "The trace goes with its tags and feedback.".to_owned(),
        count => {
            let spans = number::counted(u64::from(count), "span", "spans");
            format!("The trace goes with {spans}, its tags and feedback.")
        }
    };
    let is_held = {
        let target = trace_id.clone();
        move || act.is_held(&target)
    };
    let going = move || {
        is_held().then(|| {
            view! { <p class="acts__going" role="status">"This trace is being deleted. Undo is in the notice below."</p> }
        })
    };
    view! {
        <details class="tags__edit acts__delete">
            <summary class="chip"><Icon name=IconName::Delete/>"Delete"</summary>
            <div class="popover">
                <p>{what}</p>
                <UndoForm act=act target=trace_id.clone() words=words>
                    <input type="hidden" name="experiment_id" value=experiment.to_string()/>
                    <input type="hidden" name="ids" value=trace_id/>
                    <label class="acts__sure"><input type="checkbox" required/> "I mean this trace"</label>
                    <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Delete the trace"</button>
                </UndoForm>
            </div>
        </details>
        {going}
        <span class="field-problem" role="status">{move || act.problem.get()}</span>
    }
    .into_any()
}
