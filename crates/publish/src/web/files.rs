//! The files of episodes over HTTP: sound with ranges, pictures, transcripts, chapters. Each asks the visibility rule
//! through its use case; a guessed address of something not public is the same 404 as nonsense.

use blobs::{BlobError, BlobName, BlobStore, Conditions, Served, serve};
use db::{Db, Failure, read_tx};
use kernel::{Actor, Refusal, parse_id};

use crate::media::{chapters, transcript};
use crate::model::{AudioPlace, EPISODE_PREFIX, EXCERPT_PREFIX, IMAGE_PREFIX};
use crate::service;

/// Who asks for which part of what.
pub struct FileRequest<'a> {
    /// Who asks: the team may hear what is not public yet.
    pub actor: &'a Actor,
    /// Range and conditional headers.
    pub conditions: Conditions<'a>,
    /// Whether it is HEAD.
    pub head: bool,
}

/// Why there is no file.
#[derive(Debug)]
pub enum FileError {
    /// A refusal or an accident of the database.
    Failure(Failure),
    /// The store failed.
    Blob(BlobError),
}

impl From<Failure> for FileError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<BlobError> for FileError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Missing => Self::Failure(Refusal::not_found().into()),
            other => Self::Blob(other),
        }
    }
}

fn not_found() -> FileError {
    FileError::Failure(Refusal::not_found().into())
}

/// How long a copy may be kept: for ever when the address changes with the bytes.
const FOREVER: &str = "public, max-age=31536000, immutable";
const HOUR: &str = "public, max-age=3600";

/// What somebody who counts listens must know of a file of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sounding {
    /// What it is the sound of.
    pub item: kernel::Item,
    /// Its size in bytes.
    pub size: i64,
    /// Bytes before the sound begins; 0 when not measured.
    pub header: i64,
    /// Its length in milliseconds; 0 when unknown.
    pub duration_ms: i64,
    /// Whether anybody may have it.
    pub public: bool,
}

/// Sound: `/media/episodes/<id>/<start of digest>.<extension>`, with what is needed to count it.
///
/// # Errors
/// Not found, or the store's failure.
pub async fn audio_file(
    db: &Db,
    blobs: &BlobStore,
    ask: FileRequest<'_>,
    id: &str,
    file: &str,
) -> Result<(Served, Sounding), FileError> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let source = read_tx!(db, |tx| service::audio_of(tx, ask.actor, id, now).await)?;
    let AudioPlace::Local(blob) = &source.audio.place else { return Err(not_found()) };
    let short = file.split('.').next().unwrap_or_default();
    if short.len() != 12 {
        return Err(not_found());
    }
    let sounding = Sounding {
        item: source.item,
        size: source.audio.size,
        header: source.audio.header_bytes,
        duration_ms: source.audio.duration_ms.unwrap_or(0),
        public: source.public,
    };
    if blob.starts_with(short) {
        let (size, mime) = (source.audio.size, source.audio.mime.as_str());
        return Ok((sound_file(blobs, ask, blob, size, mime, source.public).await?, sounding));
    }
    let list = read_tx!(db, |tx| service::renditions_of(tx, ask.actor, id, now).await)?;
    let found = list.iter().find(|r| r.blob.starts_with(short)).ok_or_else(not_found)?;
    let public = source.public && found.kind.listed();
    let served = sound_file(blobs, ask, &found.blob, found.size, &found.mime, public).await?;
    Ok((served, Sounding { size: found.size, header: 0, public, ..sounding }))
}

/// A file of sound that may be had; `public` says whether by anybody, and so whether caches may keep it.
async fn sound_file(
    blobs: &BlobStore,
    ask: FileRequest<'_>,
    blob: &str,
    size: i64,
    mime: &str,
    public: bool,
) -> Result<Served, FileError> {
    let name = BlobName::parse(blob).ok_or_else(not_found)?;
    let mut served = serve(blobs, &name, u64::try_from(size).unwrap_or(0), mime, ask.conditions, ask.head).await?;
    let cache = if public { FOREVER } else { "private, no-store" };
    served.headers.push(("cache-control", cache.to_owned()));
    served.headers.push(("access-control-allow-origin", "*".to_owned()));
    Ok(served)
}

