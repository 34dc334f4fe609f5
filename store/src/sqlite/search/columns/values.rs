//! Which values of a dictionary pass a test. Exact values and beginnings are looked up; other patterns are tried on each value,
//! which is still once a distinct value and not once a trace.

use std::ops::Range;

use domain::filter::like::literal_prefix;
use domain::filter::predicate::TextTest;
use domain::store::StoreResult;

use super::Columns;
use crate::index::bitmap::Bitmap;
use crate::index::dictionary::Dictionary;

/// The codes that pass.
pub(super) enum Passing {
    These(Range<u32>),
    Others(Range<u32>),
    Set(Bitmap),
}

impl Passing {
    pub(super) fn contains(&self, code: u64) -> bool {
        match self {
            Self::These(range) => code >= u64::from(range.start) && code < u64::from(range.end),
            Self::Others(range) => code < u64::from(range.start) || code >= u64::from(range.end),
            Self::Set(found) => found.contains(code as usize),
        }
    }
}

impl Columns<'_, '_> {
    /// The codes of a dictionary whose values pass.
    pub(super) async fn passing(
        &mut self,
        dictionary: &Dictionary,
        test: &TextTest,
    ) -> StoreResult<Passing> {
        match test {
            TextTest::Eq(value) => Ok(Passing::These(self.equal(dictionary, value).await?)),
            TextTest::Ne(value) => Ok(Passing::Others(self.equal(dictionary, value).await?)),
            TextTest::In(values) | TextTest::NotIn(values) => {
                let mut found = Bitmap::none(dictionary.count as usize);
                for value in values {
                    for code in self.equal(dictionary, value).await? {
                        found.insert(code as usize);
                    }
                }
                let is_in = matches!(test, TextTest::In(_));
                Ok(Passing::Set(if is_in { found } else { found.not() }))
            }
            TextTest::Like(pattern) => {
                let prefix = literal_prefix(pattern);
                let range = self.with_prefix(dictionary, prefix.as_bytes()).await?;
                if pattern.len() == prefix.len() + 1 && pattern.ends_with('%') {
                    return Ok(Passing::These(range));
                }
                self.scan(dictionary, range, test).await
            }
            TextTest::ILike(_) | TextTest::RLike(_) => {
                self.scan(dictionary, 0..dictionary.count, test).await
            }
        }
    }

    async fn scan(
        &mut self,
        dictionary: &Dictionary,
        range: Range<u32>,
        test: &TextTest,
    ) -> StoreResult<Passing> {
        let texts = &self.plan.texts;
        let found = self
            .matching(dictionary, range, |value| texts.matches(test, value))
            .await?;
        Ok(Passing::Set(found))
    }

    /// The code of a value as a range, which is empty if there is none.
    async fn equal(&mut self, dictionary: &Dictionary, value: &str) -> StoreResult<Range<u32>> {
        let (code, is_there) = self
            .reader
            .lower_bound(self.segment, dictionary, value.as_bytes())
            .await?;
        Ok(code..code + u32::from(is_there))
    }

    /// The codes of the values that begin so.
    pub(super) async fn with_prefix(
        &mut self,
        dictionary: &Dictionary,
        prefix: &[u8],
    ) -> StoreResult<Range<u32>> {
        let (first, _) = self
            .reader
            .lower_bound(self.segment, dictionary, prefix)
            .await?;
        // The least text behind all that begin so: the last byte raised by one.
        let mut behind = prefix.to_vec();
        while behind.pop_if(|last| *last == u8::MAX).is_some() {}
        let end = match behind.last_mut() {
            None => dictionary.count,
            Some(last) => {
                *last += 1;
                self.reader
                    .lower_bound(self.segment, dictionary, &behind)
                    .await?
                    .0
            }
        };
        Ok(first..end)
    }

    pub(super) async fn matching(
        &mut self,
        dictionary: &Dictionary,
        range: Range<u32>,
        test: impl Fn(&str) -> bool,
    ) -> StoreResult<Bitmap> {
        let bytes = |value: &[u8]| std::str::from_utf8(value).is_ok_and(&test);
        self.matching_bytes(dictionary, range, bytes).await
    }

    pub(super) async fn matching_bytes(
        &mut self,
        dictionary: &Dictionary,
        range: Range<u32>,
        test: impl Fn(&[u8]) -> bool,
    ) -> StoreResult<Bitmap> {
        let mut found = Bitmap::none(dictionary.count as usize);
        let mut code = range.start;
        while code < range.end {
            let Some(number) = dictionary.chunk_of_code(code) else {
                break;
            };
            let chunk = self.reader.chunk(self.segment, dictionary, number).await?;
            let end = chunk.first + chunk.len() as u32;
            for code in code..end.min(range.end) {
                if chunk.value_of_code(code).is_some_and(&test) {
                    found.insert(code as usize);
                }
            }
            code = end;
        }
        Ok(found)
    }
}
