//! Spans of time and amounts of bytes as people write them.

use std::time::Duration;

/// Reads `90s`, `45m`, `12h`, `30d` or `2w`.
///
/// # Errors
/// What is wrong, to be shown with the value.
pub fn duration(text: &str) -> Result<Duration, String> {
    let seconds = |unit: &str| match unit {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "w" => Some(7 * 86_400),
        _ => None,
    };
    scaled(text, seconds)
        .map(Duration::from_secs)
        .ok_or_else(|| "it must be a whole number and a unit: 90s, 45m, 12h, 30d, 2w".to_owned())
}

/// Reads `20GB`, `500MiB` or a plain number of bytes.
///
/// # Errors
/// What is wrong, to be shown with the value.
pub fn bytes(text: &str) -> Result<u64, String> {
    let factor = |unit: &str| match unit.to_ascii_uppercase().as_str() {
        "" | "B" => Some(1),
        "KB" => Some(1000),
        "MB" => Some(1000_u64.pow(2)),
        "GB" => Some(1000_u64.pow(3)),
        "TB" => Some(1000_u64.pow(4)),
        "KIB" => Some(1 << 10),
        "MIB" => Some(1 << 20),
        "GIB" => Some(1 << 30),
        "TIB" => Some(1 << 40),
        _ => None,
    };
    scaled(text, factor).ok_or_else(|| {
        "it must be a whole number of bytes, or with a unit: 20GB, 500MiB".to_owned()
    })
}

/// A whole number times what its unit stands for.
fn scaled(text: &str, unit: impl Fn(&str) -> Option<u64>) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let number: u64 = text[..end].parse().ok()?;
    number.checked_mul(unit(text[end..].trim())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in [("90s", 90), ("0s", 0), ("12 h", 43_200), ("30d", 2_592_000)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "30", "d", "-1d", "1.5h", "99999999999999999999d", "1y"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_may_have_units() {
        for (text, size) in [
            ("7", 7),
            ("20GB", 20_000_000_000),
            ("20gb", 20_000_000_000),
            ("1 GiB", 1 << 30),
        ] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "GB", "1.5GB", "1XB", "99999999999TB"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
