//! Asking the linter: for the saved episode, for one as it is being typed, and before publication, where errors
//! refuse. Also how the addresses of sources are, and who hears about a publication.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, PersonId, Refusal};

use crate::jobs::SOURCES_HANDLER;
use crate::model::checks::{Finding, Level, Outcome, Proof, SourceHealth};
use crate::model::{AudioPlace, Episode, EpisodeKind, FullEpisode, Show};
use crate::rules::approval::{self, Standing};
use crate::rules::check;
use crate::rules::lint::{self, LintInput, Twins};
use crate::rules::merge::{self, Section};
use crate::rules::sources;
use crate::service::read::{desk_episode, full};
use crate::store;

/// An episode with what the linter says about it.
pub struct Checked {
    /// The show.
    pub show: Show,
    /// The episode as it was looked at.
    pub full: FullEpisode,
    /// What was found, errors first.
    pub findings: Vec<Finding>,
    /// Where it stands with its clients.
    pub approval: Standing,
}

async fn twins(tx: &mut Tx, episode: &Episode) -> Result<Twins, Failure> {
    let mut twins = Twins::default();
    for (lang, text) in &episode.texts {
        twins.title |= !text.title.is_empty() && store::title_taken(tx, episode, lang, &text.title).await?;
    }
    if let Some(number) = episode.number.filter(|_| episode.kind == EpisodeKind::Full) {
        twins.number = store::number_taken(tx, episode, number).await?;
    }
    if let Some(audio) = &episode.audio {
        let taken = store::sound_taken(tx, episode, &audio.place).await?;
        match audio.place {
            AudioPlace::Local(_) => twins.sound_file = taken,
            AudioPlace::Remote(_) => twins.sound_url = taken,
        }
    }
    Ok(twins)
}

/// Every address behind the chapters, each once, in order.
pub(crate) fn source_urls(full: &FullEpisode) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for source in full.chapters.iter().flat_map(|c| &c.sources) {
        if !urls.contains(&source.url) {
            urls.push(source.url.clone());
        }
    }
    urls
}

/// Lints an episode that was loaded already, whoever asks.
pub(crate) async fn look(tx: &mut Tx, show: Show, full: FullEpisode) -> Result<Checked, Failure> {
    let health: HashMap<String, SourceHealth> = store::health(tx, show.org, &source_urls(&full)).await?;
    let notes = store::notes(tx, full.episode.id).await?;
    let approval = approval::standing(&notes, &approval::content_digest(&full));
    let twins = twins(tx, &full.episode).await?;
    let input = LintInput { show: &show, full: &full, twins, health: &health, approval: approval.clone() };
    let findings = lint::lint(&input);
    Ok(Checked { show, full, findings, approval })
}

/// What the linter says about an episode as it is saved, or as the `typed` parts would make it. A part that could not be
/// saved is looked at all the same: its problems are what the person wants to see.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn checks(tx: &mut Tx, actor: &Actor, id: i64, typed: Option<&[Section]>) -> Result<Checked, Failure> {
    let (show, mut full) = desk_episode(tx, actor, id).await?;
    if let Some(sections) = typed.filter(|s| !s.is_empty()) {
        let saved = super::history::draft_of(tx, &full.episode).await?;
        let draft = sections.iter().fold(saved, merge::with);
        // Cleaned as a save would clean it; what a save would refuse is kept as it was typed.
        let draft = check::episode(draft.clone()).unwrap_or(draft);
        (full.chapters, full.credits) = super::episodes::fill(&mut full.episode, draft);
    }
    look(tx, show, full).await
}

/// Refuses an episode with errors, naming each field.
pub(crate) async fn must_pass(tx: &mut Tx, show: &Show, episode: &Episode) -> Result<(), Failure> {
    let full = full(tx, episode.clone()).await?;
    let checked = look(tx, show.clone(), full).await?;
    let errors: Vec<&Finding> = checked.findings.iter().filter(|f| f.level == Level::Error).collect();
    if errors.is_empty() {
        return Ok(());
    }
    let count = i64::try_from(errors.len()).unwrap_or(i64::MAX);
    let mut refusal = Refusal::new(Kind::Conflict, "lint-errors").with("count", count);
    for error in errors {
        refusal.fields.push(kernel::Field { name: error.field, code: error.code, args: error.args.clone() });
    }
    Err(refusal.into())
}

/// Asks for a look at the sources of a saved episode, half a minute after the save: people save often.
pub(crate) async fn ask_sources(tx: &mut Tx, ctx: &Ctx, episode: &Episode, full: bool) -> Result<(), Failure> {
    if full {
        let (key, body) = (format!("{}:v{}", episode.id, episode.version), episode.id.to_string());
        jobs::enqueue(tx, episode.org, SOURCES_HANDLER, &key, &body, ctx.now.plus_seconds(30)).await?;
    }
    Ok(())
}

/// The proofs and evening checks of an episode, newest first, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn proofs(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Vec<Proof>, Failure> {
    let org = store::org_of_episode(tx, id).await?.filter(|org| actor.may_read(*org));
    if org.is_none() {
        return Err(Refusal::not_found().into());
    }
    Ok(store::proofs(tx, id).await?)
}

/// Who hears about an episode's publication: those the show names, else whoever scheduled it.
pub(crate) async fn listeners(tx: &mut Tx, show: &Show, episode: i64) -> Result<Vec<PersonId>, Failure> {
    if !show.settings.desk.notify.is_empty() {
        return Ok(show.settings.desk.notify.clone());
    }
    Ok(store::scheduler(tx, episode).await?.into_iter().collect())
}

/// The addresses of an episode's sources nobody asked about for a while, with what is known about them.
///
/// # Errors
/// The database's failure.
pub(crate) async fn stale_sources(
    tx: &mut Tx,
    episode: i64,
    before: At,
) -> Result<Option<(OrgId, Vec<String>)>, Failure> {
    let Some(org) = store::org_of_episode(tx, episode).await? else { return Ok(None) };
    let chapters = store::chapters(tx, episode).await?;
    let mut urls: Vec<String> = Vec::new();
    for source in chapters.iter().flat_map(|c| &c.sources) {
        if !urls.contains(&source.url) {
            urls.push(source.url.clone());
        }
    }
    let known = store::health(tx, org, &urls).await?;
    urls.retain(|url| known.get(url).is_none_or(|h| h.checked_at <= before));
    Ok(Some((org, urls)))
}

/// Writes how addresses answered.
///
/// # Errors
/// The database's failure.
pub(crate) async fn note_sources(
    tx: &mut Tx,
    now: At,
    org: OrgId,
    answers: &[(String, Outcome, Option<u16>)],
) -> Result<bool, Failure> {
    let urls: Vec<String> = answers.iter().map(|(url, _, _)| url.clone()).collect();
    let known = store::health(tx, org, &urls).await?;
    let mut failing = false;
    for (url, outcome, status) in answers {
        let health = sources::after(known.get(url), *outcome, *status, now);
        failing |= *outcome == Outcome::Failed && !sources::is_dead(&health);
        store::put_health(tx, org, url, &health).await?;
    }
    Ok(failing)
}
