//! What a watcher does in one round: the checkpoint's signature, its agreement with the one kept before, and every leaf and
//! tile hashed again up to the root. It keeps nothing itself, and says of every trouble whether it speaks against the log.

use serde::{Deserialize, Serialize};
use tlog::audit::Reading;
use tlog::checkpoint::{Checkpoint, NotGood};
use tlog::merkle::{self, Hash};
use tlog::note::{Signed, VerifierKey};
use tlog::tiles::{self, TileAt, Tiles, WIDTH};

use super::log::{FarLog, Unread};

/// Up to so many leaves every round reads everything again.
const ALWAYS_WHOLE: u64 = 10_000;
/// Bytes of a full tile.
const FULL: usize = 8192;

/// What a watcher keeps between two rounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Where the log is.
    pub prefix: String,
    /// The key that was trusted from the first round on.
    pub key: String,
    /// The newest checkpoint with which everything was well, a signed note.
    pub checkpoint: String,
    /// When it was read, RFC 3339 in UTC.
    pub read_at: String,
}

/// A round in which everything was well.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The checkpoint's head.
    pub head: Checkpoint,
    /// The checkpoint as served.
    pub note: String,
    /// The size it was compared with, if one was kept.
    pub before: Option<u64>,
    /// How many leaves were read and hashed.
    pub read: u64,
    /// The good signatures, the log's own first.
    pub signed: Vec<Signed>,
}

/// Why a round did not end well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody answered: says nothing about the log.
    Silent(String),
    /// The log is not what it was, or does not fit together. With what it signed, if it did.
    Tampered(String, Option<String>),
}

impl From<Unread> for Trouble {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Silent(why) => Self::Silent(why),
            Unread::Missing(why) | Unread::Wrong(why) => {
                Self::Tampered(format!("the log does not hand out what its checkpoint promises: {why}"), None)
            }
        }
    }
}

fn tampered<T>(why: impl std::fmt::Display) -> Result<T, Trouble> {
    Err(Trouble::Tampered(why.to_string(), None))
}

/// A hash as people compare it.
#[must_use]
pub fn short(hash: &Hash) -> String {
    kernel::hex(hash).chars().take(16).collect()
}

/// Looks once. `kept` is the head of the round before; `whole` reads every leaf again even if the log is long.
///
/// # Errors
/// The trouble.
pub async fn look(
    log: &FarLog,
    key: &VerifierKey,
    witnesses: &[VerifierKey],
    kept: Option<&Checkpoint>,
    whole: bool,
) -> Result<Looked, Trouble> {
    let note = match log.text("checkpoint").await {
        Err(Unread::Missing(why)) => return Err(Trouble::Silent(format!("there is no log: {why}"))),
        other => other?,
    };
    let (head, signed) = match Checkpoint::open(&note, key, witnesses) {
        Ok(opened) => opened,
        Err(NotGood::Origin(origin)) => {
            return Err(Trouble::Tampered(another(&log.of_origin(&origin), &origin, key, kept).await, Some(note)));
        }
        Err(why) => return tampered(format!("the checkpoint is not good: {why}")),
    };
    let log = &log.of_origin(&head.origin);
    let outcome = async {
        if let Some(kept) = kept {
            compare(log, kept, &head).await?;
        }
        read(log, kept.filter(|_| !whole && head.size > ALWAYS_WHOLE), &head).await
    };
    match outcome.await {
        Ok(read) => Ok(Looked { before: kept.map(|k| k.size), head, note, read, signed }),
        Err(Trouble::Tampered(why, _)) => Err(Trouble::Tampered(why, Some(note))),
        Err(silent) => Err(silent),
    }
}

/// Whether a new head continues the one kept before.
async fn compare(log: &FarLog, kept: &Checkpoint, head: &Checkpoint) -> Result<(), Trouble> {
    if head.size < kept.size {
        return tampered(format!("the log shrank: it had {} leaves and now has {}", kept.size, head.size));
    }
    let proof = match merkle::consistency(kept.size, head.size) {
        Some(spans) if head.size > kept.size => log.proof(&spans, head.size).await?,
        _ => Vec::new(),
    };
    if merkle::is_beginning(kept.size, &kept.root, head.size, &head.root, &proof) {
        return Ok(());
    }
    tampered(format!(
        "the first {} leaves are not what they were: their root was {}, and the log of {} leaves with root {} does not \
         continue it",
        kept.size,
        short(&kept.root),
        head.size,
        short(&head.root)
    ))
}

