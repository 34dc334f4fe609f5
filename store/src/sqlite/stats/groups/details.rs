//! The figures of the groups of a page.

use std::collections::HashMap;
use std::sync::Arc;

use domain::stats::{Facet, GroupQuery, TraceGroup};
use domain::store::StoreResult;
use domain::time::UnixMillis;
use domain::trace::{TraceInfo, TraceState};

use super::Chosen;
use crate::index::ColumnId;
use crate::index::build::state_number;
use crate::index::codes::Codes;
use crate::index::measure::{self, Measure};
use crate::index::segment::NumberColumn;
use crate::sqlite::parts::PartReader;
use crate::sqlite::search::{Matches, SegmentMatches};
use crate::sqlite::stats::labels::Labeller;
use crate::sqlite::stats::merge::{Run, Values, merge};
use crate::sqlite::stats::ratings::Rating;
use crate::sqlite::stats::sums::Sums;

/// All rows are unpacked if one in so many is looked at.
const UNPACK: usize = 4;

/// What is gathered of one group.
struct GroupSums {
    sums: Sums,
    first: i64,
    last: i64,
    busy: i64,
    sessions: u64,
}

/// The page as it is added up.
struct Page<'q> {
    query: &'q GroupQuery,
    groups: Vec<GroupSums>,
    ratings: HashMap<i64, Vec<Rating>>,
    /// The sessions of users, with the group's place.
    sessions: Vec<Run<u32>>,
}

pub(super) async fn groups(
    query: &GroupQuery,
    labeller: &Labeller<'_>,
    matches: &Matches,
    chosen: &[Chosen],
    ratings: Vec<Rating>,
    parts: &mut PartReader<'_>,
) -> StoreResult<Vec<TraceGroup>> {
    let mut page = Page::new(query, chosen.len(), ratings);
    let mut codes: Vec<Vec<(u32, u32)>> = vec![Vec::new(); matches.segments.len()];
    for (group, chosen) in (0..).zip(chosen) {
        for (segment, code) in &chosen.codes {
            codes[*segment].push((*code, group));
        }
    }
    for (found, codes) in matches.segments.iter().zip(codes) {
        if !codes.is_empty() {
            let rows = rows(labeller, found, &codes, parts).await?;
            page.add_rows(found, &rows, parts).await?;
        }
    }
    page.add_tail(labeller, matches, chosen);
    page.count_sessions(parts).await?;
    let values = chosen.iter().map(|chosen| &chosen.value);
    Ok(values
        .zip(page.groups)
        .map(|(value, group)| group.finish(value))
        .collect())
}

/// The rows, as bits of the matches, that belong to groups with these codes, each with its group.
async fn rows(
    labeller: &Labeller<'_>,
    found: &SegmentMatches,
    codes: &[(u32, u32)],
    parts: &mut PartReader<'_>,
) -> StoreResult<Vec<(u32, u32)>> {
    let labels = labeller.labels(found, parts).await?;
    let mut groups = vec![None; labels.values.count()];
    for (code, group) in codes {
        if let Some(place) = groups.get_mut(*code as usize) {
            *place = Some(*group);
        }
    }
    let mut rows = Vec::new();
    labels.visit(found, |bit, place| {
        if let Some(group) = groups.get(place as usize).copied().flatten() {
            rows.push((bit as u32, group));
        }
    })?;
    Ok(rows)
}

/// The codes of these rows. Where they are many, all are unpacked, which takes less time for each.
fn codes_of(codes: &Codes, found: &SegmentMatches, rows: &[(u32, u32)]) -> std::vec::IntoIter<u64> {
    let bits = rows.iter().map(|(bit, _)| *bit as usize);
    let of_rows: Vec<u64> = if rows.len() >= found.rows.len() / UNPACK {
        let mut all = vec![0; found.rows.len()];
        codes.visit(found.first_row, &found.rows, |bit, code| all[bit] = code);
        bits.map(|bit| all[bit]).collect()
    } else {
        bits.map(|bit| codes.get(found.first_row + bit)).collect()
    };
    of_rows.into_iter()
}

impl<'q> Page<'q> {
    fn new(query: &'q GroupQuery, count: usize, ratings: Vec<Rating>) -> Self {
        let empty = || GroupSums {
            sums: Sums::default(),
            first: i64::MAX,
            last: i64::MIN,
            busy: 0,
            sessions: 0,
        };
        let mut by_trace: HashMap<i64, Vec<Rating>> = HashMap::new();
        for rating in ratings {
            by_trace.entry(rating.trace_no).or_default().push(rating);
        }
        Self {
            query,
            groups: std::iter::repeat_with(empty).take(count).collect(),
            ratings: by_trace,
            sessions: Vec::new(),
        }
    }

