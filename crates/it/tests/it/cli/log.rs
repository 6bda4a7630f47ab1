//! The public log after a restore that went back, by commands alone: an older backup is noticed, leaves come back from a newer
//! one or from a stranger's copy, or they are given up in the open. Servers, watchers and commands are processes of their own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::{Actor, Clock, Ctx, IdMaker, Rng};
use serde_json::Value;
use testkit::Folder;

use super::stdout;

/// A server in a process of its own.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let id = self.0.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.0.wait());
    }
}

/// A folder in which an operator and a stranger work.
struct Desk {
    folder: Folder,
    port: u16,
}

impl Desk {
    fn new() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        Self { folder: Folder::new(), port: free.local_addr().expect("an address").port() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_traboule_cli"));
        command.args(words.split_whitespace()).current_dir(self.folder.path());
        command.env_remove("TRABOULE_DATA").env("TRABOULE_PUBLIC_URL", "https://site.example");
        command
    }

    fn run(&self, words: &str) -> Output {
        self.command(words).output().expect("the binary runs")
    }

    /// A command that goes well; gives what it says.
    fn well(&self, words: &str) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
        stdout(&output)
    }

    /// A command that finds a problem; gives what it says of it.
    fn badly(&self, words: &str) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words}: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn serve(&self, data: &str) -> Server {
        let words = format!("serve --data {data} --listen 127.0.0.1:{}", self.port);
        let mut child = self.command(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let out = child.stdout.take().expect("piped");
        let server = Server(child);
        let first = BufReader::new(out).lines().next().and_then(Result::ok).unwrap_or_default();
        assert!(first.contains("Traboule listens"), "{data}: {first}");
        server
    }

    /// A stranger looks until the log has at least so many leaves; gives how many.
    fn watched(&self, at_least: u64, more: &str) -> u64 {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let said = self.well(&format!("watch http://127.0.0.1:{} --once --json {more}", self.port));
            let seen: Value = serde_json::from_str(said.lines().last().unwrap_or_default()).expect("JSON");
            let size = seen["size"].as_u64().unwrap_or(0);
            if size >= at_least {
                return size;
            }
            assert!(Instant::now() < deadline, "the log stays at {size}");
        }
    }

    fn memory(&self) -> String {
        let name = format!("traboule-watch-127.0.0.1-{}-log.json", self.port);
        assert!(self.path(&name).exists());
        name
    }
}

/// Asks for leaves about nothing, in a site that no process has open: what a day of its life does.
fn happen(data: &Path, leaves: i64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let target = db::Target::File(data.join("traboule.db"));
        let db = db::Db::open(&target, Clock::system()).await.expect("opened");
        let ids = Arc::new(IdMaker::new(Clock::system(), 900));
        let ctx = Ctx { now: Clock::system().now(), actor: Actor::System("test"), ids, rng: Rng::System };
        db::write_tx!(db, |tx| {
            for n in 0..leaves {
                let data = BTreeMap::from([("n", tlog::leaf::Value::from(n))]);
                tlog::service::enqueue(tx, &ctx, "test.leaf", &data).await?;
            }
            Ok(())
        })
        .expect("asked");
        db.close().await;
    });
}

/// A site with an old backup, a newer one, and a stranger who saw everything: its size then and now.
fn two_backups(desk: &Desk) -> (u64, u64) {
    desk.well("init --org Agence --show Matins --owner odile@matins.example --data site");
    let server = desk.serve("site");
    let old = desk.watched(2, "");
    drop(server);
    desk.well("backup old.backup --data site");
    happen(&desk.path("site"), 300);
    let server = desk.serve("site");
    let now = desk.watched(old + 300, "--copy copy");
    drop(server);
    desk.well("backup new.backup --data site");
    (old, now)
}

fn lose_the_database(data: &Path) {
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(data.join(format!("traboule.db{end}"))));
    }
}

