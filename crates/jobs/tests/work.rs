//! Events, tasks, retries and dead letters on both engines; two workers never do the same task.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use db::{read_tx, write_tx};
use futures_util::future::BoxFuture;
use jobs::{Event, Handler, MIGRATIONS, Outcome, Task, Worker};
use kernel::{Actor, Ctx, OrgId, Rng};
use testkit::{Bench, On, both, run};

/// Remembers what it was given; fails the first `fails` times.
#[derive(Default)]
struct Recorder {
    seen: Mutex<Vec<String>>,
    fails: AtomicI64,
}

impl Handler for Recorder {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            if self.fails.fetch_sub(1, Ordering::SeqCst) > 0 {
                return Outcome::Retry("not yet".to_owned());
            }
            self.seen.lock().expect("no panic inside").push(task.key.clone());
            Outcome::Done
        })
    }
}

fn ctx(bench: &Bench) -> Ctx {
    let ids = bench.ids.clone();
    Ctx { now: bench.clock.now(), actor: Actor::System("test"), ids, rng: Rng::seeded(1) }
}

#[test]
fn what_was_done_or_given_up_is_asked_for_again() {
    both(MIGRATIONS, async |bench: Bench| {
        let recorder = Arc::new(Recorder::default());
        let worker = worker(&bench.db, &recorder);
        let now = bench.clock.now();
        let ask = async || {
            write_tx!(bench.db, |tx| Ok(jobs::enqueue_again(tx, OrgId(1), "ping", "k", "b", now).await?))
                .expect("asked");
        };
        for round in 1..=3 {
            ask().await;
            ask().await;
            let progress =
                read_tx!(bench.db, |tx| Ok(jobs::progress(tx, "ping", "k").await?)).expect("read").expect("a task");
            assert_eq!((progress.state.as_str(), progress.done, progress.total), ("due", 0, 0));
            worker.drain().await.expect("work");
            assert_eq!(recorder.seen.lock().expect("no panic inside").len(), round, "once each time");
        }
    });
}

fn worker(db: &db::Db, recorder: &Arc<Recorder>) -> Worker {
    let handlers: HashMap<&'static str, Arc<dyn Handler>> =
        ["ping", "pong"].into_iter().map(|name| (name, recorder.clone() as Arc<dyn Handler>)).collect();
    Worker::new(db.clone(), handlers)
}

#[test]
fn an_event_reaches_each_subscriber_once_and_dies_with_its_transaction() {
    both(MIGRATIONS, async |bench| {
        let ctx = ctx(&bench);
        let event = || Event { org: OrgId(1), kind: "x.happened", version: 1, body: "{}".to_owned() };
        write_tx!(bench.db, |tx| {
            jobs::subscribe(tx, "x.happened", "ping").await?;
            jobs::subscribe(tx, "x.happened", "pong").await?;
            jobs::subscribe(tx, "x.happened", "pong").await?;
            Ok(())
        })
        .expect("subscribed");
        write_tx!(bench.db, |tx| Ok(jobs::tell(tx, &ctx, event()).await?)).expect("told");
        let undone: Result<(), db::Failure> = write_tx!(bench.db, |tx| {
            jobs::tell(tx, &ctx, event()).await?;
            Err(db::Failure::Broken("no".to_owned()))
        });
        assert!(undone.is_err());
        let recorder = Arc::new(Recorder::default());
        let worker = worker(&bench.db, &recorder);
        assert_eq!(worker.drain().await.expect("works"), 2);
        assert_eq!(worker.drain().await.expect("works"), 0);
        assert_eq!(recorder.seen.lock().expect("fine").len(), 2);
    });
}

