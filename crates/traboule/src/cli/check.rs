//! `check`: the doctor. Each check says what it looked at; one that fails says what to do.

use std::collections::HashSet;

use db::{Failure, read_tx};
use serde::Serialize;

use super::{Ended, json, say, serve};
use crate::app::{App, Opened};
use crate::config::Config;

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

#[derive(Serialize)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

pub(super) async fn run(config: Config, as_json: bool) -> Result<(), Ended> {
    let mut checks =
        vec![Check { name: "configuration", ok: true, detail: format!("data in {}", config.data.display()) }];
    if config.database.is_none() && !config.data.join("traboule.db").exists() {
        let detail = "there is no site here yet: traboule init or traboule import feed makes one".to_owned();
        checks.push(Check { name: "database", ok: false, detail });
    } else {
        match serve::open(&config, config.listen.port(), false).await {
            Ok(opened) => {
                look(&opened, &config, &mut checks).await;
                opened.close().await;
            }
            Err(Ended::Problem(why) | Ended::Usage(why)) => {
                checks.push(Check { name: "database", ok: false, detail: why })
            }
        }
    }
    let report = Report { ok: checks.iter().all(|c| c.ok), checks };
    if as_json {
        json(&report);
    } else {
        for check in &report.checks {
            say(&format!("{} {}: {}", if check.ok { "ok     " } else { "PROBLEM" }, check.name, check.detail));
        }
    }
    if report.ok { Ok(()) } else { Err(Ended::Problem("something needs attention".to_owned())) }
}

async fn look(opened: &Opened, config: &Config, checks: &mut Vec<Check>) {
    let app = &opened.app;
    let mut add = |name: &'static str, outcome: Result<(bool, String), Failure>| {
        let (ok, detail) = outcome.unwrap_or_else(|failure| (false, failure.to_string()));
        checks.push(Check { name, ok, detail });
    };
    let engine = if app.db.engine() == db::Engine::Lite { "SQLite" } else { "PostgreSQL" };
    add("database", Ok((true, format!("{engine}, schema up to date"))));
    add("clock", Ok(clock()));
    add("keys", keys(config));
    add("media", media(app).await);
    add("shows", shows(app).await);
    add("sound", Ok(sound(app).await));
    add("tasks", tasks(app).await);
    add("kept", kept(app).await);
    add("search", search(app).await);
    add("log", log(app).await);
}

/// A clock before this version was made is wrong; schedules would be too.
fn clock() -> (bool, String) {
    let now = kernel::Clock::system().now();
    let made = kernel::At::parse_rfc3339("2026-11-01T00:00:00Z").unwrap_or(now);
    (now >= made, format!("it is {} UTC", now.rfc3339()))
}

fn keys(config: &Config) -> Result<(bool, String), Failure> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = config.data.join("secret.key");
    let mode = std::fs::metadata(&path).map_err(Failure::broken)?.permissions().mode() & 0o777;
    Ok((mode & 0o077 == 0, format!("secret.key has mode {mode:o}; only its owner may read it")))
}

async fn media(app: &App) -> Result<(bool, String), Failure> {
    let mut named = read_tx!(app.db, |tx| publish::service::named_blobs(tx).await)?;
    named.extend(read_tx!(app.db, |tx| community::service::shown::named_blobs(tx).await)?);
    let listed = app.blobs.list().await.map_err(Failure::broken)?;
    let there: HashSet<String> = listed.iter().map(|(name, _)| name.as_str().to_owned()).collect();
    let missing = named.iter().filter(|n| !there.contains(*n)).count();
    let bytes: u64 = listed.iter().map(|(_, size)| size).sum();
    let detail = format!(
        "{} files, {}, {missing} missing",
        listed.len(),
        ui::bytes_text(i64::try_from(bytes).unwrap_or(0), kernel::Lang::En)
    );
    Ok((missing == 0, detail))
}

