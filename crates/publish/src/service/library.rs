//! The media of an organisation: pictures with where they are used, sounds, and the removal of what nobody uses. A picture's
//! row goes at once; its files are marked, looked at again a day later, and removed only if still no row names them.

use db::{DbError, Failure, Tx};
use kernel::{Actor, Arg, At, Ctx, Kind, OrgId, Refusal, Scope, line};

use crate::service::must_edit;
use crate::store::{self, Picture, Sound, Totals};

/// How many pictures or sounds a page shows.
const PAGE: i64 = 24;
/// How long a marked file waits, in seconds. Longer than any upload takes between its bytes and its row.
const WAIT: i64 = 86_400;

/// A page of pictures or sounds.
#[derive(Clone, Debug)]
pub struct LibraryPage<T> {
    /// What it shows, newest first.
    pub rows: Vec<T>,
    /// Where the next page continues.
    pub next: Option<i64>,
    /// How much the organisation keeps.
    pub totals: Totals,
}

fn must_read(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if actor.may_read(org) { Ok(()) } else { Err(Refusal::not_found()) }
}

fn page<T>(mut rows: Vec<T>, totals: Totals, id: impl Fn(&T) -> i64) -> LibraryPage<T> {
    let more = i64::try_from(rows.len()).unwrap_or(0) > PAGE;
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(id);
    LibraryPage { rows, next, totals }
}

/// The pictures of an organisation.
///
/// # Errors
/// Not found for people outside it.
pub async fn pictures(
    tx: &mut Tx,
    actor: &Actor,
    org: OrgId,
    before: Option<i64>,
) -> Result<LibraryPage<Picture>, Failure> {
    must_read(actor, org)?;
    let scope = Scope { org };
    let rows = store::pictures(tx, scope, before.unwrap_or(i64::MAX), PAGE + 1).await?;
    Ok(page(rows, store::totals(tx, scope).await?, |p| p.image.id))
}

/// The sounds an organisation keeps here.
///
/// # Errors
/// Not found for people outside it.
pub async fn sounds(
    tx: &mut Tx,
    actor: &Actor,
    org: OrgId,
    before: Option<i64>,
) -> Result<LibraryPage<Sound>, Failure> {
    must_read(actor, org)?;
    let scope = Scope { org };
    let rows = store::sounds(tx, scope, before.unwrap_or(i64::MAX), PAGE + 1).await?;
    Ok(page(rows, store::totals(tx, scope).await?, |s| s.episode))
}

async fn own_image(tx: &mut Tx, actor: &Actor, id: i64) -> Result<OrgId, Failure> {
    let Some(org) = store::org_of_image(tx, id).await? else { return Err(Refusal::not_found().into()) };
    must_read(actor, org)?;
    must_edit(actor, org)?;
    Ok(org)
}

/// Says what a picture shows.
///
/// # Errors
/// Not found outside the organisation; refused for non-editors and for more than 300 characters.
pub async fn describe_picture(tx: &mut Tx, ctx: &Ctx, id: i64, alt_fr: &str, alt_en: &str) -> Result<(), Failure> {
    own_image(tx, &ctx.actor, id).await?;
    let (alt_fr, alt_en) = (line(alt_fr), line(alt_en));
    for (name, text) in [("alt_fr", &alt_fr), ("alt_en", &alt_en)] {
        if text.chars().count() > 300 {
            return Err(Refusal::invalid("check-fields").field_with(name, "too-long", ("most", Arg::Int(300))).into());
        }
    }
    store::set_image_alt(tx, id, &alt_fr, &alt_en).await?;
    Ok(())
}

/// Removes a picture nobody uses; its files follow a day later.
///
/// # Errors
/// Not found outside the organisation; refused for non-editors, and `image-used` while something shows it.
pub async fn remove_picture(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<(), Failure> {
    let org = own_image(tx, &ctx.actor, id).await?;
    let used = || Failure::from(Refusal::new(Kind::Conflict, "image-used"));
    if !store::uses(tx, &[id]).await?.is_empty() {
        return Err(used());
    }
    let Some(image) = store::image_by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    match store::delete_image(tx, id).await {
        Ok(()) => {}
        // A table of another family of use cases holds on to it.
        Err(DbError::Constraint(_)) => return Err(used()),
        Err(error) => return Err(error.into()),
    }
    for blob in [&image.blob, &image.small_blob, &image.card_blob] {
        store::mark_waste(tx, org, blob, ctx.now).await?;
    }
    Ok(())
}

/// To be called before bytes are put into the store for a row that will name them: they are not removed from now on for
/// a day. Files no picture ever had are not touched by this.
///
/// # Errors
/// `not-available` in the moment one of them is being removed; the next try finds it gone and stores it again.
pub async fn keep_blobs(tx: &mut Tx, blobs: &[String]) -> Result<(), Failure> {
    if store::keep_blobs(tx, blobs).await? {
        return Err(Refusal::new(Kind::Unavailable, "not-available").into());
    }
    Ok(())
}

/// Marks files nobody may name any more, whichever slice they were of: they are looked at again after a day.
///
/// # Errors
/// The database's failure.
pub async fn let_go(tx: &mut Tx, org: OrgId, blobs: &[String], now: At) -> Result<(), Failure> {
    for blob in blobs {
        store::mark_waste(tx, org, blob, now).await?;
    }
    Ok(())
}

/// Files to remove from the store now: marked a day ago, and no row names them. They are noted as being removed; call
/// [`waste_removed`] for each when it is gone.
///
/// # Errors
/// The database's failure.
pub async fn waste_due(tx: &mut Tx, now: At) -> Result<Vec<String>, Failure> {
    let mut due = Vec::new();
    for blob in store::waste_due(tx, now.plus_seconds(-WAIT)).await? {
        if store::is_named(tx, &blob).await? {
            store::forget_waste(tx, &blob).await?;
        } else {
            store::set_removing(tx, &blob).await?;
            due.push(blob);
        }
    }
    Ok(due)
}

/// A file is gone from the store.
///
/// # Errors
/// The database's failure.
pub async fn waste_removed(tx: &mut Tx, blob: &str) -> Result<(), Failure> {
    store::forget_waste(tx, blob).await?;
    Ok(())
}
