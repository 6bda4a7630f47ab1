//! Work on clips outside requests: the smaller video and the still picture, or where nothing can make them a copy freed of
//! what the camera wrote; and films made of a stretch of sound. Idempotent, keyed by the post. What a program made is looked
//! at by our own reader before it is taken; a failure is a state of the clip with its reason.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::jobs::{Handler, Outcome, Task, Telling};
use blobs::{BlobError, BlobName, BlobStore};
use db::{Db, Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{Actor, Ctx, IdMaker, Kind, OrgId, Rng};
use serde::{Deserialize, Serialize};

use crate::film::{FilmError, Filmer, Still};
use crate::media::{CleanError, Container, ProbeError, VideoFacts, clean, probe};
use crate::model::{Made, Original};
use crate::ports::Waste;
use crate::rules::clip::{NO_FFMPEG, check_video};
use crate::service::{self, Looked, ToMake};

/// The handler that looks at videos.
pub const CLIP_HANDLER: &str = "community.make_clip";
/// The handler that makes films of sound.
pub const CUT_HANDLER: &str = "community.cut_clip";
/// After so many accidents a clip counts as failed.
const TRIES: i64 = 4;
/// The reason of a clip that was given up.
const ACCIDENT: &str = "accident";
/// The largest still picture taken from a program, in bytes.
const MOST_POSTER: u64 = 4 * 1024 * 1024;

/// What the handlers need.
#[derive(Clone)]
pub struct ClipTools {
    /// The database.
    pub db: Db,
    /// Where files are.
    pub blobs: BlobStore,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Makes videos.
    pub filmer: Arc<dyn Filmer>,
    /// Looks after files that nobody may come to name.
    pub waste: Arc<dyn Waste>,
    /// A folder for unfinished files.
    pub scratch: PathBuf,
}

/// The stretch of an episode that becomes a clip.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct CutTask {
    /// The post.
    pub post: i64,
    /// The blob of the sound and its type.
    pub sound: (String, String),
    /// The blob of the picture and its type.
    pub picture: Option<(String, String)>,
    /// From, in milliseconds.
    pub start_ms: i64,
    /// How long.
    pub duration_ms: i64,
}

/// Why nothing was made.
enum Trouble {
    /// Trying again changes nothing. A stable code.
    Final(&'static str),
    /// An accident of this machine.
    Accident(String),
}

impl From<FilmError> for Trouble {
    fn from(error: FilmError) -> Self {
        match error {
            FilmError::Accident(why) => Self::Accident(why),
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
    fn new(tools: &ClipTools, name: &str) -> Result<Self, Trouble> {
        let path = tools.scratch.join(format!("clip-{name}"));
        drop(std::fs::remove_dir_all(&path));
        std::fs::create_dir_all(&path).map_err(accident)?;
        Ok(Self(path))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

impl ClipTools {
    fn ctx(&self) -> Ctx {
        Ctx { now: self.db.clock().now(), actor: Actor::System("job"), ids: self.ids.clone(), rng: Rng::System }
    }

    async fn bring(&self, blob: &str, into: &Path) -> Result<(), Trouble> {
        let name = BlobName::parse(blob).ok_or(Trouble::Final("source-missing"))?;
        match self.blobs.take(&name, into).await {
            Ok(_) => Ok(()),
            Err(BlobError::Missing) => Err(Trouble::Final("source-missing")),
            Err(error) => Err(accident(error)),
        }
    }

    /// Says of a file that it is about to be put into the store, so that it goes again should nobody come to name it.
    async fn expect(&self, org: OrgId, name: &BlobName) -> Result<(), Failure> {
        let (files, now) = ([name.as_str().to_owned()], self.db.clock().now());
        write_tx!(self.db, |tx| self.waste.expect(tx, org, &files, now).await)
    }

    async fn keep(&self, org: OrgId, path: &Path) -> Result<(String, i64), Trouble> {
        let (name, size) = blobs::name_file(path).await.map_err(accident)?;
        self.expect(org, &name).await.map_err(accident)?;
        self.blobs.put_named(path, &name).await.map_err(accident)?;
        Ok((name.as_str().to_owned(), i64::try_from(size).unwrap_or(i64::MAX)))
    }

    /// A still picture; a clip without one is a clip all the same.
    async fn poster(
        &self,
        org: OrgId,
        folder: &Path,
        video: &Path,
        kind: Container,
    ) -> Result<Option<String>, Trouble> {
        let path = folder.join("poster.jpg");
        if let Err(error) = self.filmer.poster(video, kind, &path).await {
            tracing::info!(?error, "a clip has no still picture");
            return Ok(None);
        }
        let bytes = tokio::fs::read(&path).await.map_err(accident)?;
        if !bytes.starts_with(b"\xff\xd8\xff") || (bytes.len() as u64) > MOST_POSTER {
            return Ok(None);
        }
        self.expect(org, &BlobName::of(&bytes)).await.map_err(accident)?;
        let name = self.blobs.put(bytes.into()).await.map_err(accident)?;
        Ok(Some(name.as_str().to_owned()))
    }
}

/// Measures a file by our own reader.
async fn measured(path: &Path) -> Result<VideoFacts, Trouble> {
    let size = tokio::fs::metadata(path).await.map_err(accident)?.len();
    let opened = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(opened)?;
        probe(&mut file, size)
    });
    match looked.await.map_err(accident)? {
        Ok(facts) => Ok(facts),
        Err(ProbeError::Io(error)) => Err(accident(error)),
        Err(_) => Err(Trouble::Final("unreadable")),
    }
}

/// Looks at the video of a clip.
pub struct MakeClip(pub ClipTools);

impl Handler for MakeClip {
    fn lane(&self) -> ::jobs::Lane {
        ::jobs::Lane::Slow
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(post) = task.body.parse::<i64>() else { return Outcome::Dead("no post id".to_owned()) };
            let found = match read_tx!(self.0.db, |tx| service::clip_to_make(tx, post).await) {
                Ok(Some(found)) => found,
                Ok(None) => return Outcome::Done,
                Err(failure) => return Outcome::Retry(failure.to_string()),
            };
            if found.later && self.0.filmer.version().await.is_none() {
                return Outcome::Done;
            }
            let telling = Telling::start(self.0.db.clone(), task.clone());
            let made = self.make(&found, &telling).await;
            telling.stop().await;
            match made {
                Ok(Some(looked)) => outcome(self.made(&found, &looked).await),
                Ok(None) => Outcome::Done,
                Err(trouble) => match code(task, trouble, post) {
                    // The clip is shown as it came meanwhile, and asked for again tomorrow; the others at the next round.
                    Ok(ACCIDENT) if found.later => Outcome::Done,
                    Ok(code) => outcome(self.failed(&found, code).await),
                    Err(again) => again,
                },
            }
        })
    }
}

fn outcome(result: Result<(), Failure>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        // Somebody changed the words just now: the next try sees them.
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::Conflict => Outcome::Retry(refusal.to_string()),
        Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
        Err(failure) => Outcome::Retry(failure.to_string()),
    }
}

