//! Rate limits in memory: so many tries per key and span. A key is a purpose and a client address (an IPv6
//! network of 64 bits counts as one client); only a digest of it is kept, and nothing longer than the span. The memory is
//! bounded: what must make room is what is furthest from its limit, so that bringing many keys frees nobody.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use kernel::{At, Kind, Refusal};

/// How many keys are remembered.
const ROOM: usize = 20_000;

/// What a key that may not try again is worth keeping.
const LIMITED: u32 = 1_000;

/// The beginning of the digest of a key.
type Mark = [u8; 16];

#[derive(Clone, Copy, Debug)]
struct Window {
    since: At,
    seconds: i64,
    count: u32,
    most: u32,
}

impl Window {
    fn end(&self) -> At {
        self.since.plus_seconds(self.seconds)
    }

    /// How near its limit it is, up to [`LIMITED`].
    fn worth(&self) -> u32 {
        let share = u64::from(self.count) * u64::from(LIMITED) / u64::from(self.most.max(1));
        if self.count >= self.most { LIMITED } else { u32::try_from(share).unwrap_or(LIMITED).min(LIMITED - 1) }
    }
}

/// What is left of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Tries.
    pub tries: u32,
    /// Seconds until the span is over.
    pub seconds: i64,
}

/// The windows, in the order in which they may be forgotten, and in which they end.
#[derive(Debug)]
struct Table {
    room: usize,
    windows: HashMap<Mark, Window>,
    by_worth: BTreeSet<(u32, At, Mark)>,
    by_end: BTreeSet<(At, Mark)>,
}

impl Table {
    fn remove(&mut self, mark: &Mark) -> Option<Window> {
        let window = self.windows.remove(mark)?;
        self.by_worth.remove(&(window.worth(), window.end(), *mark));
        self.by_end.remove(&(window.end(), *mark));
        Some(window)
    }

    fn put(&mut self, mark: Mark, window: Window) {
        self.by_worth.insert((window.worth(), window.end(), mark));
        self.by_end.insert((window.end(), mark));
        self.windows.insert(mark, window);
    }

    /// Forgets what is over, then, if there is no room for one more, what is furthest from its limit; among equals, and when
    /// all are at their limit, what ends first.
    fn make_room(&mut self, now: At) {
        while let Some(&(end, mark)) = self.by_end.first()
            && end <= now
        {
            self.remove(&mark);
        }
        while self.windows.len() >= self.room
            && let Some(&(_, _, mark)) = self.by_worth.first()
        {
            self.remove(&mark);
        }
    }
}

/// Counts tries.
#[derive(Debug)]
pub struct Limits(Mutex<Table>);

impl Default for Limits {
    fn default() -> Self {
        Self::with_room(ROOM)
    }
}

impl Limits {
    /// Limits that remember that many keys, one at least.
    fn with_room(room: usize) -> Self {
        let table =
            Table { room: room.max(1), windows: HashMap::new(), by_worth: BTreeSet::new(), by_end: BTreeSet::new() };
        Self(Mutex::new(table))
    }

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
        let mark = mark_of(key);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Window { since: now, seconds, count: 0, most };
        let known = table.remove(&mark).filter(|w| w.since <= now && now < w.end());
        if known.is_none() {
            table.make_room(now);
        }
        let mut window = Window { most, ..known.unwrap_or(fresh) };
        let wait = (window.since.plus_seconds(seconds).micros() - now.micros()) / 1_000_000 + 1;
        let free = window.count < most;
        window.count += u32::from(free);
        table.put(mark, window);
        if free {
            return Ok(Left { tries: most - window.count, seconds: wait });
        }
        let refusal = Refusal::new(Kind::TooMany, "too-many").with("seconds", wait);
        Err((refusal, Left { tries: 0, seconds: wait }))
    }
}

fn mark_of(key: &str) -> Mark {
    let digest = kernel::sha256(key.as_bytes());
    let mut mark = Mark::default();
    mark.copy_from_slice(&digest[..16]);
    mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: At = At::from_micros(1_000_000);

    #[test]
    fn tries_are_counted_per_key_and_span() {
        let limits = Limits::default();
        for _ in 0..3 {
            assert!(limits.check("a", 3, 60, NOW).is_ok());
        }
        let refusal = limits.check("a", 3, 60, NOW.plus_seconds(59)).expect_err("too many");
        assert_eq!((refusal.code, refusal.args[0].1.clone()), ("too-many", 2_i64.into()));
        assert!(limits.check("b", 3, 60, NOW).is_ok());
        assert!(limits.check("a", 3, 60, NOW.plus_seconds(60)).is_ok());
    }

    #[test]
    fn many_keys_free_nobody() {
        let limits = Limits::with_room(100);
        for _ in 0..5 {
            assert!(limits.check("caught", 5, 900, NOW).is_ok());
        }
        for _ in 0..4 {
            assert!(limits.check("near", 5, 900, NOW).is_ok());
        }
        for n in 0..1_000 {
            assert!(limits.check(&format!("another {n}"), 30, 3_600, NOW).is_ok());
        }
        assert!(limits.check("caught", 5, 900, NOW).is_err());
        assert!(limits.check("near", 5, 900, NOW).is_ok());
        assert!(limits.check("near", 5, 900, NOW).is_err());
        assert!(limits.check("caught", 5, 900, NOW.plus_seconds(900)).is_ok(), "its span is over");
    }

    proptest! {
        /// Against limits that forget nothing: room is never exceeded; a key at its limit is forgotten only when all that
        /// are kept are at theirs; a key that is kept answers as if nothing had ever been forgotten.
        #[test]
        fn a_key_at_its_limit_goes_last(
            tries in proptest::collection::vec((0_u8..12, 0_i64..20), 1..200),
            room in 1_usize..8,
        ) {
            let (small, whole) = (Limits::with_room(room), Limits::with_room(1_000));
            let mut now = NOW;
            let mut forgotten = BTreeSet::new();
            for (key, later) in tries {
                now = now.plus_seconds(later);
                let (name, most, span) = (format!("k{key}"), u32::from(key % 4) + 1, 10 + i64::from(key) * 7);
                let before = small.0.lock().expect("a table").windows.clone();
                let (mine, theirs) = (small.take(&name, most, span, now), whole.take(&name, most, span, now));
                let after = small.0.lock().expect("a table");
                prop_assert!(after.windows.len() <= room);
                prop_assert_eq!((after.by_worth.len(), after.by_end.len()), (after.windows.len(), after.windows.len()));
                for (mark, window) in before.iter().filter(|(m, w)| now < w.end() && !after.windows.contains_key(*m)) {
                    forgotten.insert(*mark);
                    let others = after.windows.iter().filter(|(m, _)| before.contains_key(*m));
                    let least = others.map(|(_, w)| w.worth()).min().unwrap_or(LIMITED);
                    prop_assert!(window.worth() <= least, "{} went before {}", window.worth(), least);
                }
                if !forgotten.contains(&mark_of(&name)) {
                    prop_assert_eq!(mine.map_err(|(_, left)| left), theirs.map_err(|(_, left)| left));
                }
            }
        }
    }
}
