//! The line that says where the traces on the page are.

use std::sync::Arc;

use leptos::prelude::*;

use super::door::Stage;
use super::save::SaveFile;
use crate::model::ExperimentRef;
use crate::opened::FileAbout;
use crate::url_state::experiment_href;
use crate::widgets::icon::{Icon, IconName};

/// Which file is open, that it is only here or where it was saved to, and what a reader should know of how it was read.
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
    let saved = RwSignal::new(None::<ExperimentRef>);
    let place = move || match saved.get() {
        None => "This file is only in your browser.".into_any(),
        Some(experiment) => {
            let href = experiment_href(experiment.id, "traces");
            view! { "Its traces are in " <a href=href>{experiment.name}</a> "." }.into_any()
        }
    };
    view! {
        <div class="open-note" role="note" aria-label="Opened file">
            <span class="open-note__text">
                <strong class="open-note__name" dir="auto">{about.name.clone()}</strong>
                " "
                {place}
            </span>
            {notes.collect_view()}
            <span class="open-note__acts">
                <SaveFile about=about saved=saved/>
                <button type="button" class="button" data-size="small" on:click=move |_| Stage::close(stage)>
                    "Close file"
                </button>
            </span>
        </div>
    }
    .into_any()
}
