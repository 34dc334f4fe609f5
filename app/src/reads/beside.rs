//! Questions of what stands beside a trace list: histograms, facets, saved views. They are asked after the rows and apart, each
//! can be given up, and the last answer stays while the next is on its way.

use leptos::prelude::*;

use super::{Read, Reply};
use crate::url_state::ListState;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BesideRead {
    /// The histograms of a list.
    Histogram {
        /// The experiment.
        experiment: i64,
        /// The list.
        state: ListState,
    },
    /// The facets of a list.
    Facets {
        /// The experiment.
        experiment: i64,
        /// The list.
        state: ListState,
        /// Facets to list at length, one a line.
        more: String,
    },
    /// All values of one facet, whatever the list.
    Values {
        /// The experiment.
        experiment: i64,
        /// The facet.
        key: String,
    },
    /// The saved views of an experiment.
    Views {
        /// The experiment.
        experiment: i64,
        /// How often they were changed from this page; asks again when it grows.
        acts: u32,
    },
}

#[cfg(not(feature = "hydrate"))]
pub(super) async fn answer(read: BesideRead) -> Result<String, crate::error::AppError> {
    use super::text;
    use crate::server_fns as functions;
    match read {
        BesideRead::Histogram { experiment, state } => {
            text(functions::get_histogram(experiment, state).await)
        }
        BesideRead::Facets {
            experiment,
            state,
            more,
        } => text(functions::list_facets(experiment, state, more, String::new()).await),
        // Asked while a reader types.
        BesideRead::Values { .. } => Err(crate::error::AppError::Failed(
            "Only a page asks this.".to_owned(),
        )),
        BesideRead::Views { experiment, .. } => text(functions::list_views(experiment).await),
    }
}

#[cfg(feature = "hydrate")]
impl BesideRead {
    pub(super) fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::query;
        match self {
            Self::Histogram { experiment, state } => {
                list_query(paths::HISTOGRAM, *experiment, state, &[])
            }
            Self::Facets {
                experiment,
                state,
                more,
            } => list_query(paths::FACETS, *experiment, state, &[("more", more)]),
            Self::Values { experiment, key } => {
                let experiment = experiment.to_string();
                query(
                    paths::FACETS,
                    &[("experiment_id", &experiment), ("only", key)],
                )
            }
            Self::Views { experiment, .. } => {
                query(paths::VIEWS, &[("experiment_id", &experiment.to_string())])
            }
        }
    }
}

/// What decides which traces a list has, without its order and page.
#[cfg(feature = "hydrate")]
fn list_query(path: &str, experiment: i64, state: &ListState, more: &[(&str, &str)]) -> String {
    let experiment = experiment.to_string();
    let mut parameters = vec![
        ("experiment_id", experiment.as_str()),
        ("filter", &state.filter),
        ("from", &state.from),
        ("to", &state.to),
        ("user", &state.user),
        ("session", &state.session),
    ];
    parameters.extend_from_slice(more);
    crate::url_state::query(path, &parameters)
}

/// The last answer to a kind of question.
#[derive(Clone, Copy)]
pub struct Kept {
    /// The answer; stays while the next one is on its way.
    pub reply: RwSignal<Option<Reply>>,
    /// The next one is on its way.
    pub is_waiting: RwSignal<bool>,
    asked: StoredValue<Option<BesideRead>>,
    /// Counts questions, so that answers to earlier ones are passed over.
    number: StoredValue<u32>,
}

impl Kept {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self {
            reply: RwSignal::new(None),
            is_waiting: RwSignal::new(false),
            asked: StoredValue::new(None),
            number: StoredValue::new(0),
        }
    }

    /// Asks in the browser, unless this was the last question; gives up the one before.
    pub fn ask(self, read: BesideRead) {
        if self.asked.with_value(|asked| asked.as_ref() != Some(&read)) {
            self.asked.set_value(Some(read));
            self.again();
        }
    }

    /// Asks the last question again.
    pub fn again(self) {
        let Some(read) = self.asked.get_value() else {
            return;
        };
        self.number.update_value(|number| *number += 1);
        self.is_waiting.set(true);
        #[cfg(feature = "hydrate")]
        self.fetch(Read::Beside(read));
        #[cfg(not(feature = "hydrate"))]
        let _ = Read::Beside(read);
    }

    #[cfg(feature = "hydrate")]
    fn fetch(self, read: Read) {
        use std::cell::RefCell;
        use std::collections::HashMap;
        use std::mem::Discriminant;

        use crate::browser::list::Abort;
        thread_local! {
            /// The request on its way, by kind of question; dropped, it is given up.
            static RUNNING: RefCell<HashMap<Discriminant<BesideRead>, Abort>> = RefCell::new(HashMap::new());
        }
        let Read::Beside(beside) = &read else { return };
        let abort = Abort::new();
        let kind = std::mem::discriminant(beside);
        let asked = super::ask(read.clone(), &abort);
        RUNNING.with_borrow_mut(|running| running.insert(kind, abort));
        let number = self.number.get_value();
        leptos::task::spawn_local(async move {
            let reply = asked.await;
            if self.number.try_get_value() == Some(number) {
                self.is_waiting.try_set(false);
                self.reply.try_set(Some(reply));
            }
        });
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self::new()
    }
}
