//! Metrics of assessments: the valid ones of matching traces, the newest first if there are very many.

use std::collections::HashSet;

use domain::assessment::{Assessment, AssessmentValue};
use domain::json;
use domain::stats::{
    AssessmentKind, AssessmentTest, COUNTED_MAX, Counted, Dimension, Metric, MetricQuery, Metrics,
};
use domain::store::StoreResult;
use sqlx::{Row, SqliteConnection};

use super::matched::starts;
use super::traces::Groups;
use crate::error::database;
use crate::sqlite::SqliteStore;
use crate::sqlite::assessments::assessment;
use crate::sqlite::parts::PartReader;

pub(super) async fn metrics(store: &SqliteStore, query: MetricQuery) -> StoreResult<Metrics> {
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let (found, is_cut) = valid(&query, &mut reader).await?;
    let rated: HashSet<i64> = found.iter().map(|(trace_no, _)| *trace_no).collect();
    let mut parts = PartReader {
        connection: &mut reader,
        cache: &store.shared.parts,
    };
    let starts = starts(&matches, &rated, &mut parts).await?;
    let mut groups = Groups::new(&query);
    let mut count = 0;
    for (trace_no, assessment) in &found {
        let Some(start) = starts.get(trace_no) else {
            continue;
        };
        count += 1;
        let number = match query.metric {
            Metric::AssessmentValue => assessment.value.number(),
            _ => Some(0.0),
        };
        let texts = query.dimensions.iter().map(|dimension| match dimension {
            Dimension::AssessmentName => Some(assessment.name.clone()),
            Dimension::AssessmentValue => Some(value_text(&assessment.value)),
            _ => None,
        });
        if let (Some(number), Some(texts)) = (number, texts.collect()) {
            groups.group((query.bucket(*start), texts)).add(number);
        }
    }
    let is_all = !is_cut && matches!(matches.counted, Counted::All(_));
    Ok(Metrics {
        counted: if is_all {
            Counted::All(count)
        } else {
            Counted::Newest(count)
        },
        points: groups.finish(),
    })
}

/// Valid assessments that pass the conditions, with their traces, and whether there are more than were looked at.
async fn valid(
    query: &MetricQuery,
    reader: &mut SqliteConnection,
) -> StoreResult<(Vec<(i64, Assessment)>, bool)> {
    let select = "select trace_no, assessment_no, valid, data from assessment
        where valid = 1 order by assessment_no desc limit ?1";
    let rows = sqlx::query(select)
        .bind(COUNTED_MAX as i64 + 1)
        .fetch_all(reader)
        .await
        .map_err(database)?;
    let is_cut = rows.len() as u64 > COUNTED_MAX;
    let mut found = Vec::new();
    for row in rows.iter().take(COUNTED_MAX as usize) {
        let assessment = assessment(row)?;
        if query
            .assessments
            .iter()
            .all(|test| passes(test, &assessment))
        {
            found.push((row.try_get(0).map_err(database)?, assessment));
        }
    }
    Ok((found, is_cut))
}

fn passes(test: &AssessmentTest, assessment: &Assessment) -> bool {
    match test {
        AssessmentTest::Name(name) => assessment.name == *name,
        AssessmentTest::Kind(kind) => *kind == Some(kind_of(&assessment.value)),
    }
}

fn kind_of(value: &AssessmentValue) -> AssessmentKind {
    match value {
        AssessmentValue::Feedback { .. } => AssessmentKind::Feedback,
        AssessmentValue::Expectation { .. } => AssessmentKind::Expectation,
        AssessmentValue::Issue { .. } => AssessmentKind::Issue,
    }
}

/// The value as MLflow 3.17.2 groups by it: JSON as Python writes it.
fn value_text(value: &AssessmentValue) -> String {
    match value {
        AssessmentValue::Feedback { value, .. } | AssessmentValue::Expectation { value } => {
            json::to_python_text(value)
        }
        AssessmentValue::Issue { issue_name } => {
            json::to_python_text(&serde_json::json!({ "issue_name": issue_name }))
        }
    }
}
