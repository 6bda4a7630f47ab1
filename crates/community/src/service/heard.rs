//! Who is told of what is said under a post: its author of a comment, whoever is answered of the answer. Asked for when a
//! comment became visible, as often as it takes.

use db::{Failure, Tx};
use kernel::{Ctx, SubjectKind};

use super::notify::{Happened, notify};
use crate::model::{Comment, Happening, State};
use crate::store;

/// Notes a visible comment for the members it concerns; nothing for one that is not visible any more.
///
/// # Errors
/// The database's failure.
pub async fn comment_heard(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let Some(comment) = store::by_id(tx, id).await?.filter(|c| c.state == State::Visible) else { return Ok(()) };
    let actor = match comment.author.person() {
        Some(person) => store::member_of(tx, person).await?.map(|m| m.id),
        None => None,
    };
    let answered = answered(tx, &comment).await?;
    let mut told = Vec::new();
    if let Some(member) = answered {
        told.push((Happening::Reply, member));
    }
    if comment.subject.kind == SubjectKind::Post
        && let Some(post) = store::posts(tx, &[comment.subject.id]).await?.remove(&comment.subject.id)
        && Some(post.author) != answered
        && store::members(tx, &[post.author]).await?.get(&post.author).is_some_and(|m| !m.erased)
    {
        told.push((Happening::Comment, post.author));
    }
    for (kind, member) in told {
        let happened = Happened {
            kind,
            member,
            actor,
            actor_name: comment.name.clone(),
            about: Some(comment.subject),
            part: Some(comment.id),
        };
        notify(tx, ctx, happened).await?;
    }
    Ok(())
}

/// The member whose comment is answered.
async fn answered(tx: &mut Tx, comment: &Comment) -> Result<Option<i64>, Failure> {
    let Some(parent) = comment.parent else { return Ok(None) };
    let person = store::by_id(tx, parent).await?.and_then(|p| p.author.person());
    Ok(match person {
        Some(person) => store::member_of(tx, person).await?.map(|m| m.id),
        None => None,
    })
}
