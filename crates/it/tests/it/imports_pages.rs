//! Import as a page and by the API: the rehearsal before anything is written, exactly that and once, proof of control,
//! undoing; sources that must not be reached; the pages as reviewed.

use db::{read_tx, write_tx};
use it::{Person, Site, on_both, on_one};
use kernel::{Lang, Role, TokenScope, parse_id, sha256_hex};
use publish::model::REHEARSAL_PREFIX;
use publish::service::{self as uc, rehearse};
use testkit::On;

use crate::imports::{editor, feed};
use crate::imports_wxr::{post, rehearsed, rows_in, send_file, small, wxr};

fn item(guid: &str, day: u32, file: &str) -> String {
    format!(
        "<item><title>Matin {guid}</title><guid isPermaLink=\"false\">{guid}</guid><pubDate>{day:02} Oct 2026 06:00:00 +0200</pubDate>
         <enclosure url=\"https://sons.example/{file}.mp3\" length=\"9\" type=\"audio/mpeg\"/></item>"
    )
}

fn locked(text: &str) -> String {
    feed(&format!("<podcast:locked>yes</podcast:locked>{text}"), &item("a", 20, "a"))
}

async fn run(site: &Site, who: &Person, id: &str, xml: &str, more: &[(&str, &str)]) -> it::Answer {
    let digest = sha256_hex(xml.as_bytes());
    let mut fields = vec![("digest", digest.as_str())];
    fields.extend_from_slice(more);
    site.post_as(who, &format!("/fr/studio/import/{id}/run"), &fields).await
}

