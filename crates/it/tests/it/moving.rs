//! A site moves from SQLite to PostgreSQL and back by backup and restore (c21): the same feeds byte for byte, the same
//! sign-ins, the same media, and every table of the schema with the same rows.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use db::{Db, FaultPlan, Target, args, read_tx, schema_shape, write_tx};
use it::{Person, Site, desk, on_one};
use kernel::{Clock, Role};
use testkit::{Folder, On, bench, postgres_url, start, unique};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_traboule_cli")).args(args).env_remove("TRABOULE_DATA").output().expect("it runs")
}

fn done(args: &[&str]) {
    let output = run(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An empty schema of the test cluster, as an address the command line takes.
async fn empty_postgres() -> (String, String) {
    let schema = unique();
    let target = Target::Postgres { url: postgres_url(), schema: Some(schema.clone()) };
    Db::open(&target, Clock::fixed(start())).await.expect("a schema").close().await;
    let joint = if postgres_url().contains('?') { '&' } else { '?' };
    (format!("{}{joint}options=-csearch_path%3D{schema}", postgres_url()), schema)
}

/// Every row of every table as text, without the steps and the leases of processes.
pub(crate) async fn contents(db: &Db) -> BTreeMap<String, Vec<String>> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for line in schema_shape(db).await.expect("a schema") {
        let (place, rest) = line.split_once(' ').expect("a column");
        let (table, column) = place.split_once('.').expect("a table");
        let kind = rest.split(' ').next().unwrap_or_default().to_owned();
        tables.entry(table.to_owned()).or_default().push((column.to_owned(), kind));
    }
    let mut out = BTreeMap::new();
    for (table, columns) in tables {
        if matches!(table.as_str(), "db_migration" | "db_node") {
            continue;
        }
        let names: Vec<&str> = columns.iter().map(|(c, _)| c.as_str()).collect();
        let sql = format!("SELECT {} FROM {table}", names.join(", "));
        let rows = read_tx!(db, |tx| Ok(tx.all(&sql, args![]).await?)).expect("rows");
        let mut texts: Vec<String> = rows
            .iter()
            .map(|row| {
                let value = |(n, (_, kind)): (usize, &(String, String))| match kind.as_str() {
                    "BIGINT" => format!("{:?}", row.get::<Option<i64>>(n).expect("a number")),
                    "BOOLEAN" => format!("{:?}", row.get::<Option<bool>>(n).expect("a flag")),
                    "BYTEA" => format!("{:?}", row.get::<Option<Vec<u8>>>(n).expect("bytes")),
                    _ => format!("{:?}", row.get::<Option<String>>(n).expect("a text")),
                };
                columns.iter().enumerate().map(value).collect::<Vec<_>>().join("|")
            })
            .collect();
        texts.sort();
        out.insert(table, texts);
    }
    out
}

/// Puts a row into every table that has none, and gives the tables where that did not work. A column takes the value of the
/// row it refers to (an episode: `episode`), the first word its CHECK allows, or `text`.
pub(crate) async fn fill(site: &Site, episode: i64, text: &str) -> Vec<String> {
    let statements = statements(episode, text).await;
    let mut left = Vec::new();
    // A row may have to wait for the one it refers to.
    for _ in 0..6 {
        left.clear();
        for (table, _) in contents(&site.app.db).await.into_iter().filter(|(_, rows)| rows.is_empty()) {
            let sql = &statements[&table];
            let bytes = if sql.contains("$1") { args![b"x".to_vec()] } else { args![] };
            if write_tx!(site.app.db, |tx| Ok(tx.run(sql, bytes.clone()).await?)).is_err() {
                left.push(table);
            }
        }
    }
    left
}

/// The statement that puts one row into each table; the schema is asked of SQLite, the statements run on both engines.
async fn statements(episode: i64, text: &str) -> BTreeMap<String, String> {
    let lite = bench(On::Lite, &traboule::migrations()).await;
    let shape = schema_shape(&lite.db).await.expect("a schema");
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let made = read_tx!(lite.db, |tx| Ok(tx.all(sql, args![]).await?)).expect("tables");
    let mut out = BTreeMap::new();
    for table in &made {
        let (table, made): (String, String) = (table.get(0).expect("a name"), table.get(1).expect("a text"));
        let sql = "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list($1)";
        let foreign = read_tx!(lite.db, |tx| Ok(tx.all(sql, args![&table]).await?)).expect("foreign keys");
        let parents: BTreeMap<String, String> = foreign
            .iter()
            .map(|r| {
                let (from, parent, to): (String, String, String) =
                    (r.get(0).expect("from"), r.get(1).expect("table"), r.get(2).expect("to"));
                let row = if parent == "publish_episode" { format!("WHERE {to} = {episode}") } else { String::new() };
                (from, format!("(SELECT {to} FROM {parent} {row} LIMIT 1)"))
            })
            .collect();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for line in shape.iter().filter_map(|line| line.strip_prefix(&format!("{table}."))) {
            let words: Vec<&str> = line.split(' ').collect();
            let (name, kind) = (words[0], words[1]);
            names.push(name);
            values.push(match (parents.get(name), kind) {
                (Some(parent), _) => parent.clone(),
                (None, "BIGINT") if name == "episode_id" => episode.to_string(),
                (None, "BIGINT") => "1".to_owned(),
                (None, "BOOLEAN") => "TRUE".to_owned(),
                (None, "BYTEA") => "$1".to_owned(),
                (None, _) => format!("'{}'", word(&made, name).unwrap_or_else(|| text.to_owned())),
            });
        }
        let sql = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
        out.insert(table, sql);
    }
    out
}

/// The first word a CHECK of the column allows.
fn word(table: &str, column: &str) -> Option<String> {
    let flat = table.split_whitespace().collect::<Vec<_>>().join(" ");
    let list = flat.split_once(&format!("{column} IN ('")).and_then(|(_, rest)| rest.split_once('\''));
    list.map(|(word, _)| word.to_owned())
}

/// What a database holds that no server has open.
async fn rows_of(target: &Target) -> BTreeMap<String, Vec<String>> {
    let db = Db::open(target, Clock::fixed(start())).await.expect("open");
    let found = contents(&db).await;
    db.close().await;
    found
}

/// Compares a database with rows, table by table.
async fn same_rows(target: &Target, rows: &BTreeMap<String, Vec<String>>) {
    let found = rows_of(target).await;
    assert_eq!(found.keys().collect::<Vec<_>>(), rows.keys().collect::<Vec<_>>());
    for (table, rows) in rows {
        assert_eq!(&found[table], rows, "{table}");
    }
}

/// What the outside sees: feeds in every form, pages, sound, and a sign-in.
async fn outside(site: &Site, who: &Person, token: &str) -> BTreeMap<String, (u16, Vec<u8>)> {
    let mut paths: Vec<String> = Vec::new();
    for show in ["pentes", "quais"] {
        paths.extend(["xml", "atom", "json"].map(|form| format!("/feeds/{show}.{form}")));
        paths.push(format!("/fr/shows/{show}"));
    }
    paths.extend(["/feeds.opml", "/sitemap.xml", "/api/v1/shows", "/fr/"].map(str::to_owned));
    let feed = site.get("/feeds/pentes.json").await.json();
    for item in feed["items"].as_array().expect("items") {
        let url = item["attachments"][0]["url"].as_str().expect("sound");
        paths.push(url.strip_prefix(it::ORIGIN).expect("ours").to_owned());
    }
    let mut out = BTreeMap::new();
    for path in paths {
        let answer = site.get(&path).await;
        out.insert(path, (answer.status.as_u16(), answer.body.to_vec()));
    }
    let account = site.get_as(who, "/fr/account").await;
    assert!(account.text().contains("Camille Durand"), "the session still opens the account");
    out.insert("session".to_owned(), (account.status.as_u16(), Vec::new()));
    let api = site.api(token, "GET", "/api/v1/shows", "").await;
    out.insert("token".to_owned(), (api.status.as_u16(), api.body.to_vec()));
    out
}

#[test]
fn c21_a_site_moves_to_postgresql_and_back_and_nothing_differs() {
    on_one(On::Lite, &async |mut site: Site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let mut first = 0;
        for slug in ["pentes", "quais"] {
            let show = desk::show(&site, &who, slug).await;
            for title in ["Le pont", "Le quai", "La traboule"] {
                first = desk::published(&site, &who, &show, title).await.id;
                site.clock.advance(60);
            }
            desk::episode(&site, &who, &show, desk::draft("Un brouillon")).await;
        }
        let ctx = site.app.ctx(who.actor.clone());
        let scopes = kernel::TokenScope::ALL;
        let made =
            write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &scopes, 9).await);
        let token = made.expect("a token").secret;
        let left = fill(&site, first, "texte é 👩🏽‍🚀").await;
        let shown = outside(&site, &who, &token).await;
        let rows = contents(&site.app.db).await;
        let empty: Vec<&String> = rows.iter().filter(|(_, rows)| rows.is_empty()).map(|(name, _)| name).collect();
        assert_eq!(empty, left.iter().collect::<Vec<_>>());
        assert!(left.is_empty(), "every table has a row: {left:?}");

        // SQLite → PostgreSQL, by the real commands on the real files.
        let folder = Folder::new();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let data = site.config.data.to_string_lossy().into_owned();
        site.stop().await;
        done(&["backup", &path("one"), "--data", &data]);
        // The command itself opens the site, which puts unfinished uploads in order.
        let rows = rows_of(&Target::File(site.config.data.join("traboule.db"))).await;
        let (url, _) = empty_postgres().await;
        done(&["restore", &path("one"), "--data", &path("pg"), "--database", &url]);
        let again = run(&["restore", &path("one"), "--data", &path("pg2"), "--database", &url]);
        assert_eq!(again.status.code(), Some(1), "never over a site");
        assert!(String::from_utf8_lossy(&again.stderr).contains("not empty"), "{again:?}");
        same_rows(&Target::Postgres { url: url.clone(), schema: None }, &rows).await;
        site.config.data = folder.path().join("pg");
        site.config.database = Some(url.clone());
        site.start().await;
        assert_eq!(outside(&site, &who, &token).await, shown);
        // What the schema forbids is forbidden there too.
        let sql = "UPDATE publish_guid SET guid = 'x'";
        assert!(write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![]).await?)).is_err(), "triggers are in place");
        let orphan = "INSERT INTO publish_transcript (episode_id, lang, body, reviewed) VALUES (1, 'xx', '', TRUE)";
        assert!(
            write_tx!(site.app.db, |tx| Ok(tx.run(orphan, args![]).await?)).is_err(),
            "foreign keys are strict again"
        );
        site.stop().await;

        // PostgreSQL → SQLite.
        done(&["backup", &path("two"), "--data", &path("pg"), "--database", &url]);
        let rows = rows_of(&Target::Postgres { url: url.clone(), schema: None }).await;
        done(&["restore", &path("two"), "--data", &path("back")]);
        same_rows(&Target::File(folder.path().join("back").join("traboule.db")), &rows).await;
        site.config.data = folder.path().join("back");
        site.config.database = None;
        site.start().await;
        assert_eq!(outside(&site, &who, &token).await, shown);
        site.stop().await;
    });
}

