//! Moments as people and tables read them. Days are UTC's: a state's age is counted in days, not in hours.

use domain::Timestamp;
use jiff::civil::{Date, Weekday};

fn date(at: Timestamp) -> Option<Date> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// `YYYY-MM-DD`, as names of files carry it.
pub fn day(at: Timestamp) -> String {
    date(at).map(|date| date.to_string()).unwrap_or_default()
}

/// Working days that began after `from` up to `to`: Monday to Friday; holidays are not known.
pub fn working_days(from: Timestamp, to: Timestamp) -> u32 {
    let (Some(from), Some(to)) = (date(from), date(to)) else { return 0 };
    let Ok(span) = from.until(to) else { return 0 };
    let days = i64::from(span.get_days()).max(0);
    let weeks = days / 7;
    let mut rest = 0;
    let mut day = from;
    for _ in 0..days % 7 {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        rest += i64::from(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
    }
    u32::try_from(weeks * 5 + rest).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(format!("{text}T12:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn working_days_leave_weekends_out() {
        for (from, to, days) in [
            ("2026-11-23", "2026-11-23", 0),
            ("2026-11-23", "2026-11-24", 1),
            ("2026-11-20", "2026-11-23", 1),
            ("2026-11-20", "2026-11-22", 0),
            ("2026-11-02", "2026-11-16", 10),
            ("2026-11-07", "2026-11-15", 5),
            ("2026-11-24", "2026-11-20", 0),
        ] {
            assert_eq!(working_days(at(from), at(to)), days, "{from} to {to}");
        }
    }
}
