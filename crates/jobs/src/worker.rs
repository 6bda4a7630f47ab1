//! Runs due tasks. Any number of workers in any number of processes may run side by side; a worker that
//! dies leaves its tasks to the others when the lease ends.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use db::{Db, Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinError, JoinSet};

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
    /// Nothing was tried: again after so many seconds, without counting this time.
    Wait(i64, String),
    /// Never; a dead letter at once.
    Dead(String),
}

/// Does the tasks of one name. It may be called twice for the same task and must then change nothing more.
pub trait Handler: Send + Sync + 'static {
    /// Does the task.
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome>;

    /// In which loop its tasks are done.
    fn lane(&self) -> Lane {
        Lane::Quick
    }
}

/// The loops of a worker, side by side: what waits in one holds up nothing in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Takes a second at most, like a mail. One after the other.
    Quick,
    /// Waits for other servers, some seconds at most. Several at a time, at most [`ABREAST`].
    Waiting,
    /// May take long, like a large download or an encoding. One after the other; a task keeps its lease alive by telling
    /// progress.
    Slow,
    /// As [`Lane::Slow`], for what anybody can ask for: however much of it waits, it holds up nothing the team asked for.
    Apart,
}

impl Lane {
    /// How many tasks one look takes.
    const fn most(self) -> usize {
        match self {
            Self::Quick => 16,
            Self::Waiting => ABREAST,
            Self::Slow | Self::Apart => 1,
        }
    }
}

/// How many tasks of [`Lane::Waiting`] a worker does at a time.
pub const ABREAST: usize = 4;

/// Claims and runs tasks.
#[derive(Clone)]
pub struct Worker {
    db: Db,
    handlers: Arc<HashMap<&'static str, Arc<dyn Handler>>>,
    wake: Arc<[Notify; 4]>,
}

impl Worker {
    /// A worker for these handlers.
    #[must_use]
    pub fn new(db: Db, handlers: HashMap<&'static str, Arc<dyn Handler>>) -> Self {
        Self { db, handlers: Arc::new(handlers), wake: Arc::default() }
    }

    /// Makes a sleeping worker look at once.
    pub fn wake(&self) {
        for loop_of in self.wake.iter() {
            loop_of.notify_one();
        }
    }

