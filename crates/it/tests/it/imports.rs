//! Bringing a podcast in by its feed: twice is once (c2), repeated and missing GUIDs (c3), nothing lost on the way out
//! again, and downloads that go nowhere they must not (c13).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use db::{Failure, args, read_tx, write_tx};
use futures_util::StreamExt;
use it::{Person, SOUND, Site, on_both};
use kernel::Role;
use publish::jobs::FETCH_HANDLER;
use publish::model::{AudioPlace, Chapter, Episode, EpisodeText, Show};
use publish::ports::{FetchError, Fetcher};
use publish::reader::{Feed, Limits, read};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, ImportOptions, ImportReport};
use tokio::sync::Notify;
use traboule::fetch::WebFetcher;

/// The tables an import may write.
const TABLES: &[&str] = &[
    "publish_show",
    "publish_show_text",
    "publish_guid",
    "publish_episode",
    "publish_episode_text",
    "publish_chapter",
    "publish_chapter_text",
    "publish_source",
    "publish_credit",
    "publish_audio",
    "publish_transcript",
    "publish_remote_file",
    "publish_image",
    "jobs_event",
];

/// How many rows each of the tables has.
pub(crate) async fn rows(site: &Site) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        let count = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(&sql, args![]).await?));
        counts.push((*table, count.expect("a count").unwrap_or_default()));
    }
    let sql = "SELECT COUNT(*) FROM jobs_task WHERE handler = $1";
    let tasks = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![FETCH_HANDLER]).await?));
    counts.push(("jobs_task", tasks.expect("a count").unwrap_or_default()));
    counts
}

pub(crate) async fn empty(site: &Site) -> bool {
    rows(site).await.iter().all(|(_, count)| *count == 0)
}

pub(crate) async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

/// What most imports ask for: into the show `venu`, sound stays where it is.
pub(crate) fn options(who: &Person) -> ImportOptions {
    ImportOptions {
        org: who.org,
        slug: Some("venu".to_owned()),
        source_url: None,
        dry_run: false,
        download: false,
        owner_vouches: false,
    }
}

/// Imports a feed that was read.
pub(crate) async fn import(
    site: &Site,
    who: &Person,
    feed: &Feed,
    options: &ImportOptions,
) -> Result<(Option<Show>, ImportReport), Failure> {
    let ctx = site.app.ctx(who.actor.clone());
    let base = site.app.links.feed_base();
    write_tx!(site.app.db, |tx| uc::import_feed(tx, &ctx, feed, options, &base).await)
}

pub(crate) fn parsed(xml: &str) -> Feed {
    read(xml.as_bytes(), None, &Limits::default()).expect("a feed")
}

