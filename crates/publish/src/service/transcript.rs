//! Transcripts at the desk: bringing them in, correcting them, undoing. Two who correct the same one notice each other.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, Refusal, Role};

use crate::media::transcript::{self, Cue, MAX_CUES, Transcript};
use crate::model::{Show, StoredTranscript};
use crate::rules::check::is_language;
use crate::rules::cues::{self, Clash, Row, Step};
use crate::service::{changed, editable, history, told_update};
use crate::store;

/// A transcript being corrected.
#[derive(Clone, Debug)]
pub struct DeskTranscript {
    /// Its cues.
    pub cues: Vec<Cue>,
    /// Grows with each save.
    pub version: i64,
    /// Whether a person read it through.
    pub reviewed: bool,
    /// Whether the last step can be undone.
    pub undo: bool,
}

fn cues_of(body: &str) -> Vec<Cue> {
    transcript::parse(body.as_bytes(), None).map(|t| t.cues).unwrap_or_default()
}

/// One language's transcript for its team; `None` when there is none.
///
/// # Errors
/// Not found for people outside the organisation.
pub async fn desk_transcript(
    tx: &mut Tx,
    actor: &Actor,
    episode: i64,
    lang: &str,
) -> Result<Option<DeskTranscript>, Failure> {
    if !store::org_of_episode(tx, episode).await?.is_some_and(|org| actor.may_read(org)) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::versioned_transcript(tx, episode, lang).await?.map(|(stored, version, before)| DeskTranscript {
        cues: cues_of(&stored.body),
        version,
        reviewed: stored.reviewed,
        undo: before.is_some(),
    }))
}

/// What an import made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// How many cues.
    pub cues: usize,
    /// Whether their times were spread over the sound because the text had none.
    pub spread: bool,
}

/// Gives an episode a transcript in one language, from WebVTT, SRT or plain text. Plain text gets its times by spreading
/// it over the sound.
///
/// # Errors
/// Refused for non-editors, for a language that is none, for text without a cue, for plain text without sound.
pub async fn import_transcript(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
    source: &str,
    reviewed: bool,
) -> Result<Imported, Failure> {
    let (found, show) = editable(tx, ctx, episode).await?;
    if !is_language(lang) {
        return Err(Refusal::invalid("check-fields").field("lang", "language-malformed").into());
    }
    let refuse = |code| Refusal::invalid("check-fields").field("transcript", code);
    let mut parsed = transcript::parse(source.as_bytes(), None).map_err(|_| refuse("transcript-unreadable"))?;
    if parsed.cues.is_empty() {
        return Err(refuse("transcript-empty").into());
    }
    let spread = !parsed.timed;
    if spread {
        let length = found.audio.as_ref().and_then(|a| a.duration_ms).and_then(|ms| u64::try_from(ms).ok());
        let length = length.filter(|ms| *ms > 0).ok_or_else(|| refuse("transcript-needs-sound"))?;
        parsed = transcript::spread(&parsed, length);
    }
    let body = transcript::to_vtt(&parsed, lang);
    let stored = StoredTranscript { lang: lang.to_owned(), body, reviewed: reviewed && !spread };
    history::note(tx, ctx, &found, "transcript", None).await?;
    store::put_transcript(tx, episode, &stored).await?;
    store::update_episode(tx, &found, ctx.now).await?;
    super::index::index(tx, &[episode]).await?;
    changed(tx, show.id).await?;
    told_update(tx, ctx, &found).await?;
    Ok(Imported { cues: parsed.cues.len(), spread })
}

/// A transcript somebody may correct.
async fn correctable(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
) -> Result<(Show, StoredTranscript, i64, Option<String>), Failure> {
    let (_, show) = editable(tx, ctx, episode).await?;
    let Some((stored, version, before)) = store::versioned_transcript(tx, episode, lang).await? else {
        return Err(Refusal::not_found().into());
    };
    Ok((show, stored, version, before))
}

fn conflict() -> Failure {
    Refusal::new(Kind::Conflict, "transcript-conflict").into()
}

async fn keep(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    show: &Show,
    stored: &StoredTranscript,
    version: i64,
) -> Result<i64, Failure> {
    if !store::update_transcript(tx, episode, stored, version).await? {
        return Err(conflict());
    }
    store::touch_episode(tx, episode, ctx.now).await?;
    super::index::index(tx, &[episode]).await?;
    changed(tx, show.id).await?;
    Ok(version + 1)
}

fn written(cues: Vec<Cue>, lang: &str) -> Result<String, Failure> {
    if cues.is_empty() {
        return Err(Refusal::invalid("transcript-would-be-empty").into());
    }
    let body = transcript::to_vtt(&Transcript { cues, timed: true, problems: Vec::new() }, lang);
    if body.len() > transcript::MAX_BYTES {
        return Err(Refusal::invalid("transcript-too-long").into());
    }
    Ok(body)
}

