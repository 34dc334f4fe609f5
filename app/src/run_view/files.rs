//! The files of a run: folders to walk through, files to look at and to save.

use leptos::prelude::*;

use crate::error::AppError;
use crate::model::{FileContent, FileLine, FilePreview, RunFiles};
use crate::pages::skeleton;
use crate::reads::groups::GroupRead;
use crate::reads::{Read, Reply, awaited, load};
use crate::text::number;
use crate::trace_view::values::readable;
use crate::url_state::query;
use crate::widgets::long_text::LongText;
use crate::widgets::problem::Problem;

/// The files; `path` is that of the opened folder or file.
#[component]
pub fn Files(
    /// The run.
    run_id: Signal<String>,
    /// The run page's address.
    base: String,
    /// The opened folder or file within the run's files.
    path: Signal<String>,
) -> impl IntoView {
    let question = move || {
        Read::Group(GroupRead::RunFiles {
            run: run_id.get(),
            path: path.get(),
        })
    };
    let files = load(Signal::derive(question));
    let (_, set_pending) = signal(false);
    let draw = move |reply: Reply| match reply.open() {
        Ok(found) => drawn(found, &base),
        Err(AppError::NotFound { id, .. }) => {
            let all = base.clone();
            view! { <p class="quiet">{format!("There is no file {id}. ")} <a href=all>"All files"</a></p> }.into_any()
        }
        Err(error) => {
            view! { <Problem error=error on_retry=move |()| files.refetch()/> }.into_any()
        }
    };
    view! {
        <section class="run__section run__files" id="files">
            <h2>"Files"</h2>
            {awaited(files, skeleton, set_pending, draw)}
        </section>
    }
    .into_any()
}

fn href(base: &str, path: &str) -> String {
    format!("{}#files", query(base, &[("file", path)]))
}

fn drawn(files: RunFiles, base: &str) -> AnyView {
    if files.entries.is_empty() {
        return view! {
            <p class="quiet">"None. Files logged with " <code>"mlflow.log_artifact(path)"</code> " are kept here."</p>
        }
        .into_any();
    }
    let opened = files.opened.as_ref().map(|opened| opened.file.path.clone());
    let entries = files
        .entries
        .iter()
        .map(|entry| line(entry, base, opened.as_deref()))
        .collect_view();
    let cut = files
        .is_cut
        .then(|| view! { <p class="quiet">"There are more files than are listed."</p> });
    let way = (!files.folder.is_empty()).then(|| way(&files.folder, base));
    let is_opened = files.opened.is_some().then_some("true");
    view! {
        {way}
        <div class="files" data-opened=is_opened>
            <ul class="files__list" aria-label="Files">{entries}</ul>
            {files.opened.map(preview)}
        </div>
        {cut}
    }
    .into_any()
}

/// The folders from the top down to the present one.
fn way(folder: &str, base: &str) -> AnyView {
    let mut path = String::new();
    let steps = folder.split('/').map(|name| {
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        view! { <span aria-hidden="true">"/"</span> <a href=href(base, &path)>{name.to_owned()}</a> }
    });
    let steps = steps.collect_view();
    view! { <nav class="files__way" aria-label="Folder"><a href=href(base, "")>"All files"</a> {steps}</nav> }.into_any()
}

fn line(entry: &FileLine, base: &str, opened: Option<&str>) -> AnyView {
    let is_opened = opened == Some(entry.path.as_str());
    let (name, size) = match entry.bytes {
        Some(bytes) => (entry.name.clone(), number::bytes(bytes)),
        None => (format!("{}/", entry.name), String::new()),
    };
    view! {
        <li>
            <a class="files__line" href=href(base, &entry.path) aria-current=is_opened.then_some("true")>
                <span class="files__name">{name}</span>
                <span class="files__size quiet figures">{size}</span>
            </a>
        </li>
    }
    .into_any()
}

fn preview(opened: FilePreview) -> AnyView {
    let FilePreview {
        file,
        href,
        content,
    } = opened;
    let size = number::bytes(file.bytes.unwrap_or_default());
    let name = file.name.clone();
    let shown = match content {
        FileContent::Text(text) => view! { <LongText text=text face="code"/> }.into_any(),
        FileContent::Json(text) => readable(&text),
        FileContent::Image => {
            view! { <img class="files__image" src=href.clone() alt=file.name.clone()/> }.into_any()
        }
        FileContent::Other => {
            view! { <p class="quiet">"This file cannot be shown here; save it to look at it."</p> }
                .into_any()
        }
    };
    view! {
        <article class="files__preview" aria-label=file.name.clone()>
            <header class="files__head">
                <h3>{file.name.clone()}</h3>
                <span class="quiet figures">{size}</span>
                <a class="button" data-size="small" href=href download=name rel="external">"Download"</a>
            </header>
            {shown}
        </article>
    }
    .into_any()
}
