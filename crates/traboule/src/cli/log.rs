//! `log recover` and `log reopen`: after a restore brought back an older database. Either the lost leaves come back from the
//! newest copy, or they are given up and a new log says so in its first leaf. No server runs meanwhile.

use std::path::Path;

use db::{DataLock, Db, Failure, NodeLease, Target, write_tx};
use kernel::{Actor, Clock, Ctx, IdMaker, Rng};
use tlog::checkpoint::Checkpoint;
use tlog::note::VerifierKey;
use tlog::service::{self as uc, Keeper};

use super::{Ended, say};
use crate::config::Config;
use crate::far::log::FarLog;
use crate::far::watch::{Memory, look};
use crate::log::guard;

fn problem(error: impl std::fmt::Display) -> Ended {
    Ended::Problem(error.to_string())
}

/// The database and the key, without anything that would serve or sign.
struct Bare {
    db: Db,
    keeper: Keeper,
    lease: NodeLease,
    ctx: Ctx,
    _lock: DataLock,
}

async fn open(config: &Config) -> Result<Bare, Ended> {
    let lock = DataLock::take(&config.data).map_err(problem)?;
    let path = config.data.join("log.key");
    let seed = std::fs::read(&path).map_err(|e| problem(format!("{}: {e}", path.display())))?;
    let seed = <[u8; 32]>::try_from(seed).map_err(|_| problem(format!("{}: not a key of 32 bytes", path.display())))?;
    let target = match &config.database {
        Some(url) => Target::Postgres { url: url.clone(), schema: None },
        None => Target::File(config.data.join("traboule.db")),
    };
    let db = Db::open(&target, Clock::system()).await.map_err(problem)?;
    db.migrate(&crate::migrations()).await?;
    let lease = NodeLease::take(&db, &Rng::System).await.map_err(problem)?;
    let ids = std::sync::Arc::new(IdMaker::new(Clock::system(), lease.node));
    let ctx = Ctx { now: Clock::system().now(), actor: Actor::System("log"), ids, rng: Rng::System };
    Ok(Bare { db, keeper: Keeper::new(seed), lease, ctx, _lock: lock })
}

impl Bare {
    /// Keeps the newest head in the file, whatever it was before: this is the one place where it may go back.
    async fn close(self, config: &Config) -> Result<(), Ended> {
        let current = db::read_tx!(self.db, |tx| uc::current(tx).await)?;
        let note = guard::own_lines(&current.head.note, &current.log.origin);
        guard::keep(&guard::high_water(&config.data), &note)?;
        self.lease.release(&self.db).await.map_err(problem)?;
        self.db.close().await;
        Ok(())
    }
}

/// A signed checkpoint out of a file that is one, or out of a watcher's memory.
fn read_checkpoint(path: &Path) -> Result<String, Ended> {
    let text = std::fs::read_to_string(path).map_err(|e| problem(format!("{}: {e}", path.display())))?;
    Ok(serde_json::from_str::<Memory>(&text).map_or(text, |memory| memory.checkpoint))
}

pub(super) async fn reopen(config: Config, checkpoint: &Path) -> Result<(), Ended> {
    let seen = read_checkpoint(checkpoint)?;
    let bare = open(&config).await?;
    let (keeper, ctx) = (&bare.keeper, &bare.ctx);
    let row = write_tx!(bare.db, |tx| uc::reopen(tx, keeper, &seen, ctx).await)?;
    bare.close(&config).await?;
    say(&format!("a new public log is open: {}", row.origin));
    say("its first leaf names the last checkpoint of the old one; watchers will say so, and witnesses begin anew");
    Ok(())
}

pub(super) async fn recover(config: Config, from: &str) -> Result<(), Ended> {
    let far = match Path::new(from).is_dir() {
        true => FarLog::folder(Path::new(from)),
        false => FarLog::new(from),
    };
    let far = far.map_err(Ended::Usage)?;
    let bare = open(&config).await?;
    let log = db::read_tx!(bare.db, |tx| Ok(uc::logs(tx).await?.pop()))?;
    let log = log.ok_or_else(|| problem("the database has no public log"))?;
    let key = VerifierKey::parse(&log.vkey).ok_or_else(|| problem("the log's key cannot be read"))?;
    // The copy is checked as a watcher would before a single leaf of it is taken.
    let looked = look(&far, &key, &[], None, true).await.map_err(|trouble| problem(format!("{from}: {trouble:?}")))?;
    if looked.head.size <= log.size {
        return Err(problem(format!(
            "{from} has {} leaves, the database {}: nothing is missing",
            looked.head.size, log.size
        )));
    }
    let leaves = missing(&far, &looked.head, log.size).await.map_err(problem)?;
    let note = guard::own_lines(&looked.note, &log.origin);
    let ctx = &bare.ctx;
    let count = leaves.len();
    write_tx!(bare.db, |tx| uc::recover(tx, &note, &leaves, ctx.now).await)?;
    bare.close(&config).await?;
    say(&format!("{count} leaves are back; the public log has {} again", looked.head.size));
    Ok(())
}

/// The leaves from an index on.
async fn missing(far: &FarLog, head: &Checkpoint, from: u64) -> Result<Vec<Vec<u8>>, Failure> {
    let mut out = Vec::new();
    let mut n = from / tlog::tiles::WIDTH;
    while n * tlog::tiles::WIDTH < head.size {
        let entries = far.entries(n, head.size).await.map_err(Failure::broken)?;
        let skip = usize::try_from(from.saturating_sub(n * tlog::tiles::WIDTH)).unwrap_or(0);
        out.extend(entries.into_iter().skip(skip));
        n += 1;
    }
    Ok(out)
}
