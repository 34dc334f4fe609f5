//! A field that finds experiments by name, with those found under it. Part of the palette's chunk.

use leptos::html::Input;
use leptos::prelude::*;

use crate::model::{ExperimentList, ExperimentRef, ExperimentRow};
use crate::palette::ask_later;
use crate::reads::{Read, Reply, later};
use crate::text::number;
use crate::url_state::home::HomeState;

/// What is known of the experiments at the moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Found {
    rows: Vec<ExperimentRow>,
    /// How many match beside the rows that came.
    more: u64,
    /// The answer is one to the present text.
    is_answered: bool,
    problem: Option<String>,
}

/// The experiments for a text. Rows that came for an earlier one are kept as far as they have the present one in their name, so
/// that Enter never takes what does not match.
fn found(text: &str, reply: Option<(Read, Reply)>) -> Found {
    let text = text.trim();
    let Some((Read::Experiments(asked), reply)) = reply else {
        return Found::default();
    };
    let is_answered = asked.search == text;
    match reply.open::<ExperimentList>() {
        Err(error) => Found {
            is_answered,
            problem: Some(error.to_string()),
            ..Found::default()
        },
        Ok(list) => {
            let more = list.found.saturating_sub(list.rows.len() as u64);
            let mut rows = list.rows;
            if !is_answered {
                let wanted = text.to_lowercase();
                rows.retain(|row| row.experiment.name.to_lowercase().contains(&wanted));
            }
            Found {
                rows,
                more,
                is_answered,
                problem: None,
            }
        }
    }
}

/// The field and the list. The field has the focus; arrows and Enter choose.
#[component]
pub fn ExperimentChoice(
    /// The experiment that the reader is in, if any.
    here: Option<i64>,
    /// Gets the one that was chosen.
    on_choose: Callback<ExperimentRef>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let input = NodeRef::<Input>::new();
    let reply = later(Signal::derive(move || {
        Read::Experiments(HomeState {
            search: asked.get(),
            ..HomeState::default()
        })
    }));
    let shown = Memo::new(move |_| found(&text.get(), reply.get()));
    let count = move || shown.with(|shown| shown.rows.len());
    // The rows of a later answer may be fewer.
    let at = move || active.get().min(count().saturating_sub(1));
    let typed = move |event| {
        let value = event_target_value(&event);
        text.set(value.clone());
        active.set(0);
        ask_later(text, asked, value);
    };
    let choose = move |place: usize| {
        let row = shown.with_untracked(|shown| shown.rows.get(place).cloned());
        if let Some(row) = row {
            on_choose.run(row.experiment);
        }
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| {
        let count = untrack(count);
        let place = untrack(at);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => active.set((place + 1) % count),
            "ArrowUp" if count > 0 => active.set((place + count - 1) % count),
            "Enter" => choose(place),
            _ => return,
        }
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        crate::browser::show_option(&format!("experiment-{}", active.get_untracked()));
    };
    let rows = move || {
        let row = |(place, row): (usize, ExperimentRow)| {
            let is_here = here == Some(row.experiment.id);
            let detail = match is_here {
                true => "here".to_owned(),
                false => number::counted(row.traces, "trace", "traces"),
            };
            view! {
                <li
                    role="option"
                    id=format!("experiment-{place}")
                    class="palette__line"
                    aria-selected=move || (at() == place).to_string()
                    on:click=move |_| choose(place)
                    on:pointermove=move |_| active.set(place)
                >
                    <span class="palette__label" dir="auto">{row.experiment.name}</span>
                    <span class="palette__detail">{detail}</span>
                </li>
            }
        };
        let rows = shown.with(|shown| shown.rows.clone());
        rows.into_iter().enumerate().map(row).collect_view()
    };
    let words = move || {
        shown.with(|shown| match (&shown.problem, shown.is_answered) {
            (Some(problem), _) => Some(format!("The experiments could not be read. {problem}")),
            (None, false) if shown.rows.is_empty() => Some("Loading".to_owned()),
            (None, false) => None,
            (None, true) if shown.rows.is_empty() => {
                Some("No experiment has this in its name.".to_owned())
            }
            (None, true) if shown.more > 0 => {
                let more = number::grouped(shown.more);
                Some(format!(
                    "{more} more. Type a part of the name to find them."
                ))
            }
            (None, true) => None,
        })
    };
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    let active_id = move || (count() > 0).then(|| format!("experiment-{}", at()));
    view! {
        <div class="palette__body experiment-choice">
            <input
                node_ref=input
                class="palette__input"
                role="combobox"
                aria-label="Find an experiment"
                aria-expanded=move || (count() > 0).to_string()
                aria-controls="experiment-lines"
                aria-autocomplete="list"
                aria-activedescendant=active_id
                placeholder="Find an experiment"
                autocomplete="off"
                spellcheck="false"
                on:input=typed
                on:keydown=keydown
            />
            <ul class="palette__lines" id="experiment-lines" role="listbox" aria-label="Experiments" hidden=move || count() == 0>
                {rows}
            </ul>
            <p class="palette__none quiet" role="status">{words}</p>
        </div>
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn reply(asked: &str, names: &[&str], all: u64) -> Option<(Read, Reply)> {
        let row = |(id, name): (usize, &&str)| ExperimentRow {
            experiment: ExperimentRef {
                id: id as i64,
                name: (*name).to_owned(),
            },
            description: String::new(),
            traces: 0,
            errors: 0,
            last_trace_ms: None,
            changed_ms: 0,
            tags: Vec::new(),
        };
        let list = ExperimentList {
            rows: names.iter().enumerate().map(row).collect(),
            found: all,
            experiments: all,
            traces: 0,
            errors: 0,
            address: String::new(),
        };
        let state = HomeState {
            search: asked.to_owned(),
            ..HomeState::default()
        };
        let text = format!("+{}", serde_json::to_string(&list).expect("a list is JSON"));
        Some((Read::Experiments(state), text.parse().unwrap()))
    }

    fn names(found: &Found) -> Vec<&str> {
        let rows = found.rows.iter();
        rows.map(|row| row.experiment.name.as_str()).collect()
    }

    #[test]
    fn what_came_for_another_text_is_kept_as_far_as_it_matches() {
        let before = found("su", reply("", &["Support", "demo", "resume"], 3));
        assert_eq!(names(&before), ["Support", "resume"]);
        assert!(!before.is_answered);
        let after = found(" su ", reply("su", &["Support", "resume", "x"], 80));
        // The server knows what has the text.
        assert_eq!(names(&after).len(), 3);
        assert!(after.is_answered);
        assert_eq!(after.more, 77);
    }

    #[test]
    fn nothing_is_there_before_the_first_answer_and_after_a_failed_one() {
        assert_eq!(found("", None), Found::default());
        let failed = Some((
            Read::Experiments(HomeState::default()),
            "-nonsense".parse().unwrap(),
        ));
        let failed = found("", failed);
        assert!(failed.rows.is_empty() && failed.problem.is_some());
    }
}
