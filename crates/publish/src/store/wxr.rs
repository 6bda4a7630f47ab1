//! Terms, attachments, kept comments and imported pages: set-based, because an export has a hundred thousand of them.
//! Private rows are written here, swept, and read by one function for the person's own request.

use std::collections::{BTreeMap, HashMap};

use db::{DbError, Rows, Tx, Value, args};
use kernel::{At, OrgId};

use crate::store::{CHUNK, placeholders};

/// A term of a show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TermRow {
    pub(crate) id: i64,
    pub(crate) label: String,
    pub(crate) parent: Option<String>,
    pub(crate) about: String,
}

/// The terms of a show by taxonomy and slug.
pub(crate) async fn terms_of_show(tx: &mut Tx, show: i64) -> Result<HashMap<(String, String), TermRow>, DbError> {
    let sql = "SELECT taxonomy, slug, id, label, parent_slug, about FROM publish_term WHERE show_id = $1";
    let rows = tx.all(sql, args![show]).await?;
    rows.iter()
        .map(|row| {
            let mut c = row.cols();
            let key = (c.take()?, c.take()?);
            Ok((key, TermRow { id: c.take()?, label: c.take()?, parent: c.take()?, about: c.take()? }))
        })
        .collect()
}

/// A new or changed term with its taxonomy and slug.
pub(crate) type KeyedTerm = (String, String, TermRow);

pub(crate) async fn insert_terms(tx: &mut Tx, org: OrgId, show: i64, new: &[KeyedTerm]) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for (taxonomy, slug, t) in new {
        rows.push(args![t.id, org, show, taxonomy, slug, &t.label, t.parent.clone(), &t.about]);
    }
    let head = "INSERT INTO publish_term (id, org_id, show_id, taxonomy, slug, label, parent_slug, about)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

pub(crate) async fn update_term(tx: &mut Tx, term: &TermRow) -> Result<(), DbError> {
    let sql = "UPDATE publish_term SET label = $1, parent_slug = $2, about = $3 WHERE id = $4";
    tx.run(sql, args![&term.label, term.parent.clone(), &term.about, term.id]).await.map(drop)
}

/// Gives episodes their terms, in place of those they had.
pub(crate) async fn replace_episode_terms(tx: &mut Tx, pairs: &[(i64, Vec<i64>)]) -> Result<(), DbError> {
    for chunk in pairs.chunks(CHUNK) {
        let sql = format!("DELETE FROM publish_episode_term WHERE episode_id IN ({})", placeholders(1, chunk.len()));
        tx.run(&sql, chunk.iter().map(|(id, _)| Value::from(*id)).collect()).await?;
    }
    let mut rows = Rows::default();
    for (episode, terms) in pairs {
        for term in terms {
            rows.push(args![*episode, *term]);
        }
    }
    tx.insert_rows("INSERT INTO publish_episode_term (episode_id, term_id)", rows, "ON CONFLICT DO NOTHING")
        .await
        .map(drop)
}

/// The terms of episodes, by episode: taxonomy, slug, label, in that order. The API shows them.
pub(crate) async fn terms_of(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<(String, String, String)>>, DbError> {
    let mut found: HashMap<i64, Vec<(String, String, String)>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT et.episode_id, t.taxonomy, t.slug, t.label FROM publish_episode_term et
             JOIN publish_term t ON t.id = et.term_id WHERE et.episode_id IN ({}) ORDER BY t.taxonomy, t.slug",
            placeholders(1, chunk.len())
        );
        for row in tx.all(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let episode: i64 = c.take()?;
            found.entry(episode).or_default().push((c.take()?, c.take()?, c.take()?));
        }
    }
    Ok(found)
}

/// The labels of categories and tags of a show's episodes, by episode, in the order of their names in addresses. Other
/// taxonomies are an export's own business. Feeds show them.
pub(crate) async fn tags_of_show(tx: &mut Tx, show: i64) -> Result<HashMap<i64, Vec<String>>, DbError> {
    let mut found: HashMap<i64, Vec<String>> = HashMap::new();
    let sql = "SELECT et.episode_id, t.label FROM publish_term t JOIN publish_episode_term et ON et.term_id = t.id
               WHERE t.show_id = $1 AND t.taxonomy IN ('category', 'post_tag') ORDER BY et.episode_id, t.taxonomy, t.slug";
    for row in tx.all(sql, args![show]).await? {
        let tags = found.entry(row.get(0)?).or_default();
        let label: String = row.get(1)?;
        if !tags.contains(&label) {
            tags.push(label);
        }
    }
    Ok(found)
}

