//! A month as the desk sees it: weeks from Monday, and the days on which a zone's clocks change. Days are civil; which day
//! an instant falls on is asked in the zone of the episode's show.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use kernel::At;

/// A month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
}

impl Month {
    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
        (2000..=2200).contains(&first.year()).then_some(Self { first })
    }

    /// The month an instant falls in, in a zone.
    #[must_use]
    pub fn of(at: At, zone: &TimeZone) -> Self {
        Self { first: day_of(at, zone).first_of_month() }
    }

    /// `2026-11`.
    #[must_use]
    pub fn code(self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self { first: self.first.saturating_sub(1.day()).first_of_month() }
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self { first: self.first.last_of_month().saturating_add(1.day()) }
    }

    /// The weeks that show the whole month, from Monday to Sunday.
    #[must_use]
    pub fn weeks(self) -> Vec<Vec<Date>> {
        let back = self.first.weekday().to_monday_zero_offset();
        let mut day = self.first.saturating_sub(i64::from(back).days());
        let last = self.first.last_of_month();
        let mut weeks = Vec::new();
        while day <= last {
            let mut week = Vec::with_capacity(7);
            loop {
                week.push(day);
                let was = day;
                day = day.saturating_add(1.day());
                if was.weekday() == Weekday::Sunday || was == day {
                    break;
                }
            }
            weeks.push(week);
        }
        weeks
    }

    /// The instants between which anything shown can lie, whatever its zone: a day is at most 26 hours from UTC's.
    #[must_use]
    pub fn bounds(self) -> (At, At) {
        let at = |day: Date| {
            let instant = day.to_zoned_datetime(TimeZone::UTC).map(|z| z.timestamp().as_microsecond());
            At::from_micros(instant.unwrap_or_default())
        };
        let weeks = self.weeks();
        let first = weeks.first().and_then(|w| w.first()).copied().unwrap_or(self.first);
        let last = weeks.last().and_then(|w| w.last()).copied().unwrap_or(self.first);
        (at(first.saturating_sub(2.days())), at(last.saturating_add(3.days())))
    }
}

/// The civil day of an instant in a zone.
#[must_use]
pub fn day_of(at: At, zone: &TimeZone) -> Date {
    at.timestamp().to_zoned_datetime(zone.clone()).date()
}

/// How a zone's clocks change on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockChange {
    /// An hour is skipped.
    Forward,
    /// An hour comes twice.
    Back,
}

impl ClockChange {
    /// The word in templates and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Back => "back",
        }
    }
}

/// Whether the clocks of a zone change on a day.
#[must_use]
pub fn clock_change(day: Date, zone: &TimeZone) -> Option<ClockChange> {
    let offset = |day: Date| day.to_zoned_datetime(zone.clone()).ok().map(|z| z.offset().seconds());
    let (before, after) = (offset(day)?, offset(day.saturating_add(1.day()))?);
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => Some(ClockChange::Forward),
        std::cmp::Ordering::Less => Some(ClockChange::Back),
        std::cmp::Ordering::Equal => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::rules::schedule::zone;

    #[test]
    fn a_month_is_shown_in_whole_weeks_from_monday() {
        let month = Month::parse("2026-11").expect("a month");
        let weeks = month.weeks();
        assert_eq!((weeks.len(), weeks[0][0], weeks[5][6]), (6, date(2026, 10, 26), date(2026, 12, 6)));
        assert!(weeks.iter().all(|w| w.len() == 7));
        assert_eq!((month.previous().code(), month.next().code()), ("2026-10".to_owned(), "2026-12".to_owned()));
        assert_eq!(Month::parse("2026-02").expect("a month").weeks().len(), 5);
        for bad in ["2026-13", "2026", "26-11", "", "2026-1", "9999-01"] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn c6_days_on_which_clocks_change_are_known() {
        let (paris, islands) = (zone("Europe/Paris").expect("known"), zone("America/Guadeloupe").expect("known"));
        for (day, zone, change) in [
            (date(2026, 3, 29), &paris, Some(ClockChange::Forward)),
            (date(2026, 10, 25), &paris, Some(ClockChange::Back)),
            (date(2026, 10, 24), &paris, None),
            (date(2026, 3, 29), &islands, None),
        ] {
            assert_eq!(clock_change(day, zone), change, "{day}");
        }
    }

    #[test]
    fn an_instant_has_its_day_in_the_zone_of_its_show() {
        let at = At::parse_rfc3339("2026-11-02T02:00:00Z").expect("an instant");
        assert_eq!(day_of(at, &zone("Europe/Paris").expect("known")), date(2026, 11, 2));
        assert_eq!(day_of(at, &zone("America/Guadeloupe").expect("known")), date(2026, 11, 1));
        let (from, to) = Month::parse("2026-11").expect("a month").bounds();
        assert!(from < at && at < to);
    }
}
