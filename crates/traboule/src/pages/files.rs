//! What is no page: feeds, media, oEmbed, robots.txt, static files.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use blobs::Conditions;
use kernel::{Actor, Refusal};
use publish::web::{self, FileError, FileRequest};

use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, served};
use crate::pages::public::{lang_for, nowhere};

pub(crate) fn conditions(headers: &HeaderMap) -> Conditions<'_> {
    let get = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    Conditions {
        range: get(header::RANGE),
        if_range: get(header::IF_RANGE),
        if_none_match: get(header::IF_NONE_MATCH),
        if_match: get(header::IF_MATCH),
    }
}

async fn answer(app: &Arc<App>, client: &Client, outcome: Result<blobs::Served, FileError>) -> Response {
    match outcome {
        Ok(file) => served(file),
        Err(FileError::Failure(failure)) => failure_page(app, client, lang_for(client), &failure).await,
        Err(FileError::Blob(error)) => {
            tracing::error!(%error, path = super::loggable(&client.path), "a file could not be read");
            let refusal = Refusal::new(kernel::Kind::Unavailable, "not-available");
            error_page(app, client, lang_for(client), &refusal).await
        }
    }
}

/// Texts that somebody known asks for may be those of a draft: no cache on the way keeps them.
fn for_one(actor: &Actor, outcome: Result<blobs::Served, FileError>) -> Result<blobs::Served, FileError> {
    outcome.map(|mut file| {
        if *actor != Actor::Visitor {
            file.headers.retain(|(name, _)| *name != "cache-control");
            file.headers.push(("cache-control", "private, no-store".to_owned()));
        }
        file
    })
}

/// `/media/episodes/{id}/{file}`: sound, `transcript.<lang>.<format>`, `chapters.json`, `said.json`.
pub async fn episode_file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((id, file)): Path<(String, String)>,
) -> Response {
    let headers = client.headers.clone();
    let actor = client.actor();
    let ask = FileRequest { actor: &actor, conditions: conditions(&headers), head: method == Method::HEAD };
    let outcome = match file.split('.').collect::<Vec<_>>().as_slice() {
        ["chapters", "json"] => for_one(&actor, web::chapters_file(&app.db, ask, &app.links, &id).await),
        ["said", "json"] => for_one(&actor, web::said_file(&app.db, ask, &id).await),
        ["transcript", lang, format] => for_one(&actor, web::transcript_file(&app.db, ask, &id, lang, format).await),
        _ => web::audio_file(&app.db, &app.blobs, ask, &id, &file)
            .await
            .map(|(served, sounding)| crate::counting::listen(&app, &client, &method, served, &sounding)),
    };
    answer(&app, &client, outcome).await
}

/// `/media/excerpts/{id}/{file}`.
pub async fn excerpt_file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((id, file)): Path<(String, String)>,
) -> Response {
    let headers = client.headers.clone();
    let actor = client.actor();
    let ask = FileRequest { actor: &actor, conditions: conditions(&headers), head: method == Method::HEAD };
    let outcome = web::excerpt_file(&app.db, &app.blobs, ask, &id, &file).await;
    answer(&app, &client, outcome).await
}

/// `/media/images/{id}/{file}`.
pub async fn image_file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((id, file)): Path<(String, String)>,
) -> Response {
    let headers = client.headers.clone();
    let actor = client.actor();
    let ask = FileRequest { actor: &actor, conditions: conditions(&headers), head: method == Method::HEAD };
    let outcome = web::image_file(&app.db, &app.blobs, ask, &id, &file).await;
    answer(&app, &client, outcome).await
}

/// `/assets/{file}`.
pub async fn asset(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let Some(asset) = app.assets.file(&file) else { return nowhere(State(app.clone()), client).await };
    let zipped =
        client.headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    let (body, encoding) = match &asset.gzip {
        Some(gzip) if zipped => (gzip.clone(), Some("gzip")),
        _ => (asset.plain.clone(), None),
    };
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// `/robots.txt`.
pub async fn robots(State(app): Web, client: Client) -> Response {
    let text = format!(
        "User-agent: *\nDisallow: /*/account\nDisallow: /*/studio\nDisallow: /*/sign-in\n\nSitemap: {}\n",
        client.links(&app).absolute("/sitemap.xml")
    );
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The source this server was built from; empty in a developer's build.
const SOURCE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/source.tar.gz"));

/// `/source.tar.gz`: what AGPL §13 promises to everybody who uses the server.
pub async fn source(State(app): Web, client: Client) -> Response {
    if SOURCE.is_empty() {
        return nowhere(State(app), client).await;
    }
    let mut response = Response::new(Body::from(SOURCE));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/gzip"));
    response
}