#[test]
fn a_failing_task_waits_longer_each_time_then_is_a_dead_letter_and_can_be_revived() {
    both(MIGRATIONS, async |bench| {
        let now = bench.clock.now();
        let ask = async |due| write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "ping", "k", "{}", due).await?));
        assert!(ask(now.plus_seconds(10)).await.expect("asked"));
        assert!(!ask(now).await.expect("asked"), "the same key is asked once");
        let recorder = Arc::new(Recorder { fails: AtomicI64::new(100), ..Recorder::default() });
        let worker = worker(&bench.db, &recorder);
        assert_eq!(worker.drain().await.expect("works"), 0, "not due yet");
        let mut tries = 0;
        for _ in 0..40 {
            bench.clock.advance(3600);
            tries += worker.drain().await.expect("works");
        }
        assert_eq!(tries, 10);
        let dead = read_tx!(bench.db, |tx| Ok(jobs::dead_letters(tx).await?)).expect("reads");
        assert_eq!((dead.len(), dead[0].trouble.as_str()), (1, "not yet"));
        recorder.fails.store(0, Ordering::SeqCst);
        let now = bench.clock.now();
        assert!(write_tx!(bench.db, |tx| Ok(jobs::revive(tx, "ping", "k", now).await?)).expect("revived"));
        assert_eq!(worker.drain().await.expect("works"), 1);
        let counts = read_tx!(bench.db, |tx| Ok(jobs::counts(tx, None, "").await?)).expect("reads");
        assert_eq!((counts.due, counts.done, counts.dead), (0, 1, 0));
    });
}

#[test]
fn a_task_nobody_handles_is_a_dead_letter() {
    both(MIGRATIONS, async |bench| {
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "nobody", "k", "{}", now).await?)).expect("asked");
        let recorder = Arc::new(Recorder::default());
        worker(&bench.db, &recorder).drain().await.expect("works");
        let dead = read_tx!(bench.db, |tx| Ok(jobs::dead_letters(tx).await?)).expect("reads");
        assert_eq!(dead.len(), 1);
    });
}

#[test]
fn two_workers_on_two_connections_never_do_the_same_task() {
    run(On::Pg, MIGRATIONS, &async |bench: Bench| {
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| {
            for n in 0..200 {
                jobs::enqueue(tx, OrgId(1), "ping", &format!("{n:03}"), "{}", now).await?;
            }
            Ok(())
        })
        .expect("asked");
        let recorder = Arc::new(Recorder::default());
        let second = bench.second().await;
        let tasks = [bench.db.clone(), second].map(|db| {
            let worker = worker(&db, &recorder);
            tokio::spawn(async move {
                while let Err(failure) = worker.drain().await {
                    assert!(failure.is_collision(), "{failure}");
                }
            })
        });
        for task in tasks {
            task.await.expect("ends");
        }
        // A collision inside one worker's claim may leave leases behind; they run out.
        bench.clock.advance(200);
        worker(&bench.db, &recorder).drain().await.expect("works");
        let mut seen = recorder.seen.lock().expect("fine").clone();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 200);
        assert_eq!(recorder.seen.lock().expect("fine").len(), 200, "each exactly once");
    });
}

/// A slow handler that never ends until it is let go.
#[derive(Default)]
struct Sleeper {
    begun: tokio::sync::Notify,
    go: tokio::sync::Notify,
}

impl Handler for Sleeper {
    fn run<'a>(&'a self, _: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            self.begun.notify_one();
            self.go.notified().await;
            Outcome::Done
        })
    }

    fn lane(&self) -> jobs::Lane {
        jobs::Lane::Slow
    }
}

#[test]
fn a_slow_task_keeps_nobody_waiting() {
    both(MIGRATIONS, async |bench| {
        let (sleeper, recorder) = (Arc::new(Sleeper::default()), Arc::new(Recorder::default()));
        let mut handlers: HashMap<&'static str, Arc<dyn Handler>> = HashMap::new();
        handlers.insert("long", sleeper.clone());
        handlers.insert("ping", recorder.clone());
        let worker = Worker::new(bench.db.clone(), handlers);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(worker.clone().work(stopped));
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "long", "a", "", now).await?)).expect("asked");
        worker.wake();
        sleeper.begun.notified().await;
        write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "ping", "b", "", now).await?)).expect("asked");
        worker.wake();
        let state = async |handler: &str, key: &str| {
            read_tx!(bench.db, |tx| Ok(jobs::progress(tx, handler, key).await?)).expect("read").expect("there").state
        };
        // The long one is still at work when the short one is done.
        while state("ping", "b").await != "done" {
            tokio::task::yield_now().await;
        }
        assert_eq!(state("long", "a").await, "due");
        sleeper.go.notify_one();
        while state("long", "a").await != "done" {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        working.await.expect("it ends");
    });
}

