//! The mail with what is new, as often as a member chose: an hourly round finds whose mail is due, puts what happened in words
//! of their language, and hands the letter on with the link that stops it. Nothing is sent when nothing happened.

use std::sync::Arc;

use accounts::model::Person;
use accounts::service as accounts_uc;
use community::Sealer;
use community::service::notify::{self, DigestMail, MOST_LINES};
use db::{Db, Failure, Tx, write_tx};
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use jobs::{Handler, Outcome, Task};
use kernel::{Actor, Arg, At, Ctx, IdMaker, OrgId, Rng};
use publish::web::Links;
use ui::Texts;

use crate::pages::members::{Words, lines, own_path, stop_path};

/// The name of the hourly round.
pub const HANDLER: &str = "community.digests";

/// How many mails one round makes; what is left comes in the next, minutes later.
const A_ROUND: i64 = 200;
const HOUR: i64 = 3_600;

/// Makes the mails.
pub struct Digests {
    /// The database.
    pub db: Db,
    /// The sentences.
    pub texts: Arc<Texts>,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Addresses of this site.
    pub links: Links,
    /// Signs the link that stops.
    pub sealer: Arc<Sealer>,
}

/// Sees to it that the next round is asked for; the composition calls it at start.
///
/// # Errors
/// The database's failure.
pub async fn ask_next(tx: &mut Tx, now: At) -> Result<(), Failure> {
    let hour = now.micros().div_euclid(HOUR * 1_000_000) + 1;
    let due = At::from_micros(hour * HOUR * 1_000_000);
    jobs::enqueue(tx, OrgId(0), HANDLER, &format!("hour:{hour}"), "", due).await?;
    Ok(())
}

impl Digests {
    fn ctx(&self) -> Ctx {
        Ctx { now: self.db.clock().now(), actor: Actor::System("digest"), ids: self.ids.clone(), rng: Rng::System }
    }

    async fn round(&self) -> Result<(), Failure> {
        let ctx = self.ctx();
        let due = write_tx!(self.db, |tx| {
            ask_next(tx, ctx.now).await?;
            let due = notify::digests_due(tx, &ctx, A_ROUND).await?;
            if i64::try_from(due.len()).unwrap_or(0) == A_ROUND {
                let soon = ctx.now.plus_seconds(300);
                let key = format!("more:{}", soon.micros());
                jobs::enqueue(tx, OrgId(0), HANDLER, &key, "", soon).await?;
            }
            Ok(due)
        })?;
        for member in due {
            // One by one: what is made stays made, also when the next one fails.
            write_tx!(self.db, |tx| {
                let Some(mail) = notify::take_digest(tx, &ctx, member).await? else { return Ok(()) };
                let Some(person) = mail.member.person else { return Ok(()) };
                let Some(person) = accounts_uc::person(tx, &ctx, person).await? else { return Ok(()) };
                self.write(tx, &ctx, &mail, &person).await
            })?;
        }
        Ok(())
    }

    async fn write(&self, tx: &mut Tx, ctx: &Ctx, mail: &DigestMail, person: &Person) -> Result<(), Failure> {
        let lang = person.lang;
        let words = Words { texts: &self.texts, links: &self.links, now: ctx.now, lang, zone: &TimeZone::UTC };
        let told = lines(tx, words, &mail.groups, mail.member.seen_at).await?;
        let address = |path: &str| if path.starts_with('/') { self.links.absolute(path) } else { path.to_owned() };
        let line = |one: &crate::pages::members::LineView| match &one.url {
            Some(url) => format!("- {}\n  {}", one.text, address(url)),
            None => format!("- {}", one.text),
        };
        let mut text: Vec<String> = told.iter().take(MOST_LINES).map(line).collect();
        let left = i64::try_from(told.len().saturating_sub(MOST_LINES)).unwrap_or(i64::MAX);
        if left > 0 {
            text.push(self.texts.text(lang, "mail-digest-more", &[("count", Arg::Int(left))]));
        }
        let subject = self.texts.text(lang, "mail-digest-subject-count", &[("count", Arg::Int(mail.count))]);
        let stop = self.links.absolute(&stop_path(lang, &self.sealer.stop_link(mail.member.id)));
        let page = self.links.absolute(&own_path(lang, "notifications"));
        let args = [("subject", subject), ("lines", text.join("\n")), ("page", page), ("stop", stop.clone())];
        accounts_uc::digest_letter(tx, ctx, person, &args, &stop).await
    }
}

impl Handler for Digests {
    fn run<'a>(&'a self, _: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.round().await {
                Ok(()) => Outcome::Done,
                Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}
