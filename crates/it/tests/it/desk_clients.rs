//! Clients and webhooks at the desk: what a link shows and leaks (c4), hostile words in names and comments (c11), answers
//! that race, messages signed, tried again and sent once (c7).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{args, read_tx, write_tx};
use it::{ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::Role;
use publish::model::Episode;
use publish::model::checks::{MESSAGE_PREFIX, NoteKind};
use publish::rules::approval::Standing;
use publish::service::{self as uc, When};
use serde_json::{Value, json};
use testkit::On;

use crate::desk_checks::{count, editor, letters, set, shown, token, with_source};

/// The address of the receiver.
const HOOK: &str = "https://hooks.example/traboule";

// Clients

pub(crate) struct Client {
    pub(crate) path: String,
    token: String,
}

pub(crate) async fn client(site: &Site, who: &Person, episode: &Episode) -> Client {
    let secret = token(site, who).await;
    let path = format!("/api/v1/episodes/{}/approvals", shown(episode));
    let made = site.api(&secret, "POST", &path, "{\"label\": \"Musée des eaux\"}").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let url = made.json()["url"].as_str().expect("an address").to_owned();
    let path = url.strip_prefix(ORIGIN).expect("ours").replace("/en/", "/fr/");
    let token = path.rsplit('/').next().expect("a token").to_owned();
    Client { path, token }
}

pub(crate) fn digest(page: &str) -> String {
    let at = page.split_once("name=\"digest\" value=\"").expect("a digest").1;
    at.split_once('"').expect("its end").0.to_owned()
}

async fn standing(site: &Site, who: &Person, episode: &Episode) -> Standing {
    read_tx!(site.app.db, |tx| uc::approvals(tx, &who.actor, episode.id).await).expect("there").standing
}

#[test]
fn a_client_sees_comments_and_approves_without_an_account() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        set(&site, &show, json!({"desk": {"approval_needed": true}})).await;
        let episode = desk::episode(&site, &who, &show, with_source("Le pont", "https://archives.example/a")).await;
        let studio = format!("/fr/studio/episodes/{}", shown(&episode));
        assert_eq!(site.post_as(&who, &format!("{studio}/publish"), &[]).await.status, 409, "nobody approved");
        let client = client(&site, &who, &episode).await;
        let page = site.get(&client.path).await;
        assert_eq!(page.status, 200);
        let text = page.text();
        for part in ["Le pont", "Notes de <strong>Le pont</strong>", "Début", "Archives", "/sound", "Musée des eaux"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        let sound = site.get_with(&format!("/approve/{}/sound", client.token), &[("range", "bytes=0-1")]).await;
        assert_eq!((sound.status.as_u16(), sound.body.len()), (206, 2));
        assert_eq!(sound.header("content-range"), format!("bytes 0-1/{}", it::SOUND.len()));
        let missing = site.post(&client.path, &[("kind", "comment"), ("name", ""), ("text", "Plus court")]).await;
        assert!(missing.status == 422 && missing.text().contains("Plus court"), "what was typed is kept");
        let seen = digest(&text);
        let said = [("kind", "comment"), ("name", "Zoé"), ("text", "Plus court ?"), ("digest", seen.as_str())];
        assert_eq!(site.post(&client.path, &said).await.status, 303);
        let said = [("kind", "approved"), ("name", "Zoé"), ("text", ""), ("digest", seen.as_str())];
        assert_eq!(site.post(&client.path, &said).await.status, 303);
        assert_eq!(standing(&site, &who, &episode).await, Standing::Approved { version: episode.version });
        site.work().await;
        let all = letters(&site);
        assert!(all.len() == 2 && all.iter().all(|l| l.contains("To: odile@pentes.example")), "{all:?}");
        assert!(all[0].contains("Plus court ?") && all[1].contains("Approuvé par Zoé"), "{all:?}");
        // Bookkeeping is no change; a word is.
        site.post_as(&who, &format!("{studio}/schedule"), &[("date", "2026-11-30"), ("time", "07:00")]).await;
        site.post_as(&who, &format!("{studio}/draft"), &[]).await;
        assert_eq!(standing(&site, &who, &episode).await, Standing::Approved { version: episode.version });
        let fields = [("text_lang", "fr"), ("title", "Le pont neuf"), ("summary", "x"), ("notes_md", "y")];
        assert_eq!(site.post_as(&who, &format!("{studio}/texts"), &fields).await.status, 303);
        assert_eq!(standing(&site, &who, &episode).await, Standing::Outdated { version: episode.version });
        let now = episode.version + 3;
        let words = format!("Approuvé en version {}, maintenant version {now}", episode.version);
        assert!(site.get(&client.path).await.text().contains(&words), "the client sees it");
        let tab = site.get_as(&who, &format!("{studio}/approval")).await.text();
        assert!(
            tab.contains(&words) && tab.contains("Zoé") && tab.contains("Odile") | tab.contains("Camille"),
            "{tab}"
        );
        assert_eq!(site.post_as(&who, &format!("{studio}/publish"), &[]).await.status, 409);
        // What the client saw is not what would be published any more.
        let stale = [("kind", "approved"), ("name", "Zoé"), ("text", "Bien"), ("digest", seen.as_str())];
        let refused = site.post(&client.path, &stale).await;
        assert!(refused.status == 409 && refused.text().contains("Bien") && refused.text().contains("Le pont neuf"));
        let fresh = digest(&refused.text());
        let again = [("kind", "approved"), ("name", "Zoé"), ("text", "Bien"), ("digest", fresh.as_str())];
        assert_eq!(site.post(&client.path, &again).await.status, 303);
        assert_eq!(site.post_as(&who, &format!("{studio}/publish"), &[]).await.status, 303);
    });
}

