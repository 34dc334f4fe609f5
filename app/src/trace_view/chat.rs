//! A conversation: messages as a reader would tell it, tool calls and results as cards.

use leptos::prelude::*;

use super::values::readable;
use crate::model::{Conversation, CutText, MessageView, PartView};
use crate::widgets::icon::{Icon, IconName};
use crate::widgets::long_text::LongText;
use crate::widgets::markdown::Markdown;

/// The messages in their order.
pub fn conversation(chat: Conversation) -> AnyView {
    let Conversation { messages, left_out } = chat;
    let gap = move |index: usize| {
        (index == 1 && left_out > 0).then(|| {
            view! { <p class="chat__gap">{format!("{left_out} earlier messages are in the JSON.")}</p> }
        })
    };
    let messages = messages
        .into_iter()
        .enumerate()
        .map(|(index, message)| view! { {gap(index)} {message_view(message)} })
        .collect_view();
    view! { <div class="chat">{messages}</div> }.into_any()
}

fn message_view(message: MessageView) -> AnyView {
    let MessageView { role, name, parts } = message;
    let word = role_label(&role);
    let speaker = match name {
        Some(name) if !name.is_empty() => format!("{word} · {name}"),
        _ => word,
    };
    let is_rules = role == "system";
    let parts = parts.into_iter().map(part_view).collect_view();
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

/// A piece of a message.
pub fn part_view(part: PartView) -> AnyView {
    match part {
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
        PartView::Media(text) => view! {
            <p class="chat__media"><Icon name=IconName::Open/> {text}</p>
        }
        .into_any(),
        PartView::Data(json) => readable(&json),
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
