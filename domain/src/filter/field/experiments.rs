//! What can be asked of an experiment.

use super::{Field, FieldId, Keys, Kind, Language, Ops};
use crate::filter::ast::Op;

/// Entities that mean the experiment itself.
pub(in crate::filter) const OWN: &[&str] = &["", "attribute"];
const LISTS: Ops = Ops::of(&[Op::In, Op::NotIn]);

/// The language of the experiment search.
pub static EXPERIMENTS: Language = Language {
    fields: &[
        Field {
            id: FieldId::Name,
            entities: OWN,
            keys: Keys::Named(&["name"]),
            kind: Kind::Text,
            ops: Ops::PATTERN,
            noun: "attribute",
            help: "Name of the experiment",
            example: "name ILIKE 'support%'",
        },
        Field {
            id: FieldId::ExperimentId,
            entities: OWN,
            keys: Keys::Named(&["experiment_id"]),
            kind: Kind::Text,
            ops: LISTS.and(&[Op::Eq, Op::Ne]),
            noun: "attribute",
            help: "Id of the experiment",
            example: "experiment_id IN ('1', '2')",
        },
        Field {
            id: FieldId::CreationTime,
            entities: OWN,
            keys: Keys::Named(&["creation_time"]),
            kind: Kind::BareNumber,
            ops: Ops::NUMBER,
            noun: "attribute",
            help: "When it was made, milliseconds since 1970-01-01 UTC",
            example: "creation_time > 1700000000000",
        },
        Field {
            id: FieldId::LastUpdateTime,
            entities: OWN,
            keys: Keys::Named(&["last_update_time"]),
            kind: Kind::BareNumber,
            ops: Ops::NUMBER,
            noun: "attribute",
            help: "When it last changed, milliseconds since 1970-01-01 UTC",
            example: "last_update_time > 1700000000000",
        },
        Field {
            id: FieldId::Tag,
            entities: &["tags", "tag"],
            keys: Keys::Any,
            kind: Kind::Text,
            ops: Ops::PATTERN.or(Ops::NULL),
            noun: "tag",
            help: "Value of a tag",
            example: "tags.team = 'search'",
        },
    ],
    entities: &["attribute", "tag", "tags"],
    valid_entities: "Valid entity types are",
    null_only_for: Some("tags"),
};
