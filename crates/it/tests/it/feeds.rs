//! What podcast apps get: feeds that four independent readers understand alike (c12), enclosures that are what they say
//! (c9), a move that keeps everything (c10), and the headers apps poll by.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use axum::body::Body;
use db::{args, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, request};
use kernel::{Role, show_id};
use publish::model::{Chapter, Credit, EPISODE_PREFIX, Episode, EpisodeText, Show, ShowText};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::service::{self as uc, PictureFile, When};
use publish::web::Links;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use serde::Deserialize;

const M4A: &[u8] = include_bytes!("../../../publish/tests/fixtures/fast.m4a");

/// One item as some reader understood it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) guid: String,
    pub(crate) title: String,
    pub(crate) url: String,
}

const EXPAT: &str = r#"
import json, sys, xml.parsers.expat as expat
items, path, text = [], [], []
def start(name, attrs):
    path.append(name)
    text.clear()
    if path == ["rss", "channel", "item"]:
        items.append({"guid": "", "title": "", "url": ""})
    if path == ["rss", "channel", "item", "enclosure"]:
        items[-1]["url"] = attrs["url"]
def end(name):
    if path[:-1] == ["rss", "channel", "item"] and name in ("guid", "title"):
        items[-1][name] = "".join(text)
    path.pop()
    text.clear()
parser = expat.ParserCreate()
parser.StartElementHandler, parser.EndElementHandler = start, end
parser.CharacterDataHandler = text.append
parser.Parse(sys.stdin.buffer.read(), True)
sys.stdout.write(json.dumps(items))
"#;

