//! Keeps the public log going: opens it at the start, gives what waits its indexes at least every second, and reads the
//! measures in force from its beginning. The tree, the signatures and the refusals are the log's own; nothing is decided here.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use db::{Db, Failure, read_tx, write_tx};
use kernel::{Actor, At, Ctx};
use reach::{ActiveMeasures, MEASURE_KIND};
use tlog::service::{self as uc, Keeper};
use tokio::sync::watch;

use crate::app::App;

/// How often what waits gets its indexes.
const BEAT: Duration = Duration::from_millis(500);
/// The most leaves about measures that are read at once.
const MOST_MEASURES: i64 = 10_000;

/// What of the log a running server holds in memory.
pub struct PublicLog {
    /// The private key.
    pub keeper: Keeper,
    measures: RwLock<Arc<ActiveMeasures>>,
}

impl PublicLog {
    /// With the key's seed; the measures are those of an empty log until [`PublicLog::renew`] has read.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { keeper: Keeper::new(seed), measures: RwLock::new(Arc::new(ActiveMeasures::from_log(0, []))) }
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
        let (size, leaves) = read_tx!(db, |tx| {
            let size = uc::current(tx).await?.head.size;
            Ok((size, uc::of_kind(tx, MEASURE_KIND, 0, MOST_MEASURES).await?))
        })?;
        let read = ActiveMeasures::from_log(size, leaves.iter().map(|e| (e.index, e.kind.as_str())));
        let mut held = self.measures.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Two that renew at once must not go back.
        if read.log_size() >= held.log_size() {
            *held = Arc::new(read);
        }
        Ok(())
    }

    /// Opens the log, or finds the one in use.
    ///
    /// # Errors
    /// Another key signed it; the database's failure.
    pub async fn open(&self, db: &Db, ctx: &Ctx, site: &str) -> Result<(), Failure> {
        let origin = origin_of(site);
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
    let waits = read_tx!(app.db, |tx| uc::anything_waits(tx).await)?;
    if !waits {
        return Ok(false);
    }
    let moved = write_tx!(app.db, |tx| uc::sequence(tx, &app.log.keeper, now).await)?;
    app.log.renew(&app.db).await?;
    Ok(moved.is_some())
}

/// Gives indexes until `stop`, then once more.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(failure) = beat(&app, app.now()).await {
            tracing::error!(%failure, "the public log could not move on");
        }
        // Another process may have moved the head.
        if let Err(failure) = app.log.renew(&app.db).await {
            tracing::error!(%failure, "the public log could not be read");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.changed() => break,
        }
    }
    drop(beat(&app, app.now()).await);
}

/// Who the server is when it writes to its own log.
pub(crate) fn system(app: &App) -> Ctx {
    Ctx { now: app.now(), actor: Actor::System("log"), ids: app.ids.clone(), rng: app.rng.clone() }
}
