//! Remembers the colour theme, for readers without script.

use leptos::prelude::*;

use crate::error::AppError;
use crate::wire::Wire;

/// Keeps the choice in a cookie; anything but `light` and `dark` follows the system.
///
/// # Errors
/// None of its own.
#[server(prefix = "/ui-api", endpoint = "set_theme", output = Wire)]
pub async fn set_theme(
    /// `light`, `dark` or `system`.
    theme: String,
) -> Result<(), AppError> {
    let theme = ["light", "dark"]
        .into_iter()
        .find(|known| *known == theme)
        .unwrap_or("system");
    super::server::set_cookie(super::server::THEME, theme);
    Ok(())
}
