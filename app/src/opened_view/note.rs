//! The line that says where the traces on the page are.

use std::sync::Arc;

use leptos::prelude::*;

use super::door::Stage;
use crate::opened::FileAbout;
use crate::widgets::icon::{Icon, IconName};

/// Which file is open, that it is only here, and what a reader should know of how it was read.
#[component]
pub fn FileNote(
    /// The file.
    about: Arc<FileAbout>,
    /// How it stands with the file.
    stage: RwSignal<Stage>,
) -> impl IntoView {
    let notes = about.notes.iter().map(|note| {
        view! { <span class="open-note__problem"><Icon name=IconName::Alert/> {note.clone()}</span> }
    });
    view! {
        <div class="open-note" role="note" aria-label="Opened file">
            <span class="open-note__text">
                <strong class="open-note__name" dir="auto">{about.name.clone()}</strong>
                " This file is only in your browser."
            </span>
            {notes.collect_view()}
            <button type="button" class="button open-note__close" data-size="small" on:click=move |_| Stage::close(stage)>
                "Close file"
            </button>
        </div>
    }
    .into_any()
}
