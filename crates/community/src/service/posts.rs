//! Posting, editing, taking away. A post is a member's own, or a show's or organisation's by one of its editors. Whoever is
//! blocked is not mentioned, and cannot pass on. Reading for pages is here too: the parts of many posts, a query a kind.

use std::collections::HashMap;

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Role, Subject, SubjectKind};

use super::members::voice_topic;
use super::notify::{Happened, notify};
use crate::model::{Full, Happening, Image, Member, PassedOn, Post, PostKind, PostState, Voice, VoiceKind};
use crate::rules::post::{Draft, MOST_AN_HOUR, MOST_CARDS, MOST_VERSIONS, check};
use crate::rules::text::{Named, named};
use crate::rules::visible::is_public;
use crate::{service, store};

/// What pages that list everybody's posts depend on.
pub const POSTS_TOPIC: &str = "community:posts";
/// The handler that fetches the page behind a link.
pub const CARD_HANDLER: &str = "community.card";

/// Everything that shows a post is stale.
///
/// # Errors
/// The database's failure.
pub(crate) async fn changed(tx: &mut Tx, post: &Post) -> Result<(), Failure> {
    super::search::index_post(tx, post.id).await?;
    tx.touch(&service::topic(Subject::post(post.id))).await?;
    // The page of what is passed on names those who do.
    if let Some(of) = post.of {
        tx.touch(&service::topic(of.subject)).await?;
    }
    tx.touch(&voice_topic(post.author)).await?;
    Ok(tx.touch(POSTS_TOPIC).await?)
}

/// Who says it.
struct Speaker {
    voice: Voice,
    member: Option<Member>,
}

/// The voice an actor may speak as: their own, or a show or organisation they edit.
async fn speaker(tx: &mut Tx, actor: &Actor, voice: i64) -> Result<Speaker, Failure> {
    let found = store::voices(tx, &[voice]).await?.remove(&voice).filter(|v| !v.closed);
    let found = found.ok_or_else(Refusal::not_found)?;
    match found.kind {
        VoiceKind::Member => {
            let member = if let Actor::System(_) = actor {
                store::members(tx, &[voice]).await?.remove(&voice)
            } else {
                match actor.person() {
                    Some(person) => store::member_of(tx, person).await?.filter(|m| m.id == voice),
                    None => None,
                }
            };
            let none = || if actor.may_read(found.org) { Refusal::forbidden() } else { Refusal::not_found() };
            let member = member.ok_or_else(none)?;
            Ok(Speaker { voice: found, member: Some(member) })
        }
        VoiceKind::Show | VoiceKind::Organisation => {
            if !actor.may(found.org, &[Role::Editor]) {
                let none = if actor.may_read(found.org) { Refusal::forbidden() } else { Refusal::not_found() };
                return Err(none.into());
            }
            Ok(Speaker { voice: found, member: None })
        }
    }
}

/// What is to be passed on, as the speaker may see it: a bare reshare stands for what it passes on.
async fn passed(tx: &mut Tx, ctx: &Ctx, speaker: &Speaker, of: PassedOn) -> Result<PassedOn, Failure> {
    let of = match of.subject.kind {
        SubjectKind::Episode => of,
        SubjectKind::Post => {
            let found = store::posts(tx, &[of.subject.id]).await?.remove(&of.subject.id);
            let found = found.filter(|p| is_public(p, ctx.now)).ok_or_else(Refusal::not_found)?;
            match found.of.filter(|_| found.is_reshare()) {
                Some(inner) => inner,
                None => PassedOn { subject: Subject::post(found.id), author: found.author },
            }
        }
    };
    if let Some(member) = &speaker.member {
        let bonds = store::bonds(tx, member.id, &[of.author]).await?;
        if bonds.get(&of.author).is_some_and(|b| b.blocks || b.blocked_by) {
            return Err(Refusal::not_found().into());
        }
    }
    if of.subject.kind == SubjectKind::Post {
        let inner = store::posts(tx, &[of.subject.id]).await?.remove(&of.subject.id);
        if !inner.is_some_and(|p| is_public(&p, ctx.now)) {
            return Err(Refusal::not_found().into());
        }
    }
    let standings = reach::standings(tx, &[of.subject]).await?;
    if !standings.may_answer(of.subject, ctx.now) {
        return Err(Refusal::new(Kind::Conflict, "frozen").into());
    }
    Ok(of)
}

