//! The desk's checks through the real front: the linter live and as a gate, the evening check and the proof around the
//! instant (c6, c7), what a client's link shows and leaks (c4), hostile words in names and comments (c11), webhooks.

use accounts::MailTask;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use db::{args, read_tx, write_tx};
use it::{ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::{At, Lang, PersonId, Role, show_id};
use publish::jobs::{DELIVER_HANDLER, EVENING_HANDLER, PROOF_HANDLER};
use publish::model::checks::{MESSAGE_PREFIX, NoteKind};
use publish::model::{Chapter, EPISODE_PREFIX, Episode, Show, Source, SourceKind};
use publish::rules::approval::Standing;
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use serde_json::{Value, json};
use testkit::On;

const HOOK: &str = "https://hooks.example/traboule";

async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

fn shown(episode: &Episode) -> String {
    show_id(EPISODE_PREFIX, episode.id)
}

fn with_source(title: &str, url: &str) -> EpisodeDraft {
    let source = Source {
        kind: SourceKind::Link,
        title: "Archives".to_owned(),
        url: url.to_owned(),
        seen_on: Some("2026-11-20".to_owned()),
    };
    let titles = [("fr".to_owned(), "Début".to_owned())].into();
    let chapter = Chapter { start_ms: 0, in_toc: true, image_id: None, titles, sources: vec![source], item: None };
    EpisodeDraft { chapters: vec![chapter], ..desk::draft(title) }
}

/// A setting of a show, changed where it is kept: there is no page for it here.
async fn set(site: &Site, show: &Show, settings: Value) {
    let sql = "UPDATE publish_show SET settings = $1 WHERE id = $2";
    write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![settings.to_string(), show.id]).await?)).expect("set");
}

async fn count(site: &Site, sql: &str) -> i64 {
    read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, Vec::new()).await?)).expect("counted").unwrap_or(0)
}

/// Every letter that was sent, oldest first.
fn letters(site: &Site) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&site.app.mail_folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).expect("a letter")).collect()
}

async fn token(site: &Site, who: &Person) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let scopes = kernel::TokenScope::ALL;
    write_tx!(site.app.db, |tx| accounts::service::create_token(tx, &ctx, who.org, "t", &scopes, 9).await)
        .expect("a token")
        .secret
}

// The linter

#[test]
fn errors_block_both_ways_of_publishing_and_name_their_fields() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        set(&site, &show, json!({"desk": {"transcript_needed": true}})).await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let base = format!("/fr/studio/episodes/{}", shown(&episode));
        let later = [("date", "2026-11-30"), ("time", "07:00")];
        for (verb, fields) in [("schedule", &later[..]), ("publish", &[])] {
            let answer = site.post_as(&who, &format!("{base}/{verb}"), fields).await;
            assert_eq!(answer.status, 409, "{verb}");
            let page = answer.text();
            assert!(page.contains("Une erreur bloque la publication") && page.contains("transcript-missing"), "{page}");
            assert!(verb == "publish" || page.contains("value=\"2026-11-30\""), "what was typed is kept");
        }
        let secret = token(&site, &who).await;
        let api = format!("/api/v1/episodes/{}", shown(&episode));
        for body in ["", "{\"date\": \"2026-11-30\", \"time\": \"07:00\"}", "{\"at\": \"2026-11-30T06:00:00Z\"}"] {
            let answer = site.api(&secret, "POST", &format!("{api}/schedule"), body).await;
            let problem = answer.json();
            assert_eq!((answer.status.as_u16(), &problem["code"]), (409, &json!("lint-errors")), "{body}");
            let errors = problem["errors"].as_array().expect("fields");
            assert_eq!(errors.len(), 1, "warnings are no errors");
            assert_eq!(
                (&errors[0]["field"], &errors[0]["code"]),
                (&json!("transcript"), &json!("lint-transcript-missing"))
            );
        }
        let checks = site.api(&secret, "GET", &format!("{api}/checks"), "").await.json();
        assert_eq!(checks["blocks"], true);
        assert_eq!(site.get("/fr/shows/pentes/le-pont").await.status, 404);
        // Without the setting it is a warning, and warnings block nothing.
        set(&site, &show, json!({})).await;
        let page = site.get_as(&who, &base).await.text();
        assert!(page.contains("transcript-missing") && !page.contains("bloque la publication"), "{page}");
        assert_eq!(site.post_as(&who, &format!("{base}/publish"), &[]).await.status, 303);
    });
}

