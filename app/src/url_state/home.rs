//! What the address of the home page says, and which experiments that chooses.

use super::query;
#[cfg(not(feature = "hydrate"))]
use crate::model::ExperimentRow;

/// Experiments on one page.
pub const PAGE: usize = 50;

/// The order of the experiments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HomeSort {
    /// The one with the newest trace first.
    #[default]
    Recent,
    /// By name.
    Name,
    /// Most traces first.
    Traces,
    /// The largest share of errors first.
    Failed,
    /// Changed last first.
    Changed,
}

impl HomeSort {
    /// All orders.
    pub const ALL: [Self; 5] = [
        Self::Recent,
        Self::Name,
        Self::Traces,
        Self::Failed,
        Self::Changed,
    ];

    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recent => "",
            Self::Name => "name",
            Self::Traces => "traces",
            Self::Failed => "failed",
            Self::Changed => "changed",
        }
    }

    /// From the address; anything unknown is the default.
    pub fn parse(text: &str) -> Self {
        let found = Self::ALL.into_iter().find(|sort| sort.as_str() == text);
        found.unwrap_or_default()
    }

    #[cfg(not(feature = "hydrate"))]
    fn sort(self, rows: &mut [ExperimentRow]) {
        use std::cmp::Reverse;
        match self {
            Self::Recent => rows.sort_by_key(|row| Reverse((row.last_trace_ms, row.experiment.id))),
            Self::Name => rows.sort_by_cached_key(|row| row.experiment.name.to_lowercase()),
            Self::Traces => rows.sort_by_key(|row| Reverse(row.traces)),
            Self::Failed => rows.sort_by(|a, b| {
                let share = |row: &ExperimentRow| row.errors as f64 / row.traces.max(1) as f64;
                share(b).total_cmp(&share(a))
            }),
            Self::Changed => rows.sort_by_key(|row| Reverse(row.changed_ms)),
        }
    }
}

/// What the home page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HomeState {
    /// A part of the name.
    pub search: String,
    /// A tag's key, or `key=value`.
    pub tag: String,
    /// The order.
    pub sort: HomeSort,
    /// Those that were deleted instead of those in use.
    pub deleted: bool,
    /// Counted from 1; 0 is 1 as well.
    pub page: usize,
}

impl HomeState {
    /// Reads an address's query through a look-up of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        Self {
            search: text("search"),
            tag: text("tag"),
            sort: HomeSort::parse(&text("sort")),
            deleted: text("deleted") == "1",
            page: text("page").parse().unwrap_or(1).max(1),
        }
    }

    /// `path` with this state as its query.
    pub fn href(&self, path: &str) -> String {
        let page = if self.page > 1 {
            self.page.to_string()
        } else {
            String::new()
        };
        let parameters = [
            ("search", self.search.as_str()),
            ("tag", &self.tag),
            ("sort", self.sort.as_str()),
            ("deleted", if self.deleted { "1" } else { "" }),
            ("page", &page),
        ];
        query(path, &parameters)
    }

    /// Whether all experiments in use are asked for.
    pub fn is_unfiltered(&self) -> bool {
        self.search.is_empty() && self.tag.is_empty() && !self.deleted
    }

    /// The rows of this page, and how many there are on all.
    #[cfg(not(feature = "hydrate"))]
    pub fn chosen(&self, rows: Vec<ExperimentRow>) -> (Vec<ExperimentRow>, u64) {
        let name = self.search.to_lowercase();
        let mut rows: Vec<ExperimentRow> = rows
            .into_iter()
            .filter(|row| row.experiment.name.to_lowercase().contains(&name) && self.has_tag(row))
            .collect();
        self.sort.sort(&mut rows);
        let found = rows.len() as u64;
        let skipped = (self.page.max(1) - 1).saturating_mul(PAGE);
        (rows.into_iter().skip(skipped).take(PAGE).collect(), found)
    }

    #[cfg(not(feature = "hydrate"))]
    fn has_tag(&self, row: &ExperimentRow) -> bool {
        let wanted = self.tag.trim();
        let (key, value) = match wanted.split_once(['=', ':']) {
            Some((key, value)) => (key.trim(), Some(value.trim())),
            None => (wanted, None),
        };
        key.is_empty()
            || row.tags.iter().any(|(k, v)| {
                k.eq_ignore_ascii_case(key)
                    && value.is_none_or(|value| v.to_lowercase().contains(&value.to_lowercase()))
            })
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;
    use crate::model::ExperimentRef;

    fn row(id: i64, name: &str, traces: u64, errors: u64) -> ExperimentRow {
        ExperimentRow {
            experiment: ExperimentRef {
                id,
                name: name.to_owned(),
            },
            description: String::new(),
            traces,
            errors,
            last_trace_ms: Some(id),
            changed_ms: -id,
            tags: vec![("team".to_owned(), name.to_owned())],
        }
    }

    fn names(state: &HomeState) -> Vec<String> {
        let rows = vec![
            row(1, "beta", 10, 1),
            row(2, "Alpha", 5, 5),
            row(3, "gamma", 20, 0),
        ];
        let (rows, _) = state.chosen(rows);
        rows.into_iter().map(|row| row.experiment.name).collect()
    }

    #[test]
    fn orders_and_filters() {
        let sorted = |sort| {
            names(&HomeState {
                sort,
                ..HomeState::default()
            })
        };
        assert_eq!(sorted(HomeSort::Recent), ["gamma", "Alpha", "beta"]);
        assert_eq!(sorted(HomeSort::Name), ["Alpha", "beta", "gamma"]);
        assert_eq!(sorted(HomeSort::Traces), ["gamma", "beta", "Alpha"]);
        assert_eq!(sorted(HomeSort::Failed), ["Alpha", "beta", "gamma"]);
        assert_eq!(sorted(HomeSort::Changed), ["beta", "Alpha", "gamma"]);
        let tagged = |tag: &str| {
            names(&HomeState {
                tag: tag.to_owned(),
                ..HomeState::default()
            })
        };
        assert_eq!(tagged("team").len(), 3);
        assert_eq!(tagged("Team=alp"), ["Alpha"]);
        assert!(tagged("owner").is_empty());
    }

    #[test]
    fn pages_follow() {
        let rows: Vec<_> = (0..120).map(|id| row(id, "x", 0, 0)).collect();
        let page = |page| HomeState {
            page,
            ..HomeState::default()
        };
        assert_eq!(page(1).chosen(rows.clone()).0.len(), 50);
        assert_eq!(page(3).chosen(rows.clone()).0.len(), 20);
        assert_eq!(page(usize::MAX).chosen(rows).0.len(), 0);
    }

    #[test]
    fn defaults_are_left_out() {
        let read = |pairs: &[(&str, &str)]| {
            HomeState::read(|key| {
                let found = pairs.iter().find(|(k, _)| *k == key);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(read(&[("page", "1"), ("sort", "x")]).href("/"), "/");
        let state = read(&[("search", "a b"), ("deleted", "1"), ("page", "2")]);
        assert_eq!(state.href("/"), "/?search=a%20b&deleted=1&page=2");
    }
}
