//! Moments as people and tables read them. Days are UTC's: a state's age is counted in days, not in hours.

use jiff::civil::{Date, Weekday};

use crate::Timestamp;

fn date(at: Timestamp) -> Option<Date> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date())
}

/// `YYYY-MM-DD`, as names of files carry it.
pub fn day(at: Timestamp) -> String {
    date(at).map(|date| date.to_string()).unwrap_or_default()
}

/// A moment as JSON carries it (RFC 3339), in UTC.
pub fn written(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_string()).unwrap_or_default()
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

/// The beginning of the day on which more than so many working days are over.
pub fn after_working_days(from: Timestamp, days: u32) -> Timestamp {
    let Some(mut day) = date(from) else { return from };
    let mut over = 0;
    while over <= days {
        let Ok(next) = day.tomorrow() else { return from };
        day = next;
        over += u32::from(!matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday));
    }
    start(day).unwrap_or(from)
}

/// Days from a moment until the last day, written `YYYY-MM-DD`, is over: 0 on that day, negative after it.
pub fn days_left(last: &str, now: Timestamp) -> Option<i64> {
    let last: Date = last.parse().ok()?;
    date(now)?.until(last).ok().map(|span| i64::from(span.get_days()))
}

/// The beginning of a day that is written `YYYY-MM-DD`.
pub fn day_start(day: &str) -> Option<Timestamp> {
    start(day.parse().ok()?)
}

fn start(day: Date) -> Option<Timestamp> {
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp(start.timestamp().as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(format!("{text}T12:00:00Z").parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn what_takes_longer_is_due_when_its_last_day_is_over() {
        let from = at("2026-11-20");
        for most in [0, 1, 4, 5, 10, 12] {
            let due = after_working_days(from, most);
            assert!(working_days(from, due) > most, "{most}");
            assert!(working_days(from, Timestamp(due.0 - 1)) <= most, "{most}");
        }
        assert_eq!(day_start("2026-12-02"), Some(Timestamp(at("2026-12-02").0 - 12 * 3_600_000)));
        assert_eq!(day_start("soon"), None);
    }

    #[test]
    fn a_last_day_counts_to_its_end() {
        for (now, left) in [("2026-12-30", 1), ("2026-12-31", 0), ("2027-01-01", -1), ("2026-11-24", 37)] {
            assert_eq!(days_left("2026-12-31", at(now)), Some(left), "{now}");
        }
        assert_eq!(days_left("soon", at("2026-11-24")), None);
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
