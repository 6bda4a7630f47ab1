//! Feeds: what a member follows, what everybody says, what carries a tag. Candidates come newest first in batches larger
//! than a page; what a viewer may not see is left out afterwards; a page goes on after the last row that was looked at.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{At, Subject, SubjectKind};
use reach::{ActiveMeasures, Gate, Passage, Surface};

use crate::model::{Entry, FeedPage, Followed, Hidden, Spot, TagUse, VoiceKind};
use crate::ports::Episodes;
use crate::rules::order::{NEWEST, Order};
use crate::store;

/// How many entries a page shows.
pub const PAGE: usize = 20;
/// How many rows a batch looks at.
const BATCH: i64 = 40;
/// After so many batches a page ends, however full it is.
const MOST_BATCHES: usize = 25;
/// How many of the newest uses of tags are counted.
const TAG_USES: i64 = 500;

/// Who follows more than this is a keen reader: among the newest posts of everybody there are mostly enough for them.
const MANY: i64 = 300;
/// So many of the newest posts are looked through for keen readers.
const LOOKED_THROUGH: i64 = 500;

/// What a feed is asked for.
#[derive(Clone, Copy, Debug)]
pub struct FeedAsk {
    /// Now.
    pub now: At,
    /// After which row; `None` for the newest.
    pub after: Option<Spot>,
    /// In which order the page is to stand.
    pub order: Order,
}

impl FeedAsk {
    /// The newest first, from the newest on.
    #[must_use]
    pub const fn newest(now: At) -> Self {
        Self { now, after: None, order: NEWEST }
    }

    /// The spot that everything public now lies after.
    fn start(&self) -> Spot {
        let start = (At::from_micros(self.now.micros().saturating_add(1)), i64::MIN);
        self.after.map_or(start, |after| after.min(start))
    }
}

/// What every list is made with: where episodes are, and the measures in force.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Answers about episodes.
    pub episodes: &'a dyn Episodes,
    /// The measures that the log puts in force.
    pub measures: &'a ActiveMeasures,
}

/// Whom a home feed is read from.
struct Home {
    member: i64,
    /// Whether they follow very many.
    keen: bool,
    /// Whose episodes: followed shows, and those of followed organisations.
    shows: Vec<i64>,
    /// The shows that come with an organisation alone: their posts are not those of a followed voice.
    brought: Vec<i64>,
}

impl Home {
    async fn of(tx: &mut Tx, episodes: &dyn Episodes, member: i64) -> Result<Self, Failure> {
        let keen = store::follows_more_than(tx, member, MANY).await?;
        let houses = store::followed_houses(tx, member).await?;
        let of = |kind| houses.iter().filter(|(_, k)| *k == kind).map(|(id, _)| *id).collect::<Vec<i64>>();
        let (mut shows, orgs) = (of(VoiceKind::Show), of(VoiceKind::Organisation));
        let mut brought = Vec::new();
        if !orgs.is_empty() {
            let theirs: Vec<i64> = episodes.shows_of(tx, &orgs).await?.into_iter().map(|(show, _)| show).collect();
            let hidden = store::hidden_among(tx, member, &theirs).await?;
            let followed: HashSet<i64> = shows.iter().copied().collect();
            brought.extend(theirs.into_iter().filter(|show| !followed.contains(show) && !hidden.0.contains(show)));
            shows.extend(&brought);
        }
        Ok(Self { member, keen, shows, brought })
    }

    async fn batch(&self, tx: &mut Tx, episodes: &dyn Episodes, after: Spot) -> Result<Vec<Entry>, Failure> {
        let mut all = self.posts(tx, after).await?;
        if !self.shows.is_empty() {
            all.extend(store::posts_of_voices(tx, &self.brought, after, BATCH).await?);
            all.extend(episodes.newest(tx, &self.shows, after, BATCH).await?);
            all.sort_by_key(|e| std::cmp::Reverse(e.spot()));
            all.truncate(usize::try_from(BATCH).unwrap_or(usize::MAX));
        }
        Ok(all)
    }

