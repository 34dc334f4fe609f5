//! The values of one facet.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::clauses::{Choice, Choices};
use super::field::Field;
use crate::address::as_is;
use crate::model::FacetGroup;
use crate::text::number;
use crate::trace_list::beside::Listed;
use crate::widgets::icon::{Icon, IconName};

/// The most values in the document at once; a search finds the others.
const SHOWN: usize = 100;
/// So many values have a search box.
const MANY: usize = 12;

/// What a group stands in.
pub(super) struct Place<'a> {
    /// The list.
    pub(super) listed: &'a Listed,
    /// Its filter, read.
    pub(super) choices: &'a Choices,
    /// Groups to list at length, one a line.
    pub(super) more: Option<RwSignal<String>>,
}

/// One value, ready to be drawn.
#[derive(Clone)]
struct Line {
    name: String,
    value: String,
    traces: u64,
    share: f64,
    is_only: bool,
    is_not: bool,
    only: String,
    not: Option<String>,
}

pub(super) fn group(field: &Field, found: FacetGroup, place: &Place<'_>) -> AnyView {
    let choice = place.choices.of(field);
    let clear = place.listed.with_filter(place.choices.without(field));
    let has_choice = choice != Choice::default();
    let title = field.title().to_owned();
    let kind = match field {
        Field::Tag(_) => Some("tag"),
        Field::Feedback(_) => Some("feedback"),
        _ => None,
    };
    let key = found.key.clone();
    let has_more = found.has_more;
    let lines = lines(field, found, &choice, place);
    let is_long = place
        .more
        .is_some_and(|more| more.with_untracked(|more| more.lines().any(|line| line == key)));
    let clear = has_choice.then(|| {
        let label = format!("Any {title}");
        view! { <a class="facet__any" href=clear data-noscroll="" aria-label=label>"any"</a> }
    });
    let sought = RwSignal::new(String::new());
    let search = (lines.len() > MANY).then(|| {
        let label = format!("Search in {title}");
        view! {
            <input class="input facet__search needs-script" type="search" placeholder="Search" aria-label=label
                prop:value=sought on:input=move |event| sought.set(event_target_value(&event))/>
        }
    });
    let navigate = use_navigate();
    let rows = {
        move || {
            let sought = sought.get().to_lowercase();
            let is_found = |line: &&Line| {
                sought.is_empty()
                    || line.value.to_lowercase().contains(&sought)
                    || line.name.to_lowercase().contains(&sought)
            };
            let found: Vec<&Line> = lines.iter().filter(is_found).collect();
            let left = found.len().saturating_sub(SHOWN);
            let shown = found.into_iter().take(SHOWN);
            let rows = shown.map(|line| row(line, navigate.clone())).collect_view();
            let left = (left > 0).then(|| {
                let left = number::grouped(left as u64);
                view! { <li class="facet__left">{format!("and {left} more: search for them")}</li> }
            });
            view! { {rows} {left} }
        }
    };
    let more = place.more.filter(|_| has_more || is_long).map(|more| {
        let (text, label) = match is_long {
            true => ("fewer", format!("Fewer values of {title}")),
            false => ("more", format!("More values of {title}")),
        };
        let press = move |_| {
            more.update(|more| {
                let mut keys: Vec<&str> = more.lines().filter(|line| *line != key).collect();
                if !is_long {
                    keys.push(&key);
                }
                *more = keys.join("\n");
            });
        };
        view! { <button type="button" class="facet__more" aria-label=label on:click=press>{text}</button> }
    });
    let (label, shown_title) = (title.clone(), title.clone());
    view! {
        <section class="facet" aria-label=label data-chosen=has_choice.then_some("true")>
            <h3 class="facet__head">
                <span class="facet__title" title=title>{shown_title}</span>
                {kind.map(|kind| view! { <span class="facet__kind">{kind}</span> })}
                {clear}
            </h3>
            {search}
            <ul class="facet__values">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

/// The values with what is chosen but not among them.
fn lines(field: &Field, found: FacetGroup, choice: &Choice, place: &Place<'_>) -> Vec<Line> {
    let mut values = found.values;
    for chosen in choice.only.iter().chain(&choice.not) {
        if !values.iter().any(|(value, ..)| value == chosen) {
            values.insert(0, (chosen.clone(), 0, String::new()));
        }
    }
    let most = values
        .iter()
        .map(|(_, traces, _)| *traces)
        .max()
        .unwrap_or(0);
    let line = |(value, traces, name): (String, u64, String)| Line {
        name: match (name.is_empty(), value.is_empty()) {
            (false, _) => name,
            (true, true) => "(empty)".to_owned(),
            (true, false) => value.clone(),
        },
        traces,
        share: (traces as f64).ln_1p() / (most as f64).ln_1p().max(f64::MIN_POSITIVE),
        is_only: choice.only.contains(&value),
        is_not: choice.not.contains(&value),
        only: place.listed.with_filter(place.choices.only(field, &value)),
        not: place
            .choices
            .not(field, &value)
            .map(|filter| place.listed.with_filter(filter)),
        value,
    };
    values.into_iter().map(line).collect()
}

fn row(line: &Line, navigate: impl Fn(&str, NavigateOptions) + 'static) -> AnyView {
    let line = line.clone();
    let other = line.not.clone();
    // A press with Alt would download the link.
    let press = move |event: leptos::ev::MouseEvent| {
        if let (true, Some(not)) = (event.alt_key(), &other) {
            event.prevent_default();
            event.stop_propagation();
            let options = NavigateOptions {
                scroll: false,
                ..as_is()
            };
            navigate(not, options);
        }
    };
    let state = match (line.is_only, line.is_not) {
        (true, _) => Some("only"),
        (_, true) => Some("not"),
        _ => None,
    };
    let title = match line.is_only {
        true => format!("{}: no longer only this", line.value),
        false => format!("{}: only this; with Alt: not this", line.value),
    };
    let count = number::grouped(line.traces);
    let label = match state {
        Some("not") => format!("{}, left out", line.name),
        _ => format!(
            "{}, {}",
            line.name,
            number::counted(line.traces, "trace", "traces")
        ),
    };
    let not = line.not.map(|href| {
        let (label, icon) = match line.is_not {
            true => (format!("{} again", line.name), IconName::Plus),
            false => (format!("Not {}", line.name), IconName::Minus),
        };
        view! {
            <a class="facet__not" href=href data-noscroll="" title=label.clone() aria-label=label><Icon name=icon/></a>
        }
    });
    view! {
        <li class="facet__value" data-state=state>
            <a class="facet__only" href=line.only data-noscroll="" title=title aria-label=label
                aria-current=line.is_only.then_some("true") on:click=press
                style=format!("--share:{:.3}", line.share)>
                <span class="facet__name">{line.name}</span>
                <span class="facet__count">{count}</span>
            </a>
            {not}
        </li>
    }
    .into_any()
}
