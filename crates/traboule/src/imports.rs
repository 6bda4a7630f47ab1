//! What pages and API share of imports: fetching under the guard, keeping the bytes of a rehearsal in a private file,
//! running exactly those bytes. Permission is asked before anything is fetched or kept. No rule lives here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use db::{Db, Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, OrgId, Refusal, Role, sha256_hex};
use publish::model::Rehearsal;
use publish::ports::FetchError;
use publish::service::rehearse::{self, NewRehearsal, RunChoice, Source};

use crate::app::App;
use crate::pages::uploads::Scratch;

/// The largest feed or export a page or the API takes, in bytes; larger ones come in by the command line.
pub const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// The longest a page waits for a feed.
const WAIT: Duration = Duration::from_secs(60);

/// What an import goes into: an organisation, perhaps one of its shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Into {
    pub(crate) org: OrgId,
    pub(crate) show: Option<i64>,
}

/// Only editors; and not more than thirty an hour, because each costs work.
pub(crate) fn may(app: &App, ctx: &Ctx, into: Into) -> Result<(), Failure> {
    if !ctx.actor.may(into.org, &[Role::Editor]) {
        return Err(Refusal::forbidden().into());
    }
    let key = format!("import {}", into.org.0);
    app.limits.check(&key, 30, 3600, ctx.now).map_err(|_| Refusal::new(Kind::TooMany, "too-many"))?;
    Ok(())
}

/// Fetches an address and rehearses what is there.
///
/// # Errors
/// Refused at the field `address`, and as [`kept`].
pub(crate) async fn from_address(app: &App, ctx: &Ctx, into: Into, address: &str) -> Result<Rehearsal, Failure> {
    let address = address.trim();
    let refuse = |code: &'static str| Failure::from(Refusal::invalid("check-fields").field("address", code));
    if address.is_empty() {
        return Err(refuse("required"));
    }
    if address.len() > 2_000 || !url::Url::parse(address).is_ok_and(|u| matches!(u.scheme(), "http" | "https")) {
        return Err(refuse("url-malformed"));
    }
    may(app, ctx, into)?;
    let scratch = Scratch::new(app).map_err(Failure::broken)?;
    let fetch = app.fetcher.fetch(address, &scratch.0, MOST_BYTES, &|_, _| {});
    let fetched = tokio::time::timeout(WAIT, fetch).await.map_err(|_| refuse("import-address-slow"))?;
    let fetched = fetched.map_err(|error| match error {
        FetchError::Refused(_) => refuse("import-address-private"),
        FetchError::Gone(_) => refuse("import-address-gone"),
        FetchError::Failed(_) => refuse("import-address-failed"),
    })?;
    kept(app, ctx, into, address, fetched.charset, &scratch).await
}

/// Reads a file that has arrived and keeps it for a rehearsal.
///
/// # Errors
/// The reader's refusal at the field `source`, and those of [`rehearse::prepare`].
pub(crate) async fn kept(
    app: &App,
    ctx: &Ctx,
    into: Into,
    source: &str,
    charset: Option<String>,
    scratch: &Scratch,
) -> Result<Rehearsal, Failure> {
    let (path, label) = (scratch.0.clone(), charset.clone());
    let read = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::read(path).map_err(Failure::broken)?;
        let kind = Source::read(&bytes, label.as_deref())?.kind();
        Ok::<_, Failure>((kind, sha256_hex(&bytes), i64::try_from(bytes.len()).unwrap_or(i64::MAX)))
    });
    let (kind, digest, size) = read.await.map_err(Failure::broken)??;
    let new = NewRehearsal { org: into.org, show: into.show, source: source.to_owned(), charset, digest, size, kind };
    let row = write_tx!(app.db, |tx| rehearse::prepare(tx, ctx, new.clone()).await)?;
    tokio::fs::rename(&scratch.0, file(&app.scratch, row.id)).await.map_err(Failure::broken)?;
    Ok(row)
}

