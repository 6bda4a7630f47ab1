//! What clips may take of the server: room, turns and time, whoever sends them and however.

use axum::extract::Request;
use blobs::BlobName;
use community::model::VoiceKind;
use futures_util::StreamExt as _;
use kernel::{Actor, TokenScope};
use publish::model::UPLOAD_PREFIX;

use super::*;

const MP4: (&str, &str) = ("a.mp4", "video/mp4");

fn alone(change: impl FnOnce(&mut traboule::config::Config), body: impl AsyncFnOnce(Site)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async { body(Site::with(On::Lite, change).await).await });
}

/// A form with a video, which says how long it is.
fn sending(site: &Site, who: &Person, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Request {
    let body = form(&site.app.csrf.stamp(&who.session), fields, &[("video", "a.mp4", "video/mp4", file)]);
    let length = body.len().to_string();
    let headers =
        [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge"), ("content-length", &length)];
    request("POST", path, Some(&who.session), &headers, body.into())
}

/// A show's voice, and an editor of it.
async fn house(site: &Site) -> (Person, i64) {
    let editor = site.person("voisins", "editrice@voisins.example", Role::Editor).await;
    let show = desk::show(site, &editor, "voisins").await;
    let (kind, now) = (VoiceKind::Show, site.app.now());
    write_tx!(site.app.db, |tx| members::ensure_voice(tx, kind, show.id, show.org, &show.slug, now).await)
        .expect("a voice");
    (editor, show.id)
}

fn size(bytes: usize) -> i64 {
    i64::try_from(bytes).expect("small")
}

#[test]
fn c17_a_form_takes_its_room_before_its_bytes_like_an_upload_in_pieces() {
    alone(
        |config| config.upload_room = 20_000,
        async |site| {
            let (who, member) = member(&site, "odile").await;
            let clip = begun(&site, &who, member.id, "Le pont").await;
            let path = format!("/fr/clips/{clip}/upload/video");
            // Whoever does not say how much comes needs room for the largest.
            let refused = post_form(&site, &who, &path, &[], &[("video", "a.mp4", "video/mp4", PHONE)]).await;
            assert_eq!(refused.status, 503);
            assert!(refused.text().contains("Il n’y a pas de place pour ce fichier"), "{}", refused.text());
            let voice = member.id.to_string();
            let words = [("voice", voice.as_str()), ("title", "Le quai"), ("body", ""), ("lang", "fr")];
            let large = site.send(sending(&site, &who, "/fr/clips/new", &words, &[0; 21_000])).await;
            assert_eq!(large.status, 503, "the words are kept, the file has no room");
            assert_eq!(std::fs::read_dir(&site.app.scratch).map_or(0, Iterator::count), 0, "nothing is on the disk");
            let done = site.send(sending(&site, &who, &path, &[], PHONE)).await;
            assert_eq!(done.status, 303, "{}", done.text());
            assert_eq!(own(&site, &who, &clip).await.clip.expect("a video").sha256, kernel::sha256_hex(PHONE));
            // What was refused, and what was taken, holds no room any more.
            let next = begun(&site, &who, member.id, "La passerelle").await;
            assert_eq!(start(&site, &who, &next, 20_000, MP4).await.status, 201);
        },
    );
}

#[test]
fn c17_one_form_of_a_clip_at_a_time() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let path = format!("/fr/clips/{clip}/upload/video");
        let body = form(&site.app.csrf.stamp(&who.session), &[], &[("video", "a.mp4", "video/mp4", PHONE)]);
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let (first, rest) = (Bytes::copy_from_slice(&body[..4_000]), Bytes::copy_from_slice(&body[4_000..]));
        let later = async move {
            gone.await.expect("let go");
            Ok::<_, std::io::Error>(rest)
        };
        let pieces = futures_util::stream::iter([Ok(first)]).chain(futures_util::stream::once(later));
        let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
        let slow = request("POST", &path, Some(&who.session), &headers, Body::from_stream(pieces));
        let id = parse_id(POST_PREFIX, &clip).expect("an id");
        let begun_upload = async || {
            let now = site.app.now();
            read_tx!(site.app.db, |tx| publish_uc::post_upload(tx, &who.actor, id, now).await).expect("read")
        };
        let second = async {
            while begun_upload().await.is_none() {
                tokio::task::yield_now().await;
            }
            let other = site.send(sending(&site, &who, &path, &[], WEBM)).await;
            go.send(()).expect("somebody waits");
            other
        };
        let (one, two) = tokio::join!(site.send(slow), second);
        assert_eq!((one.status.as_u16(), two.status.as_u16()), (303, 409), "{}", two.text());
        assert!(two.text().contains("Une autre connexion envoie ce fichier"));
        assert_eq!(own(&site, &who, &clip).await.clip.expect("a video").sha256, kernel::sha256_hex(PHONE));
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0);
        // A form after one that was cut off takes its place.
        site.work().await;
        let clip = begun(&site, &who, member.id, "La passerelle").await;
        let path = format!("/fr/clips/{clip}/upload/video");
        let cut = request("POST", &path, Some(&who.session), &headers, super::broken(&body[..4_000]));
        assert!(!site.send(cut).await.status.is_redirection());
        assert_eq!(site.send(sending(&site, &who, &path, &[], PHONE)).await.status, 303);
    });
}

