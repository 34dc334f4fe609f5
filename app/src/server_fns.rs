//! The viewer's calls to the server, one file each: what a page reads and what a form changes.
//!
//! These are public endpoints under `/ui-api`, so each checks what it is given. They reach the store through context
//! and know no SQL. The body of a large trace is not here: the page fetches it as one binary table.

#[cfg(feature = "ssr")]
mod bulk;
mod compare_runs;
#[cfg(feature = "ssr")]
mod compared;
mod count_times;
mod create_experiment;
mod delete_assessment;
mod delete_experiment;
mod delete_experiment_tag;
mod delete_run_tag;
mod delete_trace_tag;
mod delete_traces;
mod describe_experiment;
mod expect_of_trace;
mod get_activity;
mod get_compare_choices;
mod get_comparison;
mod get_conversation;
mod get_diagnostics;
mod get_experiment_settings;
mod get_histogram;
mod get_neighbours;
mod get_overview;
mod get_related;
mod get_run;
mod get_run_files;
mod get_run_notes;
mod get_session;
mod get_span;
mod get_step_diff;
mod get_steps;
mod get_trace;
mod get_trace_notes;
mod get_user;
mod get_usual;
#[cfg(feature = "ssr")]
mod groups;
#[cfg(feature = "ssr")]
mod judgement;
mod link_traces;
mod list_experiments;
mod list_facets;
mod list_rows;
mod list_runs;
mod list_sessions;
mod list_traces;
mod list_users;
mod load_demo;
mod look_up;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
pub mod question;
mod rate_session;
mod rate_trace;
mod rate_traces;
mod rate_turn;
mod rename_experiment;
mod restore_experiment;
#[cfg(feature = "ssr")]
mod run_facts;
mod saved_views;
#[cfg(feature = "ssr")]
mod scope;
mod set_experiment_tag;
mod set_preferences;
mod set_run_stage;
mod set_run_tag;
mod set_trace_tag;
mod tag_traces;
#[cfg(feature = "ssr")]
mod turn;
mod unlink_trace;
mod update_run;

pub use compare_runs::compare_runs;
pub use count_times::count_times;
pub use create_experiment::create_experiment;
pub use delete_assessment::delete_assessment;
pub use delete_experiment::delete_experiment;
pub use delete_experiment_tag::delete_experiment_tag;
pub use delete_run_tag::delete_run_tag;
pub use delete_trace_tag::delete_trace_tag;
pub use delete_traces::delete_traces;
pub use describe_experiment::describe_experiment;
pub use expect_of_trace::expect_of_trace;
pub use get_activity::get_activity;
pub use get_compare_choices::get_compare_choices;
pub use get_comparison::get_comparison;
pub use get_conversation::get_conversation;
pub use get_diagnostics::get_diagnostics;
pub use get_experiment_settings::get_experiment_settings;
pub use get_histogram::get_histogram;
pub use get_neighbours::get_neighbours;
pub use get_overview::get_overview;
pub use get_related::get_related;
pub use get_run::get_run;
pub use get_run_files::get_run_files;
pub use get_run_notes::get_run_notes;
pub use get_session::get_session;
pub use get_span::get_span;
pub use get_step_diff::get_step_diff;
pub use get_steps::get_steps;
pub use get_trace::get_trace;
pub use get_trace_notes::get_trace_notes;
pub use get_user::get_user;
pub use get_usual::get_usual;
pub use link_traces::link_traces;
pub use list_experiments::list_experiments;
pub use list_facets::list_facets;
pub use list_rows::list_rows;
pub use list_runs::list_runs;
pub use list_sessions::list_sessions;
pub use list_traces::list_traces;
pub use list_users::list_users;
pub use load_demo::load_demo;
pub use look_up::look_up;
pub use rate_session::rate_session;
pub use rate_trace::rate_trace;
pub use rate_traces::rate_traces;
pub use rate_turn::rate_turn;
pub use rename_experiment::rename_experiment;
pub use restore_experiment::restore_experiment;
pub use saved_views::{change_view, delete_view, list_views, save_view};
pub use set_experiment_tag::set_experiment_tag;
pub use set_preferences::set_preferences;
pub use set_run_stage::set_run_stage;
pub use set_run_tag::set_run_tag;
pub use set_trace_tag::set_trace_tag;
pub use tag_traces::tag_traces;
pub use unlink_trace::unlink_trace;
pub use update_run::update_run;