/// Digests by source key, of attachments, comments or pages.
pub(crate) async fn digests(tx: &mut Tx, table: Kept, show: i64) -> Result<HashMap<String, (i64, String)>, DbError> {
    let sql = match table {
        Kept::Attachments => "SELECT source_key, id, source_digest FROM publish_attachment WHERE show_id = $1",
        Kept::Comments => "SELECT source_key, id, source_digest FROM publish_kept_comment WHERE show_id = $1",
        Kept::Pages => "SELECT source_key, page_id, source_digest FROM publish_imported_page WHERE show_id = $1",
    };
    tx.all(sql, args![show]).await?.iter().map(|r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?)))).collect()
}

/// What [`digests`] looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Attachments,
    Comments,
    Pages,
}

/// A file of a media library.
#[derive(Clone, Debug)]
pub(crate) struct AttachmentRow {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) digest: String,
    pub(crate) episode: Option<i64>,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) mime: String,
    pub(crate) alt: String,
}

pub(crate) async fn insert_attachments(
    tx: &mut Tx,
    org: OrgId,
    show: i64,
    new: &[AttachmentRow],
) -> Result<(), DbError> {
    let mut rows = Rows::default();
    for a in new {
        rows.push(args![a.id, org, show, &a.key, &a.digest, a.episode, &a.url, &a.title, &a.mime, &a.alt]);
    }
    let head = "INSERT INTO publish_attachment (id, org_id, show_id, source_key, source_digest, episode_id, url, title,
                  mime, alt)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

pub(crate) async fn update_attachment(tx: &mut Tx, a: &AttachmentRow) -> Result<(), DbError> {
    let sql =
        "UPDATE publish_attachment SET source_digest = $1, episode_id = $2, url = $3, title = $4, mime = $5, alt = $6
               WHERE id = $7";
    tx.run(sql, args![&a.digest, a.episode, &a.url, &a.title, &a.mime, &a.alt, a.id]).await.map(drop)
}

/// A comment to keep, with its private part.
#[derive(Clone)]
pub(crate) struct CommentRow {
    pub(crate) id: i64,
    pub(crate) episode: i64,
    pub(crate) key: String,
    pub(crate) parent: Option<String>,
    pub(crate) digest: String,
    pub(crate) kind: &'static str,
    pub(crate) state: &'static str,
    pub(crate) author: String,
    pub(crate) author_url: Option<String>,
    pub(crate) body_html: String,
    pub(crate) at: Option<At>,
    pub(crate) email: String,
    pub(crate) ip: String,
    pub(crate) user_agent: String,
}

pub(crate) async fn insert_comments(
    tx: &mut Tx,
    org: OrgId,
    show: i64,
    new: &[CommentRow],
    expires: At,
) -> Result<(), DbError> {
    let (mut rows, mut private) = (Rows::default(), Rows::default());
    for c in new {
        rows.push(args![
            c.id,
            org,
            show,
            c.episode,
            &c.key,
            c.parent.clone(),
            &c.digest,
            c.kind,
            c.state,
            &c.author,
            c.author_url.clone(),
            &c.body_html,
            c.at,
            false
        ]);
        if !(c.email.is_empty() && c.ip.is_empty() && c.user_agent.is_empty()) {
            private.push(args![c.id, &c.email, c.email.to_lowercase(), &c.ip, &c.user_agent, expires]);
        }
    }
    let head = "INSERT INTO publish_kept_comment (id, org_id, show_id, episode_id, source_key, parent_key, source_digest, kind,
                  state, author_name, author_url, body_html, said_at, erased)";
    tx.insert_rows(head, rows, "").await?;
    let head = "INSERT INTO publish_kept_comment_private (comment_id, email, email_folded, ip, user_agent, expires_at)";
    tx.insert_rows(head, private, "").await.map(drop)
}

