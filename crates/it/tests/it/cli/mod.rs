//! The command line as scripts see it: the real commands in processes and folders of their own.

mod log;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use testkit::Folder;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_traboule_cli"))
        .args(args)
        .env_remove("TRABOULE_DATA")
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn feed(folder: &Path, items: usize, locked: bool) -> String {
    let items: String = (0..items)
        .map(|n| {
            format!(
                "<item><title>Matin {n}</title><guid>g{n}</guid><pubDate>Mon, 02 Nov 2026 06:0{n}:00 +0000</pubDate>\
                 <enclosure url=\"https://m.example/{n}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
            )
        })
        .collect();
    let lock = if locked { "<podcast:locked>yes</podcast:locked>" } else { "" };
    let xml = format!(
        "<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Matins</title>{lock}{items}</channel></rss>"
    );
    let path = folder.join(format!("feed-{}-{locked}.xml", xml.len()));
    std::fs::write(&path, xml).expect("written");
    path.to_string_lossy().into_owned()
}

#[test]
fn a_dry_run_on_an_empty_folder_reports_and_leaves_no_folder() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let data_text = data.to_string_lossy().into_owned();
    let output = run(&["import", "feed", &feed(folder.path(), 3, false), "--dry-run", "--json", "--data", &data_text]);
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    for (key, expected) in [
        ("items", 3),
        ("distinct_ids", 3),
        ("with_enclosure", 3),
        ("would_create", 3),
        ("would_update", 0),
        ("unchanged", 0),
    ] {
        assert_eq!(report[key], expected, "{key}");
    }
    assert_eq!(report["first_published"], "2026-11-02T06:00:00Z");
    assert_eq!(report["show"]["title"], "Matins");
    assert!(!data.exists(), "a dry run creates nothing");
}

#[test]
fn an_import_counts_what_it_did_and_a_locked_feed_is_refused() {
    let folder = Folder::new();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let import = |source: &str| {
        let output = run(&["import", "feed", source, "--json", "--data", &data]);
        serde_json::from_str::<Value>(&stdout(&output)).expect("JSON")
    };
    let source = feed(folder.path(), 3, false);
    assert_eq!(import(&source)["would_create"], 3);
    assert_eq!(import(&source)["unchanged"], 3);
    let locked = run(&["import", "feed", &feed(folder.path(), 2, true), "--show", "autre", "--data", &data]);
    assert_eq!(locked.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&locked.stderr).contains("locked"));
}

#[test]
fn a_backup_restores_the_same_site_and_a_damaged_one_is_refused() {
    let folder = Folder::new();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, copy, file) = (path("data"), path("copy"), path("site.backup"));
    let made =
        run(&["init", "--org", "Agence", "--show", "Matins", "--owner", "odile@matins.example", "--data", &data]);
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert_eq!(run(&["backup", &file, "--data", &data]).status.code(), Some(0));
    let restored = run(&["restore", &file, "--data", &copy]);
    assert_eq!(restored.status.code(), Some(0), "{}", String::from_utf8_lossy(&restored.stderr));
    let check = run(&["check", "--json", "--data", &copy]);
    let report: Value = serde_json::from_str(&stdout(&check)).expect("JSON");
    assert_eq!(report["ok"], true, "{report}");
    assert_eq!(run(&["restore", &file, "--data", &copy]).status.code(), Some(1), "not over a site");
    let mut bytes = std::fs::read(&file).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("written");
    let other = path("other");
    assert_eq!(run(&["restore", &file, "--data", &other]).status.code(), Some(1));
    assert!(!Path::new(&other).join("traboule.db").exists(), "nothing half restored");
}

