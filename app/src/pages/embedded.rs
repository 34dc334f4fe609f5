//! Traces without the frame, for notebooks that show them in an inline frame.
//!
//! The address is the one that MLflow's clients build into notebook output. Links lead to the full page in a tab of its own.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::model::TraceHead;
use crate::pages::skeleton;
use crate::reads::{Loaded, Reply, awaited};
use crate::text::number;
use crate::trace_view::addressed::Addressed;
use crate::trace_view::body::TraceBody;
use crate::trace_view::cursor::Cursor;
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::problem::Problem;

/// The most traces shown at once.
const MOST: usize = 20;

/// `/static-files/lib/notebook-trace-renderer/index.html?trace_id=…`, with one or more trace ids.
#[component]
pub fn EmbeddedTraces() -> impl IntoView {
    let query = use_query_map();
    let mut ids = query.with_untracked(|query| query.get_all("trace_id").unwrap_or_default());
    ids.truncate(MOST);
    let is_empty = ids.is_empty();
    let traces = ids
        .into_iter()
        .enumerate()
        .map(|(index, id)| view! { <EmbeddedTrace trace_id=id index=index/> })
        .collect_view();
    view! {
        <Title text="Traces"/>
        <main class="embedded">
            <h1 class="visually-hidden">"Traces"</h1>
            {is_empty.then(|| view! { <p class="quiet">"No trace was asked for."</p> })}
            {traces}
        </main>
    }
}

#[component]
fn EmbeddedTrace(
    /// The trace.
    trace_id: String,
    /// Which of the page's traces it is.
    index: usize,
) -> impl IntoView {
    let cursor = Cursor::new(Signal::stored(None));
    let (head, detail) = cursor.load(Signal::stored(trace_id));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => embedded(found, cursor, detail, index),
        Err(error) => view! { <Problem error=error on_retry=move |()| head.refetch()/> }.into_any(),
    };
    awaited(head, skeleton, set_pending, draw)
}

fn embedded(head: TraceHead, cursor: Cursor, detail: Loaded, index: usize) -> AnyView {
    let href = trace_href(&head.trace_id);
    let name = number::name_or_id(&head.name, &head.trace_id);
    let took = head.duration_ms.map(crate::text::time::took);
    view! {
        <article class="embedded__trace">
            <header class="embedded__head">
                <StateBadge state=head.state/>
                <h2>{name}</h2>
                <span class="quiet figures">{took}</span>
                <a class="embedded__open" href=href.clone() target="_blank" rel="noopener">"Open in Spanfall"</a>
            </header>
            <TraceBody
                head=head
                place=Addressed::at(cursor)
                detail=detail
                walk=None
                ended=None
                id=format!("timeline-{index}")
                page=href
                notes=None
            />
        </article>
    }
    .into_any()
}
