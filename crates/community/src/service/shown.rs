//! What pages show around posts: where they stand, who passed them on, what the viewer may do, files. Whether a post may be
//! seen is decided by `posts::seen_post` and the condition of public posts, not here.

use std::collections::{HashMap, HashSet};

use db::{Failure, Tx};
use kernel::{Actor, At, Kind, PersonId, Refusal, Role, Subject, SubjectKind};

use super::posts::{changed, public_posts, seen_post};
use crate::model::{Card, Post, PostState, VoiceKind};
use crate::rules::handle;
use crate::store;

/// How many posts the author's own list shows.
pub const PAGE_OF_OWN: usize = 20;
/// How many quotes, and names of people who passed on, a post's page shows.
const PASSED: i64 = 20;

/// Posts of an organisation in any state, for its team, by id.
///
/// # Errors
/// Not found for people outside it.
pub async fn of_org(
    tx: &mut Tx,
    actor: &Actor,
    org: kernel::OrgId,
    ids: &[i64],
) -> Result<HashMap<i64, Post>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    let mut found = store::posts(tx, ids).await?;
    found.retain(|_, post| post.org == org);
    Ok(found)
}

/// Where some posts stand, by id.
///
/// # Errors
/// The database's failure.
pub async fn states(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, PostState>, Failure> {
    Ok(store::states(tx, ids).await?)
}

/// Which of some handles, folded, are those of a voice that is there.
///
/// # Errors
/// The database's failure.
pub async fn known_handles(tx: &mut Tx, handles: &[String]) -> Result<HashSet<String>, Failure> {
    let mut folded: Vec<String> = handles.iter().map(|h| handle::fold(h)).collect();
    folded.sort();
    folded.dedup();
    let mut out = HashSet::new();
    for part in folded.chunks(300) {
        let found = store::voices_by_handles(tx, part).await?;
        out.extend(found.into_iter().filter(|(_, voice)| !voice.closed).map(|(handle, _)| handle));
    }
    Ok(out)
}

/// Which of some subjects the viewer passed on without words.
///
/// # Errors
/// The database's failure.
pub async fn reshared_by(tx: &mut Tx, viewer: &Actor, subjects: &[Subject]) -> Result<HashSet<Subject>, Failure> {
    let Some(person) = viewer.person() else { return Ok(HashSet::new()) };
    let Some(member) = store::member_of(tx, person).await? else { return Ok(HashSet::new()) };
    let ids: Vec<i64> = subjects.iter().map(|s| s.id).collect();
    let found = store::reshared(tx, member.id, &ids).await?;
    Ok(found.into_iter().filter_map(|(kind, id)| Some(Subject { kind: SubjectKind::parse(&kind)?, id })).collect())
}

/// The viewer's bare reshare of a subject, if there is one.
///
/// # Errors
/// Refused without a place in public.
pub async fn reshare_of(tx: &mut Tx, actor: &Actor, subject: Subject) -> Result<Option<i64>, Failure> {
    let member = super::members::me(tx, actor).await?;
    Ok(store::reshare_of(tx, member.id, subject).await?)
}

/// Which of some voices an actor speaks as: their own, and shows and organisations they edit.
///
/// # Errors
/// The database's failure.
pub async fn own_voices(tx: &mut Tx, actor: &Actor, voices: &[i64]) -> Result<HashSet<i64>, Failure> {
    let Some(person) = actor.person() else { return Ok(HashSet::new()) };
    let own = store::member_of(tx, person).await?.map(|m| m.id);
    let found = store::voices(tx, voices).await?;
    let speaks = |v: &&crate::model::Voice| match v.kind {
        VoiceKind::Member => Some(v.id) == own,
        VoiceKind::Show | VoiceKind::Organisation => actor.may(v.org, &[Role::Editor]),
    };
    Ok(found.values().filter(speaks).map(|v| v.id).collect())
}

/// People whose words the viewer does not see, because one of the two blocked the other.
///
/// # Errors
/// The database's failure.
pub async fn apart(tx: &mut Tx, viewer: &Actor) -> Result<HashSet<PersonId>, Failure> {
    let Some(person) = viewer.person() else { return Ok(HashSet::new()) };
    let Some(member) = store::member_of(tx, person).await? else { return Ok(HashSet::new()) };
    Ok(store::apart(tx, member.id).await?.into_iter().collect())
}

/// Who passed a subject on: the newest quotes, and the newest reshares. Nobody the viewer does not see.
///
/// # Errors
/// The database's failure.
pub async fn passed_by(
    tx: &mut Tx,
    viewer: &Actor,
    subject: Subject,
    now: At,
) -> Result<(Vec<Post>, Vec<Post>), Failure> {
    let quotes = store::passing(tx, subject, true, now, PASSED).await?;
    let reshares = store::passing(tx, subject, false, now, PASSED).await?;
    let authors: Vec<i64> = quotes.iter().chain(&reshares).map(|p| p.author).collect();
    let bonds = super::follows::bonds(tx, viewer, &authors).await?;
    let subjects: Vec<Subject> = quotes.iter().chain(&reshares).map(|p| Subject::post(p.id)).collect();
    let standings = reach::shown(tx, &subjects).await?;
    let seen = |p: &Post| {
        let apart = bonds.get(&p.author).is_some_and(|b| b.blocks || b.blocked_by || b.mutes);
        !apart && standings.pass(reach::Surface::Direct, Subject::post(p.id), now) != reach::Passage::Held
    };
    let sift = |list: Vec<Post>| list.into_iter().filter(|p| seen(p)).collect();
    Ok((sift(quotes), sift(reshares)))
}

/// A page of what a voice posted, whatever its state, for whoever speaks as it; and where the next one goes on.
///
/// # Errors
/// Refused for anybody else.
pub async fn kept_of(
    tx: &mut Tx,
    actor: &Actor,
    voice: i64,
    before: Option<(At, i64)>,
) -> Result<(Vec<Post>, Option<(At, i64)>), Failure> {
    if !own_voices(tx, actor, &[voice]).await?.contains(&voice) {
        return Err(Refusal::not_found().into());
    }
    let limit = i64::try_from(PAGE_OF_OWN + 1).unwrap_or(i64::MAX);
    let mut list = store::kept_of(tx, voice, before, limit).await?;
    let more = list.len() > PAGE_OF_OWN;
    list.truncate(PAGE_OF_OWN);
    let next = list.last().filter(|_| more).map(|p| (p.at, p.id));
    Ok((list, next))
}

/// A file of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostFile {
    /// Its digest.
    pub sha256: String,
    /// Its type.
    pub media_type: String,
    /// Whether everybody may have it.
    pub public: bool,
}

