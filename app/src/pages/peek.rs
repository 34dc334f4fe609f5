//! A trace beside the list that it stands in.
//!
//! Part of the chunk of the trace page: it comes when the first trace is looked into.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::keymap::hint;
use crate::model::TraceHead;
use crate::pages::skeleton;
use crate::reads::{Loaded, Reply, awaited};
use crate::text::number;
use crate::trace_list::desk::Desk;
use crate::trace_view::addressed::Addressed;
use crate::trace_view::body::TraceBody;
use crate::trace_view::cursor::Cursor;
use crate::trace_view::header::took_in_all;
use crate::trace_view::notes::Notes;
use crate::trace_view::rating::Rating;
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::problem::Problem;

/// The trace that the list's address names: `?trace=…&span=…`.
#[component]
pub fn PeekPanel() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let query = use_query_map();
    let trace_id = Memo::new(move |_| desk.peeked.get().unwrap_or_default());
    let addressed = Memo::new(move |_| query.with(|q| q.get("span").filter(|s| !s.is_empty())));
    let cursor = Cursor::new(addressed.into());
    cursor.follow(trace_id);
    let (head, detail) = cursor.load(trace_id.into());
    let notes = Notes::new(trace_id.into());
    // The row in the list shows what was said.
    #[cfg(feature = "hydrate")]
    Effect::new(move |before: Option<u32>| {
        let done = notes.rate.done.get();
        if before.is_some_and(|before| before != done) {
            desk.feed.reload();
        }
        done
    });
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => panel(found, desk, cursor, detail, notes),
        Err(error) => view! {
            <div class="peek__head">{close_button(desk)}</div>
            <Problem error=error on_retry=move |()| head.refetch()/>
        }
        .into_any(),
    };
    awaited(head, skeleton, set_pending, draw)
}

fn close_button(desk: Desk) -> AnyView {
    view! {
        <button type="button" class="icon-button peek__close" title="Close (Esc)" aria-label="Close" on:click=move |_| desk.close()>
            <Icon name=IconName::Cross/>
        </button>
    }
    .into_any()
}

fn panel(head: TraceHead, desk: Desk, cursor: Cursor, detail: Loaded, notes: Notes) -> AnyView {
    let href = trace_href(&head.trace_id);
    let name = number::name_or_id(&head.name, &head.trace_id);
    let took = took_in_all(&head);
    let why = head.why.as_ref().map(|why| {
        let text = match why.message.is_empty() {
            true => why.span_name.clone(),
            false => format!("{}: {}", why.span_name, why.message),
        };
        let title = text.clone();
        view! { <p class="peek__why" title=title><Icon name=IconName::Alert/> <span dir="auto">{text}</span></p> }
    });
    let title = name.clone();
    view! {
        <header class="peek__head">
            <StateBadge state=head.state/>
            <h2 class="peek__name" title=title>{name}</h2>
            <span class="quiet figures">{took}</span>
            <CopyButton text=head.trace_id.clone() what="trace id"/>
            <a class="button" data-size="small" href=href.clone() title=hint("On a page of its own", "o")>"Open"</a>
            {close_button(desk)}
        </header>
        {why}
        <Rating notes=notes/>
        <TraceBody
            head=head
            place=Addressed::at(cursor)
            detail=detail
            walk=None
            id="peek".to_owned()
            page=href
            notes=None
            ended=None
        />
    }
    .into_any()
}
