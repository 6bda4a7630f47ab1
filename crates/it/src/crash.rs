//! What the crash tests and their child process share.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use community::film::{DoneFn, FilmError, Filmer, Still};
use community::jobs::{CLIP_HANDLER, CUT_HANDLER, ClipTools, CutClip, MakeClip};
use community::media::Container;
use db::Db;
use futures_util::future::BoxFuture;
use jobs::{Handler, Worker};
use kernel::IdMaker;
use publish::jobs::{JobTools, PUBLISHED_HANDLER, Published};
use publish::media::AudioFacts;
use publish::model::EpisodeText;
use publish::ports::{FetchError, Fetched, Fetcher, ProgressFn};
use publish::rules::check::EpisodeDraft;
use publish::service::AudioFile;

/// Downloads nothing.
struct Nowhere;

impl Fetcher for Nowhere {
    fn fetch<'a>(
        &'a self,
        _: &'a str,
        _: &'a std::path::Path,
        _: u64,
        _: ProgressFn<'a>,
    ) -> BoxFuture<'a, Result<Fetched, FetchError>> {
        Box::pin(async { Err(FetchError::Refused("nothing is downloaded here".to_owned())) })
    }
}

/// A worker that tells publications.
#[must_use]
pub fn worker(db: &Db, ids: &Arc<IdMaker>) -> Worker {
    let scratch = std::env::temp_dir();
    let blobs = blobs::BlobStore::folder(&scratch.join("traboule-crash-blobs")).expect("a store");
    let encoder = Arc::new(traboule::ffmpeg::Ffmpeg::new(Some("off")));
    let tools = JobTools { db: db.clone(), blobs, ids: ids.clone(), fetcher: Arc::new(Nowhere), encoder, scratch };
    let handlers: HashMap<&'static str, Arc<dyn Handler>> =
        HashMap::from([(PUBLISHED_HANDLER, Arc::new(Published(tools)) as Arc<dyn Handler>)]);
    Worker::new(db.clone(), handlers)
}

/// A draft whose slug is used once.
#[must_use]
pub fn draft(n: u64, mark: i64) -> EpisodeDraft {
    let text = EpisodeText { title: format!("Matin {n}"), ..EpisodeText::default() };
    EpisodeDraft { slug: format!("matin-{mark}"), texts: [("fr".to_owned(), text)].into(), ..EpisodeDraft::default() }
}

/// Sound that exists in the database only.
#[must_use]
pub fn audio() -> AudioFile {
    let facts = AudioFacts {
        mime: "audio/mpeg",
        size: 1,
        duration_ms: 1000,
        header_bytes: 0,
        bitrate_kbps: None,
        decoded: true,
        tags: Default::default(),
        waveform: vec![0; 300],
    };
    AudioFile { blob: "0".repeat(64), facts, origin: None }
}

/// Makes videos out of one that is given, each different by its last box, without a program; before one is done it calls
/// `meanwhile`, as whoever does something to the clip just then.
pub struct Pretender {
    /// What every video is.
    pub video: &'static [u8],
    /// Whether there is a program.
    pub there: AtomicBool,
    /// What happens before the next video is done.
    pub meanwhile: Mutex<Option<BoxFuture<'static, ()>>>,
    count: AtomicU64,
}

impl Pretender {
    /// One that is there.
    #[must_use]
    pub fn new(video: &'static [u8]) -> Arc<Self> {
        let (there, meanwhile, count) = (AtomicBool::new(true), Mutex::new(None), AtomicU64::new(0));
        Arc::new(Self { video, there, meanwhile, count })
    }

    /// A file nobody had before.
    #[must_use]
    pub fn another(&self) -> Vec<u8> {
        let number = self.count.fetch_add(1, Ordering::SeqCst);
        let mut bytes = self.video.to_vec();
        bytes.extend(16_u32.to_be_bytes());
        bytes.extend(b"free");
        bytes.extend(number.to_be_bytes());
        bytes
    }

    async fn write(&self, output: &Path, bytes: Vec<u8>) -> Result<(), FilmError> {
        let meanwhile = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(meanwhile) = meanwhile {
            meanwhile.await;
        }
        std::fs::write(output, bytes).map_err(|e| FilmError::Accident(e.to_string()))
    }
}

impl Filmer for Pretender {
    fn version(&self) -> BoxFuture<'_, Option<String>> {
        let there = self.there.load(Ordering::SeqCst);
        Box::pin(async move { there.then(|| "none".to_owned()) })
    }

    fn rendition<'a>(
        &'a self,
        _: &'a Path,
        _: Container,
        output: &'a Path,
        _: DoneFn<'a>,
    ) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(self.write(output, self.another()))
    }

    fn poster<'a>(&'a self, _: &'a Path, _: Container, output: &'a Path) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(async move {
            let bytes = [b"\xff\xd8\xff".to_vec(), self.another()].concat();
            std::fs::write(output, bytes).map_err(|e| FilmError::Accident(e.to_string()))
        })
    }

    fn film<'a>(&'a self, _: Still<'a>, output: &'a Path, _: DoneFn<'a>) -> BoxFuture<'a, Result<(), FilmError>> {
        Box::pin(self.write(output, self.another()))
    }
}

/// A worker that makes clips.
#[must_use]
pub fn film_worker(
    db: &Db,
    ids: &Arc<IdMaker>,
    blobs: &blobs::BlobStore,
    filmer: Arc<Pretender>,
    scratch: &Path,
) -> Worker {
    let waste = Arc::new(traboule::waste::Swept);
    let scratch = scratch.to_owned();
    let tools = ClipTools { db: db.clone(), blobs: blobs.clone(), ids: ids.clone(), filmer, waste, scratch };
    let handlers: HashMap<&'static str, Arc<dyn Handler>> = HashMap::from([
        (CLIP_HANDLER, Arc::new(MakeClip(tools.clone())) as Arc<dyn Handler>),
        (CUT_HANDLER, Arc::new(CutClip(tools)) as Arc<dyn Handler>),
    ]);
    Worker::new(db.clone(), handlers)
}
