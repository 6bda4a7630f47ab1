//! `watch URL`: an outsider's eye on a public log. It keeps the newest good checkpoint in a file, and each round holds what
//! the log shows now against it; exit code 1 as soon as something does not fit.

use std::path::PathBuf;
use std::time::Duration;

use kernel::Clock;
use serde_json::json as value;
use tlog::checkpoint::Checkpoint;
use tlog::note::VerifierKey;

use super::{Ended, json, say};
use crate::far::log::FarLog;
use crate::far::watch::{self, Looked, Memory, Trouble, short};
use crate::far::witness::write_whole;

/// Rounds between two readings of the whole of a long log: at ten seconds each, an hour.
const ROUNDS: u64 = 360;

/// What was asked.
pub(super) struct Ask {
    pub(super) url: String,
    pub(super) key: Option<String>,
    pub(super) state: Option<PathBuf>,
    pub(super) copy: Option<PathBuf>,
    pub(super) witnesses: Vec<String>,
    pub(super) every: u64,
    pub(super) once: bool,
    pub(super) json: bool,
}

fn problem(error: impl std::fmt::Display) -> Ended {
    Ended::Problem(error.to_string())
}

/// A key as it was typed, or out of a file.
pub(super) fn read_key(text: &str) -> Result<VerifierKey, Ended> {
    let of_file = std::fs::read_to_string(text).ok();
    let key = VerifierKey::parse(text).or_else(|| VerifierKey::parse(of_file.as_deref()?));
    key.ok_or_else(|| Ended::Usage(format!("{text} is neither a verifier key nor a file with one")))
}

/// The file beside which nothing is kept: named after the log's address.
fn state_file(log: &FarLog) -> PathBuf {
    let url = log.prefix();
    let port = url.port().map(|p| format!("-{p}")).unwrap_or_default();
    let path: String = url.path().trim_matches('/').chars().map(|c| if c == '/' { '-' } else { c }).collect();
    PathBuf::from(format!("traboule-watch-{}{port}-{path}.json", url.host_str().unwrap_or_default()))
}