    /// The next posts of followed voices, the same whichever way they are found.
    async fn posts(&self, tx: &mut Tx, after: Spot) -> Result<Vec<Entry>, Failure> {
        if self.keen {
            let found = store::followed_among_newest(tx, self.member, after, LOOKED_THROUGH, BATCH).await?;
            if i64::try_from(found.len()).is_ok_and(|found| found == BATCH) {
                return Ok(found);
            }
        }
        Ok(store::home_posts(tx, self.member, after, BATCH).await?)
    }
}

/// Where the candidates of a list come from.
enum Source<'a> {
    Home(Home),
    Everybody,
    Tag(&'a str),
    Voice(i64),
    Words(Sought<'a>),
}

/// What is looked for: everything of the first, nothing of the second.
pub type Sought<'a> = (&'a [kernel::Sought], &'a [kernel::Sought]);

impl Source<'_> {
    const fn surface(&self) -> Surface {
        match self {
            Self::Home(_) => Surface::Home,
            Self::Everybody => Surface::Explore,
            Self::Tag(_) => Surface::Tag,
            Self::Voice(_) => Surface::Profile,
            Self::Words(_) => Surface::Search,
        }
    }

    async fn batch(&self, tx: &mut Tx, episodes: &dyn Episodes, after: Spot) -> Result<Vec<Entry>, Failure> {
        match self {
            Self::Home(home) => home.batch(tx, episodes, after).await,
            Self::Everybody => Ok(store::newest_posts(tx, after, BATCH).await?),
            Self::Tag(tag) => Ok(store::tagged_posts(tx, tag, after, BATCH).await?),
            Self::Voice(voice) => Ok(store::posts_of_voices(tx, &[*voice], after, BATCH).await?),
            Self::Words(sought) => Ok(store::search::found_posts(tx, *sought, after, BATCH).await?),
        }
    }
}

/// The home feed of a member: posts of followed voices, episodes of followed shows, both of the shows of followed
/// organisations.
///
/// # Errors
/// The database's failure.
pub async fn home(tx: &mut Tx, means: Means<'_>, member: i64, ask: &FeedAsk) -> Result<FeedPage, Failure> {
    let home = Home::of(tx, means.episodes, member).await?;
    page(tx, means, &Source::Home(home), Some(member), ask).await
}

/// What everybody says, as a visitor or a member sees it; reshares without words are left out.
///
/// # Errors
/// The database's failure.
pub async fn explore(tx: &mut Tx, means: Means<'_>, viewer: Option<i64>, ask: &FeedAsk) -> Result<FeedPage, Failure> {
    page(tx, means, &Source::Everybody, viewer, ask).await
}

/// What carries a tag, as a visitor or a member sees it.
///
/// # Errors
/// The database's failure.
pub async fn tagged(
    tx: &mut Tx,
    means: Means<'_>,
    tag: &str,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    page(tx, means, &Source::Tag(tag), viewer, ask).await
}

/// Posts and clips with some words, as a visitor or a member sees them.
///
/// # Errors
/// The database's failure.
pub async fn with_words(
    tx: &mut Tx,
    means: Means<'_>,
    sought: Sought<'_>,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    page(tx, means, &Source::Words(sought), viewer, ask).await
}

/// What a voice says and passes on, as a visitor or a member sees it.
///
/// # Errors
/// The database's failure.
pub async fn of_voice(
    tx: &mut Tx,
    means: Means<'_>,
    voice: i64,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    page(tx, means, &Source::Voice(voice), viewer, ask).await
}

