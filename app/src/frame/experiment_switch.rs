//! The experiment's name in the bar: it unfolds the other experiments. Without script it leads to the experiment's traces.

use leptos::html::{A, Div};
use leptos::prelude::*;

use super::Section;
use crate::chunks::palette_view;
use crate::palette::Overlay;
use crate::widgets::time::IsAlive;

/// The name, and what it unfolds.
#[component]
pub fn ExperimentSwitch(
    /// The experiment's name.
    name: String,
    /// Where the name leads without script.
    href: String,
    /// The experiment.
    experiment: i64,
    /// Where the page belongs; other experiments are opened there, too.
    section: Section,
) -> impl IntoView {
    let link = NodeRef::<A>::new();
    let popover = NodeRef::<Div>::new();
    let is_open = RwSignal::new(false);
    let is_alive = use_context::<IsAlive>();
    let is_alive = move || is_alive.is_some_and(|alive| alive.0.get());
    let close = Callback::new(move |()| {
        is_open.set(false);
        #[cfg(feature = "hydrate")]
        if let (Some(link), Some(popover)) = (link.get_untracked(), popover.get_untracked()) {
            let _ = popover.hide_popover();
            let _ = link.focus();
        }
    });
    let open = move || {
        #[cfg(feature = "hydrate")]
        if let Some(popover) = popover.get_untracked()
            && popover.show_popover().is_ok()
        {
            is_open.set(true);
            let _ = popover.focus();
        }
    };
    let press = move |event: leptos::ev::MouseEvent| {
        // A tab of its own and the like are the link's business.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        match is_open.get_untracked() {
            true => close.run(()),
            false => open(),
        }
    };
    let keydown = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" {
            event.prevent_default();
            close.run(());
        }
    };
    // A press elsewhere puts it away as well.
    let toggled = move |_| {
        #[cfg(feature = "hydrate")]
        if let Some(popover) = popover.get_untracked()
            && is_open.get_untracked()
            && !popover.matches(":popover-open").unwrap_or(false)
        {
            is_open.set(false);
        }
    };
    let content = move || {
        let overlay = Overlay::Switcher {
            here: experiment,
            section: section.path(),
        };
        is_open.get().then(|| palette_view(overlay, close))
    };
    let title = name.clone();
    view! {
        <a
            node_ref=link
            class="frame__crumb frame__switch"
            href=href
            title=title
            aria-haspopup=move || is_alive().then_some("dialog")
            aria-expanded=move || is_alive().then(|| is_open.get().to_string())
            on:click=press
        >
            {name}
        </a>
        <div
            node_ref=popover
            class="switcher"
            popover="auto"
            tabindex="-1"
            role="dialog"
            aria-label="Experiments"
            on:keydown=keydown
            on:toggle=toggled
        >
            {content}
        </div>
    }
    .into_any()
}
