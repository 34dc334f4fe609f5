//! The search for runs: reads the runs of the experiments asked for, filters and orders as the domain says.

use domain::filter::runs::{RunView, compare, with_ties};
use domain::ids::RunId;
use domain::page::Page;
use domain::run::Run;
use domain::store::{RunQuery, StoreError, StoreResult};
use sqlx::SqliteConnection;

use super::experiments::shows;
use super::run_rows;
use super::top::Top;
use crate::token;

/// Runs read at once.
const CHUNK: i64 = 512;

/// A run with what filters and orders ask besides.
struct Found {
    run: Run,
    artifact_uri: String,
}

impl Found {
    fn new(run: Run) -> Self {
        let artifact_uri = format!(
            "mlflow-artifacts:/{}/{}/artifacts",
            run.experiment_id, run.id
        );
        Self { run, artifact_uri }
    }

    fn view(&self) -> RunView<'_> {
        RunView {
            run: &self.run,
            artifact_uri: &self.artifact_uri,
        }
    }
}

/// One page of a search.
pub(super) async fn search(
    reader: &mut SqliteConnection,
    query: RunQuery,
) -> StoreResult<Page<Run>> {
    let order = with_ties(&query.order);
    let mut experiments = query.experiments.clone();
    experiments.sort_unstable();
    experiments.dedup();
    let fingerprint = token::fingerprint(&(&experiments, &query.filter, &query.order, query.view));
    let after = match &query.page.token {
        None => None,
        Some(page_token) => {
            let place = token::place(fingerprint, page_token)?;
            let id = String::from_utf8(place).map_err(|_| StoreError::PageToken)?;
            let last = run_rows::by_id(reader, &RunId::new(id)).await?;
            Some(Found::new(last.ok_or(StoreError::PageToken)?.run))
        }
    };
    let size = query.page.size.max(1) as usize;
    let mut top = Top::new(size + 1, |a: &Found, b: &Found| {
        compare(a.view(), b.view(), &order)
    });
    for experiment in experiments {
        let mut last_no = i64::MIN;
        loop {
            let found = run_rows::of_experiment(reader, experiment, last_no, CHUNK).await?;
            let Some(last) = found.last() else { break };
            last_no = last.run_no;
            for stored in found {
                let found = Found::new(stored.run);
                let is_behind = after
                    .as_ref()
                    .is_none_or(|after| compare(found.view(), after.view(), &order).is_gt());
                if is_behind && shows(query.view, found.run.lifecycle) && passes(&query, &found)? {
                    top.offer(found);
                }
            }
        }
    }
    let found = token::page(top.finish(), size, fingerprint, |last| {
        last.run.id.as_str().into()
    });
    Ok(found.map(|found| found.run))
}

fn passes(query: &RunQuery, found: &Found) -> StoreResult<bool> {
    match &query.filter {
        None => Ok(true),
        Some(filter) => filter
            .matches(found.view())
            .map_err(|error| StoreError::Refused(error.to_string())),
    }
}