#[test]
fn what_is_being_typed_is_linted_and_saved_by_nobody() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let other = desk::published(&site, &who, &show, "Déjà dit").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let path = format!("/fr/studio/episodes/{}/checks", shown(&episode));
        let typed = [
            ("text_lang", "fr"),
            ("title", "Déjà dit"),
            ("summary", "x"),
            ("notes_md", "Lisez [ici](https://a.example)."),
        ];
        let fragment = site.post_as(&who, &path, &typed).await;
        assert_eq!(fragment.status, 200);
        let text = fragment.text();
        assert!(text.contains("title-twice") && text.contains("link-text") && !text.contains("<html"), "{text}");
        let empty = site.post_as(&who, &path, &[("text_lang", "fr"), ("title", "  ")]).await.text();
        assert!(empty.contains("title-missing") && empty.contains("#f-title"), "{empty}");
        let saved = site.post_as(&who, &path, &[]).await.text();
        assert!(!saved.contains("title-twice"), "without a form the saved state is looked at: {saved}");
        let (_, full) = read_tx!(site.app.db, |tx| uc::desk_episode(tx, &who.actor, episode.id).await).expect("there");
        assert_eq!((full.episode.version, full.episode.texts["fr"].title.as_str()), (episode.version, "Le pont"));
        let english = site.post_as(&who, &path.replace("/fr/", "/en/"), &typed).await.text();
        assert!(english.contains("Another episode of the show has the same title"), "{english}");
        assert_ne!(other.id, episode.id);
    });
}

#[test]
fn a_source_is_dead_when_gone_or_failing_for_a_day() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let (gone, slow) = ("https://archives.example/gone", "https://archives.example/slow");
        let first = desk::episode(&site, &who, &show, with_source("Un", gone)).await;
        let second = desk::episode(&site, &who, &show, with_source("Deux", slow)).await;
        site.outside.answers(gone, 410);
        site.outside.answers(slow, 0);
        let dead = async |episode: &Episode| {
            let checked = read_tx!(site.app.db, |tx| uc::checks(tx, &who.actor, episode.id, None).await);
            checked.expect("checked").findings.iter().any(|f| f.rule == "source-dead")
        };
        site.work().await;
        assert!(site.outside.probed().is_empty(), "people save often: nobody is asked at once");
        site.clock.advance(31);
        site.work().await;
        assert_eq!(site.outside.probed().len(), 2);
        assert!(dead(&first).await && !dead(&second).await);
        // A failure is asked again a day later, and only then.
        site.clock.advance(3600);
        site.work().await;
        assert_eq!(site.outside.probed().len(), 2);
        site.clock.advance(86_400);
        site.work().await;
        assert!(dead(&second).await, "{:?}", site.outside.probed());
        site.outside.answers(slow, 200);
        desk::schedule(&site, &who, second.id, When::Now).await;
        site.clock.advance(8 * 86_400);
        site.work().await;
        site.clock.advance(60);
        site.work().await;
        assert!(!dead(&second).await, "the weekly round asks for what is public");
    });
}

// The schedule explained