/// Tasks that wait for something outside: each says that it has begun, and ends when it is let go.
struct Waiter {
    begun: tokio::sync::mpsc::UnboundedSender<String>,
    go: tokio::sync::Semaphore,
    now: AtomicI64,
    most: AtomicI64,
}

impl Handler for Waiter {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            drop(self.begun.send(task.key.clone()));
            self.go.acquire().await.expect("never closed").forget();
            self.now.fetch_sub(1, Ordering::SeqCst);
            Outcome::Done
        })
    }

    fn lane(&self) -> jobs::Lane {
        jobs::Lane::Waiting
    }
}

#[test]
fn what_waits_for_others_goes_on_beside_what_is_slow_a_few_at_a_time() {
    both(MIGRATIONS, async |bench| {
        let (begun, mut told) = tokio::sync::mpsc::unbounded_channel();
        let go = tokio::sync::Semaphore::new(0);
        let waiter = Arc::new(Waiter { begun, go, now: AtomicI64::new(0), most: AtomicI64::new(0) });
        let (sleeper, recorder) = (Arc::new(Sleeper::default()), Arc::new(Recorder::default()));
        let mut handlers: HashMap<&'static str, Arc<dyn Handler>> = HashMap::new();
        handlers.insert("long", sleeper.clone());
        handlers.insert("ping", recorder.clone());
        handlers.insert("ask", waiter.clone());
        let worker = Worker::new(bench.db.clone(), handlers);
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(worker.clone().work(stopped));
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "long", "a", "", now).await?)).expect("asked");
        worker.wake();
        sleeper.begun.notified().await;
        write_tx!(bench.db, |tx| {
            for n in 0..10 {
                jobs::enqueue(tx, OrgId(1), "ask", &n.to_string(), "", now).await?;
            }
            jobs::enqueue(tx, OrgId(1), "ping", "b", "", now).await?;
            Ok(())
        })
        .expect("asked");
        worker.wake();
        let mut seen = Vec::new();
        for _ in 0..jobs::ABREAST {
            seen.push(told.recv().await.expect("begun"));
        }
        // One is done, the next begins; none waits for the others of its look, and nobody for the long one.
        for _ in jobs::ABREAST..10 {
            waiter.go.add_permits(1);
            seen.push(told.recv().await.expect("begun"));
        }
        waiter.go.add_permits(jobs::ABREAST);
        let count =
            async |handler: &str| read_tx!(bench.db, |tx| Ok(jobs::counts(tx, None, handler).await?)).expect("read");
        while count("ask").await.done < 10 || count("ping").await.done < 1 {
            tokio::task::yield_now().await;
        }
        assert_eq!(count("long").await.due, 1);
        assert_eq!(usize::try_from(waiter.most.load(Ordering::SeqCst)), Ok(jobs::ABREAST));
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 10, "each once");
        sleeper.go.notify_one();
        stop.send_replace(true);
        working.await.expect("it ends");
        assert_eq!(count("long").await.done, 1);
    });
}

#[test]
fn a_stop_lets_what_waits_for_others_end() {
    both(MIGRATIONS, async |bench| {
        let (begun, mut told) = tokio::sync::mpsc::unbounded_channel();
        let go = tokio::sync::Semaphore::new(0);
        let waiter = Arc::new(Waiter { begun, go, now: AtomicI64::new(0), most: AtomicI64::new(0) });
        let worker = Worker::new(bench.db.clone(), HashMap::from([("ask", waiter.clone() as Arc<dyn Handler>)]));
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| Ok(jobs::enqueue(tx, OrgId(1), "ask", "a", "", now).await?)).expect("asked");
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(worker.work(stopped));
        told.recv().await.expect("begun");
        stop.send_replace(true);
        waiter.go.add_permits(1);
        working.await.expect("it ends");
        let counts = read_tx!(bench.db, |tx| Ok(jobs::counts(tx, None, "ask").await?)).expect("read");
        assert_eq!((counts.due, counts.done), (0, 1), "its end was written");
    });
}
