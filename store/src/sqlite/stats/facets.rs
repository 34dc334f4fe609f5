//! Facets: values counted by the codes of columns.

use std::collections::{HashMap, HashSet};

use domain::stats::{Facet, FacetList, FacetQuery, Facets};
use domain::store::StoreResult;
use domain::trace::{TraceInfo, TraceState, keys};
use sqlx::{Row, SqliteConnection};

use super::matched::of_traces;
use super::tally::Tally;
use crate::bytes::Reader;
use crate::error::{At, database};
use crate::index::ColumnId;
use crate::index::build::is_left_out;
use crate::index::segment::read_posting;
use crate::sqlite::SqliteStore;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::Matches;

/// The most values of a facet.
const LIMIT_MAX: usize = 1000;
/// The most links to runs that are read: the newest traces' come first.
const LINKS_MAX: i64 = 100_000;

pub(super) async fn facets(store: &SqliteStore, query: FacetQuery) -> StoreResult<Facets> {
    let mut reader = store.reader().await?;
    let matches = store.matches(&query.scope, u64::MAX, &mut reader).await?;
    let limit = query.limit.clamp(1, LIMIT_MAX);
    let mut counter = Counter {
        matches: &matches,
        parts: PartReader {
            connection: &mut reader,
            cache: &store.shared.parts,
        },
    };
    let mut lists = Vec::with_capacity(query.facets.len());
    for facet in query.facets {
        lists.push(counter.list(facet, limit).await?);
    }
    Ok(Facets {
        counted: matches.counted,
        lists,
    })
}

struct Counter<'a, 'p> {
    matches: &'a Matches,
    parts: PartReader<'p>,
}

impl Counter<'_, '_> {
    async fn list(&mut self, facet: Facet, limit: usize) -> StoreResult<FacetList> {
        let tally = match &facet {
            Facet::State => self.states().await?,
            Facet::Name => {
                self.texts(&ColumnId::Tag(keys::NAME.to_owned()), TraceInfo::name)
                    .await?
            }
            Facet::User => self.texts(&ColumnId::User, TraceInfo::user).await?,
            Facet::Session => self.texts(&ColumnId::Session, TraceInfo::session).await?,
            Facet::Tag(key) => {
                self.texts(&ColumnId::Tag(key.clone()), |info| {
                    info.tags.get(key).map(String::as_str)
                })
                .await?
            }
            Facet::Run => self.runs().await?,
            Facet::Model => self.models().await?,
            Facet::TagKey => self.tag_keys().await?,
        };
        tally.finish(facet, limit, &mut self.parts).await
    }

    async fn states(&mut self) -> StoreResult<Tally> {
        let mut counts = [0; TraceState::ALL.len()];
        for found in &self.matches.segments {
            let column = found.segment.state;
            let codes = self.parts.codes(&found.segment, column.part).await?;
            let mut by_code = [0u64; 256];
            codes.visit(found.first_row, &found.rows, |_, code| {
                by_code[code as usize & 0xff] += 1;
            });
            for (code, count) in (0..).zip(by_code).filter(|(_, count)| *count > 0) {
                let place = column.number(code).and_then(|n| usize::try_from(n).ok());
                if let Some(sum) = place.and_then(|place| counts.get_mut(place)) {
                    *sum += count;
                }
            }
        }
        let mut tally = Tally::default();
        for (state, count) in TraceState::ALL.iter().zip(counts) {
            tally.add(state.as_str(), count);
        }
        for (_, trace) in &self.matches.tail {
            tally.add(trace.info.state.as_str(), 1);
        }
        Ok(tally)
    }

