//! Lists of traces, what stands beside them, and acts on many traces.

#[cfg(feature = "ssr")]
mod bulk;
mod count_times;
mod delete_traces;
mod get_failures;
mod get_histogram;
mod get_neighbours;
mod get_overview;
mod get_tools;
mod list_facets;
mod list_groups;
#[cfg(feature = "ssr")]
mod list_lines;
mod list_rows;
mod list_traces;
#[cfg(feature = "ssr")]
mod next_by_group;
#[cfg(feature = "ssr")]
mod overview;
#[cfg(feature = "ssr")]
pub mod question;
mod rate_traces;
mod saved_views;
mod tag_traces;
#[cfg(feature = "ssr")]
mod why_empty;

functions! {
    CHANGE_VIEW = saved_views::change_view, ChangeView;
    DELETE_TRACES = delete_traces::delete_traces, DeleteTraces;
    DELETE_VIEW = saved_views::delete_view, DeleteView;
    FACETS = list_facets::list_facets, ListFacets;
    FAILURES = get_failures::get_failures, GetFailures;
    GROUPS = list_groups::list_groups, ListGroups;
    HISTOGRAM = get_histogram::get_histogram, GetHistogram;
    NEIGHBOURS = get_neighbours::get_neighbours, GetNeighbours;
    OVERVIEW = get_overview::get_overview, GetOverview;
    RATE_TRACES = rate_traces::rate_traces, RateTraces;
    ROWS = list_rows::list_rows, ListRows;
    SAVE_VIEW = saved_views::save_view, SaveView;
    TAG_TRACES = tag_traces::tag_traces, TagTraces;
    TIME_SLOTS = count_times::count_times, CountTimes;
    TOOLS = get_tools::get_tools, GetTools;
    TRACES = list_traces::list_traces, ListTraces;
    VIEWS = saved_views::list_views, ListViews;
}
