//! Pages of sites, their texts, and what they were at each version.

use std::collections::BTreeMap;

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, PersonId, Scope};

use super::show::json;
use crate::model::{PageKind, PageText, PageVersion, SitePage};

const PAGE: &str =
    "p.id, p.org_id, p.show_id, p.slug, p.kind, p.state, p.was_public, p.version, p.created_at, p.updated_at";

fn page(row: &Row) -> Result<SitePage, DbError> {
    let mut c = row.cols();
    Ok(SitePage {
        id: c.take()?,
        org: OrgId(c.take()?),
        show: c.take()?,
        slug: c.take()?,
        kind: PageKind::parse(&c.take::<String>()?),
        public: c.take::<String>()? == "public",
        was_public: c.take()?,
        version: c.take()?,
        created_at: c.take()?,
        updated_at: c.take()?,
        texts: BTreeMap::new(),
    })
}

async fn pages_where(tx: &mut Tx, condition: &str, args: Vec<Value>) -> Result<Vec<SitePage>, DbError> {
    let sql = format!("SELECT {PAGE} FROM publish_page p WHERE {condition}");
    let mut pages = tx.all(&sql, args).await?.iter().map(page).collect::<Result<Vec<_>, _>>()?;
    for page in &mut pages {
        let sql = "SELECT lang, title, body_md, body_html FROM publish_page_text WHERE page_id = $1";
        for row in tx.all(sql, args![page.id]).await? {
            let text = PageText { title: row.get(1)?, body_md: row.get(2)?, body_html: row.get(3)? };
            page.texts.insert(row.get(0)?, text);
        }
    }
    pages.retain(|page| !page.texts.is_empty());
    Ok(pages)
}

/// Every page of an organisation, drafts included: the site's first, then each show's.
pub(crate) async fn pages_of(tx: &mut Tx, scope: Scope) -> Result<Vec<SitePage>, DbError> {
    let condition = "p.org_id = $1 ORDER BY COALESCE(p.show_id, 0), p.kind, p.id LIMIT 500";
    pages_where(tx, condition, args![scope.org]).await
}

/// A public page by its name in addresses.
pub(crate) async fn public_page_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<SitePage>, DbError> {
    Ok(pages_where(tx, "p.state = 'public' AND p.slug = $1", args![slug]).await?.pop())
}

/// Public pages for a foot: those of the whole site, and those of one show or (with 0) of none.
pub(crate) async fn public_pages_for(tx: &mut Tx, show: i64) -> Result<Vec<SitePage>, DbError> {
    let condition = "p.state = 'public' AND (p.show_id IS NULL OR p.show_id = $1)
                     ORDER BY CASE p.kind WHEN 'about' THEN 0 WHEN 'rules' THEN 1 ELSE 2 END, p.id LIMIT 30";
    pages_where(tx, condition, args![show]).await
}

/// Every public page, for the map of the site.
pub(crate) async fn public_pages(tx: &mut Tx) -> Result<Vec<SitePage>, DbError> {
    pages_where(tx, "p.state = 'public' ORDER BY p.id LIMIT 1000", args![]).await
}

pub(crate) async fn page_by_id(tx: &mut Tx, id: i64) -> Result<Option<SitePage>, DbError> {
    Ok(pages_where(tx, "p.id = $1", args![id]).await?.pop())
}

const fn word(public: bool) -> &'static str {
    if public { "public" } else { "draft" }
}

/// Writes a new page; `false` when its slug is taken.
pub(crate) async fn insert_page(tx: &mut Tx, page: &SitePage) -> Result<bool, DbError> {
    let sql =
        "INSERT INTO publish_page (id, org_id, show_id, slug, kind, state, was_public, version, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (slug) DO NOTHING";
    let state = word(page.public);
    let values = args![
        page.id,
        page.org,
        page.show,
        &page.slug,
        page.kind.code(),
        state,
        page.was_public,
        page.version,
        page.created_at
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    write_page_texts(tx, page).await?;
    Ok(true)
}

/// Writes what may change of a page, if it still has the version before the one it carries.
pub(crate) async fn update_page(tx: &mut Tx, page: &SitePage) -> Result<bool, DbError> {
    let sql =
        "UPDATE publish_page SET slug = $1, kind = $2, state = $3, was_public = $4, version = $5, updated_at = $6,
                 show_id = $7 WHERE id = $8 AND org_id = $9 AND version = $10";
    let values = args![
        &page.slug,
        page.kind.code(),
        word(page.public),
        page.was_public,
        page.version,
        page.updated_at,
        page.show,
        page.id,
        page.org,
        page.version - 1
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    tx.run("DELETE FROM publish_page_text WHERE page_id = $1", args![page.id]).await?;
    write_page_texts(tx, page).await?;
    Ok(true)
}

async fn write_page_texts(tx: &mut Tx, page: &SitePage) -> Result<(), DbError> {
    for (lang, text) in &page.texts {
        let sql =
            "INSERT INTO publish_page_text (page_id, lang, title, body_md, body_html) VALUES ($1, $2, $3, $4, $5)";
        tx.run(sql, args![page.id, lang, &text.title, text.body_md.clone(), &text.body_html]).await?;
    }
    Ok(())
}

/// Whether a slug belongs to a page other than `but`.
pub(crate) async fn page_slug_taken(tx: &mut Tx, slug: &str, but: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_page WHERE slug = $1 AND id <> $2";
    Ok(tx.scalar::<i64>(sql, args![slug, but]).await? != Some(0))
}

/// Adds what a page is now to its history.
pub(crate) async fn add_page_version(
    tx: &mut Tx,
    page: &SitePage,
    who: Option<PersonId>,
    now: At,
) -> Result<(), DbError> {
    let texts = serde_json::to_string(&page.texts).map_err(|e| DbError::Setup(e.to_string()))?;
    let sql = "INSERT INTO publish_page_version (page_id, version, state, texts, person_id, saved_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    tx.run(sql, args![page.id, page.version, word(page.public), texts, who.map(|p| p.0), now]).await.map(drop)
}

/// What a page was, newest first, at most 100 versions.
pub(crate) async fn page_versions(tx: &mut Tx, page: i64) -> Result<Vec<PageVersion>, DbError> {
    let sql = "SELECT version, state, texts, person_id, saved_at FROM publish_page_version WHERE page_id = $1
               ORDER BY version DESC LIMIT 100";
    let rows = tx.all(sql, args![page]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(PageVersion {
                version: c.take()?,
                public: c.take::<String>()? == "public",
                texts: json(&c.take::<String>()?),
                person: c.take::<Option<i64>>()?.map(PersonId),
                saved_at: c.take()?,
            })
        })
        .collect()
}
