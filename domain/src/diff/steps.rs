//! The steps of two to four traces in one list, and what about each differs.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::align::{Node, Pair, align};
use super::normal::{Ignoring, hash_text};
use crate::ids::SpanId;
use crate::json;
use crate::span::{Span, StatusCode, keys};
use crate::span_table::{Kind, SpanTable};

/// What a span carries, as numbers that are equal where the content counts as the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Content {
    /// What went in; `None` if nothing did.
    input: Option<u64>,
    /// What came out.
    output: Option<u64>,
    /// Parameters of the model call.
    settings: u64,
}

impl Content {
    /// Of a span.
    pub fn of(span: &Span, ignoring: Ignoring) -> Self {
        let text = |json: Option<&str>| {
            let json = json.filter(|json| !json::is_empty_text(json))?;
            Some(hash_text(json, ignoring))
        };
        let mut settings: Vec<(&str, &str)> = span
            .attributes
            .iter()
            .filter(|(key, _)| is_setting(key))
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        settings.sort_unstable();
        Self {
            input: text(span.inputs()),
            output: text(span.outputs()),
            settings: hash_of(&settings),
        }
    }
}

/// Whether an attribute is a parameter that somebody chose.
fn is_setting(key: &str) -> bool {
    let name = key
        .strip_prefix("gen_ai.request.")
        .filter(|name| *name != "model");
    name.is_some() || ["llm.invocation_parameters", keys::CHAT_TOOLS].contains(&key)
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The steps of one trace, in the order of its span table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    nodes: Vec<Node>,
    facts: Vec<Facts>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Facts {
    name: u64,
    model: u64,
    content: Content,
    status: StatusCode,
}

impl Steps {
    /// Of a trace, whose spans carry this.
    pub fn of(table: &SpanTable, content: impl Fn(SpanId) -> Content) -> Self {
        let mut steps = Self::default();
        for row in 0..table.len() {
            let content = content(table.span_id(row));
            let kind = table.span_type(row);
            let name = hash_of(&(kind, table.name(row)));
            // A model call whose name has the model in it, and an agent by another name, are still that step.
            let family = match table.kind(row) {
                Kind::Llm | Kind::Agent => hash_of(&kind),
                _ => name,
            };
            steps.nodes.push(Node {
                depth: table.depth(row),
                family,
                name,
                call: hash_of(&(name, content.input)),
                outcome: hash_of(&content.output),
                has_arguments: content.input.is_some(),
            });
            steps.facts.push(Facts {
                name,
                model: hash_of(&table.model(row)),
                content,
                status: table.status(row),
            });
        }
        steps
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Equal for calls of one kind, name and arguments; `None` without arguments.
    pub(super) fn call(&self, row: u32) -> Option<u64> {
        let node = self.nodes.get(row as usize)?;
        node.has_arguments.then_some(node.call)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

/// What differs about a step that is in several traces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Change(u8);

impl Change {
    /// What went in.
    pub const INPUT: Change = Change(1);
    /// What came out.
    pub const OUTPUT: Change = Change(2);
    /// How it ended.
    pub const STATUS: Change = Change(4);
    /// The model called.
    pub const MODEL: Change = Change(8);
    /// Its name.
    pub const NAME: Change = Change(16);
    /// Parameters of the model call.
    pub const SETTINGS: Change = Change(32);

    const WORDS: [(Change, &str); 6] = [
        (Change::NAME, "name"),
        (Change::MODEL, "model"),
        (Change::SETTINGS, "settings"),
        (Change::INPUT, "input"),
        (Change::OUTPUT, "output"),
        (Change::STATUS, "status"),
    ];

    /// Whether any of `other` is among it.
    pub fn has(self, other: Change) -> bool {
        self.0 & other.0 != 0
    }

    /// What differs, in words.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let words = Self::WORDS.iter();
        words
            .filter(move |(change, _)| self.has(*change))
            .map(|(_, word)| *word)
    }

    /// As a number, for the way to the browser.
    pub fn bits(self) -> u8 {
        self.0
    }

    /// From [`Change::bits`].
    pub fn from_bits(bits: u8) -> Self {
        Self(bits & 63)
    }

    fn between(one: &Facts, other: &Facts) -> Self {
        let differing = [
            (Self::INPUT, one.content.input != other.content.input),
            (Self::OUTPUT, one.content.output != other.content.output),
            (Self::STATUS, one.status != other.status),
            (Self::MODEL, one.model != other.model),
            (Self::NAME, one.name != other.name),
            (
                Self::SETTINGS,
                one.content.settings != other.content.settings,
            ),
        ];
        let bits = differing.iter().filter(|(_, differs)| *differs);
        Self(bits.fold(0, |all, (change, _)| all | change.0))
    }
}

/// How a step stands in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// In all traces, and the same.
    Same,
    /// In all traces, but not the same.
    Changed,
    /// In some of the traces only.
    Partial,
    /// At another place.
    Moved,
}

/// One step of the union of the traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// For each trace the row of its span table.
    pub cells: [Option<u32>; Aligned::MOST],
    /// Where it hangs in the union.
    pub depth: u32,
    /// What differs between the traces that have it.
    pub change: Change,
    /// How it stands.
    pub mark: Mark,
    /// Whether nothing is below it.
    pub is_leaf: bool,
}

impl Row {
    /// Whether the traces part here. What came out of a step with steps below follows from these, so it does not count.
    pub fn is_divergence(&self) -> bool {
        let causes =
            Change(Change::INPUT.0 | Change::MODEL.0 | Change::NAME.0 | Change::SETTINGS.0);
        match self.mark {
            Mark::Same => false,
            Mark::Changed => self.is_leaf || self.change.has(causes),
            Mark::Partial | Mark::Moved => true,
        }
    }
}

/// The steps of several traces, aligned with those of the first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Aligned {
    /// All steps. The steps of the last trace stand in their order.
    pub rows: Vec<Row>,
}

