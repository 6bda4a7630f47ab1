//! The history of an episode: what is written beside each change, reading it, and putting an old version back as a new
//! one. Imports and downloads write none of it; the first change by hand keeps what was there before.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Refusal};

use crate::model::{Episode, Revision};
use crate::rules::check::EpisodeDraft;
use crate::rules::merge::{self, Section};
use crate::service::{editable, episodes, read};
use crate::store;

/// How many versions a page of the history shows.
const PAGE: i64 = 50;

fn broken(error: &serde_json::Error) -> Failure {
    Failure::Broken(format!("a revision: {error}"))
}

/// What an episode says now, in the form it is compared and kept in.
pub(crate) async fn draft_of(tx: &mut Tx, episode: &Episode) -> Result<EpisodeDraft, Failure> {
    Ok(merge::plain(EpisodeDraft {
        slug: episode.slug.clone(),
        number: episode.number,
        season: episode.season,
        kind: episode.kind,
        explicit: episode.explicit,
        texts: episode.texts.clone(),
        chapters: store::chapters(tx, episode.id).await?,
        credits: store::credits(tx, episode.show, episode.id).await?,
    }))
}

/// What an episode said at a version; nothing when no revision is known for exactly that version.
pub(crate) async fn draft_at(tx: &mut Tx, episode: i64, version: i64) -> Result<Option<EpisodeDraft>, Failure> {
    if store::revision_at(tx, episode, version).await?.is_none() {
        return Ok(None);
    }
    let body = store::body_at(tx, episode, version).await?;
    body.map(|b| serde_json::from_str(&b).map_err(|e| broken(&e))).transpose()
}

/// Keeps what an episode says before a change, unless the history knows it already.
async fn keep_before(tx: &mut Tx, episode: &Episode) -> Result<(), Failure> {
    let now = serde_json::to_string(&draft_of(tx, episode).await?).map_err(|e| broken(&e))?;
    let known = store::revision_at(tx, episode.id, episode.version).await?;
    if known.is_some() && store::body_at(tx, episode.id, episode.version).await?.as_ref() == Some(&now) {
        return Ok(());
    }
    let first = Revision {
        version: episode.version,
        at: episode.updated_at,
        by: None,
        what: "before".to_owned(),
        has_body: true,
    };
    Ok(store::put_revision(tx, (episode.id, episode.org), &first, Some(now)).await?)
}

/// Notes a change that is about to be written: `episode` as it was read, `after` what it will say (nothing when its
/// texts stay). To be called before the rows change.
pub(crate) async fn note(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: &Episode,
    what: &str,
    after: Option<&EpisodeDraft>,
) -> Result<(), Failure> {
    keep_before(tx, episode).await?;
    let body = after.map(|d| serde_json::to_string(&merge::plain(d.clone()))).transpose().map_err(|e| broken(&e))?;
    let next = Revision {
        version: episode.version + 1,
        at: ctx.now,
        by: ctx.actor.person(),
        what: what.to_owned(),
        has_body: body.is_some(),
    };
    Ok(store::put_revision(tx, (episode.id, episode.org), &next, body).await?)
}

/// Notes a new episode.
pub(crate) async fn note_new(tx: &mut Tx, ctx: &Ctx, episode: &Episode, draft: &EpisodeDraft) -> Result<(), Failure> {
    let body = serde_json::to_string(&merge::plain(draft.clone())).map_err(|e| broken(&e))?;
    let by = ctx.actor.person();
    let first = Revision { version: episode.version, at: ctx.now, by, what: "create".to_owned(), has_body: true };
    Ok(store::put_revision(tx, (episode.id, episode.org), &first, Some(body)).await?)
}

/// The versions of an episode, newest first, `before` a version; and where the next page continues.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn revisions(
    tx: &mut Tx,
    actor: &Actor,
    episode: i64,
    before: Option<i64>,
) -> Result<(Vec<Revision>, Option<i64>), Failure> {
    read::desk_episode(tx, actor, episode).await?;
    let mut list = store::revisions(tx, episode, before.unwrap_or(i64::MAX), PAGE + 1).await?;
    let more = i64::try_from(list.len()).unwrap_or(0) > PAGE;
    if more {
        list.pop();
    }
    let next = list.last().filter(|_| more).map(|r| r.version);
    Ok((list, next))
}

/// What an episode said at a version, with who made it.
///
/// # Errors
/// Not found for people outside its organisation and for versions nobody kept.
pub async fn revision(
    tx: &mut Tx,
    actor: &Actor,
    episode: i64,
    version: i64,
) -> Result<(Revision, EpisodeDraft), Failure> {
    read::desk_episode(tx, actor, episode).await?;
    let found = store::revision_at(tx, episode, version).await?;
    let draft = draft_at(tx, episode, version).await?;
    found.zip(draft).ok_or_else(|| Refusal::not_found().into())
}

/// Puts what an episode said at a version back, as a new version; with `part`, only its chapters. What is public keeps its
/// address; GUID, state, cover and sound stay.
///
/// # Errors
/// Refused for non-editors, for versions nobody kept, and where the old texts would not be accepted today.
pub async fn restore(tx: &mut Tx, ctx: &Ctx, id: i64, version: i64, chapters_only: bool) -> Result<Episode, Failure> {
    let (episode, show) = editable(tx, ctx, id).await?;
    let Some(mut old) = draft_at(tx, id, version).await? else { return Err(Refusal::not_found().into()) };
    // A name in addresses that was given up since may be taken by now; the present one always stands.
    old.slug.clone_from(&episode.slug);
    let draft =
        if chapters_only { merge::with(draft_of(tx, &episode).await?, &Section::Chapters(old.chapters)) } else { old };
    episodes::write_draft(tx, ctx, episode, &show, draft, "restore").await
}
