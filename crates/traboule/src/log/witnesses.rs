//! Brings new heads to the witnesses that are asked (c2sp.org/tlog-witness) and keeps what they sign. In the demo one witness
//! stands beside the server, on the same machine: it shows how it works and protects nobody.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use db::{Failure, read_tx, write_tx};
use kernel::Rng;
use tlog::model::Witness as Row;
use tlog::note::VerifierKey;
use tlog::service as uc;
use tlog::witness::{AddCheckpoint, Answer};
use tokio::sync::watch;

use super::guard;
use crate::app::App;
use crate::config::LogConfig;
use crate::far::witness::{Witness, key};

/// How often witnesses are asked, if the head moved.
const BEAT: Duration = Duration::from_secs(2);

/// Makes the witnesses of the configuration known to the log.
///
/// # Errors
/// The database's failure.
pub async fn make_known(app: &App, config: &LogConfig) -> Result<(), Failure> {
    let now = app.now();
    write_tx!(app.db, |tx| {
        for (key, url) in &config.witnesses {
            let row = Row { name: key.name.clone(), vkey: key.to_string(), url: url.clone(), here: false };
            uc::keep_witness(tx, &row, now).await?;
        }
        Ok(())
    })
}

/// The demo's witness, with a key and a memory of its own in the data folder.
///
/// # Errors
/// When a file does not read, or remembers another log.
pub async fn beside(app: &App, data: &Path) -> Result<Witness, Failure> {
    let (log, origin, number) = read_tx!(app.db, |tx| {
        let log = uc::current(tx).await?.log;
        Ok((VerifierKey::parse(&log.vkey), log.origin, log.log))
    })?;
    let log = log.ok_or_else(|| Failure::Broken(format!("the key of the public log {origin} cannot be read")))?;
    let host = origin.strip_suffix("/log").unwrap_or(&origin);
    // A log that was opened anew is another one: its witness begins with an empty memory.
    let memory = data.join(format!("witness-{number}.seen"));
    let signer =
        key(&data.join("witness.key"), &format!("{host}/witness-here"), &Rng::System).map_err(Failure::Broken)?;
    let clock = app.db.clock().clone();
    let witness = Witness::open(log, signer, &memory, clock).map_err(Failure::Broken)?;
    let vkey = witness.key().to_string();
    let row = Row { name: witness.key().name.clone(), vkey, url: None, here: true };
    let now = app.now();
    write_tx!(app.db, |tx| uc::keep_witness(tx, &row, now).await)?;
    Ok(witness)
}

/// The request that brings a witness from `old` leaves to the newest head.
async fn request(app: &App, old: u64) -> Result<Option<(u64, AddCheckpoint)>, Failure> {
    read_tx!(app.db, |tx| {
        let current = uc::current(tx).await?;
        let size = current.head.size;
        if old > size {
            return Ok(None);
        }
        let proof = uc::continues(tx, old, size).await?;
        let checkpoint = guard::own_lines(&current.head.note, &current.log.origin);
        Ok(Some((size, AddCheckpoint { old, proof, checkpoint })))
    })
}

async fn keep(app: &App, size: u64, line: &str) -> Result<(), Failure> {
    let now = app.now();
    write_tx!(app.db, |tx| uc::cosigned(tx, size, line, now).await)
}

/// Lets the witness beside the server look at the newest head. Gives whether it signed.
///
/// # Errors
/// The database's failure; what the witness could not write down.
pub async fn look(app: &App, witness: &Witness) -> Result<bool, Failure> {
    let seen = witness.size().await;
    let Some((size, request)) = request(app, seen).await? else {
        return Err(Failure::Broken(format!("it signed {seen} leaves, and the public log has fewer")));
    };
    if request.old == size && witness.newest().await.is_some() {
        return Ok(false);
    }
    match witness.answer(&request).await.map_err(Failure::Broken)? {
        Answer::Signed(_, line) => keep(app, size, &line).await.map(|()| true),
        refused => {
            tracing::error!(status = refused.status(), "the witness beside the server refuses the public log's head");
            Ok(false)
        }
    }
}

/// What the asking of witnesses remembers between two rounds: the size each signed last, as far as is known.
#[derive(Default)]
pub struct Rounds(HashMap<String, u64>);

