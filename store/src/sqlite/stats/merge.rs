//! Bringing together what was counted by value in many segments, each of which has codes of its own: dictionaries are sorted, so
//! they are walked through side by side, and no table of all values is ever held.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::sync::Arc;

use domain::store::StoreResult;

use crate::error::inconsistent;
use crate::index::dictionary::{Chunk, Dictionary};
use crate::index::segment::Segment;
use crate::sqlite::parts::PartReader;

/// Values in ascending order; a value's place is its code.
#[derive(Debug)]
pub(super) enum Values {
    /// In parts of a segment.
    Dictionary(Dictionary),
    /// In memory.
    List(Vec<Vec<u8>>),
    /// In memory, very many.
    Packed(Packed),
}

/// Texts one behind the other.
#[derive(Debug, Default)]
pub(super) struct Packed {
    texts: Vec<u8>,
    ends: Vec<u32>,
}

impl Packed {
    /// Adds a text; all together have less than 4 GiB.
    pub(super) fn push(&mut self, text: &[u8]) {
        self.texts.extend_from_slice(text);
        self.ends.push(self.texts.len() as u32);
    }

    pub(super) fn bytes(&self) -> usize {
        self.texts.len()
    }

    fn get(&self, place: usize) -> Option<&[u8]> {
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.texts
            .get(start as usize..*self.ends.get(place)? as usize)
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Values {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Dictionary(dictionary) => dictionary.count as usize,
            Self::List(values) => values.len(),
            Self::Packed(values) => values.ends.len(),
        }
    }

    /// All of them.
    pub(super) async fn all(
        &self,
        segment: &Arc<Segment>,
        parts: &mut PartReader<'_>,
    ) -> StoreResult<Vec<String>> {
        let mut out = Vec::with_capacity(self.count());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self {
            Self::List(values) => out.extend(values.iter().map(|value| text(value))),
            Self::Packed(values) => {
                let places = 0..values.ends.len();
                out.extend(places.filter_map(|place| values.get(place)).map(text));
            }
            Self::Dictionary(dictionary) => {
                while let Some(number) = dictionary.chunk_of_code(out.len() as u32) {
                    let chunk = parts.chunk(segment, dictionary, number).await?;
                    out.extend((0..chunk.len()).map(|place| text(chunk.value(place))));
                }
            }
        }
        Ok(out)
    }
}

/// Items by value, in order of their codes; a code may come several times.
pub(super) struct Run<T> {
    /// Whose dictionary it is; `None` for values in memory.
    pub segment: Option<Arc<Segment>>,
    pub values: Values,
    pub items: Vec<(u32, T)>,
}

impl<T> Run<T> {
    /// Items by texts that are in no segment.
    pub(super) fn of_texts(mut items: Vec<(String, T)>) -> Self {
        items.sort_by(|a, b| a.0.cmp(&b.0));
        let mut values: Vec<Vec<u8>> = Vec::new();
        let mut by_code = Vec::with_capacity(items.len());
        for (value, item) in items {
            let value = value.into_bytes();
            if values.last() != Some(&value) {
                values.push(value);
            }
            by_code.push((values.len() as u32 - 1, item));
        }
        Self {
            segment: None,
            values: Values::List(values),
            items: by_code,
        }
    }
}

/// Where an item is: which run, and its place in it.
pub(super) type Place = (usize, usize);

/// Hands over each value that has items, in ascending order, with the places of its items.
pub(super) async fn merge<T, R: Borrow<Run<T>>>(
    runs: &[R],
    parts: &mut PartReader<'_>,
    mut receive: impl FnMut(&[u8], &[Place]),
) -> StoreResult<()> {
    let mut cursors = Vec::with_capacity(runs.len());
    for run in runs {
        let mut cursor = Cursor {
            run: run.borrow(),
            item: 0,
            chunk: None,
        };
        cursor.open(parts).await?;
        cursors.push(cursor);
    }
    let used = |place: &usize| !runs[*place].borrow().items.is_empty();
    let mut heap: Vec<usize> = (0..runs.len()).filter(used).collect();
    heap.sort_by(|a, b| cursors[*a].cmp(&cursors[*b]));
    let (mut value, mut places) = (Vec::new(), Vec::new());
    while let Some(first) = heap.first() {
        value.clear();
        value.extend_from_slice(cursors[*first].value());
        places.clear();
        while let Some(first) = heap.first().copied() {
            let cursor = &mut cursors[first];
            if cursor.value() != value {
                break;
            }
            places.push((first, cursor.item));
            cursor.item += 1;
            if cursor.item < cursor.run.items.len() {
                cursor.open(parts).await?;
            } else {
                heap.swap_remove(0);
            }
            sift_down(&mut heap, &cursors);
        }
        receive(&value, &places);
    }
    Ok(())
}

