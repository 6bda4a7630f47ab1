//! Excerpts of an episode: choosing, naming, removing with a way back. The file of one is cut by a task; without
//! anything that cuts, the excerpt is still a soundbite of the feed and a link with a time.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal, Scope};

use crate::jobs::EXCERPT_HANDLER;
use crate::model::{Audio, AudioPlace, Episode, Excerpt, ExcerptState, Show};
use crate::rules::excerpt::{self, ExcerptDraft};
use crate::service::read::visible;
use crate::service::{changed, editable};
use crate::store;

/// How long a removed excerpt can be taken back, in seconds.
const KEPT: i64 = 24 * 3600;

/// The blob of sound that lies here; nothing can be cut from sound kept elsewhere.
fn own_blob(audio: Option<&Audio>) -> Option<&str> {
    match audio.map(|a| &a.place) {
        Some(AudioPlace::Local(blob)) => Some(blob),
        _ => None,
    }
}

/// Asks that an excerpt be cut from the sound of today; once for each sound, and again when `again` names an instant.
async fn ask_cut(tx: &mut Tx, ctx: &Ctx, episode: &Episode, id: i64, again: Option<At>) -> Result<(), Failure> {
    if let Some(blob) = own_blob(episode.audio.as_ref()) {
        let more = again.map(|at| format!(":{}", at.micros())).unwrap_or_default();
        let key = format!("{id}:{}{more}", blob.get(..12).unwrap_or(blob));
        jobs::enqueue(tx, episode.org, EXCERPT_HANDLER, &key, &id.to_string(), ctx.now).await?;
    }
    Ok(())
}

/// Asks that every excerpt be cut again: the sound is another one.
pub(super) async fn cut_all(tx: &mut Tx, ctx: &Ctx, episode: i64) -> Result<(), Failure> {
    let found = store::excerpts(tx, episode).await?;
    if found.is_empty() {
        return Ok(());
    }
    let Some(org) = store::org_of_episode(tx, episode).await? else { return Ok(()) };
    let Some(episode) = store::episode_of(tx, Scope { org }, episode).await? else { return Ok(()) };
    for one in found.iter().filter(|x| x.file.is_none()) {
        ask_cut(tx, ctx, &episode, one.id, None).await?;
    }
    Ok(())
}

