//! What a restore knows of the public log besides the database it brings back: the head the backup was made with, one that
//! lies in the folder, those somebody names, and what the witnesses say they signed. The one that speaks most against the
//! database is kept, so that the next start refuses what went back; nothing is signed here.

use std::path::{Path, PathBuf};

use db::{Db, read_tx};
use tlog::model::Witness;
use tlog::note::VerifierKey;
use tlog::service as uc;

use super::Ended;
use crate::config::Config;
use crate::far::watch::Memory;
use crate::fetch::WebFetcher;
use crate::log::guard::{self, Seen};

/// A signed checkpoint out of a file that is one, or out of a watcher's memory.
pub(super) fn read_checkpoint(path: &Path) -> Result<String, Ended> {
    let text = std::fs::read_to_string(path).map_err(|e| Ended::Problem(format!("{}: {e}", path.display())))?;
    Ok(serde_json::from_str::<Memory>(&text).map_or(text, |memory| memory.checkpoint))
}

/// Every head that can be found, before anything is put in its place.
pub(super) async fn found(config: &Config, from: &Path, given: &[PathBuf], db: &Db) -> Result<Vec<Seen>, Ended> {
    let mut out = Vec::new();
    for path in given {
        let note = read_checkpoint(path)?;
        if tlog::note::Note::parse(&note).is_none() {
            return Err(Ended::Problem(format!("{}: this is not a checkpoint", path.display())));
        }
        out.push(Seen { who: format!("{} names", path.display()), note });
    }
    let here = guard::high_water(&config.data);
    let names = [
        (here.clone(), format!("{} names", here.display())),
        (guard::high_water(from), "its log.high names".to_owned()),
    ];
    for (path, who) in names {
        out.extend(guard::read(&path)?.map(|note| Seen { who, note }));
    }
    out.extend(witnesses(config, db).await?);
    Ok(out)
}

/// What the witnesses with an address say, those the database knows and those of the configuration.
async fn witnesses(config: &Config, db: &Db) -> Result<Vec<Seen>, Ended> {
    let (log, known) = read_tx!(db, |tx| {
        let log = uc::logs(tx).await?.pop();
        let known = if log.is_some() { uc::witnesses(tx).await? } else { Vec::new() };
        Ok((log, known))
    })?;
    let Some(key) = log.and_then(|log| VerifierKey::parse(&log.vkey)) else { return Ok(Vec::new()) };
    let mut all: Vec<Witness> = known.into_iter().map(|view| view.witness).collect();
    for (key, url) in &config.log.witnesses {
        if !all.iter().any(|w| w.name == key.name) {
            all.push(Witness { name: key.name.clone(), vkey: key.to_string(), url: url.clone(), here: false });
        }
    }
    let poster = WebFetcher::new().map_err(Ended::Problem)?;
    Ok(guard::told(&poster, &key, &all).await)
}

/// Keeps the head that speaks most against the database, else the backup's own; gives what is to be said.
pub(super) async fn keep(config: &Config, from: &Path, db: &Db, found: Vec<Seen>) -> Result<Option<String>, Ended> {
    let path = guard::high_water(&config.data);
    let Some((seen, holds)) = guard::worst(db, found).await? else {
        if let Some(own) = guard::read(&guard::high_water(from))? {
            guard::keep(&path, &own)?;
        }
        return Ok(None);
    };
    // Only the log's own line: the others would be compared with nothing.
    let origin = tlog::note::Note::parse(&seen.note).and_then(|note| note.text.lines().next().map(str::to_owned));
    guard::keep(&path, &guard::own_lines(&seen.note, &origin.unwrap_or_default()))?;
    let what = guard::in_words(&seen.who, holds).unwrap_or_default();
    Ok(Some(format!(
        "this backup is older than what the public saw: {what}. The server will not start like this. Put the lost leaves \
         back with: traboule log recover COPY, or give them up for good with: traboule log reopen {} (docs/log.md)",
        path.display()
    )))
}
