//! After it was written: edited with a history, deleted with a line left, passed on and not, taken away and given back.

use community::model::{Happening, PostState};
use community::service::{notify, shown};
use db::read_tx;
use it::{Site, on_both, on_one};
use kernel::{Role, show_id};
use testkit::On;

use super::{addresses, hidden, led_to, member, passing, path, photo, posted, send};

#[test]
fn an_edit_keeps_what_was_said_before_and_a_late_one_keeps_what_was_typed() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let id = posted(&site, &who, &me, "Le pont est <fermé>.").await;
        let edit = format!("{}/edit", path(id));
        let form = site.get_as(&who, &edit).await.text();
        assert!(form.contains("Le pont est &lt;fermé&gt;.</textarea>"), "{form}");
        let version = hidden(&form, "version").remove(0);
        site.clock.advance(60);
        let fields = [("version", version.as_str()), ("body", "Le pont est rouvert."), ("act", "post")];
        assert_eq!(led_to(&send(&site, &who, &edit, &fields, &[]).await), id);
        let page = site.get(&path(id)).await.text();
        assert!(page.contains("rouvert") && page.contains("modifiée") && !page.contains("fermé"), "{page}");
        let history = site.get(&format!("{}/history", path(id))).await.text();
        assert!(history.contains("Le pont est &lt;fermé&gt;.") && history.contains("rouvert"), "{history}");
        assert!(history.contains("noindex"));
        let late = [("version", version.as_str()), ("body", "Mon autre idée"), ("act", "post")];
        let refused = send(&site, &who, &edit, &late, &[]).await;
        let text = refused.text();
        assert_eq!(refused.status, 409);
        assert!(text.contains("Mon autre idée</textarea>") && text.contains("Le pont est rouvert."), "{text}");
        assert_ne!(hidden(&text, "version")[0], version, "the next try is against what it says now");
        let (other, _) = member(&site, "titouan", "Titouan").await;
        assert_eq!(site.get_as(&other, &edit).await.status, 403, "of the same house");
        let stranger = site.person("ailleurs", "a@ailleurs.example", Role::Owner).await;
        assert_eq!(site.get_as(&stranger, &edit).await.status, 404);
        let empty = [("version", "2"), ("body", " "), ("act", "post")];
        assert_eq!(send(&site, &who, &edit, &empty, &[]).await.status, 422);
    });
}

#[test]
fn a_deleted_post_leaves_a_line_and_nothing_else() {
    on_both(async |site: Site| {
        let (who, _) = member(&site, "odile", "Odile F.").await;
        let (other, them) = member(&site, "titouan", "Titouan").await;
        let picture = photo();
        let added = [("key", "k1"), ("voice", "me"), ("body", "zqsecret"), ("act", "add")];
        let text = send(&site, &who, "/fr/posts/new", &added, &[&picture]).await.text();
        let token = hidden(&text, "image").remove(0);
        let fields = [
            ("key", "k1"),
            ("voice", "me"),
            ("body", "zqsecret @titouan #zqmot"),
            ("image", token.as_str()),
            ("alt0", "zqimage"),
            ("act", "post"),
        ];
        let id = led_to(&send(&site, &who, "/fr/posts/new", &fields, &[]).await);
        let quote = passing(&site, &other, &them, "Lisez ceci", Some(id)).await;
        let files = addresses(&site.get(&path(id)).await.text(), "/media/posts/");
        assert!(!files.is_empty() && site.get(&path(quote)).await.text().contains("zqsecret"));
        let blobs = read_tx!(site.app.db, |tx| shown::named_blobs(tx).await).expect("names");
        let delete = format!("{}/delete", path(id));
        assert_eq!(site.post_as(&other, &delete, &[]).await.status, 403);
        let sure = site.get_as(&who, &delete).await.text();
        assert!(sure.contains("C’est définitif") && sure.contains("zqsecret"));
        let gone = site.post_as(&who, &delete, &[]).await;
        assert_eq!((gone.status.as_u16(), gone.header("location").as_str()), (303, "/fr/posts/mine?said=deleted"));
        for reader in [None, Some(&who), Some(&other)] {
            for (address, status) in [
                (path(id), 410),
                (format!("{}/history", path(id)), 404),
                (format!("{}/comments", path(id)), 404),
                (format!("{}/edit", path(id)), 404),
                (format!("/feeds/comments/{}.xml", show_id("po", id)), 404),
                (format!("/api/v1/posts/{}", show_id("po", id)), 404),
                (path(quote), 200),
            ] {
                let answer = match reader {
                    Some(reader) => site.get_as(reader, &address).await,
                    None => site.get(&address).await,
                };
                let page = answer.text();
                let signed_out_form = reader.is_none() && address.ends_with("/edit");
                assert_eq!(answer.status.as_u16(), if signed_out_form { 303 } else { status }, "{address}");
                assert!(
                    !page.contains("zqsecret") && !page.contains("zqimage") && !page.contains("zqmot"),
                    "{address}"
                );
            }
        }
        assert!(site.get(&path(quote)).await.text().contains("supprimée par son auteur"));
        for file in &files {
            assert_eq!(site.get(file).await.status, 404, "{file}");
        }
        assert!(notify_kinds(&site, &other).await.is_empty(), "what was told of it is gone");
        // The files themselves go, a day later.
        site.clock.advance(2 * 86_400);
        site.app.remove_waste().await.expect("swept");
        for blob in blobs {
            let name = blobs::BlobName::parse(&blob).expect("a name");
            assert_eq!(site.app.blobs.size(&name).await.expect("asked"), None, "{blob}");
        }
    });
}