    async fn texts(
        &mut self,
        id: &ColumnId,
        of: impl for<'i> Fn(&'i TraceInfo) -> Option<&'i str>,
    ) -> StoreResult<Tally> {
        let mut tally = Tally::default();
        if is_left_out(id) {
            return Ok(tally);
        }
        for found in &self.matches.segments {
            let segment = &found.segment;
            let Some(column) = segment.columns.get(id) else {
                tally.is_sampled |= segment.is_partial;
                continue;
            };
            let codes = self.parts.codes(segment, column.codes).await?;
            // The first count is that of rows without a value.
            let mut by_code = vec![0u32; column.dictionary.count as usize + 1];
            codes.visit(found.first_row, &found.rows, |_, code| {
                if let Some(count) = by_code.get_mut(code as usize) {
                    *count += 1;
                }
            });
            by_code.remove(0);
            tally.add_codes(segment, &column.dictionary, by_code);
        }
        for (_, trace) in &self.matches.tail {
            if let Some(text) = of(&trace.info) {
                tally.add(text, 1);
            }
        }
        Ok(tally)
    }

    async fn models(&mut self) -> StoreResult<Tally> {
        let mut tally = Tally::default();
        for found in &self.matches.segments {
            let (segment, column) = (&found.segment, &found.segment.models);
            let mut by_code = vec![0u32; column.dictionary.count as usize];
            for (place, (first, part)) in column.postings.iter().enumerate() {
                let next = column.postings.get(place + 1);
                let end = next.map_or(column.dictionary.count, |(first, _)| *first);
                let bytes = self.parts.part(segment.segment_no, *part).await?;
                let mut posting = Reader::new(&bytes);
                for code in *first..end {
                    let mut count = 0;
                    read_posting(&mut posting, |row| {
                        let bit = (row as usize).checked_sub(found.first_row);
                        count += u32::from(bit.is_some_and(|bit| found.rows.contains(bit)));
                    })
                    .at("segment_part", "data", segment.segment_no)?;
                    by_code[code as usize] = count;
                }
            }
            tally.add_codes(segment, &column.dictionary, by_code);
        }
        for (_, trace) in &self.matches.tail {
            for model in &trace.info.stats.models {
                tally.add(model, 1);
            }
        }
        Ok(tally)
    }

    async fn tag_keys(&mut self) -> StoreResult<Tally> {
        let mut tally = Tally::default();
        for found in &self.matches.segments {
            let segment = &found.segment;
            tally.is_sampled |= segment.is_partial;
            for (id, column) in &segment.columns {
                let ColumnId::Tag(key) = id else { continue };
                let codes = self.parts.codes(segment, column.codes).await?;
                let mut count = 0;
                codes.visit(found.first_row, &found.rows, |_, code| {
                    count += u64::from(code != 0);
                });
                tally.add(key, count);
            }
        }
        for (_, trace) in &self.matches.tail {
            for key in trace.info.tags.keys() {
                if !is_left_out(&ColumnId::Tag(key.clone())) {
                    tally.add(key, 1);
                }
            }
        }
        Ok(tally)
    }

    /// The run a trace was logged in, and those it was linked to.
    async fn runs(&mut self) -> StoreResult<Tally> {
        let id = ColumnId::Metadata(keys::SOURCE_RUN.to_owned());
        let mut tally = self.texts(&id, logged_in).await?;
        let (links, is_cut) = links(self.parts.connection).await?;
        tally.is_sampled |= is_cut;
        if links.is_empty() {
            return Ok(tally);
        }
        let mut count = |trace_no: i64, own: Option<&str>| {
            for run in links.get(&trace_no).into_iter().flatten() {
                if own != Some(run) {
                    tally.add(run, 1);
                }
            }
        };
        let linked: HashSet<i64> = links.keys().copied().collect();
        for found in &self.matches.segments {
            let segment = &found.segment;
            let rows = of_traces(found, &linked, &mut self.parts).await?;
            let Some(column) = segment.columns.get(&id).filter(|_| !rows.is_empty()) else {
                rows.iter().for_each(|(_, trace_no)| count(*trace_no, None));
                continue;
            };
            let codes = self.parts.codes(segment, column.codes).await?;
            for (row, trace_no) in rows {
                let code = codes.get(row).checked_sub(1);
                let own = match code.and_then(|code| u32::try_from(code).ok()) {
                    None => None,
                    Some(code) => {
                        let dictionary = &column.dictionary;
                        Some(self.parts.value(segment, dictionary, code).await?)
                    }
                };
                count(trace_no, own.as_deref());
            }
        }
        for (trace_no, trace) in &self.matches.tail {
            count(*trace_no, logged_in(&trace.info));
        }
        Ok(tally)
    }
}

/// The run a trace was logged in.
fn logged_in(info: &TraceInfo) -> Option<&str> {
    info.metadata.get(keys::SOURCE_RUN).map(String::as_str)
}

/// Runs by trace number, and whether there are more.
async fn links(
    connection: &mut SqliteConnection,
) -> StoreResult<(HashMap<i64, Vec<String>>, bool)> {
    let select = "select trace_no, run_id from trace_run order by trace_no desc, run_id limit ?1";
    let rows = sqlx::query(select)
        .bind(LINKS_MAX + 1)
        .fetch_all(connection)
        .await
        .map_err(database)?;
    let is_cut = rows.len() as i64 > LINKS_MAX;
    let mut links: HashMap<i64, Vec<String>> = HashMap::new();
    for row in rows.iter().take(LINKS_MAX as usize) {
        let runs = links.entry(row.try_get(0).map_err(database)?).or_default();
        runs.push(row.try_get(1).map_err(database)?);
    }
    Ok((links, is_cut))
}