#[test]
fn c6_a_date_and_a_time_are_explained_before_they_are_sent() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let base = format!("/studio/episodes/{}/instant", shown(&episode));
        let ask = async |lang: &str, date: &str, time: &str| {
            let answer = site.get_as(&who, &format!("/{lang}{base}?date={date}&time={time}")).await;
            assert_eq!(answer.status, 200, "{date} {time}");
            answer.text()
        };
        let plain = ask("fr", "2026-11-30", "07:00").await;
        assert!(
            plain.contains("2026-11-30T06:00:00Z") && !plain.contains("note warn") && !plain.contains("<html"),
            "{plain}"
        );
        let gap = ask("fr", "2027-03-28", "02:30").await;
        assert!(gap.contains("2027-03-28T01:30:00Z") && gap.contains("n’existe pas") && gap.contains("03:30"), "{gap}");
        let fold = ask("en", "2027-10-31", "02:30").await;
        assert!(fold.contains("2027-10-31T00:30:00Z") && fold.contains("twice"), "{fold}");
        let past = ask("fr", "2026-11-01", "07:00").await;
        assert!(past.contains("Ce moment est déjà passé"), "{past}");
        let nonsense = ask("fr", "%3Cscript%3E", "99:99").await;
        assert!(!nonsense.contains("<script") && nonsense.contains("La date"), "{nonsense}");
    });
}

// The evening and the proof

#[test]
fn c7_nothing_before_and_everything_at_the_instant_with_proof_and_webhook() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        hook(&site, &who, &["episode.published", "episode.unpublished"]).await;
        let episode =
            desk::episode(&site, &who, &show, with_source("Le pont : l’eau", "https://archives.example/a")).await;
        let path = format!("/fr/studio/episodes/{}", shown(&episode));
        // Tuesday at 07:00 in Paris; the tests begin on Monday at 07:00.
        let fields = [("date", "2026-11-24"), ("time", "07:00")];
        assert_eq!(site.post_as(&who, &format!("{path}/schedule"), &fields).await.status, 303);
        let at = At::parse_rfc3339("2026-11-24T06:00:00Z").expect("an instant");
        site.work().await;
        assert!(letters(&site).is_empty());
        // 20:00 in Paris is 19:00 in UTC.
        site.clock.set(At::parse_rfc3339("2026-11-23T18:59:59Z").expect("an instant"));
        site.work().await;
        assert!(letters(&site).is_empty());
        site.clock.advance(1);
        site.work().await;
        let evening = letters(&site);
        assert_eq!(evening.len(), 1, "{evening:?}");
        assert!(
            evening[0].contains("To: odile@pentes.example") && evening[0].contains("mardi 24 novembre"),
            "{evening:?}"
        );
        assert_eq!(
            site.outside.probed(),
            ["https://archives.example/a"],
            "asked half a minute after the save, fresh since"
        );
        site.clock.set(at.plus_seconds(-1));
        site.work().await;
        assert_eq!(site.get("/fr/shows/pentes/le-pont-l-eau").await.status, 404);
        assert!(site.outside.messages().is_empty());
        site.clock.set(at);
        site.work().await;
        assert_eq!(site.get("/fr/shows/pentes/le-pont-l-eau").await.status, 200);
        let told = site.outside.messages();
        assert_eq!(told.len(), 1);
        let body: Value = serde_json::from_str(&told[0].body).expect("JSON");
        assert_eq!(
            (&body["type"], &body["data"]["episode_id"]),
            (&json!("episode.published"), &json!(shown(&episode)))
        );
        assert_eq!(body["data"]["published_at"], "2026-11-24T06:00:00Z");
        site.clock.set(at.plus_seconds(119));
        site.work().await;
        assert_eq!(letters(&site).len(), 1, "the proof takes its time");
        site.clock.set(at.plus_seconds(120));
        site.work().await;
        site.work().await;
        let all = letters(&site);
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all[1].contains("Subject: En ligne"), "{}", all[1]);
        let proofs = read_tx!(site.app.db, |tx| uc::proofs(tx, &who.actor, episode.id).await).expect("proofs");
        let kinds: Vec<(&str, &str)> = proofs.iter().map(|p| (p.kind.as_str(), p.verdict.as_str())).collect();
        assert_eq!(kinds, [("proof", "ok"), ("evening", "warnings")]);
        assert_eq!(proofs[0].details.len(), 5, "page, feed, unchanged, sound, range: {:?}", proofs[0].details);
        let page = site.get_as(&who, &path).await.text();
        assert!(page.contains("Preuve de publication") && page.contains("tout va bien"), "{page}");
    });
}

