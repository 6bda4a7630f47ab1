//! Importing a podcast by its feed: all or nothing, twice is once. A dry run reads and reports, and writes nothing.

use std::collections::{HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{At, Ctx, Kind, OrgId, Refusal, Scope, line, sha256_hex};
use serde::Serialize;

use crate::feed::podcast_guid;
use crate::jobs::{FETCH_HANDLER, FetchTask};
use crate::model::{
    Audio, AudioPlace, Chapter, Credit, Episode, EpisodeKind, EpisodeText, Funding, RemoteFile, Show, ShowKind, State,
    TxtRecord, UpdateFrequency,
};
use crate::reader::{EpisodeType, Feed, Item, Person, ShowType, Txt};
use crate::rules::import::{Plan, Step, plan, published};
use crate::rules::slug;
use crate::service::{changed, must_edit};
use crate::store::{self, Imported};
use crate::text;

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// For which organisation.
    pub org: OrgId,
    /// The show to import into, or the slug of the new one.
    pub slug: Option<String>,
    /// The address the feed was read from, if it was.
    pub source_url: Option<String>,
    /// Report only.
    pub dry_run: bool,
    /// Bring the sound home in the background; otherwise it stays where it is.
    pub download: bool,
    /// Somebody vouches that a locked feed is theirs.
    pub owner_vouches: bool,
}

/// The show part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedShow {
    /// Its title.
    pub title: String,
    /// Its language, as a BCP 47 tag.
    pub language: Option<String>,
    /// The feed's own podcast:guid, as it stands there.
    pub podcast_guid: Option<String>,
    /// Its home.
    pub link: Option<String>,
}

/// One thing found in the feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportedProblem {
    /// A stable code.
    pub code: String,
    /// The item, counted from zero in the order of the feed.
    pub item: Option<usize>,
    /// What was found and what was made of it.
    pub text: String,
}

/// What an import did, or would do. The shape is a contract of the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The show.
    pub show: ReportedShow,
    /// Items in the feed.
    pub items: usize,
    /// Different identities among them.
    pub distinct_ids: usize,
    /// Items with a file.
    pub with_enclosure: usize,
    /// The earliest date, RFC 3339.
    pub first_published: Option<String>,
    /// The latest date, RFC 3339.
    pub last_published: Option<String>,
    /// Seconds of sound, as the feed says.
    pub duration_seconds_total: u64,
    /// Episodes created, or that would be.
    pub would_create: usize,
    /// Episodes changed, or that would be.
    pub would_update: usize,
    /// Episodes that stay as they are.
    pub unchanged: usize,
    /// What was found on the way.
    pub problems: Vec<ReportedProblem>,
}

impl ImportReport {
    /// The report of a feed and a plan.
    #[must_use]
    pub fn of(feed: &Feed, plan: &Plan) -> Self {
        let raw: HashSet<&str> = feed.items.iter().map(raw_identity).collect();
        let dates = || feed.items.iter().filter_map(|i| i.published).map(At::from_micros);
        let (would_create, would_update, unchanged) = plan.counts();
        let mut problems: Vec<ReportedProblem> = feed
            .problems
            .iter()
            .map(|p| ReportedProblem { code: p.code.to_owned(), item: p.item, text: p.text.clone() })
            .collect();
        if feed.locked == Some(true) {
            let text = "The feed says podcast:locked yes: only its owner may import it.".to_owned();
            problems.insert(0, ReportedProblem { code: "locked".to_owned(), item: None, text });
        }
        Self {
            show: ReportedShow {
                title: feed.title.clone(),
                language: feed.language.clone(),
                podcast_guid: feed.podcast_guid.clone(),
                link: feed.link.clone(),
            },
            items: feed.items.len(),
            distinct_ids: raw.len(),
            with_enclosure: feed.items.iter().filter(|i| i.enclosure.is_some()).count(),
            first_published: dates().min().map(At::rfc3339),
            last_published: dates().max().map(At::rfc3339),
            duration_seconds_total: feed.items.iter().filter_map(|i| i.duration_s).map(u64::from).sum(),
            would_create,
            would_update,
            unchanged,
            problems,
        }
    }
}

/// The identity as the feed gives it, before repeats are kept apart.
fn raw_identity(item: &Item) -> &str {
    let enclosure = item.enclosure.as_ref().map(|e| e.url.as_str());
    item.guid.as_deref().or(enclosure).or(item.link.as_deref()).unwrap_or(&item.identity)
}

