//! Feeds of real shows, read from the folder `TRABOULE_TEST_MATERIAL`: imported or refused with a reason, twice is once
//! (c2), and what goes out again is what came in, in every reader's eyes (c12). Only with the feature `material`.
#![cfg(feature = "material")]

use std::path::PathBuf;

use base64::Engine as _;
use db::Failure;
use it::{Person, Site, on_one};
use publish::reader::{Feed, Limits, read};
use publish::service::ImportOptions;
use serde::Deserialize;
use testkit::On;

use crate::feeds::by_all;
use crate::imports::{editor, essence, import, options, rows};

/// The feeds that are whole files, and how many cases come as lines.
const LEAST_FILES: usize = 20;
const LEAST_CASES: usize = 140;

fn root() -> PathBuf {
    let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("TRABOULE_TEST_MATERIAL names the folder of material");
    PathBuf::from(root)
}

fn folder() -> PathBuf {
    root().join("feeds")
}

fn extension(path: &std::path::Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().into_owned()
}

fn paths(extensions: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("the folder of feeds");
    let mut all: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    all.retain(|p| extensions.contains(&extension(p).as_str()));
    all.sort();
    all
}

/// Name and bytes of every feed that is a whole file.
fn files() -> Vec<(String, Vec<u8>)> {
    let name = |p: &PathBuf| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let all: Vec<_> =
        paths(&["xml", "rss", "new"]).iter().map(|p| (name(p), std::fs::read(p).expect("a feed"))).collect();
    assert!(all.len() >= LEAST_FILES, "only {} feeds", all.len());
    all
}

#[derive(Deserialize)]
struct Case {
    name: String,
    bytes_base64: String,
}

/// The cases that come one to a line.
fn cases() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for path in paths(&["jsonl"]) {
        for line in std::fs::read_to_string(path).expect("lines").lines().filter(|l| !l.trim().is_empty()) {
            let case: Case = serde_json::from_str(line).expect("a case");
            let bytes = base64::engine::general_purpose::STANDARD.decode(case.bytes_base64).expect("base64");
            all.push((case.name, bytes));
        }
    }
    assert!(all.len() >= LEAST_CASES, "only {} cases", all.len());
    all
}

fn into(who: &Person, n: usize) -> ImportOptions {
    ImportOptions { slug: Some(format!("m-{n}")), owner_vouches: true, ..options(who) }
}

/// Imports what can be read; gives the feed and the address of the show's own, or the reason against it.
async fn take(site: &Site, who: &Person, n: usize, bytes: &[u8]) -> Result<(Feed, String), String> {
    let feed = read(bytes, None, &Limits::default()).map_err(|e| e.code().to_owned())?;
    match import(site, who, &feed, &into(who, n)).await {
        Ok((show, _)) => Ok((feed, format!("/feeds/{}.xml", show.expect("a show").slug))),
        Err(Failure::Refused(refusal)) => Err(refusal.code.to_owned()),
        Err(other) => panic!("{other}"),
    }
}

async fn comes_out_again(site: &Site, name: &str, feed: &Feed, path: &str) {
    let answer = site.get(path).await;
    assert_eq!(answer.status, 200, "{name}");
    let read_by_all = by_all(&answer.text());
    assert_eq!(read_by_all.len(), feed.items.len(), "{name}");
    let again = read(&answer.body, None, &Limits::default()).expect("our own feed");
    let (before, after) = (essence(feed), essence(&again));
    let lost: Vec<_> = before.difference(&after).take(3).collect();
    let new: Vec<_> = after.difference(&before).take(3).collect();
    assert!(lost.is_empty() && new.is_empty(), "{name}: lost {lost:?}, new {new:?}");
}

async fn twice_is_once(site: &Site, who: &Person, n: usize, name: &str, feed: &Feed, path: &str) {
    let (before, page) = (rows(site).await, site.get(path).await.body);
    site.clock.advance(60);
    let (_, report) = import(site, who, feed, &into(who, n)).await.expect("imported again");
    assert_eq!((report.would_create, report.would_update, report.unchanged), (0, 0, feed.items.len()), "{name}");
    assert_eq!(rows(site).await, before, "{name}");
    assert_eq!(site.get(path).await.body, page, "{name}");
}