#[test]
fn c4_a_link_shows_its_episode_and_nothing_else_and_ends_without_a_trace() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let other = desk::episode(&site, &who, &show, desk::draft("Canari jaune")).await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let client = client(&site, &who, &episode).await;
        let page = site.get(&client.path).await;
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
        assert_eq!(page.header("cache-control"), "private, no-store");
        let text = page.text();
        assert!(
            text.contains("<meta name=\"referrer\" content=\"same-origin\">") && text.contains("content=\"noindex\"")
        );
        assert!(!text.contains("Canari") && !text.contains("odile@") && !text.contains("Camille"), "{text}");
        assert!(!text.contains(&shown(&episode)) && !text.contains(&episode.guid), "no id to guess with: {text}");
        for path in [
            format!("/fr/shows/pentes/{}", episode.slug),
            format!("/media/episodes/{}/{}", shown(&episode), "transcript.fr.vtt"),
            format!("/approve/{}/{}", client.token, shown(&other)),
            format!("/approve/{}/im_0000000000001.jpg", client.token),
            format!("/approve/{}/../studio", client.token),
        ] {
            assert_eq!(site.get(&path).await.status, 404, "{path}");
        }
        for public in ["/fr/", "/sitemap.xml", "/robots.txt", "/feeds/pentes.xml", "/api/v1/shows"] {
            assert!(!site.get(public).await.text().contains(&client.token), "{public}");
        }
        let kept = "SELECT COUNT(*) FROM publish_approval WHERE token_hash = $1";
        let kept = read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(kept, args![client.token.clone()]).await?));
        assert_eq!(kept.expect("counted"), Some(0), "the secret itself is kept nowhere");
        // Wrong, ended and expired are the same answer.
        let zeros = "0".repeat(48);
        let wrong = [zeros.as_str(), "none", &client.token[..47], &format!("{}0", client.token)];
        let mut answers = Vec::new();
        for token in wrong {
            answers.push(site.get(&format!("/fr/approve/{token}")).await);
        }
        let second = self::client(&site, &who, &episode).await;
        let secret = token(&site, &who).await;
        let list =
            site.api(&secret, "GET", &format!("/api/v1/episodes/{}/approvals", shown(&episode)), "").await.json();
        let newest = list["links"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(site.api(&secret, "DELETE", &format!("/api/v1/approvals/{newest}"), "").await.status, 200);
        answers.push(site.get(&second.path).await);
        let late = [("kind", "comment"), ("name", "Zoé"), ("text", "x"), ("digest", "")];
        assert_eq!(site.post(&second.path, &late).await.status, 404);
        site.clock.advance(7 * 86_400);
        answers.push(site.get(&client.path).await);
        assert_eq!(site.get(&format!("/approve/{}/sound", client.token)).await.status, 404);
        let plain = |answer: &it::Answer| {
            let text = answer.text();
            // The language switch repeats the address that was asked.
            text.lines().filter(|l| !l.contains("hreflang")).collect::<String>()
        };
        for answer in &answers {
            assert_eq!(answer.status, 404);
            assert_eq!(plain(answer), plain(&answers[0]));
            assert!(!answer.text().contains("Le pont"));
        }
    });
}

#[test]
fn c4_guessing_links_soon_has_to_wait() {
    on_one(On::Lite, &async |site: Site| {
        let guess = async |n: u32| site.get(&format!("/fr/approve/{n:048}")).await.status.as_u16();
        for n in 0..30 {
            assert_eq!(guess(n).await, 404, "{n}");
        }
        assert_eq!(guess(31).await, 429);
        site.clock.advance(601);
        assert_eq!(guess(32).await, 404);
    });
}

