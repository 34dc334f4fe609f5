//! One trace: why it failed or where its time went, and every span of it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::failed_page;
use crate::address::as_is;
use crate::frame::{Crumb, Frame, Section};
use crate::model::TraceHead;
use crate::pages::loading::loading_trace;
use crate::reads::{Loaded, Reply, awaited};
use crate::text::number;
use crate::trace_list::neighbours::{neighbours_now, neighbours_of};
use crate::trace_view::acts::Acts;
use crate::trace_view::addressed::{Addressed, addressed};
use crate::trace_view::body::TraceBody;
use crate::trace_view::compare_link::compare_with;
use crate::trace_view::delete::Deletion;
use crate::trace_view::fetch::ask_early;
use crate::trace_view::header::TraceHeader;
use crate::trace_view::notes::Notes;
use crate::trace_view::rating::Rating;
use crate::trace_view::related::RelatedTraces;
use crate::url_state::{experiment_href, trace_href};
use crate::widgets::tag_editor::TagEditor;

/// `/traces/{trace_id}`, with `?span=&tab=&view=`.
#[component]
pub fn TracePage() -> impl IntoView {
    let params = use_params_map();
    let trace_id = Memo::new(move |_| params.with(|p| p.get("trace_id").unwrap_or_default()));
    let place = addressed();
    Effect::new(move |_| ask_early(&trace_id.get()));
    place.cursor.follow(trace_id);
    let (head, detail) = place.cursor.load(trace_id.into());
    let notes = Notes::new(trace_id.into());
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => {
            let page = Page {
                trace_id,
                place,
                head,
                detail,
                notes,
            };
            drawn(found, page)
        }
        Err(error) => {
            let failed = failed_page(error, move || head.refetch());
            view! { <Title text="Trace"/> {failed} }.into_any()
        }
    };
    awaited(head, loading_trace, set_pending, draw)
}

/// What a drawing of the page leans on.
#[derive(Clone, Copy)]
struct Page {
    /// The trace that the address names, which may be on its way.
    trace_id: Memo<String>,
    place: Addressed,
    head: Loaded,
    detail: Loaded,
    notes: Notes,
}

fn drawn(head: TraceHead, page: Page) -> AnyView {
    let Page {
        trace_id,
        place,
        detail,
        notes,
        ..
    } = page;
    let cursor = place.cursor;
    let experiment = head.experiment.clone();
    let related = head.trace_id.clone();
    let name = number::name_or_id(&head.name, &head.trace_id);
    let crumbs = vec![
        Crumb::link(
            experiment.name.clone(),
            experiment_href(experiment.id, "traces"),
        ),
        Crumb::here(name.clone()),
    ];
    let neighbours = neighbours_of(&head.trace_id);
    let id = head.trace_id.clone();
    let experiment_id = head.experiment.id;
    let list = Signal::derive(move || {
        let came_from = neighbours.get().map(|neighbours| neighbours.list);
        came_from.unwrap_or_else(|| experiment_href(experiment_id, "traces"))
    });
    let deletion = Deletion::new(id.clone(), experiment_id, head.span_count, list);
    let (compare, dialog) = compare_with(head.trace_id.clone());
    let navigate = use_navigate();
    let walk = Callback::new(move |step: i32| {
        // From the trace in the address, not from the one on the screen: whoever presses twice goes two traces on.
        let target = trace_id
            .with_untracked(|trace_id| neighbours_now(trace_id))
            .and_then(|found| if step > 0 { found.after } else { found.before });
        if let Some(target) = target {
            navigate(&trace_href(&target), as_is());
        }
    });
    view! {
        <Title text=name/>
        <Frame experiment=Some(experiment) section=Section::Traces crumbs=crumbs>
            <div class="trace">
                <TraceHeader head=head.clone() cursor=cursor neighbours=neighbours>
                    <TagEditor tagged=notes.tagged()/>
                    <Rating notes=notes/>
                    <Acts trace_id=id notes=notes deletion=deletion compare=compare/>
                    <RelatedTraces trace_id=related cursor=cursor/>
                </TraceHeader>
                <TraceBody
                    head=head
                    place=place
                    detail=detail
                    walk=Some(walk)
                    ended=Some(Callback::new(move |()| page.head.refetch()))
                    id="timeline".to_owned()
                    page=String::new()
                    notes=Some(notes)
                />
                {dialog}
            </div>
        </Frame>
    }
    .into_any()
}