/// What was posted, and whether it is new: the same request twice is one post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The post.
    pub id: i64,
    /// Whether it was made by this call.
    pub new: bool,
}

/// Posts as a voice. For a clip, `kind` is [`PostKind::Clip`] and the post waits for its video in [`PostState::Preparing`].
///
/// # Errors
/// The fields that are wrong; forbidden or not found for a voice that is not the actor's; too many in an hour.
pub async fn post(tx: &mut Tx, ctx: &Ctx, voice: i64, kind: PostKind, draft: &Draft) -> Result<Posted, Failure> {
    let speaker = speaker(tx, &ctx.actor, voice).await?;
    if let Some(request) = &draft.request
        && let Some(id) = store::post_of_request(tx, voice, request).await?
    {
        return Ok(Posted { id, new: false });
    }
    let draft = check(draft, kind == PostKind::Clip)?;
    let system = matches!(ctx.actor, Actor::System(_));
    if !system && store::posted_since(tx, voice, ctx.now.plus_seconds(-3_600)).await? >= MOST_AN_HOUR {
        return Err(Refusal::new(Kind::TooMany, "too-many-posts").into());
    }
    let of = match draft.of {
        Some(of) => Some(passed(tx, ctx, &speaker, of).await?),
        None => None,
    };
    let bare = of.filter(|_| draft.body.is_empty() && draft.images.is_empty() && kind == PostKind::Post);
    if let Some(of) = bare
        && let Some(id) = store::reshare_of(tx, voice, of.subject).await?
    {
        return Ok(Posted { id, new: false });
    }
    let state = if kind == PostKind::Clip { PostState::Preparing } else { PostState::Public };
    let post = Post {
        id: ctx.ids.next(),
        org: speaker.voice.org,
        author: voice,
        person: ctx.actor.person(),
        kind,
        state,
        at: ctx.now,
        lang: draft.lang.clone(),
        body: draft.body.clone(),
        of,
        edited_at: None,
        version: 1,
    };
    if !store::insert_post(tx, &post, draft.request.as_deref()).await? {
        return Err(Refusal::new(Kind::Unavailable, "changed-meanwhile").into());
    }
    store::replace_images(tx, &post, &draft.images).await?;
    let mentioned = write_named(tx, ctx, &speaker, &post).await?;
    if post.state == PostState::Public {
        appear(tx, ctx, &speaker, &post, &mentioned).await?;
    }
    changed(tx, &post).await?;
    Ok(Posted { id: post.id, new: true })
}

/// What becoming public sets off: the voice has something new, and those who are named are told.
async fn appear(tx: &mut Tx, ctx: &Ctx, speaker: &Speaker, post: &Post, mentioned: &[Voice]) -> Result<(), Failure> {
    store::newest(tx, post.author, post.at).await?;
    let name = speaker.member.as_ref().map_or_else(|| format!("@{}", speaker.voice.handle), |m| m.name.clone());
    let happened = |kind, to| Happened {
        kind,
        member: to,
        actor: Some(post.author),
        actor_name: name.clone(),
        about: Some(Subject::post(post.id)),
        part: None,
    };
    for voice in mentioned.iter().filter(|v| v.kind == VoiceKind::Member) {
        notify(tx, ctx, happened(Happening::Mention, voice.id)).await?;
    }
    if let Some(of) = post.of {
        let author = store::voices(tx, &[of.author]).await?.remove(&of.author);
        if author.is_some_and(|v| v.kind == VoiceKind::Member && !v.closed) {
            let kind = if post.is_reshare() { Happening::Reshare } else { Happening::Quote };
            notify(tx, ctx, happened(kind, of.author)).await?;
        }
    }
    Ok(())
}