async fn everything(site: &Site, all: &[(String, Vec<u8>)], may_refuse: impl Fn(&str) -> bool) {
    let who = editor(site).await;
    for (n, (name, bytes)) in all.iter().enumerate() {
        let before = rows(site).await;
        match take(site, &who, n, bytes).await {
            Ok((feed, path)) => {
                comes_out_again(site, name, &feed, &path).await;
                twice_is_once(site, &who, n, name, &feed, &path).await;
            }
            Err(reason) => {
                assert!(may_refuse(&reason), "{name}: {reason}");
                assert_eq!(rows(site).await, before, "{name}");
            }
        }
    }
}

#[test]
fn c2_c12_every_real_feed_comes_in_once_and_goes_out_whole() {
    on_one(On::Lite, &async |site: Site| everything(&site, &files(), |_| false).await);
}

#[test]
fn c12_every_odd_case_comes_in_or_is_refused_with_a_reason() {
    let reasons = ["not_a_feed", "no_show_title", "entity_bomb"];
    on_one(On::Lite, &async |site: Site| everything(&site, &cases(), |reason| reasons.contains(&reason)).await);
}

async fn pair(site: &Site, n: usize, first: &str, second: &str, created: usize, updated: usize) {
    let who = editor(site).await;
    let bytes = |name: &str| std::fs::read(folder().join(name)).expect("a feed");
    let (old, path) = take(site, &who, n, &bytes(first)).await.expect("imported");
    let ids =
        |items: &[crate::feeds::Read]| items.iter().map(|r| r.guid.clone()).collect::<std::collections::BTreeSet<_>>();
    let before = ids(&by_all(&site.get(&path).await.text()));
    let new = read(&bytes(second), None, &Limits::default()).expect("a feed");
    let (_, report) = import(site, &who, &new, &into(&who, n)).await.expect("imported");
    assert_eq!((report.would_create, report.would_update), (created, updated), "{second}");
    let after = ids(&by_all(&site.get(&path).await.text()));
    assert!(after.is_superset(&before), "{second}: {:?}", before.difference(&after));
    assert_eq!(after.len(), old.items.len() + created, "{second}");
}

#[test]
fn c2_the_second_copy_of_a_feed_adds_exactly_the_difference() {
    on_one(On::Lite, &async |site: Site| {
        // All 43 GUIDs kept, every enclosure moved, four episodes more.
        pair(&site, 1, "2018-01-20-Intercepted.xml", "2018-02-03-Intercepted.xml", 4, 43).await;
        // Two items each, one of them in both.
        pair(&site, 2, "2024-03-13-ndr.xml", "2024-03-14-ndr.xml", 1, 0).await;
    });
}

// WordPress exports

/// Name and bytes of every export.
fn exports() -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(root().join("wxr")).expect("the folder of exports");
    let mut all: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    all.retain(|p| extension(p) == "xml");
    all.sort();
    assert!(all.len() >= 25, "only {} exports", all.len());
    let name = |p: &PathBuf| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
    all.iter().map(|p| (name(p), std::fs::read(p).expect("an export"))).collect()
}

/// Exports that are broken on purpose: nothing of them comes in.
const BROKEN: &[&str] = &["malformed.xml", "malformed-simple.xml"];

#[test]
fn c2_every_export_comes_in_once_or_is_refused_with_a_reason() {
    for on in [On::Lite, On::Pg] {
        on_one(on, &async |site: Site| {
            let who = editor(&site).await;
            for (n, (name, bytes)) in exports().iter().enumerate() {
                let before = crate::imports_wxr::rows_in(&site.app.db).await;
                let wxr = match publish::wxr::read(bytes, &publish::wxr::WxrLimits::default()) {
                    Ok(wxr) => wxr,
                    Err(error) => {
                        assert!(BROKEN.contains(&name.as_str()), "{name}: {error}");
                        assert!(["malformed", "not_wxr"].contains(&error.code()), "{name}: {error}");
                        assert_eq!(crate::imports_wxr::rows_in(&site.app.db).await, before, "{name}");
                        continue;
                    }
                };
                assert!(!BROKEN.contains(&name.as_str()), "{name} came in");
                let options = into(&who, n);
                let ctx = site.app.ctx(who.actor.clone());
                let import = async || {
                    db::write_tx!(site.app.db, |tx| publish::service::import_wxr(tx, &ctx, &wxr, &options).await)
                        .unwrap_or_else(|e| panic!("{name}: {e}"))
                };
                let (show, first) = import().await;
                let after = crate::imports_wxr::rows_in(&site.app.db).await;
                let slug = show.expect("a show").slug;
                let feed = site.get(&format!("/feeds/{slug}.xml")).await;
                site.clock.advance(60);
                let (_, second) = import().await;
                let counts = (second.import.would_create, second.import.would_update, second.import.unchanged);
                assert_eq!(counts, (0, 0, first.import.items), "{name}");
                assert_eq!(crate::imports_wxr::rows_in(&site.app.db).await, after, "{name}");
                assert_eq!(site.get(&format!("/feeds/{slug}.xml")).await.body, feed.body, "{name}");
                assert!(first.import.items == 0 || feed.status == 200, "{name}");
            }
        });
    }
}

