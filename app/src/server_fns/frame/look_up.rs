//! Finds things by name or id, over all that the server holds.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::LookUp as Found;
use crate::wire::Wire;

/// What a text names or begins: traces, spans, experiments, runs, sessions, users and saved views, a few of each.
///
/// # Errors
/// If the store fails.
#[server(prefix = "/ui-api", endpoint = "look_up", input = GetUrl, output = Wire)]
pub async fn look_up(
    /// A name, an id or its beginning, a `traceparent`, an address; of more than 500 characters only these count.
    #[server(default)]
    text: String,
    /// The experiment that the reader is in: its runs, sessions, users and views come before others. May be empty.
    #[server(default)]
    experiment: String,
) -> Result<Found, AppError> {
    let text: String = text.trim().chars().take(500).collect();
    if text.is_empty() {
        return Ok(Found::default());
    }
    find::everything(&text, experiment.parse().ok()).await
}

#[cfg(feature = "ssr")]
mod find {
    use std::sync::Arc;

    use domain::experiment::{Experiment, ViewType};
    use domain::filter;
    use domain::filter::print::quote_value;
    use domain::ids::{ExperimentId, RunId, SpanId, TraceId};
    use domain::page::PageRequest;
    use domain::store::{RunQuery, Store, TraceQuery};
    use domain::trace::TraceInfo;

    use crate::error::AppError;
    use crate::model::{Hit, LookUp, TraceRow};
    use crate::pasted::{Pasted, pasted};
    use crate::server_fns::experiments::list_experiments;
    use crate::server_fns::server;
    use crate::text::number;
    use crate::url_state::{experiment_href, query, run_href, session_href, trace_href, user_href};

    /// Hits of a kind.
    const EACH: usize = 6;
    /// Experiments whose runs, sessions, users and views are looked through: those with the newest traces.
    const EXPERIMENTS: usize = 50;
    /// Traces whose spans are looked through for a span's id: the newest.
    const SPAN_TRACES: u32 = 300;
    /// Spans looked through at most.
    const SPANS: u64 = 200_000;

    pub async fn everything(text: &str, here: Option<i64>) -> Result<LookUp, AppError> {
        let store = server::store()?;
        let mut experiments: Vec<Experiment> = store
            .experiment_summaries(list_experiments::MOST)
            .await?
            .into_iter()
            .map(|summary| summary.experiment)
            .collect();
        // The one that the reader is in comes first.
        experiments.sort_by_key(|experiment| Some(experiment.id.0) != here);
        let search = Search { store, experiments };
        if let Some(named) = pasted(text) {
            let hit = search.named(named).await?;
            return Ok(LookUp {
                is_exact: hit.is_some(),
                hits: hit.into_iter().collect(),
            });
        }
        let mut hits = search.experiments_like(text);
        hits.extend(search.traces_from(text).await?);
        hits.extend(search.runs_like(text).await?);
        hits.extend(search.belonging("session", "trace.session", text).await?);
        hits.extend(search.belonging("user", "trace.user", text).await?);
        hits.extend(search.views_like(text).await?);
        Ok(LookUp {
            hits,
            is_exact: false,
        })
    }

    struct Search {
        store: Arc<dyn Store>,
        experiments: Vec<Experiment>,
    }

    impl Search {
        fn ids(&self) -> Vec<ExperimentId> {
            self.experiments.iter().map(|found| found.id).collect()
        }

        fn near(&self) -> Vec<ExperimentId> {
            self.ids().into_iter().take(EXPERIMENTS).collect()
        }

        fn name_of(&self, id: ExperimentId) -> String {
            let found = self.experiments.iter().find(|found| found.id == id);
            found.map_or_else(|| format!("experiment {id}"), |found| found.name.clone())
        }

        async fn named(&self, named: Pasted) -> Result<Option<Hit>, AppError> {
            match named {
                Pasted::Trace { id, span } => self.trace(&id, span.as_deref()).await,
                Pasted::TraceOrRun(digits) => {
                    match self.trace(&format!("tr-{digits}"), None).await? {
                        Some(hit) => Ok(Some(hit)),
                        None => self.run(&digits).await,
                    }
                }
                Pasted::Run(id) => self.run(&id).await,
                Pasted::Span(id) => self.span(&id).await,
                Pasted::Experiment(id) => {
                    let found = self.experiments.iter().find(|found| found.id.0 == id);
                    Ok(found.map(experiment_hit))
                }
            }
        }

        async fn trace(&self, id: &str, span: Option<&str>) -> Result<Option<Hit>, AppError> {
            let Ok(id) = TraceId::parse(id) else {
                return Ok(None);
            };
            let found = self.store.trace(&id).await?;
            Ok(found.map(|found| self.trace_hit(&found, span)))
        }

        fn trace_hit(&self, found: &TraceInfo, span: Option<&str>) -> Hit {
            let row = TraceRow::of(found);
            let href = query(
                &trace_href(&row.trace_id),
                &[("span", span.unwrap_or_default())],
            );
            let short = number::short_id(&row.trace_id);
            let name = if row.name.is_empty() {
                &short
            } else {
                &row.name
            };
            Hit {
                kind: if span.is_some() { "span" } else { "trace" }.to_owned(),
                label: name.clone(),
                detail: format!("{short} · {}", self.name_of(found.experiment_id)),
                href,
            }
        }

