//! `log recover` and `log reopen`: after a restore brought back an older database. Either the lost leaves come back from the
//! newest copy, or they are given up and a new log says so in its first leaf. No server runs meanwhile.

use std::path::Path;

use db::{DataLock, Db, Failure, NodeLease, Target, write_tx};
use kernel::{Actor, Clock, Ctx, IdMaker, Rng};
use tlog::checkpoint::Checkpoint;
use tlog::model::LogRow;
use tlog::note::VerifierKey;
use tlog::service::{self as uc, Holds, Keeper};

use super::heads::read_checkpoint;
use super::{Ended, backup, parts, say};
use crate::config::Config;
use crate::far::log::FarLog;
use crate::far::watch::{Trouble, look};
use crate::log::guard::{self, Seen};

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
    /// Keeps the newest head in the file. After a log was given up this is the one place where it may go back.
    async fn close(self, config: &Config) -> Result<(), Ended> {
        let current = db::read_tx!(self.db, |tx| uc::current(tx).await)?;
        let note = guard::own_lines(&current.head.note, &current.log.origin);
        guard::keep(&guard::high_water(&config.data), &note)?;
        self.lease.release(&self.db).await.map_err(problem)?;
        self.db.close().await;
        Ok(())
    }

    /// What the file of the newest head says against the database, if anything.
    async fn objection(&self, config: &Config) -> Result<Option<(Seen, Holds)>, Ended> {
        let path = guard::high_water(&config.data);
        let seen = guard::read(&path)?.map(|note| Seen { who: format!("{} names", path.display()), note });
        Ok(guard::worst(&self.db, seen.into_iter().collect()).await?)
    }
}

pub(super) async fn reopen(config: Config, checkpoint: &Path) -> Result<(), Ended> {
    let seen = read_checkpoint(checkpoint)?;
    let bare = open(&config).await?;
    let holds = db::read_tx!(bare.db, |tx| uc::holds(tx, &seen).await)?;
    if holds == Holds::Yes {
        let what = checkpoint.display();
        return Err(problem(format!(
            "the public log continues {what}: no leaf is missing, and nothing has to be given up"
        )));
    }
    if let (Holds::Behind { seen, .. }, Some((_, Holds::Behind { seen: most, .. }))) =
        (holds, bare.objection(&config).await?)
        && most > seen
    {
        let high = guard::high_water(&config.data);
        return Err(problem(format!("{} names {most} leaves, more than these {seen}: give that file", high.display())));
    }
    let (keeper, ctx) = (&bare.keeper, &bare.ctx);
    let row = write_tx!(bare.db, |tx| uc::reopen(tx, keeper, &seen, ctx).await)?;
    bare.close(&config).await?;
    say(&format!("a new public log is open: {}", row.origin));
    say("its first leaf names the last checkpoint of the old one; watchers will say so, and witnesses begin anew");
    Ok(())
}

/// Leaves that lead to a head the log signed.
struct Lost {
    head: u64,
    note: String,
    leaves: Vec<Vec<u8>>,
}

pub(super) async fn recover(config: Config, from: &str) -> Result<(), Ended> {
    let bare = open(&config).await?;
    let log = db::read_tx!(bare.db, |tx| Ok(uc::logs(tx).await?.pop()))?;
    let log = log.ok_or_else(|| problem("the database has no public log"))?;
    let lost = if is_backup(Path::new(from)) {
        in_backup(&config, Path::new(from), &log).await?
    } else {
        in_copy(from, &log).await?
    };
    if lost.head <= log.size {
        return Err(problem(format!("{from} has {} leaves, the database {}: nothing is missing", lost.head, log.size)));
    }
    let now = bare.ctx.now;
    let note = guard::own_lines(&lost.note, &log.origin);
    write_tx!(bare.db, |tx| uc::recover(tx, &note, &lost.leaves, now).await)?;
    say(&format!("{} leaves are back; the public log has {} again", lost.leaves.len(), lost.head));
    if let Some((seen, holds)) = bare.objection(&config).await? {
        let what = guard::in_words(&seen.who, holds).unwrap_or_default();
        return Err(problem(format!("still {what}")));
    }
    bare.close(&config).await
}

/// Whether it is a file that begins as a backup does.
fn is_backup(path: &Path) -> bool {
    use std::io::Read as _;
    let mut begin = [0; parts::MAGIC.len()];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok_and(|()| begin == *parts::MAGIC)
}

/// The leaves in a newer backup of this site.
async fn in_backup(config: &Config, file: &Path, log: &LogRow) -> Result<Lost, Ended> {
    let beside = config.data.with_extension("recovering");
    drop(std::fs::remove_dir_all(&beside));
    let outcome = async {
        let database = |name: &str| name == "traboule.db";
        parts::read(file, &beside, database).map_err(|e| problem(format!("{}: {e}", file.display())))?;
        let copy = backup::open_known(&Target::File(beside.join("traboule.db"))).await?;
        let from = log.size;
        let read = db::read_tx!(copy, |tx| {
            let current = uc::current(tx).await?;
            let mut entries = uc::newest(tx, None, current.head.size.saturating_sub(from)).await?;
            entries.reverse();
            Ok((current, entries))
        });
        copy.close().await;
        let (current, entries) = read?;
        let leaves = entries.into_iter().map(|e| e.body).collect();
        Ok(Lost { head: current.head.size, note: current.head.note, leaves })
    }
    .await;
    drop(std::fs::remove_dir_all(&beside));
    outcome
}

/// The leaves in a folder that `watch --copy` filled, or at an address. The copy is checked as a watcher would before a
/// single leaf of it is taken.
async fn in_copy(from: &str, log: &LogRow) -> Result<Lost, Ended> {
    let far = match Path::new(from).is_dir() {
        true => FarLog::folder(Path::new(from)),
        false => FarLog::new(from),
    };
    let far = far.map_err(Ended::Usage)?;
    let key = VerifierKey::parse(&log.vkey).ok_or_else(|| problem("the log's key cannot be read"))?;
    let looked = look(&far, &key, &[], None, true).await.map_err(|trouble| match trouble {
        Trouble::Silent(why) | Trouble::Tampered(why, _) => problem(format!("{from}: {why}")),
    })?;
    let leaves = missing(&far.of_origin(&looked.head.origin), &looked.head, log.size).await.map_err(problem)?;
    Ok(Lost { head: looked.head.size, note: looked.note, leaves })
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