async fn imported(site: &Site, who: &Person, xml: &str) -> ImportReport {
    import(site, who, &parsed(xml), &options(who)).await.expect("imported").1
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"
 xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"
 xmlns:psc=\"http://podlove.org/simple-chapters\"><channel><title>Matins inventés</title>
 <link>https://matins.example/</link><language>fr</language><description>Une émission inventée</description>";

/// A feed of the given channel tags and items.
pub(crate) fn feed(channel: &str, items: &str) -> String {
    format!("{HEAD}{channel}{items}</channel></rss>")
}

fn item(guid: &str, title: &str, day: u32, url: &str) -> String {
    let guid = if guid.is_empty() { String::new() } else { format!("<guid isPermaLink=\"false\">{guid}</guid>") };
    format!(
        "<item><title>{title}</title>{guid}<pubDate>{day:02} Oct 2026 06:00:00 +0200</pubDate>
         <description>&lt;p&gt;Notes de {title}&lt;/p&gt;</description>
         <enclosure url=\"{url}\" length=\"1234\" type=\"audio/mpeg\"/><itunes:duration>61</itunes:duration>
         <podcast:transcript url=\"{url}.vtt\" type=\"text/vtt\"/><podcast:person role=\"guest\">Basile Ferrand</podcast:person>
         <psc:chapters version=\"1.2\"><psc:chapter start=\"0\" title=\"Début\"/></psc:chapters></item>"
    )
}

/// An item that says nothing about chapters.
fn without_chapters(title: &str) -> String {
    let whole = item("a", title, 19, &of("a"));
    let (before, _) = whole.split_once("<psc:chapters").expect("the item has chapters");
    format!("{before}</item>")
}

fn of(name: &str) -> String {
    format!("https://sons.example/{name}.mp3")
}

async fn episodes(site: &Site, who: &Person, slug: &str) -> Vec<Episode> {
    let show = read_tx!(site.app.db, |tx| uc::find_show(tx, slug).await).expect("the show");
    read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("episodes").1
}

fn counts(report: &ImportReport) -> (usize, usize, usize) {
    (report.would_create, report.would_update, report.unchanged)
}

fn codes(report: &ImportReport) -> BTreeSet<&str> {
    report.problems.iter().map(|p| p.code.as_str()).collect()
}

// c2: twice is once, all or nothing

#[test]
fn c2_the_same_feed_twice_changes_nothing() {
    on_both(async |site| {
        let who = editor(&site).await;
        let xml = feed("", &(item("b", "B", 20, &of("b")) + item("a", "A", 19, &of("a")).as_str()));
        assert_eq!(counts(&imported(&site, &who, &xml).await), (2, 0, 0));
        let (before, page) = (rows(&site).await, site.get("/feeds/venu.xml").await.body);
        site.clock.advance(3600);
        for _ in 0..2 {
            assert_eq!(counts(&imported(&site, &who, &xml).await), (0, 0, 2));
        }
        assert_eq!(rows(&site).await, before);
        assert_eq!(site.get("/feeds/venu.xml").await.body, page, "not one byte of the feed moved");
    });
}

#[test]
fn c2_a_later_copy_adds_the_difference() {
    on_both(async |site| {
        let who = editor(&site).await;
        let first = feed("", &(item("b", "B", 20, &of("b")) + item("a", "A", 19, &of("a")).as_str()));
        imported(&site, &who, &first).await;
        let known = episodes(&site, &who, "venu").await;
        // A came off the feed's end, B is corrected and its file has moved, C is new.
        let later = feed("", &(item("c", "C", 21, &of("c")) + item("b", "B bis", 20, &of("moved")).as_str()));
        assert_eq!(counts(&imported(&site, &who, &later).await), (1, 1, 0));
        let now = episodes(&site, &who, "venu").await;
        let of_guid = |list: &[Episode], guid: &str| list.iter().find(|e| e.guid == guid).cloned().expect("there");
        assert_eq!(now.len(), 3, "none lost, none twice");
        assert_eq!(of_guid(&now, "a"), of_guid(&known, "a"));
        let (old, new) = (of_guid(&known, "b"), of_guid(&now, "b"));
        assert_eq!((old.id, old.slug, old.state), (new.id, new.slug, new.state));
        assert_eq!(new.texts["fr"].title, "B bis");
        assert_eq!(new.audio.map(|a| a.place), Some(AudioPlace::Remote(of("moved"))));
    });
}

#[test]
fn a_corrected_item_leaves_translations_and_chapters_made_here() {
    on_both(async |site| {
        let who = editor(&site).await;
        imported(&site, &who, &feed("", &without_chapters("A"))).await;
        let known = episodes(&site, &who, "venu").await.remove(0);
        let ctx = site.app.ctx(who.actor.clone());
        let mut texts = known.texts.clone();
        texts.insert("en".to_owned(), EpisodeText { title: "In English".to_owned(), ..EpisodeText::default() });
        let chapter = Chapter {
            item: None,
            start_ms: 0,
            in_toc: true,
            image_id: None,
            titles: [("fr".to_owned(), "Ouverture".to_owned())].into(),
            sources: Vec::new(),
        };
        let draft = EpisodeDraft { texts, chapters: vec![chapter.clone()], ..EpisodeDraft::default() };
        write_tx!(site.app.db, |tx| uc::edit_episode(tx, &ctx, known.id, known.version, draft.clone()).await)
            .expect("edited");
        let corrected = feed("", &without_chapters("A bis"));
        assert_eq!(counts(&imported(&site, &who, &corrected).await), (0, 1, 0));
        let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, known.id).await).expect("there");
        assert_eq!(full.episode.texts["fr"].title, "A bis", "the feed's own language follows the feed");
        assert_eq!(full.episode.texts["en"].title, "In English");
        assert_eq!(full.chapters, [chapter]);
        imported(&site, &who, &feed("", &item("a", "A ter", 19, &of("a")))).await;
        let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, known.id).await).expect("there");
        assert_eq!(full.chapters[0].titles["fr"], "Début", "chapters the feed carries follow the feed");
        assert_eq!(full.episode.texts["en"].title, "In English");
    });
}