async fn notify_kinds(site: &Site, who: &it::Person) -> Vec<Happening> {
    let (list, _) = read_tx!(site.app.db, |tx| notify::notifications(tx, &who.actor, None).await).expect("a list");
    list.into_iter().map(|n| n.kind).collect()
}

#[test]
fn a_reshare_is_one_click_and_one_click_takes_it_back() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let (other, _) = member(&site, "titouan", "Titouan").await;
        let id = posted(&site, &who, &me, "Le pont").await;
        let reshare = format!("{}/reshare", path(id));
        let done = site.post_as(&other, &reshare, &[]).await;
        assert_eq!((done.status.as_u16(), done.header("location")), (303, format!("{}?said=reshared", path(id))));
        site.post_as(&other, &reshare, &[]).await;
        let page = site.get_as(&other, &format!("{}?said=reshared", path(id))).await.text();
        let unshare = format!("action=\"{}/unshare\"", path(id));
        assert_eq!(page.matches(&unshare).count(), 2, "the line and the button: {page}");
        let open = site.get(&path(id)).await.text();
        assert!(
            open.contains("Repartagée par") && open.contains("Titouan") && open.contains("reprise 1 fois"),
            "{open}"
        );
        assert_eq!(notify_kinds(&site, &who).await, [Happening::Reshare]);
        site.post_as(&other, &format!("{}/unshare", path(id)), &[]).await;
        let open = site.get(&path(id)).await.text();
        assert!(!open.contains("Titouan") && !open.contains("fois"), "{open}");
        assert!(notify_kinds(&site, &who).await.is_empty());
        // Without a session one is led to it, without a public name to that.
        let back = format!("/fr/sign-in?next={}", path(id));
        assert_eq!(site.post(&reshare, &[]).await.header("location"), back, "and back to the post");
        let nobody = site.person("public", "nobody@public.example", Role::Agent).await;
        let place = format!("/fr/account/profile?next={}", path(id).replace('/', "%2F"));
        assert_eq!(site.post_as(&nobody, &reshare, &[]).await.header("location"), place);
    });
}

#[test]
fn moderators_take_a_post_away_and_give_it_back_and_its_author_is_told() {
    on_both(async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        let moderator = site.person("public", "mod@public.example", Role::Moderator).await;
        let id = posted(&site, &who, &me, "zqretire").await;
        let page = site.get_as(&moderator, &path(id)).await.text();
        assert!(page.contains(&format!("{}/remove", path(id))), "{page}");
        assert!(
            site.get_as(&moderator, &format!("{}/remove", path(id))).await.text().contains("L’auteur en est informé")
        );
        let (other, _) = member(&site, "titouan", "Titouan").await;
        assert_eq!(site.post_as(&other, &format!("{}/remove", path(id)), &[]).await.status, 403);
        assert_eq!(site.post_as(&moderator, &format!("{}/remove", path(id)), &[]).await.status, 303);
        for reader in [None, Some(&other)] {
            let answer = match reader {
                Some(reader) => site.get_as(reader, &path(id)).await,
                None => site.get(&path(id)).await,
            };
            assert_eq!(answer.status, 410);
            assert!(answer.text().contains("retirée par la modération") && !answer.text().contains("zqretire"));
        }
        let own = site.get_as(&who, &path(id)).await.text();
        assert!(own.contains("zqretire") && own.contains("plus que de ceux qui peuvent la modifier"), "{own}");
        assert!(site.get_as(&who, "/fr/posts/mine").await.text().contains("Retirée"));
        assert_eq!(notify_kinds(&site, &who).await, [Happening::Removed]);
        let notices = site.get_as(&who, "/fr/account/notifications").await.text();
        assert!(notices.contains("La modération a retiré votre publication"), "{notices}");
        assert_eq!(site.get_as(&who, &format!("{}/edit", path(id))).await.status, 200);
        let fields = [("version", "2"), ("body", "autre"), ("act", "post")];
        assert_eq!(send(&site, &who, &format!("{}/edit", path(id)), &fields, &[]).await.status, 409);
        assert_eq!(site.post_as(&moderator, &format!("{}/restore", path(id)), &[]).await.status, 303);
        assert!(site.get(&path(id)).await.text().contains("zqretire"));
    });
}

#[test]
fn the_own_list_goes_on_and_holds_what_is_not_public() {
    on_one(On::Lite, &async |site: Site| {
        let (who, me) = member(&site, "odile", "Odile F.").await;
        for n in 0..23 {
            posted(&site, &who, &me, &format!("Publication numéro {n}.")).await;
            site.clock.advance(120);
        }
        let first = site.get_as(&who, "/fr/posts/mine").await.text();
        assert!(first.contains("numéro 22.") && first.contains("numéro 3.") && !first.contains("numéro 2."));
        let (_, rest) = first.split_once("rel=\"next\" href=\"").expect("an older page");
        let older = rest.split('"').next().expect("an address").replace("&amp;", "&");
        let second = site.get_as(&who, &older).await.text();
        assert!(
            second.contains("numéro 2.") && second.contains("numéro 0.") && !second.contains("numéro 3."),
            "{second}"
        );
        let states = read_tx!(site.app.db, |tx| shown::states(tx, &[1]).await).expect("read");
        assert!(states.get(&1).copied() != Some(PostState::Public));
    });
}
