//! The SQL of the log, one text for both engines. It decides nothing: indexes, hashes and signatures come from above.

use db::{DbError, Row, Rows, Tx, Value, args};
use kernel::At;

use crate::merkle::Hash;
use crate::model::{Entry, Head, LogRow, Pending, Sighted, Witness, WitnessView};
use crate::tiles::{TileAt, Tiles};

fn number(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A kind up to its first point.
fn family(kind: &str) -> &str {
    kind.split('.').next().unwrap_or(kind)
}

fn hash(bytes: &[u8]) -> Hash {
    bytes.try_into().unwrap_or_default()
}

fn placeholders(count: usize) -> String {
    let names: Vec<String> = (1..=count).map(|n| format!("${n}")).collect();
    names.join(", ")
}

fn log_row(row: &Row) -> Result<LogRow, DbError> {
    let mut c = row.cols();
    Ok(LogRow {
        log: c.take()?,
        origin: c.take()?,
        vkey: c.take()?,
        opened_at: c.take()?,
        size: number(c.take::<i64>()?),
    })
}

/// Every log, oldest first; the last one is in use.
pub(crate) async fn logs(tx: &mut Tx) -> Result<Vec<LogRow>, DbError> {
    let sql = "SELECT log, origin, vkey, opened_at, size FROM tlog_log ORDER BY log";
    tx.all(sql, args![]).await?.iter().map(log_row).collect()
}

/// The log in use.
pub(crate) async fn current(tx: &mut Tx) -> Result<Option<LogRow>, DbError> {
    let sql = "SELECT log, origin, vkey, opened_at, size FROM tlog_log ORDER BY log DESC LIMIT 1";
    tx.opt(sql, args![]).await?.as_ref().map(log_row).transpose()
}

pub(crate) async fn open_log(tx: &mut Tx, row: &LogRow) -> Result<(), DbError> {
    let sql = "INSERT INTO tlog_log (log, origin, vkey, opened_at, size) VALUES ($1, $2, $3, $4, 0)";
    tx.run(sql, args![row.log, &row.origin, &row.vkey, row.opened_at]).await.map(drop)
}

/// Moves the head on, if nobody else did meanwhile. Gives whether it moved.
pub(crate) async fn advance(tx: &mut Tx, log: i64, from: u64, to: u64) -> Result<bool, DbError> {
    let sql = "UPDATE tlog_log SET size = $1 WHERE log = $2 AND size = $3";
    Ok(tx.run(sql, args![signed(to), log, signed(from)]).await? == 1)
}

pub(crate) async fn enqueue(tx: &mut Tx, rows: Rows) -> Result<(), DbError> {
    tx.insert_rows("INSERT INTO tlog_pending (id, kind, body, hash, asked_at)", rows, "").await.map(drop)
}

fn pending_row(row: &Row) -> Result<Pending, DbError> {
    let mut c = row.cols();
    let (id, kind, body) = (c.take()?, c.take()?, c.take()?);
    let hash = hash(&c.take::<Vec<u8>>()?);
    Ok(Pending { id, kind, body, hash, asked_at: c.take()? })
}

/// What waits, in the order it was asked for.
pub(crate) async fn pending(tx: &mut Tx, most: i64) -> Result<Vec<Pending>, DbError> {
    let sql = "SELECT id, kind, body, hash, asked_at FROM tlog_pending ORDER BY id LIMIT $1";
    tx.all(sql, args![most]).await?.iter().map(pending_row).collect()
}

/// The newest one of a kind that waits.
pub(crate) async fn pending_of(tx: &mut Tx, kind: &str) -> Result<Option<Pending>, DbError> {
    let sql = "SELECT id, kind, body, hash, asked_at FROM tlog_pending WHERE kind = $1 ORDER BY id DESC LIMIT 1";
    tx.opt(sql, args![kind]).await?.as_ref().map(pending_row).transpose()
}

/// The bodies of those of a kind that wait.
pub(crate) async fn all_pending_of(tx: &mut Tx, kind: &str) -> Result<Vec<Vec<u8>>, DbError> {
    let sql = "SELECT body FROM tlog_pending WHERE kind = $1 ORDER BY id LIMIT 1000";
    tx.all(sql, args![kind]).await?.iter().map(|row| row.get(0)).collect()
}

pub(crate) async fn drop_pending(tx: &mut Tx, ids: &[i64]) -> Result<(), DbError> {
    for part in ids.chunks(5_000) {
        let sql = format!("DELETE FROM tlog_pending WHERE id IN ({})", placeholders(part.len()));
        tx.run(&sql, part.iter().map(|id| Value::from(*id)).collect()).await?;
    }
    Ok(())
}

/// Whether a leaf waits for its index.
pub(crate) async fn waits(tx: &mut Tx, hash: &Hash) -> Result<bool, DbError> {
    let sql = "SELECT id FROM tlog_pending WHERE hash = $1 LIMIT 1";
    Ok(tx.scalar::<i64>(sql, args![&hash[..]]).await?.is_some())
}

pub(crate) async fn insert_leaves(
    tx: &mut Tx,
    log: i64,
    first: u64,
    at: At,
    leaves: &[Pending],
) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (index, leaf) in (signed(first)..).zip(leaves) {
        rows.push(args![log, index, family(&leaf.kind), &leaf.kind, &leaf.body[..], &leaf.hash[..], at]);
    }
    tx.insert_rows("INSERT INTO tlog_leaf (log, idx, family, kind, body, hash, at)", rows, "").await.map(drop)
}