#[test]
fn c7_downtime_over_the_instant_proves_once_with_the_date_promised() {
    on_both(async |mut site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        hook(&site, &who, &["episode.published"]).await;
        let at = site.clock.now().plus_seconds(3600);
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        desk::schedule(&site, &who, episode.id, When::At(at)).await;
        site.clock.advance(4 * 3600);
        site.restart().await;
        site.work().await;
        site.work().await;
        let proofs = read_tx!(site.app.db, |tx| uc::proofs(tx, &who.actor, episode.id).await).expect("proofs");
        let made: Vec<(&str, At)> = proofs.iter().map(|p| (p.kind.as_str(), p.instant)).collect();
        assert_eq!(made, [("proof", at)], "the evening is over, its check would help nobody");
        let told = site.outside.messages();
        assert_eq!(told.len(), 1);
        assert!(told[0].body.contains(&format!("\"published_at\":\"{}\"", at.rfc3339())), "{}", told[0].body);
        let feed = site.get("/feeds/pentes.xml").await.text();
        assert!(feed.contains("<pubDate>Mon, 23 Nov 2026 08:00:00 +0100</pubDate>"), "{feed}");
        assert_eq!(letters(&site).len(), 1);
    });
}

#[test]
fn c7_a_moved_publication_is_checked_and_proved_at_its_new_instant_only() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let (first, second) = (site.clock.now().plus_seconds(86_400), site.clock.now().plus_seconds(3 * 86_400));
        desk::schedule(&site, &who, episode.id, When::At(first)).await;
        desk::schedule(&site, &who, episode.id, When::At(second)).await;
        site.clock.set(first.plus_seconds(600));
        site.work().await;
        let proofs = async || {
            let all = read_tx!(site.app.db, |tx| uc::proofs(tx, &who.actor, episode.id).await).expect("proofs");
            all.into_iter().map(|p| (p.kind, p.instant)).collect::<Vec<_>>()
        };
        assert!(proofs().await.is_empty());
        // Called off and asked for again, at the same instant, after the evening: checked all the same.
        site.clock.set(second.plus_seconds(-7200));
        site.work().await;
        assert_eq!(proofs().await, [("evening".to_owned(), second)]);
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::back_to_draft(tx, &ctx, episode.id).await).expect("a draft");
        desk::schedule(&site, &who, episode.id, When::At(second)).await;
        site.clock.set(second.plus_seconds(120));
        site.work().await;
        assert_eq!(proofs().await, [("proof".to_owned(), second), ("evening".to_owned(), second)]);
    });
}

#[test]
fn a_failing_proof_is_tried_again_and_then_told_to_those_the_show_names() {
    on_both(async |site| {
        let who = editor(&site).await;
        let owner = site.person("pentes", "maelle@pentes.example", Role::Owner).await;
        let stranger = site.person("quais", "basile@quais.example", Role::Owner).await;
        site.post_as(&owner, "/fr/account/profile", &[("name", "Maëlle"), ("lang", "en")]).await;
        let show = desk::show(&site, &who, "pentes").await;
        let PersonId(owner_id) = owner.id;
        set(&site, &show, json!({"desk": {"notify": [owner_id, stranger.id.0]}})).await;
        let episode = desk::published(&site, &who, &show, "Le pont").await;
        site.outside.breaks(Some("/media/"));
        for pause in [120, 5] {
            site.clock.advance(pause);
            site.work().await;
            assert!(letters(&site).is_empty(), "a hiccup is no news");
        }
        site.clock.advance(10);
        site.work().await;
        let all = letters(&site);
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].contains("To: maelle@pentes.example") && !all[0].contains("quais"), "{}", all[0]);
        assert!(all[0].contains("The sound does not answer as it should: 503"), "{}", all[0]);
        let proofs = read_tx!(site.app.db, |tx| uc::proofs(tx, &who.actor, episode.id).await).expect("proofs");
        assert_eq!(proofs[0].verdict, "failed");
        let page = site.get_as(&who, &format!("/fr/studio/episodes/{}", shown(&episode))).await.text();
        assert!(page.contains("à réparer"), "{page}");
    });
}

