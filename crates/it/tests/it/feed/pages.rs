//! The pages and the API of feeds as people meet them: what stands there and why, the choice of the order, what the answer
//! cites; and the two inputs of the gate.

use community::service::{follows, members};
use db::{Failure, read_tx, write_tx};
use it::{Site, desk, on_both, on_one};
use kernel::{At, Role, Subject, TokenScope, show_id};
use reach::Standing;
use testkit::On;

use super::{posted, somebody};

async fn follow(site: &Site, who: &super::Somebody, voice: i64) {
    let ctx = who.ctx(site);
    write_tx!(site.app.db, |tx| follows::follow(tx, &ctx, voice).await).expect("followed");
}

/// The order in which these words stand in a text.
fn order_of(text: &str, words: &[&str]) -> Vec<usize> {
    let mut at: Vec<(usize, usize)> =
        words.iter().enumerate().filter_map(|(n, word)| Some((text.find(word)?, n))).collect();
    at.sort_unstable();
    at.into_iter().map(|(_, n)| n).collect()
}

#[test]
fn a_feed_says_why_and_keeps_the_order_that_was_chosen() {
    on_both(async |site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let (reader, one, two) =
            (somebody(&site, "lectrice").await, somebody(&site, "premiere").await, somebody(&site, "seconde").await);
        let now = site.clock.now();
        write_tx!(site.app.db, |tx| {
            let kind = community::model::VoiceKind::Show;
            members::ensure_voice(tx, kind, show.id, editor.org, &show.slug, now).await
        })
        .expect("a voice");
        let empty = site.get_as(&reader.person, "/fr/feed").await;
        assert!(empty.text().contains("Votre fil est vide") && empty.text().contains("Les Pentes"), "{}", empty.text());
        for voice in [one.voice, two.voice, show.id] {
            follow(&site, &reader, voice).await;
        }
        for (who, body) in [(&one, "PREMIER"), (&two, "DEUXIEME"), (&one, "TROISIEME"), (&one, "QUATRIEME")] {
            posted(&site, who, body).await;
            site.clock.advance(60);
        }
        desk::published(&site, &editor, &show, "Le pont").await;
        let words = ["PREMIER", "DEUXIEME", "TROISIEME", "QUATRIEME", "Le pont"];
        let page = site.get_as(&reader.person, "/en/feed").await;
        assert_eq!(page.header("traboule-log-size"), site.app.log.measures().log_size().to_string());
        assert_eq!(page.header("cache-control"), "private, no-store");
        let text = page.text();
        assert_eq!(order_of(&text, &words), [4, 3, 2, 1, 0]);
        assert_eq!(text.matches("Why is this here?").count(), 5);
        for said in ["You have followed Nom de premiere since", "newest/1", "No measure is in force."] {
            assert!(text.contains(said), "{said}");
        }
        // For one page only, by the address; then kept.
        let turned = site.get_as(&reader.person, "/en/feed?order=turns").await.text();
        assert_eq!(order_of(&turned, &words), [4, 3, 1, 2, 0]);
        assert_eq!(order_of(&site.get_as(&reader.person, "/en/feed").await.text(), &words), [4, 3, 2, 1, 0]);
        let kept = site.post_as(&reader.person, "/en/feed/order", &[("order", "turns")]).await;
        assert_eq!((kept.status.as_u16(), kept.header("location").as_str()), (303, "/en/feed?said=order"));
        let turned = site.get_as(&reader.person, "/en/feed?said=order").await.text();
        assert_eq!(order_of(&turned, &words), [4, 3, 1, 2, 0]);
        assert!(turned.contains("Your feed now stands in the order “Each voice in turn”."));
        let plain = site.get_as(&reader.person, "/en/feed?order=newest").await.text();
        assert_eq!(order_of(&plain, &words), [4, 3, 2, 1, 0], "the switch is honoured for each request");
        let odd = site.post_as(&reader.person, "/en/feed/order", &[("order", "clever")]).await;
        assert_eq!(odd.status, 422);
        // What is new since the last look.
        let seen = text.split("/en/feed?seen=").nth(1).and_then(|rest| rest.split('"').next()).expect("a way to look");
        let again = site.get_as(&reader.person, &format!("/en/feed?order=newest&seen={seen}")).await.text();
        assert!(again.contains("Nothing new since you last looked."));
        site.clock.advance(60);
        posted(&site, &two, "CINQUIEME").await;
        let again = site.get_as(&reader.person, &format!("/en/feed?order=newest&seen={seen}")).await.text();
        assert!(again.contains("One thing is new") && again.contains("You have seen what follows."));
    });
}

