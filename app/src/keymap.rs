//! Which key a reader presses for which: single keys can change their places.
//!
//! A key that is given to another one takes that one's place, so nothing becomes unreachable and nothing has two keys. A letter takes its
//! capital along: whoever presses `q` for `e` presses `Shift Q` for `Shift E`. In the cookie each pair is two characters, the key
//! as the lists of keys have it and the one that is pressed for it.

use std::fmt;

/// The most pairs: more keys than a keyboard has.
const MOST: usize = 100;

/// Keys that changed their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keymap {
    /// What is meant and what is pressed for it, where they differ.
    pairs: Vec<(char, char)>,
}

impl Keymap {
    /// Reads what [`fmt::Display`] wrote; `None` if it is damaged.
    pub fn read(text: &str) -> Option<Self> {
        let keys: Vec<char> = text.chars().collect();
        let is_sound = keys.len().is_multiple_of(2) && keys.len() <= 2 * MOST;
        if !is_sound || !keys.iter().all(|key| is_key(*key)) {
            return None;
        }
        let pairs: Vec<(char, char)> = keys
            .chunks(2)
            .filter_map(|pair| Some((*pair.first()?, *pair.get(1)?)))
            .collect();
        // Each key is meant once and pressed once.
        let is_whole = pairs.iter().all(|(key, _)| {
            let count = |side: fn(&(char, char)) -> char| {
                pairs.iter().filter(|pair| side(pair) == *key).count()
            };
            count(|pair| pair.0) == 1 && count(|pair| pair.1) == 1
        });
        is_whole.then_some(Self { pairs })
    }

    /// What is pressed for a key.
    pub fn pressed(&self, meant: char) -> char {
        let find = |key: char| self.pairs.iter().find(|pair| pair.0 == key);
        with_case(meant, |key| find(key).map_or(key, |pair| pair.1))
    }

    /// What a pressed key means.
    pub fn meant(&self, pressed: char) -> char {
        let find = |key: char| self.pairs.iter().find(|pair| pair.1 == key);
        with_case(pressed, |key| find(key).map_or(key, |pair| pair.0))
    }

    /// Presses `pressed` for `meant` from now on; the key that it was pressed for so far gets the one that becomes free. Returns
    /// that key if there is one, or `None` if the key cannot be one.
    pub fn choose(&mut self, meant: char, pressed: char) -> Option<char> {
        let pressed = lower(pressed);
        if !is_key(meant) || !is_key(pressed) {
            return None;
        }
        let (free, other) = (self.pressed(meant), self.meant(pressed));
        self.pairs.retain(|(key, _)| *key != meant && *key != other);
        for pair in [(meant, pressed), (other, free)] {
            if pair.0 != pair.1 && !self.pairs.contains(&pair) {
                self.pairs.push(pair);
            }
        }
        Some(other)
    }

    /// Whether all keys are where they were.
    pub fn is_usual(&self) -> bool {
        self.pairs.is_empty()
    }

    /// A key as lists of keys name it, such as `j`, `Shift P` or `g o`, with what is pressed for it. Keys with names of their own
    /// and those with Ctrl stay.
    pub fn named(&self, name: &str) -> String {
        let mut parts = name.split(' ');
        let parts = (parts.next().unwrap_or_default(), parts.next());
        let only = |text: &str| {
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none())
        };
        match (only(parts.0), parts.1) {
            (Some(key), None) => self.pressed(key).to_string(),
            (Some(first), Some(second)) => format!("{} {second}", self.pressed(first)),
            (None, Some(second)) if parts.0 == "Shift" => match only(second) {
                Some(key) => format!("Shift {}", self.pressed(key)),
                None => name.to_owned(),
            },
            _ => name.to_owned(),
        }
    }
}

impl fmt::Display for Keymap {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pairs
            .iter()
            .try_for_each(|(meant, pressed)| write!(out, "{meant}{pressed}"))
    }
}

/// Whether a key can have another's place.
fn is_key(key: char) -> bool {
    !key.is_control() && !key.is_whitespace() && !is_capital(key)
}

