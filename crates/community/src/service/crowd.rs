//! Whole crowds for measuring: members, follows and posts as rows, past every rule. No page and no route leads here.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, OrgId, Refusal};

use crate::model::VoiceKind;
use crate::store;
pub use crate::store::{CrowdPost, CrowdVoice};

fn must_be_system(ctx: &Ctx) -> Result<(), Refusal> {
    if matches!(ctx.actor, Actor::System(_)) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// Writes voices; those of members become members.
///
/// # Errors
/// Refused for anybody but the server itself, or the database's failure.
pub async fn crowd_voices(tx: &mut Tx, ctx: &Ctx, org: OrgId, voices: Vec<CrowdVoice>) -> Result<(), Failure> {
    must_be_system(ctx)?;
    Ok(store::crowd_voices(tx, org, ctx.now, voices).await?)
}

/// Writes follows of voices of one kind, `(member, voice)`, since an instant.
///
/// # Errors
/// Refused for anybody but the server itself, or the database's failure.
pub async fn crowd_follows(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: VoiceKind,
    follows: &[(i64, i64)],
    since: At,
) -> Result<(), Failure> {
    must_be_system(ctx)?;
    Ok(store::crowd_follows(tx, kind.code(), follows, since).await?)
}

/// Writes posts that everybody sees.
///
/// # Errors
/// Refused for anybody but the server itself, or the database's failure.
pub async fn crowd_posts(tx: &mut Tx, ctx: &Ctx, org: OrgId, posts: Vec<CrowdPost>) -> Result<(), Failure> {
    must_be_system(ctx)?;
    Ok(store::crowd_posts(tx, org, posts).await?)
}