#[test]
fn c11_what_clients_write_runs_nowhere() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let client = client(&site, &who, &episode).await;
        let seen = digest(&site.get(&client.path).await.text());
        let attacks = [
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "javascript:alert(1)",
            "</textarea><svg onload=alert(1)>",
            "{{ hole('csrf') }}",
            "\u{0}\u{1b}[31mrouge",
            "Zoé\nSubject: autre",
        ];
        for attack in attacks {
            let said = [("kind", "comment"), ("name", attack), ("text", attack), ("digest", seen.as_str())];
            assert_eq!(site.post(&client.path, &said).await.status, 303, "{attack}");
        }
        let studio = format!("/fr/studio/episodes/{}/approval", shown(&episode));
        for page in [site.get(&client.path).await.text(), site.get_as(&who, &studio).await.text()] {
            for bad in ["<script>alert", "<img src=x", "<svg onload", "onerror=alert(1)>\"", "\u{1b}"] {
                assert!(!page.contains(bad), "{bad}: {page}");
            }
            assert!(page.contains("&lt;script&gt;alert(1)"), "it is shown as it was written");
        }
        site.work().await;
        for letter in letters(&site) {
            let head = letter.split_once("\n\n").expect("a head").0;
            assert_eq!(head.lines().count(), 2, "no line of a name becomes a line of the head: {head}");
            assert!(!letter.contains('\u{1b}'));
        }
    });
}

#[test]
fn two_answers_at_once_are_both_kept() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let client = client(&site, &who, &episode).await;
        let seen = digest(&site.get(&client.path).await.text());
        for round in 1..=4 {
            let answer = |kind: NoteKind| {
                let (app, token, seen) = (site.app.clone(), client.token.clone(), seen.clone());
                tokio::spawn(async move {
                    let ctx = app.ctx(kernel::Actor::Visitor);
                    write_tx!(app.db, |tx| uc::answer_approval(tx, &ctx, &token, kind, ("Zoé", "oui"), &seen).await)
                })
            };
            let (a, b) = tokio::join!(answer(NoteKind::Approved), answer(NoteKind::Comment));
            assert!(a.expect("ran").is_ok() && b.expect("ran").is_ok());
            assert_eq!(count(&site, "SELECT COUNT(*) FROM publish_approval_note").await, 2 * round);
        }
    });
}

#[test]
fn an_approval_racing_an_edit_names_the_version_that_was_seen() {
    on_one(On::Pg, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let mut version = desk::episode(&site, &who, &show, desk::draft("Zéro")).await.version;
        let id = read_tx!(site.app.db, |tx| uc::desk(tx, &who.actor, show.id, None).await).expect("there").1[0].clone();
        let client = client(&site, &who, &id).await;
        for round in 0..8 {
            let seen = digest(&site.get(&client.path).await.text());
            let (app, token, digest) = (site.app.clone(), client.token.clone(), seen.clone());
            let approving = tokio::spawn(async move {
                let ctx = app.ctx(kernel::Actor::Visitor);
                let said = ("Zoé", "");
                write_tx!(app.db, |tx| uc::answer_approval(tx, &ctx, &token, NoteKind::Approved, said, &digest).await)
            });
            let (app, actor, episode) = (site.app.clone(), who.actor.clone(), id.id);
            let editing = tokio::spawn(async move {
                let ctx = app.ctx(actor);
                let draft = desk::draft(&format!("Titre {round}"));
                write_tx!(app.db, |tx| uc::edit_episode(tx, &ctx, episode, version, draft.clone()).await)
            });
            let (approved, edited) = tokio::join!(approving, editing);
            let edited = edited.expect("ran").expect("edited");
            if let Ok(note) = approved.expect("ran") {
                assert_eq!((note.version, &note.digest), (version, &seen), "what was seen is what is approved");
            }
            assert!(!matches!(standing(&site, &who, &id).await, Standing::Approved { .. }), "nobody saw the new words");
            version = edited.version;
        }
    });
}

#[test]
fn what_clients_said_cannot_be_changed() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let client = client(&site, &who, &episode).await;
        let seen = digest(&site.get(&client.path).await.text());
        let said = [("kind", "approved"), ("name", "Zoé"), ("text", ""), ("digest", seen.as_str())];
        assert_eq!(site.post(&client.path, &said).await.status, 303);
        for sql in ["UPDATE publish_approval_note SET kind = 'changes'", "DELETE FROM publish_approval_note"] {
            let outcome = write_tx!(site.app.db, |tx| Ok(tx.run(sql, Vec::new()).await?));
            assert!(outcome.is_err(), "{sql}");
        }
    });
}

