//! A stranger's walk: a site served over a real socket, a watcher beside it, and rows changed by SQL beneath it. Each change
//! is caught; what a lone operator can still do is shown too.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use db::{Db, args, read_tx, write_tx};
use it::{Site, on_both, on_one};
use kernel::Rng;
use serde_json::Value;
use testkit::On;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::leaf_hash;
use tlog::note::{Note, VerifierKey};
use tlog::service::{self as uc, Holds};
use tokio::net::TcpListener;
use traboule::far::log::FarLog;
use traboule::far::verify::{self, Keys};
use traboule::far::watch::{self, Looked, Trouble};
use traboule::far::witness::{Round, Witness, key};
use traboule::http::MakeFront;
use traboule::log::guard;

use super::{ask, beat, vkey};

/// Serves the site on a free port of this machine.
async fn listen(site: &Site) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let front = MakeFront::new(site.app.clone());
    tokio::spawn(async move { drop(axum::serve(listener, front).await) });
    address
}

/// A watcher with what it remembers.
struct Watcher {
    log: FarLog,
    key: VerifierKey,
    kept: Option<Checkpoint>,
}

impl Watcher {
    async fn new(site: &Site) -> Self {
        let address = listen(site).await;
        let log = FarLog::new(&format!("http://{address}")).expect("an address");
        let (key, _) = watch::policy(&log).await.expect("a policy");
        Self { log, key, kept: None }
    }

    async fn look(&mut self, whole: bool) -> Result<Looked, Trouble> {
        let looked = watch::look(&self.log, &self.key, &[], self.kept.as_ref(), whole).await?;
        self.kept = Some(looked.head.clone());
        Ok(looked)
    }

    async fn caught(&mut self, words: &str) {
        match self.look(true).await {
            Err(Trouble::Tampered(why, _)) if why.contains(words) => {}
            other => panic!("expected “{words}”, not {other:?}"),
        }
    }
}

/// Does what somebody with the database's password can do: takes the guards away, then runs statements.
async fn by_sql(db: &Db, statements: &[&str]) {
    let drop = |table: &str, guard: &str| match db.engine() {
        db::Engine::Lite => format!("DROP TRIGGER IF EXISTS {guard}"),
        db::Engine::Pg => format!("DROP TRIGGER IF EXISTS {guard} ON {table}"),
    };
    let guards = [
        drop("tlog_leaf", "tlog_leaf_keeps_log_idx_body_hash"),
        drop("tlog_leaf", "tlog_leaf_is_kept"),
        drop("tlog_tile", "tlog_tile_is_kept"),
        drop("tlog_checkpoint", "tlog_checkpoint_keeps_log_size_root_note_at"),
    ];
    write_tx!(db, |tx| {
        for sql in guards.iter().map(String::as_str).chain(statements.iter().copied()) {
            tx.run(sql, args![]).await?;
        }
        Ok(())
    })
    .expect("whoever has the password can do it");
}

/// Takes the newest leaves away and sets every row back as if they had never been.
async fn go_back(db: &Db, to: u64) {
    let note = read_tx!(db, |tx| uc::checkpoint(tx, to).await).expect("a head of that size");
    let tile = read_tx!(db, |tx| {
        let at = tlog::tiles::TileAt { level: 0, n: 0 };
        uc::tile(tx, tlog::tiles::Asked::Tile { at, width: to }).await
    })
    .expect("a tile");
    assert_eq!(note.size, to);
    by_sql(
        db,
        &[
            &format!("DELETE FROM tlog_leaf WHERE idx >= {to}"),
            &format!("DELETE FROM tlog_checkpoint WHERE size > {to}"),
            &format!("DELETE FROM tlog_cosignature WHERE size > {to}"),
            &format!("UPDATE tlog_log SET size = {to}"),
        ],
    )
    .await;
    write_tx!(db, |tx| Ok(tx
        .run("UPDATE tlog_tile SET hashes = $1 WHERE level = 0 AND n = 0", args![&tile[..]])
        .await?))
    .expect("set back");
}

