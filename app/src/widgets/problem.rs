//! What went wrong with a panel or a page, and the way on.

use leptos::prelude::*;

use crate::error::AppError;
use crate::widgets::icon::{Icon, IconName};

/// A failed panel with a way to try again.
#[component]
pub fn Problem(
    /// What failed.
    error: AppError,
    /// Called by the button.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="problem" role="alert">
            <Icon name=IconName::Alert/>
            <p>{error.to_string()}</p>
            <button type="button" class="button needs-script" on:click=move |_| on_retry.run(())>
                "Try again"
            </button>
        </div>
    }
}
