//! Rows of what the public log holds of episodes.

use db::{DbError, Tx, args};
use kernel::{At, OrgId};

/// What the log holds of an episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeLeaf {
    /// What happened, as the leaf says.
    pub kind: String,
    /// The leaf's hash, in hexadecimal digits.
    pub leaf_hash: String,
    /// The digest of what the episode said.
    pub said_sha256: String,
    /// When.
    pub at: At,
}

pub(crate) async fn insert_leaf(
    tx: &mut Tx,
    id: i64,
    episode: i64,
    org: OrgId,
    leaf: &EpisodeLeaf,
) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_leaf (id, episode_id, org_id, kind, leaf_hash, said_sha256, at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = args![id, episode, org, &leaf.kind, &leaf.leaf_hash, &leaf.said_sha256, leaf.at];
    tx.run(sql, values).await.map(drop)
}

/// The newest leaf of an episode.
pub(crate) async fn newest_leaf(tx: &mut Tx, episode: i64) -> Result<Option<EpisodeLeaf>, DbError> {
    let sql =
        "SELECT kind, leaf_hash, said_sha256, at FROM publish_leaf WHERE episode_id = $1 ORDER BY id DESC LIMIT 1";
    let row = tx.opt(sql, args![episode]).await?;
    row.map(|row| {
        let mut c = row.cols();
        Ok(EpisodeLeaf { kind: c.take()?, leaf_hash: c.take()?, said_sha256: c.take()?, at: c.take()? })
    })
    .transpose()
}
