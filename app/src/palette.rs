//! The palette: search over everything, places to go, things to do. Its code is loaded when it is first opened, and with it that of
//! the other fields that find something by name ([`Overlay`]).

use leptos::html::Input;
use leptos::prelude::*;

use crate::address::at;
use crate::model::{ExperimentRef, Hit, LookUp};
use crate::preferences::{DENSITY, NAV, Preference, THEME};
use crate::reads::{Read, later};

/// The experiment that the reader is in, if any, as the palette needs it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Here {
    /// Its id as text; empty for none.
    pub experiment: String,
}

/// What opens over a page to find something by its name.
#[derive(Debug, Clone)]
pub enum Overlay {
    /// Search over everything and commands.
    Palette(Here),
    /// The experiments, to go to the same section of another one.
    Switcher {
        /// The experiment that the reader is in.
        here: i64,
        /// The section, as addresses have it.
        section: &'static str,
    },
    /// The experiments, to do something with one.
    Experiments(Callback<ExperimentRef>),
}

/// What a line of the palette does.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Go(String),
    Choose(Preference, &'static str),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    kind: String,
    label: String,
    detail: String,
    deed: Deed,
}

impl Line {
    fn go(kind: &str, label: &str, href: String) -> Self {
        Self {
            kind: kind.to_owned(),
            label: label.to_owned(),
            detail: String::new(),
            deed: Deed::Go(href),
        }
    }

    fn choose(label: &str, preference: Preference, value: &'static str) -> Self {
        Self {
            kind: "command".to_owned(),
            label: label.to_owned(),
            detail: String::new(),
            deed: Deed::Choose(preference, value),
        }
    }
}

/// Pages and commands.
fn fixed(here: &Here) -> Vec<Line> {
    let mut lines = Vec::new();
    if !here.experiment.is_empty() {
        for (label, section) in [
            ("Overview", "overview"),
            ("Traces", "traces"),
            ("Sessions", "sessions"),
            ("Users", "users"),
            ("Runs", "runs"),
            ("Experiment settings", "settings"),
        ] {
            let href = at(&format!("/experiments/{}/{section}", here.experiment));
            lines.push(Line::go("page", label, href));
        }
    }
    lines.push(Line::go("page", "Experiments", at("/")));
    lines.push(Line::go("page", "Deleted experiments", at("/?deleted=1")));
    lines.push(Line::go("page", "Open a trace file", at("/open")));
    lines.push(Line::go("page", "Settings", at("/settings")));
    lines.push(Line::go("command", "Create experiment", at("/#home-name")));
    lines.push(Line::choose("Colours: light", THEME, "light"));
    lines.push(Line::choose("Colours: dark", THEME, "dark"));
    lines.push(Line::choose("Colours: as the system", THEME, ""));
    lines.push(Line::choose("Rows: compact", DENSITY, "compact"));
    lines.push(Line::choose("Rows: normal", DENSITY, ""));
    lines.push(Line::choose("Navigation: fold", NAV, "folded"));
    lines.push(Line::choose("Navigation: unfold", NAV, ""));
    lines
}

/// All lines for a text: what was visited for none, else what the server found, then pages and commands of that name.
fn lines(text: &str, here: &Here, visits: &[(String, String)], found: Option<LookUp>) -> Vec<Line> {
    let text = text.trim().to_lowercase();
    let has_it = |line: &Line| line.label.to_lowercase().contains(&text);
    let visits = visits
        .iter()
        .map(|(label, href)| Line::go("recent", label, href.clone()))
        .filter(has_it);
    let found = found.unwrap_or_default();
    let hits = found.hits.into_iter().map(|hit: Hit| Line {
        kind: hit.kind,
        label: hit.label,
        detail: hit.detail,
        deed: Deed::Go(hit.href),
    });
    let is_empty = text.is_empty();
    let mut all: Vec<Line> = Vec::new();
    if found.is_exact {
        all.extend(hits);
        return all;
    }
    all.extend(visits.take(if is_empty { 6 } else { 3 }));
    all.extend(hits);
    all.extend(fixed(here).into_iter().filter(has_it));
    all
}