#[test]
fn an_evening_with_errors_says_what_to_do_and_by_when() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        desk::schedule(&site, &who, episode.id, When::At(site.clock.now().plus_seconds(86_400))).await;
        // The show asks for more after the episode was scheduled, and the file is lost.
        set(&site, &show, json!({"desk": {"approval_needed": true}})).await;
        let audio = episode.audio.as_ref().expect("sound");
        let publish::model::AudioPlace::Local(blob) = &audio.place else { panic!("here") };
        let name = blobs::BlobName::parse(blob).expect("a name");
        site.app.blobs.remove(&name).await.expect("removed");
        site.clock.advance(13 * 3600);
        site.work().await;
        let all = letters(&site);
        assert_eq!(all.len(), 1);
        for part in [
            "À réparer avant",
            "mardi 24 novembre",
            "Le son manque dans le stockage",
            "Aucun client n’a encore approuvé",
        ] {
            assert!(all[0].contains(part), "{part}: {}", all[0]);
        }
    });
}

// Clients

struct Client {
    path: String,
    token: String,
}

async fn client(site: &Site, who: &Person, episode: &Episode) -> Client {
    let secret = token(site, who).await;
    let path = format!("/api/v1/episodes/{}/approvals", shown(episode));
    let made = site.api(&secret, "POST", &path, "{\"label\": \"Musée des eaux\"}").await;
    assert_eq!(made.status, 201, "{}", made.text());
    let url = made.json()["url"].as_str().expect("an address").to_owned();
    let path = url.strip_prefix(ORIGIN).expect("ours").replace("/en/", "/fr/");
    let token = path.rsplit('/').next().expect("a token").to_owned();
    Client { path, token }
}

fn digest(page: &str) -> String {
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

async fn hook(site: &Site, who: &Person, events: &[&str]) -> Value {
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
        let again = format!("/api/v1/webhooks/{}/resend", failed["id"].as_str().expect("an id"));
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

#[test]
fn tasks_of_the_desk_done_twice_change_nothing_more() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        hook(&site, &who, &["episode.published"]).await;
        let episode = desk::episode(&site, &who, &show, desk::draft("Le pont")).await;
        let at = site.clock.now().plus_seconds(13 * 3600);
        desk::schedule(&site, &who, episode.id, When::At(at)).await;
        let redo = async |handler: &str| {
            // As after a lease that ran out: the task is handed out once more, with its body.
            let sql = "UPDATE jobs_task SET state = 'due', leased_until = 0, due_at = $1 WHERE handler = $2";
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![site.clock.now(), handler]).await?)).expect("again");
        };
        let body = json!({"episode": episode.id, "at": at.micros(), "since": at.micros()}).to_string();
        let keep = async |handler: &str, body: &str| {
            let sql = "UPDATE jobs_task SET body = $1 WHERE handler = $2";
            write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![body, handler]).await?)).expect("kept");
        };
        site.clock.set(at.plus_seconds(-60));
        site.work().await;
        keep(EVENING_HANDLER, &body).await;
        redo(EVENING_HANDLER).await;
        site.work().await;
        site.clock.set(at.plus_seconds(120));
        site.work().await;
        let id = count(&site, "SELECT id FROM publish_webhook_delivery").await;
        for (handler, body) in [(PROOF_HANDLER, body.as_str()), (DELIVER_HANDLER, id.to_string().as_str())] {
            keep(handler, body).await;
            redo(handler).await;
        }
        site.work().await;
        assert_eq!(count(&site, "SELECT COUNT(*) FROM publish_proof").await, 2);
        assert_eq!((letters(&site).len(), site.outside.messages().len()), (2, 1));
    });
}

// How it looks

/// Ids, secrets and digests replaced by their kind.
fn redact(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            run.push(c);
            continue;
        }
        let prefix =
            ["ep_", "al_", "wh_", "msg_", "sh_"].iter().find(|p| run.starts_with(*p) && run.len() == p.len() + 13);
        let hex = |n: usize| run.len() == n && run.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        match prefix {
            Some(prefix) => out.push_str(&format!("{prefix}ID")),
            None if hex(12) || hex(48) || hex(64) => out.push_str("SECRET"),
            None if run.starts_with("whsec_") || run.len() == 43 => out.push_str("SECRET"),
            None => out.push_str(&run),
        }
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

