//! Whoever is apart from a viewer is left out of every number a page or an answer shows them. The templates are read: a
//! number nobody listed here fails.

use std::path::Path;

use community::model::{PassedOn, PostKind, VoiceKind};
use community::rules::post::Draft;
use community::service::{follows, members, posts};
use db::write_tx;
use it::{Site, desk, on_both};
use kernel::{Role, Subject, TokenScope, show_id};

use super::house::said;
use super::{Somebody, posted, somebody};

/// Sentences of public templates that are given a number, and whether it counts people's deeds.
const NUMBERS: &[(&str, bool)] = &[
    ("explore-tag-voices", true),
    ("feed-followers", true),
    ("feed-new", false),
    ("notices-unread", false),
    ("order-measures", false),
    ("order-unread", false),
    ("post-comments", true),
    ("post-passed-on", true),
    ("privacy-erasing-count", false),
    ("publish-corrections", false),
    ("publish-excerpts", false),
    ("publish-sources", false),
    ("audience-rule-network", false),
    ("imports-more", false),
    ("proof-details", false),
    ("talk-heading", true),
    ("talk-more", true),
];

fn numbers(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() && name != "studio" {
            numbers(&path, found);
        } else if name.ends_with(".html") && !name.starts_with("studio") && !name.starts_with("moderation") {
            let text = std::fs::read_to_string(&path).expect("a template");
            for call in text.split("t(\"").skip(1) {
                let (key, rest) = call.split_once('"').unwrap_or((call, ""));
                let given = rest.split(')').next().unwrap_or_default();
                if given.contains("count=") && !key.starts_with("moderation-") {
                    found.push(key.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_number_of_a_public_template_is_listed() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for name in ["community", "publish", "traboule", "ui"] {
        numbers(&crates.join(name).join("templates"), &mut found);
    }
    assert!(found.len() > 10, "{found:?}");
    for key in found {
        assert!(
            NUMBERS.iter().any(|(known, _)| *known == key),
            "{key}: say in feed/counts.rs whether it counts people"
        );
    }
}

/// A house where two of three do the same things, so that each number is two until one of them is apart.
struct Doubled {
    site: Site,
    viewer: Somebody,
    apart: Somebody,
    known: Somebody,
    post: String,
    episode: String,
    token: String,
}

async fn pass_on(site: &Site, who: &Somebody, body: &str, of: i64, author: i64) {
    let of = Some(PassedOn { subject: Subject::post(of), author });
    let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
    let ctx = who.ctx(site);
    write_tx!(site.app.db, |tx| posts::post(tx, &ctx, who.voice, PostKind::Post, &draft).await).expect("passed on");
}

async fn doubled(site: Site) -> Doubled {
    let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
    let show = desk::show(&site, &editor, "pentes").await;
    let episode = desk::published(&site, &editor, &show, "Le pont").await;
    let now = site.clock.now();
    write_tx!(site.app.db, |tx| members::ensure_voice(tx, VoiceKind::Show, show.id, editor.org, "pentes", now).await)
        .expect("a voice");
    let (viewer, known) = (somebody(&site, "odile").await, somebody(&site, "carole").await);
    let (apart, other) = (somebody(&site, "bruno").await, somebody(&site, "perrine").await);
    let post = posted(&site, &known, "Bonjour").await;
    for who in [&apart, &other] {
        let ctx = who.ctx(&site);
        for voice in [known.voice, show.id] {
            write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, voice).await).expect("followed");
        }
        pass_on(&site, who, "", post, known.voice).await;
        posted(&site, who, &format!("{} au #pont", who.mark)).await;
        said(&site, who, Subject::episode(episode.id), &format!("{} sous l’épisode", who.mark)).await;
        said(&site, who, Subject::post(post), &format!("{} sous la publication", who.mark)).await;
    }
    let ctx = known.ctx(&site);
    for voice in [apart.voice, other.voice] {
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, voice).await).expect("followed");
    }
    let (ctx, org) = (viewer.ctx(&site), viewer.person.org);
    let token = write_tx!(site.app.db, |tx| {
        accounts::service::create_token(tx, &ctx, org, "test", &[TokenScope::Read], 1).await
    });
    let token = token.expect("a token").secret;
    let (post, episode) = (show_id("po", post), show_id("ep", episode.id));
    Doubled { site, viewer, apart, known, post, episode, token }
}

