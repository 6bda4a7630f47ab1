//! Creating and changing shows.

use db::{Failure, Tx};
use kernel::{Ctx, Kind, OrgId, Refusal};

use crate::feed::podcast_guid;
use crate::model::Show;
use crate::rules::check::{self, ShowDraft};
use crate::service::moves::move_schedules;
use crate::service::{PLACES_TOPIC, changed, editable_show, must_edit};
use crate::store;
use crate::text;

/// The podcast's GUID from its feed's address. An address of this machine is everybody's: a site that does not know
/// its public origin yet gets a random one instead, so that two of them never claim to be the same podcast.
fn own_guid(ctx: &Ctx, feed_base: &str, slug: &str) -> String {
    let host = url::Url::parse(feed_base).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    if host == "localhost" || host.parse::<std::net::IpAddr>().is_ok() {
        return super::episodes::random_guid(&ctx.rng);
    }
    podcast_guid(&format!("{feed_base}{slug}.xml"))
}

/// Creates a show of `org`. Its podcast GUID is made from the address its feed will have (`feed_base` is the
/// public address of `/feeds/`), and never changes after.
///
/// # Errors
/// Refused for non-editors, bad fields, and a slug that is taken.
pub async fn create_show(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    draft: ShowDraft,
    feed_base: &str,
) -> Result<Show, Failure> {
    must_edit(&ctx.actor, org)?;
    let draft = check::show(draft)?;
    let guid = own_guid(ctx, feed_base, &draft.slug);
    let mut show = Show::blank(ctx.ids.next(), org, draft.slug.clone(), guid, ctx.now);
    show.locked = true;
    show.medium = Some("podcast".to_owned());
    let credits = fill(&mut show, draft);
    // Also an address another show had: old pages and feeds still lead to that one.
    if store::address_taken(tx, "slug", &show.slug, show.id).await? || !store::insert_show(tx, &show, ctx.now).await? {
        let taken = Refusal::new(Kind::Conflict, "slug-taken").with("slug", show.slug.as_str());
        return Err(taken.field("slug", "slug-taken").into());
    }
    store::replace_credits(tx, show.id, 0, &credits).await?;
    tx.touch(PLACES_TOPIC).await?;
    changed(tx, show.id).await?;
    Ok(show)
}

fn fill(show: &mut Show, draft: ShowDraft) -> Vec<crate::model::Credit> {
    show.language = draft.language;
    show.time_zone = draft.time_zone;
    show.author = draft.author;
    show.copyright = Some(draft.copyright).filter(|c| !c.is_empty());
    show.categories = draft.categories;
    show.explicit = draft.explicit;
    show.kind = draft.kind;
    show.texts = draft.texts;
    for text in show.texts.values_mut() {
        text.description_html = text::imported_to_html(&text.description_html);
    }
    draft.credits
}

/// Replaces what a show says about itself. Slug and podcast GUID stay. When the zone changes, the wall clocks of scheduled
/// episodes stay and their instants move.
///
/// # Errors
/// Refused for non-editors and bad fields, and `zone-would-publish` when an episode would thereby be public at once.
pub async fn edit_show(tx: &mut Tx, ctx: &Ctx, id: i64, mut draft: ShowDraft) -> Result<Show, Failure> {
    let mut show = editable_show(tx, &ctx.actor, id).await?;
    draft.slug.clone_from(&show.slug);
    let draft = check::show(draft)?;
    let moves = draft.time_zone != show.time_zone;
    if moves {
        tx.touch(PLACES_TOPIC).await?;
    }
    let credits = fill(&mut show, draft);
    if moves {
        move_schedules(tx, ctx, &show).await?;
    }
    store::update_show(tx, &show, ctx.now).await?;
    store::replace_credits(tx, show.id, 0, &credits).await?;
    changed(tx, show.id).await?;
    Ok(show)
}

/// A show by its slug; shows are public.
///
/// # Errors
/// Not found, or the database's failure.
pub async fn find_show(tx: &mut Tx, slug: &str) -> Result<Show, Failure> {
    store::show_by_slug(tx, slug).await?.ok_or_else(|| Refusal::not_found().into())
}