#[test]
fn a_watcher_sees_the_log_grow_and_reads_only_what_is_new() {
    on_both(async |site| {
        ask(&site, 299).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        let first = watcher.look(false).await.expect("well");
        assert_eq!((first.head.size, first.before, first.read), (300, None, 300));
        for n in [0, 1, 250, 700] {
            ask(&site, n).await;
            beat(&site).await;
            let before = watcher.kept.as_ref().map(|k| k.size);
            let looked = watcher.look(false).await.expect("well");
            assert_eq!((looked.before, looked.read), (before, looked.head.size), "short logs are read whole");
        }
        ask(&site, 10_000).await;
        beat(&site).await;
        watcher.look(false).await.expect("well");
        ask(&site, 5).await;
        beat(&site).await;
        let looked = watcher.look(false).await.expect("well");
        assert_eq!((looked.head.size, looked.read), (11_256, 5), "long ones from where the watcher was");
        let whole = watcher.look(true).await.expect("well");
        assert_eq!(whole.read, 11_256);
    });
}

#[test]
fn a_changed_leaf_is_caught() {
    on_both(async |site| {
        ask(&site, 20).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        watcher.look(false).await.expect("well");
        // Another body of the same length; the row's own hash is made to fit.
        let entry = read_tx!(site.app.db, |tx| uc::entry(tx, 7).await).expect("a leaf");
        let body = String::from_utf8(entry.body).expect("text").replace("\"n\":6", "\"n\":9").into_bytes();
        by_sql(&site.app.db, &[]).await;
        let changed = "UPDATE tlog_leaf SET body = $1, hash = $2 WHERE idx = 7";
        write_tx!(site.app.db, |tx| Ok(tx.run(changed, args![&body[..], &leaf_hash(&body)[..]]).await?))
            .expect("changed");
        watcher.caught("leaf 7 does not hash to what the tree says of it").await;
        // Somebody who never looked before sees it as well: the tree does not fit its own leaves.
        let mut newcomer = Watcher::new(&site).await;
        newcomer.caught("leaf 7").await;
        // The tile is made to fit the leaf: then the signed root does not fit the tile.
        let mut tile = read_tx!(site.app.db, |tx| {
            let at = tlog::tiles::TileAt { level: 0, n: 0 };
            uc::tile(tx, tlog::tiles::Asked::Tile { at, width: 21 }).await
        })
        .expect("a tile");
        tile[7 * 32..8 * 32].copy_from_slice(&leaf_hash(&body));
        let sql = "UPDATE tlog_tile SET hashes = $1 WHERE level = 0";
        write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![&tile[..]]).await?)).expect("changed");
        newcomer.caught("the leaves do not hash to the root").await;
        // The server itself signs nothing on top of it.
        ask(&site, 1).await;
        let refused = traboule::log::beat(&site.app, site.app.now()).await.expect_err("nothing is signed");
        assert!(refused.to_string().contains("no longer begins with the 21 leaves signed before"), "{refused}");
        assert_eq!(site.get("/api/v1/log").await.json()["size"], 21);
    });
}

#[test]
fn a_tampered_tile_or_checkpoint_is_caught() {
    on_both(async |site| {
        ask(&site, 600).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        watcher.look(false).await.expect("well");
        let note = read_tx!(site.app.db, |tx| uc::checkpoint(tx, 601).await).expect("a head").note;
        for (sql, bytes, words) in [
            (
                "UPDATE tlog_tile SET hashes = $1 WHERE level = 1",
                vec![7; 64],
                "tile 0 of level 1 is not what stands below",
            ),
            ("UPDATE tlog_tile SET hashes = $1 WHERE level = 0 AND n = 1", vec![7; 8192], "leaf 256 does not hash"),
        ] {
            let old = "SELECT hashes FROM tlog_tile WHERE level = $1 AND n = $2";
            let (level, n) = if sql.contains("level = 1") { (1_i64, 0_i64) } else { (0, 1) };
            let kept = read_tx!(site.app.db, |tx| Ok(tx.scalar::<Vec<u8>>(old, args![level, n]).await?)).expect("read");
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![&bytes[..]]).await?)).expect("changed");
            watcher.caught(words).await;
            let kept = kept.expect("a tile");
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![&kept[..]]).await?)).expect("mended");
            watcher.look(true).await.expect("well again");
        }
        by_sql(&site.app.db, &[]).await;
        for (changed, words) in [
            (note.replace("\n601\n", "\n600\n"), "the signature of site.example/log is wrong"),
            (note.replace("site.example/log", "evil.example/log"), "this is another log, evil.example/log"),
            ("nothing".to_owned(), "this is not a checkpoint"),
        ] {
            let sql = "UPDATE tlog_checkpoint SET note = $1 WHERE size = 601";
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![&changed]).await?)).expect("changed");
            watcher.caught(words).await;
        }
    });
}