    async fn add_rows(
        &mut self,
        found: &SegmentMatches,
        rows: &[(u32, u32)],
        parts: &mut PartReader<'_>,
    ) -> StoreResult<()> {
        let segment = &found.segment;
        let mut numbers = async |column: NumberColumn| {
            let codes = parts.codes(segment, column.part).await?;
            Ok(codes_of(&codes, found, rows).map(move |code| column.number(code)))
        };
        let starts = numbers(segment.start).await?;
        let states = numbers(segment.state).await?;
        let durations = numbers(segment.duration).await?;
        let error = Some(state_number(TraceState::Error));
        let facts = starts.zip(states).zip(durations);
        for ((_, group), ((start, state), duration)) in rows.iter().zip(facts) {
            self.groups[*group as usize].add(start.unwrap_or(0), state == error, duration);
        }
        for (measure, column) in &segment.measures {
            let numbers = numbers(*column).await?;
            for ((_, group), number) in rows.iter().zip(numbers) {
                self.groups[*group as usize]
                    .sums
                    .add_measure(*measure, number);
            }
        }
        let (least, greatest) = segment.trace_nos;
        if self
            .ratings
            .keys()
            .any(|no| (least..=greatest).contains(no))
        {
            let trace_nos = numbers(segment.trace_no).await?;
            for ((_, group), trace_no) in rows.iter().zip(trace_nos) {
                if let Some(trace_no) = trace_no {
                    self.add_ratings(trace_no, *group);
                }
            }
        }
        if self.query.by == Facet::User
            && let Some(column) = segment.columns.get(&ColumnId::Session)
        {
            let codes = parts.codes(segment, column.codes).await?;
            let codes = codes_of(&codes, found, rows);
            let sessions = rows.iter().zip(codes).filter_map(|((_, group), code)| {
                let code = code.checked_sub(1)?;
                Some((u32::try_from(code).ok()?, *group))
            });
            let mut items: Vec<(u32, u32)> = sessions.collect();
            items.sort_unstable();
            items.dedup();
            self.sessions.push(Run {
                segment: Some(Arc::clone(segment)),
                values: Values::Dictionary(column.dictionary.clone()),
                items,
            });
        }
        Ok(())
    }

    fn add_ratings(&mut self, trace_no: i64, group: u32) {
        for rating in self.ratings.get(&trace_no).into_iter().flatten() {
            let ratings = &mut self.groups[group as usize].sums.ratings;
            match ratings.get_mut(&rating.name) {
                Some(stats) => stats.add(rating.score),
                None => ratings
                    .entry(rating.name.clone())
                    .or_default()
                    .add(rating.score),
            }
        }
    }

    fn add_tail(&mut self, labeller: &Labeller<'_>, matches: &Matches, chosen: &[Chosen]) {
        let places = (0..).zip(chosen);
        let places: HashMap<&[u8], u32> = places
            .map(|(place, chosen)| (chosen.value.as_slice(), place))
            .collect();
        let mut sessions = Vec::new();
        for (trace_no, trace) in &matches.tail {
            for value in labeller.of_trace(*trace_no, trace).0 {
                let Some(group) = places.get(value.as_bytes()).copied() else {
                    continue;
                };
                self.groups[group as usize].add_trace(&trace.info);
                self.add_ratings(*trace_no, group);
                let session = trace.info.session().map(str::to_owned);
                sessions.extend(session.map(|session| (session, group)));
            }
        }
        if self.query.by == Facet::User {
            self.sessions.push(Run::of_texts(sessions));
        }
    }

    /// Counts each session once for each group that has it.
    async fn count_sessions(&mut self, parts: &mut PartReader<'_>) -> StoreResult<()> {
        let (runs, groups) = (&self.sessions, &mut self.groups);
        let mut own = Vec::new();
        merge(runs, parts, |_, places| {
            own.clear();
            own.extend(places.iter().map(|(run, item)| runs[*run].items[*item].1));
            own.sort_unstable();
            own.dedup();
            for group in &own {
                groups[*group as usize].sessions += 1;
            }
        })
        .await
    }
}

impl GroupSums {
    fn add(&mut self, start: i64, is_error: bool, duration: Option<i64>) {
        self.sums.traces += 1;
        self.sums.errors += u64::from(is_error);
        self.sums.add_duration(duration);
        self.first = self.first.min(start);
        self.last = self.last.max(start);
        self.busy = self.busy.saturating_add(duration.unwrap_or(0));
    }

    fn add_trace(&mut self, info: &TraceInfo) {
        let is_error = info.state == TraceState::Error;
        self.add(info.request_time.0, is_error, info.duration_ms);
        for (measure, number) in Measure::ALL.iter().zip(measure::of(info)) {
            self.sums.add_measure(*measure, number);
        }
    }

    fn finish(self, value: &[u8]) -> TraceGroup {
        let point = self.sums.finish(self.first);
        TraceGroup {
            value: String::from_utf8_lossy(value).into_owned(),
            traces: point.traces,
            errors: point.errors,
            first: point.start,
            last: UnixMillis(self.last),
            busy_ms: self.busy,
            durations: point.durations,
            tokens: point.tokens,
            cost: point.cost,
            ratings: point.ratings,
            sessions: self.sessions,
        }
    }
}
