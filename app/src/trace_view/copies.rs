//! Copying a trace or a span in a form that the server writes.

use leptos::prelude::*;

/// An item of a menu that fetches a text and copies it; `said` is what came of it.
pub fn fetched_copy(label: &'static str, address: String, said: RwSignal<String>) -> AnyView {
    let copy = move |_| fetch_and_copy(&address, said);
    view! { <button type="button" class="acts__item needs-script" on:click=copy>{label}</button> }
        .into_any()
}

fn fetch_and_copy(address: &str, said: RwSignal<String>) {
    #[cfg(feature = "hydrate")]
    {
        use leptos::server_fn::error::FromServerFnError;

        use crate::browser::{self, Answer};
        use crate::error::AppError;
        let address = address.to_owned();
        said.set("Fetching…".to_owned());
        leptos::task::spawn_local(async move {
            let words = match browser::fetch_text(address).await {
                Ok(Answer::Done(text)) => copied(browser::copy(text).await).to_owned(),
                Ok(Answer::Refused(body)) => {
                    refusal(&body).unwrap_or_else(|| AppError::de(body.into()).to_string())
                }
                Ok(Answer::GoTo(_)) => "The answer led elsewhere.".to_owned(),
                Err(text) => text,
            };
            said.try_set(words);
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (address, said);
}

/// What is said once a text was copied, or not.
#[cfg(feature = "hydrate")]
pub fn copied(is_done: bool) -> &'static str {
    match is_done {
        true => "Copied",
        false => "The browser does not let pages copy here.",
    }
}

/// What the API says in its own form of an error.
#[cfg(feature = "hydrate")]
fn refusal(body: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(value.get("message")?.as_str()?.to_owned())
}

/// The menu of an opened span.
#[component]
pub fn SpanCopies(
    /// Where the span is to be had.
    address: String,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let form = |form: &str| format!("{address}?form={form}");
    view! {
        <details class="tags__edit acts needs-script">
            <summary class="chip" title="Copy the span">"Copy as"</summary>
            <div class="popover acts__list">
                {fetched_copy("OTLP JSON", form("otlp"), said)}
                {fetched_copy("MLflow JSON", form("mlflow"), said)}
                <p class="acts__said" role="status">{said}</p>
            </div>
        </details>
    }
    .into_any()
}
