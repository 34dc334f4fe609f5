//! The stored form of what a trace's row holds beside its plain columns: previews, metadata, tags, the facts counted from
//! its spans and their distinct names, types and statuses. Assessments and links to runs are rows of their own.

use std::collections::BTreeMap;

use domain::ids::{ExperimentId, TraceId};
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState, TraceStats};
use domain::usage::{Cost, TokenUsage};

use crate::bytes::{Damaged, Put, Reader};
use crate::compress::{pack_behind, unpack, unpack_behind};
use crate::preset::PresetId;
use crate::tuples::Tuples;

/// The first byte of every summary that is written.
const VERSION: u8 = 4;
/// The same packed behind the known words, without naming a preset.
const VERSION_WORDS: u8 = 3;
/// The same packed behind nothing.
const VERSION_PLAIN: u8 = 2;

/// Encodes a trace behind a preset. Its id, experiment and start are columns and not repeated here.
pub(crate) fn encode(info: &TraceInfo, tuples: &Tuples, preset: PresetId) -> Vec<u8> {
    let mut raw = Vec::with_capacity(512);
    raw.push(match info.state {
        TraceState::StateUnspecified => 0,
        TraceState::Ok => 1,
        TraceState::Error => 2,
        TraceState::InProgress => 3,
    });
    put_int_option(&mut raw, info.duration_ms);
    raw.put_text_option(info.client_request_id.as_deref());
    raw.put_text_option(info.request_preview.as_deref());
    raw.put_text_option(info.response_preview.as_deref());
    for map in [&info.metadata, &info.tags] {
        raw.put_uint(map.len() as u64);
        for (key, value) in map {
            raw.put_text(key);
            raw.put_text(value);
        }
    }
    put_stats(&mut raw, &info.stats);
    tuples.put(&mut raw);
    let packed = pack_behind(&raw, preset);
    let mut out = Vec::with_capacity(packed.len() + 5);
    out.push(VERSION);
    out.extend_from_slice(&preset.to_bytes());
    out.extend_from_slice(&packed);
    out
}

/// Decodes a trace and the tuples of its spans; assessments and linked runs stay empty.
pub(crate) fn decode(
    trace_id: TraceId,
    experiment_id: ExperimentId,
    request_time: UnixMillis,
    bytes: &[u8],
) -> Result<(TraceInfo, Tuples), Damaged> {
    let raw = match bytes.split_first() {
        Some((&VERSION, rest)) => {
            let (preset, packed) = PresetId::split(rest)?;
            unpack_behind(packed, preset)?
        }
        Some((&VERSION_WORDS, packed)) => unpack_behind(packed, PresetId::WORDS)?,
        Some((&VERSION_PLAIN, packed)) => unpack(packed)?,
        _ => return Err(Damaged("unknown version of trace summary")),
    };
    let mut reader = Reader::new(&raw);
    let state = match reader.byte()? {
        0 => TraceState::StateUnspecified,
        1 => TraceState::Ok,
        2 => TraceState::Error,
        3 => TraceState::InProgress,
        _ => return Err(Damaged("unknown state")),
    };
    let info = TraceInfo {
        trace_id,
        experiment_id,
        request_time,
        state,
        duration_ms: int_option(&mut reader)?,
        client_request_id: reader.text_option()?.map(str::to_owned),
        request_preview: reader.text_option()?.map(str::to_owned),
        response_preview: reader.text_option()?.map(str::to_owned),
        metadata: map(&mut reader)?,
        tags: map(&mut reader)?,
        stats: stats(&mut reader)?,
        assessments: Vec::new(),
        linked_runs: Vec::new(),
    };
    let tuples = Tuples::read(&mut reader)?;
    Ok((info, tuples))
}

fn map(reader: &mut Reader<'_>) -> Result<BTreeMap<String, String>, Damaged> {
    (0..reader.count()?)
        .map(|_| Ok((reader.text()?.to_owned(), reader.text()?.to_owned())))
        .collect()
}

fn put_int_option(out: &mut Vec<u8>, value: Option<i64>) {
    out.push(u8::from(value.is_some()));
    if let Some(value) = value {
        out.put_int(value);
    }
}

fn int_option(reader: &mut Reader<'_>) -> Result<Option<i64>, Damaged> {
    Ok(if reader.byte()? == 0 {
        None
    } else {
        Some(reader.int()?)
    })
}

