//! The way from an attribute of a span to a list with a column of it: the list that the reader came from, with its filter, range and columns;
//! else all traces of the experiment.

use leptos::prelude::*;

use crate::preferences::COLUMNS;
use crate::trace_list::columns::{ATTRIBUTE, Column, MOST, write};
use crate::trace_list::neighbours::list_now;
use crate::url_state::{experiment_href, segment};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::IsAlive;

/// The columns of a list that is not known, for readers who chose none.
const USUAL: &str = "state,time,name,preview,duration,tokens,cost,who,feedback";

/// A list that columns can be added to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct List {
    /// Its address.
    href: String,
    /// Its columns if the address says none.
    usual: String,
}

/// The list for a trace's attributes.
#[derive(Clone, Copy)]
pub struct Pins(Memo<List>);

impl Pins {
    /// For a trace of an experiment.
    pub fn new(trace_id: String, experiment: i64) -> Self {
        let is_alive = use_context::<IsAlive>();
        let is_alive = move || is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
        Self(Memo::new(move |_| {
            match is_alive().then(|| list_now(&trace_id)).flatten() {
                Some((href, usual)) => List { href, usual },
                None => List {
                    href: experiment_href(experiment, "traces"),
                    usual: match COLUMNS.get() {
                        chosen if chosen.is_empty() => USUAL.to_owned(),
                        chosen => chosen,
                    },
                },
            }
        }))
    }

    /// The link for the attribute of a key; none for what the protocol keeps for itself, which lists and pages show elsewhere.
    pub fn link(self, key: &str) -> Option<AnyView> {
        if key.starts_with("mlflow.") {
            return None;
        }
        let column = format!("{ATTRIBUTE}{key}");
        let name = key.to_owned();
        let place = Memo::new(move |_| self.0.with(|list| with_column(list, &column)));
        let label = move || match place.with(|(_, is_there)| *is_there) {
            true => format!("{name} is a column of the list"),
            false => format!("Pin {name} as a column of the list"),
        };
        let title = move || match place.with(|(_, is_there)| *is_there) {
            true => "Column of the list",
            false => "Pin as column",
        };
        Some(
            view! {
                <a class="icon-button" href=move || place.with(|(href, _)| href.clone()) title=title aria-label=label>
                    <Icon name=IconName::Column/>
                </a>
            }
            .into_any(),
        )
    }
}

/// The address of the list with one more column, and whether it has the column already. A table that is full gives up its last one.
fn with_column(list: &List, key: &str) -> (String, bool) {
    let wanted = segment(&write(&[Column::of(key)]));
    let (path, query) = list.href.split_once('?').unwrap_or((&list.href, ""));
    let (said, mut parts): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|part| !part.is_empty())
        .partition(|part| part.starts_with("cols="));
    let said = said.first().and_then(|part| part.strip_prefix("cols="));
    let columns = said.map_or_else(|| segment(&list.usual), str::to_owned);
    // What parts columns is written so by `segment`, and stands nowhere else.
    let mut columns: Vec<&str> = columns.split("%2C").collect();
    let is_it = |column: &&str| column.split("%3A").next() == Some(wanted.as_str());
    if columns.iter().any(is_it) {
        return (list.href.clone(), true);
    }
    columns.truncate(MOST - 1);
    columns.push(&wanted);
    let columns = format!("cols={}", columns.join("%2C"));
    parts.push(&columns);
    (format!("{path}?{}", parts.join("&")), false)
}

#[cfg(test)]
mod tests {
    use super::{List, USUAL, with_column};
    use crate::trace_list::columns::read;

    fn list(href: &str) -> List {
        List {
            href: href.to_owned(),
            usual: "name,tag.env:90".to_owned(),
        }
    }

    fn check(href: &str, key: &str, expected: &str) {
        let (href, is_there) = with_column(&list(href), key);
        assert_eq!((href.as_str(), is_there), (expected, false));
        // Once it is there the link leads to the same list.
        assert_eq!(with_column(&list(&href), key), (href.clone(), true));
    }

    #[test]
    fn a_column_is_added_behind_those_of_the_list() {
        check(
            "/x?filter=a%20%3D%201&cols=name%3A220%2Cmeta.a%252Cb&from=-24h",
            "attribute.k",
            "/x?filter=a%20%3D%201&from=-24h&cols=name%3A220%2Cmeta.a%252Cb%2Cattribute.k",
        );
        check(
            "/x",
            "attribute.k",
            "/x?cols=name%2Ctag.env%3A90%2Cattribute.k",
        );
        check(
            "/x?cols=name&trace=tr-1",
            "attribute.a,b:c",
            "/x?trace=tr-1&cols=name%2Cattribute.a%252Cb%253Ac",
        );
        let wide = "/x?cols=attribute.k%3A220%2Cname";
        assert_eq!(
            with_column(&list(wide), "attribute.k"),
            (wide.to_owned(), true)
        );
        assert!(with_column(&list("/x"), "tag.env").1);
    }

    #[test]
    fn a_table_that_is_full_gives_up_its_last_column() {
        let keys: Vec<String> = (0..24).map(|key| format!("tag.t{key}")).collect();
        let (href, _) = with_column(
            &list(&format!("/x?cols={}", keys.join("%2C"))),
            "attribute.k",
        );
        let columns = read(&href.split_once("cols=").unwrap().1.replace("%2C", ","));
        assert_eq!(
            (columns.len(), columns[23].key.as_str()),
            (24, "attribute.k")
        );
    }

    #[test]
    fn the_usual_columns_are_columns() {
        assert_eq!(read(USUAL).len(), USUAL.split(',').count());
    }
}
