//! Inputs and outputs: a conversation where it is one, else keys and values; the JSON itself a press away.

use leptos::prelude::*;
use serde_json::Value;

use super::chat::conversation;
use crate::model::{CutText, ValueView};
use crate::text::number;
use crate::widgets::copy::CopyButton;
use crate::widgets::json_tree::JsonTree;
use crate::widgets::long_text::LongText;

/// One side of a span.
#[component]
pub fn ValuePanel(
    /// `Inputs` or `Outputs`.
    title: &'static str,
    /// Where the value is to be had whole.
    whole: String,
    /// The value; `None` if nothing was recorded.
    value: Option<ValueView>,
    /// Why there is none.
    absent: &'static str,
) -> impl IntoView {
    let Some(ValueView { raw, chat }) = value else {
        return view! {
            <section class="value">
                <h3 class="value__title">{title}</h3>
                <p class="quiet">{absent}</p>
            </section>
        }
        .into_any();
    };
    let is_raw = RwSignal::new(false);
    let is_plain_text = chat.is_none() && is_string(&raw.text);
    let copied = raw.text.clone();
    let raw_text = StoredValue::new(raw.clone());
    let readable = match chat {
        Some(chat) => conversation(chat),
        None => readable(&raw),
    };
    view! {
        <section class="value">
            <h3 class="value__title">{title}</h3>
            <div class="value__tools">
                {(!is_plain_text)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button needs-script"
                                data-size="small"
                                aria-pressed=move || is_raw.get().to_string()
                                on:click=move |_| is_raw.update(|raw| *raw = !*raw)
                            >
                                "JSON"
                            </button>
                        }
                    })}
                <CopyButton text=copied what="JSON"/>
            </div>
            <div hidden=move || is_raw.get()>{readable}</div>
            {raw.whole_bytes
                .map(|bytes| {
                    let text = format!("Open all of it, {}", number::bytes(bytes));
                    view! { <p><a href=whole target="_blank" rel="noopener external">{text}</a></p> }
                })}
            {move || is_raw.get().then(|| view! { <LongText text=pretty(raw_text.get_value()) face="code"/> })}
        </section>
    }
    .into_any()
}

/// Keys and values of a JSON text; the text itself if it is none or only its beginning.
pub fn readable(json: &CutText) -> AnyView {
    match serde_json::from_str::<Value>(&json.text) {
        Ok(value) => view! { <JsonTree value=value/> }.into_any(),
        Err(_) => view! { <LongText text=json.clone() face="code"/> }.into_any(),
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
