//! History, unsaved work and corrections of episodes.

use std::collections::HashMap;

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId, PersonId};

use crate::model::{Autosave, Correction, Revision};

fn revision(row: &Row) -> Result<Revision, DbError> {
    let mut c = row.cols();
    Ok(Revision {
        version: c.take()?,
        at: c.take()?,
        by: c.take::<Option<i64>>()?.map(PersonId),
        what: c.take()?,
        has_body: c.take()?,
    })
}

const REVISION: &str = "version, made_at, made_by, what, body IS NOT NULL";

/// The newest revisions of an episode below a version.
pub(crate) async fn revisions(tx: &mut Tx, episode: i64, below: i64, limit: i64) -> Result<Vec<Revision>, DbError> {
    let sql = format!(
        "SELECT {REVISION} FROM publish_revision WHERE episode_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3"
    );
    tx.all(&sql, args![episode, below, limit]).await?.iter().map(revision).collect()
}

/// One revision.
pub(crate) async fn revision_at(tx: &mut Tx, episode: i64, version: i64) -> Result<Option<Revision>, DbError> {
    let sql = format!("SELECT {REVISION} FROM publish_revision WHERE episode_id = $1 AND version = $2");
    tx.opt(&sql, args![episode, version]).await?.as_ref().map(revision).transpose()
}

/// The newest body at or below a version: what the episode said then.
pub(crate) async fn body_at(tx: &mut Tx, episode: i64, version: i64) -> Result<Option<String>, DbError> {
    let sql = "SELECT body FROM publish_revision WHERE episode_id = $1 AND version <= $2 AND body IS NOT NULL
               ORDER BY version DESC LIMIT 1";
    tx.scalar(sql, args![episode, version]).await
}

/// Writes a revision; one that has no body yet gets it.
pub(crate) async fn put_revision(
    tx: &mut Tx,
    (episode, org): (i64, OrgId),
    r: &Revision,
    body: Option<String>,
) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_revision (episode_id, version, org_id, made_at, made_by, what, body)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (episode_id, version) DO UPDATE SET body = excluded.body";
    tx.run(sql, args![episode, r.version, org, r.at, r.by, &r.what, body]).await.map(drop)
}

pub(crate) async fn put_autosave(tx: &mut Tx, episode: i64, who: PersonId, a: &Autosave) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_autosave (episode_id, person_id, section, version, kept_at, body)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (episode_id, person_id, section)
               DO UPDATE SET version = excluded.version, kept_at = excluded.kept_at, body = excluded.body";
    tx.run(sql, args![episode, who, &a.section, a.version, a.at, &a.body]).await.map(drop)
}

pub(crate) async fn autosaves(tx: &mut Tx, episode: i64, who: PersonId) -> Result<Vec<Autosave>, DbError> {
    let sql = "SELECT section, version, kept_at, body FROM publish_autosave
               WHERE episode_id = $1 AND person_id = $2 ORDER BY section";
    let rows = tx.all(sql, args![episode, who]).await?;
    rows.iter()
        .map(|r| Ok(Autosave { section: r.get(0)?, version: r.get(1)?, at: r.get(2)?, body: r.get(3)? }))
        .collect()
}

pub(crate) async fn drop_autosave(tx: &mut Tx, episode: i64, who: PersonId, section: &str) -> Result<(), DbError> {
    let sql = "DELETE FROM publish_autosave WHERE episode_id = $1 AND person_id = $2 AND section = $3";
    tx.run(sql, args![episode, who, section]).await.map(drop)
}

/// Deletes unsaved work older than an instant.
pub(crate) async fn sweep_autosaves(tx: &mut Tx, before: At) -> Result<u64, DbError> {
    tx.run("DELETE FROM publish_autosave WHERE kept_at < $1", args![before]).await
}

/// The corrections of an episode, oldest first.
pub(crate) async fn corrections(tx: &mut Tx, episode: i64) -> Result<Vec<Correction>, DbError> {
    let sql = "SELECT id, made_at, chapter_ms, amends FROM publish_correction WHERE episode_id = $1 ORDER BY id";
    let mut out = Vec::new();
    let mut places = HashMap::new();
    for row in tx.all(sql, args![episode]).await? {
        places.insert(row.get::<i64>(0)?, out.len());
        out.push(Correction {
            id: row.get(0)?,
            at: row.get(1)?,
            chapter_ms: row.get(2)?,
            amends: row.get(3)?,
            texts: Default::default(),
        });
    }
    if out.is_empty() {
        return Ok(out);
    }
    let sql = "SELECT t.correction_id, t.lang, t.body FROM publish_correction_text t
               JOIN publish_correction c ON c.id = t.correction_id WHERE c.episode_id = $1";
    for row in tx.all(sql, args![episode]).await? {
        if let Some(at) = places.get(&row.get::<i64>(0)?) {
            out[*at].texts.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(out)
}

pub(crate) async fn insert_correction(
    tx: &mut Tx,
    (episode, org): (i64, OrgId),
    by: Option<PersonId>,
    c: &Correction,
) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_correction (id, org_id, episode_id, made_at, made_by, chapter_ms, amends)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, args![c.id, org, episode, c.at, by, c.chapter_ms, c.amends]).await?;
    for (lang, body) in &c.texts {
        let sql = "INSERT INTO publish_correction_text (correction_id, lang, body) VALUES ($1, $2, $3)";
        tx.run(sql, args![c.id, lang, body]).await?;
    }
    Ok(())
}

/// The highest number an episode of a show has.
pub(crate) async fn last_number(tx: &mut Tx, show: i64) -> Result<Option<i64>, DbError> {
    let sql = "SELECT CAST(MAX(number) AS BIGINT) FROM publish_episode WHERE show_id = $1";
    Ok(tx.scalar::<Option<i64>>(sql, args![show]).await?.flatten())
}

/// Says that an episode changed without a new version: nothing an editor may overwrite did.
pub(crate) async fn stamp_episode(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    tx.run("UPDATE publish_episode SET updated_at = $1 WHERE id = $2", args![now, id]).await.map(drop)
}