impl Rounds {
    /// Asks every witness with an address that has not signed the newest head.
    ///
    /// # Errors
    /// The database's failure. A witness that refuses or is silent is a line in the log file.
    pub async fn ask(&mut self, app: &App) -> Result<(), Failure> {
        let (size, all) = read_tx!(app.db, |tx| Ok((uc::current(tx).await?.head.size, uc::witnesses(tx).await?)))?;
        for view in all {
            let Some(url) = view.witness.url.as_deref() else { continue };
            let known = self.0.get(&view.witness.name).copied().or(view.size).unwrap_or(0);
            if view.size != Some(size) {
                let after = one(app, url, known).await?;
                self.0.insert(view.witness.name, after);
            }
        }
        Ok(())
    }
}

/// Asks one witness; gives the size it is at afterwards.
async fn one(app: &App, url: &str, known: u64) -> Result<u64, Failure> {
    let at = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut old = known;
    // The first answer may say that the witness is elsewhere; the second one is the answer.
    for _ in 0..2 {
        let Some((size, request)) = request(app, old).await? else {
            tracing::error!(url, old, "a witness signed more leaves than the public log has");
            return Ok(old);
        };
        match app.poster.exchange(&at, Some(&request.text())).await {
            Ok((200, lines)) => {
                // Other lines than those of the witness's known key are passed over.
                for line in lines.split_inclusive('\n') {
                    match keep(app, size, line).await {
                        Ok(()) | Err(Failure::Refused(_)) => {}
                        Err(failure) => return Err(failure),
                    }
                }
                return Ok(size);
            }
            Ok((409, text)) => match text.trim().parse() {
                Ok(elsewhere) => old = elsewhere,
                Err(_) => break,
            },
            Ok((status, _)) => {
                tracing::error!(url, status, "a witness refuses the public log's head");
                break;
            }
            Err(why) => {
                tracing::debug!(url, why = ?why, "a witness of the public log was not reached");
                break;
            }
        }
    }
    Ok(old)
}

/// Asks the witnesses what they saw before this start, and refuses what is behind it; see [`guard`].
///
/// # Errors
/// The refusal; the database's failure.
pub async fn agree(app: &App, data: &Path) -> Result<(), Failure> {
    let (log, all) = read_tx!(app.db, |tx| Ok((uc::current(tx).await?.log, uc::witnesses(tx).await?)))?;
    let Some(key) = VerifierKey::parse(&log.vkey) else { return Ok(()) };
    if app.demo {
        // What the witness beside the server remembers lies on this machine.
        let here = beside(app, data).await?;
        if let Some(note) = here.newest().await {
            guard::compare(&app.db, "the witness on this machine signed", &note).await?;
        }
    }
    let all: Vec<Row> = all.into_iter().map(|view| view.witness).collect();
    guard::ask_witnesses(&app.db, app.poster.as_ref(), &key, &all).await
}

/// Brings heads to witnesses until `stop`; the demo has one beside the server.
pub async fn start(app: Arc<App>, data: PathBuf, stop: watch::Receiver<bool>) {
    let here = match app.demo {
        true => {
            beside(&app, &data).await.inspect_err(|failure| tracing::error!(%failure, "no witness beside the server"))
        }
        false => Err(Failure::Broken(String::new())),
    };
    run(app, here.ok(), stop).await;
}

async fn run(app: Arc<App>, here: Option<Witness>, mut stop: watch::Receiver<bool>) {
    let mut rounds = Rounds::default();
    while !*stop.borrow() {
        if let Some(witness) = &here
            && let Err(failure) = look(&app, witness).await
        {
            tracing::error!(%failure, "the witness beside the server could not look");
        }
        if let Err(failure) = rounds.ask(&app).await {
            tracing::error!(%failure, "the witnesses of the public log could not be asked");
        }
        tokio::select! {
            () = tokio::time::sleep(BEAT) => {}
            _ = stop.changed() => {}
        }
    }
}

/// The key with which this server signs other logs as their witness; the name is its own address.
///
/// # Errors
/// When the file does not read.
pub fn own(data: &Path, site: &str, rng: &Rng) -> Result<tlog::note::Signer, Failure> {
    let plain = site.split_once("://").map_or(site, |(_, rest)| rest);
    key(&data.join("log-witness.key"), &format!("{plain}/log/witness"), rng).map_err(Failure::Broken)
}
