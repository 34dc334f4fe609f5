//! Moments as addresses and fields write them: `now`, `-24h`, RFC 3339, or a date and clock without a zone.

use super::time::days_since_1970;

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;

/// Units of relative moments, the longest first.
const UNITS: [(char, i64); 5] = [
    ('w', 7 * DAY),
    ('d', DAY),
    ('h', 3_600 * SECOND),
    ('m', 60 * SECOND),
    ('s', SECOND),
];

/// A moment in milliseconds since 1970; without a zone it is in UTC. `None` if the text is none.
pub fn moment(text: &str, now: i64) -> Option<i64> {
    match back(text) {
        Some(back) => Some(now.saturating_sub(back)),
        None => absolute(text).map(|(local, zone)| local - zone.unwrap_or(0)),
    }
}

/// How far back a relative moment lies, in milliseconds: `-24h`; `now` is 0. `None` for absolute ones.
pub fn back(text: &str) -> Option<i64> {
    if text == "now" {
        return Some(0);
    }
    let back = text.strip_prefix('-')?;
    let last = back.chars().last()?;
    let (_, unit) = UNITS.into_iter().find(|(name, _)| *name == last)?;
    let count = &back[..back.len() - 1];
    if !count.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    count.parse::<i64>().ok()?.checked_mul(unit)
}

/// A relative moment in the longest unit that says it exactly; `now` for 0. Parts of a second are cut off.
pub fn relative(back: i64) -> String {
    let back = back - back.rem_euclid(SECOND);
    if back <= 0 {
        return "now".to_owned();
    }
    // As people say it: the last 24 hours, the last 7 days.
    let is_plain = |unit: i64| back % unit == 0 && !(back == unit && unit >= DAY);
    let found = UNITS.into_iter().find(|(_, unit)| is_plain(*unit));
    let (name, unit) = found.unwrap_or(('s', SECOND));
    format!("-{}{name}", back / unit)
}

/// Milliseconds of date and clock as written, and those of the zone's offset if one is written.
pub fn absolute(text: &str) -> Option<(i64, Option<i64>)> {
    let mut rest = text.trim();
    let year = digits(&mut rest, 4)?;
    let month = part(&mut rest, '-', 2)?;
    let day = part(&mut rest, '-', 2)?;
    if !(1..=12).contains(&month) || !(1..=days_of(year, month)).contains(&day) {
        return None;
    }
    let mut time = days_since_1970(year, month as u32, day as u32) * DAY;
    if rest.is_empty() {
        return Some((time, None));
    }
    rest = rest.strip_prefix(['T', 't', ' '])?;
    let hour = digits(&mut rest, 2)?;
    let minute = part(&mut rest, ':', 2)?;
    let second = if rest.starts_with(':') {
        part(&mut rest, ':', 2)?
    } else {
        0
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    time += ((hour * 60 + minute) * 60 + second) * SECOND;
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = fraction.bytes().take_while(u8::is_ascii_digit).count();
        let millis: String = fraction[..count]
            .chars()
            .chain("000".chars())
            .take(3)
            .collect();
        time += millis.parse::<i64>().ok().filter(|_| count > 0)?;
        rest = &fraction[count..];
    }
    Some((time, zone(rest)?))
}

/// Nothing, `Z`, or `+01:00`.
fn zone(mut rest: &str) -> Option<Option<i64>> {
    if rest.is_empty() {
        return Some(None);
    }
    if rest == "Z" || rest == "z" {
        return Some(Some(0));
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    rest = &rest[1..];
    let hours = digits(&mut rest, 2)?;
    let minutes = part(&mut rest, ':', 2)?;
    let is_whole = rest.is_empty() && hours < 24 && minutes < 60;
    is_whole.then_some(Some(sign * (hours * 60 + minutes) * 60 * SECOND))
}

fn part(rest: &mut &str, before: char, count: usize) -> Option<i64> {
    *rest = rest.strip_prefix(before)?;
    digits(rest, count)
}

fn digits(rest: &mut &str, count: usize) -> Option<i64> {
    let (head, tail) = (rest.get(..count)?, rest.get(count..)?);
    if !head.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *rest = tail;
    head.parse().ok()
}

fn days_of(year: i64, month: i64) -> i64 {
    let next = |month: i64| match month {
        12 => days_since_1970(year + 1, 1, 1),
        _ => days_since_1970(year, month as u32 + 1, 1),
    };
    next(month) - days_since_1970(year, month as u32, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_relative_or_absolute() {
        let now = 1_000_000_000;
        for (text, expected) in [
            ("now", now),
            ("-1h", 996_400_000),
            ("1970-01-01T00:00:01Z", 1_000),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T00:00:00.5Z", 500),
            ("2026-11-21T02:05:37.774999Z", 1_795_226_737_774),
            ("2026-11-21T02:05", 1_795_226_700_000),
            ("2000-02-29", 951_782_400_000),
        ] {
            assert_eq!(moment(text, now), Some(expected), "{text}");
        }
        for bad in [
            "",
            "-",
            "-h",
            "-1x",
            "--1h",
            "yesterday",
            "-9999999999999999w",
            "-é",
            "2026-02-29",
            "2026-13-01",
            "2026-11-21T24:00",
            "2026-11-21T02:05:37.Z",
            "2026-11-21T02:05+1",
            "2026-11-21x",
        ] {
            assert_eq!(moment(bad, now), None, "{bad}");
        }
    }

    #[test]
    fn relative_moments_are_written_in_the_longest_fitting_unit() {
        for (back_ms, text) in [
            (0, "now"),
            (DAY, "-24h"),
            (2 * DAY, "-2d"),
            (14 * DAY, "-2w"),
            (7 * DAY, "-7d"),
            (3_600_000, "-1h"),
            (5_400_000, "-90m"),
            (1_500, "-1s"),
        ] {
            assert_eq!(relative(back_ms), text);
            assert_eq!(back(text), Some(back_ms - back_ms % SECOND));
        }
    }
}
