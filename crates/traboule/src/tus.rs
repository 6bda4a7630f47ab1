//! Resumable uploads over HTTP, tus 1.0.0: a thin edge over `publish::rules::upload`. Bytes go to a file of the scratch folder and are
//! on the disk before their number is told. Whatever ends a request, what has arrived is kept.

mod append;

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use community::model::POST_PREFIX;
use community::rules::clip as clip_rules;
use community::service as clips;
use db::{Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, UPLOAD_PREFIX, Upload, UploadState};
use publish::rules::upload::Metadata;
use publish::rules::upload::{self as rules, Checksum};
use publish::service::{self as uc, OfPost, UploadDraft};

use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::sign_in::{problem, stamped};
use append::{Piece, append, finish};

/// The file of an upload.
fn place(app: &App, id: i64) -> PathBuf {
    app.scratch.join(format!("up-{id}"))
}

fn on_disk(app: &App, id: i64) -> u64 {
    std::fs::metadata(place(app, id)).map(|m| m.len()).unwrap_or(0)
}

/// The status the protocol asks for; other refusals keep theirs.
fn status(code: &str) -> Option<StatusCode> {
    Some(match code {
        "upload-header" | "upload-empty" => StatusCode::BAD_REQUEST,
        "upload-gone" => StatusCode::GONE,
        "upload-version" => StatusCode::PRECONDITION_FAILED,
        "upload-too-large" | "clip-too-large" => StatusCode::PAYLOAD_TOO_LARGE,
        "upload-type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "upload-locked" => StatusCode::LOCKED,
        "upload-checksum" => StatusCode::from_u16(460).ok()?,
        "upload-no-room" | "clip-no-room" | "clip-house-full" => StatusCode::INSUFFICIENT_STORAGE,
        _ => return None,
    })
}

fn text(value: impl ToString) -> HeaderValue {
    HeaderValue::from_str(&value.to_string()).unwrap_or(HeaderValue::from_static(""))
}

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");

