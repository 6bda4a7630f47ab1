//! The desk's checks through the real front: the linter live and as a gate, the evening check and the proof around the
//! instant (c6, c7), and how the pages and letters look.

use accounts::MailTask;
use db::{args, read_tx, write_tx};
use it::{ORIGIN, Person, Site, desk, on_both, on_one};
use kernel::{At, Lang, PersonId, Role, show_id};
use publish::jobs::{DELIVER_HANDLER, EVENING_HANDLER, PROOF_HANDLER};
use publish::model::{Chapter, EPISODE_PREFIX, Episode, Show, Source, SourceKind};
use publish::rules::check::EpisodeDraft;
use publish::service::{self as uc, When};
use serde_json::{Value, json};
use testkit::On;

use crate::desk_clients::{client, digest, hook};

pub(crate) async fn editor(site: &Site) -> Person {
    site.person("pentes", "odile@pentes.example", Role::Editor).await
}

pub(crate) fn shown(episode: &Episode) -> String {
    show_id(EPISODE_PREFIX, episode.id)
}

pub(crate) fn with_source(title: &str, url: &str) -> EpisodeDraft {
    let source = Source {
        kind: SourceKind::Link,
        title: "Archives".to_owned(),
        url: url.to_owned(),
        seen_on: Some("2026-11-20".to_owned()),
    };
    let titles = [("fr".to_owned(), "Début".to_owned())].into();
    let chapter = Chapter { item: None, start_ms: 0, in_toc: true, image_id: None, titles, sources: vec![source] };
    EpisodeDraft { chapters: vec![chapter], ..desk::draft(title) }
}

/// A setting of a show, changed where it is kept: there is no page for it here.
pub(crate) async fn set(site: &Site, show: &Show, settings: Value) {
    let sql = "UPDATE publish_show SET settings = $1 WHERE id = $2";
    write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![settings.to_string(), show.id]).await?)).expect("set");
}

pub(crate) async fn count(site: &Site, sql: &str) -> i64 {
    read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, Vec::new()).await?)).expect("counted").unwrap_or(0)
}

/// Every letter that was sent, oldest first.
pub(crate) fn letters(site: &Site) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&site.app.mail_folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    paths.sort();
    paths.iter().map(|p| std::fs::read_to_string(p).expect("a letter")).collect()
}

pub(crate) async fn token(site: &Site, who: &Person) -> String {
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
        site.post_as(&owner, "/fr/account/name", &[("name", "Maëlle"), ("lang", "en")]).await;
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
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
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
                stop: None,
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
