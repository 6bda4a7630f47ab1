//! Copies a whole database into an empty one of the other engine (or of the same): every table there is, in one transaction,
//! compared row for row before it is kept. It knows the schema only by asking for it.

use std::collections::BTreeMap;

use kernel::{sha256, sha256_hex};

use crate::connect::{Db, Engine};
use crate::error::{DbError, Failure};
use crate::migrate::Migration;
use crate::pairs;
use crate::tx::{Rows, Tx};
use crate::value::{Row, Value};

/// How many rows are read at once.
const BATCH: i64 = 500;
/// The table that says which schema it is; compared, not copied.
const STEPS: &str = "db_migration";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int,
    Text,
    Bool,
    Bytes,
}

impl Kind {
    fn parse(word: &str) -> Result<Self, DbError> {
        match word.to_ascii_uppercase().as_str() {
            "BIGINT" | "INT8" => Ok(Self::Int),
            "TEXT" => Ok(Self::Text),
            "BOOLEAN" | "BOOL" => Ok(Self::Bool),
            "BYTEA" => Ok(Self::Bytes),
            other => Err(DbError::Setup(format!("a column of type {other} cannot be copied"))),
        }
    }
}

/// A table: its columns in order, and which of them are its key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<(String, Kind)>,
    key: Vec<String>,
}

/// How many rows there are and a digest of them that does not depend on their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    digest: [u8; 32],
}

impl Sum {
    fn add(&mut self, row: &[Value]) {
        let found = sha256(format!("{row:?}").as_bytes());
        for (sum, byte) in self.digest.iter_mut().zip(found) {
            *sum ^= byte;
        }
        self.rows += 1;
    }
}

impl Db {
    /// The steps this database has that are not among `steps`, or have another text there: a newer program made it.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn unknown_steps(&self, steps: &[Migration]) -> Result<Vec<String>, Failure> {
        let known: BTreeMap<&str, String> = std::iter::once(&crate::migrate::OWN)
            .chain(steps)
            .map(|step| (step.id, sha256_hex(step.sql.as_bytes())))
            .collect();
        let applied = read_tx!(self, |tx| {
            if !tables(tx).await?.contains_key(STEPS) {
                return Ok(Vec::new());
            }
            Ok(tx.all("SELECT id, digest FROM db_migration ORDER BY id", args![]).await?)
        })?;
        let mut unknown = Vec::new();
        for row in applied {
            let (id, digest): (String, String) = (row.get(0)?, row.get(1)?);
            if known.get(id.as_str()) != Some(&digest) {
                unknown.push(id);
            }
        }
        Ok(unknown)
    }

    /// The name of a table that holds rows, if there is one; the list of schema steps does not count.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn holds_rows(&self) -> Result<Option<String>, Failure> {
        read_tx!(self, |tx| {
            let mut known = tables(tx).await?;
            known.remove(STEPS);
            Ok(first_with_rows(tx, known.keys()).await?)
        })
    }

    /// Copies everything into `target`, which must have the same schema and no rows. All or nothing; `progress` hears of
    /// each table as it is done, with its rows.
    ///
    /// # Errors
    /// When the schemas differ, the target holds rows, or what arrived is not what was sent.
    pub async fn copy_into(&self, target: &Self, mut progress: impl FnMut(&str, u64)) -> Result<u64, Failure> {
        let mut from = self.begin_read().await?;
        let mut to = target.begin_write().await?;
        let tables = same_schema(&mut from, &mut to).await?;
        if let Some(name) = first_with_rows(&mut to, tables.keys()).await? {
            return Err(DbError::Setup(format!("the database is not empty: {name} has rows")).into());
        }
        let foreign = defer(&mut to).await?;
        let mut sums = BTreeMap::new();
        for (name, table) in &tables {
            let sum = copy_table(&mut from, &mut to, name, table).await?;
            progress(name, sum.rows);
            sums.insert(name.clone(), sum);
        }
        for name in indexes(&mut from).await? {
            copy_index(&mut from, &mut to, &name).await?;
        }
        settle(&mut to, &foreign).await?;
        for (name, table) in &tables {
            if sum_of(&mut to, name, table).await? != sums[name] {
                return Err(DbError::Setup(format!("{name} did not arrive as it was sent")).into());
            }
        }
        target.commit(to).await?;
        Ok(sums.values().map(|s| s.rows).sum())
    }
}

