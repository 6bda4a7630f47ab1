//! Clips through the real front: uploads that are cut and resumed (c17), what is served of a video and what never is (c4), the
//! column, captions, cuts of episodes, and every way in which it goes wrong.

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use community::model::{Member, POST_PREFIX, PostState, Rendition};
use community::rules::clip as rules;
use community::service::members::{self, Profile};
use community::service::{self as uc, ClipOrder, OwnClip};
use db::{args, read_tx, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, on_one, request};
use kernel::{Role, parse_id, show_id};
use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use publish::service as publish_uc;
use testkit::On;

use crate::desk_upload::tus;

/// A second of an upright film as a phone writes it, with the place where it was filmed.
pub(crate) const PHONE: &[u8] = include_bytes!("../../../community/tests/fixtures/phone.mp4");
const WEBM: &[u8] = include_bytes!("../../../community/tests/fixtures/screen.webm");
const PIECE: &str = "application/offset+octet-stream";
/// What the phone wrote beside picture and sound.
const CANARIES: [&str; 3] = ["+45.77", "004.83", "CANARY"];

/// Somebody with a place in public.
pub(crate) async fn member(site: &Site, handle: &str) -> (Person, Member) {
    let who = site.person("voisins", &format!("{handle}@voisins.example"), Role::Agent).await;
    let ctx = site.app.ctx(who.actor.clone());
    let profile = Profile { name: format!("Nom de {handle}"), handle: handle.to_owned(), ..Profile::default() };
    let joined = write_tx!(site.app.db, |tx| members::join(tx, &ctx, who.org, &profile).await).expect("joined");
    (who, joined)
}

/// A clip that awaits its video.
pub(crate) async fn begun(site: &Site, who: &Person, voice: i64, title: &str) -> String {
    let ctx = site.app.ctx(who.actor.clone());
    let words =
        rules::Words { title: title.to_owned(), body: format!("À propos de {title} #pont"), lang: "fr".to_owned() };
    let order = ClipOrder { voice, words, cues: Vec::new() };
    let post = write_tx!(site.app.db, |tx| uc::begin_clip(tx, &ctx, &order).await).expect("begun");
    show_id(POST_PREFIX, post.id)
}

async fn start(site: &Site, who: &Person, clip: &str, size: usize, (name, mime): (&str, &str)) -> Answer {
    let meta =
        format!("filename {},filetype {},post {}", STANDARD.encode(name), STANDARD.encode(mime), STANDARD.encode(clip));
    let size = size.to_string();
    tus(site, who, "POST", "/uploads", &[("upload-length", &size), ("upload-metadata", &meta)], Body::empty()).await
}

async fn piece(site: &Site, who: &Person, path: &str, offset: usize, bytes: impl Into<Body>) -> Answer {
    let offset = offset.to_string();
    tus(site, who, "PATCH", path, &[("content-type", PIECE), ("upload-offset", &offset)], bytes).await
}

async fn told(site: &Site, who: &Person, path: &str) -> (u16, usize) {
    let answer = tus(site, who, "HEAD", path, &[], Body::empty()).await;
    (answer.status.as_u16(), answer.header("upload-offset").parse().unwrap_or(usize::MAX))
}

/// A clip with its video sent in one piece.
pub(crate) async fn sent(site: &Site, who: &Person, voice: i64, title: &str, file: &[u8]) -> String {
    let clip = begun(site, who, voice, title).await;
    let kind = if file.starts_with(b"\x1a") { ("a.webm", "video/webm") } else { ("a.mp4", "video/mp4") };
    let made = start(site, who, &clip, file.len(), kind).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let done = piece(site, who, &made.header("location"), 0, file.to_vec()).await;
    assert_eq!(done.status, 204, "{}", done.text());
    clip
}

async fn own(site: &Site, who: &Person, clip: &str) -> OwnClip {
    let id = parse_id(POST_PREFIX, clip).expect("an id");
    read_tx!(site.app.db, |tx| uc::own_clip(tx, &who.actor, id).await).expect("own")
}

fn says(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|w| w == word.as_bytes())
}

/// Addresses of a clip's files on a page.
fn media(page: &str) -> Vec<String> {
    let mut out: Vec<String> = page.split('"').filter(|p| p.starts_with("/media/clips/")).map(str::to_owned).collect();
    out.sort();
    out.dedup();
    out
}

fn broken(bytes: &[u8]) -> Body {
    let first: Result<Bytes, std::io::Error> = Ok(Bytes::copy_from_slice(bytes));
    let lost = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
    Body::from_stream(futures_util::stream::iter([first, lost]))
}

