//! Comments that come from elsewhere, with their threads, states and dates, and what was decided about their writers there.
//! Each is known by its source: bringing it again adds nothing, and what was decided here stays. No rule judges them again.

use std::collections::{BTreeMap, HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{At, Ctx, Kind, OrgId, Refusal, Role, Subject};

use super::topic;
use crate::model::{Author, Comment, State};
use crate::rules::form::{MOST_NAME, clean_body, clean_name, site};
use crate::rules::{spam, thread};
use crate::seal::Sealer;
use crate::store::{self, Private, Written};

/// A comment from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Its name there: unique in the organisation.
    pub source: String,
    /// The name of the comment it answers.
    pub parent: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// Where it stood.
    pub state: State,
    /// The name its writer gave.
    pub name: String,
    /// The site its writer gave.
    pub url: Option<String>,
    /// Plain text.
    pub body: String,
    /// When it was said.
    pub at: Option<At>,
    /// Its writer's address, and until when it may be kept.
    pub private: Option<(String, At)>,
    /// Whether only its place in the thread is left.
    pub erased: bool,
}

/// In an order in which each comes after the one it answers; then by date. Whoever answers nothing that is there, or itself,
/// begins a branch.
fn ordered(all: Vec<Brought>, there: &HashMap<String, Comment>) -> Vec<Brought> {
    let mut seen = HashSet::new();
    let mut left: Vec<Brought> =
        all.into_iter().filter(|b| !there.contains_key(&b.source) && seen.insert(b.source.clone())).collect();
    left.sort_by(|a, b| (a.at, &a.source).cmp(&(b.at, &b.source)));
    let named: HashSet<String> = left.iter().map(|b| b.source.clone()).collect();
    let mut answers: HashMap<String, Vec<Brought>> = HashMap::new();
    let mut ready = Vec::new();
    for one in left {
        match one.parent.clone().filter(|p| named.contains(p)) {
            Some(parent) => answers.entry(parent).or_default().push(one),
            None => ready.push(one),
        }
    }
    let mut out: Vec<Brought> = Vec::new();
    ready.reverse();
    loop {
        while let Some(one) = ready.pop() {
            let mut next = answers.remove(&one.source).unwrap_or_default();
            next.reverse();
            ready.extend(next);
            out.push(one);
        }
        // What is left answers itself in a circle: the first of it begins a branch.
        let Some(first) = answers.keys().min().cloned() else { return out };
        ready.extend(answers.remove(&first).unwrap_or_default().into_iter().map(|b| Brought { parent: None, ..b }));
    }
}

fn made(ctx: &Ctx, org: OrgId, brought: &Brought, parent: Option<&Comment>) -> Comment {
    let id = ctx.ids.next();
    // An answer about something else begins a branch of its own.
    let parent = parent.filter(|p| p.subject == brought.subject);
    let (root, depth) = thread::place(parent, id);
    let name: String = clean_name(&brought.name).chars().take(MOST_NAME).collect();
    let shown = |text: String| if brought.erased { String::new() } else { text };
    Comment {
        id,
        org,
        subject: brought.subject,
        parent: parent.map(|p| p.id),
        root,
        depth,
        state: if brought.erased { State::Deleted } else { brought.state },
        author: Author::Guest,
        name: shown(if name.contains('@') { String::new() } else { name }),
        url: brought.url.as_deref().and_then(site).filter(|_| !brought.erased),
        body: shown(clean_body(&brought.body)),
        said_at: brought.at.or(parent.map(|p| p.said_at)).unwrap_or(ctx.now),
        edited_at: None,
        version: 1,
        reasons: Vec::new(),
        erased: brought.erased,
        link_epoch: 1,
    }
}

