//! Finds the text of the right message while running over JSON once, without building a tree. It knows the message lists of
//! OpenAI's chat and responses APIs and OpenTelemetry's `parts`; the viewer's richer reader is `chat`.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::PREVIEW_MAX_CHARS;

/// How far `request` within `request` is followed.
const DEPTH_MAX: u8 = 8;

/// The text of the last message with this role, else of the last message; `None` if there is none or it is empty.
pub(super) fn find_text(json_text: &str, role: &str) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_str(json_text);
    let conversation = Conversation { role, depth: 0 };
    let text = Loose(conversation).deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    text.filter(|text| !text.is_empty())
}

/// Reads one shape and takes every other shape of JSON for its default, so that an odd field does not spoil the rest.
trait Reader<'de>: Sized {
    type Value: Default;

    fn read_text(self, _text: &str) -> Self::Value {
        Self::Value::default()
    }

    fn read_list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }

    fn read_object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }
}

struct Loose<R>(R);

impl<'de, R: Reader<'de>> DeserializeSeed<'de> for Loose<R> {
    type Value = R::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<R::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, R: Reader<'de>> Visitor<'de> for Loose<R> {
    type Value = R::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<R::Value, E> {
        Ok(R::Value::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<R::Value, E> {
        Ok(R::Value::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<R::Value, E> {
        Ok(R::Value::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<R::Value, E> {
        Ok(R::Value::default())
    }

    fn visit_unit<E>(self) -> Result<R::Value, E> {
        Ok(R::Value::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<R::Value, E> {
        Ok(self.0.read_text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<R::Value, A::Error> {
        self.0.read_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<R::Value, A::Error> {
        self.0.read_object(object)
    }
}

/// The whole inputs or outputs.
#[derive(Clone, Copy)]
struct Conversation<'r> {
    role: &'r str,
    depth: u8,
}

impl<'de> Reader<'de> for Conversation<'_> {
    type Value = Option<String>;

    fn read_list<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        MessageList { role: self.role }.read_list(list)
    }

    fn read_object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let list = MessageList { role: self.role };
        let [mut messages, mut choice, mut input, mut output, mut request] = [const { None }; 5];
        while let Some(key) = object.next_key_seed(Loose(FieldName))? {
            match key {
                Field::Messages => messages = object.next_value_seed(Loose(list))?,
                Field::Choices => choice = object.next_value_seed(Loose(FirstChoice))?,
                Field::Input => input = object.next_value_seed(Loose(list))?,
                Field::Output => output = object.next_value_seed(Loose(list))?,
                Field::Request if self.depth < DEPTH_MAX => {
                    let inner = Conversation {
                        role: self.role,
                        depth: self.depth + 1,
                    };
                    request = object.next_value_seed(Loose(inner))?;
                }
                _ => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(messages.or(choice).or(input).or(output).or(request))
    }
}

/// The names that matter, told apart without keeping them.
#[derive(Default)]
enum Field {
    Messages,
    Choices,
    Message,
    Input,
    Output,
    Request,
    Role,
    Content,
    Parts,
    Type,
    Text,
    #[default]
    Other,
}

struct FieldName;

impl Reader<'_> for FieldName {
    type Value = Field;

    fn read_text(self, name: &str) -> Field {
        match name {
            "messages" => Field::Messages,
            "choices" => Field::Choices,
            "message" => Field::Message,
            "input" => Field::Input,
            "output" => Field::Output,
            "request" => Field::Request,
            "role" => Field::Role,
            "content" => Field::Content,
            "parts" => Field::Parts,
            "type" => Field::Type,
            "text" => Field::Text,
            _ => Field::Other,
        }
    }
}

/// A list of messages: the text of the right one.
#[derive(Clone, Copy)]
struct MessageList<'r> {
    role: &'r str,
}

impl<'de> Reader<'de> for MessageList<'_> {
    type Value = Option<String>;

    fn read_list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (mut of_role, mut last) = (None, None);
        while let Some(message) = list.next_element_seed(Loose(OneMessage))? {
            let Some(message) = message else { continue };
            let is_of_role = message.role == self.role;
            *if is_of_role { &mut of_role } else { &mut last } = Some(message.text);
        }
        Ok(of_role.or(last))
    }
}

/// `choices`: the message of the first.
struct FirstChoice;

impl<'de> Reader<'de> for FirstChoice {
    type Value = Option<String>;

    fn read_list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let first = list.next_element_seed(Loose(Choice))?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.flatten())
    }
}

struct Choice;

impl<'de> Reader<'de> for Choice {
    type Value = Option<String>;

    fn read_object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let mut text = None;
        while let Some(key) = object.next_key_seed(Loose(FieldName))? {
            match key {
                Field::Message => {
                    let message: Option<Message> = object.next_value_seed(Loose(OneMessage))?;
                    text = message.map(|message| message.text);
                }
                _ => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(text)
    }
}

/// A message: an object with a role and a content.
struct Message {
    role: String,
    text: String,
}

struct OneMessage;

impl<'de> Reader<'de> for OneMessage {
    type Value = Option<Message>;

    fn read_object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (mut role, mut content) = (None, None);
        while let Some(key) = object.next_key_seed(Loose(FieldName))? {
            match key {
                Field::Role => role = Some(object.next_value_seed(Loose(Text))?),
                Field::Content | Field::Parts => {
                    content = Some(object.next_value_seed(Loose(Content))?);
                }
                _ => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(role.zip(content).map(|(role, text)| Message { role, text }))
    }
}

/// A text, no more of it than a preview can show.
struct Text;

impl Reader<'_> for Text {
    type Value = String;

    fn read_text(self, text: &str) -> String {
        let end = text
            .char_indices()
            .nth(PREVIEW_MAX_CHARS + 1)
            .map_or(text.len(), |(at, _)| at);
        text[..end].to_owned()
    }
}

/// The content of a message: a text, or a list whose first text counts.
struct Content;

impl<'de> Reader<'de> for Content {
    type Value = String;

    fn read_text(self, text: &str) -> String {
        Text.read_text(text)
    }

    fn read_list<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        let mut first = None;
        while first.is_none() {
            match list.next_element_seed(Loose(Part))? {
                Some(text) => first = text,
                None => return Ok(String::new()),
            }
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.unwrap_or_default())
    }
}

/// One part of a content: a text, or an object of a type that holds text.
struct Part;

impl<'de> Reader<'de> for Part {
    type Value = Option<String>;

    fn read_text(self, text: &str) -> Self::Value {
        Some(Text.read_text(text))
    }

    fn read_object<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (mut kind, mut text) = (String::new(), String::new());
        while let Some(key) = object.next_key_seed(Loose(FieldName))? {
            match key {
                Field::Type => kind = object.next_value_seed(Loose(Text))?,
                Field::Text | Field::Content => text = object.next_value_seed(Loose(Text))?,
                _ => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(matches!(kind.as_str(), "text" | "output_text").then_some(text))
    }
}
