//! Group commit for hot writes. Commands of one kind from all requests are collected for a moment and
//! decided in one transaction; each caller is answered only after the commit. Nothing decided outlives a
//! batch, and a command that breaks a rule of the schema never takes its neighbours down with it.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::connect::{Db, Reruns};
use crate::error::{DbError, Failure};
use crate::tx::Tx;

/// A kind of hot write.
pub trait Batch: Send + Sync + 'static {
    /// What a caller asks. Cloned only when a batch has to be run again.
    type Command: Clone + Send + Sync + 'static;
    /// What a caller is told: an acceptance or a refusal, both are answers.
    type Answer: Send + 'static;

    /// Decides `commands` in order and writes with set-based statements; gives one answer per command.
    /// Locks each hot row by `UPDATE … RETURNING` in key order first: the transaction is READ COMMITTED.
    ///
    /// # Errors
    /// The database's failure; [`DbError::Constraint`] makes the batcher run the commands one by one.
    fn apply(
        &self,
        tx: &mut Tx,
        commands: &[Self::Command],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, Failure>> + Send;
}

/// How much to collect.
#[derive(Clone, Copy, Debug)]
pub struct BatcherConfig {
    /// The most commands in one transaction.
    pub most: usize,
    /// How many callers may wait before further ones are refused at once.
    pub queue: usize,
    /// How long an incomplete batch waits for more. Zero takes what is there: under load, batches form
    /// by themselves while the one before commits.
    pub wait: Duration,
}

impl Default for BatcherConfig {
    fn default() -> Self {
        Self { most: 512, queue: 8192, wait: Duration::ZERO }
    }
}

type Waiting<B> = (<B as Batch>::Command, oneshot::Sender<Result<<B as Batch>::Answer, Failure>>);

/// The door to a batch writer. Cloning shares it; the writer ends when the last door is dropped.
pub struct Batcher<B: Batch> {
    door: mpsc::Sender<Waiting<B>>,
}

impl<B: Batch> Clone for Batcher<B> {
    fn clone(&self) -> Self {
        Self { door: self.door.clone() }
    }
}

impl<B: Batch> Batcher<B> {
    /// Starts the writer on the current runtime.
    pub fn start(db: Db, batch: B, config: BatcherConfig) -> Self {
        let (door, inbox) = mpsc::channel(config.queue.max(1));
        tokio::spawn(work(db, batch, config, inbox));
        Self { door }
    }

    /// Asks, and waits for the answer of the committed transaction.
    ///
    /// # Errors
    /// "Not available" when the queue is full; [`DbError::UnknownOutcome`] when the commit's outcome is
    /// not known (repeat with the same key); the database's failure otherwise.
    pub async fn send(&self, command: B::Command) -> Result<B::Answer, Failure> {
        let (answer, wait) = oneshot::channel();
        if self.door.try_send((command, answer)).is_err() {
            return Err(Failure::Broken("too many callers wait for this writer".to_owned()));
        }
        wait.await.unwrap_or_else(|_| Err(Failure::Broken("the writer stopped".to_owned())))
    }
}

async fn work<B: Batch>(db: Db, batch: B, config: BatcherConfig, mut inbox: mpsc::Receiver<Waiting<B>>) {
    while let Some(first) = inbox.recv().await {
        let mut waiting = vec![first];
        if !config.wait.is_zero() {
            let until = tokio::time::Instant::now() + config.wait;
            while waiting.len() < config.most {
                match tokio::time::timeout_at(until, inbox.recv()).await {
                    Ok(Some(next)) => waiting.push(next),
                    Ok(None) | Err(_) => break,
                }
            }
        }
        while waiting.len() < config.most {
            match inbox.try_recv() {
                Ok(next) => waiting.push(next),
                Err(_) => break,
            }
        }
        let (commands, doors): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let answers = decide(&db, &batch, &commands).await;
        for (door, answer) in doors.into_iter().zip(answers) {
            // A caller who went away does not undo the commit.
            drop(door.send(answer));
        }
    }
}

async fn decide<B: Batch>(db: &Db, batch: &B, commands: &[B::Command]) -> Vec<Result<B::Answer, Failure>> {
    match apply(db, batch, commands).await {
        Ok(answers) => answers.into_iter().map(Ok).collect(),
        Err(failure) if failure.is_constraint() && commands.len() > 1 => {
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                answers.push(apply(db, batch, std::slice::from_ref(command)).await.map(|mut a| a.remove(0)));
            }
            answers
        }
        Err(failure) => {
            let unknown = matches!(failure, Failure::Db(DbError::UnknownOutcome(_)));
            let text = failure.to_string();
            let mut first = Some(failure);
            let copy = |_: &B::Command| {
                Err(first.take().unwrap_or_else(|| {
                    if unknown {
                        Failure::Refused(kernel::Refusal::new(kernel::Kind::Unavailable, "repeat-with-same-key"))
                    } else {
                        Failure::Broken(text.clone())
                    }
                }))
            };
            commands.iter().map(copy).collect()
        }
    }
}

/// One transaction for `commands`, run again a few times when it collides.
async fn apply<B: Batch>(db: &Db, batch: &B, commands: &[B::Command]) -> Result<Vec<B::Answer>, Failure> {
    let mut reruns = Reruns::default();
    loop {
        let outcome = apply_once(db, batch, commands).await;
        if !reruns.again(&outcome) {
            return outcome;
        }
        drop(outcome);
        reruns.pause().await;
    }
}

async fn apply_once<B: Batch>(db: &Db, batch: &B, commands: &[B::Command]) -> Result<Vec<B::Answer>, Failure> {
    let mut tx = db.begin(true).await?;
    let answers = batch.apply(&mut tx, commands).await?;
    assert_eq!(answers.len(), commands.len(), "a batch answers each command once");
    db.commit(tx).await?;
    Ok(answers)
}
