//! Conditions on spans: names, types and statuses by the tuples of a segment, attributes by its terms, models by a column alike. Which of them stand on
//! one span together is not in the index, so conditions that are joined only narrow the traces that are looked at.

use std::ops::Range;

use domain::filter::check::SpanTest;
use domain::filter::like::literal_prefix;
use domain::filter::predicate::{KeyTest, NumberOp, NumberTest, TextTest, ValueTest};
use domain::store::StoreResult;

use super::super::plan::{Known, is_tuple_test};
use super::super::tail::passes;
use super::{Columns, perhaps};
use crate::error::At;
use crate::index::bitmap::Bitmap;
use crate::index::segment::{TupleColumn, read_posting, skip_posting};
use crate::index::truth::Truths;
use crate::index::{name_prefix, tuple_of};
use crate::terms::{self, kind};

/// Rows for which something holds, and rows of which that is not known.
struct Found {
    yes: Bitmap,
    open: Bitmap,
}

impl Columns<'_, '_> {
    /// Rows whose trace may have the text that a condition asks for.
    pub(super) async fn with_text(&mut self, known: &Known) -> StoreResult<Bitmap> {
        let mut rows = Bitmap::all(self.rows.len());
        for texts in &known.texts {
            let column = self.segment.trace_no;
            rows = rows.and(&self.numbers(column, |no| texts.contains(no)).await?);
        }
        Ok(rows)
    }

    pub(super) async fn spans(&mut self, tests: &[SpanTest], known: &Known) -> StoreResult<Truths> {
        let mut parts = Vec::new();
        if tests.iter().any(is_tuple_test) {
            parts.push(self.with_tuples(tests).await?);
        }
        let mut is_exact = tests.iter().all(is_tuple_test);
        for test in tests {
            let SpanTest::Attribute { key, test } = test else {
                continue;
            };
            if !terms::is_left_out(key) {
                is_exact |= tests.len() == 1;
                parts.push(self.with_terms(key, test).await?);
            }
        }
        if is_exact && let Some(Found { yes, open }) = parts.pop() {
            return Ok(Truths::known(yes).opened(&open));
        }
        let mut rows = self.with_text(known).await?;
        for part in parts {
            rows = rows.and(&part.yes.or(&part.open));
        }
        Ok(perhaps(rows))
    }

    /// Models of which one must pass.
    pub(super) async fn models(&mut self, test: &KeyTest) -> StoreResult<Truths> {
        let column = &self.segment.models;
        let count = column.dictionary.count as usize;
        let is_true = match test {
            KeyTest::Text(test) => {
                let passing = self.passing(&column.dictionary, test).await?;
                let codes = Bitmap::from_fn(count, |code| passing.contains(code as u64));
                let is_true = self.rows_of(column, &codes).await?;
                if self.plan.is_positive {
                    return Ok(Truths::known(is_true));
                }
                Some(is_true)
            }
            KeyTest::IsNull | KeyTest::IsNotNull => None,
        };
        let is_missing = self.rows_of(column, &Bitmap::all(count)).await?.not();
        Ok(match (is_true, test) {
            (Some(is_true), _) => Truths::of_present(is_true, is_missing),
            (None, KeyTest::IsNull) => Truths::known(is_missing),
            (None, _) => Truths::known(is_missing.not()),
        })
    }

    /// Rows with a span whose name, type and status pass.
    async fn with_tuples(&mut self, tests: &[SpanTest]) -> StoreResult<Found> {
        let segment = self.segment;
        let dictionary = &segment.tuples.dictionary;
        let range = self.tuple_range(tests).await?;
        let plan = self.plan;
        let is_passing =
            |bytes: &[u8]| tuple_of(bytes).is_some_and(|tuple| passes(plan, tests, &tuple));
        let codes = self.matching_bytes(dictionary, range, is_passing).await?;
        Ok(Found {
            yes: self.rows_of(&segment.tuples, &codes).await?,
            open: self.too_many(&segment.tuples),
        })
    }

    /// Rows with a span of which an attribute passes.
    async fn with_terms(&mut self, key: &str, test: &ValueTest) -> StoreResult<Found> {
        let segment = self.segment;
        let column = &segment.terms;
        let codes = self.passing_terms(key, test).await?;
        let mut mark = terms::key_prefix(key);
        mark.push(kind::NOT_HELD);
        let mut marked = Bitmap::none(column.dictionary.count as usize);
        for code in self.with_prefix(&column.dictionary, &mark).await? {
            marked.insert(code as usize);
        }
        let open = self.rows_of(column, &marked).await?;
        Ok(Found {
            yes: self.rows_of(column, &codes).await?,
            open: open.or(&self.too_many(column)),
        })
    }