impl Aligned {
    /// The most traces.
    pub const MOST: usize = 4;

    /// Aligns two to four traces, each with the union of those before it. Further ones are left out.
    pub fn new(traces: &[Steps]) -> Self {
        let traces = &traces[..traces.len().min(Self::MOST)];
        let Some(first) = traces.first() else {
            return Self::default();
        };
        let mut cells: Vec<[Option<u32>; Self::MOST]> = (0..first.len() as u32)
            .map(|row| [Some(row), None, None, None])
            .collect();
        let mut nodes = first.nodes.clone();
        let mut moved = vec![false; nodes.len()];
        for (place, steps) in traces.iter().enumerate().skip(1) {
            let pairs = align(&nodes, &steps.nodes);
            let before = std::mem::take(&mut cells);
            let moved_before = std::mem::take(&mut moved);
            let old = |pair: &Pair| pair.a.map(|a| a as usize);
            nodes = pairs
                .iter()
                .map(|pair| {
                    let node = match (old(pair), pair.b) {
                        (Some(a), _) => nodes[a],
                        (None, Some(b)) => steps.nodes[b as usize],
                        (None, None) => Node::default(),
                    };
                    Node {
                        depth: pair.depth,
                        ..node
                    }
                })
                .collect();
            for pair in &pairs {
                let mut row = old(pair).map_or([None; Self::MOST], |a| before[a]);
                row[place] = pair.b;
                cells.push(row);
                moved.push(pair.is_moved || old(pair).is_some_and(|a| moved_before[a]));
            }
        }
        let leaves = nodes
            .iter()
            .zip(nodes.iter().skip(1).map(Some).chain([None]));
        let leaves: Vec<bool> = leaves
            .map(|(node, next)| next.is_none_or(|next| next.depth <= node.depth))
            .collect();
        let rows = cells.into_iter().zip(moved).zip(&nodes).zip(leaves);
        let rows = rows.map(|(((cells, is_moved), node), is_leaf)| {
            let change = change_of(traces, &cells);
            let is_everywhere = cells[..traces.len()].iter().all(Option::is_some);
            let mark = match (is_everywhere, is_moved) {
                (_, true) => Mark::Moved,
                (false, _) => Mark::Partial,
                (true, _) if change == Change::default() => Mark::Same,
                (true, _) => Mark::Changed,
            };
            Row {
                cells,
                depth: node.depth,
                change,
                mark,
                is_leaf,
            }
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// The first row at which the traces part.
    pub fn first_divergence(&self) -> Option<usize> {
        let parting = self.rows.iter().position(Row::is_divergence);
        parting.or_else(|| self.rows.iter().position(|row| row.mark != Mark::Same))
    }
}

fn change_of(traces: &[Steps], cells: &[Option<u32>; Aligned::MOST]) -> Change {
    let mut facts = traces.iter().zip(cells).filter_map(|(steps, cell)| {
        let row = (*cell)?;
        steps.facts.get(row as usize)
    });
    let Some(first) = facts.next() else {
        return Change::default();
    };
    let changes = facts.map(|other| Change::between(first, other).0);
    Change(changes.fold(0, |all, bits| all | bits))
}
