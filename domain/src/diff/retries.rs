//! Retries within one trace: calls of one name with the same arguments below the same span, all but the last of which failed.

use std::collections::HashMap;

use super::steps::Steps;
use crate::span_table::SpanTable;

/// The attempts of each call that was tried again, by their first row.
pub fn retries(table: &SpanTable, steps: &Steps) -> Vec<Vec<u32>> {
    // Attempts that may go on: only a failed call is tried again.
    let mut open: HashMap<(Option<u32>, u64), usize> = HashMap::new();
    let mut found: Vec<Vec<u32>> = Vec::new();
    for row in 0..table.len() {
        let Some(call) = steps.call(row) else {
            continue;
        };
        let key = (table.parent(row), call);
        match open.get(&key) {
            Some(place) => found[*place].push(row),
            None if table.is_error(row) => {
                open.insert(key, found.len());
                found.push(vec![row]);
            }
            None => continue,
        }
        if !table.is_error(row) {
            open.remove(&key);
        }
    }
    found.retain(|attempts| attempts.len() > 1);
    found
}
