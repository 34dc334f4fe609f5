//! The lines of a list with all that its columns show. What hangs on a trace comes with it; what its spans say is read for these traces only, and
//! only if there is a column for it.

use domain::ids::TraceId;
use domain::store::Store;
use domain::trace::TraceInfo;

use crate::error::AppError;
use crate::model::TraceRow;
use crate::trace_list::columns::{ATTRIBUTE, attributes, extras};

/// The lines of these traces for the columns of an address.
pub(super) async fn list_lines(
    store: &dyn Store,
    traces: &[TraceInfo],
    cols: &str,
) -> Result<Vec<TraceRow>, AppError> {
    let extras = extras(cols);
    let lines = traces.iter().map(|trace| TraceRow::with(trace, &extras));
    let mut lines: Vec<TraceRow> = lines.collect();
    let (places, keys): (Vec<usize>, Vec<String>) = attributes(&extras)
        .map(|(place, key)| (place, key[ATTRIBUTE.len()..].to_owned()))
        .unzip();
    if keys.is_empty() || lines.is_empty() {
        return Ok(lines);
    }
    let ids: Vec<TraceId> = traces.iter().map(|trace| trace.trace_id.clone()).collect();
    let said = store.attribute_values(&ids, &keys).await?;
    for (line, said) in lines.iter_mut().zip(said) {
        let said: Vec<_> = places.iter().copied().zip(said).collect();
        line.fill(&said);
    }
    Ok(lines)
}
