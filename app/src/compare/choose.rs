//! What to compare a trace with: earlier ones of its name, its session, the middle of all of its name, or a pasted id.

use leptos::prelude::*;

use super::address::{CompareState, path};
use super::table::trace_name;
use crate::model::{CompareChoices, TraceRow};
use crate::pages::skeleton;
use crate::reads::compare::CompareRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::time::took;
use crate::url_state::trace_href;
use crate::widgets::badge::StateBadge;
use crate::widgets::problem::Problem;
use crate::widgets::time::{Time, TimeStyle};

/// The first trace that is offered.
const FIRST: &str = "compare-first";
/// The field for the id of any other.
const FIELD: &str = "other";

/// The trace that something is to be compared with; for the dialog, from what opens it.
#[derive(Debug, Clone)]
pub struct ToCompare(pub String);

/// The page's content.
pub fn choose_view(choices: CompareChoices, state: &CompareState) -> AnyView {
    let trace = &choices.trace;
    let line = view! {
        <p class="compare-set__trace">
            <StateBadge state=trace.state/>
            <a href=trace_href(&trace.id) title=trace.id.clone() dir="auto">{trace_name(trace)}</a>
            <Time millis=trace.time_ms style=TimeStyle::Full/>
        </p>
    };
    view! {
        <div class="page compare-page">
            <div class="page__head">
                <h1>"Compare with…"</h1>
            </div>
            {line}
            {id_form(&choices)}
            <p>{usual_link(&choices, state)}</p>
            {groups(choices, state)}
        </div>
    }
    .into_any()
}

/// What the dialog on the page of a trace offers: the same, traces first.
#[component]
pub fn CompareChoice() -> impl IntoView {
    let ToCompare(trace) = use_context().expect("what opens the dialog provides it");
    let state = CompareState {
        traces: vec![trace.clone()],
        ..CompareState::default()
    };
    let loaded = load(Signal::stored(Read::Compare(CompareRead::Choices(trace))));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open::<CompareChoices>() {
        Ok(choices) => {
            focus_first();
            view! {
                <div class="compare-page">
                    {groups(choices.clone(), &state)}
                    <p>{usual_link(&choices, &state)}</p>
                    {id_form(&choices)}
                </div>
            }
            .into_any()
        }
        Err(error) => {
            view! { <Problem error=error on_retry=move |()| loaded.refetch()/> }.into_any()
        }
    };
    awaited(loaded, skeleton, set_pending, draw)
}

/// The first trace that is offered gets the focus, else the field for an id.
fn focus_first() {
    #[cfg(feature = "hydrate")]
    crate::browser::list::focus_soon(vec![FIRST.to_owned(), FIELD.to_owned()]);
}

fn id_form(choices: &CompareChoices) -> AnyView {
    view! {
        <form class="compare-set__form" method="get" action=path()>
            <input type="hidden" name="a" value=choices.trace.id.clone()/>
            <label for=FIELD>"Trace id"</label>
            <input class="input" id=FIELD name="b" required placeholder="tr-…" autocomplete="off" spellcheck="false"/>
            <button class="button" type="submit" data-weight="main">"Compare"</button>
        </form>
    }
    .into_any()
}

fn usual_link(choices: &CompareChoices, state: &CompareState) -> AnyView {
    let trace = &choices.trace;
    let usual = CompareState {
        set: choices.name_filter.clone(),
        experiment: trace.experiment.id.to_string(),
        ..state.clone()
    };
    let text = match choices.name_filter.as_str() {
        "" => "With the median of all traces of the experiment".to_owned(),
        _ => format!("With the median of all named {}", trace_name(trace)),
    };
    view! { <a href=usual.href()>{text}</a> }.into_any()
}

fn groups(choices: CompareChoices, state: &CompareState) -> AnyView {
    let groups = [
        ("Other attempts", choices.attempts),
        ("Traces of the same name", choices.same_name),
        ("The same session", choices.session),
    ];
    let groups = groups.into_iter().filter(|(_, rows)| !rows.is_empty());
    let mut is_first = true;
    let groups: Vec<AnyView> = groups
        .map(|(title, rows)| {
            let first = std::mem::take(&mut is_first).then_some(FIRST);
            group(title, rows, state, first)
        })
        .collect();
    if groups.is_empty() {
        let text = "There is no other trace of this name or session. Paste the id of any trace.";
        return view! { <p class="quiet">{text}</p> }.into_any();
    }
    groups.into_any()
}

/// The first of its rows has this id.
fn group(
    title: &'static str,
    rows: Vec<TraceRow>,
    state: &CompareState,
    first: Option<&'static str>,
) -> AnyView {
    let items = rows.into_iter().enumerate().map(|(place, row)| {
        let id = first.filter(|_| place == 0);
        let href = state.and(&row.trace_id).href();
        let took = row.duration_ms.map(took);
        let name = crate::text::number::name_or_id(&row.name, &row.trace_id);
        view! {
            <li class="compare-choice">
                <StateBadge state=row.state/>
                <a href=href id=id title=row.trace_id.clone() dir="auto">{name}</a>
                <Time millis=row.time_ms style=TimeStyle::Full/>
                <span class="figures">{took}</span>
                <span class="quiet compare-choice__text" dir="auto">{row.request.clone()}</span>
            </li>
        }
    });
    let items = items.collect_view();
    view! {
        <section class="compare-choices">
            <h2>{title}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}