#[test]
fn following_an_organisation_brings_its_shows() {
    on_both(async |site| {
        let editor = site.person("pentes", "editor@pentes.example", Role::Editor).await;
        let (one, two) = (desk::show(&site, &editor, "un").await, desk::show(&site, &editor, "deux").await);
        let reader = somebody(&site, "lectrice").await;
        desk::published(&site, &editor, &one, "Le bac").await;
        site.clock.advance(60);
        let org = show_id("og", editor.org.0);
        let act = async |id: &str, verb: &str| {
            let done = site.post_as(&reader.person, &format!("/en/voices/{id}/{verb}"), &[]).await;
            assert_eq!(done.status, 303, "{verb} {id}");
        };
        act(&org, "follow").await;
        let page = site.get_as(&reader.person, "/en/feed").await.text();
        assert!(page.contains("Le bac"), "{page}");
        assert!(page.contains("You have followed pentes since") && page.contains("is one of its shows."), "{page}");
        assert!(!page.contains("Shows to follow"), "what comes already is not proposed: {page}");
        // Also what comes later, of a show that is made later, and what a show says.
        let later = desk::show(&site, &editor, "trois").await;
        desk::published(&site, &editor, &later, "La passerelle").await;
        site.clock.advance(60);
        let ctx = site.app.ctx(editor.actor.clone());
        write_tx!(site.app.db, |tx| {
            let kind = community::model::VoiceKind::Show;
            members::ensure_voice(tx, kind, two.id, editor.org, &two.slug, ctx.now).await?;
            let draft = community::rules::post::Draft {
                body: "Demain à la gare".to_owned(),
                lang: "fr".to_owned(),
                ..community::rules::post::Draft::default()
            };
            community::service::posts::post(tx, &ctx, two.id, community::model::PostKind::Post, &draft).await
        })
        .expect("posted");
        let words = ["Le bac", "La passerelle", "Demain à la gare"];
        let page = site.get_as(&reader.person, "/en/feed").await.text();
        assert_eq!(order_of(&page, &words), [2, 1, 0]);
        // Followed as well, each stands once; what is muted stays away, and a muted organisation brings nothing.
        let show = |id: i64| show_id("sh", id);
        act(&show(one.id), "follow").await;
        let page = site.get_as(&reader.person, "/en/feed").await.text();
        assert_eq!((page.matches("Why is this here?").count(), page.matches("is one of its shows.").count()), (3, 2));
        act(&show(two.id), "mute").await;
        let page = site.get_as(&reader.person, "/en/feed").await.text();
        assert_eq!(order_of(&page, &words), [1, 0]);
        act(&org, "mute").await;
        let page = site.get_as(&reader.person, "/en/feed").await.text();
        assert_eq!(order_of(&page, &words), [0]);
    });
}

