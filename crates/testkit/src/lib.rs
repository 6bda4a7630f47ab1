//! Databases, clocks and folders for tests; never in the binary. A test body is written once and run on
//! both engines: `both(async |db| …)`. PostgreSQL comes from `TRABOULE_TEST_POSTGRES`, which
//! `cargo xtask test` sets; without it these tests fail, they are never skipped.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use db::{Db, FaultPlan, Migration, Target};
use kernel::{At, Clock, IdMaker, Rng};

static COUNTER: AtomicU64 = AtomicU64::new(0);

/// Names unique to this process and moment: `t<pid>_<n>`.
pub fn unique() -> String {
    format!("t{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::SeqCst))
}

/// A folder that is removed at the end of the test.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Creates an empty folder.
    #[allow(clippy::new_without_default)]
    #[must_use]
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("traboule-{}", unique()));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Monday 23 November 2026, 06:00 UTC: the time tests start at.
#[must_use]
pub fn start() -> At {
    At::parse_rfc3339("2026-11-23T06:00:00Z").expect("a valid instant")
}

/// A migrated, empty database and what use cases need around it.
pub struct Bench {
    /// The database.
    pub db: Db,
    /// The virtual clock the database and ids run by.
    pub clock: Clock,
    /// Makes ids.
    pub ids: std::sync::Arc<IdMaker>,
    /// Seeded randomness.
    pub rng: Rng,
    /// Where the database is, to open it a second time.
    pub target: Target,
    /// Injected stops.
    pub faults: FaultPlan,
    _folder: Option<Folder>,
}

/// Which engine to test on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// SQLite in a temporary folder.
    Lite,
    /// PostgreSQL in a schema of its own.
    Pg,
}

/// The address of the test cluster.
///
/// # Panics
/// When it is not set: a missing component fails loudly.
#[must_use]
pub fn postgres_url() -> String {
    std::env::var("TRABOULE_TEST_POSTGRES")
        .expect("TRABOULE_TEST_POSTGRES is not set: run the tests with `cargo xtask test`")
}

/// Opens an empty database with `steps` applied.
pub async fn bench(on: On, steps: &[Migration]) -> Bench {
    let clock = Clock::fixed(start());
    let faults = FaultPlan::armable();
    let (target, folder) = match on {
        On::Lite => {
            let folder = Folder::new();
            (Target::File(folder.path().join("traboule.db")), Some(folder))
        }
        On::Pg => (Target::Postgres { url: postgres_url(), schema: Some(unique()) }, None),
    };
    let db = Db::open_with(&target, clock.clone(), faults.clone()).await.expect("the database opens");
    db.migrate(steps).await.expect("the migrations apply");
    Bench {
        db,
        clock: clock.clone(),
        ids: std::sync::Arc::new(IdMaker::new(clock, 1)),
        rng: Rng::seeded(1),
        target,
        faults,
        _folder: folder,
    }
}

impl Bench {
    /// A second, independent set of connections to the same database, as another process would have.
    pub async fn second(&self) -> Db {
        Db::open(&self.target, self.clock.clone()).await.expect("the database opens a second time")
    }
}

/// Runs one test body on both engines.
pub fn both(steps: &[Migration], body: impl AsyncFn(Bench)) {
    for on in [On::Lite, On::Pg] {
        run(on, steps, &body);
    }
}

/// Runs a test body on one engine.
pub fn run(on: On, steps: &[Migration], body: &impl AsyncFn(Bench)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let bench = bench(on, steps).await;
        body(bench).await;
    });
}
