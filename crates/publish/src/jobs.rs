//! Work this slice does outside requests: telling that an episode became public, and bringing the sound of
//! imported episodes home. Both are idempotent, keyed by (thing, instant or address).

mod deliver;
mod evening;
mod proof;
mod sound;
mod sources;

pub use sound::{CONVERT_HANDLER, ConvertAudio, CutExcerpt, EXCERPT_HANDLER};

use std::path::PathBuf;
use std::sync::Arc;

use ::jobs::{Event, Handler, Outcome, Task, Telling};
use blobs::BlobStore;
use db::{Db, Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{Actor, Ctx, IdMaker, Rng};
use serde::{Deserialize, Serialize};

use crate::media::probe;
use crate::ports::{Encoder, FetchError, Fetcher, Poster, Prober};
use crate::service::{self, AudioFile};
use crate::web::Links;

pub use deliver::{Deliver, FanOut, WebhookKeys};
pub use evening::Evening;
pub use proof::ProofOfPublication;
pub use sources::{CheckSources, Weekly, ask_weekly};

/// The handler of publications.
pub const PUBLISHED_HANDLER: &str = "publish.published";
/// The handler of downloads.
pub const FETCH_HANDLER: &str = "publish.fetch_audio";
/// The handler of downloads of pictures.
pub const PICTURE_HANDLER: &str = "publish.fetch_picture";
/// The event told once per publication.
pub const EPISODE_PUBLISHED: &str = "publish.episode_published";
/// The event told when a public episode changes.
pub const EPISODE_UPDATED: &str = "publish.episode_updated";
/// The event told when an episode is taken off.
pub const EPISODE_UNPUBLISHED: &str = "publish.episode_unpublished";
/// The event told when a client answers.
pub const APPROVAL_ANSWERED: &str = "publish.approval_answered";
/// The handler of the evening check.
pub const EVENING_HANDLER: &str = "publish.preflight";
/// The handler of the proof after publication.
pub const PROOF_HANDLER: &str = "publish.proof";
/// The handler that asks the addresses of sources.
pub const SOURCES_HANDLER: &str = "publish.check_sources";
/// The handler that asks for all public episodes' sources, week by week.
pub const WEEKLY_HANDLER: &str = "publish.weekly";
/// The handler that makes one message per webhook and event.
pub const FAN_OUT_HANDLER: &str = "publish.webhooks";
/// The handler that sends a message.
pub const DELIVER_HANDLER: &str = "publish.deliver";
/// The handler on floor 4 that writes letters of the desk.
pub const MAIL_HANDLER: &str = "publish.mail";
/// What webhooks are told of: our event, and what receivers call it.
pub const HOOKED: &[(&str, &str)] = &[
    (EPISODE_PUBLISHED, "episode.published"),
    (EPISODE_UPDATED, "episode.updated"),
    (EPISODE_UNPUBLISHED, "episode.unpublished"),
    (APPROVAL_ANSWERED, "approval.answered"),
];
/// The largest sound file that is brought home, in bytes.
pub const MOST_AUDIO: u64 = 2 * 1024 * 1024 * 1024;

/// What the handlers need.
#[derive(Clone)]
pub struct JobTools {
    /// The database.
    pub db: Db,
    /// Where sound goes.
    pub blobs: BlobStore,
    /// Makes ids.
    pub ids: Arc<IdMaker>,
    /// Downloads.
    pub fetcher: Arc<dyn Fetcher>,
    /// Encodes.
    pub encoder: Arc<dyn Encoder>,
    /// A folder for unfinished downloads.
    pub scratch: PathBuf,
}

/// What the handlers of the desk need besides.
#[derive(Clone)]
pub struct DeskTools {
    /// The common part.
    pub base: JobTools,
    /// Addresses of this site.
    pub links: Links,
    /// Asks this site as a listener does.
    pub prober: Arc<dyn Prober>,
    /// Sends messages of webhooks.
    pub poster: Arc<dyn Poster>,
    /// Signs them.
    pub keys: WebhookKeys,
}

/// A publication some work is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublicationTask {
    /// The episode.
    pub episode: i64,
    /// Its instant, in microseconds.
    pub at: i64,
    /// From when on it is public: the instant, or when somebody published it with an earlier one.
    pub since: i64,
}

