//! Tasks that need the encoder: converting, making louder, copying, cutting. Slow, so they have a worker of their own.
//! What comes out is measured by our own reader before it is taken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::jobs::{Handler, Outcome, Task, Telling};
use blobs::{BlobError, BlobName};
use db::{read_tx, write_tx};
use futures_util::future::BoxFuture;

use super::{JobTools, outcome};
use crate::media::{AudioFacts, SourceFormat, probe};
use crate::model::{Conversion, ConversionKind, Rendition, RenditionKind};
use crate::ports::{Encode, EncodeError, Encoded};
use crate::service::{self, AudioFile, Made};

/// The handler of conversions.
pub const CONVERT_HANDLER: &str = "publish.convert_audio";
/// The handler of excerpts' files.
pub const EXCERPT_HANDLER: &str = "publish.cut_excerpt";
/// After so many accidents a conversion counts as failed.
const TRIES: i64 = 4;

/// Why nothing was made.
enum Trouble {
    /// The file or the encoder; trying again changes nothing. A stable code.
    Final(&'static str),
    /// An accident of this machine.
    Accident(String),
}

impl From<EncodeError> for Trouble {
    fn from(error: EncodeError) -> Self {
        match error {
            EncodeError::Accident(why) => Self::Accident(why),
            other => Self::Final(other.code()),
        }
    }
}

fn accident(error: impl std::fmt::Display) -> Trouble {
    Trouble::Accident(error.to_string())
}

/// A folder of one task; removed when dropped.
struct Bench(PathBuf);

impl Bench {
    fn new(tools: &JobTools, name: &str) -> std::io::Result<Self> {
        let path = tools.scratch.join(format!("encode-{name}"));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// Brings a blob into a file of this machine.
async fn bring(tools: &JobTools, blob: &str, into: &Path) -> Result<(), Trouble> {
    let name = BlobName::parse(blob).ok_or(Trouble::Final("source-missing"))?;
    match tools.blobs.take(&name, into).await {
        Ok(_) => Ok(()),
        Err(BlobError::Missing) => Err(Trouble::Final("source-missing")),
        Err(error) => Err(accident(error)),
    }
}

/// Measures what the encoder made; what our own reader does not read is not taken.
async fn measured(path: &Path) -> Result<AudioFacts, Trouble> {
    let size = tokio::fs::metadata(path).await.map_err(accident)?.len();
    let opened = path.to_owned();
    let facts = tokio::task::spawn_blocking(move || std::fs::File::open(opened).map(|f| probe(f, size, "made.mp3")));
    match facts.await.map_err(accident)?.map_err(accident)? {
        Ok(facts) if facts.duration_ms > 0 => Ok(facts),
        _ => Err(Trouble::Final("output-unreadable")),
    }
}

async fn kept(tools: &JobTools, path: &Path) -> Result<(String, i64), Trouble> {
    let (blob, size) = tools.blobs.put_file(path).await.map_err(accident)?;
    Ok((blob.as_str().to_owned(), i64::try_from(size).unwrap_or(i64::MAX)))
}

/// Converts files and makes sound louder.
pub struct ConvertAudio(pub JobTools);

impl Handler for ConvertAudio {
    fn lane(&self) -> ::jobs::Lane {
        ::jobs::Lane::Slow
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(id) = task.body.parse::<i64>() else { return Outcome::Dead("no conversion id".to_owned()) };
            let asked = match read_tx!(self.0.db, |tx| service::waiting_conversion(tx, id).await) {
                Ok(Some(asked)) => asked,
                Ok(None) => return Outcome::Done,
                Err(failure) => return Outcome::Retry(failure.to_string()),
            };
            let progress = Arc::new(Telling::start(self.0.db.clone(), task.clone()));
            let made = self.make(&asked, &progress).await;
            progress.stop().await;
            self.settle(task, id, made).await
        })
    }
}

impl ConvertAudio {
    async fn settle(&self, task: &Task, id: i64, made: Result<Made, Trouble>) -> Outcome {
        let ctx = self.0.ctx();
        let code = match made {
            Ok(made) => {
                let taken = write_tx!(self.0.db, |tx| service::finish_conversion(tx, &ctx, id, &made).await);
                return outcome(taken.map(drop));
            }
            Err(Trouble::Accident(why)) if task.attempts < TRIES => return Outcome::Retry(why),
            Err(Trouble::Accident(why)) => {
                tracing::error!(why, id, "a conversion was given up");
                "accident"
            }
            Err(Trouble::Final(code)) => code,
        };
        outcome(write_tx!(self.0.db, |tx| service::conversion_failed(tx, &ctx, id, code).await))
    }

