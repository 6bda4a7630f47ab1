//! Giving an episode its sound, a transcript or a cover. The bytes are in the blob store already and were measured
//! outside the transaction; here only rows change.

use db::{Failure, Tx};
use kernel::{Ctx, Kind, OrgId, Refusal};

use crate::model::{Audio, AudioPlace, Episode, Image};
use crate::service::{changed, editable, editable_show, history, told_update};
use crate::store;

/// A measured sound file in the blob store.
#[derive(Clone, Debug)]
pub struct AudioFile {
    /// Its blob.
    pub blob: String,
    /// What was measured.
    pub facts: crate::media::AudioFacts,
    /// The address it was downloaded from, if it was.
    pub origin: Option<String>,
}

/// A picture in the blob store with its renditions.
#[derive(Clone, Debug)]
pub struct PictureFile {
    /// The original's blob.
    pub blob: String,
    /// The original's media type.
    pub mime: String,
    /// The original's size in pixels.
    pub size: (i64, i64),
    /// The square rendition's blob.
    pub small_blob: String,
    /// The link preview's blob.
    pub card_blob: String,
    /// Bytes of the original and both renditions.
    pub bytes: i64,
}

pub(super) fn audio_of(file: &AudioFile) -> Audio {
    let facts = &file.facts;
    let tags = serde_json::json!({
        "title": facts.tags.title, "artist": facts.tags.artist, "album": facts.tags.album, "year": facts.tags.year,
        "origin": file.origin,
    });
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    Audio {
        place: AudioPlace::Local(file.blob.clone()),
        mime: facts.mime.to_owned(),
        size: whole(facts.size),
        duration_ms: Some(whole(facts.duration_ms)),
        header_bytes: whole(facts.header_bytes),
        waveform: facts.waveform.clone(),
        tags: tags.to_string(),
    }
}

/// Gives an episode its sound, replacing what it had.
///
/// # Errors
/// Refused for non-editors.
pub async fn attach_audio(tx: &mut Tx, ctx: &Ctx, episode: i64, file: &AudioFile) -> Result<Episode, Failure> {
    let (mut episode, show) = editable(tx, ctx, episode).await?;
    let audio = audio_of(file);
    history::note(tx, ctx, &episode, "sound", None).await?;
    store::drop_conversions(tx, episode.id, ctx.now).await?;
    store::put_audio(tx, episode.id, &audio).await?;
    store::update_episode(tx, &episode, ctx.now).await?;
    super::excerpt::cut_all(tx, ctx, episode.id).await?;
    changed(tx, show.id).await?;
    told_update(tx, ctx, &episode).await?;
    episode.version += 1;
    episode.audio = Some(audio);
    Ok(episode)
}

/// Puts a downloaded file in the place of a remote one, if the episode still names that address. Gives whether
/// it did: a later import may have moved on.
///
/// # Errors
/// The database's failure, or refused for anybody but the system.
pub async fn keep_audio(tx: &mut Tx, ctx: &Ctx, episode: i64, file: &AudioFile) -> Result<bool, Failure> {
    let (found, show) = editable(tx, ctx, episode).await?;
    let wanted = file.origin.clone().map(AudioPlace::Remote);
    if found.audio.as_ref().map(|a| &a.place) != wanted.as_ref() {
        return Ok(false);
    }
    store::put_audio(tx, episode, &audio_of(file)).await?;
    // No new version: a download must not look like another editor to somebody who is typing.
    store::stamp_episode(tx, episode, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(true)
}

/// Gives an episode a transcript in one language, from WebVTT, SRT or plain text; gives the number of cues.
///
/// # Errors
/// As [`super::import_transcript`].
pub async fn attach_transcript(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
    source: &str,
    reviewed: bool,
) -> Result<usize, Failure> {
    Ok(super::import_transcript(tx, ctx, episode, lang, source, reviewed).await?.cues)
}

pub(super) async fn image(tx: &mut Tx, ctx: &Ctx, org: OrgId, file: &PictureFile) -> Result<Image, Failure> {
    if let Some(image) = store::image_by_blob(tx, org, &file.blob).await? {
        return Ok(image);
    }
    let image = Image {
        id: ctx.ids.next(),
        blob: file.blob.clone(),
        mime: file.mime.clone(),
        width: file.size.0,
        height: file.size.1,
        small_blob: file.small_blob.clone(),
        card_blob: file.card_blob.clone(),
    };
    store::insert_image(tx, org, &image, ctx.now).await?;
    store::set_image_size(tx, image.id, file.bytes).await?;
    Ok(image)
}

/// Adds a picture to an organisation, for chapters; the same bytes are added once.
///
/// # Errors
/// Refused for non-editors.
pub async fn add_image(tx: &mut Tx, ctx: &Ctx, org: OrgId, file: &PictureFile) -> Result<Image, Failure> {
    super::must_edit(&ctx.actor, org)?;
    image(tx, ctx, org, file).await
}

/// Gives a show its cover.
///
/// # Errors
/// Refused for non-editors.
pub async fn set_show_cover(tx: &mut Tx, ctx: &Ctx, show: i64, file: &PictureFile) -> Result<Image, Failure> {
    let mut show = editable_show(tx, &ctx.actor, show).await?;
    let image = image(tx, ctx, show.org, file).await?;
    show.cover = Some(image.clone());
    store::update_show(tx, &show, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(image)
}

/// Gives an episode its cover.
///
/// # Errors
/// Refused for non-editors.
pub async fn set_episode_cover(tx: &mut Tx, ctx: &Ctx, episode: i64, file: &PictureFile) -> Result<Image, Failure> {
    let (mut episode, show) = editable(tx, ctx, episode).await?;
    let image = image(tx, ctx, show.org, file).await?;
    history::note(tx, ctx, &episode, "cover", None).await?;
    episode.cover = Some(image.clone());
    if !store::update_episode(tx, &episode, ctx.now).await? {
        return Err(Refusal::new(Kind::Conflict, "edit-conflict").into());
    }
    changed(tx, show.id).await?;
    told_update(tx, ctx, &episode).await?;
    Ok(image)
}

/// Puts a downloaded picture in the place of a remote one, if the episode still names that address and has no other
/// cover. Gives whether it did.
///
/// # Errors
/// The database's failure, or refused for anybody but the system.
pub async fn keep_cover(tx: &mut Tx, ctx: &Ctx, episode: i64, url: &str, file: &PictureFile) -> Result<bool, Failure> {
    let (mut found, show) = editable(tx, ctx, episode).await?;
    if found.cover.is_some() || found.remote_cover_url.as_deref() != Some(url) {
        return Ok(false);
    }
    found.cover = Some(image(tx, ctx, show.org, file).await?);
    store::update_episode(tx, &found, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(true)
}

/// Every blob some row names; the doctor looks for each.
///
/// # Errors
/// The database's failure.
pub async fn named_blobs(tx: &mut Tx) -> Result<Vec<String>, Failure> {
    Ok(store::named_blobs(tx).await?)
}
