//! Counting on both engines: a table of request logs with the listens and the reasons they must give (c14), windows over
//! midnight, the death of salts, export and recount, two writers at once.

use std::collections::BTreeMap;

use audience::model::{Ask, Count, Item, Seen, day_of};
use audience::service::{self as uc, Context};
use db::{Db, Migration, args, read_tx, write_tx};
use kernel::{Actor, At, Ctx, OrgId, PersonId, Rng, Role, Subject};
use testkit::{Bench, On, both, run};

const ORG: OrgId = OrgId(1);
const MEGA: u64 = 1_000_000;
/// Ten minutes, 10 MB after 1 kB of tags: sixty seconds are one megabyte.
const SOUND: (u64, u64, u64) = (10 * MEGA + 1_000, 1_000, 600_000);
const OVERCAST: &str = "Overcast/3.0 (+http://overcast.fm/; iOS podcast app)";
const ANTENNA: &str = "AntennaPod/3.5.0";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn steps() -> Vec<Migration> {
    [jobs::MIGRATIONS, audience::MIGRATIONS].concat()
}

fn ctx(bench: &Bench) -> Ctx {
    Ctx { now: bench.clock.now(), actor: Actor::System("test"), ids: bench.ids.clone(), rng: Rng::System }
}

fn item(episode: i64) -> Item {
    Item { org: ORG, within: 3, subject: Subject::episode(episode) }
}

/// A GET of the whole file by Overcast at six in the morning.
fn get() -> Seen {
    Seen {
        item: item(1),
        count: Count::Listen,
        at: testkit::start(),
        ip: [192, 0, 2, 1].into(),
        agent: OVERCAST.to_owned(),
        referer: String::new(),
        method: "GET".to_owned(),
        status: 200,
        prefetch: false,
        team: false,
        taken: (0, SOUND.0),
        sound: SOUND,
    }
}

fn part(first: u64, end: u64) -> Seen {
    Seen { status: 206, taken: (first, end), ..get() }
}

fn later(seconds: i64, seen: Seen) -> Seen {
    Seen { at: testkit::start().plus_seconds(seconds), ..seen }
}

fn by(agent: &str, seen: Seen) -> Seen {
    Seen { agent: agent.to_owned(), ..seen }
}

fn from(ip: &str, seen: Seen) -> Seen {
    Seen { ip: ip.parse().expect("an address"), ..seen }
}

fn method(name: &str, seen: Seen) -> Seen {
    Seen { method: name.to_owned(), ..seen }
}

fn of(sound: (u64, u64, u64), taken: (u64, u64)) -> Seen {
    Seen { sound, taken, ..get() }
}

fn page() -> Seen {
    Seen { count: Count::View, agent: FIREFOX.to_owned(), taken: (0, 0), sound: (0, 0, 0), ..get() }
}

async fn take(db: &Db, ctx: &Ctx, seen: &[Seen], context: &Context) {
    write_tx!(db, |tx| uc::take(tx, ctx, seen, context).await).expect("taken in");
}

fn everything() -> Ask {
    let start = testkit::start();
    Ask {
        org: ORG,
        within: None,
        subject: None,
        from: start.plus_seconds(-86_400 * 9),
        to: start.plus_seconds(86_400 * 90),
    }
}

async fn figures(db: &Db) -> uc::Figures {
    read_tx!(db, |tx| uc::figures(tx, &Actor::System("test"), &everything()).await).expect("figures")
}

fn reasons(figures: &uc::Figures) -> String {
    let list: BTreeMap<&str, i64> = figures.excluded.iter().map(|p| (p.name.as_str(), p.n)).collect();
    list.iter().map(|(name, n)| format!("{name}={n}")).collect::<Vec<_>>().join(" ")
}

/// A log: what it shows, the requests, listens, views, reasons.
type Log = (&'static str, Vec<Seen>, i64, i64, &'static str);

