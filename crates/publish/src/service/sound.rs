//! What ffmpeg is asked for and what comes of it: another kind of file becomes an episode's sound, sound becomes as loud
//! as others, light and lossless copies. Only rows change here.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal};

use crate::jobs::CONVERT_HANDLER;
use crate::media::SourceFormat;
use crate::model::{Audio, AudioPlace, Conversion, ConversionKind, Rendition, RenditionKind};
use crate::service::media::audio_of;
use crate::service::read::visible;
use crate::service::{AudioFile, changed, editable, history, told_update};
use crate::store;

/// How many conversions a page shows.
const SHOWN: i64 = 5;

/// A file in the blob store that is to be converted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its blob.
    pub blob: String,
    /// Its kind, from its bytes.
    pub format: SourceFormat,
    /// Bytes.
    pub size: i64,
}

async fn ask(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    kind: ConversionKind,
    from: &SourceFile,
) -> Result<Conversion, Failure> {
    let (episode, show) = editable(tx, ctx, episode).await?;
    let asked = Conversion {
        id: ctx.ids.next(),
        org: show.org,
        episode: episode.id,
        kind,
        source: from.blob.clone(),
        format: from.format.code().to_owned(),
        size: from.size,
        state: "waiting".to_owned(),
        trouble: None,
        loudness: (None, None),
        created_at: ctx.now,
    };
    store::insert_conversion(tx, &asked).await?;
    let id = asked.id.to_string();
    jobs::enqueue(tx, show.org, CONVERT_HANDLER, &id, &id, ctx.now).await?;
    Ok(asked)
}

/// Asks that a file become an episode's sound. What waited for the episode before is given up.
///
/// # Errors
/// Refused for non-editors.
pub async fn ask_conversion(tx: &mut Tx, ctx: &Ctx, episode: i64, from: &SourceFile) -> Result<Conversion, Failure> {
    let (found, _) = editable(tx, ctx, episode).await?;
    store::drop_conversions(tx, found.id, ctx.now).await?;
    ask(tx, ctx, episode, ConversionKind::Convert, from).await
}

/// The sound of an episode as a file to start from.
fn own(audio: Option<&Audio>) -> Result<SourceFile, Refusal> {
    let missing = || Refusal::new(Kind::Conflict, "sound-not-here");
    let audio = audio.ok_or_else(missing)?;
    let AudioPlace::Local(blob) = &audio.place else { return Err(missing()) };
    let format = if audio.mime == "audio/mpeg" { SourceFormat::Mp3 } else { SourceFormat::Mp4 };
    Ok(SourceFile { blob: blob.clone(), format, size: audio.size })
}

/// Asks that an episode's own sound be made as loud as others, or that a light copy of it be made.
///
/// # Errors
/// Refused for non-editors, without sound here, and while something is being made already.
pub async fn ask_own(tx: &mut Tx, ctx: &Ctx, episode: i64, kind: ConversionKind) -> Result<Conversion, Failure> {
    let (found, _) = editable(tx, ctx, episode).await?;
    let from = own(found.audio.as_ref())?;
    let running = store::conversions(tx, found.id, SHOWN).await?;
    if running.iter().any(|c| c.state == "waiting") {
        return Err(Refusal::new(Kind::Conflict, "conversion-running").into());
    }
    ask(tx, ctx, episode, kind, &from).await
}

/// Other files of an episode's sound, and the newest conversions with how far their tasks are.
#[derive(Clone, Debug)]
pub struct SoundDesk {
    /// Files of the sound of today, the original first.
    pub renditions: Vec<Rendition>,
    /// Newest first.
    pub conversions: Vec<(Conversion, Option<jobs::Progress>)>,
}

/// The sound page's rows, for the team.
///
/// # Errors
/// Not found for people outside the organisation.
pub async fn sound_desk(tx: &mut Tx, actor: &Actor, episode: i64) -> Result<SoundDesk, Failure> {
    if !store::org_of_episode(tx, episode).await?.is_some_and(|org| actor.may_read(org)) {
        return Err(Refusal::not_found().into());
    }
    let mut conversions = Vec::new();
    for one in store::conversions(tx, episode, SHOWN).await? {
        let progress = jobs::progress(tx, CONVERT_HANDLER, &one.id.to_string()).await?;
        conversions.push((one, progress));
    }
    Ok(SoundDesk { renditions: store::renditions(tx, episode).await?, conversions })
}

