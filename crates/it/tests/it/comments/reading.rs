//! What readers and programs get: feed, JSON-LD, API, hostile texts (c11), what is hidden (c4), how pages look.

use accounts::service as accounts_uc;
use community::service as uc;
use db::{read_tx, write_tx};
use it::{Person, Site, desk, on_both, on_one};
use kernel::{Lang, Role, Subject, TokenScope};
use publish::service as publish_uc;
use serde_json::{Value, json};
use testkit::On;

use super::own::visible;
use super::{FORM, PAGE, Talk, own_page, post};
use crate::hostile::watched;
use crate::pages::redact;

/// The JSON-LD of a page.
fn ld(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").expect("JSON-LD");
    serde_json::from_str(rest.split_once("</script>").expect("its end").0).expect("JSON")
}

#[test]
fn feed_and_json_ld_carry_what_is_visible() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let feed = format!("/feeds/comments/{}.xml", talk.id());
        let link = format!(
            "<link rel=\"alternate\" type=\"application/rss+xml\" title=\"Commentaires : Le pont\" href=\"https://site.example{feed}\">"
        );
        let page = site.get(PAGE).await.text();
        assert!(page.replace('\u{202f}', " ").contains(&link), "{page}");
        assert_eq!(ld(&page)["@graph"][0]["commentCount"], 0);
        assert!(page.contains("href=\"#comments\">Avis</a>"), "the way there on a phone");
        let etag = site.get(&feed).await.header("etag");
        own_page(&post(&site, &[("email", "b@lecteurs.example"), ("body", "Un avis qui attend.")]).await);
        assert_eq!(site.get(&feed).await.header("etag"), etag, "what waits changes nothing");
        visible(&site, &talk, &[("url", "https://solveig.example/")]).await;
        let page = site.get(PAGE).await.text();
        assert!(page.contains("href=\"#comments\">1 avis</a>"), "{page}");
        assert!(page.contains("href=\"https://solveig.example/\" rel=\"ugc nofollow noopener\""));
        let node = ld(&page)["@graph"][0].clone();
        assert_eq!(node["commentCount"], 1);
        assert_eq!(node["comment"][0]["text"], "Je l’imprime pour notre accueil.");
        assert_eq!(node["comment"][0]["author"], json!({"@type": "Person", "name": "Solveig M."}));
        let answer = site.get(&feed).await;
        assert_eq!(answer.header("content-type"), "application/rss+xml; charset=utf-8");
        let read = feed_rs::parser::parse(&answer.body[..]).expect("a feed");
        assert_eq!(read.entries.len(), 1);
        assert!(answer.text().contains("Solveig M.") && !answer.text().contains("attend"));
        let unpublish = site.app.ctx(talk.who.actor.clone());
        write_tx!(site.app.db, |tx| publish_uc::unpublish(tx, &unpublish, talk.episode.id).await).expect("off");
        for path in [feed.as_str(), FORM, &format!("/api/v1/episodes/{}/comments", talk.id())] {
            assert_eq!(site.get(path).await.status, 404, "{path}: its comments go with it");
        }
    });
}

