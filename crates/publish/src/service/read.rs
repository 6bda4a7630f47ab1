//! Reading: what the public sees (decided by the visibility rule alone) and what a team sees of its own.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, At, OrgId, Refusal, Scope};
use reach::Surface;

use crate::model::{
    Audio, Autosave, Chapter, Credit, Episode, Excerpt, FullEpisode, Image, RemoteFile, Rendition, Show,
    StoredTranscript,
};
use crate::rules::visibility::is_public;
use crate::service::gate::{self, Listed};
use crate::store;

/// How many episodes a list page shows.
const PAGE: usize = 20;
/// How many episodes the home is given: those it shows, and one more.
const HOME: usize = 13;

/// What the site's home shows.
#[derive(Clone, Debug)]
pub struct Home {
    /// Every show.
    pub shows: Vec<Show>,
    /// The newest episodes of all shows.
    pub episodes: Vec<Episode>,
    /// The next instant at which this changes by itself.
    pub valid_until: Option<At>,
}

/// The home page.
///
/// # Errors
/// The database's failure.
pub async fn home(tx: &mut Tx, now: At) -> Result<Home, Failure> {
    home_of(tx, None, now).await
}

/// The home page of one show's own site, or without one of the whole site.
///
/// # Errors
/// Not found for a show that is gone, or the database's failure.
pub async fn home_of(tx: &mut Tx, show: Option<i64>, now: At) -> Result<Home, Failure> {
    let valid_until = store::next_change(tx, show, now).await?;
    // Under a show's own name stands what it publishes; the home of the whole site is where things are found.
    let surface = if show.is_some() { Surface::Profile } else { Surface::Explore };
    let shows = match show {
        None => store::shows(tx).await?,
        Some(id) => vec![store::show_by_id(tx, id).await?.ok_or_else(Refusal::not_found)?],
    };
    let Listed { episodes, until, .. } = gate::listed(tx, surface, show, (now, None), HOME).await?;
    Ok(Home { shows, episodes, valid_until: until.into_iter().chain(valid_until).min() })
}

/// Every show of the server.
///
/// # Errors
/// The database's failure.
pub async fn public_shows(tx: &mut Tx) -> Result<Vec<Show>, Failure> {
    Ok(store::shows(tx).await?)
}

/// The shows of some organisations, by their ids: show, organisation.
///
/// # Errors
/// The database's failure.
pub async fn shows_of(tx: &mut Tx, orgs: &[i64]) -> Result<Vec<(i64, i64)>, Failure> {
    Ok(store::shows_of_orgs(tx, orgs).await?)
}

/// A page of a show's episodes.
#[derive(Clone, Debug)]
pub struct ShowPage {
    /// The show.
    pub show: Show,
    /// Who makes it.
    pub credits: Vec<Credit>,
    /// Public episodes, newest first.
    pub episodes: Vec<Episode>,
    /// Where the next page continues.
    pub next: Option<(At, i64)>,
    /// The next instant at which this changes by itself.
    pub valid_until: Option<At>,
}

/// A show's page, after a keyset cursor.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn show_page(tx: &mut Tx, slug: &str, now: At, after: Option<(At, i64)>) -> Result<ShowPage, Failure> {
    let Some(show) = store::show_by_slug(tx, slug).await? else { return Err(Refusal::not_found().into()) };
    let listed = gate::listed(tx, Surface::Profile, Some(show.id), (now, after), PAGE).await?;
    let Listed { episodes, more, until } = listed;
    let last = episodes.last().filter(|_| more);
    let next = last.and_then(|e| e.state.instant().map(|at| (at, e.id)));
    let credits = store::credits(tx, show.id, 0).await?;
    let valid_until = store::next_change(tx, Some(show.id), now).await?.into_iter().chain(until).min();
    Ok(ShowPage { show, credits, episodes, next, valid_until })
}

/// What an episode's page shows.
pub struct EpisodePage {
    /// The show.
    pub show: Show,
    /// The episode with everything.
    pub full: FullEpisode,
    /// The one before and the one after.
    pub neighbours: (Option<Episode>, Option<Episode>),
    /// Pictures of chapters, by id.
    pub images: HashMap<i64, Image>,
    /// The next instant at which this changes by itself.
    pub valid_until: Option<At>,
    /// What the public log holds of it, newest.
    pub leaf: Option<store::EpisodeLeaf>,
}

