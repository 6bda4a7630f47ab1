//! What moderators were told, and how many comments wait.

use db::{DbError, Tx, args};
use kernel::{At, OrgId};

/// When the last mail went, and the newest comment it knew of.
pub(crate) async fn notice(tx: &mut Tx, org: OrgId) -> Result<Option<(At, i64)>, DbError> {
    let row = tx.opt("SELECT sent_at, up_to FROM community_notice WHERE org_id = $1", args![org]).await?;
    row.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

pub(crate) async fn note_notice(tx: &mut Tx, org: OrgId, at: At, up_to: i64) -> Result<(), DbError> {
    let sql = "INSERT INTO community_notice (org_id, sent_at, up_to) VALUES ($1, $2, $3)
               ON CONFLICT (org_id) DO UPDATE SET sent_at = excluded.sent_at, up_to = excluded.up_to";
    tx.run(sql, args![org, at, up_to]).await.map(drop)
}

/// The newest comment that waits and was said or changed after what was told before.
pub(crate) async fn newest_waiting(tx: &mut Tx, org: OrgId, told: Option<(At, i64)>) -> Result<Option<i64>, DbError> {
    let (at, up_to) = told.unwrap_or((At::from_micros(0), 0));
    let sql = "SELECT id FROM community_comment WHERE org_id = $1 AND state = 'held' AND (id > $2 OR edited_at > $3)
               ORDER BY id DESC LIMIT 1";
    tx.scalar(sql, args![org, up_to, at]).await
}

/// How many comments of an organisation wait.
pub(crate) async fn waiting(tx: &mut Tx, org: OrgId) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_comment WHERE org_id = $1 AND state = 'held'";
    Ok(tx.scalar(sql, args![org]).await?.unwrap_or(0))
}
