//! What pages read around posts: states, who passed on, the author's list, cards, and which files any row names.

use std::collections::HashMap;

use db::{DbError, Tx, Value, args};
use kernel::{At, PersonId, Subject};

use super::placeholders;
use super::post::{POST, post, public};
use crate::model::{Card, Post, PostState};

fn ids_of(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(*id)).collect()
}

/// Where some posts stand.
pub(crate) async fn states(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, PostState>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!("SELECT id, state FROM community_post WHERE id IN ({})", placeholders(1, part.len()));
        for row in tx.all(&sql, ids_of(part)).await? {
            let state = PostState::parse(&row.get::<String>(1)?).unwrap_or(PostState::Removed);
            out.insert(row.get(0)?, state);
        }
    }
    Ok(out)
}

/// Those of some subjects, given by their ids, that a voice passed on without words: kind, id.
pub(crate) async fn reshared(tx: &mut Tx, author: i64, ids: &[i64]) -> Result<Vec<(String, i64)>, DbError> {
    let mut out = Vec::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT of_kind, of_id FROM community_post WHERE author_id = $1 AND state = 'public' AND kind = 'post'
               AND body = '' AND of_id IN ({})",
            placeholders(2, part.len())
        );
        let mut values = args![author];
        values.extend(ids_of(part));
        for row in tx.all(&sql, values).await? {
            out.push((row.get(0)?, row.get(1)?));
        }
    }
    Ok(out)
}

/// Public posts that pass a subject on, newest first: with words or without.
pub(crate) async fn passing(
    tx: &mut Tx,
    subject: Subject,
    with_words: bool,
    now: At,
    limit: i64,
) -> Result<Vec<Post>, DbError> {
    let words = if with_words { "p.body <> ''" } else { "p.body = ''" };
    let sql = format!(
        "SELECT {POST} FROM community_post p WHERE p.of_id = $2 AND p.of_kind = $3 AND {words} AND {}
         ORDER BY p.at DESC, p.id DESC LIMIT $4",
        public(1)
    );
    tx.all(&sql, args![now, subject.id, subject.kind.code(), limit]).await?.iter().map(post).collect()
}

/// What a voice posted and did not take away, in any other state, newest first, before a cursor.
pub(crate) async fn kept_of(
    tx: &mut Tx,
    author: i64,
    before: Option<(At, i64)>,
    limit: i64,
) -> Result<Vec<Post>, DbError> {
    let (at, id) = before.unwrap_or((At::from_micros(i64::MAX), i64::MAX));
    let sql = format!(
        "SELECT {POST} FROM community_post p WHERE p.author_id = $1 AND p.state <> 'deleted' AND (p.at, p.id) < ($2, $3)
         ORDER BY p.at DESC, p.id DESC LIMIT $4"
    );
    tx.all(&sql, args![author, at, id, limit]).await?.iter().map(post).collect()
}

/// Accounts of members who do not see a member, or whom the member does not see.
pub(crate) async fn apart(tx: &mut Tx, member: i64) -> Result<Vec<PersonId>, DbError> {
    let sql = "SELECT m.person_id FROM community_member m JOIN community_block b ON b.blocked_id = m.id
               WHERE b.member_id = $1 AND m.person_id IS NOT NULL
               UNION SELECT m.person_id FROM community_member m JOIN community_block b ON b.member_id = m.id
               WHERE b.blocked_id = $1 AND m.person_id IS NOT NULL";
    tx.all(sql, args![member]).await?.iter().map(|row| row.get(0).map(PersonId)).collect()
}

/// The address behind a link that is to be fetched, and whose post this is.
pub(crate) async fn card_asked(tx: &mut Tx, digest: &str, post: i64) -> Result<Option<(String, i64)>, DbError> {
    let sql = "SELECT url, (SELECT author_id FROM community_post WHERE id = $2)
               FROM community_card WHERE url_digest = $1 AND state = 'asked'";
    let row = tx.opt(sql, args![digest, post]).await?;
    row.map(|row| Ok((row.get(0)?, row.get::<Option<i64>>(1)?.unwrap_or(0)))).transpose()
}

/// What the page behind a link says of itself, or that it says nothing. Gives whether that was still to be known.
pub(crate) async fn card_known(tx: &mut Tx, digest: &str, card: Option<&Card>, now: At) -> Result<bool, DbError> {
    let none =
        Card { url: String::new(), title: String::new(), about: String::new(), site: String::new(), picture: None };
    let state = if card.is_some() { "ready" } else { "none" };
    let card = card.unwrap_or(&none);
    let sql = "UPDATE community_card SET state = $1, title = $2, about = $3, site = $4, picture = $5, fetched_at = $6
               WHERE url_digest = $7 AND state = 'asked'";
    let picture = card.picture.as_deref();
    Ok(tx.run(sql, args![state, &card.title, &card.about, &card.site, picture, now, digest]).await? == 1)
}

/// The posts with a link.
pub(crate) async fn posts_with_card(tx: &mut Tx, digest: &str) -> Result<Vec<Post>, DbError> {
    let sql = format!(
        "SELECT {POST} FROM community_post p JOIN community_post_link l ON l.post_id = p.id WHERE l.url_digest = $1
         ORDER BY p.id LIMIT 500"
    );
    tx.all(&sql, args![digest]).await?.iter().map(post).collect()
}

/// Every file that a row of this slice names.
const NAMED: &str = "SELECT sha256 AS blob FROM community_image UNION SELECT small_sha256 FROM community_image
   UNION SELECT picture FROM community_card WHERE picture IS NOT NULL
   UNION SELECT picture FROM community_member WHERE picture IS NOT NULL
   UNION SELECT c.sha256 FROM community_clip c JOIN community_post p ON p.id = c.post_id WHERE p.state <> 'deleted'
   UNION SELECT rendition_sha256 FROM community_clip WHERE rendition_sha256 IS NOT NULL
   UNION SELECT poster_sha256 FROM community_clip WHERE poster_sha256 IS NOT NULL";

/// Every file that a row names.
pub(crate) async fn named_blobs(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    tx.all(NAMED, args![]).await?.iter().map(|row| row.get(0)).collect()
}

/// Whether some row names a file.
pub(crate) async fn is_named(tx: &mut Tx, blob: &str) -> Result<bool, DbError> {
    let sql = "SELECT CAST(1 AS BIGINT) WHERE EXISTS (SELECT 1 FROM community_image WHERE sha256 = $1)
       OR EXISTS (SELECT 1 FROM community_image WHERE small_sha256 = $1)
       OR EXISTS (SELECT 1 FROM community_card WHERE picture IS NOT NULL AND picture = $1)
       OR EXISTS (SELECT 1 FROM community_member WHERE picture IS NOT NULL AND picture = $1)
       OR EXISTS (SELECT 1 FROM community_clip c JOIN community_post p ON p.id = c.post_id
                  WHERE c.sha256 = $1 AND p.state <> 'deleted')
       OR EXISTS (SELECT 1 FROM community_clip WHERE rendition_sha256 IS NOT NULL AND rendition_sha256 = $1)
       OR EXISTS (SELECT 1 FROM community_clip WHERE poster_sha256 IS NOT NULL AND poster_sha256 = $1)";
    Ok(tx.scalar::<i64>(sql, args![blob]).await?.is_some())
}