async fn first_with_rows(tx: &mut Tx, names: impl Iterator<Item = &String>) -> Result<Option<String>, DbError> {
    for name in names {
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {name}");
        if tx.scalar::<i64>(&sql, args![]).await?.unwrap_or(0) != 0 {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// The tables both have, without the one of the steps, which must be equal.
async fn same_schema(from: &mut Tx, to: &mut Tx) -> Result<BTreeMap<String, Table>, Failure> {
    let (mut ours, theirs) = (tables(from).await?, tables(to).await?);
    if ours != theirs {
        return Err(DbError::Setup("the two databases have different tables".to_owned()).into());
    }
    let sql = "SELECT id, digest FROM db_migration ORDER BY id";
    let mut lists = [Vec::new(), Vec::new()];
    for (list, tx) in lists.iter_mut().zip([from, to]) {
        for row in tx.all(sql, args![]).await? {
            list.push((row.get::<String>(0)?, row.get::<String>(1)?));
        }
        list.sort();
    }
    if lists[0] != lists[1] {
        return Err(DbError::Setup("the two databases have different versions of the schema".to_owned()).into());
    }
    ours.remove(STEPS);
    Ok(ours)
}

/// Every table with columns and key; those behind full-text indexes are made anew.
async fn tables(tx: &mut Tx) -> Result<BTreeMap<String, Table>, DbError> {
    let sql = match tx.engine() {
        Engine::Lite => {
            "SELECT m.name, p.name, p.type, CAST(p.pk AS BIGINT) FROM sqlite_master m, pragma_table_info(m.name) p
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '%\\_fts%' ESCAPE '\\'
             ORDER BY m.name, p.name"
        }
        Engine::Pg => {
            // The catalogue itself: the standard's views cost seconds where many schemas are.
            "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), FORMAT_TYPE(a.atttypid, NULL),
                    CAST(COALESCE(ARRAY_POSITION(CAST(i.indkey AS INT2[]), a.attnum), -1) AS BIGINT) + 1
             FROM pg_class t
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
             WHERE t.relnamespace = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = CURRENT_SCHEMA())
               AND t.relkind = 'r' AND t.relname NOT LIKE '%\\_fts'
             ORDER BY t.relname COLLATE \"C\", a.attname COLLATE \"C\""
        }
    };
    let mut out: BTreeMap<String, Table> = BTreeMap::new();
    let mut keys: BTreeMap<String, BTreeMap<i64, String>> = BTreeMap::new();
    for row in tx.all(sql, args![]).await? {
        let (table, column): (String, String) = (row.get(0)?, row.get(1)?);
        let (kind, place): (String, i64) = (row.get(2)?, row.get(3)?);
        out.entry(table.clone()).or_default().columns.push((column.clone(), Kind::parse(&kind)?));
        if place > 0 {
            keys.entry(table).or_default().insert(place, column);
        }
    }
    for (name, table) in &mut out {
        table.key = keys.remove(name).unwrap_or_default().into_values().collect();
        if table.key.is_empty() {
            return Err(DbError::Setup(format!("{name} has no key and cannot be copied")));
        }
        table.columns.sort_by(|a, b| a.0.cmp(&b.0));
    }
    Ok(out)
}

/// The tables that have a full-text index, without the ending.
async fn indexes(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let sql = match tx.engine() {
        Engine::Lite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%\\_fts' ESCAPE '\\'",
        Engine::Pg => {
            "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
             WHERE table_schema = CURRENT_SCHEMA() AND table_name LIKE '%\\_fts'"
        }
    };
    let rows = tx.all(sql, args![]).await?;
    rows.iter().map(|row| Ok(row.get::<String>(0)?.trim_end_matches("_fts").to_owned())).collect()
}

/// Words are folded already, so an index is made anew from the words of the old one, in their order.
async fn copy_index(from: &mut Tx, to: &mut Tx, table: &str) -> Result<(), DbError> {
    let key = if from.engine() == Engine::Lite { "rowid" } else { "id" };
    let mut after = i64::MIN;
    loop {
        let sql = format!("SELECT {key}, body FROM {table}_fts WHERE {key} > $1 ORDER BY {key} LIMIT 50");
        let rows = from.all(&sql, args![after]).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.get(0)?;
        let bodies = rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect::<Result<_, DbError>>()?;
        pairs::index_words(to, table, bodies).await?;
    }
}

fn value(row: &Row, index: usize, kind: Kind) -> Result<Value, DbError> {
    Ok(match kind {
        Kind::Int => Value::Int(row.get(index)?),
        Kind::Text => Value::Text(row.get(index)?),
        Kind::Bool => Value::Bool(row.get(index)?),
        Kind::Bytes => Value::Bytes(row.get(index)?),
    })
}

/// The next rows after a key, in the order of the key.
async fn batch(tx: &mut Tx, name: &str, table: &Table, after: &[Value]) -> Result<Vec<Vec<Value>>, DbError> {
    let columns: Vec<&str> = table.columns.iter().map(|(c, _)| c.as_str()).collect();
    let (columns, key) = (columns.join(", "), table.key.join(", "));
    let place = if after.is_empty() {
        String::new()
    } else {
        let marks: Vec<String> = (1..=after.len()).map(|n| format!("${n}")).collect();
        format!("WHERE ({key}) > ({})", marks.join(", "))
    };
    let sql = format!("SELECT {columns} FROM {name} {place} ORDER BY {key} LIMIT {BATCH}");
    let rows = tx.all(&sql, after.to_vec()).await?;
    let read = |row: &Row| table.columns.iter().enumerate().map(|(n, (_, kind))| value(row, n, *kind)).collect();
    rows.iter().map(read).collect()
}

/// The key of a row.
fn key_of(table: &Table, row: &[Value]) -> Vec<Value> {
    let place = |key: &String| table.columns.iter().position(|(column, _)| column == key);
    table.key.iter().filter_map(|key| row.get(place(key)?).cloned()).collect()
}

async fn copy_table(from: &mut Tx, to: &mut Tx, name: &str, table: &Table) -> Result<Sum, DbError> {
    let columns: Vec<&str> = table.columns.iter().map(|(c, _)| c.as_str()).collect();
    let head = format!("INSERT INTO {name} ({})", columns.join(", "));
    let (mut sum, mut after) = (Sum::default(), Vec::new());
    loop {
        let found = batch(from, name, table, &after).await?;
        let Some(last) = found.last() else { return Ok(sum) };
        after = key_of(table, last);
        let mut rows = Rows::default();
        for row in found {
            sum.add(&row);
            rows.push(row);
        }
        to.insert_rows(&head, rows, "").await?;
    }
}

async fn sum_of(tx: &mut Tx, name: &str, table: &Table) -> Result<Sum, DbError> {
    let (mut sum, mut after) = (Sum::default(), Vec::new());
    loop {
        let found = batch(tx, name, table, &after).await?;
        let Some(last) = found.last() else { return Ok(sum) };
        after = key_of(table, last);
        found.iter().for_each(|row| sum.add(row));
    }
}

/// Puts off the checks of foreign keys until all rows are there: rows may refer to later ones, also of their own table.
/// Gives what [`settle`] has to put back.
async fn defer(tx: &mut Tx) -> Result<Vec<(String, String)>, DbError> {
    if tx.engine() == Engine::Lite {
        tx.script("PRAGMA defer_foreign_keys = ON").await?;
        return Ok(Vec::new());
    }
    let sql = "SELECT CAST(t.relname AS TEXT), CAST(c.conname AS TEXT) FROM pg_constraint c
               JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
               WHERE c.contype = 'f' AND NOT c.condeferrable AND n.nspname = CURRENT_SCHEMA() ORDER BY 1, 2";
    let mut foreign = Vec::new();
    for row in tx.all(sql, args![]).await? {
        let (table, name): (String, String) = (row.get(0)?, row.get(1)?);
        tx.script(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")).await?;
        foreign.push((table, name));
    }
    Ok(foreign)
}

/// Checks the foreign keys now, and makes them as strict as they were.
async fn settle(tx: &mut Tx, foreign: &[(String, String)]) -> Result<(), DbError> {
    if tx.engine() == Engine::Lite {
        return match tx.opt("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", args![]).await? {
            Some(row) => Err(DbError::Setup(format!("{} refers to rows that are not there", row.get::<String>(0)?))),
            None => Ok(()),
        };
    }
    tx.script("SET CONSTRAINTS ALL IMMEDIATE").await?;
    for (table, name) in foreign {
        tx.script(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")).await?;
    }
    Ok(())
}
