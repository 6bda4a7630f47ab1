//! Turns at what takes memory: pictures are decoded one at a time in the whole server, whoever sent them, and of one person only
//! so many are held at once. It knows no picture, and decides nothing about who may send one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use db::Failure;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pictures of one person that are read and decoded at a time.
pub(crate) const PICTURES: usize = 2;
/// Keys that are remembered before those nobody holds are forgotten.
const ROOM: usize = 1_000;

/// One at a time: while it is decoded, the largest picture takes some hundred megabytes.
static DECODING: Semaphore = Semaphore::const_new(1);

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

/// Does what decodes a picture on a thread of its own, when it is its turn. The turn ends with the work, also when nobody waits
/// for it any more.
///
/// # Errors
/// When the work ended in an accident.
pub(crate) async fn decode<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let turn = DECODING.acquire().await.map_err(|e| broken(&e))?;
    let done = tokio::task::spawn_blocking(move || {
        let made = work();
        drop(turn);
        made
    });
    done.await.map_err(|e| broken(&e))
}

/// So many turns for each key.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<HashMap<i64, Weak<Semaphore>>>);

impl Turns {
    /// Waits for one of `most` turns of a key; it ends when what is given is dropped.
    ///
    /// # Errors
    /// When the server is going down.
    pub(crate) async fn take(&self, key: i64, most: usize) -> Result<OwnedSemaphorePermit, Failure> {
        self.of(key, most).acquire_owned().await.map_err(|e| broken(&e))
    }

    fn of(&self, key: i64, most: usize) -> Arc<Semaphore> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        if turns.len() >= ROOM {
            turns.retain(|_, turn| turn.strong_count() > 0);
        }
        let turn = Arc::new(Semaphore::new(most));
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_has_so_many_turns_and_others_have_their_own() {
        let turns = Turns::default();
        let first = turns.take(7, 2).await.expect("a turn");
        let second = turns.take(7, 2).await.expect("a turn");
        assert!(turns.of(7, 2).try_acquire_owned().is_err(), "both are held");
        assert!(turns.of(8, 2).try_acquire_owned().is_ok(), "somebody else");
        drop(first);
        assert!(turns.of(7, 2).try_acquire_owned().is_ok());
        drop(second);
        for key in 0..5_000 {
            drop(turns.take(key, 1).await);
        }
        assert!(turns.0.lock().expect("a lock").len() <= ROOM, "keys nobody holds are forgotten");
    }
}
