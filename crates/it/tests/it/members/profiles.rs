//! A place in public: taking it, changing it, finding it, and what stands between two of them.

use community::model::{POST_PREFIX, PassedOn, PostKind};
use community::rules::post::Draft;
use community::service::{members as uc, posts};
use db::{read_tx, write_tx};
use it::{ORIGIN, Person, Site, desk, on_both, on_one, request};
use kernel::{Role, Subject, show_id};
use publish::model::SHOW_PREFIX;
use testkit::On;

use super::{deed, joined, joins};

#[test]
fn a_place_is_taken_changed_and_found_under_every_handle_it_had() {
    on_both(async |site| {
        site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let solveig = joined(&site, "solveig@lecteurs.example", "Solveig M.").await;
        let form = site.get_as(&solveig, "/fr/account/profile?next=/fr/").await.text();
        assert!(form.contains("value=\"solveig-m\"") && form.contains("value=\"Solveig M.\""), "{form}");
        let wrong = [("name", ""), ("handle", "Admin"), ("next", "/fr/")];
        let again = site.post_as(&solveig, "/fr/account/profile", &wrong).await;
        assert_eq!(again.status, 422);
        assert!(again.text().contains("f-handle-error") && again.text().contains("value=\"Admin\""));
        let typed = [("name", "Solveig"), ("handle", "Solveig"), ("next", "")];
        let taken = site.post_as(&solveig, "/fr/account/profile", &typed).await;
        assert_eq!(taken.header("location"), "/fr/members/Solveig?said=welcome");
        // Handles are compared without case, and another one cannot have it.
        let titouan = joined(&site, "titouan@lecteurs.example", "Titouan").await;
        let mine = [("name", "Titouan"), ("handle", "SOLVEIG")];
        assert_eq!(site.post_as(&titouan, "/fr/account/profile", &mine).await.status, 422);
        let edit = [
            ("name", "Solveig"),
            ("handle", "solveig-lit"),
            ("about", "Je lis.\n\nhttps://lecteurs.example <b>"),
            ("link", "lecteurs.example/moi"),
            ("lang", "en"),
            ("version", "1"),
        ];
        let saved = site.post_as(&solveig, "/fr/account/profile", &edit).await;
        assert_eq!(saved.header("location"), "/en/account/profile?said=saved", "the language follows");
        let stale = site.post_as(&solveig, "/fr/account/profile", &edit).await;
        assert_eq!(stale.status, 409, "a version before it");
        let page = site.get("/fr/members/solveig-lit").await;
        assert_eq!((page.status.as_u16(), page.header("set-cookie").as_str()), (200, ""));
        let text = page.text();
        assert!(text.contains("rel=\"nofollow ugc noopener\">lecteurs.example/moi</a>"), "{text}");
        assert!(text.contains("&lt;b&gt;") && !text.contains("solveig@lecteurs.example"));
        let moved = site.get("/fr/members/solveig").await;
        assert_eq!((moved.status.as_u16(), moved.header("location").as_str()), (301, "/fr/members/solveig-lit"));
        let former = [("name", "T"), ("handle", "solveig")];
        assert_eq!(site.post_as(&titouan, "/fr/account/profile", &former).await.status, 422, "a former handle");
        let back = [("name", "Solveig"), ("handle", "solveig"), ("lang", "fr"), ("version", "2")];
        assert_eq!(site.post_as(&solveig, "/fr/account/profile", &back).await.status, 303, "one's own comes back");
        assert_eq!(site.get("/fr/members/solveig-lit").await.status, 301);
        assert_eq!(site.get("/fr/members/personne").await.status, 404);
    });
}

