//! The traces of a list gathered by what they have in common: what the address says, and the table.

use leptos::prelude::*;

use super::parts::{failed, sort_head, tokens};
use crate::model::{GROUP_PAGE, GroupLine, GroupTable};
use crate::text::number;
use crate::url_state::{ListState, segment};
use crate::widgets::duration_bar::DurationBar;
use crate::widgets::page_links::PageLinks;
use crate::widgets::time::{Time, TimeStyle};

/// What can be gathered by, beside tags: as the address has it, and its title.
pub const KINDS: [(&str, &str); 6] = [
    ("name", "Name"),
    ("user", "User"),
    ("session", "Session"),
    ("run", "Run"),
    ("model", "Model"),
    ("state", "State"),
];

/// Which traces, gathered by what, in what order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ByState {
    /// What is gathered by: `user`, `tag:env`.
    pub by: String,
    /// The order: `traces`, `errors`, `busy`, `tokens`, `cost`, `name`; empty for the latest first.
    pub order: String,
    /// The page, counted from 1.
    pub number: u32,
    /// The traces.
    pub list: ListState,
}

impl ByState {
    /// Reads an address's query through a look-up of decoded parameters.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let text = |key| get(key).unwrap_or_default().trim().to_owned();
        let by = text("by");
        Self {
            by: if by.is_empty() {
                KINDS[0].0.to_owned()
            } else {
                by
            },
            order: text("order"),
            number: text("number").parse().unwrap_or(1).max(1),
            list: ListState::read(get).first_page(),
        }
    }

    /// `path` with this state as its query.
    pub fn href(&self, path: &str) -> String {
        let mut out = self.list.href(path);
        let number = self.number.to_string();
        let number = if self.number > 1 { &number } else { "" };
        let parts = [
            ("by", self.by.as_str()),
            ("order", &self.order),
            ("number", number),
        ];
        for (key, value) in parts.into_iter().filter(|(_, value)| !value.is_empty()) {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(&format!("{key}={}", segment(value)));
        }
        out
    }

    /// Gathered by something else, from the beginning.
    pub fn gathered(&self, by: &str) -> Self {
        Self {
            by: by.to_owned(),
            number: 1,
            ..self.clone()
        }
    }

    fn ordered(&self, order: &str) -> Self {
        Self {
            order: order.to_owned(),
            number: 1,
            ..self.clone()
        }
    }
}

/// What to gather by, as links.
pub fn kinds(state: &ByState, path: &str, tag_keys: &[String]) -> AnyView {
    let link = |by: String, title: String| {
        let is_here = (by == state.by).then_some("true");
        let href = state.gathered(&by).href(path);
        view! { <a class="tabs__tab" href=href aria-current=is_here>{title}</a> }
    };
    let known = KINDS.map(|(by, title)| link(by.to_owned(), title.to_owned()));
    let tags = tag_keys
        .iter()
        .map(|key| link(format!("tag:{key}"), key.clone()));
    let tags = tags.collect_view();
    let has_tags = !tag_keys.is_empty();
    view! {
        <nav class="group-kinds" aria-label="Group by" data-rove="kinds">
            {known.into_iter().collect_view()}
            {has_tags.then(|| view! { <span class="group-kinds__title">"Tags"</span> })}
            {tags}
        </nav>
    }
    .into_any()
}

/// The groups as a table; each leads to its traces.
pub fn table(found: GroupTable, state: &ByState, path: &str, list: &str) -> AnyView {
    let head = |order: &'static str, label: String, is_number: bool| {
        let href = state.ordered(order).href(path);
        sort_head(order, &state.order, href, label, is_number)
    };
    let number = |order, label: &str| head(order, label.to_owned(), true);
    let heads = view! {
        {head("name", found.title.clone(), false)}
        {number("traces", "Traces")}
        {number("errors", "Failed")}
        <th scope="col">"Median"</th>
        <th scope="col">"95 % within"</th>
        {number("tokens", "Tokens")}
        {number("cost", "Cost")}
        {head("", "Last trace".to_owned(), false)}
    };
    let rows = found.rows.into_iter().map(|row| line(row, list));
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Groups">
            <table class="table table--cards group-table">
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn line(row: GroupLine, list: &str) -> AnyView {
    let name = match (row.name.is_empty(), row.value.is_empty()) {
        (false, _) => row.name,
        (true, true) => "(empty)".to_owned(),
        (true, false) => row.value.clone(),
    };
    view! {
        <tr class="table__row">
            <td class="group-table__name" data-card="name">
                <a class="table__main" href=format!("{list}{}", row.query) title=row.value>{name}</a>
            </td>
            <td class="table__number" data-label="Traces">{number::grouped(row.traces)}</td>
            <td class="table__number" data-label="Failed">{failed(row.errors, row.traces)}</td>
            <td data-label="Median"><DurationBar millis=row.p50_ms/></td>
            <td><DurationBar millis=row.p95_ms/></td>
            <td class="table__number">{tokens(row.tokens)}</td>
            <td class="table__number" data-label="Cost">{row.cost.map_or("—".to_owned(), number::dollars)}</td>
            <td class="group-table__time" data-card="time"><Time millis=row.last_ms style=TimeStyle::Short/></td>
        </tr>
    }
    .into_any()
}

/// Links to the page before and the one that follows.
pub fn pager(state: &ByState, path: &str, total: u64) -> AnyView {
    let last = total.div_ceil(GROUP_PAGE);
    let at = |number: u64| {
        ByState {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            ..state.clone()
        }
        .href(path)
    };
    PageLinks::counted(String::new(), state.number.into(), last, at).view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_written() {
        let pairs = [
            ("by", "tag:deploy env"),
            ("order", "errors"),
            ("number", "2"),
            ("filter", "status = 'OK'"),
        ];
        let get = |key: &str| {
            let pair = pairs.iter().find(|(name, _)| *name == key);
            pair.map(|(_, value)| (*value).to_owned())
        };
        let state = ByState::read(get);
        let href = "/x?filter=status%20%3D%20%27OK%27&by=tag%3Adeploy%20env&order=errors&number=2";
        assert_eq!(state.href("/x"), href);
        assert_eq!(state.gathered("user").number, 1);
        assert_eq!(ByState::read(|_| None).href("/x"), "/x?by=name");
    }
}
