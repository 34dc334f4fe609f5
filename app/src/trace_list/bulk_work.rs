//! Long acts on many traces: sent slice by slice, with what is done so far shown, so that nothing is lost when one of them fails.

use leptos::prelude::*;

use super::desk::Desk;
use crate::text::number::{counted, grouped};
use crate::url_state::Sort;

/// What an act is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// These traces.
    Named(Vec<String>),
    /// All that match.
    Matching,
}

impl Targets {
    /// What is chosen.
    pub fn of(desk: Desk) -> Self {
        match desk.selection.is_all.get() {
            true => Self::Matching,
            false => Self::Named(desk.selection.ids.with(|ids| ids.iter().cloned().collect())),
        }
    }

    /// How many traces, if that is known.
    pub fn count(&self, desk: Desk) -> Option<u64> {
        match self {
            Self::Named(ids) => Some(ids.len() as u64),
            Self::Matching => desk.feed.total.get_untracked(),
        }
    }

    /// The arguments that name them to the server.
    pub fn fields(&self, desk: Desk) -> Vec<(&'static str, String)> {
        desk.feed.question.with_value(|question| {
            let mut fields = vec![("experiment_id", question.experiment.to_string())];
            match self {
                Self::Named(ids) => fields.push(("ids", ids.join(","))),
                Self::Matching => {
                    let state = &question.state;
                    fields.extend([
                        ("filter", state.filter.clone()),
                        ("from", state.from.clone()),
                        ("to", state.to.clone()),
                        ("user", state.user.clone()),
                        ("session", state.session.clone()),
                    ]);
                    // What arrives after the reader decided is not meant.
                    if state.sort == Sort::Newest {
                        fields.push(("until", question.first_ms.to_string()));
                    }
                }
            }
            fields
        })
    }
}

/// An act under way, and what became of the last one.
#[derive(Clone, Copy)]
pub struct Work {
    desk: Desk,
    /// It is on its way.
    pub is_running: RwSignal<bool>,
    /// The reader asked to stop.
    is_stopped: RwSignal<bool>,
    /// What is shown about it.
    words: RwSignal<String>,
    /// Why it ended early.
    problem: RwSignal<Option<String>>,
}

impl Work {
    /// Nothing is done yet.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk,
            is_running: RwSignal::new(false),
            is_stopped: RwSignal::new(false),
            words: RwSignal::new(String::new()),
            problem: RwSignal::new(None),
        }
    }

    /// What is done so far, and a way to stop.
    pub fn view(self) -> AnyView {
        let stop = move || {
            self.is_running.get().then(|| {
                view! {
                    <button type="button" class="button" data-size="small" on:click=move |_| self.is_stopped.set(true)>"Stop"</button>
                }
            })
        };
        let problem = move || {
            let problem = self.problem.get();
            problem.map(|text| view! { <span class="field-problem" role="alert">{text}</span> })
        };
        view! { <span class="bulk-bar__words" role="status">{self.words}</span> {stop} {problem} }
            .into_any()
    }

    /// Sends a form's act to the targets; `doing` and `done` are words for the reader.
    #[cfg(not(feature = "hydrate"))]
    pub fn submit(
        self,
        event: &leptos::ev::SubmitEvent,
        path: &'static str,
        doing: &'static str,
        done: &'static str,
    ) {
        let _ = (
            event,
            path,
            doing,
            done,
            self.desk,
            counted(1, "", ""),
            grouped(1),
        );
    }
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::{Targets, Work, counted, grouped};
    use crate::browser::{self, Answer};
    use crate::error::AppError;
    use crate::model::BulkStep;
    use leptos::server_fn::error::FromServerFnError;

    /// Traces named in one call.
    const LOT: usize = 100;

    impl Work {
        /// Sends a form's act to the targets; `doing` and `done` are words for the reader.
        pub fn submit(
            self,
            event: &leptos::ev::SubmitEvent,
            path: &'static str,
            doing: &'static str,
            done: &'static str,
        ) {
            event.prevent_default();
            let Some((form, fields)) = browser::form_fields(event) else {
                return;
            };
            browser::put_away(&form);
            let targets = Targets::of(self.desk);
            let fields = String::from(fields.to_string());
            self.is_running.set(true);
            self.is_stopped.set(false);
            self.problem.set(None);
            spawn_local(async move {
                let total = targets.count(self.desk);
                let outcome = self.run(path, &fields, targets, doing, total).await;
                let (count, problem) = match outcome {
                    Ok(count) => (count, None),
                    Err((count, text)) => (count, Some(text)),
                };
                self.is_running.try_set(false);
                let stopped = if self.is_stopped.try_get_untracked() == Some(true) {
                    " Stopped there."
                } else {
                    ""
                };
                self.words.try_set(format!(
                    "{} {done}.{stopped}",
                    counted(count, "trace", "traces")
                ));
                let is_done = problem.is_none();
                self.problem
                    .try_set(problem.map(|text| format!("{text} The others are as they were.")));
                if done == "deleted" {
                    if is_done {
                        self.desk.selection.clear();
                    }
                    self.desk.again.run(());
                } else {
                    self.desk.feed.reload();
                }
            });
        }

        async fn run(
            self,
            path: &str,
            fields: &str,
            targets: Targets,
            doing: &str,
            total: Option<u64>,
        ) -> Result<u64, (u64, String)> {
            let mut done = 0;
            let mut page = String::new();
            let mut lots = match &targets {
                Targets::Named(ids) => ids
                    .chunks(LOT)
                    .map(|lot| Targets::Named(lot.to_vec()))
                    .collect(),
                Targets::Matching => vec![Targets::Matching],
            };
            lots.reverse();
            while let Some(lot) = lots.pop() {
                let of = total.map_or(String::new(), |total| format!(" of {}", grouped(total)));
                self.words
                    .try_set(format!("{doing}: {}{of}", grouped(done)));
                if self.is_stopped.try_get_untracked() != Some(false) {
                    break;
                }
                let step = self
                    .step(path, fields, &lot, &page)
                    .await
                    .map_err(|text| (done, text))?;
                done += step.done;
                if let Some(next) = step.next {
                    page = next;
                    lots.push(lot);
                }
            }
            Ok(done)
        }

        async fn step(
            self,
            path: &str,
            fields: &str,
            lot: &Targets,
            page: &str,
        ) -> Result<BulkStep, String> {
            let fields = browser::fields_of(fields).ok_or("The form could not be read.")?;
            for (name, value) in lot.fields(self.desk) {
                fields.append(name, &value);
            }
            if !page.is_empty() {
                fields.append("page", page);
            }
            match browser::post(path, fields).await? {
                Answer::Done(text) => serde_json::from_str(&text)
                    .map_err(|_| "The server's answer was not understood.".to_owned()),
                Answer::GoTo(_) => Err("The answer led elsewhere.".to_owned()),
                Answer::Refused(body) => Err(AppError::de(body.into()).to_string()),
            }
        }
    }
}
