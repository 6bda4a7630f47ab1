//! Who signs with the log, and what this server signs of other logs: cosignatures that come in, checkpoints that are shown
//! to it, and whether the log is still where somebody saw it.

use db::{Failure, Tx};
use kernel::{At, Refusal};

use crate::checkpoint::Checkpoint;
use crate::leaf;
use crate::merkle::{Hash, Span, leaf_hash};
use crate::model::{Head, LogRow, Pending, Sighted};
use crate::note::{Line, Note, Signer, VerifierKey};
use crate::store;
use crate::tiles::{Tiles, edge, grow, tiles_of};
use crate::witness::{AddCheckpoint, Answer, Seen, decide};

/// How many leaves wait for their index, and since when the first does.
///
/// # Errors
/// The database's failure.
pub async fn waiting(tx: &mut Tx) -> Result<(u64, Option<At>), Failure> {
    Ok(store::waiting(tx).await?)
}

/// The hour in which a leaf was asked for: it stands in the leaf itself, so that a receipt says the same whenever it is made.
///
/// # Errors
/// Not found for a leaf nobody asked for; the database's failure.
pub async fn promised_at(tx: &mut Tx, hash: &Hash) -> Result<At, Failure> {
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let body = store::body_of(tx, log.log, hash).await?.ok_or_else(Refusal::not_found)?;
    leaf::hour_of(&body).ok_or_else(|| Failure::Broken("a leaf without its hour".to_owned()))
}

/// The cosigned checkpoint in a note, and its lines of known witnesses, checked.
async fn known_lines(tx: &mut Tx, note: &str) -> Result<(Checkpoint, Vec<Line>), Failure> {
    let wrong = || Failure::from(Refusal::invalid("log-cosignature"));
    let mut note = Note::parse(note).ok_or_else(wrong)?;
    let head = Checkpoint::parse(&note.text).ok_or_else(wrong)?;
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    if head.origin != log.origin {
        return Err(wrong());
    }
    let kept = store::checkpoint(tx, log.log, head.size).await?.filter(|kept| kept.root == head.root);
    if kept.is_none() {
        return Err(wrong());
    }
    let keys: Vec<VerifierKey> =
        store::witnesses(tx, log.log).await?.iter().filter_map(|w| VerifierKey::parse(&w.witness.vkey)).collect();
    note.lines.retain(|line| keys.iter().any(|k| k.name == line.name && k.id() == line.id));
    note.text = head.text();
    match note.verify(&keys) {
        Ok(good) if !good.is_empty() => Ok((head, note.lines)),
        _ => Err(wrong()),
    }
}

/// Whether a note carries what [`cosigned_note`] would keep. Asked before anything is written: whoever brings rubbish must not
/// hold up those who write.
///
/// # Errors
/// As [`cosigned_note`].
pub async fn may_cosign(tx: &mut Tx, note: &str) -> Result<(), Failure> {
    known_lines(tx, note).await.map(drop)
}

/// Keeps the cosignatures of known witnesses out of a signed note of this log. Gives the size they are for.
///
/// # Errors
/// `log-cosignature` for what is no checkpoint of this log or carries no good line of a known witness.
pub async fn cosigned_note(tx: &mut Tx, note: &str, now: At) -> Result<u64, Failure> {
    let (head, lines) = known_lines(tx, note).await?;
    for line in &lines {
        super::cosigned(tx, head.size, &line.text(), now).await?;
    }
    Ok(head.size)
}

/// The newest head that a witness cosigned and that holds the leaf, else the newest head.
///
/// # Errors
/// Not found; the database's failure.
pub async fn covering(tx: &mut Tx, index: u64) -> Result<Head, Failure> {
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let cosigned = store::largest_cosigned(tx, log.log).await?.filter(|size| *size > index);
    match cosigned {
        Some(size) => super::checkpoint(tx, size).await,
        None => Ok(super::current(tx).await?.head),
    }
}

/// How a head that somebody saw stands to the log as it is kept here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The log is where it was, or has grown.
    Yes,
    /// Leaves are missing: so many are here, so many were seen.
    Behind {
        /// Here.
        ours: u64,
        /// Seen.
        seen: u64,
    },
    /// The first so many leaves are not those that were seen.
    Forked(u64),
    /// It is a head of another log of this server, given up before.
    Before,
    /// It is no head this log signed.
    Foreign,
}

