//! Parts of the overview: charts over time, tables by value, and panels for what takes longer. Every column, point and line leads to its traces.

pub mod charts;
pub mod panel;
pub mod tables;

use domain::filter::print::quote_value;

use crate::text::time::rfc3339;
use crate::url_state::ListState;

/// Where the overview's parts lead: the list with the same question, narrowed.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The question.
    pub state: ListState,
    /// The list's address without a question.
    pub path: String,
}

impl Ways {
    /// The traces that began in a stretch of time; its end is not included.
    pub fn between(&self, from: i64, to: i64) -> String {
        ListState {
            from: rfc3339(from),
            to: rfc3339(to),
            ..self.state.first_page()
        }
        .href(&self.path)
    }

    /// The traces that a clause narrows the list to.
    pub fn narrowed(&self, clause: &str) -> String {
        self.state.and(clause).href(&self.path)
    }

    /// The traces that have a value; `None` if the language cannot write it.
    pub fn having(&self, field: &str, value: &str) -> Option<String> {
        let value = quote_value(value)?;
        Some(self.narrowed(&format!("{field} = {value}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_keep_the_question() {
        let ways = Ways {
            state: ListState {
                filter: "status = 'OK'".to_owned(),
                from: "-24h".to_owned(),
                ..ListState::default()
            },
            path: "/x".to_owned(),
        };
        assert_eq!(
            ways.between(0, 1000),
            "/x?filter=status%20%3D%20%27OK%27&from=1970-01-01T00%3A00%3A00.000Z&to=1970-01-01T00%3A00%3A01.000Z"
        );
        assert_eq!(
            ways.having("name", "a").as_deref(),
            Some("/x?filter=status%20%3D%20%27OK%27%20AND%20name%20%3D%20%27a%27&from=-24h")
        );
        assert_eq!(ways.having("name", "'\""), None);
    }
}