/// Reads a feed with Python's expat, which shares no code with anything here.
pub(crate) fn by_expat(xml: &[u8]) -> Vec<Read> {
    let mut child = Command::new("python3")
        .args(["-c", EXPAT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed for these tests");
    child.stdin.take().expect("a pipe").write_all(xml).expect("written");
    let output = child.wait_with_output().expect("an answer");
    assert!(output.status.success(), "expat refuses the feed");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub(crate) fn by_feed_rs(xml: &[u8]) -> Vec<Read> {
    let feed = feed_rs::parser::parse(xml).expect("feed-rs reads the feed");
    let item = |e: feed_rs::model::Entry| Read {
        guid: e.id,
        title: e.title.map(|t| t.content).unwrap_or_default(),
        url: e
            .media
            .iter()
            .flat_map(|m| &m.content)
            .find_map(|c| c.url.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
    };
    feed.entries.into_iter().map(item).collect()
}

pub(crate) fn by_rss(xml: &[u8]) -> Vec<Read> {
    let channel = rss::Channel::read_from(xml).expect("rss reads the feed");
    let item = |i: &rss::Item| Read {
        guid: i.guid().map(|g| g.value().to_owned()).unwrap_or_default(),
        title: i.title().unwrap_or_default().to_owned(),
        url: i.enclosure().map(|e| e.url().to_owned()).unwrap_or_default(),
    };
    channel.items().iter().map(item).collect()
}

/// Reads a feed strictly, event by event.
pub(crate) fn by_quick_xml(xml: &str) -> Vec<Read> {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut items, mut path, mut text): (Vec<Read>, Vec<String>, String) = Default::default();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(start) => {
                path.push(start.name().0.to_owned());
                text.clear();
                match path.join("/").as_str() {
                    "rss/channel/item" => items.push(Read::default()),
                    "rss/channel/item/enclosure" => {
                        let attr = start.attributes().map(|a| a.expect("an attribute")).find(|a| a.key.0 == "url");
                        let value = attr
                            .expect("a url")
                            .normalized_value(XmlVersion::Explicit1_0)
                            .expect("a value")
                            .into_owned();
                        items.last_mut().expect("inside an item").url = value;
                    }
                    _ => {}
                }
            }
            Event::End(_) => {
                match (path.join("/").as_str(), items.last_mut()) {
                    ("rss/channel/item/guid", Some(item)) => item.guid.clone_from(&text),
                    ("rss/channel/item/title", Some(item)) => item.title.clone_from(&text),
                    _ => {}
                }
                path.pop();
                text.clear();
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => text.push(character(&reference)),
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty(), "unclosed: {path:?}");
    items
}

fn character(reference: &quick_xml::events::BytesRef<'_>) -> char {
    reference.resolve_char_ref().expect("a reference").unwrap_or_else(|| match &**reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        other => panic!("the entity {other} is not declared"),
    })
}

/// Reads a feed with all four readers, which must agree.
pub(crate) fn by_all(xml: &str) -> Vec<Read> {
    let read = by_quick_xml(xml);
    assert_eq!(by_expat(xml.as_bytes()), read, "expat");
    assert_eq!(by_rss(xml.as_bytes()), read, "rss");
    assert_eq!(by_feed_rs(xml.as_bytes()), read, "feed-rs");
    read
}

async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

const FEED: &str = "/feeds/pentes.xml";

/// An episode with chapters, a credit and a transcript.
async fn rich(site: &Site, who: &Person, show: &Show) -> Episode {
    let mut draft = desk::draft("Le pont");
    let chapter = |start_ms: i64, title: &str| Chapter {
        item: None,
        start_ms,
        in_toc: true,
        image_id: None,
        titles: [("fr".to_owned(), title.to_owned())].into(),
        sources: Vec::new(),
    };
    draft.chapters = vec![chapter(0, "Début"), chapter(500, "Suite")];
    draft.credits = vec![Credit { name: "Odile Rambert".to_owned(), role: "host".to_owned(), ..Credit::default() }];
    let made = desk::episode(site, who, show, draft).await;
    let ctx = site.app.ctx(who.actor.clone());
    let vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Odile>Bonjour\n";
    write_tx!(site.app.db, |tx| uc::attach_transcript(tx, &ctx, made.id, "fr", vtt, true).await).expect("a transcript");
    desk::schedule(site, who, made.id, When::Now).await
}

// c9: enclosures

#[test]
fn c9_an_enclosure_is_what_it_says() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "MP3").await;
        let other = desk::published(&site, &who, &show, "M4A").await;
        let path = site.folder().join("other.m4a");
        std::fs::write(&path, M4A).expect("written");
        let ctx = site.app.ctx(who.actor.clone());
        traboule::pages::uploads::store_audio(&site.app, &ctx, other.id, path, String::new()).await.expect("sound");
        let channel = rss::Channel::read_from(&site.get(FEED).await.body[..]).expect("a feed");
        assert_eq!(channel.items().len(), 2);
        for item in channel.items() {
            let enclosure = item.enclosure().expect("an enclosure");
            let path = enclosure.url().strip_prefix(ORIGIN).expect("ours");
            let whole = site.get(path).await;
            let head = site.send(request("HEAD", path, None, &[], Body::empty())).await;
            assert_eq!((whole.status.as_u16(), head.status.as_u16(), head.body.len()), (200, 200, 0));
            assert_eq!(whole.body.len().to_string(), enclosure.length());
            assert_eq!(head.header("content-length"), enclosure.length());
            assert_eq!(whole.header("content-type"), enclosure.mime_type());
            assert_eq!(head.header("accept-ranges"), "bytes");
            let extension = if enclosure.mime_type() == "audio/mpeg" { "mp3" } else { "m4a" };
            assert!(path.ends_with(extension) && path.is_ascii(), "{path}");
        }
        let urls: std::collections::HashSet<_> =
            by_all(&site.get(FEED).await.text()).into_iter().map(|r| r.url).collect();
        assert_eq!(urls.len(), 2);
    });
}

// c10: a move

async fn ask_host(site: &Site, host: &str, path: &str, etag: &str) -> Answer {
    let built = axum::http::Request::builder().uri(path).header("host", host).header("if-none-match", etag);
    site.send(built.body(Body::empty()).expect("a request")).await
}

#[test]
fn c10_a_moved_feed_redirects_for_good_and_keeps_every_identity() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        rich(&site, &who, &show).await;
        desk::published(&site, &who, &show, "Le quai").await;
        let before = site.get(FEED).await;
        site.config.public_url = Some("https://nouveau.example".to_owned());
        site.config.former_hosts = vec!["site.example".to_owned(), "plus-ancien.example".to_owned()];
        site.restart().await;
        for old in ["site.example", "SITE.example", "plus-ancien.example"] {
            for path in [FEED, "/fr/shows/pentes/le-pont?t=3", "/media/episodes/x/y.mp3"] {
                let moved = ask_host(&site, old, path, "").await;
                assert_eq!(moved.status, 301, "{old}{path}");
                assert_eq!(moved.header("location"), format!("https://nouveau.example{path}"));
            }
        }
        let after = ask_host(&site, "nouveau.example", FEED, &before.header("etag")).await;
        assert_eq!(after.status, 200, "no loop, and the old tag does not hold");
        assert_ne!(after.header("etag"), before.header("etag"));
        let (old, new) = (by_all(&before.text()), by_all(&after.text()));
        let titles = |items: &[Read]| items.iter().map(|r| (r.guid.clone(), r.title.clone())).collect::<Vec<_>>();
        assert_eq!(titles(&old), titles(&new));
        let text = after.text();
        assert!(text.contains("<atom:link href=\"https://nouveau.example/feeds/pentes.xml\" rel=\"self\""), "{text}");
        assert!(!text.contains("site.example"), "nothing points to the old host: {text}");
        assert!(text.contains(&show.podcast_guid));
        // A form posted to the old host is answered there: a redirect would lose it.
        let posted = site.post("/fr/sign-in/code", &[("email", "odile@pentes.example")]).await;
        assert_ne!(posted.status, 301);
    });
}

