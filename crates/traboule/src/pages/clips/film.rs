//! The video of a clip that comes by a form. It is an upload like those in pieces: it takes its room before a byte is read, and
//! its turn, so that of two forms for one clip only one is written. It keeps nothing of a form that was cut off.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::Field;
use community::rules::clip::{MOST_BYTES, MOST_OPEN};
use community::service as uc;
use db::{Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, Refusal};
use publish::model::Upload;
use publish::service::{self as publish_uc, UploadDraft};
use tokio::io::AsyncWriteExt;

use super::examine;
use super::make::forget;
use crate::app::App;
use crate::http::Client;
use crate::pages::uploads::Scratch;
use crate::tus::{must_have_room, of_post};

/// How often the turn is kept while bytes come.
const KEEP: Duration = Duration::from_secs(8);

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

/// The most bytes a file of this form can have: what the whole form announces, else the largest.
fn announced(client: &Client) -> i64 {
    let said = client.headers.get("content-length").and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<i64>().ok());
    said.unwrap_or(MOST_BYTES).clamp(1, MOST_BYTES)
}

/// The file of a form becomes the video of a clip.
///
/// # Errors
/// Refused when the clip does not wait for it, while another connection brings it, without room, and for what is no clip; then
/// what is left of the form is read and forgotten, so that the browser comes to the answer.
pub(super) async fn film(app: &Arc<App>, client: &Client, ctx: &Ctx, id: i64, field: Field<'_>) -> Result<(), Failure> {
    let name: String = kernel::line(field.file_name().unwrap_or_default()).chars().take(200).collect();
    let declared: String = kernel::line(field.content_type().unwrap_or_default()).chars().take(100).collect();
    let draft = UploadDraft { episode: 0, size: announced(client), name, declared };
    let upload = match begin(app, ctx, id, &draft).await {
        Ok(upload) => upload,
        Err(failure) => {
            forget(field).await;
            return Err(failure);
        }
    };
    let taken = take(app, ctx, id, &upload, field).await;
    if let Err(failure) = &taken {
        let code = match failure {
            Failure::Refused(refusal) => refusal.fields.first().map_or(refusal.code, |f| f.code),
            _ => "upload-gone",
        };
        drop(write_tx!(app.db, |tx| publish_uc::refuse_upload(tx, &upload, code).await));
    }
    app.worker.wake();
    taken
}

async fn begin(app: &App, ctx: &Ctx, id: i64, draft: &UploadDraft) -> Result<Upload, Failure> {
    let awaiting = read_tx!(app.db, |tx| uc::clip_awaits(tx, &ctx.actor, id, 1, app.clip_rooms).await)?;
    must_have_room(app, draft.size)?;
    let rooms = (app.upload_room, MOST_OPEN);
    write_tx!(app.db, |tx| publish_uc::begin_form_upload(tx, ctx, of_post(awaiting), draft, rooms).await)
}

async fn take(app: &App, ctx: &Ctx, id: i64, upload: &Upload, field: Field<'_>) -> Result<(), Failure> {
    let scratch = Scratch::new(app).map_err(|e| broken(&e))?;
    write(app, upload, field, &scratch).await?;
    let original = examine(app, ctx, id, &scratch.0, (&upload.name, &upload.declared)).await?;
    write_tx!(app.db, |tx| {
        publish_uc::upload_taken(tx, ctx, upload).await?;
        uc::give_video(tx, ctx, id, &original, app.clip_rooms).await
    })
}

/// Writes what comes, at most what was announced, and keeps the turn meanwhile.
async fn write(app: &App, upload: &Upload, mut field: Field<'_>, scratch: &Scratch) -> Result<(), Failure> {
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(|e| broken(&e))?;
    let (most, mut size) = (u64::try_from(upload.size).unwrap_or(0), 0_u64);
    let mut kept = tokio::time::Instant::now();
    while let Some(piece) = field.chunk().await.map_err(|e| broken(&e))? {
        size = size.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if size > most {
            return Err(Refusal::invalid("check-fields").field("video", "file-too-large").into());
        }
        file.write_all(&piece).await.map_err(|e| broken(&e))?;
        if kept.elapsed() > KEEP {
            kept = tokio::time::Instant::now();
            let ours = write_tx!(app.db, |tx| publish_uc::keep_lease(tx, upload, 0, app.now()).await)?;
            if !ours {
                return Err(Refusal::new(Kind::Conflict, "upload-locked").into());
            }
        }
    }
    file.flush().await.map_err(|e| broken(&e))
}
