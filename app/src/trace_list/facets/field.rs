//! What has a facet: how requests, filters and people name it.

use domain::filter::ast::Clause;
use domain::filter::print::quote_key;
#[cfg(feature = "ssr")]
use domain::stats::Facet;

/// What a facet is about, as requests name it: `state`, `tag:env`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// `status`.
    State,
    /// `name`.
    Name,
    /// `trace.user`.
    User,
    /// `trace.session`.
    Session,
    /// `run_id`.
    Run,
    /// `trace.model`.
    Model,
    /// `span.type`.
    SpanType,
    /// `span.name`; names of tools are listed.
    SpanName,
    /// `tags.K`.
    Tag(String),
    /// `feedback.N`.
    Feedback(String),
}

impl Field {
    /// Those that every list has.
    pub const PLAIN: [Self; 8] = [
        Self::State,
        Self::Name,
        Self::User,
        Self::Session,
        Self::Run,
        Self::Model,
        Self::SpanType,
        Self::SpanName,
    ];

    /// As requests name it.
    pub fn key(&self) -> String {
        match self {
            Self::State => "state".to_owned(),
            Self::Name => "name".to_owned(),
            Self::User => "user".to_owned(),
            Self::Session => "session".to_owned(),
            Self::Run => "run".to_owned(),
            Self::Model => "model".to_owned(),
            Self::SpanType => "span_type".to_owned(),
            Self::SpanName => "span_name".to_owned(),
            Self::Tag(key) => format!("tag:{key}"),
            Self::Feedback(name) => format!("feedback:{name}"),
        }
    }

    /// The inverse of [`Self::key`].
    pub fn parse(key: &str) -> Option<Self> {
        if let Some(tag) = key.strip_prefix("tag:") {
            return Some(Self::Tag(tag.to_owned()));
        }
        if let Some(name) = key.strip_prefix("feedback:") {
            return Some(Self::Feedback(name.to_owned()));
        }
        Self::PLAIN.into_iter().find(|field| field.key() == key)
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        match self {
            Self::State => "State",
            Self::Name => "Name",
            Self::User => "User",
            Self::Session => "Session",
            Self::Run => "Run",
            Self::Model => "Model",
            Self::SpanType => "Span type",
            Self::SpanName => "Tool",
            Self::Tag(key) | Self::Feedback(key) => key,
        }
    }

    /// What the store counts.
    #[cfg(feature = "ssr")]
    pub fn facet(&self) -> Facet {
        match self {
            Self::State => Facet::State,
            Self::Name => Facet::Name,
            Self::User => Facet::User,
            Self::Session => Facet::Session,
            Self::Run => Facet::Run,
            Self::Model => Facet::Model,
            Self::SpanType => Facet::SpanType,
            Self::SpanName => Facet::Tool,
            Self::Tag(key) => Facet::Tag(key.clone()),
            Self::Feedback(name) => Facet::Feedback(name.clone()),
        }
    }

    /// As filters write it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::State => "status".to_owned(),
            Self::Name => "name".to_owned(),
            Self::User => "trace.user".to_owned(),
            Self::Session => "trace.session".to_owned(),
            Self::Run => "run_id".to_owned(),
            Self::Model => "trace.model".to_owned(),
            Self::SpanType => "span.type".to_owned(),
            Self::SpanName => "span.name".to_owned(),
            Self::Tag(key) => format!("tags.{}", quote_key(key)),
            Self::Feedback(name) => format!("feedback.{}", quote_key(name)),
        }
    }

    /// The field that a comparison is about, if it has a facet.
    pub(super) fn of(text: &str, clause: &Clause) -> Option<Self> {
        let entity = clause.ident.entity.map_or("", |entity| entity.slice(text));
        let key = clause.ident.key.slice(text);
        Some(match (entity, key) {
            ("" | "trace" | "attribute" | "attributes", "status") => Self::State,
            ("" | "trace" | "attribute" | "attributes", "name") => Self::Name,
            ("" | "trace" | "attribute" | "attributes", "run_id") => Self::Run,
            ("trace", "user") => Self::User,
            ("trace", "session") => Self::Session,
            ("trace", "model") => Self::Model,
            ("span", "type") => Self::SpanType,
            ("span", "name") => Self::SpanName,
            ("tag" | "tags", key) if !key.is_empty() => Self::Tag(key.to_owned()),
            ("feedback", name) if !name.is_empty() => Self::Feedback(name.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        for key in ["state", "span_type", "tag:a:b", "feedback:x"] {
            assert_eq!(
                Field::parse(key).map(|field| field.key()).as_deref(),
                Some(key)
            );
        }
        assert_eq!(Field::parse("other"), None);
    }
}
