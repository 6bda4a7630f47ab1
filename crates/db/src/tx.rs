//! One transaction of either engine. Use cases receive `&mut Tx`; only the edge begins and commits.

use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::At;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use crate::connect::Engine;
use crate::error::DbError;
use crate::fault::FaultPlan;
use crate::topics::Topics;
use crate::value::{FromCol, Row, Value, bind_lite, bind_pg};

/// How many values one statement may bind: SQLite's limit is 32766, PostgreSQL's 65535.
const MAX_BINDS: usize = 30_000;

enum Kind {
    Lite(Transaction<'static, Sqlite>),
    Pg(Transaction<'static, Postgres>),
}

/// A running transaction. Dropping it without commit undoes it.
pub struct Tx {
    kind: Kind,
    now: At,
    touched: BTreeSet<String>,
    faults: FaultPlan,
    statements: u64,
    reads: Option<Reads>,
}

/// What a transaction that only reads may know without asking: which topics there are, and how many changes of them there
/// were before it began.
pub(crate) struct Reads {
    pub(crate) topics: Arc<Topics>,
    pub(crate) changes: u64,
}

/// A multi-row list of values for one INSERT, built row by row.
#[derive(Debug, Default)]
pub struct Rows {
    args: Vec<Value>,
    rows: usize,
    width: usize,
}

impl Rows {
    /// Adds a row. All rows must have the same number of values.
    pub fn push(&mut self, row: Vec<Value>) {
        assert!(self.rows == 0 || row.len() == self.width, "rows of different widths");
        self.width = row.len();
        self.rows += 1;
        self.args.extend(row);
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

impl Tx {
    pub(crate) fn lite(tx: Transaction<'static, Sqlite>, now: At, faults: FaultPlan) -> Self {
        Self { kind: Kind::Lite(tx), now, touched: BTreeSet::new(), faults, statements: 0, reads: None }
    }

    pub(crate) fn pg(tx: Transaction<'static, Postgres>, now: At, faults: FaultPlan) -> Self {
        Self { kind: Kind::Pg(tx), now, touched: BTreeSet::new(), faults, statements: 0, reads: None }
    }

    /// The same transaction, which only reads.
    pub(crate) fn reading(self, reads: Reads) -> Self {
        Self { reads: Some(reads), ..self }
    }

    /// How many statements ran so far, for tests that say how many a page costs.
    #[must_use]
    pub const fn statements(&self) -> u64 {
        self.statements
    }

    /// Whether there is nothing at all under a topic, as far as this process knows it without asking: somebody looked, and
    /// nothing was touched since. Only a transaction that only reads may rely on it; others know nothing.
    #[must_use]
    pub fn is_empty(&self, topic: &str) -> Option<bool> {
        self.reads.as_ref().and_then(|reads| reads.topics.is_empty(topic))
    }

    /// Says whether there is nothing at all under a topic, for those who read after this.
    pub fn note_empty(&self, topic: &str, empty: bool) {
        if let Some(reads) = &self.reads {
            reads.topics.note_empty(topic, reads.changes, empty);
        }
    }

    /// Which engine runs this transaction; only `db::pairs` and `jobs` need to know.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.kind {
            Kind::Lite(_) => Engine::Lite,
            Kind::Pg(_) => Engine::Pg,
        }
    }

    /// The instant this transaction began, by the database's clock of this process.
    #[must_use]
    pub const fn now(&self) -> At {
        self.now
    }

    /// All rows of a query. Placeholders are `$1`, `$2`… in both engines.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn all(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.statements += 1;
        match &mut self.kind {
            Kind::Lite(tx) => {
                let rows = bind_lite(sqlx::query(lite_text(sql)), args).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Lite).collect())
            }
            Kind::Pg(tx) => {
                let rows = bind_pg(sqlx::query(AssertSqlSafe(sql.to_owned())), args).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(Row::Pg).collect())
            }
        }
    }

    /// The only row of a query, or `None`.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn opt(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<Row>, DbError> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first column of the first row, or `None` when there is no row.
    ///
    /// # Errors
    /// The database's failure, or a column of another type.
    pub async fn scalar<T: FromCol>(&mut self, sql: &str, args: Vec<Value>) -> Result<Option<T>, DbError> {
        self.opt(sql, args).await?.map(|row| row.get(0)).transpose()
    }

    /// Runs a statement that changes rows; gives how many.
    ///
    /// # Errors
    /// The database's failure; [`DbError::Constraint`] when a rule of the schema refuses.
    pub async fn run(&mut self, sql: &str, args: Vec<Value>) -> Result<u64, DbError> {
        self.faults.step()?;
        self.statements += 1;
        match &mut self.kind {
            Kind::Lite(tx) => {
                Ok(bind_lite(sqlx::query(lite_text(sql)), args).execute(&mut **tx).await?.rows_affected())
            }
            Kind::Pg(tx) => {
                let text = AssertSqlSafe(sql.to_owned());
                Ok(bind_pg(sqlx::query(text), args).execute(&mut **tx).await?.rows_affected())
            }
        }
    }

    /// Runs a statement that changes rows and returns some (`… RETURNING …`).
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub async fn run_returning(&mut self, sql: &str, args: Vec<Value>) -> Result<Vec<Row>, DbError> {
        self.faults.step()?;
        self.all(sql, args).await
    }

    /// Inserts many rows with few statements: `head` is everything up to VALUES, `tail` what follows.
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub async fn insert_rows(&mut self, head: &str, rows: Rows, tail: &str) -> Result<u64, DbError> {
        let mut done = 0;
        if rows.is_empty() {
            return Ok(done);
        }
        let per_statement = (MAX_BINDS / rows.width).clamp(1, 500);
        let mut args = rows.args.into_iter();
        let mut left = rows.rows;
        while left > 0 {
            let count = left.min(per_statement);
            let chunk: Vec<Value> = args.by_ref().take(count * rows.width).collect();
            let sql = format!("{head} VALUES {} {tail}", placeholders(count, rows.width));
            done += self.run(&sql, chunk).await?;
            left -= count;
        }
        Ok(done)
    }

    /// Runs several statements without parameters, as migrations do.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), DbError> {
        let text = AssertSqlSafe(sql.to_owned());
        match &mut self.kind {
            Kind::Lite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop)?,
            Kind::Pg(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop)?,
        }
        Ok(())
    }

    /// Says that everything shown under `topic` changes with this transaction: its version grows in the
    /// same commit, the local page cache drops at once, other processes notice within a second.
    ///
    /// # Errors
    /// The database's failure.
    pub async fn touch(&mut self, topic: &str) -> Result<(), DbError> {
        if self.touched.insert(topic.to_owned()) {
            self.run(
                "INSERT INTO db_topic (topic, version, changed_at) VALUES ($1, 1, $2)
                 ON CONFLICT (topic) DO UPDATE SET version = db_topic.version + 1, changed_at = excluded.changed_at",
                crate::args![topic, self.now],
            )
            .await?;
        }
        Ok(())
    }

    pub(crate) async fn commit(self, topics: &Topics) -> Result<(), DbError> {
        self.faults.step()?;
        let outcome = match self.kind {
            Kind::Lite(tx) => tx.commit().await,
            Kind::Pg(tx) => tx.commit().await,
        };
        // Also after an unknown outcome: dropping a cached page too often is harmless.
        for topic in &self.touched {
            topics.bump(topic);
        }
        outcome.map_err(|error| match DbError::from(error) {
            DbError::Other(source) => DbError::UnknownOutcome(source),
            known => known,
        })
    }
}

fn placeholders(rows: usize, width: usize) -> String {
    let mut out = String::with_capacity(rows * width * 6);
    for row in 0..rows {
        out.push_str(if row == 0 { "(" } else { ", (" });
        for col in 0..width {
            if col > 0 {
                out.push_str(", ");
            }
            out.push('$');
            out.push_str(&(row * width + col + 1).to_string());
        }
        out.push(')');
    }
    out
}

/// A statement as SQLite is given it: `?1` for `$1`. To SQLite `$1` is a name, which it looks for among all names of the
/// statement, once for each: a thousand of them cost half a million comparisons. No statement has the sign otherwise.
fn lite_text(sql: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.replace('$', "?"))
}
