//! What a team is told: those who publish for a show or an organisation hear what moderators took away of theirs. Who is in
//! a team is known by `accounts`, what happened to members by `community`; only here the two meet.

use accounts::service as accounts_uc;
use community::model::{Comment, Happening, Post, VoiceKind};
use community::service::members;
use community::service::notify::{Happened, notify};
use db::{Failure, Tx};
use kernel::{Actor, Ctx, OrgId, PersonId, Role, Subject};

/// Tells everybody who publishes for an organisation and has a place in public, but whoever did it.
async fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    by: Option<PersonId>,
    happened: impl Fn(i64) -> Happened,
) -> Result<(), Failure> {
    let system = Ctx { actor: Actor::System("team"), ..ctx.clone() };
    let publishes = |roles: &[Role]| roles.iter().any(|r| matches!(r, Role::Editor | Role::Owner));
    for one in accounts_uc::list_members(tx, &system, org).await? {
        if Some(one.person.id) == by || !publishes(&one.roles) {
            continue;
        }
        if let Some(member) = members::member_of(tx, one.person.id).await? {
            notify(tx, &system, happened(member.id)).await?;
        }
    }
    Ok(())
}

/// A moderator took a post away: if a show or an organisation said it, its team is told.
///
/// # Errors
/// The database's failure.
pub(crate) async fn post_removed(tx: &mut Tx, ctx: &Ctx, post: &Post) -> Result<(), Failure> {
    let voice = members::voices(tx, &[post.author]).await?.remove(&post.author);
    let Some(voice) = voice.filter(|v| v.kind != VoiceKind::Member) else { return Ok(()) };
    let happened = |member| Happened {
        kind: Happening::TeamPost,
        member,
        actor: None,
        actor_name: format!("@{}", voice.handle),
        about: Some(Subject::post(post.id)),
        part: Some(post.version),
    };
    tell(tx, ctx, post.org, ctx.actor.person(), happened).await
}

/// A moderator took a comment away: if somebody of the team said it, the team is told.
///
/// # Errors
/// The database's failure.
pub(crate) async fn comment_removed(
    tx: &mut Tx,
    ctx: &Ctx,
    comment: &Comment,
    by: Option<PersonId>,
) -> Result<(), Failure> {
    let happened = |member| Happened {
        kind: Happening::TeamComment,
        member,
        actor: None,
        actor_name: comment.name.clone(),
        about: Some(comment.subject),
        part: Some(comment.id),
    };
    tell(tx, ctx, comment.org, by, happened).await
}
