//! Traces for keeping: those that were chosen, or all that match, as lines of JSON with their spans or as a table. Sent as they are
//! read, a page at a time, so that a large answer is never held whole.

use std::sync::Arc;

use app::server_fns::question::compiled;
use app::url_state::{ListState, Sort};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::filter::TraceFilter;
use domain::filter::order::{TraceOrder, parse_trace_order};
use domain::ids::{ExperimentId, TraceId};
use domain::page::PageRequest;
use domain::store::{Store, StoreError, TraceQuery};
use domain::trace::TraceInfo;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::mlflow::span_json::write_span;
use super::mlflow::trace_json::TraceInfoJson;
use crate::api::path::Path;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Traces read at once.
const LOT: u32 = 200;
/// About how many bytes are sent at once.
const CHUNK_BYTES: usize = 64 << 10;

/// What a file of traces looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// A trace with its spans on every line.
    JsonLines,
    /// A row a trace.
    Csv,
}

/// `POST /ui-api/experiments/{experiment}/export` with the fields of a list's address, `format` and, unless all that match are meant,
/// `ids` with commas between.
pub async fn export(
    State(app): State<AppState>,
    Path(experiment): Path<String>,
    body: Bytes,
) -> ApiResult<Response> {
    let fields: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let field = |key: &str| {
        let found = fields.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let number: i64 = experiment
        .parse()
        .map_err(|_| ApiError::not_found("There is no such experiment."))?;
    let id = ExperimentId(number);
    if app.store.experiment(id).await?.is_none() {
        return Err(ApiError::not_found("There is no such experiment."));
    }
    let format = match field("format").as_str() {
        "csv" => Format::Csv,
        _ => Format::JsonLines,
    };
    let state = ListState {
        sort: Sort::parse(&field("sort")),
        ..ListState::read(|key| Some(field(key)))
    };
    let filter = compiled(&state, crate::clock::now()).map_err(ApiError::invalid)?;
    let order = parse_trace_order(&[state.sort.order_by()]).map_err(ApiError::internal)?;
    let ids = field("ids");
    let ids = ids.split(',').filter(|id| !id.is_empty());
    let source = Source {
        store: app.store.clone(),
        experiment: id,
        ids: ids.filter_map(|id| TraceId::parse(id).ok()).collect(),
        filter,
        order,
    };
    let (sender, mut receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        let mut out = Writer {
            sender: sender.clone(),
            buffer: Vec::new(),
            format,
        };
        // The answer has begun: what goes wrong breaks it off, so that no half file looks whole.
        if let Err(error) = write_all(&source, &mut out).await {
            let _ = sender.send(Err(error)).await;
        }
    });
    let body = futures_util::stream::poll_fn(move |context| receiver.poll_recv(context));
    let (content_type, extension) = match format {
        Format::JsonLines => ("application/jsonl", "jsonl"),
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
    };
    let disposition = format!("attachment; filename=\"traces-{number}.{extension}\"");
    let disposition = HeaderValue::from_str(&disposition).map_err(ApiError::internal)?;
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        Body::from_stream(body),
    )
        .into_response())
}

/// Which traces.
struct Source {
    store: Arc<dyn Store>,
    experiment: ExperimentId,
    /// All that match if empty.
    ids: Vec<TraceId>,
    filter: Option<TraceFilter>,
    order: Vec<TraceOrder>,
}

async fn write_all(source: &Source, out: &mut Writer) -> Result<(), StoreError> {
    if out.format == Format::Csv {
        out.row(&COLUMNS.map(str::to_owned));
    }
    if !source.ids.is_empty() {
        for ids in source.ids.chunks(LOT as usize) {
            let mut traces = source.store.traces(ids).await?;
            traces.retain(|trace| trace.experiment_id == source.experiment);
            if !out.traces(source.store.as_ref(), &traces).await? {
                return Ok(());
            }
        }
        return Ok(());
    }
    let mut token = None;
    loop {
        let query = TraceQuery {
            experiments: vec![source.experiment],
            filter: source.filter.clone(),
            order: source.order.clone(),
            page: PageRequest { size: LOT, token },
        };
        let page = source.store.search_traces(query).await?;
        if !out.traces(source.store.as_ref(), &page.items).await? {
            return Ok(());
        }
        token = page.next;
        if token.is_none() {
            return Ok(());
        }
    }
}

/// The heads of a table's columns.
const COLUMNS: [&str; 14] = [
    "trace_id",
    "time",
    "state",
    "name",
    "duration_ms",
    "request",
    "response",
    "tokens",
    "cost_usd",
    "session",
    "user",
    "run_id",
    "span_count",
    "tags",
];

fn cells(trace: &TraceInfo) -> [String; 14] {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let number = |number: Option<String>| number.unwrap_or_default();
    let stats = &trace.stats;
    [
        trace.trace_id.as_str().to_owned(),
        trace.request_time.to_rfc3339(),
        trace.state.as_str().to_owned(),
        text(trace.name()),
        number(trace.duration_ms.map(|ms| ms.to_string())),
        text(trace.request_preview.as_deref()),
        text(trace.response_preview.as_deref()),
        number(trace.usage().map(|usage| usage.total_tokens.to_string())),
        number(trace.cost().map(|cost| cost.total_cost.to_string())),
        text(trace.session()),
        text(trace.user()),
        text(trace.runs().first().map(|run| run.as_str())),
        stats.span_count.to_string(),
        serde_json::to_string(&trace.tags).unwrap_or_default(),
    ]
}

struct Writer {
    sender: mpsc::Sender<Result<Bytes, StoreError>>,
    buffer: Vec<u8>,
    format: Format,
}

impl Writer {
    /// Writes traces; false if nobody listens any more.
    async fn traces(
        &mut self,
        store: &dyn Store,
        traces: &[TraceInfo],
    ) -> Result<bool, StoreError> {
        if self.format == Format::Csv {
            for trace in traces {
                self.row(&cells(trace));
            }
            return Ok(self.flush().await);
        }
        let ids: Vec<TraceId> = traces.iter().map(|trace| trace.trace_id.clone()).collect();
        let mut found = store.spans(&ids);
        while let Some(trace) = found.next().await {
            let trace = trace?;
            self.buffer.extend_from_slice(b"{\"info\":");
            let info = serde_json::to_writer(&mut self.buffer, &TraceInfoJson(&trace.info));
            info.expect("trace information is always JSON");
            self.buffer.extend_from_slice(b",\"data\":{\"spans\":[");
            for (index, span) in trace.spans.iter().enumerate() {
                if index > 0 {
                    self.buffer.push(b',');
                }
                write_span(&mut self.buffer, &trace.info.trace_id, span);
                if self.buffer.len() >= CHUNK_BYTES && !self.flush().await {
                    return Ok(false);
                }
            }
            self.buffer.extend_from_slice(b"]}}\n");
        }
        Ok(self.flush().await)
    }

    fn row(&mut self, cells: &[String]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.buffer.push(b',');
            }
            self.buffer.extend_from_slice(quoted(cell).as_bytes());
        }
        self.buffer.extend_from_slice(b"\r\n");
    }

    async fn flush(&mut self) -> bool {
        if self.buffer.is_empty() {
            return true;
        }
        let bytes = Bytes::from(std::mem::take(&mut self.buffer));
        self.sender.send(Ok(bytes)).await.is_ok()
    }
}

/// A cell as RFC 4180 has it. Spreadsheets take texts that begin like a formula for one: such a text gets a quote in front.
fn quoted(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let guard = if is_formula { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("two\nlines"), "\"two\nlines\"");
        assert_eq!(quoted("-12.5"), "-12.5");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
