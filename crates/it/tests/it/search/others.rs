//! Searching posts and people: what is found and in which order, that the index is what is stored whatever happens, and that
//! nothing is found which its viewer may not see.

use community::model::{Image, PostKind};
use community::rules::post::Draft;
use community::service::members::{self, Profile};
use community::service::{follows, posts, search as uc};
use db::{args, read_tx, write_tx};
use it::{Site, desk, on_both};
use kernel::{OrgId, Role, Subject};
use reach::Standing;

use crate::feed::{Somebody, posted, somebody};

async fn drift(site: &Site) -> (usize, usize, usize) {
    read_tx!(site.app.db, |tx| uc::drift(tx).await).expect("compared")
}

/// The words of the posts an address finds, in order, without marks.
async fn found(site: &Site, who: Option<&Somebody>, asked: &str) -> String {
    let path = format!("/fr/search?in=posts&q={asked}");
    let answer = match who {
        Some(who) => site.get_as(&who.person, &path).await,
        None => site.get(&path).await,
    };
    assert_eq!(answer.status, 200, "{path}");
    assert!(!answer.header("traboule-log-size").is_empty());
    let text = answer.text();
    let words = ["BATEAU", "ECLUSE", "PONTON"].into_iter().filter_map(|w| Some((text.find(w)?, w)));
    let mut words: Vec<(usize, &str)> = words.collect();
    words.sort_unstable();
    words.into_iter().map(|(_, w)| &w[..1]).collect()
}

