//! Uploads in pieces: beginning, leasing, noting what came, handing the whole file on. The bytes themselves are the
//! edge's; here is who may, and what is true.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, PersonId, Refusal};

use crate::model::{Upload, UploadFor, UploadState};
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
    rules::may_begin(draft.size, store::open_bytes(tx, show.org, false, ctx.now).await?, quota)?;
    let person = ctx.actor.person().unwrap_or(PersonId(0));
    open(tx, ctx, (show.org, person, UploadFor::Episode(episode.id)), draft).await
}

async fn open(
    tx: &mut Tx,
    ctx: &Ctx,
    (org, person, of): (OrgId, PersonId, UploadFor),
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
        expires_at: ctx.now.plus_seconds(rules::KEPT),
    };
    store::insert_upload(tx, &upload, ctx.now).await?;
    Ok(upload)
}

/// Begins the upload of a post's video. That the actor may give the post `post` of `org` a video was decided where posts are
/// known. `quota` is how many bytes open uploads of the organisation may fill, `own` those of the person.
///
/// # Errors
/// Refused without a person, for nothing, too much, or no room.
pub async fn begin_post_upload(
    tx: &mut Tx,
    ctx: &Ctx,
    (org, post): (OrgId, i64),
    draft: &UploadDraft,
    (quota, own): (i64, i64),
) -> Result<Upload, Failure> {
    let person = ctx.actor.person().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    rules::may_begin(draft.size, store::open_bytes_of(tx, person, ctx.now).await?, own).map_err(|r| {
        if r.code == "upload-no-room" { Refusal::new(Kind::TooMany, "upload-too-many-open") } else { r }
    })?;
    rules::may_begin(draft.size, store::open_bytes(tx, org, true, ctx.now).await?, quota)?;
    open(tx, ctx, (org, person, UploadFor::Post(post)), draft).await
}

/// The upload of a post's video that is under way, and how many bytes of it came.
///
/// # Errors
/// The database's failure.
pub async fn post_upload(tx: &mut Tx, actor: &Actor, post: i64, now: At) -> Result<Option<Upload>, Failure> {
    let found = store::upload_of_post(tx, post, now).await?;
    Ok(found.filter(|u| actor.person() == Some(u.person)))
}

/// An upload of the actor's organisation that can still be asked about.
///
/// # Errors
/// Not found elsewhere, forbidden without the role, `upload-gone` when it ended.
pub async fn find_upload(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<Upload, Failure> {
    let found = store::upload_by_id(tx, id).await?.filter(|u| match u.of {
        UploadFor::Episode(_) => actor.may_read(u.org),
        // A post's video is sent by who began to.
        UploadFor::Post(_) => actor.person() == Some(u.person),
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
    Ok(store::keep_lease(tx, upload.id, upload.lease, received, now.plus_seconds(rules::LEASE)).await?)
}

/// Notes how many bytes are safe on disk and gives the lease back; gives the new end of its keeping.
///
/// # Errors
/// `upload-locked` when the lease was lost.
pub async fn note_received(tx: &mut Tx, upload: &Upload, received: i64, now: At) -> Result<At, Failure> {
    let expires = now.plus_seconds(rules::KEPT);
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
