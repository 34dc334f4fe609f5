//! The traces next to one in a list that is ordered by name or state: the newest first within each, then those of the next one.

use domain::filter::order::parse_trace_order;
use domain::filter::print::quote_value;
use domain::stats::{Facet, FacetQuery, StatsScope, TimeRange};
use domain::store::Store;
use domain::trace::{TraceInfo, TraceState};

use super::question::{Question, following};
use crate::error::AppError;
use crate::model::NextTo;
use crate::url_state::{ListState, Sort};

/// The most names that are put in order; in an experiment with more a trace has neighbours of its own name only.
const NAMES: usize = 1_000;
/// Groups looked into for a trace. One that was listed a moment ago may be empty by now.
const TRIES: usize = 4;

const NEWEST: [&str; 2] = ["timestamp_ms DESC", "request_id ASC"];
const OLDEST: [&str; 2] = ["timestamp_ms ASC", "request_id DESC"];

/// The neighbours.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the filter cannot be read.
pub(super) async fn next_to(
    store: &dyn Store,
    experiment: i64,
    state: ListState,
    trace: &TraceInfo,
) -> Result<NextTo, AppError> {
    let is_by_name = matches!(state.sort, Sort::Named | Sort::NamedBack);
    let (field, here) = match is_by_name {
        true => ("name", trace.name()),
        false => ("status", Some(trace.state.as_str())),
    };
    let Some(here) = here else {
        return Ok(NextTo::default());
    };
    let whole = Question::of(experiment, state.clone(), "", "").await?;
    let mut groups = match is_by_name {
        true => names(store, &whole).await?,
        false => TraceState::ALL
            .map(|state| state.as_str().to_owned())
            .to_vec(),
    };
    groups.sort_unstable();
    if matches!(state.sort, Sort::NamedBack | Sort::StatedBack) {
        groups.reverse();
    }
    let place = groups.iter().position(|group| group == here);
    let (before, after) = match place {
        Some(place) => (&groups[..place], &groups[place + 1..]),
        None => (&[][..], &[][..]),
    };
    let looked = Looked {
        experiment,
        state,
        field,
    };
    let time = trace.request_time.0;
    let mut next = NextTo::default();
    if let Some(later) = looked.bounded(here, &format!("timestamp_ms >= {time}")) {
        let later = Question::of(experiment, later, "", "").await?;
        next.before = following(&later, &OLDEST, &trace.trace_id).await?;
    }
    if next.before.is_none() {
        next.before = looked.first_of(before.iter().rev(), &OLDEST).await?;
    }
    if let Some(earlier) = looked.bounded(here, &format!("timestamp_ms <= {time}")) {
        let earlier = Question::of(experiment, earlier, "", "").await?;
        next.after = following(&earlier, &NEWEST, &trace.trace_id).await?;
    }
    if next.after.is_none() {
        next.after = looked.first_of(after.iter(), &NEWEST).await?;
    }
    Ok(next)
}

/// The names of the traces of a list; none if there are too many to put them in order.
async fn names(store: &dyn Store, question: &Question) -> Result<Vec<String>, AppError> {
    let query = FacetQuery {
        scope: StatsScope {
            experiments: vec![question.experiment],
            filter: question.filter.clone(),
            range: TimeRange::default(),
        },
        facets: vec![Facet::Name],
        limit: NAMES,
    };
    let found = store.facets(query).await?.lists.pop();
    let found = found.filter(|list| !list.is_capped);
    let values = found.map(|list| list.values).unwrap_or_default();
    Ok(values.into_iter().map(|value| value.value).collect())
}

/// A list that is looked into group by group.
struct Looked {
    experiment: i64,
    state: ListState,
    field: &'static str,
}

impl Looked {
    /// The list with one group only; `None` if no filter can say that.
    fn only(&self, group: &str) -> Option<ListState> {
        let value = quote_value(group)?;
        Some(self.state.and(&format!("{} = {value}", self.field)))
    }

    fn bounded(&self, group: &str, clause: &str) -> Option<ListState> {
        self.only(group).map(|state| state.and(clause))
    }

    /// The first trace of the first group that has any.
    async fn first_of<'a>(
        &self,
        groups: impl Iterator<Item = &'a String>,
        items: &[&str],
    ) -> Result<Option<String>, AppError> {
        let order =
            parse_trace_order(items).map_err(|error| AppError::Failed(error.to_string()))?;
        for state in groups.filter_map(|group| self.only(group)).take(TRIES) {
            let question = Question::of(self.experiment, state, "", "").await?;
            let found = question.search(1, None, order.clone()).await?;
            if let Some(first) = found.items.first() {
                return Ok(Some(first.trace_id.as_str().to_owned()));
            }
        }
        Ok(None)
    }
}
