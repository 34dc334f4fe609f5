//! Inputs and outputs: a conversation where it is one, documents where they are some, else keys and values or text; the JSON itself
//! a press away. What the reader chose is remembered for each kind of span.

use leptos::prelude::*;
use serde_json::Value;

use super::chat::conversation;
use super::documents::documents;
use crate::model::{CutText, ValueView};
use crate::opened::Origin;
use crate::text::number;
use crate::widgets::copy::CopyButton;
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::json_tree::JsonTree;
use crate::widgets::long_text::LongText;
use crate::widgets::markdown::Markdown;

/// A way to read a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Chat,
    Documents,
    Tree,
    Markdown,
    Json,
}

impl Form {
    const ALL: [Self; 5] = [
        Self::Chat,
        Self::Documents,
        Self::Tree,
        Self::Markdown,
        Self::Json,
    ];

    fn label(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::Documents => "Documents",
            Self::Tree => "Tree",
            Self::Markdown => "Text",
            Self::Json => "JSON",
        }
    }

    /// The forms that a value has, the best one first.
    fn of(value: &ValueView) -> Vec<Self> {
        let is_text = is_string(&value.raw.text);
        let has = |form: &Self| match form {
            Self::Chat => value.chat.is_some(),
            Self::Documents => !value.documents.is_empty(),
            Self::Tree => !is_text,
            Self::Markdown => is_text,
            Self::Json => true,
        };
        Self::ALL.into_iter().filter(has).collect()
    }
}

/// Where the images, sounds and files of a value are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// At addresses that begin so and end with their numbers.
    Address(String),
    /// In the opened file, by number.
    File(Origin, String, bool),
}

impl BlobPlace {
    /// Of what went into a span, or came out of it. `address` is that of the span.
    pub fn of(origin: Origin, address: &str, span: &str, is_output: bool) -> Self {
        match origin {
            Origin::Server => {
                let side = if is_output { "outputs" } else { "inputs" };
                Self::Address(format!("{address}/blobs/{side}/"))
            }
            Origin::File { .. } => Self::File(origin, span.to_owned(), is_output),
        }
    }

    /// The link to one; none to what is in a file.
    pub fn link(&self, number: usize) -> Option<String> {
        match self {
            Self::Address(start) => Some(format!("{start}{number}")),
            Self::File(..) => None,
        }
    }

    /// What an element that shows one names as its source.
    pub fn source(&self, number: usize) -> String {
        match self {
            Self::Address(start) => format!("{start}{number}"),
            Self::File(origin, span, is_output) => origin.blob(span, *is_output, number),
        }
    }
}

/// One side of a span.
#[component]
pub fn ValuePanel(
    /// `Input` or `Output`.
    title: &'static str,
    /// The kind of span, for which the form is remembered.
    kind: String,
    /// Where the value is to be had whole; empty for nowhere.
    whole: String,
    /// Where its images and the like are.
    blobs: BlobPlace,
    /// The value; `None` if nothing was recorded.
    value: Option<ValueView>,
    /// Why there is none.
    absent: &'static str,
) -> impl IntoView {
    let Some(value) = value else {
        return view! {
            <section class="value">
                <h3 class="value__title">{title}</h3>
                <p class="quiet">{absent}</p>
            </section>
        }
        .into_any();
    };
    let forms = Form::of(&value);
    let best = forms[0];
    let chosen = RwSignal::new(best);
    let memory = StoredValue::new(format!("spanfall_form_{title}_{kind}"));
    recall(memory, chosen, forms.clone());
    let choices = forms.iter().map(|form| {
        let form = *form;
        view! {
            <button
                type="button"
                class="segmented__choice"
                aria-pressed=move || (chosen.get() == form).to_string()
                on:click=move |_| {
                    chosen.set(form);
                    remember(memory, form);
                }
            >
                {form.label()}
            </button>
        }
    });
    let choices = choices.collect_view();
    let label = format!("{title} as");
    let ValueView {
        raw,
        chat,
        documents: found,
        blobs: all,
    } = value;
    let copied = raw.text.clone();
    let note = raw.whole_bytes.filter(|_| !whole.is_empty()).map(|bytes| {
        let text = format!("Open all of it, {}", number::bytes(bytes));
        view! { <p><a href=whole target="_blank" rel="noopener external">{text}</a></p> }
    });
    let parts = StoredValue::new((raw, chat, found));
    let files = blobs.clone();
    let drawn = move || {
        let (raw, chat, found) = parts.get_value();
        match chosen.get() {
            Form::Chat => conversation(chat.unwrap_or_default(), &files),
            Form::Documents => documents(found),
            Form::Tree => readable(&raw),
            Form::Markdown => text(raw),
            Form::Json => view! { <LongText text=pretty(raw) face="code"/> }.into_any(),
        }
    };
    view! {
        <section class="value">
            <h3 class="value__title">{title}</h3>
            <div class="value__tools">
                <div class="segmented needs-script" role="group" aria-label=label>{choices}</div>
                <CopyButton text=copied what="JSON"/>
            </div>
            <div>{drawn}</div>
            {(!all.is_empty()).then(|| blob_list(all, blobs))}
            {note}
        </section>
    }
    .into_any()
}

