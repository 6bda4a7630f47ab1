//! Conversions, and the other files of an episode's sound.

use std::collections::HashMap;

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId};

use super::PUBLIC;
use crate::model::{Conversion, ConversionKind, Rendition, RenditionKind};

const RENDITION: &str = "r.episode_id, r.kind, r.blob, r.mime, r.extension, r.size, r.duration_ms, r.bitrate, r.title";

fn rendition(row: &Row) -> Result<Option<(i64, Rendition)>, DbError> {
    let mut c = row.cols();
    let (episode, kind) = (c.take()?, c.take::<String>()?);
    let Some(kind) = RenditionKind::parse(&kind) else { return Ok(None) };
    let made = Rendition {
        kind,
        blob: c.take()?,
        mime: c.take()?,
        extension: c.take()?,
        size: c.take()?,
        duration_ms: c.take()?,
        bitrate: c.take()?,
        title: c.take()?,
    };
    Ok(Some((episode, made)))
}

/// The files of public episodes of a show that listeners may have, and that belong to the sound of today.
pub(crate) async fn public_renditions(
    tx: &mut Tx,
    show: i64,
    now: At,
) -> Result<HashMap<i64, Vec<Rendition>>, DbError> {
    let public = PUBLIC;
    let sql = format!(
        "SELECT {RENDITION} FROM publish_rendition r JOIN publish_episode e ON e.id = r.episode_id
         JOIN publish_audio a ON a.episode_id = r.episode_id AND a.blob = r.source
         WHERE {public} AND e.show_id = $2 AND r.kind <> 'original' ORDER BY r.episode_id, r.rank"
    );
    let mut out: HashMap<i64, Vec<Rendition>> = HashMap::new();
    for row in tx.all(&sql, args![now, show]).await? {
        if let Some((episode, one)) = rendition(&row)? {
            out.entry(episode).or_default().push(one);
        }
    }
    Ok(out)
}

/// Every file that belongs to an episode's sound of today.
pub(crate) async fn renditions(tx: &mut Tx, episode: i64) -> Result<Vec<Rendition>, DbError> {
    let sql = format!(
        "SELECT {RENDITION} FROM publish_rendition r
         JOIN publish_audio a ON a.episode_id = r.episode_id AND a.blob = r.source
         WHERE r.episode_id = $1 ORDER BY r.rank"
    );
    let rows = tx.all(&sql, args![episode]).await?;
    Ok(rows.iter().map(rendition).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().map(|(_, r)| r).collect())
}

/// Keeps a file of the sound `source`, in the place of the one of its kind.
pub(crate) async fn put_rendition(tx: &mut Tx, episode: i64, source: &str, r: &Rendition) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_rendition (episode_id, rank, kind, source, blob, mime, extension, size, duration_ms, bitrate, title)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
               ON CONFLICT (episode_id, rank) DO UPDATE SET source = excluded.source, blob = excluded.blob, mime = excluded.mime,
                 extension = excluded.extension, size = excluded.size, duration_ms = excluded.duration_ms,
                 bitrate = excluded.bitrate, title = excluded.title";
    let values = args![
        episode,
        r.kind.rank(),
        r.kind.code(),
        source,
        &r.blob,
        &r.mime,
        &r.extension,
        r.size,
        r.duration_ms,
        r.bitrate,
        &r.title
    ];
    tx.run(sql, values).await.map(drop)
}

/// Lets a file of one kind belong to the sound `now` instead of `was`: the same recording, made louder.
pub(crate) async fn move_rendition(
    tx: &mut Tx,
    episode: i64,
    kind: RenditionKind,
    was: &str,
    now: &str,
) -> Result<(), DbError> {
    let sql = "UPDATE publish_rendition SET source = $1 WHERE episode_id = $2 AND kind = $3 AND source = $4";
    tx.run(sql, args![now, episode, kind.code(), was]).await.map(drop)
}

const CONVERSION: &str =
    "id, org_id, episode_id, kind, source, format, size, state, trouble, loudness_before, loudness_after, created_at";

fn conversion(row: &Row) -> Result<Conversion, DbError> {
    let mut c = row.cols();
    Ok(Conversion {
        id: c.take()?,
        org: OrgId(c.take()?),
        episode: c.take()?,
        kind: ConversionKind::parse(&c.take::<String>()?),
        source: c.take()?,
        format: c.take()?,
        size: c.take()?,
        state: c.take()?,
        trouble: c.take()?,
        loudness: (c.take()?, c.take()?),
        created_at: c.take()?,
    })
}

pub(crate) async fn insert_conversion(tx: &mut Tx, c: &Conversion) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_conversion (id, org_id, episode_id, kind, source, format, size, state, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![c.id, c.org, c.episode, c.kind.code(), &c.source, &c.format, c.size, &c.state, c.created_at];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn conversion_by_id(tx: &mut Tx, id: i64) -> Result<Option<Conversion>, DbError> {
    let sql = format!("SELECT {CONVERSION} FROM publish_conversion WHERE id = $1");
    tx.opt(&sql, args![id]).await?.map(|row| conversion(&row)).transpose()
}

/// The newest conversions of an episode, newest first.
pub(crate) async fn conversions(tx: &mut Tx, episode: i64, most: i64) -> Result<Vec<Conversion>, DbError> {
    let sql = format!("SELECT {CONVERSION} FROM publish_conversion WHERE episode_id = $1 ORDER BY id DESC LIMIT $2");
    tx.all(&sql, args![episode, most]).await?.iter().map(conversion).collect()
}

/// Gives up what still waits for an episode's sound: another file came.
pub(crate) async fn drop_conversions(tx: &mut Tx, episode: i64, now: At) -> Result<(), DbError> {
    let sql =
        "UPDATE publish_conversion SET state = 'dropped', ended_at = $1 WHERE episode_id = $2 AND state = 'waiting'";
    tx.run(sql, args![now, episode]).await.map(drop)
}

/// Writes how a waiting conversion ended; whether it still waited.
pub(crate) async fn end_conversion(
    tx: &mut Tx,
    id: i64,
    state: &str,
    trouble: Option<&str>,
    loudness: (Option<&str>, Option<&str>),
    now: At,
) -> Result<bool, DbError> {
    let sql = "UPDATE publish_conversion SET state = $1, trouble = $2, loudness_before = $3, loudness_after = $4, ended_at = $5
               WHERE id = $6 AND state = 'waiting'";
    Ok(tx.run(sql, args![state, trouble, loudness.0, loudness.1, now, id]).await? == 1)
}

/// The kinds of files that belong to one sound of an episode.
pub(crate) async fn renditions_of(tx: &mut Tx, episode: i64, source: &str) -> Result<Vec<RenditionKind>, DbError> {
    let sql = "SELECT kind FROM publish_rendition WHERE episode_id = $1 AND source = $2 ORDER BY rank";
    let rows = tx.all(sql, args![episode, source]).await?;
    let kinds = rows.iter().map(|row| row.get::<String>(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(kinds.iter().filter_map(|k| RenditionKind::parse(k)).collect())
}