#[test]
fn two_of_whom_one_blocked_the_other_do_not_find_each_other() {
    on_both(async |site| {
        let ada = site.person("pentes", "ada@pentes.example", Role::Agent).await;
        let ben = site.person("pentes", "ben@pentes.example", Role::Agent).await;
        let (a, b) = (joins(&site, &ada, "ada").await, joins(&site, &ben, "ben").await);
        for (who, whom) in [(&ada, b), (&ben, a)] {
            assert_eq!(site.post_as(who, &deed(whom, "follow"), &[]).await.status, 303);
        }
        let counted = site.get("/en/members/ada").await.text();
        assert!(counted.contains("1 follower<") && counted.contains("follows 1<"), "{counted}");
        let done = site.post_as(&ada, &deed(b, "block"), &[("next", "/fr/members/ben")]).await;
        assert!(done.header("location").starts_with("/fr/account/blocked?"), "{}", done.header("location"));
        let list = site.get_as(&ada, &done.header("location")).await;
        assert!(list.status == 200 && list.text().contains("Nom de ben"));
        let (ada_page, ben_page) = ("/fr/members/ada", "/fr/members/ben");
        for (who, page) in [(&ada, ben_page), (&ben, ada_page)] {
            for path in [page.to_owned(), format!("{page}/followers"), format!("{page}/following")] {
                assert_eq!(site.get_as(who, &path).await.status, 404, "{path}");
            }
        }
        // To everybody else both are there, and nobody follows anybody.
        for page in [ada_page, ben_page] {
            assert!(site.get(&format!("{page}/followers")).await.text().contains("Personne pour l’instant"));
        }
        for verb in ["follow", "mute"] {
            assert_eq!(site.post_as(&ben, &deed(a, verb), &[]).await.status, 404, "{verb}");
        }
        assert_eq!(site.post_as(&ada, &deed(b, "follow"), &[]).await.status, 409, "unblock first");
        assert_eq!(site.post_as(&ada, &deed(b, "unblock"), &[]).await.status, 303);
        assert_eq!(site.get_as(&ben, ada_page).await.status, 200);
        assert_eq!(site.post_as(&ada, &deed(a, "follow"), &[]).await.status, 409, "nobody follows themselves");
    });
}

#[test]
fn a_show_is_followed_from_a_page_that_is_the_same_for_everybody() {
    on_both(async |site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        let show = desk::show(&site, &owner, "pentes").await;
        desk::published(&site, &owner, &show, "Le pont").await;
        let id = show_id(SHOW_PREFIX, show.id);
        let join = format!("/fr/join?next=%2Ffr%2Fvoices%2F{id}");
        for path in ["/fr/", "/fr/shows/pentes"] {
            let page = site.get(path).await.text();
            assert!(page.contains(&join) && !page.contains("/follow\""), "{path}: {page}");
        }
        let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
        let first = site.post_as(&ada, &format!("/fr/voices/{id}/follow"), &[("next", "/fr/shows/pentes")]).await;
        assert_eq!(first.header("location"), "/fr/account/profile?next=%2Ffr%2Fshows%2Fpentes", "a place comes first");
        joins(&site, &ada, "ada").await;
        let mut labels = Vec::new();
        for verb in ["follow", "unfollow", "follow"] {
            let page = site.get_as(&ada, "/fr/shows/pentes").await.text();
            let action = format!("action=\"/fr/voices/{id}/{verb}\"");
            assert!(page.contains(&action) && page.contains("name=\"next\" value=\"/fr/shows/pentes\""), "{page}");
            labels.push(site.post_as(&ada, &format!("/fr/voices/{id}/{verb}"), &[("next", "/fr/shows/pentes")]).await);
        }
        assert!(labels.iter().all(|a| a.header("location").starts_with("/fr/shows/pentes?said=")));
        let list = site.get_as(&ada, "/fr/account/following").await.text();
        assert!(list.contains("Les Pentes") && list.contains("Émission"), "{list}");
        let voice = site.get("/fr/members/pentes").await.text();
        assert!(voice.contains("1 abonné<") && voice.contains("href=\"/fr/shows/pentes\""), "{voice}");
        assert_eq!(site.get(&format!("/fr/voices/{id}")).await.header("location"), "/fr/shows/pentes");
        assert_eq!(site.post_as(&ada, &format!("/fr/voices/{id}/block"), &[]).await.status, 409);
    });
}

fn with_picture(stamp: &str, bytes: &[u8]) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{stamp}\r\n--edge\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"moi.png\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    body
}

async fn send(site: &Site, who: &it::Person, bytes: &[u8]) -> it::Answer {
    let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
    let body = with_picture(&site.app.csrf.stamp(&who.session), bytes);
    site.send(request("POST", "/fr/account/profile/picture", Some(&who.session), &headers, body.into())).await
}

