//! Two to four traces side by side, one against many, or the choice of what to compare with.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::{failed_page, loading_page, skeleton};
use crate::address::{as_is, at};
use crate::compare::address::{CompareState, LETTERS, Style, path};
use crate::compare::choose::choose_view;
use crate::compare::cursor::StepCursor;
use crate::compare::list::{AlignedSteps, StepList};
use crate::compare::panel::step_panel;
use crate::compare::set::set_view;
use crate::compare::table::differences;
use crate::frame::{Crumb, Frame, Section};
use crate::keymap::hint;
use crate::model::{CompareChoices, Comparison, ExperimentRef, StepDiff, UsualView};
use crate::reads::compare::CompareRead;
use crate::reads::{Loaded, Read, Reply, awaited, load};
use crate::url_state::experiment_href;
use crate::widgets::problem::Problem;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Nothing,
    Choice,
    Set,
    Traces,
}

/// `/compare?a=&b=[&c=][&d=]`, with `step=&with=&style=&ignore=&only=`; or `?a=&set=&experiment=`; or `?a=` alone.
#[component]
pub fn ComparePage() -> impl IntoView {
    let query = use_query_map();
    let state = Memo::new(move |_| query.with(|query| CompareState::read(|key| query.get(key))));
    let mode = Memo::new(move |_| {
        state.with(|state| match state.traces.len() {
            0 => Mode::Nothing,
            1 if state.is_set_mode() => Mode::Set,
            1 => Mode::Choice,
            _ => Mode::Traces,
        })
    });
    let page = move || match mode.get() {
        Mode::Nothing => nothing(),
        Mode::Choice => choice(state),
        Mode::Set => set(state),
        Mode::Traces => traces(state),
    };
    view! { <Title text="Compare"/> {page} }
}

fn framed(experiment: Option<ExperimentRef>, content: AnyView) -> AnyView {
    let first = match &experiment {
        Some(experiment) => Crumb::link(
            experiment.name.clone(),
            experiment_href(experiment.id, "traces"),
        ),
        None => Crumb::link("Experiments", at("/")),
    };
    view! {
        <Frame experiment=experiment section=Section::Traces crumbs=vec![first, Crumb::here("Compare")]>
            {content}
        </Frame>
    }
    .into_any()
}

fn nothing() -> AnyView {
    let fields = LETTERS.iter().take(2).map(|name| {
        let label = format!("Trace {}", name.to_uppercase());
        view! {
            <label for=*name>{label}</label>
            <input class="input" id=*name name=*name required placeholder="tr-…" autocomplete="off" spellcheck="false"/>
        }
    });
    let fields = fields.collect_view();
    framed(
        None,
        view! {
            <div class="page compare-page">
                <div class="page__head"><h1>"Compare traces"</h1></div>
                <p class="quiet">"Give the ids of two traces, or press “Compare with…” on the page of a trace."</p>
                <form class="compare-set__form" method="get" action=path()>
                    {fields}
                    <button class="button" type="submit" data-weight="main">"Compare"</button>
                </form>
            </div>
        }
        .into_any(),
    )
}

fn choice(state: Memo<CompareState>) -> AnyView {
    let first = move || state.with(|state| state.traces.first().cloned().unwrap_or_default());
    let loaded = load(Signal::derive(move || {
        Read::Compare(CompareRead::Choices(first()))
    }));
    page_of(loaded, move |choices: CompareChoices| {
        let experiment = Some(choices.trace.experiment.clone());
        framed(experiment, choose_view(choices, &state.get_untracked()))
    })
}

fn set(state: Memo<CompareState>) -> AnyView {
    let question = Memo::new(move |_| {
        let usual = state.with(|state| CompareRead::Usual {
            trace: state.traces.first().cloned().unwrap_or_default(),
            experiment: state.experiment.clone(),
            filter: state.set.clone(),
        });
        Read::Compare(usual)
    });
    page_of(load(question.into()), move |found: UsualView| {
        let experiment = Some(found.trace.experiment.clone());
        framed(experiment, set_view(found, &state.get_untracked()))
    })
}

/// Waits for an answer and draws the page of it.
fn page_of<T: serde::de::DeserializeOwned + 'static>(
    loaded: Loaded,
    draw: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => draw(found),
        Err(error) => failed_page(error, move || loaded.refetch()),
    };
    awaited(loaded, loading_page, set_pending, draw)
}

fn traces(state: Memo<CompareState>) -> AnyView {
    let cursor = StepCursor::new(Memo::new(move |_| state.with(|state| state.step.clone())));
    let style = RwSignal::new(state.with_untracked(|state| state.style));
    let seen = Memo::new(move |_| state.with(|state| state.style));
    Effect::new(move |before: Option<Style>| {
        let now = seen.get();
        if before.is_some_and(|before| before != now) {
            style.set(now);
        }
        now
    });
    // What decides the rows; the rest of the address does not read them again.
    let asked = Memo::new(move |_| {
        state.with(|state| CompareState {
            step: String::new(),
            with: String::new(),
            style: Style::default(),
            ..state.clone()
        })
    });
    let traces = Memo::new(move |_| asked.with(|asked| asked.traces.clone()));
    Effect::new(move |before: Option<Vec<String>>| {
        let now = traces.get();
        if before.is_some_and(|before| before != now) {
            cursor.reset();
        }
        now
    });
    let with = Memo::new(move |_| state.with(|state| state.with.clone()));
    let loaded = load(Signal::derive(move || {
        Read::Compare(CompareRead::Traces {
            state: asked.get(),
            is_whole: false,
        })
    }));
    let detail = load(Signal::derive(move || {
        let state = CompareState {
            step: cursor.opened(),
            with: with.get(),
            ..asked.get()
        };
        Read::Compare(CompareRead::Step { state })
    }));
    page_of(loaded, move |comparison: Comparison| {
        let experiment = comparison
            .traces
            .first()
            .map(|trace| trace.experiment.clone());
        let content = compared(comparison, state, cursor, style, detail);
        framed(experiment, content)
    })
}