#[test]
fn c2_a_refused_import_leaves_no_row() {
    on_both(async |site| {
        let who = editor(&site).await;
        let locked = feed("<podcast:locked>yes</podcast:locked>", &item("a", "A", 19, &of("a")));
        let refused = import(&site, &who, &parsed(&locked), &options(&who)).await;
        assert!(matches!(&refused, Err(Failure::Refused(r)) if r.code == "feed-locked"), "{refused:?}");
        let good = parsed(&feed("", &item("a", "A", 19, &of("a"))));
        let malformed = ImportOptions { slug: Some("Pas Bon".to_owned()), ..options(&who) };
        assert!(matches!(import(&site, &who, &good, &malformed).await, Err(Failure::Refused(_))));
        let stranger = site.person("quais", "basile@quais.example", Role::Editor).await;
        let foreign = ImportOptions { org: who.org, ..options(&stranger) };
        assert!(matches!(import(&site, &stranger, &good, &foreign).await, Err(Failure::Refused(_))));
        assert!(empty(&site).await, "{:?}", rows(&site).await);
        let vouched = ImportOptions { owner_vouches: true, ..options(&who) };
        import(&site, &who, &parsed(&locked), &vouched).await.expect("the owner may");
    });
}

#[test]
fn c2_a_show_of_another_organisation_is_never_imported_over() {
    on_both(async |site| {
        let who = editor(&site).await;
        let stranger = site.person("quais", "basile@quais.example", Role::Editor).await;
        let xml =
            feed("<podcast:guid>5f0cf6a5-2c8b-5b32-9c11-1a2b3c4d5e6f</podcast:guid>", &item("a", "A", 19, &of("a")));
        imported(&site, &who, &xml).await;
        let before = site.get("/feeds/venu.xml").await.body;
        let changed = parsed(&xml.replace("Notes de", "Autres notes de"));
        let over = import(&site, &stranger, &changed, &options(&stranger)).await;
        assert!(matches!(over, Err(Failure::Refused(_))), "{over:?}");
        // By identity alone it becomes a show of its own.
        let own = ImportOptions { slug: None, ..options(&stranger) };
        let (show, report) = import(&site, &stranger, &changed, &own).await.expect("imported");
        assert_eq!((counts(&report), show.expect("a show").org), ((1, 0, 0), stranger.org));
        assert_eq!(site.get("/feeds/venu.xml").await.body, before);
    });
}

#[test]
fn a_dry_run_reports_the_same_and_writes_nothing() {
    on_both(async |site| {
        let who = editor(&site).await;
        let xml = feed("", &(item("b", "B", 20, &of("b")) + item("a", "A", 19, &of("a")).as_str()));
        let dry = ImportOptions { dry_run: true, download: true, ..options(&who) };
        let (show, report) = import(&site, &who, &parsed(&xml), &dry).await.expect("reported");
        assert!(show.is_none() && empty(&site).await);
        assert_eq!(report, imported(&site, &who, &xml).await);
        let before = rows(&site).await;
        let (show, report) = import(&site, &who, &parsed(&xml), &dry).await.expect("reported");
        assert_eq!((show.is_some(), counts(&report)), (true, (0, 0, 2)));
        assert_eq!(rows(&site).await, before);
        // Even a transaction that cannot write is enough.
        let (ctx, feed) = (site.app.ctx(who.actor.clone()), parsed(&xml));
        let read_only =
            read_tx!(site.app.db, |tx| uc::import_feed(tx, &ctx, &feed, &dry, "https://site.example/feeds/").await);
        assert!(read_only.is_ok());
    });
}

// c3: repeated and missing GUIDs

async fn guids(site: &Site, who: &Person) -> Vec<(String, String)> {
    let mut all: Vec<_> =
        episodes(site, who, "venu").await.into_iter().map(|e| (e.texts["fr"].title.clone(), e.guid)).collect();
    all.sort();
    all
}