/// The palette's content, within the dialog that its host opens.
#[component]
pub fn Palette(
    /// Where the reader is.
    here: Here,
    /// Puts the palette away.
    on_close: Callback<()>,
) -> impl IntoView {
    let here = StoredValue::new(here);
    let text = RwSignal::new(String::new());
    let asked = RwSignal::new(String::new());
    let active = RwSignal::new(0usize);
    let input = NodeRef::<Input>::new();
    let visits = StoredValue::new(visits());
    let found = later(Signal::derive(move || Read::LookUp {
        text: asked.get(),
        experiment: here.with_value(|here| here.experiment.clone()),
    }));
    let shown = Memo::new(move |_| {
        let text = text.get();
        // An answer to another text would show what is no longer asked for.
        let is_asked =
            |read: &Read| matches!(read, Read::LookUp { text: asked, .. } if asked == text.trim());
        let reply = found.get().filter(|(read, _)| is_asked(read));
        let found = reply.and_then(|(_, reply)| reply.open::<LookUp>().ok());
        here.with_value(|here| visits.with_value(|visits| lines(&text, here, visits, found)))
    });
    let typed = move |event| {
        let value = event_target_value(&event);
        text.set(value.clone());
        active.set(0);
        ask_later(text, asked, value);
    };
    let act = move |line: Line| {
        on_close.run(());
        perform(line.deed);
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| {
        let count = shown.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => active.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => active.update(|at| *at = (*at + count - 1) % count),
            "Home" if count > 0 && text.with(String::is_empty) => active.set(0),
            "End" if count > 0 && text.with(String::is_empty) => active.set(count - 1),
            "Enter" => {
                if let Some(line) = shown.with(|lines| lines.get(active.get()).cloned()) {
                    act(line);
                }
            }
            _ => return,
        }
        event.prevent_default();
        #[cfg(feature = "hydrate")]
        crate::browser::show_option(&format!("palette-{}", active.get_untracked()));
    };
    let rows = move || {
        let row = |(index, line): (usize, Line)| {
            let kind = line.kind.clone();
            let (label, detail) = (line.label.clone(), line.detail.clone());
            view! {
                <li
                    role="option"
                    id=format!("palette-{index}")
                    class="palette__line"
                    aria-selected=move || (active.get() == index).to_string()
                    on:click=move |_| act(line.clone())
                    on:pointermove=move |_| active.set(index)
                >
                    <span class="palette__kind">{kind}</span>
                    <span class="palette__label">{label}</span>
                    <span class="palette__detail">{detail}</span>
                </li>
            }
        };
        shown.get().into_iter().enumerate().map(row).collect_view()
    };
    let is_answered = move || {
        let is_same = |text: &String| {
            found.with(|found| matches!(found, Some((Read::LookUp { text: asked, .. }, _)) if asked == text.trim()))
        };
        text.with(is_same)
    };
    let is_empty = move || shown.with(Vec::is_empty) && is_answered();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            let _ = input.focus();
        }
    });
    view! {
        <div class="palette__body">
            <input
                node_ref=input
                class="palette__input"
                role="combobox"
                aria-label="Search or jump"
                aria-expanded="true"
                aria-controls="palette-lines"
                aria-autocomplete="list"
                aria-activedescendant=move || format!("palette-{}", active.get())
                placeholder="Name, id, traceparent, address, command"
                autocomplete="off"
                spellcheck="false"
                on:input=typed
                on:keydown=keydown
            />
            <ul class="palette__lines" id="palette-lines" role="listbox" aria-label="Found">{rows}</ul>
            <p class="palette__none quiet" role="status">{move || is_empty().then_some("Nothing found.")}</p>
        </div>
    }
    .into_any()
}

fn visits() -> Vec<(String, String)> {
    #[cfg(feature = "hydrate")]
    return crate::browser::visits();
    #[cfg(not(feature = "hydrate"))]
    Vec::new()
}

/// Asks once the reader pauses.
pub fn ask_later(text: RwSignal<String>, asked: RwSignal<String>, value: String) {
    #[cfg(feature = "hydrate")]
    crate::browser::after(std::time::Duration::from_millis(120), move || {
        if text.try_get_untracked().as_ref() == Some(&value) {
            asked.try_set(value.trim().to_owned());
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (text, asked, value);
}

fn perform(deed: Deed) {
    #[cfg(feature = "hydrate")]
    match deed {
        Deed::Go(href) => crate::browser::go(&href),
        Deed::Choose(preference, value) => preference.choose(value),
    }
    #[cfg(not(feature = "hydrate"))]
    match deed {
        Deed::Go(_) | Deed::Choose(..) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str, found: Option<LookUp>) -> Vec<String> {
        let here = Here {
            experiment: "3".to_owned(),
        };
        let visits = [(
            "demo / Traces".to_owned(),
            "/experiments/1/traces".to_owned(),
        )];
        let lines = lines(text, &here, &visits, found);
        lines.into_iter().map(|line| line.label).collect()
    }

    fn hit(label: &str) -> Hit {
        Hit {
            kind: "trace".to_owned(),
            label: label.to_owned(),
            detail: String::new(),
            href: String::new(),
        }
    }

    #[test]
    fn recent_places_come_first() {
        assert_eq!(labels("", None)[..2], ["demo / Traces", "Overview"]);
    }

    #[test]
    fn what_was_found_comes_before_commands() {
        let found = LookUp {
            hits: vec![hit("dark matter")],
            is_exact: false,
        };
        assert_eq!(
            labels("dark", Some(found)),
            ["dark matter", "Colours: dark"]
        );
    }

    #[test]
    fn an_exact_hit_stands_alone() {
        let found = LookUp {
            hits: vec![hit("answer")],
            is_exact: true,
        };
        assert_eq!(labels("tr-1", Some(found)), ["answer"]);
    }
}
