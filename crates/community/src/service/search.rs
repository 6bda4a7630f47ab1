//! Searching posts and members. The index holds the words of everything that is not deleted, written in the transaction of
//! every change; what is public is asked in the statement that searches, and who may see whom afterwards.

use db::{Failure, Tx};
use kernel::{Actor, At, Sought, Subject, sha256_hex};
use reach::{Passage, Surface};

use crate::rules::clip::Cue;
use crate::store::search::{self as store, Indexed, Spoken, Words};

/// How many members a page shows.
pub const PAGE: usize = 20;
/// How many rows a batch looks at.
const BATCH: i64 = 60;
/// How many rows one look of the sweep reads.
const LOOK: i64 = 200;

fn words(spoken: Spoken) -> Words {
    let said = spoken.captions.iter().flat_map(|c| serde_json::from_str::<Vec<Cue>>(c).unwrap_or_default());
    let texts: Vec<String> = spoken.texts.into_iter().chain(said.map(|cue| cue.text)).collect();
    let body = kernel::body_of(texts.iter().map(String::as_str));
    let digest = sha256_hex(body.as_bytes());
    Words { id: spoken.id, org: spoken.org, body, digest }
}

async fn index(tx: &mut Tx, kind: Indexed, ids: &[i64]) -> Result<(), Failure> {
    let there: Vec<Words> = store::spoken(tx, kind, ids).await?.into_iter().map(words).collect();
    let gone: Vec<i64> = ids.iter().copied().filter(|id| !there.iter().any(|w| w.id == *id)).collect();
    if !gone.is_empty() {
        store::drop_words(tx, kind, &gone).await?;
    }
    Ok(store::put_words(tx, kind, there).await?)
}

/// Brings the index of a post up to date; one that is deleted goes.
pub(crate) async fn index_post(tx: &mut Tx, id: i64) -> Result<(), Failure> {
    index(tx, Indexed::Post, &[id]).await
}

/// Brings the index of a member up to date; one who is gone goes.
pub(crate) async fn index_member(tx: &mut Tx, id: i64) -> Result<(), Failure> {
    index(tx, Indexed::Member, &[id]).await
}

/// A page of members, the most followed first, and where the next one goes on: followers, id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundMembers {
    /// Their ids, in order.
    pub ids: Vec<i64>,
    /// After whom the next page goes on.
    pub next: Option<(i64, i64)>,
}

/// Members whose name, handle and line about themselves have everything in `all` and nothing in `none`. Two of whom one
/// blocked the other do not find each other.
///
/// # Errors
/// The database's failure.
pub async fn members(
    tx: &mut Tx,
    viewer: &Actor,
    sought: (&[Sought], &[Sought]),
    after: Option<(i64, i64)>,
) -> Result<FoundMembers, Failure> {
    let (mut out, mut spot) = (FoundMembers::default(), after.unwrap_or((i64::MAX, i64::MAX)));
    let mut last = None;
    loop {
        let batch = store::found_members(tx, sought, spot, BATCH).await?;
        let ids: Vec<i64> = batch.iter().map(|(_, id)| *id).collect();
        let bonds = super::follows::bonds(tx, viewer, &ids).await?;
        for (followers, id) in &batch {
            if bonds.get(id).is_some_and(|b| b.blocks || b.blocked_by) {
                continue;
            }
            if out.ids.len() == PAGE {
                return Ok(FoundMembers { next: last, ..out });
            }
            out.ids.push(*id);
            last = Some((*followers, *id));
        }
        match batch.last() {
            Some(end) if i64::try_from(batch.len()).unwrap_or(0) == BATCH => spot = *end,
            _ => return Ok(out),
        }
    }
}

/// A post on the map for crawlers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedPost {
    /// Its id.
    pub id: i64,
    /// The language it is written in.
    pub lang: String,
    /// When it last changed.
    pub changed_at: At,
}

/// How many posts the map has: in a file of 50,000 addresses there is room for them.
const MAPPED: i64 = 10_000;

/// What shows and organisations posted, the newest first, as the map for crawlers has it. People's own posts and profiles are
/// not on it: nobody asked them. With it, when a decision about one of them next begins or ends.
///
/// # Errors
/// The database's failure.
pub async fn mapped(tx: &mut Tx, now: At) -> Result<(Vec<MappedPost>, Option<At>), Failure> {
    let rows = store::mapped(tx, now, MAPPED).await?;
    let subjects: Vec<Subject> = rows.iter().map(|p| Subject::post(p.id)).collect();
    let standings = reach::shown(tx, &subjects).await?;
    let lets = |id| standings.pass(Surface::Map, Subject::post(id), now) != Passage::Held;
    let seen = rows.into_iter().filter(|p| lets(p.id));
    let list = seen.map(|p| MappedPost { id: p.id, lang: p.lang, changed_at: p.changed_at }).collect();
    Ok((list, standings.next_change(now)))
}

/// Indexes what is not in the index and takes out what belongs there no longer; reads a part of the rest again, another one
/// each hour, and compares digests. Gives how many were written or taken out. Call it again while it gives more than nothing.
///
/// # Errors
/// The database's failure.
pub async fn heal_index(tx: &mut Tx, now: At) -> Result<usize, Failure> {
    let mut done = 0;
    for kind in Indexed::ALL {
        let gone = store::orphans(tx, kind).await?;
        store::drop_words(tx, kind, &gone).await?;
        let late = store::unindexed(tx, kind, LOOK).await?;
        index(tx, kind, &late).await?;
        // The first row of the look: another hour, another part; after some hours each was looked at.
        let count = store::index_count(tx, kind).await?;
        let part = (now.micros() / 3_600_000_000).rem_euclid((count / LOOK).max(0) + 1) * LOOK;
        let looked = store::index_page(tx, kind, part, LOOK).await?;
        let wrong = differing(tx, kind, looked).await?;
        index(tx, kind, &wrong).await?;
        done += gone.len() + late.len() + wrong.len();
    }
    Ok(done)
}

/// Those whose digest in the index is not that of what is stored.
async fn differing(tx: &mut Tx, kind: Indexed, known: Vec<(i64, String)>) -> Result<Vec<i64>, Failure> {
    let ids: Vec<i64> = known.iter().map(|(id, _)| *id).collect();
    let stored = store::spoken(tx, kind, &ids).await?.into_iter().map(words);
    let wrong = stored.zip(known).filter(|(words, (_, digest))| words.digest != *digest);
    Ok(wrong.map(|(words, _)| words.id).collect())
}

/// How far the index is from what is stored: looked at, wrong or missing, too many.
///
/// # Errors
/// The database's failure.
pub async fn drift(tx: &mut Tx) -> Result<(usize, usize, usize), Failure> {
    let (mut looked, mut wrong, mut gone) = (0, 0, 0);
    for kind in Indexed::ALL {
        gone += store::orphans(tx, kind).await?.len();
        let mut after = i64::MIN;
        loop {
            let page = store::index_digests(tx, kind, after, LOOK).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            looked += page.len();
            wrong += differing(tx, kind, page).await?.len();
        }
    }
    Ok((looked, wrong, gone))
}
