//! What stands before every operation: how often a token may ask, and the key under which a creating request is repeated.
//! It decides nothing about what is asked.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use kernel::{Refusal, sha256_hex};
use publish::service::Once;
use serde_json::Value;
use ui::Left;

use crate::app::App;
use crate::http::Client;
use crate::pages::sign_in::problem;

/// How many requests a token has per minute.
pub(crate) const PER_MINUTE: u32 = 300;

/// Counts a token's request and says in headers what is left. Who has no token is not counted here.
pub(crate) async fn guard(app: &Arc<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let client = match Client::from_request_parts(&mut parts, app).await {
        Ok(client) => client,
        Err(response) => return response,
    };
    let Some(token) = client.token_mark.clone() else {
        parts.extensions.insert(client);
        return next.run(Request::from_parts(parts, body)).await;
    };
    match app.limits.take(&format!("api {token}"), PER_MINUTE, 60, app.now()) {
        Ok(left) => {
            parts.extensions.insert(client);
            let mut response = next.run(Request::from_parts(parts, body)).await;
            say(response.headers_mut(), left);
            response
        }
        Err((refusal, left)) => {
            let mut response = problem(app, &client, &refusal.into());
            say(response.headers_mut(), left);
            response.headers_mut().insert(header::RETRY_AFTER, number(left.seconds));
            response
        }
    }
}

fn number(value: i64) -> HeaderValue {
    HeaderValue::from(value)
}

fn say(headers: &mut HeaderMap, left: Left) {
    headers.insert("ratelimit-limit", number(i64::from(PER_MINUTE)));
    headers.insert("ratelimit-remaining", number(i64::from(left.tries)));
    headers.insert("ratelimit-reset", number(left.seconds));
}

/// The key a creating request came with, with what was sent, so that a repetition gets the same answer.
/// The id of what a request with a key made, out of what was kept of its answer.
pub(super) fn kept_id(prefix: &str, kept: &Value) -> Result<i64, Refusal> {
    kept["id"].as_str().and_then(|id| kernel::parse_id(prefix, id)).ok_or_else(Refusal::not_found)
}

pub(super) fn once(client: &Client, sent: &Bytes) -> Result<Option<Once>, Refusal> {
    let Some(key) = client.headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > 200 {
        return Err(Refusal::invalid("idempotency-key-malformed"));
    }
    let token = client.token_mark.clone().unwrap_or_default();
    let mut all = format!("{}\n", client.path).into_bytes();
    all.extend_from_slice(sent);
    Ok(Some(Once { token, key: key.to_owned(), digest: sha256_hex(&all) }))
}
