//! Episodes as what something is about: for pages that show comments or figures beside titles. They take ids and give
//! titles; what is said about an episode is not known here.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, OrgId, Refusal, Scope};

use crate::model::{Episode, Show};
use crate::store;

/// Episodes of an organisation with their shows, in any state, for its team; what is elsewhere is missing.
///
/// # Errors
/// Not found for people outside it.
pub async fn titles(
    tx: &mut Tx,
    actor: &Actor,
    org: OrgId,
    ids: &[i64],
) -> Result<HashMap<i64, (Show, Episode)>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    let shows: HashMap<i64, Show> =
        store::shows_of(tx, Scope { org }).await?.into_iter().map(|show| (show.id, show)).collect();
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let episodes = store::episodes_named(tx, Scope { org }, &ids).await?;
    Ok(episodes.into_iter().filter_map(|e| Some((e.id, (shows.get(&e.show)?.clone(), e)))).collect())
}

/// The ids of a show's episodes, newest first, at most 2,000, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn episodes_of_show(tx: &mut Tx, actor: &Actor, show: i64) -> Result<Vec<i64>, Failure> {
    let found = store::show_by_id(tx, show).await?.filter(|s| actor.may_read(s.org));
    let Some(show) = found else { return Err(Refusal::not_found().into()) };
    Ok(store::ids_of_show(tx, show.id).await?)
}
