//! What its writer may do with a comment: look at it, change it, take it away. A guest shows a signed link, a member their
//! session.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Refusal};

use super::notice::tell;
use super::{mark_of, topic};
use crate::model::{Author, Comment, Guest, State, Writer};
use crate::rules::{form, moderate, spam, verdict};
use crate::seal::OwnLink;
use crate::store;
use crate::{WAITING_HANDLER, waiting_key};

/// By what somebody shows that a comment is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mine {
    /// A signed link, read by the sealer.
    Link(OwnLink),
    /// The session of the member who wrote it.
    Session(i64),
}

/// A comment by its writer.
///
/// # Errors
/// Not found: also for links that no longer work and for other people's comments.
pub async fn own(tx: &mut Tx, actor: &Actor, mine: Mine) -> Result<Comment, Failure> {
    let id = match mine {
        Mine::Link(link) => link.comment,
        Mine::Session(id) => id,
    };
    let found = store::by_id(tx, id).await?.filter(|c| !c.erased);
    let found = found.filter(|c| match mine {
        Mine::Link(link) => c.link_epoch == link.epoch && c.author == Author::Guest,
        Mine::Session(_) => c.author.person().is_some() && c.author.person() == actor.person(),
    });
    found.ok_or_else(|| Refusal::not_found().into())
}

/// Changes the text. The rules look at it again: what trips one waits for a moderator.
///
/// # Errors
/// Not found; `comment-fields`, `comment-too-old`, `comment-version`.
pub async fn edit_own(tx: &mut Tx, ctx: &Ctx, mine: Mine, version: i64, body: &str) -> Result<Comment, Failure> {
    let before = own(tx, &ctx.actor, mine).await?;
    let age = (ctx.now.micros() - before.said_at.micros()) / 1_000_000;
    moderate::edit_own(before.state, age, (version, before.version))?;
    let typed = crate::model::Typed { body: body.to_owned(), ..crate::model::Typed::default() };
    let body = form::check_member(&typed)?;
    if body == before.body {
        return Ok(before);
    }
    let private = store::privates(tx, &[before.id]).await?.remove(&before.id);
    let approved = match mark_of(&before, private.as_ref()) {
        Some(who) => store::known(tx, std::slice::from_ref(&who)).await?.contains(&(before.org, who)),
        None => false,
    };
    let settings = store::settings(tx, &[before.org]).await?.remove(&before.org).unwrap_or_default();
    let verdict = match before.author {
        Author::Team(_) => verdict::Verdict { state: before.state, reasons: Vec::new() },
        Author::Member(person) => {
            let writer = Writer::Member { person, name: before.name.clone(), team: false };
            verdict::judge(&writer, &body, approved, 0, &settings)
        }
        Author::Guest => {
            let guest = Guest { name: before.name.clone(), email: String::new(), url: before.url.clone() };
            verdict::judge(&Writer::Guest(guest), &body, approved, 0, &settings)
        }
    };
    // A change never makes visible what waits.
    let state = match (before.state, verdict.state) {
        (State::Held, State::Visible) => State::Held,
        (_, state) => state,
    };
    let after = Comment {
        state,
        body,
        edited_at: Some(ctx.now),
        version: before.version + 1,
        reasons: verdict.reasons.iter().map(|r| (*r).to_owned()).collect(),
        ..before.clone()
    };
    replace(tx, ctx, &before, &after).await?;
    Ok(after)
}

/// Takes a comment away; its place stays while something visible hangs on it.
///
/// # Errors
/// Not found.
pub async fn delete_own(tx: &mut Tx, ctx: &Ctx, mine: Mine) -> Result<Comment, Failure> {
    let before = own(tx, &ctx.actor, mine).await?;
    let state = moderate::delete_own(before.state)?;
    let after = Comment { state, body: String::new(), version: before.version + 1, ..before.clone() };
    replace(tx, ctx, &before, &after).await?;
    Ok(after)
}

async fn replace(tx: &mut Tx, ctx: &Ctx, before: &Comment, after: &Comment) -> Result<(), Failure> {
    let visible = i64::from(after.state == State::Visible) - i64::from(before.state == State::Visible);
    let waiting = i64::from(after.state == State::Held) - i64::from(before.state == State::Held);
    store::add_to_threads(tx, &[(after.subject, after.org, visible, waiting)]).await?;
    let digest = kernel::sha256_hex(spam::fold(&after.body).as_bytes());
    if !store::change(tx, after, before.version, &digest).await? {
        return Err(Refusal::new(kernel::Kind::Conflict, "comment-version").into());
    }
    if waiting > 0 {
        let (key, due) = waiting_key(after.org, ctx.now);
        jobs::enqueue(tx, after.org, WAITING_HANDLER, &key, &after.org.0.to_string(), due).await?;
    }
    if after.state != State::Visible {
        store::forget_comment(tx, after.id).await?;
    }
    if after.state != before.state {
        let key = format!("own-{}-{}", after.id, after.version);
        tell(tx, after.org, &key, None, std::iter::once((after.id, after.state)), ctx.now).await?;
    }
    tx.touch(&topic(after.subject)).await?;
    Ok(())
}
