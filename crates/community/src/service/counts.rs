//! Counters as a viewer may see them: the kept one without those from whom the viewer is apart, because one of the two
//! blocked the other. What everybody counts stays as it is; nothing here is for moderators.

use std::collections::{HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{Actor, At, PersonId, Subject};

use super::posts::full;
use crate::model::{Full, Post, Thread};
use crate::store;

/// The member behind a viewer, if they joined.
async fn behind(tx: &mut Tx, viewer: &Actor) -> Result<Option<i64>, Failure> {
    let Some(person) = viewer.person() else { return Ok(None) };
    Ok(store::member_of(tx, person).await?.map(|m| m.id))
}

/// How many members follow some voices, as a member sees them.
///
/// # Errors
/// The database's failure.
pub async fn followers(tx: &mut Tx, viewer: Option<i64>, voices: &[i64]) -> Result<HashMap<i64, i64>, Failure> {
    let mut out: HashMap<i64, i64> =
        store::voices(tx, voices).await?.into_values().map(|v| (v.id, v.followers)).collect();
    if let Some(viewer) = viewer {
        for (voice, apart) in store::followers_apart(tx, viewer, voices).await? {
            out.entry(voice).and_modify(|count| *count = (*count - apart).max(0));
        }
    }
    Ok(out)
}

/// How many members follow a voice, as whoever asks sees them.
///
/// # Errors
/// The database's failure.
pub async fn followers_of(tx: &mut Tx, viewer: &Actor, voice: i64) -> Result<i64, Failure> {
    let viewer = behind(tx, viewer).await?;
    Ok(followers(tx, viewer, &[voice]).await?.remove(&voice).unwrap_or_default())
}

/// How many voices a member follows, as another one sees them.
///
/// # Errors
/// The database's failure.
pub async fn following(tx: &mut Tx, viewer: Option<i64>, member: i64) -> Result<i64, Failure> {
    let all = store::count_following(tx, member).await?;
    match viewer {
        Some(viewer) => Ok((all - store::following_apart(tx, viewer, member).await?).max(0)),
        None => Ok(all),
    }
}

/// Posts with all their parts, in the order given; how often each was passed on as the viewer sees it.
///
/// # Errors
/// The database's failure.
pub async fn full_for(tx: &mut Tx, viewer: &Actor, posts: Vec<Post>, now: At) -> Result<Vec<Full>, Failure> {
    let mut out = full(tx, posts, now).await?;
    let passed: Vec<i64> = out.iter().filter(|f| f.passed_on > 0).map(|f| f.post.id).collect();
    if let (Some(viewer), false) = (behind(tx, viewer).await?, passed.is_empty()) {
        let apart = store::passed_on_apart(tx, viewer, &passed, now).await?;
        for one in &mut out {
            one.passed_on = (one.passed_on - apart.get(&one.post.id).copied().unwrap_or_default()).max(0);
        }
    }
    Ok(out)
}

/// The counters of some subjects without the comments of people the viewer does not see.
///
/// # Errors
/// The database's failure.
pub async fn comments(
    tx: &mut Tx,
    subjects: &[Subject],
    hidden: &HashSet<PersonId>,
) -> Result<HashMap<Subject, Thread>, Failure> {
    let mut out = store::threads(tx, subjects).await?;
    if !hidden.is_empty() {
        let people: Vec<PersonId> = hidden.iter().copied().collect();
        for (subject, apart) in store::visible_by(tx, &people, subjects).await? {
            out.entry(subject).and_modify(|t| t.visible = (t.visible - apart).max(0));
        }
    }
    Ok(out)
}
