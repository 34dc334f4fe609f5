//! Finds the traces that belong to one: attempts, parents and children, and those that spans point to, in both directions.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

use crate::error::AppError;
use crate::model::Related;
use crate::wire::Wire;

/// What belongs to a trace; what it points to is read from its spans, what points to it is searched for.
///
/// # Errors
/// `NotFound` if there is no such trace.
#[server(prefix = "/ui-api", endpoint = "related", input = GetUrl, output = Wire)]
pub async fn get_related(
    /// The trace.
    trace_id: String,
) -> Result<Related, AppError> {
    use crate::server_fns::server;
    let store = server::store()?;
    let info = server::trace(store.as_ref(), &trace_id).await?;
    let previous = chain::previous(store.as_ref(), &info).await?;
    let related = chain::related(store.as_ref(), info).await?;
    Ok(Related {
        previous,
        ..related
    })
}

#[cfg(feature = "ssr")]
pub(crate) mod chain {
    use std::collections::HashMap;

    use domain::diff::{Content, Ignoring, Steps, retries};
    use domain::filter;
    use domain::filter::order::parse_trace_order;
    use domain::filter::print::quote_value;
    use domain::ids::{ExperimentId, SpanId, TraceId};
    use domain::page::PageRequest;
    use domain::span::{LINKED_TRACE, Span};
    use domain::span_row::SpanRow;
    use domain::span_table::SpanTable;
    use domain::store::{Store, TraceQuery};
    use domain::trace::TraceInfo;

    use crate::error::AppError;
    use crate::model::{Related, RelatedTrace, RetriedCall};

    /// The most attempts of one request.
    const ATTEMPTS: usize = 12;
    /// The most other traces.
    const OTHERS: usize = 12;
    /// The most retried calls.
    const CALLS: usize = 4;
    /// Of larger traces only the root is looked at.
    const SPANS: u32 = 2_000;

    /// Attributes and metadata by which a trace names another one.
    const LINKED: &str = "linked_trace_id";
    const LINK_TYPE: &str = "link_type";
    const PARENT: &str = "parent_trace_id";
    const GATEWAY: &str = "mlflow.gateway.linkedTraceId";

    /// A pointer from one trace to another.
    #[derive(Debug, Clone, PartialEq, Eq)]
    struct Pointer {
        trace: String,
        how: How,
    }

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum How {
        /// Tries again what the other one tried.
        Retry,
        /// Was started by the other one.
        Child,
        /// Points to it; the word says why, if anything does.
        Linked(String),
    }

    pub async fn related(store: &dyn Store, info: TraceInfo) -> Result<Related, AppError> {
        let experiment = info.experiment_id;
        let pointers = pointers_of(store, &info).await?;
        let retried = retried(store, &info).await?;
        let mut others = Vec::new();
        for pointer in pointers.iter().filter(|pointer| pointer.how != How::Retry) {
            let how = match &pointer.how {
                How::Child => "started this trace".to_owned(),
                How::Linked(word) if word.is_empty() => "linked from here".to_owned(),
                How::Linked(word) => format!("{word} of"),
                How::Retry => String::new(),
            };
            push(&mut others, one(store, &pointer.trace, how).await?);
        }
        let incoming = incoming_of(store, experiment, &info.trace_id).await?;
        for (other, how) in incoming.iter().filter(|(_, how)| *how != How::Retry) {
            let how = match how {
                How::Child => "started by this trace".to_owned(),
                How::Linked(word) if word.is_empty() => "links here".to_owned(),
                How::Linked(word) => word.clone(),
                How::Retry => String::new(),
            };
            push(&mut others, row(other, how));
        }
        others.truncate(OTHERS);
        let (attempts, here) = attempts(store, info, pointers, incoming).await?;
        Ok(Related {
            attempts,
            here,
            retried,
            others,
            previous: None,
        })
    }

    /// The last trace of the same name that began before this one, or with it.
    pub async fn previous(
        store: &dyn Store,
        info: &TraceInfo,
    ) -> Result<Option<RelatedTrace>, AppError> {
        let Some(name) = info.name().and_then(quote_value) else {
            return Ok(None);
        };
        let clause = format!("name = {name} AND timestamp_ms <= {}", info.request_time.0);
        let Ok(filter) = filter::compile(&clause) else {
            return Ok(None);
        };
        let query = TraceQuery {
            experiments: vec![info.experiment_id],
            filter: Some(filter),
            order: parse_trace_order(&["timestamp_ms DESC"]).unwrap_or_default(),
            page: PageRequest {
                size: 2,
                token: None,
            },
        };
        let found = store.search_traces(query).await?.items;
        let other = found.iter().find(|other| other.trace_id != info.trace_id);
        Ok(other.map(|other| row(other, String::new())))
    }

