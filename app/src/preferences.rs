//! What a reader chose about the look and the keys.
//!
//! Each choice is a cookie `spanfall_NAME`, so that the server draws the page accordingly, and an attribute `data-NAME` of the
//! document, which the style sheet and the scripts read. What is not chosen has neither.

use crate::keymap::Keymap;

/// Something to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// Its name in cookie and document.
    pub name: &'static str,
    /// What can be chosen beside the default.
    pub values: &'static [&'static str],
}

/// `light` or `dark`; else as the system.
pub const THEME: Preference = Preference {
    name: "theme",
    values: &["light", "dark"],
};
/// `compact`: lower rows.
pub const DENSITY: Preference = Preference {
    name: "density",
    values: &["compact"],
};
/// `large` or `larger` letters.
pub const TEXT: Preference = Preference {
    name: "text",
    values: &["large", "larger"],
};
/// `reduced`: nothing moves, whatever the system says.
pub const MOTION: Preference = Preference {
    name: "motion",
    values: &["reduced"],
};
/// `off`: single keys do nothing.
pub const KEYS: Preference = Preference {
    name: "keys",
    values: &["off"],
};
/// Single keys that changed their places; see [`crate::keymap`].
pub const KEYMAP: Preference = Preference {
    name: "keymap",
    values: &[],
};
/// `folded`: the navigation shows icons only.
pub const NAV: Preference = Preference {
    name: "nav",
    values: &["folded"],
};
/// The zone of times: empty for the browser's, `UTC`, or a name such as `Europe/Paris`.
pub const ZONE: Preference = Preference {
    name: "zone",
    values: &[],
};

/// The columns of lists of traces, as an address has them; see [`crate::trace_list::columns`].
pub const COLUMNS: Preference = Preference {
    name: "columns",
    values: &[],
};

impl Preference {
    /// The value as it may be used: one of those that can be chosen, for the zone any name of a plausible shape; else empty.
    pub fn checked(self, value: &str) -> &str {
        let is_known = match self {
            ZONE => is_zone_name(value),
            COLUMNS => is_plain_text(value),
            KEYMAP => Keymap::read(value).is_some(),
            _ => self.values.contains(&value),
        };
        if is_known { value } else { "" }
    }

    /// What the reader chose; empty for the default. The same on the server and in the browser.
    pub fn get(self) -> String {
        #[cfg(feature = "ssr")]
        let value = crate::server_fns::preference_cookie(self.name);
        #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
        let value = crate::browser::preference(self.name);
        #[cfg(not(any(feature = "ssr", feature = "hydrate")))]
        let value: Option<String> = None;
        value.map_or_else(String::new, |value| self.checked(&value).to_owned())
    }

    /// For an attribute of the document: nothing if the default holds.
    pub fn attribute(self) -> Option<String> {
        Some(self.get()).filter(|value| !value.is_empty())
    }

    /// Chooses, from now on and for a year. An unknown value takes the choice back.
    #[cfg(feature = "hydrate")]
    pub fn choose(self, value: &str) {
        crate::browser::set_preference(self.name, self.checked(value));
    }
}

/// What is no column is passed over where columns are read.
fn is_plain_text(text: &str) -> bool {
    text.len() <= 1_000 && !text.chars().any(char::is_control)
}

fn is_zone_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+');
    (1..=64).contains(&text.len()) && text.chars().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::{THEME, ZONE};

    #[test]
    fn only_known_values_are_used() {
        assert_eq!(THEME.checked("dark"), "dark");
        assert_eq!(THEME.checked("system"), "");
        assert_eq!(THEME.checked("\" onload"), "");
        assert_eq!(ZONE.checked("Europe/Paris"), "Europe/Paris");
        assert_eq!(ZONE.checked("a;b"), "");
        assert_eq!(ZONE.checked(""), "");
    }
}