#[test]
fn c17_a_video_cut_anywhere_and_resumed_is_the_same_file_and_its_digest_stands() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        for round in 0..4 {
            let cuts = proptest::collection::btree_set(1..PHONE.len(), 1..4);
            let cuts =
                cuts.prop_map(|s| s.into_iter().collect::<Vec<_>>()).new_tree(&mut runner).expect("cuts").current();
            let clip = begun(&site, &who, member.id, &format!("Tour {round}")).await;
            let path =
                start(&site, &who, &clip, PHONE.len(), ("IMG_1.MOV", "video/quicktime")).await.header("location");
            let mut at = 0;
            for cut in cuts {
                let lost = piece(&site, &who, &path, at, broken(&PHONE[at..cut])).await;
                assert!(lost.status.is_server_error());
                assert_eq!(told(&site, &who, &path).await, (200, cut), "what came before the cut is kept");
                assert_eq!(piece(&site, &who, &path, 0, vec![1]).await.status, 409, "only at the end");
                at = cut;
            }
            let edit = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
            assert!(edit.contains("sont arrivés") && edit.contains("data-post"), "the page says how far it came");
            assert_eq!(piece(&site, &who, &path, at, PHONE[at..].to_vec()).await.status, 204);
            let found = own(&site, &who, &clip).await;
            let video = found.clip.expect("a video");
            assert_eq!(video.sha256, kernel::sha256_hex(PHONE));
            assert_eq!((video.width, video.height, found.post.state), (96, 160, PostState::Preparing));
        }
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0, "no file is left behind");
        let id = own(&site, &who, &sent(&site, &who, member.id, "Encore", PHONE).await).await.post.id;
        let changed = write_tx!(site.app.db, |tx| {
            Ok(tx.run("UPDATE community_clip SET sha256 = $1 WHERE post_id = $2", args!["other", id]).await?)
        });
        assert!(changed.is_err(), "no statement changes the digest of an original");
    });
}

#[test]
fn c17_the_original_is_never_served_and_no_place_is_in_what_is() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        // Until it was looked at nobody else knows of it (c4).
        let (page, files) = (format!("/fr/clips/{clip}"), format!("/media/clips/{clip}"));
        let hidden = format!("{files}/{}.mp4", &kernel::sha256_hex(PHONE)[..12]);
        for path in [&page, &hidden, &format!("{files}/captions.fr.vtt"), &format!("/fr/posts/{clip}")] {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        assert!(!site.get("/fr/clips").await.text().contains("Le pont"));
        let mine = site.get_as(&who, "/fr/clips/mine").await.text();
        assert!(
            mine.contains("Le pont") && mine.contains("En cours d’examen") && mine.contains("data-running"),
            "{mine}"
        );
        site.work().await;
        let found = own(&site, &who, &clip).await;
        let video = found.clip.expect("a video");
        assert_eq!((found.post.state, video.rendition, video.problem), (PostState::Public, Rendition::Ready, None));
        let kept = site.app.blobs.bytes(&blobs::BlobName::parse(&video.sha256).expect("a name")).await.expect("kept");
        assert_eq!(&kept[..], PHONE, "the original is kept as it was");
        assert!(CANARIES.iter().all(|c| says(&kept, c)));
        let text = site.get(&page).await.text();
        let addresses = media(&text);
        assert_eq!(addresses.len(), 2, "{addresses:?}");
        for path in &addresses {
            let got = site.get(path).await;
            assert_eq!(got.status, 200);
            assert!(CANARIES.iter().all(|c| !says(&got.body, c)), "{path}");
            assert!(got.header("cache-control").contains("immutable"));
        }
        let (mp4, jpg): (Vec<&String>, Vec<&String>) = addresses.iter().partition(|a| a.ends_with(".mp4"));
        let film = site.get(mp4[0]).await;
        let facts =
            community::media::probe(&mut std::io::Cursor::new(&film.body[..]), film.body.len() as u64).expect("read");
        assert_eq!((facts.width, facts.height, facts.has_sound), (96, 160, true));
        let places: Vec<Option<usize>> =
            [&b"moov"[..], b"mdat"].map(|w| film.body.windows(4).position(|x| x == w)).to_vec();
        assert!(places[0] < places[1], "its index comes first, so that it plays while it comes");
        assert!(site.get(jpg[0]).await.body.starts_with(b"\xff\xd8\xff"));
        assert_eq!(site.get(&hidden).await.status, 404, "not even now");
        let part = site.get_with(mp4[0], &[("range", "bytes=100-199")]).await;
        assert_eq!((part.status.as_u16(), &part.body[..]), (206, &film.body[100..200]));
        for said in ["og:video", "VideoObject", "thumbnailUrl", "playsinline"] {
            assert!(text.contains(said), "{said}");
        }
        // The public log has the digest, and nobody's name.
        let leaves: Vec<Vec<u8>> = read_tx!(site.app.db, |tx| {
            let sql =
                "SELECT body FROM tlog_pending WHERE kind = $1 UNION ALL SELECT body FROM tlog_leaf WHERE kind = $1";
            let rows = tx.all(sql, args!["clip.published"]).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?)
        })
        .expect("read");
        assert_eq!(leaves.len(), 1);
        assert!(says(&leaves[0], &video.sha256) && says(&leaves[0], &clip) && !says(&leaves[0], "odile"));
    });
}

