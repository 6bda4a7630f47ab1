//! Answers what feeds ask about episodes: which are next, and which may be seen.

use community::model::{Entry, Spot};
use community::ports::{Answer, Episodes};
use db::Tx;
use kernel::{At, Subject};
use publish::service as uc;

/// The episodes of this server.
pub struct Published;

impl Episodes for Published {
    fn newest<'a>(&'a self, tx: &'a mut Tx, shows: &'a [i64], after: Spot, limit: i64) -> Answer<'a, Vec<Entry>> {
        Box::pin(async move {
            // The first spot lies just after now, so nothing after it is of the future.
            let found = uc::newest_of(tx, shows, after.0, after, limit).await?;
            let entry =
                |(at, id, show)| Entry { subject: Subject::episode(id), voice: show, at, of_author: None, of: None };
            Ok(found.into_iter().map(entry).collect())
        })
    }

    fn shows_of<'a>(&'a self, tx: &'a mut Tx, orgs: &'a [i64]) -> Answer<'a, Vec<(i64, i64)>> {
        Box::pin(async move { uc::shows_of(tx, orgs).await })
    }

    fn public<'a>(&'a self, tx: &'a mut Tx, ids: &'a [i64], now: At) -> Answer<'a, Vec<i64>> {
        Box::pin(async move { Ok(uc::public_named(tx, ids, now).await?.iter().map(|e| e.id).collect()) })
    }
}
