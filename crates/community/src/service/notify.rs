//! What happened to members: noted once, read on a page, counted for the mark in the header. Somebody muted or blocked is
//! not heard.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Refusal, Subject};

use super::members::me;
use crate::model::{Digest, Happening, Member, Notification};
use crate::rules::notices::{Group, group, is_due};
use crate::store;

/// How much stands on a page of notifications.
pub const PAGE_OF_NOTIFICATIONS: usize = 30;
/// After so long whatever was noted at an instant is committed, in seconds: no transaction takes that long.
const SETTLED_SECONDS: i64 = 60;

/// Something to note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// What.
    pub kind: Happening,
    /// To which member.
    pub member: i64,
    /// By which voice; `None` for a guest.
    pub actor: Option<i64>,
    /// The name shown.
    pub actor_name: String,
    /// Where.
    pub about: Option<Subject>,
    /// Which of several of the kind there: a comment's id.
    pub part: Option<i64>,
}

impl Happened {
    /// Something a member did.
    #[must_use]
    pub fn new(kind: Happening, to: i64, by: &Member) -> Self {
        Self { kind, member: to, actor: Some(by.id), actor_name: by.name.clone(), about: None, part: None }
    }

    /// Where it happened.
    #[must_use]
    pub fn about(self, subject: Subject) -> Self {
        Self { about: Some(subject), ..self }
    }

    /// The mark under which it is noted once.
    fn same(&self) -> String {
        let about = self.about.map_or_else(String::new, |s| format!("{}{}", s.kind.code(), s.id));
        // A comment is one thing, whoever said it; nobody's name stands here.
        match (self.part, self.actor) {
            (Some(comment), _) => format!("{}::{about}:{comment}", self.kind.code()),
            (None, actor) => format!("{}:{}:{about}", self.kind.code(), actor.unwrap_or_default()),
        }
    }
}

/// Notes what happened to a member, once. Nothing is noted of what one does oneself, nor between people who are blocked.
///
/// # Errors
/// The database's failure.
pub async fn notify(tx: &mut Tx, ctx: &Ctx, happened: Happened) -> Result<(), Failure> {
    if happened.actor == Some(happened.member) {
        return Ok(());
    }
    if let Some(actor) = happened.actor {
        let bonds = store::bonds(tx, happened.member, &[actor]).await?;
        if bonds.get(&actor).is_some_and(|b| b.blocks || b.blocked_by || b.mutes) {
            return Ok(());
        }
    }
    let same = happened.same();
    let row = Notification {
        id: ctx.ids.next(),
        member: happened.member,
        kind: happened.kind,
        actor: happened.actor,
        actor_name: happened.actor_name,
        about: happened.about,
        at: ctx.now,
    };
    store::notify(tx, &row, &same, happened.part).await?;
    Ok(())
}

/// A page of what happened to the asker, newest first, and where the next one goes on.
///
/// # Errors
/// Refused without a place in public.
pub async fn notifications(
    tx: &mut Tx,
    actor: &Actor,
    before: Option<i64>,
) -> Result<(Vec<Notification>, Option<i64>), Failure> {
    let member = me(tx, actor).await?;
    let limit = i64::try_from(PAGE_OF_NOTIFICATIONS + 1).unwrap_or(i64::MAX);
    let mut rows = store::notifications(tx, member.id, before, limit).await?;
    let more = rows.len() > PAGE_OF_NOTIFICATIONS;
    rows.truncate(PAGE_OF_NOTIFICATIONS);
    let next = rows.last().map(|n| n.id).filter(|_| more);
    Ok((rows, next))
}

/// How much the asker has not seen, at most a hundred; nothing for people without a place in public.
///
/// # Errors
/// The database's failure.
pub async fn unseen(tx: &mut Tx, actor: &Actor) -> Result<i64, Failure> {
    let Some(person) = actor.person() else { return Ok(0) };
    let Some(member) = store::member_of(tx, person).await? else { return Ok(0) };
    Ok(store::count_since(tx, member.id, member.seen_at).await?)
}

/// Everything up to an instant was seen.
///
/// # Errors
/// Refused without a place in public.
pub async fn seen(tx: &mut Tx, ctx: &Ctx, up_to: At) -> Result<(), Failure> {
    let member = me(tx, &ctx.actor).await?;
    Ok(store::seen(tx, member.id, up_to.min(ctx.now)).await?)
}

/// The most lines of a mail about what is new.
pub const MOST_LINES: usize = 12;

/// What goes into one member's mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestMail {
    /// Whose.
    pub member: Member,
    /// What happened, newest first, likes of a kind together.
    pub groups: Vec<Group>,
    /// How many things that is, at most a hundred.
    pub count: i64,
}

/// Members whose mail may be due, oldest mail first: they chose one, their span is over, and something happened.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn digests_due(tx: &mut Tx, ctx: &Ctx, most: i64) -> Result<Vec<i64>, Failure> {
    only_system(ctx)?;
    let (day, week) = (Digest::Daily.seconds().unwrap_or(0), Digest::Weekly.seconds().unwrap_or(0));
    Ok(store::digests_due(tx, ctx.now.plus_seconds(-day), ctx.now.plus_seconds(-week), most).await?)
}

/// Takes what is new for a member's mail and notes that it was made: what was seen on the page, or in a mail before, is not
/// told again. `None` when there is nothing to tell.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn take_digest(tx: &mut Tx, ctx: &Ctx, member: i64) -> Result<Option<DigestMail>, Failure> {
    only_system(ctx)?;
    let Some(member) = store::members(tx, &[member]).await?.remove(&member).filter(|m| !m.erased) else {
        return Ok(None);
    };
    if !is_due(member.digest, member.digest_at, ctx.now) {
        return Ok(None);
    }
    let since = member.digest_at.max(member.seen_at);
    let rows = store::notifications(tx, member.id, None, 100).await?;
    // What was noted a moment ago may still lack neighbours that are older and not committed yet: it is for the next mail.
    let until = ctx.now.plus_seconds(-SETTLED_SECONDS);
    let waits = rows.iter().any(|n| n.at > until);
    let new: Vec<Notification> = rows.into_iter().filter(|n| n.at > since && n.at <= until).collect();
    if !new.is_empty() || !waits {
        store::digest_made(tx, member.id, until).await?;
    }
    if new.is_empty() {
        return Ok(None);
    }
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    Ok(Some(DigestMail { member, groups: group(&new), count }))
}

/// Stops a member's mails. The signed link was the permission.
///
/// # Errors
/// The database's failure.
pub async fn stop_digest(tx: &mut Tx, member: i64) -> Result<(), Failure> {
    Ok(store::stop_digest(tx, member).await?)
}

fn only_system(ctx: &Ctx) -> Result<(), Refusal> {
    if matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}
