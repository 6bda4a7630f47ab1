//! `revive`: lists the tasks that were given up, and puts those chosen back to work. Without a choice it only lists.

use db::{read_tx, write_tx};
use jobs::DeadLetter;
use serde::Serialize;

use super::{Ended, json, say, serve};
use crate::config::Config;

/// What was asked.
pub(super) struct Ask {
    pub(super) handler: Option<String>,
    pub(super) key: Option<String>,
    pub(super) all: bool,
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Row {
    handler: String,
    key: String,
    trouble: String,
    revived: bool,
}

#[derive(Serialize)]
struct Report {
    revived: usize,
    tasks: Vec<Row>,
}

pub(super) async fn run(config: Config, ask: Ask) -> Result<(), Ended> {
    let opened = serve::open(&config, config.listen.port(), false).await?;
    let outcome = revive(&opened.app, &ask).await;
    opened.close().await;
    let report = outcome?;
    let found = !report.tasks.is_empty();
    if ask.json {
        json(&report);
    } else {
        for row in &report.tasks {
            let word = if row.revived { "revived" } else { "given up" };
            say(&format!("{word}  --handler {} --key {}  {}", row.handler, row.key, row.trouble));
        }
        say(&format!("{} given up, {} revived", report.tasks.len() - report.revived, report.revived));
    }
    let chosen = ask.all || ask.handler.is_some() || ask.key.is_some();
    if chosen && !ask.all && !found { Err(Ended::Problem("no such task was given up".to_owned())) } else { Ok(()) }
}

async fn revive(app: &crate::app::App, ask: &Ask) -> Result<Report, Ended> {
    let now = app.now();
    let chosen = ask.all || ask.handler.is_some() || ask.key.is_some();
    let mut report = Report { revived: 0, tasks: Vec::new() };
    // A page of dead letters at a time; those revived are gone from the next.
    loop {
        let letters =
            read_tx!(app.db, |tx| Ok(jobs::dead_letters_of(tx, ask.handler.as_deref(), ask.key.as_deref()).await?))?;
        if letters.is_empty() {
            break;
        }
        let revived = if chosen { write_tx!(app.db, |tx| put_back(tx, &letters, now).await)? } else { false };
        report.revived += if revived { letters.len() } else { 0 };
        let row = |l: DeadLetter| Row { handler: l.handler, key: l.key, trouble: l.trouble, revived };
        report.tasks.extend(letters.into_iter().map(row));
        if !revived {
            break;
        }
    }
    Ok(report)
}

async fn put_back(tx: &mut db::Tx, letters: &[DeadLetter], now: kernel::At) -> Result<bool, db::Failure> {
    for letter in letters {
        jobs::revive(tx, &letter.handler, &letter.key, now).await?;
    }
    Ok(true)
}
