//! Use cases of the log. They take `&mut Tx` and never begin or commit. A leaf is enqueued in the transaction of its effect;
//! [`sequence`] alone gives indexes, and signs the head in the same transaction, so that what was not kept was never signed
//! for anybody.

mod witnessing;

pub use witnessing::{
    Holds, cosigned_note, covering, holds, largest_cosigned, promised_at, recover, still, waiting, witnessed,
    witnessed_checkpoint,
};

use std::collections::BTreeMap;

use db::{Failure, Rows, Tx, args};
use kernel::{At, Ctx, Kind, Refusal};

use crate::checkpoint::Checkpoint;
use crate::leaf::{Leaf, Value};
use crate::merkle::{Hash, Span, consistency, empty_root, inclusion};
use crate::model::{Entry, Head, LogRow, Witness, WitnessView};
use crate::note::{KeyKind, Signer, VerifierKey};
use crate::proof::TlogProof;
use crate::receipt::Promise;
use crate::store;
use crate::tiles::{Asked, Tiles, WIDTH, bundle, edge, grow, tiles_of, width_in};

/// What pages that show the log depend on.
pub const TOPIC: &str = "tlog:head";
/// The most leaves that get their index at once.
pub const MOST_AT_ONCE: i64 = 20_000;

/// The log's private key. The origin it signs for is in the database.
pub struct Keeper {
    seed: [u8; 32],
}

impl Keeper {
    /// From the 32 bytes of the key file.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed }
    }

    /// Signs for an origin.
    ///
    /// # Errors
    /// When the origin cannot be a key's name.
    pub fn signer(&self, origin: &str) -> Result<Signer, Failure> {
        let signer = Signer::new(origin, KeyKind::Note, &self.seed);
        signer.ok_or_else(|| Failure::Broken(format!("a log cannot be called {origin:?}")))
    }

    /// The receipt of a leaf.
    ///
    /// # Errors
    /// When the origin cannot be a key's name.
    pub fn receipt(&self, origin: &str, leaf: Hash, now: At) -> Result<String, Failure> {
        Ok(Promise::new(origin, leaf, now).signed(&self.signer(origin)?))
    }
}

/// Opens the first log under this origin, or finds the one in use.
///
/// # Errors
/// When the log in use was signed with another key: whoever goes on would sign for somebody else.
pub async fn open(tx: &mut Tx, keeper: &Keeper, origin: &str, ctx: &Ctx) -> Result<LogRow, Failure> {
    if let Some(row) = store::current(tx).await? {
        let key = keeper.signer(&row.origin)?.key().to_string();
        if key != row.vkey {
            return Err(Failure::Broken(format!(
                "the public log {} was signed with another key than log.key",
                row.origin
            )));
        }
        return Ok(row);
    }
    begin(tx, keeper, 1, origin, ctx, BTreeMap::new()).await
}

/// The number of a log by its origin, if it was opened after this one: a database that went back far does not know it.
fn opened_later(base: &str, last: i64, origin: &str) -> Option<i64> {
    let number = crate::checkpoint::number(origin.strip_prefix(base)?.strip_prefix('/')?)?;
    i64::try_from(number).ok().filter(|number| *number > last)
}

/// Opens the next log after leaves were lost: its first leaf names the last checkpoint of the old one that anybody saw.
///
/// # Errors
/// When there is no log yet, or the checkpoint is not the old log's.
pub async fn reopen(tx: &mut Tx, keeper: &Keeper, last_seen: &str, ctx: &Ctx) -> Result<LogRow, Failure> {
    let wrong = || Failure::from(Refusal::invalid("log-checkpoint"));
    let old = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let base = old.origin.strip_suffix(&format!("/{}", old.log)).unwrap_or(&old.origin);
    let named = crate::note::Note::parse(last_seen).and_then(|note| Checkpoint::parse(&note.text)).ok_or_else(wrong)?;
    let later = opened_later(base, old.log, &named.origin);
    let key = match later {
        Some(_) => keeper.signer(&named.origin)?.key().clone(),
        None => {
            VerifierKey::parse(&old.vkey).ok_or_else(|| Failure::Broken("the log's key cannot be read".to_owned()))?
        }
    };
    let (head, _) = Checkpoint::open(last_seen, &key, &[]).map_err(|_| wrong())?;
    // The log's own line only: cosignatures of many witnesses would not fit into a leaf.
    let own = crate::note::Note::parse(last_seen).and_then(|note| {
        let line = note.lines.into_iter().find(|line| line.name == key.name && line.id == key.id())?;
        Some(format!("{}\n{}", note.text, line.text()))
    });
    let last_seen = own.as_deref().unwrap_or_default();
    let log = later.unwrap_or(old.log).saturating_add(1);
    let data = BTreeMap::from([
        ("before", Value::from(last_seen)),
        ("lost_from", size_value(old.size)),
        ("seen", size_value(head.size)),
    ]);
    begin(tx, keeper, log, &format!("{base}/{log}"), ctx, data).await
}

