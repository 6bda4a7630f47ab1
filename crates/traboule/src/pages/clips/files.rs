//! The files of clips over HTTP: what is served of the video, with ranges; the still picture; captions. Each asks who may see
//! the clip. The original is never among them: it has an address of its own, on which only its author gets it back.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::Response;
use blobs::BlobName;
use community::media::Container;
use community::model::POST_PREFIX;
use community::service as uc;
use db::{Failure, read_tx};
use kernel::{Actor, Refusal, parse_id, show_id};

use super::to_vtt;
use crate::app::App;
use crate::http::{Client, Web, failure_page, served};
use crate::pages::files::conditions;
use crate::pages::public::{lang_for, lang_of, nowhere};
use crate::pages::studio::to_sign_in;

/// `/media/clips/{id}/{file}`: `<start of digest>.<extension>` or `captions.<lang>.vtt`.
pub async fn file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((shown, file)): Path<(String, String)>,
) -> Response {
    let outcome = match file.split('.').collect::<Vec<_>>().as_slice() {
        ["captions", lang, "vtt"] => captions(&app, &client, &shown, lang).await,
        [start, "mp4" | "mov" | "webm" | "jpg"] => film(&app, &client, &method, &shown, start).await,
        _ => Err(Refusal::not_found().into()),
    };
    match outcome {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang_for(&client), &failure).await,
    }
}

/// What is for everybody may be kept for ever, because the address changes with the bytes; but not what somebody known asked
/// for: whom they blocked may change.
fn kept(public: bool, actor: &Actor, lasting: &'static str) -> HeaderValue {
    HeaderValue::from_static(if public && *actor == Actor::Visitor { lasting } else { "private, no-store" })
}

async fn film(app: &App, client: &Client, method: &Method, shown: &str, start: &str) -> Result<Response, Failure> {
    let id = parse_id(POST_PREFIX, shown).ok_or_else(Refusal::not_found)?;
    let (actor, now) = (client.actor(), app.now());
    let found = read_tx!(app.db, |tx| uc::clip_file(tx, &actor, id, start, now).await)?;
    let mut response = sent(app, client, method, &found).await?;
    let lasting = kept(found.public, &actor, "public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, lasting);
    Ok(response)
}

/// A file out of the store, whole or in part.
async fn sent(app: &App, client: &Client, method: &Method, found: &uc::ClipFile) -> Result<Response, Failure> {
    let name = BlobName::parse(&found.sha256).ok_or_else(Refusal::not_found)?;
    let broken = |e: blobs::BlobError| match e {
        blobs::BlobError::Missing => Refusal::not_found().into(),
        other => Failure::Broken(other.to_string()),
    };
    let size = app.blobs.size(&name).await.map_err(broken)?.ok_or_else(Refusal::not_found)?;
    let ask = (conditions(&client.headers), *method == Method::HEAD);
    let file = blobs::serve(&app.blobs, &name, size, &found.media_type, ask.0, ask.1).await.map_err(broken)?;
    Ok(served(file))
}

/// `/{lang}/clips/{id}/original`: the file as it was sent, to be saved by whoever may speak as the clip's voice.
pub async fn original(
    State(app): Web,
    client: Client,
    method: Method,
    Path((lang, shown)): Path<(String, String)>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &format!("/{}/clips/{shown}/edit", lang.code()));
    }
    match taken_back(&app, &client, &method, &shown).await {
        Ok(response) => response,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn taken_back(app: &App, client: &Client, method: &Method, shown: &str) -> Result<Response, Failure> {
    let id = parse_id(POST_PREFIX, shown).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let found = read_tx!(app.db, |tx| uc::original_of(tx, &actor, id).await)?;
    let end = Container::parse(&found.media_type).map_or("bin", Container::extension);
    let mut response = sent(app, client, method, &found).await?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{}.{end}\"", show_id(POST_PREFIX, id))) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

async fn captions(app: &App, client: &Client, shown: &str, lang: &str) -> Result<Response, Failure> {
    let id = parse_id(POST_PREFIX, shown).ok_or_else(Refusal::not_found)?;
    let (actor, now) = (client.actor(), app.now());
    let all = read_tx!(app.db, |tx| uc::captions_of(tx, &actor, id, now).await)?;
    let (_, cues) = all.into_iter().find(|(l, _)| l == lang).ok_or_else(Refusal::not_found)?;
    let mut response = Response::new(axum::body::Body::from(to_vtt(&cues, lang)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/vtt; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, kept(true, &actor, "public, no-cache"));
    Ok(response)
}