#[test]
fn c3_repeated_and_missing_guids_are_told_and_stay_when_files_move() {
    let items = |place: &str| {
        item("x", "Deux", 20, &of(&format!("{place}deux")))
            + item("x", "Un", 19, &of(&format!("{place}un"))).as_str()
            + item("", "Sans", 18, &of(&format!("{place}sans"))).as_str()
    };
    let mut seen: BTreeSet<Vec<(String, String)>> = BTreeSet::new();
    let all = std::sync::Mutex::new(&mut seen);
    on_both(async |site| {
        let who = editor(&site).await;
        let report = imported(&site, &who, &feed("", &items(""))).await;
        assert!(codes(&report).is_superset(&["repeated_identity", "missing_guid"].into()), "{:?}", codes(&report));
        assert_eq!((report.items, report.distinct_ids, report.would_create), (3, 2, 3));
        let first = guids(&site, &who).await;
        assert_eq!(first.iter().map(|(_, guid)| guid).collect::<BTreeSet<_>>().len(), 3);
        assert!(first.contains(&("Sans".to_owned(), of("sans"))) && first.contains(&("Un".to_owned(), "x".to_owned())));
        assert_eq!(counts(&imported(&site, &who, &feed("", &items("moved-"))).await), (0, 3, 0));
        assert_eq!(guids(&site, &who).await, first);
        all.lock().expect("whole").insert(first);
    });
    assert_eq!(seen.len(), 1, "the same on both engines");
}

// Nothing is corrected, nothing is lost

#[test]
fn a_podcast_guid_is_kept_as_it_came_and_never_corrected() {
    on_both(async |site| {
        let who = editor(&site).await;
        // Another host hashes the whole address: wrong, and what apps know the show by.
        let wrong = "CAA2FBFC-0000-5000-8000-00000000ABCD";
        let tag = |guid: &str| format!("<podcast:guid>{guid}</podcast:guid>");
        imported(&site, &who, &feed(&tag(wrong), &item("a", "A", 19, &of("a")))).await;
        imported(&site, &who, &feed(&tag("9b024349-ccf0-5f69-a609-6b82873eab3c"), &item("a", "A", 19, &of("a")))).await;
        imported(&site, &who, &feed("", &item("a", "A", 19, &of("a")))).await;
        assert!(site.get("/feeds/venu.xml").await.text().contains(&tag(wrong)));
    });
}

#[test]
fn a_feed_without_podcast_guid_gets_the_one_of_its_address() {
    on_both(async |site| {
        let who = editor(&site).await;
        let from = ImportOptions { source_url: Some("https://podnews.net/rss/".to_owned()), ..options(&who) };
        let (show, _) = import(&site, &who, &parsed(&feed("", "")), &from).await.expect("imported");
        assert_eq!(show.expect("a show").podcast_guid, "9b024349-ccf0-5f69-a609-6b82873eab3c");
    });
}

/// Identity, instant in seconds, and address, bytes and media type of the file.
type Essence = (String, Option<i64>, Option<(String, u64, String)>);

/// What must survive a way in and out.
pub(crate) fn essence(feed: &Feed) -> BTreeSet<Essence> {
    let file = |i: &publish::reader::Item| {
        i.enclosure.as_ref().map(|e| (e.url.clone(), e.length.unwrap_or(0), e.mime.clone()))
    };
    // A second is the finest a feed can say.
    let item =
        |i: &publish::reader::Item| (i.identity.clone(), i.published.map(|at| at.div_euclid(1_000_000)), file(i));
    feed.items.iter().map(item).collect()
}

#[test]
fn a_feed_that_came_in_goes_out_with_every_identity_date_and_file() {
    on_both(async |site| {
        let who = editor(&site).await;
        let items = item("b", "B", 20, "https://sons.example/b.mp3?x=1&amp;y=2")
            + item("https://matins.example/a", "A &amp; a", 19, &of("a")).as_str()
            + "<item><title>Sans date</title><guid>n</guid><enclosure url=\"https://sons.example/n.m4a\" type=\"audio/x-m4a\"/></item>"
            + "<item><title>Sans son</title><guid>s</guid><pubDate>Mon, 01 Jun 2020 10:00:00 -0500</pubDate></item>"
            + item("", "Sans guid", 17, &of("g")).as_str();
        let xml = feed("<podcast:locked>no</podcast:locked>", &items);
        imported(&site, &who, &xml).await;
        let out = site.get("/feeds/venu.xml").await.text();
        let (before, after) = (parsed(&xml), parsed(&out));
        assert_eq!(essence(&after), essence(&before));
        assert_eq!((after.title, after.language, after.locked), (before.title, before.language, before.locked));
        let extras = |f: &Feed| {
            f.items.iter().map(|i| (i.transcripts.len(), i.persons.len(), i.duration_s)).collect::<BTreeSet<_>>()
        };
        assert_eq!(extras(&parsed(&out)), extras(&parsed(&xml)));
    });
}