/// Chooses an excerpt.
///
/// # Errors
/// Refused for non-editors, without sound, beyond it, or beyond the number an episode may have.
pub async fn add_excerpt(tx: &mut Tx, ctx: &Ctx, episode: i64, draft: &ExcerptDraft) -> Result<Excerpt, Failure> {
    let (episode, show) = editable(tx, ctx, episode).await?;
    let Some(length) = episode.audio.as_ref().and_then(|a| a.duration_ms) else {
        return Err(Refusal::new(Kind::Conflict, "excerpt-needs-sound").into());
    };
    let checked = excerpt::check(draft, length)?;
    if store::count_excerpts(tx, episode.id).await? >= excerpt::MOST {
        return Err(Refusal::new(Kind::Conflict, "excerpt-too-many").into());
    }
    let made = Excerpt {
        id: ctx.ids.next(),
        episode: episode.id,
        start_ms: checked.start_ms,
        duration_ms: checked.duration_ms,
        titles: checked.titles,
        state: ExcerptState::Waiting,
        file: None,
    };
    store::insert_excerpt(tx, show.org, &made, ctx.now).await?;
    ask_cut(tx, ctx, &episode, made.id, None).await?;
    store::touch_episode(tx, episode.id, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(made)
}

/// An excerpt the actor may change, removed or not.
async fn changeable(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(Excerpt, bool, Episode, Show), Failure> {
    let Some((found, removed)) = store::excerpt_by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    let (episode, show) = editable(tx, ctx, found.episode).await?;
    Ok((found, removed, episode, show))
}

/// Gives an excerpt other titles.
///
/// # Errors
/// Refused for non-editors and without a title.
pub async fn rename_excerpt(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    titles: &BTreeMap<String, String>,
) -> Result<Excerpt, Failure> {
    let (mut found, removed, _, show) = changeable(tx, ctx, id).await?;
    if removed {
        return Err(Refusal::not_found().into());
    }
    found.titles = excerpt::titles(titles)?;
    store::put_titles(tx, &found).await?;
    store::touch_episode(tx, found.episode, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(found)
}

/// Removes an excerpt; for a day it can be taken back. Gives its episode.
///
/// # Errors
/// Refused for non-editors.
pub async fn remove_excerpt(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<i64, Failure> {
    let (found, removed, _, show) = changeable(tx, ctx, id).await?;
    if !removed {
        store::set_removed(tx, id, Some(ctx.now)).await?;
        store::touch_episode(tx, found.episode, ctx.now).await?;
        changed(tx, show.id).await?;
    }
    Ok(found.episode)
}

/// Takes a removed excerpt back. Gives its episode.
///
/// # Errors
/// Refused for non-editors, and when others took its place meanwhile; not found once it is deleted for good.
pub async fn restore_excerpt(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<i64, Failure> {
    let (found, removed, episode, show) = changeable(tx, ctx, id).await?;
    if removed && store::count_excerpts(tx, episode.id).await? >= excerpt::MOST {
        return Err(Refusal::new(Kind::Conflict, "excerpt-too-many").into());
    }
    store::set_removed(tx, id, None).await?;
    if found.file.is_none() {
        ask_cut(tx, ctx, &episode, id, Some(ctx.now)).await?;
    }
    store::touch_episode(tx, found.episode, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(found.episode)
}

/// Asks once more for an excerpt's file.
///
/// # Errors
/// Refused for non-editors.
pub async fn cut_excerpt_again(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let (_, removed, episode, _) = changeable(tx, ctx, id).await?;
    if removed {
        return Err(Refusal::not_found().into());
    }
    ask_cut(tx, ctx, &episode, id, Some(ctx.now)).await
}

/// The excerpts of an episode for its team.
///
/// # Errors
/// Not found for people outside the organisation.
pub async fn desk_excerpts(tx: &mut Tx, actor: &Actor, episode: i64) -> Result<Vec<Excerpt>, Failure> {
    if !store::org_of_episode(tx, episode).await?.is_some_and(|org| actor.may_read(org)) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::excerpts(tx, episode).await?)
}

/// An excerpt's file for serving, under the visibility rule of its episode, and whether anybody may have it.
///
/// # Errors
/// Not found: removed, never cut, of replaced sound, or of an episode that may not be seen.
pub async fn excerpt_file(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<(String, i64, bool), Failure> {
    let gone = || Failure::from(Refusal::not_found());
    let (found, removed) = store::excerpt_by_id(tx, id).await?.ok_or_else(gone)?;
    if removed {
        return Err(gone());
    }
    let (_, public) = visible(tx, actor, found.episode, now).await?;
    let (blob, size) = found.file.ok_or_else(gone)?;
    Ok((blob, size, public))
}

/// What a task needs to cut an excerpt: the sound it is cut from. `None` when there is nothing to do any more.
///
/// # Errors
/// The database's failure.
pub async fn excerpt_to_cut(tx: &mut Tx, id: i64) -> Result<Option<(Excerpt, Audio, String)>, Failure> {
    let Some((found, false)) = store::excerpt_by_id(tx, id).await? else { return Ok(None) };
    let Some(org) = store::org_of_excerpt(tx, id).await? else { return Ok(None) };
    let Some(episode) = store::episode_of(tx, Scope { org }, found.episode).await? else { return Ok(None) };
    let Some(audio) = episode.audio.filter(|_| found.file.is_none()) else { return Ok(None) };
    let blob = own_blob(Some(&audio)).map(str::to_owned);
    Ok(blob.map(|blob| (found, audio, blob)))
}

/// Notes the file a task cut from the sound `source`, or that it could not.
///
/// # Errors
/// The database's failure.
pub async fn excerpt_was_cut(tx: &mut Tx, id: i64, source: &str, file: Option<(&str, i64)>) -> Result<(), Failure> {
    let Some((found, _)) = store::excerpt_by_id(tx, id).await? else { return Ok(()) };
    store::put_cut(tx, id, source, file).await?;
    if let Some(org) = store::org_of_excerpt(tx, id).await?
        && let Some(episode) = store::episode_of(tx, Scope { org }, found.episode).await?
    {
        changed(tx, episode.show).await?;
    }
    Ok(())
}

/// Deletes for good what was removed more than a day ago.
///
/// # Errors
/// The database's failure.
pub async fn sweep_excerpts(tx: &mut Tx, now: At) -> Result<u64, Failure> {
    Ok(store::sweep_excerpts(tx, now.plus_seconds(-KEPT)).await?)
}
