//! MLflow's REST API as its SDKs, versions 2.14 to 3.17, speak it: one file a resource, wire types beside
//! them. All routes are listed in `router`.

pub mod artifacts;
pub mod assessments;
pub mod experiments;
pub mod issues;
pub mod logged_models;
pub mod run_data;
pub mod run_links;
pub mod runs;
pub mod server_info;
pub mod tag_keys;
pub mod trace_changes;
pub mod trace_correlation;
pub mod trace_metrics;
pub mod trace_search;
pub mod traces;
pub mod traces_2;

mod any_value_json;
pub(crate) mod assessment_json;
pub mod params;
mod reply;
mod run_name;
mod search_params;
pub(crate) mod span_json;
mod trace_file;
pub(crate) mod trace_file_json;
pub(crate) mod trace_json;
mod trace_metrics_filter;
mod trace_stream;