#[test]
fn c4_what_waits_and_what_is_about_something_hidden_is_nowhere() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let other = desk::published(&site, &talk.who, &talk.show, "Le tunnel").await;
        let held = own_page(&post(&site, &[("body", "zqattente dans le texte"), ("name", "zqnom")]).await);
        visible(&site, &talk, &[("email", "c@lecteurs.example"), ("body", "Tout le monde lit ceci.")]).await;
        let ctx = site.app.ctx(talk.who.actor.clone());
        let writer = community::model::Writer::Member { person: talk.who.id, name: "zqequipe".to_owned(), team: true };
        let new = community::model::NewComment {
            org: talk.who.org,
            subject: Subject::episode(other.id),
            subject_since: site.app.now(),
            parent: None,
            writer,
            body: "zqretire sous un épisode qui part".to_owned(),
            network: String::new(),
        };
        write_tx!(site.app.db, |tx| uc::say(tx, &ctx, &site.app.sealer, new.clone()).await).expect("said");
        assert!(site.get("/fr/shows/pentes/le-tunnel").await.text().contains("zqretire"), "it is seen before");
        write_tx!(site.app.db, |tx| publish_uc::unpublish(tx, &ctx, other.id).await).expect("off");
        let seeds = [
            "/fr/",
            "/en/",
            PAGE,
            FORM,
            "/en/shows/pentes",
            "/fr/shows/pentes/le-tunnel",
            "/feeds/pentes.xml",
            "/sitemap.xml",
        ];
        let more = [talk.id(), kernel::show_id("ep", other.id)].map(|id| {
            [
                format!("/feeds/comments/{id}.xml"),
                format!("/api/v1/episodes/{id}/comments"),
                format!("/api/v1/episodes/{id}"),
            ]
        });
        let mut walk = crate::leaks::Walk::new(seeds.map(str::to_owned).into_iter().chain(more.concat()), 400);
        let mut read = false;
        while let Some(path) = walk.next() {
            let answer = site.get(&path).await;
            let text = answer.text();
            for word in ["zqattente", "zqnom", "zqretire", "zqequipe"] {
                assert!(!text.contains(word), "{word} at {path}");
            }
            read |= text.contains("Tout le monde lit ceci.");
            walk.learn(&answer);
        }
        assert!(read, "the walk found what is visible");
        assert!(site.get(&held).await.text().contains("zqattente"), "its writer sees it");
    });
}

/// Texts that want to run, and marks that want to break out of where they stand.
const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</script><svg onload=alert(1)>",
    "https://a.example/\"onmouseover=\"alert(1)",
    "javascript:alert(1)",
    "]]><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ hole('csrf') }}{% include 'shell.html' %}",
    "\u{f8f0}csrf\u{f8f1} \u{202e}txet \u{0}\u{b}",
    "--><!--<script>",
    "http://a.example/<script>alert(1)</script>",
];

#[test]
fn c11_what_commenters_type_runs_nowhere() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let feed = format!("/feeds/comments/{}.xml", talk.id());
        let mut owns = Vec::new();
        for (n, text) in HOSTILE.iter().enumerate() {
            site.clock.advance(90_000);
            let (body, name, email) = (format!("{n} {text}"), format!("N{n} {text}"), format!("h{n}@lecteurs.example"));
            let mut fields = vec![("body", body.as_str()), ("email", email.as_str())];
            if !name.contains("://") {
                fields.push(("name", name.as_str()));
            }
            let refused = post(&site, &[fields.clone(), vec![("url", *text), ("email", "x")]].concat()).await;
            assert!(watched(&refused.text(), true).faults().is_empty(), "{text}: in the form again");
            let look = post(&site, &[fields.clone(), vec![("stamp", "-")]].concat()).await;
            assert_eq!(look.status, 200, "{text}");
            assert!(watched(&look.text(), true).faults().is_empty(), "{text}: before it is sent");
            owns.push(visible(&site, &talk, &fields).await);
        }
        for path in [PAGE, FORM, "/en/shows/pentes/le-pont"].into_iter().chain(owns.iter().map(String::as_str)) {
            let answer = site.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            let watch = watched(&answer.text(), true);
            assert!(watch.faults().is_empty(), "{path}: {:?}", watch.faults());
            if !path.contains("/comments/") && path != FORM {
                assert!(
                    ld(&answer.text())["@graph"][0]["comment"].as_array().is_some_and(|l| l.len() == HOSTILE.len())
                );
            }
        }
        let answer = site.get(&feed).await;
        let read = feed_rs::parser::parse(&answer.body[..]).expect("well-formed");
        assert_eq!(read.entries.len(), HOSTILE.len());
        for entry in read.entries {
            let html = entry.summary.expect("a text").content;
            assert!(watched(&html, false).faults().is_empty(), "{html}");
        }
        let api = site.get(&format!("/api/v1/episodes/{}/comments", talk.id())).await.json();
        assert_eq!(api["comments"].as_array().map(Vec::len), Some(HOSTILE.len()));
    });
}

async fn token(site: &Site, who: &Person, scopes: &[TokenScope]) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let made = write_tx!(site.app.db, |tx| accounts_uc::create_token(tx, &ctx, who.org, "test", scopes, 1).await);
    made.expect("a token").secret
}

