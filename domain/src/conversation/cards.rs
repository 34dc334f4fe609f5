//! Tool calls that wait for their results, and the results that find them.

use super::{Card, Item, What};
use crate::chat::{Part, ToolResult};

/// Where a card stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    item: usize,
    said: usize,
    card: usize,
    /// The agent that asked.
    agent: Option<u32>,
}

/// The calls of a story so far, newest last.
#[derive(Debug, Default)]
pub(super) struct Cards {
    places: Vec<Place>,
}

impl Cards {
    /// Makes a card of every tool call in what a call says, and hands results in it to the calls they answer.
    pub fn take(&mut self, items: &mut [Item], item: usize, agent: Option<u32>) {
        let What::Call(call) = &items[item].what else {
            return;
        };
        for said in 0..call.said.len() {
            self.take_message(items, item, said, agent);
        }
    }

    fn take_message(&mut self, items: &mut [Item], item: usize, said: usize, agent: Option<u32>) {
        let Some(place) = said_at(items, item, said) else {
            return;
        };
        if place.news == super::News::Kept {
            return;
        }
        let parts = std::mem::take(&mut place.message.parts);
        let mut left = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Part::ToolCall(call) => {
                    let Some(place) = said_at(items, item, said) else {
                        continue;
                    };
                    self.places.push(Place {
                        item,
                        said,
                        card: place.cards.len(),
                        agent,
                    });
                    place.cards.push(Card {
                        call: call.clone(),
                        result: None,
                        row: None,
                    });
                    left.push(Part::ToolCall(call));
                }
                Part::ToolResult(result) => {
                    if let Some(result) = self.answer(items, agent, result) {
                        left.push(Part::ToolResult(result));
                    }
                }
                other => left.push(other),
            }
        }
        if let Some(place) = said_at(items, item, said) {
            place.message.parts = left;
        }
    }

    /// Puts a result beside its call; gives it back if there is none.
    fn answer(
        &self,
        items: &mut [Item],
        agent: Option<u32>,
        result: ToolResult,
    ) -> Option<ToolResult> {
        let by_id = |card: &Card| result.call_id.is_some() && card.call.id == result.call_id;
        let found = self.find(items, |_, card| by_id(card)).or_else(|| {
            // Some providers tie results to calls by name and order alone.
            if result.call_id.is_some() && self.has_ids(items) {
                return None;
            }
            self.find_first(items, |place, card| {
                let is_named = result
                    .name
                    .as_ref()
                    .is_none_or(|name| *name == card.call.name);
                place.agent == agent && is_named && card.result.is_none()
            })
        });
        match found.and_then(|place| card_at(items, place)) {
            Some(card) => {
                let is_error = result.is_error || card.result.as_ref().is_some_and(|r| r.is_error);
                card.result = Some(ToolResult { is_error, ..result });
                None
            }
            None => Some(result),
        }
    }

    /// Puts a tool's span beside the call that it answers; gives its card back if there is none.
    pub fn run(&self, items: &mut [Item], agent: Option<u32>, ran: Card) -> Option<Card> {
        let is_name = |card: &Card| plain(&card.call.name) == plain(&ran.call.name);
        let is_open = |place: &Place, card: &Card| {
            place.agent == agent && card.row.is_none() && is_name(card)
        };
        let found = self
            .find_first(items, |place, card| {
                is_open(place, card) && card.call.arguments == ran.call.arguments
            })
            .or_else(|| self.find_first(items, is_open));
        match found.and_then(|place| card_at(items, place)) {
            Some(card) => {
                card.row = ran.row;
                if card.result.is_none() {
                    card.result = ran.result;
                }
                None
            }
            None => Some(ran),
        }
    }

    fn has_ids(&self, items: &[Item]) -> bool {
        self.find(items, |_, card| card.call.id.is_some()).is_some()
    }

    /// The newest call of this kind.
    fn find(&self, items: &[Item], is_it: impl Fn(&Place, &Card) -> bool) -> Option<Place> {
        let mut newest = self.places.iter().rev();
        newest
            .find(|place| seen(items, **place).is_some_and(|card| is_it(place, card)))
            .copied()
    }

    /// The oldest call of this kind.
    fn find_first(&self, items: &[Item], is_it: impl Fn(&Place, &Card) -> bool) -> Option<Place> {
        let mut oldest = self.places.iter();
        oldest
            .find(|place| seen(items, **place).is_some_and(|card| is_it(place, card)))
            .copied()
    }
}

/// `getWeather`, `get_weather` and `Get weather` are one tool.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn said_at(items: &mut [Item], item: usize, said: usize) -> Option<&mut super::Said> {
    match &mut items.get_mut(item)?.what {
        What::Call(call) => call.said.get_mut(said),
        _ => None,
    }
}

fn card_at(items: &mut [Item], place: Place) -> Option<&mut Card> {
    said_at(items, place.item, place.said)?
        .cards
        .get_mut(place.card)
}

fn seen(items: &[Item], place: Place) -> Option<&Card> {
    match &items.get(place.item)?.what {
        What::Call(call) => call.said.get(place.said)?.cards.get(place.card),
        _ => None,
    }
}