/// Imports a feed, or reports what that would do. `feed_base` is the public address of `/feeds/`.
///
/// # Errors
/// Refused for non-editors, for a locked feed nobody vouches for, and for a slug of another organisation.
pub async fn import_feed(
    tx: &mut Tx,
    ctx: &Ctx,
    feed: &Feed,
    options: &ImportOptions,
    feed_base: &str,
) -> Result<(Option<Show>, ImportReport), Failure> {
    must_edit(&ctx.actor, options.org)?;
    let guid = feed_guid(feed, options.source_url.as_deref());
    let existing = target(tx, options, &guid).await?;
    let known = match &existing {
        Some(show) => store::known(tx, show.id).await?,
        None => Vec::new(),
    };
    let (plan, held) = hold_frozen(tx, plan(feed, &known), ctx.now).await?;
    let mut report = ImportReport::of(feed, &plan);
    report.problems.extend(held.into_iter().map(frozen_problem));
    if options.dry_run {
        return Ok((existing, report));
    }
    if feed.locked == Some(true) && !options.owner_vouches {
        return Err(Refusal::new(Kind::Conflict, "feed-locked").into());
    }
    let channel = channel_digest(feed);
    let show = match existing {
        Some(show) => keep_show(tx, ctx, feed, show, &channel).await?,
        None => new_show(tx, ctx, feed, options, guid, &channel).await?,
    };
    let states = feed.items.iter().map(|item| State::Scheduled(published(item))).collect();
    let slugs = vec![String::new(); feed.items.len()];
    let batch = Batch { items: &feed.items, states, slugs, plan: &plan };
    let written = write_items(tx, ctx, &batch, &show).await?;
    super::index::index(tx, &written.touched).await?;
    if options.download {
        ask_for_sound(tx, ctx, &show).await?;
    }
    if written.wrote {
        store::stamp_show(tx, show.id, ctx.now).await?;
        changed(tx, show.id).await?;
    }
    debug_assert!(feed_base.ends_with('/'));
    Ok((Some(show), report))
}

/// A plan that leaves alone what a decision keeps as it is; and the places of those items.
pub(super) async fn hold_frozen(tx: &mut Tx, mut plan: Plan, now: At) -> Result<(Plan, Vec<usize>), Failure> {
    let frozen = super::gate::frozen(tx, &plan.updates(), now).await?;
    let held = plan.hold(&frozen);
    Ok((plan, held))
}

/// What is said of an item whose episode stays as it is.
pub(super) fn frozen_problem(item: usize) -> ReportedProblem {
    let text = "The episode stays as it is: a decision keeps it so.".to_owned();
    ReportedProblem { code: "frozen".to_owned(), item: Some(item), text }
}

/// The show an import goes into, if it is there: the one that was named, else the one with this podcast GUID.
pub(super) async fn target(tx: &mut Tx, options: &ImportOptions, guid: &str) -> Result<Option<Show>, Failure> {
    match &options.slug {
        Some(slug) => match store::show_by_slug(tx, slug).await? {
            Some(show) if show.org != options.org => Err(taken(slug).into()),
            found => Ok(found),
        },
        None => Ok(store::show_by_podcast_guid(tx, Scope { org: options.org }, guid).await?),
    }
}

fn taken(slug: &str) -> Refusal {
    Refusal::new(Kind::Conflict, "slug-taken").with("slug", slug)
}

/// The podcast's GUID: the feed's own as it stands, else made from the address it says it has, else from the one it was
/// read from, else from its home or title. A wrong one is kept: apps know the show by it.
pub(super) fn feed_guid(feed: &Feed, source_url: Option<&str>) -> String {
    let own = feed.podcast_guid.clone().map(|g| line(&g)).filter(|g| !g.is_empty());
    let seed = feed.self_url.as_deref().or(source_url).or(feed.link.as_deref()).unwrap_or(&feed.title);
    own.unwrap_or_else(|| podcast_guid(seed))
}

