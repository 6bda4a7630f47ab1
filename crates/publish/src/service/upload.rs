//! Uploads in pieces: beginning, leasing, noting what came, handing the whole file on. The bytes themselves are the
//! edge's; here is who may, and what is true.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, PersonId, Refusal};

use crate::model::{Room, Upload, UploadFor, UploadState};
use crate::rules::upload as rules;
use crate::service::{AudioFile, SourceFile, editable, must_edit};
use crate::store;

/// What is announced.
#[derive(Clone, Debug, Default)]
pub struct UploadDraft {
    /// For which episode.
    pub episode: i64,
    /// Bytes in all.
    pub size: i64,
    /// The file's name.
    pub name: String,
    /// The media type the sender believes in.
    pub declared: String,
}

/// Begins an upload. `quota` is how many bytes open uploads of one organisation may fill.
///
/// # Errors
/// Refused for non-editors, for nothing, too much, or no room.
pub async fn begin_upload(tx: &mut Tx, ctx: &Ctx, draft: &UploadDraft, quota: i64) -> Result<Upload, Failure> {
    let (episode, show) = editable(tx, ctx, draft.episode).await?;
    rules::may_begin(draft.size, store::open_bytes(tx, show.org, Room::Sound, ctx.now).await?, quota)?;
    let person = ctx.actor.person().unwrap_or(PersonId(0));
    let of = UploadFor::Episode(episode.id);
    open(tx, ctx, (show.org, person, of), (Room::Sound, rules::KEPT), draft).await
}

async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    (org, person, of): (OrgId, PersonId, UploadFor),
    (room, kept): (Room, i64),
    draft: &UploadDraft,
) -> Result<Upload, Failure> {
    let upload = Upload {
        id: ctx.ids.next(),
        org,
        person,
        of,
        size: draft.size,
        received: 0,
        name: draft.name.clone(),
        declared: draft.declared.clone(),
        state: UploadState::Open,
        lease: 0,
        leased_until: At::from_micros(0),
        expires_at: ctx.now.plus_seconds(kept),
    };
    store::insert_upload(tx, &upload, room, ctx.now).await?;
    Ok(upload)
}

/// The post an upload brings its video to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfPost {
    /// The post.
    pub post: i64,
    /// Whose.
    pub org: OrgId,
    /// Whether it is of a show or of the organisation, not of a member.
    pub house: bool,
}

/// Begins the upload of a post's video. That the actor may give it one was decided where posts are known. `quota` is how many
/// bytes open uploads of the organisation's members, or of itself, may fill, `own` those of the person. Without a byte it is
/// kept for an hour: room is not taken by declaring.
///
/// # Errors
/// Refused without a person, for nothing, too much, or no room.
pub async fn begin_post_upload(
    tx: &mut Tx,
    ctx: &Ctx,
    of: OfPost,
    draft: &UploadDraft,
    (quota, own): (i64, i64),
) -> Result<Upload, Failure> {
    let person = writer(&ctx.actor)?;
    rules::may_begin(draft.size, store::open_bytes_of(tx, person, ctx.now).await?, own).map_err(|r| {
        if r.code == "upload-no-room" { Refusal::new(Kind::TooMany, "upload-too-many-open") } else { r }
    })?;
    let room = if of.house { Room::House } else { Room::Members };
    rules::may_begin(draft.size, store::open_bytes(tx, of.org, room, ctx.now).await?, quota)?;
    open(tx, ctx, (of.org, person, UploadFor::Post(of.post)), (room, rules::UNSENT), draft).await
}

/// Who writes in their own name; a token that only reads brings nothing.
fn writer(actor: &Actor) -> Result<PersonId, Refusal> {
    let none =
        if actor.person().is_some() { Refusal::forbidden() } else { Refusal::new(Kind::SignIn, "sign-in-first") };
    actor.writer().ok_or(none)
}

/// Begins the upload of a post's video that comes in one go, by a form, and takes its lease: one at a time for a post. What
/// the person had begun for it before is given up.
///
/// # Errors
/// As [`begin_post_upload`]; `upload-locked` while another connection brings it.
pub async fn begin_form_upload(
    tx: &mut Tx,
    ctx: &Ctx,
    of: OfPost,
    draft: &UploadDraft,
    rooms: (i64, i64),
) -> Result<Upload, Failure> {
    let person = writer(&ctx.actor)?;
    for before in store::uploads_of_post(tx, of.post, ctx.now).await? {
        if before.leased_until > ctx.now {
            return Err(Refusal::new(Kind::Conflict, "upload-locked").into());
        }
        if before.person == person {
            store::end_upload(tx, before.id, UploadState::Ended, None).await?;
        }
    }
    let upload = begin_post_upload(tx, ctx, of, draft, rooms).await?;
    lease_upload(tx, ctx, upload.id).await
}

/// The upload of a post's video that is under way, and how many bytes of it came.
///
/// # Errors
/// The database's failure.
pub async fn post_upload(tx: &mut Tx, actor: &Actor, post: i64, now: At) -> Result<Option<Upload>, Failure> {
    let found = store::uploads_of_post(tx, post, now).await?;
    Ok(found.into_iter().next().filter(|u| actor.person() == Some(u.person)))
}