fn without_rehearsals(rows: Vec<(&'static str, i64)>) -> Vec<(&'static str, i64)> {
    rows.into_iter().filter(|(table, _)| *table != "publish_rehearsal").collect()
}

#[test]
fn a_rehearsal_writes_nothing_and_is_run_exactly_once() {
    on_both(async |site| {
        let who = editor(&site).await;
        let before = without_rehearsals(rows_in(&site.app.db).await);
        let xml = feed("", &format!("{}{}", item("b", 21, "b"), item("a", 20, "a")));
        let id = rehearsed(&site, &who, &xml).await;
        let page = site.get_as(&who, &format!("/fr/studio/import/{id}")).await;
        assert_eq!(page.status, 200);
        for text in ["Matin a", "Matin b", "Rien n’est encore écrit", "à créer", "du plus récent au plus ancien"]
        {
            assert!(page.text().contains(text), "{text}");
        }
        assert_eq!(without_rehearsals(rows_in(&site.app.db).await), before, "nothing is written by looking");
        let other = run(&site, &who, &id, "something else", &[]).await;
        assert_eq!(other.status, 409, "{}", other.text());
        assert_eq!(without_rehearsals(rows_in(&site.app.db).await), before);
        assert_eq!(run(&site, &who, &id, &xml, &[]).await.status, 303);
        assert_eq!(site.get("/fr/shows/matins-inventes").await.status, 200);
        assert_eq!(run(&site, &who, &id, &xml, &[]).await.status, 409, "once");
        let result = site.get_as(&who, &format!("/fr/studio/import/{id}?said=imported")).await;
        assert!(result.text().contains("C’est importé") && result.text().contains("Annuler"), "{}", result.text());
    });
}

#[test]
fn a_second_rehearsal_shows_what_is_new_gone_and_moved() {
    on_both(async |site| {
        let who = editor(&site).await;
        let xml = feed("", &format!("{}{}", item("b", 21, "b"), item("a", 20, "a")));
        let id = rehearsed(&site, &who, &xml).await;
        assert_eq!(run(&site, &who, &id, &xml, &[]).await.status, 303);
        let later = feed("", &format!("{}{}", item("c", 22, "c"), item("b", 21, "moved")));
        let id = rehearsed(&site, &who, &later).await;
        let raw = parse_id(REHEARSAL_PREFIX, &id).expect("an id");
        let source = rehearse::Source::read(later.as_bytes(), None).expect("a feed");
        let row = read_tx!(site.app.db, |tx| rehearse::get(tx, &who.actor, raw).await).expect("there");
        let found =
            read_tx!(site.app.db, |tx| rehearse::rehearse(tx, &row, &source, site.app.now()).await).expect("rehearsed");
        let c = &found.changes;
        assert_eq!((c.same, c.added, c.moved, c.missing.len()), (1, 1, 1, 1));
        let page = site.get_as(&who, &format!("/fr/studio/import/{id}")).await.text();
        for text in ["https:&#x2f;&#x2f;sons.example&#x2f;moved.mp3", "Matin a", "déjà là"] {
            assert!(page.contains(text) || page.contains(&text.replace("&#x2f;", "/")), "{text}: {page}");
        }
    });
}

#[test]
fn a_locked_feed_needs_a_word_or_a_proof() {
    on_both(async |site| {
        let who = editor(&site).await;
        let id = rehearsed(&site, &who, &locked("")).await;
        let page = site.get_as(&who, &format!("/fr/studio/import/{id}")).await.text();
        assert!(page.contains("podcast:locked") && page.contains("name=\"mine\""), "{page}");
        let refused = run(&site, &who, &id, &locked(""), &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("verrouillé"));
        assert_eq!(run(&site, &who, &id, &locked(""), &[("mine", "on")]).await.status, 303);
    });
}

#[test]
fn a_proof_in_the_feed_opens_its_lock() {
    on_both(async |site| {
        let who = editor(&site).await;
        let text = std::sync::Arc::new(std::sync::Mutex::new(locked("")));
        let shared = text.clone();
        let answer = move || {
            let text = shared.lock().expect("a text").clone();
            async move { ([("content-type", "application/rss+xml")], text) }
        };
        let router = axum::Router::new().route("/flux.xml", axum::routing::get(answer));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let address = format!("http://{}/flux.xml", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let rehearse = async || {
            let done = site.post_as(&who, "/fr/studio/import/address", &[("address", &address)]).await;
            assert_eq!(done.status, 303, "{}", done.text());
            done.header("location").rsplit('/').next().expect("an id").to_owned()
        };
        let id = rehearse().await;
        let page = site.get_as(&who, &format!("/fr/studio/import/{id}")).await.text();
        let token = page.split("traboule-verify=").nth(1).expect("a token").split('<').next().expect("its end");
        let token = format!("traboule-verify={}", token.split('&').next().expect("its end"));
        let proved = locked(&format!("<podcast:txt purpose=\"verify\">{token}</podcast:txt>"));
        *text.lock().expect("a text") = locked("<podcast:txt purpose=\"verify\">traboule-verify=other</podcast:txt>");
        let wrong = rehearse().await;
        let bytes = text.lock().expect("a text").clone();
        assert_eq!(run(&site, &who, &wrong, &bytes, &[]).await.status, 409, "another's proof is none");
        *text.lock().expect("a text") = proved.clone();
        let id = rehearse().await;
        assert!(site.get_as(&who, &format!("/fr/studio/import/{id}")).await.text().contains("il est à vous"));
        assert_eq!(run(&site, &who, &id, &proved, &[]).await.status, 303);
        // The show remembers where it came from and can be looked at again.
        let start = site.get_as(&who, "/fr/studio/import").await.text();
        assert!(start.contains("Relire"), "{start}");
    });
}

#[test]
fn an_import_is_undone_while_nobody_worked_on_it() {
    on_both(async |site| {
        let who = editor(&site).await;
        let before = rows_in(&site.app.db).await;
        for round in 0..2 {
            let id = rehearsed(&site, &who, &small()).await;
            assert_eq!(run(&site, &who, &id, &small(), &[("download", "on")]).await.status, 303, "round {round}");
            site.clock.advance(60);
            let undone = site.post_as(&who, &format!("/fr/studio/import/{id}/undo"), &[]).await;
            assert_eq!(undone.status, 303, "{}", undone.text());
            let rows = rows_in(&site.app.db).await;
            for ((table, now), (_, then)) in rows.iter().zip(&before) {
                // GUIDs stay, and with them the bare row of the show; pages stay as drafts with their history.
                let kept = ["publish_guid", "publish_show", "publish_rehearsal"].contains(table)
                    || table.starts_with("publish_page");
                assert!(kept || now == then, "{table}: {now} instead of {then}");
            }
            assert_eq!(site.get("/fr/shows/le-carnet-des-pentes").await.status, 404);
            assert_eq!(site.get("/feeds/le-carnet-des-pentes.xml").await.status, 404);
            assert!(!site.get("/fr/").await.text().contains("Le pont"));
            let again = site.post_as(&who, &format!("/fr/studio/import/{id}/undo"), &[]).await;
            assert_eq!(again.status, 409, "once");
        }
    });
}

#[test]
fn an_import_somebody_worked_on_is_not_undone() {
    on_both(async |site| {
        let who = editor(&site).await;
        let id = rehearsed(&site, &who, &small()).await;
        assert_eq!(run(&site, &who, &id, &small(), &[]).await.status, 303);
        site.clock.advance(60);
        let show = read_tx!(site.app.db, |tx| uc::find_show(tx, "le-carnet-des-pentes").await).expect("there");
        let all = read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("there").1;
        let one = all.iter().find(|e| e.slug == "billet-1").expect("there");
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::unpublish(tx, &ctx, one.id).await).expect("worked on");
        let rows = rows_in(&site.app.db).await;
        let undone = site.post_as(&who, &format!("/fr/studio/import/{id}/undo"), &[]).await;
        assert_eq!(undone.status, 409);
        assert_eq!(rows_in(&site.app.db).await, rows);
    });
}

#[test]
fn two_who_run_the_same_rehearsal_import_once() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let xml = wxr("", &post(1, "publish", "Un", ""));
        let id = rehearsed(&site, &who, &xml).await;
        let (a, b) = tokio::join!(run(&site, &who, &id, &xml, &[]), run(&site, &who, &id, &xml, &[]));
        let mut got = [a.status.as_u16(), b.status.as_u16()];
        got.sort_unstable();
        assert_eq!(got, [303, 409]);
    });
}

