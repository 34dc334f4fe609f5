//! The ways to see the spans of a trace.

/// A way to see the spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Layout {
    /// Tree and timing chart.
    #[default]
    Timeline,
    /// Where the time of all calls went.
    Flame,
    /// Who said what.
    Chat,
    /// One line for each name.
    Names,
}

impl Layout {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 4] = [Self::Timeline, Self::Chat, Self::Flame, Self::Names];

    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timeline => "timeline",
            Self::Flame => "flame",
            Self::Chat => "chat",
            Self::Names => "table",
        }
    }

    /// As a parameter of the address: the default is left out.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Timeline => "",
            other => other.as_str(),
        }
    }

    /// From the address; anything unknown is the default.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|layout| layout.as_str() == text)
            .unwrap_or_default()
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Timeline => "Timeline",
            Self::Flame => "Flame",
            Self::Chat => "Conversation",
            Self::Names => "By name",
        }
    }

    /// The key that chooses it, after `v`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Timeline => "t",
            Self::Flame => "f",
            Self::Chat => "c",
            Self::Names => "b",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;

    #[test]
    fn layouts_round_trip_through_the_address() {
        for layout in Layout::ALL {
            assert_eq!(Layout::parse(layout.as_str()), layout);
            assert_eq!(Layout::parse(layout.parameter()), layout);
        }
    }
}
