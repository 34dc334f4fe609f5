//! The way to choose a file, and what came of choosing one.

use std::sync::Arc;

use leptos::prelude::*;

use crate::opened::{self, FileAbout};
use crate::widgets::icon::{Icon, IconName};

/// How it stands with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// None was chosen.
    Nothing,
    /// The file of this name is being read.
    Reading(String),
    /// The file of this name cannot be shown; the text finishes a sentence about it.
    Failed(String, String),
    /// It is open: its number among those opened in this visit, and what is in it.
    Open(u32, Arc<FileAbout>),
}

impl Stage {
    /// As it stands: a file stays open while the reader looks at other pages.
    pub fn now() -> Self {
        let file = opened::current().and_then(|file| Some((file, opened::about(file)?)));
        file.map_or(Self::Nothing, |(file, about)| {
            Self::Open(file, Arc::new(about))
        })
    }

    /// Leaves the focus on the page once what had it is gone.
    pub fn keep_focus() {
        #[cfg(feature = "hydrate")]
        Effect::new(|_| crate::browser::files::keep_focus());
    }

    /// Opens the file that was dropped on the page, if one was.
    pub fn take_dropped(stage: RwSignal<Self>) {
        #[cfg(feature = "hydrate")]
        if let Some(file) = crate::browser::files::dropped() {
            browser_half::open(file, stage);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = stage;
    }

    /// Forgets the file.
    pub fn close(stage: RwSignal<Self>) {
        #[cfg(feature = "hydrate")]
        browser_half::close(stage);
        #[cfg(not(feature = "hydrate"))]
        stage.set(Self::Nothing);
    }
}

/// The page before a file is open.
#[component]
pub fn Door(
    /// How it stands with the file.
    stage: RwSignal<Stage>,
) -> impl IntoView {
    let choose = move |event: leptos::ev::Event| {
        #[cfg(feature = "hydrate")]
        if let Some(file) = crate::browser::files::chosen(&event) {
            browser_half::open(file, stage);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (event, stage);
    };
    let reading = move || match stage.get() {
        Stage::Reading(name) => Some(format!("Reading {name}…")),
        _ => None,
    };
    let problem = move || match stage.get() {
        Stage::Failed(name, why) => Some(view! {
            <div class="problem" role="alert">
                <Icon name=IconName::Alert/>
                <p>{format!("{name} could not be opened: {why}.")}</p>
            </div>
        }),
        _ => None,
    };
    view! {
        <div class="page page--narrow open-file">
            <h1>"Open a trace file"</h1>
            <p class="open-file__lead">
                "Look at traces that are not on this server. The file is read in your browser: nothing of it is sent or stored."
            </p>
            {problem}
            <div class="open-file__zone needs-script">
                <label for="open-file">"Drop a file anywhere on this page, or choose one"</label>
                <input id="open-file" class="open-file__field" type="file" on:change=choose/>
                <p class="open-file__status" role="status">{reading}</p>
            </div>
            <p class="open-file__no-script">"The file is read by a script, and this browser runs none."</p>
            <section class="open-file__formats" aria-labelledby="open-file-formats">
                <h2 id="open-file-formats">"What can be opened"</h2>
                <ul>
                    <li>"OTLP as JSON or protobuf: a body that an exporter sends, or the lines that the OpenTelemetry Collector writes to a file"</li>
                    <li>"MLflow: " <code>"traces.json"</code> " of an artifact folder, and what " <code>"Trace.to_json()"</code> " gives, one or many"</li>
                    <li>"What this viewer exports: the JSON lines of a list, and the JSON of a trace"</li>
                    <li>"Any of these packed with gzip, up to 128 MB unpacked"</li>
                </ul>
            </section>
        </div>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
mod browser_half {
    use leptos::prelude::*;
    use wasm_bindgen::JsValue;

    use super::Stage;
    use crate::browser;
    use crate::opened;

    /// Reads a file; what was open before is forgotten.
    pub fn open(file: JsValue, stage: RwSignal<Stage>) {
        let name = browser::files::name_of(&file);
        stage.set(Stage::Reading(name.clone()));
        // Whoever chooses another file meanwhile wants that one.
        let ticket = opened::put(None);
        leptos::task::spawn_local(async move {
            let outcome = opened::reading::read(&file).await;
            if !opened::is_last(ticket) {
                return;
            }
            let now = match outcome {
                Ok(source) => {
                    opened::put(Some((source, file)));
                    Stage::now()
                }
                Err(why) => Stage::Failed(name, why),
            };
            // The page may be left by now. The file is there when the reader comes back.
            if stage.try_set(now).is_none() {
                browser::files::go_to_page();
            }
        });
    }

    pub fn close(stage: RwSignal<Stage>) {
        opened::put(None);
        stage.set(Stage::Nothing);
        browser::files::go_to_page();
        browser::after(std::time::Duration::ZERO, || {
            browser::focus_quietly("open-file");
        });
    }
}
