//! Narrowing a list by what a cell shows: a small bar at the cell under the pointer or the focus, and what the keys `=` and `-` mean.

use domain::filter::print::quote_key;
use domain::filter::print::quote_value;
use leptos::prelude::*;

use super::columns::Columns;
use super::desk::Desk;
use crate::keymap::hint;
use crate::model::TraceRow;
use crate::text::time::rfc3339;

/// What can be said about a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The clause that keeps traces like this one; `None` if the filter language cannot write it.
    pub keep: Option<String>,
    /// The clause that leaves them out.
    pub drop: Option<String>,
    /// The value in full.
    pub value: String,
}

/// What a cell of a row says; `None` if the cell is empty.
pub fn said(row: &TraceRow, cell: &str, columns: &Columns) -> Option<Said> {
    let text = |field: &str, value: &str| {
        // Cut short, it equals nothing.
        let quoted = quote_value(value).filter(|_| !value.ends_with('…'));
        let clause = |operator: &str| {
            quoted
                .as_ref()
                .map(|value| format!("{field} {operator} {value}"))
        };
        (!value.is_empty()).then(|| Said {
            keep: clause("="),
            drop: clause("!="),
            value: value.to_owned(),
        })
    };
    match cell {
        "state" => text("status", row.state.as_str()),
        "name" => text("name", &row.name),
        "session" => text("trace.session", row.session.as_deref()?),
        "user" => text("trace.user", row.user.as_deref()?),
        "run" => text("run_id", row.run.as_deref()?),
        "duration" => row.duration_ms.map(|ms| Said {
            keep: Some(format!("execution_time_ms >= {ms}")),
            drop: Some(format!("execution_time_ms < {ms}")),
            value: ms.to_string(),
        }),
        "model" => text("trace.model", columns.extra(row, cell)?),
        "time" => Some(Said {
            keep: None,
            drop: None,
            value: rfc3339(row.time_ms),
        }),
        "preview" => (!row.request.is_empty()).then(|| Said {
            keep: None,
            drop: None,
            value: row.request.clone(),
        }),
        _ => {
            let (kind, key) = cell.split_once('.')?;
            let field = match kind {
                "tag" => "tags",
                "meta" => "metadata",
                // Without `span.` some keys would mean fields of the trace.
                "attribute" => "span.attributes",
                kind => kind,
            };
            let value = columns.extra(row, cell)?;
            let mut said = text(&format!("{field}.{}", quote_key(key)), value)?;
            if kind == "feedback" && value.parse::<i64>().is_ok() {
                // Numbers of feedback are doubles, and compared as they are written.
                let doubled = |clause: String| {
                    clause.replacen(&format!("'{value}'"), &format!("'{value}.0'"), 1)
                };
                said.keep = said.keep.map(doubled);
                said.drop = said.drop.map(doubled);
            }
            if kind == "attribute" {
                // Another span may well have another value.
                said.drop = said.keep.as_ref().map(|keep| format!("NOT {keep}"));
            }
            Some(said)
        }
    }
}

/// A cell: its row, its name, and its right upper corner in the window.
pub type Cell = (u64, String, (f64, f64));

/// The cell under the pointer or the focus.
/// Whether its bar is shown: the name's comes with the pointer alone, since walking through the rows would leave one at each.
#[derive(Clone, Copy, Default)]
pub struct Spot(RwSignal<Option<Cell>>, RwSignal<bool>);

impl Spot {
    /// Nothing is under the pointer.
    pub fn forget(self) {
        if self.0.with_untracked(Option::is_some) {
            self.0.set(None);
        }
    }

    /// Row and name of the cell.
    pub fn cell(self) -> Option<(u64, String)> {
        self.0
            .with_untracked(|spot| spot.as_ref().map(|(row, cell, _)| (*row, cell.clone())))
    }