#[test]
fn the_report_keeps_its_shape() {
    on_both(async |site| {
        let who = editor(&site).await;
        let report = imported(&site, &who, &feed("", &item("", "A", 19, &of("a")))).await;
        let value = serde_json::to_value(&report).expect("JSON");
        let keys = |v: &serde_json::Value| v.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        let mut wanted = [
            "show",
            "items",
            "distinct_ids",
            "with_enclosure",
            "first_published",
            "last_published",
            "duration_seconds_total",
            "would_create",
            "would_update",
            "unchanged",
            "problems",
        ];
        wanted.sort_unstable();
        let sorted = |mut keys: Vec<String>| {
            keys.sort_unstable();
            keys
        };
        assert_eq!(sorted(keys(&value)), wanted);
        assert_eq!(sorted(keys(&value["show"])), ["language", "link", "podcast_guid", "title"]);
        assert_eq!(sorted(keys(&value["problems"][0])), ["code", "item", "text"]);
        assert_eq!(value["first_published"], "2026-10-19T04:00:00Z");
        assert_eq!((&value["duration_seconds_total"], &value["items"]), (&61.into(), &1.into()));
    });
}

// Bringing the sound home

#[derive(Clone)]
struct Host {
    gate: Arc<Notify>,
}

async fn slowly(State(host): State<Host>) -> Response {
    let (first, rest) = SOUND.split_at(SOUND.len() / 2);
    let pieces = futures_util::stream::iter([first, rest]).then(move |piece| {
        let gate = host.gate.clone();
        async move {
            if piece.len() == rest.len() && piece == rest {
                gate.notified().await;
            }
            Ok::<_, std::io::Error>(Bytes::from_static(piece))
        }
    });
    let length = [(header::CONTENT_LENGTH, SOUND.len().to_string()), (header::CONTENT_TYPE, "audio/mpeg".to_owned())];
    (length, Body::from_stream(pieces)).into_response()
}

async fn hop(Path(left): Path<u32>) -> Response {
    let to = if left == 0 { "/a.mp3".to_owned() } else { format!("/hop/{}", left - 1) };
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

async fn away(Path(to): Path<String>) -> Response {
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to.replace('~', "/"))]).into_response()
}

async fn bomb() -> Response {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..64 {
        std::io::Write::write_all(&mut packer, &zeros).expect("packed");
    }
    ([(header::CONTENT_ENCODING, "gzip")], packer.finish().expect("packed")).into_response()
}

/// A server on this machine; gives its address and the gate of `/slow.mp3`.
async fn host() -> (String, Arc<Notify>) {
    let gate = Arc::new(Notify::new());
    let router = Router::new()
        .route("/a.mp3", get(async || ([(header::CONTENT_TYPE, "audio/mpeg")], SOUND)))
        .route("/slow.mp3", get(slowly))
        .route("/hop/{left}", get(hop))
        .route("/away/{to}", get(away))
        .route("/bomb", get(bomb))
        .route("/page.mp3", get(async || "<html>no sound</html>"))
        .with_state(Host { gate: gate.clone() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (origin, gate)
}

#[test]
fn downloads_bring_the_sound_home_and_measure_it() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (origin, _) = host().await;
        let items =
            item("a", "A", 19, &format!("{origin}/hop/3")) + item("p", "P", 18, &format!("{origin}/page.mp3")).as_str();
        let xml = feed("", &items);
        let download = ImportOptions { download: true, ..options(&who) };
        import(&site, &who, &parsed(&xml), &download).await.expect("imported");
        let count = publish::jobs::downloads(&site.app.db, Some(who.org)).await.expect("counts");
        assert_eq!((count.due, count.done, count.dead), (2, 0, 0));
        site.work().await;
        let count = publish::jobs::downloads(&site.app.db, Some(who.org)).await.expect("counts");
        assert_eq!((count.due, count.done, count.dead), (0, 1, 1), "a page is no sound, and it is said");
        let all = episodes(&site, &who, "venu").await;
        let audio = |guid: &str| all.iter().find(|e| e.guid == guid).and_then(|e| e.audio.clone()).expect("sound");
        let (home, page) = (audio("a"), audio("p"));
        assert!(matches!(home.place, AudioPlace::Local(_)) && matches!(page.place, AudioPlace::Remote(_)));
        assert_eq!(home.size, i64::try_from(SOUND.len()).expect("small"));
        assert!(home.duration_ms.is_some_and(|ms| ms < 61_000), "measured, not as the feed said");
        let served = rss::Channel::read_from(&site.get("/feeds/venu.xml").await.body[..]).expect("a feed");
        let url = served.items()[0].enclosure().expect("an enclosure").url().to_owned();
        assert_eq!(site.get(url.strip_prefix(it::ORIGIN).expect("ours")).await.body, SOUND);
        // The same feed again leaves the sound at home and asks for nothing more.
        assert_eq!(counts(&import(&site, &who, &parsed(&xml), &download).await.expect("imported").1), (0, 0, 2));
        site.work().await;
        assert_eq!(episodes(&site, &who, "venu").await, all);
    });
}