async fn called(site: &Site, asked: &str) -> Vec<String> {
    let answer = site.get(&format!("/api/v1/search/people?lang=fr&q={asked}")).await.json();
    let list = answer["people"].as_array().expect("people").clone();
    list.iter().map(|p| p["handle"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn posts_are_found_by_their_words_and_the_index_follows_every_change() {
    on_both(async |site| {
        let (alice, bruno) = (somebody(&site, "alice").await, somebody(&site, "bruno").await);
        let first = posted(&site, &alice, "Le BATEAU passe sous l’ÉCLUSE d’été #rive").await;
        site.clock.advance(60);
        let image = Image {
            sha256: kernel::sha256_hex(b"p"),
            small_sha256: kernel::sha256_hex(b"s"),
            media_type: "image/jpeg".to_owned(),
            width: 10,
            height: 10,
            alt: "Un PONTON de bois".to_owned(),
        };
        let draft =
            Draft { body: "Regardez".to_owned(), lang: "fr".to_owned(), images: vec![image], ..Draft::default() };
        let ctx = bruno.ctx(&site);
        let made = write_tx!(site.app.db, |tx| posts::post(tx, &ctx, bruno.voice, PostKind::Post, &draft).await);
        let second = made.expect("posted").id;
        assert_eq!(drift(&site).await, (4, 0, 0), "two posts, two members");
        for typed in ["bateau", "ecluse%20ete", "%22sous%20l%27ecluse%22", "bateau%20-canal", "rive"] {
            assert_eq!(found(&site, None, typed).await, "B", "{typed}");
        }
        assert_eq!(found(&site, None, "ponton").await, "P", "what is said of a picture");
        for typed in ["bateau%20-rive", "%22ecluse%20bateau%22", "canal"] {
            assert_eq!(found(&site, None, typed).await, "", "{typed}");
        }
        // An edit, a decision, its end, a moderator, a deletion.
        let ctx = alice.ctx(&site);
        write_tx!(site.app.db, |tx| posts::edit(tx, &ctx, first, 1, "Une ECLUSE sans rien", &[]).await)
            .expect("edited");
        assert_eq!(
            (found(&site, None, "bateau").await.as_str(), found(&site, None, "ecluse").await.as_str()),
            ("", "E")
        );
        let (subject, org, now) = (Subject::post(first), alice.person.org, site.app.now());
        let set = async |standing: Standing, label: Option<&'static str>| {
            write_tx!(site.app.db, |tx| Ok(reach::set(tx, org, subject, standing, label, (now, None)).await?))
                .expect("set");
        };
        set(Standing::Labelled, Some("context")).await;
        let page = site.get("/fr/search?in=posts&q=ecluse").await.text();
        assert!(page.contains("Une décision demande de lire ceci avec son contexte."));
        set(Standing::Limited, None).await;
        assert_eq!(found(&site, None, "ecluse").await, "", "limited");
        write_tx!(site.app.db, |tx| Ok(reach::lift(tx, org, subject, Standing::Limited).await?)).expect("lifted");
        assert_eq!(found(&site, None, "ecluse").await, "E");
        let system = site.system();
        write_tx!(site.app.db, |tx| posts::moderate(tx, &system, first, true).await).expect("removed");
        assert_eq!(found(&site, None, "ecluse").await, "", "removed");
        write_tx!(site.app.db, |tx| posts::moderate(tx, &system, first, false).await).expect("given back");
        assert_eq!(found(&site, None, "ecluse").await, "E");
        let ctx = bruno.ctx(&site);
        write_tx!(site.app.db, |tx| posts::delete(tx, &ctx, second).await).expect("deleted");
        assert_eq!(found(&site, None, "ponton").await, "", "deleted");
        assert_eq!(drift(&site).await, (3, 0, 0));
        // Whoever is blocked does not find, whoever mutes does not see.
        write_tx!(site.app.db, |tx| follows::mute(tx, &ctx, alice.voice).await).expect("muted");
        assert_eq!(found(&site, Some(&bruno), "ecluse").await, "");
        assert_eq!(called(&site, "alice").await, ["alice"]);
        let left = community::service::members::erase_member;
        let ctx = alice.ctx(&site);
        write_tx!(site.app.db, |tx| left(tx, &ctx, alice.person.id).await).expect("erased");
        assert_eq!(drift(&site).await, (1, 0, 0), "nothing of somebody who left");
        assert_eq!((found(&site, None, "ecluse").await.as_str(), called(&site, "alice").await.len()), ("", 0));
    });
}

#[test]
fn people_shows_and_organisations_are_found_by_what_they_are_called() {
    on_both(async |site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let (alice, bruno) = (somebody(&site, "alice").await, somebody(&site, "bruno").await);
        let made = async |kind, id: i64, org: OrgId, plain: &'static str| {
            let now = site.app.now();
            write_tx!(site.app.db, |tx| members::ensure_voice(tx, kind, id, org, plain, now).await).expect("a voice")
        };
        made(community::model::VoiceKind::Show, show.id, show.org, "les-pentes").await;
        let house = made(community::model::VoiceKind::Organisation, show.org.0, show.org, "agence").await;
        assert_eq!(called(&site, "slopes").await, ["les-pentes"], "in any language");
        assert!(called(&site, "pentes").await.contains(&"les-pentes".to_owned()));
        assert_eq!(called(&site, &house.handle).await, std::slice::from_ref(&house.handle));
        // The most followed first; a name, a handle, a line.
        let ctx = bruno.ctx(&site);
        write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, alice.voice).await).expect("followed");
        assert_eq!(called(&site, "nom").await, ["alice", "bruno"]);
        let profile = Profile {
            name: "Éloïse Dubois".to_owned(),
            handle: "eloise".to_owned(),
            about: "Charpentière à l’Écluse".to_owned(),
            ..Profile::default()
        };
        write_tx!(site.app.db, |tx| members::set_profile(tx, &ctx, &profile, 1).await).expect("changed");
        for typed in ["eloise", "dubois%20elo", "charpentiere", "ecluse"] {
            assert_eq!(called(&site, typed).await, ["eloise"], "{typed}");
        }
        assert_eq!(called(&site, "bruno").await.len(), 0, "a former handle is no name");
        let page = site.get("/fr/search?in=people&q=pentes").await.text();
        assert!(page.contains("@les-pentes") && page.contains("Émission") && page.contains("aria-current=\"page\""));
        // Blocked people do not find each other, others do.
        write_tx!(site.app.db, |tx| follows::block(tx, &ctx, alice.voice).await).expect("blocked");
        for (viewer, handle) in [(&alice, "eloise"), (&bruno, "alice")] {
            let page = site.get_as(&viewer.person, &format!("/fr/search?in=people&q={handle}")).await.text();
            assert!(!page.contains(&format!("<span class=\"dim\">@{handle}")), "{handle}");
        }
        assert_eq!(called(&site, "eloise").await, ["eloise"]);
    });
}