/// The addresses of the functions.
pub mod paths {
    use leptos::server_fn::ServerFn;

    use super::compare_runs::CompareRuns;
    use super::count_times::CountTimes;
    use super::delete_experiment::DeleteExperiment;
    use super::delete_experiment_tag::DeleteExperimentTag;
    use super::delete_traces::DeleteTraces;
    use super::describe_experiment::DescribeExperiment;
    use super::get_activity::GetActivity;
    use super::get_compare_choices::GetCompareChoices;
    use super::get_comparison::GetComparison;
    use super::get_conversation::GetConversation;
    use super::get_diagnostics::GetDiagnostics;
    use super::get_experiment_settings::GetExperimentSettings;
    use super::get_histogram::GetHistogram;
    use super::get_neighbours::GetNeighbours;
    use super::get_overview::GetOverview;
    use super::get_related::GetRelated;
    use super::get_run::GetRun;
    use super::get_run_files::GetRunFiles;
    use super::get_run_notes::GetRunNotes;
    use super::get_session::GetSession;
    use super::get_span::GetSpan;
    use super::get_step_diff::GetStepDiff;
    use super::get_steps::GetSteps;
    use super::get_trace::GetTrace;
    use super::get_trace_notes::GetTraceNotes;
    use super::get_user::GetUser;
    use super::get_usual::GetUsual;
    use super::list_experiments::ListExperiments;
    use super::list_facets::ListFacets;
    use super::list_rows::ListRows;
    use super::list_runs::ListRuns;
    use super::list_sessions::ListSessions;
    use super::list_traces::ListTraces;
    use super::list_users::ListUsers;
    use super::load_demo::LoadDemo;
    use super::rate_traces::RateTraces;
    use super::rename_experiment::RenameExperiment;
    use super::restore_experiment::RestoreExperiment;
    use super::set_experiment_tag::SetExperimentTag;
    use super::set_preferences::SetPreferences;
    use super::tag_traces::TagTraces;

    use super::create_experiment::CreateExperiment;
    use super::delete_assessment::DeleteAssessment;
    use super::delete_run_tag::DeleteRunTag;
    use super::delete_trace_tag::DeleteTraceTag;
    use super::expect_of_trace::ExpectOfTrace;
    use super::link_traces::LinkTraces;
    use super::look_up::LookUp;
    use super::rate_session::RateSession;
    use super::rate_trace::RateTrace;
    use super::rate_turn::RateTurn;
    use super::saved_views::{ChangeView, DeleteView, ListViews, SaveView};
    use super::set_run_stage::SetRunStage;
    use super::set_run_tag::SetRunTag;
    use super::set_trace_tag::SetTraceTag;
    use super::unlink_trace::UnlinkTrace;
    use super::update_run::UpdateRun;