#[test]
fn bad_usage_is_two_and_a_bad_setting_names_its_line() {
    assert_eq!(run(&["nonsense"]).status.code(), Some(2));
    let folder = Folder::new();
    std::fs::write(folder.path().join("traboule.toml"), "\nlisten = 5\n").expect("written");
    let output = run(&["serve", "--data", &folder.path().to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("traboule.toml:2"), "{output:?}");
}

#[test]
fn one_process_at_a_time_works_in_a_data_folder() {
    let folder = Folder::new();
    let _held = db::DataLock::take(folder.path()).expect("free");
    let output = run(&["import", "feed", &feed(folder.path(), 1, false), "--data", &folder.path().to_string_lossy()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in use"), "{output:?}");
}

#[test]
fn an_export_comes_in_by_the_command_line_once_and_what_it_keeps_is_answered_for() {
    let folder = Folder::new();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, file, broken) = (path("data"), path("carnet.xml"), path("broken.xml"));
    let xml = crate::imports_wxr::small();
    std::fs::write(&file, &xml).expect("written");
    std::fs::write(&broken, &xml[..xml.len() / 2]).expect("written");
    let dry = run(&["import", "wxr", &file, "--dry-run", "--json", "--data", &data]);
    let report: Value = serde_json::from_str(&stdout(&dry)).expect("JSON");
    assert_eq!((&report["items"], &report["would_create"]), (&Value::from(6), &Value::from(6)));
    assert_eq!(report["wordpress"]["comments"]["approved"], 2);
    assert!(!Path::new(&data).exists(), "a dry run creates nothing");
    let refused = run(&["import", "wxr", &broken, "--data", &data]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("refused (malformed)"), "{refused:?}");
    assert!(!Path::new(&data).exists(), "nor does a refused one");
    for (key, unchanged) in [("would_create", 0), ("unchanged", 6)] {
        let output = run(&["import", "wxr", &file, "--json", "--data", &data]);
        let report: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        assert_eq!((&report[key], &report["unchanged"]), (&Value::from(6), &Value::from(unchanged)));
        assert!(!stdout(&output).contains("boite.example"), "no address in a report");
    }
    let kept = |more: &[&str]| -> Value {
        let args = [&["kept", "CANARI-11@boite.example", "--json", "--data", data.as_str()], more].concat();
        serde_json::from_str(&stdout(&run(&args))).expect("JSON")
    };
    let found = kept(&[]);
    assert_eq!(found["comments"][0]["body"], "Très beau.\n\nMerci !");
    assert_eq!(found["kept"], serde_json::json!([]), "nothing is kept in plain");
    assert_eq!(kept(&["--erase"])["erased"], 1);
    assert_eq!(kept(&[])["comments"], serde_json::json!([]));
    let check: Value = serde_json::from_str(&stdout(&run(&["check", "--json", "--data", &data]))).expect("JSON");
    let rows = check["checks"].as_array().expect("a list").iter().find(|c| c["name"] == "kept").expect("looked at");
    assert!(rows["detail"].as_str().expect("text").starts_with("3 private rows of commenters, 0 run out"), "{rows}");
}

/// Writes dead letters into a site that no process has open.
fn give_up(data: &str, keys: &[(&str, &str)]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let target = db::Target::File(Path::new(data).join("traboule.db"));
        let db = db::Db::open(&target, kernel::Clock::system()).await.expect("opened");
        for (handler, key) in keys {
            let sql = "INSERT INTO jobs_task (handler, key, org_id, body, state, attempts, due_at, leased_until,
                         progress_done, progress_total, trouble) VALUES ($1, $2, 1, '', 'dead', 10, 1, 0, 0, 0, 'no answer')";
            db::write_tx!(db, |tx| Ok(tx.run(sql, db::args![*handler, *key]).await?)).expect("written");
        }
        db.close().await;
    });
}

#[test]
fn what_was_given_up_is_listed_and_revived_by_choice() {
    let folder = Folder::new();
    let data = folder.path().join("data").to_string_lossy().into_owned();
    assert_eq!(run(&["import", "feed", &feed(folder.path(), 1, false), "--data", &data]).status.code(), Some(0));
    let revive = |more: &[&str]| -> (Option<i32>, Value) {
        let output = run(&[&["revive", "--json", "--data", data.as_str()], more].concat());
        (output.status.code(), serde_json::from_str(&stdout(&output)).expect("JSON"))
    };
    assert_eq!(revive(&[]), (Some(0), serde_json::json!({"revived": 0, "tasks": []})));
    give_up(&data, &[("mail", "a"), ("mail", "b"), ("publish.fetch_audio", "c")]);
    assert_eq!(run(&["check", "--data", &data]).status.code(), Some(1));
    let (code, listed) = revive(&[]);
    assert_eq!((code, &listed["revived"]), (Some(0), &Value::from(0)));
    assert_eq!(listed["tasks"].as_array().expect("a list").len(), 3);
    assert_eq!(listed["tasks"][0]["trouble"], "no answer");
    assert_eq!(revive(&["--handler", "mail", "--key", "a"]).1["revived"], 1);
    let nothing = run(&["revive", "--handler", "mail", "--key", "a", "--data", &data]);
    assert_eq!(nothing.status.code(), Some(1), "it is given up no more");
    assert_eq!(revive(&["--handler", "mail"]).1["revived"], 1);
    assert_eq!(revive(&["--all"]).1["revived"], 1);
    assert_eq!(run(&["check", "--data", &data]).status.code(), Some(0));
    assert_eq!(run(&["revive", "--all", "--handler", "mail", "--data", &data]).status.code(), Some(2));
}

#[test]
fn a_persons_copy_is_printed_or_written_as_an_archive() {
    let folder = Folder::new();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (data, file) = (path("data"), path("copie.tar"));
    let made = run(&[
        "init",
        "--org",
        "Agence",
        "--show",
        "Matins",
        "--owner",
        "ada@lecteurs.example",
        "--public-url",
        "https://site.example",
        "--data",
        &data,
    ]);
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let copy = |more: &[&str]| {
        run(&[&["export", "person", "--email", "ada@lecteurs.example", "--data", data.as_str()], more].concat())
    };
    let printed: Value = serde_json::from_str(&stdout(&copy(&[]))).expect("JSON");
    assert_eq!(printed["account"]["email"], "ada@lecteurs.example");
    let written = copy(&["--file", &file]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let entries = crate::members::untar(&std::fs::read(&file).expect("written"));
    let told: Value = serde_json::from_slice(&entries["export.json"]).expect("JSON");
    assert_eq!((&told["account"]["email"], entries.len()), (&printed["account"]["email"], 1));
    assert_eq!(copy(&["--file", &file]).status.code(), Some(1), "nothing is written over");
    let nobody = run(&["export", "person", "--email", "x@lecteurs.example", "--data", &data, "--file", &path("x.tar")]);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(!Path::new(&path("x.tar")).exists());
}