/// An upload of the actor's organisation that can still be asked about.
///
/// # Errors
/// Not found elsewhere, forbidden without the role, `upload-gone` when it ended.
pub async fn find_upload(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<Upload, Failure> {
    let found = store::upload_by_id(tx, id).await?.filter(|u| match u.of {
        UploadFor::Episode(_) => actor.may_read(u.org),
        // A post's video is sent by who began to.
        UploadFor::Post(_) => actor.writer() == Some(u.person),
    });
    let Some(upload) = found else { return Err(Refusal::not_found().into()) };
    if matches!(upload.of, UploadFor::Episode(_)) {
        must_edit(actor, upload.org)?;
    }
    rules::alive(&upload, now)?;
    Ok(upload)
}

/// Takes the lease of an upload: until it is given back or runs out, nobody else writes.
///
/// # Errors
/// As [`find_upload`]; `upload-locked` while somebody else writes.
pub async fn lease_upload(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Upload, Failure> {
    let mut upload = find_upload(tx, &ctx.actor, id, ctx.now).await?;
    if upload.state == UploadState::Done {
        return Ok(upload);
    }
    let (lease, until) = (ctx.ids.next(), ctx.now.plus_seconds(rules::LEASE));
    if !store::take_lease(tx, id, lease, ctx.now, until).await? {
        return Err(Refusal::new(Kind::Conflict, "upload-locked").into());
    }
    (upload.lease, upload.leased_until) = (lease, until);
    Ok(upload)
}

/// Keeps a lease while bytes come and notes how many are safe on disk; whether it was still ours.
///
/// # Errors
/// The database's failure.
pub async fn keep_lease(tx: &mut Tx, upload: &Upload, received: i64, now: At) -> Result<bool, Failure> {
    let ends = (now.plus_seconds(rules::LEASE), rules::kept_until(upload, received, now));
    Ok(store::keep_lease(tx, upload.id, upload.lease, received, ends).await?)
}

/// Notes how many bytes are safe on disk and gives the lease back; gives the new end of its keeping.
///
/// # Errors
/// `upload-locked` when the lease was lost.
pub async fn note_received(tx: &mut Tx, upload: &Upload, received: i64, now: At) -> Result<At, Failure> {
    let expires = rules::kept_until(upload, received, now);
    if !store::put_received(tx, upload.id, upload.lease, received, expires).await? {
        return Err(Refusal::new(Kind::Conflict, "upload-locked").into());
    }
    Ok(expires)
}

/// What a whole file turned out to be.
#[derive(Clone, Debug)]
pub enum Whole {
    /// Sound that is published as it is.
    Sound(Box<AudioFile>),
    /// Sound that must be converted first.
    Source(SourceFile),
}

/// Gives a whole upload to its episode, once: the file and the end of the upload are one transaction.
///
/// # Errors
/// Refused for non-editors; `upload-locked` when the lease was lost.
pub async fn finish_upload(tx: &mut Tx, ctx: &Ctx, upload: &Upload, whole: &Whole) -> Result<(), Failure> {
    let UploadFor::Episode(episode) = upload.of else { return Err(Refusal::not_found().into()) };
    upload_taken(tx, ctx, upload).await?;
    match whole {
        Whole::Sound(file) => drop(super::attach_audio(tx, ctx, episode, file).await?),
        Whole::Source(file) => drop(super::ask_conversion(tx, ctx, episode, file).await?),
    }
    Ok(())
}

/// Notes that a whole upload was taken, in the transaction that takes it.
///
/// # Errors
/// `upload-locked` when the lease was lost.
pub async fn upload_taken(tx: &mut Tx, ctx: &Ctx, upload: &Upload) -> Result<(), Failure> {
    if !keep_lease(tx, upload, upload.size, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "upload-locked").into());
    }
    Ok(store::end_upload(tx, upload.id, UploadState::Done, None).await?)
}

/// Ends an upload whose file is nothing we take.
///
/// # Errors
/// The database's failure.
pub async fn refuse_upload(tx: &mut Tx, upload: &Upload, code: &str) -> Result<(), Failure> {
    Ok(store::end_upload(tx, upload.id, UploadState::Refused, Some(code)).await?)
}

/// Gives an upload up.
///
/// # Errors
/// As [`lease_upload`].
pub async fn end_upload(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let upload = lease_upload(tx, ctx, id).await?;
    if upload.state != UploadState::Done {
        store::end_upload(tx, id, UploadState::Ended, None).await?;
    }
    Ok(())
}

/// Ends what has expired; gives the ids whose files can go.
///
/// # Errors
/// The database's failure.
pub async fn sweep_uploads(tx: &mut Tx, now: At) -> Result<Vec<i64>, Failure> {
    Ok(store::sweep_uploads(tx, now).await?)
}

/// Whether bytes of an upload may still be wanted.
///
/// # Errors
/// The database's failure.
pub async fn upload_is_open(tx: &mut Tx, id: i64) -> Result<bool, Failure> {
    Ok(store::upload_by_id(tx, id).await?.is_some_and(|u| u.state == UploadState::Open))
}

/// Frees the leases a dead process left, where only one process works at a time.
///
/// # Errors
/// The database's failure.
pub async fn free_leases(tx: &mut Tx) -> Result<(), Failure> {
    Ok(store::free_leases(tx).await?)
}
