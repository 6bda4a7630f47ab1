//! Uploads in pieces: rows and leases.

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId, PersonId};

use crate::model::{Room, Upload, UploadFor, UploadState};

const UPLOAD: &str = "id, org_id, person_id, episode_id, post_id, size, received, file_title, declared, state, lease, leased_until, expires_at";

fn upload(row: &Row) -> Result<Upload, DbError> {
    let mut c = row.cols();
    Ok(Upload {
        id: c.take()?,
        org: OrgId(c.take()?),
        person: PersonId(c.take()?),
        of: match (c.take::<Option<i64>>()?, c.take::<Option<i64>>()?) {
            (_, Some(post)) => UploadFor::Post(post),
            (episode, None) => UploadFor::Episode(episode.unwrap_or(0)),
        },
        size: c.take()?,
        received: c.take()?,
        name: c.take()?,
        declared: c.take()?,
        state: UploadState::parse(&c.take::<String>()?),
        lease: c.take()?,
        leased_until: c.take()?,
        expires_at: c.take()?,
    })
}

pub(crate) async fn insert_upload(tx: &mut Tx, u: &Upload, room: Room, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_upload (id, org_id, person_id, episode_id, post_id, purpose, size, received, file_title, declared, state,
                 lease, leased_until, created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, 'open', 0, 0, $10, $11)";
    let (episode, post) = match u.of {
        UploadFor::Episode(id) => (Some(id), None),
        UploadFor::Post(id) => (None, Some(id)),
    };
    let values =
        args![u.id, u.org, u.person.0, episode, post, room.code(), u.size, &u.name, &u.declared, now, u.expires_at];
    tx.run(sql, values).await.map(drop)
}

pub(crate) async fn upload_by_id(tx: &mut Tx, id: i64) -> Result<Option<Upload>, DbError> {
    let sql = format!("SELECT {UPLOAD} FROM publish_upload WHERE id = $1");
    tx.opt(&sql, args![id]).await?.map(|row| upload(&row)).transpose()
}

/// Bytes an organisation's open uploads of one room may still fill.
pub(crate) async fn open_bytes(tx: &mut Tx, org: OrgId, room: Room, now: At) -> Result<i64, DbError> {
    let sql = "SELECT CAST(SUM(size) AS BIGINT) FROM publish_upload
               WHERE org_id = $1 AND state = 'open' AND expires_at > $2 AND purpose = $3";
    Ok(tx.scalar::<Option<i64>>(sql, args![org, now, room.code()]).await?.flatten().unwrap_or(0))
}

/// Bytes one person's open uploads may still fill.
pub(crate) async fn open_bytes_of(tx: &mut Tx, person: PersonId, now: At) -> Result<i64, DbError> {
    let sql = "SELECT CAST(SUM(size) AS BIGINT) FROM publish_upload WHERE person_id = $1 AND state = 'open' AND expires_at > $2";
    Ok(tx.scalar::<Option<i64>>(sql, args![person.0, now]).await?.flatten().unwrap_or(0))
}

/// The open uploads of a post's video, newest first.
pub(crate) async fn uploads_of_post(tx: &mut Tx, post: i64, now: At) -> Result<Vec<Upload>, DbError> {
    let sql = format!(
        "SELECT {UPLOAD} FROM publish_upload WHERE post_id = $1 AND state = 'open' AND expires_at > $2 ORDER BY id DESC"
    );
    tx.all(&sql, args![post, now]).await?.iter().map(upload).collect()
}

/// Takes the lease of an upload nobody writes to; whether it was free.
pub(crate) async fn take_lease(tx: &mut Tx, id: i64, lease: i64, now: At, until: At) -> Result<bool, DbError> {
    let sql = "UPDATE publish_upload SET lease = $1, leased_until = $2 WHERE id = $3 AND state = 'open' AND leased_until <= $4";
    Ok(tx.run(sql, args![lease, until, id, now]).await? == 1)
}

/// Keeps a lease and notes how many bytes are on disk so far; whether it was still ours.
pub(crate) async fn keep_lease(
    tx: &mut Tx,
    id: i64,
    lease: i64,
    received: i64,
    (until, expires_at): (At, At),
) -> Result<bool, DbError> {
    let sql =
        "UPDATE publish_upload SET leased_until = $1, received = $2, expires_at = $3 WHERE id = $4 AND lease = $5";
    Ok(tx.run(sql, args![until, received, expires_at, id, lease]).await? == 1)
}

/// Notes how many bytes are on disk and gives the lease back; whether it was still ours.
pub(crate) async fn put_received(
    tx: &mut Tx,
    id: i64,
    lease: i64,
    received: i64,
    expires_at: At,
) -> Result<bool, DbError> {
    let sql = "UPDATE publish_upload SET received = $1, expires_at = $2, lease = 0, leased_until = 0
               WHERE id = $3 AND lease = $4 AND state = 'open'";
    Ok(tx.run(sql, args![received, expires_at, id, lease]).await? == 1)
}

pub(crate) async fn end_upload(tx: &mut Tx, id: i64, state: UploadState, trouble: Option<&str>) -> Result<(), DbError> {
    let sql = "UPDATE publish_upload SET state = $1, trouble = $2, lease = 0, leased_until = 0 WHERE id = $3";
    tx.run(sql, args![state.code(), trouble, id]).await.map(drop)
}

/// Frees every lease: only one process works in this database, and it has just started.
pub(crate) async fn free_leases(tx: &mut Tx) -> Result<(), DbError> {
    tx.run("UPDATE publish_upload SET lease = 0, leased_until = 0 WHERE leased_until > 0", args![]).await.map(drop)
}

/// Ends what has expired and gives the ids whose files can go; forgets rows a week later.
pub(crate) async fn sweep_uploads(tx: &mut Tx, now: At) -> Result<Vec<i64>, DbError> {
    let sql = "UPDATE publish_upload SET state = 'ended' WHERE state = 'open' AND expires_at <= $1 AND leased_until <= $1 RETURNING id";
    let ended = tx.run_returning(sql, args![now]).await?;
    let week = now.plus_seconds(-7 * 86_400);
    tx.run("DELETE FROM publish_upload WHERE state <> 'open' AND expires_at <= $1", args![week]).await?;
    ended.iter().map(|row| row.get(0)).collect()
}
