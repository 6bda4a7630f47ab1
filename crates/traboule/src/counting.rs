//! Where requests meet the counting of listens and views. What a request was is noted in memory and counted about every
//! second; the connection never waits for it. The rules are in the crate `audience`; here are only HTTP and time.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Waker, Poll};
use std::time::Duration;

use audience::model::{Count, Seen, day_of};
use audience::service::{self as uc, Context};
use axum::http::{HeaderMap, Method, header};
use blobs::{BlobError, Served};
use bytes::Bytes;
use db::{DbError, Failure, write_tx};
use futures_util::Stream;
use futures_util::stream::BoxStream;
use kernel::{Actor, At, Item};
use publish::web::Sounding;
use tokio::sync::watch;

use crate::app::App;
use crate::http::Client;

/// A day such as `2026-11-24` as days since 1970, UTC.
pub(crate) fn day(text: &str) -> Option<i64> {
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    At::parse_rfc3339(&format!("{text}T00:00:00Z")).filter(|_| shape).map(day_of)
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> String {
    headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().chars().take(512).collect()
}

/// Whether a browser says that nobody asked for it yet.
fn prefetch(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("prefetch"));
    says("sec-purpose") || says("purpose") || says("x-moz")
}

/// Notes that a page was looked at.
pub fn view(app: &App, item: Option<Item>, headers: &HeaderMap, ip: IpAddr, status: u16, actor: &Actor) {
    let Some(item) = item else { return };
    app.audience.note(Seen {
        item,
        count: Count::View,
        at: app.now(),
        ip,
        agent: text(headers, header::USER_AGENT),
        referer: text(headers, header::REFERER),
        method: "GET".to_owned(),
        status,
        prefetch: prefetch(headers),
        team: actor.may_read(item.org),
        taken: (0, 0),
        sound: (0, 0, 0),
    });
}

/// A body that knows how much of it the connection took. A piece counts once the connection asks for the next one, or for
/// the end: what was handed over last and never followed may still lie in a buffer here. What lies in the buffers of the
/// operating system is not known (docs/listens.md names the bound).
struct Heard {
    body: BoxStream<'static, Result<Bytes, BlobError>>,
    app: Arc<App>,
    seen: Option<Seen>,
    first: u64,
    handed: u64,
    taken: u64,
    expected: u64,
}

impl Stream for Heard {
    type Item = Result<Bytes, BlobError>;

    fn poll_next(mut self: Pin<&mut Self>, waker: &mut Waker<'_>) -> Poll<Option<Self::Item>> {
        self.taken = self.handed;
        let next = self.body.as_mut().poll_next(waker);
        if let Poll::Ready(Some(Ok(piece))) = &next {
            self.handed += piece.len() as u64;
        }
        next
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        // With the last byte of the announced length nobody asks for more: handed over whole is taken whole.
        let taken = if self.handed >= self.expected { self.handed } else { self.taken };
        if let Some(mut seen) = self.seen.take() {
            seen.at = self.app.now();
            seen.taken = (self.first, self.first + taken);
            self.app.audience.note(seen);
        }
    }
}

/// The first byte and the number of bytes an answer announces.
fn announced(served: &Served) -> (u64, u64) {
    let get = |name: &str| served.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str());
    let length = get("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    let first = get("content-range").and_then(|v| v.strip_prefix("bytes ")?.split('-').next()?.parse().ok());
    (first.unwrap_or(0), length)
}

/// Counts how much of a file of sound is taken; what is not public yet is nobody's listen.
pub fn listen(app: &Arc<App>, client: &Client, method: &Method, served: Served, sounding: &Sounding) -> Served {
    if !sounding.public {
        return served;
    }
    let number = |n: i64| u64::try_from(n).unwrap_or(0);
    let seen = Seen {
        item: sounding.item,
        count: Count::Listen,
        at: app.now(),
        ip: client.ip,
        agent: client.user_agent.chars().take(512).collect(),
        referer: text(&client.headers, header::REFERER),
        method: method.as_str().to_owned(),
        status: served.status,
        prefetch: prefetch(&client.headers),
        team: client.actor().may_read(sounding.item.org),
        taken: (0, 0),
        sound: (number(sounding.size), number(sounding.header), number(sounding.duration_ms)),
    };
    let (first, expected) = announced(&served);
    let Served { status, headers, body } = served;
    let Some(body) = body else {
        app.audience.note(seen);
        return Served { status, headers, body: None };
    };
    let heard = Heard { body, app: app.clone(), seen: Some(seen), first, handed: 0, taken: 0, expected };
    Served { status, headers, body: Some(Box::pin(heard)) }
}

/// What the rules need to know of this site.
async fn context(app: &App) -> Context {
    let places = app.places.get(&app.db).await;
    let mut hosts = places.hosts();
    hosts.push(app.links.main_host().to_owned());
    Context { hosts, datacentres: app.datacentres.clone() }
}

/// Counts what was seen since the last time. What cannot be written now waits for the next time; what may have been written
/// is not written again.
pub async fn flush(app: &App) {
    let seen = app.audience.take();
    if seen.is_empty() {
        return;
    }
    let context = context(app).await;
    let ctx = app.ctx(Actor::System("audience"));
    match write_tx!(app.db, |tx| uc::take(tx, &ctx, &seen, &context).await) {
        Ok(()) => {}
        Err(Failure::Db(DbError::UnknownOutcome(error))) => {
            tracing::warn!(%error, count = seen.len(), "it is not known whether the last listens were counted");
        }
        Err(failure) => {
            tracing::warn!(%failure, count = seen.len(), "listens could not be counted yet");
            app.audience.put_back(seen);
        }
    }
}

/// Counts every second, and deletes salts and events as soon as their last day is over.
pub(crate) async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let (mut purged, mut told) = (None, 0);
    while !*stop.borrow() {
        flush(&app).await;
        let dropped = app.audience.dropped();
        if dropped > told {
            told = dropped;
            tracing::warn!(
                dropped,
                "more came than could be counted: so many requests since the start are in no figure"
            );
        }
        let now = app.now();
        if purged != Some(day_of(now)) {
            match write_tx!(app.db, |tx| uc::purge(tx, now).await) {
                Ok(_) => purged = Some(day_of(now)),
                Err(failure) => tracing::warn!(%failure, "salts whose day is over could not be deleted"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            _ = stop.changed() => {}
        }
    }
}