#[test]
fn a_download_shows_how_far_it_is() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (origin, gate) = host().await;
        let xml = feed("", &item("a", "A", 19, &format!("{origin}/slow.mp3")));
        let download = ImportOptions { download: true, ..options(&who) };
        import(&site, &who, &parsed(&xml), &download).await.expect("imported");
        let worker = site.app.worker.clone();
        let working = tokio::spawn(async move { worker.drain().await });
        let half = i64::try_from(SOUND.len() / 2).expect("small");
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let sql = "SELECT progress_done, progress_total FROM jobs_task WHERE handler = $1";
            let row = read_tx!(site.app.db, |tx| Ok(tx.opt(sql, args![FETCH_HANDLER]).await?))
                .expect("read")
                .expect("a task");
            let (done, total): (i64, i64) = (row.get(0).expect("a number"), row.get(1).expect("a number"));
            if done == half && total == i64::try_from(SOUND.len()).expect("small") {
                break;
            }
            assert!(Instant::now() < until, "progress was never told: {done} of {total}");
        }
        gate.notify_one();
        working.await.expect("ran").expect("worked");
        let all = episodes(&site, &who, "venu").await;
        assert!(matches!(all[0].audio.as_ref().map(|a| &a.place), Some(AudioPlace::Local(_))));
    });
}

#[test]
fn a_download_that_comes_after_a_correction_changes_nothing() {
    on_both(async |site| {
        let who = editor(&site).await;
        let (origin, _) = host().await;
        let download = ImportOptions { download: true, ..options(&who) };
        let first = parsed(&feed("", &item("a", "A", 19, &format!("{origin}/a.mp3"))));
        import(&site, &who, &first, &download).await.expect("imported");
        let moved = feed("", &item("a", "A", 19, &of("elsewhere")));
        imported(&site, &who, &moved).await;
        site.work().await;
        let all = episodes(&site, &who, "venu").await;
        assert_eq!(all[0].audio.as_ref().map(|a| a.place.clone()), Some(AudioPlace::Remote(of("elsewhere"))));
    });
}

#[test]
fn an_import_keeps_the_sound_an_editor_put_in_place_of_the_feeds() {
    on_both(async |site| {
        let who = editor(&site).await;
        imported(&site, &who, &feed("", &item("a", "A", 19, &of("a")))).await;
        let episode = episodes(&site, &who, "venu").await.remove(0);
        let path = site.folder().join("own.mp3");
        std::fs::write(&path, SOUND).expect("written");
        let ctx = site.app.ctx(who.actor.clone());
        let own = traboule::pages::uploads::store_audio(&site.app, &ctx, episode.id, path, String::new()).await;
        let own = own.expect("sound").audio.expect("sound").place;
        let download = ImportOptions { download: true, ..options(&who) };
        let changed = parsed(&feed("", &item("a", "A bis", 19, &of("moved"))));
        import(&site, &who, &changed, &download).await.expect("imported");
        let now = episodes(&site, &who, "venu").await.remove(0);
        assert_eq!((now.texts["fr"].title.as_str(), now.audio.map(|a| a.place)), ("A bis", Some(own)));
        let count = publish::jobs::downloads(&site.app.db, Some(who.org)).await.expect("counts");
        assert_eq!(count.due, 0, "nothing to bring home");
    });
}

// c13: where downloads may go

