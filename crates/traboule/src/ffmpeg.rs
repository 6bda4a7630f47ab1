//! The operator's ffmpeg behind the port `Encoder`: found at start, looked at once, run as a child within walls. It never
//! links ffmpeg and knows nothing of episodes.

mod argv;
mod child;
mod film;

use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use publish::media::SourceFormat;
use publish::ports::{Encode, EncodeError, Encoded, Encoder, EncoderFacts, ProgressFn};
use tokio::sync::OnceCell;

pub use argv::MOST_MS;
pub use child::Bounds;
use child::{Said, Walls, find, run};

/// ffmpeg of this machine, or the knowledge that there is none.
pub struct Ffmpeg {
    program: Option<PathBuf>,
    bounds: Bounds,
    looked: OnceCell<Option<(EncoderFacts, Walls)>>,
}

impl Ffmpeg {
    /// The program a setting names (`off` for none), else the one of the search path.
    #[must_use]
    pub fn new(setting: Option<&str>) -> Self {
        let program = match setting {
            Some("off") => None,
            Some(path) => Some(PathBuf::from(path)),
            None => find("ffmpeg"),
        };
        Self { program, bounds: Bounds::default(), looked: OnceCell::new() }
    }

    /// The same within other limits.
    #[must_use]
    pub fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    async fn looked(&self) -> Option<&(EncoderFacts, Walls)> {
        self.looked.get_or_init(|| self.look()).await.as_ref()
    }

    async fn look(&self) -> Option<(EncoderFacts, Walls)> {
        let program = self.program.as_ref()?;
        let short = Bounds { time: std::time::Duration::from_secs(10), ..self.bounds };
        let here = std::env::temp_dir();
        let mut first = String::new();
        let version = |line: &str| {
            if first.is_empty() {
                first = line.to_owned();
            }
            true
        };
        let mut walls = Walls { prlimit: find("prlimit"), unshare: None };
        let said = run(program, &walls, short, &["-version".to_owned()], &here, version).await;
        let version = first.strip_prefix("ffmpeg version ").and_then(|rest| rest.split_whitespace().next());
        let (Ok(Said { ok: true, .. }), Some(version)) = (said, version) else {
            tracing::warn!(program = %program.display(), "ffmpeg does not answer; sound is not converted");
            return None;
        };
        if let Some(unshare) = find("unshare") {
            let with = Walls { unshare: Some(unshare.clone()), ..walls.clone() };
            let allowed = run(program, &with, short, &["-version".to_owned()], &here, |_| true).await;
            walls.unshare = matches!(allowed, Ok(Said { ok: true, .. })).then_some(unshare);
        }
        let facts = EncoderFacts { version: version.to_owned(), network_wall: walls.unshare.is_some() };
        tracing::info!(version = facts.version, network_wall = facts.network_wall, "ffmpeg found");
        Some((facts, walls))
    }

    /// One run in the folder of the input; its output's position is handed on and bounded.
    async fn pass(
        &self,
        folder: &Path,
        argv: &[String],
        note: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<String, EncodeError> {
        self.pass_within(folder, argv, self.bounds, MOST_MS, note).await
    }

    /// The same within other limits, the last of them a length in milliseconds.
    async fn pass_within(
        &self,
        folder: &Path,
        argv: &[String],
        bounds: Bounds,
        most: u64,
        note: &(dyn Fn(u64) + Send + Sync),
    ) -> Result<String, EncodeError> {
        let Some((_, walls)) = self.looked().await else { return Err(EncodeError::Missing) };
        let program = self.program.as_ref().ok_or(EncodeError::Missing)?;
        let listen = |line: &str| match argv::position(line) {
            Some(at) if at > most => false,
            Some(at) => {
                note(at);
                true
            }
            None => true,
        };
        let said = run(program, walls, bounds, argv, folder, listen).await?;
        if said.ok {
            return Ok(said.messages);
        }
        if said.messages.contains("Unknown encoder") {
            return Err(EncodeError::Missing);
        }
        tracing::info!(messages = said.messages.lines().last().unwrap_or_default(), "ffmpeg refused a file");
        // A result larger than the limit ends in a write error where the signal is ignored.
        Err(if said.messages.contains("File too large") { EncodeError::TooLong } else { EncodeError::Unreadable })
    }

    async fn loud(
        &self,
        folder: &Path,
        format: SourceFormat,
        output: &str,
        progress: ProgressFn<'_>,
    ) -> Result<Encoded, EncodeError> {
        // The length is known only after the first pass; until then the position alone is told.
        let mut said = self.pass(folder, &argv::measure(format, false), &|at| progress(at, None)).await?;
        let mono = argv::is_mono(&said);
        let total = argv::length(&said);
        if mono {
            said = self.pass(folder, &argv::measure(format, true), &|at| progress(at, None)).await?;
        }
        let first = argv::measured(&said);
        let argv = argv::louden(format, mono, first.as_ref(), output);
        let said = self.pass(folder, &argv, &|at| progress(at, total)).await?;
        let after = argv::measured(&said).filter(|m| m.usable()).map(|m| m.output_i);
        Ok(Encoded { before: first.filter(Measured::usable).map(|m| m.input_i), after })
    }
}

use argv::Measured;

/// The folder input and output share.
fn folder_of<'a>(input: &'a Path, output: &Path) -> Result<&'a Path, EncodeError> {
    let folder = input.parent().filter(|f| output.parent() == Some(f));
    folder.ok_or_else(|| EncodeError::Accident("input and output in different folders".to_owned()))
}

/// The input lies in its folder under the name `in`, the output under its own.
fn places<'a>(input: &'a Path, output: &'a Path) -> Result<(&'a Path, &'a str), EncodeError> {
    let name = output.file_name().and_then(|n| n.to_str());
    let name = name.ok_or_else(|| EncodeError::Accident("an output without a name".to_owned()))?;
    Ok((folder_of(input, output)?, name))
}

impl Encoder for Ffmpeg {
    fn facts(&self) -> BoxFuture<'_, Option<EncoderFacts>> {
        Box::pin(async { self.looked().await.map(|(facts, _)| facts.clone()) })
    }

    fn encode<'a>(
        &'a self,
        input: &'a Path,
        format: SourceFormat,
        what: Encode,
        output: &'a Path,
        progress: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Encoded, EncodeError>> {
        Box::pin(async move {
            let (folder, name) = places(input, output)?;
            let inside = folder.join("in");
            if inside != input {
                // The reader knows one name only.
                tokio::fs::copy(input, &inside).await.map_err(|e| EncodeError::Accident(e.to_string()))?;
            }
            match what {
                Encode::Loud => self.loud(folder, format, name, progress).await,
                _ => {
                    self.pass(folder, &argv::encode(format, what, name), &|at| progress(at, None)).await?;
                    Ok(Encoded::default())
                }
            }
        })
    }
}
