//! The keys of the viewer with fields to change them.

use leptos::prelude::*;

use super::keys::key_groups;
use crate::keymap::{Keymap, is_capital};
use crate::preferences::KEYMAP;

/// The fields, and the way back to the usual keys.
#[component]
pub fn OwnKeys() -> impl IntoView {
    let map = RwSignal::new(Keymap::read(&KEYMAP.get()).unwrap_or_default());
    let said = RwSignal::new(String::new());
    let choose = move |meant: char, typed: &str| {
        let mut changed = map.get_untracked();
        // The field held a key, and the new one may stand on either side of it.
        let before = changed.pressed(meant);
        let mut keys = typed.chars().filter(|key| !key.is_whitespace());
        let Some(pressed) = keys.find(|key| *key != before) else {
            return;
        };
        said.set(match changed.choose(meant, pressed) {
            None => "This is no key that can be pressed alone.".to_owned(),
            Some(other) => {
                let (now, free) = (changed.pressed(meant), changed.pressed(other));
                keep(&changed);
                map.set(changed);
                format!("Press {now} for {meant} from now on, and {free} for {other}.")
            }
        });
    };
    let field = move |key: &'static str, act: &'static str| {
        let mut chars = key.chars();
        let single = chars
            .next()
            .filter(|key| chars.next().is_none() && !is_capital(*key));
        let Some(meant) = single.filter(|key| !is_arrow(*key)) else {
            return view! { <kbd>{move || map.with(|map| map.named(key))}</kbd> }.into_any();
        };
        let shown = move || map.with(|map| map.pressed(meant).to_string());
        let is_changed = move || {
            map.with(|map| map.pressed(meant) != meant)
                .then_some("true")
        };
        let input = move |event: leptos::ev::Event| {
            choose(meant, &event_target_value(&event));
            // What was typed stands there also if nothing changed.
            map.update(|_| ());
        };
        view! {
            <input
                class="keys__own"
                aria-label=format!("{act}: key for {meant}")
                title=format!("Usually {meant}")
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                data-changed=is_changed
                prop:value=shown
                on:input=input
            />
        }
        .into_any()
    };
    let reset = move |_| {
        keep(&Keymap::default());
        map.set(Keymap::default());
        said.set("All keys are the usual ones.".to_owned());
    };
    view! {
        <p class="quiet needs-script">
            "Type another key into a field to press that instead. The two keys change their places, capitals with them."
        </p>
        <p class="keys__said needs-script">
            <button type="button" class="button" on:click=reset disabled=move || map.with(Keymap::is_usual)>"Back to the usual keys"</button>
            <span class="quiet" role="status">{move || said.get()}</span>
        </p>
        {key_groups(field)}
    }
    .into_any()
}

fn is_arrow(key: char) -> bool {
    matches!(key, '←' | '→' | '↑' | '↓')
}

fn keep(map: &Keymap) {
    #[cfg(feature = "hydrate")]
    KEYMAP.choose(&map.to_string());
    #[cfg(not(feature = "hydrate"))]
    let _ = map;
}
