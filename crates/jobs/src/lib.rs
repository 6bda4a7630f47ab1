//! Work that happens after a transaction: events with one delivery row per consumer, jobs asked for
//! directly, retries with growing pauses, dead letters that can be revived.
//! A task is done at least once; its handler is idempotent, keyed by (handler, key). Nothing visible to
//! people depends on a task having run: predicates on time do that.

mod store;
mod telling;
mod worker;

pub use store::{
    DeadLetter, Event, Progress, Task, TaskCounts, cancel, counts, dead_letters, dead_letters_of, enqueue,
    enqueue_again, event_kind, mark_once, progress, report_progress, revive, subscribe, tell,
};
pub use telling::Telling;
pub use worker::{ABREAST, Handler, Lane, MOST_ATTEMPTS, Outcome, Worker};

use db::Migration;

/// The tables of this crate.
pub const MIGRATIONS: &[Migration] = &[
    Migration { id: "jobs_0001", sql: include_str!("../migrations/0001.sql") },
    Migration { id: "jobs_0002", sql: include_str!("../migrations/0002.sql") },
];
