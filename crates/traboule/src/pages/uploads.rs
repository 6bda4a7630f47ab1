//! Files sent by editors: sound and transcripts by form, pictures by the API. They are written to a scratch file while they arrive, measured
//! on a thread made for it, and only then named in the database.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Ctx, Kind, Refusal, Role, parse_id};
use publish::media::probe;
use publish::model::{EPISODE_PREFIX, Episode};
use publish::pictures;
use publish::service::{self as uc, AudioFile, PictureFile};
use tokio::io::AsyncWriteExt;

use crate::app::App;
use crate::http::{Client, Web, failure_page, redirect};
use crate::pages::public::{lang_of, nowhere};

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

/// Measures a sound file of this machine and gives it to an episode.
///
/// # Errors
/// Refused when it is no sound we publish; the store's or the database's failure.
pub async fn store_audio(app: &App, ctx: &Ctx, episode: i64, path: PathBuf, name: String) -> Result<Episode, Failure> {
    let file = measure(app, path, name).await?;
    write_tx!(app.db, |tx| uc::attach_audio(tx, ctx, episode, &file).await)
}

async fn measure(app: &App, path: PathBuf, name: String) -> Result<AudioFile, Failure> {
    let size = tokio::fs::metadata(&path).await.map_err(|e| io(&e))?.len();
    let opened = path.clone();
    let probed = tokio::task::spawn_blocking(move || std::fs::File::open(opened).map(|f| probe(f, size, &name))).await;
    let facts = probed.map_err(|e| io(&e))?.map_err(|e| io(&e))?.map_err(|error| {
        tracing::info!(%error, "a sound file was refused");
        Refusal::invalid("check-fields").field("audio", "audio-unreadable")
    })?;
    let (blob, _) = app.blobs.put_file(&path).await.map_err(|e| io(&e))?;
    Ok(AudioFile { blob: blob.as_str().to_owned(), facts, origin: None })
}

/// Puts a picture and its renditions in the store.
///
/// # Errors
/// Refused when it is no JPEG or PNG within limits; the store's failure.
pub async fn store_picture(app: &App, bytes: bytes::Bytes) -> Result<PictureFile, Failure> {
    let copy = bytes.clone();
    let made = tokio::task::spawn_blocking(move || pictures::renditions(&copy)).await.map_err(|e| io(&e))?;
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

async fn receive(app: &App, mut field: Field<'_>) -> Result<(Scratch, String), Failure> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let scratch = Scratch::new(app).map_err(|e| io(&e))?;
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(|e| io(&e))?;
    let mut size: u64 = 0;
    while let Some(piece) = field.chunk().await.map_err(|e| io(&e))? {
        size += piece.len() as u64;
        if size > MOST_AUDIO {
            return Err(too_large("audio").into());
        }
        file.write_all(&piece).await.map_err(|e| io(&e))?;
    }
    file.flush().await.map_err(|e| io(&e))?;
    Ok((scratch, name))
}

/// POST `/{lang}/studio/episodes/{id}/audio|transcript/upload`, multipart: the stamp comes before the file.
pub async fn upload(
    State(app): Web,
    client: Client,
    Path((lang, id, what)): Path<(String, String, String)>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match take(&app, &client, &id, &what, form).await {
        Ok(()) => redirect(&format!("/{}/studio/episodes/{id}?said={what}", lang.code())),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn take(app: &Arc<App>, client: &Client, id: &str, what: &str, mut form: Multipart) -> Result<(), Failure> {
    let episode = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    may_send(app, &ctx.actor, episode).await?;
    let (mut stamped, mut lang) = (false, "fr".to_owned());
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            "lang" => lang = field.text().await.map_err(|_| unreadable())?,
            "audio" if stamped && what == "audio" => {
                let (scratch, name) = receive(app, field).await?;
                store_audio(app, &ctx, episode, scratch.0.clone(), name).await?;
                return Ok(());
            }
            "transcript" if stamped && what == "transcript" => {
                let text = small_text(field).await?;
                write_tx!(app.db, |tx| uc::attach_transcript(tx, &ctx, episode, &lang, &text, false).await)?;
                return Ok(());
            }
            _ => {}
        }
    }
    Err(if stamped { unreadable() } else { Refusal::new(Kind::Forbidden, "csrf") }.into())
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