/// Puts the first of a heap where it belongs; all others stand right.
fn sift_down<T>(heap: &mut [usize], cursors: &[Cursor<'_, T>]) {
    let mut place = 0;
    loop {
        let children = [2 * place + 1, 2 * place + 2];
        let children = children.into_iter().filter(|child| *child < heap.len());
        let Some(least) = children.min_by(|a, b| cursors[heap[*a]].cmp(&cursors[heap[*b]])) else {
            return;
        };
        if cursors[heap[place]].cmp(&cursors[heap[least]]).is_le() {
            return;
        }
        heap.swap(place, least);
        place = least;
    }
}

/// A place in a run.
struct Cursor<'r, T> {
    run: &'r Run<T>,
    item: usize,
    /// The chunk that holds the item's value.
    chunk: Option<Arc<Chunk>>,
}

impl<T> Cursor<'_, T> {
    fn code(&self) -> Option<u32> {
        self.run.items.get(self.item).map(|(code, _)| *code)
    }

    /// Opens the chunk of the current item, if it is not open.
    async fn open(&mut self, parts: &mut PartReader<'_>) -> StoreResult<()> {
        let (Values::Dictionary(dictionary), Some(segment), Some(code)) =
            (&self.run.values, &self.run.segment, self.code())
        else {
            return Ok(());
        };
        let is_open = |chunk: &Chunk| chunk.value_of_code(code).is_some();
        if self.chunk.as_deref().is_some_and(is_open) {
            return Ok(());
        }
        let number = dictionary
            .chunk_of_code(code)
            .ok_or_else(|| inconsistent("segment", "meta", segment.segment_no))?;
        self.chunk = Some(parts.chunk(segment, dictionary, number).await?);
        Ok(())
    }

    fn value(&self) -> &[u8] {
        let code = self.code().unwrap_or(0);
        let value = match (&self.run.values, &self.chunk) {
            (Values::List(values), _) => values.get(code as usize).map(Vec::as_slice),
            (Values::Packed(values), _) => values.get(code as usize),
            (Values::Dictionary(_), Some(chunk)) => chunk.value_of_code(code),
            (Values::Dictionary(_), None) => None,
        };
        value.unwrap_or_default()
    }

    fn cmp(&self, other: &Self) -> Ordering {
        self.value().cmp(other.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::parts::PartCache;
    use sqlx::Connection as _;

    fn run(texts: &[(&str, u32)]) -> Run<u32> {
        let items = texts.iter().map(|(text, item)| ((*text).to_owned(), *item));
        Run::of_texts(items.collect())
    }

    #[tokio::test]
    async fn values_come_once_in_order_with_all_their_items() {
        let mut connection = sqlx::SqliteConnection::connect("sqlite::memory:")
            .await
            .unwrap();
        let cache = PartCache::new(1000);
        let mut parts = PartReader {
            connection: &mut connection,
            cache: &cache,
        };
        let runs = [
            run(&[("b", 1), ("a", 2), ("b", 3)]),
            run(&[]),
            run(&[("c", 4), ("a", 5)]),
            run(&[("", 6), ("b", 7)]),
        ];
        let mut found = Vec::new();
        let receive = |value: &[u8], places: &[Place]| {
            let mut items: Vec<u32> = places
                .iter()
                .map(|(run, item)| runs[*run].items[*item].1)
                .collect();
            items.sort_unstable();
            found.push((String::from_utf8(value.to_vec()).unwrap(), items));
        };
        merge(&runs, &mut parts, receive).await.unwrap();
        let expected = [
            ("", vec![6]),
            ("a", vec![2, 5]),
            ("b", vec![1, 3, 7]),
            ("c", vec![4]),
        ];
        assert_eq!(
            found,
            expected.map(|(value, items)| (value.to_owned(), items))
        );
    }
}