impl JobTools {
    fn ctx(&self) -> Ctx {
        Ctx { now: self.db.clock().now(), actor: Actor::System("job"), ids: self.ids.clone(), rng: Rng::System }
    }
}

/// Tells [`EPISODE_PUBLISHED`] when the instant has come and the episode is still public.
pub struct Published(pub JobTools);

impl Handler for Published {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(episode) = task.body.parse::<i64>() else { return Outcome::Dead("no episode id".to_owned()) };
            let ctx = self.0.ctx();
            let told: Result<(), Failure> = write_tx!(self.0.db, |tx| {
                let found = match service::published_episode(tx, episode, ctx.now).await {
                    Ok(found) => found,
                    // Taken off meanwhile. Anything else is tried again.
                    Err(Failure::Refused(_)) => return Ok(()),
                    Err(failure) => return Err(failure),
                };
                // An episode that was moved meanwhile has a task for its new instant.
                let at = found.state.instant().map(kernel::At::micros).unwrap_or_default();
                if task.key != format!("{episode}:{at}")
                    || !::jobs::mark_once(tx, task.org, EPISODE_PUBLISHED, &task.key).await?
                {
                    return Ok(());
                }
                let body = serde_json::json!({"episode_id": episode.to_string(), "at": at}).to_string();
                ::jobs::tell(tx, &ctx, Event { org: task.org, kind: EPISODE_PUBLISHED, version: 1, body }).await?;
                service::note_leaf(tx, &ctx, service::PUBLISHED_LEAF, &found).await
            });
            outcome(told)
        })
    }
}

fn outcome(result: Result<(), Failure>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(Failure::Refused(refusal)) => Outcome::Dead(refusal.to_string()),
        Err(failure) => Outcome::Retry(failure.to_string()),
    }
}

/// The body of a download task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FetchTask {
    /// The episode.
    pub episode: i64,
    /// Where its sound is now.
    pub url: String,
}

/// Downloads a remote episode's sound, measures it and puts it in the place of the remote address.
pub struct FetchAudio(pub JobTools);

impl Handler for FetchAudio {
    fn lane(&self) -> ::jobs::Lane {
        ::jobs::Lane::Slow
    }

    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(ask) = serde_json::from_str::<FetchTask>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            let path = self.0.scratch.join(format!("audio-{}", ask.episode));
            let outcome = self.bring_home(task, &ask, &path).await;
            drop(tokio::fs::remove_file(&path).await);
            outcome
        })
    }
}

/// The body of a picture's download task.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PictureTask {
    /// The episode.
    pub episode: i64,
    /// Where its picture is now.
    pub url: String,
}

/// Downloads a remote episode's picture, makes its renditions and puts it in the place of the remote address.
pub struct FetchPicture(pub JobTools);

impl Handler for FetchPicture {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(ask) = serde_json::from_str::<PictureTask>(&task.body) else {
                return Outcome::Dead("an unreadable task".to_owned());
            };
            let path = self.0.scratch.join(format!("picture-{}", ask.episode));
            let outcome = self.bring_home(&ask, &path).await;
            drop(tokio::fs::remove_file(&path).await);
            outcome
        })
    }
}

impl FetchPicture {
    async fn bring_home(&self, ask: &PictureTask, path: &std::path::Path) -> Outcome {
        if let Err(error) = tokio::fs::create_dir_all(&self.0.scratch).await {
            return Outcome::Retry(error.to_string());
        }
        let most = crate::pictures::MOST_BYTES as u64;
        match self.0.fetcher.fetch(&ask.url, path, most, &|_, _| {}).await {
            Ok(_) => {}
            Err(FetchError::Failed(why)) => return Outcome::Retry(why),
            Err(error) => return Outcome::Dead(error.to_string()),
        }
        let file = match self.stored(path).await {
            Ok(file) => file,
            Err(outcome) => return outcome,
        };
        let ctx = self.0.ctx();
        let kept = write_tx!(self.0.db, |tx| service::keep_cover(tx, &ctx, ask.episode, &ask.url, &file).await);
        outcome(kept.map(drop))
    }