fn may_bring(ctx: &Ctx, org: OrgId) -> Result<(), Refusal> {
    if ctx.actor.may(org, &[Role::Editor, Role::Moderator]) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// Takes comments from elsewhere; gives how many were new. Whoever had one approved there is known here.
///
/// # Errors
/// Refused for whoever may not bring an archive into the organisation.
pub async fn adopt(tx: &mut Tx, ctx: &Ctx, sealer: &Sealer, org: OrgId, all: Vec<Brought>) -> Result<usize, Failure> {
    may_bring(ctx, org)?;
    if all.is_empty() {
        return Ok(0);
    }
    let subjects: BTreeMap<Subject, OrgId> = all.iter().map(|b| (b.subject, org)).collect();
    store::lock_threads(tx, &subjects.into_iter().collect::<Vec<_>>()).await?;
    let names: Vec<String> = all.iter().map(|b| b.source.clone()).collect();
    let mut there: HashMap<String, Comment> = store::by_sources(tx, org, &names).await?;
    let new = ordered(all, &there);
    let (mut comments, mut privates, mut known) = (Vec::new(), Vec::new(), HashSet::new());
    let mut changes: BTreeMap<Subject, (OrgId, i64, i64)> = BTreeMap::new();
    for brought in &new {
        let comment = made(ctx, org, brought, brought.parent.as_ref().and_then(|p| there.get(p)));
        let change = changes.entry(comment.subject).or_insert((org, 0, 0));
        change.1 += i64::from(comment.state == State::Visible);
        change.2 += i64::from(comment.state == State::Held);
        if let Some((email, until)) = brought.private.as_ref().filter(|_| !brought.erased) {
            let private = private_of(sealer, &comment, email, *until);
            if comment.state == State::Visible {
                known.insert(private.email.clone());
            }
            privates.push(private);
        }
        there.insert(brought.source.clone(), comment.clone());
        comments.push((comment, brought.source.as_str()));
    }
    let digests: Vec<String> =
        comments.iter().map(|(c, _)| kernel::sha256_hex(spam::fold(&c.body).as_bytes())).collect();
    let rows: Vec<Written<'_>> = comments
        .iter()
        .zip(&digests)
        .map(|((comment, source), digest)| Written { comment, digest, source: Some(source) })
        .collect();
    store::insert_comments(tx, &rows).await?;
    store::insert_private(tx, &privates).await?;
    store::make_all_known(tx, org, known, ctx.now).await?;
    let all: Vec<_> = changes.iter().map(|(s, (o, v, w))| (*s, *o, *v, *w)).collect();
    store::add_to_threads(tx, &all).await?;
    for subject in changes.keys() {
        tx.touch(&topic(*subject)).await?;
    }
    Ok(comments.len())
}

fn private_of(sealer: &Sealer, comment: &Comment, email: &str, until: At) -> Private {
    Private {
        comment: comment.id,
        org: comment.org,
        sealed: sealer.seal_email(comment.id, email),
        email: sealer.email_digest(email),
        network: None,
        said_at: comment.said_at,
        expires_at: until,
    }
}

/// Takes away everything that was brought about some subjects, which are about to go themselves.
///
/// # Errors
/// Refused for whoever may not bring; `undo-too-late` when something was said here, or what was brought was changed here.
pub async fn take_back(tx: &mut Tx, ctx: &Ctx, org: OrgId, subjects: &[Subject]) -> Result<(), Failure> {
    may_bring(ctx, org)?;
    let wanted: BTreeMap<Subject, OrgId> = subjects.iter().map(|s| (*s, org)).collect();
    store::lock_threads(tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
    if store::lived_here(tx, subjects).await? {
        return Err(Refusal::new(Kind::Conflict, "undo-too-late").into());
    }
    store::delete_threads(tx, subjects).await?;
    for subject in subjects {
        tx.touch(&topic(*subject)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brought(n: usize, parent: Option<usize>) -> Brought {
        Brought {
            source: format!("s{n}"),
            parent: parent.map(|p| format!("s{p}")),
            subject: Subject::episode(1),
            state: State::Visible,
            name: "N".to_owned(),
            url: None,
            body: "b".to_owned(),
            at: Some(At::from_micros(0)),
            private: None,
            erased: false,
        }
    }

    proptest! {
        #[test]
        fn c16_whatever_answers_what_each_comes_once_and_after_its_parent(
            parents in prop::collection::vec(prop::option::of(0_usize..25), 0..20)
        ) {
            let all: Vec<Brought> = parents.iter().enumerate().map(|(n, p)| brought(n, *p)).collect();
            let out = ordered([all.clone(), all.clone()].concat(), &HashMap::new());
            prop_assert_eq!(out.len(), all.len());
            let place: HashMap<&str, usize> = out.iter().enumerate().map(|(n, b)| (b.source.as_str(), n)).collect();
            prop_assert_eq!(place.len(), all.len());
            for (n, one) in out.iter().enumerate() {
                let parent = one.parent.as_deref().and_then(|p| place.get(p));
                prop_assert!(parent.is_none_or(|p| *p < n), "{:?}", out);
            }
        }
    }
}
