//! Rows of posts with what belongs to them. [`PUBLIC`] is the condition of [`crate::rules::visible::is_public`].

use std::collections::HashMap;

use db::{DbError, Row, Rows, Tx, Value, args};
use kernel::{At, OrgId, PersonId, Subject, SubjectKind};

use super::placeholders;
use crate::model::{Before, Card, Image, PassedOn, Post, PostKind, PostState};

/// Whether a post `p` may be seen by everybody, `$n` being now.
pub(crate) fn public(now: usize) -> String {
    format!("p.state = 'public' AND p.at <= ${now}")
}

pub(super) const POST: &str =
    "p.id, p.org_id, p.author_id, p.person_id, p.kind, p.state, p.at, p.lang, p.body, p.of_kind, p.of_id,
  p.of_author, p.edited_at, p.version";

pub(super) fn post(row: &Row) -> Result<Post, DbError> {
    let mut c = row.cols();
    let (id, org, author) = (c.take()?, OrgId(c.take()?), c.take()?);
    let person = c.take::<Option<i64>>()?.map(PersonId);
    let (kind, state): (String, String) = (c.take()?, c.take()?);
    let (at, lang, body) = (c.take()?, c.take()?, c.take()?);
    let (of_kind, of_id, of_author): (Option<String>, Option<i64>, Option<i64>) = (c.take()?, c.take()?, c.take()?);
    let subject = of_kind.as_deref().and_then(SubjectKind::parse).zip(of_id).map(|(kind, id)| Subject { kind, id });
    Ok(Post {
        id,
        org,
        author,
        person,
        kind: PostKind::parse(&kind).unwrap_or(PostKind::Post),
        state: PostState::parse(&state).unwrap_or(PostState::Removed),
        at,
        lang,
        body,
        of: subject.zip(of_author).map(|(subject, author)| PassedOn { subject, author }),
        edited_at: c.take()?,
        version: c.take()?,
    })
}

pub(crate) async fn posts(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Post>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!("SELECT {POST} FROM community_post p WHERE p.id IN ({})", placeholders(1, part.len()));
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let post = post(&row)?;
            out.insert(post.id, post);
        }
    }
    Ok(out)
}

/// Those of some posts that everybody may see now.
pub(crate) async fn public_posts(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashMap<i64, Post>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let (list, public) = (placeholders(2, part.len()), public(1));
        let sql = format!("SELECT {POST} FROM community_post p WHERE {public} AND p.id IN ({list})");
        let mut values = args![now];
        values.extend(part.iter().map(|id| Value::from(*id)));
        for row in tx.all(&sql, values).await? {
            let post = post(&row)?;
            out.insert(post.id, post);
        }
    }
    Ok(out)
}

/// Writes a post, unless its voice made one for this request already. Gives whether it did. Two at once collide, and one of
/// them is run again.
pub(crate) async fn insert_post(tx: &mut Tx, p: &Post, request: Option<&str>) -> Result<bool, DbError> {
    let sql =
        "INSERT INTO community_post (id, org_id, author_id, person_id, kind, state, at, lang, body, of_kind, of_id,
                 of_author, edited_at, version, request)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
               ON CONFLICT (author_id, request) DO NOTHING";
    let values = args![
        p.id,
        p.org,
        p.author,
        p.person.map(|x| x.0),
        p.kind.code(),
        p.state.code(),
        p.at,
        &p.lang,
        &p.body,
        p.of.map(|o| o.subject.kind.code()),
        p.of.map(|o| o.subject.id),
        p.of.map(|o| o.author),
        p.edited_at,
        p.version,
        request,
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Writes a post's state, words and version if it still has the version before. Gives whether it did.
pub(crate) async fn update_post(tx: &mut Tx, p: &Post, before: i64) -> Result<bool, DbError> {
    let sql = "UPDATE community_post SET state = $1, at = $2, lang = $3, body = $4, edited_at = $5, version = $6, person_id = $7
               WHERE id = $8 AND version = $9";
    let person = p.person.map(|x| x.0);
    let values = args![p.state.code(), p.at, &p.lang, &p.body, p.edited_at, p.version, person, p.id, before];
    Ok(tx.run(sql, values).await? == 1)
}

/// The post a voice made for a request it made before.
pub(crate) async fn post_of_request(tx: &mut Tx, author: i64, request: &str) -> Result<Option<i64>, DbError> {
    let sql = "SELECT id FROM community_post WHERE author_id = $1 AND request = $2";
    tx.scalar(sql, args![author, request]).await
}

/// How much a voice posted since an instant.
pub(crate) async fn posted_since(tx: &mut Tx, author: i64, since: At) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_post WHERE author_id = $1 AND at >= $2";
    Ok(tx.scalar(sql, args![author, since]).await?.unwrap_or_default())
}

/// How often a voice edited its posts since an instant.
pub(crate) async fn edited_since(tx: &mut Tx, author: i64, since: At) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_post p JOIN community_post_before b ON b.post_id = p.id
               WHERE p.author_id = $1 AND p.edited_at >= $2 AND b.until >= $2";
    Ok(tx.scalar(sql, args![author, since]).await?.unwrap_or_default())
}