#[test]
fn c13_an_export_cut_anywhere_is_refused() {
    for (name, bytes) in
        exports().iter().filter(|(name, bytes)| bytes.len() < 60_000 && !BROKEN.contains(&name.as_str()))
    {
        let end = bytes.windows(10).rposition(|w| w == b"</channel>").expect("it ends");
        for at in (0..end).step_by(97) {
            let cut = publish::wxr::read(&bytes[..at], &publish::wxr::WxrLimits::default());
            assert!(cut.is_err(), "{name} cut at {at} came in");
        }
    }
}

// Attacks on the sanitiser

#[derive(Deserialize)]
struct Attack {
    name: String,
    xml: String,
}

/// Every attack, as it stands and with its references resolved once.
fn attacks() -> Vec<(String, String)> {
    let mut all = Vec::new();
    let entries = std::fs::read_dir(root().join("sanitizer")).expect("the folder of attacks");
    for path in entries.map(|e| e.expect("an entry").path()).filter(|p| extension(p) == "jsonl") {
        for line in std::fs::read_to_string(path).expect("lines").lines().filter(|l| !l.trim().is_empty()) {
            let case: Attack = serde_json::from_str(line).expect("a case");
            let body = case.xml.split_once("-->").map_or(case.xml.as_str(), |(_, body)| body);
            let plain = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
            let resolved = plain.iter().fold(body.to_owned(), |text, (from, to)| text.replace(from, to));
            all.push((case.name.clone(), body.to_owned()));
            all.push((case.name, resolved));
        }
    }
    assert!(all.len() >= 1_400, "only {} attacks", all.len());
    all
}

fn harmless(name: &str, html: &str) {
    let seen = crate::hostile::watched(html, false);
    assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{name}: {html}");
}

#[test]
fn c11_no_attack_survives_any_way_a_text_comes_in() {
    use publish::text::{feed_html, imported_to_html, markdown_to_html, sanitise_html, text_to_html};
    use publish::wxr::{comment_html, to_html};
    for (name, text) in attacks() {
        let ways = [
            sanitise_html(&text),
            imported_to_html(&text),
            markdown_to_html(&text),
            text_to_html(&text),
            sanitise_html(&to_html(&text).html),
            sanitise_html(&comment_html(&text)),
        ];
        for html in ways {
            harmless(&name, &html);
            assert_eq!(sanitise_html(&html), html, "{name}: sanitising twice changes something");
        }
        // Feeds say less: no `rel` on links. What they say is as harmless, and what is made of it stays.
        let short = feed_html(&text, 4000);
        harmless(&name, &short);
        let again = sanitise_html(&short);
        assert_eq!(sanitise_html(&again), again, "{name}: sanitising twice changes something");
    }
}

