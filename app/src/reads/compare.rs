//! Questions about traces side by side, and about traces that belong together.

#[cfg(not(feature = "hydrate"))]
use crate::error::AppError;

use crate::compare::address::CompareState;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompareRead {
    /// Traces side by side.
    Traces {
        /// Which, and how.
        state: CompareState,
        /// Whether all rows are wanted, not just the first ones.
        is_whole: bool,
    },
    /// One step of traces side by side.
    Step {
        /// Which, and how.
        state: CompareState,
    },
    /// A trace against the middle of many.
    Usual {
        /// The trace.
        trace: String,
        /// The experiment of the others, as the address has it.
        experiment: String,
        /// Their filter, or empty.
        filter: String,
    },
    /// What a trace may be compared with.
    Choices(String),
    /// Traces that belong to one.
    Related(String),
}

#[cfg(not(feature = "hydrate"))]
pub(super) async fn answer(read: CompareRead) -> Result<String, AppError> {
    use super::{experiment_id, text};
    use crate::server_fns as functions;
    match read {
        CompareRead::Traces { state, is_whole } => {
            let [a, b, c, d] = state.trace_ids();
            let (is_exact, is_brief) = (state.is_exact, state.is_brief);
            text(functions::get_comparison(a, b, c, d, is_exact, is_brief, is_whole).await)
        }
        CompareRead::Step { state } => {
            let [a, b, c, d] = state.trace_ids();
            let (step, with, is_exact) = (state.step, state.with, state.is_exact);
            text(functions::get_step_diff(a, b, c, d, step, with, is_exact).await)
        }
        CompareRead::Usual {
            trace,
            experiment,
            filter,
        } => text(functions::get_usual(trace, experiment_id(&experiment)?, filter).await),
        CompareRead::Choices(trace) => text(functions::get_compare_choices(trace).await),
        CompareRead::Related(trace) => text(functions::get_related(trace).await),
    }
}

#[cfg(feature = "hydrate")]
impl CompareRead {
    /// The address of the server function that answers.
    pub fn address(&self) -> String {
        use crate::server_fns::paths;
        use crate::url_state::query;
        match self {
            Self::Traces { state, is_whole } => {
                state.question(paths::COMPARISON, if *is_whole { "true" } else { "" })
            }
            Self::Step { state } => state.question(paths::STEP_DIFF, ""),
            Self::Usual {
                trace,
                experiment,
                filter,
            } => query(
                paths::USUAL,
                &[
                    ("trace_id", trace),
                    ("experiment_id", experiment),
                    ("filter", filter),
                ],
            ),
            Self::Choices(trace) => query(paths::COMPARE_CHOICES, &[("trace_id", trace)]),
            Self::Related(trace) => query(paths::RELATED, &[("trace_id", trace)]),
        }
    }
}
