//! Reads one page of an experiment's runs.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunList;
use crate::wire::Wire;

/// Runs of an experiment with what their traces come to. A filter that cannot be read is part of the answer, not an error.
///
/// # Errors
/// `NotFound` if there is no such experiment; `Refused` if the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "runs", input = GetUrl, output = Wire)]
pub async fn list_runs(
    /// The experiment.
    experiment_id: i64,
    /// The filter text of the run search.
    #[server(default)]
    filter: String,
    /// What to order by, e.g. `-start_time` or `metrics.accuracy`.
    #[server(default)]
    sort: String,
    /// The columns shown, one a line; empty for those that suggest themselves.
    #[server(default)]
    columns: String,
    /// `deleted` for deleted runs.
    #[server(default)]
    view: String,
    /// Continue from this token.
    #[server(default)]
    page: String,
) -> Result<RunList, AppError> {
    read::page(experiment_id, &filter, &sort, &columns, &view, &page).await
}

#[cfg(feature = "ssr")]
mod read {
    use domain::experiment::ViewType;
    use domain::filter::{self, runs as language};
    use domain::ids::ExperimentId;
    use domain::page::{PageRequest, PageToken};
    use domain::run::Run;
    use domain::store::RunQuery;

    use super::super::run_facts;
    use crate::error::AppError;
    use crate::model::{FilterProblem, RunHead, RunLine, RunList, cut};
    use crate::server_fns::server;
    use crate::text::metric;
    use crate::url_state::trail;

    /// Small, because each row sums up its traces.
    const PAGE: u32 = 50;
    /// Columns shown when none are chosen: so many metrics, so many parameters.
    const SUGGESTED: (usize, usize) = (3, 2);
    /// The most columns.
    const COLUMNS: usize = 20;
    /// The most columns offered.
    const OFFERED: usize = 200;

    pub async fn page(
        experiment_id: i64,
        text: &str,
        sort: &str,
        columns: &str,
        view: &str,
        page: &str,
    ) -> Result<RunList, AppError> {
        let store = server::store()?;
        let store = store.as_ref();
        let mut list = RunList {
            experiment: server::experiment(store, experiment_id).await?,
            rows: Vec::new(),
            next: None,
            columns: Vec::new(),
            offered: Vec::new(),
            problem: None,
        };
        let filter = match text.trim() {
            "" => None,
            text => match language::compile(text) {
                Ok(filter) => Some(filter),
                Err(errors) => {
                    list.problem = Some(FilterProblem {
                        message: filter::describe(text, &errors),
                        errors,
                    });
                    return Ok(list);
                }
            },
        };
        // An order that nobody can mean is no reason to show nothing.
        let order = language::parse_order(&order_by(sort)).unwrap_or_default();
        let query = RunQuery {
            experiments: vec![ExperimentId(experiment_id)],
            filter,
            order,
            view: match view {
                "deleted" => ViewType::DeletedOnly,
                _ => ViewType::ActiveOnly,
            },
            page: PageRequest {
                size: PAGE,
                token: (!page.is_empty()).then(|| PageToken(trail::present(page).to_owned())),
            },
        };
        let found = store.search_runs(query).await?;
        list.offered = offered(&found.items);
        list.columns = match columns.trim() {
            "" => suggested(&list.offered),
            columns => columns.lines().take(COLUMNS).map(str::to_owned).collect(),
        };
        list.next = found.next.map(|token| token.0);
        for run in &found.items {
            list.rows.push(RunLine {
                head: RunHead::of(run),
                sums: run_facts::sums(store, run.experiment_id, run.id.as_str()).await?,
                cells: list
                    .columns
                    .iter()
                    .map(|column| cell(run, column))
                    .collect(),
            });
        }
        Ok(list)
    }

    /// The order of an address as the protocol has it: `-metrics.a b` is ``metrics.`a b` DESC``.
    pub(super) fn order_by(sort: &str) -> Vec<String> {
        let (name, direction) = match sort.strip_prefix('-') {
            Some(name) => (name, "DESC"),
            None => (sort, "ASC"),
        };
        let quoted = |entity: &str, key: &str| match key.contains('`') {
            false => format!("{entity}.`{key}` {direction}"),
            true => format!("{entity}.\"{key}\" {direction}"),
        };
        match name.split_once('.') {
            _ if name.is_empty() => Vec::new(),
            Some((entity @ ("metrics" | "params"), key)) => vec![quoted(entity, key)],
            _ => vec![format!("{name} {direction}")],
        }
    }

    fn offered(runs: &[Run]) -> Vec<String> {
        let metrics = runs.iter().flat_map(|run| {
            let keys = run.metrics.iter().map(|metric| &metric.key);
            keys.map(|key| format!("metrics.{key}"))
        });
        let params = runs.iter().flat_map(|run| {
            let keys = run.params.iter().map(|param| &param.key);
            keys.map(|key| format!("params.{key}"))
        });
        let mut offered: Vec<String> = metrics.chain(params).collect();
        offered.sort_unstable();
        offered.dedup();
        offered.truncate(OFFERED);
        offered
    }

    fn suggested(offered: &[String]) -> Vec<String> {
        let some = |entity: &'static str, most: usize| {
            let of_entity = offered
                .iter()
                .filter(move |column| column.starts_with(entity));
            of_entity.take(most).cloned()
        };
        let (metrics, params) = SUGGESTED;
        some("metrics.", metrics)
            .chain(some("params.", params))
            .collect()
    }

    fn cell(run: &Run, column: &str) -> String {
        let value = match column.split_once('.') {
            Some(("metrics", key)) => {
                let found = run.metrics.iter().find(|metric| metric.key == key);
                found.map(|found| metric::value(found.value))
            }
            Some(("params", key)) => {
                let found = run.params.iter().find(|param| param.key == key);
                found.map(|param| cut(&param.value, 80))
            }
            _ => None,
        };
        value.unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn orders_of_addresses_are_those_of_the_protocol() {
            let cases = [
                ("", vec![]),
                ("-start_time", vec!["start_time DESC"]),
                ("run_name", vec!["run_name ASC"]),
                ("-metrics.a b", vec!["metrics.`a b` DESC"]),
                ("params.x.y", vec!["params.`x.y` ASC"]),
            ];
            for (sort, items) in cases {
                let read = order_by(sort);
                assert_eq!(read, items, "{sort}");
                assert!(language::parse_order(&read).is_ok(), "{sort}");
            }
        }
    }
}