fn whole_files() -> Vec<Log> {
    let short = (200_000, 0, 20_000);
    vec![
        ("a whole file", vec![get()], 1, 0, ""),
        ("sixty seconds after the header", vec![part(0, MEGA + 1_000)], 1, 0, ""),
        ("a byte less is none", vec![part(0, MEGA + 999)], 0, 0, ""),
        ("the header alone is no sound", vec![part(0, 1_000)], 0, 0, ""),
        ("sixty seconds from the middle", vec![part(5 * MEGA, 6 * MEGA)], 1, 0, ""),
        ("a short file needs all of it", vec![of(short, (0, 199_999))], 0, 0, ""),
        ("a short file whole", vec![of(short, (0, 200_000))], 1, 0, ""),
        ("exactly sixty seconds need all of it", vec![of((MEGA, 0, 60_000), (0, MEGA - 1))], 0, 0, ""),
        ("a file of unknown length needs all of it", vec![of((MEGA, 0, 0), (0, MEGA / 2))], 0, 0, ""),
        ("an empty file is never a listen", vec![of((0, 0, 0), (0, 0))], 0, 0, "nothing=1"),
        ("a client that went away counts what it took", vec![Seen { taken: (0, 500_000), ..get() }], 0, 0, ""),
        ("and counts when it took enough", vec![Seen { taken: (0, 2 * MEGA), ..get() }], 1, 0, ""),
    ]
}

fn ranges() -> Vec<Log> {
    let halves = [part(0, 500_000), part(500_000, MEGA + 1_000)];
    let mut tiny: Vec<Seen> = (0..11).map(|n| part(n * 100_000, (n + 1) * 100_000)).collect();
    tiny.rotate_left(5);
    vec![
        ("two halves are one listen", halves.to_vec(), 1, 0, ""),
        ("in the other order too", halves.iter().rev().cloned().collect(), 1, 0, ""),
        ("the same bytes twice are counted once", vec![part(0, 600_000), part(0, 600_000)], 0, 0, ""),
        ("overlapping bytes are counted once", vec![part(0, 600_000), part(300_000, 900_000)], 0, 0, ""),
        ("many small pieces in any order", tiny, 1, 0, ""),
        ("a probe of two bytes is nothing", vec![part(0, 2)], 0, 0, "probe=1"),
        ("a probe of one byte is nothing", vec![part(0, 1)], 0, 0, "probe=1"),
        ("a probe and then the file is one", vec![part(0, 2), part(0, SOUND.0)], 1, 0, "probe=1"),
        ("many probes are nothing", (0..9).map(|n| later(n, part(0, 2))).collect(), 0, 0, "probe=9"),
        ("a range is not the whole file", vec![part(0, 300_000)], 0, 0, ""),
        ("the last bytes alone are little", vec![part(10 * MEGA, 10 * MEGA + 1_000)], 0, 0, ""),
        (
            "pieces of two listeners do not add up",
            vec![part(0, 600_000), from("192.0.2.2", part(600_000, 1_200_000))],
            0,
            0,
            "",
        ),
        (
            "nor pieces of two episodes",
            vec![part(0, 600_000), Seen { item: item(2), ..part(600_000, 1_200_000) }],
            0,
            0,
            "",
        ),
        ("nor pieces of two files", vec![part(0, 600_000), of((5 * MEGA, 0, 600_000), (0, 400_000))], 0, 0, ""),
        ("a lighter file is the same episode", vec![get(), of((5 * MEGA, 0, 600_000), (0, 5 * MEGA))], 1, 0, ""),
    ]
}

fn answers() -> Vec<Log> {
    vec![
        ("HEAD never counts", vec![method("HEAD", get())], 0, 0, "method=1"),
        ("nor OPTIONS", vec![method("OPTIONS", get())], 0, 0, "method=1"),
        ("HEAD before GET is one", vec![method("HEAD", get()), get()], 1, 0, "method=1"),
        ("304 carries no sound", vec![Seen { status: 304, taken: (0, 0), ..get() }], 0, 0, "status=1"),
        ("416 carries no sound", vec![Seen { status: 416, taken: (0, 0), ..get() }], 0, 0, "status=1"),
        ("404 carries no sound", vec![Seen { status: 404, taken: (0, 0), ..get() }], 0, 0, "status=1"),
        ("an answer nobody took", vec![Seen { taken: (0, 0), ..get() }], 0, 0, "nothing=1"),
    ]
}

