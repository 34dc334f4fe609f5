//! A few lines of code to copy.

use leptos::prelude::*;

use super::copy::CopyButton;

/// Code with a button that copies it.
#[component]
pub fn Snippet(
    /// The lines.
    text: &'static str,
) -> impl IntoView {
    view! {
        <div class="snippet">
            <pre class="snippet__code" tabindex="0" role="region" aria-label="Example"><code>{text}</code></pre>
            <CopyButton text=text what="example"/>
        </div>
    }
    .into_any()
}
