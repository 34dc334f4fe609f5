//! An empty list says why and what to do next.
//!
//! Part of a chunk: most lists have rows. The page around leaves [`Nothing`] in context.

use leptos::prelude::*;

use super::beside::Listed;
use crate::front_door::FrontDoor;
use crate::model::{TraceList, WayOut};
use crate::pages::trace_list::count_text;
use crate::text::number;
use crate::url_state::ListState;
use crate::widgets::time::{Time, TimeStyle};

/// A list without rows, in context.
#[derive(Clone)]
pub struct Nothing {
    /// The answer without rows.
    pub list: TraceList,
    /// Asks again.
    pub on_poll: Callback<()>,
}

/// What stands in place of the table.
#[component]
pub fn EmptyList() -> impl IntoView {
    let (nothing, listed) = (expect_context::<Nothing>(), Listed::here());
    let Nothing { list, on_poll } = nothing;
    if let Some(address) = list.address {
        let on_poll = move || on_poll.run(());
        return view! {
            <FrontDoor address=address experiment=Some(list.experiment) on_poll=on_poll/>
        }
        .into_any();
    }
    let all = number::counted(list.in_experiment, "trace", "traces");
    let why = list.why.unwrap_or_default();
    let most = why.ways.first().map(most_left_out);
    let last = why.last.map(|(time, query)| {
        let href = format!("{}{query}", listed.path);
        view! {
            <p><a class="button" href=href>"Last trace was " <Time millis=time style=TimeStyle::Full/> ": go there"</a></p>
        }
    });
    let (path, offered) = (listed.path.clone(), why.ways.clone());
    let ways = why.ways.into_iter().map(move |way| {
        let count = format!(" · {}", count_text(way.count));
        view! {
            <a class="button" href=format!("{path}{}", way.query)>
                "Without " <code>{way.what}</code> <span class="quiet">{count}</span>
            </a>
        }
    });
    let ways = ways.collect_view();
    view! {
        <div class="empty">
            <p class="empty__lead">"No trace matches."</p>
            {most}
            <p class="quiet">{format!("The experiment holds {all}.")}</p>
            {last}
            <p class="empty__ways">{ways} {whole_ways(&listed, &offered)}</p>
        </div>
    }
    .into_any()
}

fn most_left_out(way: &WayOut) -> AnyView {
    let would = format!(": {} would match without it.", count_text(way.count));
    view! { <p>"The filter that excludes most is " <code>{way.what.clone()}</code> {would}</p> }
        .into_any()
}

/// Leaves out all of a kind, as far as no single condition does the same.
fn whole_ways(listed: &Listed, offered: &[WayOut]) -> AnyView {
    let state = &listed.state;
    let first = state.first_page();
    let without = |label: &'static str, is_set: bool, changed: ListState| {
        let query = changed.href("");
        let is_offered = offered.iter().any(|way| way.query == query);
        (is_set && !is_offered).then(|| {
            view! { <a class="button" href=format!("{}{query}", listed.path)>{label}</a> }
        })
    };
    let no_filter = ListState {
        filter: String::new(),
        ..first.clone()
    };
    let all_times = ListState {
        from: String::new(),
        to: String::new(),
        ..first.clone()
    };
    let has_range = !(state.from.is_empty() && state.to.is_empty());
    view! {
        {without("Without the filter", !state.filter.is_empty(), no_filter)}
        {without("Of all times", has_range, all_times)}
        {without("First page", !state.page.is_empty(), first)}
    }
    .into_any()
}
