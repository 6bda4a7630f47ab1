//! Saving from a form, when somebody else may have saved meanwhile; and keeping what is typed and not saved yet.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, PersonId, Refusal};

use crate::model::{Autosave, Episode, Show, State};
use crate::rules::check::{self, EpisodeDraft};
use crate::rules::merge::{self, Choice, Merged, Section};
use crate::service::{editable, episodes, history, on_desk, read};
use crate::store;

/// The largest form kept unsaved, in bytes.
const MOST_UNSAVED: usize = 512 * 1024;
/// How long unsaved work is kept: 30 days.
const UNSAVED_SECONDS: i64 = 30 * 86_400;

/// Two people changed the same words.
#[derive(Clone, Debug)]
pub struct Collided {
    /// The version the form began from.
    pub began: i64,
    /// The newest version, theirs.
    pub version: i64,
    /// What this person wanted to save.
    pub mine: EpisodeDraft,
    /// The merge with what has to be chosen.
    pub merged: Merged,
}

/// What became of a save.
#[derive(Clone, Debug)]
pub enum Saved {
    /// It is kept.
    Kept {
        /// The episode.
        episode: Box<Episode>,
        /// Fields in which somebody else's save came in.
        taken: Vec<String>,
    },
    /// Nothing is written before somebody chooses.
    Collided(Box<Collided>),
}

/// Saves the part of an episode a form edits. `began` is the version the form showed. Fields only one side changed merge;
/// where both did, nothing is written and the collision is given back.
///
/// # Errors
/// Refused for non-editors and bad fields.
pub async fn save_episode(tx: &mut Tx, ctx: &Ctx, id: i64, began: i64, section: &Section) -> Result<Saved, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    let theirs = history::draft_of(tx, &episode).await?;
    let base = match began == episode.version {
        true => Some(theirs.clone()),
        false => history::draft_at(tx, id, began).await?,
    };
    let mine = merge::with(base.clone().unwrap_or_else(|| theirs.clone()), section);
    settle(tx, ctx, (episode, show), began, base.as_ref(), theirs, mine).await
}

/// Saves what somebody chose in a collision. `seen` is the version whose words they saw as the other side's: if there is
/// a newer one by now, its changes are merged in turn.
///
/// # Errors
/// As [`save_episode`].
pub async fn save_choices(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    (began, seen): (i64, i64),
    mine: EpisodeDraft,
    choices: &HashMap<String, Choice>,
) -> Result<Saved, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    let theirs = history::draft_of(tx, &episode).await?;
    let base = history::draft_at(tx, id, began).await?;
    let other = match seen == episode.version {
        true => Some(theirs.clone()),
        false => history::draft_at(tx, id, seen).await?,
    };
    match other {
        Some(other) => {
            let chosen = merge::resolve(&merge::merge(base.as_ref(), &other, &mine), choices);
            settle(tx, ctx, (episode, show), seen, Some(&other), theirs, chosen).await
        }
        None => settle(tx, ctx, (episode, show), began, base.as_ref(), theirs, mine).await,
    }
}

/// A collision as it was shown, for showing it again when the choice could not be saved.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn collision(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    (began, seen): (i64, i64),
    mine: EpisodeDraft,
) -> Result<Collided, Failure> {
    let (_, full) = read::desk_episode(tx, actor, id).await?;
    let base = history::draft_at(tx, id, began).await?;
    let known = history::draft_at(tx, id, seen).await?.filter(|_| seen != full.episode.version);
    let (version, theirs) = match known {
        Some(theirs) => (seen, theirs),
        None => (full.episode.version, history::draft_of(tx, &full.episode).await?),
    };
    let merged = merge::merge(base.as_ref(), &theirs, &mine);
    Ok(Collided { began, version, mine, merged })
}

async fn settle(
    tx: &mut Tx,
    ctx: &Ctx,
    (episode, show): (Episode, Show),
    began: i64,
    base: Option<&EpisodeDraft>,
    theirs: EpisodeDraft,
    mut mine: EpisodeDraft,
) -> Result<Saved, Failure> {
    if was_public(&episode, ctx.now) || mine.slug.is_empty() {
        mine.slug.clone_from(&episode.slug);
    }
    let mine = merge::plain(check::episode(mine)?);
    let merged = merge::merge(base, &theirs, &mine);
    if !merged.collisions.is_empty() {
        let version = episode.version;
        return Ok(Saved::Collided(Box::new(Collided { began, version, mine, merged })));
    }
    let Merged { draft, taken, .. } = merged;
    let episode = episodes::write_draft(tx, ctx, episode, &show, draft, "edit").await?;
    Ok(Saved::Kept { episode: Box::new(episode), taken })
}

/// Whether an episode's address is or was out in the world.
pub(crate) fn was_public(episode: &Episode, now: At) -> bool {
    !matches!(episode.state, State::Draft) && episode.state.instant().is_some_and(|at| at <= now)
}

fn person(actor: &Actor) -> Result<PersonId, Refusal> {
    actor.person().ok_or_else(Refusal::forbidden)
}

/// Whether a form is one whose unsaved state is kept.
fn is_section(name: &str) -> bool {
    matches!(name, "details" | "credits" | "chapters") || name.strip_prefix("texts:").is_some_and(check::is_language)
}

/// Keeps a form somebody typed into and did not save, for them alone.
///
/// # Errors
/// Refused for non-editors, for a form that is none, and when it is too large.
pub async fn keep_unsaved(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    section: &str,
    version: i64,
    body: &str,
) -> Result<(), Failure> {
    on_desk(tx, &ctx.actor, id).await?;
    if !is_section(section) || body.len() > MOST_UNSAVED {
        return Err(Refusal::new(Kind::Invalid, "form-unreadable").into());
    }
    let kept = Autosave { section: section.to_owned(), version, at: ctx.now, body: body.to_owned() };
    Ok(store::put_autosave(tx, id, person(&ctx.actor)?, &kept).await?)
}

/// Forgets a form's unsaved state: it was saved, or its writer does not want it.
///
/// # Errors
/// Refused for non-editors.
pub async fn forget_unsaved(tx: &mut Tx, ctx: &Ctx, id: i64, section: &str) -> Result<(), Failure> {
    on_desk(tx, &ctx.actor, id).await?;
    Ok(store::drop_autosave(tx, id, person(&ctx.actor)?, section).await?)
}

/// What somebody typed into an episode's forms and did not save.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn unsaved(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Vec<Autosave>, Failure> {
    read::desk_episode(tx, actor, id).await?;
    match actor.person() {
        Some(who) => Ok(store::autosaves(tx, id, who).await?),
        None => Ok(Vec::new()),
    }
}

/// Deletes unsaved work nobody came back to for 30 days; gives how much.
///
/// # Errors
/// The database's failure.
pub async fn sweep_unsaved(tx: &mut Tx, now: At) -> Result<u64, Failure> {
    Ok(store::sweep_autosaves(tx, now.plus_seconds(-UNSAVED_SECONDS)).await?)
}
