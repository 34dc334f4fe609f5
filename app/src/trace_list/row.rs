//! One row of a table of traces. A cell that a list can be narrowed by says so in `data-cell`; see `cell`.

use leptos::prelude::*;

use super::columns::{Column, Columns};
use super::desk::Desk;
use super::pager::Scope;

use super::window::Window;
use crate::keymap::hint;
use crate::model::{FeedbackChip, Tone, TraceRow};
use crate::text::number;
use crate::url_state::{query, run_href, session_href, session_path, trace_href, user_href};
use crate::widgets::badge::StateBadge;
use crate::widgets::duration_bar::DurationBar;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::{Time, TimeStyle, time_now};

/// Where a row of a list that is scrolled through stands.
#[derive(Clone, Copy)]
pub struct Placed {
    /// Its number.
    pub index: u64,
    /// What is seen of the list.
    pub window: Window,
    /// What the parts of the page share.
    pub desk: Desk,
}

impl Placed {
    fn style(&self) -> String {
        format!("--index:{}", self.index)
    }

    /// Counted from 1, the head included.
    fn number(&self) -> String {
        (self.index + 2).to_string()
    }

    fn is_here(self) -> bool {
        self.window.cursor.get() == self.index
    }

    /// What is true of the row, in words for the style sheet.
    fn marks(self, id: &str) -> String {
        let Desk {
            selection,
            delete,
            peeked,
            ..
        } = self.desk;
        // Deletions outlive the drawing of a list and tell its rows once more.
        let Some(cursor) = self.window.cursor.try_get() else {
            return String::new();
        };
        let is_leaving = delete
            .held
            .with(|held| held.iter().any(|held| held.target.contains(id)));
        let is_peeked = peeked.with(|peeked| peeked.as_deref() == Some(id));
        let marks = [
            (cursor == self.index, "here"),
            (selection.has(id), "chosen"),
            (is_leaving, "leaving"),
            (is_peeked, "peeked"),
        ];
        let words = marks.into_iter().filter(|(is_true, _)| *is_true);
        words.map(|(_, word)| word).collect::<Vec<_>>().join(" ")
    }
}

/// The place of a row that is on its way.
pub fn coming_row(placed: Placed) -> AnyView {
    view! {
        <tr class="trace-table__row" data-coming="true" style=placed.style() aria-rowindex=placed.number()>
            <td class="trace-table__coming"><span class="visually-hidden">"Loading"</span></td>
        </tr>
    }
    .into_any()
}

/// A row; `placed` if it is one of a list that is scrolled through.
pub fn table_row(
    row: &TraceRow,
    columns: &Columns,
    scope: &Scope,
    placed: Option<Placed>,
) -> AnyView {
    let name = number::name_or_id(&row.name, &row.trace_id);
    let marks = placed.map(|placed| {
        let id = row.trace_id.clone();
        move || placed.marks(&id)
    });
    let pick = placed.map(|placed| pick(placed, row.trace_id.clone(), &name));
    let line = Line {
        row,
        name,
        columns,
        scope,
        placed,
        inner: placed.map(|_| "-1"),
    };
    let cells = columns.list.iter().enumerate();
    let cells: Vec<AnyView> = cells
        .map(|(place, column)| line.cell(place, column))
        .collect();
    view! {
        <tr
            class="trace-table__row"
            style=placed.map(|placed| placed.style())
            aria-rowindex=placed.map(|placed| placed.number())
            data-mark=marks
        >
            <td class="trace-table__check">{pick}</td>
            {cells}
        </tr>
    }
    .into_any()
}

/// A row on its way to be drawn.
struct Line<'a> {
    row: &'a TraceRow,
    /// Its name, or what stands for it.
    name: String,
    columns: &'a Columns,
    scope: &'a Scope,
    placed: Option<Placed>,
    /// Keeps what stands in a row out of the way of Tab.
    inner: Option<&'static str>,
}

