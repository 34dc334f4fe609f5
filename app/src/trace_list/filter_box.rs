//! The filter box: the SDK's filter text in one line, a GET form without script, a combobox with completions and errors while
//! typing with it.
//!
//! The reading and completing is `domain::filter`, compiled into the page, so a key press costs no round trip.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::completion::{Typing, offered, on_key, option_id, option_views, typed, wanted};
use super::example_menu::{ExampleMenu, remember};
use super::filter_problem::filter_problem;
use super::plain_words::text_filter;
use super::range_control::{RangeControl, words};
use super::values::fetch;
use crate::address::as_is;
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
        input: NodeRef::new(),
    };
    let range = RwSignal::new((state.from.clone(), state.to.clone()));
    let path_of_list = path.clone();
    let known = fetch(Memo::new(move |_| wanted(typing)));
    let offered = Memo::new(move |_| offered(typing, known));
    let navigate = use_navigate();
    let search = {
        let (state, path) = (state.clone(), path.clone());
        move || {
            typing.caret.set(None);
            let filter = typing.text.get_untracked().trim().to_owned();
            remember(&filter);
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
    let keydown = move |event: leptos::ev::KeyboardEvent| on_key(&event, typing, offered);
    let shown_problem = {
        let (state, path, sent) = (state.clone(), path.clone(), state.filter.clone());
        move || problem_view(typing, &sent, problem.as_ref(), &state, &path)
    };
    view! {
        <search class="filter-box">
            <form class="filter-box__form" method="get" action=path on:submit=submit>
                {hidden_inputs(&state)}
                <div class="filter-box__field">
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
                            aria-expanded=move || if offered.with(|o| o.items.is_empty()) { "false" } else { "true" }
                            aria-activedescendant=move || typing.active.get().map(option_id)
                            on:input=move |event| typed(event_target_value(&event), typing)
                            on:keydown=keydown
                            on:blur=move |_| typing.caret.set(None)
                        />
                    </span>
                    <ul class="filter-box__options" id="filter-options" role="listbox" aria-label="Completions"
                        hidden=move || offered.with(|o| o.items.is_empty())>
                        {move || option_views(&offered.get(), typing)}
                    </ul>
                </div>
                <label class="visually-hidden" for="filter-range">"Time range"</label>
                <select class="select" id="filter-range" name="from" on:change=choose_range>
                    {range_options(&state)}
                </select>
                <button class="button" data-weight="main">"Search"</button>
            </form>
            <div class="filter-box__more">
                <ExampleMenu state=state.clone() path=path_of_list.clone()/>
                <RangeControl state=state.clone() path=path_of_list.clone()/>
            </div>
            <div class="filter-problem" id="filter-problem" role="status">{shown_problem}</div>
            {narrowed_by(&state, &path_of_list)}
        </search>
    }
    .into_any()
}

/// What is wrong: while the text is the one that was sent, what the server said; else what the page itself finds, once the
/// reader has stopped choosing completions.
fn problem_view(
    typing: Typing,
    sent: &str,
    problem: Option<&FilterProblem>,
    state: &ListState,
    path: &str,
) -> AnyView {
    let text = typing.text.get();
    if text == sent {
        return match problem {
            Some(problem) if problem.errors.is_empty() => {
                view! { <span class="filter-problem__message">{problem.message.clone()}</span> }
                    .into_any()
            }
            Some(problem) => view! {
                {filter_problem(sent, &problem.errors, state, path)}
                {text_search(sent, state, path)}
            }
            .into_any(),
            None => ().into_any(),
        };
    }
    if typing.caret.get().is_some() {
        return ().into_any();
    }
    match domain::filter::compile(&text) {
        Ok(_) => ().into_any(),
        Err(errors) => view! {
            {filter_problem(&text, &errors, state, path)}
            {text_search(&text, state, path)}
        }
        .into_any(),
    }
}

/// Offers to look for plain words in the text of traces.
fn text_search(text: &str, state: &ListState, path: &str) -> Option<AnyView> {
    let filter = text_filter(text)?;
    let href = ListState {
        filter,
        ..state.first_page()
    }
    .href(path);
    let words = text.trim().to_owned();
    let link = view! {
        <a class="filter-problem__fix" href=href>"Search text for “" {words} "”"</a>
    };
    Some(link.into_any())
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