/// The bare reshare of a subject by a voice, if it is still there.
pub(crate) async fn reshare_of(tx: &mut Tx, author: i64, subject: Subject) -> Result<Option<i64>, DbError> {
    let sql = "SELECT id FROM community_post WHERE of_id = $1 AND of_kind = $2 AND author_id = $3 AND state = 'public'
                 AND kind = 'post' AND body = '' ORDER BY id LIMIT 1";
    tx.scalar(sql, args![subject.id, subject.kind.code(), author]).await
}

/// How often some subjects were passed on by posts that can be seen, quotes included.
pub(crate) async fn passed_on(
    tx: &mut Tx,
    kind: SubjectKind,
    ids: &[i64],
    now: At,
) -> Result<HashMap<i64, i64>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT p.of_id, CAST(COUNT(*) AS BIGINT) FROM community_post p
             WHERE {} AND p.of_kind = $2 AND p.of_id IN ({}) GROUP BY p.of_id",
            public(1),
            placeholders(3, part.len())
        );
        let mut values = args![now, kind.code()];
        values.extend(part.iter().map(|id| Value::from(*id)));
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(out)
}

/// Every post of a voice, whatever its state, newest first.
pub(crate) async fn every_post_of(tx: &mut Tx, author: i64) -> Result<Vec<Post>, DbError> {
    let sql = format!("SELECT {POST} FROM community_post p WHERE p.author_id = $1 ORDER BY p.at DESC, p.id DESC");
    tx.all(&sql, args![author]).await?.iter().map(post).collect()
}

/// Every post a person wrote, for whomever, newest first.
pub(crate) async fn written_by(tx: &mut Tx, person: PersonId) -> Result<Vec<Post>, DbError> {
    let sql = format!("SELECT {POST} FROM community_post p WHERE p.person_id = $1 ORDER BY p.id DESC");
    tx.all(&sql, args![person]).await?.iter().map(post).collect()
}

/// The addresses a post has cards of.
pub(crate) async fn link_urls(tx: &mut Tx, id: i64) -> Result<Vec<String>, DbError> {
    let sql = "SELECT c.url FROM community_post_link l JOIN community_card c ON c.url_digest = l.url_digest
               WHERE l.post_id = $1 ORDER BY l.place";
    tx.all(sql, args![id]).await?.iter().map(|row| row.get(0)).collect()
}

/// Takes a person's number from what they wrote for shows and organisations.
pub(crate) async fn forget_writer(tx: &mut Tx, person: PersonId) -> Result<(), DbError> {
    tx.run("UPDATE community_post SET person_id = NULL WHERE person_id = $1", args![person]).await.map(drop)
}

pub(crate) async fn replace_images(tx: &mut Tx, p: &Post, images: &[Image]) -> Result<(), DbError> {
    tx.run("DELETE FROM community_image WHERE post_id = $1", args![p.id]).await?;
    let mut rows = Rows::default();
    for (place, i) in (0_i64..).zip(images) {
        rows.push(args![p.id, place, p.org, &i.sha256, &i.small_sha256, &i.media_type, i.width, i.height, &i.alt]);
    }
    if rows.is_empty() {
        return Ok(());
    }
    let head =
        "INSERT INTO community_image (post_id, place, org_id, sha256, small_sha256, media_type, width, height, alt)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

pub(crate) async fn images(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<Image>>, DbError> {
    let mut out: HashMap<i64, Vec<Image>> = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT post_id, sha256, small_sha256, media_type, width, height, alt FROM community_image
             WHERE post_id IN ({}) ORDER BY post_id, place",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let id: i64 = c.take()?;
            let image = Image {
                sha256: c.take()?,
                small_sha256: c.take()?,
                media_type: c.take()?,
                width: c.take()?,
                height: c.take()?,
                alt: c.take()?,
            };
            out.entry(id).or_default().push(image);
        }
    }
    Ok(out)
}