/// An excerpt's file: `/media/excerpts/<id>/<start of digest>.mp3`.
///
/// # Errors
/// Not found, or the store's failure.
pub async fn excerpt_file(
    db: &Db,
    blobs: &BlobStore,
    ask: FileRequest<'_>,
    id: &str,
    file: &str,
) -> Result<Served, FileError> {
    let id = parse_id(EXCERPT_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let (blob, size, public) = read_tx!(db, |tx| service::excerpt_file(tx, ask.actor, id, now).await)?;
    let short = file.strip_suffix(".mp3").unwrap_or_default();
    if short.len() != 12 || !blob.starts_with(short) {
        return Err(not_found());
    }
    sound_file(blobs, ask, &blob, size, "audio/mpeg", public).await
}

/// A picture: `/media/images/<id>/<rendition>.<extension>`.
///
/// # Errors
/// Not found, or the store's failure.
pub async fn image_file(
    db: &Db,
    blobs: &BlobStore,
    ask: FileRequest<'_>,
    id: &str,
    file: &str,
) -> Result<Served, FileError> {
    let id = parse_id(IMAGE_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let (image, public) = read_tx!(db, |tx| service::image_of(tx, ask.actor, id, now).await)?;
    let (blob, mime) = match file {
        "small.jpg" => (&image.small_blob, "image/jpeg"),
        "card.jpg" => (&image.card_blob, "image/jpeg"),
        "original.jpg" if image.mime == "image/jpeg" => (&image.blob, "image/jpeg"),
        "original.png" if image.mime == "image/png" => (&image.blob, "image/png"),
        _ => return Err(not_found()),
    };
    let name = BlobName::parse(blob).ok_or_else(not_found)?;
    let size = blobs.size(&name).await?.ok_or_else(not_found)?;
    let mut served = serve(blobs, &name, size, mime, ask.conditions, ask.head).await?;
    let cache = if public { FOREVER } else { "private, no-store" };
    served.headers.push(("cache-control", cache.to_owned()));
    Ok(served)
}

/// A text made on the fly, under the same conditions as a stored file.
fn text(body: String, mime: &str, ask: &FileRequest<'_>) -> Served {
    let bytes = bytes::Bytes::from(body);
    let etag = BlobName::of(&bytes).etag();
    let mut headers = vec![
        ("etag", etag.clone()),
        ("cache-control", HOUR.to_owned()),
        ("access-control-allow-origin", "*".to_owned()),
    ];
    let whole = Conditions { range: None, if_range: None, ..ask.conditions };
    match blobs::plan(whole, bytes.len() as u64, &etag) {
        blobs::Plan::Unchanged => return Served { status: 304, headers, body: None },
        blobs::Plan::Changed => return Served { status: 412, headers, body: None },
        _ => {}
    }
    headers.push(("content-type", mime.to_owned()));
    headers.push(("content-length", bytes.len().to_string()));
    let body = (!ask.head).then(|| {
        let once: futures_util::stream::BoxStream<'static, Result<bytes::Bytes, BlobError>> =
            Box::pin(futures_util::stream::once(async move { Ok(bytes) }));
        once
    });
    Served { status: 200, headers, body }
}

/// A transcript: `transcript.<lang>.<vtt|srt|txt>`.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn transcript_file(
    db: &Db,
    ask: FileRequest<'_>,
    id: &str,
    lang: &str,
    format: &str,
) -> Result<Served, FileError> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let stored = read_tx!(db, |tx| service::transcript_of(tx, ask.actor, id, lang, now).await)?;
    let parsed = transcript::parse(stored.body.as_bytes(), None).map_err(|_| not_found())?;
    let (body, mime) = match format {
        "vtt" => (transcript::to_vtt(&parsed, lang), "text/vtt; charset=utf-8"),
        "srt" => (transcript::to_srt(&parsed), "application/x-subrip; charset=utf-8"),
        "txt" => (transcript::to_text(&parsed), "text/plain; charset=utf-8"),
        _ => return Err(not_found()),
    };
    Ok(text(body, mime, &ask))
}

/// `said.json`: what a public episode says, byte for byte as its digest stands in the public log.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn said_file(db: &Db, ask: FileRequest<'_>, id: &str) -> Result<Served, FileError> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let (_, full) = read_tx!(db, |tx| service::public_episode(tx, id, now).await)?;
    let document = String::from_utf8(crate::rules::said::said(&full)).unwrap_or_default();
    Ok(text(document, "application/json", &ask))
}

/// Chapters as podcast apps read them: `chapters.json`.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn chapters_file(db: &Db, ask: FileRequest<'_>, links: &super::Links, id: &str) -> Result<Served, FileError> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(not_found)?;
    let now = db.clock().now();
    let (main, found) = read_tx!(db, |tx| service::chapters_of(tx, ask.actor, id, now).await)?;
    let mut marks = Vec::with_capacity(found.len());
    for chapter in &found {
        let image = match chapter.image_id {
            Some(image) => read_tx!(db, |tx| service::image_of(tx, ask.actor, image, now).await).ok(),
            None => None,
        };
        let title = chapter.titles.get(&main).or_else(|| chapter.titles.values().next());
        marks.push(chapters::ChapterMark {
            start_ms: u64::try_from(chapter.start_ms).unwrap_or(0),
            end_ms: None,
            title: title.cloned().unwrap_or_default(),
            image_url: image.map(|(i, _)| links.absolute(&super::Links::image(&i, "small"))),
            url: chapter.sources.first().map(|s| s.url.clone()),
            in_toc: chapter.in_toc,
        });
    }
    Ok(text(chapters::write_json(&marks, None), chapters::MIME, &ask))
}