fn size_value(size: u64) -> Value {
    Value::Int(i64::try_from(size).unwrap_or(i64::MAX))
}

async fn begin(
    tx: &mut Tx,
    keeper: &Keeper,
    log: i64,
    origin: &str,
    ctx: &Ctx,
    mut data: BTreeMap<&'static str, Value>,
) -> Result<LogRow, Failure> {
    let vkey = keeper.signer(origin)?.key().to_string();
    let row = LogRow { log, origin: origin.to_owned(), vkey, opened_at: ctx.now, size: 0 };
    store::open_log(tx, &row).await?;
    data.insert("origin", Value::from(origin));
    enqueue(tx, ctx, "log.opened", &data).await?;
    // Nothing that waited may come before the leaf that opens the log: it gets its index at once.
    let first = store::pending_of(tx, "log.opened").await?;
    place(tx, keeper, &row, ctx.now, first.into_iter().collect()).await?;
    Ok(LogRow { size: 1, ..row })
}

/// A leaf that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enqueued {
    /// Its hash: what a receipt promises and a proof proves.
    pub hash: Hash,
}

/// Asks for a leaf in the transaction of its effect. `data` holds ids, digests and counts, never a person.
///
/// # Errors
/// The database's failure.
pub async fn enqueue(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &'static str,
    data: &BTreeMap<&'static str, Value>,
) -> Result<Enqueued, Failure> {
    let leaf = Leaf::new(kind, ctx.now, ctx.rng.bytes(), data);
    let hash = leaf.hash();
    enqueue_many(tx, ctx, vec![leaf]).await?;
    Ok(Enqueued { hash })
}

/// Asks for several leaves at once, in their order.
///
/// # Errors
/// The database's failure.
pub async fn enqueue_many(tx: &mut Tx, ctx: &Ctx, leaves: Vec<Leaf>) -> Result<(), Failure> {
    let mut rows = Rows::default();
    for leaf in leaves {
        let hash = leaf.hash();
        rows.push(args![ctx.ids.next(), leaf.kind, &leaf.body[..], &hash[..], ctx.now]);
    }
    if !rows.is_empty() {
        store::enqueue(tx, rows).await?;
    }
    Ok(())
}

/// Whether a leaf waits for its index.
///
/// # Errors
/// The database's failure.
pub async fn anything_waits(tx: &mut Tx) -> Result<bool, Failure> {
    Ok(!store::pending(tx, 1).await?.is_empty())
}

/// Gives what waits its indexes and signs the new head. `None` when nothing waits. Two that do this at once cannot both
/// move the head on: one of them finds it moved, and begins again.
///
/// # Errors
/// The database's failure; a conflict that is run again; what is kept does not fit together.
pub async fn sequence(tx: &mut Tx, keeper: &Keeper, now: At) -> Result<Option<Head>, Failure> {
    let Some(log) = store::current(tx).await? else { return Ok(None) };
    let waiting = store::pending(tx, MOST_AT_ONCE).await?;
    if waiting.is_empty() {
        return Ok(None);
    }
    place(tx, keeper, &log, now, waiting).await.map(Some)
}

