//! Excerpts: rows, titles, and which may be heard by anybody.

use std::collections::{BTreeMap, HashMap};

use db::{DbError, Row, Rows, Tx, args};
use kernel::{At, OrgId};

use super::PUBLIC;
use crate::model::{Excerpt, ExcerptState};

/// An excerpt `x` beside its episode's sound `a`; its file counts only when it was cut from that sound.
const EXCERPT: &str = "x.id, x.episode_id, x.start_ms, x.duration_ms, x.state, x.size,
    CASE WHEN x.source = a.blob THEN x.blob ELSE NULL END";

fn excerpt(row: &Row) -> Result<Excerpt, DbError> {
    let mut c = row.cols();
    let (id, episode, start_ms, duration_ms) = (c.take()?, c.take()?, c.take()?, c.take()?);
    let state = ExcerptState::parse(&c.take::<String>()?);
    let (size, blob): (i64, Option<String>) = (c.take()?, c.take()?);
    let file = blob.map(|b| (b, size));
    Ok(Excerpt { id, episode, start_ms, duration_ms, titles: BTreeMap::new(), state, file })
}

async fn with_titles(tx: &mut Tx, sql: &str, values: Vec<db::Value>, found: &mut [Excerpt]) -> Result<(), DbError> {
    let places: HashMap<i64, usize> = found.iter().enumerate().map(|(at, x)| (x.id, at)).collect();
    for row in tx.all(sql, values).await? {
        if let Some(one) = places.get(&row.get::<i64>(0)?).and_then(|at| found.get_mut(*at)) {
            one.titles.insert(row.get(1)?, row.get(2)?);
        }
    }
    Ok(())
}

/// The excerpts of public episodes of a show that lie within the sound, by episode.
pub(crate) async fn public_excerpts(tx: &mut Tx, show: i64, now: At) -> Result<HashMap<i64, Vec<Excerpt>>, DbError> {
    let public = PUBLIC;
    let sql = format!(
        "SELECT {EXCERPT} FROM publish_excerpt x JOIN publish_episode e ON e.id = x.episode_id
         JOIN publish_audio a ON a.episode_id = x.episode_id
         WHERE {public} AND e.show_id = $2 AND x.removed_at IS NULL AND x.start_ms + x.duration_ms <= COALESCE(a.duration_ms, 0)
         ORDER BY x.episode_id, x.start_ms, x.id"
    );
    let mut found = tx.all(&sql, args![now, show]).await?.iter().map(excerpt).collect::<Result<Vec<_>, _>>()?;
    let sql =
        "SELECT t.excerpt_id, t.lang, t.title FROM publish_excerpt_text t JOIN publish_excerpt x ON x.id = t.excerpt_id
               JOIN publish_episode e ON e.id = x.episode_id WHERE e.show_id = $1 ORDER BY t.excerpt_id, t.lang";
    with_titles(tx, sql, args![show], &mut found).await?;
    let mut out: HashMap<i64, Vec<Excerpt>> = HashMap::new();
    for one in found {
        out.entry(one.episode).or_default().push(one);
    }
    Ok(out)
}

/// The excerpts of an episode that are not removed, first ones first.
pub(crate) async fn excerpts(tx: &mut Tx, episode: i64) -> Result<Vec<Excerpt>, DbError> {
    let sql = format!(
        "SELECT {EXCERPT} FROM publish_excerpt x LEFT JOIN publish_audio a ON a.episode_id = x.episode_id
         WHERE x.episode_id = $1 AND x.removed_at IS NULL ORDER BY x.start_ms, x.id"
    );
    let mut found = tx.all(&sql, args![episode]).await?.iter().map(excerpt).collect::<Result<Vec<_>, _>>()?;
    let sql =
        "SELECT t.excerpt_id, t.lang, t.title FROM publish_excerpt_text t JOIN publish_excerpt x ON x.id = t.excerpt_id
               WHERE x.episode_id = $1 ORDER BY t.excerpt_id, t.lang";
    with_titles(tx, sql, args![episode], &mut found).await?;
    Ok(found)
}

