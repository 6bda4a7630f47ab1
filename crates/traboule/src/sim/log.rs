//! `sim log`: several nodes of one site give leaves their indexes and sign heads, are stopped between any two statements, are
//! started again, and now and then an older backup comes back beneath them. Whatever happens, no two heads anybody could
//! have seen may disagree, and no leaf that was acknowledged may be lost while nothing was restored. A second policy, which
//! forgets the newest head at every start, shows that the checker finds what it is there for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use db::{Db, Failure, FaultPlan, Target, read_tx, write_tx};
use kernel::{Actor, At, Clock, Ctx, IdMaker, Rng};
use tlog::checkpoint::Checkpoint;
use tlog::leaf::Value;
use tlog::merkle::{Hash, leaf_hash};
use tlog::note::{KeyKind, Signer};
use tlog::service::{self as uc, Found};

use super::{Checker, Figure, Report};
use crate::log::PublicLog;

/// Nodes of a site.
const NODES: usize = 3;
/// Steps of a run.
const STEPS: u64 = 60;
/// The site they serve.
const SITE: &str = "https://sim.example";
/// The log's private key: nothing is signed for anybody.
const SEED: [u8; 32] = [9; 32];
/// What figures depend on besides the code.
const CONFIG: &str = "log/1 nodes=3 steps=60 ask=5 beat=6 restart=2 backup=1 restore=1 beneath=1 of 16; stops: half";

/// How nodes remember what was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Policy {
    /// As the server does: in its memory and in `log.high`.
    Shipped,
    /// Not at all: every start is the first.
    Forgetful,
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::Shipped => "as shipped",
            Self::Forgetful => "without log.high",
        }
    }
}

/// A folder that is removed at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// One process of the site.
struct Node {
    db: Db,
    faults: FaultPlan,
    log: PublicLog,
    ids: Arc<IdMaker>,
}

/// What a stranger keeps who copies the log after every step.
#[derive(Clone, Default)]
struct Copied {
    note: String,
    leaves: Vec<Vec<u8>>,
}

/// What a run counts.
#[derive(Default)]
struct Counted {
    stops: u64,
    restores: u64,
    refusals: u64,
}

struct Run {
    folder: Scratch,
    policy: Policy,
    clock: Clock,
    rng: Rng,
    nodes: Vec<Node>,
    checker: Checker,
    copied: Copied,
    acknowledged: Vec<Hash>,
    backup: Option<PathBuf>,
    /// How many processes there were: each makes ids of its own.
    lives: i64,
    counted: Counted,
}

fn broken(error: &std::io::Error) -> Failure {
    Failure::Broken(error.to_string())
}

fn memory(folder: &Path, node: usize) -> Result<PublicLog, Failure> {
    let witness = Signer::new("sim.example/log/witness", KeyKind::Cosignature, &SEED);
    let witness = witness.ok_or_else(|| Failure::Broken("no witness can be called so".to_owned()))?;
    Ok(PublicLog::new(SEED, witness, Vec::new(), folder.join(format!("log-{node}.high"))))
}

impl Run {
    async fn begin(seed: u64, policy: Policy) -> Result<Self, Failure> {
        let name = format!("traboule-sim-{}", kernel::hex(&Rng::System.bytes::<8>()));
        let folder = Scratch(std::env::temp_dir().join(name));
        std::fs::create_dir_all(&folder.0).map_err(|e| broken(&e))?;
        let start = At::parse_rfc3339("2026-11-23T06:00:00Z").unwrap_or(At::from_micros(0));
        let (clock, rng) = (Clock::fixed(start), Rng::seeded(seed));
        let mut run = Self {
            folder,
            policy,
            clock,
            rng,
            nodes: Vec::new(),
            checker: Checker::default(),
            copied: Copied::default(),
            acknowledged: Vec::new(),
            backup: None,
            lives: 0,
            counted: Counted::default(),
        };
        run.start().await?;
        Ok(run)
    }

    fn database(&self) -> PathBuf {
        self.folder.0.join("site.db")
    }

    /// Connects a node anew; what it remembers is what it is given.
    async fn node(&mut self, log: PublicLog) -> Result<Node, Failure> {
        let faults = FaultPlan::armable();
        let db = Db::open_with(&Target::File(self.database()), self.clock.clone(), faults.clone()).await?;
        db.migrate(tlog::MIGRATIONS).await?;
        self.lives += 1;
        Ok(Node { db, faults, log, ids: Arc::new(IdMaker::new(self.clock.clone(), self.lives)) })
    }

    fn ctx(&self, node: &Node) -> Ctx {
        Ctx { now: self.clock.now(), actor: Actor::System("sim"), ids: node.ids.clone(), rng: self.rng.clone() }
    }

    /// Opens the log on a node that just started.
    async fn open(&self, node: &Node, number: usize) -> Result<(), Failure> {
        if self.policy == Policy::Forgetful {
            drop(std::fs::remove_file(self.folder.0.join(format!("log-{number}.high"))));
        }
        node.log.open(&node.db, &self.ctx(node), SITE).await
    }