async fn place(
    tx: &mut Tx,
    keeper: &Keeper,
    log: &LogRow,
    now: At,
    waiting: Vec<crate::model::Pending>,
) -> Result<Head, Failure> {
    let mut right = Tiles::default();
    store::tiles(tx, log.log, &edge(log.size), &mut right).await?;
    let hashes: Vec<Hash> = waiting.iter().map(|p| p.hash).collect();
    let grown = grow(log.size, &right, &hashes).ok_or_else(|| {
        Failure::Broken(format!("the tiles of the log {} do not fit its size {}", log.origin, log.size))
    })?;
    if !store::advance(tx, log.log, log.size, grown.size).await? {
        return Err(Refusal::new(Kind::Unavailable, "log-moved").into());
    }
    // A clock that goes back does not: a head is never older than the one before.
    let before = store::newest(tx, log.log).await?;
    let at = before.as_ref().map_or(now, |head| head.at.max(now));
    store::insert_leaves(tx, log.log, log.size, at, &waiting).await?;
    store::keep_tiles(tx, log.log, &grown.tiles).await?;
    let ids: Vec<i64> = waiting.iter().map(|p| p.id).collect();
    store::drop_pending(tx, &ids).await?;
    let text = Checkpoint { origin: log.origin.clone(), size: grown.size, root: grown.root }.text();
    let note = keeper.signer(&log.origin)?.sign(&text);
    let head = Head { size: grown.size, root: grown.root, note, at };
    store::keep_checkpoint(tx, log.log, &head).await?;
    tx.touch(TOPIC).await?;
    Ok(head)
}

/// Adds a cosignature to a head's note. One that is not written as a signature line would make the whole note unreadable.
fn add_line(head: &mut Head, line: &str) {
    if line.strip_suffix('\n').is_some_and(|text| crate::note::Line::parse(text).is_some()) {
        head.note.push_str(line);
    }
}

/// The log in use with its newest head and what witnesses signed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    /// The log.
    pub log: LogRow,
    /// Its newest head; the note carries the cosignatures too.
    pub head: Head,
}

/// The log in use. Not found before it was opened.
///
/// # Errors
/// Not found; the database's failure.
pub async fn current(tx: &mut Tx) -> Result<Current, Failure> {
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let mut head = store::newest(tx, log.log).await?.ok_or_else(Refusal::not_found)?;
    for line in store::cosignatures(tx, log.log, head.size).await? {
        add_line(&mut head, &line);
    }
    Ok(Current { log, head })
}

/// Every log of this server, oldest first.
///
/// # Errors
/// The database's failure.
pub async fn logs(tx: &mut Tx) -> Result<Vec<LogRow>, Failure> {
    Ok(store::logs(tx).await?)
}

/// The head of a size that was signed once, with cosignatures.
///
/// # Errors
/// Not found; the database's failure.
pub async fn checkpoint(tx: &mut Tx, size: u64) -> Result<Head, Failure> {
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let mut head = store::checkpoint(tx, log.log, size).await?.ok_or_else(Refusal::not_found)?;
    for line in store::cosignatures(tx, log.log, size).await? {
        add_line(&mut head, &line);
    }
    Ok(head)
}

/// The bytes of a tile or a bundle at the width asked for, if the signed tree has it.
///
/// # Errors
/// Not found; the database's failure.
pub async fn tile(tx: &mut Tx, asked: Asked) -> Result<Vec<u8>, Failure> {
    let current = current(tx).await?;
    let (log, size) = (current.log.log, current.head.size);
    match asked {
        Asked::Tile { at, width } => {
            if width == 0 || width > width_in(at, size) {
                return Err(Refusal::not_found().into());
            }
            let mut tiles = Tiles::default();
            store::tiles(tx, log, &[at], &mut tiles).await?;
            let wanted = usize::try_from(width * 32).unwrap_or(usize::MAX);
            let bytes = tiles.bytes(at).and_then(|bytes| bytes.get(..wanted));
            Ok(bytes.ok_or_else(Refusal::not_found)?.to_vec())
        }
        Asked::Entries { n, width } => {
            let first = n.saturating_mul(WIDTH);
            if width == 0 || first.saturating_add(width) > size {
                return Err(Refusal::not_found().into());
            }
            let entries = store::leaves(tx, log, first, first + width).await?;
            Ok(bundle(entries.iter().map(|e| e.body.as_slice())))
        }
    }
}