/// Whether the log in use still begins with so many leaves under this root.
///
/// # Errors
/// The database's failure.
pub async fn still(tx: &mut Tx, size: u64, root: &Hash) -> Result<bool, Failure> {
    let Some(log) = store::current(tx).await? else { return Ok(false) };
    if size > log.size {
        return Ok(false);
    }
    let span = Span { lo: 0, hi: size };
    let mut tiles = Tiles::default();
    store::tiles(tx, log.log, &tiles_of(&[span]), &mut tiles).await?;
    Ok(tiles.root(size).is_some_and(|found| found == *root))
}

/// Whether the log still continues a head that was seen before: by this server's own file, or by a witness.
///
/// # Errors
/// The database's failure.
pub async fn holds(tx: &mut Tx, note: &str) -> Result<Holds, Failure> {
    let logs = store::logs(tx).await?;
    let Some(log) = logs.last() else { return Ok(Holds::Foreign) };
    let opened = |vkey: &str| VerifierKey::parse(vkey).and_then(|key| Checkpoint::open(note, &key, &[]).ok());
    let Some((seen, _)) = opened(&log.vkey) else {
        let before = logs.iter().rev().skip(1).any(|old| opened(&old.vkey).is_some());
        let before = before || given_up(tx, log, note).await?;
        return Ok(if before { Holds::Before } else { Holds::Foreign });
    };
    if seen.size > log.size {
        return Ok(Holds::Behind { ours: log.size, seen: seen.size });
    }
    Ok(if still(tx, seen.size, &seen.root).await? { Holds::Yes } else { Holds::Forked(seen.size) })
}

/// Whether a head is of the log that the one in use says it follows, and no further than that one was seen: a database that
/// went back far may not know that log any more, but its key and what its successor names.
async fn given_up(tx: &mut Tx, log: &LogRow, note: &str) -> Result<bool, Failure> {
    let Some(first) = store::leaves(tx, log.log, 0, 1).await?.pop() else { return Ok(false) };
    let said: serde_json::Value = serde_json::from_slice(&first.body).unwrap_or_default();
    let named = said["data"]["before"].as_str().and_then(Note::parse).and_then(|note| Checkpoint::parse(&note.text));
    let (Some(named), Some(own)) = (named, VerifierKey::parse(&log.vkey)) else { return Ok(false) };
    let key = VerifierKey { name: named.origin.clone(), ..own };
    Ok(Checkpoint::open(note, &key, &[]).is_ok_and(|(head, _)| head.size <= named.size))
}

/// The largest head of this log that a witness's cosignature kept here names.
///
/// # Errors
/// The database's failure.
pub async fn largest_cosigned(tx: &mut Tx) -> Result<Option<u64>, Failure> {
    match store::current(tx).await? {
        Some(log) => Ok(store::largest_cosigned(tx, log.log).await?),
        None => Ok(None),
    }
}

/// Puts leaves back that a restored database lost. They must lead from the log as it is here to a head that this very log
/// signed; what waits and is among them waits no more.
///
/// # Errors
/// `log-checkpoint` when they do not; the database's failure.
pub async fn recover(tx: &mut Tx, note: &str, leaves: &[Vec<u8>], now: At) -> Result<Head, Failure> {
    let wrong = || Failure::from(Refusal::invalid("log-checkpoint"));
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let key = VerifierKey::parse(&log.vkey).ok_or_else(wrong)?;
    let (seen, _) = Checkpoint::open(note, &key, &[]).map_err(|_| wrong())?;
    let mut right = Tiles::default();
    store::tiles(tx, log.log, &edge(log.size), &mut right).await?;
    let hashes: Vec<Hash> = leaves.iter().map(|body| leaf_hash(body)).collect();
    let grown = grow(log.size, &right, &hashes).ok_or_else(wrong)?;
    if grown.size != seen.size || grown.root != seen.root || !store::advance(tx, log.log, log.size, seen.size).await? {
        return Err(wrong());
    }
    let rows: Vec<Pending> = leaves
        .iter()
        .zip(&hashes)
        .map(|(body, hash)| Pending { id: 0, kind: kind_of(body), body: body.clone(), hash: *hash, asked_at: now })
        .collect();
    store::insert_leaves(tx, log.log, log.size, now, &rows).await?;
    store::keep_tiles(tx, log.log, &grown.tiles).await?;
    let head = Head { size: seen.size, root: seen.root, note: note.to_owned(), at: now };
    store::keep_checkpoint(tx, log.log, &head).await?;
    let waiting = store::pending(tx, i64::MAX).await?;
    let done: Vec<i64> = waiting.iter().filter(|p| hashes.contains(&p.hash)).map(|p| p.id).collect();
    store::drop_pending(tx, &done).await?;
    tx.touch(super::TOPIC).await?;
    Ok(head)
}