#[test]
fn rehearsals_run_out_with_their_bytes() {
    on_both(async |site| {
        let who = editor(&site).await;
        let id = rehearsed(&site, &who, &small()).await;
        let held = || {
            let entries = std::fs::read_dir(&site.app.scratch).expect("a folder");
            entries
                .filter(|e| e.as_ref().expect("an entry").file_name().to_string_lossy().starts_with("rehearsal-"))
                .count()
        };
        assert_eq!(held(), 1);
        site.clock.advance(rehearse::REHEARSAL_SECONDS + 1);
        assert_eq!(run(&site, &who, &id, &small(), &[]).await.status, 409);
        traboule::imports::sweep(&site.app.db, &site.app.scratch).await.expect("swept");
        assert_eq!(held(), 0);
        assert_eq!(site.get_as(&who, &format!("/fr/studio/import/{id}")).await.status, 404);
    });
}

#[test]
fn bad_choices_are_refused_with_what_was_typed() {
    on_both(async |site| {
        let who = editor(&site).await;
        for (address, sentence) in [
            ("", "Ce champ est vide"),
            ("ftp://a.example/x", "https://"),
            ("file:///etc/passwd", "https://"),
            ("http://127.0.0.1:1/flux.xml", "ne répond pas"),
        ] {
            let answer = site.post_as(&who, "/fr/studio/import/address", &[("address", address)]).await;
            assert_eq!(answer.status, 422, "{address}");
            assert!(answer.text().contains(sentence), "{address}: {}", answer.text());
        }
        let stranger = site.person("ailleurs", "a@ailleurs.example", Role::Owner).await;
        let theirs = it::desk::show(&site, &stranger, "ailleurs").await;
        let show = kernel::show_id(publish::model::SHOW_PREFIX, theirs.id);
        assert_eq!(send_file(&site, &who, small().as_bytes(), &show).await.status, 422);
        assert_eq!(send_file(&site, &who, b"", "").await.status, 422);
        assert_eq!(send_file(&site, &who, b"<html></html>", "").await.status, 422);
    });
}

#[test]
fn the_api_rehearses_runs_and_names_terms() {
    on_both(async |site| {
        let who = editor(&site).await;
        let ctx = site.app.ctx(who.actor.clone());
        let made =
            write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &TokenScope::ALL, 1)
                .await);
        let token = made.expect("a token").secret;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/xml")];
        let answer = site.send(it::request("POST", "/api/v1/imports?name=a.xml", None, &headers, small().into())).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let value = answer.json();
        assert_eq!((value["kind"].as_str(), value["changes"]["added"].as_i64()), (Some("wxr"), Some(6)));
        let id = value["id"].as_str().expect("an id").to_owned();
        let body = serde_json::json!({"digest": value["digest"]}).to_string();
        let ran = site.api(&token, "POST", &format!("/api/v1/imports/{id}/run"), body).await;
        assert_eq!(ran.status, 200, "{}", ran.text());
        let ran = ran.json();
        assert_eq!((ran["state"].as_str(), ran["report"]["would_create"].as_i64()), (Some("done"), Some(6)));
        let show = ran["show_id"].as_str().expect("a show").to_owned();
        let list = site.get(&format!("/api/v1/shows/{show}/episodes")).await.json();
        let pont =
            list["episodes"].as_array().expect("a list").iter().find(|e| e["slug"] == "billet-1").expect("there");
        let one = site.get(&format!("/api/v1/episodes/{}", pont["id"].as_str().expect("an id"))).await.json();
        assert_eq!(one["terms"][0], serde_json::json!({"taxonomy": "category", "slug": "ponts", "label": "Ponts"}));
        let undone = site.api(&token, "POST", &format!("/api/v1/imports/{id}/undo"), "").await.json();
        assert_eq!(undone["state"], "undone");
    });
}

#[test]
fn import_pages_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let who = editor(&site).await;
        let id = rehearsed(&site, &who, &small()).await;
        for lang in Lang::ALL {
            let code = lang.code();
            let start = site.get_as(&who, &format!("/{code}/studio/import")).await;
            insta::assert_snapshot!(format!("import_{code}"), crate::pages::redact(&start.text()));
            let page = site.get_as(&who, &format!("/{code}/studio/import/{id}")).await;
            insta::assert_snapshot!(format!("import_rehearsal_{code}"), crate::pages::redact(&page.text()));
        }
        assert_eq!(run(&site, &who, &id, &small(), &[]).await.status, 303);
        for lang in Lang::ALL {
            let page = site.get_as(&who, &format!("/{}/studio/import/{id}", lang.code())).await;
            insta::assert_snapshot!(format!("import_result_{}", lang.code()), crate::pages::redact(&page.text()));
        }
    });
}