/// Follows a changed export, unless the comment was erased or handed over. Its private part stays what it was. Gives whether
/// it did.
pub(crate) async fn update_comment(tx: &mut Tx, c: &CommentRow) -> Result<bool, DbError> {
    let sql =
        "UPDATE publish_kept_comment SET parent_key = $1, source_digest = $2, kind = $3, state = $4, author_name = $5,
                 author_url = $6, body_html = $7, said_at = $8, episode_id = $9 WHERE id = $10 AND erased = FALSE";
    let values = args![
        c.parent.clone(),
        &c.digest,
        c.kind,
        c.state,
        &c.author,
        c.author_url.clone(),
        &c.body_html,
        c.at,
        c.episode,
        c.id
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Kept comments of a show by state.
pub(crate) async fn comment_counts(tx: &mut Tx, show: i64) -> Result<BTreeMap<String, i64>, DbError> {
    let sql = "SELECT state, CAST(COUNT(*) AS BIGINT) FROM publish_kept_comment WHERE show_id = $1 GROUP BY state";
    tx.all(sql, args![show]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

/// A commenter's own data, for their request.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct KeptData {
    /// The comment here.
    pub id: String,
    /// The name that was given.
    pub author_name: String,
    /// The page that was given.
    pub author_url: Option<String>,
    /// The text, HTML.
    pub body_html: String,
    /// When, RFC 3339.
    pub said_at: Option<String>,
    /// The address that was given.
    pub email: String,
    /// Where it came from.
    pub ip: String,
    /// The browser it came from.
    pub user_agent: String,
    /// When the private part is deleted, RFC 3339.
    pub expires_at: String,
}

/// Every kept comment of an address, on the whole server, with its private part.
pub(crate) async fn kept_by_email(tx: &mut Tx, email_folded: &str) -> Result<Vec<KeptData>, DbError> {
    let sql =
        "SELECT c.id, c.author_name, c.author_url, c.body_html, c.said_at, p.email, p.ip, p.user_agent, p.expires_at
               FROM publish_kept_comment_private p JOIN publish_kept_comment c ON c.id = p.comment_id
               WHERE p.email_folded = $1 ORDER BY c.id LIMIT 10000";
    tx.all(sql, args![email_folded])
        .await?
        .iter()
        .map(|row| {
            let mut c = row.cols();
            Ok(KeptData {
                id: c.take::<i64>()?.to_string(),
                author_name: c.take()?,
                author_url: c.take()?,
                body_html: c.take()?,
                said_at: c.take::<Option<At>>()?.map(At::rfc3339),
                email: c.take()?,
                ip: c.take()?,
                user_agent: c.take()?,
                expires_at: c.take::<At>()?.rfc3339(),
            })
        })
        .collect()
}

/// Empties every comment of an address and deletes their private parts. The rows stay, marked, so that another import
/// of the same export does not bring them back.
pub(crate) async fn erase_by_email(tx: &mut Tx, email_folded: &str) -> Result<u64, DbError> {
    let sql = "UPDATE publish_kept_comment SET erased = TRUE, author_name = '', author_url = NULL, body_html = ''
               WHERE id IN (SELECT comment_id FROM publish_kept_comment_private WHERE email_folded = $1)";
    let done = tx.run(sql, args![email_folded]).await?;
    tx.run("DELETE FROM publish_kept_comment_private WHERE email_folded = $1", args![email_folded]).await?;
    Ok(done)
}

/// Deletes private parts that ran out.
pub(crate) async fn sweep_private(tx: &mut Tx, now: At) -> Result<u64, DbError> {
    tx.run("DELETE FROM publish_kept_comment_private WHERE expires_at <= $1", args![now]).await
}

/// How many private parts there are, how many run out before an instant, and when the first does.
pub(crate) async fn private_clock(tx: &mut Tx, before: At) -> Result<(i64, i64, Option<At>), DbError> {
    let sql =
        "SELECT CAST(COUNT(*) AS BIGINT), CAST(COUNT(CASE WHEN expires_at <= $1 THEN 1 END) AS BIGINT), MIN(expires_at)
               FROM publish_kept_comment_private";
    let Some(row) = tx.opt(sql, args![before]).await? else { return Ok((0, 0, None)) };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Notes which page a page of an export became.
pub(crate) async fn put_imported_page(
    tx: &mut Tx,
    show: i64,
    key: &str,
    page: i64,
    digest: &str,
    version: i64,
) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_imported_page (show_id, source_key, page_id, source_digest, version) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (show_id, source_key) DO UPDATE SET source_digest = excluded.source_digest, version = excluded.version";
    tx.run(sql, args![show, key, page, digest, version]).await.map(drop)
}

/// The version an import left a page at.
pub(crate) async fn imported_page_version(tx: &mut Tx, show: i64, key: &str) -> Result<Option<i64>, DbError> {
    let sql = "SELECT version FROM publish_imported_page WHERE show_id = $1 AND source_key = $2";
    tx.scalar(sql, args![show, key]).await
}