#[test]
fn explore_and_tags_are_kept_and_go_stale_with_each_post() {
    on_both(async |site| {
        let one = somebody(&site, "premiere").await;
        assert!(site.get("/fr/explore").await.text().contains("Personne n’a encore rien dit"));
        assert!(site.get("/fr/tags/pont").await.text().contains("Rien ne porte ce mot-clé"));
        posted(&site, &one, "Bonjour du #Pont").await;
        for path in [
            "/fr/explore",
            "/fr/tags/pont",
            "/fr/tags/PONT",
            "/feeds/tags/pont.fr.xml",
            "/feeds/members/premiere.en.xml",
        ] {
            let page = site.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.text().contains("Bonjour du"), "{path}");
            assert_eq!(page.header("traboule-log-size"), site.app.log.measures().log_size().to_string(), "{path}");
        }
        let size = site.app.log.measures().log_size().to_string();
        for path in ["/fr/", "/fr/search?q=pont"] {
            assert_eq!(site.get(path).await.header("traboule-log-size"), size, "{path}");
        }
        let rss = site.get("/feeds/tags/pont.fr.xml").await;
        assert!(rss.header("content-type").starts_with("application/rss+xml"));
        posted(&site, &one, "Encore le #pont").await;
        for path in ["/fr/explore", "/fr/tags/pont", "/feeds/tags/pont.fr.xml"] {
            assert!(site.get(path).await.text().contains("Encore le"), "{path}: the very next request");
        }
    });
}

#[test]
fn a_decision_holds_at_once_and_only_where_it_says() {
    on_both(async |site| {
        let (reader, one) = (somebody(&site, "lectrice").await, somebody(&site, "premiere").await);
        follow(&site, &reader, one.voice).await;
        let id = posted(&site, &one, "PREMIER au #pont").await;
        let shown = async |path: &str| site.get(path).await.text().contains("PREMIER");
        assert!(shown("/fr/explore").await && shown("/fr/tags/pont").await);
        let set = async |standing, label: Option<&str>| {
            let label = label.map(str::to_owned);
            write_tx!(site.app.db, |tx| {
                let time = (At::from_micros(0), None);
                Ok(reach::set(tx, one.person.org, Subject::post(id), standing, label.as_deref(), time).await?)
            })
            .expect("set");
        };
        let lift = async |standing| {
            write_tx!(site.app.db, |tx| Ok(reach::lift(tx, one.person.org, Subject::post(id), standing).await?))
                .expect("lifted");
        };
        set(Standing::Limited, None).await;
        assert!(
            !shown("/fr/explore").await && !shown("/fr/tags/pont").await && !shown("/feeds/tags/pont.fr.xml").await
        );
        assert!(site.get_as(&reader.person, "/fr/feed").await.text().contains("PREMIER"), "followers still read it");
        set(Standing::Removed, None).await;
        assert!(!site.get_as(&reader.person, "/fr/feed").await.text().contains("PREMIER"));
        lift(Standing::Removed).await;
        lift(Standing::Limited).await;
        set(Standing::Labelled, Some("Contexte : pont provisoire")).await;
        let feed = site.get_as(&reader.person, "/fr/feed").await.text();
        assert!(feed.contains("Contexte : pont provisoire") && shown("/fr/explore").await);
    });
}

/// Everything about a feed that does not come from a post, a follow or the log.
async fn unsettle(site: &Site) {
    let wiped: Result<(), Failure> = write_tx!(site.app.db, |tx| {
        for sql in [
            "DELETE FROM community_notification",
            "UPDATE community_voice SET newest_at = 0",
            "UPDATE community_voice SET followers = 0",
            "DELETE FROM community_settings",
            "DELETE FROM db_topic",
        ] {
            tx.run(sql, Vec::new()).await?;
        }
        Ok(())
    });
    wiped.expect("unsettled");
}

