//! The log as machines read it (c2sp.org/tlog-tiles): the signed head, tiles of hashes, bundles of entries. Tiles never
//! change and say so; the head is asked for again.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use tlog::service as uc;
use tlog::tiles::parse_path;

use crate::http::{Client, Web, failure_page};
use crate::pages::public::lang_for;

/// Kept for ever by whoever likes: the content of an address below `tile/` never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// The head is good for a moment only.
const BRIEF: &str = "public, max-age=1";

fn answer(body: impl Into<Body>, mime: &'static str, cache: &'static str) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::OK;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// `/log/checkpoint`: the newest signed head with the cosignatures there are.
pub async fn checkpoint(State(app): Web, client: Client) -> Response {
    match read_tx!(app.db, |tx| uc::current(tx).await) {
        Ok(current) => answer(current.head.note, "text/plain; charset=utf-8", BRIEF),
        Err(failure) => failure_page(&app, &client, lang_for(&client), &failure).await,
    }
}

/// `/log/tile/{*path}`: hashes or entries.
pub async fn tile(State(app): Web, client: Client, Path(path): Path<String>) -> Response {
    let read = async {
        let asked = parse_path(&format!("tile/{path}")).ok_or_else(kernel::Refusal::not_found)?;
        Ok::<_, Failure>(read_tx!(app.db, |tx| uc::tile(tx, asked).await)?)
    };
    match read.await {
        Ok(bytes) => answer(bytes, "application/octet-stream", IMMUTABLE),
        Err(failure) => failure_page(&app, &client, lang_for(&client), &failure).await,
    }
}
