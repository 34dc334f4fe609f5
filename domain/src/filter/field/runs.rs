//! What can be asked of a run.

use super::{Field, FieldId, Keys, Kind, Language, Ops};
use crate::filter::ast::Op;

/// Entities that mean the run itself.
pub(in crate::filter) const OWN: &[&str] = &["", "attributes", "attribute", "attr", "run"];
const DATASET: &[&str] = &["dataset", "datasets"];
const LISTS: &[Op] = &[Op::In, Op::NotIn];

/// The language of the run search.
pub static RUNS: Language = Language {
    fields: &[
        text(
            FieldId::Status,
            OWN,
            &["status"],
            "RUNNING, SCHEDULED, FINISHED, FAILED or KILLED",
            "status = 'FINISHED'",
        ),
        Field {
            ops: Ops::PATTERN.and(LISTS),
            ..text(
                FieldId::RunId,
                OWN,
                &["run_id"],
                "Id of the run",
                "run_id IN ('0123', '4567')",
            )
        },
        text(
            FieldId::RunName,
            OWN,
            &["run_name", "run name", "Run name", "Run Name"],
            "Name of the run",
            "run_name LIKE 'nightly%'",
        ),
        number(
            FieldId::StartTime,
            &["start_time", "created", "Created"],
            "Start, milliseconds since 1970-01-01 UTC",
            "start_time > 1700000000000",
        ),
        number(
            FieldId::EndTime,
            &["end_time"],
            "End, milliseconds since 1970-01-01 UTC",
            "end_time < 1700000000000",
        ),
        text(
            FieldId::UserId,
            OWN,
            &["user_id"],
            "Who started the run",
            "user_id = 'alice'",
        ),
        text(
            FieldId::ArtifactUri,
            OWN,
            &["artifact_uri"],
            "Where its artifacts are",
            "artifact_uri LIKE '%/1/%'",
        ),
        Field {
            id: FieldId::Metric,
            entities: &["metrics", "metric"],
            keys: Keys::Any,
            kind: Kind::BareNumber,
            ops: Ops::NUMBER,
            noun: "metric",
            help: "Latest value of a metric",
            example: "metrics.accuracy > 0.9",
        },
        Field {
            noun: "parameter",
            ..keyed(
                FieldId::Param,
                &["params", "param", "parameters", "parameter"],
                "Value of a parameter",
                "params.model = 'small'",
            )
        },
        keyed(
            FieldId::Tag,
            &["tags", "tag"],
            "Value of a tag",
            "tags.team = 'search'",
        ),
        dataset(
            FieldId::DatasetName,
            &["name"],
            "Name of a dataset it used",
            "dataset.name = 'questions'",
        ),
        dataset(
            FieldId::DatasetDigest,
            &["digest"],
            "Digest of a dataset it used",
            "dataset.digest = 'a1b2'",
        ),
        dataset(
            FieldId::DatasetContext,
            &["context"],
            "What a dataset was used for",
            "dataset.context = 'eval'",
        ),
    ],
    entities: &[
        "attr",
        "attribute",
        "attributes",
        "dataset",
        "datasets",
        "metric",
        "metrics",
        "param",
        "parameter",
        "parameters",
        "params",
        "run",
        "tag",
        "tags",
    ],
    valid_entities: "Valid values are",
    null_only_for: Some("tags and params"),
};

const fn text(
    id: FieldId,
    entities: &'static [&'static str],
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    let keys = Keys::Named(names);
    Field {
        id,
        entities,
        keys,
        kind: Kind::Text,
        ops: Ops::PATTERN,
        noun: "attribute",
        help,
        example,
    }
}

const fn number(
    id: FieldId,
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    Field {
        kind: Kind::BareNumber,
        ops: Ops::NUMBER,
        ..text(id, OWN, names, help, example)
    }
}

const fn keyed(
    id: FieldId,
    entities: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    let ops = Ops::PATTERN.or(Ops::NULL);
    Field {
        keys: Keys::Any,
        ops,
        noun: "tag",
        ..text(id, entities, &[], help, example)
    }
}

const fn dataset(
    id: FieldId,
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    let ops = Ops::PATTERN.and(LISTS);
    Field {
        ops,
        noun: "dataset",
        ..text(id, DATASET, names, help, example)
    }
}
