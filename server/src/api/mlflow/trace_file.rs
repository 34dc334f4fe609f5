//! Uploaded `traces.json` files, read into the store.
//!
//! The file is read from disk in pieces of a few megabytes, so its size does not matter; its dialects are known to
//! `formats::traces_json`. A file that cannot be read stays a file: its clients get the same bytes back.

use std::fs::File;
use std::io::BufReader;

use domain::ids::TraceId;
use domain::ingest::SpanBatch;
use domain::pricing::{PriceTable, add_cost};
use domain::span::Span;
use domain::trace::TraceInfo;
use domain::translate::translate;
use formats::traces_json::{Dialected, FileSpan, each_span};
use tokio::sync::mpsc;

use super::trace_stream::is_complete;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// About how many bytes of spans are stored at once.
const BATCH_BYTES: usize = 4 << 20;

/// Stores the spans of the file at `path`, if its trace is known and lacks any.
///
/// # Errors
/// Only what the store says; a file that makes no sense is logged.
pub async fn ingest(app: &AppState, path: &str, trace: &TraceId) -> ApiResult<()> {
    let Some(info) = app.store.trace(trace).await? else {
        return Ok(());
    };
    if info.expected_spans().is_some() && info.stats.span_count > 0 && is_complete(&info) {
        return Ok(());
    }
    let Some((file, _)) = app.artifacts.open(path).await? else {
        return Ok(());
    };
    let file = file.into_std().await;
    let (sender, mut receiver) = mpsc::channel(1);
    let batch = batch_of(&info);
    let prices = app.prices.clone();
    let reader = tokio::task::spawn_blocking(move || read(file, batch, &prices, &sender));
    while let Some(batch) = receiver.recv().await {
        app.store.ingest(vec![batch]).await?;
    }
    if let Err(error) = reader.await.map_err(ApiError::internal)? {
        tracing::warn!(trace_id = %trace, %error, "an uploaded traces.json is kept as a file only");
    }
    Ok(())
}

/// A batch without spans for a trace.
fn batch_of(info: &TraceInfo) -> SpanBatch {
    SpanBatch {
        experiment_id: info.experiment_id,
        trace_id: info.trace_id.clone(),
        spans: Vec::new(),
        resource_tags: Vec::new(),
        run_id: None,
        readable_by_id: false,
    }
}

/// Reads the file and sends batches on; ends early if nobody takes them any more.
fn read(
    file: File,
    empty: SpanBatch,
    prices: &PriceTable,
    sender: &mpsc::Sender<SpanBatch>,
) -> serde_json::Result<()> {
    let mut batch = empty.clone();
    let mut bytes = 0;
    let own_id = empty.trace_id.to_otel();
    each_span(
        BufReader::with_capacity(256 << 10, file),
        |span: FileSpan| {
            let Some(Dialected {
                mut span,
                otel_trace_id,
            }) = span.into_span()
            else {
                return;
            };
            // The TypeScript client garbles this id; then the one of the path is the true one.
            batch.readable_by_id =
                own_id.is_some() && otel_trace_id.is_none_or(|id| Some(id) == own_id);
            translate(&mut span);
            add_cost(&mut span, prices);
            bytes += weight(&span);
            batch.spans.push(span);
            if bytes >= BATCH_BYTES {
                bytes = 0;
                let full = std::mem::replace(&mut batch, empty.clone());
                // A closed channel means that the store refused; the caller says so.
                let _ = sender.blocking_send(full);
            }
        },
    )?;
    if !batch.spans.is_empty() {
        let _ = sender.blocking_send(batch);
    }
    Ok(())
}

fn weight(span: &Span) -> usize {
    span.attributes
        .iter()
        .map(|(key, text)| key.len() + text.len())
        .sum::<usize>()
        + 200
}
