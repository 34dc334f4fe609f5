//! Answers that hold whole traces, sent as they are read: one trace in memory at a time.
//!
//! What goes wrong before the first trace is an error answer; what goes wrong later breaks the answer
//! off, since its head has been sent.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::ids::{ExperimentId, TraceId};
use domain::store::{Store, StoreResult, StoredSpans};
use domain::trace::TraceInfo;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::span_json::write_span;
use super::trace_json::TraceInfoJson;
use crate::error::{ApiError, ApiResult};

/// About how many bytes are sent at once.
const CHUNK_BYTES: usize = 64 << 10;

/// The traces of a batch: those of certain experiments, and only complete ones.
pub struct BatchRequest {
    /// In the order to be answered.
    pub ids: Vec<TraceId>,
    /// All experiments if `None`.
    pub experiments: Option<Vec<ExperimentId>>,
}

/// Whether all spans that the client says it sent are stored.
pub fn is_complete(info: &TraceInfo) -> bool {
    info.expected_spans()
        .is_none_or(|expected| info.stats.span_count >= expected)
}

/// `{"traces":[...]}`, an empty object if there are none.
pub async fn batch(store: Arc<dyn Store>, request: BatchRequest) -> ApiResult<Response> {
    stream(|sender| async move {
        let BatchRequest { ids, experiments } = request;
        let mut traces = store.spans(&ids);
        let mut out = Writer {
            sender,
            buffer: Vec::new(),
        };
        let mut is_first = true;
        while let Some(trace) = traces.next().await {
            let trace = match trace {
                Ok(trace) => trace,
                Err(error) => return out.fail(error).await,
            };
            let is_wanted = experiments
                .as_ref()
                .is_none_or(|ids| ids.contains(&trace.info.experiment_id));
            if !is_wanted || !is_complete(&trace.info) {
                continue;
            }
            out.text(if is_first { "{\"traces\":[" } else { "," });
            is_first = false;
            if out.trace(&trace).await.is_none() {
                return;
            }
        }
        out.text(if is_first { "{}" } else { "]}" });
        out.flush().await;
    })
    .await
}

/// `{"trace":{...}}` for one trace that has been read.
pub async fn single(trace: StoredSpans) -> ApiResult<Response> {
    stream(|sender| async move {
        let mut out = Writer {
            sender,
            buffer: Vec::new(),
        };
        out.text("{\"trace\":");
        if out.trace(&trace).await.is_some() {
            out.text("}");
            out.flush().await;
        }
    })
    .await
}

/// Runs `produce` beside the answer that it feeds.
async fn stream<F, Work>(produce: F) -> ApiResult<Response>
where
    F: FnOnce(mpsc::Sender<StoreResult<Bytes>>) -> Work,
    Work: Future<Output = ()> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel(4);
    tokio::spawn(produce(sender));
    let first = match receiver.recv().await {
        Some(Ok(bytes)) => bytes,
        Some(Err(error)) => return Err(error.into()),
        None => return Err(ApiError::internal("a trace could not be written")),
    };
    let rest = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    let body = futures_util::stream::once(std::future::ready(Ok(first))).chain(rest);
    let content_type = HeaderValue::from_static("application/json");
    Ok((
        [(header::CONTENT_TYPE, content_type)],
        Body::from_stream(body),
    )
        .into_response())
}

struct Writer {
    sender: mpsc::Sender<StoreResult<Bytes>>,
    buffer: Vec<u8>,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.buffer.extend_from_slice(text.as_bytes());
    }

    /// `None` if nobody listens any more.
    async fn trace(&mut self, trace: &StoredSpans) -> Option<()> {
        self.text("{\"trace_info\":");
        let info = serde_json::to_writer(&mut self.buffer, &TraceInfoJson(&trace.info));
        info.expect("trace information is always JSON");
        for (index, span) in trace.spans.iter().enumerate() {
            self.text(if index == 0 { ",\"spans\":[" } else { "," });
            write_span(&mut self.buffer, &trace.info.trace_id, span);
            if self.buffer.len() >= CHUNK_BYTES {
                self.flush().await?;
            }
        }
        self.text(if trace.spans.is_empty() { "}" } else { "]}" });
        Some(())
    }

    async fn flush(&mut self) -> Option<()> {
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        self.sender.send(Ok(bytes)).await.ok()
    }

    async fn fail(self, error: domain::store::StoreError) {
        // The answer may have ended already; then nobody is left to be told.
        let _ = self.sender.send(Err(error)).await;
    }
}
