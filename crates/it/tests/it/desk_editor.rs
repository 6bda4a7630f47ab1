//! The editor's desk through the real front: the rundown and its chapters, unsaved work, two people who save at once, the
//! history, corrections; and that none of it leaks or runs.

use axum::body::Body;
use db::{args, read_tx, write_tx};
use it::{Answer, Person, Site, desk, on_both, on_one, request};
use kernel::{Actor, Ctx, Lang, PersonId, Rng, Role, show_id};
use publish::model::{Chapter, EPISODE_PREFIX, Episode, EpisodeText, ITEM_PREFIX, SHOW_PREFIX, Show};
use publish::rules::check::ShowDraft;
use publish::rules::merge::Section;
use publish::service::{self as uc, CorrectionDraft, Place, Saved, When};
use testkit::{Bench, On, run};

use crate::pages::redact;

struct Desk {
    odile: Person,
    anselme: Person,
    show: Show,
    draft: Episode,
    base: String,
}

async fn set(site: &Site) -> Desk {
    let odile = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let anselme = site.person("pentes", "anselme@pentes.example", Role::Editor).await;
    site.post_as(&odile, "/fr/account/name", &[("name", "Odile Rambert"), ("lang", "fr")]).await;
    site.post_as(&anselme, "/fr/account/name", &[("name", "Anselme Biot"), ("lang", "fr")]).await;
    let show = desk::show(site, &odile, "pentes").await;
    let draft = desk::episode(site, &odile, &show, desk::draft("Le pont")).await;
    let base = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, draft.id));
    Desk { odile, anselme, show, draft, base }
}

impl Desk {
    async fn post(&self, site: &Site, path: &str, fields: &[(&str, &str)]) -> Answer {
        site.post_as(&self.odile, &format!("{}{path}", self.base), fields).await
    }

    async fn page(&self, site: &Site, path: &str) -> String {
        let answer = site.get_as(&self.odile, &format!("{}{path}", self.base)).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    async fn items(&self, site: &Site) -> Vec<publish::model::Item> {
        read_tx!(site.app.db, |tx| uc::rundown(tx, &self.odile.actor, self.draft.id).await).expect("a rundown").items
    }

    async fn version(&self, site: &Site) -> i64 {
        let actor = &self.odile.actor;
        read_tx!(site.app.db, |tx| uc::desk_episode(tx, actor, self.draft.id).await).expect("there").1.episode.version
    }

    async fn chapters(&self, site: &Site) -> Vec<Chapter> {
        let actor = &self.odile.actor;
        read_tx!(site.app.db, |tx| uc::desk_episode(tx, actor, self.draft.id).await).expect("there").1.chapters
    }

    async fn text(&self, site: &Site) -> EpisodeText {
        let actor = &self.odile.actor;
        let full = read_tx!(site.app.db, |tx| uc::desk_episode(tx, actor, self.draft.id).await).expect("there").1;
        full.episode.texts["fr"].clone()
    }

    async fn add(&self, site: &Site, line: &str) -> String {
        let answer = self.post(site, "/rundown/add", &[("line", line)]).await;
        assert_eq!(answer.status, 303, "{line}: {}", answer.text());
        show_id(ITEM_PREFIX, self.items(site).await.last().expect("added").id)
    }
}

fn titles(items: &[publish::model::Item]) -> Vec<&str> {
    items.iter().map(|i| i.title.as_str()).collect()
}

/// The value of a hidden field of a page.
fn hidden(page: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&mark).unwrap_or_else(|| panic!("no {name}")).1;
    rest.split('"').next().unwrap_or_default().replace("&quot;", "\"").replace("&amp;", "&").replace("&#x2f;", "/")
}

