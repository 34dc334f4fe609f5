//! Light, dark, or as the system: three buttons of one form, at once with script and by a round trip without.

use leptos::prelude::*;

use crate::server_fns::paths;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::post_form::{Act, PostForm};

/// The switch in the top bar. Which theme is on is shown by the style sheet, from `data-theme` of the document.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let act = Act::new(paths::SET_PREFERENCES);
    let choice = move |theme: &'static str, label: &'static str, icon: IconName| {
        let choose = move |event: leptos::ev::MouseEvent| {
            #[cfg(feature = "hydrate")]
            {
                event.prevent_default();
                crate::preferences::THEME.choose(theme);
            }
            #[cfg(not(feature = "hydrate"))]
            let _ = event;
        };
        view! {
            <button
                class="theme-switch__choice"
                data-choice=theme
                name="theme"
                value=theme
                title=label
                aria-label=label
                on:click=choose
            >
                <Icon name=icon/>
            </button>
        }
    };
    view! {
        <div class="theme-switch" role="group" aria-label="Colour theme">
            <PostForm act=act>
                {choice("system", "As the system", IconName::System)}
                {choice("light", "Light", IconName::Sun)}
                {choice("dark", "Dark", IconName::Moon)}
            </PostForm>
        </div>
    }
}
