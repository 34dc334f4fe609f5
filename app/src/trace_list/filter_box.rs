//! The filter box: the SDK's filter text in one line, a GET form without script, a combobox with completions and errors while
//! typing with it.
//!
//! The reading and completing is `domain::filter`, compiled into the page, so a key press costs no round trip.

use domain::filter::complete::{Completion, Completions, complete};
use domain::filter::field::TRACES;
use leptos::html::Input;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::filter_problem::filter_problem;
use crate::model::FilterProblem;
use crate::url_state::ListState;
use crate::widgets::icon::{Icon, IconName};

/// The most completions offered at once.
const OFFERED: usize = 8;

/// Time ranges on offer: what the address says, and the words.
const RANGES: [(&str, &str); 6] = [
    ("", "All time"),
    ("-15m", "Last 15 minutes"),
    ("-1h", "Last hour"),
    ("-24h", "Last 24 hours"),
    ("-7d", "Last 7 days"),
    ("-30d", "Last 30 days"),
];

/// What the reader is doing in the box.
#[derive(Clone, Copy)]
struct Typing {
    text: RwSignal<String>,
    /// Byte offset of the caret; `None` while the list of completions is closed.
    caret: RwSignal<Option<usize>>,
    /// The completion that Enter would take.
    active: RwSignal<Option<usize>>,
    input: NodeRef<Input>,
}

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
    let range = RwSignal::new(state.from.clone());
    let path_of_list = path.clone();
    let offered = Memo::new(move |_| offered(typing));
    let navigate = use_navigate();
    let search = {
        let (state, path) = (state.clone(), path.clone());
        move || {
            typing.caret.set(None);
            let asked = ListState {
                filter: typing.text.get_untracked().trim().to_owned(),
                from: range.get_untracked(),
                ..state.first_page()
            };
            navigate(&asked.href(&path), NavigateOptions { scroll: false, ..Default::default() });
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
            range.set(event_target_value(&event));
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
                    {range_options(&state.from)}
                </select>
                <button class="button" data-weight="main">"Search"</button>
            </form>
            <div class="filter-problem" id="filter-problem" role="status">{shown_problem}</div>
            {narrowed_by(&state, &path_of_list)}
        </search>
    }
    .into_any()
}

fn typed(text: String, typing: Typing) {
    typing.active.set(None);
    typing.caret.set(Some(caret_of(typing.input, &text)));
    typing.text.set(text);
}

fn offered(typing: Typing) -> Offer {
    let Some(caret) = typing.caret.get() else { return Offer::default() };
    let text = typing.text.get();
    let Completions { replace, mut items, .. } = complete(&text, caret, &TRACES);
    items.truncate(OFFERED);
    Offer { start: replace.start as usize, end: replace.end as usize, items }
}

/// Completions and what they replace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Offer {
    start: usize,
    end: usize,
    items: Vec<Completion>,
}

/// Arrows choose, Tab and Enter take, Escape closes, Ctrl and Space ask for completions where nothing was typed yet.
fn on_key(event: &leptos::ev::KeyboardEvent, typing: Typing, offered: Memo<Offer>) {
    let offer = offered.get_untracked();
    let count = offer.items.len();
    let active = typing.active.get_untracked();
    match event.key().as_str() {
        "ArrowDown" if count > 0 => {
            typing.active.set(Some(active.map_or(0, |index| (index + 1) % count)));
        }
        "ArrowUp" if count > 0 => {
            typing.active.set(Some(active.map_or(count - 1, |index| (index + count - 1) % count)));
        }
        "ArrowDown" => {
            let text = typing.text.get_untracked();
            typing.caret.set(Some(caret_of(typing.input, &text)));
        }
        "Escape" if count > 0 => typing.caret.set(None),
        "Enter" if active.is_some() && !event.ctrl_key() => take(active, &offer, typing),
        "Tab" if active.is_some() && !event.shift_key() => take(active, &offer, typing),
        " " if event.ctrl_key() => {
            let text = typing.text.get_untracked();
            typing.caret.set(Some(caret_of(typing.input, &text)));
        }
        _ => return,
    }
    event.prevent_default();
}

