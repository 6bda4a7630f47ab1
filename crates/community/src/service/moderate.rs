//! The moderators' queue: what waits, what was decided, how it is undone. The only place where addresses are opened.

use std::collections::{BTreeMap, HashMap};

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Subject};

use super::notice::tell;
use super::{mark_of, must_moderate, topic};
use crate::model::{Author, Comment, Settings, State, Thread};
use crate::rules::moderate::{Verb, decide, undo as may_undo};
use crate::rules::settings::{SettingsDraft, check};
use crate::rules::spam;
use crate::seal::Sealer;
use crate::store::{self, Decision, Shared};

/// How many comments a page of the queue shows.
pub const PAGE: i64 = 25;
/// The most comments one act may concern.
pub const MOST_AT_ONCE: usize = 200;

/// How many comments are folded in one transaction.
const FOLDED_AT_ONCE: i64 = 500;

/// What a moderator looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueAsk {
    /// Of one state; all without it.
    pub state: Option<State>,
    /// About these subjects only.
    pub subjects: Option<Vec<Subject>>,
    /// Holding these words, in the text or the name.
    pub words: String,
    /// Older than this comment.
    pub before: Option<i64>,
}

/// A comment as a moderator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueItem {
    /// The comment.
    pub comment: Comment,
    /// A guest's address; gone once erased or expired.
    pub email: Option<String>,
    /// Comments from the same address, this one included.
    pub same_email: i64,
    /// Comments from the same network within thirty days, this one included.
    pub same_network: i64,
    /// Whether the writer had a comment approved.
    pub known: bool,
    /// The comment it answers.
    pub parent: Option<Comment>,
}

/// Comments by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Visible ones.
    pub visible: i64,
    /// Waiting ones.
    pub held: i64,
    /// Spam.
    pub spam: i64,
    /// Taken away by moderators.
    pub removed: i64,
}

/// A page of the queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Newest first.
    pub items: Vec<QueueItem>,
    /// By state, over the whole organisation.
    pub counts: Counts,
    /// Where older ones continue.
    pub next: Option<i64>,
}

/// The pattern of a search: folded, with the signs of LIKE taken literally.
fn pattern(words: &str) -> Option<String> {
    let words = kernel::plain(words.trim());
    let words: String = words.chars().take(100).collect();
    let literal = words.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    (!literal.is_empty()).then(|| format!("%{literal}%"))
}

/// Folds some of the comments written before the queue was searched by folded text; gives how many. The server does it at
/// the start, again and again until it is none.
///
/// # Errors
/// The database's failure.
pub async fn fold_older(tx: &mut Tx) -> Result<u64, Failure> {
    Ok(store::fold_older(tx, FOLDED_AT_ONCE).await?)
}

/// A page of an organisation's comments with what only moderators may see.
///
/// # Errors
/// Refused for whoever is no moderator.
pub async fn queue(tx: &mut Tx, ctx: &Ctx, sealer: &Sealer, org: OrgId, ask: &QueueAsk) -> Result<Queue, Failure> {
    must_moderate(&ctx.actor, org)?;
    let wanted = store::Ask {
        state: ask.state,
        subjects: ask.subjects.as_deref(),
        pattern: pattern(&ask.words),
        before: ask.before,
    };
    let mut comments = store::queue(tx, org, &wanted, PAGE + 1).await?;
    let more = i64::try_from(comments.len()).unwrap_or(0) > PAGE;
    if more {
        comments.pop();
    }
    let next = comments.last().filter(|_| more).map(|c| c.id);
    let items = items(tx, sealer, org, comments).await?;
    Ok(Queue { items, counts: counted(tx, org).await?, next })
}

async fn items(tx: &mut Tx, sealer: &Sealer, org: OrgId, comments: Vec<Comment>) -> Result<Vec<QueueItem>, Failure> {
    let ids: Vec<i64> = comments.iter().map(|c| c.id).collect();
    let privates = store::privates(tx, &ids).await?;
    let marks: Vec<String> = comments.iter().filter_map(|c| mark_of(c, privates.get(&c.id))).collect();
    let known = store::known(tx, &marks).await?;
    let emails: Vec<String> = privates.values().map(|p| p.email.clone()).collect();
    let networks: Vec<String> = privates.values().filter_map(|p| p.network.clone()).collect();
    let same_email = store::sharing(tx, org, Shared::Email, &emails).await?;
    let same_network = store::sharing(tx, org, Shared::Network, &networks).await?;
    let parents: Vec<i64> = comments.iter().filter_map(|c| c.parent).collect();
    let parents: HashMap<i64, Comment> = store::by_ids(tx, &parents).await?.into_iter().map(|c| (c.id, c)).collect();
    let item = |comment: Comment| {
        let private = privates.get(&comment.id);
        let mark = mark_of(&comment, private);
        QueueItem {
            email: private.and_then(|p| sealer.open_email(comment.id, &p.sealed)),
            same_email: private.and_then(|p| same_email.get(&p.email).copied()).unwrap_or(1),
            same_network: private.and_then(|p| same_network.get(p.network.as_ref()?).copied()).unwrap_or(1),
            known: mark.is_some_and(|m| known.contains(&(org, m))) || matches!(comment.author, Author::Team(_)),
            parent: comment.parent.and_then(|id| parents.get(&id).cloned()),
            comment,
        }
    };
    Ok(comments.into_iter().map(item).collect())
}

