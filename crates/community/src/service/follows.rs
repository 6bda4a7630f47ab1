//! Following, muting and blocking, and the lists of them. A block is felt by both: neither sees the other from then on.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal};

use super::members::{me, voice_topic};
use super::notify::{Happened, notify};
use crate::model::{Bond, Happening, Member, Voice, VoiceKind};
use crate::store::{self, Side};

/// How many voices stand on a page of a list.
pub const PAGE_OF_VOICES: usize = 30;

/// The other side of a bond, as the asker may see it.
async fn other(tx: &mut Tx, member: &Member, voice: i64) -> Result<(Voice, Bond), Failure> {
    let found = store::voices(tx, &[voice]).await?.remove(&voice).filter(|v| !v.closed);
    let found = found.ok_or_else(Refusal::not_found)?;
    let bond = store::bonds(tx, member.id, &[voice]).await?.remove(&voice).unwrap_or_default();
    if bond.blocked_by {
        return Err(Refusal::not_found().into());
    }
    Ok((found, bond))
}

fn not_self(member: &Member, voice: i64) -> Result<(), Refusal> {
    if member.id == voice { Err(Refusal::new(Kind::Conflict, "yourself")) } else { Ok(()) }
}

/// Follows a voice; twice is once.
///
/// # Errors
/// Not found for a voice that is not there or blocked the asker; refused for oneself and for somebody one blocked.
pub async fn follow(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<Voice, Failure> {
    let member = me(tx, &ctx.actor).await?;
    not_self(&member, voice)?;
    let (found, bond) = other(tx, &member, voice).await?;
    if bond.blocks {
        return Err(Refusal::new(Kind::Conflict, "unblock-first").into());
    }
    if store::follow(tx, member.id, &found, ctx.now).await? && found.kind == VoiceKind::Member {
        let happened = Happened::new(Happening::Follow, found.id, &member);
        notify(tx, ctx, happened).await?;
    }
    Ok(found)
}

/// Follows no longer.
///
/// # Errors
/// The database's failure.
pub async fn unfollow(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<(), Failure> {
    let member = me(tx, &ctx.actor).await?;
    store::unfollow(tx, member.id, voice).await?;
    Ok(())
}

/// Sees nothing more of a voice, which is not told. Following stays as it is.
///
/// # Errors
/// Not found; refused for oneself.
pub async fn mute(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<Voice, Failure> {
    let member = me(tx, &ctx.actor).await?;
    not_self(&member, voice)?;
    let (found, _) = other(tx, &member, voice).await?;
    store::mute(tx, member.id, voice, ctx.now).await?;
    Ok(found)
}

/// Sees a voice again.
///
/// # Errors
/// The database's failure.
pub async fn unmute(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<(), Failure> {
    let member = me(tx, &ctx.actor).await?;
    Ok(store::unmute(tx, member.id, voice).await?)
}

/// Blocks a member: both follow each other no longer, and neither sees the other.
///
/// # Errors
/// Not found; refused for oneself, and for shows and organisations, which can be muted.
pub async fn block(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<Voice, Failure> {
    let member = me(tx, &ctx.actor).await?;
    not_self(&member, voice)?;
    // Somebody who blocked the asker can be blocked too: the asker knows their name from before.
    let found = store::voices(tx, &[voice]).await?.remove(&voice).filter(|v| !v.closed);
    let found = found.ok_or_else(Refusal::not_found)?;
    if found.kind != VoiceKind::Member {
        return Err(Refusal::new(Kind::Conflict, "mute-instead").into());
    }
    store::block(tx, member.id, voice, ctx.now).await?;
    store::unfollow(tx, member.id, voice).await?;
    store::unfollow(tx, voice, member.id).await?;
    store::forget_between(tx, member.id, voice).await?;
    store::forget_between(tx, voice, member.id).await?;
    tx.touch(&voice_topic(voice)).await?;
    tx.touch(&voice_topic(member.id)).await?;
    Ok(found)
}

/// Takes a block back. Nobody follows anybody by that.
///
/// # Errors
/// The database's failure.
pub async fn unblock(tx: &mut Tx, ctx: &Ctx, voice: i64) -> Result<(), Failure> {
    let member = me(tx, &ctx.actor).await?;
    store::unblock(tx, member.id, voice).await?;
    tx.touch(&voice_topic(voice)).await?;
    Ok(tx.touch(&voice_topic(member.id)).await?)
}

/// What some voices are to the person behind an actor; nothing for visitors and people without a place in public.
///
/// # Errors
/// The database's failure.
pub async fn bonds(tx: &mut Tx, viewer: &Actor, voices: &[i64]) -> Result<HashMap<i64, Bond>, Failure> {
    let Some(person) = viewer.person() else { return Ok(HashMap::new()) };
    let Some(member) = store::member_of(tx, person).await? else { return Ok(HashMap::new()) };
    Ok(store::bonds(tx, member.id, voices).await?)
}

/// A page of voices with since when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VoicePage {
    /// The voices, newest bond first. Closed ones, and those that do not see the viewer, are left out.
    pub voices: Vec<(At, Voice)>,
    /// Where the next page goes on; `None` at the end.
    pub next: Option<(At, i64)>,
}

async fn page(
    tx: &mut Tx,
    viewer: &Actor,
    side: Side,
    of: i64,
    after: Option<(At, i64)>,
) -> Result<VoicePage, Failure> {
    let limit = i64::try_from(PAGE_OF_VOICES + 1).unwrap_or(i64::MAX);
    let mut rows = store::side(tx, side, of, after, limit).await?;
    let more = rows.len() > PAGE_OF_VOICES;
    rows.truncate(PAGE_OF_VOICES);
    let next = rows.last().copied().filter(|_| more);
    let ids: Vec<i64> = rows.iter().map(|(_, id)| *id).collect();
    let mut voices = store::voices(tx, &ids).await?;
    let bonds = bonds(tx, viewer, &ids).await?;
    let hidden = |id: &i64| bonds.get(id).is_some_and(|b| b.blocked_by || (b.blocks && side != Side::Blocked));
    let voices = rows
        .iter()
        .filter(|(_, id)| !hidden(id))
        .filter_map(|(since, id)| voices.remove(id).filter(|v| !v.closed).map(|v| (*since, v)))
        .collect();
    Ok(VoicePage { voices, next })
}

/// Whom a member follows.
///
/// # Errors
/// The database's failure.
pub async fn following(
    tx: &mut Tx,
    viewer: &Actor,
    member: i64,
    after: Option<(At, i64)>,
) -> Result<VoicePage, Failure> {
    page(tx, viewer, Side::Following, member, after).await
}

/// Who follows a voice.
///
/// # Errors
/// The database's failure.
pub async fn followers(
    tx: &mut Tx,
    viewer: &Actor,
    voice: i64,
    after: Option<(At, i64)>,
) -> Result<VoicePage, Failure> {
    page(tx, viewer, Side::Followers, voice, after).await
}

/// Whom the asker muted.
///
/// # Errors
/// Refused without a place in public.
pub async fn muted(tx: &mut Tx, actor: &Actor, after: Option<(At, i64)>) -> Result<VoicePage, Failure> {
    let member = me(tx, actor).await?;
    page(tx, actor, Side::Muted, member.id, after).await
}

/// Whom the asker blocked.
///
/// # Errors
/// Refused without a place in public.
pub async fn blocked(tx: &mut Tx, actor: &Actor, after: Option<(At, i64)>) -> Result<VoicePage, Failure> {
    let member = me(tx, actor).await?;
    page(tx, actor, Side::Blocked, member.id, after).await
}

/// How many voices a member follows.
///
/// # Errors
/// The database's failure.
pub async fn count_following(tx: &mut Tx, member: i64) -> Result<i64, Failure> {
    Ok(store::count_following(tx, member).await?)
}

/// Whether a voice's counter is what its rows say.
///
/// # Errors
/// The database's failure.
pub async fn followers_agree(tx: &mut Tx, voice: i64) -> Result<bool, Failure> {
    let counted = store::count_followers(tx, voice).await?;
    Ok(store::voices(tx, &[voice]).await?.get(&voice).is_some_and(|v| v.followers == counted))
}