fn visitors() -> Vec<Log> {
    let day = 86_400;
    vec![
        ("twice within a day is one", vec![get(), later(3_600, get())], 1, 0, ""),
        ("a second before the window ends", vec![get(), later(day - 1, get())], 1, 0, ""),
        ("when the window is over it is another", vec![get(), later(day, get())], 2, 0, ""),
        ("midnight does not end a window", vec![later(17 * 3_600, get()), later(19 * 3_600, get())], 1, 0, ""),
        (
            "halves on both sides of midnight are one",
            vec![later(17 * 3_600, part(0, 600_000)), later(19 * 3_600, part(600_000, 1_200_000))],
            1,
            0,
            "",
        ),
        (
            "halves more than a day apart are none",
            vec![part(0, 600_000), later(day, part(600_000, 1_200_000))],
            0,
            0,
            "",
        ),
        ("three days, three listens", (0..3).map(|n| later(n * day, get())).collect(), 3, 0, ""),
        ("another address is another listener", vec![get(), from("192.0.2.2", get())], 2, 0, ""),
        ("another programme too", vec![get(), by(ANTENNA, get())], 2, 0, ""),
        ("another episode too", vec![get(), Seen { item: item(2), ..get() }], 2, 0, ""),
        ("one /64 is one listener", vec![from("2001:db8:1:2::1", get()), from("2001:db8:1:2:9::9", get())], 1, 0, ""),
        ("two /64 are two", vec![from("2001:db8:1:2::1", get()), from("2001:db8:1:3::1", get())], 2, 0, ""),
        ("an IPv4 address in IPv6 clothes", vec![from("::ffff:192.0.2.1", get()), get()], 1, 0, ""),
        ("the team's own ears", vec![Seen { team: true, ..get() }], 0, 0, "team=1"),
    ]
}

fn programmes() -> Vec<Log> {
    vec![
        ("no user agent", vec![by("", get())], 0, 0, "no-agent=1"),
        ("a blank one", vec![by("  ", get())], 0, 0, "no-agent=1"),
        (
            "a known robot",
            vec![by("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", get())],
            0,
            0,
            "bot=1",
        ),
        ("an unknown one that says so", vec![by("FancyCrawler/2", get())], 0, 0, "bot=1"),
        ("an unknown spider", vec![by("my-spider 1", get())], 0, 0, "bot=1"),
        ("a library", vec![by("okhttp/4.12.0", get())], 0, 0, "library=1"),
        ("ffmpeg", vec![by("Lavf/60.3.100", get())], 0, 0, "library=1"),
        ("an app unknown to us counts", vec![by("BrandNewPodApp/1.0 (iPhone)", get())], 1, 0, ""),
        ("a browser counts", vec![by(FIREFOX, get())], 1, 0, ""),
        (
            "the watch loads what the telephone loads",
            vec![by("atc/1.0 watchOS/10.1 model/Watch6,7", get())],
            0,
            0,
            "watch=1",
        ),
        (
            "a feed's synchronising is no listening",
            vec![by("Overcast/1.0 Podcast Sync (12 subscribers)", get())],
            0,
            0,
            "bot=1",
        ),
        ("fetched ahead", vec![Seen { prefetch: true, ..get() }], 0, 0, "prefetch=1"),
        ("a data centre of the operator's list", vec![from("198.51.100.77", get())], 0, 0, "datacentre=1"),
        ("its neighbour is none", vec![from("198.51.101.77", get())], 1, 0, ""),
    ]
}

fn crowds_and_pages() -> Vec<Log> {
    let many = |n: i64| (0..n).map(|i| later(i, by(&format!("PodApp/{i}"), get()))).collect::<Vec<_>>();
    vec![
        ("fifty of one network", many(50), 50, 0, ""),
        ("the fifty-first is a spike", many(53), 50, 0, "spike=3"),
        (
            "the known ones of a spike go on",
            [many(53), vec![later(60, by("PodApp/1", get()))]].concat(),
            50,
            0,
            "spike=3",
        ),
        ("a page", vec![page()], 0, 1, ""),
        ("a page the browser kept", vec![Seen { status: 304, ..page() }], 0, 1, ""),
        ("a page twice is one view", vec![page(), later(60, page())], 0, 1, "again=1"),
        ("a page by a robot", vec![by("bingbot/2.0", page())], 0, 0, "bot=1"),
        ("a page fetched ahead", vec![Seen { prefetch: true, ..page() }], 0, 0, "prefetch=1"),
        ("a page that is not there", vec![Seen { status: 404, ..page() }], 0, 0, "status=1"),
        ("a page and its sound are one of each", vec![page(), by(FIREFOX, get())], 1, 1, ""),
    ]
}