impl Line<'_> {
    /// A cell. What it says to the filter is named in `data-cell`; cells of several such parts name them within.
    fn cell(&self, place: usize, column: &Column) -> AnyView {
        let row = self.row;
        let mut said = Some(column.key.clone());
        let mut title = None;
        let content = match column.key.as_str() {
            "state" => {
                let only = format!("status = '{}'", row.state.as_str());
                let state = view! { <StateBadge state=row.state/> }.into_any();
                narrow(
                    self.scope.narrowed(&only),
                    "Only this state",
                    state,
                    self.inner,
                )
            }
            "time" => match self.placed {
                Some(_) => time_now(row.time_ms),
                None => view! { <Time millis=row.time_ms style=TimeStyle::Short/> }.into_any(),
            },
            "name" => {
                said = None;
                self.link()
            }
            "preview" => {
                view! { {text("request", &row.request)} {text("response", &row.response)} }
                    .into_any()
            }
            "request" => {
                said = Some("preview".to_owned());
                text("request", &row.request).into_any()
            }
            "response" => {
                said = None;
                text("response", &row.response).into_any()
            }
            "duration" => view! { <DurationBar millis=row.duration_ms/> }.into_any(),
            "tokens" => {
                said = None;
                title = row
                    .tokens
                    .map(|count| number::grouped(count.unsigned_abs()));
                row.tokens.map_or("—".to_owned(), number::short).into_any()
            }
            "spans" => {
                said = None;
                number::grouped(row.spans.into()).into_any()
            }
            "cost" => {
                said = None;
                row.cost.map_or("—".to_owned(), number::dollars).into_any()
            }
            "who" => {
                said = None;
                let part = |key: &'static str, class: &'static str| {
                    view! { <span class=class data-cell=key tabindex=self.inner>{self.who(key)}</span> }.into_any()
                };
                view! { {part("session", "trace-table__session")} {part("user", "trace-table__user")} }.into_any()
            }
            "session" => self.who("session").into_any(),
            "user" => self.who("user").into_any(),
            "run" => row
                .run
                .as_deref()
                .map(|run| run_link(run, self.inner))
                .into_any(),
            "feedback" => {
                said = None;
                let chips = row
                    .feedback
                    .iter()
                    .cloned()
                    .map(feedback_chip)
                    .collect_view();
                view! { {chips} {more_feedback(&row.more_feedback)} }.into_any()
            }
            "tags" => {
                said = None;
                tags(row).into_any()
            }
            key => {
                let text = self.columns.extra(row, key).map(str::to_owned);
                let others = self.columns.others(row, key).map(|count| {
                    title = text
                        .as_ref()
                        .map(|text| format!("{text} (and {count} more in further spans)"));
                    view! { <span class="trace-table__others">"+"{count.to_owned()}</span> }
                });
                title = title.or_else(|| text.clone());
                // Above the row's link, so that the pointer finds the cell.
                view! { <span class="trace-table__narrow">{text}</span> {others} }.into_any()
            }
        };
        let stop = self.inner.filter(|_| said.is_some());
        let is_sized = self.placed.is_some() || self.columns.is_chosen;
        let style = is_sized.then(|| width_of(place));
        view! { <td class=column.class() data-cell=said tabindex=stop title=title style=style>{content}</td> }.into_any()
    }

    /// The way to the trace.
    fn link(&self) -> AnyView {
        let placed = self.placed;
        let href = trace_href(&self.row.trace_id);
        let title = self.row.name.clone();
        let stop = move || placed.map(|placed| if placed.is_here() { "0" } else { "-1" });
        let tags = (!self.columns.has("tags"))
            .then(|| tags(self.row))
            .flatten();
        view! {
            <a class="trace-table__link" href=href title=title tabindex=stop data-cell="name">{self.name.clone()}</a>
            {tags}
        }
        .into_any()
    }

    /// Session or user: narrows the list to it, and leads to its page.
    fn who(&self, key: &'static str) -> Option<AnyView> {
        let (text, title) = match key {
            "session" => (self.row.session.clone()?, "Only this session"),
            _ => (self.row.user.clone()?, "Only this user"),
        };
        let href = match self.scope {
            Scope::Experiment { path, .. } => Some(query(path, &[(key, &text)])),
            Scope::Run { .. } => None,
        };
        let title_text = format!("{title}: {text}");
        let page = match (key, self.scope.experiment()) {
            ("session", Some(experiment)) => Some(session_href(experiment, &text)),
            ("session", None) => Some(session_path(&text)),
            (_, experiment) => experiment.map(|experiment| user_href(experiment, &text)),
        };
        let page = page.map(|href| {
            let name = format!("Open {key} {text}");
            view! { <a class="trace-table__only" href=href title=name.clone() aria-label=name.clone() tabindex=self.inner>"›"</a> }
        });
        let content = view! { <span title=title_text>{text}</span> }.into_any();
        let narrow = narrow(href, title, content, self.inner);
        Some(view! { {narrow} {page} }.into_any())
    }
}

