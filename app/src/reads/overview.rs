//! Questions about how an experiment does: its figures, and the parts that are asked for by themselves.

#[cfg(not(feature = "hydrate"))]
use crate::error::AppError;
use crate::url_state::ListState;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverviewRead {
    /// Figures over time and by value.
    Figures {
        /// The experiment, as the address has it.
        experiment: String,
        /// Which traces.
        state: ListState,
    },
    /// What takes longer.
    Part {
        /// Which part.
        part: Part,
        /// The experiment.
        experiment: i64,
        /// Which traces.
        state: ListState,
        /// How often it was asked before; asks again when it grows.
        attempt: u32,
    },
}

/// A part that keeps nobody waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Why traces failed.
    Failures,
    /// Calls of tools.
    Tools,
}

#[cfg(not(feature = "hydrate"))]
pub(super) async fn answer(read: OverviewRead) -> Result<String, AppError> {
    use super::{experiment_id, text};
    use crate::server_fns as functions;
    match read {
        OverviewRead::Figures { experiment, state } => {
            text(functions::get_overview(experiment_id(&experiment)?, state).await)
        }
        OverviewRead::Part {
            part,
            experiment,
            state,
            ..
        } => match part {
            Part::Failures => text(functions::get_failures(experiment, state).await),
            Part::Tools => text(functions::get_tools(experiment, state).await),
        },
    }
}

#[cfg(feature = "hydrate")]
impl OverviewRead {
    pub(super) fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::{query, with_query_of};
        let (path, experiment, state) = match self {
            Self::Figures { experiment, state } => (paths::OVERVIEW, experiment.clone(), state),
            Self::Part {
                part,
                experiment,
                state,
                ..
            } => {
                let path = match part {
                    Part::Failures => paths::FAILURES,
                    Part::Tools => paths::TOOLS,
                };
                (path, experiment.to_string(), state)
            }
        };
        let path = query(path, &[("experiment_id", &experiment)]);
        with_query_of(path, &state.href(""))
    }
}
