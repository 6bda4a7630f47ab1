//! What checks need and leave: twins of an episode, the health of sources, proofs, who scheduled.

use std::collections::HashMap;

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, PersonId};

use super::show::json;
use super::{CHUNK, placeholders};
use crate::model::checks::{Outcome, Proof, SourceHealth};
use crate::model::{AudioPlace, Episode};

async fn any(tx: &mut Tx, condition: &str, args: Vec<Value>) -> Result<bool, DbError> {
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_episode e
         LEFT JOIN publish_audio a ON a.episode_id = e.id WHERE {condition}"
    );
    Ok(tx.scalar::<i64>(&sql, args).await?.unwrap_or(0) > 0)
}

/// Whether another full episode of the show has the same season and number.
pub(crate) async fn number_taken(tx: &mut Tx, e: &Episode, number: i64) -> Result<bool, DbError> {
    let condition = "e.show_id = $1 AND e.id <> $2 AND e.kind = 'full' AND e.number = $3
                     AND COALESCE(e.season, 0) = $4";
    any(tx, condition, args![e.show, e.id, number, e.season.unwrap_or(0)]).await
}

/// Whether another episode of the show has the title in the language.
pub(crate) async fn title_taken(tx: &mut Tx, e: &Episode, lang: &str, title: &str) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_episode e
               JOIN publish_episode_text t ON t.episode_id = e.id
               WHERE e.show_id = $1 AND e.id <> $2 AND t.lang = $3 AND t.title = $4";
    Ok(tx.scalar::<i64>(sql, args![e.show, e.id, lang, title]).await?.unwrap_or(0) > 0)
}

/// Whether another episode of the show has the same sound.
pub(crate) async fn sound_taken(tx: &mut Tx, e: &Episode, place: &AudioPlace) -> Result<bool, DbError> {
    let (column, value) = match place {
        AudioPlace::Local(blob) => ("blob", blob),
        AudioPlace::Remote(url) => ("remote_url", url),
    };
    let condition = format!("e.show_id = $1 AND e.id <> $2 AND a.{column} = $3");
    any(tx, &condition, args![e.show, e.id, value]).await
}

pub(crate) async fn set_scheduler(tx: &mut Tx, episode: i64, who: Option<PersonId>) -> Result<(), DbError> {
    let sql = "UPDATE publish_episode SET scheduled_by = $1 WHERE id = $2";
    tx.run(sql, args![who.map(|p| p.0), episode]).await.map(drop)
}

pub(crate) async fn scheduler(tx: &mut Tx, episode: i64) -> Result<Option<PersonId>, DbError> {
    let sql = "SELECT scheduled_by FROM publish_episode WHERE id = $1";
    Ok(tx.scalar::<Option<i64>>(sql, args![episode]).await?.flatten().map(PersonId))
}

/// What is known about addresses, in one organisation.
pub(crate) async fn health(tx: &mut Tx, org: OrgId, urls: &[String]) -> Result<HashMap<String, SourceHealth>, DbError> {
    let mut out = HashMap::new();
    for chunk in urls.chunks(CHUNK) {
        let sql = format!(
            "SELECT url, checked_at, outcome, status, streak, failing_since FROM publish_source_health
             WHERE org_id = $1 AND url IN ({})",
            placeholders(2, chunk.len())
        );
        let mut values = args![org];
        values.extend(chunk.iter().map(|u| Value::from(u.as_str())));
        for row in tx.all(&sql, values).await? {
            let mut c = row.cols();
            let url: String = c.take()?;
            let health = SourceHealth {
                checked_at: c.take()?,
                outcome: Outcome::parse(&c.take::<String>()?),
                status: c.take()?,
                streak: c.take()?,
                failing_since: c.take()?,
            };
            out.insert(url, health);
        }
    }
    Ok(out)
}

pub(crate) async fn put_health(tx: &mut Tx, org: OrgId, url: &str, h: &SourceHealth) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_source_health (org_id, url, checked_at, outcome, status, streak, failing_since)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (org_id, url) DO UPDATE SET checked_at = excluded.checked_at, outcome = excluded.outcome,
                 status = excluded.status, streak = excluded.streak, failing_since = excluded.failing_since";
    let values = args![org, url, h.checked_at, h.outcome.code(), h.status, h.streak, h.failing_since];
    tx.run(sql, values).await.map(drop)
}

/// Public episodes with sources, newest first.
pub(crate) async fn with_sources(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<(i64, OrgId)>, DbError> {
    let sql = format!(
        "SELECT e.id, e.org_id FROM publish_episode e
         WHERE {} AND EXISTS (SELECT 1 FROM publish_source s WHERE s.episode_id = e.id)
         ORDER BY e.publish_at DESC, e.id DESC LIMIT $2",
        super::PUBLIC
    );
    let rows = tx.all(&sql, args![now, limit]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, OrgId(row.get(1)?)))).collect()
}

fn proof(row: &Row) -> Result<Proof, DbError> {
    let mut c = row.cols();
    Ok(Proof {
        id: c.take()?,
        org: OrgId(c.take()?),
        episode: c.take()?,
        kind: c.take()?,
        instant: c.take()?,
        at: c.take()?,
        verdict: c.take()?,
        details: json(&c.take::<String>()?),
    })
}

/// Keeps a proof; `false` when there is one of its kind for that publication already.
pub(crate) async fn insert_proof(tx: &mut Tx, p: &Proof) -> Result<bool, DbError> {
    let details = serde_json::to_string(&p.details).map_err(|e| DbError::Setup(e.to_string()))?;
    let sql = "INSERT INTO publish_proof (id, org_id, episode_id, kind, instant, at, verdict, details)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    let values = args![p.id, p.org, p.episode, &p.kind, p.instant, p.at, &p.verdict, details];
    Ok(tx.run(sql, values).await? == 1)
}

/// The newest proofs of an episode.
pub(crate) async fn proofs(tx: &mut Tx, episode: i64) -> Result<Vec<Proof>, DbError> {
    let sql = "SELECT id, org_id, episode_id, kind, instant, at, verdict, details FROM publish_proof
               WHERE episode_id = $1 ORDER BY at DESC, id DESC LIMIT 20";
    tx.all(sql, args![episode]).await?.iter().map(proof).collect()
}

/// Whether a proof of a kind exists for a publication.
pub(crate) async fn proof_made(tx: &mut Tx, episode: i64, kind: &str, instant: At) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_proof WHERE episode_id = $1 AND kind = $2 AND instant = $3";
    Ok(tx.scalar::<i64>(sql, args![episode, kind, instant]).await?.unwrap_or(0) > 0)
}

/// The scheduled episodes of a show that were made at an instant: id, publication, version.
pub(crate) async fn scheduled_made_at(tx: &mut Tx, show: i64, made: At) -> Result<Vec<(i64, At, i64)>, DbError> {
    let sql = "SELECT id, publish_at, version FROM publish_episode
               WHERE show_id = $1 AND created_at = $2 AND state = 'scheduled' ORDER BY id";
    let rows = tx.all(sql, args![show, made]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}