#[test]
fn c17_a_file_nobody_waits_for_any_more_does_not_come_into_the_store() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let one = start(&site, &who, &clip, PHONE.len(), MP4).await.header("location");
        let two = start(&site, &who, &clip, WEBM.len(), ("a.webm", "video/webm")).await.header("location");
        assert_eq!(piece(&site, &who, &one, 0, PHONE.to_vec()).await.status, 204);
        assert_eq!(piece(&site, &who, &two, 0, WEBM.to_vec()).await.status, 409);
        assert_eq!(site.app.blobs.size(&BlobName::of(WEBM)).await.expect("asked"), None);
    });
}

#[test]
fn c17_a_token_that_only_reads_brings_no_video_and_ends_no_upload() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let ctx = site.app.ctx(who.actor.clone());
        let mut made = Vec::new();
        for scopes in [&[TokenScope::Read][..], &TokenScope::ALL] {
            let token = write_tx!(site.app.db, |tx| {
                accounts::service::create_token(tx, &ctx, who.org, "test", scopes, 1).await
            });
            made.push(format!("Bearer {}", token.expect("a token").secret));
        }
        let ask = async |token: usize, method: &str, path: &str, more: &[(&str, &str)], body: &[u8]| {
            let mut headers = vec![("authorization", made[token].as_str()), ("tus-resumable", "1.0.0")];
            headers.extend_from_slice(more);
            site.send(request(method, path, None, &headers, Body::from(body.to_vec()))).await
        };
        let (meta, length) = (format!("post {}", STANDARD.encode(&clip)), PHONE.len().to_string());
        let begin = [("upload-length", length.as_str()), ("upload-metadata", meta.as_str())];
        assert_eq!(ask(0, "POST", "/uploads", &begin, &[]).await.status, 403);
        let begun = ask(1, "POST", "/uploads", &begin, &[]).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        let path = begun.header("location");
        let whole = [("content-type", PIECE), ("upload-offset", "0")];
        assert_eq!(ask(0, "PATCH", &path, &whole, PHONE).await.status, 404);
        assert_eq!(ask(0, "DELETE", &path, &[], &[]).await.status, 404);
        assert_eq!(ask(1, "PATCH", &path, &whole, PHONE).await.status, 204);
        // The use case itself refuses, whatever the edge does.
        let reads =
            Actor::Token { person: who.id, org: who.org, roles: vec![Role::Agent], scopes: vec![TokenScope::Read] };
        let ctx = site.app.ctx(reads);
        let draft = community::rules::post::Draft { body: "x".to_owned(), ..Default::default() };
        let kind = community::model::PostKind::Post;
        let said = write_tx!(site.app.db, |tx| uc::posts::post(tx, &ctx, member.id, kind, &draft).await);
        assert!(matches!(said, Err(db::Failure::Refused(r)) if r.kind == kernel::Kind::Forbidden));
    });
}

