//! What the address of a trace list says, read and written.
//!
//! Defaults are left out, so that the plain address stays plain. The codec is pure: the router hands in a look-up and
//! takes the text that comes out.

pub mod home;
pub mod trail;

use serde::{Deserialize, Serialize};

use crate::address::at;

/// The order of a trace list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "&'static str")]
pub enum Sort {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// Slowest first.
    Slowest,
    /// Fastest first.
    Fastest,
    /// By name, the newest first of each.
    Named,
    /// By name, the last one first.
    NamedBack,
    /// By state, those that failed first.
    Stated,
    /// By state, those that failed last.
    StatedBack,
}

impl Sort {
    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "-time",
            Self::Oldest => "time",
            Self::Slowest => "-duration",
            Self::Fastest => "duration",
            Self::Named => "name",
            Self::NamedBack => "-name",
            Self::Stated => "state",
            Self::StatedBack => "-state",
        }
    }

    /// From the address; anything unknown is the default.
    pub fn parse(text: &str) -> Self {
        let others = [
            Self::Oldest,
            Self::Slowest,
            Self::Fastest,
            Self::Named,
            Self::NamedBack,
            Self::Stated,
            Self::StatedBack,
        ];
        let found = others.into_iter().find(|sort| sort.as_str() == text);
        found.unwrap_or_default()
    }

    /// As `order_by` of the search protocol.
    pub fn order_by(self) -> &'static str {
        match self {
            Self::Newest => "timestamp_ms DESC",
            Self::Oldest => "timestamp_ms ASC",
            Self::Slowest => "execution_time_ms DESC",
            Self::Fastest => "execution_time_ms ASC",
            Self::Named => "name ASC",
            Self::NamedBack => "name DESC",
            Self::Stated => "status ASC",
            Self::StatedBack => "status DESC",
        }
    }
}

impl From<String> for Sort {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Sort> for &'static str {
    fn from(sort: Sort) -> Self {
        sort.as_str()
    }
}

/// Which traces a list shows, and from where. Server functions take it beside their own arguments, its fields among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListState {
    /// The SDK's filter text.
    pub filter: String,
    /// Start of the time range: `-24h`, RFC 3339, or empty.
    pub from: String,
    /// End of the time range, the same way.
    pub to: String,
    /// The order.
    pub sort: Sort,
    /// Only this user's, unless empty.
    pub user: String,
    /// Only this session's, unless empty.
    pub session: String,
    /// The pages walked ([`trail`]), or empty.
    pub page: String,
    /// The saved view that the reader came by, or empty.
    pub view: String,
    /// The columns as [`crate::trace_list::columns`] reads them, or empty.
    pub cols: String,
}

impl ListState {
    /// Reads an address's query through a look-up of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            filter: text("filter"),
            from: text("from"),
            to: text("to"),
            sort: Sort::parse(&text("sort")),
            user: text("user"),
            session: text("session"),
            page: text("page"),
            view: text("view"),
            cols: text("cols"),
        }
    }

    /// `path` with this state as its query.
    pub fn href(&self, path: &str) -> String {
        let sort = if self.sort == Sort::default() {
            ""
        } else {
            self.sort.as_str()
        };
        query(
            path,
            &[
                ("filter", &self.filter),
                ("from", &self.from),
                ("to", &self.to),
                ("sort", sort),
                ("user", &self.user),
                ("session", &self.session),
                ("page", &self.page),
                ("view", &self.view),
                ("cols", &self.cols),
            ],
        )
    }

    /// The same list from its beginning.
    pub fn first_page(&self) -> Self {
        Self {
            page: String::new(),
            ..self.clone()
        }
    }

    /// With one more condition, from the beginning. A condition that is there already is not repeated.
    pub fn and(&self, clause: &str) -> Self {
        let filter = match self.filter.as_str() {
            "" => clause.to_owned(),
            filter if filter.split(" AND ").any(|part| part.trim() == clause) => filter.to_owned(),
            filter if has_or(filter) => format!("({filter}) AND {clause}"),
            filter => format!("{filter} AND {clause}"),
        };
        Self {
            filter,
            page: String::new(),
            ..self.clone()
        }
    }

    /// In another order, from the beginning.
    pub fn sorted(&self, sort: Sort) -> Self {
        Self {
            sort,
            page: String::new(),
            ..self.clone()
        }
    }

    /// Whether nothing narrows the list.
    pub fn is_unfiltered(&self) -> bool {
        [
            &self.filter,
            &self.from,
            &self.to,
            &self.user,
            &self.session,
        ]
        .into_iter()
        .all(String::is_empty)
    }
}

