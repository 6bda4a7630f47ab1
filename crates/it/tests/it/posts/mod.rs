//! Posts through the real front: written with pictures, read, edited, passed on, deleted, moderated, with cards of links and
//! comments under them.

mod cards;
mod changing;
mod races;
mod reading;
mod standing;
mod told;
mod writing;

use community::model::{Member, POST_PREFIX, PassedOn, PostKind};
use community::rules::post::Draft;
use community::service::{members, posts};
use db::write_tx;
use it::{Answer, ORIGIN, Person, Site, request};
use kernel::{Role, Subject, parse_id, show_id};

/// A picture as a camera writes it.
const PHOTO: &[u8] = include_bytes!("../../../../traboule/demo/covers/pont.jpg");
/// Words a camera wrote into it.
pub(crate) const CANARY: &str = "45.7640N 4.8357E zqcamera";

/// A photo with a place in it.
pub(crate) fn photo() -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0".to_vec();
    exif.extend_from_slice(CANARY.as_bytes());
    let size = u16::try_from(exif.len() + 2).expect("short");
    let mut out = PHOTO[..2].to_vec();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&size.to_be_bytes());
    out.extend_from_slice(&exif);
    out.extend_from_slice(&PHOTO[2..]);
    out
}

/// Gives somebody a place in public.
pub(crate) async fn join(site: &Site, who: &Person, handle: &str, name: &str) -> Member {
    let ctx = site.app.ctx(who.actor.clone());
    let profile = members::Profile { name: name.to_owned(), handle: handle.to_owned(), ..members::Profile::default() };
    write_tx!(site.app.db, |tx| members::join(tx, &ctx, who.org, &profile).await).expect("joined")
}

/// Somebody of the house with a place in public.
pub(crate) async fn member(site: &Site, handle: &str, name: &str) -> (Person, Member) {
    let who = site.person("public", &format!("{handle}@public.example"), Role::Agent).await;
    let member = join(site, &who, handle, name).await;
    (who, member)
}

/// A post of a member.
pub(crate) async fn posted(site: &Site, who: &Person, member: &Member, body: &str) -> i64 {
    passing(site, who, member, body, None).await
}

/// A post of a member that the server makes: for tests that need more of them than a person may write in an hour.
pub(crate) async fn planted(site: &Site, member: &Member, body: &str) -> i64 {
    let ctx = site.app.ctx(kernel::Actor::System("test"));
    let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), ..Draft::default() };
    let made = write_tx!(site.app.db, |tx| posts::post(tx, &ctx, member.id, PostKind::Post, &draft).await);
    made.expect("planted").id
}

/// A post that passes a post on.
pub(crate) async fn passing(site: &Site, who: &Person, member: &Member, body: &str, of: Option<i64>) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let of = of.map(|id| PassedOn { subject: Subject::post(id), author: 0 });
    let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), of, ..Draft::default() };
    let made = write_tx!(site.app.db, |tx| posts::post(tx, &ctx, member.id, PostKind::Post, &draft).await);
    made.expect("posted").id
}

/// The path of a post.
pub(crate) fn path(id: i64) -> String {
    format!("/fr/posts/{}", show_id(POST_PREFIX, id))
}

/// The post an answer led to.
fn led_to(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 303, "{}", answer.text());
    let to = answer.header("location");
    let id = to.split('?').next().and_then(|p| p.rsplit('/').next()).and_then(|id| parse_id(POST_PREFIX, id));
    id.unwrap_or_else(|| panic!("no post in {to}"))
}

/// Posts a form of several parts, stamped first.
pub(crate) async fn send(site: &Site, who: &Person, path: &str, fields: &[(&str, &str)], pictures: &[&[u8]]) -> Answer {
    let mut body = Vec::new();
    let mut part = |name: &str, more: &str, bytes: &[u8]| {
        body.extend_from_slice(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    };
    part("csrf", "", site.app.csrf.stamp(&who.session).as_bytes());
    for (name, value) in fields {
        part(name, "", value.as_bytes());
    }
    for bytes in pictures {
        part("picture", "; filename=\"IMG_0001.jpg\"", bytes);
    }
    body.extend_from_slice(b"--edge--\r\n");
    let headers = [("content-type", "multipart/form-data; boundary=edge"), ("origin", ORIGIN)];
    site.send(request("POST", path, Some(&who.session), &headers, body.into())).await
}

/// The values of hidden fields of a name.
fn hidden(page: &str, name: &str) -> Vec<String> {
    let start = format!("name=\"{name}\" value=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// Every address of an attribute in a page.
fn addresses(page: &str, start: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for rest in page.split(['"', '\'']).filter(|part| part.starts_with(start)) {
        if !found.iter().any(|f| f == rest) {
            found.push(rest.to_owned());
        }
    }
    found
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|w| w == part)
}
