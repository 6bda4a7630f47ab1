//! Members and other voices: joining, handles, profiles, leaving. A member is a person's place in public; shows and
//! organisations become voices when somebody first follows them or they first post. Accounts are somebody else's.

use db::{Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, OrgId, PersonId, Refusal};

use crate::model::{Digest, Member, PostState, Voice, VoiceKind};
use crate::rules::handle;
use crate::{service, store};

/// The order every member begins with.
pub const FIRST_ORDER: &str = "newest/1";
/// The most characters of a name.
const LONGEST_NAME: usize = 80;
/// The most characters of what members say of themselves.
const LONGEST_ABOUT: usize = 500;

/// What pages that name others than those they are of depend on: who passes something on, whose posts stand in a list.
pub const NAMES_TOPIC: &str = "community:names";

/// A voice is shown otherwise, or no more: its own pages and all that name it are stale.
async fn named_otherwise(tx: &mut Tx, voice: i64) -> Result<(), Failure> {
    tx.touch(&voice_topic(voice)).await?;
    Ok(tx.touch(NAMES_TOPIC).await?)
}

/// What a page that shows a voice depends on.
#[must_use]
pub fn voice_topic(voice: i64) -> String {
    format!("community:voice:{voice}")
}

/// The member behind an actor.
///
/// # Errors
/// Sign-in for visitors and programs, `join-first` for people without a place in public.
pub async fn me(tx: &mut Tx, actor: &Actor) -> Result<Member, Failure> {
    let person = actor.person().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let member = store::member_of(tx, person).await?;
    Ok(member.ok_or_else(|| Refusal::new(Kind::Forbidden, "join-first"))?)
}

/// The member of a person, if they joined.
///
/// # Errors
/// The database's failure.
pub async fn member_of(tx: &mut Tx, person: PersonId) -> Result<Option<Member>, Failure> {
    Ok(store::member_of(tx, person).await?)
}

/// What somebody says who joins, or changes their profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The name shown.
    pub name: String,
    /// The handle, with or without `@`.
    pub handle: String,
    /// What they say of themselves.
    pub about: String,
    /// Their site.
    pub link: String,
}

struct Checked {
    name: String,
    handle: String,
    about: String,
    link: Option<String>,
}

fn check(profile: &Profile) -> Result<Checked, Refusal> {
    let mut refusal = Refusal::invalid("check-fields");
    let name = kernel::line(&profile.name);
    if name.is_empty() {
        refusal = refusal.field("name", "required");
    } else if name.chars().count() > LONGEST_NAME {
        refusal = refusal.field_with("name", "too-long", ("most", (LONGEST_NAME as i64).into()));
    }
    let handle = handle::check(&profile.handle).unwrap_or_else(|code| {
        refusal = refusal.clone().field("handle", code);
        String::new()
    });
    let about = kernel::paragraph(&profile.about);
    if about.chars().count() > LONGEST_ABOUT {
        refusal = refusal.field_with("about", "too-long", ("most", (LONGEST_ABOUT as i64).into()));
    }
    let link = kernel::line(&profile.link);
    let link = if link.is_empty() || link.contains("://") { link } else { format!("https://{link}") };
    let is_link = crate::rules::text::named(&link).links.first().is_some_and(|l| *l == link);
    if !link.is_empty() && (!is_link || link.chars().count() > 300) {
        refusal = refusal.field("link", "link");
    }
    refusal.unless_clean()?;
    Ok(Checked { name, handle, about, link: Some(link).filter(|l| !l.is_empty()) })
}

/// A free handle made from plain letters (`a-z0-9-`).
///
/// # Errors
/// The database's failure.
pub async fn propose_handle(tx: &mut Tx, plain: &str) -> Result<String, Failure> {
    // The proposals one would come to, were each of the ones before taken; a crowd of namesakes is asked for in turns.
    let mut taken: Vec<String> = Vec::new();
    for most in [20, 400, 8_000] {
        let mut near: Vec<String> = Vec::with_capacity(most);
        let first = handle::propose(plain, |h| {
            near.push(h.to_owned());
            near.len() < most
        });
        near.push(handle::fold(&first));
        taken = store::handles_among(tx, &near).await?;
        if taken.len() < near.len() {
            break;
        }
    }
    Ok(handle::propose(plain, |h| taken.iter().any(|n| n == h)))
}