    /// The pointer moved.
    pub fn on_pointer(self, event: &leptos::ev::PointerEvent) {
        #[cfg(feature = "hydrate")]
        if event.pointer_type() == "mouse"
            && crate::browser::list::around(event, ".cell-bar").is_none()
        {
            let cell = crate::browser::list::cell_under(event);
            // It moves within a cell for the most part.
            if !self.1.get_untracked() || self.0.with_untracked(|spot| *spot != cell) {
                self.1.set(true);
                self.0.set(cell);
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    }

    /// The focus came to an element.
    pub fn on_focus(self, event: &leptos::ev::FocusEvent) {
        #[cfg(feature = "hydrate")]
        if crate::browser::list::around(event, ".cell-bar").is_none() {
            let cell = crate::browser::list::cell_around(event);
            self.1
                .set(cell.as_ref().is_some_and(|(_, name, _)| name != "name"));
            self.0.set(cell);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    }
}

/// The bar: keep, leave out, copy, and look into.
pub fn cell_bar(desk: Desk, spot: Spot) -> AnyView {
    let bar = move || {
        let (row, cell, (right, top)) = spot.0.get().filter(|_| spot.1.get())?;
        let said = desk
            .feed
            .with_row(row, |row| said(row, &cell, &desk.columns()))??;
        let id = desk.feed.with_row(row, |row| row.trace_id.clone())?;
        let place = format!("--right:{right:.0}px;--top:{top:.0}px");
        let button = |label: &'static str, title: String, clause: Option<String>| {
            clause.map(|clause| {
                view! {
                    <button type="button" class="cell-bar__act" tabindex="-1" title=title.clone() aria-label=title on:click=move |_| desk.narrow(&clause)>
                        {label}
                    </button>
                }
            })
        };
        let keep = button(
            "=",
            hint(
                &format!("Only {}", said.keep.as_deref().unwrap_or_default()),
                "=",
            ),
            said.keep.clone(),
        );
        let drop = button(
            "≠",
            hint(
                &format!("Only {}", said.drop.as_deref().unwrap_or_default()),
                "-",
            ),
            said.drop.clone(),
        );
        let peek = (cell == "name").then(|| {
            view! {
                <button type="button" class="cell-bar__act" tabindex="-1" title="Look into it beside the list (Enter)" on:click=move |_| desk.peek(&id)>
                    "Peek"
                </button>
            }
        });
        let copy = view! { <crate::widgets::copy::CopyButton text=said.value what="value"/> };
        Some(view! { <div class="cell-bar" style=place>{peek} {keep} {drop} {copy}</div> })
    };
    view! { <div class="cell-bar__room">{bar}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::{Columns, said};
    use crate::model::TraceRow;

    #[test]
    fn cells_say_clauses_of_the_filter_language() {
        let row = TraceRow {
            name: "it's".to_owned(),
            user: Some("ada".to_owned()),
            session: Some("'\"".to_owned()),
            duration_ms: Some(1_500),
            extras: ["prod", "4", "x", "0.7", "{\"a\": [1]}", "cut…"]
                .map(str::to_owned)
                .into(),
            ..TraceRow::default()
        };
        let columns =
            "name,tag.deploy env,feedback.rating,tag.a`b c,attribute.name,attribute.a b,meta.long";
        let columns = Columns::new(columns, &[], false);
        let keep = |cell| said(&row, cell, &columns).and_then(|said| said.keep);
        assert_eq!(keep("name").as_deref(), Some("name = \"it's\""));
        assert_eq!(keep("user").as_deref(), Some("trace.user = 'ada'"));
        assert_eq!(
            keep("duration").as_deref(),
            Some("execution_time_ms >= 1500")
        );
        assert_eq!(
            keep("tag.deploy env").as_deref(),
            Some("tags.`deploy env` = 'prod'")
        );
        assert_eq!(
            keep("feedback.rating").as_deref(),
            Some("feedback.rating = '4.0'")
        );
        let number = said(&row, "attribute.name", &columns).unwrap();
        assert_eq!(number.keep.as_deref(), Some("span.attributes.name = '0.7'"));
        let dropped = "NOT span.attributes.name = '0.7'";
        assert_eq!(number.drop.as_deref(), Some(dropped));
        let object = "span.attributes.`a b` = '{\"a\": [1]}'";
        assert_eq!(keep("attribute.a b").as_deref(), Some(object));
        assert_eq!(keep("meta.long"), None);
        let long = TraceRow {
            name: "a name that was cut…".to_owned(),
            ..TraceRow::default()
        };
        assert_eq!(said(&long, "name", &columns).unwrap().keep, None);
        // Both kinds of quotes: it can be copied, not searched for.
        assert_eq!(keep("session"), None);
        assert_eq!(said(&row, "session", &columns).unwrap().value, "'\"");
        assert_eq!(said(&row, "run", &columns), None);
        for cell in [
            "name",
            "user",
            "duration",
            "tag.deploy env",
            "feedback.rating",
            "tag.a`b c",
            "attribute.name",
            "attribute.a b",
        ] {
            let said = said(&row, cell, &columns).unwrap();
            for clause in [said.keep, said.drop].into_iter().flatten() {
                assert!(domain::filter::compile(&clause).is_ok(), "{clause}");
            }
        }
    }
}
