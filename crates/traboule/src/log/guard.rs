//! A log must not go back. The newest head this server ever signed is in a file beside the database; a start compares both,
//! and asks the witnesses what they saw. What is behind is refused before anything is signed.

use std::path::{Path, PathBuf};

use db::{Db, Failure, read_tx};
use publish::ports::Poster;
use tlog::checkpoint::Checkpoint;
use tlog::model::Witness;
use tlog::note::{Note, VerifierKey};
use tlog::service::{self as uc, Holds};

use crate::far::witness::write_whole;

/// The file with the newest head, in the data folder.
pub const HIGH_WATER: &str = "log.high";

/// Where the newest head is kept.
#[must_use]
pub fn high_water(data: &Path) -> PathBuf {
    data.join(HIGH_WATER)
}

/// Keeps a head. The old one or the new one is in the file, whatever happens.
///
/// # Errors
/// When it cannot be written.
pub fn keep(path: &Path, note: &str) -> Result<(), Failure> {
    write_whole(path, note.as_bytes()).map_err(|e| Failure::Broken(format!("{}: {e}", path.display())))
}

/// A head of this log that somebody saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Who says so, as the beginning of a sentence: “… names”, “… signed”.
    pub who: String,
    /// The signed note.
    pub note: String,
}

/// What to say of a head that the database does not continue; nothing if it does.
#[must_use]
pub fn in_words(who: &str, holds: Holds) -> Option<String> {
    match holds {
        Holds::Yes | Holds::Before => None,
        Holds::Behind { ours, seen } => {
            Some(format!("the public log went back: {who} {seen} leaves, and the database has {ours}"))
        }
        Holds::Forked(size) => {
            Some(format!("the public log is not what it was: {who} {size} leaves with another root"))
        }
        Holds::Foreign => Some(format!("the public log is another one: {who} a head this database never signed")),
    }
}

fn refused(who: &str, holds: Holds) -> Result<(), Failure> {
    let Some(what) = in_words(who, holds) else { return Ok(()) };
    Err(Failure::Broken(format!(
        "{what}. Nothing is served, so that nothing is signed twice. Bring the newest copy back, or give the lost leaves up \
         for good with: traboule log reopen CHECKPOINT (docs/log.md)"
    )))
}

/// The note in a file, if there is one.
///
/// # Errors
/// When it is there and does not read.
pub fn read(path: &Path) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(path) {
        Ok(note) => Ok(Some(note)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Failure::Broken(format!("{}: {e}", path.display()))),
    }
}

/// The head among those that were seen which speaks most against the database, and how it stands to it; nothing if the
/// database continues all of them.
///
/// # Errors
/// The database's failure.
pub async fn worst(db: &Db, seen: Vec<Seen>) -> Result<Option<(Seen, Holds)>, Failure> {
    let mut worst: Option<((u8, u64), Seen, Holds)> = None;
    for one in seen {
        let holds = read_tx!(db, |tx| uc::holds(tx, &one.note).await)?;
        // Another log is worse than another root, and that is worse than leaves that are missing.
        let weight = match holds {
            Holds::Yes | Holds::Before => continue,
            Holds::Behind { seen, .. } => (1, seen),
            Holds::Forked(size) => (2, size),
            Holds::Foreign => (3, 0),
        };
        if worst.as_ref().is_none_or(|(other, ..)| *other < weight) {
            worst = Some((weight, one, holds));
        }
    }
    Ok(worst.map(|(_, seen, holds)| (seen, holds)))
}

/// Compares the database with the file and with the cosignatures it holds itself.
///
/// # Errors
/// The refusal of a log that went back.
pub async fn check(db: &Db, path: &Path) -> Result<(), Failure> {
    let note = read(path)?;
    let (cosigned, size) = read_tx!(db, |tx| {
        let size = uc::logs(tx).await?.last().map_or(0, |log| log.size);
        Ok((uc::largest_cosigned(tx).await?, size))
    })?;
    if let Some(seen) = cosigned.filter(|seen| *seen > size) {
        refused("a witness signed", Holds::Behind { ours: size, seen })?;
    }
    match note {
        Some(note) => compare(db, &format!("{} names", path.display()), &note).await,
        None => Ok(()),
    }
}

/// Compares the database with a head somebody saw; `who` begins the sentence of the refusal.
///
/// # Errors
/// The refusal of a log that went back.
pub async fn compare(db: &Db, who: &str, note: &str) -> Result<(), Failure> {
    refused(who, read_tx!(db, |tx| uc::holds(tx, note).await)?)
}

/// What each witness that has an address saw last. One that does not answer is passed over: a start must not hang on
/// somebody else's server.
pub async fn told(poster: &dyn Poster, log: &VerifierKey, all: &[Witness]) -> Vec<Seen> {
    let mut out = Vec::new();
    for witness in all {
        let Some(url) = &witness.url else { continue };
        let at = format!("{}/{}/checkpoint", url.trim_end_matches('/'), kernel::sha256_hex(log.name.as_bytes()));
        let note = match poster.exchange(&at, None).await {
            Ok((200, note)) => note,
            Ok(_) => continue,
            Err(why) => {
                tracing::warn!(witness = witness.name, why = ?why, "a witness of the public log was not reached");
                continue;
            }
        };
        // Only what the witness and this log both signed counts: else anybody could keep a server from starting.
        let Some(key) = VerifierKey::parse(&witness.vkey) else { continue };
        let opened = Checkpoint::open(&note, log, std::slice::from_ref(&key));
        if opened.is_ok_and(|(_, signed)| signed.iter().any(|s| s.key == key)) {
            out.push(Seen { who: format!("the witness {} signed", witness.name), note });
        }
    }
    out
}

/// Asks the witnesses what they saw last, and refuses what is behind it.
///
/// # Errors
/// The refusal of a log that went back.
pub async fn ask_witnesses(db: &Db, poster: &dyn Poster, log: &VerifierKey, all: &[Witness]) -> Result<(), Failure> {
    for seen in told(poster, log, all).await {
        compare(db, &seen.who, &seen.note).await?;
    }
    Ok(())
}

/// The head in a note, without the cosignatures: what the file keeps.
#[must_use]
pub fn own_lines(note: &str, log: &str) -> String {
    let Some(mut parsed) = Note::parse(note) else { return note.to_owned() };
    parsed.lines.retain(|line| line.name == log);
    parsed.whole()
}