fn read_memory(path: &std::path::Path) -> Result<Option<Memory>, Ended> {
    match std::fs::read(path) {
        Ok(bytes) => {
            let memory = serde_json::from_slice(&bytes);
            memory.map(Some).map_err(|e| problem(format!("{}: {e}", path.display())))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(problem(format!("{}: {e}", path.display()))),
    }
}

/// A watcher with what it keeps.
struct Watcher {
    log: FarLog,
    key: VerifierKey,
    required: Vec<VerifierKey>,
    path: PathBuf,
    memory: Option<Memory>,
    json: bool,
}

impl Watcher {
    async fn open(ask: &Ask) -> Result<Self, Ended> {
        let log = FarLog::new(&ask.url).map_err(Ended::Usage)?.copied_to(ask.copy.clone());
        let path = ask.state.clone().unwrap_or_else(|| state_file(&log));
        let memory = read_memory(&path)?;
        let given = ask.key.as_deref().map(read_key).transpose()?;
        let kept = memory.as_ref().and_then(|m| VerifierKey::parse(&m.key));
        let required = ask.witnesses.iter().map(|w| read_key(w)).collect::<Result<_, _>>()?;
        let (key, from) = match (given, kept) {
            (Some(given), Some(kept)) if given != kept => {
                return Err(problem(format!("{} was kept with another key: {kept}", path.display())));
            }
            (Some(given), _) => (given, "given"),
            (None, Some(kept)) => (kept, "kept since the first look"),
            (None, None) => {
                let (own, _) = watch::policy(&log).await.map_err(problem)?;
                (own, "taken from the site at this first look: compare it with somebody else's")
            }
        };
        if !ask.json {
            say(&format!("log     {}", log.prefix()));
            say(&format!("key     {key} ({from})"));
            say(&format!("memory  {}", path.display()));
        }
        Ok(Self { log, key, required, path, memory, json: ask.json })
    }

    fn kept(&self) -> Result<Option<Checkpoint>, Ended> {
        let Some(memory) = &self.memory else { return Ok(None) };
        let opened = Checkpoint::open(&memory.checkpoint, &self.key, &[]);
        let (head, _) = opened.map_err(|e| problem(format!("{}: {e}", self.path.display())))?;
        Ok(Some(head))
    }

    async fn round(&mut self, whole: bool) -> Result<(), Ended> {
        let kept = self.kept()?;
        // Whom the site names as witnesses is shown; whom the caller requires must have signed.
        let mut witnesses = watch::policy(&self.log).await.map(|(_, all)| all).unwrap_or_default();
        witnesses.retain(|w| !self.required.contains(w));
        witnesses.extend(self.required.iter().cloned());
        match watch::look(&self.log, &self.key, &witnesses, kept.as_ref(), whole).await {
            Ok(looked) => self.fine(&looked),
            Err(Trouble::Silent(why)) => {
                self.tell(value!({"ok": null, "silent": why}), &format!("no answer: {why}"));
                Ok(())
            }
            Err(Trouble::Tampered(why, note)) => Err(self.tampered(&why, note.as_deref())),
        }
    }

    fn fine(&mut self, looked: &Looked) -> Result<(), Ended> {
        let names: Vec<&str> = looked.signed.iter().filter(|s| s.time.is_some()).map(|s| s.key.name.as_str()).collect();
        let missing: Vec<&str> = self.required.iter().map(|k| k.name.as_str()).filter(|n| !names.contains(n)).collect();
        if !missing.is_empty() {
            let why = format!("not cosigned by {}", missing.join(", "));
            self.tell(value!({"ok": null, "silent": why}), &format!("waiting: {why}"));
            return Ok(());
        }
        let memory = Memory {
            prefix: self.log.prefix().to_string(),
            key: self.key.to_string(),
            checkpoint: looked.note.clone(),
            read_at: Clock::system().now().rfc3339(),
        };
        let text = serde_json::to_string_pretty(&memory).map_err(problem)?;
        write_whole(&self.path, format!("{text}\n").as_bytes()).map_err(problem)?;
        self.memory = Some(memory);
        self.log.keep("checkpoint", looked.note.as_bytes()).map_err(problem)?;
        let head = &looked.head;
        let before = match looked.before {
            Some(size) => format!("continues size {size} seen before"),
            None => "first look: nothing to compare with".to_owned(),
        };
        let cosigned = if names.is_empty() { "no witness".to_owned() } else { format!("witness {}", names.join(", ")) };
        let words = format!(
            "ok      size {}, root {}; signature good; {} leaves and their tiles hash to the root; {before}; {cosigned}",
            head.size,
            short(&head.root),
            looked.read
        );
        let seen = value!({
            "ok": true, "size": head.size, "root": kernel::hex(&head.root), "before": looked.before,
            "leaves_read": looked.read, "witnesses": names,
        });
        self.tell(seen, &words);
        Ok(())
    }

    /// Keeps what the log signed as evidence, and ends.
    fn tampered(&self, why: &str, note: Option<&str>) -> Ended {
        let evidence = PathBuf::from(format!("{}.evidence", self.path.display()));
        let kept = self.memory.as_ref().map_or("nothing was kept before\n", |m| m.checkpoint.as_str());
        let now = note.unwrap_or("nothing that is signed\n");
        let text = format!("{why}\n\n--- seen before\n{kept}\n--- shown at {}\n{now}", Clock::system().now().rfc3339());
        let written = write_whole(&evidence, text.as_bytes());
        self.tell(value!({"ok": false, "tampered": why, "evidence": evidence}), &format!("TAMPERED  {why}"));
        match written {
            Ok(()) => Ended::Problem(format!("this log was tampered with; {} holds both sides", evidence.display())),
            Err(e) => Ended::Problem(format!("this log was tampered with; {}: {e}", evidence.display())),
        }
    }

    fn tell(&self, mut seen: serde_json::Value, words: &str) {
        let now = Clock::system().now().rfc3339();
        if self.json {
            seen["at"] = value!(now);
            json(&seen);
        } else {
            say(&format!("{}  {words}", now.get(11..19).unwrap_or_default()));
        }
    }
}

pub(super) async fn run(ask: Ask) -> Result<(), Ended> {
    let mut watcher = Watcher::open(&ask).await?;
    for round in 0.. {
        watcher.round(round % ROUNDS == 0).await?;
        if ask.once {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(ask.every)) => {}
            _ = tokio::signal::ctrl_c() => break,
        }
    }
    Ok(())
}
