//! The opened span: what it is, and its inputs, outputs, attributes, events and links in tabs.
//!
//! The tab is in the address, so that a link leads to what was seen.

use domain::ids::SpanId;
use domain::span::{StatusCode, keys};
use domain::span_table::Segment;
use domain::time::human_duration;
use leptos::prelude::*;

use super::attributes::{Attributes, Links};
use super::events::{Events, last_exception};
use super::layout::Layout;
use super::tree_state::TreeState;
use super::values::{BlobPlace, ValuePanel};
use crate::address::at;
use crate::error::AppError;
use crate::model::{SpanDetail, TraceNotes};
use crate::opened::Origin;
use crate::pages::skeleton;
use crate::reads::{Loaded, Reply, awaited};
use crate::text::number;
use crate::trace_view::assessments::Assessments;
use crate::trace_view::notes::Notes;
use crate::url_state::{query, segment};
use crate::widgets::badge::{KindIcon, StatusBadge};
use crate::widgets::copy::CopyButton;
use crate::widgets::problem::Problem;

/// A tab of the panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// Inputs and outputs.
    #[default]
    Values,
    /// Attributes.
    Attributes,
    /// Events.
    Events,
    /// Links.
    Links,
    /// What was said about the trace and its spans.
    Feedback,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Values,
        Self::Attributes,
        Self::Events,
        Self::Links,
        Self::Feedback,
    ];

    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Values => "io",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Links => "links",
            Self::Feedback => "feedback",
        }
    }

    /// From the address; anything unknown is the default.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.as_str() == text)
            .unwrap_or_default()
    }

    fn label(self) -> &'static str {
        match self {
            Self::Values => "In/out",
            Self::Attributes => "Attributes",
            Self::Events => "Events",
            Self::Links => "Links",
            Self::Feedback => "Feedback",
        }
    }
}

/// The panel of the opened span.
#[component]
pub fn SpanPanel(
    /// Element id, unique in the document.
    id: String,
    /// The trace.
    trace_id: String,
    /// The opened span.
    detail: Loaded,
    /// The open tab.
    tab: Signal<Tab>,
    /// The shared state of the trace's panels.
    tree: TreeState,
    /// How the spans are seen, for the addresses of tabs.
    layout: RwSignal<Layout>,
    /// Address of the page that tabs lead to; empty for the present one.
    page: String,
    /// Feedback on the trace; `None` leaves its tab out.
    notes: Option<Notes>,
) -> impl IntoView {
    let label = format!("Opened span of {}", number::short_id(&trace_id));
    let names = StoredValue::new((trace_id, page));
    let (is_pending, set_pending) = signal(false);
    let draw = move |reply: Reply| {
        let (trace_id, page) = names.get_value();
        match reply.open() {
            Ok(span) => opened(
                span,
                trace_id,
                page,
                Panel {
                    tab,
                    tree,
                    layout,
                    notes,
                },
            ),
            Err(AppError::NotFound { .. }) => no_span(),
            Err(error) => {
                view! { <Problem error=error on_retry=move |()| detail.refetch()/> }.into_any()
            }
        }
    };
    view! {
        <section
            class="span-detail"
            data-pane=""
            id=id
            tabindex="-1"
            aria-label=label
            data-pending=move || is_pending.get().then_some("true")
        >
            {awaited(detail, skeleton, set_pending, draw)}
        </section>
    }
    .into_any()
}

fn no_span() -> AnyView {
    view! {
        <div class="empty">
            <p class="empty__lead">"No span here yet."</p>
            <p class="quiet">
                "The trace was announced, but its spans have not arrived, or this one was deleted. Reload to look again."
            </p>
        </div>
    }
    .into_any()
}

/// What the panel shows besides its span.
#[derive(Clone, Copy)]
struct Panel {
    tab: Signal<Tab>,
    tree: TreeState,
    layout: RwSignal<Layout>,
    notes: Option<Notes>,
}

