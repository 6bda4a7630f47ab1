//! Feeds: what a member follows, what everybody says, what carries a tag. Candidates come newest first in batches larger
//! than a page; what a viewer may not see is left out afterwards; a page goes on after the last row that was looked at.

use std::collections::{HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{At, Subject, SubjectKind};

use crate::model::{Spot, Entry, FeedPage, TagUse, VoiceKind};
use crate::ports::Episodes;
use crate::rules::order::Order;
use crate::store;

/// How many entries a page shows.
pub const PAGE: usize = 20;
/// How many rows a batch looks at.
const BATCH: i64 = 40;
/// After so many batches a page ends, however full it is.
const MOST_BATCHES: usize = 25;
/// How many of the newest uses of tags are counted.
const TAG_USES: i64 = 500;

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
    /// The cursor that everything public now lies after.
    fn start(&self) -> Spot {
        let start = (At::from_micros(self.now.micros().saturating_add(1)), i64::MIN);
        self.after.map_or(start, |after| after.min(start))
    }
}

/// Where the candidates of a feed come from.
enum Source<'a> {
    Home { member: i64, shows: Vec<i64> },
    Everybody,
    Tag(&'a str),
}

impl Source<'_> {
    async fn batch(&self, tx: &mut Tx, episodes: &dyn Episodes, after: Spot) -> Result<Vec<Entry>, Failure> {
        match self {
            Self::Home { member, shows } => {
                let mut all = store::home_posts(tx, *member, after, BATCH).await?;
                if !shows.is_empty() {
                    all.extend(episodes.newest(tx, shows, after, BATCH).await?);
                    all.sort_by_key(|e| std::cmp::Reverse(e.spot()));
                    all.truncate(usize::try_from(BATCH).unwrap_or(usize::MAX));
                }
                Ok(all)
            }
            Self::Everybody => Ok(store::newest_posts(tx, after, BATCH).await?),
            Self::Tag(tag) => Ok(store::tagged_posts(tx, tag, after, BATCH).await?),
        }
    }
}

/// The home feed of a member: posts of followed voices and episodes of followed shows.
///
/// # Errors
/// The database's failure.
pub async fn home(tx: &mut Tx, episodes: &dyn Episodes, member: i64, ask: &FeedAsk) -> Result<FeedPage, Failure> {
    let shows = store::followed_shows(tx, member).await?;
    page(tx, episodes, &Source::Home { member, shows }, Some(member), ask).await
}

/// What everybody says, as a visitor or a member sees it; reshares without words are left out.
///
/// # Errors
/// The database's failure.
pub async fn explore(
    tx: &mut Tx,
    episodes: &dyn Episodes,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    page(tx, episodes, &Source::Everybody, viewer, ask).await
}

/// What carries a tag, as a visitor or a member sees it.
///
/// # Errors
/// The database's failure.
pub async fn tagged(
    tx: &mut Tx,
    episodes: &dyn Episodes,
    tag: &str,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    page(tx, episodes, &Source::Tag(tag), viewer, ask).await
}

async fn page(
    tx: &mut Tx,
    episodes: &dyn Episodes,
    source: &Source<'_>,
    viewer: Option<i64>,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    let mut out = FeedPage::default();
    let mut cursor = ask.start();
    for _ in 0..MOST_BATCHES {
        let batch = source.batch(tx, episodes, cursor).await?;
        let shown = sieve(tx, episodes, viewer, &batch, ask.now).await?;
        for entry in &batch {
            let stays = shown.contains(&entry.subject);
            if out.entries.len() == PAGE {
                // One more that may be seen is enough to know that there is a next page.
                if stays {
                    out.next = Some(cursor);
                    return Ok(ordered(out, ask.order));
                }
                continue;
            }
            out.examined += 1;
            cursor = entry.spot();
            if stays {
                out.entries.push(*entry);
            }
        }
        let last = batch.last().map(Entry::spot);
        if i64::try_from(batch.len()).unwrap_or(BATCH) < BATCH {
            return Ok(ordered(out, ask.order));
        }
        cursor = last.unwrap_or(cursor);
    }
    out.next = Some(cursor);
    Ok(ordered(out, ask.order))
}

fn ordered(page: FeedPage, order: Order) -> FeedPage {
    FeedPage { entries: order.apply(page.entries), ..page }
}

/// Which entries of a batch a viewer may see: nothing of hidden voices, nothing that passes on what is gone.
async fn sieve(
    tx: &mut Tx,
    episodes: &dyn Episodes,
    viewer: Option<i64>,
    batch: &[Entry],
    now: At,
) -> Result<HashSet<Subject>, Failure> {
    let mut gone: HashSet<Subject> = HashSet::new();
    let of = |kind| batch.iter().filter_map(|e| e.of).filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<i64>>();
    let (posts, shown) = (of(SubjectKind::Post), of(SubjectKind::Episode));
    if !posts.is_empty() {
        let there = store::public_posts(tx, &posts, now).await?;
        gone.extend(posts.into_iter().filter(|id| !there.contains(id)).map(Subject::post));
    }
    if !shown.is_empty() {
        let there = episodes.public(tx, &shown, now).await?;
        gone.extend(shown.into_iter().filter(|id| !there.contains(id)).map(Subject::episode));
    }
    let hidden = match viewer {
        None => Default::default(),
        Some(viewer) => {
            let mut voices: Vec<i64> = batch.iter().flat_map(|e| [Some(e.voice), e.of_author]).flatten().collect();
            voices.sort_unstable();
            voices.dedup();
            store::hidden_among(tx, viewer, &voices).await?
        }
    };
    let stays = |e: &&Entry| !hidden.hides(e) && !e.of.is_some_and(|of| gone.contains(&of));
    Ok(batch.iter().filter(stays).map(|e| e.subject).collect())
}

/// Which of these posts everybody may see now.
///
/// # Errors
/// The database's failure.
pub async fn public_among(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashSet<i64>, Failure> {
    Ok(store::public_posts(tx, ids, now).await?)
}

/// Since when a member follows the voices of some entries.
///
/// # Errors
/// The database's failure.
pub async fn follows_since(tx: &mut Tx, member: i64, entries: &[Entry]) -> Result<HashMap<i64, At>, Failure> {
    let voices: Vec<i64> = entries.iter().map(|e| e.voice).collect();
    Ok(store::follows_since(tx, member, &voices).await?)
}

/// Tags in use, by how many voices used them among the newest 500 uses.
///
/// # Errors
/// The database's failure.
pub async fn tags(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<TagUse>, Failure> {
    let ask = FeedAsk { now, after: None, order: crate::rules::order::NEWEST };
    Ok(store::recent_tags(tx, ask.start(), TAG_USES, limit).await?)
}

/// How a tag is written by who used it last; `None` when nothing public carries it.
///
/// # Errors
/// The database's failure.
pub async fn tag_shown(tx: &mut Tx, tag: &str, now: At) -> Result<Option<String>, Failure> {
    let ask = FeedAsk { now, after: None, order: crate::rules::order::NEWEST };
    Ok(store::tag_shown(tx, tag, ask.start()).await?)
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
