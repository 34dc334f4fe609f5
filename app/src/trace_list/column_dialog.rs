//! The choice of columns: which, in what order, and for which lists. Every change shows at once in the list behind and is part of the
//! address, so there is nothing to confirm.

use leptos::html::Dialog;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};

use super::beside::Beside;
use super::columns::{Column, KNOWN, read, write};
use crate::address::as_is;
use crate::preferences::COLUMNS;
use crate::url_state::{ListState, experiment_href};
use crate::widgets::icon::{Icon, IconName};

/// A choice of columns that is being made.
#[derive(Clone, Copy)]
struct Choice {
    chosen: RwSignal<Vec<Column>>,
    /// Puts a text of columns into the address.
    go: Callback<String>,
    /// The place among the chosen ones that a dragged column is over.
    over: RwSignal<Option<usize>>,
    /// Columns that were typed in and taken out again.
    own: RwSignal<Vec<String>>,
    /// What gets the focus once the columns are drawn anew: the first of these ids that takes it.
    next: StoredValue<Vec<String>>,
}

impl Choice {
    fn set(&self, list: Vec<Column>) {
        self.go.run(write(&list));
        self.chosen.set(list);
    }

    fn place(&self, key: &str) -> Option<usize> {
        self.chosen
            .with_untracked(|chosen| chosen.iter().position(|column| column.key == key))
    }

    fn toggle(&self, key: &str) {
        let mut list = self.chosen.get_untracked();
        match self.place(key) {
            Some(place) if list.len() > 1 => {
                list.remove(place);
            }
            Some(_) => return,
            None => list.push(Column::of(key)),
        }
        if !KNOWN.iter().any(|(known, _)| *known == key) {
            self.own.update(|own| {
                own.retain(|other| other != key);
                own.push(key.to_owned());
            });
        }
        self.set(list);
    }

    fn move_to(&self, key: &str, to: usize) {
        let mut list = self.chosen.get_untracked();
        let Some(from) = self
            .place(key)
            .filter(|from| *from != to && to < list.len())
        else {
            return;
        };
        let column = list.remove(from);
        list.insert(to, column);
        self.set(list);
    }
}

/// The dialog, open as long as it is there.
#[component]
pub fn ColumnDialog() -> impl IntoView {
    let beside = Beside::here();
    let dialog = NodeRef::<Dialog>::new();
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get().filter(|dialog| !dialog.open()) {
            let _ = dialog.show_modal();
        }
    });
    let choice = choice(beside);
    // All of it is drawn anew with every change: boxes and focus must not stay behind with another column.
    let rows = move |chosen: Vec<Column>| {
        focus_soon(choice.next.get_value());
        let count = chosen.len();
        let shown = chosen.iter().enumerate();
        let shown = shown.map(|(place, column)| row(choice, column.clone(), Some((place, count))));
        let known = KNOWN.iter().map(|(key, _)| (*key).to_owned());
        let others = known.chain(choice.own.get_untracked());
        let others = others.filter(|key| chosen.iter().all(|column| column.key != *key));
        let others = others.map(|key| row(choice, Column::of(&key), None));
        view! {
            <div>
                <ol class="columns__list">{shown.collect_view()}</ol>
                <h3 class="columns__title">"More"</h3>
                <ul class="columns__list">{others.collect_view()}</ul>
            </div>
        }
    };
    let is_kept = RwSignal::new(false);
    let keep = move |_| {
        remember(&choice.chosen.with_untracked(|chosen| write(chosen)));
        is_kept.set(true);
    };
    let reset = move |_| {
        remember("");
        choice.go.run(String::new());
        // The address may say nothing of columns already.
        beside.kept.update(|kept| *kept += 1);
        beside.is_choosing.set(false);
    };
    view! {
        <dialog node_ref=dialog class="dialog columns" aria-label="Columns" on:close=move |_| beside.is_choosing.set(false)>
            <form method="dialog" class="dialog__head">
                <h2>"Columns"</h2>
                <button class="button">"Close"</button>
            </form>
            <For each=move || [choice.chosen.get()] key=|chosen| write(chosen) children=rows/>
            {own_form(choice)}
            <p class="columns__foot">
                <button type="button" class="button" on:click=keep>"Use for every list"</button>
                <button type="button" class="button" on:click=reset>"Back to the usual"</button>
                <span class="quiet" role="status">{move || is_kept.get().then_some("Lists without columns of their own have these from now on.")}</span>
            </p>
        </dialog>
    }
    .into_any()
}