    /// [`super::list_experiments()`].
    pub const EXPERIMENTS: &str = ListExperiments::PATH;
    /// [`super::list_traces()`].
    pub const TRACES: &str = ListTraces::PATH;
    /// [`super::delete_traces()`].
    pub const DELETE_TRACES: &str = DeleteTraces::PATH;
    /// [`super::get_neighbours()`].
    pub const NEIGHBOURS: &str = GetNeighbours::PATH;
    /// [`super::rate_traces()`].
    pub const RATE_TRACES: &str = RateTraces::PATH;
    /// [`super::tag_traces()`].
    pub const TAG_TRACES: &str = TagTraces::PATH;
    /// [`super::list_rows()`].
    pub const ROWS: &str = ListRows::PATH;
    /// [`super::count_times()`].
    pub const TIME_SLOTS: &str = CountTimes::PATH;
    /// [`super::list_runs()`].
    pub const RUNS: &str = ListRuns::PATH;
    /// [`super::get_histogram()`].
    pub const HISTOGRAM: &str = GetHistogram::PATH;
    /// [`super::list_facets()`].
    pub const FACETS: &str = ListFacets::PATH;
    /// [`super::list_views()`].
    pub const VIEWS: &str = ListViews::PATH;
    /// [`super::save_view()`].
    pub const SAVE_VIEW: &str = SaveView::PATH;
    /// [`super::change_view()`].
    pub const CHANGE_VIEW: &str = ChangeView::PATH;
    /// [`super::delete_view()`].
    pub const DELETE_VIEW: &str = DeleteView::PATH;
    /// [`super::get_overview()`].
    pub const OVERVIEW: &str = GetOverview::PATH;
    /// [`super::get_run()`].
    pub const RUN: &str = GetRun::PATH;
    /// [`super::get_trace()`].
    pub const TRACE: &str = GetTrace::PATH;
    /// [`super::get_conversation()`].
    pub const CONVERSATION: &str = GetConversation::PATH;
    /// [`super::get_trace_notes()`].
    pub const TRACE_NOTES: &str = GetTraceNotes::PATH;
    /// [`super::get_span()`].
    pub const SPAN: &str = GetSpan::PATH;
    /// [`super::get_session()`].
    pub const SESSION: &str = GetSession::PATH;
    /// [`super::get_steps()`].
    pub const STEPS: &str = GetSteps::PATH;
    /// [`super::rate_session()`].
    pub const RATE_SESSION: &str = RateSession::PATH;
    /// [`super::rate_turn()`].
    pub const RATE_TURN: &str = RateTurn::PATH;
    /// [`super::list_sessions()`].
    pub const SESSIONS: &str = ListSessions::PATH;
    /// [`super::list_users()`].
    pub const USERS: &str = ListUsers::PATH;
    /// [`super::get_user()`].
    pub const USER: &str = GetUser::PATH;
    /// [`super::compare_runs()`].
    pub const COMPARE_RUNS: &str = CompareRuns::PATH;
    /// [`super::get_run_files()`].
    pub const RUN_FILES: &str = GetRunFiles::PATH;
    /// [`super::get_run_notes()`].
    pub const RUN_NOTES: &str = GetRunNotes::PATH;
    /// [`super::delete_run_tag()`].
    pub const DELETE_RUN_TAG: &str = DeleteRunTag::PATH;
    /// [`super::link_traces()`].
    pub const LINK_TRACES: &str = LinkTraces::PATH;
    /// [`super::set_run_stage()`].
    pub const SET_RUN_STAGE: &str = SetRunStage::PATH;
    /// [`super::set_run_tag()`].
    pub const SET_RUN_TAG: &str = SetRunTag::PATH;
    /// [`super::unlink_trace()`].
    pub const UNLINK_TRACE: &str = UnlinkTrace::PATH;
    /// [`super::update_run()`].
    pub const UPDATE_RUN: &str = UpdateRun::PATH;
    /// [`super::get_comparison()`].
    pub const COMPARISON: &str = GetComparison::PATH;
    /// [`super::get_step_diff()`].
    pub const STEP_DIFF: &str = GetStepDiff::PATH;
    /// [`super::get_usual()`].
    pub const USUAL: &str = GetUsual::PATH;
    /// [`super::get_compare_choices()`].
    pub const COMPARE_CHOICES: &str = GetCompareChoices::PATH;
    /// [`super::get_related()`].
    pub const RELATED: &str = GetRelated::PATH;
    /// [`super::create_experiment()`].
    pub const CREATE_EXPERIMENT: &str = CreateExperiment::PATH;
    /// [`super::delete_assessment()`].
    pub const DELETE_ASSESSMENT: &str = DeleteAssessment::PATH;
    /// [`super::delete_trace_tag()`].
    pub const DELETE_TRACE_TAG: &str = DeleteTraceTag::PATH;
    /// [`super::expect_of_trace()`].
    pub const EXPECT_OF_TRACE: &str = ExpectOfTrace::PATH;
    /// [`super::look_up()`].
    pub const LOOK_UP: &str = LookUp::PATH;
    /// [`super::rate_trace()`].
    pub const RATE_TRACE: &str = RateTrace::PATH;
    /// [`super::delete_experiment()`].
    pub const DELETE_EXPERIMENT: &str = DeleteExperiment::PATH;
    /// [`super::delete_experiment_tag()`].
    pub const DELETE_EXPERIMENT_TAG: &str = DeleteExperimentTag::PATH;
    /// [`super::describe_experiment()`].
    pub const DESCRIBE_EXPERIMENT: &str = DescribeExperiment::PATH;
    /// [`super::get_activity()`].
    pub const ACTIVITY: &str = GetActivity::PATH;
    /// [`super::get_diagnostics()`].
    pub const DIAGNOSTICS: &str = GetDiagnostics::PATH;
    /// [`super::get_experiment_settings()`].
    pub const EXPERIMENT_SETTINGS: &str = GetExperimentSettings::PATH;
    /// [`super::load_demo()`].
    pub const LOAD_DEMO: &str = LoadDemo::PATH;
    /// [`super::rename_experiment()`].
    pub const RENAME_EXPERIMENT: &str = RenameExperiment::PATH;
    /// [`super::restore_experiment()`].
    pub const RESTORE_EXPERIMENT: &str = RestoreExperiment::PATH;
    /// [`super::set_experiment_tag()`].
    pub const SET_EXPERIMENT_TAG: &str = SetExperimentTag::PATH;
    /// [`super::set_preferences()`].
    pub const SET_PREFERENCES: &str = SetPreferences::PATH;
    /// [`super::set_trace_tag()`].
    pub const SET_TRACE_TAG: &str = SetTraceTag::PATH;
}

