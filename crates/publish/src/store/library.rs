//! Pictures and sounds of an organisation with where they are used, and files nobody names any more.

use db::{DbError, Tx, Value, args};
use kernel::{At, OrgId, Scope};

use super::show::{IMAGE, image};
use super::{CHUNK, placeholders};
use crate::model::Image;

/// A picture of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The picture.
    pub image: Image,
    /// Bytes of the original and its renditions; 0 for one that came before sizes were kept.
    pub size: i64,
    /// What it shows, in French.
    pub alt_fr: String,
    /// What it shows, in English.
    pub alt_en: String,
    /// When it came.
    pub added_at: At,
    /// Where it is used.
    pub uses: Vec<Use>,
}

/// Where a picture is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// `cover`, `mark`, `episode` or `chapter`.
    pub kind: &'static str,
    /// The show.
    pub show: i64,
    /// The episode, for `episode` and `chapter`.
    pub episode: Option<i64>,
}

/// A sound of an organisation kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// Whose it is.
    pub episode: i64,
    /// Of which show.
    pub show: i64,
    /// The episode's title, in the show's language when there is one.
    pub title: String,
    /// The media type.
    pub mime: String,
    /// Bytes.
    pub size: i64,
    /// Milliseconds.
    pub duration_ms: Option<i64>,
}

/// How much an organisation keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Pictures.
    pub pictures: i64,
    /// Their bytes.
    pub picture_bytes: i64,
    /// Sounds kept here.
    pub sounds: i64,
    /// Their bytes.
    pub sound_bytes: i64,
}

/// Every blob some row names; whoever adds a table that names blobs adds it here.
pub(crate) const NAMED: &str =
    "SELECT blob FROM publish_audio WHERE blob IS NOT NULL UNION SELECT blob FROM publish_image
   UNION SELECT blob FROM publish_rendition UNION SELECT blob FROM publish_excerpt WHERE blob IS NOT NULL
   UNION SELECT source FROM publish_conversion WHERE state = 'waiting'
   UNION SELECT small_blob FROM publish_image UNION SELECT card_blob FROM publish_image";

/// Pictures, newest first, before an id.
pub(crate) async fn pictures(tx: &mut Tx, scope: Scope, before: i64, limit: i64) -> Result<Vec<Picture>, DbError> {
    let sql = format!(
        "SELECT {IMAGE}, i.size, i.alt_fr, i.alt_en, i.created_at FROM publish_image i
         WHERE i.org_id = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3"
    );
    let mut found = Vec::new();
    for row in tx.all(&sql, args![scope.org, before, limit]).await? {
        let mut c = row.cols();
        let Some(image) = image(&mut c)? else { continue };
        let (size, alt_fr, alt_en, added_at) = (c.take()?, c.take()?, c.take()?, c.take()?);
        found.push(Picture { image, size, alt_fr, alt_en, added_at, uses: Vec::new() });
    }
    let ids: Vec<i64> = found.iter().map(|p| p.image.id).collect();
    for (id, used) in uses(tx, &ids).await? {
        if let Some(picture) = found.iter_mut().find(|p| p.image.id == id) {
            picture.uses.push(used);
        }
    }
    Ok(found)
}

/// Where pictures are used.
pub(crate) async fn uses(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, Use)>, DbError> {
    let mut out = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let list = placeholders(1, chunk.len());
        let asked = [
            ("cover", format!("SELECT cover_id, id, 0 FROM publish_show WHERE cover_id IN ({list})")),
            ("mark", format!("SELECT mark_id, id, 0 FROM publish_show WHERE mark_id IN ({list})")),
            ("episode", format!("SELECT cover_id, show_id, id FROM publish_episode WHERE cover_id IN ({list})")),
            (
                "chapter",
                format!(
                    "SELECT DISTINCT c.image_id, e.show_id, e.id FROM publish_chapter c
                     JOIN publish_episode e ON e.id = c.episode_id WHERE c.image_id IN ({list})"
                ),
            ),
        ];
        for (kind, sql) in asked {
            for row in tx.all(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await? {
                // The zero of shows is a 32-bit number on one engine: it is not read.
                let episode = if matches!(kind, "cover" | "mark") { None } else { Some(row.get(2)?) };
                out.push((row.get(0)?, Use { kind, show: row.get(1)?, episode }));
            }
        }
    }
    Ok(out)
}

/// The organisation a picture belongs to.
pub(crate) async fn org_of_image(tx: &mut Tx, id: i64) -> Result<Option<OrgId>, DbError> {
    Ok(tx.scalar::<i64>("SELECT org_id FROM publish_image WHERE id = $1", args![id]).await?.map(OrgId))
}