// c12: hostile text

const HOSTILE: &[&str] = &[
    "a\u{1}b\u{8}c\u{1f}d\u{7f}",
    "]]> et ]]&gt; ]]",
    "ligne\u{2028}suivante\u{2029}fin",
    "👩🏽‍🚀 fusée 🏳️‍🌈",
    "\u{202e}abc\u{202c} עברית العربية",
    "<b>gras</b> & &amp; &#x26; \"cité\" 'autre'",
    "\u{feff}marque\u{fffe}\u{ffff}",
    "<![CDATA[ x ]]> <!-- y --> <?z?>",
    "&nbsp;&eacute;&unknown; 100% {{ t }} {% x %}",
    "e\u{301}\u{300}\u{302} combiné \u{10ffff}",
];

#[test]
fn c12_four_readers_understand_hostile_texts_alike() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let mut guids = Vec::new();
        for (n, text) in HOSTILE.iter().enumerate() {
            let content = EpisodeText {
                title: (*text).to_owned(),
                summary: (*text).to_owned(),
                notes_md: Some(format!("{text}\n\n> {text}\n\n[{text}](https://a.example/?a=1&b=2)")),
                ..EpisodeText::default()
            };
            let credit = Credit { name: (*text).to_owned(), role: "host".to_owned(), ..Credit::default() };
            let draft = EpisodeDraft {
                slug: format!("h-{n}"),
                texts: [("fr".to_owned(), content)].into(),
                credits: vec![credit],
                ..EpisodeDraft::default()
            };
            let made = desk::episode(&site, &who, &show, draft).await;
            desk::schedule(&site, &who, made.id, When::Now).await;
            // XML cannot carry the two noncharacters; the rest arrives as it is kept.
            guids.push((made.guid.clone(), made.texts["fr"].title.replace(['\u{fffe}', '\u{ffff}'], "")));
            site.clock.advance(1);
        }
        guids.reverse();
        let read = by_all(&site.get(FEED).await.text());
        let read: Vec<_> = read.into_iter().map(|r| (r.guid, r.title)).collect();
        assert_eq!(read, guids);
    });
}

#[test]
fn c12_what_an_older_database_holds_is_cleaned_on_the_way_out() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        desk::published(&site, &who, &show, "Le pont").await;
        let sql = "UPDATE publish_episode_text SET title = $1, summary = $1, notes_html = $1";
        let raw = "a\u{1}\u{b}\u{fffe}]]>b & <c>";
        write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![raw]).await?)).expect("set");
        site.app.db.topics().bump(&uc::show_topic(show.id));
        assert_eq!(by_all(&site.get(FEED).await.text())[0].title, "a]]>b & <c>");
    });
}

#[test]
fn c12_long_notes_are_cut_for_directories_and_whole_for_apps() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let mut draft = desk::draft("Long");
        let notes = "é🚀 & <\u{2028} ".repeat(1500);
        draft.texts.get_mut("fr").expect("French").notes_md = Some(notes);
        let made = desk::episode(&site, &who, &show, draft).await;
        desk::schedule(&site, &who, made.id, When::Now).await;
        let text = site.get(FEED).await.text();
        assert_eq!(by_all(&text).len(), 1);
        let channel = rss::Channel::read_from(text.as_bytes()).expect("a feed");
        let item = &channel.items()[0];
        assert!(item.description().expect("a description").len() <= 4000);
        assert!(item.content().expect("the notes").len() > 10_000);
    });
}

// What a feed must have

/// Gives a show its categories and a cover, whose address it returns.
async fn dress(site: &Site, who: &Person, show: &Show) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let draft = ShowDraft {
        language: show.language.clone(),
        time_zone: show.time_zone.clone(),
        author: show.author.clone(),
        categories: vec![("Kids & Family".to_owned(), Some("Stories for Kids".to_owned()))],
        texts: show.texts.clone(),
        ..ShowDraft::default()
    };
    let blob = kernel::sha256_hex(b"cover");
    let (small_blob, card_blob) = (blob.clone(), blob.clone());
    let file = PictureFile { blob, mime: "image/png".to_owned(), size: (1400, 1400), small_blob, card_blob, bytes: 0 };
    let image = write_tx!(site.app.db, |tx| {
        uc::edit_show(tx, &ctx, show.id, draft.clone()).await?;
        uc::set_show_cover(tx, &ctx, show.id, &file).await
    });
    site.app.links.absolute(&Links::image(&image.expect("a cover"), "original"))
}

