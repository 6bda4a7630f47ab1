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

fn refused(who: &str, holds: Holds) -> Result<(), Failure> {
    let what = match holds {
        Holds::Yes | Holds::Before => return Ok(()),
        Holds::Behind { ours, seen } => {
            format!("the public log went back: {who} {seen} leaves, and the database has {ours}")
        }
        Holds::Forked(size) => format!("the public log is not what it was: {who} {size} leaves with another root"),
        Holds::Foreign => format!("the public log is another one: {who} a head this database never signed"),
    };
    Err(Failure::Broken(format!(
        "{what}. Nothing is served, so that nothing is signed twice. Bring the newest copy back, or give the lost leaves up \
         for good with: traboule log reopen CHECKPOINT (docs/log.md)"
    )))
}

/// Compares the database with the file and with the cosignatures it holds itself.
///
/// # Errors
/// The refusal of a log that went back.
pub async fn check(db: &Db, path: &Path) -> Result<(), Failure> {
    let note = match std::fs::read_to_string(path) {
        Ok(note) => Some(note),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(Failure::Broken(format!("{}: {e}", path.display()))),
    };
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

/// Asks each witness that has an address what it saw last. One that does not answer is passed over: a start must not hang
/// on somebody else's server.
///
/// # Errors
/// The refusal of a log that went back.
pub async fn ask_witnesses(db: &Db, poster: &dyn Poster, log: &VerifierKey, all: &[Witness]) -> Result<(), Failure> {
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
            compare(db, &format!("the witness {} signed", witness.name), &note).await?;
        }
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
