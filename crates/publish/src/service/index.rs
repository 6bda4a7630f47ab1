//! The search index: written in the transaction of every change of what it holds, and compared with it afterwards. Whoever
//! writes a text, a chapter, a source, a credit, a tag or a transcript of an episode calls [`index`].

use db::{Failure, Tx};
use kernel::{At, sha256_hex};

use crate::rules::search::bodies;
use crate::store::{self, Indexed, Searched};

/// How many episodes are read at once.
const BATCH: usize = 100;
/// How many episodes one look of the sweep reads again.
const LOOK: i64 = 200;

fn made(searched: &Searched) -> Indexed {
    let (titles, all) = bodies(&searched.fields);
    let digest = sha256_hex(format!("{titles}\n{all}").as_bytes());
    Indexed { titles, all, digest }
}

/// Brings the index of these episodes up to date.
pub(super) async fn index(tx: &mut Tx, ids: &[i64]) -> Result<(), Failure> {
    for chunk in ids.chunks(BATCH) {
        let list = store::searched(tx, chunk).await?.into_iter().map(|s| {
            let indexed = made(&s);
            (s, indexed)
        });
        store::put_index(tx, list.collect()).await?;
    }
    Ok(())
}

/// Takes what an import made out of the index, before it is deleted.
pub(super) async fn forget_made_at(tx: &mut Tx, show: i64, at: At) -> Result<(), Failure> {
    let ids = store::ids_made_at(tx, show, at).await?;
    Ok(store::drop_index(tx, &ids).await?)
}

/// Indexes what is not in the index or changed since, and takes out what is gone; reads some hundred others again, other
/// ones each hour, and compares digests. Gives how many were written or taken out. Call it again while it gives more
/// than nothing: one call does a part, so that no transaction is long.
///
/// # Errors
/// The database's failure.
pub async fn heal_index(tx: &mut Tx, now: At) -> Result<usize, Failure> {
    let gone = store::orphans(tx).await?;
    store::drop_index(tx, &gone).await?;
    let late = store::unindexed(tx, LOOK).await?;
    index(tx, &late).await?;
    let count = store::index_count(tx).await?;
    // The first id of the look: another hour, another part; after some hours each was looked at.
    let part = (now.micros() / 3_600_000_000).rem_euclid((count / LOOK).max(0) + 1) * LOOK;
    let looked = store::index_page(tx, part, LOOK).await?;
    let wrong = differing(tx, looked).await?;
    index(tx, &wrong).await?;
    Ok(gone.len() + late.len() + wrong.len())
}

/// Those whose digest in the index is not that of what is stored.
async fn differing(tx: &mut Tx, digests: Vec<(i64, String)>) -> Result<Vec<i64>, Failure> {
    let mut wrong = Vec::new();
    for chunk in digests.chunks(BATCH) {
        let ids: Vec<i64> = chunk.iter().map(|(id, _)| *id).collect();
        for (searched, (id, digest)) in store::searched(tx, &ids).await?.iter().zip(chunk) {
            if made(searched).digest != *digest {
                wrong.push(*id);
            }
        }
    }
    Ok(wrong)
}

/// How far the index is from what is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Episodes looked at.
    pub episodes: usize,
    /// Those the index knows differently or not at all.
    pub wrong: usize,
    /// Rows of the index without an episode.
    pub gone: usize,
}

/// Compares the whole index with what is stored.
///
/// # Errors
/// The database's failure.
pub async fn drift(tx: &mut Tx) -> Result<Drift, Failure> {
    let mut drift = Drift { gone: store::orphans(tx).await?.len(), ..Drift::default() };
    let mut after = i64::MIN;
    loop {
        let page = store::index_digests(tx, after, LOOK).await?;
        let Some((last, _)) = page.last() else { return Ok(drift) };
        after = *last;
        drift.episodes += page.len();
        drift.wrong += differing(tx, page).await?.len();
    }
}

/// Writes the next episodes after an id into the index anew; gives the last one's id, or nothing at the end.
///
/// # Errors
/// The database's failure.
pub async fn rebuild_index(tx: &mut Tx, after: i64, limit: i64) -> Result<Option<i64>, Failure> {
    let ids: Vec<i64> = store::index_digests(tx, after, limit).await?.into_iter().map(|(id, _)| id).collect();
    index(tx, &ids).await?;
    Ok(ids.last().copied())
}

/// How many episodes are in the index, and how many bytes of words.
///
/// # Errors
/// The database's failure.
pub async fn index_sizes(tx: &mut Tx) -> Result<(i64, i64), Failure> {
    Ok(store::index_totals(tx).await?)
}
