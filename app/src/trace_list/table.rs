//! Traces as a table: every row is a link, cells that can narrow the list are links too, so all of it works without script.

use leptos::prelude::*;

use super::feed::Feed;
use super::pager::Scope;
use super::scroll_map::ScrollMap;
use super::window::Window;
use crate::model::{FeedbackChip, Tone, TraceRow};
use crate::text::number;
use crate::url_state::{
    Sort, filter_text, query, run_href, session_href, session_path, trace_href, user_href,
};
use crate::widgets::badge::StateBadge;
use crate::widgets::duration_bar::DurationBar;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::{IsAlive, Time, TimeStyle, time_now};

/// Columns that appear only if some row fills them, so that the previews get the room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Columns {
    tokens: bool,
    cost: bool,
    who: bool,
    run: bool,
    feedback: bool,
}

impl Columns {
    fn of(rows: &[TraceRow], is_run_known: bool) -> Self {
        let any = |is_filled: fn(&TraceRow) -> bool| rows.iter().any(is_filled);
        Self {
            tokens: any(|row| row.tokens.is_some()),
            cost: any(|row| row.cost.is_some()),
            who: any(|row| row.session.is_some() || row.user.is_some()),
            run: !is_run_known && any(|row| row.run.is_some()),
            feedback: any(|row| !row.feedback.is_empty()),
        }
    }
}