/// Whether a key is pressed with Shift and has a letter without it.
pub fn is_capital(key: char) -> bool {
    lower(key) != key
}

/// A capital goes where its letter goes, unless that goes to a sign.
fn with_case(key: char, place: impl Fn(char) -> char) -> char {
    if !is_capital(key) {
        return place(key);
    }
    let place = upper(place(lower(key)));
    if is_capital(place) { place } else { key }
}

#[cfg(feature = "hydrate")]
use crate::browser::keymap::{lower, upper};

#[cfg(not(feature = "hydrate"))]
fn lower(key: char) -> char {
    key.to_lowercase().next().unwrap_or(key)
}

#[cfg(not(feature = "hydrate"))]
fn upper(key: char) -> char {
    key.to_uppercase().next().unwrap_or(key)
}

/// A tooltip: what a button does, and the key that does it, by its usual name.
pub fn hint(words: &str, key: &str) -> String {
    let map = Keymap::read(&crate::preferences::KEYMAP.get()).unwrap_or_default();
    format!("{words} ({})", map.named(key))
}

#[cfg(test)]
mod tests {
    use super::Keymap;

    fn chosen(pairs: &[(char, char)]) -> Keymap {
        let mut map = Keymap::default();
        for (meant, pressed) in pairs {
            assert!(map.choose(*meant, *pressed).is_some());
        }
        map
    }

    #[test]
    fn keys_change_their_places() {
        let map = chosen(&[('e', 'q')]);
        assert_eq!((map.pressed('e'), map.meant('q')), ('q', 'e'));
        assert_eq!((map.pressed('E'), map.meant('Q')), ('Q', 'E'));
        assert_eq!(map.meant('e'), 'q');
        assert_eq!(map.meant('j'), 'j');
        let taken = chosen(&[('j', 'n')]);
        assert_eq!((taken.meant('n'), taken.meant('j')), ('j', 'n'));
    }

    #[test]
    fn each_key_means_one_thing_whatever_is_chosen() {
        let keys = ['a', 'b', 'c', 'd', ';'];
        let mut map = Keymap::default();
        for step in 0..200_usize {
            let (one, other) = (keys[step * 7 % 5], keys[(step * step + 3) % 5]);
            map.choose(one, other);
            assert_eq!(map.meant(other), one);
            let mut meant = keys.map(|key| map.meant(key));
            meant.sort_unstable();
            assert_eq!(meant, [';', 'a', 'b', 'c', 'd']);
            assert_eq!(Keymap::read(&map.to_string()), Some(map.clone()));
        }
    }

    #[test]
    fn going_back_leaves_nothing() {
        let map = chosen(&[('e', 'q'), ('e', 'e')]);
        assert!(map.is_usual());
        assert_eq!(map.to_string(), "");
    }

    #[test]
    fn signs_take_no_capitals_and_spaces_are_no_keys() {
        let map = chosen(&[('e', ';')]);
        assert_eq!((map.meant(';'), map.meant('E')), ('e', 'E'));
        let mut map = Keymap::default();
        assert_eq!(map.choose('e', ' '), None);
        assert_eq!(map.choose('e', 'Q'), Some('q'));
        assert_eq!(map.pressed('e'), 'q');
    }

    #[test]
    fn damaged_texts_are_refused() {
        for text in ["e", "eq", "eqeq", "eqqeab", "e q ", "EQQE"] {
            assert_eq!(Keymap::read(text), None, "{text}");
        }
        assert!(Keymap::read("eqqe").is_some());
        assert!(Keymap::read("").is_some_and(|map| map.is_usual()));
    }

    #[test]
    fn lists_name_what_is_pressed() {
        let map = chosen(&[('p', 'ö'), ('g', 'x')]);
        let named = [
            "p", "Shift P", "g o", "Ctrl K", "F6", "Esc", "↑", "Shift F6",
        ];
        let named = named.map(|name| map.named(name));
        assert_eq!(
            named,
            [
                "ö", "Shift Ö", "x o", "Ctrl K", "F6", "Esc", "↑", "Shift F6"
            ]
        );
    }
}
