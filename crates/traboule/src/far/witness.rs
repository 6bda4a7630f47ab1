//! An independent witness: it keeps the newest checkpoint it cosigned in a file, asks the log or is asked, and signs only
//! what continues. It trusts one log by one key, and answers as c2sp.org/tlog-witness says.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Router, extract};
use kernel::{Clock, Rng};
use serde::{Deserialize, Serialize};
use tlog::checkpoint::Checkpoint;
use tlog::merkle;
use tlog::note::{KeyKind, MOST_NOTE, Note, Signer, VerifierKey, base64, unbase64};
use tlog::witness::{AddCheckpoint, Answer, Seen, decide};
use tokio::sync::Mutex;

use super::log::{FarLog, MOST_TEXT, Unread, body};

/// A witness's private key in its file.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    name: String,
    seed: String,
}

/// What a witness remembers, in its file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// The log's key.
    pub log: String,
    /// The newest checkpoint it cosigned, with its cosignature.
    pub checkpoint: Option<String>,
}

/// Reads a witness's key, or makes one that only its owner can read.
///
/// # Errors
/// A sentence that names the file.
pub fn key(path: &Path, name: &str, rng: &Rng) -> Result<Signer, String> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let file = match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice::<KeyFile>(&bytes).map_err(|e| failed(&e))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let made = KeyFile { name: name.to_owned(), seed: base64(&rng.bytes::<32>()) };
            let text = serde_json::to_string(&made).map_err(|e| failed(&e))?;
            let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            file.and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all())).map_err(|e| failed(&e))?;
            made
        }
        Err(e) => return Err(failed(&e)),
    };
    let seed = unbase64(&file.seed).and_then(|s| <[u8; 32]>::try_from(s).ok());
    let signer = seed.and_then(|seed| Signer::new(&file.name, KeyKind::Cosignature, &seed));
    signer.ok_or_else(|| failed(&"this is no key of a witness"))
}

/// Writes a file so that a crash leaves the old or the new one, never half of it.
///
/// # Errors
/// The file system's.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = PathBuf::from(format!("{}.new", path.display()));
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// A witness at work.
pub struct Witness {
    log: VerifierKey,
    signer: Signer,
    memory: PathBuf,
    clock: Clock,
    kept: Mutex<Kept>,
}

#[derive(Clone)]
struct Kept {
    seen: Seen,
    checkpoint: Option<String>,
}

/// What a round came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Round {
    /// Cosigned this size; whether the log took the cosignature, or why not.
    Cosigned(u64, Result<(), String>),
    /// The log does not continue what was signed, or is not signed: this speaks against it.
    Objects(String),
    /// Nobody answered.
    Silent(String),
}

