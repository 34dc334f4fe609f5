//! The steps of a turn: its spans with their durations, each a link into the trace.

use domain::span::StatusCode;
use leptos::prelude::*;

use crate::model::{SpanLine, Steps};
use crate::pages::skeleton;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::url_state::{query, trace_href};
use crate::widgets::badge::KindIcon;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::problem::Problem;

/// The steps of a trace, read when they are drawn.
pub fn steps(trace_id: String) -> AnyView {
    let loaded = load(Signal::derive(move || {
        Read::Group(GroupRead::Steps(trace_id.clone()))
    }));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(steps) => list(steps),
        Err(error) => {
            view! { <Problem error=error on_retry=move |()| loaded.refetch()/> }.into_any()
        }
    };
    view! { <div class="turn__steps">{awaited(loaded, skeleton, set_pending, draw)}</div> }
        .into_any()
}

fn list(steps: Steps) -> AnyView {
    let Steps {
        trace_id,
        rows,
        count,
        extent,
    } = steps;
    if rows.is_empty() {
        return view! { <p class="quiet">"No spans have arrived yet."</p> }.into_any();
    }
    let href = trace_href(&trace_id);
    let left_out = u64::from(count).saturating_sub(rows.len() as u64);
    let items = rows
        .into_iter()
        .map(|row| step(row, &href, extent))
        .collect_view();
    let more = (left_out > 0).then(|| {
        let text = number::counted(left_out, "more step", "more steps");
        view! { <p class="quiet">{text} " in " <a href=href.clone()>"the trace"</a></p> }
    });
    view! {
        <ol class="steps">{items}</ol>
        {more}
    }
    .into_any()
}

fn step(row: SpanLine, trace: &str, extent: i64) -> AnyView {
    let share = |nanos: i64| (nanos as f64 / extent as f64 * 100.0).clamp(0.0, 100.0);
    let geometry = format!(
        "--depth:{};--from:{:.2}%;--width:{:.2}%",
        row.depth.min(12),
        share(row.start),
        share(row.duration)
    );
    let failed = (row.status == StatusCode::Error).then(|| {
        view! { <span data-tone="error" class="steps__failed"><Icon name=IconName::Alert/><span class="visually-hidden">"Failed"</span></span> }
    });
    view! {
        <li class="steps__row" style=geometry>
            <span class="steps__name">
                <KindIcon kind=row.span_type/>
                <a href=query(trace, &[("span", &row.id)])>{row.name}</a>
                {failed}
            </span>
            <span class="steps__track" aria-hidden="true"><span class="steps__bar"></span></span>
            <span class="steps__time figures">{domain::time::human_duration(row.duration)}</span>
        </li>
    }
    .into_any()
}
