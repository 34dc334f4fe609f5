//! Pages: each reads the address, owns its resources and composes the parts. Logic and drawing are elsewhere.

mod answered;
pub mod beside;
pub mod columns;
pub mod compare;
pub mod compare_runs;
pub mod embedded;
pub mod experiment_settings;
pub mod find;
mod group_list;
pub mod groups;
pub mod home;
pub mod loading;
pub mod not_found;
pub mod open_file;
pub mod overview;
pub mod peek;
pub mod run;
pub mod run_list;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod trace;
pub mod trace_list;
pub mod user;
pub mod users;

use leptos::prelude::*;

pub(crate) use loading::loading_table as loading_page;

use crate::address::at;
use crate::error::AppError;
use crate::frame::{Crumb, Frame, Section};
use crate::widgets::problem::Problem;

/// A page whose data could not be had: "not found" with ways on and status 404, else the problem and a way to try again.
pub(crate) fn failed_page(error: AppError, on_retry: impl Fn() + Send + Sync + 'static) -> AnyView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        use leptos::server_fn::error::FromServerFnError;
        response.set_status(error.status_code());
    }
    match error {
        AppError::NotFound { what, id } => not_found::unknown(&what, &id),
        error => view! {
            <Frame experiment=None section=Section::Elsewhere crumbs=vec![Crumb::link("Experiments", at("/"))]>
                <div class="page">
                    <h1>"This page could not be shown"</h1>
                    <Problem error=error on_retry=move |()| on_retry()/>
                </div>
            </Frame>
        }
        .into_any(),
    }
}

/// What stands in a panel's place while its data are on their way.
pub(crate) fn skeleton() -> AnyView {
    view! { <div class="skeleton"></div> }.into_any()
}
