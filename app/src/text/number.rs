//! Counts, tokens, money, identifiers and sizes.

/// A count with thin grouping: `12,408`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count in at most four characters: `987`, `7.6k`, `12k`, `3.4M`.
pub fn short(count: i64) -> String {
    let number = count as f64;
    match count {
        ..1_000 => count.to_string(),
        1_000..9_950 => format!("{:.1}k", number / 1e3),
        9_950..999_500 => format!("{:.0}k", number / 1e3),
        999_500..9_950_000 => format!("{:.1}M", number / 1e6),
        _ => format!("{:.0}M", number / 1e6),
    }
}

/// Dollars with four significant digits and no trailing zeros beyond cents: `$0.0213`, `$12.40`.
pub fn dollars(amount: f64) -> String {
    if !amount.is_finite() {
        return "—".to_owned();
    }
    if amount == 0.0 {
        return "$0".to_owned();
    }
    let magnitude = amount.abs().log10().floor() as i32;
    let decimals = usize::try_from((3 - magnitude).clamp(2, 9)).unwrap_or(2);
    let mut text = format!("{amount:.decimals$}");
    while text.ends_with('0') && text.len() - text.find('.').unwrap_or(0) > 3 {
        text.pop();
    }
    format!("${text}")
}

/// The share of a count in per cent: `0 %`, `< 0.1 %`, `1.2 %`, `100 %`.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".to_owned();
    }
    let percent = part as f64 * 100.0 / whole as f64;
    match percent {
        p if p < 0.1 => "< 0.1 %".to_owned(),
        p if p >= 99.95 => "100 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

/// An identifier for a narrow place: first eight characters after the prefix, last three.
pub fn short_id(id: &str) -> String {
    let (prefix, body) = match id.strip_prefix("tr-") {
        Some(body) => ("tr-", body),
        None => ("", id),
    };
    let count = body.chars().count();
    if count <= 14 {
        return id.to_owned();
    }
    let head: String = body.chars().take(8).collect();
    let tail: String = body.chars().skip(count - 3).collect();
    format!("{prefix}{head}…{tail}")
}

/// What something is called in a narrow place: its name, or where it has none its identifier.
pub fn name_or_id(name: &str, id: &str) -> String {
    match name {
        "" => short_id(id),
        name => name.to_owned(),
    }
}

/// A size in bytes: `812 B`, `64 KB`, `2.3 MB`.
pub fn bytes(count: u64) -> String {
    let number = count as f64;
    match count {
        ..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.0} KB", number / 1e3),
        _ => format!("{:.1} MB", number / 1e6),
    }
}

/// A number of an assessment or a metric, without a fraction that says nothing.
pub fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value:.0}")
    } else {
        let text = format!("{value:.4}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        if text == "0" || text == "-0" {
            format!("{value:e}")
        } else {
            text.to_owned()
        }
    }
}

/// An average with at most two decimals: `0.8`, `3.67`.
pub fn rounded(value: f64) -> String {
    plain((value * 100.0).round() / 100.0)
}

/// `1 trace`, `2 traces`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_in_threes() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_408_001, "12,408,001"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn short_counts_keep_two_digits() {
        for (count, text) in [
            (7, "7"),
            (7_604, "7.6k"),
            (12_345, "12k"),
            (3_400_000, "3.4M"),
        ] {
            assert_eq!(short(count), text);
        }
    }

    #[test]
    fn dollars_keep_four_significant_digits() {
        let cases = [
            (0.0, "$0"),
            (0.021, "$0.021"),
            (0.000_123_46, "$0.0001235"),
            (12.4, "$12.40"),
        ];
        for (amount, text) in cases {
            assert_eq!(dollars(amount), text);
        }
    }

    #[test]
    fn small_shares_are_not_zero() {
        assert_eq!(share(1, 100_000), "< 0.1 %");
        assert_eq!(share(149, 12_408), "1.2 %");
        assert_eq!(share(0, 10), "0 %");
    }

    #[test]
    fn ids_are_shortened_in_the_middle() {
        assert_eq!(
            short_id("tr-0123456789abcdef0123456789abcdef"),
            "tr-01234567…def"
        );
        assert_eq!(short_id("my-own-id"), "my-own-id");
        assert_eq!(short_id(&"é".repeat(50)), "éééééééé…ééé");
    }

    #[test]
    fn plain_numbers_drop_empty_fractions() {
        for (value, text) in [
            (4.0, "4"),
            (0.25, "0.25"),
            (-1.5, "-1.5"),
            (0.000_001, "1e-6"),
        ] {
            assert_eq!(plain(value), text);
        }
    }
}