#[test]
fn programs_say_change_and_delete_their_own() {
    on_both(async |site| {
        let talk = Talk::on(&site).await;
        let list = format!("/api/v1/episodes/{}/comments", talk.id());
        let own = token(&site, &talk.who, &TokenScope::ALL).await;
        let read = token(&site, &talk.who, &[TokenScope::Read]).await;
        let other = site.person("ailleurs", "zoe@ailleurs.example", Role::Owner).await;
        let foreign = token(&site, &other, &TokenScope::ALL).await;
        let body = json!({"body": "Merci à toutes les personnes qui écrivent."}).to_string();
        assert_eq!(site.api(&read, "POST", &list, body.clone()).await.status, 403);
        let keyed = async || {
            let headers = [("authorization", format!("Bearer {own}")), ("idempotency-key", "un".to_owned())];
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
            site.send(it::request("POST", &list, None, &headers, body.clone().into())).await
        };
        let (first, again) = (keyed().await, keyed().await);
        assert_eq!((first.status.as_u16(), first.json()), (201, again.json()), "a repetition says nothing twice");
        let id = first.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(first.json()["state"], "visible");
        let shown = site.get(&list).await.json();
        assert_eq!(shown["comments"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            (&shown["comments"][0]["name"], &shown["comments"][0]["team"]),
            (&json!("Camille Durand"), &json!(true))
        );
        let one = format!("/api/v1/comments/{id}");
        let edit = json!({"version": 1, "body": "Merci à toutes et à tous."}).to_string();
        assert_eq!(site.api(&foreign, "PUT", &one, edit.clone()).await.status, 404);
        assert_eq!(site.api(&own, "PUT", &one, edit.clone()).await.json()["version"], 2);
        assert_eq!(site.api(&own, "PUT", &one, edit).await.json()["code"], "comment-version");
        let answer = json!({"body": "Bonjour d’à côté.", "parent_id": id}).to_string();
        let said = site.api(&foreign, "POST", &list, answer).await;
        assert_eq!((said.status.as_u16(), &said.json()["state"]), (201, &json!("held")), "{}", said.text());
        assert_eq!(site.api(&foreign, "DELETE", &one, "").await.status, 404);
        assert_eq!(site.api(&own, "DELETE", &one, "").await.status, 200);
        assert_eq!(site.get(&list).await.json()["comments"], json!([]));
        let about = Subject::episode(talk.episode.id);
        assert!(read_tx!(site.app.db, |tx| uc::counters_agree(tx, about).await).expect("counted"));
    });
}

#[test]
fn pages_of_comments_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let talk = Talk::on(&site).await;
        let first = visible(&site, &talk, &[("url", "https://solveig.example/")]).await;
        let id = first.rsplit('/').next().expect("a token").split('.').next().expect("an id").to_owned();
        let fields = [("body", "Envoyez-nous la photo !"), ("parent", id.as_str()), ("email", "b@lecteurs.example")];
        visible(&site, &talk, &fields).await;
        let held = own_page(&post(&site, &[("body", "Un avis qui attend."), ("email", "c@lecteurs.example")]).await);
        for lang in Lang::ALL {
            let at = |path: &str| path.replacen("/fr/", &format!("/{}/", lang.code()), 1);
            for (name, path) in [
                ("talk_all", FORM.to_owned()),
                ("talk_reply", format!("{FORM}?reply={id}")),
                ("talk_own", first.clone()),
                ("talk_own_held", held.clone()),
                ("talk_privacy", "/fr/privacy".to_owned()),
            ] {
                let answer = site.get(&at(&path)).await;
                assert_eq!(answer.status, 200, "{path}");
                let text = redact(&answer.text()).replace(held.rsplit('/').next().expect("a token"), "TOKEN");
                insta::assert_snapshot!(format!("{name}_{}", lang.code()), marks(&text));
            }
        }
    });
}

/// Signed parts of addresses replaced.
fn marks(text: &str) -> String {
    let hex = |part: &str| part.len() == 32 && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let pieces = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    pieces
        .map(|piece| {
            let core = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            if hex(core) || (core.len() == 10 && core.bytes().all(|b| b.is_ascii_digit())) {
                piece.replace(core, "MARK")
            } else {
                piece.to_owned()
            }
        })
        .collect()
}
