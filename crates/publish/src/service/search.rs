//! Searching what is public. The index finds, the visibility rule decides in the same statement, and the passage to listen
//! from is looked for in the texts of the hits alone.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::At;

use crate::model::{Episode, Show};
use crate::rules::search::{Passage, Query, passage};
use crate::store;

/// How many hits a page has.
const PAGE: usize = 10;

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

/// Searches the public episodes. Titles that have everything stand first, then the newest.
///
/// # Errors
/// The database's failure.
pub async fn search(tx: &mut Tx, ask: &SearchAsk, now: At) -> Result<Found, Failure> {
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
    let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    let sought = (query.all.as_slice(), query.none.as_slice());
    let mut keys = store::find_public(tx, sought, named.or(ask.only), now, ask.after, limit).await?;
    let more = keys.len() > PAGE;
    keys.truncate(PAGE);
    let next = keys.last().copied().filter(|_| more);
    let ids: Vec<i64> = keys.iter().map(|(.., id)| *id).collect();
    Ok(Found { hits: hits(tx, query, &ids, now).await?, next })
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
