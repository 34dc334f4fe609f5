//! The time range beside the filter: earlier, later, wider, and two moments in the reader's zone. The usual ranges are in the
//! filter's own form.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::range::{between, earlier, later, wider};
use crate::address::as_is;
use crate::charts::{Axis, Zone, time_ticks, zone};
use crate::keymap::hint;
use crate::text::moment::{absolute, back, moment};
use crate::text::time::rfc3339;
use crate::url_state::ListState;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::time::IsAlive;

/// The buttons, and the form for two moments.
#[component]
pub fn RangeControl(
    /// What the address asks.
    state: ListState,
    /// The list's address without the question.
    path: String,
) -> impl IntoView {
    // What the address says by now: whoever steps twice goes two steps, though the first answer is still on its way.
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| ListState::read(|key| query.get(key))));
    listen(asked, &path);
    let is_alive = use_context::<IsAlive>();
    let step = |label: String, icon: IconName, class: &'static str, of: Step| {
        let path = path.clone();
        move || {
            let label = label.clone();
            // Where the present matters, the page waits for a clock.
            let is_alive = is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
            let now = if is_alive { now() } else { None };
            let to = asked
                .with(|state| of(state, now.unwrap_or(0)))
                .filter(|_| now.is_some())?;
            Some(view! {
                <a class=class href=to.href(&path) data-noscroll="" title=label.clone() aria-label=label><Icon name=icon/></a>
            })
        }
    };
    view! {
        <div class="range">
            {step(hint("Earlier", ","), IconName::Chevron, "button range__step range__step--back", earlier)}
            {step(hint("Later", "."), IconName::Chevron, "button range__step", later)}
            {step("Zoom out".to_owned(), IconName::Minus, "button range__step", wider)}
            <details class="tool-menu range__custom">
                <summary class="button" aria-label="From and to"><Icon name=IconName::Clock/></summary>
                {form(state, path)}
            </details>
        </div>
    }
    .into_any()
}

type Step = fn(&ListState, i64) -> Option<ListState>;

/// The words for a range in the list of usual ones.
pub fn words(state: &ListState) -> String {
    let ends = absolute(&state.from).zip(absolute(&state.to));
    match ends {
        Some(_) => {
            let end = |text: &str| moment(text, 0).unwrap_or(0);
            let (from, to) = (end(&state.from), end(&state.to));
            Axis::Time { from, to }.words(from, to, zone())
        }
        None if state.from.is_empty() => format!("Until {}", state.to),
        None if state.to.is_empty() || state.to == "now" => match absolute(&state.from) {
            Some(_) => format!(
                "Since {}",
                field_text(&state.from, zone()).replace('T', " ")
            ),
            None => format!("Since {}", state.from),
        },
        None => format!("{} to {}", state.from, state.to),
    }
}

fn form(state: ListState, path: String) -> AnyView {
    let problem = RwSignal::new(None::<&'static str>);
    let navigate = use_navigate();
    let ends = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|IsAlive(is_alive)| is_alive.get());
    let submit = {
        let (state, path) = (state.clone(), path.clone());
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let zone = untrack(zone);
            let text = |end: RwSignal<Option<String>>, before: &str| {
                end.get_untracked()
                    .unwrap_or_else(|| field_text(before, zone))
            };
            let found = read(&text(ends.0, &state.from), &text(ends.1, &state.to), zone);
            match found {
                Ok((from, to)) => {
                    let asked = asked(&state, from, to);
                    let options = NavigateOptions {
                        scroll: false,
                        ..as_is()
                    };
                    navigate(&asked.href(&path), options);
                }
                Err(text) => problem.set(Some(text)),
            }
        }
    };
    let field =
        |name: &'static str, label: &'static str, text: String, end: RwSignal<Option<String>>| {
            view! {
                <label class="popover__label">
                    {label}
                    <input class="input" type="datetime-local" step="1" name=name
                        value=move || field_text(&text, zone())
                        on:input=move |event| {
                            problem.set(None);
                            end.set(Some(event_target_value(&event)));
                        }/>
                </label>
            }
        };
    let zone_words = move || {
        if is_alive() {
            "In your time zone."
        } else {
            "In UTC."
        }
    };
    let kept = [
        ("filter", state.filter.clone()),
        ("user", state.user.clone()),
        ("session", state.session.clone()),
        ("view", state.view.clone()),
        ("cols", state.cols.clone()),
    ];
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form class="popover range__form" method="get" action=path on:submit=submit>
            {kept}
            {field("from", "From", state.from.clone(), ends.0)}
            {field("to", "To", state.to.clone(), ends.1)}
            <span class="quiet">{zone_words}</span>
            <span class="field-problem" role="status">{problem}</span>
            <button class="button" data-weight="main">"Apply"</button>
        </form>
    }
    .into_any()
}