async fn counted(tx: &mut Tx, org: OrgId) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    for (state, count) in store::state_counts(tx, org).await? {
        match state {
            State::Visible => counts.visible = count,
            State::Held => counts.held = count,
            State::Spam => counts.spam = count,
            State::Removed => counts.removed = count,
            State::Deleted => {}
        }
    }
    Ok(counts)
}

/// How many comments an organisation has in each state, for its team.
///
/// # Errors
/// Refused for people outside it.
pub async fn counts(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Counts, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    counted(tx, org).await
}

/// How many comments of an organisation wait, for its moderators.
///
/// # Errors
/// Refused for whoever is no moderator.
pub async fn waiting(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<i64, Failure> {
    must_moderate(actor, org)?;
    Ok(store::waiting(tx, org).await?)
}

/// A comment in any state, for the moderators of its organisation.
///
/// # Errors
/// Not found elsewhere; refused for whoever is no moderator.
pub async fn find(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Comment, Failure> {
    let Some(comment) = store::by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    must_moderate(actor, comment.org)?;
    Ok(comment)
}

/// What an act, or its undoing, did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The act, to undo it by.
    pub act: i64,
    /// The comments that changed.
    pub changed: Vec<i64>,
    /// Those that stood as wanted already, or were left alone because they changed since.
    pub left: Vec<i64>,
}

/// Does one thing to some comments of an organisation, all or nothing. An approval makes the writer known: their next
/// comments need not wait for being the first.
///
/// # Errors
/// Refused for whoever is no moderator; not found for a comment elsewhere; `comment-deleted`, `comment-version`.
pub async fn act_on(tx: &mut Tx, ctx: &Ctx, org: OrgId, ids: &[i64], verb: Verb) -> Result<Acted, Failure> {
    must_moderate(&ctx.actor, org)?;
    if ids.is_empty() || ids.len() > MOST_AT_ONCE {
        return Err(Refusal::invalid("comment-choose").into());
    }
    let found = store::by_ids(tx, ids).await?;
    let subjects = found.iter().map(|c| (c.subject, c.org)).collect::<BTreeMap<Subject, OrgId>>();
    store::lock_threads(tx, &subjects.into_iter().collect::<Vec<_>>()).await?;
    // Read again under the lock: another moderator may have been faster.
    let mut found = store::by_ids(tx, ids).await?;
    found.retain(|c| c.org == org);
    if ids.iter().any(|id| !found.iter().any(|c| c.id == *id)) {
        return Err(Refusal::not_found().into());
    }
    let privates = store::privates(tx, ids).await?;
    let act = ctx.ids.next();
    let (mut decisions, mut left) = (Vec::new(), Vec::new());
    for comment in &found {
        let Some(to) = decide(comment.state, verb)? else {
            left.push(comment.id);
            continue;
        };
        let mark = mark_of(comment, privates.get(&comment.id)).filter(|_| to == State::Visible);
        let made_known = match mark {
            Some(who) if store::make_known(tx, org, &who, ctx.now).await? => Some(who),
            _ => None,
        };
        let version = comment.version + 1;
        decisions.push(Decision { act, comment: comment.id, from: comment.state, to, version, made_known });
    }
    apply(tx, &found, &decisions.iter().map(|d| (d.comment, d.to)).collect::<Vec<_>>()).await?;
    store::insert_decisions(tx, org, ctx.actor.person(), ctx.now, &decisions).await?;
    let by = ctx.actor.person();
    tell(tx, org, &format!("act-{act}"), by, decisions.iter().map(|d| (d.comment, d.to)), ctx.now).await?;
    Ok(Acted { act, changed: decisions.iter().map(|d| d.comment).collect(), left })
}

/// Writes new states, counters and topics.
async fn apply(tx: &mut Tx, comments: &[Comment], to: &[(i64, State)]) -> Result<(), Failure> {
    let mut changes: BTreeMap<Subject, (OrgId, i64, i64)> = BTreeMap::new();
    for (id, to) in to {
        let Some(comment) = comments.iter().find(|c| c.id == *id) else { continue };
        // What was told of it is told no longer: it is gone, or it is back and its team need not hear that it went.
        store::forget_comment(tx, *id).await?;
        if !store::set_state(tx, *id, comment.version, *to).await? {
            return Err(Refusal::new(Kind::Conflict, "comment-version").into());
        }
        let change = changes.entry(comment.subject).or_insert((comment.org, 0, 0));
        change.1 += i64::from(*to == State::Visible) - i64::from(comment.state == State::Visible);
        change.2 += i64::from(*to == State::Held) - i64::from(comment.state == State::Held);
    }
    let all: Vec<_> = changes.iter().map(|(s, (o, v, w))| (*s, *o, *v, *w)).collect();
    store::add_to_threads(tx, &all).await?;
    for subject in changes.keys() {
        tx.touch(&topic(*subject)).await?;
    }
    Ok(())
}

/// Undoes an act: every comment that still stands as it was left goes back, and whoever became known by it no longer is.
///
/// # Errors
/// Not found for an act elsewhere or undone already; `comment-changed-since` when nothing of it can be undone.
pub async fn undo(tx: &mut Tx, ctx: &Ctx, act: i64) -> Result<Acted, Failure> {
    let Some((org, _, decisions)) = store::act(tx, act).await? else { return Err(Refusal::not_found().into()) };
    must_moderate(&ctx.actor, org)?;
    let ids: Vec<i64> = decisions.iter().map(|d| d.comment).collect();
    let found = store::by_ids(tx, &ids).await?;
    let subjects = found.iter().map(|c| (c.subject, c.org)).collect::<BTreeMap<Subject, OrgId>>();
    store::lock_threads(tx, &subjects.into_iter().collect::<Vec<_>>()).await?;
    let found = store::by_ids(tx, &ids).await?;
    let (mut back, mut left) = (Vec::new(), Vec::new());
    for decision in &decisions {
        let now = found.iter().find(|c| c.id == decision.comment).map(|c| (c.state, c.version));
        match now.map(|now| may_undo(now, (decision.to, decision.version))) {
            Some(Ok(())) => {
                back.push((decision.comment, decision.from));
                store::mark_undone(tx, act, decision.comment, ctx.now).await?;
                if let Some(who) = &decision.made_known {
                    store::unmake_known(tx, org, who).await?;
                }
            }
            _ => left.push(decision.comment),
        }
    }
    if back.is_empty() {
        return Err(Refusal::new(Kind::Conflict, "comment-changed-since").into());
    }
    apply(tx, &found, &back).await?;
    tell(tx, org, &format!("undo-{act}-{}", ctx.now.micros()), ctx.actor.person(), back.iter().copied(), ctx.now)
        .await?;
    Ok(Acted { act, changed: back.iter().map(|b| b.0).collect(), left })
}

/// Closes or opens what is said about a subject.
///
/// # Errors
/// Refused for whoever is no moderator.
pub async fn set_open(tx: &mut Tx, ctx: &Ctx, org: OrgId, subject: Subject, open: bool) -> Result<Thread, Failure> {
    must_moderate(&ctx.actor, org)?;
    let thread = store::lock_threads(tx, &[(subject, org)]).await?.remove(&subject).unwrap_or_default();
    store::set_closed(tx, subject, !open).await?;
    tx.touch(&topic(subject)).await?;
    Ok(Thread { closed: !open, ..thread })
}

/// The rules of an organisation, for its team.
///
/// # Errors
/// Refused for people outside it.
pub async fn settings(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Settings, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::settings(tx, &[org]).await?.remove(&org).unwrap_or_default())
}