    /// Starts every node; gives why one of them would not, if so.
    async fn start(&mut self) -> Result<Option<String>, Failure> {
        let mut objection = None;
        for number in 0..NODES {
            let node = self.node(memory(&self.folder.0, number)?).await?;
            if let Err(failure) = self.open(&node, number).await {
                self.refused(&failure);
                objection = Some(failure.to_string());
            }
            self.nodes.push(node);
        }
        Ok(objection)
    }

    async fn stop(&mut self) {
        for node in self.nodes.drain(..) {
            node.db.close().await;
        }
    }

    fn fault(&mut self, what: String) {
        self.checker.faults.push(what);
    }

    /// A node refused to go on; anything but the refusals that are meant is a fault.
    fn refused(&mut self, failure: &Failure) {
        let words = failure.to_string();
        let meant = [
            "the public log went back",
            "the public log is not what it was",
            "the public log is another one",
            "no longer begins with",
        ];
        if meant.iter().any(|m| words.contains(m)) {
            self.counted.refusals += 1;
        } else {
            self.fault(words);
        }
    }

    /// Lets a node do something, perhaps with a stop after some of its statements; gives whether it came through.
    async fn perhaps_stopped(&mut self, number: usize, what: Step) -> Result<(), Failure> {
        let armed = self.rng.below(2) == 0;
        let after = i64::try_from(self.rng.below(9)).unwrap_or(0);
        let node = &self.nodes[number];
        if armed {
            node.faults.stop_after(after);
        }
        let ctx = self.ctx(node);
        let outcome = match what {
            Step::Ask(leaves) => ask(node, &ctx, leaves).await,
            Step::Beat => node.log.beat(&node.db, ctx.now).await.map(|_| Vec::new()),
        };
        node.faults.disarm();
        match outcome {
            Ok(hashes) => self.acknowledged.extend(hashes),
            Err(failure) if failure.to_string().contains("fault plan") => self.counted.stops += 1,
            Err(failure) => {
                self.refused(&failure);
                self.mend().await?;
            }
        }
        Ok(())
    }

    /// What a stranger sees after a step, and what every living node's loop does twice a second.
    async fn look(&mut self) -> Result<(), Failure> {
        let Some(node) = self.nodes.first() else { return Ok(()) };
        let (current, entries) = read_tx!(node.db, |tx| {
            let current = uc::current(tx).await?;
            let mut entries = uc::newest(tx, None, current.head.size).await?;
            entries.reverse();
            Ok((current, entries))
        })?;
        let head = Checkpoint { origin: current.log.origin, size: current.head.size, root: current.head.root };
        let leaves: Vec<Vec<u8>> = entries.into_iter().map(|e| e.body).collect();
        let hashes: Vec<Hash> = leaves.iter().map(|body| leaf_hash(body)).collect();
        self.checker.look(&head, &hashes);
        self.copied = Copied { note: current.head.note, leaves };
        for node in &self.nodes {
            node.log.renew(&node.db).await?;
        }
        Ok(())
    }