#[test]
fn c17_mistakes_have_their_status_and_rooms_their_walls() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let (other, _) = self::member(&site, "basile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let kind = ("a.mp4", "video/mp4");
        assert_eq!(start(&site, &other, &clip, 100, kind).await.status, 403, "somebody else's clip");
        let large = usize::try_from(rules::MOST_BYTES).expect("fits") + 1;
        assert_eq!(start(&site, &who, &clip, large, kind).await.status, 413);
        assert_eq!(start(&site, &who, &clip, 0, kind).await.status, 400);
        assert_eq!(start(&site, &who, "po_0000000000001", 100, kind).await.status, 404);
        let path = start(&site, &who, &clip, 9000, kind).await.header("location");
        assert_eq!(tus(&site, &other, "HEAD", &path, &[], Body::empty()).await.status, 404);
        assert_eq!(piece(&site, &other, &path, 0, vec![0; 10]).await.status, 404);
        assert_eq!(piece(&site, &who, &path, 0, vec![0; 10]).await.status, 204);
        assert_eq!(piece(&site, &who, &path, 5, vec![0; 10]).await.status, 409);
        // What one person may leave unfinished is bounded, whatever the organisation's room.
        let most = usize::try_from(rules::MOST_BYTES).expect("fits");
        let second = start(&site, &who, &clip, most, kind).await;
        assert_eq!(second.status, 201);
        assert_eq!(start(&site, &who, &clip, most, kind).await.status, 429);
        assert_eq!(tus(&site, &who, "DELETE", &second.header("location"), &[], Body::empty()).await.status, 204);
        assert_eq!(told(&site, &who, &second.header("location")).await.0, 410, "given up");
        site.clock.advance(24 * 3600);
        assert_eq!(told(&site, &self::member(&site, "odile2").await.0, &path).await.0, 404);
        let again = site.person("voisins", "odile@voisins.example", Role::Agent).await;
        assert_eq!(told(&site, &again, &path).await.0, 410, "expired");
        assert_eq!(piece(&site, &again, &path, 10, vec![0; 10]).await.status, 410);
        traboule::tus::sweep(&site.app).await.expect("swept");
        assert_eq!(std::fs::read_dir(&site.app.scratch).expect("a folder").count(), 0);
    });
}

#[test]
fn c17_a_full_organisation_takes_no_more_and_says_so() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.upload_room = 20_000).await;
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let full = start(&site, &who, &clip, 20_001, ("a.mp4", "video/mp4")).await;
        assert_eq!(full.status, 507, "{}", full.text());
        assert_eq!(start(&site, &who, &clip, PHONE.len(), ("a.mp4", "video/mp4")).await.status, 201);
    });
}

#[test]
fn c17_two_clients_of_one_clip_and_one_upload_take_turns() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let kind = ("a.mp4", "video/mp4");
        let one = start(&site, &who, &clip, PHONE.len(), kind).await.header("location");
        let two = start(&site, &who, &clip, PHONE.len(), kind).await.header("location");
        let (first, second) =
            tokio::join!(piece(&site, &who, &one, 0, PHONE.to_vec()), piece(&site, &who, &two, 0, PHONE.to_vec()));
        let mut got = [first.status.as_u16(), second.status.as_u16()];
        got.sort_unstable();
        assert_eq!(got, [204, 409], "one video becomes the clip's");
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.post.state, PostState::Public);
        let (same, other) = (start(&site, &who, &clip, 10, kind).await, told(&site, &who, &one).await.0);
        assert_eq!(same.status, 409, "it has its video");
        assert!([200, 410].contains(&other));
    });
}

