//! The log as machines read it (c2sp.org/tlog-tiles): the signed head, tiles of hashes, bundles of entries. Tiles never
//! change and say so; the head is asked for again.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, Tx, read_tx};
use kernel::Refusal;
use tlog::merkle::Hash;
use tlog::service::{self as uc, Found};
use tlog::tiles::parse_path;

use crate::app::App;
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

const TEXT: &str = "text/plain; charset=utf-8";

async fn refused(app: &Arc<App>, client: &Client, failure: &Failure) -> Response {
    failure_page(app, client, lang_for(client), failure).await
}

/// `/log/checkpoint`: the newest signed head with the cosignatures there are.
pub async fn checkpoint(State(app): Web, client: Client) -> Response {
    match read_tx!(app.db, |tx| uc::current(tx).await) {
        Ok(current) => answer(current.head.note, TEXT, BRIEF),
        Err(failure) => refused(&app, &client, &failure).await,
    }
}

/// Not found for a number that is not the log's in use: what the first log handed out stands under no number.
async fn must_be(tx: &mut Tx, n: &str) -> Result<(), Failure> {
    let log = uc::current(tx).await?.log.log;
    if log < 2 || n != log.to_string() { Err(Refusal::not_found().into()) } else { Ok(()) }
}

/// `/log/{n}/{what}`: the head or the policy of a log that was opened after another, under the address its name says.
pub async fn of_number(State(app): Web, client: Client, Path((n, what)): Path<(String, String)>) -> Response {
    match (read_tx!(app.db, |tx| must_be(tx, &n).await), what.as_str()) {
        (Ok(()), "checkpoint") => checkpoint(State(app), client).await,
        (Ok(()), "policy") => policy(State(app), client).await,
        (Ok(()), _) => refused(&app, &client, &Refusal::not_found().into()).await,
        (Err(failure), _) => refused(&app, &client, &failure).await,
    }
}

/// `/log/{n}/proof/{leaf}`.
pub async fn proof_of(State(app): Web, client: Client, Path((n, leaf)): Path<(String, String)>) -> Response {
    match read_tx!(app.db, |tx| must_be(tx, &n).await) {
        Ok(()) => proof(State(app), client, Path(leaf)).await,
        Err(failure) => refused(&app, &client, &failure).await,
    }
}

/// `/log/{n}/tile/{*path}`: its hashes or entries. What lay under `/log/tile/` may still lie in somebody's cache as the
/// former log's, so a log that was opened after another has addresses of its own.
pub async fn tile_of(State(app): Web, client: Client, Path((n, path)): Path<(String, String)>) -> Response {
    let read = async {
        let asked = parse_path(&format!("tile/{path}")).ok_or_else(Refusal::not_found)?;
        read_tx!(app.db, |tx| {
            must_be(tx, &n).await?;
            uc::tile(tx, asked).await
        })
    };
    match read.await {
        Ok(bytes) => answer(bytes, "application/octet-stream", IMMUTABLE),
        Err(failure) => refused(&app, &client, &failure).await,
    }
}

/// `/log/tile/{*path}`: hashes or entries.
pub async fn tile(State(app): Web, client: Client, Path(path): Path<String>) -> Response {
    let read = async {
        let asked = parse_path(&format!("tile/{path}")).ok_or_else(Refusal::not_found)?;
        read_tx!(app.db, |tx| Ok((uc::tile(tx, asked).await?, uc::current(tx).await?.log.log)))
    };
    let read: Result<_, Failure> = read.await;
    match read {
        Ok((bytes, log)) => answer(bytes, "application/octet-stream", if log > 1 { BRIEF } else { IMMUTABLE }),
        Err(failure) => refused(&app, &client, &failure).await,
    }
}

/// `/log/policy`: the log's key and its witnesses' (c2sp.org/tlog-policy). A witness on the log's own machine is named and
/// not asked for: it would show a stranger nothing.
pub async fn policy(State(app): Web, client: Client) -> Response {
    let read = read_tx!(app.db, |tx| Ok((uc::current(tx).await?.log, uc::witnesses(tx).await?)));
    let (log, all) = match read {
        Ok(read) => read,
        Err(failure) => return refused(&app, &client, &failure).await,
    };
    let below = if log.log > 1 { format!("{}/", log.log) } else { String::new() };
    let mut text = format!("log {} {}/log/{below}\n", log.vkey, app.links.origin());
    let mut outside = Vec::new();
    for (n, view) in all.iter().enumerate() {
        let witness = &view.witness;
        if witness.here {
            text.push_str("# The next one runs on the log's own machine.\n");
        } else {
            outside.push(format!("w{n}"));
        }
        let url = witness.url.as_deref().map(|url| format!(" {url}")).unwrap_or_default();
        text.push_str(&format!("witness w{n} {}{url}\n", witness.vkey));
    }
    if outside.is_empty() {
        text.push_str("quorum none\n");
    } else {
        text.push_str(&format!("group witnesses any {}\nquorum witnesses\n", outside.join(" ")));
    }
    answer(text, TEXT, BRIEF)
}

/// A leaf as an address names it: its number, or its hash in hex.
async fn find(tx: &mut Tx, leaf: &str) -> Result<Found, Failure> {
    if leaf.len() < 64
        && let Ok(index) = leaf.parse()
    {
        return Ok(Found::At(index));
    }
    let hash = kernel::unhex(leaf).and_then(|bytes| Hash::try_from(bytes).ok()).ok_or_else(Refusal::not_found)?;
    uc::find(tx, &hash).await
}

/// `/log/proof/{leaf}`: the leaf, its path and a checkpoint as one file (c2sp.org/tlog-proof).
pub async fn proof(State(app): Web, client: Client, Path(leaf): Path<String>) -> Response {
    let read = read_tx!(app.db, |tx| match find(tx, &leaf).await? {
        Found::At(index) => uc::proof(tx, index).await,
        Found::Waiting | Found::Nowhere => Err(Refusal::not_found().into()),
    });
    match read {
        Ok(proof) => {
            let mut response = answer(proof.text(), TEXT, BRIEF);
            let name = format!("attachment; filename=\"leaf-{}.tlog-proof\"", proof.index);
            if let Ok(value) = HeaderValue::from_str(&name) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Err(failure) => refused(&app, &client, &failure).await,
    }
}

/// `/log/receipt/{leaf}`: the signed promise for a leaf that waits or is in the log, by its hash.
pub async fn receipt(State(app): Web, client: Client, Path(leaf): Path<String>) -> Response {
    let read = async {
        let hash = kernel::unhex(&leaf).and_then(|bytes| Hash::try_from(bytes).ok()).ok_or_else(Refusal::not_found)?;
        let (origin, promised) = read_tx!(app.db, |tx| {
            let origin = uc::current(tx).await?.log.origin;
            Ok((origin, uc::promised_at(tx, &hash).await?))
        })?;
        app.log.keeper.receipt(&origin, hash, promised)
    };
    match read.await {
        Ok(text) => answer(text, TEXT, BRIEF),
        Err(failure) => refused(&app, &client, &failure).await,
    }
}
