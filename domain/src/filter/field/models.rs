//! What can be asked of a logged model.

use super::{Field, FieldId, Keys, Kind, Language, Ops};
use crate::filter::ast::Op;

/// Entities that mean the model itself.
pub(in crate::filter) const OWN: &[&str] = &["", "attributes"];
const LISTED: Ops = Ops::PATTERN.and(&[Op::In, Op::NotIn]);

/// The language of the search for logged models.
pub static MODELS: Language = Language {
    fields: &[
        text(
            FieldId::Name,
            &["name"],
            "Name of the model",
            "name LIKE 'agent%'",
        ),
        text(
            FieldId::ModelId,
            &["model_id"],
            "Id of the model",
            "model_id IN ('m-01', 'm-02')",
        ),
        text(
            FieldId::ModelType,
            &["model_type"],
            "Kind of model",
            "model_type = 'Agent'",
        ),
        text(
            FieldId::Status,
            &["status"],
            "PENDING, READY, FAILED or UNSPECIFIED",
            "status = 'READY'",
        ),
        text(
            FieldId::SourceRunId,
            &["source_run_id"],
            "Id of the run that made it",
            "source_run_id = '0123'",
        ),
        text(
            FieldId::ExperimentId,
            &["experiment_id"],
            "Id of its experiment",
            "experiment_id = '1'",
        ),
        time(
            FieldId::CreationTime,
            &[
                "creation_timestamp",
                "creation_timestamp_ms",
                "creation_time",
            ],
            "When it was made, milliseconds since 1970-01-01 UTC",
            "creation_timestamp > 1700000000000",
        ),
        time(
            FieldId::LastUpdateTime,
            &["last_updated_timestamp", "last_updated_timestamp_ms"],
            "When it last changed, milliseconds since 1970-01-01 UTC",
            "last_updated_timestamp > 1700000000000",
        ),
        Field {
            id: FieldId::Metric,
            entities: &["metrics"],
            keys: Keys::Any,
            kind: Kind::BareNumber,
            ops: Ops::NUMBER,
            noun: "metric",
            help: "A value of a metric that some run measured",
            example: "metrics.accuracy > 0.9",
        },
        keyed(
            FieldId::Param,
            &["params"],
            "parameter",
            "Value of a parameter",
            "params.temperature = '0.1'",
        ),
        keyed(
            FieldId::Tag,
            &["tags"],
            "tag",
            "Value of a tag",
            "tags.team = 'search'",
        ),
    ],
    entities: &["attributes", "metrics", "params", "tags"],
    valid_entities: "Expected one of",
    null_only_for: Some("tags and params"),
};

const fn text(
    id: FieldId,
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    Field {
        id,
        entities: OWN,
        keys: Keys::Named(names),
        kind: Kind::Text,
        ops: LISTED,
        noun: "attribute",
        help,
        example,
    }
}

const fn time(
    id: FieldId,
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    Field {
        kind: Kind::BareNumber,
        ops: Ops::NUMBER,
        ..text(id, names, help, example)
    }
}

const fn keyed(
    id: FieldId,
    entities: &'static [&'static str],
    noun: &'static str,
    help: &'static str,
    example: &'static str,
) -> Field {
    Field {
        entities,
        keys: Keys::Any,
        kind: Kind::TextOrNumber,
        ops: LISTED.or(Ops::NULL),
        noun,
        ..text(id, &[], help, example)
    }
}