/// The public post a picture belongs to, by the digest of either of its files.
pub(crate) async fn posts_with_image(tx: &mut Tx, sha256: &str) -> Result<Vec<(i64, String)>, DbError> {
    let sql = "SELECT post_id, media_type FROM community_image WHERE sha256 = $1 OR small_sha256 = $1 ORDER BY post_id";
    tx.all(sql, args![sha256]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Writes what the words of a post name, in place of what they named before.
pub(crate) async fn replace_named(
    tx: &mut Tx,
    p: &Post,
    tags: &[(String, String)],
    mentions: &[i64],
    links: &[(String, String)],
    now: At,
) -> Result<(), DbError> {
    for table in ["community_tag", "community_mention", "community_post_link"] {
        tx.run(&format!("DELETE FROM {table} WHERE post_id = $1"), args![p.id]).await?;
    }
    let (mut tag_rows, mut mention_rows, mut card_rows, mut link_rows) =
        (Rows::default(), Rows::default(), Rows::default(), Rows::default());
    tags.iter().for_each(|(tag, shown)| tag_rows.push(args![p.id, tag, shown, p.at]));
    mentions.iter().for_each(|voice| mention_rows.push(args![p.id, *voice]));
    for (place, (digest, url)) in (0_i64..).zip(links) {
        card_rows.push(args![digest, url, "asked", "", "", "", now]);
        link_rows.push(args![p.id, place, digest]);
    }
    // A page that had nothing to say, or could not be asked, is asked again when somebody names it a day later.
    let again = "ON CONFLICT (url_digest) DO UPDATE SET state = 'asked', fetched_at = excluded.fetched_at
                 WHERE community_card.state = 'none' AND community_card.fetched_at <= excluded.fetched_at - 86400000000";
    let cards = "INSERT INTO community_card (url_digest, url, state, title, about, site, fetched_at)";
    for (head, rows, tail) in [
        ("INSERT INTO community_tag (post_id, tag, shown, at)", tag_rows, ""),
        ("INSERT INTO community_mention (post_id, voice_id)", mention_rows, ""),
        (cards, card_rows, again),
        ("INSERT INTO community_post_link (post_id, place, url_digest)", link_rows, ""),
    ] {
        if !rows.is_empty() {
            tx.insert_rows(head, rows, tail).await?;
        }
    }
    Ok(())
}

/// The cards of some posts that are ready, in the order of their links.
pub(crate) async fn cards(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<Card>>, DbError> {
    let mut out: HashMap<i64, Vec<Card>> = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT l.post_id, c.url, c.title, c.about, c.site, c.picture FROM community_post_link l
             JOIN community_card c ON c.url_digest = l.url_digest
             WHERE c.state = 'ready' AND l.post_id IN ({}) ORDER BY l.post_id, l.place",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let id: i64 = c.take()?;
            let card = Card { url: c.take()?, title: c.take()?, about: c.take()?, site: c.take()?, picture: c.take()? };
            out.entry(id).or_default().push(card);
        }
    }
    Ok(out)
}

/// Keeps what a post said before an edit.
pub(crate) async fn keep_before(tx: &mut Tx, id: i64, version: i64, was: &Before) -> Result<(), DbError> {
    let sql = "INSERT INTO community_post_before (post_id, version, body, alts, captions_lang, captions, until)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let alts = serde_json::to_string(&was.alts).unwrap_or_default();
    let (lang, cues) = was.captions.as_ref().map(|(l, c)| (l.as_str(), c.as_str())).unzip();
    tx.run(sql, args![id, version, &was.body, alts, lang, cues, was.until]).await.map(drop)
}

/// What a post said before, newest first.
pub(crate) async fn before(tx: &mut Tx, id: i64) -> Result<Vec<Before>, DbError> {
    let sql = "SELECT body, alts, captions_lang, captions, until FROM community_post_before WHERE post_id = $1
               ORDER BY version DESC";
    let rows = tx.all(sql, args![id]).await?;
    let read = |row: &Row| {
        let mut c = row.cols();
        let (body, alts): (String, String) = (c.take()?, c.take()?);
        let (lang, cues): (Option<String>, Option<String>) = (c.take()?, c.take()?);
        let alts = serde_json::from_str(&alts).unwrap_or_default();
        Ok(Before { body, alts, captions: lang.map(|l| (l, cues.unwrap_or_default())), until: c.take()? })
    };
    rows.iter().map(read).collect()
}

/// Takes away the cards of some addresses that no post has any more; gives the digests of their pictures.
pub(crate) async fn drop_cards(tx: &mut Tx, digests: &[String]) -> Result<Vec<String>, DbError> {
    let mut pictures = Vec::new();
    for digest in digests {
        let alone = "url_digest = $1 AND NOT EXISTS
                       (SELECT 1 FROM community_post_link l WHERE l.url_digest = community_card.url_digest)";
        let found = tx.all(&format!("SELECT picture FROM community_card WHERE {alone}"), args![digest]).await?;
        for row in found {
            pictures.extend(row.get::<Option<String>>(0)?);
        }
        tx.run(&format!("DELETE FROM community_card WHERE {alone}"), args![digest]).await?;
    }
    Ok(pictures)
}

/// The addresses a post has cards of, by digest.
pub(crate) async fn links_of(tx: &mut Tx, id: i64) -> Result<Vec<String>, DbError> {
    let sql = "SELECT url_digest FROM community_post_link WHERE post_id = $1 ORDER BY place";
    tx.all(sql, args![id]).await?.iter().map(|row| row.get(0)).collect()
}

/// Takes away everything a post was made of but its row.
pub(crate) async fn empty_post(tx: &mut Tx, id: i64) -> Result<(), DbError> {
    for table in
        ["community_image", "community_tag", "community_mention", "community_post_link", "community_post_before"]
    {
        tx.run(&format!("DELETE FROM {table} WHERE post_id = $1"), args![id]).await?;
    }
    Ok(())
}