#[test]
fn c17_a_video_that_was_whole_when_its_process_died_is_finished_by_asking() {
    on_both(async |mut site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let path = start(&site, &who, &clip, PHONE.len(), ("a.mp4", "video/mp4")).await.header("location");
        let id = parse_id(publish::model::UPLOAD_PREFIX, path.rsplit('/').next().expect("an id")).expect("an id");
        let ctx = site.app.ctx(who.actor.clone());
        let leased = write_tx!(site.app.db, |tx| publish_uc::lease_upload(tx, &ctx, id).await).expect("leased");
        std::fs::create_dir_all(&site.app.scratch).expect("a folder");
        std::fs::write(traboule::tus::scratch_file(&site.app, &leased), PHONE).expect("written");
        let size = i64::try_from(PHONE.len()).expect("small");
        write_tx!(site.app.db, |tx| publish_uc::note_received(tx, &leased, size, ctx.now).await).expect("noted");
        site.restart().await;
        assert_eq!(told(&site, &who, &path).await, (200, PHONE.len()));
        site.work().await;
        let found = own(&site, &who, &clip).await;
        assert_eq!(found.clip.expect("a video").sha256, kernel::sha256_hex(PHONE));
        assert_eq!(found.post.state, PostState::Public);
    });
}

#[test]
fn c17_a_file_that_is_not_what_it_says_is_refused_and_another_may_come() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = begun(&site, &who, member.id, "Le pont").await;
        let sound = it::SOUND;
        for (file, kind, code) in [
            (WEBM, ("a.mp4", "video/mp4"), "clip-mismatch"),
            (PHONE, ("a.mp4", "text/html"), "clip-mismatch"),
            (sound, ("a.mp4", "video/mp4"), "clip-unreadable"),
            (&b"<html><script>alert(1)</script>"[..], ("a.webm", "video/webm"), "clip-unreadable"),
            (&PHONE[..PHONE.len() / 2], ("a.mp4", "video/mp4"), "clip-unreadable"),
        ] {
            let path = start(&site, &who, &clip, file.len(), kind).await.header("location");
            let refused = piece(&site, &who, &path, 0, file.to_vec()).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["code"]), (422, &code.into()));
            assert_eq!(told(&site, &who, &path).await.0, 410);
            let draft = own(&site, &who, &clip).await.draft.expect("still awaited");
            assert_eq!(draft.trouble.as_deref(), Some(code));
        }
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("Le fichier n’était pas une vidéo acceptée"), "{page}");
        let path = start(&site, &who, &clip, WEBM.len(), ("a.webm", "video/webm")).await.header("location");
        assert_eq!(piece(&site, &who, &path, 0, WEBM.to_vec()).await.status, 204);
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.post.state, PostState::Public);
    });
}

/// The parts of a form as a browser without scripts sends them.
fn form(stamp: &str, fields: &[(&str, &str)], files: &[(&str, &str, &str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in std::iter::once(&("csrf", stamp)).chain(fields) {
        out.extend(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (name, file, mime, bytes) in files {
        let head =
            format!("content-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: {mime}");
        out.extend(format!("--edge\r\n{head}\r\n\r\n").bytes());
        out.extend_from_slice(bytes);
        out.extend(b"\r\n");
    }
    out.extend(b"--edge--\r\n");
    out
}

async fn post_form(
    site: &Site,
    who: &Person,
    path: &str,
    fields: &[(&str, &str)],
    files: &[(&str, &str, &str, &[u8])],
) -> Answer {
    let body = form(&site.app.csrf.stamp(&who.session), fields, files);
    let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
    site.send(request("POST", path, Some(&who.session), &headers, body.into())).await
}

#[test]
fn a_plain_form_brings_words_captions_and_video_at_once() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let voice = member.id.to_string();
        let words = [("voice", voice.as_str()), ("title", "Le pont"), ("body", "Avec @basile"), ("lang", "fr")];
        let srt = b"1\n00:00:00,100 --> 00:00:01,000\nBonjour <b>\xc3\xa0</b> tous & toutes\n";
        let files: [(&str, &str, &str, &[u8]); 2] =
            [("captions", "a.srt", "application/x-subrip", srt), ("video", "a.mp4", "video/mp4", PHONE)];
        let made = post_form(&site, &who, "/fr/clips/new", &words, &files).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let to = made.header("location");
        assert!(to.starts_with("/fr/clips/po_") && to.ends_with("/edit?said=sent"), "{to}");
        site.work().await;
        let clip = to.split('/').nth(3).expect("an id").to_owned();
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        assert!(page.contains("kind=\"captions\"") && page.contains("default"), "{page}");
        let vtt = site.get(&format!("/media/clips/{clip}/captions.fr.vtt")).await;
        assert_eq!(vtt.header("content-type"), "text/vtt; charset=utf-8");
        assert!(vtt.text().contains("00:00:00.100 --> 00:00:01.000\nBonjour à tous &amp; toutes"), "{}", vtt.text());
        // Words with a problem come back with what was typed, and nothing is begun.
        let wrong = [("voice", voice.as_str()), ("title", ""), ("body", "Gardé"), ("lang", "fr")];
        let refused = post_form(&site, &who, "/fr/clips/new", &wrong, &files).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Gardé") && refused.text().contains("aria-invalid"));
        // A file that is none leaves the words on the clip's own page.
        let bad: [(&str, &str, &str, &[u8]); 1] = [("video", "a.mp4", "video/mp4", b"no film at all")];
        let refused = post_form(&site, &who, "/fr/clips/new", &words, &bad).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text().contains("Ce n’est pas une vidéo acceptée"), "{}", refused.text());
        let nothing = post_form(&site, &who, "/fr/clips/new", &words, &[]).await;
        assert!(nothing.header("location").ends_with("said=begun"));
        // Without the stamp nothing is read, and a voice that is not one's own does not speak.
        let body = form("wrong", &words, &files);
        let headers = [("origin", ORIGIN), ("content-type", "multipart/form-data; boundary=edge")];
        let forged = site.send(request("POST", "/fr/clips/new", Some(&who.session), &headers, body.into())).await;
        assert_eq!(forged.status, 403);
        let (other, _) = self::member(&site, "basile").await;
        assert_eq!(post_form(&site, &other, "/fr/clips/new", &words, &[]).await.status, 403);
    });
}

