//! The JSON API `/api/v1`: reading what is public, and with a token creating, editing and publishing episodes. Errors
//! are problem+json with stable codes; ids are shown ids; lists continue by keyset cursor. Each file ends with the
//! operations it holds, described (see `describe`); a new file goes into `GROUPS`.

pub mod audience;
pub mod checks;
pub mod clips;
pub mod comments;
pub mod describe;
pub mod desk;
pub mod document;
mod episodes;
pub mod feed;
mod files;
pub(crate) mod guard;
pub mod imports;
pub mod listens;
pub mod log;
pub mod members;
pub mod moderation;
pub mod posts;
pub mod search;
mod show;
mod shows;
pub mod sites;
pub mod sound;

pub use episodes::{act, create_episode, edit_episode, episode, episodes};
pub use files::{add_image, put_audio, put_cover, put_transcript};
pub use shows::{create_show, feed_settings, openapi, set_feed_settings, shows};

use axum::Json;
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::Failure;
use kernel::{Actor, Kind, OrgId, Refusal, parse_id};
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::http::Client;
use crate::pages::sign_in::problem;
use describe::Group;

/// Every operation, in the order of the document. The key is `api-group-<key>` in the locale files.
pub const GROUPS: &[Group] = &[
    Group { key: "shows", ops: shows::OPS },
    Group { key: "episodes", ops: episodes::OPS },
    Group { key: "files", ops: files::OPS },
    Group { key: "desk", ops: desk::OPS },
    Group { key: "sites", ops: sites::OPS },
    Group { key: "imports", ops: imports::OPS },
    Group { key: "sound", ops: sound::OPS },
    Group { key: "checks", ops: checks::OPS },
    Group { key: "search", ops: search::OPS },
    Group { key: "feed", ops: feed::OPS },
    Group { key: "posts", ops: posts::OPS },
    Group { key: "comments", ops: comments::OPS },
    Group { key: "members", ops: members::OPS },
    Group { key: "audience", ops: audience::OPS },
    Group { key: "listens", ops: listens::OPS },
    Group { key: "moderation", ops: moderation::OPS },
    Group { key: "log", ops: log::OPS },
    Group { key: "clips", ops: clips::OPS },
];

/// An answer, or a problem.
fn answer(app: &App, client: &Client, status: StatusCode, outcome: Result<Value, Failure>) -> Response {
    match outcome {
        Ok(value) => (status, [(header::CACHE_CONTROL, "no-cache")], Json(value)).into_response(),
        Err(failure) => problem(app, client, &failure),
    }
}

/// A change needs a token: browsers' sessions change things through pages.
fn must_token(client: &Client) -> Result<(), Refusal> {
    if client.is_token() { Ok(()) } else { Err(Refusal::new(Kind::SignIn, "token-needed")) }
}

fn id(prefix: &str, text: &str) -> Result<i64, Refusal> {
    parse_id(prefix, text).ok_or_else(Refusal::not_found)
}

/// The whole body of a request, at most `most` bytes: read when it is known that its sender may send it, so that nobody else
/// makes the server hold it.
async fn whole(sent: axum::body::Body, most: usize, too_large: Refusal) -> Result<Bytes, Refusal> {
    axum::body::to_bytes(sent, most).await.map_err(|_| too_large)
}

/// A JSON body, or a refusal that says where it does not read.
fn body<T: for<'de> Deserialize<'de>>(bytes: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|e| Refusal::invalid("json-unreadable").with("why", e.to_string()))
}

/// The organisation a token works in; nobody else has one.
fn token_org(actor: &Actor) -> OrgId {
    match actor {
        Actor::Token { org, .. } => *org,
        _ => OrgId(0),
    }
}
