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
    /// An image, a sound or a file: what it is, and where.
    Media(String, MediaPlace),
    /// Something else, as JSON text.
    Data(CutText),
}

/// Where an image, a sound or a file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediaPlace {
    /// In the text alone.
    Told,
    /// An image that may be shown: its number among the files of the value.
    Image(u32),
    /// On another server, which is asked only by whoever follows the link.
    Elsewhere(String),
}

travels_as_tuple! {
    Conversation { messages, left_out }
    MessageView { role, name, parts }
}

pub(crate) use build::{Images, files_of, role_word};

mod build {
    use domain::chat::{Media, Message, Part, Role};
    use domain::json::to_python_text;

    use super::{Conversation, MediaPlace, MessageView, PartView};
    use crate::model::CutText;
    use crate::text::number;

    impl Conversation {
        /// The most messages shown.
        const MESSAGES: usize = 60;
        /// The most bytes of one part.
        const PART: usize = 16 * 1024;

        /// The first message, which sets the rules, and the latest ones. `blobs` are type and size of the files in the value that the
        /// messages were found in.
        pub fn of(messages: &[Message], blobs: &[(String, u64)]) -> Self {
            let left_out = messages.len().saturating_sub(Self::MESSAGES);
            let mut images = Images::new(blobs);
            // Also those left out, for the numbers of the others.
            let all = messages.iter().map(|message| images.place(message));
            let shown = all.enumerate();
            let shown = shown.filter(|(index, _)| *index == 0 || *index > left_out);
            Self {
                messages: shown.map(|(_, message)| message).collect(),
                left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
            }
        }
    }

    /// Type and size of the files in a value that is JSON text.
    pub fn files_of(json: &str) -> Vec<(String, u64)> {
        let Ok(mut value) = serde_json::from_str(json) else {
            return Vec::new();
        };
        let found = domain::blobs::elide(&mut value, &|_| String::new());
        let files = found.into_iter().map(|blob| (blob.media_type, blob.bytes));
        files.collect()
    }

    /// Finds the images of messages among the files of their value: both stand in the order of the text.
    pub struct Images<'b> {
        blobs: &'b [(String, u64)],
        next: usize,
    }

    impl<'b> Images<'b> {
        /// What browsers draw and cannot be made to act.
        const SHOWN: [&'static str; 5] = [
            "image/png",
            "image/jpeg",
            "image/gif",
            "image/webp",
            "image/avif",
        ];
        /// Larger ones are shown when asked for, below the messages.
        const BYTES: u64 = 4 << 20;

        /// `blobs` are type and size of the files of the value.
        pub fn new(blobs: &'b [(String, u64)]) -> Self {
            Self { blobs, next: 0 }
        }

        /// A message with its images. Messages must come in the order of their value.
        fn place(&mut self, message: &Message) -> MessageView {
            let parts = message.parts.iter().map(|part| self.part(part));
            MessageView {
                role: role_word(&message.role).to_owned(),
                name: message.name.clone(),
                parts: parts.collect(),
            }
        }

        /// A part, with the number of its image if it is one. Parts must come in the order of their value.
        pub fn part(&mut self, part: &Part) -> PartView {
            let mut view = PartView::of(part);
            if let (Part::Media(media), PartView::Media(_, place)) = (part, &mut view)
                && let Some(number) = self.number(media)
            {
                *place = MediaPlace::Image(number);
            }
            view
        }

        fn number(&mut self, media: &Media) -> Option<u32> {
            let bytes = media.byte_count?;
            let rest = self.blobs.get(self.next..)?;
            let at = self.next + rest.iter().position(|(_, size)| *size == bytes)?;
            self.next = at + 1;
            let is_shown = Self::SHOWN.contains(&self.blobs[at].0.as_str()) && bytes <= Self::BYTES;
            is_shown.then(|| u32::try_from(at).ok()).flatten()
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
                Part::Media(media) => {
                    let is_web =
                        |url: &&String| url.starts_with("https://") || url.starts_with("http://");
                    let place = match media.url.as_ref().filter(is_web) {
                        Some(url) if url.len() <= 2_000 => MediaPlace::Elsewhere(url.clone()),
                        _ => MediaPlace::Told,
                    };
                    Self::Media(media_text(media), place)
                }
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
            let shown = Conversation::of(&messages, &[]);
            assert_eq!((shown.messages.len(), shown.left_out), (60, 40));
            assert_eq!(shown.messages[0].name.as_deref(), Some("0"));
            assert_eq!(shown.messages[1].name.as_deref(), Some("41"));
            assert_eq!(Conversation::of(&messages[..3], &[]).messages.len(), 3);
        }

        #[test]
        fn images_are_found_among_the_files_of_the_value() {
            let media = |media_type: &str, byte_count, url: Option<&str>| {
                Part::Media(Media {
                    media_type: media_type.to_owned(),
                    url: url.map(str::to_owned),
                    byte_count,
                })
            };
            let message = Message {
                role: Role::User,
                name: None,
                parts: vec![
                    media("image", Some(10), None),
                    media("image/png", Some(3_000), None),
                    media("image/svg+xml", Some(5_000), None),
                    media("image/png", Some(3_000), None),
                    media("image", None, Some("https://example.org/a.png")),
                    media("image", None, Some("javascript://x")),
                ],
            };
            let blobs = [
                ("image/png".to_owned(), 3_000),
                ("audio/wav".to_owned(), 9_000),
                ("image/svg+xml".to_owned(), 5_000),
                ("image/webp".to_owned(), 3_000),
            ];
            let shown = Conversation::of(&[message], &blobs);
            let places = shown.messages[0].parts.iter().map(|part| match part {
                PartView::Media(_, place) => place.clone(),
                other => panic!("{other:?}"),
            });
            let elsewhere = "https://example.org/a.png".to_owned();
            assert_eq!(
                places.collect::<Vec<_>>(),
                [
                    MediaPlace::Told,
                    MediaPlace::Image(0),
                    MediaPlace::Told,
                    MediaPlace::Image(3),
                    MediaPlace::Elsewhere(elsewhere),
                    MediaPlace::Told,
                ]
            );
        }
    }
}