// Webhooks

pub(crate) async fn hook(site: &Site, who: &Person, events: &[&str]) -> Value {
    let secret = token(site, who).await;
    let body = json!({"url": HOOK, "events": events}).to_string();
    let made = site.api(&secret, "POST", "/api/v1/webhooks", body).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

/// Checks a signature as a receiver does.
fn verifies(message: &it::outside::Message, secret: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret")).expect("base64");
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    let text = format!("{}.{}.{}", message.header("webhook-id"), message.header("webhook-timestamp"), message.body);
    let signatures = message.header("webhook-signature").split(' ').map(|s| s.strip_prefix("v1,").expect("version 1"));
    signatures
        .map(|s| STANDARD.decode(s).expect("base64"))
        .any(|s| ring::hmac::verify(&key, text.as_bytes(), &s).is_ok())
}

#[test]
fn messages_are_signed_tried_again_under_one_id_and_end() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let made = hook(&site, &who, &["episode.published", "episode.updated"]).await;
        let secret = made["secret"].as_str().expect("a secret").to_owned();
        site.outside.answers(HOOK, 503);
        let episode = desk::published(&site, &who, &show, "</script><b>Le pont").await;
        for pause in [0, 5, 10] {
            site.clock.advance(pause);
            site.work().await;
        }
        site.outside.answers(HOOK, 200);
        site.clock.advance(20);
        site.work().await;
        let sent = site.outside.messages();
        assert_eq!(sent.len(), 4, "three refusals, then a yes");
        let ids: std::collections::BTreeSet<&str> = sent.iter().map(|m| m.header("webhook-id")).collect();
        assert!(
            ids.len() == 1 && ids.first().is_some_and(|id| id.starts_with(&format!("{MESSAGE_PREFIX}_"))),
            "{ids:?}"
        );
        assert!(
            sent.iter().all(|m| verifies(m, &secret))
                && !verifies(&sent[0], &format!("whsec_{}", STANDARD.encode([1; 32])))
        );
        let body: Value = serde_json::from_str(&sent[3].body).expect("JSON whatever the title");
        assert_eq!(body["data"]["title"], "</script><b>Le pont");
        assert_eq!(body["data"]["guid"], episode.guid);
        site.clock.advance(86_400);
        site.work().await;
        assert_eq!(site.outside.messages().len(), 4, "delivered is over");
        // Replaced: both secrets work for a day, then only the new one.
        let api = token(&site, &who).await;
        let id = made["id"].as_str().expect("an id");
        let rotated = site.api(&api, "POST", &format!("/api/v1/webhooks/{id}/rotate"), "").await.json();
        let new = rotated["secret"].as_str().expect("a secret").to_owned();
        assert_ne!(new, secret);
        let verb = async |verb: &str| site.api(&api, "POST", &format!("/api/v1/webhooks/{id}/{verb}"), "").await;
        verb("test").await;
        site.work().await;
        let last = site.outside.messages().pop().expect("a message");
        assert!(verifies(&last, &secret) && verifies(&last, &new) && last.body.contains("webhook.test"));
        site.clock.advance(86_400);
        verb("test").await;
        site.work().await;
        let last = site.outside.messages().pop().expect("a message");
        assert!(!verifies(&last, &secret) && verifies(&last, &new));
        // Gone pauses: nothing more is made or sent until somebody resumes.
        site.outside.answers(HOOK, 410);
        verb("test").await;
        site.work().await;
        let before = site.outside.messages().len();
        let fields = [("text_lang", "fr"), ("title", "Autre"), ("summary", "x"), ("notes_md", "y")];
        site.post_as(&who, &format!("/fr/studio/episodes/{}/texts", shown(&episode)), &fields).await;
        site.work().await;
        assert_eq!(site.outside.messages().len(), before);
        let page = site.get_as(&who, "/fr/studio/webhooks").await.text();
        assert!(page.contains("410") && page.contains("suspendu"), "{page}");
        assert!(!page.contains("whsec_"), "a secret is shown once");
        site.outside.answers(HOOK, 204);
        verb("resume").await;
        let list = site.api(&api, "GET", &format!("/api/v1/webhooks/{id}/deliveries"), "").await.json();
        let failed =
            list["deliveries"].as_array().expect("a list").iter().find(|d| d["state"] == "failed").expect("one");
        let again = format!("/api/v1/webhook-messages/{}/resend", failed["id"].as_str().expect("an id"));
        assert_eq!(site.api(&api, "POST", &again, "").await.status, 200);
        site.work().await;
        let last = site.outside.messages().pop().expect("a message");
        assert_eq!(Some(last.header("webhook-id")), failed["id"].as_str(), "the same id again");
    });
}

