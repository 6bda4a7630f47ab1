//! Rows of what happened to members.

use db::{DbError, Row, Tx, args};
use kernel::{At, Subject, SubjectKind};

use crate::model::{Happening, Notification};

fn notification(row: &Row) -> Result<Notification, DbError> {
    let mut c = row.cols();
    let (id, member) = (c.take()?, c.take()?);
    let kind = Happening::parse(&c.take::<String>()?).unwrap_or(Happening::Follow);
    let (actor, actor_name) = (c.take()?, c.take()?);
    let (about_kind, about_id): (Option<String>, Option<i64>) = (c.take()?, c.take()?);
    let about = about_kind.as_deref().and_then(SubjectKind::parse).zip(about_id).map(|(kind, id)| Subject { kind, id });
    Ok(Notification { id, member, kind, actor, actor_name, about, at: c.take()? })
}

/// Notes what happened, unless the same is there already.
pub(crate) async fn notify(tx: &mut Tx, n: &Notification, same: &str, comment: Option<i64>) -> Result<bool, DbError> {
    let sql =
        "INSERT INTO community_notification (id, member_id, kind, actor_id, actor_name, about_kind, about_id, at, same, comment_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (member_id, same) DO NOTHING";
    let about_kind = n.about.map(|s| s.kind.code());
    let values = args![
        n.id,
        n.member,
        n.kind.code(),
        n.actor,
        &n.actor_name,
        about_kind,
        n.about.map(|s| s.id),
        n.at,
        same,
        comment
    ];
    Ok(tx.run(sql, values).await? == 1)
}

const COLUMNS: &str = "n.id, n.member_id, n.kind, n.actor_id, n.actor_name, n.about_kind, n.about_id, n.at";
/// Nothing from somebody muted, and nothing from somebody blocked in either direction.
const HEARD: &str = "(n.actor_id IS NULL OR NOT EXISTS
      (SELECT 1 FROM community_mute x WHERE x.member_id = n.member_id AND x.voice_id = n.actor_id))
    AND (n.actor_id IS NULL OR NOT EXISTS
      (SELECT 1 FROM community_block x WHERE (x.member_id = n.member_id AND x.blocked_id = n.actor_id)
                                           OR (x.member_id = n.actor_id AND x.blocked_id = n.member_id)))";

/// What happened to a member before an id, newest first.
pub(crate) async fn notifications(
    tx: &mut Tx,
    member: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Notification>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM community_notification n WHERE n.member_id = $1 AND n.id < $2 AND {HEARD}
         ORDER BY n.id DESC LIMIT $3"
    );
    tx.all(&sql, args![member, before.unwrap_or(i64::MAX), limit]).await?.iter().map(notification).collect()
}

/// How much happened after an instant, at most a hundred.
pub(crate) async fn count_since(tx: &mut Tx, member: i64, since: At) -> Result<i64, DbError> {
    let sql = format!(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT n.id FROM community_notification n
           WHERE n.member_id = $1 AND n.at > $2 AND {HEARD} LIMIT 100) few"
    );
    Ok(tx.scalar(&sql, args![member, since]).await?.unwrap_or_default())
}

/// Everything up to here was seen.
pub(crate) async fn seen(tx: &mut Tx, member: i64, at: At) -> Result<(), DbError> {
    let sql = "UPDATE community_member SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
    tx.run(sql, args![at, member]).await.map(drop)
}

/// Takes away what a voice did to a member.
pub(crate) async fn forget_between(tx: &mut Tx, member: i64, actor: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM community_notification WHERE member_id = $1 AND actor_id = $2";
    tx.run(sql, args![member, actor]).await.map(drop)
}

/// Takes away what happened to a member, and their name from what they did to others.
pub(crate) async fn forget_notifications(tx: &mut Tx, member: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM community_notification WHERE member_id = $1 OR actor_id = $1", args![member]).await.map(drop)
}

/// Takes away what was told of a comment that is seen no more, or whose writer's name is gone.
pub(crate) async fn forget_comment(tx: &mut Tx, comment: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM community_notification WHERE comment_id = $1", args![comment]).await.map(drop)
}

/// Takes away what was told about a subject that is gone.
pub(crate) async fn forget_about(tx: &mut Tx, subject: Subject) -> Result<(), DbError> {
    let sql = "DELETE FROM community_notification WHERE about_kind = $1 AND about_id = $2";
    tx.run(sql, args![subject.kind.code(), subject.id]).await.map(drop)
}

/// Members who chose mail, whose last one was made at `day` or `week` or before, and to whom something happened since.
pub(crate) async fn digests_due(tx: &mut Tx, day: At, week: At, limit: i64) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT m.id FROM community_member m
               WHERE ((m.digest = 'daily' AND m.digest_at <= $1) OR (m.digest = 'weekly' AND m.digest_at <= $2))
                 AND EXISTS (SELECT 1 FROM community_notification n
                             WHERE n.member_id = m.id AND n.at > m.digest_at AND n.at > m.seen_at)
               ORDER BY m.digest_at, m.id LIMIT $3";
    tx.all(sql, args![day, week, limit]).await?.iter().map(|row| row.get(0)).collect()
}

/// Notes that a member's mail was made, or that there was nothing for one.
pub(crate) async fn digest_made(tx: &mut Tx, member: i64, at: At) -> Result<(), DbError> {
    tx.run("UPDATE community_member SET digest_at = $1 WHERE id = $2", args![at, member]).await.map(drop)
}

pub(crate) async fn stop_digest(tx: &mut Tx, member: i64) -> Result<(), DbError> {
    let sql = "UPDATE community_member SET digest = 'off', version = version + 1 WHERE id = $1 AND digest <> 'off'";
    tx.run(sql, args![member]).await.map(drop)
}