#[test]
fn leaves_that_were_taken_away_are_missed_by_watcher_witness_and_the_server_itself() {
    on_both(async |mut site| {
        ask(&site, 9).await;
        beat(&site).await;
        ask(&site, 4).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        watcher.look(false).await.expect("well");
        let signer = key(&site.folder().join("w.key"), "w.example", &Rng::System).expect("a key");
        let memory = site.folder().join("w.seen");
        let witness = Witness::open(watcher.key.clone(), signer, &memory, site.clock.clone()).expect("a witness");
        assert!(matches!(witness.round(&watcher.log).await, Round::Cosigned(14, _)));
        go_back(&site.app.db, 10).await;
        watcher.caught("the log shrank: it had 14 leaves and now has 10").await;
        assert!(matches!(witness.round(&watcher.log).await, Round::Objects(why) if why.contains("shrank")));
        // The server that runs signs nothing more, and one that starts refuses to.
        ask(&site, 1).await;
        traboule::log::beat(&site.app, site.app.now()).await.expect_err("nothing is signed");
        site.stop().await;
        let refused = site.try_start().await.expect_err("it went back");
        assert!(refused.contains("the public log went back") && refused.contains("14 leaves"), "{refused}");
        // The operator takes the file away too: what is signed then, the watcher and the witness catch.
        std::fs::remove_file(guard::high_water(&site.config.data)).expect("taken away");
        site.try_start().await.expect("it starts");
        ask(&site, 6).await;
        beat(&site).await;
        let mut later = Watcher { kept: watcher.kept.clone(), ..Watcher::new(&site).await };
        later.caught("the first 14 leaves are not what they were").await;
        assert!(matches!(witness.round(&later.log).await, Round::Objects(why) if why.contains("does not continue")));
        // A start that can ask the witness refuses as well.
        let (note, now) = (witness.newest().await.expect("signed"), site.app.now());
        let held = read_tx!(site.app.db, |tx| uc::holds(tx, &note).await).expect("read");
        assert_eq!(held, Holds::Forked(14));
        let row = tlog::model::Witness {
            name: witness.key().name.clone(),
            vkey: witness.key().to_string(),
            url: Some("https://w.example".to_owned()),
            here: false,
        };
        write_tx!(site.app.db, |tx| uc::keep_witness(tx, &row, now).await).expect("known");
        site.outside.serves("https://w.example", Arc::new(witness).service());
        let refused = traboule::log::witnesses::agree(&site.app, &site.config.data).await.expect_err("it forked");
        assert!(refused.to_string().contains("the witness w.example signed 14 leaves with another root"), "{refused}");
    });
}

/// The limit of it: whoever holds the key writes another history, and only those who kept something can tell.
#[test]
fn a_whole_history_written_anew_is_seen_by_those_who_kept_a_checkpoint_and_by_nobody_else() {
    on_both(async |mut site| {
        ask(&site, 12).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        watcher.look(false).await.expect("well");
        site.stop().await;
        let tables = ["tlog_cosignature", "tlog_checkpoint", "tlog_tile", "tlog_leaf", "tlog_pending", "tlog_log"];
        let emptied: Vec<String> = tables.iter().map(|t| format!("DELETE FROM {t}")).collect();
        std::fs::remove_file(guard::high_water(&site.config.data)).expect("taken away");
        site.try_start().await.expect("it starts");
        by_sql(&site.app.db, &emptied.iter().map(String::as_str).collect::<Vec<_>>()).await;
        site.stop().await;
        let refused = site.try_start().await.expect_err("the file names a head this database never signed");
        assert!(refused.contains("the public log is another one"), "{refused}");
        std::fs::remove_file(guard::high_water(&site.config.data)).expect("taken away");
        site.try_start().await.expect("it starts");
        ask(&site, 30).await;
        beat(&site).await;
        let mut newcomer = Watcher::new(&site).await;
        newcomer.look(true).await.expect("who never looked before sees a log that fits together");
        let mut later = Watcher { kept: watcher.kept.clone(), ..Watcher::new(&site).await };
        later.caught("the first 13 leaves are not what they were").await;
    });
}

