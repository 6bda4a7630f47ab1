//! Reading what everybody may read. No address and no digest passes here.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{At, OrgId, Refusal, Subject};

use crate::model::{Comment, Cursor, Settings, State, Thread};
use crate::rules::thread::{Node, branch, is_open};
use crate::store;

/// How many beginnings of branches a page shows.
pub const PAGE: i64 = 20;

/// A page of a thread.
#[derive(Clone, Debug)]
pub struct Page {
    /// The counters.
    pub thread: Thread,
    /// Whether something may be said.
    pub open: bool,
    /// The rules in force.
    pub settings: Settings,
    /// Branches, the newest beginning first; answers oldest first.
    pub branches: Vec<Node>,
    /// Where older ones continue.
    pub next: Option<Cursor>,
}

/// A page of what is said about a subject. The caller has shown that everybody sees the subject.
///
/// # Errors
/// The database's failure.
pub async fn thread(
    tx: &mut Tx,
    (subject, org, since): (Subject, OrgId, At),
    after: Option<Cursor>,
    now: At,
) -> Result<Page, Failure> {
    let thread = store::threads(tx, &[subject]).await?.remove(&subject).unwrap_or_default();
    let settings = store::settings(tx, &[org]).await?.remove(&org).unwrap_or_default();
    let mut roots = store::roots(tx, subject, after, PAGE + 1).await?;
    let more = i64::try_from(roots.len()).unwrap_or(0) > PAGE;
    if more {
        roots.pop();
    }
    let next = roots.last().filter(|_| more).map(|c| Cursor { said_at: c.said_at, id: c.id });
    let ids: Vec<i64> = roots.iter().map(|c| c.id).collect();
    let mut rows: HashMap<i64, Vec<Comment>> = HashMap::new();
    for comment in store::branches(tx, &ids).await? {
        rows.entry(comment.root).or_default().push(comment);
    }
    let branches = ids.iter().filter_map(|id| branch(rows.remove(id)?)).collect();
    Ok(Page { thread, open: is_open(thread, &settings, since, now), settings, branches, next })
}

/// Visible comments of a subject, newest first.
///
/// # Errors
/// The database's failure.
pub async fn visible(
    tx: &mut Tx,
    subject: Subject,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Comment>, Failure> {
    Ok(store::visible(tx, subject, after, limit).await?)
}

/// One visible comment.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn one(tx: &mut Tx, id: i64) -> Result<Comment, Failure> {
    let found = store::by_id(tx, id).await?.filter(|c| c.state == State::Visible);
    found.ok_or_else(|| Refusal::not_found().into())
}

/// The counters of some subjects; those nothing was ever said about are missing.
///
/// # Errors
/// The database's failure.
pub async fn counts_of(tx: &mut Tx, subjects: &[Subject]) -> Result<HashMap<Subject, Thread>, Failure> {
    Ok(store::threads(tx, subjects).await?)
}

/// Visible comments said between two instants, by subject: for the figures of a month.
///
/// # Errors
/// The database's failure.
pub async fn said_between(tx: &mut Tx, org: OrgId, from: At, to: At) -> Result<Vec<(Subject, i64)>, Failure> {
    Ok(store::said_between(tx, org, from, to).await?)
}

/// Whether the counters of a subject equal its rows (c16): for `check` and for tests.
///
/// # Errors
/// The database's failure.
pub async fn counters_agree(tx: &mut Tx, subject: Subject) -> Result<bool, Failure> {
    let thread = store::threads(tx, &[subject]).await?.remove(&subject).unwrap_or_default();
    Ok(store::counted(tx, subject).await? == (thread.visible, thread.waiting))
}