/// A table of traces: all rows as the server wrote them, and in a page that is alive those in view of all that match.
#[component]
pub fn TraceTable(
    /// The rows of the first page in their order.
    rows: Vec<TraceRow>,
    /// Where the rows come from; decides what cells link to.
    scope: Scope,
    /// Brings further rows; `None` if these are all.
    feed: Option<Feed>,
) -> impl IntoView {
    let columns = Columns::of(&rows, matches!(scope, Scope::Run { .. }));
    let head = head(columns, &scope);
    let still = {
        let scope = scope.clone();
        move || {
            let row = |row: &TraceRow| table_row(row, columns, &scope, None);
            rows.iter().map(row).collect_view().into_any()
        }
    };
    match feed {
        Some(feed) => scrolled_table(head, feed, columns, scope, still),
        None => view! {
            <div class="trace-scroll">
                <table class="trace-table" on:keydown=walk_rows>
                    <thead>{head}</thead>
                    <tbody>{still()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    }
}

/// The table of a list that can be scrolled through.
fn scrolled_table(
    head: AnyView,
    feed: Feed,
    columns: Columns,
    scope: Scope,
    still: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
    let window = Window::new(feed);
    let map = window.map;
    let count = move || match feed.total.get() {
        Some(total) => (total + 1).to_string(),
        None => "-1".to_owned(),
    };
    let height = move || format!("{:.0}px", map.with(ScrollMap::height));
    let base = move || window.drawn.get().0.to_string();
    let offset = move || {
        let (first, _) = window.drawn.get();
        format!(
            "{:.1}px",
            map.with(|map| map.offset(first, window.place.get()))
        )
    };
    let scope = StoredValue::new(scope);
    let body = move || {
        match is_alive() {
        false => still(),
        true => view! {
            <For
                each=move || window.keys()
                key=|key| *key
                children=move |(index, _, _)| {
                    let placed = Placed { index, window };
                    let row = feed.with_row(index, |row| scope.with_value(|scope| table_row(row, columns, scope, Some(placed))));
                    row.unwrap_or_else(|| coming_row(placed))
                }
            />
        }
        .into_any(),
    }
    };
    window.listen();
    view! {
        <div
            class="trace-scroll"
            node_ref=window.scroller
            tabindex="-1"
            data-virtual=move || is_alive().then_some("true")
            on:scroll=move |_| window.on_scroll()
        >
            <table class="trace-table" aria-rowcount=count style=("--total", height)>
                <thead>{head}</thead>
                <tbody style=("--base", base) style=("--offset", offset)>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Where a row of a list that is scrolled through stands.
#[derive(Clone, Copy)]
struct Placed {
    index: u64,
    window: Window,
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
}

/// The place of a row that is on its way.
fn coming_row(placed: Placed) -> AnyView {
    view! {
        <tr class="trace-table__row" data-coming="true" style=placed.style() aria-rowindex=placed.number()>
            <td class="trace-table__coming"><span class="visually-hidden">"Loading"</span></td>
        </tr>
    }
    .into_any()
}

fn head(columns: Columns, scope: &Scope) -> AnyView {
    let time = sort_head(scope, "Time", "time", Sort::Newest, Sort::Oldest);
    let duration = sort_head(scope, "Duration", "duration", Sort::Slowest, Sort::Fastest);
    let plain = |label: &'static str, class: &'static str| {
        view! { <th scope="col" class=format!("trace-table__{class}")>{label}</th> }
    };
    view! {
        <tr>
            {plain("State", "state")} {time} {plain("Name", "name")}
            {plain("Request → response", "preview")} {duration}
            {columns.tokens.then(|| plain("Tokens", "tokens"))}
            {columns.cost.then(|| plain("Cost", "cost"))}
            {columns.who.then(|| plain("Session, user", "who"))}
            {columns.run.then(|| plain("Run", "run"))}
            {columns.feedback.then(|| plain("Feedback", "feedback"))}
        </tr>
    }
    .into_any()
}

/// A column head that sorts: the first press brings `first`, the next one the other way round.
fn sort_head(
    scope: &Scope,
    label: &'static str,
    class: &'static str,
    first: Sort,
    second: Sort,
) -> AnyView {
    let class = format!("trace-table__{class}");
    let Scope::Experiment { state, path } = scope else {
        return view! { <th scope="col" class=class>{label}</th> }.into_any();
    };
    let (order, next) = match state.sort {
        sort if sort == first => (Some("descending"), second),
        sort if sort == second => (Some("ascending"), first),
        _ => (None, first),
    };
    view! {
        <th scope="col" class=class aria-sort=order>
            <a class="trace-table__sort" href=state.sorted(next).href(path)>
                {label} <Icon name=IconName::Chevron/>
            </a>
        </th>
    }
    .into_any()
}

fn table_row(row: &TraceRow, columns: Columns, scope: &Scope, placed: Option<Placed>) -> AnyView {
    let row = row.clone();
    let href = trace_href(&row.trace_id);
    let name = if row.name.is_empty() {
        number::short_id(&row.trace_id)
    } else {
        row.name.clone()
    };
    let has_tags = !row.tags.is_empty();
    let tags = row
        .tags
        .into_iter()
        .map(|(key, value)| {
            let title = format!("{key}: {value}");
            view! { <span class="chip" title=title><span class="chip__key">{key}</span>{value}</span> }
        })
        .collect_view();
    let tokens = row.tokens;
    let time = match placed {
        Some(_) => time_now(row.time_ms),
        None => view! { <Time millis=row.time_ms style=TimeStyle::Short/> }.into_any(),
    };
    let stop = move || placed.map(|placed| if placed.is_here() { "0" } else { "-1" });
    let inner = placed.map(|_| "-1");
    let narrow = move |href, title, content| narrow(href, title, content, inner);
    view! {
        <tr
            class="trace-table__row"
            style=placed.map(|placed| placed.style())
            aria-rowindex=placed.map(|placed| placed.number())
            data-here=move || placed.is_some_and(Placed::is_here).then_some("true")
        >
            <td class="trace-table__state">
                {narrow(scope.narrowed(&format!("status = '{}'", row.state.as_str())), "Only this state", view! { <StateBadge state=row.state/> }.into_any())}
            </td>
            <td class="trace-table__time">{time}</td>
            <td class="trace-table__name">
                <a class="trace-table__link" href=href title=row.name.clone() tabindex=stop>{name}</a>
                {name_filter(&row.name, scope, inner)}
                {has_tags.then(|| view! { <span class="trace-table__tags">{tags}</span> })}
            </td>
            <td class="trace-table__preview">
                <span class="trace-table__request" dir="auto">{row.request}</span>
                {(!row.response.is_empty())
                    .then(|| view! { <span class="trace-table__response" dir="auto">{row.response}</span> })}
            </td>
            <td class="trace-table__duration"><DurationBar millis=row.duration_ms/></td>
            {columns
                .tokens
                .then(|| {
                    let title = tokens.map(|count| number::grouped(count.unsigned_abs()));
                    let text = tokens.map_or("—".to_owned(), number::short);
                    view! { <td class="trace-table__tokens" title=title>{text}</td> }
                })}
            {columns
                .cost
                .then(|| {
                    view! { <td class="trace-table__cost">{row.cost.map_or("—".to_owned(), number::dollars)}</td> }
                })}
            {columns.who.then(|| who(row.session, row.user, scope, inner))}
            {columns.run.then(|| view! { <td class="trace-table__run">{row.run.map(|run| run_link(&run, inner))}</td> })}
            {columns
                .feedback
                .then(|| {
                    let chips = row.feedback.into_iter().map(feedback_chip).collect_view();
                    let more = more_feedback(&row.more_feedback);
                    view! { <td class="trace-table__feedback">{chips} {more}</td> }
                })}
        </tr>
    }
    .into_any()
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

fn name_filter(name: &str, scope: &Scope, stop: Option<&'static str>) -> Option<AnyView> {
    let value = filter_text(name).filter(|_| !name.is_empty())?;
    let href = scope.narrowed(&format!("name = {value}"))?;
    let label = format!("Only traces named {name}");
    Some(
        view! {
            <a class="trace-table__only" href=href title=label.clone() aria-label=label tabindex=stop>"="</a>
        }
        .into_any(),
    )
}

fn who(
    session: Option<String>,
    user: Option<String>,
    scope: &Scope,
    stop: Option<&'static str>,
) -> AnyView {
    let part = |text: Option<String>, key: &'static str, title: &'static str| {
        let text = text?;
        let href = match scope {
            Scope::Experiment { path, .. } => Some(query(path, &[(key, &text)])),
            Scope::Run { .. } => None,
        };
        let title_text = format!("{title}: {text}");
        let page = match (key, scope.experiment()) {
            ("session", Some(experiment)) => Some(session_href(experiment, &text)),
            ("session", None) => Some(session_path(&text)),
            (_, experiment) => experiment.map(|experiment| user_href(experiment, &text)),
        };
        let page = page.map(|href| {
            let name = format!("Open {key} {text}");
            view! { <a class="trace-table__only" href=href title=name.clone() aria-label=name.clone() tabindex=stop>"›"</a> }
        });
        let content = view! { <span title=title_text>{text}</span> }.into_any();
        let narrow = narrow(href, title, content, stop);
        Some(view! { {narrow} {page} }.into_any())
    };
    view! {
        <td class="trace-table__who">
            <span class="trace-table__session">{part(session, "session", "Only this session")}</span>
            <span class="trace-table__user">{part(user, "user", "Only this user")}</span>
        </td>
    }
    .into_any()
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

/// `j`, `k` and the arrows go from row to row.
fn walk_rows(event: leptos::ev::KeyboardEvent) {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::JsCast;
        let step = match event.key().as_str() {
            "ArrowDown" | "j" => 1,
            "ArrowUp" | "k" => -1,
            _ => return,
        };
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        let table = event
            .current_target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        if let (Some(table), false) = (table, has_modifier) {
            event.prevent_default();
            crate::browser::focus_sibling(&table, ".trace-table__link", step);
        }
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}