#[test]
fn lost_leaves_come_back_from_a_copy_or_are_given_up_in_the_open() {
    on_both(async |site| {
        ask(&site, 9).await;
        beat(&site).await;
        ask(&site, 280).await;
        beat(&site).await;
        let mut watcher = Watcher::new(&site).await;
        let copy = site.folder().join("copy");
        watcher.log = watcher.log.copied_to(Some(copy.clone()));
        let looked = watcher.look(true).await.expect("well");
        watcher.log.keep("checkpoint", looked.note.as_bytes()).expect("kept");
        go_back_whole(&site, 10).await;
        let folder = FarLog::folder(&copy).expect("a folder");
        let read = watch::look(&folder, &watcher.key, &[], None, true).await.expect("a copy is a log");
        assert_eq!(read.head.size, 290);
        let mut leaves = Vec::new();
        for n in 0..2 {
            leaves.extend(folder.entries(n, 290).await.expect("there"));
        }
        // What waited when the backup was made and is among the leaves does not come twice.
        let now = site.app.now();
        let refused = write_tx!(site.app.db, |tx| uc::recover(tx, &looked.note, &leaves[11..], now).await);
        assert!(refused.is_err(), "not without a gap");
        write_tx!(site.app.db, |tx| uc::recover(
            tx,
            &guard::own_lines(&looked.note, "site.example/log"),
            &leaves[10..],
            now
        )
        .await)
        .expect("they lead to the head that was signed");
        assert_eq!(read_tx!(site.app.db, |tx| uc::agrees(tx).await).expect("read"), Vec::<String>::new());
        watcher.look(true).await.expect("as it was");
        // Another time nothing brings them back.
        go_back_whole(&site, 10).await;
        let ctx = site.system();
        let keeper = &site.app.log.keeper;
        let foreign = looked.note.replace("\n290\n", "\n291\n");
        assert!(write_tx!(site.app.db, |tx| uc::reopen(tx, keeper, &foreign, &ctx).await).is_err());
        let row = write_tx!(site.app.db, |tx| uc::reopen(tx, keeper, &looked.note, &ctx).await).expect("reopened");
        assert_eq!(row.origin, "site.example/log/2");
        watcher.caught("the log was given up and another one opened, site.example/log/2").await;
        watcher.caught("last seen with 290 leaves").await;
        // It has addresses of its own: a cache may still hold the former log's tiles for the old ones.
        for (path, kept) in [
            ("/log/2/checkpoint", "public, max-age=1"),
            ("/log/2/tile/0/000.p/1", "public, max-age=31536000, immutable"),
            ("/log/tile/0/000.p/1", "public, max-age=1"),
        ] {
            let answer = site.get(path).await;
            assert_eq!((answer.status.as_u16(), answer.header("cache-control").as_str()), (200, kept), "{path}");
        }
        assert!(site.get("/log/2/policy").await.text().contains(" https://site.example/log/2/\n"));
        assert_eq!(site.get("/log/2/proof/0").await.status, 200);
        assert_eq!(site.get("/log/1/checkpoint").await.status, 404);
        let leaf = site.get("/fr/log/0").await.text();
        assert!(leaf.contains("Des feuilles ont été perdues") && leaf.contains("290"), "{leaf}");
    });
}