#[test]
fn an_older_backup_is_noticed_and_the_lost_leaves_come_back() {
    let desk = Desk::new();
    let (old, now) = two_backups(&desk);
    // The machine is the same: its log.high names more leaves than the backup brings back.
    lose_the_database(&desk.path("site"));
    let said = desk.badly("restore old.backup --data site");
    let told = format!("names {now} leaves, and the database has {old}");
    assert!(said.contains("this backup is older than what the public saw") && said.contains(&told), "{said}");
    let refused = desk.badly(&format!("serve --data site --listen 127.0.0.1:{}", desk.port));
    assert!(refused.contains("the public log went back") && refused.contains(&told), "{refused}");
    assert!(desk.badly("log recover old.backup --data site").contains("nothing is missing"));
    let said = desk.well("log recover new.backup --data site");
    assert!(said.contains(&format!("{} leaves are back; the public log has {now} again", now - old)), "{said}");
    assert!(!desk.path("site.recovering").exists(), "nothing is left lying about");
    assert!(desk.badly("log reopen site/log.high --data site").contains("no leaf is missing"));
    let server = desk.serve("site");
    desk.watched(now, "");
    drop(server);
    // Another machine: nothing there knows better, unless somebody brings what was seen.
    desk.well("restore old.backup --data blind");
    let seen = desk.memory();
    let said = desk.badly(&format!("restore old.backup --data other --seen {seen}"));
    assert!(said.contains(&format!("{seen} names {now} leaves")), "{said}");
    let said = desk.well("log recover copy --data other");
    assert!(said.contains(&format!("the public log has {now} again")), "{said}");
    assert!(desk.badly("log recover copy --data other").contains("nothing is missing"));
    let server = desk.serve("other");
    desk.watched(now, "");
    drop(server);
    // The newest backup brings everything, and its own head with it.
    desk.well(&format!("restore new.backup --data whole --seen {seen}"));
    let high = std::fs::read_to_string(desk.path("whole/log.high")).expect("kept");
    assert_eq!(high.lines().nth(1), Some(now.to_string().as_str()), "{high}");
    std::fs::write(desk.path("no.txt"), "nothing").expect("written");
    assert!(desk.badly("restore new.backup --data nowhere --seen no.txt").contains("not a checkpoint"));
    assert!(!desk.path("nowhere/traboule.db").exists());
}

#[test]
fn leaves_nobody_has_are_given_up_in_the_open() {
    let desk = Desk::new();
    let (old, now) = two_backups(&desk);
    let seen = desk.memory();
    desk.badly(&format!("restore old.backup --data other --seen {seen}"));
    // An older checkpoint than the one that is known to be seen does not do.
    std::fs::copy(desk.path("copy/checkpoint"), desk.path("newest")).expect("copied");
    let said = desk.well("log reopen newest --data other");
    assert!(said.contains("a new public log is open: site.example/log/2"), "{said}");
    assert!(desk.badly("log reopen newest --data other").contains("no checkpoint of this log"));
    let server = desk.serve("other");
    let caught = desk.run(&format!("watch http://127.0.0.1:{} --once", desk.port));
    assert_eq!(caught.status.code(), Some(1), "a watcher of the old log says so");
    let told = stdout(&caught);
    assert!(told.contains("given up and another one opened, site.example/log/2"), "{told}");
    assert!(told.contains(&format!("last seen with {now} leaves")) && told.contains("so it was here"), "{told}");
    std::fs::remove_file(desk.path(&seen)).expect("a stranger begins anew");
    let begun = desk.watched(1, "--copy second");
    drop(server);
    let first = std::fs::read(desk.path("second/tile/entries/000.p").join(begun.to_string())).expect("copied");
    let opened = String::from_utf8_lossy(&first).into_owned();
    assert!(opened.contains(&format!("\"lost_from\":{old}")) && opened.contains("\"kind\":\"log.opened\""), "{opened}");
    // A backup from before the second log: its head is of a log that database never opened. The third names the second.
    lose_the_database(&desk.path("other"));
    let said = desk.badly("restore old.backup --data other");
    assert!(said.contains("names a head this database never signed"), "{said}");
    let said = desk.well("log reopen other/log.high --data other");
    assert!(said.contains("site.example/log/3"), "{said}");
    let server = desk.serve("other");
    let caught = desk.run(&format!("watch http://127.0.0.1:{} --once", desk.port));
    assert!(stdout(&caught).contains("so it was here"), "{caught:?}");
    drop(server);
}

#[test]
fn a_short_simulation_finds_no_two_heads_that_disagree_and_the_checker_finds_those_that_do() {
    let desk = Desk::new();
    let once = desk.well("sim log --seeds 3..3 --json");
    assert_eq!(once, desk.well("sim log --seeds 3..3 --json"), "a seed is the same run again");
    let said = desk.well("sim log --seeds 1..4 --json");
    let report: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&report["name"], &report["seeds"]), (&"log".into(), &serde_json::json!([1, 4])));
    assert_eq!((&report["passed"], &report["failed"]), (&4.into(), &serde_json::json!([])));
    assert_eq!(report["config_sha256"].as_str().map(str::len), Some(64));
    let figure = |metric: &str, policy: &str| {
        let all = report["figures"].as_array().expect("a list");
        let found = all.iter().find(|f| f["metric"] == metric && f["policy"] == policy && f["world"] == "restores");
        found.and_then(|f| f["value"].as_f64()).unwrap_or_else(|| panic!("{metric} {policy}"))
    };
    assert!(figure("runs with heads that disagree", "as shipped").abs() < 0.001);
    assert!(figure("runs with heads that disagree", "without log.high") > 0.5, "the checker can see it");
    for metric in ["heads seen", "stops between statements", "older backups brought back", "starts and beats refused"] {
        assert!(figure(metric, "as shipped") > 1.0, "{metric}");
    }
    assert_eq!(desk.run("sim log --seeds 4..1").status.code(), Some(2));
    assert_eq!(desk.run("sim nothing").status.code(), Some(2));
    assert_eq!(std::fs::read_dir(desk.folder.path()).expect("read").count(), 0, "no folder is left behind");
}
