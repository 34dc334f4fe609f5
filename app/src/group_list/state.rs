//! What the address of a list of sessions or users says, read and written.

use serde::{Deserialize, Deserializer, Serialize};

use crate::url_state::query;

/// Which groups a list shows, and in what order. Server functions take it beside their own arguments, its fields among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupListState {
    /// A part of the session's id or the user's name.
    pub search: String,
    /// The order: `traces`, `errors`, `tokens`, `cost`, `busy`, `name`; empty for the latest first.
    pub sort: String,
    /// Only sessions of this user, unless empty.
    pub user: String,
    /// Only traces from this time on, unless empty.
    pub from: String,
    /// The page, counted from 1; 0 is the first as well.
    #[serde(deserialize_with = "page")]
    pub page: u32,
}

impl GroupListState {
    /// Reads an address's query through a look-up of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            search: text("search"),
            sort: text("sort"),
            user: text("user"),
            from: text("from"),
            page: page_of(&text("page")),
        }
    }

    /// `path` with this state as its query.
    pub fn href(&self, path: &str) -> String {
        let page = match self.page {
            0 | 1 => String::new(),
            page => page.to_string(),
        };
        let parameters = [
            ("search", self.search.as_str()),
            ("sort", &self.sort),
            ("user", &self.user),
            ("from", &self.from),
            ("page", &page),
        ];
        query(path, &parameters)
    }

    /// In another order, from the beginning; the default is left out.
    pub fn sorted(&self, sort: &str) -> Self {
        Self {
            sort: sort.to_owned(),
            page: 1,
            ..self.clone()
        }
    }

    /// Another page.
    pub fn at_page(&self, page: u32) -> Self {
        Self {
            page,
            ..self.clone()
        }
    }

    /// Whether anything narrows the list.
    pub fn is_narrowed(&self) -> bool {
        [&self.search, &self.user, &self.from]
            .into_iter()
            .any(|text| !text.is_empty())
    }
}

/// The number of a page; the first if it is none.
fn page_of(text: &str) -> u32 {
    text.parse().unwrap_or(1).max(1)
}

fn page<'de, D: Deserializer<'de>>(source: D) -> Result<u32, D::Error> {
    String::deserialize(source).map(|text| page_of(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let pairs = [("search", "s-1"), ("sort", "cost"), ("page", "3")];
        let get = |key: &str| {
            let pair = pairs.iter().find(|(name, _)| *name == key);
            pair.map(|(_, value)| (*value).to_owned())
        };
        let state = GroupListState::read(get);
        assert_eq!(state.href("/x"), "/x?search=s-1&sort=cost&page=3");
        assert_eq!(state.sorted("").href("/x"), "/x?search=s-1");
        assert_eq!(GroupListState::read(|_| None).href("/x"), "/x");
        assert_eq!(GroupListState::read(|_| Some("-5".to_owned())).page, 1);
    }
}
