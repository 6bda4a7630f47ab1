//! Stops in the middle: after every single write statement of a use case, and by kill -9 of a whole process. This shows
//! what the death of a process does; a power cut can do more, which only the disk's honesty about fsync prevents.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use accounts::service as accounts_uc;
use db::{Db, Failure, Migration, Target, args, read_tx, write_tx};
use it::crash::{audio, draft, worker};
use kernel::{Actor, Ctx, OrgId, Rng};
use publish::model::{Show, ShowText};
use publish::reader::{Feed, Limits, read};
use publish::rules::check::ShowDraft;
use publish::service::{self as uc, ImportOptions, When};
use testkit::{Bench, both};

fn steps() -> Vec<Migration> {
    traboule::migrations()
}

fn ctx(bench: &Bench) -> Ctx {
    Ctx { now: bench.clock.now(), actor: Actor::System("test"), ids: bench.ids.clone(), rng: Rng::System }
}

async fn org(bench: &Bench) -> OrgId {
    let ctx = ctx(bench);
    write_tx!(bench.db, |tx| accounts_uc::create_org(tx, &ctx, "Agence", "agence").await).expect("created").id
}

async fn show(bench: &Bench) -> Show {
    let (org, ctx) = (org(bench).await, ctx(bench));
    let draft = ShowDraft {
        slug: "matins".to_owned(),
        language: "fr".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        texts: [("fr".to_owned(), ShowText { title: "Matins".to_owned(), ..ShowText::default() })].into(),
        ..ShowDraft::default()
    };
    write_tx!(bench.db, |tx| uc::create_show(tx, &ctx, org, draft.clone(), "https://m.example/feeds/").await)
        .expect("created")
}

/// How many rows every table of publishing and of tasks holds.
async fn rows(db: &Db) -> i64 {
    let tables = [
        "publish_show",
        "publish_show_text",
        "publish_guid",
        "publish_episode",
        "publish_episode_text",
        "publish_audio",
        "publish_credit",
        "publish_chapter",
        "jobs_task",
        "jobs_event",
    ];
    let counts: Vec<String> = tables.iter().map(|t| format!("(SELECT COUNT(*) FROM {t})")).collect();
    let sql = format!("SELECT CAST({} AS BIGINT)", counts.join(" + "));
    read_tx!(db, |tx| Ok(tx.scalar::<i64>(&sql, args![]).await?)).expect("counted").expect("a number")
}

fn feed(items: usize) -> Feed {
    let items: String = (0..items)
        .map(|n| {
            format!(
                "<item><title>Matin {n}</title><guid>g{n}</guid><pubDate>Mon, 02 Nov 2026 06:{n:02}:00 +0000</pubDate>\
                 <podcast:person>Odile</podcast:person><enclosure url=\"https://m.example/{n}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
            )
        })
        .collect();
    let xml = format!(
        "<rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"><channel><title>Matins</title>{items}</channel></rss>"
    );
    read(xml.as_bytes(), None, &Limits::default()).expect("readable")
}

async fn import(bench: &Bench, org: OrgId, feed: &Feed) -> Result<(), Failure> {
    let ctx = ctx(bench);
    let options =
        ImportOptions { org, slug: None, source_url: None, dry_run: false, download: true, owner_vouches: false };
    write_tx!(bench.db, |tx| uc::import_feed(tx, &ctx, feed, &options, "https://m.example/feeds/").await).map(drop)
}

/// Runs `work` with a stop after 0, 1, 2 … statements until it passes; after each stop `intact` must hold.
async fn stop_everywhere(bench: &Bench, work: impl AsyncFn() -> Result<(), Failure>, intact: impl AsyncFn(i64)) -> i64 {
    for stop in 0..500 {
        bench.faults.stop_after(stop);
        let outcome = work().await;
        bench.faults.disarm();
        if outcome.is_ok() {
            return stop;
        }
        intact(stop).await;
    }
    panic!("five hundred statements were not enough");
}

#[test]
fn c2_an_import_stopped_after_any_statement_leaves_zero_rows() {
    both(&steps(), async |bench| {
        let (org, feed) = (org(&bench).await, feed(12));
        let before = rows(&bench.db).await;
        let statements = stop_everywhere(
            &bench,
            async || import(&bench, org, &feed).await,
            async |stop| {
                assert_eq!(rows(&bench.db).await, before, "stopped after {stop}");
            },
        )
        .await;
        assert!(statements > 10, "the import was really stopped in between: {statements}");
        let after = rows(&bench.db).await;
        import(&bench, org, &feed).await.expect("again");
        assert_eq!(rows(&bench.db).await, after, "twice is once");
    });
}