#[test]
fn desk_pages_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let episode = desk::episode(&site, &who, &show, with_source("Le pont", "https://archives.example/a")).await;
        let base = format!("/studio/episodes/{}", shown(&episode));
        let client = client(&site, &who, &episode).await;
        let seen = digest(&site.get(&client.path).await.text());
        for (kind, text) in [("comment", "Plus court ?\n\nMerci."), ("approved", "")] {
            let said = [("kind", kind), ("name", "Zoé"), ("text", text), ("digest", seen.as_str())];
            assert_eq!(site.post(&client.path, &said).await.status, 303);
        }
        hook(&site, &who, &["episode.published", "approval.answered"]).await;
        desk::schedule(&site, &who, episode.id, When::Now).await;
        site.clock.advance(120);
        site.work().await;
        for lang in Lang::ALL {
            let lang = lang.code();
            let pages = [
                ("approve", site.get(&client.path.replace("/fr/", &format!("/{lang}/"))).await),
                ("approval", site.get_as(&who, &format!("/{lang}{base}/approval")).await),
                ("webhooks", site.get_as(&who, &format!("/{lang}/studio/webhooks")).await),
                ("proved", site.get_as(&who, &format!("/{lang}{base}")).await),
            ];
            for (name, page) in pages {
                let text = page.text();
                assert!(page.status == 200 && !text.contains('⟨') && !text.contains("{{"), "{name}: {text}");
                let main = text.split_once("<main").expect("a main part").1;
                insta::assert_snapshot!(
                    format!("desk_{name}_{lang}"),
                    redact(main.split_once("</main>").expect("its end").0)
                );
            }
        }
    });
}

#[test]
fn letters_of_the_desk_read_as_reviewed() {
    let folder = traboule::config::MailConfig::Folder;
    let mailer =
        traboule::mail::Mailer::new(traboule::app::texts(), folder, std::path::PathBuf::new(), ORIGIN.to_owned());
    for lang in Lang::ALL {
        let mut all = String::new();
        for template in [
            "evening-ok",
            "evening-warnings",
            "evening-failed",
            "proof-ok",
            "proof-failed",
            "answer-comment",
            "answer-approved",
            "answer-changes",
        ] {
            let args = [
                ("show", "Les Pentes"),
                ("title", "Le pont"),
                ("when", "24.11., 07:00"),
                ("zone", "Europe/Paris"),
                ("lines", "- un\n- deux"),
                ("page", "https://site.example/x"),
                ("who", "Zoé"),
                ("text", "Plus court."),
            ];
            let task = MailTask {
                to: "odile@pentes.example".to_owned(),
                lang: lang.code().to_owned(),
                template: template.to_owned(),
                args: args.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
            };
            let letter = mailer.letter(&task);
            assert!(!letter.subject.contains('⟨') && !letter.body.contains('⟨'), "{letter:?}");
            all.push_str(&format!("{}\n\n{}\n==\n", letter.subject, letter.body));
        }
        insta::assert_snapshot!(format!("desk_mails_{}", lang.code()), all);
    }
}

#[test]
fn every_rule_has_its_sentence_and_stands_in_the_document() {
    let texts = traboule::app::texts();
    let document = include_str!("../../../../docs/checks.md");
    let mut names = std::collections::BTreeSet::new();
    for rule in publish::rules::lint::RULES {
        assert!(names.insert(rule.name()), "{} is there twice", rule.name());
        for lang in Lang::ALL {
            for key in [
                format!("field-{}", rule.code),
                format!("checks-field-{}", rule.field),
                format!("checks-source-{}", rule.source.code()),
            ] {
                assert!(texts.has(lang, &key), "{key} in {lang:?}");
            }
        }
        let row = format!("| `{}` | {} | {} | `{}` |", rule.name(), rule.source.code(), rule.level.code(), rule.field);
        assert!(document.contains(&row), "docs/checks.md lacks: {row}");
    }
}
