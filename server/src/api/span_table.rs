//! The span table of a trace as bytes, for the viewer. Those of large traces are packed once for all who open them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::ids::TraceId;
use domain::span_table::{SpanTable, encode};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::mlflow::params::Params;
use crate::api::path::Path;
use crate::error::{ApiError, ApiResult};
use crate::state::AppState;

/// Smaller tables are encoded for each answer.
const SPANS_MIN: u32 = 1_000;
/// The most tables kept; about a megabyte each at 100,000 spans.
const KEPT: usize = 8;

/// Packed tables, as long as the store keeps the table that each was made from.
#[derive(Debug, Default)]
pub struct PackedTables {
    kept: Mutex<Vec<(Weak<SpanTable>, Packed)>>,
}

/// A table as it is sent.
#[derive(Debug, Clone)]
struct Packed {
    bytes: Bytes,
    is_gzip: bool,
    tag: HeaderValue,
}

impl PackedTables {
    fn find(&self, table: &Arc<SpanTable>) -> Option<Packed> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of = |of: &Weak<SpanTable>| std::ptr::eq(of.as_ptr(), Arc::as_ptr(table));
        let found = kept.iter().find(|(of, _)| is_of(of));
        found.map(|(_, packed)| packed.clone())
    }

    fn keep(&self, table: &Arc<SpanTable>, packed: Packed) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(of, _)| of.strong_count() > 0);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((Arc::downgrade(table), packed));
    }
}

/// `GET /ui-api/traces/{trace_id}/spans`: [`encode`]d rows of all spans, without what they carry.
///
/// With `?early=1` the page asks before it knows whether there is such a trace, and then an unknown one is no failure.
pub async fn span_table(
    State(app): State<AppState>,
    Path(trace): Path<String>,
    headers: HeaderMap,
    params: Params,
) -> ApiResult<Response> {
    let id = TraceId::new(trace);
    let Some(table) = app.store.span_table(&id).await? else {
        let id: String = id.as_str().chars().take(100).collect();
        return match params.fields().opt_text("early")? {
            Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
            None => Err(ApiError::not_found(format!("There is no trace '{id}'."))),
        };
    };
    let is_large = table.len() >= SPANS_MIN;
    let takes_gzip = lists(&headers, header::ACCEPT_ENCODING, "gzip");
    let packed = match app.packed_tables.find(&table) {
        Some(packed) if takes_gzip => packed,
        _ => {
            let work = {
                let table = Arc::clone(&table);
                move || pack(&table, is_large && takes_gzip)
            };
            let packed = tokio::task::spawn_blocking(work).await;
            let packed = packed.map_err(ApiError::internal)?;
            if packed.is_gzip {
                app.packed_tables.keep(&table, packed.clone());
            }
            packed
        }
    };
    let is_known = packed
        .tag
        .to_str()
        .is_ok_and(|tag| lists(&headers, header::IF_NONE_MATCH, tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        packed.bytes.into_response()
    };
    let answer = response.headers_mut();
    // A trace may grow, so every use asks again; an unchanged one costs no transfer.
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer.insert(header::ETAG, packed.tag);
    if packed.is_gzip && !is_known {
        let gzip = HeaderValue::from_static("gzip");
        answer.insert(header::CONTENT_ENCODING, gzip);
    }
    let vary = HeaderValue::from_static("accept-encoding");
    answer.insert(header::VARY, vary);
    Ok(response)
}

fn pack(table: &SpanTable, is_gzip: bool) -> Packed {
    let bytes = encode(table);
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = HeaderValue::from_str(&format!("W/\"{:016x}\"", hasher.finish()));
    let tag = tag.unwrap_or_else(|_| HeaderValue::from_static("W/\"\""));
    if is_gzip {
        // Half of the bytes are ids, which nothing makes shorter: more effort would only take longer.
        let mut gzip = GzEncoder::new(Vec::with_capacity(bytes.len()), Compression::fast());
        if let Ok(()) = gzip.write_all(&bytes)
            && let Ok(packed) = gzip.finish()
        {
            return Packed {
                bytes: packed.into(),
                is_gzip,
                tag,
            };
        }
    }
    Packed {
        bytes: bytes.into(),
        is_gzip: false,
        tag,
    }
}

/// Whether a list with commas in a header has a word, with or without a weight.
fn lists(headers: &HeaderMap, name: HeaderName, word: &str) -> bool {
    let values = headers.get_all(name);
    let mut texts = values.iter().filter_map(|value| value.to_str().ok());
    texts.any(|text| {
        let mut items = text.split(',');
        items.any(|item| {
            let (item, weight) = item.split_once(';').unwrap_or((item, ""));
            item.trim().eq_ignore_ascii_case(word) && weight.trim() != "q=0"
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_word_unless_it_weighs_nothing() {
        let has = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(text));
            lists(&headers, header::ACCEPT_ENCODING, "gzip")
        };
        assert!(has("gzip") && has("br, gzip;q=0.5") && has("GZIP"));
        assert!(!has("br") && !has("gzip;q=0") && !has(""));
    }

    #[test]
    fn tables_that_the_store_let_go_of_are_forgotten() {
        let tables = PackedTables::default();
        let first = Arc::new(SpanTable::default());
        tables.keep(&first, pack(&first, true));
        assert!(tables.find(&first).is_some_and(|packed| packed.is_gzip));
        let second = Arc::new(SpanTable::default());
        assert!(tables.find(&second).is_none());
        drop(first);
        tables.keep(&second, pack(&second, true));
        assert_eq!(tables.kept.lock().unwrap().len(), 1);
    }
}