/// The other files of an episode's sound the actor may have: listeners what is for them, the team all.
///
/// # Errors
/// Not found for an episode that may not be seen.
pub async fn renditions_of(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<Vec<Rendition>, Failure> {
    let (episode, _) = visible(tx, actor, id, now).await?;
    let mut list = store::renditions(tx, id).await?;
    list.retain(|r| r.kind.listed() || actor.may_read(episode.org));
    Ok(list)
}

/// A conversion that still waits.
///
/// # Errors
/// The database's failure.
pub async fn waiting_conversion(tx: &mut Tx, id: i64) -> Result<Option<Conversion>, Failure> {
    Ok(store::conversion_by_id(tx, id).await?.filter(|c| c.state == "waiting"))
}

/// What a conversion made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// The new sound; none when only copies were made.
    pub sound: Option<AudioFile>,
    /// Copies of the sound the episode then has.
    pub renditions: Vec<Rendition>,
    /// Loudness in LUFS before and after.
    pub loudness: (Option<String>, Option<String>),
}

/// Takes what a conversion made. Gives whether it was still wanted: an editor may have sent another file meanwhile.
///
/// # Errors
/// The database's failure.
pub async fn finish_conversion(tx: &mut Tx, ctx: &Ctx, id: i64, made: &Made) -> Result<bool, Failure> {
    let Some(asked) = waiting_conversion(tx, id).await? else { return Ok(false) };
    let (episode, show) = editable(tx, ctx, asked.episode).await?;
    let today = own(episode.audio.as_ref()).ok().map(|f| f.blob);
    let stale = asked.kind != ConversionKind::Convert && today.as_deref() != Some(asked.source.as_str());
    let ended = if stale { "dropped" } else { "done" };
    let loudness = (made.loudness.0.as_deref(), made.loudness.1.as_deref());
    store::end_conversion(tx, id, ended, None, loudness, ctx.now).await?;
    if stale {
        return Ok(false);
    }
    let blob = made.sound.as_ref().map_or(asked.source.as_str(), |s| s.blob.as_str());
    if let Some(sound) = &made.sound {
        history::note(tx, ctx, &episode, "sound", None).await?;
        store::put_audio(tx, episode.id, &audio_of(sound)).await?;
        store::update_episode(tx, &episode, ctx.now).await?;
        keep_original(tx, &asked, sound).await?;
        super::excerpt::cut_all(tx, ctx, episode.id).await?;
        told_update(tx, ctx, &episode).await?;
    } else {
        store::touch_episode(tx, episode.id, ctx.now).await?;
    }
    for one in &made.renditions {
        store::put_rendition(tx, episode.id, blob, one).await?;
    }
    changed(tx, show.id).await?;
    Ok(true)
}

/// The bytes that came first stay the original, however often the sound is made again.
async fn keep_original(tx: &mut Tx, asked: &Conversion, sound: &AudioFile) -> Result<(), Failure> {
    if asked.kind == ConversionKind::Normalise {
        let known = store::renditions_of(tx, asked.episode, &asked.source).await?;
        for kind in [RenditionKind::Original, RenditionKind::Lossless] {
            store::move_rendition(tx, asked.episode, kind, &asked.source, &sound.blob).await?;
        }
        if known.contains(&RenditionKind::Original) {
            return Ok(());
        }
    }
    let format = SourceFormat::parse(&asked.format).unwrap_or(SourceFormat::Mp3);
    let original = Rendition {
        kind: RenditionKind::Original,
        blob: asked.source.clone(),
        mime: format.mime().to_owned(),
        extension: format.extension().to_owned(),
        size: asked.size,
        duration_ms: i64::try_from(sound.facts.duration_ms).unwrap_or(0),
        bitrate: 0,
        title: format.code().to_uppercase(),
    };
    Ok(store::put_rendition(tx, asked.episode, &sound.blob, &original).await?)
}

/// Notes that a conversion failed, with a stable code.
///
/// # Errors
/// The database's failure.
pub async fn conversion_failed(tx: &mut Tx, ctx: &Ctx, id: i64, trouble: &str) -> Result<(), Failure> {
    store::end_conversion(tx, id, "failed", Some(trouble), (None, None), ctx.now).await?;
    Ok(())
}
