//! The search for logged models: reads the models of the experiments asked for, filters and orders as the domain says.

use domain::filter::models::{compare, was_measured_on, with_ties};
use domain::ids::ModelId;
use domain::model::LoggedModel;
use domain::page::Page;
use domain::store::{ModelQuery, StoreError, StoreResult};
use sqlx::SqliteConnection;

use super::model_rows;
use super::top::Top;
use crate::token;

/// Models read at once.
const CHUNK: i64 = 512;

/// One page of a search.
pub(super) async fn search(
    reader: &mut SqliteConnection,
    query: ModelQuery,
) -> StoreResult<Page<LoggedModel>> {
    let order = with_ties(&query.order);
    let mut experiments = query.experiments.clone();
    experiments.sort_unstable();
    experiments.dedup();
    let asked = (&experiments, &query.filter, &query.datasets, &query.order);
    let fingerprint = token::fingerprint(&("models", asked));
    let after = match &query.page.token {
        None => None,
        Some(page_token) => {
            let place = token::place(fingerprint, page_token)?;
            let id = String::from_utf8(place).map_err(|_| StoreError::PageToken)?;
            let last = model_rows::by_id(reader, &ModelId::new(id)).await?;
            Some(last.ok_or(StoreError::PageToken)?.model)
        }
    };
    let size = query.page.size.max(1) as usize;
    let mut top = Top::new(size + 1, |a: &LoggedModel, b: &LoggedModel| {
        compare(a, b, &order)
    });
    for experiment in experiments {
        let mut last_no = i64::MIN;
        loop {
            let found = model_rows::of_experiment(reader, experiment, last_no, CHUNK).await?;
            let Some(last) = found.last() else { break };
            last_no = last.model_no;
            for stored in found {
                let model = stored.model;
                let is_behind = after
                    .as_ref()
                    .is_none_or(|after| compare(&model, after, &order).is_gt());
                if is_behind && passes(&query, &model)? {
                    top.offer(model);
                }
            }
        }
    }
    Ok(token::page(top.finish(), size, fingerprint, |last| {
        last.id.as_str().into()
    }))
}

fn passes(query: &ModelQuery, model: &LoggedModel) -> StoreResult<bool> {
    let Some(filter) = &query.filter else {
        return Ok(query.datasets.is_empty() || was_measured_on(model, &query.datasets));
    };
    let is_measured = query.datasets.is_empty()
        || filter.asks_metrics()
        || was_measured_on(model, &query.datasets);
    let matches = filter
        .matches(model, &query.datasets)
        .map_err(|error| StoreError::Refused(error.to_string()))?;
    Ok(is_measured && matches)
}
