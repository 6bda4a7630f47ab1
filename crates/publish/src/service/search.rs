//! Searching what is public. The index finds, the visibility rule decides in the same statement, and the passage to listen
//! from is looked for in the texts of the hits alone.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{At, Subject};
use reach::{Gate, Surface};

use crate::model::{Episode, Show};
use crate::rules::search::{Passage, Query, passage};
use crate::store::{self, HitKey};

/// How many hits a page has.
const PAGE: usize = 10;
/// How many rows are looked at once when some were held.
const MOST: i64 = 200;

/// What is searched.
#[derive(Clone, Debug, Default)]
pub struct SearchAsk {
    /// What was typed, read.
    pub query: Query,
    /// Only this show: under its own host nothing else is there.
    pub only: Option<i64>,
    /// Where the page continues: whether by title, when published, which.
    pub after: Option<(i64, At, i64)>,
}

/// A hit.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The show.
    pub show: Show,
    /// The episode.
    pub episode: Episode,
    /// The passage that answers best.
    pub passage: Option<Passage>,
}

/// A page of hits.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hits, in order.
    pub hits: Vec<Hit>,
    /// Where the next page continues.
    pub next: Option<(i64, At, i64)>,
}

/// Searches the public episodes, as the gate lets them through. Titles that have everything stand first, then the newest.
///
/// # Errors
/// The database's failure.
pub async fn search(tx: &mut Tx, ask: &SearchAsk, gate: &Gate<'_>) -> Result<Found, Failure> {
    let query = &ask.query;
    if query.is_empty() {
        return Ok(Found::default());
    }
    let named = match &query.show {
        Some(slug) => match store::show_by_slug(tx, slug).await? {
            Some(show) => Some(show.id),
            None => return Ok(Found::default()),
        },
        None => None,
    };
    if let (Some(named), Some(only)) = (named, ask.only)
        && named != only
    {
        return Ok(Found::default());
    }
    let (keys, more, labels) = passing(tx, ask, named.or(ask.only), gate).await?;
    let next = keys.last().copied().filter(|_| more);
    let ids: Vec<i64> = keys.iter().map(|(.., id)| *id).collect();
    let mut hits = hits(tx, query, &ids, gate.now()).await?;
    for hit in &mut hits {
        hit.episode.reached.label = labels.get(&hit.episode.id).cloned();
    }
    Ok(Found { hits, next })
}

/// The keys of a page that the gate lets through, whether there are others, and the words beside some. What is held does
/// not make the page shorter: more rows are read.
async fn passing(
    tx: &mut Tx,
    ask: &SearchAsk,
    show: Option<i64>,
    gate: &Gate<'_>,
) -> Result<(Vec<HitKey>, bool, HashMap<i64, String>), Failure> {
    let sought = (ask.query.all.as_slice(), ask.query.none.as_slice());
    let (mut keys, mut labels, mut spot) = (Vec::new(), HashMap::new(), ask.after);
    let mut limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    loop {
        let batch = store::find_public(tx, sought, show, gate.now(), spot, limit).await?;
        let subjects: Vec<Subject> = batch.iter().map(|(.., id)| Subject::episode(*id)).collect();
        let standings = reach::shown(tx, &subjects).await?;
        for (key, subject) in batch.iter().zip(subjects) {
            let passage = gate.pass(Surface::Search, subject, &standings);
            if passage == reach::Passage::Held {
                continue;
            }
            if keys.len() == PAGE {
                return Ok((keys, true, labels));
            }
            if let reach::Passage::Labelled(label) = passage {
                labels.insert(subject.id, label);
            }
            keys.push(*key);
        }
        if i64::try_from(batch.len()).unwrap_or(limit) < limit {
            return Ok((keys, false, labels));
        }
        spot = batch.last().copied();
        limit = MOST;
    }
}

/// The hits with their shows and passages, in the order of `ids`.
async fn hits(tx: &mut Tx, query: &Query, ids: &[i64], now: At) -> Result<Vec<Hit>, Failure> {
    let mut episodes: HashMap<i64, Episode> =
        store::public_by_ids(tx, ids, now).await?.into_iter().map(|e| (e.id, e)).collect();
    let mut passages: HashMap<i64, Option<Passage>> =
        store::searched(tx, ids).await?.into_iter().map(|s| (s.id, passage(query, &s.fields))).collect();
    let mut shows: HashMap<i64, Show> = HashMap::new();
    let mut out = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(episode) = episodes.remove(id) else { continue };
        if !shows.contains_key(&episode.show)
            && let Some(show) = store::show_by_id(tx, episode.show).await?
        {
            shows.insert(show.id, show);
        }
        let Some(show) = shows.get(&episode.show) else { continue };
        out.push(Hit { show: show.clone(), episode, passage: passages.remove(id).flatten() });
    }
    Ok(out)
}
