//! Runs in lists and on their own page.

use domain::run::RunStatus;
use serde::{Deserialize, Serialize};

use super::tuple::travels_as_tuple;
use super::{Count, CutText, ExperimentRef, FilterProblem, TraceRow};

/// What the traces of a run come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunSums {
    /// How many there are.
    pub traces: Count,
    /// Of these, failed.
    pub errors: u64,
    /// Half of them took less, in milliseconds.
    pub p50_ms: Option<u64>,
    /// Tokens in all.
    pub tokens: Option<i64>,
    /// Dollars in all.
    pub cost: Option<f64>,
    /// Averages of feedback by name, the commonest names first: name, average, how many.
    pub ratings: Vec<(String, f64, u64)>,
}

/// What every mention of a run says.
#[derive(Debug, Clone, PartialEq)]
pub struct RunHead {
    /// Its id.
    pub run_id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub status: RunStatus,
    /// Deleted, and only readable by its address.
    pub is_deleted: bool,
    /// Who started it, or empty.
    pub user: String,
    /// When it began, in milliseconds since 1970.
    pub start_ms: i64,
    /// When it ended, if it has.
    pub end_ms: Option<i64>,
}

/// One line of a run list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLine {
    /// The run.
    pub head: RunHead,
    /// Its traces.
    pub sums: RunSums,
    /// The values of the columns chosen, empty where it has none.
    pub cells: Vec<String>,
}

/// One page of a run list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunList {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// The runs; empty if the filter is wrong.
    pub rows: Vec<RunLine>,
    /// The token of the page that follows.
    pub next: Option<String>,
    /// The columns shown, e.g. `metrics.accuracy`.
    pub columns: Vec<String>,
    /// Columns that the runs of this page could fill.
    pub offered: Vec<String>,
    /// What is wrong with the filter.
    pub problem: Option<FilterProblem>,
}

/// A metric with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricLine {
    /// Its name.
    pub key: String,
    /// The latest value.
    pub text: String,
    /// The step it was measured at.
    pub step: i64,
    /// When it was measured, in milliseconds since 1970.
    pub time_ms: i64,
    /// How many values were logged; absent if they were not counted to the end.
    pub count: Option<u32>,
    /// The history as an SVG path in a box of 100 by 100, if there is anything to draw.
    pub path: String,
    /// The least and the greatest value of the history, if there is one.
    pub range: Option<(String, String)>,
}

/// A dataset that a run used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetLine {
    /// Its name.
    pub name: String,
    /// The digest of its content.
    pub digest: String,
    /// What it was used for, or empty.
    pub context: String,
    /// Where it comes from.
    pub source: String,
}

/// A logged model that a run made or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelLine {
    /// Its id.
    pub id: String,
    /// Its name, or its id if it is not here.
    pub name: String,
    /// Its type and how it stands, for people.
    pub about: String,
    /// The run made it; otherwise it used it.
    pub is_made: bool,
}

/// The page of a run, without what people change on it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunView {
    /// The experiment.
    pub experiment: ExperimentRef,
    /// Name, status, times.
    pub head: RunHead,
    /// What started it, or empty.
    pub source: String,
    /// The commit of its code, or empty.
    pub commit: String,
    /// By name.
    pub metrics: Vec<MetricLine>,
    /// Name and value.
    pub params: Vec<(String, String)>,
    /// What it read.
    pub datasets: Vec<DatasetLine>,
    /// What it made and used.
    pub models: Vec<ModelLine>,
    /// What its traces come to.
    pub sums: RunSums,
    /// One page of its traces, newest first.
    pub traces: Vec<TraceRow>,
    /// The token of the page of traces that follows.
    pub next: Option<String>,
}

/// What people change on the page of a run; read again after each change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunNotes {
    /// Its name.
    pub name: String,
    /// In words, or empty.
    pub description: String,
    /// It is deleted.
    pub is_deleted: bool,
    /// Key and value, without the reserved ones.
    pub tags: Vec<(String, String)>,
    /// Traces that were linked after the fact, the newest first: id and what was asked.
    pub linked: Vec<(String, String)>,
}

/// A file or a folder of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// The last part of its path.
    pub name: String,
    /// Its path within the run's files.
    pub path: String,
    /// Bytes of a file, `None` for a folder.
    pub bytes: Option<u64>,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileContent {
    /// Text.
    Text(CutText),
    /// JSON text.
    Json(CutText),
    /// An image that browsers show.
    Image,
    /// Nothing to show.
    Other,
}

/// An opened file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePreview {
    /// Which.
    pub file: FileLine,
    /// Where it is to be had whole.
    pub href: String,
    /// What it holds.
    pub content: FileContent,
}

/// The files of a run: one folder, and perhaps one of its files opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFiles {
    /// The folder's path, empty for the top.
    pub folder: String,
    /// What is in it.
    pub entries: Vec<FileLine>,
    /// There is more in it.
    pub is_cut: bool,
    /// The file that the address names.
    pub opened: Option<FilePreview>,
}

travels_as_tuple! {
    RunSums { traces, errors, p50_ms, tokens, cost, ratings }
    RunHead { run_id, name, status, is_deleted, user, start_ms, end_ms }
    RunLine { head, sums, cells }
    RunList { experiment, rows, next, columns, offered, problem }
    MetricLine { key, text, step, time_ms, count, path, range }
    DatasetLine { name, digest, context, source }
    ModelLine { id, name, about, is_made }
    RunView { experiment, head, source, commit, metrics, params, datasets, models, sums, traces, next }
    RunNotes { name, description, is_deleted, tags, linked }
    FileLine { name, path, bytes }
    FilePreview { file, href, content }
    RunFiles { folder, entries, is_cut, opened }
}

#[cfg(feature = "ssr")]
impl RunHead {
    /// The head of a run.
    pub fn of(run: &domain::run::Run) -> Self {
        Self {
            run_id: run.id.as_str().to_owned(),
            name: run.name.clone(),
            status: run.status,
            is_deleted: run.lifecycle == domain::experiment::LifecycleStage::Deleted,
            user: run.user_id.clone(),
            start_ms: run.start_time.0,
            end_ms: run.end_time.map(|time| time.0),
        }
    }
}