/// The reason a clip is left with, or another try.
fn code(task: &Task, trouble: Trouble, post: i64) -> Result<&'static str, Outcome> {
    match trouble {
        Trouble::Final(code) => Ok(code),
        Trouble::Accident(why) if task.attempts < TRIES => Err(Outcome::Retry(why)),
        Trouble::Accident(why) => {
            tracing::error!(why, post, "a clip was given up");
            Ok(ACCIDENT)
        }
    }
}

impl MakeClip {
    /// Notes what was made; what is needed no more, or came too late, is let go in the same transaction.
    async fn made(&self, of: &ToMake, looked: &Looked) -> Result<(), Failure> {
        let (ctx, tools) = (self.0.ctx(), &self.0);
        write_tx!(tools.db, |tx| {
            let unneeded = service::clip_made(tx, &ctx, of.clip.post, looked).await?;
            tools.waste.let_go(tx, of.org, &unneeded, ctx.now).await?;
            if of.later { service::ask_rendition(tx, ctx.now).await.map(drop) } else { Ok(()) }
        })
    }

    async fn failed(&self, of: &ToMake, code: &str) -> Result<(), Failure> {
        let ctx = self.0.ctx();
        write_tx!(self.0.db, |tx| {
            service::clip_failed(tx, &ctx, of.clip.post, code).await?;
            if of.later { service::ask_rendition(tx, ctx.now).await.map(drop) } else { Ok(()) }
        })
    }

    /// What becomes of the video; nothing when it is shown as it came and the program cannot do better.
    async fn make(&self, of: &ToMake, telling: &Telling) -> Result<Option<Looked>, Trouble> {
        let clip = &of.clip;
        let bench = Bench::new(&self.0, &clip.post.to_string())?;
        let kind = Container::parse(&clip.media_type).ok_or(Trouble::Final("unreadable"))?;
        let input = bench.0.join("in");
        self.0.bring(&clip.sha256, &input).await?;
        if self.0.filmer.version().await.is_none() {
            return self.as_it_is(of, kind, &input).await;
        }
        let output = bench.0.join("out.mp4");
        let all = u64::try_from(clip.duration_ms).ok().filter(|ms| *ms > 0);
        match self.0.filmer.rendition(&input, kind, &output, &|at| telling.note(at, all)).await {
            Ok(()) => {}
            // A program that cannot write this kind of video is none.
            Err(FilmError::Missing) => return self.as_it_is(of, kind, &input).await,
            Err(error) => return Err(error.into()),
        }
        let facts = measured(&output).await?;
        check_video(&facts, false).map_err(|r| Trouble::Final(r.fields.first().map_or("unreadable", |f| f.code)))?;
        let poster = self.0.poster(of.org, &bench.0, &output, Container::Mp4).await?;
        let (sha256, bytes) = self.0.keep(of.org, &output).await?;
        let made = Made { sha256, bytes, width: facts.width, height: facts.height };
        Ok(Some(Looked { made, poster, duration_ms: facts.duration_ms, problem: None }))
    }

