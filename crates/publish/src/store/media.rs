//! Sound and pictures: which blob belongs to what.

use db::{DbError, Tx, args};
use kernel::{At, OrgId};

use super::PUBLIC;
use super::show::IMAGE;
use crate::model::{Audio, AudioPlace, Image};

pub(crate) async fn put_audio(tx: &mut Tx, episode: i64, audio: &Audio) -> Result<(), DbError> {
    let (remote, blob) = match &audio.place {
        AudioPlace::Local(blob) => (None, Some(blob.clone())),
        AudioPlace::Remote(url) => (Some(url.clone()), None),
    };
    let waveform = (!audio.waveform.is_empty()).then(|| audio.waveform.clone());
    let sql = "INSERT INTO publish_audio (episode_id, remote_url, blob, mime, size, duration_ms, header_bytes, waveform, tags)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
               ON CONFLICT (episode_id) DO UPDATE SET remote_url = excluded.remote_url, blob = excluded.blob, mime = excluded.mime,
                 size = excluded.size, duration_ms = excluded.duration_ms, header_bytes = excluded.header_bytes,
                 waveform = excluded.waveform, tags = excluded.tags";
    let values = args![
        episode,
        remote,
        blob,
        &audio.mime,
        audio.size,
        audio.duration_ms,
        audio.header_bytes,
        waveform,
        &audio.tags
    ];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn remove_audio(tx: &mut Tx, episode: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_audio WHERE episode_id = $1", args![episode]).await.map(drop)
}

pub(crate) async fn waveform(tx: &mut Tx, episode: i64) -> Result<Vec<u8>, DbError> {
    let sql = "SELECT waveform FROM publish_audio WHERE episode_id = $1";
    Ok(tx.scalar::<Option<Vec<u8>>>(sql, args![episode]).await?.flatten().unwrap_or_default())
}

pub(crate) async fn insert_image(tx: &mut Tx, org: OrgId, image: &Image, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_image (id, org_id, blob, mime, width, height, small_blob, card_blob, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![
        image.id,
        org,
        &image.blob,
        &image.mime,
        image.width,
        image.height,
        &image.small_blob,
        &image.card_blob,
        now
    ];
    tx.run(sql, values).await.map(drop)
}

/// A picture of an organisation by the content of its original.
pub(crate) async fn image_by_blob(tx: &mut Tx, org: OrgId, blob: &str) -> Result<Option<Image>, DbError> {
    let sql = format!("SELECT {IMAGE} FROM publish_image i WHERE i.org_id = $1 AND i.blob = $2 ORDER BY i.id LIMIT 1");
    let row = tx.opt(&sql, args![org, blob]).await?;
    row.map(|row| super::show::image(&mut row.cols())).transpose().map(Option::flatten)
}

pub(crate) async fn image_by_id(tx: &mut Tx, id: i64) -> Result<Option<Image>, DbError> {
    let sql = format!("SELECT {IMAGE} FROM publish_image i WHERE i.id = $1");
    let row = tx.opt(&sql, args![id]).await?;
    row.map(|row| super::show::image(&mut row.cols())).transpose().map(Option::flatten)
}

/// Whether a picture belongs to an organisation.
pub(crate) async fn image_is_of(tx: &mut Tx, org: OrgId, id: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_image WHERE id = $1 AND org_id = $2";
    Ok(tx.scalar::<i64>(sql, args![id, org]).await? == Some(1))
}

/// The organisation of a picture.
pub(crate) async fn image_org(tx: &mut Tx, id: i64) -> Result<Option<OrgId>, DbError> {
    Ok(tx.scalar::<i64>("SELECT org_id FROM publish_image WHERE id = $1", args![id]).await?.map(OrgId))
}

/// Who uses a picture in public: how many shows as cover or mark, and which public episodes, for themselves or a chapter.
pub(crate) async fn image_uses(tx: &mut Tx, id: i64, now: At) -> Result<(i64, Vec<i64>), DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_show WHERE cover_id = $1 OR mark_id = $1";
    let shows = tx.scalar::<i64>(sql, args![id]).await?.unwrap_or(0);
    if shows > 0 {
        return Ok((shows, Vec::new()));
    }
    let public = PUBLIC;
    let sql = format!(
        "SELECT e.id FROM publish_episode e WHERE {public} AND e.cover_id = $2
         UNION SELECT e.id FROM publish_chapter c JOIN publish_episode e ON e.id = c.episode_id
               WHERE {public} AND c.image_id = $2"
    );
    let rows = tx.all(&sql, args![now, id]).await?;
    Ok((shows, rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?))
}

/// Every blob some row names, for the doctor.
pub(crate) async fn named_blobs(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    tx.all(super::library::NAMED, args![]).await?.iter().map(|row| row.get(0)).collect()
}
