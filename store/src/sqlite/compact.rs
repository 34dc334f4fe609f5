//! Bringing the many small blocks of a growing trace together. A trace of 20,000 spans that arrives five at a time would
//! otherwise be 4,000 blocks, read anew at each recount. Blocks are merged into one a few times larger, so that each span is
//! written anew a few times only, however large the trace becomes.

use domain::span_row::SpanRow;
use domain::store::StoreResult;
use sqlx::SqliteConnection;

use super::rows::{self, StoredTrace};
use super::spans::{self, block_key, block_keys, insert_blocks, last_of_each};
use super::tx::WriteTx;
use crate::block::encode::encode;
use crate::error::{At, database, internal};

/// A trace is looked at whenever so many blocks were added to it.
const BLOCKS: i64 = 32;
/// An older block is taken in if it has no more spans than this many times the newer ones together.
const GROWTH: usize = 4;
/// Fewer blocks are not worth writing anew.
const RUN_MIN: usize = 8;

/// Whether a trace that has grown should be compacted.
pub(crate) fn is_crowded(blocks_before: i64, blocks_now: i64) -> bool {
    blocks_now >= BLOCKS && blocks_before / BLOCKS != blocks_now / BLOCKS
}

/// Merges the newest blocks of a trace.
pub(crate) async fn compact(tx: &mut WriteTx, trace_no: i64) -> StoreResult<()> {
    let Some(mut trace) = rows::load(&mut tx.connection, &[trace_no]).await?.pop() else {
        return Ok(());
    };
    let heads = spans::heads(&mut tx.connection, trace_no).await?;
    let counts: Vec<usize> = heads.iter().map(|(_, head)| head.rows.len()).collect();
    let first = first_of_run(&counts);
    if heads.len() - first < RUN_MIN {
        return Ok(());
    }
    let mut all = Vec::new();
    for (key, head) in &heads[first..] {
        let body = body(&mut tx.connection, *key).await?;
        all.extend(head.spans(&body).at("span_body", "body", *key)?);
    }
    let preset = tx.shared.presets.current();
    let blocks = tokio::task::spawn_blocking(move || {
        let spans = last_of_each(all, |span| span.span_id);
        let rows: Vec<SpanRow> = spans.iter().map(SpanRow::of).collect();
        encode(&spans, &rows, preset)
    });
    let blocks = blocks
        .await
        .map_err(|_| internal("compacting spans failed"))?;
    let blocks = blocks.map_err(|_| internal("compressing spans failed"))?;
    let (_, end) = block_keys(trace_no);
    let first_key = heads[first].0;
    for delete in [
        "delete from span_head where block_key >= ?1 and block_key < ?2",
        "delete from span_body where block_key >= ?1 and block_key < ?2",
    ] {
        sqlx::query(delete)
            .bind(first_key)
            .bind(end)
            .execute(&mut tx.connection)
            .await
            .map_err(database)?;
    }
    // The merged blocks take the place of the first of the run, so that order stays and numbers become free again.
    let first_no = first_key - block_key(trace_no, 0)?;
    let mut keyed = Vec::with_capacity(blocks.len());
    for (block, block_no) in blocks.iter().zip(first_no..) {
        keyed.push((block_key(trace_no, block_no)?, block));
    }
    insert_blocks(&mut tx.connection, keyed).await?;
    trace.next_block = first_no + blocks.len() as i64;
    trace.block_count = (first + blocks.len()) as i64;
    save_counts(&mut tx.connection, &trace).await
}

/// Where the run of blocks to merge begins: the newest blocks, and older ones as long as they are not much larger than those
/// behind them together.
fn first_of_run(counts: &[usize]) -> usize {
    let mut sum = 0;
    for (place, count) in counts.iter().enumerate().rev() {
        if sum > 0 && *count > GROWTH * sum {
            return place + 1;
        }
        sum += count;
    }
    0
}

async fn body(connection: &mut SqliteConnection, key: i64) -> StoreResult<Vec<u8>> {
    sqlx::query_scalar("select body from span_body where block_key = ?1")
        .bind(key)
        .fetch_one(connection)
        .await
        .map_err(database)
}

/// Only the counts change: nothing that anyone sees.
async fn save_counts(connection: &mut SqliteConnection, trace: &StoredTrace) -> StoreResult<()> {
    sqlx::query("update trace set next_block = ?2, block_count = ?3 where trace_no = ?1")
        .bind(trace.trace_no)
        .bind(trace.next_block)
        .bind(trace.block_count)
        .execute(connection)
        .await
        .map_err(database)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_old_blocks_are_left_alone() {
        assert_eq!(first_of_run(&[]), 0);
        assert_eq!(first_of_run(&[5, 5, 5]), 0);
        assert_eq!(first_of_run(&[1000, 5, 5]), 1);
        assert_eq!(first_of_run(&[1000, 200, 40, 5, 5]), 0);
    }

    #[test]
    fn each_span_is_written_a_few_times_only() {
        let (mut blocks, mut written, mut added) = (Vec::new(), 0usize, 0usize);
        for batch in std::iter::repeat_n(5, 20_000 / 5) {
            let before = blocks.len() as i64;
            blocks.push(batch);
            added += batch;
            if is_crowded(before, blocks.len() as i64) {
                let run = blocks.split_off(first_of_run(&blocks));
                let sum = run.iter().sum();
                written += if run.len() >= RUN_MIN { sum } else { 0 };
                blocks.push(sum);
            }
        }
        assert!(written < 8 * added, "{written}");
        assert!(blocks.len() < 64, "{}", blocks.len());
    }
}
