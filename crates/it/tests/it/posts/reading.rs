//! Reading: the page and what machines read of it, comments under it, who hears of what, people who do not see each other.

use community::model::Happening;
use community::service::{follows, notify};
use db::{read_tx, write_tx};
use it::{Person, Site, on_both, on_one};
use kernel::{Subject, show_id};
use testkit::On;

use super::{member, passing, path, posted};

#[test]
fn the_page_says_what_it_is_to_people_and_machines() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile <F.>").await;
        let body =
            "Voir https://www.a.example/tres/long/chemin/qui/ne/finit/jamais <b>ici</b>\n\n#Été @odile @personne";
        let id = posted(&site, &who, &me, body).await;
        let page = site.get(&path(id)).await;
        assert_eq!((page.status.as_u16(), page.header("cache-control").as_str()), (200, "public, no-cache"));
        let text = page.text();
        for part in [
            "href=\"https://www.a.example/tres/long/chemin/qui/ne/finit/jamais\" rel=\"ugc nofollow noopener\"",
            "&lt;b&gt;ici&lt;/b&gt;</p><p>",
            "<a href=\"/fr/tags/ete\" rel=\"tag\">#Été</a>",
            "<a href=\"/fr/members/odile\">@odile</a> @personne",
            "Odile &lt;F.&gt;",
            "property=\"og:type\" content=\"article\"",
            "\"@type\":\"SocialMediaPosting\"",
            "action=\"/fr/posts/",
            "id=\"write\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        let canonical = format!("<link rel=\"canonical\" href=\"https://site.example{}\">", path(id));
        assert!(text.contains(&canonical), "{canonical}");
        // The text is the same in both: the English page points to the French one, and names no translation.
        let english = site.get(&path(id).replace("/fr/", "/en/")).await.text();
        assert!(english.contains(&canonical) && english.contains("lang=\"fr\""), "{english}");
        assert!(!english.contains("rel=\"alternate\" hreflang"));
        assert!(!text.contains("/edit\""), "a visitor has nothing to edit");
        let own = site.get_as(&who, &path(id)).await;
        assert_eq!(own.header("cache-control"), "private, no-store");
        assert!(own.text().contains(&format!("{}/edit", path(id))));
        for missing in ["/fr/posts/po_0000000000000", "/fr/posts/x", "/xx/posts/new"] {
            assert_eq!(site.get(missing).await.status, 404, "{missing}");
        }
    });
}

/// What a member was told, newest first.
async fn told(site: &Site, who: &Person) -> Vec<(Happening, Option<Subject>)> {
    let (list, _) = read_tx!(site.app.db, |tx| notify::notifications(tx, &who.actor, None).await).expect("a list");
    list.into_iter().map(|n| (n.kind, n.about)).collect()
}

#[test]
fn people_comment_under_a_post_as_under_an_episode_and_its_author_hears() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let (other, _) = member(&site, "titouan", "Titouan").await;
        let id = posted(&site, &who, &me, "Le pont est rouvert.").await;
        let form = format!("{}/comments", path(id));
        let before = site.get(&path(id)).await.text();
        assert!(before.contains(&format!("action=\"{form}\"")), "{before}");
        let stamp = crate::comments::stamp(&site).await;
        let fields = [
            ("body", "Enfin !"),
            ("name", "Solveig M."),
            ("email", "solveig@lecteurs.example"),
            ("stamp", stamp.as_str()),
        ];
        let own = crate::comments::own_page(&site.post(&form, &fields).await);
        let page = site.get(&own).await.text();
        assert!(page.contains("En attente") && page.contains("Odile F."), "{page}");
        assert!(!site.get(&path(id)).await.text().contains("Enfin"), "a first comment waits");
        // The team's moderators find it in their queue.
        let moderator = site.person("public", "mod@public.example", kernel::Role::Moderator).await;
        let queue = site.get_as(&moderator, "/fr/studio/comments").await.text();
        assert!(queue.contains("Enfin") && queue.contains("Odile F.") && queue.contains(&path(id)), "{queue}");
        let ctx = site.app.ctx(moderator.actor.clone());
        let waiting = read_tx!(site.app.db, |tx| {
            community::service::queue(
                tx,
                &ctx,
                &site.app.sealer,
                moderator.org,
                &community::service::QueueAsk::default(),
            )
            .await
        })
        .expect("a queue");
        let comment = waiting.items[0].comment.id;
        let approve = community::rules::moderate::Verb::Approve;
        write_tx!(site.app.db, |tx| community::service::act_on(tx, &ctx, moderator.org, &[comment], approve).await)
            .expect("approved");
        site.work().await;
        let page = site.get(&path(id)).await.text();
        assert!(page.contains("Enfin !") || page.contains("Enfin\u{202f}!"), "the kept page is stale: {page}");
        assert!(page.contains("\"commentCount\":1"));
        let feed = site.get(&format!("/feeds/comments/{}.xml", show_id("po", id))).await;
        assert!(feed.status == 200 && feed.text().contains("Solveig M."), "{}", feed.text());
        assert_eq!(told(&site, &who).await, [(Happening::Comment, Some(Subject::post(id)))]);
        // A member answers; the guest has no place to be told, the author has.
        let stamp = crate::comments::stamp(&site).await;
        let parent = show_id("co", comment);
        let fields = [("body", "Merci."), ("parent", parent.as_str()), ("stamp", stamp.as_str())];
        site.post_as(&other, &form, &fields).await;
        write_tx!(site.app.db, |tx| {
            let all = community::service::queue(
                tx,
                &ctx,
                &site.app.sealer,
                moderator.org,
                &community::service::QueueAsk::default(),
            )
            .await?;
            let held: Vec<i64> =
                all.items.iter().filter(|i| i.comment.body == "Merci.").map(|i| i.comment.id).collect();
            community::service::act_on(tx, &ctx, moderator.org, &held, approve).await
        })
        .expect("approved");
        site.work().await;
        assert_eq!(told(&site, &who).await.len(), 2);
        let all = site.get(&form).await;
        assert!(all.status == 200 && all.text().contains("Merci.") && all.text().contains("Retour à la publication"));
    });
}

