//! `spanfall demo`: fills an empty store with recorded runs of real agents, so that a newcomer sees a living product.
//!
//! The rows live in `server/data/demo` with their licences. They go through the same store methods as a client's traces.

mod plan;
#[cfg(test)]
mod told;
mod trajectory;

use std::collections::BTreeMap;

use domain::assessment::{AssessmentSource, AssessmentValue, SourceType};
use domain::experiment::Tag;
use domain::ids::{AssessmentId, ExperimentId, RunId, TraceId};
use domain::ingest::{NewAssessment, SpanBatch, TraceInfoWrite};
use domain::pricing::{PriceTable, add_cost};
use domain::run::{Metric, RunStatus};
use domain::store::{NewExperiment, NewRun, RunData, RunUpdate, Store, StoreResult};
use domain::time::UnixMillis;
use domain::trace::keys;
use serde_json::Value;

use self::plan::PlannedTrace;
use self::trajectory::Trajectory;

static ROWS: &[u8] = include_bytes!("../data/demo/trajectories.jsonl.gz");

/// How much the demo put into the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DemoReport {
    /// Experiments made.
    pub experiments: usize,
    /// Traces logged.
    pub traces: usize,
    /// Spans in them.
    pub spans: usize,
}

/// Whether nothing was ever logged to a store: only the default experiment, without traces.
///
/// # Errors
/// What the store says.
pub async fn is_empty(store: &dyn Store) -> StoreResult<bool> {
    let summaries = store.experiment_summaries(2).await?;
    Ok(summaries
        .iter()
        .all(|s| s.experiment.id == ExperimentId::DEFAULT && s.trace_count == 0))
}

/// Logs the demo's traces, priced, so that the last one ends at `now`.
///
/// # Errors
/// What the store says.
pub async fn fill(
    store: &dyn Store,
    now: UnixMillis,
    prices: &PriceTable,
) -> StoreResult<DemoReport> {
    let rows = trajectory::read(ROWS);
    let mut report = DemoReport::default();
    let mut boxes = Boxes {
        store,
        now,
        experiments: BTreeMap::new(),
        runs: BTreeMap::new(),
    };
    let count = rows.len();
    for (index, row) in rows.iter().enumerate() {
        let experiment = boxes.experiment(row).await?;
        let run = boxes.run(row, experiment).await?;
        let mut trace = plan::plan(row, index, count, now);
        for span in &mut trace.spans {
            add_cost(span, prices);
        }
        report.traces += 1;
        report.spans += trace.spans.len();
        log(store, row, trace, experiment, run, now).await?;
    }
    report.experiments = boxes.experiments.len();
    boxes.finish().await?;
    Ok(report)
}

/// The experiments and runs made so far.
struct Boxes<'a> {
    store: &'a dyn Store,
    now: UnixMillis,
    experiments: BTreeMap<String, ExperimentId>,
    runs: BTreeMap<(ExperimentId, String), (RunId, Vec<f64>)>,
}

impl Boxes<'_> {
    async fn experiment(&mut self, row: &Trajectory) -> StoreResult<ExperimentId> {
        let name = format!("Demo: {} agent", row.domain.replace('-', " "));
        if let Some(id) = self.experiments.get(&name) {
            return Ok(*id);
        }
        let tag = |key: &str, value: &str| Tag {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let new = NewExperiment {
            name: name.clone(),
            artifact_location: None,
            tags: vec![
                tag("demo", "true"),
                tag(
                    "mlflow.note.content",
                    "Recorded runs of real agents, moved to the last 24 hours.",
                ),
            ],
        };
        let id = self.store.create_experiment(new, self.now).await?;
        self.experiments.insert(name, id);
        Ok(id)
    }

    async fn run(&mut self, row: &Trajectory, experiment: ExperimentId) -> StoreResult<RunId> {
        let model = row.model_name();
        let key = (experiment, model.to_owned());
        if !self.runs.contains_key(&key) {
            let id = RunId::new(plan::hex_id(&format!("run {experiment} {model}")));
            let new = NewRun {
                id: id.clone(),
                experiment_id: experiment,
                name: model.to_owned(),
                user_id: "demo".to_owned(),
                start_time: UnixMillis(self.now.0 - plan::SPREAD_MS),
                tags: vec![Tag {
                    key: "demo".to_owned(),
                    value: "true".to_owned(),
                }],
            };
            self.store.create_run(new).await?;
            self.runs.insert(key.clone(), (id, Vec::new()));
        }
        let (id, rewards) = self.runs.get_mut(&key).expect("inserted above");
        rewards.extend(row.reward);
        Ok(id.clone())
    }

    async fn finish(self) -> StoreResult<()> {
        for ((_, model), (id, rewards)) in self.runs {
            let mut metrics = Vec::new();
            if !rewards.is_empty() {
                let mean = rewards.iter().sum::<f64>() / rewards.len() as f64;
                let metric = |key: &str, value| Metric {
                    key: key.to_owned(),
                    value,
                    timestamp: self.now,
                    step: 0,
                };
                metrics.push(metric("mean_reward", mean));
                metrics.push(metric("tasks", rewards.len() as f64));
            }
            let params = vec![Tag {
                key: "model".to_owned(),
                value: model,
            }];
            self.store
                .log_run_data(
                    &id,
                    RunData {
                        metrics,
                        params,
                        tags: Vec::new(),
                        ..RunData::default()
                    },
                )
                .await?;
            let end = RunUpdate {
                status: Some(RunStatus::Finished),
                end_time: Some(self.now),
                name: None,
            };
            self.store.update_run(&id, end).await?;
        }
        Ok(())
    }
}

