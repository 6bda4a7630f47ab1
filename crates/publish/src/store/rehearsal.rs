//! Rehearsals and the undoing of imports.

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId, PersonId, Scope};

use crate::model::{Rehearsal, SourceFrom};

const COLUMNS: &str = "id, org_id, person_id, kind, source, charset, wanted_show, digest, size, created_at, expires_at,
    ran_at, show_id, made_show, report, undone_at";

fn rehearsal(row: &Row) -> Result<Rehearsal, DbError> {
    let mut c = row.cols();
    Ok(Rehearsal {
        id: c.take()?,
        org: OrgId(c.take()?),
        person: c.take::<Option<i64>>()?.map(PersonId),
        kind: if c.take::<String>()? == "wxr" { SourceFrom::Wxr } else { SourceFrom::Feed },
        source: c.take()?,
        charset: c.take()?,
        wanted_show: c.take()?,
        digest: c.take()?,
        size: c.take()?,
        created_at: c.take()?,
        expires_at: c.take()?,
        ran_at: c.take()?,
        show: c.take()?,
        made_show: c.take()?,
        report: c.take()?,
        undone_at: c.take()?,
    })
}

pub(crate) async fn insert_rehearsal(tx: &mut Tx, r: &Rehearsal) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_rehearsal (id, org_id, person_id, kind, source, charset, wanted_show, digest, size,
                 created_at, expires_at, made_show) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = args![
        r.id,
        r.org,
        r.person,
        r.kind.code(),
        &r.source,
        r.charset.clone(),
        r.wanted_show,
        &r.digest,
        r.size,
        r.created_at,
        r.expires_at,
        r.made_show
    ];
    tx.run(sql, values).await.map(drop)
}

/// A rehearsal by its id, of whatever organisation: the caller asks for permission.
pub(crate) async fn rehearsal_by_id(tx: &mut Tx, id: i64) -> Result<Option<Rehearsal>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM publish_rehearsal WHERE id = $1");
    tx.opt(&sql, args![id]).await?.as_ref().map(rehearsal).transpose()
}

/// The newest of an organisation.
pub(crate) async fn rehearsals_of(tx: &mut Tx, scope: Scope, limit: i64) -> Result<Vec<Rehearsal>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM publish_rehearsal WHERE org_id = $1 ORDER BY id DESC LIMIT $2");
    tx.all(&sql, args![scope.org, limit]).await?.iter().map(rehearsal).collect()
}

/// Notes that a rehearsal is being run, once and for all; `false` when it was before.
pub(crate) async fn claim_rehearsal(tx: &mut Tx, id: i64, now: At) -> Result<bool, DbError> {
    let sql = "UPDATE publish_rehearsal SET ran_at = $1 WHERE id = $2 AND ran_at IS NULL";
    Ok(tx.run(sql, args![now, id]).await? == 1)
}

pub(crate) async fn finish_rehearsal(
    tx: &mut Tx,
    id: i64,
    show: i64,
    made_show: bool,
    report: &str,
) -> Result<(), DbError> {
    let sql = "UPDATE publish_rehearsal SET show_id = $1, made_show = $2, report = $3 WHERE id = $4";
    tx.run(sql, args![show, made_show, report, id]).await.map(drop)
}

pub(crate) async fn mark_undone(tx: &mut Tx, id: i64, now: At) -> Result<bool, DbError> {
    let sql = "UPDATE publish_rehearsal SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL";
    Ok(tx.run(sql, args![now, id]).await? == 1)
}

pub(crate) async fn delete_rehearsal(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_rehearsal WHERE id = $1 AND ran_at IS NULL", args![id]).await.map(drop)
}

/// Deletes rehearsals that were never run and ran out.
pub(crate) async fn sweep_rehearsals(tx: &mut Tx, now: At) -> Result<u64, DbError> {
    tx.run("DELETE FROM publish_rehearsal WHERE ran_at IS NULL AND expires_at <= $1", args![now]).await
}

/// Whether a rehearsal still waits to be run.
pub(crate) async fn waits(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_rehearsal WHERE id = $1 AND ran_at IS NULL";
    Ok(tx.scalar::<i64>(sql, args![id]).await? == Some(1))
}