fn channel_digest(feed: &Feed) -> String {
    let fields = (
        (&feed.title, &feed.link, &feed.description, &feed.language, &feed.author, &feed.image_url, feed.explicit),
        (&feed.categories, feed.show_type, &feed.copyright, feed.locked, &feed.funding, &feed.persons, &feed.medium),
        (feed.complete, &feed.new_feed_url),
    );
    let mut text = format!("{fields:?}");
    // Only when they are there: a show imported before they were read has not changed by that.
    if !feed.txt.is_empty() || feed.update_frequency.is_some() {
        text.push_str(&format!("{:?}", (&feed.txt, &feed.update_frequency)));
    }
    sha256_hex(text.as_bytes())
}

fn language(feed: &Feed) -> String {
    feed.language
        .clone()
        .map(|l| l.to_lowercase())
        .filter(|l| crate::rules::check::is_language(l))
        .unwrap_or_else(|| "und".to_owned())
}

/// Takes over what the channel says. The zone, the slug and covers made here stay.
fn fill_show(show: &mut Show, feed: &Feed) {
    let lang = language(feed);
    show.language.clone_from(&lang);
    show.author = feed.author.clone().or(feed.owner_name.clone()).unwrap_or_default();
    show.link.clone_from(&feed.link);
    show.copyright.clone_from(&feed.copyright);
    show.categories.clone_from(&feed.categories);
    show.explicit = feed.explicit.unwrap_or(false);
    show.kind = if feed.show_type == Some(ShowType::Serial) { ShowKind::Serial } else { ShowKind::Episodic };
    show.locked = feed.locked.unwrap_or(false);
    show.medium.clone_from(&feed.medium);
    show.complete = feed.complete;
    show.funding = feed.funding.iter().map(|f| Funding { url: f.url.clone(), text: f.text.clone() }).collect();
    show.remote_cover_url.clone_from(&feed.image_url);
    // Not its block: that was about the old address.
    let settings = &mut show.settings.feed;
    if !feed.txt.is_empty() {
        let record = |t: &Txt| TxtRecord { purpose: t.purpose.clone(), value: t.text.clone() };
        settings.txt = feed.txt.iter().map(record).collect();
    }
    if let Some(f) = feed.update_frequency.as_ref().filter(|f| !f.text.is_empty()) {
        settings.update_frequency =
            Some(UpdateFrequency { text: f.text.clone(), rrule: f.rrule.clone().unwrap_or_default() });
    }
    let description_html = text::imported_to_html(&feed.description);
    // The feed knows neither a tagline nor a footer: those made here stay.
    let text = show.texts.entry(lang).or_default();
    text.title = line(&feed.title);
    text.description_html = description_html;
}

async fn keep_show(tx: &mut Tx, ctx: &Ctx, feed: &Feed, mut show: Show, channel: &str) -> Result<Show, Failure> {
    if store::show_digest(tx, show.id).await?.as_deref() != Some(channel) {
        fill_show(&mut show, feed);
        store::update_show(tx, &show, ctx.now).await?;
        store::replace_credits(tx, show.id, 0, &credits(&feed.persons)).await?;
        store::set_show_digest(tx, show.id, channel).await?;
        changed(tx, show.id).await?;
    }
    Ok(show)
}

pub(super) async fn new_show(
    tx: &mut Tx,
    ctx: &Ctx,
    feed: &Feed,
    options: &ImportOptions,
    guid: String,
    channel: &str,
) -> Result<Show, Failure> {
    let wanted = options.slug.clone().unwrap_or_else(|| slug::from_title(&feed.title, "show"));
    if !slug::is_valid(&wanted) {
        return Err(Refusal::invalid("check-fields").field("slug", "slug-malformed").into());
    }
    let mut chosen = wanted.clone();
    let mut round = 2;
    while !store::slug_is_free(tx, &chosen).await? {
        chosen = format!("{wanted}-{round}");
        round += 1;
    }
    let mut show = Show::blank(ctx.ids.next(), options.org, chosen, guid, ctx.now);
    show.source_url = feed.self_url.clone().or(options.source_url.clone());
    fill_show(&mut show, feed);
    if !store::insert_show(tx, &show, ctx.now).await? {
        return Err(taken(&show.slug).into());
    }
    store::replace_credits(tx, show.id, 0, &credits(&feed.persons)).await?;
    store::set_show_digest(tx, show.id, channel).await?;
    changed(tx, show.id).await?;
    Ok(show)
}

/// What a plan writes: one state and one wished slug (or none) per item.
pub(super) struct Batch<'a> {
    pub(super) items: &'a [Item],
    pub(super) states: Vec<State>,
    pub(super) slugs: Vec<String>,
    pub(super) plan: &'a Plan,
}