pub(super) async fn full(tx: &mut Tx, mut episode: Episode) -> Result<FullEpisode, Failure> {
    if let Some(audio) = &mut episode.audio {
        audio.waveform = store::waveform(tx, episode.id).await?;
    }
    let length = episode.audio.as_ref().and_then(|a| a.duration_ms).unwrap_or(0);
    let mut excerpts = store::excerpts(tx, episode.id).await?;
    excerpts.retain(|x| x.start_ms.saturating_add(x.duration_ms) <= length);
    Ok(FullEpisode {
        excerpts,
        chapters: store::chapters(tx, episode.id).await?,
        credits: store::credits(tx, episode.show, episode.id).await?,
        transcripts: store::transcripts(tx, episode.id).await?,
        remote_files: store::remote_files(tx, episode.id).await?,
        corrections: store::corrections(tx, episode.id).await?,
        episode,
    })
}

/// A public episode's page.
///
/// # Errors
/// Not found (also for what is not public), gone when a decision took it away, or the database's failure.
pub async fn episode_page(tx: &mut Tx, show: &str, slug: &str, now: At) -> Result<EpisodePage, Failure> {
    let Some(show) = store::show_by_slug(tx, show).await? else { return Err(Refusal::not_found().into()) };
    let found = store::public_episode_by_slug(tx, show.id, slug, now).await?;
    let Some(mut episode) = found else { return Err(Refusal::not_found().into()) };
    let (neighbours, asked) = gate::neighbours(tx, &episode, now).await?;
    if !asked.mark(Surface::Direct, &mut episode) {
        return Err(gate::taken_away().into());
    }
    let full = full(tx, episode).await?;
    let mut images = HashMap::new();
    for id in full.chapters.iter().filter_map(|c| c.image_id) {
        if let Some(image) = store::image_by_id(tx, id).await? {
            images.insert(id, image);
        }
    }
    let valid_until = asked.until(store::next_change(tx, Some(show.id), now).await?);
    let leaf = store::newest_leaf(tx, full.episode.id).await?;
    Ok(EpisodePage { show, full, neighbours, images, valid_until, leaf })
}

/// When something of a show next becomes public or its pages change by themselves.
///
/// # Errors
/// The database's failure.
pub async fn next_change(tx: &mut Tx, show: i64, now: At) -> Result<Option<At>, Failure> {
    Ok(store::next_change(tx, Some(show), now).await?)
}

/// The ids behind the address of a public episode: its show's and its own.
///
/// # Errors
/// Not found (also for what is not public), gone when a decision took it away, or the database's failure.
pub async fn episode_at(tx: &mut Tx, show: &str, slug: &str, now: At) -> Result<(i64, i64), Failure> {
    let (show, episode) = bare_at(tx, show, slug, now).await?;
    Ok((show.id, episode.id))
}

/// A public episode of an address with its show, without the parts its page is made of.
///
/// # Errors
/// Not found (also for what is not public), or the database's failure.
pub async fn bare_at(tx: &mut Tx, show: &str, slug: &str, now: At) -> Result<(Show, Episode), Failure> {
    let Some(show) = store::show_by_slug(tx, show).await? else { return Err(Refusal::not_found().into()) };
    let found = store::public_episode_by_slug(tx, show.id, slug, now).await?.ok_or_else(Refusal::not_found)?;
    let episode = gate::direct(tx, found, now).await?;
    Ok((show, episode))
}

/// A public episode by id with its show, without the parts its page is made of.
///
/// # Errors
/// Not found (also for what is not public), or the database's failure.
pub async fn public_bare(tx: &mut Tx, id: i64, now: At) -> Result<(Show, Episode), Failure> {
    let Some(episode) = store::public_episode_by_id(tx, id, now).await? else {
        return Err(Refusal::not_found().into());
    };
    let episode = gate::direct(tx, episode, now).await?;
    let Some(show) = store::show_by_id(tx, episode.show).await? else { return Err(Refusal::not_found().into()) };
    Ok((show, episode))
}

/// A public episode by id, with its show.
///
/// # Errors
/// Not found, gone when a decision took it away, or the database's failure.
pub async fn public_episode(tx: &mut Tx, id: i64, now: At) -> Result<(Show, FullEpisode), Failure> {
    let (show, episode) = public_bare(tx, id, now).await?;
    Ok((show, full(tx, episode).await?))
}

