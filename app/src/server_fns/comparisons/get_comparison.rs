//! Compares two to four traces.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Comparison;
use crate::wire::Wire;

/// Facts that differ, and the steps aligned.
///
/// # Errors
/// `NotFound` names the first trace that is not there; `Refused` if there are fewer than two.
#[server(prefix = "/ui-api", endpoint = "comparison", input = GetUrl, output = Wire)]
pub async fn get_comparison(
    /// The first trace.
    a: String,
    /// The second trace.
    b: String,
    /// A third trace, or empty.
    #[server(default)]
    c: String,
    /// A fourth trace, or empty.
    #[server(default)]
    d: String,
    /// Whether ids and times count.
    #[server(default)]
    is_exact: bool,
    /// Whether to leave out steps that are the same.
    #[server(default)]
    is_brief: bool,
    /// Whether all steps are wanted, not just the first ones.
    #[server(default)]
    is_whole: bool,
) -> Result<Comparison, AppError> {
    use domain::diff::{Mark, fields};

    use super::compared::{compared_fields, read};
    use crate::model::{ComparedRow, only_differences};

    let read = read(&[a, b, c, d], is_exact).await?;
    let fields = fields(&read.infos);
    let aligned = &read.aligned;
    let differing = aligned.rows.iter().filter(|row| row.mark != Mark::Same);
    let differences = differing.count() as u32;
    let divergence = aligned.first_divergence();
    let (rows, divergence) = if is_brief {
        only_differences(aligned, divergence)
    } else {
        (aligned.rows.clone(), divergence)
    };
    let most = if is_whole {
        usize::MAX
    } else {
        Comparison::ROWS
    };
    let extent = read.tables.iter().map(|table| table.duration()).max();
    Ok(Comparison {
        traces: read.traces().await?,
        same: fields
            .iter()
            .filter(|field| field.is_same())
            .map(|field| field.name.clone())
            .collect(),
        fields: compared_fields(&fields),
        rows: rows
            .iter()
            .take(most)
            .map(|row| ComparedRow::of(row, &read.tables))
            .collect(),
        total: rows.len() as u32,
        differences,
        divergence: divergence.map(|row| row as u32),
        extent: extent.unwrap_or(1).max(1),
    })
}