#[test]
fn a_publication_stopped_after_any_statement_is_whole_or_not_there() {
    both(&steps(), async |bench| {
        let show = show(&bench).await;
        let before = rows(&bench.db).await;
        let ctx = ctx(&bench);
        let publish = async || {
            let draft = draft(1, 1);
            write_tx!(bench.db, |tx| {
                let made = uc::create_episode(tx, &ctx, show.id, draft.clone()).await?;
                uc::attach_audio(tx, &ctx, made.id, &audio()).await?;
                uc::schedule(tx, &ctx, made.id, When::Now).await
            })
            .map(drop)
        };
        stop_everywhere(&bench, publish, async |stop| {
            assert_eq!(rows(&bench.db).await, before, "stopped after {stop}");
        })
        .await;
        assert!(rows(&bench.db).await > before);
    });
}

#[test]
fn c7_a_worker_stopped_after_any_statement_tells_a_publication_once() {
    both(&steps(), async |bench| {
        let show = show(&bench).await;
        let ctx = ctx(&bench);
        let draft = draft(1, 1);
        write_tx!(bench.db, |tx| {
            let made = uc::create_episode(tx, &ctx, show.id, draft.clone()).await?;
            uc::attach_audio(tx, &ctx, made.id, &audio()).await?;
            uc::schedule(tx, &ctx, made.id, When::Now).await
        })
        .expect("published");
        let worker = worker(&bench.db, &bench.ids);
        for stop in 0..12 {
            bench.faults.stop_after(stop);
            drop(worker.drain().await);
            bench.faults.disarm();
            // The next worker finds the task when the lease of the dead one has ended.
            bench.clock.advance(3600);
        }
        worker.drain().await.expect("works");
        assert_eq!(events(&bench.db).await.len(), 1);
    });
}

/// The episodes whose publication was told, one entry per event.
async fn events(db: &Db) -> Vec<String> {
    let sql = "SELECT body FROM jobs_event WHERE kind = 'publish.episode_published'";
    let rows = read_tx!(db, |tx| Ok(tx.all(sql, args![]).await?)).expect("read");
    rows.iter().map(|r| r.get::<String>(0).expect("a body")).collect()
}

fn child(target: &Target, show: i64) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crash_child"));
    match target {
        Target::File(path) => command.arg("file").arg(path),
        Target::Postgres { url, schema } => command.args(["postgres", url, schema.as_deref().unwrap_or_default()]),
    };
    command.arg(show.to_string()).stdout(Stdio::piped()).spawn().expect("the child starts")
}

/// Reads acknowledgements, kills without warning after `count` of them, and drains what was already written.
fn acknowledged_then_killed(mut child: Child, count: usize) -> Vec<String> {
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut guids: Vec<String> = lines.by_ref().take(count).map(|l| l.expect("a line")).collect();
    child.kill().expect("killed");
    child.wait().expect("ended");
    guids.extend(lines.map_while(Result::ok).filter(|l| l.len() == 36));
    guids
}

#[test]
fn kill_9_loses_nothing_acknowledged_and_doubles_nothing() {
    both(&steps(), async |bench| {
        let show = show(&bench).await;
        let mut acknowledged = Vec::new();
        for count in [1, 7, 23] {
            acknowledged.extend(acknowledged_then_killed(child(&bench.target, show.id), count));
        }
        assert!(acknowledged.len() >= 31, "the children worked: {}", acknowledged.len());
        let after = bench.second().await;
        let sql = "SELECT e.guid FROM publish_episode e JOIN publish_audio a ON a.episode_id = e.id WHERE e.state = 'scheduled'";
        let rows = read_tx!(after, |tx| Ok(tx.all(sql, args![]).await?)).expect("read");
        let stored: Vec<String> = rows.iter().map(|r| r.get(0).expect("a guid")).collect();
        let distinct: HashSet<&String> = stored.iter().collect();
        assert_eq!(distinct.len(), stored.len());
        assert!(acknowledged.iter().all(|g| distinct.contains(g)), "an acknowledged episode is lost");
        // Tasks of the dead are taken over when their leases end; each publication is told exactly once.
        bench.clock.set(kernel::Clock::system().now().plus_seconds(7200));
        worker(&bench.db, &bench.ids).drain().await.expect("works");
        let told = events(&bench.db).await;
        assert_eq!(told.len(), stored.len());
        assert_eq!(told.iter().collect::<HashSet<_>>().len(), stored.len());
    });
}
