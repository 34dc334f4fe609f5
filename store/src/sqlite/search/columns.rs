//! Conditions on the rows of a segment: decided by columns, as far as columns can.

mod spans;
mod values;

use std::collections::HashSet;
use std::ops::Range;

use domain::filter::check::Predicate;
use domain::filter::like::literal_prefix;
use domain::filter::predicate::{KeyTest, Test, TextTest};
use domain::store::StoreResult;
use domain::trace::{TraceState, keys};

use self::values::Passing;
use super::plan::{Condition, Known, Plan};
use crate::error::At;
use crate::index::ColumnId;
use crate::index::bitmap::Bitmap;
use crate::index::build::is_left_out;
use crate::index::codes::Codes;
use crate::index::segment::{ID_ROWS, NumberColumn, Segment};
use crate::index::truth::{Truths, join};
use crate::key::{IdPrefix, write_id};
use crate::sqlite::parts::PartReader;

/// Sets of trace numbers are looked up by bits if a segment's numbers are no further apart: 8 MiB of bits.
const NUMBERS_MAX: usize = 1 << 26;

/// Evaluates a plan on rows of a segment.
pub(super) struct Columns<'a, 'p> {
    pub plan: &'a Plan<'a>,
    pub segment: &'a Segment,
    pub rows: Range<usize>,
    pub reader: &'a mut PartReader<'p>,
}

impl Columns<'_, '_> {
    /// What the filter may be for each row.
    pub(super) async fn truths(&mut self) -> StoreResult<Truths> {
        let mut conditions = Vec::with_capacity(self.plan.conditions.len());
        for condition in &self.plan.conditions {
            conditions.push(self.condition(condition).await?);
        }
        Ok(join(&self.plan.tree, self.rows.len(), &conditions))
    }

    async fn condition(&mut self, condition: &Condition<'_>) -> StoreResult<Truths> {
        let known = &condition.known;
        match condition.predicate {
            Predicate::Status(test) => {
                let passes =
                    TraceState::ALL.map(|state| self.plan.texts.matches(test, state.as_str()));
                let is_true = self.numbers(self.segment.state, |number| {
                    usize::try_from(number).is_ok_and(|place| passes.get(place) == Some(&true))
                });
                Ok(Truths::known(is_true.await?))
            }
            Predicate::TimestampMs(test) => {
                let is_true = self
                    .numbers(self.segment.start, |ms| test.matches_int(ms))
                    .await?;
                Ok(Truths::known(is_true))
            }
            Predicate::ExecutionTimeMs(test) => {
                let column = self.segment.duration;
                let is_true = self.numbers(column, |ms| test.matches_int(ms)).await?;
                let is_missing = self.numbers(column, |_| true).await?.not();
                Ok(Truths::of_present(is_true, is_missing))
            }
            Predicate::EndTimeMs(test) => {
                let starts = self.codes(self.segment.start.part).await?;
                let durations = self.codes(self.segment.duration.part).await?;
                let (first, segment) = (self.rows.start, self.segment);
                Ok(Truths::known(Bitmap::from_fn(self.rows.len(), |row| {
                    let start = segment.start.number(starts.get(first + row)).unwrap_or(0);
                    let duration = segment.duration.number(durations.get(first + row));
                    test.matches_int(start.saturating_add(duration.unwrap_or(0)))
                })))
            }
            Predicate::RequestId(test) => self.request_id(test, known).await,
            Predicate::ClientRequestId(test) => {
                self.key(&ColumnId::ClientRequest, &KeyTest::Text(test.clone()))
                    .await
            }
            Predicate::Name(test) => self.key(&ColumnId::Tag(keys::NAME.to_owned()), test).await,
            Predicate::User(test) => self.key(&ColumnId::User, test).await,
            Predicate::Session(test) => self.key(&ColumnId::Session, test).await,
            Predicate::Model(test) => self.models(test).await,
            Predicate::Tag { key, test } => self.key(&ColumnId::Tag(key.clone()), test).await,
            Predicate::Metadata { key, test } => {
                self.key(&ColumnId::Metadata(key.clone()), test).await
            }
            Predicate::TagOrName(test) => {
                let tag = self.key(&ColumnId::Tag("name".to_owned()), test).await?;
                let name = self
                    .key(&ColumnId::Tag(keys::NAME.to_owned()), test)
                    .await?;
                Ok(either(test, tag, &name))
            }
            Predicate::Run(test) => self.run(test, known).await,
            Predicate::Prompt { name, version } => {
                let id = ColumnId::Tag(super::LINKED_PROMPTS.to_owned());
                if !self.has(&id) {
                    return Ok(Truths::open(self.rows.len()));
                }
                let may = self
                    .values(&id, |text| text.contains(name) && text.contains(version))
                    .await?;
                let linked = self.traces(&known.yes).await?;
                Ok(Truths {
                    may_be_false: linked.clone().not(),
                    ..perhaps(may.or(&linked))
                })
            }
            Predicate::TraceText(_) => Ok(perhaps(self.with_text(known).await?)),
            Predicate::Span(tests) => self.spans(tests, known).await,
            Predicate::Feedback { test, .. } | Predicate::Expectation { test, .. } => {
                self.rated(test, known).await
            }
            Predicate::Issue { .. } => Ok(Truths::known(self.traces(&known.yes).await?)),
        }
    }

