//! Signatures that are brought to the log and asked of it: cosignatures of its witnesses, and as a witness of other logs the
//! request `add-checkpoint` (c2sp.org/tlog-witness). Who may is decided by keys alone: there is nobody to sign in. What is not
//! worth writing is refused before anything waits to write.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::Refusal;
use tlog::note::{MOST_NOTE, Note};
use tlog::service as uc;
use tlog::witness::{AddCheckpoint, Answer};

use crate::http::{Client, Web};
use crate::pages::sign_in::problem;

/// How many of either a client may bring in a minute.
const PER_MINUTE: u32 = 240;

fn plain(status: u16, mime: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const TEXT: &str = "text/plain; charset=utf-8";

/// POST `/log/cosignature`: a checkpoint of this log with the line of a known witness.
pub async fn cosignature(State(app): Web, client: Client, body: Bytes) -> Response {
    let now = app.now();
    let taken = async {
        app.limits
            .check(&format!("log cosignature {}", client.ip_key), PER_MINUTE, 60, now)
            .map_err(Failure::Refused)?;
        let note = String::from_utf8_lossy(&body);
        Note::parse(&note).ok_or_else(|| Refusal::invalid("log-cosignature"))?;
        read_tx!(app.db, |tx| uc::may_cosign(tx, &note).await)?;
        write_tx!(app.db, |tx| uc::cosigned_note(tx, &note, now).await)
    };
    match taken.await {
        Ok(_) => plain(204, TEXT, String::new()),
        Err(failure) => problem(&app, &client, &failure),
    }
}

/// POST `/log/witness/add-checkpoint`: this server as a witness of the logs its configuration names.
pub async fn add_checkpoint(State(app): Web, client: Client, body: Bytes) -> Response {
    let now = app.now();
    if let Err(refusal) = app.limits.check(&format!("log witness {}", client.ip_key), PER_MINUTE, 60, now) {
        return problem(&app, &client, &refusal.into());
    }
    let request = std::str::from_utf8(&body).ok().filter(|t| t.len() <= MOST_NOTE).and_then(AddCheckpoint::parse);
    let Some(request) = request else { return plain(400, TEXT, String::new()) };
    let (signer, known) = (&app.log.witness, &app.log.witness_for);
    let refused = read_tx!(app.db, |tx| uc::not_witnessed(tx, signer, known, &request, now).await);
    let answer = match refused {
        Ok(Some(answer)) => Ok(answer),
        Ok(None) => write_tx!(app.db, |tx| uc::witnessed(tx, signer, known, &request, now).await),
        Err(failure) => Err(failure),
    };
    match answer {
        Ok(Answer::Signed(_, line)) => plain(200, TEXT, line),
        Ok(Answer::Conflict(size)) => plain(409, "text/x.tlog.size", format!("{size}\n")),
        Ok(refused) => plain(refused.status(), TEXT, String::new()),
        Err(failure) => problem(&app, &client, &failure),
    }
}

/// `/log/witness/{origin}/checkpoint`: the newest checkpoint of another log that was cosigned here.
pub async fn witnessed(State(app): Web, client: Client, Path(origin): Path<String>) -> Response {
    match read_tx!(app.db, |tx| uc::witnessed_checkpoint(tx, &origin).await) {
        Ok(note) => plain(200, TEXT, note),
        Err(failure) => problem(&app, &client, &failure),
    }
}
