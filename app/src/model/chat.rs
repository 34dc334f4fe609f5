//! Messages of a model call as the page draws them. They are recognised on the server, from whole values, so that the page
//! carries no code for it and large values can be cut afterwards; only those of an opened file are recognised in the browser.

use serde::{Deserialize, Serialize};

use super::CutText;
use super::tuple::travels_as_tuple;

/// A conversation, or what of it is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The messages in their order.
    pub messages: Vec<MessageView>,
    /// How many are left out after the first one.
    pub left_out: u32,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// `system`, `user`, `assistant`, `tool`, or the name given.
    pub role: String,
    /// The speaker's own name.
    pub name: Option<String>,
    /// What is said, in order.
    pub parts: Vec<PartView>,
}

/// One piece of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartView {
    /// Text.
    Text(CutText),
    /// What the model thought.
    Thinking(CutText),
    /// The model asks for a tool: its name and arguments as JSON text.
    Call(String, CutText),
    /// A tool answers: its name, what it returned as JSON text, whether it failed.
    Result(Option<String>, CutText, bool),
    /// An image, a sound or a file: what it is.
    Media(String),
    /// Something else, as JSON text.
    Data(CutText),
}

travels_as_tuple! {
    Conversation { messages, left_out }
    MessageView { role, name, parts }
}

pub(crate) use build::role_word;

mod build {
    use domain::chat::{Media, Message, Part, Role};
    use domain::json::to_python_text;

    use super::{Conversation, MessageView, PartView};
    use crate::model::CutText;
    use crate::text::number;

    impl Conversation {
        /// The most messages shown.
        const MESSAGES: usize = 60;
        /// The most bytes of one part.
        const PART: usize = 16 * 1024;

        /// The first message, which sets the rules, and the latest ones.
        pub fn of(messages: &[Message]) -> Self {
            let left_out = messages.len().saturating_sub(Self::MESSAGES);
            let shown = messages.iter().enumerate();
            let shown = shown.filter(|(index, _)| *index == 0 || *index > left_out);
            Self {
                messages: shown.map(|(_, message)| MessageView::of(message)).collect(),
                left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
            }
        }
    }

    impl MessageView {
        fn of(message: &Message) -> Self {
            Self {
                role: role_word(&message.role).to_owned(),
                name: message.name.clone(),
                parts: message.parts.iter().map(PartView::of).collect(),
            }
        }
    }

    impl PartView {
        /// A piece, its text cut.
        pub fn of(part: &Part) -> Self {
            let text = |text: &str| CutText::of(text, Conversation::PART);
            match part {
                Part::Text(said) => Self::Text(text(said)),
                Part::Thinking(thought) => Self::Thinking(text(thought)),
                Part::ToolCall(call) => {
                    Self::Call(call.name.clone(), text(&to_python_text(&call.arguments)))
                }
                Part::ToolResult(result) => Self::Result(
                    result.name.clone(),
                    text(&to_python_text(&result.output)),
                    result.is_error,
                ),
                Part::Media(media) => Self::Media(media_text(media)),
                Part::Data(value) => Self::Data(text(&to_python_text(value))),
            }
        }
    }

    /// The role's name as it travels.
    pub fn role_word(role: &Role) -> &str {
        match role {
            Role::System => "system",
            Role::User => "user",
            Role::Assistant => "assistant",
            Role::Tool => "tool",
            Role::Other(name) => name,
        }
    }

    fn media_text(media: &Media) -> String {
        let size = media
            .byte_count
            .map(|count| format!(", {}", number::bytes(count)));
        let place = media
            .url
            .as_deref()
            .map(|url| format!(", {}", super::super::cut(url, 200)));
        format!(
            "{}{}{}",
            media.media_type,
            size.unwrap_or_default(),
            place.unwrap_or_default()
        )
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn long_conversations_keep_their_first_and_their_latest_messages() {
            let message = |n: usize| Message {
                role: Role::User,
                name: Some(n.to_string()),
                parts: vec![Part::Text("hi".to_owned())],
            };
            let messages: Vec<Message> = (0..100).map(message).collect();
            let shown = Conversation::of(&messages);
            assert_eq!((shown.messages.len(), shown.left_out), (60, 40));
            assert_eq!(shown.messages[0].name.as_deref(), Some("0"));
            assert_eq!(shown.messages[1].name.as_deref(), Some("41"));
            assert_eq!(Conversation::of(&messages[..3]).messages.len(), 3);
        }
    }
}
