//! Telling how far a long task is, about once a second, which also keeps its lease alive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use db::{Db, write_tx};

use crate::store::{Task, report_progress};
use crate::worker::LEASE;

/// Writes a task's progress until it is stopped.
pub struct Telling {
    state: Arc<(AtomicU64, AtomicU64)>,
    task: tokio::task::JoinHandle<()>,
}

impl Telling {
    /// Begins to tell.
    #[must_use]
    pub fn start(db: Db, task: Task) -> Self {
        let state = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        let seen = state.clone();
        let handle = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let whole = |n: &AtomicU64| i64::try_from(n.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
                let (done, total, until) = (whole(&seen.0), whole(&seen.1), db.clock().now().plus_seconds(LEASE));
                let noted = write_tx!(db, |tx| Ok(report_progress(tx, &task, done, total, until).await?));
                if let Err(failure) = noted {
                    tracing::warn!(%failure, "progress could not be written");
                }
            }
        });
        Self { state, task: handle }
    }

    /// Notes how much is done, and of how much if that is known.
    pub fn note(&self, done: u64, all: Option<u64>) {
        self.state.0.store(done, Ordering::Relaxed);
        self.state.1.store(all.unwrap_or(0), Ordering::Relaxed);
    }

    /// Stops: nothing is written afterwards.
    pub async fn stop(&self) {
        self.task.abort();
        while !self.task.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}