/// What somebody typed into the cues of one page.
#[derive(Clone, Debug)]
pub struct CueEdit {
    /// The rows of the page.
    pub rows: Vec<Row>,
    /// What else is done to them.
    pub step: Option<Step>,
}

/// Saves the rows of a page into the transcript of today. What somebody else changed meanwhile stays. Gives the new
/// version, or the rows both changed differently; then nothing is saved.
///
/// # Errors
/// Refused for non-editors; not found without such a transcript.
pub async fn save_cues(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
    edit: &CueEdit,
) -> Result<Result<i64, Vec<Clash>>, Failure> {
    let (show, stored, version, _) = correctable(tx, ctx, episode, lang).await?;
    let today = cues_of(&stored.body);
    let mut rows = edit.rows.clone();
    for row in &mut rows {
        row.cue = row.cue.as_ref().and_then(Cue::cleaned);
    }
    if let Some(step) = edit.step {
        cues::step(&mut rows, step);
    }
    let merged = match cues::merge(&today, &rows) {
        Ok(merged) => merged,
        Err(clashes) => return Ok(Err(clashes)),
    };
    if merged == today {
        return Ok(Ok(version));
    }
    if merged.len() > MAX_CUES {
        return Err(Refusal::invalid("transcript-too-long").into());
    }
    let next = StoredTranscript { body: written(merged, lang)?, ..stored };
    Ok(Ok(keep(tx, ctx, episode, &show, &next, version).await?))
}

/// Puts all cues in the place of those of `version`: a program's save.
///
/// # Errors
/// Refused for non-editors, and when somebody else saved meanwhile.
pub async fn put_cues(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
    version: i64,
    cues: Vec<Cue>,
) -> Result<i64, Failure> {
    let (show, stored, today, _) = correctable(tx, ctx, episode, lang).await?;
    if today != version {
        return Err(conflict());
    }
    if cues.len() > MAX_CUES {
        return Err(Refusal::invalid("transcript-too-long").into());
    }
    let cues: Vec<Cue> = cues.iter().filter_map(Cue::cleaned).collect();
    let next = StoredTranscript { body: written(cues, lang)?, ..stored };
    keep(tx, ctx, episode, &show, &next, version).await
}

/// Replaces words in the whole transcript; gives how many times.
///
/// # Errors
/// Refused for non-editors, for nothing to find, and when somebody else saved meanwhile.
pub async fn replace_words(
    tx: &mut Tx,
    ctx: &Ctx,
    episode: i64,
    lang: &str,
    version: i64,
    (find, with, exact): (&str, &str, bool),
) -> Result<usize, Failure> {
    let (show, stored, today, _) = correctable(tx, ctx, episode, lang).await?;
    if find.is_empty() {
        return Err(Refusal::invalid("check-fields").field("find", "find-missing").into());
    }
    if today != version {
        return Err(conflict());
    }
    let mut cues = cues_of(&stored.body);
    let count = cues::replace(&mut cues, find, with, exact);
    if count > 0 {
        let cues = cues.iter().filter_map(Cue::cleaned).collect();
        let next = StoredTranscript { body: written(cues, lang)?, ..stored };
        keep(tx, ctx, episode, &show, &next, version).await?;
    }
    Ok(count)
}

/// Says that a person read a transcript through, or takes it back.
///
/// # Errors
/// Refused for non-editors.
pub async fn mark_reviewed(tx: &mut Tx, ctx: &Ctx, episode: i64, lang: &str, reviewed: bool) -> Result<(), Failure> {
    let (show, _, _, _) = correctable(tx, ctx, episode, lang).await?;
    store::set_reviewed(tx, episode, lang, reviewed).await?;
    store::touch_episode(tx, episode, ctx.now).await?;
    Ok(changed(tx, show.id).await?)
}

/// Takes the last save back; doing it again takes that back.
///
/// # Errors
/// Refused for non-editors, without anything to undo, and when somebody else saved meanwhile.
pub async fn undo_transcript(tx: &mut Tx, ctx: &Ctx, episode: i64, lang: &str, version: i64) -> Result<i64, Failure> {
    let (show, stored, today, before) = correctable(tx, ctx, episode, lang).await?;
    if today != version {
        return Err(conflict());
    }
    let Some(body) = before else { return Err(Refusal::new(Kind::Conflict, "nothing-to-undo").into()) };
    keep(tx, ctx, episode, &show, &StoredTranscript { body, ..stored }, version).await
}

/// Whether the actor may correct things of this show's organisation; the page then shows its forms.
#[must_use]
pub fn may_correct(actor: &Actor, show: &Show) -> bool {
    actor.may(show.org, &[Role::Editor])
}