async fn fetched(fetcher: &WebFetcher, site: &Site, url: &str, most: u64) -> Result<u64, FetchError> {
    let into = site.folder().join("fetched");
    let outcome = fetcher.fetch(url, &into, most, &|_, _| {}).await.map(|f| f.size);
    let written = std::fs::metadata(&into).map_or(0, |m| m.len());
    assert!(written <= most, "{url}: {written} bytes on disk");
    drop(std::fs::remove_file(&into));
    outcome
}

#[test]
fn c13_private_addresses_are_refused_however_they_are_written() {
    on_both(async |site| {
        let (origin, _) = host().await;
        let port = origin.rsplit_once(':').expect("a port").1.to_owned();
        let fetcher = WebFetcher::new().expect("a client");
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0.0.0.0",
            "0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "10.0.0.1",
            "192.168.1.1",
            "172.20.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "localhost",
            "LOCALHOST",
        ] {
            let outcome = fetched(&fetcher, &site, &format!("http://{host}:{port}/a.mp3"), 1 << 20).await;
            assert!(matches!(outcome, Err(FetchError::Refused(_))), "{host}: {outcome:?}");
        }
        for url in
            ["file:///etc/passwd", "ftp://a.example/x", "gopher://a.example/", "data:,x", "javascript:1", "", "//a"]
        {
            let outcome = fetched(&fetcher, &site, url, 1 << 20).await;
            assert!(matches!(outcome, Err(FetchError::Refused(_))), "{url}: {outcome:?}");
        }
    });
}

#[test]
fn c13_redirects_are_followed_so_far_and_never_out_of_the_web() {
    on_both(async |site| {
        let (origin, _) = host().await;
        let fetcher = WebFetcher::allowing_private().expect("a client");
        let get = async |path: &str| fetched(&fetcher, &site, &format!("{origin}{path}"), 1 << 20).await;
        assert_eq!(get("/hop/7").await, Ok(SOUND.len() as u64), "eight redirects");
        assert!(matches!(get("/hop/8").await, Err(FetchError::Refused(_))), "nine");
        for target in ["file:~~~etc~passwd", "ftp:~~a.example~x", "data:,x"] {
            let outcome = get(&format!("/away/{target}")).await;
            assert!(matches!(outcome, Err(FetchError::Refused(_))), "{target}: {outcome:?}");
        }
        assert!(matches!(get("/nowhere").await, Err(FetchError::Gone(_))));
    });
}

#[test]
fn c13_what_grows_without_end_stops_at_the_limit() {
    on_both(async |site| {
        let (origin, _) = host().await;
        let fetcher = WebFetcher::allowing_private().expect("a client");
        let bomb = fetched(&fetcher, &site, &format!("{origin}/bomb"), 1 << 20).await;
        assert!(matches!(bomb, Err(FetchError::Gone(_))), "{bomb:?}");
        let large = fetched(&fetcher, &site, &format!("{origin}/a.mp3"), 100).await;
        assert!(matches!(large, Err(FetchError::Gone(_))), "{large:?}");
    });
}

#[test]
fn c13_an_import_does_not_reach_this_machine_by_its_enclosures() {
    on_both(async |site| {
        let (origin, _) = host().await;
        let fetcher = WebFetcher::new().expect("a client");
        let app = &site.app;
        let tools = publish::jobs::JobTools {
            db: app.db.clone(),
            blobs: app.blobs.clone(),
            ids: app.ids.clone(),
            fetcher: Arc::new(fetcher),
            encoder: app.encoder.clone(),
            scratch: app.scratch.clone(),
        };
        let who = editor(&site).await;
        imported(&site, &who, &feed("", &item("a", "A", 19, &format!("{origin}/a.mp3")))).await;
        let episode = episodes(&site, &who, "venu").await.remove(0);
        let body = serde_json::json!({"episode": episode.id, "url": format!("{origin}/a.mp3")}).to_string();
        let task =
            jobs::Task { handler: FETCH_HANDLER.to_owned(), key: "k".to_owned(), org: who.org, body, attempts: 1 };
        let outcome = jobs::Handler::run(&publish::jobs::FetchAudio(tools), &task).await;
        assert!(matches!(outcome, jobs::Outcome::Dead(_)));
        assert!(matches!(
            episodes(&site, &who, "venu").await[0].audio.as_ref().map(|a| &a.place),
            Some(AudioPlace::Remote(_))
        ));
    });
}