/// One leaf of the signed tree.
///
/// # Errors
/// Not found; the database's failure.
pub async fn entry(tx: &mut Tx, index: u64) -> Result<Entry, Failure> {
    let current = current(tx).await?;
    if index >= current.head.size {
        return Err(Refusal::not_found().into());
    }
    let found = store::leaves(tx, current.log.log, index, index + 1).await?;
    Ok(found.into_iter().next().ok_or_else(Refusal::not_found)?)
}

/// Leaves before an index, newest first, at most `most`.
///
/// # Errors
/// The database's failure.
pub async fn newest(tx: &mut Tx, before: Option<u64>, most: u64) -> Result<Vec<Entry>, Failure> {
    let current = current(tx).await?;
    let hi = before.unwrap_or(u64::MAX).min(current.head.size);
    let mut found = store::leaves(tx, current.log.log, hi.saturating_sub(most), hi).await?;
    found.reverse();
    Ok(found)
}

/// The leaves whose kind begins so, oldest first, from an index on.
///
/// # Errors
/// The database's failure.
pub async fn of_kind(tx: &mut Tx, kind: &str, from: u64, most: i64) -> Result<Vec<Entry>, Failure> {
    let Some(log) = store::current(tx).await? else { return Ok(Vec::new()) };
    Ok(store::leaves_of(tx, log.log, kind, from, most).await?)
}

/// The leaves of a kind that wait, as they will stand in the log, at most a thousand.
///
/// # Errors
/// The database's failure.
pub async fn waiting_of_kind(tx: &mut Tx, kind: &str) -> Result<Vec<Vec<u8>>, Failure> {
    Ok(store::all_pending_of(tx, kind).await?)
}

/// Where a leaf stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the log.
    At(u64),
    /// It waits.
    Waiting,
    /// Nobody knows it.
    Nowhere,
}

/// Looks for a leaf by its hash.
///
/// # Errors
/// The database's failure.
pub async fn find(tx: &mut Tx, hash: &Hash) -> Result<Found, Failure> {
    let Some(log) = store::current(tx).await? else { return Ok(Found::Nowhere) };
    if let Some(index) = store::find(tx, log.log, hash).await? {
        return Ok(Found::At(index));
    }
    Ok(if store::waits(tx, hash).await? { Found::Waiting } else { Found::Nowhere })
}

async fn fill(tx: &mut Tx, log: i64, spans: &[Span]) -> Result<Vec<Hash>, Failure> {
    let mut tiles = Tiles::default();
    store::tiles(tx, log, &tiles_of(spans), &mut tiles).await?;
    tiles.fill(spans).ok_or_else(|| Failure::Broken("a tile of the public log is missing".to_owned()))
}

/// The proof that a leaf is in the log, with the leaf's bytes as its extra: in the newest tree a witness cosigned if the
/// leaf is in there, else in the newest one.
///
/// # Errors
/// Not found; the database's failure.
pub async fn proof(tx: &mut Tx, index: u64) -> Result<TlogProof, Failure> {
    let leaf = entry(tx, index).await?;
    let log = store::current(tx).await?.ok_or_else(Refusal::not_found)?;
    let head = covering(tx, index).await?;
    let spans = inclusion(index, head.size).ok_or_else(Refusal::not_found)?;
    let path = fill(tx, log.log, &spans).await?;
    Ok(TlogProof { extra: Some(leaf.body), index, path, checkpoint: head.note })
}

/// The proof that the newest signed tree continues the one of `old` leaves; empty for nothing.
///
/// # Errors
/// Not found for a size that is not below; the database's failure.
pub async fn continues(tx: &mut Tx, old: u64, new: u64) -> Result<Vec<Hash>, Failure> {
    let current = current(tx).await?;
    if new > current.head.size || old > new {
        return Err(Refusal::not_found().into());
    }
    match consistency(old, new) {
        Some(spans) => fill(tx, current.log.log, &spans).await,
        None => Ok(Vec::new()),
    }
}

