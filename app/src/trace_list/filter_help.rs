//! What the filter box knows of the filter language: completions and what is wrong with a text.
//!
//! Part of a chunk, since most visits to a list type no filter: it comes when the box gets the focus, or with a page whose filter has
//! an error. The reading and completing is `domain::filter`, compiled into it, so a key press costs no round trip.

use domain::filter::complete::{Completions, complete};
use domain::filter::field::TRACES;
use leptos::prelude::*;

use super::completion::{Item, Offer, Typing};
use super::filter_problem::filter_problem;
use super::plain_words::text_filter;
use super::values::{Known, facet_of, fetch};
use crate::model::FilterProblem;
use crate::text::number;
use crate::url_state::ListState;

/// The most completions offered at once.
const OFFERED: usize = 8;

/// The filter box, in context.
#[derive(Clone)]
pub struct Asked {
    /// What the reader is doing in it.
    pub typing: Typing,
    /// What the address asks.
    pub state: ListState,
    /// The list's address without the question.
    pub path: String,
    /// What the server found wrong.
    pub problem: Option<FilterProblem>,
}

/// Completes while the reader types, and says what is wrong.
#[component]
pub fn FilterHelp() -> impl IntoView {
    let asked = expect_context::<Asked>();
    let typing = asked.typing;
    let known = fetch(Memo::new(move |_| wanted(typing)));
    Effect::new(move |_| {
        let offer = offered(typing, known);
        if typing.offer.with_untracked(|before| *before != offer) {
            typing.offer.set(offer);
        }
    });
    move || problem_view(&asked)
}

/// What may come next; nothing while the list is closed.
fn offered(typing: Typing, known: Known) -> Offer {
    let Some(caret) = typing.caret.get() else {
        return Offer::default();
    };
    let text = typing.text.get();
    let found = complete(&text, caret, &TRACES);
    let known_items = found.items.iter().map(|item| Item {
        label: item.label.clone(),
        insert: item.insert.clone(),
        note: item.help.to_owned(),
        is_whole: false,
    });
    let mut items: Vec<Item> = known_items.collect();
    add_values(&mut items, &found, known);
    items.truncate(OFFERED);
    // Words that are no filter: the text of traces may have them.
    if let Some(filter) = text_filter(&text) {
        items.push(Item {
            label: filter.clone(),
            insert: filter,
            note: "search the text".to_owned(),
            is_whole: true,
        });
    }
    Offer {
        start: found.replace.start as usize,
        end: found.replace.end as usize,
        items,
    }
}

/// The facet whose values the caret asks for.
fn wanted(typing: Typing) -> Option<String> {
    let caret = typing.caret.get()?;
    facet_of(&complete(&typing.text.get(), caret, &TRACES).source)
}

/// Adds values that traces have, the commonest first, with their counts.
fn add_values(items: &mut Vec<Item>, found: &Completions, known: Known) {
    let Some(key) = facet_of(&found.source) else {
        return;
    };
    let typed = found.typed.to_lowercase();
    known.with(|known| {
        let group = known.iter().find(|group| group.key == key);
        let values = group
            .map(|group| group.values.as_slice())
            .unwrap_or_default();
        for (value, traces, name) in values {
            let is_new = items.iter().all(|item| item.label != *value);
            let is_typed = [value, name]
                .iter()
                .any(|text| text.to_lowercase().contains(&typed));
            if is_new && is_typed && !value.is_empty() {
                let traces = number::counted(*traces, "trace", "traces");
                items.push(Item {
                    label: value.clone(),
                    insert: found.text_for(value),
                    note: match name.as_str() {
                        "" => traces,
                        name => format!("{name}, {traces}"),
                    },
                    is_whole: false,
                });
            }
        }
    });
}

/// What is wrong: while the text is the one that was sent, what the server said; else what the page itself finds, once the
/// reader has stopped choosing completions.
fn problem_view(asked: &Asked) -> AnyView {
    let Asked {
        typing,
        state,
        path,
        problem,
    } = asked;
    let sent = &state.filter;
    let text = typing.text.get();
    if text == *sent {
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