/// Takes the form that was chosen last for this kind, once the page is alive.
fn recall(memory: StoredValue<String>, chosen: RwSignal<Form>, forms: Vec<Form>) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let kept = memory.with_value(|key| crate::browser::kept(key));
        let kept = forms
            .iter()
            .find(|form| kept.as_deref() == Some(form.label()));
        if let Some(form) = kept {
            chosen.set(*form);
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = (memory, chosen, forms);
}

fn remember(memory: StoredValue<String>, form: Form) {
    #[cfg(feature = "hydrate")]
    memory.with_value(|key| crate::browser::keep(key, form.label()));
    #[cfg(not(feature = "hydrate"))]
    let _ = (memory, form);
}

/// Images, sounds and files: what each is, and itself when asked for.
fn blob_list(all: Vec<(String, u64)>, place: BlobPlace) -> AnyView {
    let items = all.into_iter().enumerate().map(|(index, (media_type, bytes))| {
        let words = format!("{media_type}, {}", number::bytes(bytes));
        let is_image = media_type.starts_with("image/");
        let is_sound = media_type.starts_with("audio/");
        let is_open = RwSignal::new(false);
        let alt = format!("File {} of the value, {media_type}", index + 1);
        let link = match place.link(index) {
            Some(link) => view! {
                <a class="chip" href=link target="_blank" rel="noopener external"><Icon name=IconName::Open/> {words}</a>
            }
            .into_any(),
            None => view! { <span class="chip">{words}</span> }.into_any(),
        };
        let place = place.clone();
        let shown = move || {
            if !is_open.get() {
                return ().into_any();
            }
            let (source, alt) = (place.source(index), alt.clone());
            match is_image {
                true => view! { <img class="blobs__image" src=source alt=alt/> }.into_any(),
                false => view! { <audio controls src=source aria-label=alt></audio> }.into_any(),
            }
        };
        let show = (is_image || is_sound).then(|| {
            view! {
                <button
                    type="button"
                    class="button needs-script"
                    data-size="small"
                    aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
                >
                    {move || if is_open.get() { "Hide" } else { "Show" }}
                </button>
            }
        });
        view! {
            <li>
                <div class="blobs__blob">
                    {link}
                    {show}
                </div>
                {shown}
            </li>
        }
    });
    view! { <ul class="blobs">{items.collect_view()}</ul> }.into_any()
}

/// Keys and values of a JSON text; the text itself if it is none or only its beginning.
pub fn readable(json: &CutText) -> AnyView {
    match serde_json::from_str::<Value>(&json.text) {
        Ok(value) => view! { <JsonTree value=value/> }.into_any(),
        Err(_) => view! { <LongText text=json.clone() face="code"/> }.into_any(),
    }
}

/// A text, perhaps Markdown.
fn text(json: CutText) -> AnyView {
    match serde_json::from_str::<String>(&json.text) {
        Ok(text) => view! { <Markdown text=text/> }.into_any(),
        Err(_) => view! { <LongText text=json face="code"/> }.into_any(),
    }
}

fn is_string(json: &str) -> bool {
    json.trim_start().starts_with('"')
}

/// With line breaks and indents, if it is whole.
fn pretty(json: CutText) -> CutText {
    let value = serde_json::from_str::<Value>(&json.text);
    match value.and_then(|value| serde_json::to_string_pretty(&value)) {
        Ok(text) => CutText { text, ..json },
        Err(_) => json,
    }
}