fn table() -> Vec<Log> {
    [whole_files(), ranges(), answers(), visitors(), programmes(), crowds_and_pages()].concat()
}

fn context() -> Context {
    Context { hosts: vec!["site.example".to_owned()], datacentres: vec![([198, 51, 100, 0].into(), 24)] }
}

/// Takes a log in as a server does: each request when its day has come.
async fn replay(bench: &Bench, log: &[Seen], together: bool) {
    let mut log = log.to_vec();
    log.sort_by_key(|s| s.at);
    if together && log.last().map(|s| day_of(s.at)) == log.first().map(|s| day_of(s.at)) {
        return take(&bench.db, &ctx(bench), &log, &context()).await;
    }
    for seen in log {
        if seen.at > bench.clock.now() {
            bench.clock.set(seen.at);
        }
        let now = bench.clock.now();
        write_tx!(bench.db, |tx| uc::purge(tx, now).await).expect("purged");
        take(&bench.db, &ctx(bench), &[seen], &context()).await;
    }
}

#[test]
fn c14_the_table_of_request_logs() {
    assert!(table().len() >= 60, "{}", table().len());
    for on in [On::Lite, On::Pg] {
        for together in [true, false] {
            run(on, &steps(), &async |bench: Bench| {
                for (name, log, listens, views, why) in table() {
                    write_tx!(bench.db, |tx| {
                        for name in ["salt", "visit", "network", "event", "hour", "part"] {
                            tx.run(&format!("DELETE FROM audience_{name}"), args![]).await?;
                        }
                        Ok(())
                    })
                    .expect("emptied");
                    bench.clock.set(testkit::start());
                    replay(&bench, &log, together).await;
                    let got = figures(&bench.db).await;
                    let found = (got.total(Count::Listen), got.total(Count::View), reasons(&got));
                    assert_eq!(found, (listens, views, why.to_owned()), "{name} (together: {together})");
                }
            });
        }
    }
}

#[test]
fn c14_a_salt_dies_at_the_end_of_the_next_day() {
    both(&steps(), async |bench| {
        let rows = async |table: &str| {
            let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) FROM audience_{table}");
            read_tx!(bench.db, |tx| Ok(tx.scalar::<i64>(&sql, args![]).await?)).expect("reads").unwrap_or(-1)
        };
        take(&bench.db, &ctx(&bench), &[get()], &context()).await;
        for (hours, salts, visits, events) in [(41, 1, 1, 1), (1, 0, 0, 1), (23, 0, 0, 1), (1, 0, 0, 0)] {
            bench.clock.advance(hours * 3_600);
            let now = bench.clock.now();
            write_tx!(bench.db, |tx| uc::purge(tx, now).await).expect("purged");
            let found = (rows("salt").await, rows("visit").await, rows("event").await);
            assert_eq!(found, (salts, visits, events), "{}", now.rfc3339());
            assert_eq!(figures(&bench.db).await.total(Count::Listen), 1, "the figure stays");
        }
        // What arrives after its salt may be is not counted, and makes no salt.
        take(&bench.db, &ctx(&bench), &[get()], &context()).await;
        assert_eq!((rows("salt").await, figures(&bench.db).await.total(Count::Listen)), (0, 1));
    });
}

#[test]
fn c14_no_row_holds_an_address_or_a_programme() {
    both(&steps(), async |bench| {
        let seen = Seen { referer: "https://www.google.fr/search?q=zqsecret".to_owned(), ..page() };
        take(&bench.db, &ctx(&bench), &[get(), seen, from("2001:db8:1:2::1", get())], &context()).await;
        for table in ["visit", "network", "event", "hour", "part"] {
            let rows = read_tx!(bench.db, |tx| Ok(tx.all(&format!("SELECT * FROM audience_{table}"), args![]).await?));
            for row in rows.expect("rows") {
                for column in 0..20 {
                    let Ok(text) = row.get::<String>(column) else { continue };
                    for word in ["192.0.2", "2001:db8", "overcast.fm", "Mozilla", "zqsecret", "google.fr"] {
                        assert!(!text.contains(word), "{table}: {text}");
                    }
                }
            }
        }
    });
}