impl Doubled {
    /// Every number somebody signed in is shown of what people did: what, and how often.
    async fn shown(&self) -> Vec<(String, i64)> {
        let mut out = Vec::new();
        let page = async |path: &str| self.site.get_as(&self.viewer.person, path).await.text();
        let profile = page("/en/members/carole").await;
        let (feed, explore) = (page("/en/feed").await, page("/en/explore").await);
        let post = page(&format!("/en/posts/{}", self.post)).await;
        let all = page(&format!("/en/posts/{}/comments", self.post)).await;
        let episode = page("/en/shows/pentes/le-pont").await;
        let texts = [
            ("profile", &profile, "follower"),
            ("profile, following", &profile, "followed"),
            ("feed, to follow", &feed, "follower"),
            ("explore, to follow", &explore, "follower"),
            ("explore, tag", &explore, "voice"),
            ("explore, comments", &explore, "comment"),
            ("explore, passed on", &explore, "passed on"),
            ("profile, comments", &profile, "comment"),
            ("profile, passed on", &profile, "passed on"),
            ("post, passed on", &post, "passed on"),
            ("post, comments", &post, "comment"),
            ("post, all comments", &all, "comment"),
            ("post, for crawlers", &post, "\"commentCount\":"),
            ("post, shares for crawlers", &post, "\"userInteractionCount\":"),
            ("episode, comments", &episode, "comment"),
            ("episode, for crawlers", &episode, "\"commentCount\":"),
        ];
        for (name, text, word) in texts {
            out.push((name.to_owned(), number(text, word).unwrap_or_else(|| panic!("{name}: no number in {text}"))));
        }
        let api = async |path: String| self.site.api(&self.token, "GET", &path, "").await.json();
        let member = api("/api/v1/members/carole".to_owned()).await;
        out.push(("api, followers".to_owned(), member["followers"].as_i64().expect("a number")));
        for path in [format!("/api/v1/posts/{}", self.post), "/api/v1/posts?voice=carole".to_owned()] {
            let mut found = api(path.clone()).await;
            if found["posts"].is_array() {
                found = found["posts"][0].clone();
            }
            for key in ["comments", "passed_on"] {
                out.push((format!("{path} {key}"), found[key].as_i64().expect("a number")));
            }
        }
        let list = api(format!("/api/v1/episodes/{}/comments", self.episode)).await;
        let listed = list["comments"].as_array().map_or(0, Vec::len);
        out.push(("api, comments of an episode".to_owned(), i64::try_from(listed).expect("small")));
        out
    }
}

/// The number in the sentence with a word: it is one or two here.
fn number(text: &str, word: &str) -> Option<i64> {
    if word.ends_with(':') {
        return text.split(word).nth(1)?.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    }
    let forms: &[(&str, i64)] = match word {
        "follower" => &[("2 followers", 2), ("1 follower", 1), ("one follower", 1)],
        "followed" => &[("follows 2", 2), ("follows 1", 1)],
        "voice" => &[("2 voices", 2), ("one voice", 1)],
        "comment" => &[("2 comments", 2), ("1 comment", 1)],
        _ => &[("passed on 2 times", 2), ("passed on once", 1)],
    };
    forms.iter().find(|(form, _)| text.contains(form)).map(|(_, n)| *n)
}

#[test]
fn c20_blocked_people_are_in_no_number() {
    on_both(async |site| {
        let house = doubled(site).await;
        for (name, count) in house.shown().await {
            assert_eq!(count, 2, "{name}: before");
        }
        for blocks in [true, false] {
            let (one, other) = if blocks { (&house.viewer, &house.apart) } else { (&house.apart, &house.viewer) };
            let ctx = one.ctx(&house.site);
            write_tx!(house.site.app.db, |tx| follows::block(tx, &ctx, other.voice).await).expect("blocked");
            for (name, count) in house.shown().await {
                assert_eq!(count, 1, "{name}: the viewer blocks {blocks}");
            }
            write_tx!(house.site.app.db, |tx| follows::unblock(tx, &ctx, other.voice).await).expect("unblocked");
        }
        for (name, count) in house.shown().await {
            assert_eq!(count, 2, "{name}: after");
        }
        // For visitors nobody is missing.
        let visitor = house.site.get("/en/members/carole").await.text();
        assert_eq!(number(&visitor, "follower"), Some(2), "{}", house.known.handle);
    });
}
