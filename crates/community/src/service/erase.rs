//! Giving people what is kept about them, and erasing it (GDPR articles 15 and 17). A thread keeps its shape: what is erased
//! stays as a place while something visible hangs on it.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, OrgId, PersonId, Refusal, Subject};
use serde_json::{Value, json};

use super::{must_moderate, topic};
use crate::model::{Comment, State};
use crate::seal::Sealer;
use crate::store;

/// How long the digest of a network is kept, in seconds.
pub const NETWORK_SECONDS: i64 = 30 * 86_400;

/// How much goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Name, site, address, digests; the text stays, without a name.
    Identity,
    /// The text too.
    Everything,
}

/// What is kept under an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Comments.
    pub comments: usize,
    /// Of those, visible ones.
    pub visible: usize,
}

/// What is kept under the address a digest of an erasure link stands for. The link is the permission.
///
/// # Errors
/// The database's failure.
pub async fn under_email(tx: &mut Tx, digest: &str) -> Result<Found, Failure> {
    let all = store::of_email(tx, digest).await?;
    Ok(Found { comments: all.len(), visible: all.iter().filter(|(c, _)| c.state == State::Visible).count() })
}

/// Erases everything said under an address, in every organisation of the server. The digest comes from a link only the
/// reader of that address has, or from the operator.
///
/// # Errors
/// The database's failure.
pub async fn erase_by_email(tx: &mut Tx, digest: &str, how: Erasure) -> Result<Found, Failure> {
    let all: Vec<Comment> = store::of_email(tx, digest).await?.into_iter().map(|(c, _)| c).collect();
    let visible = all.iter().filter(|c| c.state == State::Visible).count();
    erase_all(tx, &all, how).await?;
    store::forget_known(tx, digest).await?;
    Ok(Found { comments: all.len(), visible })
}

/// Erases the writer of one comment, asked by letter or telephone.
///
/// # Errors
/// Refused for whoever is no moderator.
pub async fn erase_one(tx: &mut Tx, ctx: &Ctx, org: OrgId, id: i64, how: Erasure) -> Result<(), Failure> {
    must_moderate(&ctx.actor, org)?;
    let Some(comment) = store::by_id(tx, id).await?.filter(|c| c.org == org) else {
        return Err(Refusal::not_found().into());
    };
    erase_all(tx, &[comment], how).await
}

async fn erase_all(tx: &mut Tx, all: &[Comment], how: Erasure) -> Result<(), Failure> {
    let text = how == Erasure::Everything;
    let mut changes: BTreeMap<Subject, (OrgId, i64, i64)> = BTreeMap::new();
    for comment in all {
        let change = changes.entry(comment.subject).or_insert((comment.org, 0, 0));
        if text {
            change.1 -= i64::from(comment.state == State::Visible);
            change.2 -= i64::from(comment.state == State::Held);
        }
    }
    let counters: Vec<_> = changes.iter().map(|(s, (o, v, w))| (*s, *o, *v, *w)).collect();
    store::add_to_threads(tx, &counters).await?;
    for comment in all {
        store::erase(tx, comment.id, text).await?;
        store::forget_comment(tx, comment.id).await?;
    }
    for subject in changes.keys() {
        tx.touch(&topic(*subject)).await?;
    }
    Ok(())
}

fn told(comment: &Comment) -> Value {
    json!({
        "id": kernel::show_id(crate::model::COMMENT_PREFIX, comment.id),
        "about": {"kind": comment.subject.kind.code(), "id": comment.subject.id.to_string()},
        "state": comment.state.code(),
        "name": comment.name,
        "url": comment.url,
        "body": comment.body,
        "said_at": comment.said_at.rfc3339(),
        "edited_at": comment.edited_at.map(At::rfc3339),
    })
}

/// What is kept under an address, for the operator who answers a request.
///
/// # Errors
/// Refused for anybody but the system.
pub async fn export_by_email(tx: &mut Tx, ctx: &Ctx, sealer: &Sealer, email: &str) -> Result<Value, Failure> {
    if !matches!(ctx.actor, Actor::System(_)) {
        return Err(Refusal::forbidden().into());
    }
    let all = store::of_email(tx, &sealer.email_digest(email)).await?;
    Ok(json!({ "comments": all.iter().map(|(c, _)| told(c)).collect::<Vec<_>>() }))
}

fn allowed(ctx: &Ctx, who: PersonId) -> Result<(), Refusal> {
    let own = ctx.actor.person() == Some(who) && matches!(ctx.actor, Actor::Person { .. });
    if own || matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// What this slice keeps about a member.
///
/// # Errors
/// Refused for anybody but the member and the operator.
pub async fn export_person(tx: &mut Tx, ctx: &Ctx, who: PersonId) -> Result<Value, Failure> {
    allowed(ctx, who)?;
    let all = store::of_person(tx, who).await?;
    Ok(json!({ "comments": all.iter().map(told).collect::<Vec<_>>() }))
}

/// Erases a member from what they said.
///
/// # Errors
/// Refused for anybody but the member and the operator.
pub async fn erase_person(tx: &mut Tx, ctx: &Ctx, who: PersonId, how: Erasure) -> Result<(), Failure> {
    allowed(ctx, who)?;
    let all = store::of_person(tx, who).await?;
    erase_all(tx, &all, how).await?;
    store::forget_known(tx, &format!("p{}", who.0)).await?;
    Ok(())
}

/// Deletes what has run out: addresses a year after the comment, digests of networks after thirty days, and the memory of
/// addresses nothing is kept under any more. The server does it every hour.
///
/// # Errors
/// The database's failure.
pub async fn sweep(tx: &mut Tx, now: At) -> Result<u64, Failure> {
    let gone = store::sweep_private(tx, now, now.plus_seconds(-NETWORK_SECONDS)).await?;
    Ok(gone + store::sweep_known(tx).await?)
}

/// How many sealed addresses are kept, how many of them run out before an instant, and when the first does.
///
/// # Errors
/// The database's failure.
pub async fn private_clock(tx: &mut Tx, before: At) -> Result<(i64, i64, Option<At>), Failure> {
    Ok(store::private_clock(tx, before).await?)
}