/// The kind a leaf says of itself.
fn kind_of(body: &[u8]) -> String {
    let said: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    said["kind"].as_str().unwrap_or("unknown").to_owned()
}

/// This server as a witness of other logs: answers a request to cosign, and keeps what it signed in the same transaction.
/// Two requests at once meet in the row of the log: one of them runs again and sees the other.
///
/// # Errors
/// The database's failure.
pub async fn witnessed(
    tx: &mut Tx,
    signer: &Signer,
    known: &[VerifierKey],
    request: &AddCheckpoint,
    now: At,
) -> Result<Answer, Failure> {
    let (head, log) = match shown(known, request) {
        Ok(found) => found,
        Err(answer) => return Ok(answer),
    };
    let kept = store::sighted(tx, &head.origin).await?;
    let answer = judged(kept.as_ref(), signer, log, request, now);
    if let Answer::Signed(seen, line) = &answer {
        let mut note = Note::parse(&request.checkpoint).ok_or_else(|| Refusal::invalid("log-checkpoint"))?;
        note.lines.retain(|l| l.name == log.name && l.id == log.id());
        let note = format!("{}{line}", note.whole());
        let row = Sighted { origin: head.origin, size: seen.size, root: seen.root, note, at: now };
        store::keep_sighted(tx, &row, kept.map(|k| k.size)).await?;
    }
    Ok(answer)
}

/// The checkpoint of a request and the log it is of; the answer when it is none of a known log.
fn shown<'k>(known: &'k [VerifierKey], request: &AddCheckpoint) -> Result<(Checkpoint, &'k VerifierKey), Answer> {
    let head = Note::parse(&request.checkpoint).and_then(|note| Checkpoint::parse(&note.text)).ok_or(Answer::Bad)?;
    let log = known.iter().find(|key| key.name == head.origin).ok_or(Answer::Unknown)?;
    Ok((head, log))
}

fn judged(kept: Option<&Sighted>, signer: &Signer, log: &VerifierKey, request: &AddCheckpoint, now: At) -> Answer {
    let seen = kept.map_or_else(Seen::default, |k| Seen { size: k.size, root: k.root });
    let seconds = u64::try_from(now.micros() / 1_000_000).unwrap_or(0);
    decide(&seen, request, log, signer, seconds)
}

/// What [`witnessed`] would not sign, with the answer; nothing is written for it. `None` for what is to be brought there.
///
/// # Errors
/// The database's failure.
pub async fn not_witnessed(
    tx: &mut Tx,
    signer: &Signer,
    known: &[VerifierKey],
    request: &AddCheckpoint,
    now: At,
) -> Result<Option<Answer>, Failure> {
    let (head, log) = match shown(known, request) {
        Ok(found) => found,
        Err(answer) => return Ok(Some(answer)),
    };
    let kept = store::sighted(tx, &head.origin).await?;
    let answer = judged(kept.as_ref(), signer, log, request, now);
    Ok(Some(answer).filter(|a| !matches!(a, Answer::Signed(..))))
}

/// The newest checkpoint of another log that this server cosigned, by the SHA-256 of its origin in hex.
///
/// # Errors
/// Not found; the database's failure.
pub async fn witnessed_checkpoint(tx: &mut Tx, origin_hash: &str) -> Result<String, Failure> {
    let all = store::all_sighted(tx).await?;
    let found = all.into_iter().find(|s| kernel::sha256_hex(s.origin.as_bytes()) == origin_hash);
    Ok(found.ok_or_else(Refusal::not_found)?.note)
}
