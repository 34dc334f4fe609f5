//! Reads one page of an experiment's traces.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::TraceList;
use crate::url_state::ListState;
use crate::wire::Wire;

/// One page of the traces that match, with counts. A filter that cannot be read is part of the answer, not an error:
/// the page shows it where it was typed.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "traces", input = GetUrl, output = Wire)]
pub async fn list_traces(
    /// The experiment.
    experiment_id: i64,
    /// Which traces.
    #[server(flatten)]
    state: ListState,
) -> Result<TraceList, AppError> {
    search::page(experiment_id, state).await
}

#[cfg(feature = "ssr")]
pub(super) mod search {
    use domain::filter::print::quote_value;
    use domain::filter::{self, TraceFilter};
    use domain::ids::ExperimentId;
    use domain::page::{PageRequest, PageToken};
    use domain::store::{Store, TraceQuery};
    use domain::time::UnixMillis;

    use super::super::list_lines::list_lines;
    use super::super::why_empty::why_empty;
    use crate::error::AppError;
    use crate::model::{Count, FilterProblem, TraceList};
    use crate::server_fns::server;
    use crate::text::moment::moment;
    use crate::url_state::{ListState, trail};

    /// Rows of one page.
    const PAGE: u32 = 100;
    /// Counting with a filter stops here.
    pub const CAP: u64 = 10_000;

    pub async fn page(experiment_id: i64, state: ListState) -> Result<TraceList, AppError> {
        let store = server::store()?;
        let experiment = server::experiment(store.as_ref(), experiment_id).await?;
        let experiments = vec![ExperimentId(experiment_id)];
        let in_experiment = store.count_traces(&experiments, None, CAP).await?.traces;
        let address = (in_experiment == 0).then(server::address);
        let mut list = TraceList {
            experiment,
            rows: Vec::new(),
            next: None,
            count: Count::default(),
            failed: None,
            problem: None,
            in_experiment,
            address,
            why: None,
        };
        let filter = match compile(&state, (server::clock()?.now)()) {
            Ok(filter) => filter,
            Err(problem) => {
                list.problem = Some(problem);
                return Ok(list);
            }
        };
        let order = filter::order::parse_trace_order(&[state.sort.order_by()])
            .map_err(|error| AppError::Failed(error.to_string()))?;
        let token = trail::present(&state.page);
        let token = (!token.is_empty()).then(|| PageToken(token.to_owned()));
        let query = TraceQuery {
            experiments: experiments.clone(),
            filter: filter.clone(),
            order,
            page: PageRequest { size: PAGE, token },
        };
        let found = store.search_traces(query).await?;
        list.rows = list_lines(store.as_ref(), &found.items, &state.cols).await?;
        list.next = found.next.map(|token| token.0);
        list.count = match &filter {
            None => Count {
                value: in_experiment,
                is_capped: false,
            },
            Some(_) => count(store.as_ref(), &experiments, filter.as_ref(), CAP).await?,
        };
        let failing = compile(&state.and("status = 'ERROR'"), (server::clock()?.now)());
        if let Ok(failing) = failing {
            list.failed = Some(count(store.as_ref(), &experiments, failing.as_ref(), CAP).await?);
        }
        if list.rows.is_empty() && in_experiment > 0 && state.page.is_empty() {
            let experiment = ExperimentId(experiment_id);
            let why = why_empty(store.as_ref(), experiment, &state, &server::clock()?).await?;
            list.why = Some(why);
        }
        Ok(list)
    }

    /// How many match; counting stops at `cap`.
    pub async fn count(
        store: &dyn Store,
        experiments: &[ExperimentId],
        filter: Option<&TraceFilter>,
        cap: u64,
    ) -> Result<Count, AppError> {
        let count = store.count_traces(experiments, filter, cap).await?;
        Ok(Count {
            value: count.traces,
            is_capped: !count.is_complete,
        })
    }

    /// The whole question of an address as one filter; `None` if it asks for everything.
    pub fn compile(
        state: &ListState,
        now: UnixMillis,
    ) -> Result<Option<TraceFilter>, FilterProblem> {
        if state.is_unfiltered() {
            return Ok(None);
        }
        // First what was typed, alone, so that errors point into it.
        filter::compile(&state.filter).map_err(|errors| FilterProblem {
            message: filter::describe(&state.filter, &errors),
            errors,
        })?;
        let mut clauses = Vec::new();
        if !state.filter.trim().is_empty() {
            clauses.push(format!("({})", state.filter));
        }
        for (text, comparator) in [(&state.from, ">="), (&state.to, "<")] {
            if !text.is_empty() {
                let time = moment(text, now.0).ok_or_else(|| {
                    let ways = "-24h, now, or a date such as 2026-11-21T10:00:00Z";
                    refused(format!("“{text}” is not a time. Write {ways}."))
                })?;
                clauses.push(format!("timestamp_ms {comparator} {time}"));
            }
        }
        for (field, text) in [
            ("trace.user", &state.user),
            ("trace.session", &state.session),
        ] {
            if !text.is_empty() {
                let value = quote_value(text).ok_or_else(|| {
                    refused(format!(
                        "“{text}” has both kinds of quotes and cannot be searched for."
                    ))
                })?;
                clauses.push(format!("{field} = {value}"));
            }
        }
        let whole = clauses.join(" AND ");
        let compiled = filter::compile(&whole).map_err(|errors| FilterProblem {
            message: filter::describe(&whole, &errors),
            errors: Vec::new(),
        })?;
        Ok(Some(compiled))
    }

    fn refused(message: String) -> FilterProblem {
        FilterProblem {
            errors: Vec::new(),
            message,
        }
    }
}