/// Puts a completion into the text and leaves the caret behind it, with the next completions open.
fn take(index: Option<usize>, offer: &Offer, typing: Typing) {
    let Some(item) = index.and_then(|index| offer.items.get(index)) else { return };
    let text = typing.text.get_untracked();
    let (Some(before), Some(after)) = (text.get(..offer.start), text.get(offer.end..)) else { return };
    let glue = if item.insert.ends_with(['.', '(', '\'', '`']) || after.starts_with(' ') { "" } else { " " };
    let head = format!("{before}{}{glue}", item.insert);
    let caret = head.len();
    let units = head.encode_utf16().count() as u32;
    typing.text.set(format!("{head}{after}"));
    typing.active.set(None);
    typing.caret.set(Some(caret));
    set_caret(typing.input, units);
}

fn option_views(offer: &Offer, typing: Typing) -> AnyView {
    let offer = offer.clone();
    let items = offer.items.clone();
    items
        .into_iter()
        .enumerate()
        .map(|(index, item)| {
            let offer = offer.clone();
            // The field must not lose the focus to the list, so the press is taken before the focus would move.
            let press = move |event: leptos::ev::MouseEvent| {
                event.prevent_default();
                take(Some(index), &offer, typing);
            };
            view! {
                <li
                    class="filter-box__option"
                    id=option_id(index)
                    role="option"
                    aria-selected=move || if typing.active.get() == Some(index) { "true" } else { "false" }
                    on:mousedown=press
                >
                    <code>{item.label}</code>
                    <span class="filter-box__help">{item.help}</span>
                </li>
            }
        })
        .collect_view()
        .into_any()
}

fn option_id(index: usize) -> String {
    format!("filter-option-{index}")
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
                view! { <span class="filter-problem__message">{problem.message.clone()}</span> }.into_any()
            }
            Some(problem) => filter_problem(sent, &problem.errors, state, path),
            None => ().into_any(),
        };
    }
    if typing.caret.get().is_some() {
        return ().into_any();
    }
    match domain::filter::compile(&text) {
        Ok(_) => ().into_any(),
        Err(errors) => filter_problem(&text, &errors, state, path),
    }
}

fn hidden_inputs(state: &ListState) -> AnyView {
    let sort = if state.sort == Default::default() { "" } else { state.sort.as_str() };
    [("to", state.to.as_str()), ("sort", sort), ("user", &state.user), ("session", &state.session)]
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
        ("User", &state.user, ListState { user: String::new(), ..first.clone() }),
        ("Session", &state.session, ListState { session: String::new(), ..first.clone() }),
        ("Until", &state.to, ListState { to: String::new(), ..first.clone() }),
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

fn range_options(from: &str) -> AnyView {
    let is_known = RANGES.iter().any(|(value, _)| *value == from);
    let other = (!is_known).then(|| {
        let label = format!("Since {from}");
        view! { <option value=from.to_owned() selected=true>{label}</option> }
    });
    let known = RANGES
        .into_iter()
        .map(|(value, label)| view! { <option value=value selected=value == from>{label}</option> })
        .collect_view();
    view! { {known} {other} }.into_any()
}

#[cfg(feature = "hydrate")]
fn caret_of(input: NodeRef<Input>, text: &str) -> usize {
    let units = input.get_untracked().and_then(|input| input.selection_start().ok().flatten());
    let Some(mut units) = units.map(|units| units as usize) else { return text.len() };
    for (offset, letter) in text.char_indices() {
        if units == 0 {
            return offset;
        }
        units = units.saturating_sub(letter.len_utf16());
    }
    text.len()
}

#[cfg(not(feature = "hydrate"))]
fn caret_of(_: NodeRef<Input>, text: &str) -> usize {
    text.len()
}

#[cfg(feature = "hydrate")]
fn set_caret(input: NodeRef<Input>, units: u32) {
    // After the new text has reached the field.
    request_animation_frame(move || {
        if let Some(input) = input.get_untracked() {
            let _ = input.set_selection_range(units, units);
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn set_caret(_: NodeRef<Input>, _: u32) {}