/// What was written: the episode of each item, and whether anything changed.
pub(super) struct Written {
    pub(super) episodes: Vec<i64>,
    pub(super) wrote: bool,
    /// Those that were written, for the index.
    pub(super) touched: Vec<i64>,
}

pub(super) async fn write_items(tx: &mut Tx, ctx: &Ctx, batch: &Batch<'_>, show: &Show) -> Result<Written, Failure> {
    let mut slugs = Slugs { taken: store::slugs(tx, show.id).await?, next: HashMap::new() };
    let origins = origins(tx, show.id).await?;
    let (mut created, mut updated) = (Vec::new(), Vec::new());
    let mut episodes = vec![0; batch.items.len()];
    // From the last item to the first: in feeds the newest stands first, and ids must grow with time.
    for (at, item) in batch.items.iter().enumerate().rev() {
        let (step, digest) = (&batch.plan.steps[at], &batch.plan.digests[at]);
        match step {
            Step::Keep(id) => episodes[at] = *id,
            Step::Create(guid) => {
                let id = ctx.ids.next();
                let slug = slugs.make(item, &batch.slugs[at]);
                let mut new = imported(item, show, id, guid.clone(), slug, digest);
                new.episode.state = batch.states[at];
                episodes[at] = id;
                created.push(new);
            }
            Step::Update(id) => {
                let mut change = imported(item, show, *id, String::new(), String::new(), digest);
                change.episode.state = batch.states[at];
                let url = item.enclosure.as_ref().map(|e| e.url.as_str());
                match origins.get(id) {
                    // Sound without an origin was put there by an editor: it stays, wherever the feed points.
                    Some(origin) if origin.is_empty() || url.is_none_or(|u| u == origin) => change.audio = None,
                    None if url.is_none() => store::remove_audio(tx, *id).await?,
                    _ => {}
                }
                episodes[at] = *id;
                updated.push(change);
            }
        }
    }
    store::insert_imported(tx, &created, ctx.now).await?;
    store::update_imported(tx, &updated, ctx.now).await?;
    for new in created.iter().filter(|new| new.episode.state.instant().is_some_and(|at| at > ctx.now)) {
        super::moves::announce(tx, ctx, show, &new.episode).await?;
    }
    let touched: Vec<i64> = created.iter().chain(&updated).map(|new| new.episode.id).collect();
    Ok(Written { episodes, wrote: !touched.is_empty(), touched })
}

/// Where the sound that is here was downloaded from; empty when an editor sent it.
async fn origins(tx: &mut Tx, show: i64) -> Result<HashMap<i64, String>, Failure> {
    let mut origins = HashMap::new();
    for (id, tags) in store::local_audio_origins(tx, show).await? {
        let tags: serde_json::Value = serde_json::from_str(&tags).unwrap_or_default();
        origins.insert(id, tags["origin"].as_str().unwrap_or_default().to_owned());
    }
    Ok(origins)
}

/// The key of a download of this address for this episode.
pub(super) fn fetch_key(episode: i64, url: &str) -> String {
    format!("{episode}:{}", &sha256_hex(url.as_bytes())[..16])
}

/// Asks for every remote sound of the show to be brought home; asking again revives a download that was given up.
pub(super) async fn ask_for_sound(tx: &mut Tx, ctx: &Ctx, show: &Show) -> Result<(), Failure> {
    for (id, url) in store::audio_places(tx, show.id).await? {
        let Some(url) = url else { continue };
        let key = fetch_key(id, &url);
        let body = serde_json::to_string(&FetchTask { episode: id, url }).map_err(Failure::broken)?;
        if !jobs::enqueue(tx, show.org, FETCH_HANDLER, &key, &body, ctx.now).await? {
            jobs::revive(tx, FETCH_HANDLER, &key, ctx.now).await?;
        }
    }
    Ok(())
}

/// Gives slugs; a repeated title is numbered without looking through all numbers each time.
struct Slugs {
    taken: HashSet<String>,
    next: HashMap<String, u64>,
}

