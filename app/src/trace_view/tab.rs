//! The tabs of the opened span's panel.

/// A tab of the panel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// Inputs and outputs.
    #[default]
    Values,
    /// Attributes.
    Attributes,
    /// Events.
    Events,
    /// Links.
    Links,
    /// What was said about the trace and its spans.
    Feedback,
}

impl Tab {
    /// All of them, in their order.
    pub(super) const ALL: [Self; 5] = [
        Self::Values,
        Self::Attributes,
        Self::Events,
        Self::Links,
        Self::Feedback,
    ];

    /// As it stands in the address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Values => "io",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Links => "links",
            Self::Feedback => "feedback",
        }
    }

    /// From the address; anything unknown is the default.
    pub fn parse(text: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|tab| tab.as_str() == text)
            .unwrap_or_default()
    }

    /// For people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Values => "In/out",
            Self::Attributes => "Attributes",
            Self::Events => "Events",
            Self::Links => "Links",
            Self::Feedback => "Feedback",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tab;

    #[test]
    fn tabs_round_trip_through_the_address() {
        for tab in Tab::ALL {
            assert_eq!(Tab::parse(tab.as_str()), tab);
        }
        assert_eq!(Tab::parse("nonsense"), Tab::Values);
    }
}