    fn push(rows: &mut Vec<RelatedTrace>, row: RelatedTrace) {
        if !rows.iter().any(|known| known.id == row.id) {
            rows.push(row);
        }
    }

    /// The chain of attempts around a trace: back from one to the one before, and on to those that name the last.
    async fn attempts(
        store: &dyn Store,
        info: TraceInfo,
        pointers: Vec<Pointer>,
        incoming: Vec<(TraceInfo, How)>,
    ) -> Result<(Vec<RelatedTrace>, u32), AppError> {
        let retried = |pointers: &[Pointer]| {
            let mut found = pointers.iter().filter(|pointer| pointer.how == How::Retry);
            found.next().map(|pointer| pointer.trace.clone())
        };
        let mut before: Vec<RelatedTrace> = Vec::new();
        let mut earlier: Vec<TraceId> = Vec::new();
        let mut next = retried(&pointers);
        while let Some(id) = next.take() {
            let is_known = id == info.trace_id.as_str() || before.iter().any(|row| row.id == id);
            if is_known || before.len() >= ATTEMPTS {
                break;
            }
            let found = match TraceId::parse(&id) {
                Ok(parsed) => store.trace(&parsed).await?,
                Err(_) => None,
            };
            match found {
                Some(found) => {
                    next = retried(&pointers_of(store, &found).await?);
                    before.push(row(&found, String::new()));
                    earlier.push(found.trace_id);
                }
                None => before.push(unknown(id, String::new())),
            }
        }
        before.reverse();
        let here = before.len();
        let experiment = info.experiment_id;
        let retries = |found: Vec<(TraceInfo, How)>| {
            let retries = found.into_iter().filter(|(_, how)| *how == How::Retry);
            retries.map(|(other, _)| other).collect::<Vec<_>>()
        };
        // Breadth first: an attempt may be tried again more than once, by clients that name the first one every time.
        let mut after: Vec<TraceInfo> = Vec::new();
        let mut open = retries(incoming);
        if let Some(first) = earlier.last() {
            open.extend(retries(incoming_of(store, experiment, first).await?));
        }
        while let Some(other) = open.pop() {
            let is_known = other.trace_id == info.trace_id
                || after.iter().any(|known| known.trace_id == other.trace_id)
                || before.iter().any(|row| row.id == other.trace_id.as_str());
            if is_known || after.len() + here >= ATTEMPTS {
                continue;
            }
            open.extend(retries(
                incoming_of(store, experiment, &other.trace_id).await?,
            ));
            after.push(other);
        }
        let mut chain: Vec<TraceInfo> = after;
        chain.push(info.clone());
        chain.sort_by(|one, other| {
            let key = |info: &TraceInfo| (info.request_time, info.trace_id.clone());
            key(one).cmp(&key(other))
        });
        let place = chain.iter().position(|one| one.trace_id == info.trace_id);
        let here = here + place.unwrap_or(0);
        before.extend(chain.iter().map(|one| row(one, String::new())));
        if before.len() < 2 {
            return Ok((Vec::new(), 0));
        }
        Ok((before, here as u32))
    }

    /// Calls within the trace that failed and were made again.
    async fn retried(store: &dyn Store, info: &TraceInfo) -> Result<Vec<RetriedCall>, AppError> {
        if info.stats.error_count == 0 || info.stats.span_count > SPANS {
            return Ok(Vec::new());
        }
        let spans = store.spans_of(&info.trace_id).await?;
        let content: HashMap<SpanId, Content> = spans
            .iter()
            .map(|span| (span.span_id, Content::of(span, Ignoring::IdsAndTimes)))
            .collect();
        let table = SpanTable::new(spans.iter().map(SpanRow::of).collect());
        let of = |id: SpanId| content.get(&id).copied().unwrap_or_default();
        let steps = Steps::of(&table, of);
        let calls = retries(&table, &steps).into_iter().take(CALLS);
        let calls = calls.map(|rows| RetriedCall {
            name: table.name(rows[0]).to_owned(),
            more: rows.len().saturating_sub(ATTEMPTS) as u32,
            attempts: rows
                .iter()
                .take(ATTEMPTS)
                .map(|row| {
                    let id = table.span_id(*row).to_string();
                    (id, table.is_error(*row), table.span_duration(*row))
                })
                .collect(),
        });
        Ok(calls.collect())
    }

