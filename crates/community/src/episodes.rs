//! What feeds ask about episodes; floor 4 answers. It decides nothing.

use std::pin::Pin;

use db::{Failure, Tx};
use kernel::At;

use crate::model::{Entry, Spot};

/// An answer that comes later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// Episodes, as whoever publishes them knows them.
pub trait Episodes: Send + Sync {
    /// The next public episodes of some shows after a cursor, newest first, at most `limit`.
    fn newest<'a>(&'a self, tx: &'a mut Tx, shows: &'a [i64], after: Spot, limit: i64) -> Answer<'a, Vec<Entry>>;

    /// Which of these episodes everybody may see now.
    fn public<'a>(&'a self, tx: &'a mut Tx, ids: &'a [i64], now: At) -> Answer<'a, Vec<i64>>;
}