fn entry(row: &Row) -> Result<Entry, DbError> {
    let mut c = row.cols();
    let (index, kind, body) = (number(c.take::<i64>()?), c.take()?, c.take()?);
    let hash = hash(&c.take::<Vec<u8>>()?);
    Ok(Entry { index, kind, body, hash, at: c.take()? })
}

/// The leaves `lo..hi` of a log.
pub(crate) async fn leaves(tx: &mut Tx, log: i64, lo: u64, hi: u64) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT idx, kind, body, hash, at FROM tlog_leaf WHERE log = $1 AND idx >= $2 AND idx < $3 ORDER BY idx";
    tx.all(sql, args![log, signed(lo), signed(hi)]).await?.iter().map(entry).collect()
}

/// The leaves of kinds that begin so, from an index on.
pub(crate) async fn leaves_of(tx: &mut Tx, log: i64, kind: &str, from: u64, most: i64) -> Result<Vec<Entry>, DbError> {
    let sql = "SELECT idx, kind, body, hash, at FROM tlog_leaf
               WHERE log = $1 AND family = $2 AND idx >= $3 ORDER BY idx LIMIT $4";
    let found = tx.all(sql, args![log, family(kind), signed(from), most]).await?;
    let all = found.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|e| e.kind.starts_with(kind)).collect())
}

/// Where a leaf is, by its hash.
pub(crate) async fn find(tx: &mut Tx, log: i64, hash: &Hash) -> Result<Option<u64>, DbError> {
    let sql = "SELECT idx FROM tlog_leaf WHERE hash = $1 AND log = $2 ORDER BY idx LIMIT 1";
    Ok(tx.scalar::<i64>(sql, args![&hash[..], log]).await?.map(number))
}

/// Adds tiles to those that are there already.
pub(crate) async fn tiles(tx: &mut Tx, log: i64, wanted: &[TileAt], into: &mut Tiles) -> Result<(), DbError> {
    for at in wanted {
        let sql = "SELECT hashes FROM tlog_tile WHERE log = $1 AND level = $2 AND n = $3";
        if let Some(bytes) = tx.scalar::<Vec<u8>>(sql, args![log, i64::from(at.level), signed(at.n)]).await? {
            into.keep(*at, bytes);
        }
    }
    Ok(())
}

pub(crate) async fn keep_tiles(tx: &mut Tx, log: i64, tiles: &[(TileAt, Vec<u8>)]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (at, bytes) in tiles {
        rows.push(args![log, i64::from(at.level), signed(at.n), &bytes[..]]);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let tail = "ON CONFLICT (log, level, n) DO UPDATE SET hashes = EXCLUDED.hashes";
    tx.insert_rows("INSERT INTO tlog_tile (log, level, n, hashes)", rows, tail).await.map(drop)
}

pub(crate) async fn keep_checkpoint(tx: &mut Tx, log: i64, head: &Head) -> Result<(), DbError> {
    let sql = "INSERT INTO tlog_checkpoint (log, size, root, note, at) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, args![log, signed(head.size), &head.root[..], &head.note, head.at]).await.map(drop)
}

fn head(row: &Row) -> Result<Head, DbError> {
    let mut c = row.cols();
    let size = number(c.take::<i64>()?);
    let root = hash(&c.take::<Vec<u8>>()?);
    Ok(Head { size, root, note: c.take()?, at: c.take()? })
}

/// The newest checkpoint.
pub(crate) async fn newest(tx: &mut Tx, log: i64) -> Result<Option<Head>, DbError> {
    let sql = "SELECT size, root, note, at FROM tlog_checkpoint WHERE log = $1 ORDER BY size DESC LIMIT 1";
    tx.opt(sql, args![log]).await?.as_ref().map(head).transpose()
}

/// The checkpoint of a size.
pub(crate) async fn checkpoint(tx: &mut Tx, log: i64, size: u64) -> Result<Option<Head>, DbError> {
    let sql = "SELECT size, root, note, at FROM tlog_checkpoint WHERE log = $1 AND size = $2";
    tx.opt(sql, args![log, signed(size)]).await?.as_ref().map(head).transpose()
}

pub(crate) async fn keep_witness(tx: &mut Tx, witness: &Witness, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO tlog_witness (name, vkey, url, here, added_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (name) DO UPDATE SET vkey = EXCLUDED.vkey, url = EXCLUDED.url, here = EXCLUDED.here";
    let values = args![&witness.name, &witness.vkey, witness.url.as_deref(), witness.here, now];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn keep_cosignature(
    tx: &mut Tx,
    log: i64,
    size: u64,
    by: &str,
    line: &str,
    at: At,
) -> Result<(), DbError> {
    let sql = "INSERT INTO tlog_cosignature (log, size, witness, line, at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (log, size, witness) DO NOTHING";
    tx.run(sql, args![log, signed(size), by, line, at]).await.map(drop)
}

/// The cosignature lines of a checkpoint, by the witness's name.
pub(crate) async fn cosignatures(tx: &mut Tx, log: i64, size: u64) -> Result<Vec<String>, DbError> {
    let sql = "SELECT line FROM tlog_cosignature WHERE log = $1 AND size = $2 ORDER BY witness";
    tx.all(sql, args![log, signed(size)]).await?.iter().map(|row| row.get(0)).collect()
}

/// The witnesses with the largest size each signed.
pub(crate) async fn witnesses(tx: &mut Tx, log: i64) -> Result<Vec<WitnessView>, DbError> {
    let sql = "SELECT w.name, w.vkey, w.url, w.here,
                 (SELECT MAX(c.size) FROM tlog_cosignature c WHERE c.log = $1 AND c.witness = w.name),
                 (SELECT MAX(c.at) FROM tlog_cosignature c WHERE c.log = $1 AND c.witness = w.name)
               FROM tlog_witness w ORDER BY w.name";
    let rows = tx.all(sql, args![log]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            let witness = Witness { name: c.take()?, vkey: c.take()?, url: c.take()?, here: c.take()? };
            let size: Option<i64> = c.take()?;
            Ok(WitnessView { witness, size: size.map(number), at: c.take()? })
        })
        .collect()
}

/// How many leaves wait, and since when.
pub(crate) async fn waiting(tx: &mut Tx) -> Result<(u64, Option<At>), DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT), MIN(asked_at) FROM tlog_pending";
    let Some(row) = tx.opt(sql, args![]).await? else { return Ok((0, None)) };
    let mut c = row.cols();
    Ok((number(c.take::<i64>()?), c.take()?))
}

