//! What those a viewer does not see add to counters: followers, posts passed on, comments. Each is asked by keys of the
//! members who are apart, so that it costs nothing when there are none. It decides nothing.

use std::collections::HashMap;

use db::{DbError, Tx, Value, args};
use kernel::{At, PersonId, Subject, SubjectKind};

use super::placeholders;
use super::post::public;

/// The members apart from `$1`: blocked in either direction, each once.
const APART: &str = "WITH apart AS (SELECT blocked_id AS id FROM community_block WHERE member_id = $1
  UNION SELECT member_id AS id FROM community_block WHERE blocked_id = $1)";

async fn counted(tx: &mut Tx, sql: &str, head: Vec<Value>, ids: &[i64]) -> Result<Vec<(i64, i64)>, DbError> {
    let mut values = head;
    values.extend(ids.iter().map(|id| Value::from(*id)));
    tx.all(sql, values).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How many of those apart from a member follow some voices.
pub(crate) async fn followers_apart(tx: &mut Tx, member: i64, voices: &[i64]) -> Result<HashMap<i64, i64>, DbError> {
    let mut out = HashMap::new();
    for part in voices.chunks(500) {
        let sql = format!(
            "{APART} SELECT f.voice_id, CAST(COUNT(*) AS BIGINT) FROM apart a
             JOIN community_follow f ON f.member_id = a.id WHERE f.voice_id IN ({}) GROUP BY f.voice_id",
            placeholders(2, part.len())
        );
        out.extend(counted(tx, &sql, args![member], part).await?);
    }
    Ok(out)
}

/// How many of those apart from a member another one follows.
pub(crate) async fn following_apart(tx: &mut Tx, member: i64, other: i64) -> Result<i64, DbError> {
    let sql = format!(
        "{APART} SELECT CAST(COUNT(*) AS BIGINT) FROM apart a
         JOIN community_follow f ON f.voice_id = a.id AND f.member_id = $2"
    );
    Ok(tx.scalar(&sql, args![member, other]).await?.unwrap_or_default())
}

/// How often those apart from a member passed some posts on.
pub(crate) async fn passed_on_apart(
    tx: &mut Tx,
    member: i64,
    posts: &[i64],
    now: At,
) -> Result<HashMap<i64, i64>, DbError> {
    let mut out = HashMap::new();
    for part in posts.chunks(500) {
        let sql = format!(
            "{APART} SELECT p.of_id, CAST(COUNT(*) AS BIGINT) FROM apart a
             JOIN community_post p ON p.author_id = a.id AND p.of_id IN ({})
             WHERE {} AND p.of_kind = $3 GROUP BY p.of_id",
            placeholders(4, part.len()),
            public(2)
        );
        out.extend(counted(tx, &sql, args![member, now, SubjectKind::Post.code()], part).await?);
    }
    Ok(out)
}

/// How many visible comments under some subjects are by some people.
pub(crate) async fn visible_by(
    tx: &mut Tx,
    people: &[PersonId],
    subjects: &[Subject],
) -> Result<HashMap<Subject, i64>, DbError> {
    let mut out = HashMap::new();
    let ids: Vec<i64> = subjects.iter().map(|s| s.id).collect();
    for some in people.chunks(300) {
        for part in ids.chunks(300) {
            let sql = format!(
                "SELECT c.subject_kind, c.subject_id, CAST(COUNT(*) AS BIGINT) FROM community_comment c
                 WHERE c.state = 'visible' AND c.person_id IN ({}) AND c.subject_id IN ({})
                 GROUP BY c.subject_kind, c.subject_id",
                placeholders(1, some.len()),
                placeholders(1 + some.len(), part.len())
            );
            let mut values: Vec<Value> = some.iter().map(|p| Value::from(p.0)).collect();
            values.extend(part.iter().map(|id| Value::from(*id)));
            for row in tx.all(&sql, values).await? {
                let kind = SubjectKind::parse(&row.get::<String>(0)?).unwrap_or(SubjectKind::Episode);
                *out.entry(Subject { kind, id: row.get(1)? }).or_insert(0) += row.get::<i64>(2)?;
            }
        }
    }
    Ok(out)
}

/// Which two of some people are apart: of each pair, whoever blocked whom, both ways round.
pub(crate) async fn pairs_apart(
    tx: &mut Tx,
    people: &[i64],
) -> Result<std::collections::HashSet<(PersonId, PersonId)>, DbError> {
    let mut out = std::collections::HashSet::new();
    for part in people.chunks(500) {
        let sql = format!(
            "SELECT one.person_id, other.person_id FROM community_member one
             JOIN community_block b ON b.member_id = one.id JOIN community_member other ON other.id = b.blocked_id
             WHERE one.person_id IN ({0}) AND other.person_id IS NOT NULL
             UNION SELECT one.person_id, other.person_id FROM community_member one
             JOIN community_block b ON b.blocked_id = one.id JOIN community_member other ON other.id = b.member_id
             WHERE one.person_id IN ({0}) AND other.person_id IS NOT NULL",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|p| Value::from(*p)).collect()).await? {
            out.insert((PersonId(row.get(0)?), PersonId(row.get(1)?)));
        }
    }
    Ok(out)
}