async fn page(
    tx: &mut Tx,
    means: Means<'_>,
    source: &Source<'_>,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    let mut out = FeedPage { log_size: means.measures.log_size(), ..FeedPage::default() };
    let mut spot = ask.start();
    for _ in 0..MOST_BATCHES {
        let batch = source.batch(tx, means.episodes, spot).await?;
        let shown = sieve(tx, means, source.surface(), viewer, &batch, ask.now).await?;
        for entry in &batch {
            let passage = shown.get(&entry.subject);
            if out.entries.len() == PAGE {
                // One more that may be seen is enough to know that there is a next page.
                if passage.is_some() {
                    out.next = Some(spot);
                    return Ok(ordered(out, ask.order));
                }
                continue;
            }
            out.examined += 1;
            spot = entry.spot();
            if let Some(label) = passage {
                out.entries.push(*entry);
                out.labels.extend(label.clone().map(|label| (entry.subject, label)));
            }
        }
        if i64::try_from(batch.len()).unwrap_or(BATCH) < BATCH {
            return Ok(ordered(out, ask.order));
        }
        spot = batch.last().map_or(spot, Entry::spot);
    }
    out.next = Some(spot);
    Ok(ordered(out, ask.order))
}

fn ordered(page: FeedPage, order: Order) -> FeedPage {
    FeedPage { entries: order.apply(page.entries), ..page }
}

/// The entries of a batch that a viewer may see, each with the word beside it: nothing of hidden voices, nothing that the
/// gate holds, nothing that only passes on what is gone or held.
async fn sieve(
    tx: &mut Tx,
    means: Means<'_>,
    surface: Surface,
    viewer: Option<i64>,
    batch: &[Entry],
    now: At,
) -> Result<HashMap<Subject, Option<String>>, Failure> {
    let mut gone: HashSet<Subject> = HashSet::new();
    let of = |kind| batch.iter().filter_map(|e| e.of).filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<i64>>();
    let (posts, episodes) = (of(SubjectKind::Post), of(SubjectKind::Episode));
    if !posts.is_empty() {
        let there = store::public_among(tx, &posts, now).await?;
        gone.extend(posts.into_iter().filter(|id| !there.contains(id)).map(Subject::post));
    }
    if !episodes.is_empty() {
        let there = means.episodes.public(tx, &episodes, now).await?;
        gone.extend(episodes.into_iter().filter(|id| !there.contains(id)).map(Subject::episode));
    }
    let hidden = match viewer {
        None => Hidden::default(),
        Some(viewer) => {
            let mut voices: Vec<i64> = batch.iter().flat_map(|e| [Some(e.voice), e.of_author]).flatten().collect();
            voices.sort_unstable();
            voices.dedup();
            store::hidden_among(tx, viewer, &voices).await?
        }
    };
    let subjects: Vec<Subject> = batch.iter().flat_map(|e| [Some(e.subject), e.of]).flatten().collect();
    let passing = passing(tx, means.measures, surface, &subjects, now).await?;
    let mut out = HashMap::new();
    for entry in batch.iter().filter(|e| !hidden.hides(e)) {
        let of = entry.of.map(|of| passing.get(&of).filter(|_| !gone.contains(&of)));
        if let (Some(label), true) = (passing.get(&entry.subject), of != Some(None)) {
            let below = of.flatten().and_then(Clone::clone);
            out.insert(entry.subject, label.clone().or(below));
        }
    }
    Ok(out)
}

/// Which of these subjects the gate lets through on a surface, each with the word beside it. Asked in the transaction that
/// read the rows.
///
/// # Errors
/// The database's failure.
pub async fn passing(
    tx: &mut Tx,
    measures: &ActiveMeasures,
    surface: Surface,
    subjects: &[Subject],
    now: At,
) -> Result<HashMap<Subject, Option<String>>, Failure> {
    let standings = reach::shown(tx, subjects).await?;
    let gate = Gate::new(measures, now);
    let one = |subject: &Subject| match gate.pass(surface, *subject, &standings) {
        Passage::Shown => Some((*subject, None)),
        Passage::Labelled(word) => Some((*subject, Some(word))),
        Passage::Held => None,
    };
    Ok(subjects.iter().filter_map(one).collect())
}