    async fn codes(&mut self, part: u32) -> StoreResult<Codes> {
        self.reader.codes(self.segment, part).await
    }

    /// Rows whose number passes; those without one do not.
    async fn numbers(
        &mut self,
        column: NumberColumn,
        test: impl Fn(i64) -> bool,
    ) -> StoreResult<Bitmap> {
        let codes = self.codes(column.part).await?;
        let passes = |code| column.number(code).is_some_and(&test);
        Ok(codes.select(self.rows.start, self.rows.end, passes))
    }

    /// Rows of these traces.
    async fn traces(&mut self, wanted: &HashSet<i64>) -> StoreResult<Bitmap> {
        let (least, greatest) = self.segment.trace_nos;
        let here = wanted.iter().filter(|no| (least..=greatest).contains(*no));
        let places: Vec<usize> = here.map(|no| no.abs_diff(least) as usize).collect();
        if places.is_empty() {
            return Ok(Bitmap::none(self.rows.len()));
        }
        let column = self.segment.trace_no;
        let numbers = usize::try_from(greatest.abs_diff(least)).unwrap_or(usize::MAX);
        if numbers > NUMBERS_MAX {
            return self.numbers(column, |no| wanted.contains(&no)).await;
        }
        // A bit a number is asked in a fraction of the time that a hash takes.
        let mut bits = Bitmap::none(numbers + 1);
        places.into_iter().for_each(|place| bits.insert(place));
        let is_wanted = |no: i64| no >= least && bits.contains(no.abs_diff(least) as usize);
        self.numbers(column, is_wanted).await
    }

    /// Whether the segment knows everything about a column.
    fn has(&self, id: &ColumnId) -> bool {
        !is_left_out(id) && (!self.segment.is_partial || self.segment.columns.contains_key(id))
    }

    async fn key(&mut self, id: &ColumnId, test: &KeyTest) -> StoreResult<Truths> {
        if !self.has(id) {
            return Ok(Truths::open(self.rows.len()));
        }
        Ok(match test {
            KeyTest::IsNotNull => Truths::known(self.present(id).await?),
            KeyTest::IsNull => Truths::known(self.present(id).await?.not()),
            KeyTest::Text(test) => {
                let is_true = self.texts(id, test).await?;
                if self.plan.is_positive {
                    return Ok(Truths::known(is_true));
                }
                Truths::of_present(is_true, self.present(id).await?.not())
            }
        })
    }

    /// Rows that have a value.
    async fn present(&mut self, id: &ColumnId) -> StoreResult<Bitmap> {
        match self.segment.columns.get(id) {
            None => Ok(Bitmap::none(self.rows.len())),
            Some(column) => {
                let codes = self.codes(column.codes).await?;
                Ok(codes.select(self.rows.start, self.rows.end, |_| true))
            }
        }
    }

    /// Rows whose value passes.
    async fn texts(&mut self, id: &ColumnId, test: &TextTest) -> StoreResult<Bitmap> {
        let Some(column) = self.segment.columns.get(id) else {
            return Ok(Bitmap::none(self.rows.len()));
        };
        let passing = self.passing(&column.dictionary, test).await?;
        let codes = self.codes(column.codes).await?;
        let (start, end) = (self.rows.start, self.rows.end);
        Ok(match passing {
            Passing::These(range) => {
                let numbers = u64::from(range.start) + 1..u64::from(range.end) + 1;
                codes.select_range(start, end, numbers)
            }
            others => codes.select(start, end, |code| others.contains(code - 1)),
        })
    }

    /// Rows whose value passes a test of any kind.
    async fn values(&mut self, id: &ColumnId, test: impl Fn(&str) -> bool) -> StoreResult<Bitmap> {
        let Some(column) = self.segment.columns.get(id) else {
            return Ok(Bitmap::none(self.rows.len()));
        };
        let all = 0..column.dictionary.count;
        let passing = self.matching(&column.dictionary, all, test).await?;
        let codes = self.codes(column.codes).await?;
        let passes = |code: u64| passing.contains(code as usize - 1);
        Ok(codes.select(self.rows.start, self.rows.end, passes))
    }