    /// The codes of the terms of an attribute that pass.
    async fn passing_terms(&mut self, key: &str, test: &ValueTest) -> StoreResult<Bitmap> {
        let dictionary = &self.segment.terms.dictionary;
        let mut out = Bitmap::none(dictionary.count as usize);
        match test {
            ValueTest::Number(test) => {
                for range in self.numbers_passing(key, *test).await? {
                    range.for_each(|code| out.insert(code as usize));
                }
            }
            ValueTest::Text(TextTest::Eq(value)) => {
                self.insert_term(key, value, &mut out).await?;
            }
            ValueTest::Text(TextTest::In(values)) => {
                for value in values {
                    self.insert_term(key, value, &mut out).await?;
                }
            }
            ValueTest::Text(text) => {
                let mut prefix = terms::key_prefix(key);
                let key_length = prefix.len();
                prefix.push(kind::TEXT);
                let literal = match text {
                    TextTest::Like(pattern) => literal_prefix(pattern),
                    _ => "",
                };
                let plan = self.plan;
                let is_passing = |term: &[u8]| {
                    let value = term.get(key_length..).unwrap_or_default();
                    terms::passes(value, test, &plan.texts)
                };
                // Numbers do not sort by their text; but few texts begin as a number does.
                let may_be_number = |byte: &u8| byte.is_ascii_digit() || b"+-.".contains(byte);
                if literal.as_bytes().first().is_none_or(may_be_number) {
                    prefix[key_length] = kind::NUMBER;
                    let range = self.with_prefix(dictionary, &prefix).await?;
                    out = self.matching_bytes(dictionary, range, is_passing).await?;
                    prefix[key_length] = kind::TEXT;
                }
                prefix.extend_from_slice(literal.as_bytes());
                let range = self.with_prefix(dictionary, &prefix).await?;
                let is_prefix = matches!(text, TextTest::Like(pattern)
                    if pattern.len() == literal.len() + 1 && pattern.ends_with('%'));
                if is_prefix {
                    range.for_each(|code| out.insert(code as usize));
                } else {
                    let found = self.matching_bytes(dictionary, range, is_passing).await?;
                    out = out.or(&found);
                }
            }
        }
        Ok(out)
    }

    async fn insert_term(&mut self, key: &str, value: &str, out: &mut Bitmap) -> StoreResult<()> {
        let term = terms::term(key, value);
        let dictionary = &self.segment.terms.dictionary;
        let (code, is_there) = self
            .reader
            .lower_bound(self.segment, dictionary, &term)
            .await?;
        if is_there {
            out.insert(code as usize);
        }
        Ok(())
    }

    /// The codes of an attribute's numbers that pass.
    async fn numbers_passing(
        &mut self,
        key: &str,
        test: NumberTest,
    ) -> StoreResult<Vec<Range<u32>>> {
        let dictionary = &self.segment.terms.dictionary;
        let mut prefix = terms::key_prefix(key);
        prefix.push(kind::NUMBER);
        let all = self.with_prefix(dictionary, &prefix).await?;
        prefix.extend(terms::number_bytes(test.value));
        let equal = self.with_prefix(dictionary, &prefix).await?;
        let (below, above) = (all.start..equal.start, equal.end..all.end);
        Ok(match test.op {
            NumberOp::Eq => vec![equal],
            NumberOp::Ne => vec![below, above],
            NumberOp::Lt => vec![below],
            NumberOp::Le => vec![below, equal],
            NumberOp::Gt => vec![above],
            NumberOp::Ge => vec![equal, above],
        })
    }

    /// Rows with too many to hold.
    fn too_many(&self, column: &TupleColumn) -> Bitmap {
        let mut out = Bitmap::none(self.rows.len());
        for row in &column.too_many {
            if self.rows.contains(&(*row as usize)) {
                out.insert(*row as usize - self.rows.start);
            }
        }
        out
    }

    /// Rows that have one of these codes.
    async fn rows_of(&mut self, column: &TupleColumn, codes: &Bitmap) -> StoreResult<Bitmap> {
        let segment_no = self.segment.segment_no;
        let (start, end) = (self.rows.start, self.rows.end);
        let mut rows = Bitmap::none(self.rows.len());
        let mut codes = codes.iter().peekable();
        for (place, (first, part)) in column.postings.iter().enumerate() {
            let next = column.postings.get(place + 1);
            let behind = next.map_or(column.dictionary.count, |(first, _)| *first);
            if codes.peek().is_none_or(|code| *code >= behind as usize) {
                continue;
            }
            let bytes = self.reader.part(segment_no, *part).await?;
            let mut posting = crate::bytes::Reader::new(&bytes);
            for code in *first..behind {
                if codes.peek().is_none_or(|next| *next >= behind as usize) {
                    break;
                }
                let read = if codes.next_if_eq(&(code as usize)).is_some() {
                    read_posting(&mut posting, |row| {
                        let row = row as usize;
                        if row >= start && row < end {
                            rows.insert(row - start);
                        }
                    })
                } else {
                    skip_posting(&mut posting)
                };
                read.at("segment_part", "data", segment_no)?;
            }
        }
        Ok(rows)
    }

    /// The tuples that a test of the name leaves possible.
    async fn tuple_range(&mut self, tests: &[SpanTest]) -> StoreResult<Range<u32>> {
        let dictionary = &self.segment.tuples.dictionary;
        let mut range = 0..dictionary.count;
        for test in tests {
            let prefix = match test {
                SpanTest::Name(TextTest::Eq(name)) => {
                    let mut prefix = name_prefix(name);
                    prefix.extend([0, 0]);
                    prefix
                }
                SpanTest::Name(TextTest::Like(pattern)) => name_prefix(literal_prefix(pattern)),
                _ => continue,
            };
            let narrower = self.with_prefix(dictionary, &prefix).await?;
            range = range.start.max(narrower.start)..range.end.min(narrower.end);
        }
        Ok(range)
    }
}
