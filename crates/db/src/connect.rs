//! Opening a database and running transactions on it. Writers on SQLite queue for one connection;
//! readers have their own pool. On PostgreSQL every write is SERIALIZABLE and re-run on collision.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::error::{DbError, Failure};
use crate::fault::FaultPlan;
use crate::topics::Topics;
use crate::tx::{Reads, Tx};

/// How often a transaction is run again when others collide with it.
const RERUNS: u32 = 12;

/// Runs a write transaction: `write_tx!(db, |tx| use_case(tx, &ctx, &command).await)`.
///
/// The body is a use case or a composition of some, and gives a `Result<_, Failure>`. It neither begins nor
/// commits and has no effect but its statements, because it is run again (up to twelve times) when it
/// collides with another transaction. It is a macro and not a method taking a closure because an async
/// closure cannot yet promise that its future may move between threads.
#[macro_export]
macro_rules! write_tx {
    ($db:expr, |$tx:ident| $body:expr) => {{
        let db: &$crate::Db = &$db;
        let mut reruns = $crate::Reruns::default();
        loop {
            let outcome = async {
                let mut begun = db.begin_write().await?;
                let decided: ::std::result::Result<_, $crate::Failure> = async {
                    let $tx = &mut begun;
                    $body
                }
                .await;
                let out = decided?;
                db.commit(begun).await?;
                ::std::result::Result::<_, $crate::Failure>::Ok(out)
            }
            .await;
            if !reruns.again(&outcome) {
                break outcome;
            }
            drop(outcome);
            reruns.pause().await;
        }
    }};
}

/// Runs reads that see one moment of the database: `read_tx!(db, |tx| load(tx, id).await)`.
/// The body gives a `Result<_, Failure>`; the engine refuses writes inside.
#[macro_export]
macro_rules! read_tx {
    ($db:expr, |$tx:ident| $body:expr) => {{
        let db: &$crate::Db = &$db;
        async {
            let mut begun = db.begin_read().await?;
            let $tx = &mut begun;
            let out: ::std::result::Result<_, $crate::Failure> = async { $body }.await;
            out
        }
        .await
    }};
}

/// Counts how often a transaction was run again.
#[derive(Debug, Default)]
pub struct Reruns(u32);

impl Reruns {
    /// Whether to run again: the outcome is a collision and there are reruns left.
    pub fn again<T>(&mut self, outcome: &Result<T, Failure>) -> bool {
        let again = matches!(outcome, Err(failure) if failure.is_collision()) && self.0 < RERUNS;
        self.0 += 1;
        again
    }

    /// Waits a little, by chance and longer each time: those that collided would collide again if they went on in step.
    pub async fn pause(&self) {
        let most = 2_u64 << self.0.min(7);
        let chance = RandomState::new().build_hasher().finish() % (most * 1_000);
        tokio::time::sleep(Duration::from_micros(chance)).await;
    }
}

/// Which engine answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in one file of the data folder.
    Lite,
    /// PostgreSQL.
    Pg,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Target {
    /// A SQLite file; created when missing.
    File(PathBuf),
    /// A `postgres://` address; `schema` separates test databases on one cluster.
    Postgres {
        /// The connection address.
        url: String,
        /// The schema to create and use instead of `public`.
        schema: Option<String>,
    },
}

#[derive(Debug)]
enum Pools {
    Lite { write: SqlitePool, read: SqlitePool },
    Pg(PgPool),
}

#[derive(Debug)]
struct Inner {
    pools: Pools,
    clock: Clock,
    topics: Arc<Topics>,
    faults: FaultPlan,
}

/// An open database. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Db(Arc<Inner>);

impl Db {
    /// Opens the database. The clock stamps topics; it decides nothing else.
    ///
    /// # Errors
    /// When the file cannot be created or the server does not answer.
    pub async fn open(target: &Target, clock: Clock) -> Result<Self, DbError> {
        Self::open_with(target, clock, FaultPlan::none()).await
    }

