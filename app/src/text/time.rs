//! Calendar text in UTC from milliseconds, without the weight of a calendar library in WebAssembly.

/// A moment's calendar fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// Year, may be negative.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 to 999.
    pub millis: u32,
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Calendar {
    /// The fields of milliseconds since 1970-01-01, read as UTC. Pass milliseconds shifted by a zone's offset for that zone.
    pub fn of(millis: i64) -> Self {
        let days = millis.div_euclid(86_400_000);
        let rest = millis.rem_euclid(86_400_000) as u32;
        let (year, month, day) = civil(days);
        Self {
            year,
            month,
            day,
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1_000 % 60,
            millis: rest % 1_000,
        }
    }

    /// `2026-11-21 02:05:37`.
    pub fn date_and_time(&self) -> String {
        format!(
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }

    /// `02:05:37`.
    pub fn clock(&self) -> String {
        format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second)
    }

    /// `21 Nov 02:05`.
    pub fn day_and_clock(&self) -> String {
        format!(
            "{} {} {:02}:{:02}",
            self.day,
            self.month_name(),
            self.hour,
            self.minute
        )
    }

    /// `02:05`.
    pub fn hour_and_minute(&self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// `21 Nov`.
    pub fn day_and_month(&self) -> String {
        format!("{} {}", self.day, self.month_name())
    }

    /// `Nov 2026`.
    pub fn month_and_year(&self) -> String {
        format!("{} {}", self.month_name(), self.year)
    }

    /// `21 Nov 2026`.
    pub fn date(&self) -> String {
        format!("{} {} {}", self.day, self.month_name(), self.year)
    }

    fn month_name(&self) -> &'static str {
        MONTHS[(self.month as usize - 1) % 12]
    }
}

/// How long a trace took. Traces are kept to the millisecond: what took less is not nothing.
pub fn took(millis: i64) -> String {
    match millis {
        0 => "< 1 ms".to_owned(),
        millis => domain::time::human_duration(millis.saturating_mul(1_000_000)),
    }
}

/// RFC 3339 in UTC with milliseconds, for `<time datetime>`.
pub fn rfc3339(millis: i64) -> String {
    let c = Calendar::of(millis);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        c.year, c.month, c.day, c.hour, c.minute, c.second, c.millis
    )
}

/// How long ago, for people: `just now`, `5 min ago`, `3 h ago`, `12 days ago`.
pub fn ago(millis: i64, now: i64) -> String {
    let seconds = now.saturating_sub(millis) / 1_000;
    match seconds {
        ..-5 => "in the future".to_owned(),
        -5..5 => "just now".to_owned(),
        5..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..86_400 => format!("{} h ago", seconds / 3_600),
        86_400..172_800 => "1 day ago".to_owned(),
        172_800..5_184_000 => format!("{} days ago", seconds / 86_400),
        5_184_000..63_072_000 => format!("{} months ago", seconds / 2_592_000),
        _ => format!("{} years ago", seconds / 31_536_000),
    }
}

/// Days since 1970-01-01 as year, month and day of the Gregorian calendar: eras of 400 years that begin in March, so that
/// the leap day is a year's last.
fn civil(days: i64) -> (i64, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * from_march + 2) / 5 + 1) as u32;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

/// The inverse of [`civil`].
pub fn days_since_1970(year: i64, month: u32, day: u32) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let from_march = i64::from((month + 9) % 12);
    let of_year = (153 * from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_agrees_with_known_dates() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_226_737_774, "2026-11-21T02:05:37.774Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(rfc3339(millis), text);
        }
    }

    #[test]
    fn days_and_dates_are_inverse() {
        for days in (-800_000..800_000).step_by(97) {
            let (year, month, day) = civil(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
    }

    #[test]
    fn ago_uses_the_fitting_unit() {
        let now = 10_000_000_000_000;
        let cases = [
            (0, "just now"),
            (30_000, "30 s ago"),
            (300_000, "5 min ago"),
            (7_200_000, "2 h ago"),
            (90_000_000, "1 day ago"),
            (-60_000, "in the future"),
        ];
        for (age, text) in cases {
            assert_eq!(ago(now - age, now), text);
        }
    }
}
