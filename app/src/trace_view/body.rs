//! Timeline and opened span side by side.

use leptos::prelude::*;

use super::addressed::Addressed;
use super::detail::SpanPanel;
use super::live;
use super::notes::Notes;
use super::page_keys;
use super::place;
use super::rates::Rates;
use super::spans::Spans;
use super::ticks;
use super::tree_state::TreeState;
use crate::model::TraceHead;
use crate::opened::Origin;
use crate::reads::Loaded;

/// The two panels of a trace.
#[component]
pub fn TraceBody(
    /// The trace.
    head: TraceHead,
    /// Where the reader is, and how the trace is seen.
    place: Addressed,
    /// The opened span.
    detail: Loaded,
    /// Goes to the next trace of the list (1) or to the one before (-1); `None` leaves all keys of the page out.
    walk: Option<Callback<i32>>,
    /// Told when a trace in progress has ended; `None` does not look.
    ended: Option<Callback<()>>,
    /// Unique in the document.
    id: String,
    /// Address of the page that links lead to; empty for the present one.
    page: String,
    /// Feedback on the trace; `None` leaves it out.
    notes: Option<Notes>,
    /// Where the trace comes from.
    #[prop(optional)]
    origin: Origin,
) -> impl IntoView {
    let Addressed {
        cursor,
        tab,
        layout,
    } = place;
    let tree = TreeState::new(&head, cursor, origin, notes.map(Rates::new));
    tree.fetch(&head.trace_id);
    let trace_id = head.trace_id.clone();
    let is_empty = head.span_count == 0;
    ticks::follow(tree, &head.trace_id);
    if let Some(walk) = walk {
        page_keys::listen(tree, layout, id.clone(), walk);
        place::follow(tree);
    }
    if let Some(ended) = ended {
        live::follow(tree, &head, ended);
    }
    view! {
        <div class="trace-body" data-empty=is_empty.then_some("true")>
            {(!is_empty).then(|| view! { <Spans tree=tree head=head id=id.clone() page=page.clone() layout=layout/> })}
            <SpanPanel id=format!("{id}-detail") trace_id=trace_id detail=detail tab=tab tree=tree layout=layout page=page notes=notes/>
        </div>
    }
    .into_any()
}
