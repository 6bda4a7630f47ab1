//! Shows and their texts.

use std::collections::BTreeMap;

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, Scope};

use super::{CHUNK, placeholders};
use crate::model::{Image, Show, ShowKind, ShowText};

pub(crate) const IMAGE: &str = "i.id, i.blob, i.mime, i.width, i.height, i.small_blob, i.card_blob";

const SHOW: &str =
    "s.id, s.org_id, s.slug, s.language, s.time_zone, s.author, s.link, s.copyright, s.categories, s.explicit,
    s.kind, s.podcast_guid, s.locked, s.medium, s.complete, s.funding, s.source_url, s.remote_cover_url, s.updated_at,
    s.host, s.colour, s.settings";
/// The columns of [`IMAGE`] for a show's mark.
const MARK: &str = "m.id, m.blob, m.mime, m.width, m.height, m.small_blob, m.card_blob";

/// Reads seven image columns of a LEFT JOIN.
pub(crate) fn image(cols: &mut db::Cols<'_>) -> Result<Option<Image>, DbError> {
    let id: Option<i64> = cols.take()?;
    let (blob, mime): (Option<String>, Option<String>) = (cols.take()?, cols.take()?);
    let (width, height): (Option<i64>, Option<i64>) = (cols.take()?, cols.take()?);
    let (small, card): (Option<String>, Option<String>) = (cols.take()?, cols.take()?);
    Ok(id.map(|id| Image {
        id,
        blob: blob.unwrap_or_default(),
        mime: mime.unwrap_or_default(),
        width: width.unwrap_or_default(),
        height: height.unwrap_or_default(),
        small_blob: small.unwrap_or_default(),
        card_blob: card.unwrap_or_default(),
    }))
}

/// JSON we wrote ourselves; one that does not read is empty rather than fatal for a whole page.
pub(crate) fn json<T: serde::de::DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

fn show(row: &Row) -> Result<Show, DbError> {
    let mut c = row.cols();
    let id = c.take()?;
    Ok(Show {
        id,
        org: OrgId(c.take()?),
        slug: c.take()?,
        language: c.take()?,
        time_zone: c.take()?,
        author: c.take()?,
        link: c.take()?,
        copyright: c.take()?,
        categories: json(&c.take::<String>()?),
        explicit: c.take()?,
        kind: if c.take::<String>()? == "serial" { ShowKind::Serial } else { ShowKind::Episodic },
        podcast_guid: c.take()?,
        locked: c.take()?,
        medium: c.take()?,
        complete: c.take()?,
        funding: json(&c.take::<String>()?),
        source_url: c.take()?,
        remote_cover_url: c.take()?,
        updated_at: c.take()?,
        host: c.take()?,
        colour: c.take()?,
        settings: json(&c.take::<String>()?),
        cover: image(&mut c)?,
        mark: image(&mut c)?,
        texts: BTreeMap::new(),
    })
}

async fn shows_where(tx: &mut Tx, condition: &str, args: Vec<db::Value>) -> Result<Vec<Show>, DbError> {
    let sql = format!(
        "SELECT {SHOW}, {IMAGE}, {MARK} FROM publish_show s LEFT JOIN publish_image i ON i.id = s.cover_id
         LEFT JOIN publish_image m ON m.id = s.mark_id WHERE {condition} ORDER BY s.id"
    );
    let mut shows = tx.all(&sql, args).await?.iter().map(show).collect::<Result<Vec<_>, _>>()?;
    for show in &mut shows {
        let sql = "SELECT lang, title, tagline, description_html, footer FROM publish_show_text WHERE show_id = $1";
        for row in tx.all(sql, args![show.id]).await? {
            let (title, tagline) = (row.get(1)?, row.get(2)?);
            let text = ShowText { title, tagline, description_html: row.get(3)?, footer: row.get(4)? };
            show.texts.insert(row.get(0)?, text);
        }
    }
    shows.retain(|show| !show.texts.is_empty());
    Ok(shows)
}

/// Every show of the server, oldest first: shows are public, their unpublished episodes are not.
pub(crate) async fn shows(tx: &mut Tx) -> Result<Vec<Show>, DbError> {
    shows_where(tx, "1 = 1", args![]).await
}

pub(crate) async fn shows_of(tx: &mut Tx, scope: Scope) -> Result<Vec<Show>, DbError> {
    shows_where(tx, "s.org_id = $1", args![scope.org]).await
}

