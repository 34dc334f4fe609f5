//! Marks of a time axis in a zone, spans of time in words, and the length of buckets.

use domain::time::CLOCK_STEPS_S;

use super::Zone;
use crate::text::time::Calendar;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps that people count in, up to a day.
fn clock_steps() -> impl Iterator<Item = i64> {
    let short = [1, 2, 5].into_iter();
    short.chain(CLOCK_STEPS_S).map(|seconds| seconds * SECOND)
}

/// Longer ones.
const DAYS: [i64; 12] = [2, 7, 14, 30, 60, 91, 182, 365, 730, 1_826, 3_652, 36_524];

/// The most buckets of a histogram.
const BUCKETS: i64 = 72;

/// A round length of buckets, so that a range has about sixty of them.
pub fn bucket_for(millis: i64) -> i64 {
    let least = millis.max(0) / BUCKETS;
    let days = DAYS.into_iter().map(|days| days * DAY);
    clock_steps()
        .chain(days)
        .find(|step| *step >= least)
        .unwrap_or(36_524 * DAY)
}

/// Moments to mark with their labels, in order.
pub(super) fn time_ticks(from: i64, to: i64, most: usize, zone: Zone) -> Vec<(i64, String)> {
    let length = to.saturating_sub(from);
    if length <= 0 {
        return Vec::new();
    }
    let gap = length / (most.max(1) as i64);
    match clock_steps().find(|step| *step >= gap) {
        Some(step) => clock_ticks(from, to, step, zone),
        None => day_ticks(from, to, gap, zone),
    }
}

/// Multiples of a step on the reader's clock.
fn clock_ticks(from: i64, to: i64, step: i64, zone: Zone) -> Vec<(i64, String)> {
    let local = from + zone(from);
    let first = local.div_euclid(step) + i64::from(local.rem_euclid(step) != 0);
    let mut ticks: Vec<(i64, String)> = Vec::new();
    for local in (first..).map(|count| count * step) {
        let time = to_utc(local, zone);
        if time > to {
            break;
        }
        // Where the clock is set back, an hour comes twice; each moment is marked once.
        if time < from || ticks.last().is_some_and(|(last, _)| *last >= time) {
            continue;
        }
        let calendar = Calendar::of(local);
        let label = if local.rem_euclid(DAY) == 0 {
            calendar.day_and_month()
        } else if step < MINUTE {
            calendar.clock()
        } else {
            calendar.hour_and_minute()
        };
        ticks.push((time, label));
    }
    ticks
}

/// Midnights: every so many days, or the first of months, or of years.
fn day_ticks(from: i64, to: i64, gap: i64, zone: Zone) -> Vec<(i64, String)> {
    let days = gap / DAY + 1;
    let first = (from + zone(from)).div_euclid(DAY);
    let last = (to + zone(to)).div_euclid(DAY);
    let every = match days {
        ..=2 => 2,
        3..=7 => 7,
        8..=14 => 14,
        _ => 1,
    };
    let months = match days {
        ..=14 => 0,
        15..=31 => 1,
        32..=62 => 2,
        63..=92 => 3,
        93..=183 => 6,
        _ => 12 * (days / 366 + 1),
    };
    (first..=last)
        .filter_map(|day| {
            let calendar = Calendar::of(day * DAY);
            // Weeks begin on Mondays: day 4 was one.
            let is_marked = if months == 0 {
                (day - 4).rem_euclid(every) == 0
            } else {
                let month = calendar.year * 12 + i64::from(calendar.month) - 1;
                calendar.day == 1 && month.rem_euclid(months) == 0
            };
            let time = to_utc(day * DAY, zone);
            if !is_marked || !(from..=to).contains(&time) {
                return None;
            }
            let label = match (months, calendar.month) {
                (0, _) => calendar.day_and_month(),
                (_, 1) => calendar.year.to_string(),
                _ => calendar.month_and_year(),
            };
            Some((time, label))
        })
        .collect()
}

/// The moment at which the reader's clock shows a local time.
pub fn to_utc(local: i64, zone: Zone) -> i64 {
    let near = local - zone(local);
    local - zone(near)
}

