//! What the address of a comparison says, read and written. Pure, as `url_state` is.

use crate::address::at;
use crate::model::Comparison;
use crate::url_state::query;

/// Names of the traces in the address and on the page.
pub const LETTERS: [&str; Comparison::MOST] = ["a", "b", "c", "d"];

/// Where comparisons are.
pub fn path() -> String {
    at("/compare")
}

/// How two texts stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// One below the other within one text.
    #[default]
    Inline,
    /// Each in a column of its own.
    Side,
}

/// A comparison as its address says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompareState {
    /// The traces; the first is what the others are measured by.
    pub traces: Vec<String>,
    /// The opened step ([`crate::model::ComparedRow::step`]), or empty.
    pub step: String,
    /// The letter of the trace that the first is compared with in the opened step, or empty.
    pub with: String,
    /// How texts stand.
    pub style: Style,
    /// Whether ids and times count.
    pub is_exact: bool,
    /// Whether only steps that differ show.
    pub is_brief: bool,
    /// Against all traces with this filter.
    pub set: String,
    /// Of this experiment; with `set`.
    pub experiment: String,
}

impl CompareState {
    /// Reads an address's query through a look-up of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        let traces = LETTERS.map(text).into_iter();
        Self {
            traces: traces.filter(|id| !id.is_empty()).collect(),
            step: text("step"),
            with: text("with"),
            style: match text("style").as_str() {
                "side" => Style::Side,
                _ => Style::Inline,
            },
            is_exact: text("ignore") == "nothing",
            is_brief: text("only") == "differences",
            set: text("set"),
            experiment: text("experiment"),
        }
    }

    /// The address.
    pub fn href(&self) -> String {
        let trace = |at: usize| self.traces.get(at).map_or("", String::as_str);
        let when = |is_set: bool, text: &'static str| if is_set { text } else { "" };
        query(
            &path(),
            &[
                (LETTERS[0], trace(0)),
                (LETTERS[1], trace(1)),
                (LETTERS[2], trace(2)),
                (LETTERS[3], trace(3)),
                ("step", &self.step),
                ("with", &self.with),
                ("style", when(self.style == Style::Side, "side")),
                ("ignore", when(self.is_exact, "nothing")),
                ("only", when(self.is_brief, "differences")),
                ("set", &self.set),
                ("experiment", &self.experiment),
            ],
        )
    }

    /// The traces' ids as functions of the server take them, empty ones at the end.
    pub fn trace_ids(&self) -> [String; Comparison::MOST] {
        std::array::from_fn(|at| self.traces.get(at).cloned().unwrap_or_default())
    }

    /// The address of a function of the server for this comparison.
    pub fn question(&self, path: &str, is_whole: &str) -> String {
        let ids = self.trace_ids();
        let when = |is_set: bool| if is_set { "true" } else { "" };
        query(
            path,
            &[
                ("a", &ids[0]),
                ("b", &ids[1]),
                ("c", &ids[2]),
                ("d", &ids[3]),
                ("step", &self.step),
                ("with", &self.with),
                ("is_exact", when(self.is_exact)),
                ("is_brief", when(self.is_brief)),
                ("is_whole", is_whole),
            ],
        )
    }

    /// Whether one trace is compared with all that match a filter.
    pub fn is_set_mode(&self) -> bool {
        self.traces.len() == 1 && !self.experiment.is_empty()
    }

    /// With the traces in another order: those at these places.
    fn ordered(&self, order: &[usize]) -> Self {
        let ids = self.step.split('.').collect::<Vec<_>>();
        let step = order.iter().map(|at| ids.get(*at).copied().unwrap_or(""));
        let step = step.collect::<Vec<_>>().join(".");
        Self {
            traces: order
                .iter()
                .filter_map(|at| self.traces.get(*at).cloned())
                .collect(),
            step: if step.trim_matches('.').is_empty() {
                String::new()
            } else {
                step
            },
            with: String::new(),
            ..self.clone()
        }
    }

    /// The first two traces exchanged.
    pub fn swapped(&self) -> Self {
        let mut order: Vec<usize> = (0..self.traces.len()).collect();
        if order.len() > 1 {
            order.swap(0, 1);
        }
        self.ordered(&order)
    }

    /// With this trace as what the others are measured by.
    pub fn pinned(&self, at: usize) -> Self {
        let others = (0..self.traces.len()).filter(|other| *other != at);
        let order: Vec<usize> = std::iter::once(at).chain(others).collect();
        self.ordered(&order)
    }

    /// Without this trace.
    pub fn without(&self, at: usize) -> Self {
        let others = (0..self.traces.len()).filter(|other| *other != at);
        self.ordered(&others.collect::<Vec<_>>())
    }

    /// With one more trace.
    pub fn and(&self, trace: &str) -> Self {
        let mut state = self.clone();
        state.traces.push(trace.to_owned());
        state.step.clear();
        state
    }

    /// With another opened step.
    pub fn at(&self, step: &str) -> Self {
        Self {
            step: step.to_owned(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> CompareState {
        CompareState::read(|key| {
            let found = pairs.iter().find(|(k, _)| *k == key);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn addresses_survive() {
        let state = read(&[
            ("a", "tr-1"),
            ("b", "tr 2"),
            ("step", "01.02"),
            ("style", "side"),
            ("ignore", "nothing"),
        ]);
        assert_eq!(
            state.href(),
            "/compare?a=tr-1&b=tr%202&step=01.02&style=side&ignore=nothing"
        );
        assert_eq!(read(&[("a", "x")]).href(), "/compare?a=x");
    }

    #[test]
    fn the_step_follows_the_traces() {
        let state = read(&[("a", "x"), ("b", "y"), ("c", "z"), ("step", "1.2.")]);
        assert_eq!(state.swapped().href(), "/compare?a=y&b=x&c=z&step=2.1.");
        assert_eq!(state.pinned(2).href(), "/compare?a=z&b=x&c=y&step=.1.2");
        assert_eq!(state.without(1).href(), "/compare?a=x&b=z&step=1.");
    }

    #[test]
    fn gaps_close() {
        assert_eq!(read(&[("a", "x"), ("c", "z")]).traces, ["x", "z"]);
    }
}
