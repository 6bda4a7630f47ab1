//! Rate limits in memory: so many tries per key and span. A key is a purpose and a client address (an IPv6
//! network of 64 bits counts as one client). Nothing is kept longer than the span.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::{At, Kind, Refusal};

/// How many keys are remembered before stale ones are swept.
const SWEEP_AT: usize = 10_000;

#[derive(Clone, Copy, Debug)]
struct Window {
    since: At,
    seconds: i64,
    count: u32,
}

/// What is left of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Tries.
    pub tries: u32,
    /// Seconds until the span is over.
    pub seconds: i64,
}

/// Counts tries.
#[derive(Debug, Default)]
pub struct Limits(Mutex<HashMap<String, Window>>);

impl Limits {
    /// Counts one try of `key`; refuses it when there were `most` within `seconds` already.
    ///
    /// # Errors
    /// `too-many`, with the seconds to wait.
    pub fn check(&self, key: &str, most: u32, seconds: i64, now: At) -> Result<(), Refusal> {
        self.take(key, most, seconds, now).map(drop).map_err(|(refusal, _)| refusal)
    }

    /// As [`Limits::check`], and says what is left.
    ///
    /// # Errors
    /// `too-many`, with the same.
    pub fn take(&self, key: &str, most: u32, seconds: i64, now: At) -> Result<Left, (Refusal, Left)> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= SWEEP_AT {
            windows.retain(|_, w| now < w.since.plus_seconds(w.seconds));
            if windows.len() >= SWEEP_AT {
                windows.clear();
            }
        }
        let window = windows.entry(key.to_owned()).or_insert(Window { since: now, seconds, count: 0 });
        if now >= window.since.plus_seconds(window.seconds) || now < window.since {
            *window = Window { since: now, seconds, count: 0 };
        }
        let wait = (window.since.plus_seconds(seconds).micros() - now.micros()) / 1_000_000 + 1;
        if window.count >= most {
            let refusal = Refusal::new(Kind::TooMany, "too-many").with("seconds", wait);
            return Err((refusal, Left { tries: 0, seconds: wait }));
        }
        window.count += 1;
        Ok(Left { tries: most - window.count, seconds: wait })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_counted_per_key_and_span() {
        let limits = Limits::default();
        let now = At::from_micros(1_000_000);
        for _ in 0..3 {
            assert!(limits.check("a", 3, 60, now).is_ok());
        }
        let refusal = limits.check("a", 3, 60, now.plus_seconds(59)).expect_err("too many");
        assert_eq!((refusal.code, refusal.args[0].1.clone()), ("too-many", 2_i64.into()));
        assert!(limits.check("b", 3, 60, now).is_ok());
        assert!(limits.check("a", 3, 60, now.plus_seconds(60)).is_ok());
    }
}
