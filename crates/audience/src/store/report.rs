//! Links for clients.

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId};

use crate::model::Report;

const REPORT: &str = "id, org_id, within_id, month, label, created_at, expires_at, revoked_at";

fn report(row: &Row) -> Result<Report, DbError> {
    let mut c = row.cols();
    Ok(Report {
        id: c.take()?,
        org: OrgId(c.take()?),
        within: c.take()?,
        month: c.take()?,
        label: c.take()?,
        created_at: c.take()?,
        expires_at: c.take()?,
        revoked_at: c.take()?,
    })
}

pub(crate) async fn insert_report(tx: &mut Tx, r: &Report, hash: &str, by: Option<i64>) -> Result<(), DbError> {
    let sql = "INSERT INTO audience_report (id, org_id, within_id, month, label, token_hash, created_by, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = args![r.id, r.org, r.within, &r.month, &r.label, hash, by, r.created_at, r.expires_at];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn revoke_report(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    let sql = "UPDATE audience_report SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    tx.run(sql, args![now, id]).await.map(drop)
}

pub(crate) async fn report_by_id(tx: &mut Tx, id: i64) -> Result<Option<Report>, DbError> {
    let sql = format!("SELECT {REPORT} FROM audience_report WHERE id = $1");
    tx.opt(&sql, args![id]).await?.as_ref().map(report).transpose()
}

/// A link by its token's digest, with the digest itself so that the caller compares it in constant time.
pub(crate) async fn report_by_token(tx: &mut Tx, hash: &str) -> Result<Option<(Report, String)>, DbError> {
    let sql = format!("SELECT {REPORT}, token_hash FROM audience_report WHERE token_hash = $1");
    let row = tx.opt(&sql, args![hash]).await?;
    row.map(|row| Ok((report(&row)?, row.get(8)?))).transpose()
}

/// The links of a month, newest first.
pub(crate) async fn reports(tx: &mut Tx, org: OrgId, within: i64, month: &str) -> Result<Vec<Report>, DbError> {
    let sql = format!(
        "SELECT {REPORT} FROM audience_report WHERE org_id = $1 AND within_id = $2 AND month = $3 ORDER BY id DESC LIMIT 50"
    );
    tx.all(&sql, args![org, within, month]).await?.iter().map(report).collect()
}