fn choice(beside: Beside) -> Choice {
    let (query, params) = (use_query_map(), use_params_map());
    let navigate = use_navigate();
    let asked = query.with_untracked(|query| ListState::read(|key| query.get(key)));
    let chosen = match asked.cols.is_empty() {
        true => beside.columns.get_value(),
        false => read(&asked.cols),
    };
    let go = move |cols: String| {
        let (asked, trace) = query.with_untracked(|query| {
            let asked = ListState::read(|key| query.get(key));
            (asked, query.get("trace").unwrap_or_default())
        });
        let id = params.with_untracked(|params| params.get("id").unwrap_or_default());
        let path = experiment_href(id.parse().unwrap_or(0), "traces");
        let list = ListState { cols, ..asked }.href(&path);
        let options = NavigateOptions {
            replace: true,
            scroll: false,
            ..as_is()
        };
        navigate(&crate::url_state::with_trace(list, &trace), options);
    };
    Choice {
        chosen: RwSignal::new(chosen),
        go: Callback::new(go),
        over: RwSignal::new(None),
        own: RwSignal::new(Vec::new()),
        next: StoredValue::new(Vec::new()),
    }
}

/// A column; `place` is where among how many chosen ones.
fn row(choice: Choice, column: Column, place: Option<(usize, usize)>) -> AnyView {
    let title = column.title().to_owned();
    let kind = column.kind();
    let key = column.key.clone();
    let box_id = format!("column-box-{key}");
    let toggle = {
        let box_id = box_id.clone();
        move |_| {
            choice.next.set_value(vec![box_id.clone()]);
            choice.toggle(&key);
        }
    };
    let is_last_one = place == Some((0, 1));
    let moves = place.map(|(place, count)| {
        let button = |way: &'static str, word: &str, to: Option<usize>| {
            let label = format!("Move {title} {word}");
            let key = column.key.clone();
            let press = move |_| {
                if let Some(to) = to {
                    // At either end only the other way is left.
                    choice.next.set_value(vec![
                        format!("{way}-{to}"),
                        format!("column-up-{to}"),
                        format!("column-down-{to}"),
                    ]);
                    choice.move_to(&key, to);
                }
            };
            view! {
                <button type="button" class="icon-button columns__move" data-way=way id=format!("{way}-{place}")
                    title=label.clone() aria-label=label disabled=to.is_none() on:click=press>
                    <Icon name=IconName::Chevron/>
                </button>
            }
        };
        let down = Some(place + 1).filter(|to| *to < count);
        let (key, handle) = (column.key.clone(), column.key.clone());
        let drag = move |event: leptos::ev::PointerEvent| drag(&event, choice, count);
        let drop = move |_: leptos::ev::PointerEvent| {
            let over = choice.over.get_untracked();
            choice.over.set(None);
            if let Some(to) = over {
                choice.move_to(&handle, to);
            }
        };
        view! {
            {button("column-up", "up", place.checked_sub(1))}
            {button("column-down", "down", down)}
            <span class="columns__handle" aria-hidden="true" title="Drag" data-key=key on:pointerdown=drag on:pointerup=drop>"⠿"</span>
        }
    });
    let is_over = move || {
        let is_over = place.is_some_and(|(place, _)| choice.over.get() == Some(place));
        is_over.then_some("true")
    };
    view! {
        <li class="columns__row" data-over=is_over>
            <label class="columns__box">
                <input type="checkbox" id=box_id checked=place.is_some() disabled=is_last_one on:change=toggle/>
                <span class="columns__name">{title.clone()}</span>
                {kind.map(|kind| view! { <span class="chip">{kind}</span> })}
            </label>
            {moves}
        </li>
    }
    .into_any()
}

/// A field for the key of a tag, of metadata or of an attribute, or the name of feedback.
fn own_form(choice: Choice) -> AnyView {
    let key = RwSignal::new(String::new());
    let kind = RwSignal::new("tag".to_owned());
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = key.get_untracked();
        let column = format!("{}.{}", kind.get_untracked(), typed.trim());
        if !typed.trim().is_empty() && choice.place(&column).is_none() {
            choice.toggle(&column);
        }
        key.set(String::new());
    };
    view! {
        <form class="columns__own" on:submit=add>
            <select class="select" aria-label="Kind" on:change=move |event| kind.set(event_target_value(&event))>
                <option value="tag">"Tag"</option>
                <option value="meta">"Metadata"</option>
                <option value="attribute">"Attribute of a span"</option>
                <option value="feedback">"Feedback"</option>
            </select>
            <input class="input" aria-label="Key" placeholder="Key, such as env" maxlength="250" autocomplete="off"
                prop:value=key on:input=move |event| key.set(event_target_value(&event))/>
            <button class="button">"Add"</button>
        </form>
    }
    .into_any()
}

fn drag(event: &leptos::ev::PointerEvent, choice: Choice, count: usize) {
    #[cfg(feature = "hydrate")]
    crate::browser::list::on_drag(event, ".columns__list", move |_, share| {
        let place = (share * count as f64).clamp(0.0, count as f64 - 1.0) as usize;
        choice.over.set(Some(place));
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, choice, count);
}

fn focus_soon(ids: Vec<String>) {
    #[cfg(feature = "hydrate")]
    crate::browser::list::focus_soon(ids);
    #[cfg(not(feature = "hydrate"))]
    drop(ids);
}

fn remember(cols: &str) {
    #[cfg(feature = "hydrate")]
    COLUMNS.choose(cols);
    #[cfg(not(feature = "hydrate"))]
    let _ = COLUMNS.checked(cols);
}
