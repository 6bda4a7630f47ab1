//! Links for clients and what clients said.

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId, PersonId};

use crate::model::checks::{Approval, ApprovalNote, NoteKind};

const APPROVAL: &str = "a.id, a.org_id, a.episode_id, a.label, a.created_by, a.created_at, a.expires_at, a.revoked_at";

fn approval(row: &Row) -> Result<Approval, DbError> {
    let mut c = row.cols();
    Ok(Approval {
        id: c.take()?,
        org: OrgId(c.take()?),
        episode: c.take()?,
        label: c.take()?,
        created_by: c.take::<Option<i64>>()?.map(PersonId),
        created_at: c.take()?,
        expires_at: c.take()?,
        revoked_at: c.take()?,
    })
}

pub(crate) async fn insert_approval(tx: &mut Tx, a: &Approval, token_hash: &str) -> Result<(), DbError> {
    let sql =
        "INSERT INTO publish_approval (id, org_id, episode_id, token_hash, label, created_by, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let by = a.created_by.map(|p| p.0);
    let values = args![a.id, a.org, a.episode, token_hash, &a.label, by, a.created_at, a.expires_at];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn revoke_approval(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    let sql = "UPDATE publish_approval SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    tx.run(sql, args![now, id]).await.map(drop)
}

/// A link by its token's digest, with the digest itself so that the caller compares it in constant time.
pub(crate) async fn approval_by_token(tx: &mut Tx, hash: &str) -> Result<Option<(Approval, String)>, DbError> {
    let sql = format!("SELECT {APPROVAL}, a.token_hash FROM publish_approval a WHERE a.token_hash = $1");
    let row = tx.opt(&sql, args![hash]).await?;
    row.map(|row| Ok((approval(&row)?, row.get(8)?))).transpose()
}

pub(crate) async fn approval_by_id(tx: &mut Tx, id: i64) -> Result<Option<Approval>, DbError> {
    let sql = format!("SELECT {APPROVAL} FROM publish_approval a WHERE a.id = $1");
    tx.opt(&sql, args![id]).await?.as_ref().map(approval).transpose()
}

/// The links of an episode, newest first.
pub(crate) async fn approvals(tx: &mut Tx, episode: i64) -> Result<Vec<Approval>, DbError> {
    let sql = format!("SELECT {APPROVAL} FROM publish_approval a WHERE a.episode_id = $1 ORDER BY a.id DESC LIMIT 100");
    tx.all(&sql, args![episode]).await?.iter().map(approval).collect()
}

pub(crate) async fn insert_note(tx: &mut Tx, a: &Approval, n: &ApprovalNote) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_approval_note (id, org_id, approval_id, episode_id, kind, signed_name, body,
                 episode_version, digest, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = args![n.id, a.org, a.id, a.episode, n.kind.code(), &n.name, &n.text, n.version, &n.digest, n.at];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn note_count(tx: &mut Tx, approval: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_approval_note WHERE approval_id = $1";
    Ok(tx.scalar::<i64>(sql, args![approval]).await?.unwrap_or(0))
}

/// What the clients of an episode said, oldest first.
pub(crate) async fn notes(tx: &mut Tx, episode: i64) -> Result<Vec<ApprovalNote>, DbError> {
    let sql = "SELECT id, approval_id, kind, signed_name, body, episode_version, digest, at FROM publish_approval_note
               WHERE episode_id = $1 ORDER BY at, id";
    let rows = tx.all(sql, args![episode]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(ApprovalNote {
                id: c.take()?,
                approval: c.take()?,
                kind: NoteKind::parse(&c.take::<String>()?).unwrap_or(NoteKind::Comment),
                name: c.take()?,
                text: c.take()?,
                version: c.take()?,
                digest: c.take()?,
                at: c.take()?,
            })
        })
        .collect()
}
