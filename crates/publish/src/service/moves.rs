//! Moving an episode between draft, scheduled, published and unpublished. Publication itself is nobody's act: it
//! happens because the instant has come. The job asked for here only does what follows from it.

use db::{Failure, Tx};
use kernel::{At, Ctx, Kind, Refusal};

use crate::jobs::PUBLISHED_HANDLER;
use crate::model::{Episode, Show, State};
use crate::rules::schedule::{self, Move, OddHour};
use crate::rules::visibility::is_public;
use crate::service::{changed, editable, history};
use crate::store;

/// When an episode shall be public.
#[derive(Clone, Debug)]
pub enum When {
    /// At once.
    Now,
    /// At an instant (the API).
    At(At),
    /// At a wall clock in the show's zone: date `2026-11-23`, time `07:00`.
    WallClock(String, String),
}

async fn apply(tx: &mut Tx, ctx: &Ctx, mut episode: Episode, wanted: Move) -> Result<Episode, Failure> {
    let what = match wanted {
        Move::Schedule(at) if at <= ctx.now => "publish",
        Move::Schedule(_) => "schedule",
        Move::Unpublish => "unpublish",
        Move::BackToDraft => "draft",
    };
    episode.state = schedule::decide(episode.state, wanted, ctx.now)?;
    history::note(tx, ctx, &episode, what, None).await?;
    if !store::update_episode(tx, &episode, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "edit-conflict").into());
    }
    episode.version += 1;
    changed(tx, episode.show).await?;
    Ok(episode)
}

/// Schedules (or publishes) an episode. Gives it back with the odd hour to explain, if the wall clock is one.
///
/// # Errors
/// Refused for non-editors, without sound, for a wall clock that is none, and where the state forbids it.
pub async fn schedule(tx: &mut Tx, ctx: &Ctx, id: i64, when: When) -> Result<(Episode, Option<OddHour>), Failure> {
    let (mut episode, show) = editable(tx, &ctx.actor, id).await?;
    if episode.audio.is_none() {
        return Err(Refusal::new(Kind::Conflict, "audio-missing").into());
    }
    let (at, wall_clock, odd) = match when {
        When::Now => (ctx.now, None, None),
        When::At(at) => (at, None, None),
        When::WallClock(date, time) => {
            let resolved = schedule::resolve(&date, &time, &schedule::zone(&show.time_zone)?)?;
            if resolved.at <= ctx.now {
                return Err(Refusal::invalid("check-fields").field("date", "in-the-past").into());
            }
            (resolved.at, Some(resolved.wall_clock), resolved.odd)
        }
    };
    episode.wall_clock = wall_clock;
    let episode = apply(tx, ctx, episode, Move::Schedule(at)).await?;
    announce(tx, &episode).await?;
    Ok((episode, odd))
}

/// Asks for what follows from publication, once per (episode, instant).
pub(super) async fn announce(tx: &mut Tx, episode: &Episode) -> Result<(), Failure> {
    if let State::Scheduled(at) = episode.state {
        let key = format!("{}:{}", episode.id, at.micros());
        jobs::enqueue(tx, episode.org, PUBLISHED_HANDLER, &key, &episode.id.to_string(), at).await?;
    }
    Ok(())
}

/// Takes a published episode off the site and the feed.
///
/// # Errors
/// Refused for non-editors and where the state forbids it.
pub async fn unpublish(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Episode, Failure> {
    let (episode, show) = editable(tx, &ctx.actor, id).await?;
    let episode = apply(tx, ctx, episode, Move::Unpublish).await?;
    // The feed loses an item: without this its build date would fall back to that of the newest item left.
    store::stamp_show(tx, show.id, ctx.now).await?;
    Ok(episode)
}

/// Makes a scheduled episode a draft again.
///
/// # Errors
/// Refused for non-editors and where the state forbids it.
pub async fn back_to_draft(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Episode, Failure> {
    let (episode, _) = editable(tx, &ctx.actor, id).await?;
    apply(tx, ctx, episode, Move::BackToDraft).await
}

/// Resolves every coming schedule again with the zone rules of today: a wall clock is a promise to listeners, the
/// instant is not. Called when the server starts; gives how many moved.
///
/// # Errors
/// The database's failure.
pub async fn resolve_schedules(tx: &mut Tx, ctx: &Ctx) -> Result<usize, Failure> {
    let mut moved = 0;
    for (id, show, at, wall_clock, zone) in store::coming(tx, ctx.now).await? {
        let Ok(zone) = schedule::zone(&zone) else { continue };
        let Some(resolved) = schedule::resolve_again(&wall_clock, &zone).filter(|r| r.at != at) else { continue };
        let Some(org) = store::org_of_episode(tx, id).await? else { continue };
        let Some(mut episode) = store::episode_of(tx, kernel::Scope { org }, id).await? else { continue };
        if is_public(episode.state, ctx.now) {
            continue;
        }
        episode.state = State::Scheduled(resolved.at);
        history::note(tx, ctx, &episode, "zone", None).await?;
        store::update_episode(tx, &episode, ctx.now).await?;
        announce(tx, &episode).await?;
        changed(tx, show).await?;
        moved += 1;
    }
    Ok(moved)
}

/// Resolves the coming schedules of a show in its new zone. A wall clock that has passed there would publish an episode
/// at once and with a date nobody chose: that is refused, and nothing moves.
pub(super) async fn move_schedules(tx: &mut Tx, ctx: &Ctx, show: &Show) -> Result<usize, Failure> {
    let zone = schedule::zone(&show.time_zone)?;
    let mut moved = 0;
    for (id, _, at, wall_clock, _) in store::coming(tx, ctx.now).await?.into_iter().filter(|row| row.1 == show.id) {
        let Some(resolved) = schedule::resolve_again(&wall_clock, &zone).filter(|r| r.at != at) else { continue };
        if resolved.at <= ctx.now {
            let refusal = Refusal::new(Kind::Conflict, "zone-would-publish").with("when", wall_clock.replace('T', " "));
            return Err(refusal.field("time_zone", "zone-would-publish").into());
        }
        let Some(mut episode) = store::episode_of(tx, kernel::Scope { org: show.org }, id).await? else { continue };
        episode.state = State::Scheduled(resolved.at);
        store::update_episode(tx, &episode, ctx.now).await?;
        announce(tx, &episode).await?;
        moved += 1;
    }
    Ok(moved)
}