#[test]
fn a_rundown_is_written_line_by_line_and_becomes_chapters() {
    on_both(async |site| {
        let d = set(&site).await;
        let bridge = d.add(&site, "Le pont rouvre 3:30 https://archives.example/pont").await;
        let answer = d.post(&site, "/rundown/add", &[("line", "Marché 2:15")]).await;
        assert!(answer.header("location").ends_with("/rundown?said=item-added"), "the next line is at hand");
        assert!(d.page(&site, "/rundown?said=item-added").await.contains("autofocus"));
        let mail = d.add(&site, "Courrier").await;
        assert_eq!(titles(&d.items(&site).await), ["Le pont rouvre", "Marché", "Courrier"]);
        let page = d.page(&site, "/rundown").await;
        assert!(page.contains(">5:45<") && page.contains("archives.example"), "clocks and links");

        assert_eq!(d.post(&site, &format!("/rundown/items/{mail}/up"), &[]).await.status, 303);
        assert_eq!(titles(&d.items(&site).await), ["Le pont rouvre", "Courrier", "Marché"]);
        assert_eq!(d.post(&site, &format!("/rundown/items/{mail}/down"), &[]).await.status, 303);

        let me = d.odile.id.0.to_string();
        let fields = [
            ("version", "1"),
            ("title", "Le courrier"),
            ("planned", "4"),
            ("assignee", me.as_str()),
            ("state", "ready"),
            ("notes", "Lire la lettre de Mme Roux."),
            ("link-url", "https://video.example/1"),
            ("link-title", "La visite"),
            ("link-kind", "video"),
        ];
        assert_eq!(d.post(&site, &format!("/rundown/items/{mail}/edit"), &fields).await.status, 303);
        let page = d.page(&site, "/rundown").await;
        assert!(page.contains("Odile Rambert") && page.contains("Mme Roux") && page.contains("La visite"));
        // Somebody else edits the version they saw: told, and what was typed is still there.
        let again =
            d.post(&site, &format!("/rundown/items/{mail}/edit"), &[("version", "1"), ("title", "Autre mot")]).await;
        assert_eq!(again.status, 409);
        assert!(again.text().contains("Autre mot") && again.text().contains("Le courrier"));
        let bad = d
            .post(&site, &format!("/rundown/items/{mail}/edit"), &[("version", "2"), ("title", ""), ("planned", "x")])
            .await;
        assert_eq!(bad.status, 422);

        // Deleted, and back at its place.
        let dropped = d.post(&site, &format!("/rundown/items/{bridge}/drop"), &[]).await;
        assert_eq!(titles(&d.items(&site).await), ["Marché", "Le courrier"]);
        let tail = dropped.header("location").split_once("/rundown").expect("there").1.to_owned();
        assert!(
            d.page(&site, &format!("/rundown{tail}")).await.contains(&format!("{bridge}&#x2f;undrop"))
                || d.page(&site, &format!("/rundown{tail}")).await.contains(&format!("{bridge}/undrop"))
        );
        assert_eq!(d.post(&site, &format!("/rundown/items/{bridge}/undrop"), &[]).await.status, 303);
        assert_eq!(titles(&d.items(&site).await), ["Le pont rouvre", "Marché", "Le courrier"]);

        // To the pool of ideas and back again.
        assert_eq!(d.post(&site, &format!("/rundown/items/{bridge}/pool"), &[]).await.status, 303);
        assert!(site.get_as(&d.odile, "/fr/studio/ideas").await.text().contains("Le pont rouvre"));
        assert_eq!(d.post(&site, "/rundown/take", &[("item", &bridge)]).await.status, 303);
        assert_eq!(titles(&d.items(&site).await), ["Marché", "Le courrier", "Le pont rouvre"]);

        assert_eq!(d.post(&site, "/rundown/target", &[("target", "8")]).await.status, 303);
        assert!(d.page(&site, "/rundown").await.contains("1:45 de trop"), "9:45 planned of 8:00");

        assert_eq!(d.post(&site, "/rundown/chapters", &[]).await.status, 303);
        let chapters = d.chapters(&site).await;
        let starts: Vec<i64> = chapters.iter().map(|c| c.start_ms).collect();
        assert_eq!(starts, [0, 135_000, 375_000]);
        assert_eq!(chapters[2].sources[0].url, "https://archives.example/pont");
        assert_eq!(chapters[2].sources[0].seen_on.as_deref(), Some("2026-11-23"), "today in the show's zone");
        assert_eq!(chapters[1].titles["fr"], "Le courrier");
    });
}

/// The fields of the form of chapters as the page has them.
fn chapter_fields(chapters: &[Chapter]) -> Vec<(String, String)> {
    let mut fields = vec![("rows".to_owned(), (chapters.len() + 1).to_string())];
    for (i, c) in chapters.iter().enumerate() {
        let mut put = |name: &str, value: String| fields.push((format!("h{i}-{name}"), value));
        put("start", ui::timecode(c.start_ms));
        put("ms", c.start_ms.to_string());
        put("listed", "on".to_owned());
        put("item", c.item.map(|id| show_id(ITEM_PREFIX, id)).unwrap_or_default());
        for (lang, title) in &c.titles {
            put(&format!("title-{lang}"), title.clone());
        }
        for (j, s) in c.sources.iter().enumerate() {
            put(&format!("s{j}-url"), s.url.clone());
            put(&format!("s{j}-title"), s.title.clone());
            put(&format!("s{j}-seen"), s.seen_on.clone().unwrap_or_default());
        }
    }
    fields
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

fn change(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    fields.retain(|(n, _)| n != name);
    fields.push((name.to_owned(), value.to_owned()));
}

#[test]
fn chapters_are_corrected_and_survive_the_next_making() {
    on_both(async |site| {
        let d = set(&site).await;
        d.add(&site, "Ouverture 1:00").await;
        d.add(&site, "Le pont 2:00 https://archives.example/pont").await;
        d.post(&site, "/rundown/chapters", &[]).await;
        let mut fields = chapter_fields(&d.chapters(&site).await);
        change(&mut fields, "version", &d.version(&site).await.to_string());
        change(&mut fields, "h1-start", "1:05");
        // A new one in the empty row, by hand.
        change(&mut fields, "h2-start", "2:30");
        change(&mut fields, "h2-title-fr", "Aparté");
        change(&mut fields, "h2-listed", "on");
        change(&mut fields, "h2-s0-url", "https://aparte.example/page");
        let saved = d.post(&site, "/chapters", &borrowed(&fields)).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let chapters = d.chapters(&site).await;
        assert_eq!(chapters.iter().map(|c| c.start_ms).collect::<Vec<_>>(), [0, 65_000, 150_000]);
        assert_eq!(chapters[2].sources[0].title, "aparte.example");
        // Making them again asks about what was made by hand, and keeps both.
        let asked = d.post(&site, "/rundown/chapters", &[]).await;
        assert_eq!(asked.status, 409);
        assert!(asked.text().contains("Un chapitre ne vient pas du déroulé"));
        assert_eq!(d.post(&site, "/rundown/chapters", &[("confirm", "yes")]).await.status, 303);
        assert_eq!(d.chapters(&site).await, chapters);
        // One is removed, and comes back.
        let before = d.version(&site).await;
        let mut fields = chapter_fields(&chapters);
        change(&mut fields, "version", &before.to_string());
        change(&mut fields, "h2-gone", "on");
        let saved = d.post(&site, "/chapters", &borrowed(&fields)).await;
        assert!(saved.header("location").contains(&format!("gone={before}")), "{}", saved.header("location"));
        assert_eq!(d.chapters(&site).await.len(), 2);
        let undo = [("version", before.to_string()), ("part", "chapters".to_owned())];
        let undo: Vec<(&str, &str)> = undo.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(d.post(&site, "/history/restore", &undo).await.status, 303);
        assert_eq!(d.chapters(&site).await, chapters);
        // What cannot be saved stays as typed.
        let mut fields = chapter_fields(&chapters);
        change(&mut fields, "h1-start", "bientôt");
        let refused = d.post(&site, "/chapters", &borrowed(&fields)).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("bientôt") && refused.text().contains("Aparté"));
        // A program that does not know the rundown keeps the tie.
        let ctx = site.app.ctx(d.odile.actor.clone());
        let version = d.version(&site).await;
        let mut plain = desk::draft("Le pont");
        plain.chapters = chapters.iter().cloned().map(|c| Chapter { item: None, ..c }).collect();
        write_tx!(site.app.db, |tx| uc::edit_episode(tx, &ctx, d.draft.id, version, plain.clone()).await)
            .expect("saved");
        assert_eq!(d.chapters(&site).await, chapters);
    });
}