/// Those of some episodes that anybody may open at their own address, with their shows: for links to many at once.
///
/// # Errors
/// The database's failure.
pub async fn open_episodes(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashMap<i64, (Show, Episode)>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = store::public_named(tx, ids, now).await?;
    let asked = gate::ask(tx, ids.iter().copied(), now).await?;
    let shows: HashMap<i64, Show> = public_shows(tx).await?.into_iter().map(|s| (s.id, s)).collect();
    let open = found.into_iter().filter_map(|mut episode| {
        let show = shows.get(&episode.show)?;
        asked.mark(Surface::Direct, &mut episode).then(|| (episode.id, (show.clone(), episode)))
    });
    Ok(open.collect())
}

/// A published episode by id, whatever decisions made of it: for what is written about it, never for what is shown.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn published_episode(tx: &mut Tx, id: i64, now: At) -> Result<Episode, Failure> {
    Ok(store::public_episode_by_id(tx, id, now).await?.ok_or_else(Refusal::not_found)?)
}

/// The next public episodes of some shows after a keyset cursor, newest first, at most `limit`: instant, id, show.
/// Candidates of a list: whoever shows them asks the gate.
///
/// # Errors
/// The database's failure.
pub async fn newest_of(
    tx: &mut Tx,
    shows: &[i64],
    now: At,
    after: (At, i64),
    limit: i64,
) -> Result<Vec<(At, i64, i64)>, Failure> {
    Ok(store::newest_of(tx, shows, now, after, limit).await?)
}

/// Public episodes by their ids; what is not public is not among them. Whoever shows them asks the gate.
///
/// # Errors
/// The database's failure.
pub async fn public_named(tx: &mut Tx, ids: &[i64], now: At) -> Result<Vec<Episode>, Failure> {
    Ok(store::public_named(tx, ids, now).await?)
}

/// Everything a show's feed needs.
pub struct FeedRows {
    /// The show.
    pub show: Show,
    /// Public episodes, newest first, all of them.
    pub episodes: Vec<Episode>,
    /// Credits by episode; the show's own under 0.
    pub credits: HashMap<i64, Vec<Credit>>,
    /// Languages of transcripts kept here, by episode.
    pub transcripts: HashMap<i64, Vec<String>>,
    /// Episodes with chapters.
    pub chapters: HashMap<i64, bool>,
    /// Files elsewhere, by episode.
    pub remote_files: HashMap<i64, Vec<RemoteFile>>,
    /// Excerpts that lie within the sound, by episode, first ones first.
    pub excerpts: HashMap<i64, Vec<Excerpt>>,
    /// Other files of the sound for listeners, by episode.
    pub renditions: HashMap<i64, Vec<Rendition>>,
    /// Categories and tags an import filed episodes under, by episode.
    pub tags: HashMap<i64, Vec<String>>,
    /// The next instant at which this changes by itself.
    pub valid_until: Option<At>,
    /// When a decision last changed which episodes are there.
    pub decided_at: Option<At>,
}

impl FeedRows {
    /// The words decisions put beside episodes become sentences.
    #[must_use]
    pub fn with_labels(mut self, say: impl Fn(&str) -> String) -> Self {
        for episode in &mut self.episodes {
            episode.reached.label = episode.reached.label.take().map(|code| say(&code));
        }
        self
    }
}

/// The rows of a show's feed.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn feed_rows(tx: &mut Tx, slug: &str, now: At) -> Result<FeedRows, Failure> {
    let Some(show) = store::show_by_slug(tx, slug).await? else { return Err(Refusal::not_found().into()) };
    let mut episodes = store::public_episodes(tx, Some(show.id), now, None, i64::MAX).await?;
    let asked = gate::ask(tx, episodes.iter().map(|e| e.id), now).await?;
    episodes.retain_mut(|e| asked.mark(Surface::Feed, e));
    let (transcripts, chapters) = store::extras_of(tx, show.id).await?;
    let ids: Vec<i64> = episodes.iter().map(|e| e.id).collect();
    Ok(FeedRows {
        credits: store::credits_of(tx, show.id).await?,
        remote_files: store::remote_files_of(tx, &ids).await?,
        excerpts: store::public_excerpts(tx, show.id, now).await?,
        renditions: store::public_renditions(tx, show.id, now).await?,
        tags: store::tags_of_show(tx, show.id).await?,
        valid_until: asked.until(store::next_change(tx, Some(show.id), now).await?),
        decided_at: asked.changed_at(),
        show,
        episodes,
        transcripts,
        chapters,
    })
}

/// An episode's sound, for serving.
#[derive(Clone, Debug)]
pub struct AudioSource {
    /// What it is the sound of.
    pub item: kernel::Item,
    /// The sound.
    pub audio: Audio,
    /// Whether anybody may have it; if not, only the team.
    pub public: bool,
}