pub(crate) async fn set_image_alt(tx: &mut Tx, id: i64, alt_fr: &str, alt_en: &str) -> Result<(), DbError> {
    tx.run("UPDATE publish_image SET alt_fr = $1, alt_en = $2 WHERE id = $3", args![alt_fr, alt_en, id]).await.map(drop)
}

pub(crate) async fn set_image_size(tx: &mut Tx, id: i64, size: i64) -> Result<(), DbError> {
    tx.run("UPDATE publish_image SET size = $1 WHERE id = $2", args![size, id]).await.map(drop)
}

pub(crate) async fn delete_image(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_image WHERE id = $1", args![id]).await.map(drop)
}

/// Sounds kept here, newest episode first, before an id.
pub(crate) async fn sounds(tx: &mut Tx, scope: Scope, before: i64, limit: i64) -> Result<Vec<Sound>, DbError> {
    let sql = "SELECT e.id, e.show_id,
                 COALESCE((SELECT MIN(t.title) FROM publish_episode_text t WHERE t.episode_id = e.id AND t.lang = s.language),
                          (SELECT MIN(t.title) FROM publish_episode_text t WHERE t.episode_id = e.id)),
                 a.mime, a.size, a.duration_ms
               FROM publish_audio a JOIN publish_episode e ON e.id = a.episode_id JOIN publish_show s ON s.id = e.show_id
               WHERE e.org_id = $1 AND e.id < $2 AND a.blob IS NOT NULL ORDER BY e.id DESC LIMIT $3";
    let rows = tx.all(sql, args![scope.org, before, limit]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(Sound {
                episode: c.take()?,
                show: c.take()?,
                title: c.take::<Option<String>>()?.unwrap_or_default(),
                mime: c.take()?,
                size: c.take()?,
                duration_ms: c.take()?,
            })
        })
        .collect()
}

pub(crate) async fn totals(tx: &mut Tx, scope: Scope) -> Result<Totals, DbError> {
    let sql =
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM publish_image WHERE org_id = $1";
    let mut totals = Totals::default();
    if let Some(row) = tx.opt(sql, args![scope.org]).await? {
        (totals.pictures, totals.picture_bytes) = (row.get(0)?, row.get(1)?);
    }
    let sql = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(a.size), 0) AS BIGINT) FROM publish_audio a
               JOIN publish_episode e ON e.id = a.episode_id WHERE e.org_id = $1 AND a.blob IS NOT NULL";
    if let Some(row) = tx.opt(sql, args![scope.org]).await? {
        (totals.sounds, totals.sound_bytes) = (row.get(0)?, row.get(1)?);
    }
    Ok(totals)
}

/// Marks a file as one that may be named by nobody any more.
pub(crate) async fn mark_waste(tx: &mut Tx, org: OrgId, blob: &str, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_waste (blob, org_id, marked_at, removing) VALUES ($1, $2, $3, FALSE)
               ON CONFLICT (blob) DO UPDATE SET marked_at = excluded.marked_at, removing = FALSE";
    tx.run(sql, args![blob, org, now]).await.map(drop)
}

/// Takes the mark off files that are about to be used; gives whether one of them is being removed this moment.
pub(crate) async fn keep_blobs(tx: &mut Tx, blobs: &[String]) -> Result<bool, DbError> {
    let values = || blobs.iter().map(Value::from).collect::<Vec<_>>();
    let list = placeholders(1, blobs.len());
    let sql = format!("DELETE FROM publish_waste WHERE blob IN ({list}) AND NOT removing");
    tx.run(&sql, values()).await?;
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM publish_waste WHERE blob IN ({list})");
    Ok(tx.scalar::<i64>(&sql, values()).await? != Some(0))
}

/// Marked files whose time has come, and those whose removal was cut short; at most 200.
pub(crate) async fn waste_due(tx: &mut Tx, before: At) -> Result<Vec<String>, DbError> {
    let sql = "SELECT blob FROM publish_waste WHERE removing OR marked_at <= $1 ORDER BY blob LIMIT 200";
    tx.all(sql, args![before]).await?.iter().map(|row| row.get(0)).collect()
}

/// Whether some row names a file.
pub(crate) async fn is_named(tx: &mut Tx, blob: &str) -> Result<bool, DbError> {
    let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM ({NAMED}) AS named WHERE named.blob = $1");
    Ok(tx.scalar::<i64>(&sql, args![blob]).await? != Some(0))
}

pub(crate) async fn set_removing(tx: &mut Tx, blob: &str) -> Result<(), DbError> {
    tx.run("UPDATE publish_waste SET removing = TRUE WHERE blob = $1", args![blob]).await.map(drop)
}

pub(crate) async fn forget_waste(tx: &mut Tx, blob: &str) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_waste WHERE blob = $1", args![blob]).await.map(drop)
}
