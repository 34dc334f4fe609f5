//! A page that is drawn from one answer of the server.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{failed_page, loading_page};
use crate::error::AppError;
use crate::reads::{Read, Reply, awaited, load};

/// The page: a skeleton until the answer is there, the last answer while the next is on its way, and a way to try again.
pub(super) fn answered(
    title: &'static str,
    question: Signal<Read>,
    draw: impl Fn(Reply) -> Result<AnyView, AppError> + Send + Sync + 'static,
) -> AnyView {
    let answer = load(question);
    let (is_pending, set_pending) = signal(false);
    let draw = move |reply: Reply| {
        draw(reply).unwrap_or_else(|error| failed_page(error, move || answer.refetch()))
    };
    view! {
        <Title text=title/>
        <div class="progress" data-active=move || is_pending.get().to_string()></div>
        {awaited(answer, loading_page, set_pending, draw)}
    }
    .into_any()
}
