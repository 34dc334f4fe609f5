//! Reads the page of a run.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::RunView;
use crate::wire::Wire;

/// A run with its data and one page of its traces, newest first.
///
/// # Errors
/// `NotFound` if there is no such run; `Refused` if the page token is of another search.
#[server(prefix = "/ui-api", endpoint = "run", input = GetUrl, output = Wire)]
pub async fn get_run(
    /// The run.
    run_id: String,
    /// Continue its traces from this token.
    #[server(default)]
    page: String,
) -> Result<RunView, AppError> {
    use domain::page::{Page, PageRequest, PageToken};
    use domain::store::TraceQuery;

    use super::run_facts;
    use crate::model::{RunHead, TraceRow};
    use crate::server_fns::server;
    use crate::url_state::trail;

    const PAGE: u32 = 100;
    let store = server::store()?;
    let store = store.as_ref();
    let run = run_facts::found(store, &run_id).await?;
    let experiment = server::experiment(store, run.experiment_id.0).await?;
    let found = match run_facts::traces_of(&run_id) {
        None => Page::default(),
        Some(filter) => {
            let query = TraceQuery {
                experiments: vec![run.experiment_id],
                filter: Some(filter),
                order: Vec::new(),
                page: PageRequest {
                    size: PAGE,
                    token: (!page.is_empty()).then(|| PageToken(trail::present(&page).to_owned())),
                },
            };
            store.search_traces(query).await?
        }
    };
    let tag = |key: &str| {
        let tag = run.tags.iter().find(|tag| tag.key == key);
        tag.map(|tag| tag.value.clone()).unwrap_or_default()
    };
    Ok(RunView {
        experiment,
        head: RunHead::of(&run),
        source: tag("mlflow.source.name"),
        commit: tag("mlflow.source.git.commit"),
        metrics: data::metrics(store, &run).await?,
        params: run
            .params
            .iter()
            .map(|param| (param.key.clone(), param.value.clone()))
            .collect(),
        datasets: data::datasets(&run),
        models: data::models(store, &run).await?,
        sums: run_facts::sums(store, run.experiment_id, &run_id).await?,
        traces: found.items.iter().map(TraceRow::of).collect(),
        next: found.next.map(|token| token.0),
    })
}

#[cfg(feature = "ssr")]
mod data {
    use domain::page::PageRequest;
    use domain::run::Run;
    use domain::store::Store;

    use crate::charts::history_line;
    use crate::error::AppError;
    use crate::model::{DatasetLine, MetricLine, ModelLine, cut};
    use crate::text::metric;

    /// Metrics whose history is drawn; further ones show their latest value.
    const DRAWN: usize = 60;
    /// Values of a metric that are read for its drawing.
    const VALUES: u32 = 2_000;
    /// The most points of a drawing.
    const POINTS: usize = 200;
    /// The most datasets and models shown.
    const INPUTS: usize = 100;

    pub async fn metrics(store: &dyn Store, run: &Run) -> Result<Vec<MetricLine>, AppError> {
        let mut lines = Vec::with_capacity(run.metrics.len());
        for (place, latest) in run.metrics.iter().enumerate() {
            let mut line = MetricLine {
                key: latest.key.clone(),
                text: metric::value(latest.value),
                step: latest.step,
                time_ms: latest.timestamp.0,
                count: None,
                path: String::new(),
                range: None,
            };
            if place < DRAWN {
                let page = PageRequest::first(VALUES);
                let history = store.metric_history(&run.id, &latest.key, page).await?;
                let values: Vec<_> = history.items.iter().map(|m| (m.step, m.value)).collect();
                line.count = history.next.is_none().then_some(values.len() as u32);
                line.path = history_line(&thinned(&values));
                line.range = metric::range(&values)
                    .filter(|_| !line.path.is_empty())
                    .map(|(least, greatest)| (metric::value(least), metric::value(greatest)));
            }
            lines.push(line);
        }
        Ok(lines)
    }

    /// Every so manieth value and the last one.
    fn thinned(values: &[(i64, f64)]) -> Vec<(i64, f64)> {
        let stride = values.len().div_ceil(POINTS).max(1);
        let last = values.len().saturating_sub(1);
        let kept = values.iter().enumerate();
        let kept = kept.filter(|(place, _)| place % stride == 0 || *place == last);
        kept.map(|(_, value)| *value).collect()
    }

    pub fn datasets(run: &Run) -> Vec<DatasetLine> {
        let used = run.inputs.datasets.iter().take(INPUTS);
        used.map(|dataset| DatasetLine {
            name: dataset.name.clone(),
            digest: dataset.digest.clone(),
            context: dataset.context().unwrap_or_default().to_owned(),
            source: cut(&dataset.source, 300),
        })
        .collect()
    }

    pub async fn models(store: &dyn Store, run: &Run) -> Result<Vec<ModelLine>, AppError> {
        let made = run.outputs.iter().map(|output| (&output.model_id, true));
        let used = run.inputs.models.iter().map(|model| (model, false));
        let mut lines = Vec::new();
        for (id, is_made) in made.chain(used).take(INPUTS) {
            let model = store.model(id).await?;
            let about = model.as_ref().map(|model| {
                let status = model.status.short_name().to_lowercase();
                match model.model_type.as_str() {
                    "" => status,
                    kind => format!("{kind}, {status}"),
                }
            });
            lines.push(ModelLine {
                id: id.as_str().to_owned(),
                name: model.map_or_else(|| id.as_str().to_owned(), |model| model.name),
                about: about.unwrap_or_default(),
                is_made,
            });
        }
        Ok(lines)
    }
}
