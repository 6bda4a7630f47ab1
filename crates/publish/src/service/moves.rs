//! Moving an episode between draft, scheduled, published and unpublished. Publication itself is nobody's act: it
//! happens because the instant has come. The job asked for here only does what follows from it.

use db::{Failure, Tx};
use kernel::{At, Ctx, Kind, Refusal};

use crate::jobs::{EPISODE_UNPUBLISHED, EVENING_HANDLER, PROOF_HANDLER, PUBLISHED_HANDLER, PublicationTask};
use crate::model::{Episode, Show, State};
use crate::rules::proof::{PROOF_AFTER, evening_before};
use crate::rules::schedule::{self, Move, OddHour};
use crate::rules::visibility::is_public;
use crate::service::checks::must_pass;
use crate::service::{changed, editable, history, told};
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
/// Refused for non-editors, without sound, for a wall clock that is none, where the state forbids it, and when the
/// linter finds errors (`lint-errors`, each field named).
pub async fn schedule(tx: &mut Tx, ctx: &Ctx, id: i64, when: When) -> Result<(Episode, Option<OddHour>), Failure> {
    let (mut episode, show) = editable(tx, ctx, id).await?;
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
    // A move the state forbids is refused as such, whatever the linter would say.
    schedule::decide(episode.state, Move::Schedule(at), ctx.now)?;
    must_pass(tx, &show, &episode).await?;
    episode.wall_clock = wall_clock;
    let episode = apply(tx, ctx, episode, Move::Schedule(at)).await?;
    store::set_scheduler(tx, episode.id, ctx.actor.person()).await?;
    announce(tx, ctx, &show, &episode).await?;
    Ok((episode, odd))
}

/// Asks for what follows from publication: telling it, once per (episode, instant); the look of the evening before;
/// the proof after it. Keys carry the version, because somebody may call off a publication and ask for it again.
pub(super) async fn announce(tx: &mut Tx, ctx: &Ctx, show: &Show, episode: &Episode) -> Result<(), Failure> {
    let State::Scheduled(at) = episode.state else { return Ok(()) };
    let key = format!("{}:{}", episode.id, at.micros());
    jobs::enqueue(tx, episode.org, PUBLISHED_HANDLER, &key, &episode.id.to_string(), at).await?;
    let since = at.max(ctx.now);
    let task = PublicationTask { episode: episode.id, at: at.micros(), since: since.micros() };
    let body = serde_json::to_string(&task).map_err(Failure::broken)?;
    let key = format!("{key}:{}", episode.version);
    if at > ctx.now {
        let zone = schedule::zone(&show.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let evening = evening_before(at, &zone).max(ctx.now);
        jobs::enqueue(tx, episode.org, EVENING_HANDLER, &key, &body, evening).await?;
    }
    jobs::enqueue(tx, episode.org, PROOF_HANDLER, &key, &body, since.plus_seconds(PROOF_AFTER)).await?;
    Ok(())
}

/// Takes back what [`announce`] asked for, for an episode that goes away altogether.
pub(super) async fn call_off(
    tx: &mut Tx,
    org: kernel::OrgId,
    episode: i64,
    at: At,
    version: i64,
) -> Result<(), Failure> {
    let key = format!("{episode}:{}", at.micros());
    jobs::cancel(tx, org, PUBLISHED_HANDLER, &key).await?;
    for handler in [EVENING_HANDLER, PROOF_HANDLER] {
        jobs::cancel(tx, org, handler, &format!("{key}:{version}")).await?;
    }
    Ok(())
}

/// Takes a published episode off the site and the feed.
///
/// # Errors
/// Refused for non-editors and where the state forbids it.
pub async fn unpublish(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Episode, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    let episode = apply(tx, ctx, episode, Move::Unpublish).await?;
    // The feed loses an item: without this its build date would fall back to that of the newest item left.
    store::stamp_show(tx, show.id, ctx.now).await?;
    told(tx, ctx, EPISODE_UNPUBLISHED, &episode).await?;
    super::said::note_leaf(tx, ctx, super::said::UNPUBLISHED, &episode).await?;
    Ok(episode)
}

/// Makes a scheduled episode a draft again.
///
/// # Errors
/// Refused for non-editors and where the state forbids it.
pub async fn back_to_draft(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Episode, Failure> {
    let (episode, _) = editable(tx, ctx, id).await?;
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
        episode.version += 1;
        if let Some(show) = store::show_by_id(tx, show).await? {
            announce(tx, ctx, &show, &episode).await?;
        }
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
        history::note(tx, ctx, &episode, "zone", None).await?;
        store::update_episode(tx, &episode, ctx.now).await?;
        episode.version += 1;
        announce(tx, ctx, show, &episode).await?;
        moved += 1;
    }
    Ok(moved)
}
