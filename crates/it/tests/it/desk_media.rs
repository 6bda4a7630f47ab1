//! Pictures of an organisation: sent, listed with their uses, removed; and the files that follow a day later.

use db::{Failure, read_tx, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both};
use kernel::{Kind, Role, show_id};
use publish::model::{IMAGE_PREFIX, SHOW_PREFIX};
use publish::service as uc;

const PICTURE: &[u8] = include_bytes!("../../../traboule/demo/covers/pont.jpg");

async fn editor(site: &Site) -> Person {
    site.person("pentes", "editor@pentes.example", Role::Editor).await
}

fn multipart(stamp: &str, name: &str, files: &[&[u8]]) -> Vec<u8> {
    let head = |name: &str, more: &str| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").into_bytes()
    };
    let mut body = [head("csrf", ""), stamp.as_bytes().to_vec(), b"\r\n".to_vec()].concat();
    for bytes in files {
        body.extend([head(name, "; filename=\"a.jpg\""), bytes.to_vec(), b"\r\n".to_vec()].concat());
    }
    body.extend_from_slice(b"--edge--\r\n");
    body
}

async fn send_files(site: &Site, who: &Person, path: &str, name: &str, files: &[&[u8]]) -> Answer {
    let stamp = site.app.csrf.stamp(&who.session);
    let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
    let body = multipart(&stamp, name, files);
    site.send(it::request("POST", path, Some(&who.session), &headers, body.into())).await
}

#[test]
fn a_picture_nobody_uses_is_seen_by_its_team_alone() {
    on_both(async |site| {
        let who = editor(&site).await;
        let sent = send_files(&site, &who, "/fr/studio/media/upload", "pictures", &[PICTURE]).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let page = read_tx!(site.app.db, |tx| uc::pictures(tx, &who.actor, who.org, None).await).expect("a list");
        let path = format!("/media/images/{}/small.jpg", show_id(IMAGE_PREFIX, page.rows[0].image.id));
        let own = site.get_as(&who, &path).await;
        assert_eq!(own.status, 200, "{}", own.text());
        assert_eq!(own.header("cache-control"), "private, no-store");
        assert_eq!(site.get(&path).await.status, 404);
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        assert_eq!(site.get_as(&stranger, &path).await.status, 404);
    });
}

#[test]
fn pictures_are_listed_with_their_uses_and_the_unused_ones_go() {
    on_both(async |site| {
        let who = editor(&site).await;
        let show = desk::show(&site, &who, "pentes").await;
        let sent = send_files(&site, &who, "/fr/studio/media/upload", "pictures", &[PICTURE]).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let bad = send_files(&site, &who, "/fr/studio/media/upload", "pictures", &[b"no picture"]).await;
        assert_eq!(bad.status, 422);
        let list =
            async || read_tx!(site.app.db, |tx| uc::pictures(tx, &who.actor, who.org, None).await).expect("a list");
        let page = list().await;
        assert!(page.rows.len() == 1 && page.rows[0].uses.is_empty() && page.totals.picture_bytes > 0);
        let id = page.rows[0].image.id;
        let shown = show_id(IMAGE_PREFIX, id);
        let act = async |verb: &str, fields: &[(&str, &str)]| {
            site.post_as(&who, &format!("/fr/studio/media/{shown}/{verb}"), fields).await.status.as_u16()
        };
        assert_eq!(act("describe", &[("alt_fr", "Un pont"), ("alt_en", "A bridge")]).await, 303);
        let text = site.get_as(&who, "/fr/studio/media").await.text();
        assert!(text.contains("alt=\"Un pont\"") && text.contains("Utilisée nulle part"), "{text}");
        let cover = format!("/fr/studio/shows/{}/cover/upload", show_id(SHOW_PREFIX, show.id));
        assert_eq!(send_files(&site, &who, &cover, "cover", &[PICTURE]).await.status, 303);
        assert_eq!(list().await.rows[0].uses.len(), 1, "the same bytes are one picture");
        assert_eq!(act("remove", &[]).await, 409, "it is a cover");
        let mark = cover.replace("cover", "mark");
        assert_eq!(send_files(&site, &who, &mark, "mark", &[PICTURE]).await.status, 303);
        let home = site.get("/fr/").await.text();
        assert!(home.contains(&format!("src=\"/media/images/{shown}/small.jpg\" width=\"28\"")), "{home}");
        let stranger = site.person("ailleurs", "owner@ailleurs.example", Role::Owner).await;
        assert!(!site.get_as(&stranger, "/fr/studio/media").await.text().contains(&shown));
        assert_eq!(site.post_as(&stranger, &format!("/fr/studio/media/{shown}/remove"), &[]).await.status, 404);
        let theirs = site.get_as(&stranger, &format!("/fr/studio/media?org={}", who.org.0)).await;
        assert_eq!(theirs.status, 404);
    });
}

#[test]
fn a_file_nobody_names_goes_after_a_day_and_never_before() {
    on_both(async |site| {
        let who = editor(&site).await;
        let ctx = || site.app.ctx(who.actor.clone());
        let add = async || {
            let file = traboule::pages::uploads::store_picture(&site.app, PICTURE.into()).await.expect("stored");
            let ctx = ctx();
            write_tx!(site.app.db, |tx| uc::add_image(tx, &ctx, who.org, &file).await).expect("added")
        };
        let there = async |blob: &str| {
            let name = blobs::BlobName::parse(blob).expect("a name");
            site.app.blobs.size(&name).await.expect("a store").is_some()
        };
        let remove = async |id: i64| {
            let ctx = ctx();
            write_tx!(site.app.db, |tx| uc::remove_picture(tx, &ctx, id).await).expect("removed");
        };
        let image = add().await;
        remove(image.id).await;
        assert_eq!(site.app.remove_waste().await.expect("swept"), 0);
        assert!(there(&image.blob).await, "the day has not passed");
        // The same picture comes back meanwhile: its files stay.
        let again = add().await;
        site.clock.advance(2 * 86_400);
        assert_eq!(site.app.remove_waste().await.expect("swept"), 0);
        assert!(there(&again.blob).await);
        remove(again.id).await;
        site.clock.advance(86_401);
        // Between the decision and the removal nobody gets to name it.
        let now = site.clock.now();
        let due = write_tx!(site.app.db, |tx| uc::waste_due(tx, now).await).expect("due");
        assert_eq!(due.len(), 3);
        let refused = traboule::pages::uploads::store_picture(&site.app, PICTURE.into()).await;
        assert!(matches!(refused, Err(Failure::Refused(refusal)) if refusal.kind == Kind::Unavailable));
        // A sweep that was cut short is finished by the next.
        assert_eq!(site.app.remove_waste().await.expect("swept"), 3);
        assert!(!there(&again.blob).await);
        let back = add().await;
        assert!(there(&back.blob).await && there(&back.small_blob).await);
    });
}
