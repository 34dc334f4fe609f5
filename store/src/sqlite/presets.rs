//! The presets of a store ([`crate::preset`]): learned from a sample of its newest traces when there are a thousand, and again
//! whenever there are many times more, because applications change. None is ever removed: something may be compressed behind it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use domain::store::StoreResult;
use domain::trace::TraceInfo;
use sqlx::{Row, SqliteConnection};

use super::writer::WeakWriter;
use super::{Shared, rows, spans};
use crate::background;
use crate::error::{database, internal};
use crate::preset::PresetId;
use crate::preset::learn::learn;

/// Traces from which on there is enough to learn from.
const TRACES_MIN: u64 = 1000;
/// It is learned anew when there are so many times more.
const GROWTH: u64 = 10;
/// The sample: so many traces, spread over the newest.
const SAMPLE: i64 = 200;
const SAMPLE_FROM: i64 = 20_000;
/// Traces with more spans than this are not looked at.
const SPANS_MAX: u32 = 500;
/// What is looked at of a trace, in bytes.
const SAMPLE_BYTES: usize = 64 * 1024;

/// What is compressed behind at the moment, and when to learn anew.
#[derive(Debug)]
pub(crate) struct Presets {
    current: RwLock<PresetId>,
    next_at: AtomicU64,
}

impl Presets {
    /// Makes known what the store has learned.
    pub(crate) async fn load(connection: &mut SqliteConnection) -> StoreResult<Self> {
        let presets = Self {
            current: RwLock::new(PresetId::WORDS),
            next_at: AtomicU64::new(TRACES_MIN),
        };
        // A file that is checked may be of a version before there were any.
        let tables: i64 =
            sqlx::query_scalar("select count(*) from sqlite_schema where name = 'preset'")
                .fetch_one(&mut *connection)
                .await
                .map_err(database)?;
        if tables == 0 {
            return Ok(presets);
        }
        let select = "select trace_count, learned from preset order by preset_no";
        let rows = sqlx::query(select)
            .fetch_all(connection)
            .await
            .map_err(database)?;
        for row in rows {
            let count: i64 = row.try_get(0).map_err(database)?;
            let learned: &[u8] = row.try_get(1).map_err(database)?;
            let id = PresetId::register(learned)
                .ok_or_else(|| internal("two presets have the same number"))?;
            presets.use_from(id, u64::try_from(count).unwrap_or(0));
        }
        Ok(presets)
    }

    /// What to compress behind.
    pub(crate) fn current(&self) -> PresetId {
        *self.current.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn use_from(&self, id: PresetId, traces: u64) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = id;
        let next = traces.max(TRACES_MIN).saturating_mul(GROWTH);
        self.next_at.store(next, Ordering::Relaxed);
    }
}

/// Learns if it is time to. Nothing depends on it: if it fails, of a damaged trace for instance, the next time is at the next growth.
pub(crate) async fn learn_if_due(shared: &Shared, writer: &WeakWriter) {
    let next_no = shared.live.read().next_trace_no;
    let traces = u64::try_from(next_no).unwrap_or(0);
    if traces < shared.presets.next_at.load(Ordering::Relaxed) {
        return;
    }
    if let Err(error) = learn_from(shared, writer, next_no).await {
        tracing::error!("learning what traces have in common failed: {error}");
        shared.presets.use_from(shared.presets.current(), traces);
    }
}

async fn learn_from(shared: &Shared, writer: &WeakWriter, next_no: i64) -> StoreResult<()> {
    let traces = u64::try_from(next_no).unwrap_or(0);
    let sample = sample(shared, next_no).await?;
    let learned = background::run(move || learn(&sample))
        .await
        .ok_or_else(|| internal("learning what traces have in common failed"))?;
    let Some(id) = PresetId::register(&learned) else {
        // Another time.
        shared.presets.use_from(shared.presets.current(), traces);
        return Ok(());
    };
    let closed = || internal("the store is closed");
    let writer = writer.upgrade().ok_or_else(closed)?;
    // In the file before anything is compressed behind it.
    writer
        .write_patiently(learned.len(), move |tx| {
            Box::pin(async move {
                sqlx::query("insert into preset (trace_count, learned) values (?1, ?2)")
                    .bind(next_no)
                    .bind(learned)
                    .execute(&mut tx.connection)
                    .await
                    .map_err(database)?;
                Ok(())
            })
        })
        .await?;
    shared.presets.use_from(id, traces);
    Ok(())
}

/// What traces say, one text a trace.
async fn sample(shared: &Shared, next_no: i64) -> StoreResult<Vec<Vec<u8>>> {
    let from = (next_no - SAMPLE_FROM).max(0);
    let step = ((next_no - from) / SAMPLE).max(1);
    let trace_nos: Vec<i64> = (0..SAMPLE).map(|place| from + place * step).collect();
    let mut reader = shared.readers.acquire().await.map_err(database)?;
    let traces = rows::load(&mut reader, &trace_nos).await?;
    let mut sample = Vec::with_capacity(traces.len());
    for trace in traces {
        if trace.info.stats.span_count > SPANS_MAX {
            continue;
        }
        let mut text = text_of(&trace.info);
        for span in spans::all_spans(&mut reader, trace.trace_no).await? {
            add(&mut text, &span.name);
            for (key, value) in &span.attributes {
                add(&mut text, key);
                // As it stands in a block: JSON with its own quotes.
                add(&mut text, value);
            }
            if text.len() > SAMPLE_BYTES {
                break;
            }
        }
        text.truncate(SAMPLE_BYTES);
        sample.push(text);
    }
    Ok(sample)
}

fn text_of(info: &TraceInfo) -> Vec<u8> {
    let mut text = Vec::new();
    for (key, value) in info.tags.iter().chain(&info.metadata) {
        add(&mut text, key);
        add(&mut text, value);
    }
    for preview in [&info.request_preview, &info.response_preview] {
        add(&mut text, preview.as_deref().unwrap_or_default());
    }
    text
}

fn add(text: &mut Vec<u8>, part: &str) {
    text.extend_from_slice(part.as_bytes());
    // Ends a piece; nothing that is learned has it inside.
    text.push(0);
}
