//! What the address of a run list says, read and written.

use crate::url_state::query;

/// Which runs a list shows, in what order and with which columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunListState {
    /// The filter text of the run search.
    pub filter: String,
    /// What to order by; with a minus the greatest first. Empty for the latest start first.
    pub sort: String,
    /// The columns chosen, such as `metrics.accuracy`; empty for those that suggest themselves.
    pub columns: Vec<String>,
    /// `deleted` for deleted runs.
    pub view: String,
    /// The pages walked, or empty.
    pub page: String,
}

impl RunListState {
    /// Reads an address's query through look-ups of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>, columns: Vec<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            filter: text("filter"),
            sort: text("sort"),
            columns: columns
                .into_iter()
                .filter(|column| !column.is_empty())
                .collect(),
            view: text("view"),
            page: text("page"),
        }
    }

    /// `path` with this state as its query.
    pub fn href(&self, path: &str) -> String {
        let mut parameters = vec![("filter", self.filter.as_str()), ("sort", &self.sort)];
        parameters.extend(self.columns.iter().map(|column| ("col", column.as_str())));
        parameters.extend([("view", self.view.as_str()), ("page", &self.page)]);
        query(path, &parameters)
    }

    /// In another order, from the beginning. What is ordered by it already is turned round.
    pub fn sorted(&self, key: &str, is_greatest_first: bool) -> Self {
        let (first, second) = match is_greatest_first {
            true => (format!("-{key}"), key.to_owned()),
            false => (key.to_owned(), format!("-{key}")),
        };
        let sort = if self.order() == first { second } else { first };
        Self {
            sort,
            page: String::new(),
            ..self.clone()
        }
    }

    /// What it is ordered by, the default spelled out.
    pub fn order(&self) -> &str {
        match self.sort.as_str() {
            "" => "-start_time",
            sort => sort,
        }
    }

    /// Active or deleted runs instead, from the beginning.
    pub fn viewed(&self, view: &str) -> Self {
        Self {
            view: view.to_owned(),
            page: String::new(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let state = RunListState {
            filter: "metrics.a > 1".to_owned(),
            sort: "-metrics.a".to_owned(),
            columns: vec!["metrics.a".to_owned(), "params.b c".to_owned()],
            ..RunListState::default()
        };
        let href = "/x?filter=metrics.a%20%3E%201&sort=-metrics.a&col=metrics.a&col=params.b%20c";
        assert_eq!(state.href("/x"), href);
        assert_eq!(RunListState::default().href("/x"), "/x");
    }

    #[test]
    fn pressing_a_head_again_turns_the_order_round() {
        let state = RunListState::default();
        assert_eq!(state.sorted("start_time", true).sort, "start_time");
        let by_name = state.sorted("run_name", false);
        assert_eq!(by_name.sort, "run_name");
        assert_eq!(by_name.sorted("run_name", false).sort, "-run_name");
    }
}