        async fn run(&self, id: &str) -> Result<Option<Hit>, AppError> {
            let found = self.store.run(&RunId::new(id.to_owned())).await?;
            Ok(found.map(|run| self.run_hit(&run)))
        }

        fn run_hit(&self, run: &domain::run::Run) -> Hit {
            Hit {
                kind: "run".to_owned(),
                label: run.name.clone(),
                detail: self.name_of(run.experiment_id),
                href: run_href(run.id.as_str()),
            }
        }

        /// A span's id is not indexed without its trace: the newest traces are looked through.
        async fn span(&self, id: &str) -> Result<Option<Hit>, AppError> {
            let Ok(wanted) = id.parse::<SpanId>() else {
                return Ok(None);
            };
            let mut left = SPANS;
            for found in self.search(None, SPAN_TRACES).await? {
                let spans = u64::from(found.stats.span_count);
                if spans > left {
                    continue;
                }
                left -= spans;
                let rows = self.store.span_rows(&found.trace_id).await?;
                let has_it = |row: &domain::span_row::SpanRow| row.span_id == wanted;
                if rows.is_some_and(|rows| rows.iter().any(has_it)) {
                    return Ok(Some(self.trace_hit(&found, Some(id))));
                }
            }
            Ok(None)
        }

        /// The newest traces that match.
        async fn search(
            &self,
            filter: Option<&str>,
            size: u32,
        ) -> Result<Vec<TraceInfo>, AppError> {
            let filter = match filter.map(filter::compile) {
                None => None,
                Some(Ok(filter)) => Some(filter),
                // The text cannot stand in a filter, so nothing has it.
                Some(Err(_)) => return Ok(Vec::new()),
            };
            let query = TraceQuery {
                experiments: self.ids(),
                filter,
                order: Vec::new(),
                page: PageRequest { size, token: None },
            };
            Ok(self.store.search_traces(query).await?.items)
        }

        async fn traces_from(&self, text: &str) -> Result<Vec<Hit>, AppError> {
            let digits = text.strip_prefix("tr-").unwrap_or(text);
            let is_id = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            if !is_id {
                return Ok(Vec::new());
            }
            let clause = format!("request_id LIKE 'tr-{}%'", digits.to_lowercase());
            let found = self.search(Some(&clause), EACH as u32).await?;
            Ok(found
                .iter()
                .map(|found| self.trace_hit(found, None))
                .collect())
        }

        fn experiments_like(&self, text: &str) -> Vec<Hit> {
            let wanted = text.to_lowercase();
            let found = self
                .experiments
                .iter()
                .filter(|found| found.name.to_lowercase().contains(&wanted));
            found.take(EACH).map(experiment_hit).collect()
        }

        async fn runs_like(&self, text: &str) -> Result<Vec<Hit>, AppError> {
            let Some(pattern) = quote_value(&format!("%{text}%")) else {
                return Ok(Vec::new());
            };
            let filter = filter::runs::compile(&format!("attributes.run_name ILIKE {pattern}"));
            let Ok(filter) = filter else {
                return Ok(Vec::new());
            };
            let query = RunQuery {
                experiments: self.near(),
                filter: Some(filter),
                order: Vec::new(),
                view: ViewType::ActiveOnly,
                page: PageRequest {
                    size: EACH as u32,
                    token: None,
                },
            };
            let found = self.store.search_runs(query).await?;
            Ok(found.items.iter().map(|run| self.run_hit(run)).collect())
        }

        /// Sessions or users that begin like this, by the newest traces that have one.
        async fn belonging(
            &self,
            kind: &'static str,
            field: &str,
            text: &str,
        ) -> Result<Vec<Hit>, AppError> {
            let Some(pattern) = quote_value(&format!("{text}%")) else {
                return Ok(Vec::new());
            };
            let found = self
                .search(Some(&format!("{field} ILIKE {pattern}")), 60)
                .await?;
            let mut hits: Vec<Hit> = Vec::new();
            for found in found {
                let row = TraceRow::of(&found);
                let id = found.experiment_id;
                let (value, href) = if kind == "session" {
                    let value = row.session.unwrap_or_default();
                    let href = session_href(id.0, &value);
                    (value, href)
                } else {
                    let value = row.user.unwrap_or_default();
                    let href = user_href(id.0, &value);
                    (value, href)
                };
                if value.is_empty() || hits.iter().any(|hit| hit.href == href) {
                    continue;
                }
                hits.push(Hit {
                    kind: kind.to_owned(),
                    label: value,
                    detail: self.name_of(id),
                    href,
                });
                if hits.len() == EACH {
                    break;
                }
            }
            Ok(hits)
        }

        async fn views_like(&self, text: &str) -> Result<Vec<Hit>, AppError> {
            let wanted = text.to_lowercase();
            let mut hits = Vec::new();
            for id in self.near() {
                for view in self.store.saved_views(id).await? {
                    if hits.len() < EACH && view.name.to_lowercase().contains(&wanted) {
                        hits.push(Hit {
                            kind: "view".to_owned(),
                            label: view.name,
                            detail: self.name_of(id),
                            href: format!("{}?{}", experiment_href(id.0, "traces"), view.query),
                        });
                    }
                }
            }
            Ok(hits)
        }
    }

    fn experiment_hit(found: &Experiment) -> Hit {
        Hit {
            kind: "experiment".to_owned(),
            label: found.name.clone(),
            detail: String::new(),
            href: experiment_href(found.id.0, "traces"),
        }
    }
}
