//! The opened span: what it is, and its inputs, outputs, attributes, events and links in tabs.
//!
//! The tab is in the address, so that a link leads to what was seen.

mod head;

use domain::span::{StatusCode, keys};
use leptos::prelude::*;

use self::head::head;
use super::attributes::{Attributes, Links};
use super::events::{Events, last_exception};
use super::find_value::Search;
use super::layout::Layout;
use super::pin::Pins;
use super::tab::Tab;
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
use crate::widgets::problem::Problem;

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
    let panel_id = StoredValue::new(id.clone());
    // The row above spans whose parent never came.
    let is_missing = Memo::new(move |_| {
        tree.marked.track();
        let is_placeholder = tree.table.with(|table| {
            let table = table.as_ref()?;
            Some(table.is_placeholder(tree.marked_row()?))
        });
        is_placeholder.unwrap_or_default()
    });
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
                &panel_id.get_value(),
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
            {move || is_missing.get().then(never_came)}
            <div class="span-detail__content" hidden=move || is_missing.get()>
                {awaited(detail, skeleton, set_pending, draw)}
            </div>
        </section>
    }
    .into_any()
}

fn never_came() -> AnyView {
    view! {
        <div class="empty">
            <p class="empty__lead">"This span has not arrived."</p>
            <p class="quiet">
                "The spans below it name it as their parent. It may still run, its client may have ended before it was sent, or sends to another place."
            </p>
        </div>
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

/// Where a span is to be had by itself.
pub fn span_address(trace_id: &str, span_id: &str) -> String {
    at(&format!(
        "/ui-api/traces/{}/spans/{span_id}",
        segment(trace_id)
    ))
}

/// What the panel shows besides its span.
#[derive(Clone, Copy)]
struct Panel {
    tab: Signal<Tab>,
    tree: TreeState,
    layout: RwSignal<Layout>,
    notes: Option<Notes>,
}

fn opened(span: SpanDetail, trace_id: String, page: String, panel: Panel, id: &str) -> AnyView {
    let Panel { tab, notes, .. } = panel;
    // What an opened file holds has no address.
    let origin = panel.tree.origin;
    let raw = match origin {
        Origin::File { .. } => String::new(),
        Origin::Server => span_address(&trace_id, &span.span_id),
    };
    let head = head(&span, raw.clone(), panel.tree);
    let tabs = tabs(&span, &page, panel);
    let experiment = span.experiment;
    let pins = experiment.map(|experiment| Pins::new(trace_id, experiment));
    let label = format!("Content of the span {}", span.span_id);
    let span = StoredValue::new(span);
    let body = format!("{id}-body");
    let search = Search::new(body.clone(), tab);
    let find = search.view(format!("{id}-find"));
    let content = move || {
        let span = span.get_value();
        match tab.get() {
            Tab::Values => view! { {failure(&span)} {values(span, &raw, origin)} }.into_any(),
            Tab::Attributes => {
                view! { <Attributes attributes=span.attributes pins=pins/> }.into_any()
            }
            Tab::Events => view! { <Events events=span.events/> }.into_any(),
            Tab::Links => {
                view! { <Links links=span.links is_local=origin != Origin::Server/> }.into_any()
            }
            Tab::Feedback => notes
                .map(|notes| view! { <Assessments notes=notes span_id=span.span_id/> })
                .into_any(),
        }
    };
    view! {
        {head}
        <div class="span-detail__bar">{tabs} {find}</div>
        <div class="span-detail__body" id=body role="region" aria-label=label tabindex="0">
            {content}
        </div>
    }
    .into_any()
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
    let id = span.span_id.clone();
    let blobs = |is_output: bool| BlobPlace::of(origin, address, &id, is_output);
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