fn opened(span: SpanDetail, trace_id: String, page: String, panel: Panel) -> AnyView {
    let Panel { tab, notes, .. } = panel;
    // What an opened file holds has no address.
    let origin = panel.tree.origin;
    let raw = match origin {
        Origin::File { .. } => String::new(),
        Origin::Server => {
            let trace = segment(&trace_id);
            at(&format!("/ui-api/traces/{trace}/spans/{}", span.span_id))
        }
    };
    let head = head(&span, raw.clone(), panel.tree);
    let tabs = tabs(&span, &page, panel);
    let label = format!("Content of the span {}", span.span_id);
    let span = StoredValue::new(span);
    let content = move || {
        let span = span.get_value();
        match tab.get() {
            Tab::Values => view! { {failure(&span)} {values(span, &raw, origin)} }.into_any(),
            Tab::Attributes => view! { <Attributes attributes=span.attributes/> }.into_any(),
            Tab::Events => view! { <Events events=span.events/> }.into_any(),
            Tab::Links => {
                view! { <Links links=span.links is_local=origin != Origin::Server/> }.into_any()
            }
            Tab::Feedback => notes
                .map(|notes| view! { <Assessments notes=notes/> })
                .into_any(),
        }
    };
    view! {
        {head}
        {tabs}
        <div class="span-detail__body" role="region" aria-label=label tabindex="0">
            {content}
        </div>
    }
    .into_any()
}

fn head(span: &SpanDetail, raw: String, tree: TreeState) -> AnyView {
    let duration = span
        .duration_nanos
        .map_or("running".to_owned(), human_duration);
    let tokens = span.tokens.map(|(input, output)| {
        let title = "Tokens: in → out";
        view! {
            <span title=title class="figures">
                {format!("{} → {} tokens", number::short(input), number::short(output))}
            </span>
        }
    });
    view! {
        <header class="span-detail__head">
            <div class="span-detail__title">
                <KindIcon kind=span.kind.clone()/>
                <h2 class="span-detail__name" dir="auto">{span.name.clone()}</h2>
                <span class="span-detail__kind">{span.kind.clone()}</span>
                <StatusBadge status=span.status is_running=span.duration_nanos.is_none()/>
            </div>
            <div class="span-detail__facts">
                <span class="figures">{duration}</span>
                {own_time(span, tree)}
                {span.percentile.map(|(part, spans)| place_words(part, spans)).map(|(words, title)| view! { <span title=title>{words}</span> })}
                {span.model.clone().map(|model| view! { <span>{model}</span> })}
                {tokens}
                {span.cost.map(|cost| view! { <span class="figures">{number::dollars(cost)}</span> })}
                {rolled_up(span, tree)}
                <span class="span-detail__id">
                    <code>{span.span_id.clone()}</code>
                    <CopyButton text=span.span_id.clone() what="span id"/>
                </span>
                {(!raw.is_empty()).then(|| view! { <a href=raw target="_blank" rel="noopener external">"JSON"</a> })}
            </div>
        </header>
    }
    .into_any()
}

/// How the span's duration compares with this week's of its name, and of how many.
fn place_words(part: f64, spans: u64) -> (String, String) {
    let percent = (part * 100.0).floor();
    let words = if percent >= 50.0 {
        format!("slower than {percent:.0} % of this week's")
    } else {
        format!("quicker than {:.0} % of this week's", 100.0 - percent)
    };
    let title = format!(
        "Of {} spans of this name in the last seven days",
        number::grouped(spans)
    );
    (words, title)
}

/// Tokens and cost of the span with all below it, if those below add any.
fn rolled_up(span: &SpanDetail, tree: TreeState) -> AnyView {
    let id = span.span_id.parse::<SpanId>().ok();
    let own = span.tokens;
    let text = move || {
        let table = tree.table.get()?;
        let row = table.row_of(id?)?;
        if own.is_some() || table.descendant_count(row) == 0 {
            return None;
        }
        let sum = table.subtree_sum(row);
        let usage = sum.usage?;
        let cost = sum
            .cost
            .map(|cost| format!(" · {}", number::dollars(cost.total_cost)));
        let words = format!(
            "below: {} → {} tokens{}",
            number::short(usage.input_tokens),
            number::short(usage.output_tokens),
            cost.unwrap_or_default()
        );
        let title = "The sum of all spans below. Where a span and one below it both say, the outer one counts.";
        Some(view! { <span class="figures" title=title>{words}</span> })
    };
    text.into_any()
}

/// What the span did by itself, and its part of the critical path if that is drawn.
fn own_time(span: &SpanDetail, tree: TreeState) -> AnyView {
    let id = span.span_id.parse::<SpanId>().ok();
    let text = move || {
        let table = tree.table.get()?;
        let row = table.row_of(id?)?;
        let mut words = Vec::new();
        if table.descendant_count(row) > 0 {
            words.push(format!("self {}", human_duration(table.self_time(row))));
        }
        let path = tree.path.get();
        let waited: i64 = path.of_row(row).map(Segment::nanos).sum();
        if waited > 0 {
            let share = number::share(waited.unsigned_abs(), table.duration().unsigned_abs());
            words.push(format!("{share} of the critical path"));
        }
        (!words.is_empty()).then(|| words.join(" · "))
    };
    (move || text().map(|text| view! { <span class="figures">{text}</span> })).into_any()
}