fn file(scratch: &Path, id: i64) -> PathBuf {
    scratch.join(format!("rehearsal-{id}"))
}

/// The bytes of a rehearsal, read again; they must be those that were rehearsed.
///
/// # Errors
/// `rehearsal-gone` when they are not there any more.
pub(crate) async fn opened(app: &App, row: &Rehearsal) -> Result<Source, Failure> {
    let gone = || Failure::from(Refusal::new(Kind::Conflict, "rehearsal-gone"));
    if row.ran_at.is_some() || row.expires_at <= app.now() {
        return Err(gone());
    }
    let bytes = tokio::fs::read(file(&app.scratch, row.id)).await.map_err(|_| gone())?;
    let (digest, charset) = (row.digest.clone(), row.charset.clone());
    let read = tokio::task::spawn_blocking(move || {
        (sha256_hex(&bytes) == digest).then(|| Source::read(&bytes, charset.as_deref()))
    });
    Ok(read.await.map_err(Failure::broken)?.ok_or_else(gone)??)
}

/// The text that proves control of a feed: it goes into the feed as podcast:txt with the purpose `verify`. It is the same
/// for the same organisation and address, and nobody else can make it.
pub(crate) fn token(app: &App, row: &Rehearsal) -> Option<String> {
    let address = row.address()?;
    let stamp = app.csrf.stamp(&format!("import {} {address}", row.org.0));
    Some(format!("traboule-verify={}", stamp.get(..32).unwrap_or(&stamp)))
}

/// Whether the feed that was rehearsed carries the proof.
pub(crate) fn proved(app: &App, row: &Rehearsal, source: &Source) -> bool {
    token(app, row).is_some_and(|token| source.proves(&token))
}

/// Runs a rehearsal, once.
///
/// # Errors
/// Those of [`rehearse::run`].
pub(crate) async fn run(app: &App, ctx: &Ctx, id: i64, mut choice: RunChoice) -> Result<Rehearsal, Failure> {
    let row = read_tx!(app.db, |tx| rehearse::get(tx, &ctx.actor, id).await)?;
    if row.digest != choice.digest {
        return Err(Refusal::new(Kind::Conflict, "rehearsal-changed").into());
    }
    let source = opened(app, &row).await?;
    choice.owner |= proved(app, &row, &source);
    let base = app.links.feed_base();
    let done = write_tx!(app.db, |tx| {
        let done = rehearse::run(tx, ctx, id, &source, &choice, &base).await?;
        if let Some(show) = done.show {
            crate::adopt::comments(tx, ctx, &app.sealer, (done.org, show)).await?;
        }
        Ok(done)
    })?;
    drop(tokio::fs::remove_file(file(&app.scratch, id)).await);
    app.worker.wake();
    Ok(done)
}

/// Forgets a rehearsal and its bytes.
///
/// # Errors
/// Those of [`rehearse::forget`].
pub(crate) async fn forget(app: &App, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    write_tx!(app.db, |tx| rehearse::forget(tx, ctx, id).await)?;
    drop(tokio::fs::remove_file(file(&app.scratch, id)).await);
    Ok(())
}

/// Deletes what ran out: rows, and the bytes of rehearsals that are no more.
///
/// # Errors
/// The database's failure.
pub async fn sweep(db: &Db, scratch: &Path) -> Result<(), Failure> {
    let now = db.clock().now();
    write_tx!(db, |tx| rehearse::sweep(tx, now).await)?;
    let Ok(mut entries) = tokio::fs::read_dir(scratch).await else { return Ok(()) };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(id) = name.strip_prefix("rehearsal-").and_then(|id| id.parse::<i64>().ok()) else { continue };
        if !read_tx!(db, |tx| rehearse::waits(tx, id).await)? {
            drop(tokio::fs::remove_file(entry.path()).await);
        }
    }
    Ok(())
}