/// The episodes an import of this instant made: all, and those nobody touched since; and all of the show.
pub(crate) async fn made_at(tx: &mut Tx, show: i64, at: At) -> Result<(i64, i64, i64), DbError> {
    let sql = "SELECT CAST(COUNT(CASE WHEN created_at = $1 THEN 1 END) AS BIGINT),
                 CAST(COUNT(CASE WHEN created_at = $1 AND updated_at = $1 AND version = 1 THEN 1 END) AS BIGINT),
                 CAST(COUNT(*) AS BIGINT) FROM publish_episode WHERE show_id = $2";
    let Some(row) = tx.opt(sql, args![at, show]).await? else { return Ok((0, 0, 0)) };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Id, instant, remote sound and remote picture of the episodes an import made: what tasks may have been asked for.
pub(crate) async fn tasks_made_at(
    tx: &mut Tx,
    show: i64,
    at: At,
) -> Result<Vec<(i64, Option<At>, Vec<String>)>, DbError> {
    let sql = "SELECT e.id, e.publish_at, a.remote_url, e.remote_cover_url FROM publish_episode e
               LEFT JOIN publish_audio a ON a.episode_id = e.id WHERE e.show_id = $1 AND e.created_at = $2";
    let rows = tx.all(sql, args![show, at]).await?;
    rows.iter()
        .map(|r| {
            let urls: [Option<String>; 2] = [r.get(2)?, r.get(3)?];
            Ok((r.get(0)?, r.get(1)?, urls.into_iter().flatten().collect()))
        })
        .collect()
}

/// Deletes the episodes an import made with what it wrote about them. Their GUIDs stay. Anything else that refers to one
/// of them makes the database refuse, and with it the whole transaction.
pub(crate) async fn delete_made_at(tx: &mut Tx, show: i64, at: At) -> Result<u64, DbError> {
    let these = "(SELECT id FROM publish_episode WHERE show_id = $1 AND created_at = $2)";
    let private = format!(
        "DELETE FROM publish_kept_comment_private WHERE comment_id IN
           (SELECT id FROM publish_kept_comment WHERE episode_id IN {these})"
    );
    tx.run(&private, args![show, at]).await?;
    for table in [
        "publish_search",
        "publish_proof",
        "publish_kept_comment",
        "publish_attachment",
        "publish_episode_term",
        "publish_remote_file",
        "publish_credit",
        "publish_source",
        "publish_chapter_text",
        "publish_chapter",
        "publish_audio",
        "publish_episode_text",
    ] {
        tx.run(&format!("DELETE FROM {table} WHERE episode_id IN {these}"), args![show, at]).await?;
    }
    tx.run("DELETE FROM publish_episode WHERE show_id = $1 AND created_at = $2", args![show, at]).await
}

/// Takes a show away that only an import made. The row and its GUIDs stay, without a name, a text or an address.
pub(crate) async fn remove_show(tx: &mut Tx, show: i64, slug: &str, now: At) -> Result<(), DbError> {
    for sql in [
        "DELETE FROM publish_attachment WHERE show_id = $1",
        "DELETE FROM publish_term WHERE show_id = $1",
        "DELETE FROM publish_credit WHERE show_id = $1",
        "DELETE FROM publish_imported_page WHERE show_id = $1",
        "DELETE FROM publish_show_text WHERE show_id = $1",
    ] {
        tx.run(sql, args![show]).await?;
    }
    let sql = "UPDATE publish_show SET slug = $1, host = NULL, source_url = NULL, updated_at = $2 WHERE id = $3";
    tx.run(sql, args![slug, now, show]).await.map(drop)
}

/// The pages an import made: their ids, and whether the import left them at the version they have.
pub(crate) async fn imported_pages(tx: &mut Tx, show: i64) -> Result<Vec<(i64, bool)>, DbError> {
    let sql = "SELECT i.page_id, i.version, p.version FROM publish_imported_page i
               JOIN publish_page p ON p.id = i.page_id WHERE i.show_id = $1 ORDER BY i.page_id";
    tx.all(sql, args![show]).await?.iter().map(|r| Ok((r.get(0)?, r.get::<i64>(1)? == r.get::<i64>(2)?))).collect()
}
