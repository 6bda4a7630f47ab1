//! Keeps the public log going: opens it at the start, gives what waits its indexes at least every second, and reads the
//! measures in force from its beginning. The tree, the signatures and the refusals are the log's own; nothing is decided here.

pub mod guard;
pub mod witnesses;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use db::{Db, Failure, read_tx, write_tx};
use kernel::{Actor, At, Ctx};
use reach::{ActiveMeasures, MEASURE_KIND};
use tlog::merkle::Hash;
use tlog::note::{Signer, VerifierKey};
use tlog::service::{self as uc, Keeper};
use tokio::sync::watch;

use crate::app::App;

/// How often what waits gets its indexes.
const BEAT: Duration = Duration::from_millis(400);
/// The most leaves about measures that are read at once.
const MOST_MEASURES: i64 = 10_000;

/// What of the log a running server holds in memory.
pub struct PublicLog {
    /// The private key.
    pub keeper: Keeper,
    /// The key with which this server signs other logs, as their witness.
    pub witness: Signer,
    /// The logs it is a witness of.
    pub witness_for: Vec<VerifierKey>,
    measures: RwLock<Arc<ActiveMeasures>>,
    /// The file with the newest head, and that head.
    high: PathBuf,
    newest: Mutex<Option<(u64, Hash)>>,
}

impl PublicLog {
    /// With the key's seed and the file that keeps the newest head; the measures are those of an empty log until
    /// [`PublicLog::renew`] has read.
    #[must_use]
    pub fn new(seed: [u8; 32], witness: Signer, witness_for: Vec<VerifierKey>, high: PathBuf) -> Self {
        let measures = RwLock::new(Arc::new(ActiveMeasures::from_log(0, [])));
        Self { keeper: Keeper::new(seed), witness, witness_for, measures, high, newest: Mutex::new(None) }
    }

    /// The newest head this process has seen.
    fn newest(&self) -> Option<(u64, Hash)> {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a head, and keeps it in the file if it is newer than the one there.
    fn remember(&self, current: &uc::Current) -> Result<(), Failure> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.is_some_and(|(size, _)| size >= current.head.size) {
            return Ok(());
        }
        guard::keep(&self.high, &guard::own_lines(&current.head.note, &current.log.origin))?;
        *newest = Some((current.head.size, current.head.root));
        Ok(())
    }

    /// The measures in force, as of the newest head this process has read.
    #[must_use]
    pub fn measures(&self) -> Arc<ActiveMeasures> {
        self.measures.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Reads the measures from the log's beginning again.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn renew(&self, db: &Db) -> Result<(), Failure> {
        let (current, leaves) = read_tx!(db, |tx| {
            let current = uc::current(tx).await?;
            Ok((current, uc::of_kind(tx, MEASURE_KIND, 0, MOST_MEASURES).await?))
        })?;
        self.remember(&current)?;
        let size = current.head.size;
        let read = ActiveMeasures::from_log(size, leaves.iter().map(|e| (e.index, e.kind.as_str())));
        let mut held = self.measures.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two that renew at once must not go back.
        if read.log_size() >= held.log_size() {
            *held = Arc::new(read);
        }
        Ok(())
    }

    /// Gives what waits its indexes, if anything does. Gives whether the head moved.
    ///
    /// # Errors
    /// Rows that no longer begin with the head seen last; the database's failure.
    pub async fn beat(&self, db: &Db, now: At) -> Result<bool, Failure> {
        let waits = read_tx!(db, |tx| uc::anything_waits(tx).await)?;
        if !waits {
            return Ok(false);
        }
        let newest = self.newest();
        let moved = write_tx!(db, |tx| {
            // Rows that were changed beneath a running server are not built on: a head that contradicts the last one is
            // the one thing a log must never sign.
            if let Some((size, root)) = newest
                && !uc::still(tx, size, &root).await?
            {
                let why =
                    format!("the public log no longer begins with the {size} leaves signed before; nothing is signed");
                return Err(Failure::Broken(why));
            }
            uc::sequence(tx, &self.keeper, now).await
        })?;
        self.renew(db).await?;
        Ok(moved.is_some())
    }

    /// Opens the log, or finds the one in use.
    ///
    /// # Errors
    /// Another key signed it; it went back; the database's failure.
    pub async fn open(&self, db: &Db, ctx: &Ctx, site: &str) -> Result<(), Failure> {
        let origin = origin_of(site);
        guard::check(db, &self.high).await?;
        write_tx!(db, |tx| uc::open(tx, &self.keeper, &origin, ctx).await)?;
        self.renew(db).await
    }
}

/// The log's name: the site's address without its scheme, and `/log`.
#[must_use]
pub fn origin_of(site: &str) -> String {
    let plain = site.split_once("://").map_or(site, |(_, rest)| rest);
    format!("{}/log", plain.trim_end_matches('/'))
}

/// Gives what waits its indexes, if anything does. Gives whether the head moved.
///
/// # Errors
/// The database's failure.
pub async fn beat(app: &App, now: At) -> Result<bool, Failure> {
    app.log.beat(&app.db, now).await
}

/// Gives indexes until `stop`, then once more.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let (mut failed, mut defined): (u32, bool) = (0, false);
    loop {
        let begin = Instant::now();
        if !defined {
            match crate::orders::define(&app).await {
                Ok(_) => defined = true,
                Err(failure) => {
                    tracing::error!(%failure, "the definitions of the orders could not go into the public log");
                }
            }
        }
        match beat(&app, app.now()).await {
            Ok(_) => failed = 0,
            Err(failure) => {
                failed = failed.saturating_add(1);
                // What does not pass by itself is said ever more seldom.
                if failed.is_power_of_two() {
                    tracing::error!(%failure, failed, "the public log could not move on");
                }
            }
        }
        // Another process may have moved the head.
        if let Err(failure) = app.log.renew(&app.db).await {
            tracing::error!(%failure, "the public log could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT.saturating_sub(begin.elapsed())) => {}
            _ = stop.changed() => break,
        }
    }
    drop(beat(&app, app.now()).await);
}

/// Who the server is when it writes to its own log.
pub(crate) fn system(app: &App) -> Ctx {
    Ctx { now: app.now(), actor: Actor::System("log"), ids: app.ids.clone(), rng: app.rng.clone() }
}
