//! A part of a trace's conversation: which spans it is told from, and the telling, bounded in steps and bytes.

use domain::conversation::{tell, told_rows};
use domain::span::Span;
use domain::span_table::{Kind, SpanTable};

use super::chat::files_of;
use super::{Story, StoryItem};

/// The most spans of a part.
const SPANS: usize = 120;
/// Calls of models before a part that say what came before.
const BEFORE: usize = 8;
/// No more steps are told once they hold about so many bytes.
const SENT: usize = 1 << 20;

/// A part that is about to be told.
#[derive(Debug)]
pub struct StoryPart<'t> {
    table: &'t SpanTable,
    /// All rows that tell something.
    told: Vec<u32>,
    /// Which of these the part begins with.
    from: usize,
    /// The rows whose spans are needed: some from before the part, then its own.
    wanted: Vec<u32>,
    /// How many are from before.
    known: usize,
}

impl<'t> StoryPart<'t> {
    /// The part of a trace's story that begins at `from`; what an earlier part named as next.
    pub fn new(table: &'t SpanTable, from: u32) -> Self {
        let told = told_rows(table);
        let from = (from as usize).min(told.len());
        let calls = told[..from]
            .iter()
            .rev()
            .filter(|row| table.kind(**row) == Kind::Llm);
        let mut wanted: Vec<u32> = calls.take(BEFORE).copied().collect();
        wanted.reverse();
        let known = wanted.len();
        wanted.extend(told[from..].iter().take(SPANS));
        Self {
            table,
            told,
            from,
            wanted,
            known,
        }
    }

    /// The rows whose spans are needed, those from before the part first.
    pub fn wanted(&self) -> &[u32] {
        &self.wanted
    }

    /// How many of these are from before the part.
    pub fn known(&self) -> usize {
        self.known
    }

    /// Tells the part from the first `read` of the wanted rows. `whole` shows all of the prompts, not only what is new.
    pub fn tell<'s>(
        mut self,
        read: usize,
        whole: bool,
        span_of: impl Fn(u32) -> Option<&'s Span>,
    ) -> Story {
        self.wanted.truncate(read);
        let items = tell(self.table, &self.wanted, self.known, &span_of);
        let files = |row: u32, is_output: bool| {
            let span = span_of(row);
            let json = span.and_then(|span| {
                if is_output {
                    span.outputs()
                } else {
                    span.inputs()
                }
            });
            json.map(files_of).unwrap_or_default()
        };
        let (mut sent, mut shown) = (0, Vec::new());
        let mut end = self.from + self.wanted.len() - self.known.min(self.wanted.len());
        for item in &items {
            if sent > SENT {
                end = self.told.binary_search(&item.row).unwrap_or(end);
                break;
            }
            let view = StoryItem::of(item, self.table, whole, &files);
            sent += serde_json::to_string(&view).map_or(0, |text| text.len());
            shown.push(view);
        }
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Story {
            items: shown,
            next: (end < self.told.len()).then(|| count(end)),
            told: count(self.told.len()),
        }
    }
}
