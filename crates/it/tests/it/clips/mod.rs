//! Clips through the real front: uploads that are cut and resumed (c17), what is served of a video and what never is (c4), the
//! column, captions, cuts of episodes, and every way in which it goes wrong.

mod cuts;
mod later;
mod room;
mod shown;
mod uploads;
mod waste;

use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use community::model::{Member, POST_PREFIX, PostState, Rendition};
use community::rules::clip as rules;
use community::service::members::{self, Profile};
use community::service::{self as uc, ClipOrder, OwnClip};
use db::{args, read_tx, write_tx};
use it::{Answer, ORIGIN, Person, Site, desk, on_both, request};
use kernel::{Role, parse_id, show_id};
use proptest::prelude::Strategy as _;
use proptest::strategy::ValueTree as _;
use publish::service as publish_uc;
use testkit::On;

use crate::desk_upload::tus;

/// A second of an upright film as a phone writes it, with the place where it was filmed.
pub(crate) const PHONE: &[u8] = include_bytes!("../../../../community/tests/fixtures/phone.mp4");
const WEBM: &[u8] = include_bytes!("../../../../community/tests/fixtures/screen.webm");
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
    let post = write_tx!(site.app.db, |tx| uc::begin_clip(tx, &ctx, &order, site.app.clip_rooms).await).expect("begun");
    show_id(POST_PREFIX, post.id)
}

pub(crate) async fn start(site: &Site, who: &Person, clip: &str, size: usize, (name, mime): (&str, &str)) -> Answer {
    let meta =
        format!("filename {},filetype {},post {}", STANDARD.encode(name), STANDARD.encode(mime), STANDARD.encode(clip));
    let size = size.to_string();
    tus(site, who, "POST", "/uploads", &[("upload-length", &size), ("upload-metadata", &meta)], Body::empty()).await
}

pub(crate) async fn piece(site: &Site, who: &Person, path: &str, offset: usize, bytes: impl Into<Body>) -> Answer {
    let offset = offset.to_string();
    tus(site, who, "PATCH", path, &[("content-type", PIECE), ("upload-offset", &offset)], bytes).await
}

pub(crate) async fn told(site: &Site, who: &Person, path: &str) -> (u16, usize) {
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
