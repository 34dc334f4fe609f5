//! What a reader can choose, and what an operator asks first.

use leptos::prelude::*;
use leptos_meta::Title;

use super::skeleton;
use crate::address::at;
use crate::frame::own_keys::OwnKeys;
use crate::frame::{Crumb, Frame, Section};
use crate::model::Diagnostics;
use crate::preferences::{DENSITY, KEYS, MOTION, Preference, TEXT, THEME, ZONE};
use crate::reads::{Read, Reply, awaited, load};
use crate::server_fns::paths;
use crate::text::number;
use crate::widgets::post_form::{Act, PostForm};
use crate::widgets::problem::Problem;

/// `/settings`.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let act = Act::new(paths::SET_PREFERENCES);
    let crumbs = vec![Crumb::link("Experiments", at("/")), Crumb::here("Settings")];
    view! {
        <Title text="Settings"/>
        <Frame experiment=None section=Section::Settings crumbs=crumbs>
            <div class="page page--narrow settings">
                <div class="page__head"><h1>"Settings"</h1><p class="quiet">"Kept in this browser."</p></div>
                <PostForm act=act>
                    <section class="settings__part" aria-labelledby="settings-look">
                        <h2 id="settings-look">"Appearance"</h2>
                        {choice(THEME, "Colours", &[("", "As the system"), ("light", "Light"), ("dark", "Dark")])}
                        {choice(DENSITY, "Row height", &[("", "Normal"), ("compact", "Compact")])}
                        {choice(TEXT, "Text size", &[("", "Normal"), ("large", "Large"), ("larger", "Larger")])}
                        {choice(MOTION, "Motion", &[("", "As the system"), ("reduced", "Reduced")])}
                        {zone_choice()}
                    </section>
                    <section class="settings__part" aria-labelledby="settings-keys">
                        <h2 id="settings-keys">"Keyboard"</h2>
                        {choice(KEYS, "Shortcuts of a single key", &[("", "On"), ("off", "Off")])}
                        <p class="quiet">"Off, letters do nothing; arrows, Enter, Esc and keys with Ctrl still work."</p>
                    </section>
                    <div class="without-script"><button class="button" data-weight="main">"Save"</button></div>
                </PostForm>
                <details class="settings__keys">
                    <summary>"All keys, and other ones instead"</summary>
                    <OwnKeys/>
                </details>
                <section class="settings__part" aria-labelledby="settings-about">
                    <h2 id="settings-about">"About and diagnostics"</h2>
                    <About/>
                </section>
            </div>
        </Frame>
    }
}

/// One choice among a few, in force at once.
fn choice(
    preference: Preference,
    label: &'static str,
    values: &[(&'static str, &'static str)],
) -> AnyView {
    let current = preference.get();
    let options = values
        .iter()
        .map(|(value, words)| {
            let value = *value;
            let choose = move |_| {
                #[cfg(feature = "hydrate")]
                preference.choose(value);
            };
            view! {
                <label class="settings__option">
                    <input type="radio" name=preference.name value=value checked=current == value on:change=choose/>
                    {*words}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="settings__choice">
            <legend>{label}</legend>
            {options}
        </fieldset>
    }
    .into_any()
}

fn zone_choice() -> AnyView {
    let problem = RwSignal::new("");
    let choose = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        {
            let value = event_target_value(&event);
            let value = value.trim();
            let is_known = value.is_empty() || crate::browser::is_zone(value);
            problem.set(if is_known {
                ""
            } else {
                "The browser does not know this zone."
            });
            if is_known {
                ZONE.choose(value);
            }
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = event;
    };
    let zones = [
        "UTC",
        "America/Los_Angeles",
        "America/New_York",
        "Europe/London",
        "Europe/Paris",
        "Asia/Kolkata",
        "Asia/Shanghai",
        "Asia/Tokyo",
        "Australia/Sydney",
    ]
    .map(|zone| view! { <option value=zone></option> });
    view! {
        <div class="settings__choice">
            <label for="settings-zone">"Time zone"</label>
            <input
                class="input settings__zone"
                id="settings-zone"
                name="zone"
                list="settings-zones"
                value=ZONE.get()
                placeholder="The browser's"
                autocomplete="off"
                aria-describedby="settings-zone-problem"
                on:change=choose
            />
            <datalist id="settings-zones">{zones.into_iter().collect_view()}</datalist>
            <span class="field-problem" id="settings-zone-problem" role="status">{move || problem.get()}</span>
        </div>
    }
    .into_any()
}

#[component]
fn About() -> impl IntoView {
    let found = load(Signal::stored(Read::Diagnostics));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => facts(found),
        Err(error) => {
            view! { <Problem error=error on_retry=move |()| found.refetch()/> }.into_any()
        }
    };
    awaited(found, skeleton, set_pending, draw)
}

fn facts(found: Diagnostics) -> AnyView {
    let store = format!(
        "{}, of which {} hold data",
        number::bytes(found.file_bytes),
        number::bytes(found.used_bytes)
    );
    let queue = format!(
        "{} of {} writes wait",
        number::grouped(found.queue_waiting),
        number::grouped(found.queue_max)
    );
    let rows = [
        ("Version", format!("Spanfall {}", found.version)),
        ("Address", found.address),
        ("Experiments", number::grouped(found.experiments)),
        ("Traces", number::grouped(found.traces)),
        ("Store", store),
        ("Write queue", queue),
    ];
    let rows = rows
        .map(|(name, value)| {
            view! { <div class="facts__row"><dt>{name}</dt><dd class="figures">{value}</dd></div> }
        })
        .into_iter()
        .collect_view();
    view! { <dl class="facts">{rows}</dl> }.into_any()
}