async fn shows(app: &App) -> Result<(bool, String), Failure> {
    let now = app.now();
    let mut public = 0;
    let shows = read_tx!(app.db, |tx| publish::service::public_shows(tx).await)?;
    for show in &shows {
        public += read_tx!(app.db, |tx| publish::service::feed_rows(tx, &show.slug, now).await)?.episodes.len();
    }
    Ok((true, format!("{} shows, {public} public episodes", shows.len())))
}

/// ffmpeg is the operator's choice: its absence is said, not complained about.
async fn sound(app: &App) -> (bool, String) {
    let detail = match app.encoder.facts().await {
        None => "no ffmpeg: MP3 and M4A only; install it or name it in TRABOULE_FFMPEG".to_owned(),
        Some(facts) => {
            let wall =
                if facts.network_wall { "without network" } else { "the network wall is not allowed here (unshare)" };
            format!("ffmpeg {}, {wall}", facts.version)
        }
    };
    (true, detail)
}

async fn tasks(app: &App) -> Result<(bool, String), Failure> {
    let counts = read_tx!(app.db, |tx| Ok(jobs::counts(tx, None, "").await?))?;
    let dead = read_tx!(app.db, |tx| Ok(jobs::dead_letters(tx).await?))?;
    let downloads = publish::jobs::downloads(&app.db, None).await?;
    let mut detail = format!("{} due, {} done, {} given up", counts.due, counts.done, counts.dead);
    if downloads.due + downloads.done + downloads.dead > 0 {
        detail.push_str(&format!(
            "; downloads {} of {}",
            downloads.done,
            downloads.due + downloads.done + downloads.dead
        ));
    }
    for letter in dead.iter().take(5) {
        detail.push_str(&format!("; {} {}: {}", letter.handler, letter.key, letter.trouble));
    }
    Ok((dead.is_empty(), detail))
}

/// The index is written with what it holds; where it differs all the same, the next start or hour mends it.
async fn search(app: &App) -> Result<(bool, String), Failure> {
    let (drift, (people, off, left)) = read_tx!(app.db, |tx| {
        Ok((publish::service::drift(tx).await?, community::service::search::drift(tx).await?))
    })?;
    let wrong = drift.wrong + drift.gone + off + left;
    let mut detail =
        format!("{} episodes, {people} posts and members, {wrong} not as in the search index", drift.episodes);
    if wrong > 0 {
        detail.push_str("; starting the server mends it");
    }
    Ok((wrong == 0, detail))
}

/// What is kept of commenters runs out by itself; what does so soon is said: addresses sealed beside comments, and what an
/// import by an older server still keeps.
async fn kept(app: &App) -> Result<(bool, String), Failure> {
    let soon = app.now().plus_seconds(30 * 86_400);
    let (kept, sealed) = read_tx!(app.db, |tx| {
        let kept = publish::service::private_clock(tx, soon).await?;
        Ok((kept, community::service::private_clock(tx, soon).await?))
    })?;
    let (all, ending) = (kept.0 + sealed.0, kept.1 + sealed.1);
    let first = kept.2.into_iter().chain(sealed.2).min();
    let mut detail = format!("{all} private rows of commenters, {ending} run out within 30 days");
    if let Some(first) = first {
        detail.push_str(&format!(", the first at {}", first.rfc3339()));
    }
    Ok((true, detail))
}

/// Every leaf and tile of the public log hashed again up to the signed root.
async fn log(app: &App) -> Result<(bool, String), Failure> {
    let (current, wrong, waiting) = read_tx!(app.db, |tx| {
        let wrong = tlog::service::agrees(tx).await?;
        Ok((tlog::service::current(tx).await?, wrong, tlog::service::waiting(tx).await?.0))
    })?;
    if wrong.is_empty() {
        let head = current.head;
        return Ok((
            true,
            format!("{} leaves hash to the root signed at {}, {waiting} wait", head.size, head.at.rfc3339()),
        ));
    }
    Ok((false, format!("{}. Bring the newest copy back: docs/log.md", wrong.join("; "))))
}