#[test]
fn ideas_are_noted_filtered_and_taken_into_an_episode() {
    on_both(async |site| {
        let d = set(&site).await;
        let show = show_id(SHOW_PREFIX, d.show.id);
        let add = [("show", show.as_str()), ("line", "La fontaine https://eau.example/")];
        assert_eq!(site.post_as(&d.odile, "/fr/studio/ideas/add", &add).await.status, 303);
        let empty = site.post_as(&d.odile, "/fr/studio/ideas/add", &[("show", &show), ("line", " ")]).await;
        assert_eq!(empty.status, 422);
        let ideas = read_tx!(site.app.db, |tx| uc::ideas(tx, &d.odile.actor, d.odile.org).await).expect("ideas");
        let item = show_id(ITEM_PREFIX, ideas[0].id);
        let page = site.get_as(&d.anselme, &format!("/fr/studio/ideas?show={show}")).await.text();
        assert!(page.contains("La fontaine") && page.contains("eau.example"));
        let none = site.get_as(&d.anselme, &format!("/fr/studio/ideas?assignee={}", d.anselme.id.0)).await.text();
        assert!(!none.contains("La fontaine"), "it is nobody's yet");
        let episode = show_id(EPISODE_PREFIX, d.draft.id);
        let place = format!("/fr/studio/ideas/items/{item}/place");
        assert_eq!(site.post_as(&d.odile, &place, &[("episode", &episode)]).await.status, 303);
        assert_eq!(titles(&d.items(&site).await), ["La fontaine"]);
        // An episode of another show is none of this idea's.
        let other = desk::show(&site, &d.odile, "autre").await;
        let elsewhere = desk::episode(&site, &d.odile, &other, desk::draft("Ailleurs")).await;
        let elsewhere = show_id(EPISODE_PREFIX, elsewhere.id);
        assert_eq!(site.post_as(&d.odile, &place, &[("episode", &elsewhere)]).await.status, 422);
        // A stranger as assignee is refused.
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Editor).await;
        let edit = [("version", "1"), ("title", "t"), ("assignee", &stranger.id.0.to_string())];
        let answer = site.post_as(&d.odile, &format!("/fr/studio/ideas/items/{item}/edit"), &edit).await;
        assert_eq!(answer.status, 422);
    });
}