/// From when to when, without repeating the day: `21 Nov 14:00 to 15:00`.
pub(super) fn span_words(from: i64, to: i64, zone: Zone) -> String {
    let (start, end) = (Calendar::of(from + zone(from)), Calendar::of(to + zone(to)));
    let has_seconds = from.rem_euclid(MINUTE) != 0 || to.rem_euclid(MINUTE) != 0;
    let clock = |calendar: &Calendar| {
        if has_seconds {
            calendar.clock()
        } else {
            calendar.hour_and_minute()
        }
    };
    let is_midnight =
        |calendar: &Calendar| calendar.hour == 0 && calendar.minute == 0 && calendar.second == 0;
    let length = to.saturating_sub(from);
    if is_midnight(&start) && is_midnight(&end) && length >= DAY {
        let last = Calendar::of(to + zone(to) - DAY);
        return if length < 2 * DAY {
            start.date()
        } else {
            format!("{} to {}", start.day_and_month(), last.date())
        };
    }
    if (start.year, start.month, start.day) == (end.year, end.month, end.day) {
        format!(
            "{} {} to {}",
            start.day_and_month(),
            clock(&start),
            clock(&end)
        )
    } else {
        format!(
            "{} {} to {} {}",
            start.day_and_month(),
            clock(&start),
            end.day_and_month(),
            clock(&end)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::utc;

    /// 2026-11-21T00:00:00Z, a Saturday.
    const MIDNIGHT: i64 = 1_795_219_200_000;

    fn half_past(_: i64) -> i64 {
        5 * HOUR + HOUR / 2
    }

    /// One hour ahead until a moment, none after.
    fn autumn(at: i64) -> i64 {
        if at < MIDNIGHT + HOUR { HOUR } else { 0 }
    }

    fn labels(from: i64, to: i64, zone: Zone) -> Vec<String> {
        let ticks = time_ticks(from, to, 6, zone);
        assert!(ticks.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ticks.iter().all(|(time, _)| (from..=to).contains(time)));
        ticks.into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn marks_are_round_on_the_readers_clock() {
        let day = labels(MIDNIGHT, MIDNIGHT + DAY, utc);
        assert_eq!(day, ["21 Nov", "06:00", "12:00", "18:00", "22 Nov"]);
        let elsewhere = labels(MIDNIGHT, MIDNIGHT + DAY, half_past);
        assert_eq!(elsewhere, ["06:00", "12:00", "18:00", "22 Nov"]);
        let minute = labels(MIDNIGHT, MIDNIGHT + MINUTE, utc);
        assert_eq!(minute[..2], ["21 Nov", "00:00:10"]);
    }

    #[test]
    fn a_clock_set_back_marks_each_moment_once() {
        let marks = labels(MIDNIGHT - HOUR, MIDNIGHT + 4 * HOUR, autumn);
        assert_eq!(marks.first().map(String::as_str), Some("21 Nov"));
        assert_eq!(marks.last().map(String::as_str), Some("04:00"));
    }

    #[test]
    fn long_ranges_are_marked_by_weeks_months_and_years() {
        let weeks = labels(MIDNIGHT, MIDNIGHT + 30 * DAY, utc);
        assert_eq!(weeks, ["23 Nov", "30 Nov", "7 Dec", "14 Dec", "21 Dec"]);
        let months = labels(MIDNIGHT, MIDNIGHT + 120 * DAY, utc);
        assert_eq!(months, ["Dec 2026", "2027", "Feb 2027", "Mar 2027"]);
        let years = labels(MIDNIGHT, MIDNIGHT + 2_000 * DAY, utc);
        assert_eq!(years, ["2027", "2028", "2029", "2030", "2031", "2032"]);
    }

    #[test]
    fn ranges_have_about_sixty_buckets_of_round_length() {
        for (length, bucket) in [
            (0, SECOND),
            (15 * MINUTE, 15 * SECOND),
            (HOUR, MINUTE),
            (DAY, 30 * MINUTE),
            (7 * DAY, 3 * HOUR),
            (30 * DAY, 12 * HOUR),
            (365 * DAY, 7 * DAY),
        ] {
            assert_eq!(bucket_for(length), bucket, "{length}");
        }
        assert_eq!(bucket_for(i64::MAX), 36_524 * DAY);
    }

    #[test]
    fn spans_do_not_repeat_the_day() {
        let words = |from, to| span_words(MIDNIGHT + from, MIDNIGHT + to, utc);
        assert_eq!(words(14 * HOUR, 15 * HOUR), "21 Nov 14:00 to 15:00");
        assert_eq!(words(23 * HOUR, 25 * HOUR), "21 Nov 23:00 to 22 Nov 01:00");
        assert_eq!(words(0, DAY), "21 Nov 2026");
        assert_eq!(words(0, 7 * DAY), "21 Nov to 27 Nov 2026");
        assert_eq!(words(SECOND, 2 * SECOND), "21 Nov 00:00:01 to 00:00:02");
    }
}
