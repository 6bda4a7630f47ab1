//! Files sent by editors: sound and transcripts by form, pictures by the API. They are written to a scratch file while they arrive, measured
//! on a thread made for it, and only then named in the database.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Ctx, Kind, Refusal, Role, parse_id};
use publish::media::audio::{AudioFacts, ProbeError};
use publish::media::{SourceFormat, probe, sniff_source};
use publish::model::{Conversion, EPISODE_PREFIX, Episode};
use publish::pictures;
use publish::service::{self as uc, AudioFile, PictureFile, SourceFile, Whole};
use tokio::io::AsyncWriteExt;

use crate::app::App;
use crate::http::{Client, Web, failure_page, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::studio;
use ui::Posted;

/// The largest sound file an editor may send at once, in bytes. Larger ones come with resumable uploads.
pub const MOST_AUDIO: u64 = 512 * 1024 * 1024;
const MOST_TEXT: usize = 2 * 1024 * 1024;

/// A file while it arrives; removed when dropped.
pub(crate) struct Scratch(pub(crate) PathBuf);

impl Scratch {
    pub(crate) fn new(app: &App) -> std::io::Result<Self> {
        std::fs::create_dir_all(&app.scratch)?;
        Ok(Self(app.scratch.join(format!("upload-{}", app.ids.next()))))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn io(error: &dyn std::fmt::Display) -> Failure {
    Failure::Broken(error.to_string())
}

fn too_large(field: &'static str) -> Refusal {
    Refusal::invalid("check-fields").field("file", "file-too-large").field(field, "file-too-large")
}

/// Permission before the bytes: nobody fills the disk, or has pictures computed, for an episode they may not change.
///
/// # Errors
/// Not found outside the episode's team, forbidden for those of it who do not publish.
pub(crate) async fn may_send(app: &App, actor: &Actor, episode: i64) -> Result<(), Failure> {
    let (show, _) = read_tx!(app.db, |tx| uc::desk_episode(tx, actor, episode).await)?;
    if actor.may(show.org, &[Role::Editor]) { Ok(()) } else { Err(Refusal::forbidden().into()) }
}

/// Measures a sound file of this machine and gives it to an episode; for files that are published as they are.
///
/// # Errors
/// Refused when it is no such sound; the store's or the database's failure.
pub async fn store_audio(app: &App, ctx: &Ctx, episode: i64, path: PathBuf, name: String) -> Result<Episode, Failure> {
    match examine(app, &path, &name, "").await? {
        Whole::Sound(file) => write_tx!(app.db, |tx| uc::attach_audio(tx, ctx, episode, &file).await),
        Whole::Source(_) => Err(unreadable("audio-unreadable").into()),
    }
}

/// What became of a file that was sent as sound.
pub(crate) enum Stored {
    /// It is the episode's sound.
    Sound(Box<Episode>),
    /// It is being converted.
    Conversion(Conversion),
}

/// Gives a file to an episode: at once, or by converting it.
///
/// # Errors
/// Refused when it is no sound we take; the store's or the database's failure.
pub(crate) async fn store_sound(
    app: &App,
    ctx: &Ctx,
    episode: i64,
    path: &std::path::Path,
    name: &str,
    declared: &str,
) -> Result<Stored, Failure> {
    let whole = examine(app, path, name, declared).await?;
    let stored = match &whole {
        Whole::Sound(file) => {
            let episode = write_tx!(app.db, |tx| uc::attach_audio(tx, ctx, episode, file).await)?;
            Stored::Sound(Box::new(episode))
        }
        Whole::Source(file) => {
            Stored::Conversion(write_tx!(app.db, |tx| uc::ask_conversion(tx, ctx, episode, file).await)?)
        }
    };
    app.worker.wake();
    Ok(stored)
}

fn unreadable(code: &'static str) -> Refusal {
    Refusal::invalid("check-fields").field("audio", code)
}

/// Before the bytes: a file that only ffmpeg could read is not taken where there is none.
///
/// # Errors
/// `ffmpeg-missing`.
pub(crate) async fn may_become_sound(app: &App, name: &str, declared: &str) -> Result<(), Failure> {
    let direct = [SourceFormat::Mp3, SourceFormat::Mp4].into_iter().any(|f| f.agrees(name, declared));
    if direct || app.encoder.facts().await.is_some() { Ok(()) } else { Err(unreadable("ffmpeg-missing").into()) }
}

/// Looks at a whole file: its kind from its bytes, which its name and declared type may not contradict; measured when it is
/// published as it is. Either way its bytes are in the store afterwards.
///
/// # Errors
/// Refused when it is no sound we take, or only ffmpeg could read it and there is none.
pub(crate) async fn examine(app: &App, path: &std::path::Path, name: &str, declared: &str) -> Result<Whole, Failure> {
    let size = tokio::fs::metadata(path).await.map_err(|e| io(&e))?.len();
    let opened = path.to_owned();
    let looked = tokio::task::spawn_blocking(move || look(&opened, size)).await.map_err(|e| io(&e))?;
    let (kind, probed) = looked.map_err(|e| io(&e))?;
    if kind.is_some_and(|k| !k.agrees(name, declared)) {
        return Err(unreadable("audio-mismatch").into());
    }
    let convertible = match (kind, &probed) {
        (_, Some(Ok(_))) => None,
        (Some(k), None) => Some(k),
        // Moving pictures, or a codec our own reader does not know.
        (Some(SourceFormat::Mp4), Some(Err(ProbeError::Video | ProbeError::Unsupported(_)))) => Some(SourceFormat::Mp4),
        _ => {
            tracing::info!(?kind, "a sound file was refused");
            return Err(unreadable("audio-unreadable").into());
        }
    };
    if convertible.is_some() && app.encoder.facts().await.is_none() {
        return Err(unreadable("ffmpeg-missing").into());
    }
    let (blob, size) = app.blobs.put_file(path).await.map_err(|e| io(&e))?;
    let blob = blob.as_str().to_owned();
    match (convertible, probed) {
        (Some(format), _) => {
            Ok(Whole::Source(SourceFile { blob, format, size: i64::try_from(size).unwrap_or(i64::MAX) }))
        }
        (None, Some(Ok(facts))) => Ok(Whole::Sound(Box::new(AudioFile { blob, facts, origin: None }))),
        _ => Err(unreadable("audio-unreadable").into()),
    }
}

/// A file's kind, and what our own reader finds in those kinds it reads.
type Looked = (Option<SourceFormat>, Option<Result<AudioFacts, ProbeError>>);

fn look(path: &std::path::Path, size: u64) -> std::io::Result<Looked> {
    use std::io::Read as _;
    let mut head = Vec::new();
    std::fs::File::open(path)?.take(64).read_to_end(&mut head)?;
    let kind = sniff_source(&head);
    // Some MP3s begin with rubbish: what is nothing else is looked at as one.
    let own = matches!(kind, None | Some(SourceFormat::Mp3 | SourceFormat::Mp4));
    Ok((kind, if own { Some(probe(std::fs::File::open(path)?, size, "")) } else { None }))
}

/// Puts a picture and its renditions in the store.
///
/// # Errors
/// Refused when it is no JPEG or PNG within limits; the store's failure.
pub async fn store_picture(app: &App, bytes: bytes::Bytes) -> Result<PictureFile, Failure> {
    let copy = bytes.clone();
    let made = crate::turns::decode(move || pictures::renditions(&copy)).await?;
    let made = made.map_err(|code| Refusal::invalid("check-fields").field("cover", code))?;
    let (small, card) = (bytes::Bytes::from(made.small), bytes::Bytes::from(made.card));
    let names = [&bytes, &small, &card].map(|b| blobs::BlobName::of(b).as_str().to_owned());
    let total = bytes.len() + small.len() + card.len();
    // The same bytes may be waiting for their removal: from here on they stay.
    write_tx!(app.db, |tx| uc::keep_blobs(tx, &names).await)?;
    let put = async |bytes: bytes::Bytes| app.blobs.put(bytes).await.map_err(|e| io(&e));
    Ok(PictureFile {
        blob: put(bytes).await?.as_str().to_owned(),
        mime: made.mime.to_owned(),
        size: (i64::from(made.width), i64::from(made.height)),
        bytes: i64::try_from(total).unwrap_or(i64::MAX),
        small_blob: put(small).await?.as_str().to_owned(),
        card_blob: put(card).await?.as_str().to_owned(),
    })
}

/// A text file, held in memory and therefore small.
async fn small_text(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|e| io(&e))? {
        if bytes.len() + piece.len() > MOST_TEXT {
            return Err(too_large("transcript").into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A picture, read whole within its limit.
async fn picture(mut field: Field<'_>) -> Result<bytes::Bytes, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|e| io(&e))? {
        if bytes.len() + piece.len() > pictures::MOST_BYTES {
            return Err(too_large("cover").into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

/// A file on its way, at most `most` bytes, with its name and declared type. What is wrong with it stands at the field `at`.
pub(crate) async fn receive(
    app: &App,
    mut field: Field<'_>,
    most: u64,
    at: &'static str,
) -> Result<(Scratch, String, String), Failure> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let declared = field.content_type().unwrap_or_default().to_owned();
    let scratch = Scratch::new(app).map_err(|e| io(&e))?;
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(|e| io(&e))?;
    let mut size: u64 = 0;
    while let Some(piece) = field.chunk().await.map_err(|e| io(&e))? {
        size += piece.len() as u64;
        if size > most {
            return Err(too_large(at).into());
        }
        file.write_all(&piece).await.map_err(|e| io(&e))?;
    }
    file.flush().await.map_err(|e| io(&e))?;
    Ok((scratch, name, declared))
}

/// POST `/{lang}/studio/episodes/{id}/audio|transcript|cover/upload`, multipart: the stamp comes before the file.
pub async fn upload(
    State(app): Web,
    client: Client,
    Path((lang, id, what)): Path<(String, String, String)>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let mut typed = Vec::new();
    let failure = match take(&app, &client, &id, &what, form, &mut typed).await {
        Ok(Taken::Sound(said)) => {
            return redirect(&format!("/{}/studio/episodes/{id}/sound?said={said}", lang.code()));
        }
        Ok(Taken::Transcript(text_lang, said)) => {
            let page = format!("/{}/studio/episodes/{id}/transcript", lang.code());
            return redirect(&format!("{page}?text={text_lang}&said={said}"));
        }
        Ok(Taken::Cover) => return redirect(&format!("/{}/studio/episodes/{id}?said=cover", lang.code())),
        Err(failure) => failure,
    };
    match &failure {
        Failure::Refused(refusal) if refusal.kind == Kind::Invalid && what == "transcript" => {
            studio::transcript::refused(&app, &client, lang, &id, refusal, &Posted::new(typed)).await
        }
        Failure::Refused(refusal) if refusal.kind == Kind::Invalid && what == "audio" => {
            studio::sound::refused(&app, &client, lang, &id, refusal, &Posted::default()).await
        }
        _ => failure_page(&app, &client, lang, &failure).await,
    }
}

/// What a form brought, and what there is to say about it.
enum Taken {
    Sound(&'static str),
    Transcript(String, &'static str),
    Cover,
}

/// Reads a form; `typed` keeps what a refused page shows again.
async fn take(
    app: &Arc<App>,
    client: &Client,
    id: &str,
    what: &str,
    mut form: Multipart,
    typed: &mut Vec<(String, String)>,
) -> Result<Taken, Failure> {
    let episode = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    may_send(app, &ctx.actor, episode).await?;
    let (mut stamped, mut lang, mut pasted, mut sent) = (false, "fr".to_owned(), String::new(), String::new());
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            "lang" => lang = field.text().await.map_err(|_| unreadable())?,
            "pasted" if stamped && what == "transcript" => pasted = small_text(field).await?,
            "audio" if stamped && what == "audio" => {
                let (scratch, name, declared) = receive(app, field, MOST_AUDIO, "audio").await?;
                let stored = store_sound(app, &ctx, episode, &scratch.0, &name, &declared).await?;
                return Ok(Taken::Sound(match stored {
                    Stored::Sound(_) => "audio",
                    Stored::Conversion(_) => "converting",
                }));
            }
            "cover" if stamped && what == "cover" => {
                let bytes = picture(field).await?;
                let file = store_picture(app, bytes).await?;
                write_tx!(app.db, |tx| uc::set_episode_cover(tx, &ctx, episode, &file).await)?;
                return Ok(Taken::Cover);
            }
            "transcript" if stamped && what == "transcript" => sent = small_text(field).await?,
            _ => {}
        }
    }
    if !stamped {
        return Err(Refusal::new(Kind::Forbidden, "csrf").into());
    }
    if what != "transcript" {
        return Err(unreadable().into());
    }
    let text = if sent.trim().is_empty() { &pasted } else { &sent };
    typed.extend([("lang".to_owned(), lang.clone()), ("pasted".to_owned(), pasted.clone())]);
    let made = write_tx!(app.db, |tx| uc::import_transcript(tx, &ctx, episode, &lang, text, false).await)?;
    Ok(Taken::Transcript(lang, if made.spread { "transcript-spread" } else { "transcript" }))
}

/// The pictures of a multipart form, after its stamp: at most `most`, each read and stored. Empty fields are left out.
///
/// # Errors
/// Without a stamp, for what is no picture (under the name of the field), and for too many.
pub(crate) async fn picture_files(
    app: &Arc<App>,
    client: &Client,
    mut form: Multipart,
    name: &'static str,
    most: usize,
) -> Result<Vec<PictureFile>, Failure> {
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    let (mut stamped, mut files) = (false, Vec::new());
    while let Some(mut field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            sent if stamped && sent == name => {
                let mut bytes = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
                    if bytes.len() + piece.len() > pictures::MOST_BYTES {
                        return Err(Refusal::invalid("check-fields").field(name, "picture-too-large").into());
                    }
                    bytes.extend_from_slice(&piece);
                }
                if bytes.is_empty() {
                    continue;
                }
                if files.len() == most {
                    let most = kernel::Arg::Int(i64::try_from(most).unwrap_or(i64::MAX));
                    return Err(Refusal::invalid("check-fields").field_with(name, "too-many", ("most", most)).into());
                }
                files.push(store_picture(app, bytes.into()).await.map_err(|f| under(f, name))?);
            }
            _ => {}
        }
    }
    if stamped { Ok(files) } else { Err(Refusal::new(Kind::Forbidden, "csrf").into()) }
}

/// The problem of a picture, at the field it was sent in.
fn under(failure: Failure, name: &'static str) -> Failure {
    match failure {
        Failure::Refused(mut refusal) => {
            refusal.fields.iter_mut().for_each(|f| f.name = name);
            Failure::Refused(refusal)
        }
        other => other,
    }
}
