//! Runs due tasks. Any number of workers in any number of processes may run side by side; a worker that
//! dies leaves its tasks to the others when the lease ends.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};

use crate::store::{self, Task};

/// How long a worker may be silent about a task before another one takes it, in seconds.
pub(crate) const LEASE: i64 = 120;
/// After so many tries a task is a dead letter.
pub const MOST_ATTEMPTS: i64 = 10;

/// How a handler ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// Not this time; try again after a growing pause.
    Retry(String),
    /// Never; a dead letter at once.
    Dead(String),
}

/// Does the tasks of one name. It may be called twice for the same task and must then change nothing more.
pub trait Handler: Send + Sync + 'static {
    /// Does the task.
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome>;

    /// Whether it may take longer than a few seconds, like a download or an encoding. Such tasks are done one by one
    /// in a loop of their own, so that no mail waits behind them; they keep their lease alive by telling progress.
    fn is_slow(&self) -> bool {
        false
    }
}

/// Which tasks a loop does.
#[derive(Clone, Copy, Debug)]
enum Lane {
    Quick,
    Slow,
}

/// Claims and runs tasks.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    handlers: Arc<HashMap<&'static str, Arc<dyn Handler>>>,
    slow: Arc<Vec<&'static str>>,
    wake: Arc<[Notify; 2]>,
}

impl Worker {
    /// A worker for these handlers.
    #[must_use]
    pub fn new(db: Db, handlers: HashMap<&'static str, Arc<dyn Handler>>) -> Self {
        let slow = handlers.iter().filter(|(_, handler)| handler.is_slow()).map(|(name, _)| *name).collect();
        Self { db, handlers: Arc::new(handlers), slow: Arc::new(slow), wake: Arc::default() }
    }

    /// Makes a sleeping worker look at once.
    pub fn wake(&self) {
        for loop_of in self.wake.iter() {
            loop_of.notify_one();
        }
    }

    /// Runs what is due now, once, quick and slow; gives how many tasks were tried.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn step(&self) -> Result<usize, Failure> {
        Ok(self.step_in(Lane::Quick, &[]).await? + self.step_in(Lane::Slow, &[]).await?)
    }

    /// One look at a lane. Quick handlers in `later` are left alone.
    async fn step_in(&self, lane: Lane, later: &[&'static str]) -> Result<usize, Failure> {
        let now = self.db.clock().now();
        let (slow, limit) = match lane {
            Lane::Slow if self.slow.is_empty() => return Ok(0),
            Lane::Slow => (true, 1),
            Lane::Quick => (false, 16),
        };
        // A look that finds nothing must not cost a write lock.
        let later = if slow { &[] } else { later };
        let names: Vec<&'static str> = self.slow.iter().chain(later).copied().collect();
        if !read_tx!(self.db, |tx| Ok(store::any_due(tx, now, &names, slow).await?))? {
            return Ok(0);
        }
        let tasks = write_tx!(self.db, |tx| Ok(store::claim(tx, now, LEASE, limit, &names, slow).await?))?;
        for task in &tasks {
            self.run(task).await?;
        }
        Ok(tasks.len())
    }

    /// Runs everything due, also what tasks ask for meanwhile, until nothing is due.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn drain(&self) -> Result<usize, Failure> {
        self.drain_but(&[]).await
    }

    /// Like [`Worker::drain`], but leaves the tasks of some quick handlers for later: those that cannot succeed yet.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn drain_but(&self, later: &[&'static str]) -> Result<usize, Failure> {
        let mut total = 0;
        loop {
            match self.step_in(Lane::Quick, later).await? + self.step_in(Lane::Slow, later).await? {
                0 => return Ok(total),
                count => total += count,
            }
        }
    }

    async fn run(&self, task: &Task) -> Result<(), Failure> {
        let outcome = match self.handlers.get(task.handler.as_str()) {
            Some(handler) => handler.run(task).await,
            None => Outcome::Dead(format!("no handler is called {}", task.handler)),
        };
        let now = self.db.clock().now();
        let (state, due_at, trouble) = match outcome {
            Outcome::Done => ("done", now, None),
            Outcome::Retry(why) if task.attempts < MOST_ATTEMPTS => {
                ("due", now.plus_seconds(pause(task.attempts)), Some(why))
            }
            Outcome::Retry(why) | Outcome::Dead(why) => ("dead", now, Some(why)),
        };
        if let Some(why) = &trouble {
            tracing::warn!(handler = task.handler, key = task.key, state, why, "a task did not succeed");
        }
        write_tx!(self.db, |tx| Ok(store::settle(tx, task, state, due_at, trouble.as_deref()).await?))
    }

    /// Works until `stop` becomes true.
    pub async fn work(self, stop: watch::Receiver<bool>) {
        let slow = async {
            if !self.slow.is_empty() {
                self.work_in(Lane::Slow, stop.clone()).await;
            }
        };
        tokio::join!(self.work_in(Lane::Quick, stop.clone()), slow);
    }

    async fn work_in(&self, lane: Lane, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.step_in(lane, &[]).await {
                Ok(count) if count > 0 => continue,
                Ok(_) => {}
                Err(failure) => tracing::error!(%failure, "the worker could not look for tasks"),
            }
            tokio::select! {
                () = self.wake[lane as usize].notified() => {}
                () = tokio::time::sleep(Duration::from_millis(500)) => {}
                _ = stop.changed() => {}
            }
        }
    }
}

/// The pause after the n-th failure: 5 s, 10 s, 20 s … so that ten tries take about three quarters of an hour.
fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
    (5_i64 << doublings).min(3600)
}
