//! Pages of a site: about, rules, others. A draft is its team's; a public one is everybody's. Every save keeps what was.

use std::collections::BTreeMap;

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Scope};

use crate::model::{PageText, PageVersion, Show, SitePage};
use crate::rules::pages::{self as rules, PageDraft};
use crate::service::{SITE_TOPIC, must_edit};
use crate::store;
use crate::text;

/// Creates a page of an organisation, of one of its shows or (without) of the whole site.
///
/// # Errors
/// Refused for non-editors, bad fields, a show of somebody else, and a slug that is taken.
pub async fn create(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    show: Option<i64>,
    draft: PageDraft,
) -> Result<SitePage, Failure> {
    must_edit(&ctx.actor, org)?;
    own_show(tx, org, show).await?;
    let draft = rules::check(draft)?;
    let page = SitePage {
        id: ctx.ids.next(),
        org,
        show,
        slug: draft.slug,
        kind: draft.kind,
        public: draft.public,
        was_public: draft.public,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
        texts: clean(draft.texts),
    };
    if !store::insert_page(tx, &page).await? {
        return Err(taken(&page.slug).into());
    }
    keep(tx, ctx, &page).await?;
    Ok(page)
}

/// Replaces what a page says, if it is still the version the editor saw. A page that was public keeps its address.
///
/// # Errors
/// Not found outside the organisation; refused for non-editors, bad fields, and `edit-conflict`.
pub async fn edit(
    tx: &mut Tx,
    ctx: &Ctx,
    id: i64,
    version: i64,
    show: Option<i64>,
    mut draft: PageDraft,
) -> Result<SitePage, Failure> {
    let mut page = editable_page(tx, &ctx.actor, id).await?;
    if page.version != version {
        return Err(conflict());
    }
    own_show(tx, page.org, show).await?;
    if page.was_public || draft.slug.trim().is_empty() {
        draft.slug.clone_from(&page.slug);
    }
    let draft = rules::check(draft)?;
    if store::page_slug_taken(tx, &draft.slug, id).await? {
        return Err(taken(&draft.slug).into());
    }
    page.show = show;
    page.slug = draft.slug;
    page.kind = draft.kind;
    page.public = draft.public;
    page.was_public |= draft.public;
    page.texts = clean(draft.texts);
    save(tx, ctx, page).await
}

/// Makes a page say again what it said at an older version; that is a new version. Its state stays.
///
/// # Errors
/// Not found for a version that never was; refused for non-editors and `edit-conflict`.
pub async fn restore(tx: &mut Tx, ctx: &Ctx, id: i64, version: i64, wanted: i64) -> Result<SitePage, Failure> {
    let mut page = editable_page(tx, &ctx.actor, id).await?;
    if page.version != version {
        return Err(conflict());
    }
    let old = store::page_versions(tx, id).await?.into_iter().find(|v| v.version == wanted);
    page.texts = old.map(|v| v.texts).filter(|texts| !texts.is_empty()).ok_or_else(Refusal::not_found)?;
    save(tx, ctx, page).await
}

async fn save(tx: &mut Tx, ctx: &Ctx, mut page: SitePage) -> Result<SitePage, Failure> {
    page.version += 1;
    page.updated_at = ctx.now;
    if !store::update_page(tx, &page).await? {
        return Err(conflict());
    }
    keep(tx, ctx, &page).await?;
    Ok(page)
}

/// The pages of an organisation in any state, for its team.
///
/// # Errors
/// Not found for people outside it.
pub async fn list(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<SitePage>, Failure> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found().into());
    }
    Ok(store::pages_of(tx, Scope { org }).await?)
}

/// A page in any state with its history, for its team.
///
/// # Errors
/// Not found for people outside its organisation.
pub async fn get(tx: &mut Tx, actor: &Actor, id: i64) -> Result<(SitePage, Vec<PageVersion>), Failure> {
    let found = store::page_by_id(tx, id).await?.filter(|p| actor.may_read(p.org));
    let Some(page) = found else { return Err(Refusal::not_found().into()) };
    let versions = store::page_versions(tx, id).await?;
    Ok((page, versions))
}

/// A public page, with the show it belongs to.
///
/// # Errors
/// Not found, also for a draft.
pub async fn public(tx: &mut Tx, slug: &str) -> Result<(SitePage, Option<Show>), Failure> {
    let Some(page) = store::public_page_by_slug(tx, slug).await? else { return Err(Refusal::not_found().into()) };
    let show = match page.show {
        Some(id) => store::show_by_id(tx, id).await?,
        None => None,
    };
    Ok((page, show))
}

/// The public pages a foot names: those of the whole site, and of `show` when given.
///
/// # Errors
/// The database's failure.
pub async fn foot(tx: &mut Tx, show: Option<i64>) -> Result<Vec<SitePage>, Failure> {
    Ok(store::public_pages_for(tx, show.unwrap_or(0)).await?)
}

/// Every public page.
///
/// # Errors
/// The database's failure.
pub async fn all_public(tx: &mut Tx) -> Result<Vec<SitePage>, Failure> {
    Ok(store::public_pages(tx).await?)
}

async fn editable_page(tx: &mut Tx, actor: &Actor, id: i64) -> Result<SitePage, Failure> {
    let found = store::page_by_id(tx, id).await?.filter(|p| actor.may_read(p.org));
    let Some(page) = found else { return Err(Refusal::not_found().into()) };
    must_edit(actor, page.org)?;
    Ok(page)
}

async fn own_show(tx: &mut Tx, org: OrgId, show: Option<i64>) -> Result<(), Failure> {
    let Some(id) = show else { return Ok(()) };
    let own = store::show_by_id(tx, id).await?.is_some_and(|s| s.org == org);
    if own { Ok(()) } else { Err(Refusal::invalid("check-fields").field("show", "show-unknown").into()) }
}

/// Every page of the site shows a foot with the names of pages.
async fn keep(tx: &mut Tx, ctx: &Ctx, page: &SitePage) -> Result<(), Failure> {
    store::add_page_version(tx, page, ctx.actor.person(), ctx.now).await?;
    tx.touch(SITE_TOPIC).await?;
    Ok(())
}

fn clean(mut texts: BTreeMap<String, PageText>) -> BTreeMap<String, PageText> {
    for text in texts.values_mut() {
        text.body_html = match &text.body_md {
            Some(_) => String::new(),
            None => text::sanitise_html(&text.body_html),
        };
    }
    texts
}

fn taken(slug: &str) -> Refusal {
    Refusal::new(Kind::Conflict, "slug-taken").with("slug", slug).field("slug", "slug-taken")
}

fn conflict() -> Failure {
    Refusal::new(Kind::Conflict, "edit-conflict").into()
}
