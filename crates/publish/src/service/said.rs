//! What the public log is told of episodes, in the transaction of the change: that one was published and what it said and
//! sounded like, that this changed, that it was taken off. A leaf names no person.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Ctx, show_id};
use tlog::leaf::Value;

use super::read::full;
use crate::model::{EPISODE_PREFIX, Episode, SHOW_PREFIX};
use crate::rules::said::{said, sound_sha256};
use crate::store::{self, EpisodeLeaf};

/// The leaf of a publication.
pub(crate) const PUBLISHED: &str = "episode.published";
/// The leaf of a change of what a public episode says or sounds like.
pub(crate) const CHANGED: &str = "episode.changed";
/// The leaf of an episode that was taken off.
pub(crate) const UNPUBLISHED: &str = "episode.unpublished";

/// Asks for a leaf. A change that changes nothing of what is said asks for none.
pub(crate) async fn note_leaf(tx: &mut Tx, ctx: &Ctx, kind: &'static str, episode: &Episode) -> Result<(), Failure> {
    let full = full(tx, episode.clone()).await?;
    let digest = kernel::sha256_hex(&said(&full));
    let before = store::newest_leaf(tx, episode.id).await?;
    let same = before.as_ref().is_some_and(|leaf| leaf.said_sha256 == digest && leaf.kind != UNPUBLISHED);
    if kind == CHANGED && (same || before.is_none()) {
        return Ok(());
    }
    let mut data = BTreeMap::from([
        ("episode", Value::from(show_id(EPISODE_PREFIX, episode.id))),
        ("said_sha256", Value::from(digest.as_str())),
        ("show", Value::from(show_id(SHOW_PREFIX, episode.show))),
    ]);
    if let Some(sound) = sound_sha256(&full) {
        data.insert("sound_sha256", Value::from(sound));
    }
    let asked = tlog::service::enqueue(tx, ctx, kind, &data).await?;
    let leaf =
        EpisodeLeaf { kind: kind.to_owned(), leaf_hash: kernel::hex(&asked.hash), said_sha256: digest, at: ctx.now };
    Ok(store::insert_leaf(tx, ctx.ids.next(), episode.id, episode.org, &leaf).await?)
}

/// The newest leaf about an episode.
///
/// # Errors
/// The database's failure.
pub async fn newest_leaf(tx: &mut Tx, episode: i64) -> Result<Option<EpisodeLeaf>, Failure> {
    Ok(store::newest_leaf(tx, episode).await?)
}
