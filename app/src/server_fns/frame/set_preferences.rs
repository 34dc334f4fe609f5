//! Keeps what the reader chose about the look and the keys.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Keeps each choice that is given in a cookie; an empty or unknown value goes back to the default.
///
/// # Errors
/// None of its own.
#[server(prefix = "/ui-api", endpoint = "set_preferences", output = Wire)]
pub async fn set_preferences(
    /// `light`, `dark`, else as the system.
    theme: Option<String>,
    /// `compact`.
    density: Option<String>,
    /// `large`, `larger`.
    text: Option<String>,
    /// `reduced`.
    motion: Option<String>,
    /// `off`.
    keys: Option<String>,
    /// `folded`.
    nav: Option<String>,
    /// The zone of times.
    zone: Option<String>,
) -> Result<(), AppError> {
    use crate::preferences as all;
    for (preference, value) in [
        (all::THEME, theme),
        (all::DENSITY, density),
        (all::TEXT, text),
        (all::MOTION, motion),
        (all::KEYS, keys),
        (all::NAV, nav),
        (all::ZONE, zone),
    ] {
        if let Some(value) = value {
            let name = format!("spanfall_{}", preference.name);
            crate::server_fns::server::set_cookie(&name, preference.checked(value.trim()));
        }
    }
    Ok(())
}