    /// The handlers of a lane.
    fn names(&self, lane: Lane) -> Vec<&'static str> {
        self.handlers.iter().filter(|(_, handler)| handler.lane() == lane).map(|(name, _)| *name).collect()
    }

    /// Runs what is due now, once, in every lane; gives how many tasks were tried.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn step(&self) -> Result<usize, Failure> {
        self.step_but(&[]).await
    }

    async fn step_but(&self, later: &[&'static str]) -> Result<usize, Failure> {
        let mut total = 0;
        for lane in [Lane::Quick, Lane::Waiting, Lane::Slow, Lane::Apart] {
            total += self.step_in(lane, later).await?;
        }
        Ok(total)
    }

    /// Takes due tasks of a lane, at most `most`. The quick lane also takes what no handler is for; quick handlers in `later`
    /// are left alone.
    async fn claim(&self, lane: Lane, later: &[&'static str], most: usize) -> Result<Vec<Task>, Failure> {
        let now = self.db.clock().now();
        let only = lane != Lane::Quick;
        let names: Vec<&'static str> = if only {
            self.names(lane)
        } else {
            [self.names(Lane::Waiting), self.names(Lane::Slow), self.names(Lane::Apart), later.to_vec()].concat()
        };
        if only && names.is_empty() {
            return Ok(Vec::new());
        }
        // A look that finds nothing must not cost a write lock.
        if !read_tx!(self.db, |tx| Ok(store::any_due(tx, now, &names, only).await?))? {
            return Ok(Vec::new());
        }
        let most = i64::try_from(most).unwrap_or(1);
        write_tx!(self.db, |tx| Ok(store::claim(tx, now, LEASE, most, &names, only).await?))
    }

    /// One look at a lane.
    async fn step_in(&self, lane: Lane, later: &[&'static str]) -> Result<usize, Failure> {
        let tasks = self.claim(lane, later, lane.most()).await?;
        if lane == Lane::Waiting {
            for done in futures_util::future::join_all(tasks.iter().map(|task| self.run(task))).await {
                done?;
            }
        } else {
            for task in &tasks {
                self.run(task).await?;
            }
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
            match self.step_but(later).await? {
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
        let tried = !matches!(outcome, Outcome::Wait(..));
        let (state, due_at, trouble) = match outcome {
            Outcome::Done => ("done", now, None),
            Outcome::Wait(seconds, why) => ("due", now.plus_seconds(seconds.max(1)), Some(why)),
            Outcome::Retry(why) if task.attempts < MOST_ATTEMPTS => {
                ("due", now.plus_seconds(pause(task.attempts)), Some(why))
            }
            Outcome::Retry(why) | Outcome::Dead(why) => ("dead", now, Some(why)),
        };
        if let Some(why) = trouble.as_ref().filter(|_| tried) {
            tracing::warn!(handler = task.handler, key = task.key, state, why, "a task did not succeed");
        }
        write_tx!(self.db, |tx| Ok(store::settle(tx, task, (state, tried), due_at, trouble.as_deref()).await?))
    }

    /// Works until `stop` becomes true.
    pub async fn work(self, stop: watch::Receiver<bool>) {
        let waiting = async {
            if !self.names(Lane::Waiting).is_empty() {
                self.work_abreast(stop.clone()).await;
            }
        };
        let long = async |lane| {
            if !self.names(lane).is_empty() {
                self.work_in(lane, stop.clone()).await;
            }
        };
        tokio::join!(self.work_in(Lane::Quick, stop.clone()), waiting, long(Lane::Slow), long(Lane::Apart));
    }

    /// Until there is something to look for, or nothing was asked for half a second.
    async fn rest(&self, lane: Lane, stop: &mut watch::Receiver<bool>) {
        tokio::select! {
            () = self.wake[lane as usize].notified() => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            _ = stop.changed() => {}
        }
    }

    async fn work_in(&self, lane: Lane, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.step_in(lane, &[]).await {
                Ok(count) if count > 0 => continue,
                Ok(_) => {}
                Err(failure) => tracing::error!(%failure, "the worker could not look for tasks"),
            }
            self.rest(lane, &mut stop).await;
        }
    }

    /// The lane of those that wait: as soon as one of them is done the next begins. Each is a task of the runtime: one that
    /// holds a transaction must go on while the next is looked for.
    async fn work_abreast(&self, mut stop: watch::Receiver<bool>) {
        let mut running = JoinSet::new();
        while !*stop.borrow() {
            let room = ABREAST.saturating_sub(running.len());
            if room > 0 {
                match self.claim(Lane::Waiting, &[], room).await {
                    Ok(tasks) => {
                        for task in tasks {
                            let worker = self.clone();
                            running.spawn(async move { worker.run(&task).await });
                        }
                    }
                    Err(failure) => tracing::error!(%failure, "the worker could not look for tasks"),
                }
            }
            tokio::select! {
                Some(done) = running.join_next() => noted(done),
                () = self.rest(Lane::Waiting, &mut stop) => {}
            }
        }
        while let Some(done) = running.join_next().await {
            noted(done);
        }
    }
}

fn noted(done: Result<Result<(), Failure>, JoinError>) {
    match done {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => tracing::error!(%failure, "how a task ended could not be written"),
        Err(error) => tracing::error!(%error, "a task broke off"),
    }
}

/// The pause after the n-th failure: 5 s, 10 s, 20 s … so that ten tries take about three quarters of an hour.
fn pause(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
    (5_i64 << doublings).min(3600)
}