/// A picture of a post, or of a card under it, by the start of its digest, if the viewer may see the post.
///
/// # Errors
/// Not found.
pub async fn file_of(tx: &mut Tx, viewer: &Actor, id: i64, start: &str, now: At) -> Result<PostFile, Failure> {
    let post = seen_post(tx, viewer, id, now).await?;
    if start.len() < 12 {
        return Err(Refusal::not_found().into());
    }
    let public = public_posts(tx, &[id], now).await?.contains_key(&id);
    let images = store::images(tx, &[post.id]).await?.remove(&id).unwrap_or_default();
    let mut files = images.into_iter().flat_map(|i| [(i.sha256, i.media_type.clone()), (i.small_sha256, i.media_type)]);
    let found = match files.find(|(sha256, _)| sha256.starts_with(start)) {
        Some(found) => Some(found),
        None => {
            let cards = store::cards(tx, &[id]).await?.remove(&id).unwrap_or_default();
            let mut pictures = cards.into_iter().filter_map(|c| c.picture);
            let picture = pictures.find(|sha256| sha256.starts_with(start));
            picture.map(|sha256| (sha256, crate::pictures::MEDIA_TYPE.to_owned()))
        }
    };
    let (sha256, media_type) = found.ok_or_else(Refusal::not_found)?;
    Ok(PostFile { sha256, media_type, public })
}

/// The address behind a link that is still to be fetched, and the voice that posted it in a post; zero when it is gone.
///
/// # Errors
/// The database's failure.
pub async fn card_asked(tx: &mut Tx, digest: &str, post: i64) -> Result<Option<(String, i64)>, Failure> {
    Ok(store::card_asked(tx, digest, post).await?)
}

/// Keeps what the page behind a link says of itself; `None` when there is no card. Pages with the link go stale.
///
/// # Errors
/// The database's failure.
pub async fn card_known(tx: &mut Tx, digest: &str, card: Option<&Card>, now: At) -> Result<(), Failure> {
    if !store::card_known(tx, digest, card, now).await? || card.is_none() {
        return Ok(());
    }
    for post in store::posts_with_card(tx, digest).await? {
        changed(tx, &post).await?;
    }
    Ok(())
}

/// Every file that a row of this slice names.
///
/// # Errors
/// The database's failure.
pub async fn named_blobs(tx: &mut Tx) -> Result<Vec<String>, Failure> {
    Ok(store::named_blobs(tx).await?)
}

/// Whether a row of this slice names a file.
///
/// # Errors
/// The database's failure.
pub async fn is_named(tx: &mut Tx, blob: &str) -> Result<bool, Failure> {
    Ok(store::is_named(tx, blob).await?)
}

/// Where a post stands for somebody who may not see it: whether there is anything to say of it at all.
///
/// # Errors
/// Not found for what never was public.
pub async fn tombstone(tx: &mut Tx, id: i64) -> Result<PostState, Failure> {
    let state = store::states(tx, &[id]).await?.remove(&id);
    let gone = state.filter(|s| matches!(s, PostState::Deleted | PostState::Removed));
    Ok(gone.ok_or_else(|| Refusal::new(Kind::NotFound, "not-found"))?)
}