impl Witness {
    /// A witness of one log. What it remembers is read from `memory`, and kept there.
    ///
    /// # Errors
    /// A sentence, when the memory does not read or is another log's: a witness that forgot would sign anything.
    pub fn open(log: VerifierKey, signer: Signer, memory: &Path, clock: Clock) -> Result<Self, String> {
        let failed = |e: &dyn std::fmt::Display| format!("{}: {e}", memory.display());
        let remembered = match std::fs::read(memory) {
            Ok(bytes) => Some(serde_json::from_slice::<Remembered>(&bytes).map_err(|e| failed(&e))?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(failed(&e)),
        };
        if remembered.as_ref().is_some_and(|r| r.log != log.to_string()) {
            return Err(failed(&"remembers another log or another key of it"));
        }
        let checkpoint = remembered.and_then(|r| r.checkpoint);
        let seen = match &checkpoint {
            Some(note) => {
                let keys = [signer.key().clone()];
                let (head, signed) = Checkpoint::open(note, &log, &keys).map_err(|e| failed(&e))?;
                if !signed.iter().any(|s| s.key == keys[0]) {
                    return Err(failed(&"the checkpoint in it is not cosigned by this witness"));
                }
                Seen { size: head.size, root: head.root }
            }
            None => Seen::default(),
        };
        Ok(Self { log, signer, memory: memory.to_owned(), clock, kept: Mutex::new(Kept { seen, checkpoint }) })
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        self.signer.key()
    }

    /// The newest checkpoint it cosigned.
    pub async fn newest(&self) -> Option<String> {
        self.kept.lock().await.checkpoint.clone()
    }

    /// How many leaves the newest checkpoint it cosigned has.
    pub async fn size(&self) -> u64 {
        self.kept.lock().await.seen.size
    }

    /// Answers a request; what is signed is on the disk before anybody hears of it.
    ///
    /// # Errors
    /// When the memory cannot be written: then nothing was signed.
    pub async fn answer(&self, request: &AddCheckpoint) -> Result<Answer, String> {
        let mut kept = self.kept.lock().await;
        let now = u64::try_from(self.clock.now().micros() / 1_000_000).unwrap_or(0);
        let answer = decide(&kept.seen, request, &self.log, &self.signer, now);
        if let Answer::Signed(seen, line) = &answer {
            let checkpoint = cosigned(&request.checkpoint, &self.log, line);
            let remembered = Remembered { log: self.log.to_string(), checkpoint: checkpoint.clone() };
            let text = serde_json::to_string(&remembered).map_err(|e| e.to_string())?;
            write_whole(&self.memory, text.as_bytes()).map_err(|e| format!("{}: {e}", self.memory.display()))?;
            *kept = Kept { seen: seen.clone(), checkpoint };
        }
        Ok(answer)
    }

    /// Goes to the log, looks, and brings it the cosignature.
    pub async fn round(&self, log: &FarLog) -> Round {
        match self.ask(log).await {
            Ok(round) => round,
            Err(Unread::Silent(why)) => Round::Silent(why),
            Err(Unread::Missing(why) | Unread::Wrong(why)) => {
                Round::Objects(format!("the log does not hand out what it promises: {why}"))
            }
        }
    }

    async fn ask(&self, log: &FarLog) -> Result<Round, Unread> {
        let checkpoint = log.text("checkpoint").await?;
        let head = match Checkpoint::open(&checkpoint, &self.log, &[]) {
            Ok((head, _)) => head,
            Err(why) => return Ok(Round::Objects(format!("the checkpoint is not good: {why}"))),
        };
        let log = &log.of_origin(&head.origin);
        let seen = self.kept.lock().await.seen.clone();
        if head.size < seen.size {
            let text = format!("the log shrank: {} leaves were signed here, and it shows {}", seen.size, head.size);
            return Ok(Round::Objects(text));
        }
        let spans = merkle::consistency(seen.size, head.size).filter(|_| seen.size < head.size).unwrap_or_default();
        let proof = log.proof(&spans, head.size).await?;
        let request = AddCheckpoint { old: seen.size, proof, checkpoint };
        match self.answer(&request).await.map_err(Unread::Silent)? {
            Answer::Signed(seen, line) => Ok(Round::Cosigned(seen.size, bring(log, &head.text(), &line).await)),
            // Somebody else asked in between; the next round sees it.
            Answer::Conflict(size) => Ok(Round::Cosigned(size, Ok(()))),
            _ => Ok(Round::Objects(format!(
                "the log of {} leaves does not continue the {} leaves signed here",
                head.size, seen.size
            ))),
        }
    }

    /// The witness as an HTTP service: `add-checkpoint`, and the newest checkpoint for monitors.
    pub fn service(self: Arc<Self>) -> Router {
        Router::new()
            .route("/add-checkpoint", post(add_checkpoint))
            .route("/{origin}/checkpoint", get(newest))
            .layer(extract::DefaultBodyLimit::max(MOST_NOTE))
            .with_state(self)
    }
}

/// The checkpoint with the log's own signature and the witness's.
fn cosigned(checkpoint: &str, log: &VerifierKey, line: &str) -> Option<String> {
    let mut note = Note::parse(checkpoint)?;
    note.lines.retain(|l| l.name == log.name && l.id == log.id());
    Some(format!("{}{line}", note.whole()))
}

/// Brings a cosignature to the log.
async fn bring(log: &FarLog, text: &str, line: &str) -> Result<(), String> {
    let url = log.prefix().join("cosignature").map_err(|e| e.to_string())?;
    let request =
        log.client().post(url).header("content-type", "text/plain; charset=utf-8").header("accept-language", "en");
    let response =
        request.body(format!("{text}\n{line}")).send().await.map_err(|_| "the log does not answer".to_owned())?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let why = body(response, MOST_TEXT).await.unwrap_or_default();
    Err(format!("{} {}", status.as_u16(), String::from_utf8_lossy(&why).trim()))
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, bytes: Bytes) -> Response {
    let request = std::str::from_utf8(&bytes).ok().and_then(AddCheckpoint::parse);
    let answer = match request {
        None => Answer::Bad,
        Some(request) => match witness.answer(&request).await {
            Ok(answer) => answer,
            Err(why) => {
                tracing::error!(%why, "the witness cannot write down what it would sign");
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
        },
    };
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match answer {
        Answer::Signed(_, line) => {
            (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], line).into_response()
        }
        Answer::Conflict(size) => {
            (status, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        _ => status.into_response(),
    }
}

async fn newest(State(witness): State<Arc<Witness>>, extract::Path(origin): extract::Path<String>) -> Response {
    let known = kernel::sha256_hex(witness.log.name.as_bytes()) == origin;
    match witness.newest().await.filter(|_| known) {
        Some(note) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], note).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