#[test]
fn a_feed_has_what_directories_require() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = rich(&site, &who, &show).await;
        let cover = dress(&site, &who, &show).await;
        let answer = site.get(FEED).await;
        assert_eq!(answer.header("content-type"), "application/rss+xml; charset=utf-8");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let text = answer.text();
        let id = show_id(EPISODE_PREFIX, episode.id);
        for wanted in [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "xmlns:itunes=\"http://www.itunes.com/dtds/podcast-1.0.dtd\"",
            "xmlns:podcast=\"https://podcastindex.org/namespace/1.0\"",
            "<title>Les Pentes</title>",
            "<link>https://site.example/fr/shows/pentes</link>",
            "<description>",
            "<language>fr</language>",
            "<itunes:author>Agence des Pentes</itunes:author>",
            "<itunes:explicit>false</itunes:explicit>",
            "<itunes:type>episodic</itunes:type>",
            "<itunes:category text=\"Kids &amp; Family\">",
            "<itunes:category text=\"Stories for Kids\"/>",
            &format!("<itunes:image href=\"{cover}\"/>"),
            "<atom:link href=\"https://site.example/feeds/pentes.xml\" rel=\"self\" type=\"application/rss+xml\"/>",
            "<podcast:locked>yes</podcast:locked>",
            "<podcast:medium>podcast</podcast:medium>",
            &format!("<podcast:guid>{}</podcast:guid>", show.podcast_guid),
            &format!("<guid isPermaLink=\"false\">{}</guid>", episode.guid),
            "<pubDate>Mon, 23 Nov 2026 07:00:00 +0100</pubDate>",
            "<itunes:duration>2</itunes:duration>",
            "<itunes:episodeType>full</itunes:episodeType>",
            &format!(
                "<podcast:chapters url=\"{ORIGIN}/media/episodes/{id}/chapters.json\" type=\"application/json+chapters\"/>"
            ),
            &format!(
                "<podcast:transcript url=\"{ORIGIN}/media/episodes/{id}/transcript.fr.vtt\" type=\"text/vtt\" language=\"fr\"/>"
            ),
            "type=\"application/x-subrip\"",
            ">Odile Rambert</podcast:person>",
        ] {
            assert!(text.contains(wanted), "{wanted} is missing in {text}");
        }
        assert!(!text.contains('@'), "no address of a person: {text}");
        assert_eq!(show.podcast_guid, publish::feed::podcast_guid("site.example/feeds/pentes.xml"));
    });
}

#[test]
fn chapters_and_transcripts_are_served_to_apps_on_any_site() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = rich(&site, &who, &show).await;
        let base = format!("/media/episodes/{}", show_id(EPISODE_PREFIX, episode.id));
        for (file, mime, part) in [
            ("chapters.json", "application/json+chapters", "\"startTime\""),
            ("transcript.fr.vtt", "text/vtt; charset=utf-8", "WEBVTT"),
            ("transcript.fr.srt", "application/x-subrip; charset=utf-8", "00:00:01,000"),
            ("transcript.fr.txt", "text/plain; charset=utf-8", "Bonjour"),
        ] {
            let answer = site.get(&format!("{base}/{file}")).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type").as_str()), (200, mime));
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{file}");
            assert!(answer.text().contains(part), "{file}: {}", answer.text());
            let again = site.get_with(&format!("{base}/{file}"), &[("if-none-match", &answer.header("etag"))]).await;
            assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{file}");
        }
        let chapters = site.get(&format!("{base}/chapters.json")).await.json();
        assert_eq!(chapters["version"], "1.2.0");
        let starts: Vec<f64> =
            chapters["chapters"].as_array().expect("chapters").iter().filter_map(|c| c["startTime"].as_f64()).collect();
        assert!(starts.len() == 2 && starts.is_sorted(), "{starts:?}");
        for missing in ["transcript.en.vtt", "transcript.fr.exe", "chapters.xml"] {
            assert_eq!(site.get(&format!("{base}/{missing}")).await.status, 404, "{missing}");
        }
    });
}

// What apps poll by

