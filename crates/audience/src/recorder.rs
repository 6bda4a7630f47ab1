//! Where requests leave what was seen of them: a short list in memory, emptied about every second into one transaction. A
//! request never waits for the database. What a dead process had not written is lost, at most that second; what finds the
//! list full is not counted and that is said.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::model::Seen;

/// The most that may wait.
const MOST: usize = 100_000;

/// The list.
#[derive(Debug, Default)]
pub struct Recorder {
    waiting: Mutex<Vec<Seen>>,
    dropped: AtomicU64,
}

impl Recorder {
    /// Notes something seen.
    pub fn note(&self, seen: Seen) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push(seen);
        } else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes what waits.
    #[must_use]
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts back what could not be written, before what came since.
    pub fn put_back(&self, mut seen: Vec<Seen>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MOST.saturating_sub(waiting.len());
        if seen.len() > room {
            self.dropped.fetch_add(u64::try_from(seen.len() - room).unwrap_or(u64::MAX), Ordering::Relaxed);
            seen.truncate(room);
        }
        seen.append(&mut waiting);
        *waiting = seen;
    }

    /// How many were not counted since the start because the list was full.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}
