//! Members through the real front, on both engines: joining, profiles, following, muting, blocking, notifications, and what
//! is given back or erased.

mod data;
mod join;
mod looks;
mod notices;
mod profiles;

use community::service::members::{self, Profile};
use db::write_tx;
use it::{Person, Site};
use kernel::{Actor, PersonId};
use traboule::http::SESSION_COOKIE;

pub(crate) use data::untar;

/// Every mail in the folder, oldest first.
pub(crate) fn mails(site: &Site) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(&site.app.mail_folder) else { return Vec::new() };
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    files.sort();
    files.iter().map(|f| std::fs::read_to_string(f).expect("a mail")).collect()
}

/// The six digits of the newest mail to an address.
pub(crate) fn mailed_code(site: &Site, to: &str) -> String {
    let mail = mails(site).into_iter().rfind(|m| m.starts_with(&format!("To: {to}\n"))).expect("a mail");
    let digits: Vec<&str> = mail.split(|c: char| !c.is_ascii_digit()).filter(|part| part.len() == 6).collect();
    digits.first().map(|d| (*d).to_owned()).expect("a code")
}

/// The value of a hidden field.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let field = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&field).map(|(_, rest)| rest).unwrap_or_else(|| panic!("{name} in {page}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// The session an answer opens.
pub(crate) fn session_of(answer: &it::Answer) -> String {
    let cookie = answer.header("set-cookie");
    let value = cookie.strip_prefix(&format!("{SESSION_COOKIE}=")).expect("a session");
    value.split(';').next().unwrap_or_default().to_owned()
}

/// Somebody who joined by a mailed code; they have no place in public yet.
pub(crate) async fn joined(site: &Site, email: &str, name: &str) -> Person {
    let asked = site.post("/fr/join", &[("email", email), ("name", name)]).await;
    assert_eq!(asked.status, 200, "{}", asked.text());
    site.work().await;
    let (browser, code) = (hidden(&asked.text(), "browser"), mailed_code(site, email));
    let done = site.post("/fr/join/finish", &[("browser", &browser), ("code", &code)]).await;
    assert_eq!((done.status.as_u16(), done.header("location").as_str()), (303, "/fr/account/profile"));
    let session = session_of(&done);
    let now = site.app.now();
    let me = db::read_tx!(site.app.db, |tx| accounts::service::signed_in(tx, now, &session, false).await);
    let id: PersonId = me.expect("reads").expect("signed in").person.id;
    Person { id, org: kernel::OrgId(0), actor: Actor::Person { person: id, roles: Vec::new() }, session }
}

/// Gives somebody a place in public under a handle; who has one keeps it. Gives the member's id.
pub(crate) async fn joins(site: &Site, who: &Person, handle: &str) -> i64 {
    let ctx = site.app.ctx(who.actor.clone());
    let profile = Profile { name: format!("Nom de {handle}"), handle: handle.to_owned(), ..Profile::default() };
    write_tx!(site.app.db, |tx| members::join(tx, &ctx, who.org, &profile).await).expect("joined").id
}

/// The path of a deed on a member.
pub(crate) fn deed(member: i64, verb: &str) -> String {
    format!("/fr/voices/{}/{verb}", kernel::show_id(community::model::MEMBER_PREFIX, member))
}
