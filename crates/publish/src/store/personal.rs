//! The SQL of what this slice keeps under a person's account. It decides nothing.

use db::{DbError, Row, Tx, args};
use kernel::{At, PersonId};

/// Forms a person typed into and did not save: episode, part, when, what.
pub(crate) async fn unsaved_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(i64, String, At, String)>, DbError> {
    let sql = "SELECT episode_id, section, kept_at, body FROM publish_autosave WHERE person_id = $1
               ORDER BY episode_id, section";
    let rows = tx.all(sql, args![who]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

/// Imports a person looked at: kind, source, when, when it was done, when it was taken back.
pub(crate) async fn imports_of(tx: &mut Tx, who: PersonId) -> Result<Vec<ImportRow>, DbError> {
    let sql =
        "SELECT kind, source, created_at, ran_at, undone_at FROM publish_rehearsal WHERE person_id = $1 ORDER BY id";
    let one = |row: &Row| {
        Ok(ImportRow {
            kind: row.get(0)?,
            source: row.get(1)?,
            looked_at: row.get(2)?,
            ran_at: row.get(3)?,
            undone_at: row.get(4)?,
        })
    };
    tx.all(sql, args![who]).await?.iter().map(one).collect()
}

/// An import as its person is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportRow {
    pub(crate) kind: String,
    pub(crate) source: String,
    pub(crate) looked_at: At,
    pub(crate) ran_at: Option<At>,
    pub(crate) undone_at: Option<At>,
}

/// Ideas a person had: title, notes, when.
pub(crate) async fn ideas_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(String, String, At)>, DbError> {
    let sql = "SELECT title, notes, created_at FROM publish_rundown_item WHERE created_by = $1 ORDER BY id";
    tx.all(sql, args![who]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// How many versions of episodes, versions of pages and corrections carry the person's number.
pub(crate) async fn traces_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(&'static str, i64)>, DbError> {
    let mut out = Vec::new();
    for (name, sql) in [
        ("revisions", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_revision WHERE made_by = $1"),
        ("page_versions", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_page_version WHERE person_id = $1"),
        ("corrections", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_correction WHERE made_by = $1"),
    ] {
        out.push((name, tx.scalar::<i64>(sql, args![who]).await?.unwrap_or(0)));
    }
    Ok(out)
}

/// Files a person sent in pieces, whatever came of them: name, state, bytes of how many, when they are forgotten.
pub(crate) async fn uploads_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(String, String, i64, i64, At)>, DbError> {
    let sql =
        "SELECT file_title, state, received, size, expires_at FROM publish_upload WHERE person_id = $1 ORDER BY id";
    let rows = tx.all(sql, args![who]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).collect()
}

/// Deletes unsaved forms and uploads, and takes the person's number off what may change. The files of uploads go with their
/// rows, when files without one are next looked for.
pub(crate) async fn forget_person(tx: &mut Tx, who: PersonId) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_upload WHERE person_id = $1", args![who]).await?;
    tx.run("DELETE FROM publish_autosave WHERE person_id = $1", args![who]).await?;
    tx.run("UPDATE publish_rehearsal SET person_id = NULL WHERE person_id = $1", args![who]).await?;
    tx.run("UPDATE publish_rundown_item SET created_by = NULL WHERE created_by = $1", args![who]).await.map(drop)
}