    async fn stored(&self, path: &std::path::Path) -> Result<service::PictureFile, Outcome> {
        let retry = |error: &dyn std::fmt::Display| Outcome::Retry(error.to_string());
        let bytes = tokio::fs::read(path).await.map_err(|e| retry(&e))?;
        let copy = bytes.clone();
        let made = tokio::task::spawn_blocking(move || crate::pictures::renditions(&copy)).await;
        let made = made.map_err(|e| retry(&e))?.map_err(|code| Outcome::Dead(code.to_owned()))?;
        let names = [&bytes, &made.small, &made.card].map(|b| kernel::sha256_hex(b));
        // The same bytes may be waiting for their removal: from here on they stay.
        write_tx!(self.0.db, |tx| service::keep_blobs(tx, &names).await).map_err(|e| retry(&e))?;
        let put = async |bytes: Vec<u8>| self.0.blobs.put(bytes.into()).await.map_err(|e| retry(&e));
        let weight = bytes.len().saturating_add(made.small.len()).saturating_add(made.card.len());
        Ok(service::PictureFile {
            bytes: i64::try_from(weight).unwrap_or(i64::MAX),
            blob: put(bytes).await?.as_str().to_owned(),
            mime: made.mime.to_owned(),
            size: (i64::from(made.width), i64::from(made.height)),
            small_blob: put(made.small).await?.as_str().to_owned(),
            card_blob: put(made.card).await?.as_str().to_owned(),
        })
    }
}

impl FetchAudio {
    async fn bring_home(&self, task: &Task, ask: &FetchTask, path: &std::path::Path) -> Outcome {
        if let Err(error) = tokio::fs::create_dir_all(&self.0.scratch).await {
            return Outcome::Retry(error.to_string());
        }
        let progress = Telling::start(self.0.db.clone(), task.clone());
        let fetched = self.0.fetcher.fetch(&ask.url, path, MOST_AUDIO, &|done, all| progress.note(done, all)).await;
        progress.stop().await;
        let size = match fetched {
            Ok(fetched) => fetched.size,
            Err(FetchError::Failed(why)) => return Outcome::Retry(why),
            Err(error) => return Outcome::Dead(error.to_string()),
        };
        let (name, file) = (file_name(&ask.url), path.to_owned());
        let measured =
            tokio::task::spawn_blocking(move || std::fs::File::open(file).map(|f| probe(f, size, &name))).await;
        let facts = match measured {
            Ok(Ok(Ok(facts))) => facts,
            Ok(Ok(Err(error))) => return Outcome::Dead(format!("{error:?}")),
            Ok(Err(error)) => return Outcome::Retry(error.to_string()),
            Err(error) => return Outcome::Dead(error.to_string()),
        };
        let (blob, _) = match self.0.blobs.put_file(path).await {
            Ok(stored) => stored,
            Err(error) => return Outcome::Retry(error.to_string()),
        };
        let file = AudioFile { blob: blob.as_str().to_owned(), facts, origin: Some(ask.url.clone()) };
        let ctx = self.0.ctx();
        outcome(write_tx!(self.0.db, |tx| service::keep_audio(tx, &ctx, ask.episode, &file).await).map(drop))
    }
}

/// The file name an address ends in, if it claims a kind of sound; an address like `…/play.php?id=3` claims nothing.
fn file_name(url: &str) -> String {
    let path = url::Url::parse(url).map(|u| u.path().to_owned()).unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    if ["mp3", "m4a", "mp4", "m4b"].iter().any(|e| name.ends_with(&format!(".{e}"))) { name } else { String::new() }
}

/// How far the downloads of imports are: an organisation's for the studio, all for `check`.
///
/// # Errors
/// The database's failure.
pub async fn downloads(db: &Db, org: Option<kernel::OrgId>) -> Result<::jobs::TaskCounts, Failure> {
    read_tx!(db, |tx| Ok(::jobs::counts(tx, org, FETCH_HANDLER).await?))
}