/// Which of these posts everybody may see now.
///
/// # Errors
/// The database's failure.
pub async fn public_among(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashSet<i64>, Failure> {
    Ok(store::public_among(tx, ids, now).await?)
}

/// Why the voices of some entries come to a member: since when each is followed, or the organisation that brings it.
///
/// # Errors
/// The database's failure.
pub async fn followed(
    tx: &mut Tx,
    episodes: &dyn Episodes,
    member: i64,
    entries: &[Entry],
) -> Result<HashMap<i64, Followed>, Failure> {
    let voices: Vec<i64> = entries.iter().map(|e| e.voice).collect();
    let own = store::follows_since(tx, member, &voices).await?;
    let mut out: HashMap<i64, Followed> =
        own.into_iter().map(|(voice, since)| (voice, Followed { since, through: None })).collect();
    if voices.iter().all(|voice| out.contains_key(voice)) {
        return Ok(out);
    }
    let houses = store::followed_houses(tx, member).await?;
    let orgs: Vec<i64> = houses.iter().filter(|(_, k)| *k == VoiceKind::Organisation).map(|(id, _)| *id).collect();
    let since = store::follows_since(tx, member, &orgs).await?;
    for (show, org) in episodes.shows_of(tx, &orgs).await? {
        if let Some(since) = since.get(&org).copied() {
            out.entry(show).or_insert(Followed { since, through: Some(org) });
        }
    }
    Ok(out)
}

/// Tags in use, by how many voices a viewer may see used them among the newest 500 uses.
///
/// # Errors
/// The database's failure.
pub async fn tags(tx: &mut Tx, viewer: Option<i64>, now: At, limit: i64) -> Result<Vec<TagUse>, Failure> {
    let uses = store::recent_tags(tx, viewer, FeedAsk::newest(now).start(), TAG_USES).await?;
    let posts: Vec<Subject> = uses.iter().map(|(post, ..)| Subject::post(*post)).collect();
    let standings = reach::shown(tx, &posts).await?;
    let mut found: BTreeMap<String, (String, HashSet<i64>)> = BTreeMap::new();
    for (post, author, tag, shown) in uses {
        if standings.pass(Surface::Tag, Subject::post(post), now) == Passage::Held {
            continue;
        }
        let (as_written, voices) = found.entry(tag).or_default();
        if *as_written < shown {
            *as_written = shown;
        }
        voices.insert(author);
    }
    let count = |voices: HashSet<i64>| i64::try_from(voices.len()).unwrap_or(i64::MAX);
    let mut tags: Vec<TagUse> =
        found.into_iter().map(|(tag, (shown, voices))| TagUse { tag, shown, voices: count(voices) }).collect();
    // By name where as many used them: the map was in that order.
    tags.sort_by_key(|tag| std::cmp::Reverse(tag.voices));
    tags.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(tags)
}

/// How a tag is written by who used it last; `None` when nothing public carries it.
///
/// # Errors
/// The database's failure.
pub async fn tag_shown(tx: &mut Tx, tag: &str, now: At) -> Result<Option<String>, Failure> {
    Ok(store::tag_shown(tx, tag, FeedAsk::newest(now).start()).await?)
}

/// Voices to follow: the most followed ones a viewer does not follow yet and sees.
///
/// # Errors
/// The database's failure.
pub async fn to_follow(
    tx: &mut Tx,
    viewer: Option<i64>,
    kinds: &[VoiceKind],
    limit: usize,
) -> Result<Vec<i64>, Failure> {
    let more = i64::try_from(limit.saturating_mul(2)).unwrap_or(i64::MAX);
    let mut voices = store::most_followed(tx, kinds, viewer, more).await?;
    if let Some(viewer) = viewer {
        let hidden = store::hidden_among(tx, viewer, &voices).await?;
        voices.retain(|v| !hidden.0.contains(v));
    }
    voices.truncate(limit);
    Ok(voices)
}
