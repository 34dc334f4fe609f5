//! Sends the file that is open to the server, which stores its traces in an experiment that the reader chooses.

use std::sync::Arc;

use leptos::html::Dialog;
use leptos::prelude::*;
use serde::Deserialize;

use crate::chunks::palette_view;
use crate::model::ExperimentRef;
use crate::opened::FileAbout;
use crate::palette::Overlay;
use crate::text::number;
use crate::url_state::{experiment_href, trace_href};
use crate::widgets::icon::{Icon, IconName};

/// Where the focus goes once something has been said.
const SAID: &str = "save-file-said";

/// What became of the file, as the server says it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Saved {
    stored: u64,
    present: u64,
    elsewhere: u64,
    left_out: u64,
    assessments_left_out: u64,
    problem: Option<String>,
    traces: Vec<String>,
}

impl Saved {
    /// What the reader is told.
    fn sentences(&self, experiment: &str) -> Vec<String> {
        let traces = |count| number::counted(count, "trace", "traces");
        let was = |count: u64, one: &str, many: &str| match count {
            1 => one.to_owned(),
            _ => many.to_owned(),
        };
        let mut said = vec![match self.stored {
            0 => format!("Nothing new was stored in {experiment}."),
            stored => format!("{} stored in {experiment}.", traces(stored)),
        }];
        if self.present > 0 {
            let verb = was(self.present, "was", "were");
            said.push(format!("{} {verb} there already.", traces(self.present)));
        }
        if self.elsewhere > 0 {
            let rest = was(
                self.elsewhere,
                "is in another experiment and stays there.",
                "are in other experiments and stay there.",
            );
            said.push(format!("{} {rest}", traces(self.elsewhere)));
        }
        if self.left_out > 0 {
            let spans = number::counted(self.left_out, "span", "spans");
            said.push(format!("Left out: {spans} that could not be read."));
        }
        if self.assessments_left_out > 0 {
            let ratings = number::counted(self.assessments_left_out, "rating", "ratings");
            said.push(format!("Left out: {ratings} that could not be read."));
        }
        if let Some(problem) = &self.problem {
            said.push(format!("The file was read up to where {problem}."));
        }
        said
    }
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The reader chooses.
    Choosing,
    /// The file is on its way to this experiment.
    Sending(ExperimentRef),
    /// It was taken.
    Done(ExperimentRef, Saved),
    /// It was not taken; says why.
    Failed(ExperimentRef, String),
}

/// The button and its dialog.
#[component]
pub fn SaveFile(
    /// The file.
    about: Arc<FileAbout>,
    /// Set once its traces are in an experiment.
    saved: RwSignal<Option<ExperimentRef>>,
) -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let is_open = RwSignal::new(false);
    let step = RwSignal::new(Step::Choosing);
    let send = Callback::new(move |experiment: ExperimentRef| {
        step.set(Step::Sending(experiment.clone()));
        #[cfg(feature = "hydrate")]
        browser_half::send(experiment, step, saved);
        #[cfg(not(feature = "hydrate"))]
        let _ = saved;
    });
    let open = move |_| {
        // What is on its way goes on, whether or not the reader looks at it.
        if !matches!(step.get_untracked(), Step::Sending(_)) {
            step.set(Step::Choosing);
        }
        is_open.set(true);
        #[cfg(feature = "hydrate")]
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let name = about.name.clone();
    let content = move || {
        if !is_open.get() {
            return None;
        }
        let drawn = match step.get() {
            Step::Choosing => choosing(send),
            Step::Sending(experiment) => {
                let text = format!("Sending {name} to {} …", experiment.name);
                view! { <p id=SAID tabindex="-1" role="status">{text}</p> }.into_any()
            }
            Step::Done(experiment, saved) => done(&experiment, &saved, &about),
            Step::Failed(experiment, why) => failed(experiment, why, send, step),
        };
        Some(drawn)
    };
    view! {
        <button type="button" class="button" data-size="small" aria-haspopup="dialog" on:click=open>
            "Save to an experiment"
        </button>
        <dialog node_ref=dialog class="dialog save-file" aria-label="Save to an experiment" on:close=move |_| is_open.set(false)>
            <form method="dialog" class="dialog__head">
                <h2>"Save to an experiment"</h2>
                <button class="button">"Close"</button>
            </form>
            {content}
        </dialog>
    }
    .into_any()
}

fn choosing(send: Callback<ExperimentRef>) -> AnyView {
    let none = Callback::new(|()| ());
    view! {
        <p class="quiet">"The file is sent to this server. Its traces keep their ids, and those that are there already stay as they are."</p>
        {palette_view(Overlay::Experiments(send), none)}
    }
    .into_any()
}