    /// Opens the database with injected stops, for crash tests.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub async fn open_with(target: &Target, clock: Clock, faults: FaultPlan) -> Result<Self, DbError> {
        let pools = match target {
            Target::File(path) => open_lite(path.clone()).await?,
            Target::Postgres { url, schema } => open_pg(url, schema.as_deref()).await?,
        };
        Ok(Self(Arc::new(Inner { pools, clock, topics: Arc::default(), faults })))
    }

    /// Which engine answers.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.pools {
            Pools::Lite { .. } => Engine::Lite,
            Pools::Pg(_) => Engine::Pg,
        }
    }

    /// The clock given at opening.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The versions of topics this process knows; see [`Tx::touch`].
    #[must_use]
    pub fn topics(&self) -> &Topics {
        &self.0.topics
    }

    /// Begins a write transaction; callers use [`write_tx!`](crate::write_tx).
    ///
    /// # Errors
    /// The database's failure.
    pub async fn begin_write(&self) -> Result<Tx, DbError> {
        self.begin(false).await
    }

    /// Begins a transaction that sees one moment of the database and cannot write; callers use
    /// [`read_tx!`](crate::read_tx).
    ///
    /// # Errors
    /// The database's failure.
    pub async fn begin_read(&self) -> Result<Tx, DbError> {
        let now = self.0.clock.now();
        let faults = FaultPlan::none();
        // Before the transaction sees anything.
        let reads = Reads { topics: self.0.topics.clone(), changes: self.0.topics.changes() };
        let tx = match &self.0.pools {
            Pools::Lite { read, .. } => Tx::lite(read.begin().await?, now, faults),
            Pools::Pg(pool) => {
                let begin = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
                Tx::pg(begin.await?, now, faults)
            }
        };
        Ok(tx.reading(reads))
    }

    /// Commits; then, and only then, pages that show what was touched go stale here.
    ///
    /// # Errors
    /// A collision found at commit, or [`DbError::UnknownOutcome`].
    pub async fn commit(&self, tx: Tx) -> Result<(), DbError> {
        tx.commit(&self.0.topics).await
    }

    pub(crate) async fn begin(&self, read_committed: bool) -> Result<Tx, DbError> {
        let now = self.0.clock.now();
        let faults = self.0.faults.clone();
        match &self.0.pools {
            Pools::Lite { write, .. } => Ok(Tx::lite(write.begin_with("BEGIN IMMEDIATE").await?, now, faults)),
            Pools::Pg(pool) => {
                let begin = if read_committed {
                    "BEGIN ISOLATION LEVEL READ COMMITTED"
                } else {
                    "BEGIN ISOLATION LEVEL SERIALIZABLE"
                };
                Ok(Tx::pg(pool.begin_with(begin).await?, now, faults))
            }
        }
    }

    /// Copies a SQLite database into a new file, consistently, while others read and write.
    ///
    /// # Errors
    /// When the target exists or cannot be written; on PostgreSQL, where `pg_dump` is the tool.
    pub async fn copy_to(&self, path: &std::path::Path) -> Result<(), DbError> {
        match &self.0.pools {
            // The readers' connections refuse every statement that writes, also into another file.
            Pools::Lite { write, .. } => {
                sqlx::query("VACUUM INTO $1").bind(path.to_string_lossy().into_owned()).execute(write).await?;
                Ok(())
            }
            Pools::Pg(_) => Err(DbError::Setup("PostgreSQL is copied with pg_dump, not by this command".to_owned())),
        }
    }

    /// Closes all connections. On SQLite the write-ahead log is folded into the file.
    pub async fn close(&self) {
        match &self.0.pools {
            Pools::Lite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Pools::Pg(pool) => pool.close().await,
        }
    }
}

async fn open_lite(path: PathBuf) -> Result<Pools, DbError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10));
    let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let read = SqlitePoolOptions::new()
        .max_connections(4)
        .min_connections(1)
        .connect_with(options.pragma("query_only", "ON"))
        .await?;
    Ok(Pools::Lite { write, read })
}

async fn open_pg(url: &str, schema: Option<&str>) -> Result<Pools, DbError> {
    let mut options: PgConnectOptions = url.parse().map_err(DbError::from)?;
    if let Some(schema) = schema {
        let plain = schema.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(plain && !schema.is_empty(), "a schema name is lower-case letters, digits and _");
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let create = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&pool).await?;
        pool.close().await;
        options = options.options([("search_path", schema)]);
    }
    let pool = PgPoolOptions::new().max_connections(8).connect_with(options).await?;
    Ok(Pools::Pg(pool))
}
