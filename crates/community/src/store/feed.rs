//! Feeds: candidates newest first after a cursor, read from the indexes of each voice, and what stands between a viewer and
//! a voice. It decides nothing. Every query takes a cursor; the first one lies just after now, so that nothing of the
//! future comes out.

use std::collections::{HashMap, HashSet};

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, Subject, SubjectKind};

use super::placeholders;
use crate::model::{Entry, Hidden, Spot, VoiceKind};

/// Columns of an entry, from `community_post p`.
pub(super) const ENTRY: &str = "p.id, p.author_id, p.at, p.of_author, p.of_kind, p.of_id,
    CAST(CASE WHEN p.kind = 'post' AND p.body = '' AND p.of_id IS NOT NULL THEN 1 ELSE 0 END AS BIGINT)";

pub(super) fn entry(row: &Row) -> Result<Entry, DbError> {
    let mut c = row.cols();
    let (id, voice, at) = (c.take()?, c.take()?, c.take()?);
    let (of_author, of_kind, of_id): (Option<i64>, Option<String>, Option<i64>) = (c.take()?, c.take()?, c.take()?);
    let bare = c.take::<i64>()? == 1;
    let of = of_kind.as_deref().and_then(SubjectKind::parse).zip(of_id).map(|(kind, id)| Subject { kind, id });
    Ok(Entry { subject: Subject::post(id), voice, at, of_author: of_author.filter(|_| bare), of: of.filter(|_| bare) })
}

/// That a followed voice is neither muted nor blocked in either direction. One of those may have written very much.
const SEEN: &str = "f.voice_id NOT IN (SELECT m.voice_id FROM community_mute m WHERE m.member_id = $1)
           AND f.voice_id NOT IN (SELECT b.blocked_id FROM community_block b WHERE b.member_id = $1)
           AND f.voice_id NOT IN (SELECT b.member_id FROM community_block b WHERE b.blocked_id = $1)";

/// The newest public post of each followed voice after the cursor, as the heads of so many sorted lists; the voices of the
/// first `limit` heads. No entry of the next `limit` comes from another voice. One probe of the index a voice finds the
/// instants; ids are asked of the first ones alone, because only there they can decide.
async fn next_voices(tx: &mut Tx, member: i64, after: Spot, limit: i64) -> Result<Vec<i64>, DbError> {
    let head = |column: &str, of: &str| {
        format!(
            "(SELECT p.{column} FROM community_post p WHERE p.author_id = {of}.voice_id AND p.state = 'public'
              AND (p.at, p.id) < ($2, $3) ORDER BY p.at DESC, p.id DESC LIMIT 1)"
        )
    };
    let sql = format!(
        "WITH head AS MATERIALIZED
           (SELECT f.voice_id, {} AS at FROM community_follow f WHERE f.member_id = $1 AND {SEEN})
         SELECT h.voice_id FROM head h WHERE h.at >= COALESCE(
           (SELECT l.at FROM head l WHERE l.at IS NOT NULL ORDER BY l.at DESC LIMIT 1 OFFSET $5),
           (SELECT MIN(l.at) FROM head l))
         ORDER BY h.at DESC, {} DESC LIMIT $4",
        head("at", "f"),
        head("id", "h")
    );
    let values = args![member, after.0, after.1, limit, limit.saturating_sub(1)];
    tx.all(&sql, values).await?.iter().map(|row| row.get(0)).collect()
}

/// Whether a member follows more than `many` voices.
pub(crate) async fn follows_more_than(tx: &mut Tx, member: i64, many: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM
                 (SELECT f.voice_id FROM community_follow f WHERE f.member_id = $1 LIMIT $2) few";
    let counted: Option<i64> = tx.scalar(sql, args![member, many.saturating_add(1)]).await?;
    Ok(counted.unwrap_or_default() > many)
}

/// Those among the newest `rows` posts of everybody that a member follows, newest first, at most `limit`. When there are
/// `limit`, they are what [`home_posts`] gives.
pub(crate) async fn followed_among_newest(
    tx: &mut Tx,
    member: i64,
    after: Spot,
    rows: i64,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let sql = format!(
        "SELECT {ENTRY} FROM (
           SELECT n.id, n.at FROM (
             SELECT q.id, q.at, q.author_id FROM community_post q WHERE q.state = 'public' AND (q.at, q.id) < ($2, $3)
             ORDER BY q.at DESC, q.id DESC LIMIT $4) n
           CROSS JOIN community_follow f WHERE f.member_id = $1 AND f.voice_id = n.author_id AND {SEEN}
           ORDER BY n.at DESC, n.id DESC LIMIT $5) next
         JOIN community_post p ON p.id = next.id ORDER BY p.at DESC, p.id DESC"
    );
    tx.all(&sql, args![member, after.0, after.1, rows, limit]).await?.iter().map(entry).collect()
}

