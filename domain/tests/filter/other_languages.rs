//! The filters and orders of experiments and runs.

use domain::experiment::{Experiment, LifecycleStage, Tag};
use domain::filter::FilterError;
use domain::filter::experiments::{self, ExperimentFilter};
use domain::filter::runs::{self, RunView};
use domain::ids::{ExperimentId, RunId};
use domain::run::{Metric, Run, RunInputs, RunStatus};
use domain::time::UnixMillis;

fn rows(file: &str) -> impl Iterator<Item = (bool, &str, &str)> {
    let lines = file
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let parts: Vec<&str> = line.splitn(3, '|').map(str::trim).collect();
        (parts[0] == "ok", parts[1], parts[2])
    })
}

fn verdict<T>(
    (accepted, expected, filter): (bool, &str, &str),
    compiled: Result<T, Vec<FilterError>>,
    found: impl Fn(&T) -> String,
) -> Option<String> {
    match (compiled, accepted) {
        (Ok(compiled), true) => {
            let found = found(&compiled);
            (found != expected).then(|| format!("{filter} matches {found}, not {expected}"))
        }
        (Ok(_), false) => Some(format!("{filter} is accepted")),
        (Err(errors), true) => Some(format!("{filter} is refused: {}", errors[0].message)),
        (Err(errors), false) => (!errors[0].message.contains(expected))
            .then(|| format!("{filter} gives {}, not {expected}", errors[0].message)),
    }
}

fn list(names: Vec<String>) -> String {
    if names.is_empty() {
        "-".to_owned()
    } else {
        names.join(",")
    }
}

fn tags(entries: &[(&str, &str)]) -> Vec<Tag> {
    let tag = |(key, value): &(&str, &str)| Tag {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    entries.iter().map(tag).collect()
}

fn experiment(id: i64, name: &str, created: i64, entries: &[(&str, &str)]) -> Experiment {
    Experiment {
        id: ExperimentId(id),
        name: name.to_owned(),
        artifact_location: String::new(),
        lifecycle: LifecycleStage::Active,
        creation_time: UnixMillis(created),
        last_update_time: UnixMillis(created + 10),
        tags: tags(entries),
    }
}

fn experiments_data() -> Vec<Experiment> {
    vec![
        experiment(1, "apple", 100, &[("team", "a")]),
        experiment(2, "Banana", 200, &[]),
        experiment(10, "cherry", 200, &[("team", "b")]),
    ]
}

#[test]
fn experiment_filters_hold() {
    let found = |filter: &ExperimentFilter| {
        let all = experiments_data();
        list(
            all.iter()
                .filter(|e| filter.matches(e).unwrap())
                .map(|e| e.id.to_string())
                .collect(),
        )
    };
    let file = include_str!("../data/filter/experiments.txt");
    let complaints: Vec<String> = rows(file)
        .filter_map(|row| verdict(row, experiments::compile(row.2), found))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn experiment_orders_hold() {
    let sorted = |items: &[&str]| {
        let order = experiments::with_ties(&experiments::parse_order(items).unwrap());
        let mut all = experiments_data();
        all.sort_by(|a, b| experiments::compare(a, b, &order));
        list(all.iter().map(|e| e.id.to_string()).collect())
    };
    assert_eq!(sorted(&[]), "2,10,1");
    assert_eq!(sorted(&["name"]), "2,1,10");
    assert_eq!(sorted(&["attribute.name DESC"]), "10,1,2");
    assert_eq!(sorted(&["creation_time DESC"]), "10,2,1");
    assert_eq!(sorted(&["experiment_id"]), "1,2,10");
    for bad in [
        "tags.team",
        "lifecycle_stage",
        "attributes.name",
        "name UP",
        "name, name",
    ] {
        assert!(experiments::parse_order(&[bad]).is_err(), "{bad}");
    }
}

fn run(id: &str, status: RunStatus, start: i64) -> Run {
    Run {
        id: RunId::new(id),
        experiment_id: ExperimentId(1),
        name: format!("run of {id}"),
        user_id: "alice".to_owned(),
        status,
        start_time: UnixMillis(start),
        end_time: None,
        lifecycle: LifecycleStage::Active,
        metrics: Vec::new(),
        params: Vec::new(),
        tags: Vec::new(),
        inputs: RunInputs::default(),
        outputs: Vec::new(),
    }
}

fn metric(key: &str, value: f64) -> Metric {
    Metric {
        key: key.to_owned(),
        value,
        timestamp: UnixMillis(0),
        step: 0,
    }
}

fn runs_data() -> Vec<Run> {
    vec![
        Run {
            end_time: Some(UnixMillis(150)),
            metrics: vec![metric("acc", 0.5), metric("a b", 2.0)],
            params: tags(&[("model", "small")]),
            tags: tags(&[("team", "a")]),
            ..run("r1", RunStatus::Finished, 100)
        },
        Run {
            metrics: vec![metric("acc", f64::NAN)],
            ..run("r2", RunStatus::Failed, 200)
        },
        Run {
            metrics: vec![metric("acc", 0.9)],
            ..run("r3", RunStatus::Running, 200)
        },
    ]
}

#[test]
fn run_filters_hold() {
    let file = include_str!("../data/filter/runs.txt");
    let found = |filter: &runs::RunFilter| {
        let all = runs_data();
        let matches = |run: &&Run| {
            let artifact_uri = format!("mlflow-artifacts:/1/{}/artifacts", run.id);
            filter
                .matches(RunView {
                    run,
                    artifact_uri: &artifact_uri,
                })
                .unwrap()
        };
        list(
            all.iter()
                .filter(matches)
                .map(|r| r.id.to_string())
                .collect(),
        )
    };
    let complaints: Vec<String> = rows(file)
        .filter_map(|row| verdict(row, runs::compile(row.2), found))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn run_orders_hold() {
    let sorted = |items: &[&str]| {
        let order = runs::with_ties(&runs::parse_order(items).unwrap());
        let mut all = runs_data();
        fn view(run: &Run) -> RunView<'_> {
            RunView {
                run,
                artifact_uri: "",
            }
        }
        all.sort_by(|a, b| runs::compare(view(a), view(b), &order));
        list(all.iter().map(|r| r.id.to_string()).collect())
    };
    assert_eq!(sorted(&[]), "r2,r3,r1");
    assert_eq!(sorted(&["metrics.acc DESC"]), "r3,r1,r2");
    assert_eq!(sorted(&["metrics.acc"]), "r1,r3,r2");
    assert_eq!(sorted(&["params.model DESC"]), "r1,r2,r3");
    assert_eq!(sorted(&["attributes.Created", "run_id DESC"]), "r1,r3,r2");
    assert_eq!(sorted(&["end_time"]), "r1,r2,r3");
    for bad in ["dataset.name", "experiment_id", "foo.bar", "status DOWN"] {
        assert!(runs::parse_order(&[bad]).is_err(), "{bad}");
    }
}