#[test]
fn c11_no_attack_survives_on_a_page() {
    on_one(On::Lite, &async |site: Site| {
        let who = editor(&site).await;
        let all = attacks();
        let cdata = |text: &str| text.replace("]]>", "]]]]><![CDATA[>");
        // Through an export: titles, texts, comments.
        let items: String = all
            .iter()
            .enumerate()
            .map(|(n, (_, text))| {
                let text: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
                let id = n + 1;
                format!(
                    "<item><title><![CDATA[{0}]]></title><guid isPermaLink=\"false\">a{id}</guid><content:encoded><![CDATA[{0}]]></content:encoded>
                     <wp:post_id>{id}</wp:post_id><wp:post_date_gmt>2026-10-01 06:00:00</wp:post_date_gmt><wp:post_name>a-{id}</wp:post_name>
                     <wp:status>publish</wp:status><wp:post_type>post</wp:post_type><wp:comment><wp:comment_id>{id}</wp:comment_id>
                     <wp:comment_author><![CDATA[{0}]]></wp:comment_author><wp:comment_content><![CDATA[{0}]]></wp:comment_content></wp:comment></item>",
                    cdata(&text)
                )
            })
            .collect();
        let xml = crate::imports_wxr::wxr("", &items);
        crate::imports_wxr::take(&site, &who, &xml, &options(&who)).await.expect("imported");
        for n in (1..=all.len()).step_by(2) {
            let page = site.get(&format!("/fr/shows/venu/a-{n}")).await;
            assert_eq!(page.status, 200, "{n}");
            let seen = crate::hostile::watched(&page.text(), true);
            assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{}", all[n - 1].0);
        }
        let sql = "SELECT body_html FROM publish_kept_comment";
        for row in db::read_tx!(site.app.db, |tx| Ok(tx.all(sql, Vec::new()).await?)).expect("read") {
            harmless("a comment", &row.get::<String>(0).expect("a text"));
        }
        // Typed: notes, titles of chapters and sources, transcripts, forty to an episode.
        let show = it::desk::show(&site, &who, "tape").await;
        for (n, chunk) in all.chunks(40).enumerate() {
            let slug = format!("tape-{n}");
            typed(&site, &who, &show, &slug, chunk).await;
            let page = site.get(&format!("/fr/shows/tape/{slug}")).await;
            assert_eq!(page.status, 200, "{slug}");
            let seen = crate::hostile::watched(&page.text(), true);
            assert_eq!((seen.faults.take(), seen.frames.get()), (Vec::new(), 0), "{slug}");
        }
    });
}

async fn typed(site: &Site, who: &Person, show: &publish::model::Show, slug: &str, chunk: &[(String, String)]) {
    use publish::model::{Chapter, EpisodeText, Source, SourceKind};
    let short = |text: &str| -> String {
        let line: String = kernel::line(text).chars().take(120).collect();
        if line.is_empty() { "x".to_owned() } else { line }
    };
    let chapters = chunk.iter().enumerate().map(|(at, (_, text))| Chapter {
        start_ms: i64::try_from(at).unwrap_or_default(),
        in_toc: true,
        image_id: None,
        item: None,
        titles: [("fr".to_owned(), short(text))].into(),
        sources: vec![Source {
            kind: SourceKind::Link,
            title: short(text),
            url: "https://a.example/".to_owned(),
            seen_on: None,
        }],
    });
    let notes: String =
        chunk.iter().map(|(_, text)| format!("{text}\n\n")).collect::<String>().chars().take(60_000).collect();
    let text = EpisodeText {
        title: short(&chunk[0].1),
        summary: short(&chunk[chunk.len() - 1].1),
        notes_md: Some(notes),
        ..EpisodeText::default()
    };
    let draft = publish::rules::check::EpisodeDraft {
        slug: slug.to_owned(),
        texts: [("fr".to_owned(), text)].into(),
        chapters: chapters.collect(),
        ..publish::rules::check::EpisodeDraft::default()
    };
    let made = it::desk::episode(site, who, show, draft).await;
    // Binary data is refused as a transcript; what is looked at here is text.
    let words = |text: &str| text.chars().filter(|c| *c == '\n' || !c.is_control()).collect::<String>();
    let cues: String = chunk
        .iter()
        .enumerate()
        .map(|(at, (_, text))| format!("00:{at:02}.000 --> 00:{at:02}.500\n{}\n\n", words(text).replace("\n\n", "\n")))
        .collect();
    let ctx = site.app.ctx(who.actor.clone());
    let vtt = format!("WEBVTT\n\n{cues}");
    // What no transcript reader takes is refused as such, and nothing of it is kept; everything else has to be harmless.
    let kept =
        db::write_tx!(site.app.db, |tx| publish::service::attach_transcript(tx, &ctx, made.id, "fr", &vtt, true).await);
    if let Err(failure) = kept {
        assert!(failure.to_string().contains("transcript-unreadable"), "{slug}: {failure}");
    }
    it::desk::schedule(site, who, made.id, publish::service::When::Now).await;
}
