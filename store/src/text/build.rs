//! From the texts of traces to a group, in bounded memory: a group is full when it has so many rows or takes so many bytes.

use domain::filter::eval::span_text;
use domain::span::Span;

use super::gram::{self, LONG, LONG_COUNT};
use super::group::{Group, PART_BYTES};
use crate::bytes::{Damaged, Put};
use crate::index::bitmap::Bitmap;

/// The most traces of a group.
pub(crate) const ROWS_MAX: usize = 4096;
/// Words of a set of rows.
const WORDS: usize = ROWS_MAX / 64;
/// A list of rows this long is turned into a set, which then is smaller.
const LIST_MAX: usize = WORDS * 4;
/// Lists and sets of short pieces take no more than this, in bytes.
const BYTES_MAX: usize = 12 << 20;
/// No row yet.
const NEVER: u32 = u32::MAX;

/// A group in the making.
pub(crate) struct Builder {
    group: Group,
    /// By the first two bytes, then by the third: where the rows of a piece are, plus one.
    short: Vec<Option<Box<[u32; 256]>>>,
    rows: Vec<Rows>,
    bytes: usize,
    long: Vec<u64>,
    long_last: Vec<u32>,
    text: String,
}

/// The rows of a piece.
struct Rows {
    last: u32,
    held: Held,
}

enum Held {
    List(Vec<u16>),
    Set(Box<[u64; WORDS]>),
}

impl Builder {
    pub(crate) fn new() -> Self {
        let mut short = Vec::new();
        short.resize_with(1 << 16, || None);
        Self {
            group: Group::default(),
            short,
            rows: Vec::new(),
            bytes: 0,
            long: vec![0; LONG_COUNT * WORDS],
            long_last: vec![NEVER; LONG_COUNT],
            text: String::new(),
        }
    }

    /// Whether no more traces should be added.
    pub(crate) fn is_full(&self) -> bool {
        self.group.rows >= ROWS_MAX || self.bytes >= BYTES_MAX
    }

    /// How many traces were added.
    pub(crate) fn len(&self) -> usize {
        self.group.rows
    }

    /// The trace that was added last.
    pub(crate) fn last(&self) -> Option<i64> {
        let (no, row) = self.group.runs.last()?;
        Some(no + (self.group.rows as i64 - 1 - i64::from(*row)))
    }

    /// Adds spans of a trace: of the last one, or of one with a number greater than all before if there is room.
    pub(crate) fn add(&mut self, trace_no: i64, spans: &[Span]) -> Result<(), Damaged> {
        let row = if self.last() == Some(trace_no) {
            (self.group.rows - 1) as u32
        } else if self.group.rows < ROWS_MAX {
            self.group.push(trace_no)?
        } else {
            return Err(Damaged("too many rows"));
        };
        for span in spans {
            let mut text = std::mem::take(&mut self.text);
            text.clear();
            span_text(span, &mut text);
            self.add_text(row, text.as_bytes());
            self.text = text;
        }
        Ok(())
    }

    fn add_text(&mut self, row: u32, text: &[u8]) {
        let Self {
            short,
            rows,
            bytes,
            long,
            long_last,
            ..
        } = self;
        let add_short = |gram: u32| {
            let slots = short[(gram >> 8) as usize].get_or_insert_with(|| {
                *bytes += 1024;
                Box::new([0; 256])
            });
            let slot = &mut slots[(gram & 0xff) as usize];
            if *slot == 0 {
                rows.push(Rows {
                    last: NEVER,
                    held: Held::List(Vec::new()),
                });
                *bytes += size_of::<Rows>();
                *slot = rows.len() as u32;
            }
            let rows = &mut rows[*slot as usize - 1];
            if rows.last != row {
                rows.last = row;
                *bytes += rows.held.insert(row);
            }
        };
        let add_long = |gram: u32| {
            let last = &mut long_last[gram as usize];
            if *last != row {
                *last = row;
                long[gram as usize * WORDS + row as usize / 64] |= 1 << (row % 64);
            }
        };
        gram::each(text, add_short, add_long);
    }

    /// The group, which has no number yet, and its parts.
    pub(crate) fn finish(self) -> (Group, Vec<Vec<u8>>) {
        let mut out = Parts {
            group: self.group,
            parts: Vec::new(),
            open: Vec::new(),
            last: 0,
        };
        for (first, slots) in self.short.iter().enumerate() {
            let Some(slots) = slots else { continue };
            for (third, slot) in slots.iter().enumerate() {
                if let Some(place) = slot.checked_sub(1) {
                    let gram = (first as u32) << 8 | third as u32;
                    match &self.rows[place as usize].held {
                        Held::List(list) => out.push_list(gram, list),
                        Held::Set(words) => out.push_words(gram, &words[..]),
                    }
                }
            }
        }
        for (gram, words) in self.long.chunks_exact(WORDS).enumerate() {
            if words.iter().any(|word| *word != 0) {
                out.push_words(LONG + gram as u32, words);
            }
        }
        out.finish()
    }
}