#[test]
fn without_ffmpeg_the_original_is_served_clean_or_not_at_all() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let (who, member) = member(&site, "odile").await;
        let new = site.get_as(&who, "/fr/clips/new").await.text();
        assert!(new.contains("Ce serveur ne fait pas de vidéos plus petites"));
        for (file, end) in [(PHONE, "mp4"), (WEBM, "webm")] {
            let clip = sent(&site, &who, member.id, "Le pont", file).await;
            site.work().await;
            let found = own(&site, &who, &clip).await;
            let video = found.clip.expect("a video");
            assert_eq!((found.post.state, video.rendition), (PostState::Public, Rendition::None));
            assert_eq!(video.problem.as_deref(), Some("no-ffmpeg"));
            let page = site.get(&format!("/fr/clips/{clip}")).await.text();
            assert!(page.contains("Montré tel qu’il a été envoyé"), "the page says so");
            let paths: Vec<String> = media(&page).into_iter().filter(|p| p.contains(&clip)).collect();
            assert_eq!(paths.len(), 1);
            assert!(paths[0].ends_with(end));
            let got = site.get(&paths[0]).await;
            assert_eq!(got.body.len(), file.len());
            assert!(CANARIES.iter().all(|c| !says(&got.body, c)), "{end}");
            let hidden = format!("/media/clips/{clip}/{}.{end}", &kernel::sha256_hex(file)[..12]);
            assert_eq!(site.get(&hidden).await.status, 404, "not the original itself");
        }
        // A track of something else may be a list of places: it is kept back, with the reason.
        let mut hidden = PHONE.to_vec();
        let at = hidden.windows(4).rposition(|w| w == b"soun").expect("a track of sound");
        hidden[at..at + 4].copy_from_slice(b"meta");
        let clip = sent(&site, &who, member.id, "Caché", &hidden).await;
        site.work().await;
        let found = own(&site, &who, &clip).await;
        assert_eq!(
            (found.post.state, found.clip.expect("a video").problem.as_deref()),
            (PostState::Preparing, Some("hidden-data"))
        );
        let page = site.get_as(&who, &format!("/en/clips/{clip}/edit")).await.text();
        assert!(page.contains("perhaps places") && page.contains("Not published"), "{page}");
        assert_eq!(site.get(&format!("/fr/clips/{clip}")).await.status, 404);
    });
}