/// Writes the tags, mentions and links of a post's words, and asks for the cards; gives who is mentioned.
async fn write_named(tx: &mut Tx, ctx: &Ctx, speaker: &Speaker, post: &Post) -> Result<Vec<Voice>, Failure> {
    let Named { links, mentions, tags } = named(&post.body);
    let found = store::voices_by_handles(tx, &mentions).await?;
    let ids: Vec<i64> = found.iter().map(|(_, v)| v.id).collect();
    let bonds = match &speaker.member {
        Some(member) => store::bonds(tx, member.id, &ids).await?,
        None => HashMap::new(),
    };
    let mut mentioned: Vec<Voice> = Vec::new();
    for (_, voice) in found {
        let apart = bonds.get(&voice.id).is_some_and(|b| b.blocks || b.blocked_by);
        if !apart && !voice.closed && !mentioned.iter().any(|v| v.id == voice.id) {
            mentioned.push(voice);
        }
    }
    let ids: Vec<i64> = mentioned.iter().map(|v| v.id).collect();
    let links: Vec<(String, String)> =
        links.into_iter().take(MOST_CARDS).map(|url| (kernel::sha256_hex(url.as_bytes()), url)).collect();
    store::replace_named(tx, post, &tags, &ids, &links).await?;
    for (digest, _) in &links {
        jobs::enqueue(tx, post.org, CARD_HANDLER, digest, digest, ctx.now).await?;
    }
    Ok(mentioned)
}

