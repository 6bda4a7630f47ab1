//! What a show is set to: its feed, its desk, its own site, its name in addresses. GUIDs never follow an address.

use db::{DbError, Failure, Tx};
use kernel::{Actor, At, Ctx, Kind, Refusal};

use crate::model::{Credit, DeskSettings, FeedSettings, Image, Show};
use crate::rules::host::{self, Reserved};
use crate::rules::show::{self as rules, FeedDraft, SiteDraft};
use crate::rules::{slug, theme};
use crate::service::media::image;
use crate::service::{PLACES_TOPIC, PictureFile, changed, editable_show};
use crate::store::{self, PlaceRows};

/// What a show's feeds say beyond its content, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn feed_settings(tx: &mut Tx, actor: &Actor, id: i64) -> Result<FeedSettings, Failure> {
    let found = store::show_by_id(tx, id).await?.filter(|s| actor.may_read(s.org));
    found.map(|s| s.settings.feed).ok_or_else(|| Refusal::not_found().into())
}

/// What is sent about a show's feeds: all of it, or the settings alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedSent {
    /// All.
    All(FeedDraft),
    /// The settings; the rest stays.
    Settings(FeedSettings),
}

/// Replaces what a show's feeds say beyond its content. `own` are the names of every host this server answers to: a feed
/// cannot move to one of them.
///
/// # Errors
/// Refused for non-editors and bad fields.
pub async fn set_feed(tx: &mut Tx, ctx: &Ctx, id: i64, sent: FeedSent, own: &[String]) -> Result<Show, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    let before = show.clone();
    let (draft, all) = match sent {
        FeedSent::All(draft) => (draft, true),
        FeedSent::Settings(feed) => (rules::with_settings(&show, feed), false),
    };
    let draft = rules::feed(draft, &show, own)?;
    show.locked = draft.locked;
    if all {
        show.medium = Some(draft.medium);
    }
    show.complete = draft.complete;
    show.funding = draft.funding;
    let full = |text: String| Some(text).filter(|t| !t.is_empty());
    show.settings.feed = FeedSettings {
        txt: draft.txt,
        update_frequency: Some(draft.update_frequency).filter(|f| !f.text.is_empty()),
        moved_to: full(draft.moved_to),
        owner_email: full(draft.owner_email),
        blocked: draft.blocked,
    };
    if show == before { Ok(show) } else { save(tx, ctx, show).await }
}

/// Replaces how a show is worked on. Whether the people named belong to the organisation is the caller's to check.
///
/// # Errors
/// Refused for non-editors and for more than twenty people.
pub async fn set_desk(tx: &mut Tx, ctx: &Ctx, id: i64, desk: DeskSettings) -> Result<Show, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    show.settings.desk = rules::desk(desk)?;
    save(tx, ctx, show).await
}

async fn save(tx: &mut Tx, ctx: &Ctx, show: Show) -> Result<Show, Failure> {
    store::update_show(tx, &show, ctx.now).await?;
    changed(tx, show.id).await?;
    Ok(show)
}

/// Gives a show a host name and a colour of its own, or takes them away. The name it had keeps leading to it.
///
/// # Errors
/// Refused for non-editors, bad fields, and `host-taken` when another show has the name or had it.
pub async fn set_site(tx: &mut Tx, ctx: &Ctx, id: i64, draft: SiteDraft, own: &Reserved) -> Result<Show, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    let (host, colour) = (host::check(&draft.host, own), theme::check(&draft.colour));
    let mut refusal = Refusal::invalid("check-fields");
    for bad in [host.as_ref().err(), colour.as_ref().err()].into_iter().flatten() {
        refusal.fields.extend(bad.fields.iter().cloned());
    }
    refusal.unless_clean()?;
    let (host, colour) = (host?, colour?);
    show.colour = colour;
    let before = std::mem::replace(&mut show.host, host);
    if show.host != before {
        if let Some(name) = &show.host {
            if store::address_taken(tx, "host", name, id).await? {
                return Err(host_taken(name));
            }
            store::take_address(tx, "host", name, id).await?;
        }
        if let Some(name) = &before {
            store::leave_address(tx, "host", name, id, ctx.now).await?;
        }
        tx.touch(PLACES_TOPIC).await?;
    }
    match store::update_show(tx, &show, ctx.now).await {
        Ok(()) => {}
        // Another show took the name in the very same moment.
        Err(DbError::Constraint(_)) if show.host != before => {
            return Err(host_taken(show.host.as_deref().unwrap_or_default()));
        }
        Err(error) => return Err(error.into()),
    }
    changed(tx, id).await?;
    Ok(show)
}

fn host_taken(name: &str) -> Failure {
    Refusal::new(Kind::Conflict, "host-taken").with("host", name).field("host", "host-taken").into()
}

/// Gives a show another name in addresses. The old one keeps leading to it, and nobody else may take it.
///
/// # Errors
/// Refused for non-editors, for a malformed name, and `slug-taken`.
pub async fn rename_show(tx: &mut Tx, ctx: &Ctx, id: i64, wanted: &str) -> Result<Show, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    let wanted = kernel::line(wanted);
    if !slug::is_valid(&wanted) {
        return Err(Refusal::invalid("check-fields").field("slug", "slug-malformed").into());
    }
    if wanted == show.slug {
        return Ok(show);
    }
    let taken = || {
        let refusal = Refusal::new(Kind::Conflict, "slug-taken").with("slug", wanted.as_str());
        Failure::from(refusal.field("slug", "slug-taken"))
    };
    if store::address_taken(tx, "slug", &wanted, id).await? {
        return Err(taken());
    }
    store::take_address(tx, "slug", &wanted, id).await?;
    store::leave_address(tx, "slug", &show.slug, id, ctx.now).await?;
    show.slug.clone_from(&wanted);
    match store::set_show_slug(tx, &show, ctx.now).await {
        Ok(()) => {}
        Err(DbError::Constraint(_)) => return Err(taken()),
        Err(error) => return Err(error.into()),
    }
    tx.touch(PLACES_TOPIC).await?;
    changed(tx, id).await?;
    Ok(show)
}

/// Gives a show its mark, or takes it away.
///
/// # Errors
/// Refused for non-editors.
pub async fn set_show_mark(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    file: Option<&PictureFile>,
) -> Result<Option<Image>, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    show.mark = match file {
        Some(file) => Some(image(tx, ctx, show.org, file).await?),
        None => None,
    };
    Ok(save(tx, ctx, show).await?.mark)
}

/// Where every show is at home, with the former addresses that lead there.
///
/// # Errors
/// The database's failure.
pub async fn places(tx: &mut Tx) -> Result<PlaceRows, Failure> {
    Ok(store::places(tx).await?)
}

/// A show with its credits and how many episodes are scheduled, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn show_settings(tx: &mut Tx, actor: &Actor, id: i64, now: At) -> Result<(Show, Vec<Credit>, i64), Failure> {
    let found = store::show_by_id(tx, id).await?.filter(|s| actor.may_read(s.org));
    let Some(show) = found else { return Err(Refusal::not_found().into()) };
    let credits = store::credits(tx, show.id, 0).await?;
    let coming = store::coming(tx, now).await?.into_iter().filter(|row| row.1 == show.id).count();
    Ok((show, credits, i64::try_from(coming).unwrap_or(i64::MAX)))
}