/// Sets the rows back to a head, tiles of two levels included, and forgets what this process remembers of it.
async fn go_back_whole(site: &Site, to: u64) {
    go_back(&site.app.db, to).await;
    by_sql(&site.app.db, &["DELETE FROM tlog_tile WHERE level > 0 OR n > 0"]).await;
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_traboule_cli"));
    command.args(args).current_dir(folder).env_remove("TRABOULE_DATA").output().expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn rc(output: &Output) -> Option<i32> {
    output.status.code()
}

/// The commands as a stranger types them; exit codes are the contract.
#[test]
fn a_stranger_checks_the_log_from_the_command_line() {
    on_one(On::Lite, &async |site: Site| {
        let hash = ask(&site, 5).await;
        beat(&site).await;
        let base = format!("http://{}", listen(&site).await);
        let folder: PathBuf = site.folder().join("stranger");
        std::fs::create_dir_all(&folder).expect("a folder");
        // The server answers on this runtime while the commands run.
        let traboule = async |args: Vec<String>| {
            let folder = folder.clone();
            let args = move || run(&folder, &args.iter().map(String::as_str).collect::<Vec<_>>());
            tokio::task::spawn_blocking(args).await.expect("run")
        };
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let first = traboule(words(&format!("watch {base} --once --json --copy copy"))).await;
        assert_eq!(rc(&first), Some(0), "{first:?}");
        let seen: Value = serde_json::from_str(&stdout(&first)).expect("JSON");
        assert_eq!((&seen["ok"], &seen["size"], &seen["leaves_read"]), (&true.into(), &6.into(), &6.into()));
        assert!(folder.join("copy/tile/entries/000.p/6").exists() && folder.join("copy/checkpoint").exists());
        let witness = traboule(words(&format!("witness {base}/fr/log --once --name w.example --key w.key"))).await;
        assert_eq!(rc(&witness), Some(0), "{witness:?}");
        assert!(
            stdout(&witness).contains("cosigned at size 6") && stdout(&witness).contains("traboule.toml"),
            "{witness:?}"
        );
        for (path, standing) in [("/en/log/3", "included"), ("/log/proof/3", "included"), ("/log/checkpoint", "")] {
            let output = traboule(words(&format!("verify {base}{path}"))).await;
            assert_eq!(rc(&output), Some(0), "{path}: {output:?}");
            assert!(stdout(&output).contains(standing), "{path}: {output:?}");
        }
        // Files, with the key given: nobody is asked.
        let log = vkey(&site).await;
        let file = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("written");
        let proof = site.get("/log/proof/3").await.text();
        file("good.tlog-proof", &proof);
        file("bad.tlog-proof", &proof.replacen("index 3", "index 2", 1));
        let of = |name: &str| vec!["verify".to_owned(), name.to_owned(), "--key".to_owned(), log.clone()];
        assert_eq!(rc(&traboule(of("good.tlog-proof")).await), Some(0));
        assert_eq!(rc(&traboule(of("bad.tlog-proof")).await), Some(1));
        assert_eq!(rc(&traboule(of("no.tlog-proof")).await), Some(1));
        let other = tlog::note::Signer::new("site.example/log", tlog::note::KeyKind::Note, &[8; 32]).expect("a name");
        let wrong_key =
            vec!["verify".to_owned(), "good.tlog-proof".to_owned(), "--key".to_owned(), other.key().to_string()];
        assert_eq!(rc(&traboule(wrong_key).await), Some(1));
        assert_eq!(rc(&traboule(words("verify good.tlog-proof --key nonsense")).await), Some(2));
        let receipt = traboule(words(&format!("verify {base}/log/receipt/{} --json", kernel::hex(&hash)))).await;
        let report: Value = serde_json::from_str(&stdout(&receipt)).expect("JSON");
        assert_eq!((&report["ok"], &report["standing"]), (&true.into(), &"included".into()));
        // A promise that was broken long ago: the log has no such leaf.
        let promise = tlog::receipt::Promise::new("site.example/log", [5; 32], kernel::At::from_micros(0));
        let signer = site.app.log.keeper.signer("site.example/log").expect("a name");
        let read = Note::parse(&promise.signed(&signer)).expect("a note");
        let keys = Keys { log: signer.key().clone(), witnesses: Vec::new(), from_site: false };
        let report = verify::receipt(&read.whole(), &keys, None, site.app.now());
        assert_eq!((report.ok, report.standing), (false, Some("BREACH")));
        // The leaves go, and the watcher that looks again ends with 1 and keeps both sides.
        by_sql(&site.app.db, &["UPDATE tlog_leaf SET body = hash WHERE idx = 2"]).await;
        let caught = traboule(words(&format!("watch {base} --once"))).await;
        assert_eq!(rc(&caught), Some(1), "{caught:?}");
        assert!(stdout(&caught).contains("TAMPERED  leaf 2 does not hash"), "{caught:?}");
        let evidence = std::fs::read_dir(&folder).expect("a folder").filter_map(Result::ok);
        assert!(evidence.into_iter().any(|f| f.file_name().to_string_lossy().ends_with(".evidence")));
    });
}