/// Reads the leaves from the beginning, or from where the kept head ends; gives how many.
async fn read(log: &FarLog, from: Option<&Checkpoint>, head: &Checkpoint) -> Result<u64, Trouble> {
    let mut reading = match from {
        Some(kept) => resume(log, kept).await?,
        None => Reading::default(),
    };
    let begin = reading.size();
    while reading.size() < head.size {
        let n = reading.size() / WIDTH;
        let entries = log.entries(n, head.size).await?;
        let lowest = TileAt { level: 0, n };
        let tile = log.tile(lowest, head.size).await?;
        let known = usize::try_from(reading.size() % WIDTH).unwrap_or(0);
        let new = entries.iter().skip(known).map(Vec::as_slice);
        let changed = match reading.add(new, &tile) {
            Ok(changed) => changed,
            Err(fault) => return tampered(fault),
        };
        for (at, bytes) in changed.into_iter().filter(|(_, bytes)| bytes.len() == FULL) {
            if bytes != if at == lowest { tile.clone() } else { log.tile(at, head.size).await? } {
                return tampered(tlog::audit::Fault::Tile { at });
            }
        }
    }
    // Tiles that are not full grow with every bundle: they are compared as they are at the end.
    for (at, bytes) in reading.edge().filter(|(_, bytes)| bytes.len() < FULL) {
        if bytes != log.tile(at, head.size).await? {
            return tampered(tlog::audit::Fault::Tile { at });
        }
    }
    if *reading.root() != head.root {
        return tampered(tlog::audit::Fault::Root);
    }
    Ok(reading.size() - begin)
}

/// The reading as it was at a head kept before, from the tiles the log hands out for that size.
async fn resume(log: &FarLog, kept: &Checkpoint) -> Result<Reading, Trouble> {
    let mut edge = Tiles::default();
    for at in tiles::edge(kept.size) {
        edge.keep(at, log.tile(at, kept.size).await?);
    }
    match Reading::resume(kept.size, &kept.root, edge) {
        Some(reading) => Ok(reading),
        None => tampered(format!("the tiles of the first {} leaves do not hash to the root they had", kept.size)),
    }
}

/// What to say of a log with another origin: a restore that lost leaves opens one whose first leaf names the end of the
/// one before; anything else has no excuse.
async fn another(log: &FarLog, origin: &str, key: &VerifierKey, kept: Option<&Checkpoint>) -> String {
    let first = log.entries(0, 1).await.ok().and_then(|all| all.into_iter().next());
    let said: Option<serde_json::Value> = first.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let before =
        said.as_ref().filter(|leaf| leaf["kind"] == "log.opened").and_then(|leaf| leaf["data"]["before"].as_str());
    let Some((end, _)) = before.and_then(|note| Checkpoint::open(note, key, &[]).ok()) else {
        return format!("this is another log, {origin}, and its first leaf does not say what became of the one before");
    };
    let begun = format!(
        "the log was given up and another one opened, {origin}. Its first leaf says that the old one was last seen with {} \
         leaves and the root {}",
        end.size,
        short(&end.root)
    );
    match kept {
        Some(kept) if *kept == end => format!("{begun}: so it was here"),
        Some(kept) if kept.size > end.size => {
            format!("{begun}. Here {} were seen: the difference is lost, and nobody said so", kept.size)
        }
        Some(kept) if kept.size == end.size => {
            format!("{begun}. Here its root was {}: it was forked", short(&kept.root))
        }
        _ => begun,
    }
}

/// The keys a log names in its policy: its own, and its witnesses'. What the site says of itself: good for a first
/// acquaintance and for showing who cosigned, never for more.
///
/// # Errors
/// When it cannot be fetched, or names no key.
pub async fn policy(log: &FarLog) -> Result<(VerifierKey, Vec<VerifierKey>), Unread> {
    let text = log.text("policy").await?;
    let keys = |word: &'static str, place: usize| {
        let lines = text.lines().filter(move |l| l.split_whitespace().next() == Some(word));
        lines.filter_map(move |l| l.split_whitespace().nth(place)).filter_map(VerifierKey::parse)
    };
    let own = keys("log", 1).next().ok_or_else(|| Unread::Wrong("the policy names no key of the log".to_owned()))?;
    Ok((own, keys("witness", 2).collect()))
}