#[test]
fn c14_anybody_can_count_a_day_again() {
    both(&steps(), async |bench| {
        let log: Vec<Seen> = table()
            .into_iter()
            .flat_map(|(_, log, ..)| log)
            .filter(|s| s.at < testkit::start().plus_seconds(40_000))
            .collect();
        replay(&bench, &log, false).await;
        // A window from yesterday that ends today.
        bench.clock.set(testkit::start().plus_seconds(18 * 3_600 + 60));
        take(&bench.db, &ctx(&bench), &[later(17 * 3_600, from("192.0.2.99", part(0, 600_000)))], &context()).await;
        take(
            &bench.db,
            &ctx(&bench),
            &[later(18 * 3_600 + 30, from("192.0.2.99", part(600_000, 1_200_000)))],
            &context(),
        )
        .await;
        let actor = Actor::Person { person: PersonId(1), roles: vec![(ORG, Role::Owner)] };
        let (day, now) = (day_of(testkit::start()), bench.clock.now());
        for wanted in [day, day + 1] {
            let export =
                read_tx!(bench.db, |tx| uc::export_day(tx, &actor, (ORG, None), wanted, now).await).expect("a file");
            let text = serde_json::to_string(&export).expect("written");
            let read: uc::Export = serde_json::from_str(&text).expect("read");
            let checks = uc::verify(&read);
            assert!(checks.iter().all(|(_, ok, _)| *ok), "{checks:?}");
            assert!(!export.published.is_empty());
            let mut forged = read.clone();
            forged.published[0].listens += 1;
            assert!(uc::verify(&forged).iter().any(|(name, ok, _)| *name == "listens" && !ok));
            let mut forged = read;
            let gone = forged.events.iter().position(|e| e.counted && day_of(e.at) == wanted).expect("one");
            forged.events.remove(gone);
            assert!(uc::verify(&forged).iter().any(|(_, ok, _)| !ok));
        }
        let code = async |actor: &Actor, day, now: At| {
            let out = read_tx!(bench.db, |tx| uc::export_day(tx, actor, (ORG, None), day, now).await);
            out.map(|_| ()).map_err(|f| f.as_refusal().code)
        };
        assert_eq!(code(&actor, day, now.plus_seconds(86_400)).await, Err("listens-gone"));
        assert_eq!(code(&actor, day + 2, now).await, Err("listens-future"));
        let stranger = Actor::Person { person: PersonId(2), roles: vec![(OrgId(2), Role::Owner)] };
        assert_eq!(code(&stranger, day, now).await, Err("not-found"));
    });
}

#[test]
fn a_stop_inside_counts_nothing_and_again_counts_once() {
    both(&steps(), async |bench| {
        let seen = [get(), from("192.0.2.2", get()), page()];
        for stop in 0..20 {
            bench.faults.stop_after(stop);
            let ctx = ctx(&bench);
            let done = write_tx!(bench.db, |tx| uc::take(tx, &ctx, &seen, &context()).await);
            bench.faults.disarm();
            let found = figures(&bench.db).await;
            if done.is_ok() {
                assert_eq!((found.total(Count::Listen), found.total(Count::View)), (2, 1));
                assert!(stop > 3, "several statements were stopped");
                return;
            }
            assert_eq!(found.hours.len(), 0, "{stop}");
        }
        panic!("the statements never ended");
    });
}

#[test]
fn race_two_nodes_count_one_listener_once() {
    run(On::Pg, &steps(), &async |bench: Bench| {
        let second = bench.second().await;
        for round in 0..8_u8 {
            let seen = [from(&format!("192.0.2.{round}"), get())];
            let (ctx, context) = (ctx(&bench), context());
            let mine = async { write_tx!(bench.db, |tx| uc::take(tx, &ctx, &seen, &context).await) };
            let theirs = async { write_tx!(second, |tx| uc::take(tx, &ctx, &seen, &context).await) };
            // The second of two requests with the same id breaks the schema's rule: only one takes part.
            let (a, b) = tokio::join!(mine, theirs);
            assert!(a.is_ok() || b.is_ok());
            assert_eq!(figures(&bench.db).await.total(Count::Listen), i64::from(round) + 1);
        }
    });
}