fn done(experiment: &ExperimentRef, saved: &Saved, about: &FileAbout) -> AnyView {
    let sentences = saved.sentences(&experiment.name);
    let link = |id: &String| {
        let line = about.traces.iter().find(|line| line.trace_id == *id);
        let name = line.map(|line| line.name.clone());
        let name = name.filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| number::short_id(id));
        view! { <li><a href=trace_href(id) title=id.clone() dir="auto">{name}</a></li> }
    };
    let links = saved.traces.iter().map(link).collect_view();
    let all = saved.stored + saved.present + saved.elsewhere;
    let more = all.saturating_sub(saved.traces.len() as u64);
    let more = (more > 0).then(|| {
        let more = format!("and {} more.", number::grouped(more));
        view! { <p class="quiet">{more}</p> }
    });
    view! {
        <p id=SAID tabindex="-1" role="status">{sentences.join(" ")}</p>
        <ul class="save-file__links">{links}</ul>
        {more}
        <p><a class="button" data-weight="main" href=experiment_href(experiment.id, "traces")>"Go to the experiment"</a></p>
    }
    .into_any()
}

fn failed(
    experiment: ExperimentRef,
    why: String,
    send: Callback<ExperimentRef>,
    step: RwSignal<Step>,
) -> AnyView {
    let text = format!("The file was not saved to {}. {why}", experiment.name);
    view! {
        <div class="problem" role="alert" id=SAID tabindex="-1">
            <Icon name=IconName::Alert/>
            <p>{text}</p>
        </div>
        <p class="save-file__acts">
            <button type="button" class="button" on:click=move |_| send.run(experiment.clone())>"Try again"</button>
            <button type="button" class="button" on:click=move |_| step.set(Step::Choosing)>"Choose another experiment"</button>
        </p>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::prelude::*;
    use serde::Deserialize;

    use super::{SAID, Saved, Step};
    use crate::address::at;
    use crate::browser::{self, Answer};
    use crate::model::ExperimentRef;
    use crate::opened;
    use crate::url_state::segment;

    /// What a refusal says.
    #[derive(Deserialize)]
    struct Refusal {
        message: String,
    }

    pub fn send(
        experiment: ExperimentRef,
        step: RwSignal<Step>,
        saved: RwSignal<Option<ExperimentRef>>,
    ) {
        leptos::task::spawn_local(async move {
            focus_soon();
            let id = segment(&experiment.id.to_string());
            let path = at(&format!("/ui-api/experiments/{id}/import"));
            let now = match sent(&path).await {
                Ok(outcome) => {
                    saved.try_set(Some(experiment.clone()));
                    Step::Done(experiment, outcome)
                }
                Err(why) => Step::Failed(experiment, why),
            };
            // The reader may have closed the file meanwhile.
            if step.try_set(now).is_none() {
                focus_soon();
            }
        });
    }

    async fn sent(path: &str) -> Result<Saved, String> {
        let file = opened::current().and_then(opened::file);
        let file = file.ok_or("The file is no longer open.")?;
        match browser::files::post_file(path, &file).await? {
            Answer::Done(text) => serde_json::from_str(&text)
                .map_err(|_| "The server's answer was not understood.".to_owned()),
            Answer::Refused(body) => {
                let refusal = serde_json::from_slice::<Refusal>(&body);
                Err(refusal.map_or_else(
                    |_| "The server did not say why.".to_owned(),
                    |refusal| refusal.message,
                ))
            }
            Answer::GoTo(_) => Err("The answer led elsewhere.".to_owned()),
        }
    }

    /// What had the focus is gone once something else is drawn.
    fn focus_soon() {
        browser::after(std::time::Duration::ZERO, || {
            browser::focus_quietly(SAID);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Saved;

    #[test]
    fn what_became_of_every_trace_is_said() {
        let said = |saved: Saved| saved.sentences("demo").join(" ");
        let one = Saved {
            stored: 1,
            ..Saved::default()
        };
        assert_eq!(said(one), "1 trace stored in demo.");
        let again = Saved {
            present: 2,
            elsewhere: 1,
            ..Saved::default()
        };
        assert_eq!(
            said(again),
            "Nothing new was stored in demo. 2 traces were there already. 1 trace is in another experiment and stays there."
        );
        let broken = Saved {
            stored: 2,
            left_out: 1,
            problem: Some("it breaks off in the middle of a value, at line 2".to_owned()),
            ..Saved::default()
        };
        assert_eq!(
            said(broken),
            "2 traces stored in demo. Left out: 1 span that could not be read. The file was read up to where it breaks off in the middle of a value, at line 2."
        );
    }
}
