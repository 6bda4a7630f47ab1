//! The SQL of what this slice keeps under a person's account. It decides nothing.

use db::{DbError, Tx, args};
use kernel::{At, PersonId};

/// Forms a person typed into and did not save: episode, part, when, what.
pub(crate) async fn unsaved_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(i64, String, At, String)>, DbError> {
    let sql = "SELECT episode_id, section, kept_at, body FROM publish_autosave WHERE person_id = $1
               ORDER BY episode_id, section";
    let rows = tx.all(sql, args![who]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

/// How many ideas, versions of episodes, versions of pages, corrections and imports carry the person's number.
pub(crate) async fn traces_of(tx: &mut Tx, who: PersonId) -> Result<Vec<(&'static str, i64)>, DbError> {
    let mut out = Vec::new();
    for (name, sql) in [
        ("ideas", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_rundown_item WHERE created_by = $1"),
        ("revisions", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_revision WHERE made_by = $1"),
        ("page_versions", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_page_version WHERE person_id = $1"),
        ("corrections", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_correction WHERE made_by = $1"),
        ("imports", "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_rehearsal WHERE person_id = $1"),
    ] {
        out.push((name, tx.scalar::<i64>(sql, args![who]).await?.unwrap_or(0)));
    }
    Ok(out)
}

/// Deletes unsaved forms, and takes the person's number off what may change.
pub(crate) async fn forget_person(tx: &mut Tx, who: PersonId) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_autosave WHERE person_id = $1", args![who]).await?;
    tx.run("UPDATE publish_rehearsal SET person_id = NULL WHERE person_id = $1", args![who]).await?;
    tx.run("UPDATE publish_rundown_item SET created_by = NULL WHERE created_by = $1", args![who]).await.map(drop)
}