#[test]
fn a_feed_answers_conditions_and_goes_packed() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        rich(&site, &who, &show).await;
        for state in ["cold", "warm"] {
            let whole = site.get(FEED).await;
            let etag = whole.header("etag");
            assert!(etag.starts_with('"') && etag.len() > 10, "{state}: a strong tag, not {etag}");
            assert_eq!(whole.header("last-modified"), "Mon, 23 Nov 2026 06:00:00 GMT", "{state}");
            assert!(whole.header("vary").contains("accept-encoding"), "{state}");
            for known in [etag.clone(), format!("\"x\", {etag}"), format!("W/{etag}")] {
                let same = site.get_with(FEED, &[("if-none-match", &known)]).await;
                assert_eq!((same.status.as_u16(), same.body.len()), (304, 0), "{state} {known}");
                assert_eq!(same.header("etag"), etag);
            }
            assert_eq!(site.get_with(FEED, &[("if-none-match", "\"other\"")]).await.status, 200);
            let packed = site.get_with(FEED, &[("accept-encoding", "gzip, br")]).await;
            assert_eq!(packed.header("content-encoding"), "gzip", "{state}");
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut unpacked).expect("gzip");
            assert_eq!(unpacked, whole.body, "{state}");
        }
        let head = site.send(request("HEAD", FEED, None, &[], Body::empty())).await;
        assert_eq!(
            (head.status, head.header("etag")),
            (site.get(FEED).await.status, site.get(FEED).await.header("etag"))
        );
    });
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map(|(inner, _)| inner).unwrap_or_default()
}

async fn build_date(site: &Site) -> String {
    between(&site.get(FEED).await.text(), "<lastBuildDate>", "</lastBuildDate>").to_owned()
}

#[test]
fn the_build_date_changes_with_the_content_and_only_then() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let other = desk::show(&site, &who, "quais").await;
        let episode = rich(&site, &who, &show).await;
        let first = site.get(FEED).await.body;
        assert_eq!(build_date(&site).await, "Mon, 23 Nov 2026 07:00:00 +0100");
        site.clock.advance(3600);
        desk::published(&site, &who, &other, "Ailleurs").await;
        let draft = desk::episode(&site, &who, &show, desk::draft("Pas encore")).await;
        desk::schedule(&site, &who, draft.id, When::At(site.clock.now().plus_seconds(3600))).await;
        site.restart().await;
        assert_eq!(site.get(FEED).await.body, first, "nothing public changed");
        site.clock.advance(3600);
        assert_eq!(build_date(&site).await, "Mon, 23 Nov 2026 09:00:00 +0100", "an episode's time has come");
        site.clock.advance(60);
        let ctx = site.app.ctx(who.actor.clone());
        let draft = desk::draft("Le pont, corrigé");
        write_tx!(site.app.db, |tx| uc::edit_episode(tx, &ctx, episode.id, episode.version, draft.clone()).await)
            .expect("edited");
        assert_eq!(build_date(&site).await, "Mon, 23 Nov 2026 09:01:00 +0100");
    });
}

#[test]
fn unpublishing_moves_the_build_date_forward() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let kept = desk::published(&site, &who, &show, "Reste").await;
        site.clock.advance(60);
        let gone = desk::published(&site, &who, &show, "Part").await;
        assert_eq!(build_date(&site).await, "Mon, 23 Nov 2026 07:01:00 +0100");
        site.clock.advance(60);
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, gone.id).await).expect("off");
        let items = by_all(&site.get(FEED).await.text());
        assert_eq!(items.iter().map(|i| &i.guid).collect::<Vec<_>>(), [&kept.guid]);
        assert_eq!(build_date(&site).await, "Mon, 23 Nov 2026 07:02:00 +0100");
    });
}

#[test]
fn the_podcast_guid_stays_whatever_a_show_is_called_and_wherever_it_lives() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let ctx = site.app.ctx(who.actor.clone());
        let text = ShowText { title: "Autre nom".to_owned(), ..ShowText::default() };
        let draft = ShowDraft {
            slug: "autre".to_owned(),
            language: "en".to_owned(),
            time_zone: "America/Montreal".to_owned(),
            texts: [("en".to_owned(), text)].into(),
            ..ShowDraft::default()
        };
        write_tx!(site.app.db, |tx| uc::edit_show(tx, &ctx, show.id, draft.clone()).await).expect("edited");
        site.config.public_url = Some("https://nouveau.example".to_owned());
        site.restart().await;
        let text = site.get(FEED).await.text();
        assert_eq!(between(&text, "<podcast:guid>", "</podcast:guid>"), show.podcast_guid);
        assert!(text.contains("<title>Autre nom</title>"));
    });
}
