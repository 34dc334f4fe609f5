//! The filter box: the SDK's filter text in one line, a GET form without script, a combobox with completions and errors while
//! typing with it. What it knows of the language is in [`super::filter_help`].

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::completion::{Offer, Typing, on_key, option_id, option_views, typed};
use super::example_menu::{ExampleMenu, remember};
use super::filter_help::Asked;
use super::range_control::{RangeControl, words};
use crate::address::as_is;
use crate::chunks::{Chunk, Screen, part_view, screen_view};
use crate::model::FilterProblem;
use crate::url_state::ListState;
use crate::widgets::icon::{Icon, IconName};

/// Time ranges on offer: what the address says, and the words.
const RANGES: [(&str, &str); 6] = [
    ("", "All time"),
    ("-15m", "Last 15 minutes"),
    ("-1h", "Last hour"),
    ("-24h", "Last 24 hours"),
    ("-7d", "Last 7 days"),
    ("-30d", "Last 30 days"),
];

/// The box, the time range, and what is wrong with the filter.
#[component]
pub fn FilterBox(
    /// What the address asks.
    state: ListState,
    /// The list's address without the question.
    path: String,
    /// What the server found wrong.
    problem: Option<FilterProblem>,
) -> impl IntoView {
    let typing = Typing {
        text: RwSignal::new(state.filter.clone()),
        caret: RwSignal::new(None),
        active: RwSignal::new(None),
        offer: RwSignal::new(Offer::default()),
        is_used: RwSignal::new(false),
        input: NodeRef::new(),
    };
    let range = RwSignal::new((state.from.clone(), state.to.clone()));
    let path_of_list = path.clone();
    if problem.is_none() {
        keep(&state.filter);
    }
    let navigate = use_navigate();
    let search = {
        let (state, path) = (state.clone(), path.clone());
        move || {
            typing.caret.set(None);
            let filter = typing.text.get_untracked().trim().to_owned();
            let (from, to) = range.get_untracked();
            let asked = ListState {
                filter,
                from,
                to,
                ..state.first_page()
            };
            navigate(
                &asked.href(&path),
                NavigateOptions {
                    scroll: false,
                    ..as_is()
                },
            );
        }
    };
    let submit = {
        let search = search.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            search();
        }
    };
    let choose_range = {
        let search = search.clone();
        move |event| {
            range.set((event_target_value(&event), String::new()));
            search();
        }
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| on_key(&event, typing);
    // What the server found wrong is there from the start; the browser takes the page over once it has that chunk.
    let chunk = problem.is_some().then_some(Chunk::Filter.name());
    provide_context(Asked {
        typing,
        state: state.clone(),
        path: path.clone(),
        problem,
    });
    let help = match chunk {
        Some(_) => screen_view(Screen::FilterHelp),
        None => {
            let help = move || typing.is_used.get().then(|| part_view(Screen::FilterHelp));
            help.into_any()
        }
    };
    view! {
        <search class="filter-box">
            <form class="filter-box__form" data-rove="tools" method="get" action=path on:submit=submit>
                {hidden_inputs(&state)}
                <div class="filter-box__field" data-ahead=Chunk::Filter.name()>
                    <label class="visually-hidden" for="filter">"Filter"</label>
                    <span class="field filter-box__input">
                        <Icon name=IconName::Search/>
                        <input
                            node_ref=typing.input
                            id="filter"
                            name="filter"
                            type="text"
                            role="combobox"
                            autocomplete="off"
                            autocapitalize="off"
                            spellcheck="false"
                            placeholder="status = 'ERROR' AND execution_time_ms > 5000"
                            value=state.filter.clone()
                            prop:value=move || typing.text.get()
                            aria-autocomplete="list"
                            aria-controls="filter-options"
                            aria-describedby="filter-problem"
                            aria-expanded=move || if typing.offer.with(|offer| offer.items.is_empty()) { "false" } else { "true" }
                            aria-activedescendant=move || typing.active.get().map(option_id)
                            on:input=move |event| typed(event_target_value(&event), typing)
                            on:keydown=keydown
                            on:focus=move |_| typing.is_used.set(true)
                            on:blur=move |_| typing.caret.set(None)
                        />
                    </span>
                    <ul class="filter-box__options" id="filter-options" role="listbox" aria-label="Completions"
                        hidden=move || typing.offer.with(|offer| offer.items.is_empty())>
                        {move || option_views(&typing.offer.get(), typing)}
                    </ul>
                </div>
                <label class="visually-hidden" for="filter-range">"Time range"</label>
                <select class="select" id="filter-range" name="from" on:change=choose_range>
                    {range_options(&state)}
                </select>
                <button class="button" data-weight="main">"Search"</button>
            </form>
            <div class="filter-box__more" data-rove="tools">
                <ExampleMenu state=state.clone() path=path_of_list.clone()/>
                <RangeControl state=state.clone() path=path_of_list.clone()/>
            </div>
            <div class="filter-problem" id="filter-problem" role="status" data-chunk=chunk>{help}</div>
            {narrowed_by(&state, &path_of_list)}
        </search>
    }
    .into_any()
}

/// Remembers a filter that was searched with and understood.
fn keep(filter: &str) {
    let filter = filter.to_owned();
    Effect::new(move |_| remember(&filter));
}

fn hidden_inputs(state: &ListState) -> AnyView {
    let sort = if state.sort == Default::default() {
        ""
    } else {
        state.sort.as_str()
    };
    [
        ("to", state.to.as_str()),
        ("sort", sort),
        ("user", &state.user),
        ("session", &state.session),
        ("view", &state.view),
        ("cols", &state.cols),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| view! { <input type="hidden" name=name value=value.to_owned()/> })
    .collect_view()
    .into_any()
}

/// What narrows the list besides the filter, each with a way out.
fn narrowed_by(state: &ListState, path: &str) -> AnyView {
    let first = state.first_page();
    let without = [
        (
            "User",
            &state.user,
            ListState {
                user: String::new(),
                ..first.clone()
            },
        ),
        (
            "Session",
            &state.session,
            ListState {
                session: String::new(),
                ..first.clone()
            },
        ),
    ];
    without
        .into_iter()
        .filter(|(_, value, _)| !value.is_empty())
        .map(|(what, value, rest)| {
            let label = format!("Remove {what}: {value}");
            view! {
                <a class="chip filter-box__narrowed" href=rest.href(path) title=label.clone() aria-label=label>
                    <span class="chip__key">{what}</span>
                    {value.clone()}
                    <Icon name=IconName::Cross/>
                </a>
            }
        })
        .collect_view()
        .into_any()
}

fn range_options(state: &ListState) -> AnyView {
    let chosen = state.from.clone();
    let is_known = state.to.is_empty() && RANGES.iter().any(|(value, _)| *value == chosen);
    let other = (!is_known).then(|| {
        let (state, value) = (state.clone(), chosen.clone());
        let label = move || words(&state);
        view! { <option value=value selected=true>{label}</option> }
    });
    let known = RANGES
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = is_known && value == chosen;
            view! { <option value=value selected=is_chosen>{label}</option> }
        })
        .collect_view();
    view! { {known} {other} }.into_any()
}