fn compared(
    comparison: Comparison,
    state: Memo<CompareState>,
    cursor: StepCursor,
    style: RwSignal<Style>,
    detail: Loaded,
) -> AnyView {
    let here = state.get_untracked();
    // The address as it stands, with the step that the reader is at.
    let now = move || CompareState {
        step: cursor.marked(),
        style: style.get(),
        ..state.get()
    };
    let go = Callback::new(move |step: String| cursor.go_to(step));
    let list = StepList::new(&comparison, Signal::derive(move || cursor.marked()), go);
    let choose_style = move |chosen: Style| {
        style.set(chosen);
        #[cfg(feature = "hydrate")]
        crate::browser::replace_parameter("style", if chosen == Style::Side { "side" } else { "" });
    };
    #[cfg(feature = "hydrate")]
    {
        let navigate = use_navigate();
        let swap = Callback::new(move |()| {
            navigate(&untrack(now).swapped().href(), as_is());
        });
        let other_style = Callback::new(move |()| {
            choose_style(match style.get_untracked() {
                Style::Inline => Style::Side,
                Style::Side => Style::Inline,
            });
        });
        crate::compare::keys::listen(list, swap, other_style);
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (use_navigate, as_is);
    let styles =
        [(Style::Inline, "Inline"), (Style::Side, "Side by side")].map(|(choice, label)| {
            let href = move || {
                CompareState {
                    style: choice,
                    ..now()
                }
                .href()
            };
            view! {
                <a
                    class="segmented__choice"
                    href=href
                    title=hint("Inline or side by side", "d")
                    aria-current=move || (style.get() == choice).then_some("true")
                    on:click=move |event: leptos::ev::MouseEvent| {
                        if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                            event.prevent_default();
                            choose_style(choice);
                        }
                    }
                >
                    {label}
                </a>
            }
        });
    let styles = styles.into_iter().collect_view();
    let exact = move || {
        CompareState {
            is_exact: !here.is_exact,
            ..now()
        }
        .href()
    };
    let is_exact = state.with_untracked(|state| state.is_exact);
    let can_add = comparison.traces.len() < Comparison::MOST;
    let add = can_add.then(|| add_form(&state.get_untracked()));
    let count = comparison.fields.len() as u64;
    let facts = match count {
        0 => "No fact differs".to_owned(),
        count => crate::text::number::counted(count, "fact differs", "facts differ"),
    };
    let table = differences(&comparison, &state.get_untracked());
    let asked = CompareState {
        step: String::new(),
        ..state.get_untracked()
    };
    let (_, set_pending) = signal(false);
    let panel = awaited(
        detail,
        skeleton,
        set_pending,
        move |reply: Reply| match reply.open() {
            Ok(diff) => {
                let diff: StepDiff = diff;
                let state = CompareState {
                    step: cursor.marked(),
                    ..state.get_untracked()
                };
                step_panel(&diff, &state, style.into())
            }
            Err(error) => {
                view! { <Problem error=error on_retry=move |()| detail.refetch()/> }.into_any()
            }
        },
    );
    view! {
        <div class="compare">
            <header class="compare-top">
                <div class="compare-top__line">
                    <h1>"Compare traces"</h1>
                    <div class="compare-top__acts">
                        <a class="button" data-size="small" href=move || now().swapped().href() title=hint("Exchange A and B", "s")>"Swap A and B"</a>
                        {add}
                    </div>
                </div>
                <details class="compare-facts" open=true>
                    <summary>{facts}</summary>
                    {table}
                </details>
            </header>
            <div class="compare-body">
                <AlignedSteps list=list comparison=comparison state=asked/>
                <section class="compare-panel" aria-label="Chosen step" data-pane="">
                    <div class="compare-panel__bar">
                        <nav class="segmented" aria-label="Style">{styles}</nav>
                        <a class="button" data-size="small" href=exact aria-current=(!is_exact).then_some("true")
                            title="Whether ids and points in time count as differences">
                            "Ignore ids and times"
                        </a>
                    </div>
                    {panel}
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// Takes a further trace into the comparison.
fn add_form(state: &CompareState) -> AnyView {
    let present = state.traces.iter().zip(LETTERS).map(|(id, letter)| {
        view! { <input type="hidden" name=letter value=id.clone()/> }
    });
    let present = present.collect_view();
    let next = LETTERS.get(state.traces.len()).copied().unwrap_or("d");
    view! {
        <details class="popover-fold compare-add">
            <summary class="button" data-size="small">"Add a trace"</summary>
            <form class="popover compare-add__form" method="get" action=path()>
                {present}
                <label for="add">"Trace id"</label>
                <input class="input" id="add" name=next required placeholder="tr-…" autocomplete="off" spellcheck="false"/>
                <button class="button" type="submit" data-weight="main">"Add"</button>
            </form>
        </details>
    }
    .into_any()
}