    /// Without a program: the original, freed of what the camera wrote beside picture and sound.
    async fn as_it_is(&self, of: &ToMake, kind: Container, input: &Path) -> Result<Option<Looked>, Trouble> {
        let clip = &of.clip;
        if of.later {
            return Ok(None);
        }
        if clip.duration_ms == 0 {
            return Err(Trouble::Final("clip-length-unknown"));
        }
        let (path, size) = (input.to_owned(), u64::try_from(clip.bytes).unwrap_or(0));
        let cleaned = tokio::task::spawn_blocking(move || {
            let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
            clean(&mut file, size, kind)
        });
        match cleaned.await.map_err(accident)? {
            Ok(()) => {}
            Err(CleanError::Hidden(what)) => {
                tracing::info!(what, "a clip cannot be served as it came");
                return Err(Trouble::Final("hidden-data"));
            }
            Err(CleanError::Io(error)) => return Err(accident(error)),
        }
        let (sha256, bytes) = self.0.keep(of.org, input).await?;
        let made = Made { sha256, bytes, width: clip.width, height: clip.height };
        Ok(Some(Looked { made, poster: None, duration_ms: clip.duration_ms, problem: Some(NO_FFMPEG) }))
    }
}

/// Makes a film of a stretch of an episode.
pub struct CutClip(pub ClipTools);

impl Handler for CutClip {
    fn lane(&self) -> ::jobs::Lane {
        ::jobs::Lane::Slow
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(cut) = serde_json::from_str::<CutTask>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            match read_tx!(self.0.db, |tx| service::is_cut_awaited(tx, cut.post).await) {
                Ok(true) => {}
                Ok(false) => return Outcome::Done,
                Err(failure) => return Outcome::Retry(failure.to_string()),
            }
            let telling = Telling::start(self.0.db.clone(), task.clone());
            let made = self.film(task.org, &cut, &telling).await;
            telling.stop().await;
            let ctx = self.0.ctx();
            let done = match made {
                Ok((original, poster)) => {
                    let (post, poster, tools) = (cut.post, poster.as_deref(), &self.0);
                    write_tx!(tools.db, |tx| {
                        let unneeded = service::cut_made(tx, &ctx, post, &original, poster).await?;
                        tools.waste.let_go(tx, task.org, &unneeded, ctx.now).await
                    })
                }
                Err(trouble) => match code(task, trouble, cut.post) {
                    Ok(code) => {
                        let ctx = self.0.ctx();
                        write_tx!(self.0.db, |tx| service::clip_refused(tx, &ctx, cut.post, code).await)
                    }
                    Err(again) => return again,
                },
            };
            outcome(done)
        })
    }
}

impl CutClip {
    async fn film(&self, org: OrgId, cut: &CutTask, telling: &Telling) -> Result<(Original, Option<String>), Trouble> {
        let bench = Bench::new(&self.0, &format!("cut-{}", cut.post))?;
        let (sound, picture, output) = (bench.0.join("sound"), bench.0.join("picture"), bench.0.join("out.mp4"));
        self.0.bring(&cut.sound.0, &sound).await?;
        if let Some((blob, _)) = &cut.picture {
            self.0.bring(blob, &picture).await?;
        }
        let of = Still {
            sound: &sound,
            sound_type: &cut.sound.1,
            picture: cut.picture.as_ref().map(|(_, kind)| (picture.as_path(), kind.as_str())),
            start_ms: cut.start_ms,
            duration_ms: cut.duration_ms,
        };
        let all = u64::try_from(cut.duration_ms).ok();
        self.0.filmer.film(of, &output, &|at| telling.note(at, all)).await?;
        let facts = measured(&output).await?;
        let poster = self.0.poster(org, &bench.0, &output, Container::Mp4).await?;
        let (sha256, bytes) = self.0.keep(org, &output).await?;
        Ok((Original { sha256, bytes, facts }, poster))
    }
}