/// The moments of two fields, in milliseconds; an empty one is none.
fn read(from: &str, to: &str, zone: Zone) -> Result<(Option<i64>, Option<i64>), &'static str> {
    let end = |text: &str| match text {
        "" => Ok(None),
        text => absolute(text)
            .map(|(local, _)| Some(time_ticks::to_utc(local, zone)))
            .ok_or("Give day and time in full."),
    };
    let (from, to) = (end(from)?, end(to)?);
    match (from, to) {
        (None, None) => Err("Give at least one of the two."),
        (Some(from), Some(to)) if from >= to => Err("“From” must lie before “To”."),
        ends => Ok(ends),
    }
}

/// The list between two moments, of which one may be open.
fn asked(state: &ListState, from: Option<i64>, to: Option<i64>) -> ListState {
    match (from, to) {
        (Some(from), Some(to)) => between(state, from, to),
        (from, to) => ListState {
            from: from.map_or(String::new(), rfc3339),
            to: to.map_or(String::new(), rfc3339),
            ..state.first_page()
        },
    }
}

/// A moment of the address as the browser's field for date and clock takes it; empty for relative ones.
fn field_text(text: &str, zone: Zone) -> String {
    let absolute = moment(text, 0).filter(|_| back(text).is_none());
    let local = absolute.map(|time| rfc3339(time.saturating_add(zone(time))));
    local.map_or(String::new(), |local| {
        local[..local.len().min(19)].to_owned()
    })
}

/// `,` goes to the earlier range, `.` to the later one.
fn listen(asked: Memo<ListState>, path: &str) {
    #[cfg(feature = "hydrate")]
    {
        let path = path.to_owned();
        let navigate = use_navigate();
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            use crate::browser;
            if !browser::is_for_page(&event) {
                return;
            }
            let now = browser::now_millis();
            let step: Step = match event.key().as_str() {
                "," => earlier,
                "." => later,
                _ => return,
            };
            let Some(asked) = asked.try_with_untracked(|state| step(state, now)) else {
                return;
            };
            if let Some(asked) = asked {
                event.prevent_default();
                let options = NavigateOptions {
                    scroll: false,
                    ..as_is()
                };
                navigate(&asked.href(&path), options);
            }
        });
        on_cleanup(move || listener.remove());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (asked, path);
}

#[cfg(feature = "hydrate")]
fn now() -> Option<i64> {
    Some(crate::browser::now_millis())
}

#[cfg(not(feature = "hydrate"))]
fn now() -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::utc;

    fn hour_ahead(_: i64) -> i64 {
        3_600_000
    }

    #[test]
    fn fields_are_read_in_the_readers_zone() {
        let found = read("2026-11-21T03:00", "", hour_ahead);
        assert_eq!(found, Ok((Some(1_795_226_400_000), None)));
        assert_eq!(
            field_text("2026-11-21T02:00:00.000Z", hour_ahead),
            "2026-11-21T03:00:00"
        );
        assert_eq!(field_text("-24h", hour_ahead), "");
    }

    #[test]
    fn ranges_without_sense_are_refused() {
        assert!(read("", "", utc).is_err());
        assert!(read("2026-11-21T03:00", "2026-11-21T03:00", utc).is_err());
        assert!(read("2026-11-", "", utc).is_err());
    }
}
