//! A conversation: messages as a reader would tell it, tool calls and results as cards.

use leptos::prelude::*;

use super::values::{BlobPlace, readable};
use crate::model::{Conversation, CutText, MediaPlace, MessageView, PartView};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::long_text::LongText;
use crate::widgets::markdown::Markdown;

/// The messages in their order. `files` is where the images of the value are.
pub fn conversation(chat: Conversation, files: &BlobPlace) -> AnyView {
    let Conversation { messages, left_out } = chat;
    let gap = move |index: usize| {
        (index == 1 && left_out > 0).then(|| {
            view! { <p class="chat__gap">{format!("{left_out} earlier messages are in the JSON.")}</p> }
        })
    };
    let messages = messages
        .into_iter()
        .enumerate()
        .map(|(index, message)| view! { {gap(index)} {message_view(message, files)} })
        .collect_view();
    view! { <div class="chat">{messages}</div> }.into_any()
}

fn message_view(message: MessageView, files: &BlobPlace) -> AnyView {
    let MessageView { role, name, parts } = message;
    let word = role_label(&role);
    let speaker = match name {
        Some(name) if !name.is_empty() => format!("{word} · {name}"),
        _ => word,
    };
    let is_rules = role == "system";
    let parts = parts.into_iter().map(|part| part_view(part, files));
    let parts = parts.collect_view();
    if is_rules {
        return view! {
            <details class="chat__message" data-role="system">
                <summary class="chat__speaker">{speaker}</summary>
                {parts}
            </details>
        }
        .into_any();
    }
    view! {
        <div class="chat__message" data-role=role>
            <p class="chat__speaker">{speaker}</p>
            {parts}
        </div>
    }
    .into_any()
}

/// Who speaks, for people.
pub fn role_label(role: &str) -> String {
    let word = match role {
        "system" => "System",
        "user" => "User",
        "assistant" => "Assistant",
        "tool" => "Tool",
        other => other,
    };
    word.to_owned()
}

/// A piece of a message. `files` is where the images of its value are.
pub fn part_view(part: PartView, files: &BlobPlace) -> AnyView {
    match part {
        PartView::Media(words, MediaPlace::Image(number)) => image(words, number as usize, files),
        PartView::Text(text) => view! { <Markdown text=text/> }.into_any(),
        PartView::Thinking(text) => view! {
            <details class="chat__thinking">
                <summary>"Thinking"</summary>
                <LongText text=text face="read"/>
            </details>
        }
        .into_any(),
        PartView::Call(name, arguments) => {
            card("Calls", IconName::Tool, Some(name), arguments, false)
        }
        PartView::Result(name, output, is_error) => card(
            if is_error { "Failed" } else { "Returned" },
            IconName::Tool,
            name,
            output,
            is_error,
        ),
        PartView::Media(text, MediaPlace::Elsewhere(url)) => view! {
            <p class="chat__media">
                <Icon name=IconName::Open/>
                <a href=url target="_blank" rel="noopener noreferrer external" title="Opens on its own server">{text}</a>
            </p>
        }
        .into_any(),
        PartView::Media(text, MediaPlace::Told) => view! {
            <p class="chat__media"><Icon name=IconName::Open/> {text}</p>
        }
        .into_any(),
        PartView::Data(json) => readable(&json),
    }
}

/// An image of the message, from this server or from the opened file.
fn image(words: String, number: usize, files: &BlobPlace) -> AnyView {
    let alt = format!("Image of the message, {words}");
    let picture = view! { <img src=files.source(number) alt=alt loading="lazy" decoding="async"/> };
    match files.link(number) {
        Some(address) => view! {
            <a class="chat__image" href=address target="_blank" rel="noopener external" title=words>{picture}</a>
        }
        .into_any(),
        // Browsers open no page at a data address.
        None => view! { <span class="chat__image" title=words>{picture}</span> }.into_any(),
    }
}

fn card(
    verb: &'static str,
    icon: IconName,
    name: Option<String>,
    json: CutText,
    is_error: bool,
) -> AnyView {
    view! {
        <div class="chat__card" data-error=is_error.then_some("true")>
            <p class="chat__card-head">
                <Icon name=icon/>
                <span>{verb}</span>
                <code>{name}</code>
            </p>
            {readable(&json)}
        </div>
    }
    .into_any()
}