#[test]
fn who_blocked_somebody_sees_neither_their_posts_nor_their_comments() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let (other, them) = member(&site, "titouan", "Titouan").await;
        let (third, theirs) = member(&site, "nour", "Nour").await;
        let (mine, seen) =
            (posted(&site, &who, &me, "Le mien").await, posted(&site, &third, &theirs, "Celui de Nour").await);
        passing(&site, &other, &them, "zqcitation de Titouan", Some(seen)).await;
        let said = community::model::NewComment {
            org: other.org,
            subject: Subject::post(seen),
            subject_since: site.app.now(),
            parent: None,
            writer: community::model::Writer::Member { person: other.id, name: "Titouan".to_owned(), team: true },
            body: "zqcommentaire de Titouan".to_owned(),
            network: String::new(),
        };
        let ctx = site.app.ctx(other.actor.clone());
        write_tx!(site.app.db, |tx| community::service::say(tx, &ctx, &site.app.sealer, said.clone()).await)
            .expect("said");
        let page = site.get_as(&who, &path(seen)).await.text();
        assert!(page.contains("zqcitation") && page.contains("zqcommentaire"), "{page}");
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| follows::block(tx, &ctx, them.id).await).expect("blocked");
        for (reader, hidden) in [(&who, "zq"), (&other, "Le mien")] {
            for path in [path(seen), format!("{}/comments", path(seen)), path(mine)] {
                let page = site.get_as(reader, &path).await.text();
                if reader.id == who.id || path.contains(&show_id("po", mine)) {
                    assert!(!page.contains(hidden), "{path}: {page}");
                }
            }
        }
        assert_eq!(site.get_as(&other, &path(mine)).await.status, 404);
        assert_eq!(site.post_as(&other, &format!("{}/comments", path(mine)), &[("body", "x")]).await.status, 404);
        assert_eq!(site.get(&path(mine)).await.status, 200, "everybody else sees it");
        assert!(site.get(&path(seen)).await.text().contains("zqcommentaire"));
    });
}

#[test]
fn pages_of_posts_are_as_they_were() {
    on_one(On::Lite, &async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let (other, them) = member(&site, "titouan", "Titouan").await;
        let id = posted(&site, &who, &me, "Le pont est rouvert.\nVoir https://a.example/pont #Lyon").await;
        let quote = passing(&site, &other, &them, "Enfin.", Some(id)).await;
        let main = |text: String| {
            let main = text.split_once("<main").expect("main").1.split_once("</main>").expect("its end").0.to_owned();
            let main = main.replace(&show_id("po", id), "[post]").replace(&show_id("po", quote), "[quote]");
            crate::pages::redact(&main)
        };
        for lang in ["fr", "en"] {
            let page = site.get(&path(id).replace("/fr/", &format!("/{lang}/"))).await.text();
            insta::assert_snapshot!(format!("post_{lang}"), main(page));
            let form = site.get_as(&who, &format!("/{lang}/posts/new?of={}", show_id("po", id))).await.text();
            let key = super::hidden(&form, "key").remove(0);
            insta::assert_snapshot!(format!("post_new_{lang}"), main(form.replace(&key, "[key]")));
        }
    });
}

/// What is quoted from somebody muted says so and leads there; from somebody blocked it says nothing of them.
#[test]
fn a_quote_of_somebody_muted_says_so_and_of_somebody_blocked_nothing() {
    on_both(async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        let (loud, noisy) = member(&site, "bruno", "Bruno Q.").await;
        let (third, carole) = member(&site, "carole", "Carole M.").await;
        let quoted = posted(&site, &loud, &noisy, "Un mot bruyant").await;
        let quote = passing(&site, &third, &carole, "Je cite", Some(quoted)).await;
        let reads = async || site.get_as(&who, &path(quote)).await.text();
        assert!(reads().await.contains("Un mot bruyant"));
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| follows::mute(tx, &ctx, noisy.id).await).expect("muted");
        let page = reads().await;
        assert!(!page.contains("Un mot bruyant") && !page.contains("Bruno Q."), "{page}");
        let shown = format!("Cela vient de quelqu’un que vous avez masqué. <a href=\"{}\">Afficher</a>", path(quoted));
        assert!(page.contains(&shown), "{page}");
        assert!(site.get_as(&who, &path(quoted)).await.text().contains("Un mot bruyant"), "the link shows it");
        assert!(site.get(&path(quote)).await.text().contains("Un mot bruyant"), "everybody else reads it");
        write_tx!(site.app.db, |tx| follows::block(tx, &ctx, noisy.id).await).expect("blocked");
        let page = reads().await;
        assert!(page.contains("Ce qui était cité n’est plus là."), "{page}");
        for word in ["Un mot bruyant", "Bruno Q.", "masqué", "bruno", "Afficher"] {
            assert!(!page.contains(word), "{word}: {page}");
        }
    });
}