#[test]
fn c21_a_copy_stopped_after_any_statement_leaves_nothing() {
    on_one(On::Lite, &async |site: Site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "Le pont").await;
        for on in [On::Pg, On::Lite] {
            let target = bench(on, &traboule::migrations()).await;
            let mut stopped = 0;
            loop {
                target.faults.stop_after(stopped);
                let outcome = site.app.db.copy_into(&target.db, |_, _| {}).await;
                target.faults.disarm();
                if outcome.is_ok() {
                    break;
                }
                stopped += 1;
                assert_eq!(target.db.holds_rows().await.expect("asked"), None, "{on:?} after {stopped}");
            }
            assert!(stopped > 10, "it was stopped {stopped} times");
            let full = site.app.db.copy_into(&target.db, |_, _| {}).await;
            assert!(full.is_err_and(|e| e.to_string().contains("not empty")), "a second copy is refused");
        }
    });
}

#[test]
fn c21_a_backup_of_a_newer_program_is_refused_and_an_older_one_is_brought_up_to_date() {
    on_one(On::Lite, &async |mut site: Site| {
        let who = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        desk::show(&site, &who, "pentes").await;
        let folder = Folder::new();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let data = site.config.data.to_string_lossy().into_owned();
        site.stop().await;
        done(&["backup", &path("now"), "--data", &data]);
        // A step this program does not know.
        let target = Target::File(site.config.data.join("traboule.db"));
        let newer = Db::open_with(&target, Clock::fixed(start()), FaultPlan::none()).await.expect("open");
        let step = "INSERT INTO db_migration (id, digest, at) VALUES ('publish_9999', 'x', 1)";
        write_tx!(newer, |tx| Ok(tx.run(step, args![]).await?)).expect("written");
        newer.close().await;
        done(&["backup", &path("newer"), "--data", &data]);
        let (url, schema) = empty_postgres().await;
        for place in [vec![], vec!["--database", &url]] {
            let into = path("refused");
            let mut ask = vec!["restore", "", "--data", &into];
            let file = path("newer");
            ask[1] = &file;
            ask.extend(place);
            let refused = run(&ask);
            assert_eq!(refused.status.code(), Some(1));
            assert!(String::from_utf8_lossy(&refused.stderr).contains("publish_9999"), "{refused:?}");
            assert!(!folder.path().join("refused").join("traboule.db").exists());
        }
        let target = Target::Postgres { url: postgres_url(), schema: Some(schema) };
        let pg = Db::open(&target, Clock::fixed(start())).await.expect("open");
        assert_eq!(schema_shape(&pg).await.expect("a schema"), Vec::<String>::new(), "nothing was touched");
        pg.close().await;
        // An older one: the last step is not there yet.
        let folder_old = Folder::new();
        let all = traboule::migrations();
        let old = Target::File(folder_old.path().join("traboule.db"));
        let older = Db::open(&old, Clock::fixed(start())).await.expect("open");
        older.migrate(&all[..all.len() - 1]).await.expect("steps");
        assert_eq!(older.unknown_steps(&all).await.expect("asked"), Vec::<String>::new());
        older.migrate(&all).await.expect("the rest");
        let (fresh, _) = empty_postgres().await;
        done(&["restore", &path("now"), "--data", &path("fresh"), "--database", &fresh]);
    });
}