/// The sound of an episode, for anybody when it is public, for its team otherwise.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn audio_of(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<AudioSource, Failure> {
    let (episode, public) = visible(tx, actor, id, now).await?;
    let Some(org) = store::org_of_episode(tx, id).await? else { return Err(Refusal::not_found().into()) };
    let item = kernel::Item { org, within: episode.show, subject: kernel::Subject::episode(id) };
    episode.audio.map(|audio| AudioSource { item, audio, public }).ok_or_else(|| Refusal::not_found().into())
}

/// An episode for anybody when it is public and no decision took it away, for its team in any state; and whether anybody
/// may see it.
pub(super) async fn visible(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<(Episode, bool), Failure> {
    let Some(org) = store::org_of_episode(tx, id).await? else { return Err(Refusal::not_found().into()) };
    let episode = store::episode_of(tx, Scope { org }, id).await?.ok_or_else(Refusal::not_found)?;
    let public = is_public(episode.state, now);
    let shown = public && gate::ask(tx, [id], now).await?.lets(Surface::Direct, id);
    match (shown || actor.may_read(org), public) {
        (true, _) => Ok((episode, shown)),
        (false, true) => Err(gate::taken_away().into()),
        (false, false) => Err(Refusal::not_found().into()),
    }
}

/// The chapters of an episode, under the same rule as its sound, with the language the show is made in.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn chapters_of(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<(String, Vec<Chapter>), Failure> {
    let (episode, _) = visible(tx, actor, id, now).await?;
    let Some(show) = store::show_by_id(tx, episode.show).await? else { return Err(Refusal::not_found().into()) };
    let chapters = store::chapters(tx, id).await?;
    if chapters.is_empty() { Err(Refusal::not_found().into()) } else { Ok((show.language, chapters)) }
}

/// A transcript of an episode, under the same rule as its sound.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn transcript_of(
    tx: &mut Tx,
    actor: &Actor,
    id: i64,
    lang: &str,
    now: At,
) -> Result<StoredTranscript, Failure> {
    visible(tx, actor, id, now).await?;
    let found = store::transcripts(tx, id).await?.into_iter().find(|t| t.lang == lang);
    found.ok_or_else(|| Refusal::not_found().into())
}

/// A picture in public use (a show's cover, a public episode's cover or chapter), or any of its team's own; and whether
/// anybody may see it, so whether caches may keep it.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn image_of(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<(Image, bool), Failure> {
    let (shows, episodes) = store::image_uses(tx, id, now).await?;
    let public = shows > 0 || !gate::passing(tx, Surface::Direct, &episodes, now).await?.is_empty();
    if !public && !store::image_org(tx, id).await?.is_some_and(|org| actor.may_read(org)) {
        return Err(Refusal::not_found().into());
    }
    let image = store::image_by_id(tx, id).await?.ok_or_else(Refusal::not_found)?;
    Ok((image, public))
}

/// How many episodes one file of the map for crawlers holds: in every language and with its alternates it stays far below
/// 50,000 addresses and 50 MB.
const MAP_FILE: i64 = 10_000;

/// A part of the map for crawlers.
#[derive(Clone, Debug, Default)]
pub struct MapPart {
    /// Its episodes.
    pub entries: Vec<store::Mapped>,
    /// Whether there is such a part, even if a decision left nothing in it.
    pub exists: bool,
    /// When a decision about one of its episodes next begins or ends.
    pub until: Option<At>,
}

/// The public episodes of shows in the `file`th file of their map, counted from 1, by ascending id: a new episode goes
/// into the last file, and earlier files stay as they are.
///
/// # Errors
/// The database's failure.
pub async fn map_episodes(tx: &mut Tx, shows: &[i64], file: i64, now: At) -> Result<MapPart, Failure> {
    let skip = file.saturating_sub(1).saturating_mul(MAP_FILE);
    let rows = store::mapped(tx, shows, now, At::from_micros(i64::MIN), (skip, MAP_FILE)).await?;
    on_map(tx, rows, now).await
}

/// The public episodes of shows that came out after an instant, at most 1,000 as news allow.
///
/// # Errors
/// The database's failure.
pub async fn map_news(tx: &mut Tx, shows: &[i64], since: At, now: At) -> Result<MapPart, Failure> {
    let rows = store::mapped(tx, shows, now, since, (0, 1_000)).await?;
    on_map(tx, rows, now).await
}