#[test]
fn unsaved_work_comes_back_to_who_typed_it_alone() {
    on_both(async |site| {
        let d = set(&site).await;
        let version = d.version(&site).await.to_string();
        let form = [
            ("section", "texts:fr"),
            ("version", version.as_str()),
            ("text_lang", "fr"),
            ("title", "Le pont, à moitié tapé"),
            ("summary", ""),
            ("notes_md", "Encore une phrase & une autre"),
        ];
        assert_eq!(d.post(&site, "/autosave", &form).await.status, 204);
        let page = d.page(&site, "").await;
        assert!(page.contains("Texte tapé à 7\u{a0}h ") && !page.contains("à moitié tapé"), "{page}");
        let other = site.get_as(&d.anselme, &d.base).await.text();
        assert!(!other.contains("Texte tapé"), "it is Odile's alone");
        let resumed = d.page(&site, "?resume=texts:fr").await;
        assert!(resumed.contains("Le pont, à moitié tapé") && resumed.contains("une phrase &amp; une autre"));
        assert_eq!(site.get_as(&d.anselme, &format!("{}?resume=texts:fr", d.base)).await.status, 404);
        // Saving removes it.
        assert_eq!(d.post(&site, "/texts", &form[1..]).await.status, 303);
        assert!(!d.page(&site, "").await.contains("Texte tapé"));
        assert_eq!(d.text(&site).await.title, "Le pont, à moitié tapé");
        // So does discarding it, and thirty days.
        assert_eq!(d.post(&site, "/autosave", &form).await.status, 204);
        assert_eq!(d.post(&site, "/forget", &[("section", "texts:fr")]).await.status, 303);
        assert!(!d.page(&site, "").await.contains("Texte tapé"));
        assert_eq!(d.post(&site, "/autosave", &form).await.status, 204);
        let now = site.clock.now();
        let swept = async |days: i64| {
            let at = now.plus_seconds(days * 86_400 + 1);
            write_tx!(site.app.db, |tx| uc::sweep_unsaved(tx, at).await).expect("swept")
        };
        assert_eq!((swept(29).await, swept(30).await, swept(31).await), (0, 1, 0));
        let none = [("section", "nothing"), ("version", "1")];
        assert_eq!(d.post(&site, "/autosave", &none).await.status, 422);
        let large = "x".repeat(600_000);
        let large = [("section", "details"), ("version", "1"), ("number", large.as_str())];
        assert_eq!(d.post(&site, "/autosave", &large).await.status, 422);
    });
}

fn text_form<'a>(version: &'a str, title: &'a str, summary: &'a str) -> [(&'static str, &'a str); 6] {
    [
        ("text_lang", "fr"),
        ("version", version),
        ("title", title),
        ("summary", summary),
        ("notes_md", "Notes de **Le pont**."),
        ("cover_alt", ""),
    ]
}

#[test]
fn two_editors_save_different_fields_and_both_stay() {
    on_both(async |site| {
        let d = set(&site).await;
        let began = d.version(&site).await.to_string();
        let first = text_form(&began, "Le vieux pont", "Résumé de Le pont");
        assert_eq!(site.post_as(&d.anselme, &format!("{}/texts", d.base), &first).await.status, 303);
        let saved = d.post(&site, "/texts", &text_form(&began, "Le pont", "Un résumé tout neuf")).await;
        assert_eq!(saved.status, 303, "{}", saved.text());
        let text = d.text(&site).await;
        assert_eq!((text.title.as_str(), text.summary.as_str()), ("Le vieux pont", "Un résumé tout neuf"));
        let tail = saved.header("location").split_once(&d.base).expect("there").1.to_owned();
        let page = d.page(&site, tail.split('#').next().unwrap_or_default()).await;
        assert!(page.contains("Anselme Biot a enregistré entre-temps") && page.contains("Titre (français)"), "{page}");
        // Other parts of the same version merge too.
        let details = [("version", began.as_str()), ("number", "12"), ("kind", "bonus")];
        assert_eq!(d.post(&site, "/details", &details).await.status, 303);
        let credits = [("version", began.as_str()), ("rows", "1"), ("c0-name", "Camille"), ("c0-role", "guest")];
        assert_eq!(d.post(&site, "/credits", &credits).await.status, 303);
        assert_eq!(d.text(&site).await.title, "Le vieux pont");
    });
}

/// The page of a collision of two titles.
async fn collision(site: &Site, d: &Desk) -> Answer {
    let began = d.version(site).await.to_string();
    let first = text_form(&began, "Le vieux pont", "Résumé de Le pont");
    assert_eq!(site.post_as(&d.anselme, &format!("{}/texts", d.base), &first).await.status, 303);
    let answer = d.post(site, "/texts", &text_form(&began, "Le pont neuf", "Un résumé tout neuf")).await;
    assert_eq!(answer.status, 409);
    answer
}

fn choice_form(page: &str, pick: &str, typed: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> =
        ["began", "seen", "section", "mine", "field"].iter().map(|n| ((*n).to_owned(), hidden(page, n))).collect();
    fields.push(("pick-0".to_owned(), pick.to_owned()));
    fields.push(("typed-0".to_owned(), typed.to_owned()));
    fields
}

#[test]
fn two_editors_collide_and_nothing_is_lost() {
    on_both(async |site| {
        for (pick, typed, expected) in [
            ("theirs", "", "Le vieux pont"),
            ("mine", "", "Le pont neuf"),
            ("typed", "Le vieux pont neuf", "Le vieux pont neuf"),
        ] {
            let d = set_again(&site, pick).await;
            let page = collision(&site, &d).await.text();
            for words in ["Le vieux pont", "Le pont neuf", "Le pont", "Anselme Biot", "Titre (français)"] {
                assert!(page.contains(words), "{words}");
            }
            assert_eq!(d.text(&site).await.title, "Le vieux pont", "nothing is written before the choice");
            let saved = d.post(&site, "/merge", &borrowed(&choice_form(&page, pick, typed))).await;
            assert_eq!(saved.status, 303, "{}", saved.text());
            let text = d.text(&site).await;
            assert_eq!((text.title.as_str(), text.summary.as_str()), (expected, "Un résumé tout neuf"));
        }
    });
}