/// One excerpt and whether it is removed.
pub(crate) async fn excerpt_by_id(tx: &mut Tx, id: i64) -> Result<Option<(Excerpt, bool)>, DbError> {
    let sql = format!(
        "SELECT {EXCERPT}, x.removed_at FROM publish_excerpt x LEFT JOIN publish_audio a ON a.episode_id = x.episode_id
         WHERE x.id = $1"
    );
    let Some(row) = tx.opt(&sql, args![id]).await? else { return Ok(None) };
    let removed = row.get::<Option<i64>>(7)?.is_some();
    let mut found = [excerpt(&row)?];
    let sql = "SELECT excerpt_id, lang, title FROM publish_excerpt_text WHERE excerpt_id = $1 ORDER BY lang";
    with_titles(tx, sql, args![id], &mut found).await?;
    let [one] = found;
    Ok(Some((one, removed)))
}

pub(crate) async fn count_excerpts(tx: &mut Tx, episode: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_excerpt WHERE episode_id = $1 AND removed_at IS NULL";
    Ok(tx.scalar::<i64>(sql, args![episode]).await?.unwrap_or(0))
}

pub(crate) async fn insert_excerpt(tx: &mut Tx, org: OrgId, x: &Excerpt, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_excerpt (id, org_id, episode_id, start_ms, duration_ms, state, size, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";
    tx.run(sql, args![x.id, org, x.episode, x.start_ms, x.duration_ms, x.state.code(), now]).await?;
    put_titles(tx, x).await
}

/// Writes an excerpt's titles in the place of those it had.
pub(crate) async fn put_titles(tx: &mut Tx, x: &Excerpt) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_excerpt_text WHERE excerpt_id = $1", args![x.id]).await?;
    let mut rows = Rows::default();
    for (lang, title) in &x.titles {
        rows.push(args![x.id, lang, title]);
    }
    tx.insert_rows("INSERT INTO publish_excerpt_text (excerpt_id, lang, title)", rows, "").await.map(drop)
}

/// Removes an excerpt, or takes it back.
pub(crate) async fn set_removed(tx: &mut Tx, id: i64, at: Option<At>) -> Result<(), DbError> {
    tx.run("UPDATE publish_excerpt SET removed_at = $1 WHERE id = $2", args![at.map(At::micros), id]).await.map(drop)
}

/// Notes the file of an excerpt that was cut from `source`, or that it could not be cut.
pub(crate) async fn put_cut(tx: &mut Tx, id: i64, source: &str, file: Option<(&str, i64)>) -> Result<(), DbError> {
    let state = if file.is_some() { ExcerptState::Ready } else { ExcerptState::Failed };
    let sql = "UPDATE publish_excerpt SET state = $1, source = $2, blob = $3, size = $4 WHERE id = $5";
    let (blob, size) = file.map_or((None, 0), |(blob, size)| (Some(blob.to_owned()), size));
    tx.run(sql, args![state.code(), source, blob, size, id]).await.map(drop)
}

/// Deletes for good what was removed before `until`.
pub(crate) async fn sweep_excerpts(tx: &mut Tx, until: At) -> Result<u64, DbError> {
    let gone = "SELECT id FROM publish_excerpt WHERE removed_at < $1";
    tx.run(&format!("DELETE FROM publish_excerpt_text WHERE excerpt_id IN ({gone})"), args![until]).await?;
    tx.run("DELETE FROM publish_excerpt WHERE removed_at < $1", args![until]).await
}

/// Whose an excerpt is.
pub(crate) async fn org_of_excerpt(tx: &mut Tx, id: i64) -> Result<Option<OrgId>, DbError> {
    Ok(tx.scalar::<i64>("SELECT org_id FROM publish_excerpt WHERE id = $1", args![id]).await?.map(OrgId))
}