/// The next posts of the voices a member follows, newest first, at most `limit`.
pub(crate) async fn home_posts(tx: &mut Tx, member: i64, after: Spot, limit: i64) -> Result<Vec<Entry>, DbError> {
    let voices = next_voices(tx, member, after, limit).await?;
    posts_of_voices(tx, &voices, after, limit).await
}

/// The next public posts of some voices, newest first, at most `limit`.
pub(crate) async fn posts_of_voices(
    tx: &mut Tx,
    voices: &[i64],
    after: Spot,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let mut out = Vec::new();
    for part in voices.chunks(100) {
        out.extend(posts_of_few(tx, part, after, limit).await?);
    }
    if voices.len() > 100 {
        out.sort_by_key(|e: &Entry| std::cmp::Reverse(e.spot()));
        out.truncate(usize::try_from(limit).unwrap_or(0));
    }
    Ok(out)
}

async fn posts_of_few(tx: &mut Tx, voices: &[i64], after: Spot, limit: i64) -> Result<Vec<Entry>, DbError> {
    let arm = |n: usize| {
        format!(
            "SELECT * FROM (SELECT p.id, p.at FROM community_post p WHERE p.author_id = ${} AND p.state = 'public'
              AND (p.at, p.id) < ($1, $2) ORDER BY p.at DESC, p.id DESC LIMIT $3) a{n}",
            n + 4
        )
    };
    let arms: Vec<String> = (0..voices.len()).map(arm).collect();
    let sql = format!(
        "SELECT {ENTRY} FROM (SELECT id, at FROM ({}) every ORDER BY at DESC, id DESC LIMIT $3) next
         JOIN community_post p ON p.id = next.id ORDER BY p.at DESC, p.id DESC",
        arms.join(" UNION ALL ")
    );
    let mut values = args![after.0, after.1, limit];
    values.extend(voices.iter().map(|v| Value::from(*v)));
    tx.all(&sql, values).await?.iter().map(entry).collect()
}

/// The next public posts of everybody that say something of their own, newest first.
pub(crate) async fn newest_posts(tx: &mut Tx, after: Spot, limit: i64) -> Result<Vec<Entry>, DbError> {
    let sql = format!(
        "SELECT {ENTRY} FROM community_post p WHERE p.state = 'public' AND (p.at, p.id) < ($1, $2)
         AND (p.of_id IS NULL OR p.body <> '' OR p.kind <> 'post') ORDER BY p.at DESC, p.id DESC LIMIT $3"
    );
    tx.all(&sql, args![after.0, after.1, limit]).await?.iter().map(entry).collect()
}

/// The next public posts with a tag, newest first.
pub(crate) async fn tagged_posts(tx: &mut Tx, tag: &str, after: Spot, limit: i64) -> Result<Vec<Entry>, DbError> {
    let sql = format!(
        "SELECT {ENTRY} FROM community_tag t JOIN community_post p ON p.id = t.post_id
         WHERE t.tag = $4 AND (t.at, t.post_id) < ($1, $2) AND p.state = 'public'
         ORDER BY t.at DESC, t.post_id DESC LIMIT $3"
    );
    tx.all(&sql, args![after.0, after.1, limit, tag]).await?.iter().map(entry).collect()
}

/// How a tag is written: the spelling of its newest public use.
pub(crate) async fn tag_shown(tx: &mut Tx, tag: &str, after: Spot) -> Result<Option<String>, DbError> {
    let sql = "SELECT t.shown FROM community_tag t JOIN community_post p ON p.id = t.post_id
               WHERE t.tag = $1 AND (t.at, t.post_id) < ($2, $3) AND p.state = 'public'
               ORDER BY t.at DESC, t.post_id DESC LIMIT 1";
    tx.scalar(sql, args![tag, after.0, after.1]).await
}

/// The newest `uses` uses of tags by voices a viewer may see: post, author, tag, as it is written.
pub(crate) async fn recent_tags(
    tx: &mut Tx,
    viewer: Option<i64>,
    after: Spot,
    uses: i64,
) -> Result<Vec<(i64, i64, String, String)>, DbError> {
    let sql =
        "SELECT t.post_id, p.author_id, t.tag, t.shown FROM community_tag t JOIN community_post p ON p.id = t.post_id
               WHERE (t.at, t.post_id) < ($1, $2) AND p.state = 'public'
                 AND p.author_id NOT IN (SELECT b.blocked_id FROM community_block b WHERE b.member_id = $4)
                 AND p.author_id NOT IN (SELECT b.member_id FROM community_block b WHERE b.blocked_id = $4)
               ORDER BY t.at DESC, t.post_id DESC LIMIT $3";
    let rows = tx.all(sql, args![after.0, after.1, uses, viewer.unwrap_or(0)]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).collect()
}