/// A desk with a show of its own.
async fn set_again(site: &Site, slug: &str) -> Desk {
    let odile = site.person("pentes", "odile@pentes.example", Role::Editor).await;
    let anselme = site.person("pentes", "anselme@pentes.example", Role::Editor).await;
    site.post_as(&anselme, "/fr/account/name", &[("name", "Anselme Biot"), ("lang", "fr")]).await;
    let show = desk::show(site, &odile, slug).await;
    let draft = desk::episode(site, &odile, &show, desk::draft("Le pont")).await;
    let base = format!("/fr/studio/episodes/{}", show_id(EPISODE_PREFIX, draft.id));
    Desk { odile, anselme, show, draft, base }
}

#[test]
fn a_choice_meets_a_third_save_and_a_bad_choice_keeps_what_was_typed() {
    on_both(async |site| {
        let d = set(&site).await;
        let page = collision(&site, &d).await.text();
        // An empty title cannot be saved: the page comes back with the words.
        let refused = d.post(&site, "/merge", &borrowed(&choice_form(&page, "typed", "  "))).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Un résumé tout neuf") && refused.text().contains("Le vieux pont"));
        // Meanwhile a third save changes the title once more: asked again, against the newest words.
        let newest = d.version(&site).await.to_string();
        let third = text_form(&newest, "Le pont d’avant", "Résumé de Le pont");
        assert_eq!(site.post_as(&d.anselme, &format!("{}/texts", d.base), &third).await.status, 303);
        let again = d.post(&site, "/merge", &borrowed(&choice_form(&page, "mine", ""))).await;
        assert_eq!(again.status, 409);
        assert!(again.text().contains("Le pont d’avant") && again.text().contains("Le pont neuf"));
        let saved = d.post(&site, "/merge", &borrowed(&choice_form(&again.text(), "mine", ""))).await;
        assert_eq!(saved.status, 303);
        assert_eq!(d.text(&site).await.title, "Le pont neuf");
    });
}

fn ctx(bench: &Bench, person: i64) -> Ctx {
    let actor = Actor::Person { person: PersonId(person), roles: vec![(kernel::OrgId(1), Role::Editor)] };
    Ctx { now: bench.clock.now(), actor, ids: bench.ids.clone(), rng: Rng::System }
}

#[test]
fn two_who_save_at_once_never_overwrite_each_other() {
    run(On::Pg, &traboule::migrations(), &async |bench: Bench| {
        let second = bench.second().await;
        let (one, two) = (ctx(&bench, 1), ctx(&bench, 2));
        let draft = ShowDraft {
            slug: "matins".to_owned(),
            language: "fr".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
            texts: [("fr".to_owned(), publish::model::ShowText { title: "Matins".to_owned(), ..Default::default() })]
                .into(),
            ..ShowDraft::default()
        };
        let org = kernel::OrgId(1);
        let show = write_tx!(bench.db, |tx| uc::create_show(tx, &one, org, draft.clone(), "https://m.example/feeds/")
            .await)
        .expect("a show");
        for round in 0..8 {
            let first = publish::rules::check::EpisodeDraft { slug: format!("m-{round}"), ..desk::draft("Le pont") };
            let made =
                write_tx!(bench.db, |tx| uc::create_episode(tx, &one, show.id, first.clone()).await).expect("made");
            let text = |title: &str, summary: &str| {
                let own = first.texts["fr"].clone();
                let text = EpisodeText { title: title.to_owned(), summary: summary.to_owned(), ..own };
                Section::Texts("fr".to_owned(), text)
            };
            // Even rounds: different fields. Odd rounds: the same.
            let (a, b) = if round % 2 == 0 {
                (text("Un", "Résumé de Le pont"), text("Le pont", "Deux"))
            } else {
                (text("Un", "Résumé de Le pont"), text("Deux", "Résumé de Le pont"))
            };
            let (x, y) = tokio::join!(
                async { write_tx!(bench.db, |tx| uc::save_episode(tx, &one, made.id, 1, &a).await) },
                async { write_tx!(second, |tx| uc::save_episode(tx, &two, made.id, 1, &b).await) },
            );
            let kept = [x, y].map(|s| matches!(s.expect("settled"), Saved::Kept { .. }));
            let now = read_tx!(bench.db, |tx| uc::desk_episode(tx, &one.actor, made.id).await).expect("there").1;
            let text = &now.episode.texts["fr"];
            if round % 2 == 0 {
                assert_eq!(kept, [true, true], "round {round}");
                assert_eq!((text.title.as_str(), text.summary.as_str()), ("Un", "Deux"));
            } else {
                assert_eq!(kept.iter().filter(|k| **k).count(), 1, "round {round}: one is asked");
                assert_eq!(text.title, if kept[0] { "Un" } else { "Deux" });
            }
        }
    });
}