    /// An older backup comes back: beneath nodes that run, or while all of them are stopped.
    async fn restore(&mut self, beneath: bool) -> Result<(), Failure> {
        let Some(backup) = self.backup.clone() else { return Ok(()) };
        self.counted.restores += 1;
        let kept: Vec<PublicLog> = {
            let mut logs = Vec::new();
            for node in self.nodes.drain(..) {
                node.db.close().await;
                logs.push(node.log);
            }
            logs
        };
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", self.database().display())));
        }
        std::fs::copy(backup, self.database()).map_err(|e| broken(&e))?;
        if beneath && self.policy == Policy::Shipped {
            for log in kept {
                let node = self.node(log).await?;
                self.nodes.push(node);
            }
            // A leaf more, so that there is something to sign; the beat is refused if leaves are missing.
            let (ctx, log) = (self.ctx(&self.nodes[0]), &self.nodes[0]);
            ask(log, &ctx, 1).await?;
            if let Err(failure) = log.log.beat(&log.db, ctx.now).await {
                self.refused(&failure);
                return self.mend().await;
            }
            self.acknowledged.clear();
            return Ok(());
        }
        if self.start().await?.is_none() {
            // Nothing that was shown is lost; what only waited is.
            self.acknowledged.clear();
            return Ok(());
        }
        self.mend().await
    }

    /// The operator's part: the lost leaves come back from the stranger's copy, or are given up in a new log.
    async fn mend(&mut self) -> Result<(), Failure> {
        let Some(node) = self.nodes.first() else { return Ok(()) };
        let (ctx, copied) = (self.ctx(node), self.copied.clone());
        let size = read_tx!(node.db, |tx| Ok(uc::current(tx).await?.log.size))?;
        let missing = copied.leaves.get(usize::try_from(size).unwrap_or(usize::MAX)..).unwrap_or_default().to_vec();
        let mended = if self.rng.below(2) == 0 {
            write_tx!(node.db, |tx| uc::recover(tx, &copied.note, &missing, ctx.now).await).map(drop)
        } else {
            Err(Failure::Broken("nobody has them".to_owned()))
        };
        if mended.is_err() {
            let keeper = &node.log.keeper;
            write_tx!(node.db, |tx| uc::reopen(tx, keeper, &copied.note, &ctx).await)?;
        }
        self.acknowledged.clear();
        self.stop().await;
        if let Some(why) = self.start().await? {
            self.fault(format!("the nodes do not start after the log was mended: {why}"));
        }
        Ok(())
    }

    async fn back_up(&mut self) -> Result<(), Failure> {
        let path = self.folder.0.join("site.backup");
        drop(std::fs::remove_file(&path));
        if let Some(node) = self.nodes.first() {
            node.db.copy_to(&path).await?;
            self.backup = Some(path);
        }
        Ok(())
    }

    async fn restart(&mut self, number: usize) -> Result<(), Failure> {
        let node = self.node(memory(&self.folder.0, number)?).await?;
        let opened = self.open(&node, number).await;
        let before = std::mem::replace(&mut self.nodes[number], node);
        before.db.close().await;
        match opened {
            Ok(()) => Ok(()),
            Err(failure) => {
                self.refused(&failure);
                self.mend().await
            }
        }
    }

    async fn step(&mut self) -> Result<(), Failure> {
        self.clock.advance(i64::try_from(self.rng.below(30)).unwrap_or(0));
        let number = usize::try_from(self.rng.below(NODES as u64)).unwrap_or(0);
        match self.rng.below(16) {
            0..5 => {
                let leaves = i64::try_from(1 + self.rng.below(5)).unwrap_or(1);
                self.perhaps_stopped(number, Step::Ask(leaves)).await?;
            }
            5..11 => self.perhaps_stopped(number, Step::Beat).await?,
            11..13 => self.restart(number).await?,
            13 => self.back_up().await?,
            14 => self.restore(false).await?,
            _ => self.restore(true).await?,
        }
        self.look().await
    }

    /// All steps, then a last beat; every leaf that was acknowledged is in the log.
    async fn play(mut self) -> Result<Self, Failure> {
        self.look().await?;
        for _ in 0..STEPS {
            self.step().await?;
        }
        self.perhaps_beat().await?;
        let acknowledged = std::mem::take(&mut self.acknowledged);
        for hash in acknowledged {
            let found = read_tx!(self.nodes[0].db, |tx| uc::find(tx, &hash).await)?;
            if !matches!(found, Found::At(_)) {
                self.fault(format!("an acknowledged leaf is not in the log: {found:?}"));
            }
        }
        let wrong = read_tx!(self.nodes[0].db, |tx| uc::agrees(tx).await)?;
        self.checker.faults.extend(wrong);
        self.stop().await;
        Ok(self)
    }

    async fn perhaps_beat(&mut self) -> Result<(), Failure> {
        let node = &self.nodes[0];
        while node.log.beat(&node.db, self.clock.now()).await? {}
        self.look().await
    }
}

/// What a node does that can be stopped.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Asks for leaves.
    Ask(i64),
    /// Gives indexes and signs.
    Beat,
}

async fn ask(node: &Node, ctx: &Ctx, leaves: i64) -> Result<Vec<Hash>, Failure> {
    write_tx!(node.db, |tx| {
        let mut hashes = Vec::new();
        for n in 0..leaves {
            hashes.push(uc::enqueue(tx, ctx, "sim.leaf", &BTreeMap::from([("n", Value::from(n))])).await?.hash);
        }
        Ok(hashes)
    })
}

fn count(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Plays every seed under both policies. Only what is shipped can fail.
///
/// # Errors
/// When the scratch folder or a database cannot be made.
pub async fn log((first, last): (u64, u64)) -> Result<Report, Failure> {
    let mut report = Report {
        name: "log",
        config_sha256: kernel::sha256_hex(CONFIG.as_bytes()),
        seeds: [first, last],
        passed: 0,
        failed: Vec::new(),
        figures: Vec::new(),
        faults: Vec::new(),
    };
    for policy in [Policy::Shipped, Policy::Forgetful] {
        let (mut torn, mut heads, mut stops, mut restores, mut refusals) = (vec![], vec![], vec![], vec![], vec![]);
        for seed in first..=last {
            let run = Run::begin(seed, policy).await?.play().await?;
            let faults = run.checker.faults.clone();
            torn.push(f64::from(u8::from(!faults.is_empty())));
            heads.push(count(run.checker.heads));
            stops.push(count(run.counted.stops));
            restores.push(count(run.counted.restores));
            refusals.push(count(run.counted.refusals));
            if policy == Policy::Shipped {
                match faults.is_empty() {
                    true => report.passed += 1,
                    false => report.failed.push(seed),
                }
                report.faults.extend(faults.into_iter().map(|fault| (seed, fault)));
            }
        }
        let world = "restores";
        report.figures.extend([
            Figure::of("runs with heads that disagree", policy.name(), world, &torn),
            Figure::of("heads seen", policy.name(), world, &heads),
            Figure::of("stops between statements", policy.name(), world, &stops),
            Figure::of("older backups brought back", policy.name(), world, &restores),
            Figure::of("starts and beats refused", policy.name(), world, &refusals),
        ]);
    }
    Ok(report)
}