/// Which of these voices a viewer sees nothing of: muted, or blocked in either direction.
pub(crate) async fn hidden_among(tx: &mut Tx, viewer: i64, voices: &[i64]) -> Result<Hidden, DbError> {
    let mut out = HashSet::new();
    for part in voices.chunks(500) {
        let list = placeholders(2, part.len());
        let sql = format!(
            "SELECT voice_id FROM community_mute WHERE member_id = $1 AND voice_id IN ({list})
             UNION ALL SELECT blocked_id FROM community_block WHERE member_id = $1 AND blocked_id IN ({list})
             UNION ALL SELECT member_id FROM community_block WHERE blocked_id = $1 AND member_id IN ({list})"
        );
        let mut values = args![viewer];
        values.extend(part.iter().map(|v| Value::from(*v)));
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(0)?);
        }
    }
    Ok(Hidden(out))
}

/// Which of these posts everybody may see now.
pub(crate) async fn public_among(tx: &mut Tx, ids: &[i64], now: At) -> Result<HashSet<i64>, DbError> {
    let mut out = HashSet::new();
    for part in ids.chunks(500) {
        let list = placeholders(2, part.len());
        let sql =
            format!("SELECT p.id FROM community_post p WHERE p.state = 'public' AND p.at <= $1 AND p.id IN ({list})");
        let mut values = args![now];
        values.extend(part.iter().map(|v| Value::from(*v)));
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(0)?);
        }
    }
    Ok(out)
}

/// The shows and organisations a member follows and has not muted, each with what it is.
pub(crate) async fn followed_houses(tx: &mut Tx, member: i64) -> Result<Vec<(i64, VoiceKind)>, DbError> {
    let sql = "SELECT f.voice_id, f.kind FROM community_follow f JOIN community_voice v ON v.id = f.voice_id
               WHERE f.member_id = $1 AND f.kind <> 'member' AND NOT v.closed
               AND f.voice_id NOT IN (SELECT m.voice_id FROM community_mute m WHERE m.member_id = $1)
               ORDER BY f.kind, f.voice_id";
    let rows = tx.all(sql, args![member]).await?;
    let one = |row: &Row| Ok((row.get(0)?, VoiceKind::parse(&row.get::<String>(1)?).unwrap_or(VoiceKind::Show)));
    rows.iter().map(one).collect()
}

/// Since when a member follows some voices.
pub(crate) async fn follows_since(tx: &mut Tx, member: i64, voices: &[i64]) -> Result<HashMap<i64, At>, DbError> {
    let mut out = HashMap::new();
    for part in voices.chunks(500) {
        let list = placeholders(2, part.len());
        let sql = format!("SELECT voice_id, since FROM community_follow WHERE member_id = $1 AND voice_id IN ({list})");
        let mut values = args![member];
        values.extend(part.iter().map(|v| Value::from(*v)));
        for row in tx.all(&sql, values).await? {
            out.insert(row.get(0)?, row.get(1)?);
        }
    }
    Ok(out)
}

/// Open voices that are not in a member's follows and do not come with an organisation there, the most followed first.
pub(crate) async fn most_followed(
    tx: &mut Tx,
    kinds: &[VoiceKind],
    viewer: Option<i64>,
    limit: i64,
) -> Result<Vec<i64>, DbError> {
    let list = placeholders(3, kinds.len());
    let sql = format!(
        "SELECT v.id FROM community_voice v WHERE v.kind IN ({list}) AND NOT v.closed AND v.id <> $1
         AND v.id NOT IN (SELECT f.voice_id FROM community_follow f WHERE f.member_id = $1)
         AND NOT (v.kind = 'show' AND v.org_id IN
           (SELECT f.voice_id FROM community_follow f WHERE f.member_id = $1 AND f.kind <> 'member' AND f.kind = 'organisation'))
         ORDER BY v.followers DESC, v.id LIMIT $2"
    );
    let mut values = args![viewer.unwrap_or(0), limit];
    values.extend(kinds.iter().map(|k| Value::from(k.code())));
    tx.all(&sql, values).await?.iter().map(|row| row.get(0)).collect()
}