#[test]
fn a_failure_is_a_state_with_its_reason_and_no_loop() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        // The index is whole, what it points at is not: our reader takes it, ffmpeg does not.
        let mut torn = PHONE.to_vec();
        let data = torn.windows(4).position(|w| w == b"mdat").expect("data") + 4;
        let index = torn.windows(4).position(|w| w == b"moov").expect("an index") - 4;
        torn[data..index].fill(0xff);
        let clip = sent(&site, &who, member.id, "Déchiré", &torn).await;
        site.work().await;
        let found = own(&site, &who, &clip).await;
        let video = found.clip.expect("a video");
        assert_eq!((found.post.state, video.rendition), (PostState::Preparing, Rendition::None));
        let reason = video.problem.expect("a reason");
        assert!(["unreadable", "clip-too-short"].contains(&reason.as_str()), "{reason}");
        let dead = read_tx!(site.app.db, |tx| Ok(jobs::dead_letters(tx).await?)).expect("read");
        assert!(dead.is_empty(), "{dead:?}");
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("Non publié") && page.contains("Réessayer"), "{page}");
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/again"), &[]).await.status, 303);
        assert_eq!(site.post_as(&who, &format!("/fr/clips/{clip}/again"), &[]).await.status, 409, "once at a time");
        site.work().await;
        assert_eq!(own(&site, &who, &clip).await.clip.expect("a video").rendition, Rendition::None);
        assert_eq!(site.get(&format!("/fr/clips/{clip}")).await.status, 404);
    });
}

#[test]
fn the_column_is_newest_first_page_by_page_and_without_those_apart() {
    on_both(async |site| {
        let (who, odile) = member(&site, "odile").await;
        let (other, basile) = member(&site, "basile").await;
        let mut made = Vec::new();
        for n in 0..10 {
            let (sender, voice) = if n % 2 == 0 { (&who, odile.id) } else { (&other, basile.id) };
            made.push(sent(&site, sender, voice, &format!("Film {n}"), WEBM).await);
            site.work().await;
            site.clock.advance(60);
        }
        let ids = |text: &str| -> Vec<String> {
            text.split("data-clip id=\"").skip(1).filter_map(|p| p.split('"').next()).map(str::to_owned).collect()
        };
        let first = site.get("/fr/clips").await.text();
        let wanted: Vec<String> = made.iter().rev().cloned().collect();
        assert_eq!(ids(&first), wanted[..8]);
        let older =
            first.split("data-older href=\"").nth(1).and_then(|p| p.split('"').next()).expect("older").to_owned();
        let second = site.get(&older).await.text();
        assert_eq!(ids(&second), wanted[8..], "each once, none left out");
        assert!(!second.contains("data-older"));
        for broken in ["/fr/clips?after=x", "/fr/clips?after=1.x"] {
            assert_eq!(site.get(broken).await.status, 404);
        }
        // One clip's page goes on with those that came before it.
        let page = site.get(&format!("/fr/clips/{}", made[4])).await.text();
        assert_eq!(ids(&page), [4, 3, 2, 1, 0].map(|n| made[n].clone()));
        // Blocked people see nothing of each other, in neither direction, and neither do files show themselves.
        let ctx = site.app.ctx(who.actor.clone());
        write_tx!(site.app.db, |tx| uc::follows::block(tx, &ctx, basile.id).await).expect("blocked");
        for (viewer, theirs, title) in [(&who, &made[1], "Film 1"), (&other, &made[0], "Film 0")] {
            let page = site.get_as(viewer, "/fr/clips").await.text();
            assert!(ids(&page).len() == 5 && !page.contains(title), "{title}");
            assert_eq!(site.get_as(viewer, &format!("/fr/clips/{theirs}")).await.status, 404);
            let id = parse_id(POST_PREFIX, theirs).expect("an id");
            let sha = read_tx!(site.app.db, |tx| {
                Ok(tx
                    .scalar::<String>("SELECT rendition_sha256 FROM community_clip WHERE post_id = $1", args![id])
                    .await?)
            });
            let path = format!("/media/clips/{theirs}/{}.mp4", &sha.expect("read").expect("made")[..12]);
            assert_eq!(site.get_as(viewer, &path).await.status, 404);
            assert_eq!(site.get(&path).await.status, 200);
        }
        assert_eq!(ids(&site.get("/fr/clips").await.text()).len(), 8, "visitors see everybody");
    });
}

