//! The marks of the time axis: steps that people count in, and labels that are true at any zoom.

use super::Viewport;
use crate::time::CLOCK_STEPS_S;

const MICRO: i64 = 1_000;
const MILLI: i64 = 1_000_000;
const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps of more than a day. Those of less than ten seconds are 1, 2 or 5 times a power of ten.
const DAYS: [i64; 6] = [2, 5, 10, 30, 100, 1_000];

/// A mark of the axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Pixels from the left edge.
    pub x: f64,
    /// Nanoseconds after the start of the trace.
    pub time: i64,
    /// For people, e.g. `2 s`, `1.250 s`, `1 m 05 s`.
    pub label: String,
}

/// The marks of a window, at least `gap_min` pixels apart.
pub fn ticks(viewport: &Viewport, gap_min: f64) -> Vec<Tick> {
    let gaps_max = (viewport.width / gap_min.max(1.0)).max(1.0);
    let step = step_of_at_least(viewport.nanos() / gaps_max);
    let largest = viewport
        .from
        .saturating_abs()
        .max(viewport.to.saturating_abs());
    // There are no more marks than gaps, give or take the ends; the limit guards against windows without sense.
    let count_max = gaps_max.min(10_000.0) as i64 + 2;
    let first = viewport.from.div_euclid(step) + i64::from(viewport.from.rem_euclid(step) != 0);
    (0..count_max)
        .map_while(|i| first.checked_add(i)?.checked_mul(step))
        .take_while(|time| *time <= viewport.to)
        .map(|time| Tick {
            x: viewport.x_of(time),
            time,
            label: label(time, step, largest),
        })
        .collect()
}

fn step_of_at_least(nanos: f64) -> i64 {
    let mut power = 1_i64;
    while power <= SECOND {
        for step in [power, 2 * power, 5 * power] {
            if step as f64 >= nanos {
                return step;
            }
        }
        power *= 10;
    }
    let clock = CLOCK_STEPS_S.into_iter().map(|seconds| seconds * SECOND);
    clock
        .chain(DAYS.into_iter().map(|days| days * DAY))
        .find(|step| *step as f64 >= nanos)
        .unwrap_or(10_000 * DAY)
}

/// A time in the unit that suits the largest time of the window, with as many digits as tell the marks apart.
fn label(time: i64, step: i64, largest: i64) -> String {
    let (unit, name) = match largest {
        ..MICRO => (1, "ns"),
        MICRO..MILLI => (MICRO, "µs"),
        MILLI..SECOND => (MILLI, "ms"),
        _ => (SECOND, "s"),
    };
    if time.saturating_abs() < MINUTE {
        return format!("{} {name}", decimal(time, unit, step));
    }
    let sign = if time < 0 { "−" } else { "" };
    let time = time.saturating_abs();
    let (days, hours, minutes) = (time / DAY, time / HOUR % 24, time / MINUTE % 60);
    let seconds = decimal(time % MINUTE, SECOND, step);
    let seconds = if time % MINUTE < 10 * SECOND {
        format!("0{seconds}")
    } else {
        seconds
    };
    let text = match (days, hours) {
        (0, 0) => format!("{minutes} m {seconds} s"),
        (0, _) if step >= MINUTE => format!("{hours} h {minutes:02} m"),
        (0, _) => format!("{hours} h {minutes:02} m {seconds} s"),
        _ if step >= HOUR => format!("{days} d {hours:02} h"),
        _ if step >= MINUTE => format!("{days} d {hours:02} h {minutes:02} m"),
        _ => format!("{days} d {hours:02} h {minutes:02} m {seconds} s"),
    };
    format!("{sign}{text}")
}

/// A time in a unit, with the digits after the point that multiples of `step` can have.
fn decimal(time: i64, unit: i64, step: i64) -> String {
    let sign = if time < 0 { "−" } else { "" };
    let time = time.unsigned_abs();
    let (unit, step) = (unit.unsigned_abs(), step.unsigned_abs());
    let (mut digits, mut smallest) = (0, unit);
    while smallest > 1 && step % smallest != 0 {
        digits += 1;
        smallest /= 10;
    }
    let whole = time / unit;
    if digits == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{:0digits$}", time % unit / smallest)
}
