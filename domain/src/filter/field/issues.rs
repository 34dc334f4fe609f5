//! What can be asked of an issue.

use super::{Field, FieldId, Keys, Kind, Language, Ops};
use crate::filter::ast::Op;

const EQUALITY: Ops = Ops::of(&[Op::Eq, Op::Ne]);

/// The language of the search for issues.
pub static ISSUES: Language = Language {
    fields: &[
        text(
            FieldId::Status,
            &["status"],
            "pending, rejected or resolved",
            "status = 'pending'",
        ),
        text(
            FieldId::SourceRunId,
            &["source_run_id"],
            "Id of the run that found it",
            "source_run_id = '0123'",
        ),
    ],
    entities: &[],
    valid_entities: "Valid entity types are",
    null_only_for: None,
};

const fn text(
    id: FieldId,
    names: &'static [&'static str],
    help: &'static str,
    example: &'static str,
) -> Field {
    Field {
        id,
        entities: &[""],
        keys: Keys::Named(names),
        kind: Kind::Text,
        ops: EQUALITY,
        noun: "attribute",
        help,
        example,
    }
}
