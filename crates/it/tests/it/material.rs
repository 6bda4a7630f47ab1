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

fn folder() -> PathBuf {
    let root = std::env::var_os("TRABOULE_TEST_MATERIAL").expect("TRABOULE_TEST_MATERIAL names the folder of material");
    PathBuf::from(root).join("feeds")
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