#[test]
fn history_tells_and_restores_without_rewinding() {
    on_both(async |site| {
        let d = set(&site).await;
        let version = d.version(&site).await.to_string();
        d.post(&site, "/texts", &text_form(&version, "Le pont qui penche", "Résumé de Le pont")).await;
        let changed = d.version(&site).await;
        let page = d.page(&site, "/history").await;
        for words in ["création", "son", "modification", "Odile Rambert"] {
            assert!(page.contains(words), "{words}");
        }
        let diff = d.page(&site, &format!("/history?from=1&to={changed}")).await;
        assert!(diff.contains("<ins>") && diff.contains("penche") && diff.contains("Titre (français)"), "{diff}");
        // Published, and put back: a new version; address and GUID stay.
        desk::schedule(&site, &d.odile, d.draft.id, When::Now).await;
        let before = d.version(&site).await;
        let slug = async || {
            let actor = &d.odile.actor;
            let e = read_tx!(site.app.db, |tx| uc::desk_episode(tx, actor, d.draft.id).await).expect("there").1.episode;
            (e.slug, e.guid)
        };
        let address = slug().await;
        let answer = d.post(&site, "/history/restore", &[("version", "1")]).await;
        assert!(answer.header("location").ends_with("/history?said=restored"));
        assert_eq!(d.version(&site).await, before + 1);
        assert_eq!(d.text(&site).await.title, "Le pont");
        assert_eq!(slug().await, address);
        assert!(d.page(&site, "/history").await.contains("retour à une version"));
        assert_eq!(d.post(&site, "/history/restore", &[("version", "77")]).await.status, 404);
    });
}

#[test]
fn the_first_change_of_an_old_episode_keeps_what_was_before() {
    on_both(async |site| {
        let d = set(&site).await;
        // As rows of an earlier release are: no history at all.
        let sql = "DELETE FROM publish_revision WHERE episode_id = $1";
        write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![d.draft.id]).await?)).expect("gone");
        assert!(d.page(&site, "/history").await.contains("Pas encore d’historique"));
        let version = d.version(&site).await;
        d.post(&site, "/texts", &text_form(&version.to_string(), "Tout autre", "")).await;
        let actor = &d.odile.actor;
        let (list, _) = read_tx!(site.app.db, |tx| uc::revisions(tx, actor, d.draft.id, None).await).expect("a list");
        let what: Vec<(i64, &str)> = list.iter().map(|r| (r.version, r.what.as_str())).collect();
        assert_eq!(what, [(version + 1, "edit"), (version, "before")]);
        let (_, old) = read_tx!(site.app.db, |tx| uc::revision(tx, actor, d.draft.id, version).await).expect("kept");
        assert_eq!(old.texts["fr"].title, "Le pont");
    });
}

#[test]
fn an_import_writes_no_history() {
    on_both(async |site| {
        let d = set(&site).await;
        let feed = br#"<rss version="2.0"><channel><title>Matins</title><language>fr</language>
            <item><title>Un</title><guid>a</guid><pubDate>Mon, 02 Nov 2026 07:00:00 +0100</pubDate>
            <enclosure url="https://media.example/1.mp3" length="9" type="audio/mpeg"/></item></channel></rss>"#;
        let feed = publish::reader::read(feed, None, &publish::reader::Limits::default()).expect("a feed");
        let ctx = site.system();
        let options = uc::ImportOptions {
            org: d.odile.org,
            slug: None,
            source_url: None,
            dry_run: false,
            download: false,
            owner_vouches: false,
        };
        let count = async || {
            let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_revision";
            read_tx!(site.app.db, |tx| Ok(tx.scalar::<i64>(sql, args![]).await?)).expect("counted")
        };
        let before = count().await;
        write_tx!(site.app.db, |tx| uc::import_feed(tx, &ctx, &feed, &options, "https://site.example/feeds/").await)
            .expect("imported");
        assert_eq!(count().await, before);
    });
}

#[test]
fn a_correction_is_public_dated_and_never_taken_back() {
    on_both(async |site| {
        let d = set(&site).await;
        let text = [("langs", "fr"), ("text-fr", "Le pont rouvre mardi, pas lundi.")];
        let early = d.post(&site, "/corrections", &text).await;
        assert_eq!(early.status, 409, "a draft is corrected itself");
        desk::schedule(&site, &d.odile, d.draft.id, When::Now).await;
        let path = "/fr/shows/pentes/le-pont";
        let feed = site.get("/feeds/pentes.xml").await;
        assert!(!site.get(path).await.text().contains("Rectificatif"));
        site.clock.advance(3600);
        assert_eq!(d.post(&site, "/corrections", &[("langs", "fr"), ("text-fr", " ")]).await.status, 422);
        assert_eq!(d.post(&site, "/corrections", &text).await.status, 303);
        let page = site.get(path).await.text();
        assert!(page.contains("Rectificatif") && page.contains("Le pont rouvre mardi, pas lundi."));
        assert!(page.contains("\"dateModified\":\"2026-11-23T08:00:00+01:00\""), "{page}");
        assert!(page.contains("CorrectionComment"));
        let json = site.get(&format!("/api/v1/episodes/{}", show_id(EPISODE_PREFIX, d.draft.id))).await.json();
        assert_eq!(json["corrections"][0]["texts"]["fr"], "Le pont rouvre mardi, pas lundi.");
        assert_ne!(site.get("/feeds/pentes.xml").await.header("etag"), feed.header("etag"), "the feed's date moves");
        // It is amended by a further one only.
        let first = json["corrections"][0]["id"].as_str().expect("an id").to_owned();
        let more = [("langs", "fr"), ("text-fr", "C’était bien lundi."), ("amends", first.as_str())];
        assert_eq!(d.post(&site, "/corrections", &more).await.status, 303);
        let page = site.get(path).await.text();
        assert!(page.contains("Le pont rouvre mardi") && page.contains("modifie un rectificatif précédent"));
        let unknown = [("langs", "fr"), ("text-fr", "x"), ("chapter", "99")];
        assert_eq!(d.post(&site, "/corrections", &unknown).await.status, 422);
        for sql in [
            "UPDATE publish_correction_text SET body = 'x'",
            "UPDATE publish_correction SET made_at = 1",
            "DELETE FROM publish_correction_text",
            "DELETE FROM publish_correction",
        ] {
            let outcome = write_tx!(site.app.db, |tx| Ok(tx.run(sql, args![]).await?));
            assert!(outcome.is_err(), "{sql}");
        }
    });
}