    /// The traces of the experiment that point to one.
    async fn incoming_of(
        store: &dyn Store,
        experiment: ExperimentId,
        id: &TraceId,
    ) -> Result<Vec<(TraceInfo, How)>, AppError> {
        let Some(value) = quote_value(id.as_str()) else {
            return Ok(Vec::new());
        };
        let clauses = [LINKED, PARENT, GATEWAY, LINKED_TRACE]
            .map(|key| format!("span.attributes.`{key}` = {value}"));
        let metadata = [LINKED, PARENT].map(|key| format!("metadata.`{key}` = {value}"));
        let text = [clauses.join(" OR "), metadata.join(" OR ")].join(" OR ");
        let Ok(compiled) = filter::compile(&text) else {
            return Ok(Vec::new());
        };
        let query = TraceQuery {
            experiments: vec![experiment],
            filter: Some(compiled),
            order: parse_trace_order(&["timestamp_ms ASC"]).unwrap_or_default(),
            page: PageRequest {
                size: ATTEMPTS as u32,
                token: None,
            },
        };
        let mut found = Vec::new();
        for other in store.search_traces(query).await?.items {
            let pointers = pointers_of(store, &other).await?;
            let pointer = pointers.iter().find(|pointer| pointer.trace == id.as_str());
            if let Some(pointer) = pointer.filter(|_| other.trace_id != *id) {
                found.push((other, pointer.how.clone()));
            }
        }
        Ok(found)
    }

    /// What a trace points to: its metadata, then its spans in order.
    async fn pointers_of(store: &dyn Store, info: &TraceInfo) -> Result<Vec<Pointer>, AppError> {
        let of_metadata = |key: &str| info.metadata.get(key).cloned();
        let mut out = Vec::new();
        named(&mut out, &of_metadata);
        if info.stats.span_count <= SPANS {
            for span in store.spans_of(&info.trace_id).await? {
                of_span(&mut out, &span);
            }
        } else {
            let rows = store.span_rows(&info.trace_id).await?.unwrap_or_default();
            if let Some(root) = rows.iter().find(|row| row.parent_id.is_none()) {
                let span = store.span(&info.trace_id, root.span_id).await?;
                span.iter().for_each(|span| of_span(&mut out, span));
            }
        }
        out.retain(|pointer| pointer.trace != info.trace_id.as_str());
        let mut known: Vec<String> = Vec::new();
        out.retain(|pointer| {
            let is_new = !known.contains(&pointer.trace);
            known.push(pointer.trace.clone());
            is_new
        });
        out.truncate(OTHERS);
        Ok(out)
    }

    fn of_span(out: &mut Vec<Pointer>, span: &Span) {
        named(out, &|key| span.text_attribute(key));
        for link in &span.links {
            let word = |key: &str| {
                let found = link.attributes.iter().find(|(name, _)| name == key);
                found.and_then(|(_, value)| value.as_str())
            };
            let word = word(LINK_TYPE).or_else(|| word("link.type")).unwrap_or("");
            let how = match word {
                "retry" | "attempt" => How::Retry,
                word => How::Linked(word.to_owned()),
            };
            out.push(Pointer {
                trace: link.trace_id.clone(),
                how,
            });
        }
    }

    fn named(out: &mut Vec<Pointer>, value: &dyn Fn(&str) -> Option<String>) {
        if let Some(trace) = value(LINKED) {
            let how = match value(LINK_TYPE).as_deref() {
                None | Some("" | "retry" | "attempt") => How::Retry,
                Some(word) => How::Linked(word.replace('_', " ")),
            };
            out.push(Pointer { trace, how });
        }
        if let Some(trace) = value(PARENT) {
            let how = How::Child;
            out.push(Pointer { trace, how });
        }
        if let Some(trace) = value(GATEWAY) {
            let how = How::Linked("gateway call".to_owned());
            out.push(Pointer { trace, how });
        }
    }

    async fn one(store: &dyn Store, id: &str, how: String) -> Result<RelatedTrace, AppError> {
        let found = match TraceId::parse(id) {
            Ok(parsed) => store.trace(&parsed).await?,
            Err(_) => None,
        };
        Ok(match found {
            Some(found) => row(&found, how),
            None => unknown(id.to_owned(), how),
        })
    }

    fn row(info: &TraceInfo, how: String) -> RelatedTrace {
        RelatedTrace {
            id: info.trace_id.to_string(),
            name: info.name().unwrap_or_default().to_owned(),
            state: Some(info.state),
            duration_ms: info.duration_ms,
            how,
        }
    }

    fn unknown(id: String, how: String) -> RelatedTrace {
        RelatedTrace {
            id,
            name: String::new(),
            state: None,
            duration_ms: None,
            how,
        }
    }
}
