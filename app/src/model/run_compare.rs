//! Two runs side by side, their traces aligned by what was asked.

use domain::trace::TraceState;
use serde::{Deserialize, Serialize};

use super::tuple::travels_as_tuple;
use super::{ExperimentRef, FeedbackChip, RunHead, RunSums};

/// One of two runs.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSide {
    /// The run.
    pub head: RunHead,
    /// What its traces come to.
    pub sums: RunSums,
    /// How many of its traces were aligned.
    pub aligned: u64,
    /// It has more, older ones, which were not.
    pub is_cut: bool,
}

/// A metric or a parameter of two runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differing {
    /// Its name.
    pub key: String,
    /// The value of the first run, if it has one.
    pub a: Option<String>,
    /// The value of the second.
    pub b: Option<String>,
    /// The second minus the first, if both are numbers.
    pub change: Option<String>,
}

/// One run's answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The trace.
    pub trace_id: String,
    /// How it stands.
    pub state: TraceState,
    /// How long it took, if it has ended.
    pub duration_ms: Option<i64>,
    /// What was answered; cut.
    pub answer: String,
    /// Feedback on it.
    pub feedback: Vec<FeedbackChip>,
}

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// State, answer and feedback are the same.
    Same,
    /// One of them differs.
    Differs,
    /// Only the first run was asked.
    OnlyA,
    /// Only the second.
    OnlyB,
}

/// One question and what both runs answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// What was asked; cut.
    pub question: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The first run's answer.
    pub a: Option<Answered>,
    /// The second's.
    pub b: Option<Answered>,
}

/// The comparison, one page of it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunComparison {
    /// The experiment of the first run.
    pub experiment: ExperimentRef,
    /// The runs.
    pub sides: Vec<RunSide>,
    /// Parameters that differ.
    pub params: Vec<Differing>,
    /// How many do not.
    pub same_params: u64,
    /// Metrics that differ.
    pub metrics: Vec<Differing>,
    /// How many do not.
    pub same_metrics: u64,
    /// Questions by verdict: same, differing, only in the first, only in the second.
    pub counts: (u64, u64, u64, u64),
    /// The questions of this page.
    pub pairs: Vec<Pair>,
    /// How many there are on all pages.
    pub total: u64,
    /// Runs to compare with, newest first: id and name.
    pub others: Vec<(String, String)>,
}

/// Questions of a page.
pub const PAIR_PAGE: u64 = 50;

travels_as_tuple! {
    RunSide { head, sums, aligned, is_cut }
    Differing { key, a, b, change }
    Answered { trace_id, state, duration_ms, answer, feedback }
    Pair { question, verdict, a, b }
    RunComparison { experiment, sides, params, same_params, metrics, same_metrics, counts, pairs, total, others }
}
