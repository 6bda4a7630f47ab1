//! The SQL of requests that must not be done twice.

use db::{DbError, Tx, args};
use kernel::{At, OrgId};

/// Takes a key for a request. False when somebody had it before.
pub(crate) async fn claim_once(
    tx: &mut Tx,
    org: OrgId,
    token: &str,
    key: &str,
    digest: &str,
    now: At,
) -> Result<bool, DbError> {
    let sql = "INSERT INTO publish_once (org_id, token_mark, request_key, digest, answer, asked_at)
        VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (token_mark, request_key) DO NOTHING";
    Ok(tx.run(sql, args![org, token, key, digest, now]).await? == 1)
}

/// What was sent under a key and what was answered.
pub(crate) async fn once_kept(tx: &mut Tx, token: &str, key: &str) -> Result<Option<(String, String)>, DbError> {
    let sql = "SELECT digest, answer FROM publish_once WHERE token_mark = $1 AND request_key = $2";
    tx.opt(sql, args![token, key]).await?.map(|row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// Keeps the answer of a key.
pub(crate) async fn keep_once(tx: &mut Tx, token: &str, key: &str, answer: &str) -> Result<(), DbError> {
    let sql = "UPDATE publish_once SET answer = $3 WHERE token_mark = $1 AND request_key = $2";
    tx.run(sql, args![token, key, answer]).await.map(drop)
}

/// Forgets the keys of before.
pub(crate) async fn forget_once(tx: &mut Tx, before: At) -> Result<u64, DbError> {
    tx.run("DELETE FROM publish_once WHERE asked_at <= $1", args![before]).await
}