#[test]
fn c4_what_is_on_the_desk_never_leaves_it() {
    on_both(async |site| {
        let d = set(&site).await;
        let canary = "canari-du-bureau";
        let item = d.add(&site, &format!("{canary} sujet https://{canary}.example/ 1:00")).await;
        let fields = [("version", "1"), ("title", canary), ("notes", canary), ("planned", "1")];
        assert_eq!(d.post(&site, &format!("/rundown/items/{item}/edit"), &fields).await.status, 303);
        let ctx = site.app.ctx(d.odile.actor.clone());
        let idea = publish::rules::rundown::quick(canary);
        write_tx!(site.app.db, |tx| uc::add_item(tx, &ctx, Place::Pool(d.show.id), idea.clone()).await)
            .expect("an idea");
        // An old version of what is public by now, and unsaved work on it.
        let version = d.version(&site).await.to_string();
        d.post(&site, "/texts", &text_form(&version, canary, canary)).await;
        let version = d.version(&site).await.to_string();
        d.post(&site, "/texts", &text_form(&version, "Le pont", "Un résumé")).await;
        let unsaved = [("section", "texts:fr"), ("version", version.as_str()), ("title", canary)];
        assert_eq!(d.post(&site, "/autosave", &unsaved).await.status, 204);
        desk::schedule(&site, &d.odile, d.draft.id, When::Now).await;
        let id = show_id(EPISODE_PREFIX, d.draft.id);
        for path in [
            "/fr/".to_owned(),
            "/en/".to_owned(),
            "/fr/shows/pentes".to_owned(),
            "/fr/shows/pentes/le-pont".to_owned(),
            format!("/fr/embed/{id}"),
            "/feeds/pentes.xml".to_owned(),
            "/sitemap.xml".to_owned(),
            "/api/v1/shows".to_owned(),
            format!("/api/v1/episodes/{id}"),
            format!("/api/v1/shows/{}/episodes", show_id(SHOW_PREFIX, d.show.id)),
            format!("/api/v1/shows/{}/ideas", show_id(SHOW_PREFIX, d.show.id)),
            format!("/api/v1/episodes/{id}/rundown"),
            format!("/api/v1/episodes/{id}/revisions"),
            format!("/api/v1/episodes/{id}/revisions/1"),
            "/fr/studio/ideas".to_owned(),
            format!("/fr/studio/episodes/{id}/rundown"),
            format!("/fr/studio/episodes/{id}/history"),
            format!("/fr/studio/episodes/{id}?resume=texts:fr"),
        ] {
            let answer = site.get(&path).await;
            assert!(!answer.text().contains(canary) && !answer.text().contains(ITEM_PREFIX_SHOWN), "{path}");
        }
        // Another organisation's editor sees nothing either.
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        for path in ["", "/rundown", "/history", "/corrections", "?resume=texts:fr"] {
            let answer = site.get_as(&stranger, &format!("{}{path}", d.base)).await;
            assert_eq!(answer.status, 404, "{path}");
        }
        assert!(!site.get_as(&stranger, "/fr/studio/ideas").await.text().contains(canary));
        let form = [("section", "texts:fr"), ("version", "1"), ("title", "x")];
        assert_eq!(site.post_as(&stranger, &format!("{}/autosave", d.base), &form).await.status, 404);
        assert_eq!(site.post_as(&stranger, &format!("{}/rundown/items/{item}/drop", d.base), &[]).await.status, 404);
        assert_eq!(site.post_as(&stranger, &format!("/fr/studio/ideas/items/{item}/drop"), &[]).await.status, 404);
    });
}

/// How a shown id of an item begins.
const ITEM_PREFIX_SHOWN: &str = "ri_0";

const HOSTILE: &[&str] = &[
    "canari<script>alert(1)</script>",
    "canari\" onmouseover=\"alert(1)",
    "canari'><img src=x onerror=alert(1)>",
    "canari]]></script><svg onload=alert(1)>",
    "canari{{ 7*7 }}{% include 'shell.html' %}",
    "canari\u{2028}</textarea><b onclick=alert(1)>",
];

/// What a page must not hold, whatever was typed.
fn assert_tame(name: &str, page: &str) {
    for bad in ["<script>alert", "<img src=x", "<svg onload", "\" onmouseover=\"alert", "<b onclick", "canari49"] {
        assert!(!page.contains(bad), "{name}: {bad}");
    }
    assert!(page.contains("canari"), "{name} shows it");
}

