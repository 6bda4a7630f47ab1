//! When moderators get a mail about what waits: never, at most once an hour, or once in the morning. Pure.

use kernel::At;

use crate::model::Notify;

/// The least time between two mails to an organisation's moderators, in seconds.
pub const HOUR: i64 = 3_600;
/// The hour of the daily mail, in universal time.
pub const MORNING: i64 = 6;
const DAY: i64 = 86_400;

/// What to do about what waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// No mail.
    Never,
    /// Now.
    Now,
    /// Look again then.
    At(At),
}

/// The next morning after `now`.
#[must_use]
pub fn next_morning(now: At) -> At {
    let shifted = now.plus_seconds(-MORNING * HOUR).micros();
    let day = shifted.div_euclid(DAY * 1_000_000);
    At::from_micros((day + 1) * DAY * 1_000_000).plus_seconds(MORNING * HOUR)
}

/// Decides; `last` is when the last mail went, `morning` says that the look itself is the daily one.
#[must_use]
pub fn decide(notify: Notify, last: Option<At>, now: At, morning: bool) -> Due {
    match notify {
        Notify::Off => Due::Never,
        Notify::Hourly => match last.map(|at| at.plus_seconds(HOUR)).filter(|at| now < *at) {
            Some(at) => Due::At(at),
            None => Due::Now,
        },
        Notify::Daily if morning && last.is_none_or(|at| at.plus_seconds(DAY - HOUR) <= now) => Due::Now,
        Notify::Daily => Due::At(next_morning(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_or_a_morning_lies_between_two_mails() {
        let at = |hours: i64| At::from_micros(1_790_035_200_000_000).plus_seconds(hours * HOUR);
        assert_eq!(at(0).rfc3339(), "2026-09-22T00:00:00Z", "midnight");
        for (notify, last, now, morning, due) in [
            (Notify::Off, None, at(9), true, Due::Never),
            (Notify::Hourly, None, at(9), false, Due::Now),
            (Notify::Hourly, Some(at(8)), at(9), false, Due::Now),
            (Notify::Hourly, Some(at(9)), at(9).plus_seconds(HOUR - 1), false, Due::At(at(10))),
            (Notify::Daily, None, at(5), false, Due::At(at(6))),
            (Notify::Daily, None, at(6), false, Due::At(at(30))),
            (Notify::Daily, None, at(6), true, Due::Now),
            (Notify::Daily, Some(at(6)), at(9), true, Due::At(at(30))),
            (Notify::Daily, Some(at(6)), at(30), true, Due::Now),
        ] {
            assert_eq!(decide(notify, last, now, morning), due, "{notify:?} {last:?} {now:?} {morning}");
        }
    }
}