    async fn make(&self, asked: &Conversion, progress: &Telling) -> Result<Made, Trouble> {
        let tools = &self.0;
        let bench = Bench::new(tools, &asked.id.to_string()).map_err(accident)?;
        let format = SourceFormat::parse(&asked.format).ok_or(Trouble::Final("source-missing"))?;
        let input = bench.0.join("in");
        bring(tools, &asked.source, &input).await?;
        let mut made = Made::default();
        let copied = if asked.kind == ConversionKind::Renditions {
            (input.clone(), format)
        } else {
            let output = bench.0.join("out.mp3");
            let encoded = self.encode(&input, format, Encode::Loud, &output, progress).await?;
            let facts = measured(&output).await?;
            if asked.kind == ConversionKind::Convert && format.lossless() {
                let whole = bench.0.join("whole.flac");
                self.encode(&input, format, Encode::Lossless, &whole, progress).await?;
                made.renditions.push(self.rendition(RenditionKind::Lossless, &whole, &facts).await?);
            }
            let (blob, _) = kept(tools, &output).await?;
            made.loudness = (encoded.before, encoded.after);
            made.sound = Some(AudioFile { blob, facts, origin: None });
            (output, SourceFormat::Mp3)
        };
        // Last, because the encoder takes a file of another name for its input.
        let light = bench.0.join("light.mp3");
        self.encode(&copied.0, copied.1, Encode::Light, &light, progress).await?;
        let facts = measured(&light).await?;
        made.renditions.push(self.rendition(RenditionKind::Light, &light, &facts).await?);
        Ok(made)
    }

    async fn encode(
        &self,
        input: &Path,
        format: SourceFormat,
        what: Encode,
        output: &Path,
        progress: &Telling,
    ) -> Result<Encoded, Trouble> {
        let note = |done, all| progress.note(done, all);
        Ok(self.0.encoder.encode(input, format, what, output, &note).await?)
    }

    async fn rendition(&self, kind: RenditionKind, path: &Path, facts: &AudioFacts) -> Result<Rendition, Trouble> {
        let (blob, size) = kept(&self.0, path).await?;
        let duration_ms = i64::try_from(facts.duration_ms).unwrap_or(0);
        let bitrate = (size.saturating_mul(8)).checked_div(duration_ms).unwrap_or(0);
        let (mime, extension, title) = match kind {
            RenditionKind::Lossless => ("audio/flac", "flac", "FLAC".to_owned()),
            _ => ("audio/mpeg", "mp3", format!("MP3 {bitrate} kb/s")),
        };
        let (mime, extension) = (mime.to_owned(), extension.to_owned());
        Ok(Rendition { kind, blob, mime, extension, size, duration_ms, bitrate, title })
    }
}

/// Cuts the file of an excerpt.
pub struct CutExcerpt(pub JobTools);

impl Handler for CutExcerpt {
    fn lane(&self) -> ::jobs::Lane {
        ::jobs::Lane::Slow
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(id) = task.body.parse::<i64>() else { return Outcome::Dead("no excerpt id".to_owned()) };
            // Without an encoder the excerpt stays what it is: a start and a length.
            if self.0.encoder.facts().await.is_none() {
                return Outcome::Done;
            }
            let (found, audio, source) = match read_tx!(self.0.db, |tx| service::excerpt_to_cut(tx, id).await) {
                Ok(Some(found)) => found,
                Ok(None) => return Outcome::Done,
                Err(failure) => return Outcome::Retry(failure.to_string()),
            };
            let format = if audio.mime == "audio/mpeg" { SourceFormat::Mp3 } else { SourceFormat::Mp4 };
            let progress = Telling::start(self.0.db.clone(), task.clone());
            let what = Encode::Cut { start_ms: found.start_ms, duration_ms: found.duration_ms };
            let cut = self.cut(&task.key, &source, format, what, &progress).await;
            progress.stop().await;
            let file = match cut {
                Ok(file) => Some(file),
                Err(Trouble::Accident(why)) if task.attempts < TRIES => return Outcome::Retry(why),
                Err(Trouble::Accident(why)) => {
                    tracing::error!(why, id, "an excerpt could not be cut");
                    None
                }
                Err(Trouble::Final(_)) => None,
            };
            let file = file.as_ref().map(|(blob, size)| (blob.as_str(), *size));
            outcome(write_tx!(self.0.db, |tx| service::excerpt_was_cut(tx, id, &source, file).await))
        })
    }
}

impl CutExcerpt {
    async fn cut(
        &self,
        key: &str,
        source: &str,
        format: SourceFormat,
        what: Encode,
        progress: &Telling,
    ) -> Result<(String, i64), Trouble> {
        let bench = Bench::new(&self.0, &key.replace(':', "-")).map_err(accident)?;
        let (input, output) = (bench.0.join("in"), bench.0.join("out.mp3"));
        bring(&self.0, source, &input).await?;
        let note = |done, all| progress.note(done, all);
        self.0.encoder.encode(&input, format, what, &output, &note).await?;
        measured(&output).await?;
        kept(&self.0, &output).await
    }
}