async fn on_map(tx: &mut Tx, mut entries: Vec<store::Mapped>, now: At) -> Result<MapPart, Failure> {
    let exists = !entries.is_empty();
    let asked = gate::ask(tx, entries.iter().map(|e| e.id), now).await?;
    entries.retain(|e| asked.lets(Surface::Map, e.id));
    Ok(MapPart { entries, exists, until: asked.until(None) })
}

/// The next instant at which an episode becomes public; of one show, or of all.
///
/// # Errors
/// The database's failure.
pub async fn next_publication(tx: &mut Tx, show: Option<i64>, now: At) -> Result<Option<At>, Failure> {
    Ok(store::next_change(tx, show, now).await?)
}

/// When the last change was in each file of the map.
///
/// # Errors
/// The database's failure.
pub async fn map_files(tx: &mut Tx, shows: &[i64], now: At) -> Result<Vec<At>, Failure> {
    Ok(store::map_files(tx, shows, now, MAP_FILE).await?)
}

/// The shows of an organisation, for its team.
///
/// # Errors
/// Refused for people outside it.
pub async fn list_shows(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<Show>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::forbidden().into());
    }
    Ok(store::shows_of(tx, Scope { org }).await?)
}

/// The episodes of a show in every state, newest first, for its team; `before` is the last id of the page above.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn desk(
    tx: &mut Tx,
    actor: &Actor,
    show: i64,
    before: Option<i64>,
) -> Result<(Show, Vec<Episode>, Option<i64>), Failure> {
    let found = store::show_by_id(tx, show).await?.filter(|s| actor.may_read(s.org));
    let Some(show) = found else { return Err(Refusal::not_found().into()) };
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let mut episodes = store::desk_episodes(tx, Scope { org: show.org }, show.id, before, limit).await?;
    let more = episodes.len() > PAGE;
    episodes.truncate(PAGE);
    let next = episodes.last().filter(|_| more).map(|e| e.id);
    Ok((show, episodes, next))
}

/// One episode in any state with everything, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn desk_episode(tx: &mut Tx, actor: &Actor, id: i64) -> Result<(Show, FullEpisode), Failure> {
    let Some(org) = store::org_of_episode(tx, id).await?.filter(|org| actor.may_read(*org)) else {
        return Err(Refusal::not_found().into());
    };
    let Some(episode) = store::episode_of(tx, Scope { org }, id).await? else {
        return Err(Refusal::not_found().into());
    };
    let Some(show) = store::show_by_id(tx, episode.show).await? else { return Err(Refusal::not_found().into()) };
    Ok((show, full(tx, episode).await?))
}

/// What the editor's page of an episode needs.
pub struct Editor {
    /// The show.
    pub show: Show,
    /// The episode.
    pub full: FullEpisode,
    /// Who makes the show: credits to copy.
    pub show_credits: Vec<Credit>,
    /// The number the next episode of the show would have.
    pub next_number: i64,
    /// What this person typed and did not save.
    pub unsaved: Vec<Autosave>,
}

/// An episode with what its editor's page needs, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn editor(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Editor, Failure> {
    let (show, full) = desk_episode(tx, actor, id).await?;
    let unsaved = match actor.person() {
        Some(who) => store::autosaves(tx, id, who).await?,
        None => Vec::new(),
    };
    Ok(Editor {
        show_credits: store::credits(tx, show.id, 0).await?,
        next_number: store::last_number(tx, show.id).await?.unwrap_or(0).saturating_add(1),
        show,
        full,
        unsaved,
    })
}

/// Terms of episodes by episode: taxonomy, slug, label. The caller has shown that it may see the episodes.
///
/// # Errors
/// The database's failure.
pub async fn terms(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<(String, String, String)>>, Failure> {
    Ok(store::terms_of(tx, ids).await?)
}

/// A show, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn team_show(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Show, Failure> {
    let found = store::show_by_id(tx, id).await?.filter(|s| actor.may_read(s.org));
    found.ok_or_else(|| Refusal::not_found().into())
}

/// The ids of a show's episodes, newest first, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn episode_ids(tx: &mut Tx, actor: &Actor, show: i64) -> Result<Vec<i64>, Failure> {
    let show = team_show(tx, actor, show).await?;
    Ok(store::episode_ids(tx, Scope { org: show.org }, show.id).await?)
}

/// How many episodes of a show became public between two instants, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn published_between(tx: &mut Tx, actor: &Actor, show: i64, from: At, to: At) -> Result<i64, Failure> {
    team_show(tx, actor, show).await?;
    Ok(store::published_between(tx, show, from, to).await?)
}