/// Changes the rules of an organisation; `version` is the one the form began from.
///
/// # Errors
/// Refused for whoever is no moderator; `comment-settings`, `comment-settings-version`.
pub async fn set_settings(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    draft: &SettingsDraft,
    version: i64,
) -> Result<Settings, Failure> {
    must_moderate(&ctx.actor, org)?;
    let settings = check(draft, version + 1)?;
    if !store::set_settings(tx, org, &settings, version).await? {
        return Err(Refusal::new(Kind::Conflict, "comment-settings-version").into());
    }
    Ok(settings)
}

/// What new blocked words would have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Comments looked at.
    pub looked_at: usize,
    /// Those that would have waited.
    pub would_wait: usize,
}

/// Tries blocked words against the last comments of an organisation.
///
/// # Errors
/// Refused for whoever is no moderator.
pub async fn try_words(tx: &mut Tx, ctx: &Ctx, org: OrgId, words: &[String]) -> Result<Tried, Failure> {
    must_moderate(&ctx.actor, org)?;
    let last = store::last(tx, org, 200).await?;
    let hit = |c: &&Comment| spam::has_blocked(&c.body, words) || spam::has_blocked(&c.name, words);
    Ok(Tried { looked_at: last.len(), would_wait: last.iter().filter(hit).count() })
}