/// Gives a person a place in public. Somebody who has one keeps it.
///
/// # Errors
/// Sign-in for visitors, the fields that are wrong, a handle that is taken.
pub async fn join(tx: &mut Tx, ctx: &Ctx, house: OrgId, profile: &Profile) -> Result<Member, Failure> {
    let person = ctx.actor.person().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    if let Some(member) = store::member_of(tx, person).await? {
        return Ok(member);
    }
    let checked = check(profile)?;
    let id = ctx.ids.next();
    let member = Member {
        id,
        org: house,
        person: Some(person),
        handle: checked.handle.clone(),
        name: checked.name,
        about: checked.about,
        link: checked.link,
        picture: None,
        joined_at: ctx.now,
        feed_order: FIRST_ORDER.to_owned(),
        // Nobody gets mail they did not ask for.
        digest: Digest::Off,
        digest_at: ctx.now,
        seen_at: ctx.now,
        version: 1,
        erased: false,
    };
    let voice = Voice {
        id,
        kind: VoiceKind::Member,
        org: house,
        handle: checked.handle,
        newest_at: At::from_micros(0),
        followers: 0,
        closed: false,
    };
    store::insert_voice(tx, &voice).await?;
    give_handle(tx, id, &member.handle, ctx.now).await?;
    store::insert_member(tx, &member).await?;
    super::search::index_member(tx, id).await?;
    tx.touch(&voice_topic(id)).await?;
    Ok(member)
}

async fn give_handle(tx: &mut Tx, voice: i64, handle: &str, now: At) -> Result<(), Failure> {
    if store::take_handle(tx, voice, handle, now).await? {
        return Ok(());
    }
    Err(Refusal::invalid("check-fields").field("handle", "handle-taken").into())
}

/// A show or an organisation as a voice; made when it is none yet. Floor 4 has seen that it is public.
///
/// # Errors
/// The database's failure.
pub async fn ensure_voice(
    tx: &mut Tx,
    kind: VoiceKind,
    id: i64,
    org: OrgId,
    plain: &str,
    now: At,
) -> Result<Voice, Failure> {
    if let Some(voice) = store::voices(tx, &[id]).await?.remove(&id) {
        return Ok(voice);
    }
    let handle = propose_handle(tx, plain).await?;
    let voice =
        Voice { id, kind, org, handle: handle.clone(), newest_at: At::from_micros(0), followers: 0, closed: false };
    store::insert_voice(tx, &voice).await?;
    give_handle(tx, id, &handle, now).await?;
    Ok(voice)
}

/// Some voices, by id.
///
/// # Errors
/// The database's failure.
pub async fn voices(tx: &mut Tx, ids: &[i64]) -> Result<std::collections::HashMap<i64, Voice>, Failure> {
    Ok(store::voices(tx, ids).await?)
}

/// Some members, by id; erased ones too.
///
/// # Errors
/// The database's failure.
pub async fn members(tx: &mut Tx, ids: &[i64]) -> Result<std::collections::HashMap<i64, Member>, Failure> {
    Ok(store::members(tx, ids).await?)
}

/// The voice with a handle, for a viewer; a former handle leads to it too (its `handle` then is another). Two of whom one
/// blocked the other do not find each other, whoever it was.
///
/// # Errors
/// Not found; the database's failure.
pub async fn voice_by_handle(tx: &mut Tx, viewer: &Actor, handle: &str) -> Result<Voice, Failure> {
    let voice = store::voice_by_handle(tx, handle).await?.filter(|v| !v.closed).ok_or_else(Refusal::not_found)?;
    if let Some(person) = viewer.person()
        && let Some(member) = store::member_of(tx, person).await?
        && store::bonds(tx, member.id, &[voice.id]).await?.get(&voice.id).is_some_and(|b| b.blocked_by || b.blocks)
    {
        return Err(Refusal::not_found().into());
    }
    Ok(voice)
}