#[test]
fn captions_are_edited_as_text_with_times() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        site.work().await;
        let path = format!("/fr/clips/{clip}/captions");
        let rows = [
            ("lang", "fr"),
            ("start", "0:00.5"),
            ("end", "0:01"),
            ("text", "Deux <b>"),
            ("start", "0"),
            ("end", "0:00.4"),
            ("text", "Un"),
            ("start", ""),
            ("end", ""),
            ("text", " "),
        ];
        assert_eq!(site.post_as(&who, &path, &rows).await.status, 303);
        let vtt = format!("/media/clips/{clip}/captions.fr.vtt");
        let text = site.get(&vtt).await.text();
        let (one, two) = (text.find("Un").expect("one"), text.find("Deux &lt;b&gt;").expect("two"));
        assert!(one < two, "in their order: {text}");
        let page = site.get_as(&who, &format!("/fr/clips/{clip}/edit")).await.text();
        assert!(page.contains("value=\"0:00.500\"") && page.contains("Deux &lt;b&gt;"), "{page}");
        let wrong = [
            ("lang", "fr"),
            ("start", "0:02"),
            ("end", "0:01"),
            ("text", "Gardé"),
            ("start", "x"),
            ("end", "1"),
            ("text", "y"),
        ];
        let refused = site.post_as(&who, &path, &wrong).await;
        assert_eq!(refused.status, 422);
        let again = refused.text();
        assert!(again.contains("Gardé") && again.matches("aria-invalid").count() == 4, "{again}");
        let (other, _) = self::member(&site, "basile").await;
        assert_eq!(site.post_as(&other, &path, &rows).await.status, 403);
        assert!(site.get(&vtt).await.text().contains("Un"), "nothing changed");
        let english: [(&str, &str, &str, &[u8]); 1] =
            [("captions", "a.vtt", "text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n")];
        let upload = format!("/fr/clips/{clip}/upload/captions");
        assert_eq!(post_form(&site, &who, &upload, &[("lang", "en")], &english).await.status, 303);
        let page = site.get(&format!("/en/clips/{clip}")).await.text();
        let tracks: Vec<&str> = page.split("<track ").skip(1).collect();
        assert_eq!(tracks.len(), 2);
        assert!(tracks[0].contains("srclang=\"en\"") && tracks[0].contains(" default"), "{tracks:?}");
        let none = [("lang", "en"), ("start", ""), ("end", ""), ("text", "")];
        assert_eq!(site.post_as(&who, &path, &none).await.status, 303);
        assert_eq!(site.get(&format!("/media/clips/{clip}/captions.en.vtt")).await.status, 404);
        let bad: [(&str, &str, &str, &[u8]); 1] = [("captions", "a.vtt", "text/vtt", b"just words")];
        assert_eq!(post_form(&site, &who, &upload, &[("lang", "en")], &bad).await.status, 422);
    });
}

#[test]
fn words_change_and_a_deleted_clip_leaves_its_digest_and_nothing_else() {
    on_both(async |site| {
        let (who, member) = member(&site, "odile").await;
        let clip = sent(&site, &who, member.id, "Le pont", PHONE).await;
        site.work().await;
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        let addresses = media(&page);
        let version = own(&site, &who, &clip).await.post.version.to_string();
        let words = [("version", version.as_str()), ("title", "La passerelle"), ("body", "Autrement"), ("lang", "en")];
        let path = format!("/fr/clips/{clip}/words");
        assert_eq!(site.post_as(&who, &path, &words).await.status, 303);
        assert_eq!(site.post_as(&who, &path, &words).await.status, 409, "somebody changed it meanwhile");
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        assert!(page.contains("La passerelle") && page.contains("Autrement") && page.contains("lang=\"en\""), "{page}");
        let remove = format!("/fr/clips/{clip}/remove");
        assert_eq!(site.post_as(&who, &remove, &[]).await.status, 404, "only when it is meant");
        assert_eq!(site.post_as(&who, &remove, &[("sure", "yes")]).await.status, 303);
        for path in addresses.iter().chain([&format!("/fr/clips/{clip}")]) {
            assert_eq!(site.get(path).await.status, 404, "{path}");
        }
        let id = parse_id(POST_PREFIX, &clip).expect("an id");
        let left = read_tx!(site.app.db, |tx| {
            Ok(tx.scalar::<String>("SELECT sha256 FROM community_clip WHERE post_id = $1", args![id]).await?)
        });
        assert_eq!(left.expect("read").as_deref(), Some(kernel::sha256_hex(PHONE).as_str()));
        site.clock.advance(2 * 86_400);
        site.app.remove_waste().await.expect("swept");
        let name = blobs::BlobName::of(PHONE);
        assert_eq!(site.app.blobs.size(&name).await.expect("asked"), None, "its file goes after a day");
    });
}

