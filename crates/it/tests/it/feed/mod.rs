//! Through the real front: the home feed, explore, tags and what decides the order.

mod apart;
mod counts;
mod definition;
mod house;
mod pages;
mod surfaces;

use community::model::{Member, PostKind};
use community::rules::post::Draft;
use community::service::members::{self, Profile};
use community::service::posts;
use db::{Failure, write_tx};
use it::{Person, Site};
use kernel::{Ctx, Role};

/// A person with a place in public and no role in the shows' organisation.
pub(crate) struct Somebody {
    pub(crate) person: Person,
    pub(crate) voice: i64,
    pub(crate) handle: String,
    pub(crate) name: String,
    /// A word that stands in what they say.
    pub(crate) mark: String,
}

impl Somebody {
    pub(crate) fn ctx(&self, site: &Site) -> Ctx {
        site.app.ctx(self.person.actor.clone())
    }
}

/// Somebody who joined under a handle.
pub(crate) async fn somebody(site: &Site, handle: &str) -> Somebody {
    let person = site.person("membres", &format!("{handle}@membres.example"), Role::Agent).await;
    let ctx = site.app.ctx(person.actor.clone());
    let profile = Profile { name: format!("Nom de {handle}"), handle: handle.to_owned(), ..Profile::default() };
    let made: Result<Member, Failure> =
        write_tx!(site.app.db, |tx| members::join(tx, &ctx, person.org, &profile).await);
    let made = made.expect("joined");
    let elided = if handle.starts_with('a') { "MOTD" } else { "MOTDE" };
    let mark = format!("{elided}{}", handle.to_uppercase());
    Somebody { person, voice: made.id, handle: made.handle, name: made.name, mark }
}

/// A post of a member.
pub(crate) async fn posted(site: &Site, who: &Somebody, body: &str) -> i64 {
    let draft = Draft { body: body.to_owned(), lang: "fr".to_owned(), ..Draft::default() };
    let ctx = who.ctx(site);
    let made = write_tx!(site.app.db, |tx| posts::post(tx, &ctx, who.voice, PostKind::Post, &draft).await);
    made.expect("posted").id
}
