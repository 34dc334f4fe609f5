//! A figure under its name, one of a `<dl class="key-figures">`.

use leptos::prelude::*;

/// The figure.
pub fn key_figure(label: &'static str, content: AnyView) -> AnyView {
    view! { <div><dt>{label}</dt><dd class="figures">{content}</dd></div> }.into_any()
}