/// A PNG of one colour with a text chunk, as a camera or an editor leaves it.
fn png(shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(400, 300, image::Rgb([shade, 20, 90]));
    let mut out = std::io::Cursor::new(Vec::new());
    image::DynamicImage::ImageRgb8(picture).write_to(&mut out, image::ImageFormat::Png).expect("encoded");
    out.into_inner()
}

#[test]
fn a_picture_is_made_anew_square_and_goes_when_it_is_taken_away() {
    on_one(On::Lite, &async |mut site: Site| {
        let ada = site.person("membres", "ada@membres.example", Role::Agent).await;
        joins(&site, &ada, "ada").await;
        let refused = send(&site, &ada, b"<svg/>").await;
        assert!(refused.status == 422 && refused.text().contains("f-picture-error"), "{}", refused.text());
        assert_eq!(send(&site, &ada, &png(10)).await.header("location"), "/fr/account/profile?said=picture");
        let page = site.get("/fr/members/ada").await.text();
        let at = page.find("/media/members/ada/").expect("a picture");
        let path = page[at..].split('"').next().expect("an address").to_owned();
        let file = site.get(&path).await;
        assert_eq!((file.status.as_u16(), file.header("content-type").as_str()), (200, "image/jpeg"));
        let made = image::load_from_memory(&file.body).expect("a picture");
        assert_eq!((made.width(), made.height()), (320, 320));
        assert!(!file.body.windows(4).any(|w| w == b"Exif"));
        assert_eq!(site.get("/media/members/ada/000000000000.jpg").await.status, 404);
        assert_eq!(site.post_as(&ada, "/fr/account/profile/picture/remove", &[]).await.status, 303);
        assert_eq!(site.get(&path).await.status, 404);
        site.clock.advance(90_000);
        assert_eq!(site.app.remove_waste().await.expect("removed"), 1, "its file goes a day later");
        site.stop().await;
    });
}

#[test]
fn a_name_is_new_on_every_kept_page_and_gone_once_erased() {
    on_both(async |site| {
        let owner = site.person("pentes", "odile@pentes.example", Role::Owner).await;
        joins(&site, &owner, "odile").await;
        let ada = joined(&site, "ada@lecteurs.example", "Ada Premier").await;
        let place = [("name", "Ada Premier"), ("handle", "ada")];
        assert_eq!(site.post_as(&ada, "/fr/account/profile", &place).await.status, 303);
        let says = async |who: &Person, body: &str, of: Option<PassedOn>| {
            let ctx = site.app.ctx(who.actor.clone());
            let author = read_tx!(site.app.db, |tx| uc::me(tx, &ctx.actor).await).expect("a member").id;
            let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
            let posted = write_tx!(site.app.db, |tx| posts::post(tx, &ctx, author, PostKind::Post, &draft).await);
            (posted.expect("posted").id, author)
        };
        let (first, author) = says(&owner, "Le pont rouvre. #pont", None).await;
        let of = PassedOn { subject: Subject::post(first), author };
        says(&ada, "Enfin ! #pont", Some(of)).await;
        let pages = [
            format!("/fr/posts/{}", show_id(POST_PREFIX, first)),
            "/fr/explore".to_owned(),
            "/fr/tags/pont".to_owned(),
            "/feeds/tags/pont.fr.xml".to_owned(),
        ];
        let name = async |name: &str| {
            for path in &pages {
                let page = site.get(path).await;
                assert!(page.status == 200 && page.text().contains(name), "{path}: {name}");
            }
        };
        name("Ada Premier").await;
        // The clock stands still: no page runs out by itself.
        let edit = [("name", "Ada Seconde"), ("handle", "ada"), ("lang", "fr"), ("version", "1")];
        assert_eq!(site.post_as(&ada, "/fr/account/profile", &edit).await.status, 303);
        name("Ada Seconde").await;
        let done = site.post_as(&ada, "/fr/account/data/erase", &[("confirm", "effacer")]).await;
        assert_eq!(done.status, 303);
        for path in &pages {
            assert!(!site.get(path).await.text().contains("Ada Seconde"), "{path}");
        }
    });
}
