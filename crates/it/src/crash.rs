//! What the crash tests and their child process share.

use std::collections::HashMap;
use std::sync::Arc;

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
