//! `export listens` and `verify`: a day's events as a file, and the counting again that needs nothing but the file. And
//! `export person`: everything kept under an account, for the operator who answers a request.

use std::path::Path;

use accounts::service as accounts_uc;
use audience::model::day_of;
use audience::service::{self as uc, Export};
use db::{Failure, read_tx};
use futures_util::StreamExt as _;
use kernel::{Actor, At};
use publish::service as publish_uc;
use serde_json::json as value;
use tokio::io::AsyncWriteExt as _;

use super::{Ended, json, say, serve};
use crate::app::App;
use crate::config::Config;
use crate::counting::day;
use crate::pages::members::data::{self, PersonCopy};
use crate::tarball;

/// The largest file that is read, in bytes.
const MOST_BYTES: u64 = 2 << 30;

pub(super) async fn listens(
    config: Config,
    asked: Option<&str>,
    show: Option<&str>,
    as_json: bool,
) -> Result<(), Ended> {
    let wanted =
        asked.map(|text| day(text).ok_or_else(|| Ended::Usage(format!("{text} is not a day like 2026-11-24"))));
    let wanted = wanted.transpose()?;
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let app = &opened.app;
    let now = app.now();
    let wanted = wanted.unwrap_or_else(|| day_of(now) - 1);
    let system = Actor::System("export");
    let made = read_tx!(app.db, |tx| {
        let (org, within) = match show {
            Some(slug) => {
                let show = publish_uc::find_show(tx, slug).await?;
                (show.org, Some(show.id))
            }
            None => match accounts_uc::list_orgs(tx).await?.as_slice() {
                [only] => (only.id, None),
                _ => return Err(Failure::Broken("this server has several organisations: name a show".to_owned())),
            },
        };
        match uc::export_day(tx, &system, (org, within), wanted, now).await {
            Ok(export) => Ok(Ok(export)),
            // The events are gone; the figures stay.
            Err(Failure::Refused(no)) if no.code == "listens-gone" => {
                Ok(Err((no, uc::published_day(tx, &system, (org, within), wanted).await?)))
            }
            Err(failure) => Err(failure),
        }
    });
    opened.close().await;
    let export = match made? {
        Ok(export) => export,
        Err((no, published)) => {
            if as_json {
                json(&value!({"events_gone": true, "published": published}));
            }
            return Err(Failure::Refused(no).into());
        }
    };
    if as_json {
        json(&export);
        return Ok(());
    }
    let listens: i64 = export.published.iter().map(|p| p.listens).sum();
    say(&format!(
        "{}: {listens} listens of {} episodes, {} events",
        export.day,
        export.published.len(),
        export.events.len()
    ));
    say("--json prints the file that `traboule verify` counts again");
    Ok(())
}

/// Prints everything that is kept under the account of an address or of a handle, or writes the archive with its files.
pub(super) async fn person(
    config: Config,
    (email, handle): (Option<&str>, Option<&str>),
    file: Option<&Path>,
) -> Result<(), Ended> {
    if let Some(file) = file.filter(|file| file.exists()) {
        return Err(Ended::Problem(format!("{} exists already", file.display())));
    }
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let app = &opened.app;
    let ctx = app.ctx(Actor::System("export"));
    let made = read_tx!(app.db, |tx| {
        let who = match (email, handle) {
            (Some(email), _) => accounts_uc::person_by_email(tx, &ctx, email).await?.map(|p| p.id),
            (None, Some(handle)) => {
                let voice = community::service::members::voice_by_handle(tx, &ctx.actor, handle).await?;
                let members = community::service::members::members(tx, &[voice.id]).await?;
                members.get(&voice.id).and_then(|m| m.person)
            }
            (None, None) => None,
        };
        let who = who.ok_or_else(kernel::Refusal::not_found)?;
        data::everything(tx, &ctx, who).await
    });
    let outcome = match (made, file) {
        (Ok(copy), Some(file)) => write_copy(app, copy, ctx.now, file).await,
        (Ok(copy), None) => {
            json(&copy.told);
            Ok(())
        }
        (Err(failure), _) => Err(failure.into()),
    };
    opened.close().await;
    outcome
}

/// Writes the archive; what is not whole does not stay.
async fn write_copy(app: &App, copy: PersonCopy, now: At, file: &Path) -> Result<(), Ended> {
    let part = file.with_extension("part");
    let problem = |e: &dyn std::fmt::Display| Ended::Problem(format!("{}: {e}", file.display()));
    let entries = data::archive(app, copy).await?;
    let (count, bytes) = (entries.len(), tarball::length(&entries));
    let written = async {
        let mut out = tokio::fs::File::create(&part).await.map_err(|e| problem(&e))?;
        let mut pieces = tarball::pieces(app.blobs.clone(), entries, now);
        while let Some(piece) = pieces.next().await {
            out.write_all(&piece.map_err(|e| problem(&e))?).await.map_err(|e| problem(&e))?;
        }
        out.sync_all().await.map_err(|e| problem(&e))
    };
    if let Err(ended) = written.await {
        drop(std::fs::remove_file(&part));
        return Err(ended);
    }
    std::fs::rename(&part, file).map_err(|e| problem(&e))?;
    say(&format!("{count} entries, {bytes} bytes in {}", file.display()));
    Ok(())
}

pub(super) fn verify(file: &Path, as_json: bool) -> Result<(), Ended> {
    let failed = |e: &dyn std::fmt::Display| Ended::Problem(format!("{}: {e}", file.display()));
    let size = std::fs::metadata(file).map_err(|e| failed(&e))?.len();
    if size > MOST_BYTES {
        return Err(failed(&"too large"));
    }
    let text = std::fs::read(file).map_err(|e| failed(&e))?;
    let export: Export = serde_json::from_slice(&text).map_err(|e| failed(&e))?;
    let checks = uc::verify(&export);
    let ok = checks.iter().all(|(_, ok, _)| *ok);
    if as_json {
        let list: Vec<_> =
            checks.iter().map(|(name, ok, detail)| value!({"name": name, "ok": ok, "detail": detail})).collect();
        json(&value!({"ok": ok, "checks": list}));
    } else {
        for (name, ok, detail) in &checks {
            say(&format!("{} {name}: {detail}", if *ok { "ok  " } else { "FAIL" }));
        }
    }
    if ok { Ok(()) } else { Err(Ended::Problem("the file does not count up to what was published".to_owned())) }
}