/// `path` with the parameters whose values are not empty.
pub fn query(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut out = path.to_owned();
    let mut separator = '?';
    for (key, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(separator);
        separator = '&';
        out.push_str(key);
        out.push('=');
        encode(&mut out, value);
    }
    out
}

/// An address with the query of another one added to its own.
#[cfg(feature = "hydrate")]
pub fn with_query_of(address: String, other: &str) -> String {
    address + &other.replacen('?', "&", 1)
}

/// The address of a list as a saved view has it.
pub fn view_href(path: &str, query: &str, view: &str) -> String {
    let glue = if query.is_empty() { "" } else { "&" };
    format!("{path}?{query}{glue}view={}", segment(view))
}

/// A list's address with a trace beside it; as it is without one.
pub fn with_trace(list: String, trace_id: &str) -> String {
    if trace_id.is_empty() {
        return list;
    }
    let glue = if list.contains('?') { '&' } else { '?' };
    format!("{list}{glue}trace={}", segment(trace_id))
}

/// A text as one segment of a path.
pub fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    encode(&mut out, text);
    out
}

/// The address of a trace.
pub fn trace_href(trace_id: &str) -> String {
    at(&format!("/traces/{}", segment(trace_id)))
}

/// The address of a run.
pub fn run_href(run_id: &str) -> String {
    at(&format!("/runs/{}", segment(run_id)))
}

/// The address of a section of an experiment, e.g. `traces`.
pub fn experiment_href(experiment: i64, section: &str) -> String {
    at(&format!("/experiments/{experiment}/{section}"))
}

/// The address of a session, whichever experiment it is in.
pub fn session_path(session: &str) -> String {
    at(&format!("/sessions/{}", segment(session)))
}

/// The address of a session in an experiment.
pub fn session_href(experiment: i64, session: &str) -> String {
    let experiment = experiment.to_string();
    query(&session_path(session), &[("experiment", &experiment)])
}

/// The address of a user.
pub fn user_href(experiment: i64, user: &str) -> String {
    at(&format!(
        "/experiments/{experiment}/users/{}",
        segment(user)
    ))
}

fn has_or(filter: &str) -> bool {
    filter
        .split_whitespace()
        .any(|word| word.eq_ignore_ascii_case("or"))
}

/// Percent-encodes all but the characters that no part of an address gives a meaning to.
fn encode(out: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> ListState {
        ListState::read(|key| {
            pairs
                .iter()
                .find(|(k, _)| *k == key)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn defaults_are_left_out() {
        assert_eq!(read(&[]).href("/x"), "/x");
        assert_eq!(read(&[("sort", "-time")]).href("/x"), "/x");
        assert_eq!(read(&[("sort", "nonsense")]).sort, Sort::Newest);
    }

    #[test]
    fn orders_survive_and_the_store_knows_them() {
        for text in [
            "time",
            "-duration",
            "duration",
            "name",
            "-name",
            "state",
            "-state",
        ] {
            let state = read(&[("sort", text)]);
            assert_eq!(state.href("/x"), format!("/x?sort={text}"));
            let order = domain::filter::order::parse_trace_order(&[state.sort.order_by()]);
            assert!(order.is_ok(), "{text}");
        }
    }

    #[test]
    fn hostile_values_are_encoded() {
        let state = read(&[("filter", "name LIKE '%a&b=c#'"), ("user", "ä b")]);
        assert_eq!(
            state.href("/x"),
            "/x?filter=name%20LIKE%20%27%25a%26b%3Dc%23%27&user=%C3%A4%20b"
        );
    }

    #[test]
    fn changing_the_question_starts_at_its_beginning() {
        let state = read(&[("page", "t"), ("sort", "duration")]);
        assert_eq!(
            state.and("status = 'OK'").href("/x"),
            "/x?filter=status%20%3D%20%27OK%27&sort=duration"
        );
        assert_eq!(state.sorted(Sort::Newest).page, "");
    }

    #[test]
    fn conditions_are_added_once_and_keep_an_or_together() {
        let once = read(&[]).and("a = 'b'");
        assert_eq!(once.and("a = 'b'").filter, "a = 'b'");
        assert_eq!(once.and("c = 'd'").filter, "a = 'b' AND c = 'd'");
        let either = read(&[("filter", "a = 'b' or c = 'd'")]);
        assert_eq!(
            either.and("e = 'f'").filter,
            "(a = 'b' or c = 'd') AND e = 'f'"
        );
    }
}
