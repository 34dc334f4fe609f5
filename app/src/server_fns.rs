//! The viewer's calls to the server, one file each: what a page reads and what a form changes.
//!
//! These are public endpoints under `/ui-api`, so each checks what it is given. They reach the store through context
//! and know no SQL. The body of a large trace is not here: the page fetches it as one binary table.

mod compare_runs;
#[cfg(feature = "ssr")]
mod compared;
mod count_times;
mod create_experiment;
mod delete_assessment;
mod delete_run_tag;
mod delete_trace_tag;
mod expect_of_trace;
mod get_compare_choices;
mod get_comparison;
mod get_conversation;
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
mod list_rows;
mod list_runs;
mod list_sessions;
mod list_traces;
mod list_users;
#[cfg(feature = "ssr")]
mod question;
mod rate_session;
mod rate_trace;
mod rate_turn;
#[cfg(feature = "ssr")]
mod run_facts;
#[cfg(feature = "ssr")]
mod scope;
mod set_run_stage;
mod set_run_tag;
mod set_theme;
mod set_trace_tag;
#[cfg(feature = "ssr")]
mod turn;
mod unlink_trace;
mod update_run;

pub use compare_runs::compare_runs;
pub use count_times::count_times;
pub use create_experiment::create_experiment;
pub use delete_assessment::delete_assessment;
pub use delete_run_tag::delete_run_tag;
pub use delete_trace_tag::delete_trace_tag;
pub use expect_of_trace::expect_of_trace;
pub use get_compare_choices::get_compare_choices;
pub use get_comparison::get_comparison;
pub use get_conversation::get_conversation;
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
pub use list_rows::list_rows;
pub use list_runs::list_runs;
pub use list_sessions::list_sessions;
pub use list_traces::list_traces;
pub use list_users::list_users;
pub use rate_session::rate_session;
pub use rate_trace::rate_trace;
pub use rate_turn::rate_turn;
pub use set_run_stage::set_run_stage;
pub use set_run_tag::set_run_tag;
pub use set_theme::set_theme;
pub use set_trace_tag::set_trace_tag;
pub use unlink_trace::unlink_trace;
pub use update_run::update_run;

/// The addresses of the functions.
pub mod paths {
    use leptos::server_fn::ServerFn;

    use super::compare_runs::CompareRuns;
    use super::count_times::CountTimes;
    use super::get_compare_choices::GetCompareChoices;
    use super::get_comparison::GetComparison;
    use super::get_conversation::GetConversation;
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
    use super::list_rows::ListRows;
    use super::list_runs::ListRuns;
    use super::list_sessions::ListSessions;
    use super::list_traces::ListTraces;
    use super::list_users::ListUsers;

    use super::create_experiment::CreateExperiment;
    use super::delete_assessment::DeleteAssessment;
    use super::delete_run_tag::DeleteRunTag;
    use super::delete_trace_tag::DeleteTraceTag;
    use super::expect_of_trace::ExpectOfTrace;
    use super::link_traces::LinkTraces;
    use super::rate_session::RateSession;
    use super::rate_trace::RateTrace;
    use super::rate_turn::RateTurn;
    use super::set_run_stage::SetRunStage;
    use super::set_run_tag::SetRunTag;
    use super::set_theme::SetTheme;
    use super::set_trace_tag::SetTraceTag;
    use super::unlink_trace::UnlinkTrace;
    use super::update_run::UpdateRun;

    /// [`super::list_experiments()`].
    pub const EXPERIMENTS: &str = ListExperiments::PATH;
    /// [`super::list_traces()`].
    pub const TRACES: &str = ListTraces::PATH;
    /// [`super::list_rows()`].
    pub const ROWS: &str = ListRows::PATH;
    /// [`super::count_times()`].
    pub const TIME_SLOTS: &str = CountTimes::PATH;
    /// [`super::list_runs()`].
    pub const RUNS: &str = ListRuns::PATH;
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
    /// [`super::rate_trace()`].
    pub const RATE_TRACE: &str = RateTrace::PATH;
    /// [`super::set_theme()`].
    pub const SET_THEME: &str = SetTheme::PATH;
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
pub use server::{ServerClock, theme_cookie};

#[cfg(feature = "ssr")]
mod server {
    use std::sync::Arc;

    use domain::ids::{ExperimentId, TraceId};
    use domain::store::Store;
    use domain::time::UnixMillis;
    use domain::trace::TraceInfo;
    use http::HeaderValue;
    use http::header::{COOKIE, HOST, SET_COOKIE};
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;

    use crate::error::AppError;
    use crate::model::ExperimentRef;

    /// The server's clock and its source of new identifiers, put into context beside the store.
    #[derive(Clone, Copy)]
    pub struct ServerClock {
        /// The present moment.
        pub now: fn() -> UnixMillis,
        /// Sixteen random bytes.
        pub random: fn() -> [u8; 16],
    }

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
    pub(super) const THEME: &str = "spanfall_theme";

    /// The theme the reader chose: `light`, `dark`, or nothing for the system's.
    pub fn theme_cookie() -> Option<&'static str> {
        let chosen = cookie(THEME)?;
        ["light", "dark"].into_iter().find(|theme| *theme == chosen)
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
