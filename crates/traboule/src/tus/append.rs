//! Writing a piece of an upload: under a lease, at the end of what is there, on the disk before it is told. And what
//! happens when the last byte has come.

use std::io::{Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use axum::body::Body;
use community::service as clips;
use db::{Failure, write_tx};
use futures_util::StreamExt;
use kernel::{At, Ctx, Kind, Refusal};
use publish::model::{Upload, UploadFor, UploadState};
use publish::rules::upload::{self as rules, Checksum};
use publish::service as uc;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use tokio::io::AsyncWriteExt;

use super::place;
use crate::app::App;
use crate::pages::uploads::examine;

/// The longest silence of a client, after which its connection counts as gone.
const SILENCE: Duration = Duration::from_secs(60);
/// How often a lease is kept while bytes come.
const KEEP: Duration = Duration::from_secs(8);

/// A piece as announced.
pub(super) struct Piece {
    pub(super) offset: i64,
    pub(super) length: Option<i64>,
    pub(super) sum: Option<Checksum>,
}

fn broken(error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::StorageFull || error.kind() == std::io::ErrorKind::QuotaExceeded {
        Refusal::new(Kind::Unavailable, "upload-no-room").into()
    } else {
        Failure::Broken(error.to_string())
    }
}

/// Takes a piece; gives where the upload stands and until when it is kept.
pub(super) async fn append(app: &App, ctx: &Ctx, id: i64, piece: Piece, body: Body) -> Result<(i64, At), Failure> {
    let upload = write_tx!(app.db, |tx| uc::lease_upload(tx, ctx, id).await)?;
    if upload.state == UploadState::Done {
        rules::may_append(&upload, upload.size, piece.offset, piece.length)?;
        return Ok((upload.size, upload.expires_at));
    }
    let written = write(app, &upload, &piece, body).await;
    let (at, trouble) = match written {
        Ok(at) => (at, None),
        Err((at, failure)) => (at, Some(failure)),
    };
    if trouble.is_none() && at == upload.size {
        finish(app, ctx, &upload).await?;
        return Ok((at, upload.expires_at));
    }
    let expires = write_tx!(app.db, |tx| uc::note_received(tx, &upload, at, app.now()).await)?;
    trouble.map_or(Ok((at, expires)), Err)
}

/// Writes what comes. Gives how many bytes are safe, also when it went wrong.
async fn write(app: &App, upload: &Upload, piece: &Piece, body: Body) -> Result<i64, (i64, Failure)> {
    let path = place(app, upload.id);
    let known = std::fs::metadata(&path).map(|m| m.len()).unwrap_or(0);
    let at = rules::truth(upload, known);
    rules::may_append(upload, at, piece.offset, piece.length).map_err(|r| (at, r.into()))?;
    let open = || -> std::io::Result<std::fs::File> {
        let mut file = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        let start = u64::try_from(at).unwrap_or(0);
        if known > start {
            file.set_len(start)?;
        }
        file.seek(SeekFrom::Start(start))?;
        Ok(file)
    };
    let file = open().map_err(|e| (at, broken(e)))?;
    let mut file = tokio::fs::File::from_std(file);
    let (mut took, trouble) = pour(app, upload, at, piece, body, &mut file).await;
    // What was written but not asked for goes; what is told is on the disk.
    let whole = u64::try_from(took).unwrap_or(0);
    let safe = async {
        file.flush().await?;
        file.sync_all().await
    };
    if let Err(error) = safe.await {
        took = at;
        return Err((took, trouble.unwrap_or_else(|| broken(error))));
    }
    let longer = std::fs::metadata(&path).map(|m| m.len() > whole).unwrap_or(false);
    if longer && let Err(error) = file.set_len(whole).await {
        return Err((at, broken(error)));
    }
    trouble.map_or(Ok(took), |failure| Err((took, failure)))
}

struct Sum(Option<(Context, Vec<u8>)>);

impl Sum {
    fn new(wanted: Option<&Checksum>) -> Self {
        Self(wanted.map(|c| match c {
            Checksum::Sha1(digest) => (Context::new(&SHA1_FOR_LEGACY_USE_ONLY), digest.clone()),
            Checksum::Sha256(digest) => (Context::new(&SHA256), digest.clone()),
        }))
    }

    fn add(&mut self, bytes: &[u8]) {
        if let Some((context, _)) = &mut self.0 {
            context.update(bytes);
        }
    }

    fn holds(self) -> bool {
        self.0.is_none_or(|(context, wanted)| context.finish().as_ref() == wanted.as_slice())
    }
}

/// Pours the body into the file: how far it came, and what stopped it. A piece with a checksum counts whole or not at all.
async fn pour(
    app: &App,
    upload: &Upload,
    start: i64,
    piece: &Piece,
    body: Body,
    file: &mut tokio::fs::File,
) -> (i64, Option<Failure>) {
    let mut sum = Sum::new(piece.sum.as_ref());
    let summed = piece.sum.is_some();
    let mut at = start;
    let mut kept = tokio::time::Instant::now();
    let mut stream = body.into_data_stream();
    let stopped = |at: i64| if summed { start } else { at };
    loop {
        let bytes = match tokio::time::timeout(SILENCE, stream.next()).await {
            Ok(Some(Ok(bytes))) => bytes,
            Ok(None) => break,
            // The connection is gone: what came is kept, nobody hears the answer.
            Ok(Some(Err(_))) | Err(_) => {
                return (stopped(at), Some(Failure::Broken("the upload was cut off".to_owned())));
            }
        };
        let next = at.saturating_add(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
        if next > upload.size {
            return (stopped(at), Some(Refusal::invalid("upload-too-large").into()));
        }
        sum.add(&bytes);
        if let Err(error) = file.write_all(&bytes).await {
            return (start, Some(broken(error)));
        }
        at = next;
        if kept.elapsed() > KEEP {
            kept = tokio::time::Instant::now();
            // What a kill -9 would leave is told from here on; a piece with a checksum counts whole or not at all.
            let safe = async {
                file.flush().await?;
                file.sync_data().await
            };
            if let Err(error) = safe.await {
                return (start, Some(broken(error)));
            }
            match write_tx!(app.db, |tx| uc::keep_lease(tx, upload, stopped(at), app.now()).await) {
                Ok(true) => {}
                Ok(false) => return (stopped(at), Some(Refusal::new(Kind::Conflict, "upload-locked").into())),
                Err(failure) => return (stopped(at), Some(failure)),
            }
        }
    }
    if piece.length.is_some_and(|length| at - start < length) {
        return (stopped(at), Some(Failure::Broken("the upload was cut off".to_owned())));
    }
    if !sum.holds() {
        return (start, Some(Refusal::invalid("upload-checksum").into()));
    }
    (at, None)
}

/// The last byte has come: the file is looked at and given to its episode or clip, or refused for good.
pub(super) async fn finish(app: &App, ctx: &Ctx, upload: &Upload) -> Result<(), Failure> {
    let path = place(app, upload.id);
    let given = match upload.of {
        UploadFor::Episode(_) => give_sound(app, ctx, upload, &path).await,
        UploadFor::Post(post) => give_video(app, ctx, upload, post, &path).await,
    };
    match given {
        Ok(()) => {}
        // What is not possible now only may be a moment later: the same bytes are just being removed, say.
        Err(Failure::Refused(refusal))
            if !matches!(refusal.code, "upload-locked" | "clip-too-many-looks")
                && refusal.kind != Kind::Unavailable =>
        {
            let code = refusal.fields.first().map_or(refusal.code, |f| f.code);
            write_tx!(app.db, |tx| {
                uc::refuse_upload(tx, upload, code).await?;
                match upload.of {
                    UploadFor::Post(post) => clips::clip_refused(tx, ctx, post, code).await,
                    UploadFor::Episode(_) => Ok(()),
                }
            })?;
            drop(std::fs::remove_file(&path));
            return Err(refusal.into());
        }
        Err(failure) => {
            // An accident, or not now: the bytes are there, asking again tries again.
            drop(write_tx!(app.db, |tx| uc::note_received(tx, upload, upload.size, app.now()).await));
            return Err(failure);
        }
    }
    app.worker.wake();
    drop(std::fs::remove_file(&path));
    Ok(())
}

async fn give_sound(app: &App, ctx: &Ctx, upload: &Upload, path: &Path) -> Result<(), Failure> {
    let whole = examine(app, path, &upload.name, &upload.declared).await?;
    write_tx!(app.db, |tx| uc::finish_upload(tx, ctx, upload, &whole).await)
}

/// The file becomes the clip's original and the upload ends, in one transaction.
async fn give_video(app: &App, ctx: &Ctx, upload: &Upload, post: i64, path: &Path) -> Result<(), Failure> {
    let original = crate::pages::clips::examine(app, ctx, post, path, (&upload.name, &upload.declared)).await?;
    write_tx!(app.db, |tx| {
        uc::upload_taken(tx, ctx, upload).await?;
        clips::give_video(tx, ctx, post, &original, app.clip_rooms).await
    })
}