/// A text of the trace on one line.
fn text(which: &'static str, text: &str) -> Option<AnyView> {
    let class = format!("trace-table__{which}");
    let text = text.to_owned();
    (!text.is_empty()).then(|| view! { <span class=class dir="auto">{text}</span> }.into_any())
}

/// The width of the cells at a place among the columns, as far as the table says.
pub fn width_of(place: usize) -> String {
    format!("--w:var(--c{place})")
}

/// Takes the row in or out of the choice.
fn pick(placed: Placed, id: String, name: &str) -> AnyView {
    let Desk {
        selection, feed, ..
    } = placed.desk;
    let press = move |event: leptos::ev::MouseEvent| match event.shift_key() {
        true => selection.extend_to(feed, placed.index),
        false => selection.toggle(feed, placed.index),
    };
    view! {
        <label class="trace-table__pick">
            <input
                type="checkbox"

                tabindex="-1"
                aria-label=format!("Choose {name}")
                title=hint("Choose", "x")
                prop:checked=move || selection.has(&id)
                on:click=press
            />
        </label>
    }
    .into_any()
}

fn tags(row: &TraceRow) -> Option<AnyView> {
    let chips = row.tags.iter().map(|(key, value)| {
        let title = format!("{key}: {value}");
        view! { <span class="chip" title=title><span class="chip__key">{key.clone()}</span>{value.clone()}</span> }
    });
    let chips = chips.collect_view();
    (!row.tags.is_empty())
        .then(|| view! { <span class="trace-table__tags">{chips}</span> }.into_any())
}

/// A cell that narrows the list when pressed, or plain content where there is no list to narrow.
/// `stop` keeps it out of the way of Tab.
fn narrow(
    href: Option<String>,
    title: &'static str,
    content: AnyView,
    stop: Option<&'static str>,
) -> AnyView {
    match href {
        Some(href) => view! {
            <a class="trace-table__narrow" href=href title=title tabindex=stop>{content}</a>
        }
        .into_any(),
        None => content,
    }
}

fn run_link(run: &str, stop: Option<&'static str>) -> AnyView {
    let label: String = run.chars().take(8).collect();
    view! { <a class="trace-table__narrow" href=run_href(run) title=run.to_owned() tabindex=stop>{label}</a> }
        .into_any()
}

/// A judgement in one glance: who by its icon, what by name and value, good or bad by colour and value both.
pub fn feedback_chip(chip: FeedbackChip) -> AnyView {
    use domain::assessment::SourceType;
    let source = match chip.source {
        SourceType::Human => IconName::Person,
        SourceType::LlmJudge => IconName::Gavel,
        _ => IconName::Code,
    };
    let is_thumb = chip.name == crate::server_fns::feedback_names::THUMB;
    let value = match (is_thumb, chip.tone) {
        (true, Tone::Up) => view! { <Icon name=IconName::ThumbUp/> }.into_any(),
        (true, Tone::Down) => view! { <Icon name=IconName::ThumbDown/> }.into_any(),
        _ => view! {
            <span class="chip__key" aria-hidden="true">{chip.name.clone()}</span>
            <span aria-hidden="true">{chip.text.clone()}</span>
        }
        .into_any(),
    };
    let title = format!("{}: {}", chip.name, chip.text);
    let tone = match chip.tone {
        Tone::Up => "ok",
        Tone::Down => "error",
        Tone::Plain => "plain",
    };
    view! {
        <span class="chip" data-tone=tone title=title>
            <Icon name=source/>
            {value}
            <span class="visually-hidden">{title.clone()}</span>
        </span>
    }
    .into_any()
}

/// Further feedback, counted.
fn more_feedback(names: &[String]) -> Option<AnyView> {
    let title = format!("And {}", names.join(", "));
    let count = format!("+{}", names.len());
    (!names.is_empty()).then(|| {
        view! {
            <span class="chip" title=title.clone()>
                <span aria-hidden="true">{count}</span>
                <span class="visually-hidden">{title.clone()}</span>
            </span>
        }
        .into_any()
    })
}
