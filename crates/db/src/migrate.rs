//! Migrations: one SQL text for both engines, in the order given, each applied once in its own
//! transaction. A line `-- pair: forbid_update table(column, …)` asks `db::pairs` for statements that
//! the engines write differently.

use kernel::sha256_hex;

use crate::connect::{Db, Engine};
use crate::error::{DbError, Failure};
use crate::pairs;
use crate::tx::Tx;

/// One step of the schema. Its text never changes after release; a change is a further step.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// The owner crate and a number: `publish_0001`.
    pub id: &'static str,
    /// The statements.
    pub sql: &'static str,
}

/// The tables of this crate itself.
pub(crate) const OWN: Migration = Migration { id: "db_0001", sql: include_str!("../migrations/0001.sql") };

impl Db {
    /// Brings the schema up to date; a second run changes nothing.
    ///
    /// # Errors
    /// When a step fails, or when an applied step's text differs from the one given.
    pub async fn migrate(&self, steps: &[Migration]) -> Result<(), Failure> {
        let own = "CREATE TABLE IF NOT EXISTS db_migration (id TEXT NOT NULL PRIMARY KEY, digest TEXT NOT NULL, at BIGINT NOT NULL)";
        write_tx!(self, |tx| Ok(tx.script(own).await?))?;
        for step in std::iter::once(&OWN).chain(steps) {
            write_tx!(self, |tx| apply(tx, step).await)?;
        }
        Ok(())
    }
}

async fn apply(tx: &mut Tx, step: &Migration) -> Result<(), Failure> {
    let digest = sha256_hex(step.sql.as_bytes());
    let sql = "SELECT digest FROM db_migration WHERE id = $1";
    if let Some(known) = tx.scalar::<String>(sql, args![step.id]).await? {
        if known == digest {
            return Ok(());
        }
        return Err(DbError::Setup(format!("migration {} was applied with another text", step.id)).into());
    }
    let script = with_pairs(step.sql, tx.engine())?;
    tx.script(&script).await?;
    let now = tx.now();
    tx.run("INSERT INTO db_migration (id, digest, at) VALUES ($1, $2, $3)", args![step.id, digest, now]).await?;
    Ok(())
}

/// The statements of a step with its pair lines written out for one engine.
fn with_pairs(sql: &str, engine: Engine) -> Result<String, DbError> {
    let mut out = String::with_capacity(sql.len() * 2);
    for line in sql.lines() {
        match line.trim().strip_prefix("-- pair: ") {
            Some(ask) => out.push_str(
                &pairs::expand(ask, engine)
                    .ok_or_else(|| DbError::Setup(format!("unknown pair in a migration: {ask}")))?,
            ),
            None => out.push_str(line),
        }
        out.push('\n');
    }
    Ok(out)
}

/// The schema as both engines must agree on it: `table.column type null|not-null`, sorted.
/// Tables that back a full-text index are left out: they are a pair by design.
///
/// # Errors
/// The database's failure.
pub async fn schema_shape(db: &Db) -> Result<Vec<String>, Failure> {
    let sql = match db.engine() {
        Engine::Lite => {
            "SELECT m.name, p.name, UPPER(p.type), p.\"notnull\" = 0 FROM sqlite_master m, pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '%\\_fts%' ESCAPE '\\'"
        }
        Engine::Pg => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), UPPER(CAST(data_type AS TEXT)), is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = CURRENT_SCHEMA() AND table_name NOT LIKE '%\\_fts'"
        }
    };
    let mut shape = Vec::new();
    for row in read_tx!(db, |tx| Ok(tx.all(sql, args![]).await?))? {
        let mut cols = row.cols();
        let (table, column): (String, String) = (cols.take()?, cols.take()?);
        let (kind, nullable): (String, bool) = (cols.take()?, cols.take()?);
        let null = if nullable { "null" } else { "not-null" };
        shape.push(format!("{table}.{column} {kind} {null}"));
    }
    shape.sort();
    Ok(shape)
}