/// Makes a witness known, or changes it.
///
/// # Errors
/// A key that cannot be read; the database's failure.
pub async fn keep_witness(tx: &mut Tx, witness: &Witness, now: At) -> Result<(), Failure> {
    let good =
        VerifierKey::parse(&witness.vkey).is_some_and(|k| k.kind == KeyKind::Cosignature && k.name == witness.name);
    if !good {
        return Err(Refusal::invalid("check-fields").field("vkey", "vkey").into());
    }
    Ok(store::keep_witness(tx, witness, now).await?)
}

/// The witnesses, with what each signed last.
///
/// # Errors
/// The database's failure.
pub async fn witnesses(tx: &mut Tx) -> Result<Vec<WitnessView>, Failure> {
    let log = store::current(tx).await?.map_or(0, |row| row.log);
    Ok(store::witnesses(tx, log).await?)
}

/// Keeps the signature line of a known witness over the checkpoint of a size, after checking it.
///
/// # Errors
/// Not found for an unknown witness or size, invalid for a wrong signature.
pub async fn cosigned(tx: &mut Tx, size: u64, line: &str, now: At) -> Result<(), Failure> {
    let current = current(tx).await?;
    let head = store::checkpoint(tx, current.log.log, size).await?.ok_or_else(Refusal::not_found)?;
    let known = store::witnesses(tx, current.log.log).await?;
    let keys: Vec<VerifierKey> = known.iter().filter_map(|w| VerifierKey::parse(&w.witness.vkey)).collect();
    let text = Checkpoint { origin: current.log.origin, size: head.size, root: head.root }.text();
    let note =
        crate::note::Note::parse(&format!("{text}\n{line}")).ok_or_else(|| Refusal::invalid("log-cosignature"))?;
    let signed = note.verify(&keys).map_err(|_| Refusal::invalid("log-cosignature"))?;
    let signed = signed.into_iter().next().ok_or_else(Refusal::not_found)?;
    store::keep_cosignature(tx, current.log.log, size, &signed.key.name, line, now).await?;
    Ok(tx.touch(TOPIC).await?)
}

/// Whether the rows of the log fit together: the newest head's root is the one over the tiles, every leaf's bytes hash to
/// the leaf tiles, and the size is the one signed. Reads everything.
///
/// # Errors
/// The database's failure. What does not fit is in the answer, one sentence each.
pub async fn agrees(tx: &mut Tx) -> Result<Vec<String>, Failure> {
    let current = current(tx).await?;
    let (log, size) = (current.log.log, current.head.size);
    let mut wrong = Vec::new();
    if current.log.size != size {
        wrong.push(format!("{} leaves have an index, {size} are signed", current.log.size));
    }
    let mut root = empty_root();
    let mut right = Tiles::default();
    let mut at = 0;
    while at < size {
        let hi = (at + 10 * WIDTH).min(size);
        let entries = store::leaves(tx, log, at, hi).await?;
        if entries.len() as u64 != hi - at {
            wrong.push(format!("of the leaves {at} to {hi} some are missing"));
            return Ok(wrong);
        }
        let hashes: Vec<Hash> = entries.iter().map(|e| crate::merkle::leaf_hash(&e.body)).collect();
        for (entry, hash) in entries.iter().zip(&hashes) {
            if entry.hash != *hash {
                wrong.push(format!("leaf {} is not what its hash says", entry.index));
            }
        }
        let Some(grown) = grow(at, &right, &hashes) else { break };
        let mut kept = Tiles::default();
        let wanted: Vec<_> = grown.tiles.iter().map(|(at, _)| *at).collect();
        store::tiles(tx, log, &wanted, &mut kept).await?;
        for (tile, bytes) in grown.tiles {
            if !kept.bytes(tile).is_some_and(|there| there.starts_with(&bytes)) {
                wrong.push(format!("tile {} of level {} is not what its leaves say", tile.n, tile.level));
            }
            right.keep(tile, bytes);
        }
        (at, root) = (hi, grown.root);
    }
    if root != current.head.root {
        wrong.push(format!("the signed root of {size} leaves is not the one of the leaves"));
    }
    Ok(wrong)
}