fn put_stats(out: &mut Vec<u8>, stats: &TraceStats) {
    out.put_uint(u64::from(stats.span_count));
    out.put_uint(u64::from(stats.error_count));
    out.put_text_option(stats.root_user.as_deref());
    out.put_text_option(stats.root_session.as_deref());
    out.push(u8::from(stats.usage.is_some()) | u8::from(stats.cost.is_some()) << 1);
    if let Some(usage) = &stats.usage {
        for tokens in [usage.input_tokens, usage.output_tokens, usage.total_tokens] {
            out.put_int(tokens);
        }
        put_int_option(out, usage.cache_read_input_tokens);
        put_int_option(out, usage.cache_creation_input_tokens);
    }
    if let Some(cost) = &stats.cost {
        for dollars in [cost.input_cost, cost.output_cost, cost.total_cost] {
            out.extend_from_slice(&dollars.to_le_bytes());
        }
    }
    out.put_uint(stats.models.len() as u64);
    for model in &stats.models {
        out.put_text(model);
    }
}

fn stats(reader: &mut Reader<'_>) -> Result<TraceStats, Damaged> {
    let mut stats = TraceStats {
        span_count: reader.uint32()?,
        error_count: reader.uint32()?,
        root_user: reader.text_option()?.map(str::to_owned),
        root_session: reader.text_option()?.map(str::to_owned),
        ..TraceStats::default()
    };
    let present = reader.byte()?;
    if present & 1 != 0 {
        stats.usage = Some(TokenUsage {
            input_tokens: reader.int()?,
            output_tokens: reader.int()?,
            total_tokens: reader.int()?,
            cache_read_input_tokens: int_option(reader)?,
            cache_creation_input_tokens: int_option(reader)?,
        });
    }
    if present & 2 != 0 {
        stats.cost = Some(Cost {
            input_cost: f64::from_le_bytes(reader.array()?),
            output_cost: f64::from_le_bytes(reader.array()?),
            total_cost: f64::from_le_bytes(reader.array()?),
        });
    }
    for _ in 0..reader.count()? {
        stats.models.push(reader.text()?.to_owned());
    }
    Ok(stats)
}

#[cfg(test)]
mod tests {
    use domain::trace::keys;

    use super::*;

    /// As it was written before words were known.
    const OLD: &str = "02b10328b52ffd60b100850900b20f3d37606b753064486074140558c3306cd7c13665f185bc74bba549590ecd9b75c7b1ef\
         9f3384cc08a5bf299be416a11d7ed725a3bb357f930113db2691e328451e97d15c2291c4affa9e1020b2186c30dc8df55924\
         0f1f58878702a6ceb9203990e69c902f7798239bcc1c41a6a3f02a381a2e420273e93c815e664fb7368102c1bd3b1dadbf2f\
         e74a8542c9320cc3f8ba2613cbaaaa7bebe7a94e5d4aeb15a2e4e267cdb7d71914ff93a510ae6e3569b43bec30f74db92ff8\
         2384f0adbbbad866637efe0fe2746ac0b76e6cad49a3dfb9e63cc8538a54a3fbceb5dd3a7fde66f0111cc902c80c51d1824e\
         1ac5a01a017380238a021600aa1a8c95c169cad719a8bede63c260de5a646cee0344dc192bc3846c0aa478034e012bdeb269\
         c0c5d7a3f830384ea0229a9384b0c63403";

    #[test]
    fn a_summary_of_the_version_before_is_read_and_written_smaller() {
        let digits = OLD.as_bytes().chunks(2);
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16);
        let old: Vec<u8> = digits.map(|pair| byte(pair).unwrap()).collect();
        let id = TraceId::new("tr-1");
        let read = |bytes: &[u8]| decode(id.clone(), ExperimentId(0), UnixMillis(5), bytes);
        let (info, tuples) = read(&old).unwrap();
        assert_eq!(info.name(), Some("agent"));
        assert!(info.metadata.contains_key(keys::TOKEN_USAGE));
        assert_eq!(info.stats.models, ["gpt-4o"]);
        let new = encode(&info, &tuples, PresetId::WORDS);
        assert!(new.len() + 80 < old.len(), "{}", new.len());
        assert_eq!(read(&new).unwrap(), (info, tuples));
    }
}