fn blank(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().insert(RESUMABLE, HeaderValue::from_static(rules::VERSION));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn answer(app: &App, client: &Client, outcome: Result<Response, Failure>) -> Response {
    let failure = match outcome {
        Ok(response) => return response,
        Err(failure) => failure,
    };
    let mut response = problem(app, client, &failure);
    if let Failure::Refused(refusal) = &failure
        && let Some(status) = status(refusal.code)
    {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, HeaderValue::from_static(rules::VERSION));
    headers.insert(TUS_VERSION, HeaderValue::from_static(rules::VERSION));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn get<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// What every request but OPTIONS must say.
fn version(headers: &HeaderMap) -> Result<(), Refusal> {
    let right = get(headers, "tus-resumable") == Some(rules::VERSION);
    if right { Ok(()) } else { Err(Refusal::invalid("upload-version")) }
}

/// Somebody known, and for a session the stamp of a page of this site.
fn known(app: &App, client: &Client, headers: &HeaderMap) -> Result<(), Refusal> {
    if client.is_token() {
        return Ok(());
    }
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first"));
    }
    stamped(app, client, headers)
}

/// OPTIONS `/uploads`: what is spoken here.
pub async fn about() -> Response {
    let mut response = blank(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(TUS_VERSION, HeaderValue::from_static(rules::VERSION));
    headers.insert(HeaderName::from_static("tus-extension"), HeaderValue::from_static(rules::EXTENSIONS));
    headers.insert(HeaderName::from_static("tus-checksum-algorithm"), HeaderValue::from_static(rules::CHECKSUMS));
    headers.insert(HeaderName::from_static("tus-max-size"), text(rules::MOST_BYTES));
    response
}

/// Whether the disk has room for so many bytes and something to spare.
fn room(app: &App, size: i64) -> bool {
    const SPARE: u64 = 256 * 1024 * 1024;
    let Ok(stat) = rustix::fs::statvfs(&app.scratch) else { return true };
    stat.f_bavail.saturating_mul(stat.f_frsize) > u64::try_from(size).unwrap_or(u64::MAX).saturating_add(SPARE)
}

/// POST `/uploads`: begins an upload, perhaps with its first piece.
pub async fn create(State(app): Web, client: Client, headers: HeaderMap, body: Body) -> Response {
    let outcome = begin(&app, &client, &headers, body).await;
    answer(&app, &client, outcome)
}

async fn begin(app: &Arc<App>, client: &Client, headers: &HeaderMap, body: Body) -> Result<Response, Failure> {
    version(headers)?;
    known(app, client, headers)?;
    let size = rules::number(get(headers, "upload-length"), "Upload-Length")?;
    let said = rules::metadata(get(headers, "upload-metadata").unwrap_or_default())?;
    let ctx = client.ctx(app);
    let upload = if said.post.is_empty() {
        begin_sound(app, &ctx, said, size).await?
    } else {
        begin_video(app, &ctx, said, size).await?
    };
    let mut response = blank(StatusCode::CREATED);
    let place = format!("/uploads/{}", show_id(UPLOAD_PREFIX, upload.id));
    response.headers_mut().insert(header::LOCATION, text(place));
    response.headers_mut().insert(EXPIRES, text(upload.expires_at.http_date()));
    if get(headers, "content-type") == Some(PIECE) {
        let got = send(app, ctx, upload.id, headers, 0, body).await?;
        response.headers_mut().insert(OFFSET, text(got.0));
    }
    Ok(response)
}

/// The disk's own limit, whatever rooms people have.
pub(crate) fn must_have_room(app: &App, size: i64) -> Result<(), Failure> {
    std::fs::create_dir_all(&app.scratch).map_err(Failure::broken)?;
    if size <= rules::MOST_BYTES && !room(app, size) {
        return Err(Refusal::new(Kind::Unavailable, "upload-no-room").into());
    }
    Ok(())
}

async fn begin_sound(app: &App, ctx: &Ctx, said: Metadata, size: i64) -> Result<Upload, Failure> {
    let episode = parse_id(EPISODE_PREFIX, &said.episode).ok_or_else(Refusal::not_found)?;
    crate::pages::uploads::may_send(app, &ctx.actor, episode).await?;
    crate::pages::uploads::may_become_sound(app, &said.name, &said.mime).await?;
    must_have_room(app, size)?;
    let draft = UploadDraft { episode, size, name: said.name, declared: said.mime };
    write_tx!(app.db, |tx| uc::begin_upload(tx, ctx, &draft, app.upload_room).await)
}

/// The video of a clip that waits for one.
async fn begin_video(app: &App, ctx: &Ctx, said: Metadata, size: i64) -> Result<Upload, Failure> {
    let post = parse_id(POST_PREFIX, &said.post).ok_or_else(Refusal::not_found)?;
    let awaiting = read_tx!(app.db, |tx| clips::clip_awaits(tx, &ctx.actor, post, size, app.clip_rooms).await)?;
    clip_rules::check_size(size)?;
    must_have_room(app, size)?;
    let draft = UploadDraft { episode: 0, size, name: said.name, declared: said.mime };
    let rooms = (app.upload_room, clip_rules::MOST_OPEN);
    write_tx!(app.db, |tx| uc::begin_post_upload(tx, ctx, of_post(awaiting), &draft, rooms).await)
}

/// The post of a clip, as uploads know it.
pub(crate) fn of_post(awaiting: clips::Awaiting) -> OfPost {
    OfPost { post: awaiting.post, org: awaiting.org, house: awaiting.house }
}

const PIECE: &str = "application/offset+octet-stream";

/// Takes a piece on a task of its own: a client that goes away must not undo what it sent.
async fn send(
    app: &Arc<App>,
    ctx: Ctx,
    id: i64,
    headers: &HeaderMap,
    offset: i64,
    body: Body,
) -> Result<(i64, kernel::At), Failure> {
    let length = match get(headers, "content-length") {
        Some(text) => Some(rules::number(Some(text), "Content-Length")?),
        None => None,
    };
    let sum: Option<Checksum> = get(headers, "upload-checksum").map(rules::checksum).transpose()?;
    let piece = Piece { offset, length, sum };
    let app = app.clone();
    let task = tokio::spawn(async move { append(&app, &ctx, id, piece, body).await });
    task.await.map_err(Failure::broken)?
}

fn upload_id(text: &str) -> Result<i64, Refusal> {
    parse_id(UPLOAD_PREFIX, text).ok_or_else(Refusal::not_found)
}

/// PATCH `/uploads/{id}`: the next piece.
pub async fn patch(
    State(app): Web,
    client: Client,
    Path(shown): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let outcome = async {
        version(&headers)?;
        known(&app, &client, &headers)?;
        let id = upload_id(&shown)?;
        let ctx = client.ctx(&app);
        // Permission first: a stranger learns nothing from the order of the other checks.
        read_tx!(app.db, |tx| uc::find_upload(tx, &ctx.actor, id, ctx.now).await)?;
        if get(&headers, "content-type") != Some(PIECE) {
            return Err(Refusal::invalid("upload-type").into());
        }
        let offset = rules::number(get(&headers, "upload-offset"), "Upload-Offset")?;
        let (at, expires) = send(&app, ctx, id, &headers, offset, body).await?;
        let mut response = blank(StatusCode::NO_CONTENT);
        response.headers_mut().insert(OFFSET, text(at));
        response.headers_mut().insert(EXPIRES, text(expires.http_date()));
        Ok(response)
    };
    let outcome = outcome.await;
    answer(&app, &client, outcome)
}

/// HEAD `/uploads/{id}`: how far it is. An upload that was whole when its process died is finished now.
pub async fn head(State(app): Web, client: Client, Path(shown): Path<String>, headers: HeaderMap) -> Response {
    let outcome = async {
        version(&headers)?;
        if client.me.is_none() && !client.is_token() {
            return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
        }
        let id = upload_id(&shown)?;
        let ctx = client.ctx(&app);
        let mut upload = read_tx!(app.db, |tx| uc::find_upload(tx, &ctx.actor, id, ctx.now).await)?;
        let mut at = rules::truth(&upload, on_disk(&app, id));
        if upload.state == UploadState::Open && at == upload.size {
            let (server, who) = (app.clone(), ctx.clone());
            let task = tokio::spawn(async move {
                let leased = write_tx!(server.db, |tx| uc::lease_upload(tx, &who, id).await)?;
                finish(&server, &who, &leased).await
            });
            task.await.map_err(Failure::broken)??;
            upload = read_tx!(app.db, |tx| uc::find_upload(tx, &ctx.actor, id, ctx.now).await)?;
            at = rules::truth(&upload, on_disk(&app, id));
        }
        let mut response = blank(StatusCode::OK);
        response.headers_mut().insert(OFFSET, text(at));
        response.headers_mut().insert(LENGTH, text(upload.size));
        response.headers_mut().insert(EXPIRES, text(upload.expires_at.http_date()));
        Ok(response)
    };
    let outcome = outcome.await;
    answer(&app, &client, outcome)
}

/// DELETE `/uploads/{id}`: gives it up.
pub async fn remove(State(app): Web, client: Client, Path(shown): Path<String>, headers: HeaderMap) -> Response {
    let outcome = async {
        version(&headers)?;
        known(&app, &client, &headers)?;
        let id = upload_id(&shown)?;
        let ctx = client.ctx(&app);
        write_tx!(app.db, |tx| uc::end_upload(tx, &ctx, id).await)?;
        drop(std::fs::remove_file(place(&app, id)));
        Ok(blank(StatusCode::NO_CONTENT))
    };
    let outcome = outcome.await;
    answer(&app, &client, outcome)
}

/// Ends expired uploads, deletes files nobody wants any more, and excerpts that were removed for good.
///
/// # Errors
/// The database's failure.
pub async fn sweep(app: &App) -> Result<(), Failure> {
    let now = app.now();
    write_tx!(app.db, |tx| {
        uc::sweep_excerpts(tx, now).await?;
        uc::sweep_uploads(tx, now).await
    })?;
    let Ok(listing) = std::fs::read_dir(&app.scratch) else { return Ok(()) };
    for entry in listing.flatten() {
        let name = entry.file_name();
        let id = name.to_str().and_then(|n| n.strip_prefix("up-")).and_then(|n| n.parse::<i64>().ok());
        if let Some(id) = id
            && !read_tx!(app.db, |tx| uc::upload_is_open(tx, id).await)?
        {
            drop(std::fs::remove_file(entry.path()));
        }
    }
    Ok(())
}

/// The folder's file of an upload, for tests that look at the disk.
#[must_use]
pub fn scratch_file(app: &App, upload: &Upload) -> PathBuf {
    place(app, upload.id)
}
