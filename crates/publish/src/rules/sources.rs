//! What an answer says about the address of a source, and when a source counts as dead: 404 or 410 at once, anything
//! else that fails only when it failed twice, a day apart.

use kernel::At;

use crate::model::checks::{Outcome, SourceHealth};

/// How far apart two failures must be, in seconds.
pub const APART: i64 = 86_400;

/// What an HTTP status says. Many pages answer 401, 403 or 429 to programs and stand there for people.
#[must_use]
pub fn judge(status: u16) -> Outcome {
    match status {
        200..=399 | 416 => Outcome::Ok,
        404 | 410 => Outcome::Gone,
        400..=499 => Outcome::Refused,
        _ => Outcome::Failed,
    }
}

/// What is known after another look.
#[must_use]
pub fn after(before: Option<&SourceHealth>, outcome: Outcome, status: Option<u16>, now: At) -> SourceHealth {
    let status = status.map(i64::from);
    let bad = matches!(outcome, Outcome::Gone | Outcome::Failed);
    let since = before.and_then(|b| b.failing_since).unwrap_or(now);
    SourceHealth {
        checked_at: now,
        outcome,
        status,
        streak: if bad { before.map_or(0, |b| b.streak).saturating_add(1) } else { 0 },
        failing_since: bad.then_some(since),
    }
}

/// Whether a source counts as dead.
#[must_use]
pub fn is_dead(health: &SourceHealth) -> bool {
    match health.outcome {
        Outcome::Gone => true,
        Outcome::Failed => {
            let since = health.failing_since.unwrap_or(health.checked_at);
            health.streak >= 2 && health.checked_at >= since.plus_seconds(APART)
        }
        Outcome::Ok | Outcome::Refused => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_dead_at_once_when_gone_and_after_a_day_of_failures() {
        let now = At::from_micros(1_800_000_000_000_000);
        let later = |hours: i64| now.plus_seconds(hours * 3600);
        assert!(is_dead(&after(None, judge(404), Some(404), now)));
        assert!(is_dead(&after(None, judge(410), Some(410), now)));
        let first = after(None, judge(503), Some(503), now);
        assert!(!is_dead(&first));
        let soon = after(Some(&first), judge(500), Some(500), later(2));
        assert!(!is_dead(&soon), "two failures within a day are one bad day");
        let second = after(Some(&soon), Outcome::Failed, None, later(25));
        assert!(is_dead(&second));
        let back = after(Some(&second), judge(200), Some(200), later(26));
        assert!(!is_dead(&back));
        assert!(!is_dead(&after(Some(&back), Outcome::Failed, None, later(60))), "the row begins anew");
    }

    #[test]
    fn what_keeps_programs_out_is_not_dead() {
        for status in [400, 401, 403, 405, 429, 451] {
            assert_eq!(judge(status), Outcome::Refused, "{status}");
        }
        for status in [200, 206, 301, 304, 416] {
            assert_eq!(judge(status), Outcome::Ok, "{status}");
        }
    }
}