/// Names of the feedback that the viewer itself writes.
pub mod feedback_names {
    /// Thumb up (`true`) or down (`false`).
    pub const THUMB: &str = "thumbs_up";
    /// 1 to 5.
    pub const SCORE: &str = "user_rating";
    /// A comment without a rating.
    pub const COMMENT: &str = "user_comment";
    /// Thumb up or down for a whole session.
    pub const SESSION_THUMB: &str = "session_thumbs_up";
    /// The source of a rating whose author gave no name.
    pub const ANONYMOUS: &str = "web_ui";
}

#[cfg(feature = "ssr")]
pub use server::{Demo, ServerClock, preference_cookie};

#[cfg(feature = "ssr")]
mod server {
    use std::sync::Arc;

    use domain::experiment::{Experiment, ExperimentSummary, Tag};
    use domain::ids::{ExperimentId, TraceId};
    use domain::store::Store;
    use domain::time::UnixMillis;
    use domain::trace::TraceInfo;
    use http::HeaderValue;
    use http::header::{COOKIE, HOST, SET_COOKIE};
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;

    use crate::error::AppError;
    use crate::model::{DESCRIPTION_TAG, ExperimentRef, ExperimentRow, is_public_tag};

    /// The server's clock and its source of new identifiers, put into context beside the store.
    #[derive(Clone, Copy)]
    pub struct ServerClock {
        /// The present moment.
        pub now: fn() -> UnixMillis,
        /// Sixteen random bytes.
        pub random: fn() -> [u8; 16],
    }

    /// Fills an empty store with the demo's traces; refuses any other.
    #[derive(Clone)]
    pub struct Demo(pub Arc<dyn Fn() -> BoxFuture<Result<(), String>> + Send + Sync>);

    type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = T> + Send>>;

    pub(super) fn store() -> Result<Arc<dyn Store>, AppError> {
        use_context().ok_or_else(|| AppError::Failed("The store is not available.".to_owned()))
    }

    pub(super) fn clock() -> Result<ServerClock, AppError> {
        use_context().ok_or_else(|| AppError::Failed("The clock is not available.".to_owned()))
    }

    pub(super) async fn experiment(store: &dyn Store, id: i64) -> Result<ExperimentRef, AppError> {
        let found = store.experiment(ExperimentId(id)).await?;
        let found = found.ok_or_else(|| AppError::not_found("experiment", id))?;
        Ok(ExperimentRef {
            id,
            name: found.name,
        })
    }

    pub(super) async fn trace(store: &dyn Store, id: &str) -> Result<TraceInfo, AppError> {
        let unknown = || AppError::not_found("trace", id);
        let parsed = TraceId::parse(id).map_err(|_| unknown())?;
        store.trace(&parsed).await?.ok_or_else(unknown)
    }