/// The largest size any witness signed.
pub(crate) async fn largest_cosigned(tx: &mut Tx, log: i64) -> Result<Option<u64>, DbError> {
    let sql = "SELECT size FROM tlog_cosignature WHERE log = $1 ORDER BY size DESC LIMIT 1";
    Ok(tx.scalar::<i64>(sql, args![log]).await?.map(number))
}

fn sighted_row(row: &Row) -> Result<Sighted, DbError> {
    let mut c = row.cols();
    let (origin, size) = (c.take()?, number(c.take::<i64>()?));
    let root = hash(&c.take::<Vec<u8>>()?);
    Ok(Sighted { origin, size, root, note: c.take()?, at: c.take()? })
}

/// What this server cosigned of another log last.
pub(crate) async fn sighted(tx: &mut Tx, origin: &str) -> Result<Option<Sighted>, DbError> {
    let sql = "SELECT origin, size, root, note, at FROM tlog_sighted WHERE origin = $1";
    tx.opt(sql, args![origin]).await?.as_ref().map(sighted_row).transpose()
}

/// What this server cosigned of every other log.
pub(crate) async fn all_sighted(tx: &mut Tx) -> Result<Vec<Sighted>, DbError> {
    let sql = "SELECT origin, size, root, note, at FROM tlog_sighted ORDER BY origin";
    tx.all(sql, args![]).await?.iter().map(sighted_row).collect()
}

/// Keeps what was cosigned, if the row is still as it was read.
pub(crate) async fn keep_sighted(tx: &mut Tx, row: &Sighted, from: Option<u64>) -> Result<(), DbError> {
    let size = signed(row.size);
    match from {
        None => {
            let sql = "INSERT INTO tlog_sighted (origin, size, root, note, at) VALUES ($1, $2, $3, $4, $5)";
            tx.run(sql, args![&row.origin, size, &row.root[..], &row.note, row.at]).await.map(drop)
        }
        Some(from) => {
            let sql =
                "UPDATE tlog_sighted SET size = $1, root = $2, note = $3, at = $4 WHERE origin = $5 AND size = $6";
            tx.run(sql, args![size, &row.root[..], &row.note, row.at, &row.origin, signed(from)]).await.map(drop)
        }
    }
}

/// The body of a leaf that waits, or is in the log.
pub(crate) async fn body_of(tx: &mut Tx, log: i64, hash: &Hash) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT body FROM tlog_pending WHERE hash = $1 LIMIT 1";
    if let Some(body) = tx.scalar::<Vec<u8>>(sql, args![&hash[..]]).await? {
        return Ok(Some(body));
    }
    let sql = "SELECT body FROM tlog_leaf WHERE hash = $1 AND log = $2 ORDER BY idx LIMIT 1";
    tx.scalar::<Vec<u8>>(sql, args![&hash[..], log]).await
}
