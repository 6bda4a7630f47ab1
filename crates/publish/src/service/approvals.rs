//! Clients see and approve an episode by a link, without an account. Editors make and end links; what clients say is
//! kept with the version they saw. A token that is wrong, over or ended is the same "not found".

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal, Scope, constant_time_eq, hex, sha256_hex};

use crate::jobs::APPROVAL_ANSWERED;
use crate::model::checks::{Approval, ApprovalNote, NoteKind};
use crate::model::{FullEpisode, Image, Show};
use crate::rules::approval::{self, MOST_LINKS, MOST_NOTES, Standing};
use crate::service::read::full;
use crate::service::{desk_episode, gate, on_desk};
use crate::store;

/// A link as it is given to the editor, once.
pub struct MadeLink {
    /// The link.
    pub approval: Approval,
    /// Its secret, kept nowhere.
    pub token: String,
}

/// What an editor sees of an episode's approvals.
pub struct ApprovalDesk {
    /// The show.
    pub show: Show,
    /// The episode.
    pub full: FullEpisode,
    /// Its links, newest first.
    pub links: Vec<Approval>,
    /// What clients said, oldest first.
    pub notes: Vec<ApprovalNote>,
    /// Where it stands.
    pub standing: Standing,
    /// The digest of what would be published.
    pub digest: String,
}

/// What a client sees.
pub struct Preview {
    /// The link.
    pub approval: Approval,
    /// The show.
    pub show: Show,
    /// The episode as it would be published.
    pub full: FullEpisode,
    /// Pictures of chapters.
    pub images: HashMap<i64, Image>,
    /// What was said by this link, oldest first.
    pub notes: Vec<ApprovalNote>,
    /// Where the episode stands by this link alone: clients do not see one another.
    pub standing: Standing,
    /// The digest of what is shown.
    pub digest: String,
}

/// Makes a link for a client.
///
/// # Errors
/// Refused for non-editors, bad fields, and too many links at once.
pub async fn create_approval(tx: &mut Tx, ctx: &Ctx, id: i64, label: &str, days: i64) -> Result<MadeLink, Failure> {
    let (episode, _) = on_desk(tx, &ctx.actor, id).await?;
    let label = approval::link(label, days)?;
    let working = store::approvals(tx, id).await?.iter().filter(|a| approval::works(a, ctx.now)).count();
    if working >= MOST_LINKS {
        return Err(Refusal::new(Kind::Conflict, "approval-too-many").into());
    }
    let token = hex(&ctx.rng.bytes::<24>());
    let made = Approval {
        id: ctx.ids.next(),
        org: episode.org,
        episode: id,
        label,
        created_by: ctx.actor.person(),
        created_at: ctx.now,
        expires_at: ctx.now.plus_seconds(days * 86_400),
        revoked_at: None,
    };
    store::insert_approval(tx, &made, &sha256_hex(token.as_bytes())).await?;
    Ok(MadeLink { approval: made, token })
}

/// Ends a link at once; gives the episode it was for.
///
/// # Errors
/// Not found outside the organisation, refused for non-editors.
pub async fn revoke_approval(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<i64, Failure> {
    let Some(found) = store::approval_by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    on_desk(tx, &ctx.actor, found.episode).await?;
    store::revoke_approval(tx, id, ctx.now).await?;
    Ok(found.episode)
}

/// What an editor sees of an episode's approvals.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn approvals(tx: &mut Tx, actor: &Actor, id: i64) -> Result<ApprovalDesk, Failure> {
    let (show, full) = desk_episode(tx, actor, id).await?;
    let (links, notes) = (store::approvals(tx, id).await?, store::notes(tx, id).await?);
    let digest = approval::content_digest(&full);
    let standing = approval::standing(&notes, &digest);
    Ok(ApprovalDesk { show, full, links, notes, standing, digest })
}

async fn by_token(tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Approval, Failure> {
    let hash = sha256_hex(token.as_bytes());
    let found = store::approval_by_token(tx, &hash).await?;
    let right = found.filter(|(_, kept)| constant_time_eq(kept.as_bytes(), hash.as_bytes())).map(|(found, _)| found);
    let working = right.filter(|found| approval::works(found, ctx.now));
    working.ok_or_else(|| Refusal::not_found().into())
}

async fn seen(tx: &mut Tx, found: Approval, now: At) -> Result<Preview, Failure> {
    let missing = || Failure::from(Refusal::not_found());
    let scope = Scope { org: found.org };
    let episode = store::episode_of(tx, scope, found.episode).await?.ok_or_else(missing)?;
    let episode = gate::direct(tx, episode, now).await?;
    let show = store::show_by_id(tx, episode.show).await?.ok_or_else(missing)?;
    let full = full(tx, episode).await?;
    let mut images = HashMap::new();
    for id in full.chapters.iter().filter_map(|c| c.image_id) {
        if let Some(image) = store::image_by_id(tx, id).await? {
            images.insert(id, image);
        }
    }
    let mut notes = store::notes(tx, found.episode).await?;
    notes.retain(|n| n.approval == found.id);
    let digest = approval::content_digest(&full);
    let standing = approval::standing(&notes, &digest);
    Ok(Preview { approval: found, show, full, images, notes, standing, digest })
}

/// What a client sees with a token.
///
/// # Errors
/// Not found for a token that does not work, whatever the reason.
pub async fn preview(tx: &mut Tx, ctx: &Ctx, token: &str) -> Result<Preview, Failure> {
    let found = by_token(tx, ctx, token).await?;
    seen(tx, found, ctx.now).await
}

/// Keeps what a client says. A decision is about what the client saw (`digest`): when the episode changed meanwhile it
/// is refused, so that nobody approves what they never saw. A comment is kept either way, with the version of now.
///
/// # Errors
/// Not found for a token that does not work; refused for bad fields, an outdated view, and a full link.
pub async fn answer_approval(
    tx: &mut Tx,
    ctx: &Ctx,
    token: &str,
    kind: NoteKind,
    said: (&str, &str),
    digest: &str,
) -> Result<ApprovalNote, Failure> {
    let found = by_token(tx, ctx, token).await?;
    let (name, text) = approval::answer(kind, said.0, said.1)?;
    let preview = seen(tx, found, ctx.now).await?;
    if kind != NoteKind::Comment && preview.digest != digest {
        return Err(Refusal::new(Kind::Conflict, "approval-changed").into());
    }
    if store::note_count(tx, preview.approval.id).await? >= MOST_NOTES {
        return Err(Refusal::new(Kind::TooMany, "approval-full").into());
    }
    let note = ApprovalNote {
        id: ctx.ids.next(),
        approval: preview.approval.id,
        kind,
        name,
        text,
        version: preview.full.episode.version,
        digest: preview.digest.clone(),
        at: ctx.now,
    };
    store::insert_note(tx, &preview.approval, &note).await?;
    let body = serde_json::json!({
        "episode_id": preview.approval.episode.to_string(), "note_id": note.id.to_string(), "kind": kind.code(),
        "approval_id": preview.approval.id.to_string(), "at": ctx.now.micros(),
    });
    let event = jobs::Event { org: preview.approval.org, kind: APPROVAL_ANSWERED, version: 1, body: body.to_string() };
    jobs::tell(tx, ctx, event).await?;
    super::mails::answered(tx, ctx, &preview, &note).await?;
    Ok(note)
}
