//! What a guest keeps private: the sealed address and the digests. Rows here go by a clock, or when somebody asks.

use std::collections::HashMap;

use db::{DbError, Rows, Tx, Value, args};
use kernel::{At, OrgId};

use super::comment::{COMMENT, WIDTH, comment};
use super::placeholders;
use crate::model::Comment;

/// A guest's private row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Private {
    /// Whose.
    pub(crate) comment: i64,
    /// The organisation.
    pub(crate) org: OrgId,
    /// The sealed address.
    pub(crate) sealed: Vec<u8>,
    /// The digest of the address.
    pub(crate) email: String,
    /// The digest of the network; gone after thirty days.
    pub(crate) network: Option<String>,
    /// When it was said.
    pub(crate) said_at: At,
    /// When the row goes.
    pub(crate) expires_at: At,
}

pub(crate) async fn insert_private(tx: &mut Tx, all: &[Private]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for p in all {
        let network = p.network.as_deref();
        rows.push(args![p.comment, p.org, p.sealed.as_slice(), &p.email, network, p.said_at, p.expires_at]);
    }
    let head = "INSERT INTO community_private (comment_id, org_id, email_sealed, email_digest, network_digest, said_at, expires_at)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

/// The private rows of some comments.
pub(crate) async fn privates(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Private>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT comment_id, org_id, email_sealed, email_digest, network_digest, said_at, expires_at
             FROM community_private WHERE comment_id IN ({})",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let private = Private {
                comment: c.take()?,
                org: OrgId(c.take()?),
                sealed: c.take()?,
                email: c.take()?,
                network: c.take()?,
                said_at: c.take()?,
                expires_at: c.take()?,
            };
            out.insert(private.comment, private);
        }
    }
    Ok(out)
}

/// How many comments share each digest of an address or a network, in one organisation.
pub(crate) async fn sharing(
    tx: &mut Tx,
    org: OrgId,
    column: Shared,
    digests: &[String],
) -> Result<HashMap<String, i64>, DbError> {
    let mut out = HashMap::new();
    let column = match column {
        Shared::Email => "email_digest",
        Shared::Network => "network_digest",
    };
    for part in digests.chunks(500) {
        let sql = format!(
            "SELECT {column}, CAST(COUNT(*) AS BIGINT) FROM community_private
             WHERE org_id = $1 AND {column} IN ({}) GROUP BY {column}",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(org)).chain(part.iter().map(Value::from)).collect();
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(out)
}

/// What comments may share.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shared {
    /// The address.
    Email,
    /// The network.
    Network,
}

/// Everything said under an address, with the sealed address of each, oldest first.
pub(crate) async fn of_email(tx: &mut Tx, digest: &str) -> Result<Vec<(Comment, Vec<u8>)>, DbError> {
    let sql = format!(
        "SELECT {COMMENT}, p.email_sealed FROM community_comment c JOIN community_private p ON p.comment_id = c.id
         WHERE p.email_digest = $1 ORDER BY c.id"
    );
    let rows = tx.all(&sql, args![digest]).await?;
    rows.iter().map(|row| Ok((comment(row)?, row.get(WIDTH)?))).collect()
}

/// Takes a comment's identity away; with `text` also what it said.
pub(crate) async fn erase(tx: &mut Tx, id: i64, text: bool) -> Result<(), DbError> {
    tx.run("DELETE FROM community_private WHERE comment_id = $1", args![id]).await?;
    let sql = if text {
        "UPDATE community_comment SET author_name = '', folded_name = '', author_url = NULL, person_id = NULL, author_kind = 'guest', erased = TRUE,
           link_epoch = link_epoch + 1, version = version + 1, body = '', folded_body = '', body_digest = '', state = 'deleted' WHERE id = $1"
    } else {
        "UPDATE community_comment SET author_name = '', folded_name = '', author_url = NULL, person_id = NULL, author_kind = 'guest', erased = TRUE,
           link_epoch = link_epoch + 1, version = version + 1 WHERE id = $1"
    };
    tx.run(sql, args![id]).await.map(drop)
}

pub(crate) async fn forget_known(tx: &mut Tx, who: &str) -> Result<(), DbError> {
    tx.run("DELETE FROM community_known WHERE who = $1", args![who]).await.map(drop)
}

/// Deletes private rows whose time has come, and network digests older than `network_before`.
pub(crate) async fn sweep_private(tx: &mut Tx, now: At, network_before: At) -> Result<u64, DbError> {
    let gone = tx.run("DELETE FROM community_private WHERE expires_at <= $1", args![now]).await?;
    let sql = "UPDATE community_private SET network_digest = NULL WHERE network_digest IS NOT NULL AND said_at < $1";
    Ok(gone + tx.run(sql, args![network_before]).await?)
}

/// Deletes who is known by an address nothing is kept under any more.
pub(crate) async fn sweep_known(tx: &mut Tx) -> Result<u64, DbError> {
    let sql = "DELETE FROM community_known WHERE who NOT LIKE 'p%' AND NOT EXISTS
                 (SELECT 1 FROM community_private p WHERE p.org_id = community_known.org_id AND p.email_digest = community_known.who)";
    tx.run(sql, args![]).await
}

/// How many private rows there are, how many run out before an instant, and when the first does.
pub(crate) async fn private_clock(tx: &mut Tx, before: At) -> Result<(i64, i64, Option<At>), DbError> {
    let sql =
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN expires_at <= $1 THEN 1 END) AS BIGINT), MIN(expires_at)
               FROM community_private";
    let Some(row) = tx.opt(sql, args![before]).await? else { return Ok((0, 0, None)) };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}