/// I1: what other tables say changes no list. I2: each answer cites the log it obeyed.
#[test]
fn i1_i2_only_the_log_and_standings_reach_a_feed() {
    on_both(async |site| {
        let (reader, one) = (somebody(&site, "lectrice").await, somebody(&site, "premiere").await);
        follow(&site, &reader, one.voice).await;
        for n in 0..5 {
            posted(&site, &one, &format!("MOT{n}")).await;
            site.clock.advance(1);
        }
        let entries = async || {
            let page = site.get_as(&reader.person, "/api/v1/feed").await;
            (page.json()["entries"].clone(), page.header("traboule-log-size"), page.json()["log_size"].to_string())
        };
        let (before, cited, in_body) = entries().await;
        assert_eq!(before.as_array().map(Vec::len), Some(5));
        assert_eq!(cited, in_body);
        unsettle(&site).await;
        let (after, ..) = entries().await;
        assert_eq!(before, after);
        // The log grows: the next answer cites the new size, and the order's definitions stand there.
        assert_eq!(traboule::orders::define(&site.app).await.expect("defined"), 2);
        assert_eq!(traboule::orders::define(&site.app).await.expect("defined"), 0, "those that wait are asked for");
        while traboule::log::beat(&site.app, site.clock.now()).await.expect("a beat") {}
        assert_eq!(traboule::orders::define(&site.app).await.expect("defined"), 0, "each stands there once");
        let (after, cited, in_body) = entries().await;
        assert_eq!((&before, &cited), (&after, &in_body));
        assert_eq!(cited, site.app.log.measures().log_size().to_string());
        let defined = read_tx!(site.app.db, |tx| traboule::orders::defined(tx).await).expect("read");
        let page = site.get("/fr/order").await.text();
        for (index, ..) in defined {
            assert!(page.contains(&format!("/fr/log/{index}")), "{index}");
        }
    });
}

#[test]
fn the_api_gives_a_feed_to_its_member_alone() {
    on_one(On::Lite, &async |site: Site| {
        let (reader, one) = (somebody(&site, "lectrice").await, somebody(&site, "premiere").await);
        follow(&site, &reader, one.voice).await;
        for n in 0..25 {
            posted(&site, &one, &format!("Mot {n}")).await;
            site.clock.advance(1);
        }
        let ctx = site.app.ctx(reader.person.actor.clone());
        let token = write_tx!(site.app.db, |tx| {
            let org = reader.person.org;
            accounts::service::create_token(tx, &ctx, org, "test", &[TokenScope::Read], 1).await
        });
        let token = token.expect("a token").secret;
        assert_eq!(site.get("/api/v1/feed").await.json()["code"], "token-needed");
        let page = site.api(&token, "GET", "/api/v1/feed", "").await.json();
        let entries = page["entries"].as_array().expect("entries").clone();
        assert_eq!((entries.len(), &page["order"]), (20, &"newest/1".into()));
        assert_eq!(entries[0]["text"], "Mot 24");
        assert_eq!(entries[0]["voice"]["handle"], "premiere");
        assert!(entries[0]["follows_since"].is_string() && entries[0]["label"].is_null());
        let next = page["next"].as_str().expect("a next page");
        let rest = site.api(&token, "GET", &format!("/api/v1/feed?after={next}&order=turns"), "").await.json();
        assert_eq!((rest["entries"].as_array().map(Vec::len), &rest["next"]), (Some(5), &serde_json::Value::Null));
        assert_eq!(rest["order"], "turns/1");
        let odd = site.api(&token, "GET", "/api/v1/feed?order=clever", "").await;
        assert_eq!((odd.status.as_u16(), odd.json()["code"].as_str()), (422, Some("order-unknown")));
        let id = entries[0]["id"].as_str().expect("an id");
        assert!(id.starts_with("po_") && entries[0]["url"].as_str().is_some_and(|url| url.ends_with(id)));
        assert_eq!(show_id("po", 1).len(), id.len());
    });
}

#[test]
fn the_pages_of_feeds_look_as_reviewed() {
    on_one(On::Lite, &async |site: Site| {
        let (reader, one) = (somebody(&site, "lectrice").await, somebody(&site, "premiere").await);
        follow(&site, &reader, one.voice).await;
        posted(&site, &one, "Bonjour du #pont").await;
        for lang in ["fr", "en"] {
            for (name, path) in [("feed", "feed"), ("explore", "explore"), ("tag", "tags/pont"), ("order", "order")] {
                let page = site.get_as(&reader.person, &format!("/{lang}/{path}")).await;
                assert_eq!(page.status, 200, "{path}");
                assert!(!page.text().contains('⟨'), "{path}: a sentence is missing");
                insta::assert_snapshot!(format!("feeds_{name}_{lang}"), crate::pages::redact(&page.text()));
            }
        }
    });
}
