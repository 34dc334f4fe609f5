//! The traces of an experiment.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::failed_page;
use crate::chunks::{Chunk, Screen, screen_view};
use crate::frame::{Crumb, Frame, Section};
use crate::model::{Count, TraceList};
use crate::pages::loading::loading_list;
use crate::preferences::COLUMNS;
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::server_fns::paths;
use crate::text::number;
use crate::trace_list::beside::{Beside, ListSide, ListTools, Listed};
use crate::trace_list::columns::Columns;
use crate::trace_list::desk::Desk;
use crate::trace_list::empty::Nothing;
use crate::trace_list::feed::Feed;
use crate::trace_list::filter_box::FilterBox;
use crate::trace_list::neighbours::remember;
use crate::trace_list::pager::{Pager, Scope};
use crate::trace_list::peek::Peek;
use crate::trace_list::place::ListPlace;
use crate::trace_list::table::TraceTable;
use crate::url_state::{ListState, experiment_href};
use crate::widgets::post_form::Act;

/// `/experiments/{id}/traces`.
#[component]
pub fn TraceListPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let experiment = move || params.with(|params| params.get("id").unwrap_or_default());
    Beside::provide();
    let kept = Beside::here().kept;
    let state = move || {
        kept.track();
        let state = query.with(|query| ListState::read(|key| query.get(key)));
        match state.cols.is_empty() {
            true => ListState {
                cols: COLUMNS.get(),
                ..state
            },
            false => state,
        }
    };
    let question = move || Read::Traces {
        experiment: experiment(),
        state: state(),
    };
    let list = load(Signal::derive(question));
    let (is_pending, set_pending) = signal(false);
    let delete = Act::new(paths::DELETE_TRACES);
    Effect::new(move |before: Option<u32>| {
        let done = delete.done.get();
        if before.is_some_and(|before| before != done) {
            list.refetch();
        }
        done
    });
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => {
            delete.settle();
            page(found, untrack(state), list, delete)
        }
        Err(error) => failed_page(error, move || list.refetch()),
    };
    view! {
        <Title text="Traces"/>
        <div class="progress" data-active=move || is_pending.get().to_string()></div>
        {awaited(list, loading_list, set_pending, draw)}
        <Choosing/>
    }
}

/// The dialog for columns, once it is asked for. It outlives the list, which is drawn anew with every choice.
#[component]
fn Choosing() -> impl IntoView {
    let is_choosing = Beside::here().is_choosing;
    move || is_choosing.get().then(|| screen_view(Screen::Columns))
}

fn page(list: TraceList, state: ListState, resource: Loaded, delete: Act) -> AnyView {
    let experiment = list.experiment.clone();
    let path = experiment_href(experiment.id, "traces");
    let crumbs = vec![
        Crumb::link(experiment.name.clone(), path.clone()),
        Crumb::here("Traces"),
    ];
    let scope = Scope::Experiment {
        state: state.clone(),
        path: path.clone(),
    };
    let is_waiting = list.in_experiment == 0;
    provide_context(Listed {
        experiment: experiment.id,
        state: state.clone(),
        path: path.clone(),
    });
    let feed = Feed::new(&list, &state, &path);
    let desk = Desk::new(feed, delete, Callback::new(move |()| resource.refetch()));
    provide_context(desk);
    let head = heading(&list, feed);
    let problem = list.problem.clone();
    let has_problem = problem.is_some();
    let content = if has_problem {
        ().into_any()
    } else if list.rows.is_empty() {
        provide_context(Nothing {
            list,
            on_poll: Callback::new(move |()| resource.refetch()),
        });
        // The browser takes the page over once it has that chunk.
        view! { <div data-chunk=Chunk::Lists.name()>{screen_view(Screen::EmptyList)}</div> }
            .into_any()
    } else {
        Beside::here()
            .columns
            .set_value(Columns::new(&state.cols, &list.rows, false).list);
        let shown = list.rows.len();
        let is_first = state.page.is_empty();
        remember(feed);
        let pager = view! { <Pager scope=scope.clone() next=list.next shown=shown/> };
        view! {
            <ListPlace desk=desk sort=state.sort/>
            <TraceTable rows=list.rows scope=scope desk=Some(desk)/>
            <div class="trace-list__pager" data-first=is_first.then_some("true")>{pager}</div>
            <ChosenActs/>
        }
        .into_any()
    };
    let content = Beside::here().anew(content);
    view! {
        <Frame experiment=Some(experiment) section=Section::Traces crumbs=crumbs is_list=!is_waiting>
            <div class="page trace-list">
                {head}
                {(!is_waiting).then(|| view! { <FilterBox state=state path=path problem=problem/> })}
                {(!is_waiting && !has_problem).then(|| view! { <ListTools/> })}
                <div class="trace-list__body">
                    <div class="trace-list__main" id="results" tabindex="-1">{content}</div>
                    {(!is_waiting).then(|| view! { <ListSide is_sound=!has_problem/> })}
                    <Peek/>
                </div>
            </div>
        </Frame>
    }
    .into_any()
}

/// What can be done with chosen traces, once some are.
#[component]
fn ChosenActs() -> impl IntoView {
    let selection = expect_context::<Desk>().selection;
    let is_shown = Memo::new(move |_| !selection.is_empty());
    move || is_shown.get().then(|| screen_view(Screen::Bulk))
}

/// The first line answers what one came for: how many, and how many failed.
fn heading(list: &TraceList, feed: Feed) -> AnyView {
    let known = list.count;
    // Counting stops early, the rows themselves do not.
    let count = move || match feed.total.get() {
        Some(total) => number::grouped(total),
        _ => count_text(known),
    };
    let summary = list.problem.is_none().then(|| {
        let failed = list.failed.filter(|failed| failed.value > 0).map(|failed| {
            let share = if failed.is_capped || list.count.is_capped {
                String::new()
            } else {
                format!(" ({})", number::share(failed.value, list.count.value))
            };
            view! { <span data-tone="error">" · " {count_text(failed)} " failed" {share}</span> }
        });
        let noun = if list.count.value == 1 {
            " trace"
        } else {
            " traces"
        };
        view! { <p class="page__summary" role="status">{count} {noun} {failed}</p> }
    });
    view! {
        <div class="page__head">
            <h1>{list.experiment.name.clone()}</h1>
            {summary}
        </div>
    }
    .into_any()
}

/// A count, with a plus if counting stopped there.
pub(crate) fn count_text(count: Count) -> String {
    format!(
        "{}{}",
        number::grouped(count.value),
        if count.is_capped { "+" } else { "" }
    )
}
