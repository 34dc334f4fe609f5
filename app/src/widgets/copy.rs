//! A button that copies a text. Without script there is nothing it could do, so it is not shown then.

use leptos::prelude::*;

use super::icon::{Icon, IconName};

/// Copies `text`; the icon becomes a tick for two seconds.
#[component]
pub fn CopyButton(
    /// What to copy.
    #[prop(into)]
    text: String,
    /// What it is, e.g. `trace id`: the button is named “Copy trace id”.
    what: &'static str,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let text = text.clone();
            leptos::task::spawn_local(async move {
                if crate::browser::copy(text).await {
                    is_copied.set(true);
                    let back = move || is_copied.set(false);
                    let _ = set_timeout(back, std::time::Duration::from_secs(2));
                }
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
    };
    view! {
        <button
            type="button"
            class="copy needs-script"
            title=format!("Copy {what}")
            data-state=move || if is_copied.get() { "done" } else { "idle" }
            on:click=copy
        >
            <span class="copy__idle"><Icon name=IconName::Copy/></span>
            <span class="copy__done"><Icon name=IconName::Check/></span>
            <span class="visually-hidden" aria-live="polite">
                {move || if is_copied.get() { "Copied".to_owned() } else { format!("Copy {what}") }}
            </span>
        </button>
    }
}
