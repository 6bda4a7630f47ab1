//! What adopting comments from elsewhere reads and writes, and taking them away again.

use std::collections::{HashMap, HashSet};

use db::{DbError, Rows, Tx, Value, args};
use kernel::{At, OrgId, Subject};

use super::comment::{COMMENT, WIDTH, comment};
use super::placeholders;
use crate::model::Comment;

/// The comments of an organisation that came from these sources.
pub(crate) async fn by_sources(
    tx: &mut Tx,
    org: OrgId,
    sources: &[String],
) -> Result<HashMap<String, Comment>, DbError> {
    let mut out = HashMap::new();
    for part in sources.chunks(500) {
        let sql = format!(
            "SELECT {COMMENT}, c.source FROM community_comment c WHERE c.org_id = $1 AND c.source IN ({})",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(org)).chain(part.iter().map(Value::from)).collect();
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(WIDTH)?, comment(&row)?);
        }
    }
    Ok(out)
}

/// Makes many people known at once.
pub(crate) async fn make_all_known(tx: &mut Tx, org: OrgId, who: HashSet<String>, since: At) -> Result<(), DbError> {
    let mut who: Vec<String> = who.into_iter().collect();
    who.sort();
    let mut rows = Rows::default();
    for one in &who {
        rows.push(args![org, one, since]);
    }
    let head = "INSERT INTO community_known (org_id, who, since)";
    tx.insert_rows(head, rows, "ON CONFLICT (org_id, who) DO NOTHING").await.map(drop)
}

/// Whether something about these subjects was said here, or changed here since it was brought.
pub(crate) async fn lived_here(tx: &mut Tx, subjects: &[Subject]) -> Result<bool, DbError> {
    for (kind, part) in by_kind(subjects) {
        let sql = format!(
            "SELECT CAST(COUNT(*) AS BIGINT) FROM community_comment
             WHERE subject_kind = $1 AND subject_id IN ({}) AND (source IS NULL OR version > 1)",
            placeholders(2, part.len())
        );
        let values = std::iter::once(Value::from(kind)).chain(part.into_iter().map(Value::from)).collect();
        if tx.scalar::<i64>(&sql, values).await?.unwrap_or(0) > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Deletes everything about some subjects that nobody worked on here.
pub(crate) async fn delete_threads(tx: &mut Tx, subjects: &[Subject]) -> Result<(), DbError> {
    for (kind, part) in by_kind(subjects) {
        let list = placeholders(2, part.len());
        for sql in [
            format!(
                "DELETE FROM community_private WHERE comment_id IN
                   (SELECT id FROM community_comment WHERE subject_kind = $1 AND subject_id IN ({list}))"
            ),
            format!("DELETE FROM community_comment WHERE subject_kind = $1 AND subject_id IN ({list})"),
            format!("DELETE FROM community_thread WHERE subject_kind = $1 AND subject_id IN ({list})"),
        ] {
            let values = std::iter::once(Value::from(kind)).chain(part.iter().map(|id| Value::from(*id))).collect();
            tx.run(&sql, values).await?;
        }
    }
    Ok(())
}

/// Ids of subjects by the word of their kind, in pieces a statement can bind.
fn by_kind(subjects: &[Subject]) -> Vec<(&'static str, Vec<i64>)> {
    let mut kinds: HashMap<&'static str, Vec<i64>> = HashMap::new();
    for subject in subjects {
        kinds.entry(subject.kind.code()).or_default().push(subject.id);
    }
    kinds.into_iter().flat_map(|(kind, ids)| ids.chunks(500).map(|p| (kind, p.to_vec())).collect::<Vec<_>>()).collect()
}