impl Slugs {
    fn make(&mut self, item: &Item, wished: &str) -> String {
        let fallback = item.episode.map_or_else(|| "episode".to_owned(), |n| format!("episode-{n}"));
        let base = if slug::is_valid(wished) { wished.to_owned() } else { slug::from_title(&item.title, &fallback) };
        let mut chosen = base.clone();
        while !self.taken.insert(chosen.clone()) {
            let next = self.next.entry(base.clone()).or_insert(1);
            *next += 1;
            chosen = format!("{base}-{next}");
        }
        chosen
    }
}

fn credits(persons: &[Person]) -> Vec<Credit> {
    let or = |value: &Option<String>, default: &str| value.clone().unwrap_or_else(|| default.to_owned()).to_lowercase();
    persons
        .iter()
        .map(|p| Credit {
            name: line(&p.name),
            role: or(&p.role, "host"),
            team: or(&p.group, "cast"),
            href: p.href.clone(),
            ..Credit::default()
        })
        .filter(|c| !c.name.is_empty())
        .take(50)
        .collect()
}

fn imported(item: &Item, show: &Show, id: i64, guid: String, slug: String, digest: &str) -> Imported {
    let notes_html = text::imported_to_html(&item.description_html);
    let short = item.summary.clone().or(item.subtitle.clone()).unwrap_or_default();
    let plain = text::html_to_text(&text::imported_to_html(&short));
    let summary = if plain.trim().is_empty() { text::html_to_text(&notes_html) } else { plain };
    let title =
        Some(line(&item.title)).filter(|t| !t.is_empty()).unwrap_or_else(|| show.text(&show.language).1.title.clone());
    let content = EpisodeText {
        title,
        summary: text::excerpt(&line(&summary), 300),
        notes_md: None,
        notes_html,
        cover_alt: String::new(),
    };
    let episode = Episode {
        id,
        org: show.org,
        show: show.id,
        guid,
        guid_is_permalink: item.guid_is_permalink && item.guid.is_some(),
        slug,
        number: item.episode.map(i64::from),
        season: item.season.map(i64::from),
        kind: match item.episode_type {
            EpisodeType::Full => EpisodeKind::Full,
            EpisodeType::Trailer => EpisodeKind::Trailer,
            EpisodeType::Bonus => EpisodeKind::Bonus,
        },
        state: State::Scheduled(published(item)),
        wall_clock: None,
        explicit: item.explicit,
        link: item.link.clone(),
        author: item.author.clone(),
        remote_cover_url: item.image_url.clone(),
        cover: None,
        version: 1,
        updated_at: At::from_micros(0),
        texts: [(show.language.clone(), content)].into(),
        audio: None,
        reached: Default::default(),
    };
    Imported {
        guid_given: item.guid.is_some(),
        digest: digest.to_owned(),
        audio: item.enclosure.as_ref().map(|e| Audio {
            place: AudioPlace::Remote(e.url.clone()),
            mime: e.mime.clone(),
            size: e.length.and_then(|n| i64::try_from(n).ok()).unwrap_or(0),
            duration_ms: item.duration_s.map(|s| i64::from(s) * 1000),
            header_bytes: 0,
            waveform: Vec::new(),
            tags: "{}".to_owned(),
        }),
        chapters: chapters(item, &show.language),
        credits: credits(&item.persons),
        remote_files: remote_files(item),
        episode,
    }
}

/// Chapters written in the feed itself.
fn chapters(item: &Item, lang: &str) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = item
        .psc_chapters
        .iter()
        .map(|c| Chapter {
            item: None,
            start_ms: i64::try_from(c.start_ms).unwrap_or(0),
            in_toc: true,
            image_id: None,
            titles: [(lang.to_owned(), line(&c.title))].into(),
            sources: Vec::new(),
        })
        .collect();
    chapters.sort_by_key(|c| c.start_ms);
    chapters.dedup_by_key(|c| c.start_ms);
    chapters
}

fn remote_files(item: &Item) -> Vec<RemoteFile> {
    let transcripts = item.transcripts.iter().map(|t| RemoteFile {
        purpose: "transcript".to_owned(),
        url: t.url.clone(),
        mime: t.mime.clone(),
        lang: t.language.clone(),
        rel: t.rel.clone(),
    });
    let chapters = item.chapters_url.iter().map(|(url, mime)| RemoteFile {
        purpose: "chapters".to_owned(),
        url: url.clone(),
        mime: mime.clone(),
        lang: None,
        rel: None,
    });
    transcripts.chain(chapters).collect()
}
