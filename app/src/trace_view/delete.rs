//! Deleting the trace on the page, with a few seconds to take it back.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::address::as_is;
use crate::server_fns::paths;
use crate::text::number;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::Act;
use crate::widgets::undo::UndoForm;

/// The deletion of one trace: a form that asks for it, and what is said of it.
pub struct Deletion {
    trace_id: String,
    experiment: i64,
    span_count: u32,
    act: Act,
}

impl Deletion {
    /// Of a trace with so many spans; leads to `list` once it is gone.
    pub fn new(trace_id: String, experiment: i64, span_count: u32, list: Signal<String>) -> Self {
        let act = Act::new(paths::DELETE_TRACES);
        let navigate = use_navigate();
        Effect::new(move |before: Option<u32>| {
            let done = act.done.get();
            if before.is_some_and(|before| before != done) {
                navigate(&list.get_untracked(), as_is());
            }
            done
        });
        Self {
            trace_id,
            experiment,
            span_count,
            act,
        }
    }

    /// What goes, and the form that deletes it.
    pub fn form(&self) -> AnyView {
        let (act, trace_id) = (self.act, self.trace_id.clone());
        let experiment = self.experiment.to_string();
        let words = format!("Trace {} deleted", number::short_id(&trace_id));
        let what = match self.span_count {
            0 => "The trace goes with its tags and feedback.".to_owned(),
            count => {
                let spans = number::counted(u64::from(count), "span", "spans");
                format!("The trace goes with {spans}, its tags and feedback.")
            }
        };
        view! {
            <p>{what}</p>
            <UndoForm act=act target=trace_id.clone() words=words>
                <input type="hidden" name="experiment_id" value=experiment/>
                <input type="hidden" name="ids" value=trace_id/>
                <label class="acts__sure"><input type="checkbox" required/> "I mean this trace"</label>
                <button class="button" data-tone="error"><Icon name=IconName::Delete/>"Delete the trace"</button>
            </UndoForm>
        }
        .into_any()
    }

    /// That the trace is going, or why it is not.
    pub fn state(&self) -> AnyView {
        let act = self.act;
        let target = self.trace_id.clone();
        let going = move || {
            act.is_held(&target).then(|| {
                view! { <p class="acts__going" role="status">"This trace is being deleted. Undo is in the notice below."</p> }
            })
        };
        view! {
            {going}
            <span class="field-problem" role="status">{move || act.problem.get()}</span>
        }
        .into_any()
    }
}