async fn log(
    store: &dyn Store,
    row: &Trajectory,
    trace: PlannedTrace,
    experiment: ExperimentId,
    run: RunId,
    now: UnixMillis,
) -> StoreResult<()> {
    let id = TraceId::from_otel(trace.otel_id);
    let write = trace_info(row, &trace, id.clone(), experiment, &run);
    let batch = SpanBatch {
        experiment_id: experiment,
        trace_id: id.clone(),
        spans: trace.spans,
        resource_tags: Vec::new(),
        run_id: None,
        readable_by_id: true,
    };
    store.ingest(vec![batch]).await?;
    store.put_trace_info(write).await?;
    for assessment in assessments(row, &id, now) {
        store.create_assessment(&id, assessment).await?;
    }
    Ok(())
}

fn trace_info(
    row: &Trajectory,
    trace: &PlannedTrace,
    trace_id: TraceId,
    experiment_id: ExperimentId,
    run: &RunId,
) -> TraceInfoWrite {
    let root = &trace.spans[0];
    let mut metadata = BTreeMap::from([
        (keys::SESSION.to_owned(), row.session_id.clone()),
        (keys::SOURCE_RUN.to_owned(), run.as_str().to_owned()),
        ("demo.license".to_owned(), row.source.license.clone()),
    ]);
    if let Some(user) = &row.user_id {
        metadata.insert(keys::USER.to_owned(), user.clone());
    }
    let mut tags = BTreeMap::from([
        (keys::NAME.to_owned(), root.name.clone()),
        ("demo".to_owned(), "true".to_owned()),
        ("domain".to_owned(), row.domain.clone()),
        (
            "task_id".to_owned(),
            row.task_id.chars().take(250).collect(),
        ),
        ("framework".to_owned(), row.agent.framework.clone()),
        ("model".to_owned(), row.model_name().to_owned()),
        (
            "demo.source".to_owned(),
            format!("{}@{:.12}", row.source.repo, row.source.commit),
        ),
        (
            "demo.time_shift_s".to_owned(),
            (trace.shift_nanos / 1_000_000_000).to_string(),
        ),
    ]);
    if let Some(reason) = &row.termination_reason {
        tags.insert("termination".to_owned(), reason.clone());
    }
    TraceInfoWrite {
        trace_id,
        experiment_id,
        client_request_id: None,
        request_preview: None,
        response_preview: None,
        request_time: root.start.to_millis(),
        duration_ms: root.duration_nanos().map(|nanos| nanos / 1_000_000),
        state: trace.state,
        metadata,
        tags,
        assessments: Vec::new(),
    }
}

fn assessments(row: &Trajectory, trace: &TraceId, now: UnixMillis) -> Vec<NewAssessment> {
    let mut out = Vec::new();
    let mut add = |name: &str, kind, source: &str, value, rationale: Option<String>| {
        out.push(NewAssessment {
            id: AssessmentId::new(format!("a-{}", plan::hex_id(&format!("{trace} {name}")))),
            span_id: None,
            name: name.to_owned(),
            source: AssessmentSource {
                source_type: kind,
                source_id: source.to_owned(),
            },
            value,
            rationale,
            metadata: BTreeMap::new(),
            create_time: now,
            last_update_time: now,
            overrides: None,
        });
    };
    let feedback = |value| AssessmentValue::Feedback { value, error: None };
    let environment = format!("{} environment", row.agent.framework);
    if let Some(reward) = row.reward {
        add(
            "reward",
            SourceType::Code,
            &environment,
            feedback(Value::from(reward)),
            None,
        );
    }
    if let Some(same) = row.reward_info.db_match {
        add(
            "db_match",
            SourceType::Code,
            &environment,
            feedback(Value::from(same)),
            None,
        );
    }
    for (index, assertion) in row.reward_info.nl_assertions.iter().enumerate() {
        let why = format!("{} {}", assertion.assertion, assertion.justification);
        let value = feedback(Value::from(assertion.met));
        add(
            &format!("nl_assertion_{index}"),
            SourceType::LlmJudge,
            "tau2 judge",
            value,
            Some(why),
        );
    }
    if let Some(actions) = &row.expected_actions {
        let value = AssessmentValue::Expectation {
            value: actions.clone(),
        };
        add(
            "expected_actions",
            SourceType::Human,
            "task author",
            value,
            None,
        );
    }
    out
}
