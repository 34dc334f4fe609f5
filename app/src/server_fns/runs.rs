//! Runs.

mod compare_runs;
mod delete_run_tag;
mod get_run;
mod get_run_files;
mod get_run_notes;
mod link_traces;
mod list_runs;
#[cfg(feature = "ssr")]
mod run_facts;
mod set_run_stage;
mod set_run_tag;
mod unlink_trace;
mod update_run;

functions! {
    COMPARE_RUNS = compare_runs::compare_runs, CompareRuns;
    DELETE_RUN_TAG = delete_run_tag::delete_run_tag, DeleteRunTag;
    LINK_TRACES = link_traces::link_traces, LinkTraces;
    RUN = get_run::get_run, GetRun;
    RUNS = list_runs::list_runs, ListRuns;
    RUN_FILES = get_run_files::get_run_files, GetRunFiles;
    RUN_NOTES = get_run_notes::get_run_notes, GetRunNotes;
    SET_RUN_STAGE = set_run_stage::set_run_stage, SetRunStage;
    SET_RUN_TAG = set_run_tag::set_run_tag, SetRunTag;
    UNLINK_TRACE = unlink_trace::unlink_trace, UnlinkTrace;
    UPDATE_RUN = update_run::update_run, UpdateRun;
}
