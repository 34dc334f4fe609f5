//! A trace file that the reader has: it is read in the browser and its traces are drawn like those of the server.
//!
//! The server knows nothing of it; without script the page can only say so.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::failed_page;
use crate::address::{as_is, at};
use crate::frame::{Crumb, Frame, Section};
use crate::model::TraceHead;
use crate::opened::{Dropped, FileAbout, OpenedPart, OpenedRead, Origin};
use crate::opened_view::door::{Door, Stage};
use crate::opened_view::list::FileList;
use crate::opened_view::note::FileNote;
use crate::pages::loading::loading_trace;
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::text::number;
use crate::trace_list::neighbours::Neighbours;
use crate::trace_view::addressed::{Addressed, addressed};
use crate::trace_view::body::TraceBody;
use crate::trace_view::header::TraceHeader;

/// `/open` and `/open/{trace}`, counted from 1, with `?span=&tab=&view=`.
#[component]
pub fn OpenFilePage() -> impl IntoView {
    let params = use_params_map();
    let chosen = Memo::new(move |_| {
        let number = params.with(|params| params.get("trace"));
        number
            .and_then(|number| number.parse::<u32>().ok())
            .and_then(|number| number.checked_sub(1))
    });
    let stage = RwSignal::new(Stage::now());
    let dropped = use_context::<Dropped>();
    Effect::new(move |_| {
        if let Some(Dropped(dropped)) = dropped {
            dropped.track();
            Stage::take_dropped(stage);
        }
    });
    let shown = move || {
        match stage.get() {
        Stage::Open(file, about) => {
            let count = u32::try_from(about.traces.len()).unwrap_or(u32::MAX);
            let trace = match chosen.get() {
                _ if count == 1 => Some(0),
                chosen => chosen.filter(|chosen| *chosen < count),
            };
            match trace {
                Some(trace) => opened_trace(file, trace, about, stage),
                None => all_traces(about, stage),
            }
        }
        _ => {
            view! {
                <Title text="Open a trace file"/>
                <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::here("Open a trace file")]>
                    <Door stage=stage/>
                </Frame>
            }
            .into_any()
        }
    }
    };
    view! { {shown} }.into_any()
}

fn all_traces(about: Arc<FileAbout>, stage: RwSignal<Stage>) -> AnyView {
    Stage::keep_focus();
    view! {
        <Title text="Opened file"/>
        <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::here("Opened file")]>
            <div class="page">
                <FileNote about=about.clone() stage=stage/>
                <FileList about=about/>
            </div>
        </Frame>
    }
    .into_any()
}

fn opened_trace(file: u32, trace: u32, about: Arc<FileAbout>, stage: RwSignal<Stage>) -> AnyView {
    let place = addressed();
    let question = move |part| Read::Opened(OpenedRead { file, trace, part });
    let head = load(Signal::stored(question(OpenedPart::Head)));
    let cursor = place.cursor;
    let detail = load(Signal::derive(move || {
        question(OpenedPart::Span(cursor.opened().unwrap_or_default()))
    }));
    let origin = Origin::File { file, trace };
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => drawn(found, detail, place, origin, Arc::clone(&about), stage),
        Err(error) => failed_page(error, move || head.refetch()),
    };
    awaited(head, loading_trace, set_pending, draw)
}

fn drawn(
    head: TraceHead,
    detail: Loaded,
    place: Addressed,
    origin: Origin,
    about: Arc<FileAbout>,
    stage: RwSignal<Stage>,
) -> AnyView {
    let Origin::File { trace, .. } = origin else {
        return ().into_any();
    };
    Stage::keep_focus();
    let name = number::name_or_id(&head.name, &head.trace_id);
    let count = u32::try_from(about.traces.len()).unwrap_or(u32::MAX);
    let neighbours = (count > 1).then(|| beside(trace, count));
    let neighbours = Memo::new(move |_| neighbours.clone());
    let navigate = use_navigate();
    let walk = Callback::new(move |step: i32| {
        let next = i64::from(trace) + i64::from(step);
        if (0..i64::from(count)).contains(&next) {
            navigate(&at(&format!("/open/{}", next + 1)), as_is());
        }
    });
    let tags = about.traces[trace as usize].tags.iter().map(|(key, value)| {
        view! { <span class="chip"><span class="chip__key">{key.clone()}</span> {value.clone()}</span> }
    });
    let tags = tags.collect_view();
    let cursor = place.cursor;
    view! {
        <Title text=name/>
        <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::link("Opened file", at("/open"))]>
            <div class="trace">
                <FileNote about=about stage=stage/>
                <TraceHeader head=head.clone() cursor=cursor neighbours=neighbours origin=origin>{tags}</TraceHeader>
                <TraceBody
                    head=head
                    place=place
                    detail=detail
                    walk=Some(walk)
                    ended=None
                    id="timeline".to_owned()
                    page=String::new()
                    notes=None
                    origin=origin
                />
            </div>
        </Frame>
    }
    .into_any()
}

/// The traces before and after one, as the file has them.
fn beside(trace: u32, count: u32) -> Neighbours {
    Neighbours {
        position: u64::from(trace) + 1,
        count: Some(u64::from(count)),
        before: (trace > 0).then(|| trace.to_string()),
        after: (trace + 1 < count).then(|| (trace + 2).to_string()),
        list: at("/open"),
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn traces_of_a_file_are_counted_from_one() {
        let of = |trace| {
            let place = beside(trace, 3);
            (place.before, place.position, place.after)
        };
        let text = |number: &str| Some(number.to_owned());
        assert_eq!(of(0), (None, 1, text("2")));
        assert_eq!(of(1), (text("1"), 2, text("3")));
        assert_eq!(of(2), (text("2"), 3, None));
    }
}