    async fn request_id(&mut self, test: &TextTest, known: &Known) -> StoreResult<Truths> {
        if known.is_all {
            return Ok(Truths::known(self.traces(&known.yes).await?));
        }
        let mut is_true = Bitmap::none(self.rows.len());
        let first_part = self.rows.start / ID_ROWS;
        let prefix = match test {
            TextTest::Like(pattern) => IdPrefix::new(literal_prefix(pattern)),
            _ => IdPrefix::new(""),
        };
        let mut text = String::new();
        for (place, part) in self.segment.ids.iter().enumerate().skip(first_part) {
            let first = place * ID_ROWS;
            if first >= self.rows.end {
                break;
            }
            let bytes = self.reader.part(self.segment.segment_no, *part).await?;
            let mut ids = crate::bytes::Reader::new(&bytes);
            for row in first..self.rows.end {
                if ids.rest().is_empty() {
                    break;
                }
                let key = ids.bytes();
                let key = key.at("segment_part", "data", self.segment.segment_no)?;
                if row < self.rows.start || prefix.excludes(key) {
                    continue;
                }
                write_id(key, &mut text).at("segment_part", "data", self.segment.segment_no)?;
                if self.plan.texts.matches(test, &text) {
                    is_true.insert(row - self.rows.start);
                }
            }
        }
        Ok(Truths::known(is_true))
    }

    async fn run(&mut self, test: &KeyTest, known: &Known) -> StoreResult<Truths> {
        let id = ColumnId::Metadata(keys::SOURCE_RUN.to_owned());
        if !self.has(&id) {
            return Ok(Truths::open(self.rows.len()));
        }
        let has_source = self.present(&id).await?;
        Ok(match test {
            KeyTest::Text(TextTest::Eq(_)) => {
                let linked = self.traces(&known.yes).await?;
                let logged_in = self.key(&id, test).await?.may_be_true;
                let is_true = logged_in.or(&linked);
                let may_be_false = is_true.clone().not();
                // Without a run of its own a trace may still have other links, or none.
                let may_be_unknown = may_be_false.clone().and_not(&has_source);
                Truths {
                    may_be_true: is_true,
                    may_be_false,
                    may_be_unknown,
                }
            }
            KeyTest::Text(_) => self.key(&id, test).await?,
            KeyTest::IsNull => {
                let without = has_source.not();
                Truths {
                    may_be_true: without,
                    ..Truths::known(Bitmap::none(self.rows.len()))
                }
            }
            KeyTest::IsNotNull => {
                let without = has_source.clone().not();
                Truths {
                    may_be_true: Bitmap::all(self.rows.len()),
                    may_be_false: without,
                    may_be_unknown: Bitmap::none(self.rows.len()),
                }
            }
        })
    }

    async fn rated(&mut self, test: &Test, known: &Known) -> StoreResult<Truths> {
        match test {
            Test::IsNull => Ok(Truths::known(
                self.rated_so(&known.some, &known.some_sessions)
                    .await?
                    .not(),
            )),
            Test::IsNotNull => Ok(Truths::known(
                self.rated_so(&known.some, &known.some_sessions).await?,
            )),
            Test::Text(_) | Test::Number(_) => {
                let yes = self.rated_so(&known.yes, &known.yes_sessions).await?;
                if self.plan.is_positive {
                    return Ok(Truths::known(yes));
                }
                let some = self.rated_so(&known.some, &known.some_sessions).await?;
                Ok(Truths {
                    may_be_unknown: yes.clone().not(),
                    may_be_false: some.and_not(&yes),
                    may_be_true: yes,
                })
            }
        }
    }

    /// Rows of these traces, and of traces of these sessions.
    async fn rated_so(
        &mut self,
        traces: &HashSet<i64>,
        sessions: &HashSet<String>,
    ) -> StoreResult<Bitmap> {
        let rows = self.traces(traces).await?;
        if sessions.is_empty() {
            return Ok(rows);
        }
        let of_sessions = self.values(&ColumnId::Session, |session| sessions.contains(session));
        Ok(rows.or(&of_sessions.await?))
    }
}

/// True or false for these rows, false for the others.
fn perhaps(rows: Bitmap) -> Truths {
    let length = rows.len();
    Truths {
        may_be_true: rows,
        may_be_false: Bitmap::all(length),
        may_be_unknown: Bitmap::none(length),
    }
}

/// Joins the tests of two texts of which one must pass.
fn either(test: &KeyTest, a: Truths, b: &Truths) -> Truths {
    let is_known = |truths: &Truths| {
        truths
            .may_be_true
            .clone()
            .and(&truths.may_be_false)
            .is_empty()
    };
    if !is_known(&a) || !is_known(b) {
        return Truths::open(a.may_be_true.len());
    }
    match test {
        KeyTest::IsNull => Truths::known(a.may_be_true.and(&b.may_be_true)),
        KeyTest::IsNotNull => Truths::known(a.may_be_true.or(&b.may_be_true)),
        KeyTest::Text(_) => Truths::of_present(
            a.may_be_true.or(&b.may_be_true),
            a.may_be_unknown.and(&b.may_be_unknown),
        ),
    }
}