    /// A name as it can be stored.
    pub(super) fn experiment_name(name: &str) -> Result<&str, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 500 {
            let text = "A name has 1 to 500 characters.";
            return Err(AppError::Refused(text.to_owned()));
        }
        Ok(name)
    }

    /// The key of a tag that people may set.
    pub(super) fn tag_key<'a>(key: &'a str, value: &str) -> Result<&'a str, AppError> {
        let key = key.trim();
        let refused = |text: &str| Err(AppError::Refused(text.to_owned()));
        if key.is_empty() || key.chars().count() > 250 {
            return refused("A tag's key has 1 to 250 characters.");
        }
        if key.starts_with("mlflow.") {
            return refused("Keys that begin with “mlflow.” are kept for the server.");
        }
        if value.chars().count() > 8_000 {
            return refused("A tag's value has at most 8,000 characters.");
        }
        Ok(key)
    }

    /// An experiment as a line of the home page, without counts.
    pub(super) fn experiment_row(experiment: Experiment) -> ExperimentRow {
        let is_description = |tag: &&Tag| tag.key == DESCRIPTION_TAG;
        let description = experiment.tags.iter().find(is_description);
        ExperimentRow {
            description: description.map_or_else(String::new, |tag| tag.value.clone()),
            experiment: ExperimentRef {
                id: experiment.id.0,
                name: experiment.name,
            },
            traces: 0,
            errors: 0,
            last_trace_ms: None,
            changed_ms: experiment.last_update_time.0,
            tags: experiment
                .tags
                .into_iter()
                .filter(|tag| is_public_tag(&tag.key))
                .map(|tag| (tag.key, tag.value))
                .collect(),
        }
    }

    /// The same with counts.
    pub(super) fn summary_row(summary: ExperimentSummary) -> ExperimentRow {
        ExperimentRow {
            traces: summary.trace_count,
            errors: summary.error_count,
            last_trace_ms: summary.last_trace_time.map(|time| time.0),
            ..experiment_row(summary.experiment)
        }
    }

    /// This server's address as the reader reached it.
    pub(super) fn address() -> String {
        let parts = use_context::<http::request::Parts>();
        let header = |name: &str| {
            let value = parts.as_ref()?.headers.get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let scheme = match header("x-forwarded-proto").as_deref() {
            Some("https") => "https",
            _ => "http",
        };
        let host = header(HOST.as_str()).unwrap_or_else(|| "127.0.0.1:5000".to_owned());
        format!("{scheme}://{host}{}", crate::address::prefix())
    }

    pub(super) const REVIEWER: &str = "spanfall_reviewer";
    /// What the reader chose of a preference, unchecked.
    pub fn preference_cookie(name: &str) -> Option<String> {
        cookie(&format!("spanfall_{name}"))
    }

    /// A cookie's value, decoded.
    pub(super) fn cookie(name: &str) -> Option<String> {
        let parts = use_context::<http::request::Parts>()?;
        let cookies = parts.headers.get_all(COOKIE);
        let value = cookies
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(|line| {
                line.split(';').find_map(|pair| {
                    let (key, value) = pair.trim().split_once('=')?;
                    (key == name).then(|| value.to_owned())
                })
            })?;
        Some(percent_decode(&value))
    }

    /// Keeps a value in the reader's browser for a year.
    pub(super) fn set_cookie(name: &str, value: &str) {
        let Some(response) = use_context::<ResponseOptions>() else {
            return;
        };
        let value = crate::url_state::segment(value);
        let line = format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax");
        if let Ok(line) = HeaderValue::from_str(&line) {
            response.append_header(SET_COOKIE, line);
        }
    }

    fn percent_decode(text: &str) -> String {
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text.as_bytes();
        while let [first, tail @ ..] = rest {
            let byte = match (first, tail) {
                (b'%', [high, low, after @ ..]) => {
                    let digit = |d: u8| char::from(d).to_digit(16);
                    match (digit(*high), digit(*low)) {
                        (Some(high), Some(low)) => {
                            rest = after;
                            bytes.push((high * 16 + low) as u8);
                            continue;
                        }
                        _ => b'%',
                    }
                }
                _ => *first,
            };
            bytes.push(byte);
            rest = tail;
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[cfg(test)]
    mod tests {
        use super::percent_decode;

        #[test]
        fn cookies_decode_what_was_encoded() {
            for text in ["ada", "Ada Lovelace", "ä;=%", "100%"] {
                assert_eq!(percent_decode(&crate::url_state::segment(text)), text);
            }
            assert_eq!(percent_decode("100%"), "100%");
        }
    }
}
