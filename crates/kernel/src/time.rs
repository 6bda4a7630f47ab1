//! Instants and the clock. An instant is a count of microseconds since 1970 in UTC, the same in Rust
//! and in the database. Rules never read a clock: they are given an [`At`].

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An instant, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct At(i64);

impl At {
    /// From microseconds since 1970.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant plus (or minus) whole seconds, saturating at the ends of time.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The same instant for the calendar; instants beyond year 9999 are held at its end.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 { Timestamp::MIN } else { Timestamp::MAX })
    }

    /// Reads an RFC 3339 instant such as `2026-11-23T06:00:00Z`.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.parse::<Timestamp>().ok().map(|t| Self(t.as_microsecond()))
    }

    /// RFC 3339 in UTC, to the second when the fraction is zero.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.timestamp().to_string()
    }

    /// RFC 3339 with the zone's offset, such as `2026-11-23T07:00:00+01:00`.
    #[must_use]
    pub fn rfc3339_in(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// RFC 2822 with a numeric zone and English names whatever the locale (what RSS asks for).
    #[must_use]
    pub fn rfc2822_in(self, zone: &TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone.clone()).strftime("%a, %d %b %Y %H:%M:%S %z").to_string()
    }

    /// The date HTTP headers carry (RFC 9110): `Mon, 23 Nov 2026 06:00:00 GMT`.
    #[must_use]
    pub fn http_date(self) -> String {
        self.timestamp().to_zoned_datetime(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }
}

/// Tells the time: the machine's, or a virtual one that tests, the demo and the simulator move.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `at` until [`Clock::set`] or [`Clock::advance`] moves it.
    #[must_use]
    pub fn fixed(at: At) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> At {
        match &self.0 {
            Some(cell) => At(cell.load(Ordering::SeqCst)),
            None => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                At(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
            }
        }
    }

    /// Moves a virtual clock to `at`; on the machine's clock this is a programmer error.
    pub fn set(&self, at: At) {
        match &self.0 {
            Some(cell) => cell.store(at.0, Ordering::SeqCst),
            None => unreachable!("the machine's clock cannot be set"),
        }
    }

    /// Moves a virtual clock on by whole seconds.
    pub fn advance(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_of_their_standards() {
        let at = At::parse_rfc3339("2026-11-23T06:00:00Z").expect("valid");
        let paris = TimeZone::get("Europe/Paris").expect("bundled");
        assert_eq!(at.rfc3339(), "2026-11-23T06:00:00Z");
        assert_eq!(at.rfc3339_in(&paris), "2026-11-23T07:00:00+01:00");
        assert_eq!(at.rfc2822_in(&paris), "Mon, 23 Nov 2026 07:00:00 +0100");
        assert_eq!(at.http_date(), "Mon, 23 Nov 2026 06:00:00 GMT");
    }

    #[test]
    fn a_virtual_clock_moves_only_when_told() {
        let clock = Clock::fixed(At::from_micros(5));
        let twin = clock.clone();
        assert_eq!(twin.now(), At::from_micros(5));
        clock.advance(2);
        assert_eq!(twin.now(), At::from_micros(2_000_005));
    }
}
