//! Nothing at this address.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::address::at;
use crate::frame::{Crumb, Frame, Section};
use crate::pages::find::find_form;

/// For addresses that no page answers.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    page(
        "Page not found",
        "There is no page at this address.".to_owned(),
        "",
    )
}

/// For an experiment, run or trace that is not there.
pub fn unknown(what: &str, id: &str) -> AnyView {
    let title = match what {
        "experiment" => "Experiment not found",
        "run" => "Run not found",
        "session" => "Session not found",
        "span" => "Span not found",
        "user" => "User not found",
        _ => "Trace not found",
    };
    let why = match what {
        "trace" => {
            "It was deleted, or it never arrived. A trace can take a moment after the application ended it."
        }
        "session" => {
            "None of the traces that are here belongs to it. They were deleted, or have not arrived."
        }
        "user" => {
            "None of the traces that are here is of this user. They were deleted, or have not arrived."
        }
        _ => "It was deleted, or the address is incomplete.",
    };
    page(title, why.to_owned(), id)
}

fn page(title: &'static str, why: String, id: &str) -> AnyView {
    // An id that is cut short finds what it begins.
    let id_text = id.chars().take(60).collect::<String>();
    let id = (!id.is_empty()).then(|| id.to_owned());
    view! {
        <Title text=title/>
        <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::link("Experiments", at("/")), Crumb::here(title)]>
            <div class="page page--narrow not-found">
                <h1>{title}</h1>
                {id.map(|id| view! { <p><code class="not-found__id">{id}</code></p> })}
                <p class="not-found__why">{why}</p>
                <p>"Search by name, or by the beginning of an id:"</p>
                {find_form(id_text, false)}
                <p class="not-found__ways">
                    <a class="button" href=at("/")>"All experiments"</a>
                    <a class="button" href=at("/?deleted=1")>"Deleted experiments"</a>
                </p>
            </div>
        </Frame>
    }
    .into_any()
}