#[test]
fn an_excerpt_of_an_episode_becomes_a_clip_that_leads_back() {
    on_both(async |site| {
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::episode(&site, &editor, &show, desk::draft("Le pont")).await;
        let ctx = site.app.ctx(editor.actor.clone());
        // Four seconds of sound, so that two of them are a clip.
        let path = site.folder().join("long.mp3");
        let mut run = std::process::Command::new("ffmpeg");
        run.args(["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "sine=f=330:d=4:r=44100", "-b:a", "64k"])
            .arg(&path);
        assert!(run.status().expect("ffmpeg runs").success());
        traboule::pages::uploads::store_audio(&site.app, &ctx, episode.id, path, "long.mp3".to_owned())
            .await
            .expect("sound");
        let titles = [("fr".to_owned(), "Un pont".to_owned())].into();
        let draft = publish::rules::excerpt::ExcerptDraft { start: "0:01".into(), end: "0:03.5".into(), titles };
        let vtt = "WEBVTT\n\n00:00.000 --> 00:01.500\nAvant\n\n00:01.500 --> 00:04.000\nPendant\n";
        let excerpt = write_tx!(site.app.db, |tx| {
            publish_uc::attach_transcript(tx, &ctx, episode.id, "fr", vtt, true).await?;
            publish_uc::add_excerpt(tx, &ctx, episode.id, &draft).await
        })
        .expect("an excerpt");
        let shown = show_id(publish::model::EPISODE_PREFIX, episode.id);
        let excerpt = show_id(publish::model::EXCERPT_PREFIX, excerpt.id);
        let path = format!("/fr/studio/episodes/{shown}/clip");
        let fields = [("excerpt", excerpt.as_str()), ("title", "Le pont, en bref"), ("body", "À suivre")];
        assert_eq!(site.post_as(&editor, &path, &fields).await.status, 409, "not before the episode is public");
        desk::schedule(&site, &editor, episode.id, publish_uc::When::Now).await;
        let page = site.get_as(&editor, &format!("/fr/studio/episodes/{shown}/sound")).await.text();
        assert!(page.contains("Faire un clip"));
        let made = site.post_as(&editor, &path, &fields).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let clip = made.header("location").split('/').nth(3).expect("an id").to_owned();
        site.work().await;
        let found = own(&site, &editor, &clip).await;
        let video = found.clip.expect("a film");
        assert_eq!((found.post.state, video.rendition), (PostState::Public, Rendition::Ready));
        assert_eq!((video.width, video.height, video.has_sound), (720, 1280, true));
        assert!((2_400..2_700).contains(&video.duration_ms), "{}", video.duration_ms);
        assert_eq!(video.from, Some((episode.id, 1_000, 3_500)));
        let page = site.get(&format!("/fr/clips/{clip}")).await.text();
        let back = format!("/fr/shows/pentes/{}#t=1", episode.slug);
        assert!(page.contains(&back) && page.contains("Tiré de"), "{page}");
        let vtt = site.get(&format!("/media/clips/{clip}/captions.fr.vtt")).await.text();
        assert!(
            vtt.contains("00:00:00.000 --> 00:00:00.500\nAvant")
                && vtt.contains("00:00:00.500 --> 00:00:02.500\nPendant"),
            "{vtt}"
        );
        let stranger = site.person("ailleurs", "x@ailleurs.example", Role::Owner).await;
        assert_eq!(site.post_as(&stranger, &path, &fields).await.status, 404);
        let agent = site.person("pentes", "agent@pentes.example", Role::Agent).await;
        assert_eq!(site.post_as(&agent, &path, &fields).await.status, 403);
        let long = [("excerpt", excerpt.as_str()), ("title", "")];
        assert_eq!(site.post_as(&editor, &path, &long).await.status, 422);
    });
}

#[test]
fn a_cut_without_ffmpeg_is_refused_with_the_reason() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let site = Site::with(On::Lite, |config| config.ffmpeg = Some("off".to_owned())).await;
        let editor = site.person("pentes", "odile@pentes.example", Role::Editor).await;
        let show = desk::show(&site, &editor, "pentes").await;
        let episode = desk::published(&site, &editor, &show, "Le pont").await;
        let ctx = site.app.ctx(editor.actor.clone());
        let titles = [("fr".to_owned(), "Un pont".to_owned())].into();
        let draft = publish::rules::excerpt::ExcerptDraft { start: "0:00".into(), end: "0:01".into(), titles };
        let made =
            write_tx!(site.app.db, |tx| publish_uc::add_excerpt(tx, &ctx, episode.id, &draft).await).expect("made");
        let shown = show_id(publish::model::EPISODE_PREFIX, episode.id);
        let excerpt = show_id(publish::model::EXCERPT_PREFIX, made.id);
        let path = format!("/fr/studio/episodes/{shown}/clip");
        let refused = site.post_as(&editor, &path, &[("excerpt", &excerpt), ("title", "x")]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text().contains("Ce serveur n’a pas ffmpeg"), "{}", refused.text());
    });
}