/// The voice with a handle for what its own list offers: undoing a block finds whom it hides.
///
/// # Errors
/// Not found; the database's failure.
pub async fn voice_to_unblock(tx: &mut Tx, handle: &str) -> Result<Voice, Failure> {
    Ok(store::voice_by_handle(tx, handle).await?.filter(|v| !v.closed).ok_or_else(Refusal::not_found)?)
}

/// Changes one's own profile. A former handle stays one's own.
///
/// # Errors
/// The fields that are wrong, a handle that is taken or one too many, a profile changed meanwhile.
pub async fn set_profile(tx: &mut Tx, ctx: &Ctx, profile: &Profile, version: i64) -> Result<Member, Failure> {
    let mut member = me(tx, &ctx.actor).await?;
    let checked = check(profile)?;
    if checked.handle != member.handle {
        let had = store::handles_of(tx, member.id).await?;
        if !had.iter().any(|(handle, _)| *handle == handle::fold(&checked.handle)) {
            let since: Vec<At> = had.iter().map(|(_, since)| *since).collect();
            handle::may_take(&since, ctx.now).map_err(|code| Refusal::invalid("check-fields").field("handle", code))?;
        }
        give_handle(tx, member.id, &checked.handle, ctx.now).await?;
    }
    (member.name, member.about, member.link, member.handle) =
        (checked.name, checked.about, checked.link, checked.handle);
    keep(tx, member, version).await
}

async fn keep(tx: &mut Tx, mut member: Member, version: i64) -> Result<Member, Failure> {
    member.version = version + 1;
    if !store::update_member(tx, &member, version).await? {
        return Err(Refusal::new(Kind::Conflict, "changed-meanwhile").into());
    }
    super::search::index_member(tx, member.id).await?;
    named_otherwise(tx, member.id).await?;
    Ok(member)
}

/// Sets or takes away one's own picture, by the digest of a file that was made anew.
///
/// # Errors
/// The database's failure.
pub async fn set_picture(tx: &mut Tx, ctx: &Ctx, sha256: Option<&str>) -> Result<Member, Failure> {
    let mut member = me(tx, &ctx.actor).await?;
    member.picture = sha256.map(str::to_owned);
    let version = member.version;
    keep(tx, member, version).await
}

/// Chooses the order of one's feed, a name in [`crate::rules::order`], and how often mail comes.
///
/// # Errors
/// The database's failure.
pub async fn set_choices(
    tx: &mut Tx,
    ctx: &Ctx,
    order: Option<&str>,
    digest: Option<Digest>,
) -> Result<Member, Failure> {
    let mut member = me(tx, &ctx.actor).await?;
    if let Some(order) = order {
        member.feed_order = order.to_owned();
    }
    if let Some(digest) = digest {
        // Mail asked for anew begins now, not with what happened before.
        if member.digest == Digest::Off {
            member.digest_at = ctx.now;
        }
        member.digest = digest;
    }
    let version = member.version;
    keep(tx, member, version).await
}

/// Takes a member away: their words, pictures, follows, and their name from everywhere. What stays is a row without a person,
/// so that nobody gets their handle. Gives the digests of files that nobody may need any more.
///
/// # Errors
/// Refused for anybody but the person and the operator.
pub async fn erase_member(tx: &mut Tx, ctx: &Ctx, person: PersonId) -> Result<Vec<String>, Failure> {
    service::may_handle(ctx, person)?;
    store::forget_writer(tx, person).await?;
    let Some(member) = store::member_of(tx, person).await? else { return Ok(Vec::new()) };
    let mut files: Vec<String> = member.picture.clone().into_iter().collect();
    for mut post in store::every_post_of(tx, member.id).await? {
        files.extend(service::posts::clear(tx, &post).await?);
        let before = post.version;
        (post.state, post.person, post.version) = (PostState::Deleted, None, before + 1);
        post.body = String::new();
        store::update_post(tx, &post, before).await?;
        service::posts::changed(tx, &post).await?;
    }
    store::forget_bonds(tx, member.id).await?;
    store::forget_notifications(tx, member.id).await?;
    store::erase_member(tx, member.id, ctx.now).await?;
    store::close_voice(tx, member.id).await?;
    super::search::index_member(tx, member.id).await?;
    named_otherwise(tx, member.id).await?;
    Ok(files)
}