#[test]
fn c17_room_is_taken_by_sending_not_by_declaring_and_members_leave_the_house_its_own() {
    alone(
        |config| config.upload_room = 20_000,
        async |site| {
            let (who, odile) = member(&site, "odile").await;
            let (other, basile) = super::member(&site, "basile").await;
            let (editor, show) = house(&site).await;
            let clip = begun(&site, &who, odile.id, "Le pont").await;
            let theirs = begun(&site, &other, basile.id, "Le quai").await;
            let shows = begun(&site, &editor, show, "La halle").await;
            let declared = start(&site, &who, &clip, 20_000, MP4).await.header("location");
            assert_eq!(start(&site, &other, &theirs, 1_000, MP4).await.status, 507, "members share their room");
            let sent = start(&site, &editor, &shows, 20_000, MP4).await;
            assert_eq!(sent.status, 201, "the house has its own");
            // Nothing comes, also not when it is sent again and again.
            site.clock.advance(3_000);
            assert_eq!(piece(&site, &who, &declared, 0, Vec::new()).await.status, 204);
            assert_eq!(piece(&site, &editor, &sent.header("location"), 0, vec![0; 10]).await.status, 204);
            site.clock.advance(600);
            assert_eq!(told(&site, &who, &declared).await.0, 410, "an hour without a byte");
            assert_eq!(start(&site, &other, &theirs, 20_000, MP4).await.status, 201);
            site.clock.advance(23 * 3600);
            assert_eq!(told(&site, &editor, &sent.header("location")).await, (200, 10), "bytes keep it for a day");
        },
    );
}

#[test]
fn c17_originals_have_a_room_for_each_member_and_each_house() {
    let phone = size(PHONE.len());
    alone(
        |config| config.clip_rooms = rules::Rooms { member: phone + 100, house: 2 * phone + 100 },
        async |site| {
            let (who, odile) = member(&site, "odile").await;
            let (other, basile) = super::member(&site, "basile").await;
            let (editor, show) = house(&site).await;
            let first = super::sent(&site, &who, odile.id, "Le pont", PHONE).await;
            site.work().await;
            let second = begun(&site, &who, odile.id, "Le quai").await;
            let full = start(&site, &who, &second, PHONE.len(), MP4).await;
            assert_eq!((full.status.as_u16(), &full.json()["code"]), (507, &"clip-no-room".into()));
            // A form that says less than it brings is stopped when it is whole.
            let form = site.send(sending(&site, &who, &format!("/en/clips/{second}/upload/video"), &[], PHONE)).await;
            assert_eq!(form.status, 429);
            assert!(form.text().contains("Your clips fill the room you have here; 0 MB are left"), "{}", form.text());
            super::sent(&site, &other, basile.id, "La halle", PHONE).await;
            site.work().await;
            let (last, third) = super::member(&site, "celine").await;
            let next = begun(&site, &last, third.id, "La place").await;
            let full = start(&site, &last, &next, PHONE.len(), MP4).await;
            assert_eq!((full.status.as_u16(), &full.json()["code"]), (507, &"clip-house-full".into()));
            super::sent(&site, &editor, show, "Le marché", PHONE).await;
            site.work().await;
            // What is deleted gives its room back.
            let id = parse_id(POST_PREFIX, &first).expect("an id");
            let ctx = site.app.ctx(who.actor.clone());
            write_tx!(site.app.db, |tx| uc::posts::delete(tx, &ctx, id).await).expect("deleted");
            assert_eq!(start(&site, &who, &second, PHONE.len(), MP4).await.status, 201);
        },
    );
}

#[test]
fn c17_two_videos_of_a_person_are_looked_at_at_a_time_and_a_third_keeps_its_bytes() {
    on_both(async |site| {
        let (who, odile) = member(&site, "odile").await;
        let third = begun(&site, &who, odile.id, "Trois").await;
        let path = start(&site, &who, &third, PHONE.len(), MP4).await.header("location");
        for title in ["Un", "Deux"] {
            super::sent(&site, &who, odile.id, title, PHONE).await;
        }
        let fourth = begun(&site, &who, odile.id, "Quatre").await;
        assert_eq!(start(&site, &who, &fourth, PHONE.len(), MP4).await.status, 429, "before its bytes");
        assert_eq!(piece(&site, &who, &path, 0, PHONE.to_vec()).await.status, 429);
        site.work().await;
        assert_eq!(told(&site, &who, &path).await, (200, PHONE.len()), "asking again is enough");
        assert!(own(&site, &who, &third).await.clip.is_some());
        assert!(path.contains(UPLOAD_PREFIX));
    });
}