#[test]
fn c11_what_is_typed_at_the_desk_runs_nowhere() {
    on_both(async |site| {
        for (n, payload) in HOSTILE.iter().enumerate() {
            let d = set_again(&site, &format!("hostile-{n}")).await;
            let item = d.add(&site, &format!("{payload} 1:00")).await;
            let fields = [
                ("version", "1"),
                ("title", payload),
                ("notes", payload),
                ("planned", "1"),
                ("link-title", payload),
                ("link-url", "https://a.example/?x='\"><b>"),
            ];
            assert_eq!(d.post(&site, &format!("/rundown/items/{item}/edit"), &fields).await.status, 303);
            for url in ["javascript:alert(1)", "data:text/html,x", "https://a b.example/"] {
                let bad = [("version", "2"), ("title", "t"), ("link-title", payload), ("link-url", url)];
                let answer = d.post(&site, &format!("/rundown/items/{item}/edit"), &bad).await;
                assert_eq!(answer.status, 422, "{url}");
                assert_tame("a refused item", &answer.text());
            }
            assert_eq!(d.post(&site, "/rundown/chapters", &[]).await.status, 303);
            desk::schedule(&site, &d.odile, d.draft.id, When::Now).await;
            let correction = [("langs", "fr"), ("text-fr", *payload), ("chapter", "0")];
            assert_eq!(d.post(&site, "/corrections", &correction).await.status, 303);
            let version = d.version(&site).await.to_string();
            d.post(&site, "/texts", &text_form(&version, payload, payload)).await;
            let now = d.version(&site).await;
            for path in ["/rundown", "/corrections", "", &format!("/history?from=1&to={now}")] {
                assert_tame(path, &d.page(&site, path).await);
            }
            let collided = text_form(&version, "Autre", "Autre");
            let page = site.post_as(&d.anselme, &format!("{}/texts", d.base), &collided).await;
            assert_eq!(page.status, 409);
            assert_tame("the collision", &page.text());
            assert_tame("the public page", &site.get(&format!("/fr/shows/hostile-{n}/le-pont")).await.text());
            let preview = [("text_lang", "fr"), ("title", "t"), ("notes_md", *payload), ("do", "preview")];
            let page = d.post(&site, "/texts", &preview).await;
            assert_eq!(page.status, 200);
            assert_tame("the preview", &page.text());
        }
        let d = set_again(&site, "forged").await;
        let forged = "mine={}&began=x&seen=1".to_owned();
        let stamp = site.app.csrf.stamp(&d.odile.session);
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", it::ORIGIN)];
        let body = Body::from(format!("csrf={stamp}&{forged}"));
        let answer =
            site.send(request("POST", &format!("{}/merge", d.base), Some(&d.odile.session), &headers, body)).await;
        assert_eq!(answer.status, 422, "a forged choice is no accident");
    });
}

#[test]
fn only_what_was_public_is_corrected_and_the_limit_holds() {
    on_one(On::Lite, &async |site: Site| {
        let d = set(&site).await;
        desk::schedule(&site, &d.odile, d.draft.id, When::Now).await;
        let ctx = site.app.ctx(d.odile.actor.clone());
        for n in 0..=100 {
            let draft =
                CorrectionDraft { texts: [("fr".to_owned(), format!("n° {n}"))].into(), ..CorrectionDraft::default() };
            let made = write_tx!(site.app.db, |tx| uc::correct(tx, &ctx, d.draft.id, draft.clone()).await);
            assert_eq!(made.is_ok(), n < 100, "{n}");
        }
    });
}

#[test]
fn pages_of_the_desk_read_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let d = set(&site).await;
        d.add(&site, "Le pont rouvre 3:30 https://archives.example/pont").await;
        d.add(&site, "Courrier 2:00").await;
        d.post(&site, "/rundown/target", &[("target", "15")]).await;
        d.post(&site, "/rundown/chapters", &[]).await;
        let collided = collision(&site, &d).await.text();
        insta::assert_snapshot!("desk_collide_fr", redact(&collided));
        let english = collision_in_english(&site, &d).await;
        insta::assert_snapshot!("desk_collide_en", redact(&english));
        for lang in Lang::ALL {
            let base = d.base.replace("/fr/", &format!("/{}/", lang.code()));
            let now = d.version(&site).await;
            for (name, path) in [("rundown", "/rundown".to_owned()), ("history", format!("/history?from=1&to={now}"))] {
                let page = site.get_as(&d.odile, &format!("{base}{path}")).await.text();
                insta::assert_snapshot!(format!("desk_{name}_{}", lang.code()), redact(&page));
            }
        }
    });
}

async fn collision_in_english(site: &Site, d: &Desk) -> String {
    let began = d.version(site).await.to_string();
    let path = format!("{}/texts", d.base.replace("/fr/", "/en/"));
    assert_eq!(site.post_as(&d.anselme, &path, &text_form(&began, "Un", "Résumé")).await.status, 303);
    let answer = site.post_as(&d.odile, &path, &text_form(&began, "Deux", "Résumé")).await;
    assert_eq!(answer.status, 409);
    answer.text()
}