/// The shows of some organisations: show, organisation.
pub(crate) async fn shows_of_orgs(tx: &mut Tx, orgs: &[i64]) -> Result<Vec<(i64, i64)>, DbError> {
    let mut out = Vec::new();
    for part in orgs.chunks(CHUNK) {
        let list = placeholders(1, part.len());
        let sql = format!("SELECT s.id, s.org_id FROM publish_show s WHERE s.org_id IN ({list}) ORDER BY s.id");
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            out.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(out)
}

pub(crate) async fn show_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<Show>, DbError> {
    Ok(shows_where(tx, "s.slug = $1", args![slug]).await?.pop())
}

pub(crate) async fn show_by_id(tx: &mut Tx, id: i64) -> Result<Option<Show>, DbError> {
    Ok(shows_where(tx, "s.id = $1", args![id]).await?.pop())
}

pub(crate) async fn show_by_podcast_guid(tx: &mut Tx, scope: Scope, guid: &str) -> Result<Option<Show>, DbError> {
    Ok(shows_where(tx, "s.org_id = $1 AND s.podcast_guid = $2", args![scope.org, guid]).await?.into_iter().next())
}

/// Whether no show of the server has the slug yet.
pub(crate) async fn slug_is_free(tx: &mut Tx, slug: &str) -> Result<bool, DbError> {
    let sql = "SELECT CAST((SELECT COUNT(*) FROM publish_show WHERE slug = $1)
               + (SELECT COUNT(*) FROM publish_former_address WHERE kind = 'slug' AND name = $1) AS BIGINT)";
    Ok(tx.scalar::<i64>(sql, args![slug]).await? == Some(0))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|e| DbError::Setup(e.to_string()))
}

pub(crate) async fn insert_show(tx: &mut Tx, show: &Show, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO publish_show (id, org_id, slug, language, time_zone, author, link, copyright, categories, explicit,
                 kind, podcast_guid, locked, medium, complete, funding, source_url, remote_cover_url, cover_id, host, colour,
                 mark_id, settings, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $24)
               ON CONFLICT (slug) DO NOTHING";
    let values = args![
        show.id,
        show.org,
        &show.slug,
        &show.language,
        &show.time_zone,
        &show.author,
        show.link.clone(),
        show.copyright.clone(),
        to_json(&show.categories)?,
        show.explicit,
        show.kind.code(),
        &show.podcast_guid,
        show.locked,
        show.medium.clone(),
        show.complete,
        to_json(&show.funding)?,
        show.source_url.clone(),
        show.remote_cover_url.clone(),
        show.cover.as_ref().map(|i| i.id),
        show.host.clone(),
        show.colour.clone(),
        show.mark.as_ref().map(|i| i.id),
        to_json(&show.settings)?,
        now
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    write_texts(tx, show).await?;
    Ok(true)
}

/// Writes what may change of a show: everything but its ids, slug and podcast GUID.
pub(crate) async fn update_show(tx: &mut Tx, show: &Show, now: At) -> Result<(), DbError> {
    let sql = "UPDATE publish_show SET language = $1, time_zone = $2, author = $3, link = $4, copyright = $5, categories = $6,
                 explicit = $7, kind = $8, locked = $9, medium = $10, complete = $11, funding = $12, source_url = $13,
                 remote_cover_url = $14, cover_id = $15, host = $16, colour = $17, mark_id = $18, settings = $19,
                 updated_at = $20 WHERE id = $21 AND org_id = $22";
    let values = args![
        &show.language,
        &show.time_zone,
        &show.author,
        show.link.clone(),
        show.copyright.clone(),
        to_json(&show.categories)?,
        show.explicit,
        show.kind.code(),
        show.locked,
        show.medium.clone(),
        show.complete,
        to_json(&show.funding)?,
        show.source_url.clone(),
        show.remote_cover_url.clone(),
        show.cover.as_ref().map(|i| i.id),
        show.host.clone(),
        show.colour.clone(),
        show.mark.as_ref().map(|i| i.id),
        to_json(&show.settings)?,
        now,
        show.id,
        show.org
    ];
    tx.run(sql, values).await?;
    tx.run("DELETE FROM publish_show_text WHERE show_id = $1", args![show.id]).await?;
    write_texts(tx, show).await
}

async fn write_texts(tx: &mut Tx, show: &Show) -> Result<(), DbError> {
    for (lang, text) in &show.texts {
        let sql = "INSERT INTO publish_show_text (show_id, lang, title, tagline, description_html, footer)
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = args![show.id, lang, &text.title, &text.tagline, &text.description_html, &text.footer];
        tx.run(sql, values).await?;
    }
    Ok(())
}

/// The digest of the feed's channel at the last import.
pub(crate) async fn show_digest(tx: &mut Tx, id: i64) -> Result<Option<String>, DbError> {
    let sql = "SELECT source_digest FROM publish_show WHERE id = $1";
    Ok(tx.scalar::<Option<String>>(sql, args![id]).await?.flatten())
}

pub(crate) async fn set_show_digest(tx: &mut Tx, id: i64, digest: &str) -> Result<(), DbError> {
    tx.run("UPDATE publish_show SET source_digest = $1 WHERE id = $2", args![digest, id]).await.map(drop)
}

/// Marks the show as changed, which moves the feed's build date.
pub(crate) async fn stamp_show(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    tx.run("UPDATE publish_show SET updated_at = $1 WHERE id = $2", args![now, id]).await.map(drop)
}
