//! One trace against many: how often and how long each step usually runs.

use std::collections::{HashMap, HashSet};

use crate::span_table::SpanTable;

/// What a step comes to in a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UsualStep {
    /// How often it runs.
    pub count: i64,
    /// Nanoseconds in all.
    pub nanos: i64,
    /// Tokens in all; `None` if no span says.
    pub tokens: Option<i64>,
    /// Failed ones.
    pub errors: i64,
}

/// A step in one trace and in the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Usual {
    /// Its name.
    pub name: String,
    /// Its type.
    pub span_type: String,
    /// In the one trace; `None` if it does not have it.
    pub here: Option<UsualStep>,
    /// The middle of the others that have it; `None` if none has.
    pub usual: Option<UsualStep>,
    /// How many of the others have it.
    pub traces: u32,
}

type Key = (String, String);

impl Usual {
    /// All steps of a trace and of others, those that take longer or shorter than usual first.
    pub fn of(here: &SpanTable, others: &[SpanTable]) -> Vec<Usual> {
        let here = sums(here);
        let mut all: HashMap<Key, Vec<UsualStep>> = HashMap::new();
        for table in others {
            for (key, step) in sums(table) {
                all.entry(key).or_default().push(step);
            }
        }
        let keys: HashSet<&Key> = here.keys().chain(all.keys()).collect();
        let mut out: Vec<Usual> = keys
            .into_iter()
            .map(|key| {
                let found = all.get(key).map_or(&[][..], Vec::as_slice);
                Usual {
                    name: key.0.clone(),
                    span_type: key.1.clone(),
                    here: here.get(key).copied(),
                    usual: middle_step(found),
                    traces: found.len() as u32,
                }
            })
            .collect();
        let weight = |usual: &Usual| {
            let nanos = |step: Option<UsualStep>| step.map_or(0, |step| step.nanos);
            // What this trace lacks counts only as often as others have it.
            let rare = usual.here.is_none() && usual.traces * 2 < others.len() as u32;
            let off = nanos(usual.here).abs_diff(nanos(usual.usual));
            (rare, std::cmp::Reverse(off))
        };
        out.sort_by(|one, other| {
            let by_weight = weight(one).cmp(&weight(other));
            by_weight.then_with(|| one.name.cmp(&other.name))
        });
        out
    }
}

fn sums(table: &SpanTable) -> HashMap<Key, UsualStep> {
    let sums = table.by_name().into_iter().map(|sum| {
        let key = (
            table.name(sum.row).to_owned(),
            table.span_type(sum.row).to_owned(),
        );
        let step = UsualStep {
            count: sum.count.into(),
            nanos: sum.total,
            tokens: sum.tokens,
            errors: sum.errors.into(),
        };
        (key, step)
    });
    sums.collect()
}

fn middle_step(steps: &[UsualStep]) -> Option<UsualStep> {
    let of = |value: &dyn Fn(&UsualStep) -> Option<i64>| middle(steps.iter().filter_map(value));
    Some(UsualStep {
        count: of(&|step| Some(step.count))?,
        nanos: of(&|step| Some(step.nanos))?,
        tokens: of(&|step| step.tokens),
        errors: of(&|step| Some(step.errors))?,
    })
}

/// The middle value; of an even number the lower of the two. `None` of none.
pub fn middle(values: impl Iterator<Item = i64>) -> Option<i64> {
    let mut values: Vec<i64> = values.collect();
    let at = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(at).1)
}