fn tabs(span: &SpanDetail, page: &str, panel: Panel) -> AnyView {
    let Panel {
        tab: open,
        layout,
        notes,
        ..
    } = panel;
    let count = |tab: Tab| match tab {
        Tab::Values | Tab::Feedback => None,
        Tab::Attributes => Some(span.attributes.len()),
        Tab::Events => Some(span.events.len()),
        Tab::Links => Some(span.links.len()),
    };
    let is_shown = |tab: Tab| match tab {
        Tab::Links => !span.links.is_empty(),
        Tab::Feedback => notes.is_some(),
        _ => true,
    };
    let links = Tab::ALL
        .into_iter()
        .filter(|tab| is_shown(*tab))
        .map(|tab| {
            let name = if tab == Tab::default() {
                ""
            } else {
                tab.as_str()
            };
            let (page, span_id) = (page.to_owned(), span.span_id.clone());
            let href = move || {
                let view = layout.get().parameter();
                query(&page, &[("span", &span_id), ("tab", name), ("view", view)])
            };
            let count = match (tab, notes) {
                (Tab::Feedback, Some(notes)) => feedback_count(notes),
                _ => count(tab)
                    .filter(|n| *n > 0)
                    .map(|n| n.to_string())
                    .into_any(),
            };
            view! {
                <a
                    class="tabs__tab"
                    href=href
                    data-noscroll="true"
                    aria-current=move || (open.get() == tab).then_some("true")
                >
                    {tab.label()}
                    <span class="tabs__count">{count}</span>
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=format!("Parts of the span {}", span.span_id)>{links}</nav> }.into_any()
}

fn feedback_count(notes: Notes) -> AnyView {
    let (_, set_pending) = signal(false);
    let count = |reply: Reply| {
        let said = reply
            .open::<TraceNotes>()
            .map_or(0, |notes| notes.assessments.len());
        (said > 0).then(|| said.to_string()).into_any()
    };
    awaited(notes.resource, || ().into_any(), set_pending, count)
}

/// Why the span failed, if it did: its exception, else its status message.
fn failure(span: &SpanDetail) -> Option<AnyView> {
    if span.status != StatusCode::Error {
        return None;
    }
    if let Some(exception) = last_exception(&span.events) {
        return Some(exception);
    }
    let message = span.status_message.trim().to_owned();
    (!message.is_empty()).then(|| {
        view! {
            <div class="exception">
                <p class="exception__type">{message}</p>
            </div>
        }
        .into_any()
    })
}

fn values(span: SpanDetail, address: &str, origin: Origin) -> AnyView {
    let whole = |key: &str| match origin {
        Origin::Server => query(address, &[("full", "1"), ("key", key)]),
        Origin::File { .. } => String::new(),
    };
    let blobs = |is_output: bool| match (origin, is_output) {
        (Origin::Server, false) => BlobPlace::Address(format!("{address}/blobs/inputs/")),
        (Origin::Server, true) => BlobPlace::Address(format!("{address}/blobs/outputs/")),
        (file, _) => BlobPlace::File(file, span.span_id.clone(), is_output),
    };
    let kind = span.kind;
    let absent = match (span.status, span.duration_nanos) {
        (StatusCode::Error, _) => "None: the span failed.",
        (_, None) => "None yet: the span is running.",
        _ => "None was recorded.",
    };
    view! {
        <ValuePanel title="Input" kind=kind.clone() whole=whole(keys::INPUTS) blobs=blobs(false) value=span.inputs absent="None was recorded."/>
        <ValuePanel title="Output" kind=kind whole=whole(keys::OUTPUTS) blobs=blobs(true) value=span.outputs absent=absent/>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Tab;

    #[test]
    fn a_duration_is_told_from_its_better_side() {
        assert_eq!(
            super::place_words(0.978, 1_204).0,
            "slower than 97 % of this week's"
        );
        assert_eq!(
            super::place_words(0.121, 1_204).0,
            "quicker than 88 % of this week's"
        );
        assert!(super::place_words(0.5, 1_204).1.contains("1,204"));
    }

    #[test]
    fn tabs_round_trip_through_the_address() {
        for tab in Tab::ALL {
            assert_eq!(Tab::parse(tab.as_str()), tab);
        }
        assert_eq!(Tab::parse("nonsense"), Tab::Values);
    }
}