#[test]
fn pages_go_on_after_the_last_one_and_the_index_is_mended() {
    on_both(async |site| {
        let alice = somebody(&site, "alice").await;
        let mut made = Vec::new();
        for n in 0..45 {
            made.push(posted(&site, &alice, &format!("Bateau numéro n{n}")).await);
        }
        let (mut after, mut seen) = (String::new(), Vec::new());
        loop {
            let page = site.get(&format!("/api/v1/search/posts?q=bateau&after={after}")).await.json();
            let entries = page["entries"].as_array().expect("entries").clone();
            seen.extend(entries.iter().map(|e| e["text"].as_str().unwrap_or_default().to_owned()));
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
        let all: Vec<String> = (0..45).rev().map(|n| format!("Bateau numéro n{n}")).collect();
        assert_eq!(seen, all, "each once, the newest first");
        write_tx!(site.app.db, |tx| {
            tx.run("UPDATE community_post SET body = 'Canal' WHERE id = $1", args![made[0]]).await?;
            tx.run("DELETE FROM community_search WHERE subject_id = $1", args![made[1]]).await?;
            Ok(tx.run("UPDATE community_post SET state = 'deleted' WHERE id = $1", args![made[2]]).await?)
        })
        .expect("changed behind its back");
        assert_eq!(drift(&site).await, (45, 2, 1));
        site.app.heal_index().await.expect("mended");
        assert_eq!(drift(&site).await, (45, 0, 0));
        let odd = site.get("/fr/search?in=posts&q=%22%27%29%20OR%201%20--&after=x.y").await;
        assert_eq!(odd.status, 200);
    });
}

#[test]
fn the_map_has_what_shows_post_and_nothing_of_people() {
    on_both(async |site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let alice = somebody(&site, "alice").await;
        let own = posted(&site, &alice, "De moi").await;
        assert!(!site.get("/sitemap.xml").await.text().contains("/sitemaps/posts.xml"));
        let (now, ctx) = (site.app.now(), site.app.ctx(editor.actor.clone()));
        let draft = Draft { body: "From the show".to_owned(), lang: "en".to_owned(), ..Draft::default() };
        let made = write_tx!(site.app.db, |tx| {
            let kind = community::model::VoiceKind::Show;
            members::ensure_voice(tx, kind, show.id, show.org, "les-pentes", now).await?;
            posts::post(tx, &ctx, show.id, PostKind::Post, &draft).await
        });
        let id = kernel::show_id(community::model::POST_PREFIX, made.expect("posted").id);
        assert!(site.get("/sitemap.xml").await.text().contains("/sitemaps/posts.xml"));
        let map = site.get("/sitemaps/posts.xml").await.text();
        assert!(map.contains(&format!("/en/posts/{id}</loc>")), "{map}");
        assert!(!map.contains(&kernel::show_id(community::model::POST_PREFIX, own)) && !map.contains("alice"));
        let subject = Subject::post(kernel::parse_id(community::model::POST_PREFIX, &id).expect("an id"));
        write_tx!(site.app.db, |tx| {
            Ok(reach::set(tx, show.org, subject, Standing::Limited, None, (now, None)).await?)
        })
        .expect("limited");
        assert!(!site.get("/sitemaps/posts.xml").await.text().contains(&id));
    });
}