/// A clip's video is there: it appears now. Gives whether it was waiting.
///
/// # Errors
/// Not found; the database's failure.
pub async fn release(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<bool, Failure> {
    let mut post = store::posts(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
    if post.state != PostState::Preparing {
        return Ok(false);
    }
    let speaker = speaker(tx, &Actor::System("release"), post.author).await?;
    let before = post.version;
    (post.state, post.at, post.version) = (PostState::Public, ctx.now, before + 1);
    if !store::update_post(tx, &post, before).await? {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    let mentioned = write_named(tx, ctx, &speaker, &post).await?;
    appear(tx, ctx, &speaker, &post, &mentioned).await?;
    changed(tx, &post).await?;
    Ok(true)
}

/// The post of an id, for whoever may change it.
async fn own(tx: &mut Tx, actor: &Actor, id: i64) -> Result<(Post, Speaker), Failure> {
    let post = store::posts(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
    if matches!(post.state, PostState::Deleted) {
        return Err(Refusal::not_found().into());
    }
    let speaker = speaker(tx, actor, post.author).await?;
    Ok((post, speaker))
}

/// A post its actor may change.
///
/// # Errors
/// Not found or forbidden.
pub(crate) async fn own_post(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Post, Failure> {
    Ok(own(tx, actor, id).await?.0)
}

/// Whether an actor may edit and delete a post.
///
/// # Errors
/// The database's failure.
pub async fn is_own(tx: &mut Tx, actor: &Actor, post: &Post) -> Result<bool, Failure> {
    match speaker(tx, actor, post.author).await {
        Ok(_) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Refused while a decision keeps a post as it is.
pub(crate) async fn not_frozen(tx: &mut Tx, id: i64, now: kernel::At) -> Result<(), Failure> {
    let subject = Subject::post(id);
    if reach::standings(tx, &[subject]).await?.has(subject, reach::Standing::Frozen, now) {
        return Err(Refusal::new(Kind::Conflict, "frozen-post").into());
    }
    Ok(())
}

/// Changes the words of one's own post and what is said of its pictures; what it said before stays to be read. `alts` are in
/// the order of the pictures.
///
/// # Errors
/// The fields that are wrong; a post changed meanwhile; a post that only passes something on.
pub async fn edit(tx: &mut Tx, ctx: &Ctx, id: i64, version: i64, body: &str, alts: &[String]) -> Result<Post, Failure> {
    let (mut post, speaker) = own(tx, &ctx.actor, id).await?;
    if post.state == PostState::Removed || post.is_reshare() {
        return Err(Refusal::new(Kind::Conflict, "not-editable").into());
    }
    not_frozen(tx, id, ctx.now).await?;
    let mut images = store::images(tx, &[id]).await?.remove(&id).unwrap_or_default();
    let before: Vec<String> = images.iter().map(|i| i.alt.clone()).collect();
    for (image, alt) in images.iter_mut().zip(alts) {
        image.alt.clone_from(alt);
    }
    let draft = Draft { body: body.to_owned(), lang: post.lang.clone(), images, of: post.of, request: None };
    let draft = check(&draft, post.kind == PostKind::Clip)?;
    if post.of.is_some() && draft.body.is_empty() && draft.images.is_empty() {
        return Err(Refusal::invalid("check-fields").field("body", "required").into());
    }
    let after: Vec<String> = draft.images.iter().map(|i| i.alt.clone()).collect();
    if draft.body == post.body && before == after {
        return Ok(post);
    }
    let system = matches!(ctx.actor, Actor::System(_));
    if !system && store::edited_since(tx, post.author, ctx.now.plus_seconds(-3_600)).await? >= MOST_AN_HOUR {
        return Err(Refusal::new(Kind::TooMany, "too-many-posts").into());
    }
    if version > MOST_VERSIONS {
        return Err(Refusal::new(Kind::Conflict, "not-editable").into());
    }
    let told = serde_json::to_string(&before).unwrap_or_default();
    let shown = post.clone();
    (post.body, post.edited_at, post.version) = (draft.body, Some(ctx.now), version + 1);
    if !store::update_post(tx, &post, version).await? {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    store::keep_before(tx, &shown, &told, ctx.now).await?;
    store::replace_images(tx, &post, &draft.images).await?;
    let mentioned = write_named(tx, ctx, &speaker, &post).await?;
    if post.state == PostState::Public {
        appear(tx, ctx, &speaker, &post, &mentioned).await?;
    }
    changed(tx, &post).await?;
    Ok(post)
}

/// Takes what a post is made of away; gives the digests of its files.
pub(crate) async fn clear(tx: &mut Tx, post: &Post) -> Result<Vec<String>, Failure> {
    let images = store::images(tx, &[post.id]).await?.remove(&post.id).unwrap_or_default();
    let links = store::links_of(tx, post.id).await?;
    store::empty_post(tx, post.id).await?;
    let pictures = store::drop_cards(tx, &links).await?;
    store::forget_about(tx, Subject::post(post.id)).await?;
    let films = store::empty_clip(tx, post.id).await?;
    Ok(images.into_iter().flat_map(|i: Image| [i.sha256, i.small_sha256]).chain(films).chain(pictures).collect())
}

/// Takes one's own post away: its words, pictures and history go, and that there was one stays. Gives the digests of files
/// that may be needed no more.
///
/// # Errors
/// Not found or forbidden; a post changed meanwhile.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Vec<String>, Failure> {
    let (mut post, _) = own(tx, &ctx.actor, id).await?;
    let files = clear(tx, &post).await?;
    let before = post.version;
    (post.state, post.body, post.version) = (PostState::Deleted, String::new(), before + 1);
    if !store::update_post(tx, &post, before).await? {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    changed(tx, &post).await?;
    Ok(files)
}

/// Takes somebody's post from the public, or gives it back, as a moderator of its organisation. Gives the post.
///
/// # Errors
/// Not found, or forbidden without the role; a post that its author took away.
pub async fn moderate(tx: &mut Tx, ctx: &Ctx, id: i64, remove: bool) -> Result<Post, Failure> {
    let mut post = store::posts(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
    service::must_moderate(&ctx.actor, post.org)?;
    let (from, to) =
        if remove { (PostState::Public, PostState::Removed) } else { (PostState::Removed, PostState::Public) };
    if post.state == to {
        return Ok(post);
    }
    if post.state != from {
        return Err(Refusal::not_found().into());
    }
    let before = post.version;
    (post.state, post.version) = (to, before + 1);
    if !store::update_post(tx, &post, before).await? {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    let member = store::members(tx, &[post.author]).await?.remove(&post.author).filter(|m| !m.erased);
    if let Some(member) = member.filter(|_| remove) {
        let part = Some(post.version);
        let about = Some(Subject::post(id));
        let kind = Happening::Removed;
        notify(tx, ctx, Happened { kind, member: member.id, actor: None, actor_name: String::new(), about, part })
            .await?;
    }
    changed(tx, &post).await?;
    Ok(post)
}

/// A post for a viewer: public ones for everybody who is not blocked; one's own, and those of an organisation for its
/// moderators, in any state but deleted.
///
/// # Errors
/// Not found; gone when a decision took it away.
pub async fn seen_post(tx: &mut Tx, viewer: &Actor, id: i64, now: kernel::At) -> Result<Post, Failure> {
    let post = store::posts(tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
    if post.state == PostState::Deleted {
        return Err(Refusal::not_found().into());
    }
    let inside = viewer.may(post.org, &[Role::Moderator]) || is_own(tx, viewer, &post).await?;
    if inside {
        return Ok(post);
    }
    if !is_public(&post, now) {
        return Err(Refusal::not_found().into());
    }
    if let Some(person) = viewer.person()
        && let Some(member) = store::member_of(tx, person).await?
    {
        let bonds = store::bonds(tx, member.id, &[post.author]).await?;
        if bonds.get(&post.author).is_some_and(|b| b.blocks || b.blocked_by) {
            return Err(Refusal::not_found().into());
        }
    }
    let standings = reach::shown(tx, &[Subject::post(id)]).await?;
    if standings.pass(reach::Surface::Direct, Subject::post(id), now) == reach::Passage::Held {
        return Err(Refusal::new(Kind::Gone, "removed-by-decision").into());
    }
    Ok(post)
}

/// Those of some posts that everybody may see now, by id.
///
/// # Errors
/// The database's failure.
pub async fn public_posts(tx: &mut Tx, ids: &[i64], now: kernel::At) -> Result<HashMap<i64, Post>, Failure> {
    Ok(store::public_posts(tx, ids, now).await?)
}

/// Posts with all their parts, in the order given.
///
/// # Errors
/// The database's failure.
pub async fn full(tx: &mut Tx, posts: Vec<Post>, now: kernel::At) -> Result<Vec<Full>, Failure> {
    let ids: Vec<i64> = posts.iter().map(|p| p.id).collect();
    let mut images = store::images(tx, &ids).await?;
    let mut cards = store::cards(tx, &ids).await?;
    let passed_on = store::passed_on(tx, SubjectKind::Post, &ids, now).await?;
    let films: Vec<i64> = posts.iter().filter(|p| p.kind == PostKind::Clip).map(|p| p.id).collect();
    let mut clips = store::clips(tx, &films).await?;
    let mut captions = store::caption_langs(tx, &films).await?;
    let whole = |post: Post| {
        let id = post.id;
        Full {
            post,
            images: images.remove(&id).unwrap_or_default(),
            cards: cards.remove(&id).unwrap_or_default(),
            clip: clips.remove(&id),
            captions: captions.remove(&id).unwrap_or_default(),
            passed_on: passed_on.get(&id).copied().unwrap_or_default(),
        }
    };
    Ok(posts.into_iter().map(whole).collect())
}

/// What a post said before it was edited, newest first: words, what was said of its pictures, until when.
///
/// # Errors
/// Not found as for [`seen_post`].
pub async fn history(
    tx: &mut Tx,
    viewer: &Actor,
    id: i64,
    now: kernel::At,
) -> Result<(Post, Vec<(String, Vec<String>, kernel::At)>), Failure> {
    let post = seen_post(tx, viewer, id, now).await?;
    let rows = store::before(tx, id).await?;
    let rows = rows
        .into_iter()
        .map(|(body, alts, until)| (body, serde_json::from_str(&alts).unwrap_or_default(), until))
        .collect();
    Ok((post, rows))
}

/// Whether a picture of a post may be given to a viewer, and of which type it is. `None` when there is no such picture.
///
/// # Errors
/// The database's failure.
pub async fn picture(
    tx: &mut Tx,
    viewer: &Actor,
    sha256: &str,
    now: kernel::At,
) -> Result<Option<(OrgId, String)>, Failure> {
    for (id, media_type) in store::posts_with_image(tx, sha256).await? {
        match seen_post(tx, viewer, id, now).await {
            Ok(post) => return Ok(Some((post.org, media_type))),
            Err(Failure::Refused(_)) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}