#[test]
fn c7_a_publication_is_one_message_even_with_two_workers() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        hook(&site, &who, &["episode.published"]).await;
        for round in 1..=4 {
            let at = site.clock.now().plus_seconds(60);
            let episode = desk::episode(&site, &who, &show, desk::draft(&format!("E{round}"))).await;
            desk::schedule(&site, &who, episode.id, When::At(at)).await;
            site.clock.set(at);
            let (a, b) = (site.app.worker.clone(), site.app.worker.clone());
            let (a, b) = tokio::join!(
                tokio::spawn(async move { a.drain().await }),
                tokio::spawn(async move { b.drain().await })
            );
            assert!(matches!((&a, &b), (Ok(Ok(_)), Ok(Ok(_)))), "{a:?} {b:?}");
            assert_eq!(count(&site, "SELECT COUNT(*) FROM publish_webhook_delivery").await, round);
            assert_eq!(site.outside.messages().len(), usize::try_from(round).expect("small"));
        }
    });
}

#[test]
fn webhooks_hear_of_changes_and_answers_they_chose_and_of_no_draft() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        hook(&site, &who, &["episode.updated", "episode.unpublished", "approval.answered"]).await;
        let draft = desk::episode(&site, &who, &show, desk::draft("Secret")).await;
        let public = desk::published(&site, &who, &show, "Le pont").await;
        site.work().await;
        assert!(site.outside.messages().is_empty(), "nothing it asked for happened yet");
        let edit = [("text_lang", "fr"), ("title", "Autre"), ("summary", "x"), ("notes_md", "y")];
        for episode in [&draft, &public] {
            site.post_as(&who, &format!("/fr/studio/episodes/{}/texts", shown(episode)), &edit).await;
        }
        site.work().await;
        let client = client(&site, &who, &draft).await;
        let said = [("kind", "comment"), ("name", "Zoé Privée"), ("text", "Parole privée"), ("digest", "")];
        assert_eq!(site.post(&client.path, &said).await.status, 303);
        site.post_as(&who, &format!("/fr/studio/episodes/{}/unpublish", shown(&public)), &[]).await;
        site.work().await;
        let bodies: Vec<Value> =
            site.outside.messages().iter().map(|m| serde_json::from_str(&m.body).expect("JSON")).collect();
        let kinds: Vec<&str> = bodies.iter().filter_map(|b| b["type"].as_str()).collect();
        assert_eq!(kinds.len(), 3, "{kinds:?}");
        for kind in ["episode.updated", "episode.unpublished", "approval.answered"] {
            assert!(kinds.contains(&kind), "{kinds:?}");
        }
        let all = format!("{bodies:?}");
        assert!(!all.contains("Zoé") && !all.contains("Parole") && !all.contains(&client.token), "{all}");
    });
}

#[test]
fn webhooks_of_another_organisation_do_not_exist() {
    on_both(async |site| {
        let who = editor(&site).await;
        let stranger = site.person("quais", "basile@quais.example", Role::Owner).await;
        let made = hook(&site, &who, &["episode.published"]).await;
        let id = made["id"].as_str().expect("an id");
        let page = site.get_as(&stranger, "/fr/studio/webhooks").await;
        assert!(page.status == 200 && !page.text().contains("hooks.example"));
        for verb in ["test", "pause", "rotate", "delete"] {
            let answer = site.post_as(&stranger, &format!("/fr/studio/webhooks/{id}/{verb}"), &[]).await;
            assert_eq!(answer.status, 404, "{verb}");
        }
        let bad = [("url", "https://127.0.0.1/"), ("events", "episode.published")];
        let refused = site.post_as(&who, "/fr/studio/webhooks", &bad).await;
        assert!(refused.status == 422 && refused.text().contains("réseau privé"), "{}", refused.text());
        let plain = [("url", "http://hooks.example/"), ("events", "episode.published")];
        assert_eq!(site.post_as(&who, "/fr/studio/webhooks", &plain).await.status, 422);
        let deleted = site.post_as(&who, &format!("/fr/studio/webhooks/{id}/delete"), &[]).await;
        assert_eq!(deleted.status, 303);
        assert_eq!(count(&site, "SELECT COUNT(*) FROM publish_webhook").await, 0);
    });
}
