//! What is new in a prompt against the history it continues.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use crate::chat::{Message, Part, Role};

/// Whether a reader who has read on so far has seen a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It stood there before.
    Kept,
    /// It was added since.
    New,
    /// It stands in the place of another one.
    Rewritten,
    /// The model's answer.
    Answer,
}

/// How a prompt differs from the history before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// The row of the call whose history this one continues.
    pub previous: Option<u32>,
    /// Messages that stood there before.
    pub kept: usize,
    /// Messages that were added, without rewritten ones.
    pub added: usize,
    /// Messages in the place of others.
    pub rewritten: usize,
    /// Messages that are no longer there, without rewritten ones.
    pub dropped: Vec<Gone>,
}

/// A message that is no longer in the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Who said it.
    pub role: Role,
    /// How it begins.
    pub beginning: String,
}

impl Gone {
    /// The most characters kept of what was said.
    const BEGINNING: usize = 120;

    fn of(message: &Message) -> Self {
        let text = message.parts.iter().find_map(|part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::ToolCall(call) => Some(call.name.clone()),
            Part::ToolResult(result) => Some(result.output.to_string()),
            _ => None,
        });
        let text = text.unwrap_or_default();
        Self {
            role: message.role.clone(),
            beginning: text.chars().take(Self::BEGINNING).collect(),
        }
    }
}

/// What two messages must share to be the same: speaker, text, calls and results, not ids, names and thoughts, which providers
/// leave out when the history is sent again. `None` if nothing of it is there.
pub(super) fn key(message: &Message) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    role_number(&message.role).hash(&mut hasher);
    let mut has_content = false;
    for part in &message.parts {
        match part {
            Part::Text(text) if !text.trim().is_empty() => text.trim().hash(&mut hasher),
            Part::Text(_) | Part::Thinking(_) => continue,
            Part::ToolCall(call) => {
                call.name.hash(&mut hasher);
                hash_value(&call.arguments, &mut hasher);
            }
            Part::ToolResult(result) => hash_value(&result.output, &mut hasher),
            Part::Media(media) => {
                (&media.media_type, &media.url, media.byte_count).hash(&mut hasher);
            }
            Part::Data(value) => hash_value(value, &mut hasher),
        }
        has_content = true;
    }
    has_content.then(|| hasher.finish())
}

fn role_number(role: &Role) -> u8 {
    match role {
        Role::System => 0,
        Role::User => 1,
        Role::Assistant => 2,
        Role::Tool => 3,
        Role::Other(_) => 4,
    }
}

fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    value.to_string().hash(hasher);
}

/// For each message of `now` the one of `before` that it is, going forward in both. Without a key a message is nobody's.
pub(super) fn align(before: &[Option<u64>], now: &[Option<u64>]) -> Vec<Option<usize>> {
    let mut found = vec![None; now.len()];
    let same = |a: usize, b: usize| before[a].is_some() && before[a] == now[b];
    let shorter = before.len().min(now.len());
    let first = (0..shorter).take_while(|at| same(*at, *at)).count();
    for (at, place) in found.iter_mut().enumerate().take(first) {
        *place = Some(at);
    }
    let last = (0..shorter - first)
        .take_while(|at| same(before.len() - 1 - at, now.len() - 1 - at))
        .count();
    for at in 0..last {
        found[now.len() - 1 - at] = Some(before.len() - 1 - at);
    }
    let (old, new) = (first..before.len() - last, first..now.len() - last);
    if old.len() * new.len() <= LCS_MAX {
        longest_common(&before[old], &now[new.clone()], first, &mut found[new]);
    } else {
        forward(&before[old], &now[new.clone()], first, &mut found[new]);
    }
    found
}

/// The largest table of a longest common subsequence.
const LCS_MAX: usize = 250_000;

fn longest_common(
    before: &[Option<u64>],
    now: &[Option<u64>],
    offset: usize,
    found: &mut [Option<usize>],
) {
    if before.is_empty() || now.is_empty() {
        return;
    }
    let width = now.len() + 1;
    let mut length = vec![0_u32; (before.len() + 1) * width];
    for a in (0..before.len()).rev() {
        for b in (0..now.len()).rev() {
            length[a * width + b] = if before[a].is_some() && before[a] == now[b] {
                length[(a + 1) * width + b + 1] + 1
            } else {
                length[(a + 1) * width + b].max(length[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b) = (0, 0);
    while a < before.len() && b < now.len() {
        if before[a].is_some() && before[a] == now[b] {
            found[b] = Some(offset + a);
            (a, b) = (a + 1, b + 1);
        } else if length[(a + 1) * width + b] >= length[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
}

/// For histories too long for the exact answer: each message takes the next one that is the same.
fn forward(
    before: &[Option<u64>],
    now: &[Option<u64>],
    offset: usize,
    found: &mut [Option<usize>],
) {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, key) in before.iter().enumerate() {
        if let Some(key) = key {
            places.entry(*key).or_default().push(at);
        }
    }
    let mut from = 0;
    for (at, key) in now.iter().enumerate() {
        let next = key.and_then(|key| {
            let places = places.get(&key)?;
            places
                .get(places.partition_point(|place| *place < from))
                .copied()
        });
        if let Some(place) = next {
            found[at] = Some(offset + place);
            from = place + 1;
        }
    }
}

/// What became of a history: the difference, and for each message of the prompt whether it is news.
pub(super) fn compare(before: &[Message], now: &[Message]) -> (Delta, Vec<News>) {
    let keys = |messages: &[Message]| messages.iter().map(key).collect::<Vec<_>>();
    let (old_keys, new_keys) = (keys(before), keys(now));
    let place = align(&old_keys, &new_keys);
    let mut news = vec![News::New; now.len()];
    let mut delta = Delta::default();
    let (mut old_from, mut new_from) = (0, 0);
    // From one message that stayed to the next, and from the last one to the end.
    let ends = place
        .iter()
        .enumerate()
        .filter_map(|(at, place)| Some((at, (*place)?)));
    for (new_to, old_to) in ends.chain([(now.len(), before.len())]) {
        let mut old: Vec<usize> = (old_from..old_to)
            .filter(|at| old_keys[*at].is_some())
            .collect();
        for at in new_from..new_to {
            if new_keys[at].is_none() {
                // Nothing to compare: a thought that is sent again, or an empty text.
                news[at] = News::Kept;
                continue;
            }
            let pair = old.iter().position(|old| before[*old].role == now[at].role);
            match pair {
                Some(pair) => {
                    old.remove(pair);
                    news[at] = News::Rewritten;
                    delta.rewritten += 1;
                }
                None => delta.added += 1,
            }
        }
        delta
            .dropped
            .extend(old.iter().map(|old| Gone::of(&before[*old])));
        if new_to < now.len() {
            news[new_to] = News::Kept;
        }
        (old_from, new_from) = (old_to + 1, new_to + 1);
    }
    delta.kept = news.iter().filter(|news| **news == News::Kept).count();
    (delta, news)
}

/// How many messages of a prompt, rules aside, stand in a history.
pub(super) fn shared(before: &HashSet<u64>, now: &[Message]) -> usize {
    let told = now.iter().filter(|message| message.role != Role::System);
    told.filter_map(key)
        .filter(|key| before.contains(key))
        .count()
}