impl Held {
    /// Adds a row and returns how many bytes that took.
    fn insert(&mut self, row: u32) -> usize {
        match self {
            Self::Set(words) => {
                words[row as usize / 64] |= 1 << (row % 64);
                0
            }
            Self::List(list) if list.len() < LIST_MAX => {
                let before = list.capacity();
                list.push(row as u16);
                (list.capacity() - before) * 2
            }
            Self::List(list) => {
                let mut words = Box::new([0; WORDS]);
                for row in list.iter().map(|row| u32::from(*row)).chain([row]) {
                    words[row as usize / 64] |= 1 << (row % 64);
                }
                *self = Self::Set(words);
                // The list, which was as large, is gone.
                0
            }
        }
    }
}

/// Writes pieces into parts.
struct Parts {
    group: Group,
    parts: Vec<Vec<u8>>,
    open: Vec<u8>,
    last: u32,
}

impl Parts {
    fn begin(&mut self, gram: u32) {
        if self.open.len() >= PART_BYTES {
            self.parts.push(std::mem::take(&mut self.open));
        }
        if self.open.is_empty() {
            self.group.parts.push(gram);
            self.last = 0;
        }
        self.open.put_uint(u64::from(gram - self.last));
        self.last = gram;
    }

    fn push_list(&mut self, gram: u32, rows: &[u16]) {
        self.begin(gram);
        self.open.push(0);
        self.open.put_uint(rows.len() as u64);
        let mut last = 0;
        for row in rows {
            self.open.put_uint(u64::from(row - last));
            last = *row;
        }
    }

    fn push_words(&mut self, gram: u32, words: &[u64]) {
        let set = Bitmap::from_words(self.group.rows, words.to_vec());
        let count = set.count();
        if count * 8 < self.group.rows {
            let rows: Vec<u16> = set.iter().map(|row| row as u16).collect();
            return self.push_list(gram, &rows);
        }
        self.begin(gram);
        self.open.push(1);
        set.put(&mut self.open);
    }

    fn finish(mut self) -> (Group, Vec<Vec<u8>>) {
        if !self.open.is_empty() {
            self.parts.push(self.open);
        }
        (self.group, self.parts)
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::SpanId;
    use domain::span::StatusCode;
    use domain::time::UnixNanos;

    use super::super::gram::required;
    use super::super::group::rows_of;
    use super::*;

    fn span(text: &str) -> Span {
        Span {
            span_id: SpanId([1; 8]),
            parent_id: None,
            name: text.to_owned(),
            start: UnixNanos(0),
            end: None,
            status: StatusCode::Ok,
            status_message: String::new(),
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
        }
    }

    fn candidates(group: &Group, parts: &[Vec<u8>], pattern: &str) -> Vec<i64> {
        let mut found = Bitmap::all(group.rows);
        for gram in required(pattern) {
            let rows = match group.part_of(gram) {
                None => Bitmap::none(group.rows),
                Some(part) => rows_of(&parts[part as usize], gram, group.rows).unwrap(),
            };
            found = found.and(&rows);
        }
        let numbers = group.trace_nos().filter(|(row, _)| found.contains(*row));
        numbers.map(|(_, no)| no).collect()
    }

    #[test]
    fn a_group_names_the_traces_that_may_match() {
        let mut builder = Builder::new();
        for n in 0..3000i64 {
            let trace_no = if n < 1000 { n } else { 2 * n };
            let text = format!("Common words and case-{n:04}x");
            builder
                .add(trace_no, &[span("first"), span(&text)])
                .unwrap();
        }
        let (group, parts) = builder.finish();
        assert!(parts.len() > 1);
        assert_eq!(Group::decode(0, &group.encode()).as_ref(), Ok(&group));
        assert_eq!(candidates(&group, &parts, "%case-0999x%"), [999]);
        assert_eq!(candidates(&group, &parts, "%CASE-1000X%"), [2000]);
        assert_eq!(candidates(&group, &parts, "%common words%").len(), 3000);
        assert!(candidates(&group, &parts, "%words common%").is_empty());
        assert!(candidates(&group, &parts, "%nobody wrote%").is_empty());
        for (row, no) in group.trace_nos() {
            assert_eq!(group.row_of(no), Some(row));
        }
        assert_eq!(group.row_of(1001), None);
        assert_eq!(group.row_of(6001), None);
        for end in 0..20 {
            assert!(Group::decode(0, &group.encode()[..end]).is_err());
        }
    }

    #[test]
    fn a_group_of_very_varied_text_is_full_early() {
        let mut builder = Builder::new();
        let mut state = 1u64;
        let mut no = 0;
        while !builder.is_full() {
            let text: String = (0..4000)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    char::from(33 + (state >> 33) as u8 % 90)
                })
                .collect();
            builder.add(no, &[span(&text)]).unwrap();
            no += 1;
        }
        assert!(builder.bytes < 2 * BYTES_MAX);
        assert!(builder.len() > 10);
    }
}
