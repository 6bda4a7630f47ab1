//! Which days figures are asked for, on whose clock, and hours put into days. Pure.

use audience::model::{Count, HourFigure};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use kernel::At;
use serde::Deserialize;

/// The longest range, in days.
pub(crate) const MOST_DAYS: i64 = 400;

/// What the page is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct RangeQuery {
    /// `7`, `30`, `90`, `month`, `last`, or nothing with `from` and `to`.
    pub range: Option<String>,
    /// The first day.
    pub from: Option<String>,
    /// The last day.
    pub to: Option<String>,
    /// A show's id.
    pub show: Option<String>,
}

/// Days, first and last included, on one clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) first: Date,
    pub(crate) last: Date,
    pub(crate) zone: TimeZone,
}

fn date(text: Option<&String>) -> Option<Date> {
    text?.parse().ok()
}

impl Days {
    /// The days asked for; what does not read is the last thirty. A range never goes past today.
    pub(crate) fn of(query: &RangeQuery, now: At, zone: TimeZone) -> Self {
        let today = now.timestamp().to_zoned_datetime(zone.clone()).date();
        let ago = |days: i64| today.checked_sub((days - 1).days()).unwrap_or(today);
        let (first, last) = match query.range.as_deref() {
            Some("7") => (ago(7), today),
            Some("90") => (ago(90), today),
            Some("month") => (today.first_of_month(), today),
            Some("last") => {
                let before = today.first_of_month().yesterday().unwrap_or(today);
                (before.first_of_month(), before)
            }
            Some("30") => (ago(30), today),
            _ => match (date(query.from.as_ref()), date(query.to.as_ref())) {
                (Some(a), Some(b)) => (a.min(b).min(today), b.max(a).min(today)),
                _ => (ago(30), today),
            },
        };
        let floor = last.checked_sub((MOST_DAYS - 1).days()).unwrap_or(last);
        Self { first: first.max(floor), last, zone }
    }

    /// A whole month such as `2026-11`.
    pub(crate) fn month(text: &str, zone: TimeZone) -> Option<Self> {
        let first: Date = format!("{text}-01").parse().ok().filter(|_| text.len() == 7)?;
        Some(Self { first, last: first.last_of_month(), zone })
    }

    /// As many days just before.
    pub(crate) fn before(&self) -> Self {
        let count = i64::try_from(self.list().len()).unwrap_or(1);
        let last = self.first.yesterday().unwrap_or(self.first);
        let first = last.checked_sub((count - 1).days()).unwrap_or(last);
        Self { first, last, zone: self.zone.clone() }
    }

    /// Every day.
    pub(crate) fn list(&self) -> Vec<Date> {
        let most = usize::try_from(MOST_DAYS).unwrap_or(400);
        self.first.series(1.day()).take_while(|d| *d <= self.last).take(most).collect()
    }

    fn start(&self, day: Date) -> At {
        let at = day.to_zoned_datetime(self.zone.clone()).map(|z| z.timestamp().as_microsecond());
        At::from_micros(at.unwrap_or(0))
    }

    /// From the first instant to before the first one after.
    pub(crate) fn span(&self) -> (At, At) {
        (self.start(self.first), self.start(self.last.tomorrow().unwrap_or(self.last)))
    }
}

/// A bar of a chart and a row of its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// `2026-11-24`, or `2026-11-24T06` for an hour.
    pub(crate) name: String,
    pub(crate) listens: i64,
    pub(crate) views: i64,
}

/// Hours put into the days of a range; days of 23 and 25 hours are what they are.
pub(crate) fn by_day(days: &Days, hours: &[HourFigure]) -> Vec<Bucket> {
    let mut out: Vec<Bucket> =
        days.list().iter().map(|d| Bucket { name: d.to_string(), listens: 0, views: 0 }).collect();
    for figure in hours {
        let at = At::from_micros(figure.hour.saturating_mul(3_600_000_000));
        let day = at.timestamp().to_zoned_datetime(days.zone.clone()).date().to_string();
        let Ok(place) = out.binary_search_by(|b| b.name.cmp(&day)) else { continue };
        match figure.count {
            Count::Listen => out[place].listens += figure.n,
            Count::View => out[place].views += figure.n,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(range: &str) -> RangeQuery {
        RangeQuery { range: Some(range.to_owned()), ..RangeQuery::default() }
    }

    #[test]
    fn ranges_on_the_clock_of_a_show() {
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        let now = At::parse_rfc3339("2026-11-24T23:30:00Z").expect("an instant");
        let days = |range: &str| {
            let d = Days::of(&query(range), now, paris.clone());
            format!("{} {}", d.first, d.last)
        };
        assert_eq!(days("7"), "2026-11-19 2026-11-25", "it is tomorrow in Paris");
        assert_eq!(days("month"), "2026-11-01 2026-11-25");
        assert_eq!(days("last"), "2026-10-01 2026-10-31");
        assert_eq!(days("nonsense"), "2026-10-27 2026-11-25");
        let free = RangeQuery {
            from: Some("2020-01-01".to_owned()),
            to: Some("2030-01-01".to_owned()),
            ..RangeQuery::default()
        };
        let free = Days::of(&free, now, paris.clone());
        assert_eq!((free.list().len(), free.last.to_string()), (400, "2026-11-25".to_owned()));
        let seven = Days::of(&query("7"), now, paris.clone()).before();
        assert_eq!(format!("{} {}", seven.first, seven.last), "2026-11-12 2026-11-18");
        assert!(Days::month("2026-13", paris.clone()).is_none() && Days::month("2026-1", paris).is_none());
    }

    #[test]
    fn days_of_23_and_25_hours_lose_nothing() {
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        for (month, hours) in [("2026-03", 31 * 24 - 1), ("2026-10", 31 * 24 + 1)] {
            let days = Days::month(month, paris.clone()).expect("a month");
            let (from, to) = days.span();
            let all: Vec<HourFigure> = (audience::model::hour_of(from)..audience::model::hour_of(to))
                .map(|hour| HourFigure { count: Count::Listen, hour, n: 1 })
                .collect();
            assert_eq!(all.len(), hours);
            let buckets = by_day(&days, &all);
            assert_eq!(buckets.iter().map(|b| b.listens).sum::<i64>(), i64::try_from(hours).expect("small"));
            let odd: Vec<i64> = buckets.iter().map(|b| b.listens).filter(|n| *n != 24).collect();
            assert_eq!(odd.len(), 1);
        }
    }
}
