//! Clips: videos, drafts that wait for one, captions. Which posts anybody may see is the condition of posts.

use std::collections::HashMap;

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, PersonId};

use super::placeholders;
use super::post::{POST, post, public};
use crate::model::{Clip, ClipDraft, Made, Original, Post, Rendition};

const CLIP: &str =
    "post_id, sha256, media_type, bytes, duration_ms, width, height, title, has_sound, rendition, rendition_sha256,
    rendition_bytes, rendition_width, rendition_height, poster_sha256, problem, from_episode, from_ms, to_ms";

fn from(episode: Option<i64>, start: Option<i64>, end: Option<i64>) -> Option<(i64, i64, i64)> {
    Some((episode?, start?, end?))
}

fn clip(row: &Row) -> Result<Clip, DbError> {
    let mut c = row.cols();
    Ok(Clip {
        post: c.take()?,
        sha256: c.take()?,
        media_type: c.take()?,
        bytes: c.take()?,
        duration_ms: c.take()?,
        width: c.take()?,
        height: c.take()?,
        title: c.take()?,
        has_sound: c.take()?,
        rendition: Rendition::parse(&c.take::<String>()?).unwrap_or(Rendition::None),
        made: made(c.take()?, c.take()?, c.take()?, c.take()?),
        poster: c.take()?,
        problem: c.take()?,
        from: from(c.take()?, c.take()?, c.take()?),
    })
}

fn made(sha256: Option<String>, bytes: Option<i64>, width: Option<i64>, height: Option<i64>) -> Option<Made> {
    Some(Made { sha256: sha256?, bytes: bytes?, width: width?, height: height? })
}

/// The videos of some posts.
pub(crate) async fn clips(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Clip>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!("SELECT {CLIP} FROM community_clip WHERE post_id IN ({})", placeholders(1, part.len()));
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let found = clip(&row)?;
            out.insert(found.post, found);
        }
    }
    Ok(out)
}

pub(crate) async fn clip_of(tx: &mut Tx, post: i64) -> Result<Option<Clip>, DbError> {
    Ok(clips(tx, &[post]).await?.remove(&post))
}

/// The languages some posts have captions in.
pub(crate) async fn caption_langs(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, DbError> {
    let mut out: HashMap<i64, Vec<String>> = HashMap::new();
    for part in ids.chunks(500) {
        let list = placeholders(1, part.len());
        let sql =
            format!("SELECT post_id, lang FROM community_caption WHERE post_id IN ({list}) ORDER BY post_id, lang");
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            out.entry(row.get(0)?).or_default().push(row.get(1)?);
        }
    }
    Ok(out)
}

/// The next public clips after a cursor, newest first. Whom the viewer muted, and who is blocked either way, is left out.
pub(crate) async fn newest_clips(
    tx: &mut Tx,
    viewer: i64,
    after: (At, i64),
    now: At,
    limit: i64,
) -> Result<Vec<Post>, DbError> {
    let sql = format!(
        "SELECT {POST} FROM community_post p WHERE p.kind = 'clip' AND {} AND (p.at, p.id) < ($2, $3)
           AND p.author_id NOT IN (SELECT m.voice_id FROM community_mute m WHERE m.member_id = $4)
           AND p.author_id NOT IN (SELECT b.blocked_id FROM community_block b WHERE b.member_id = $4)
           AND p.author_id NOT IN (SELECT b.member_id FROM community_block b WHERE b.blocked_id = $4)
         ORDER BY p.at DESC, p.id DESC LIMIT $5",
        public(1)
    );
    tx.all(&sql, args![now, after.0, after.1, viewer, limit]).await?.iter().map(post).collect()
}

/// The clips a person made that are not deleted, newest first, before an id.
pub(crate) async fn clips_by(tx: &mut Tx, person: PersonId, before: i64, limit: i64) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT id FROM community_post WHERE person_id = $1 AND kind = 'clip' AND state <> 'deleted' AND id < $2
               ORDER BY id DESC LIMIT $3";
    tx.all(sql, args![person, before, limit]).await?.iter().map(|row| row.get(0)).collect()
}

/// Public clips that are shown as they came with a problem, oldest first, each with its organisation.
pub(crate) async fn clips_with_problem(tx: &mut Tx, problem: &str, limit: i64) -> Result<Vec<(i64, OrgId)>, DbError> {
    let sql = "SELECT c.post_id, c.org_id FROM community_clip c JOIN community_post p ON p.id = c.post_id
               WHERE c.rendition = 'none' AND c.problem = $1 AND c.rendition_sha256 IS NOT NULL AND p.state = 'public'
               ORDER BY c.post_id LIMIT $2";
    let rows = tx.all(sql, args![problem, limit]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, OrgId(row.get(1)?)))).collect()
}

/// Takes what is served of a clip away, its captions and its draft; gives the digests of its files. The digest of the original
/// stays.
pub(crate) async fn empty_clip(tx: &mut Tx, post: i64) -> Result<Vec<String>, DbError> {
    let found = clip_of(tx, post).await?;
    tx.run("DELETE FROM community_caption WHERE post_id = $1", args![post]).await?;
    remove_clip_draft(tx, post).await?;
    let sql = "UPDATE community_clip SET title = '', rendition = 'none', rendition_sha256 = NULL, rendition_bytes = NULL,
                 rendition_width = NULL, rendition_height = NULL, poster_sha256 = NULL, problem = NULL WHERE post_id = $1";
    tx.run(sql, args![post]).await?;
    let files = found.map(|c| [Some(c.sha256), c.made.map(|m| m.sha256), c.poster]);
    Ok(files.into_iter().flatten().flatten().collect())
}

/// The file of a draft has come. The draft goes.
pub(crate) async fn insert_clip(tx: &mut Tx, draft: &ClipDraft, original: &Original) -> Result<(), DbError> {
    let facts = original.facts;
    let (episode, start, end) = draft.from.map_or((None, None, None), |(e, s, t)| (Some(e), Some(s), Some(t)));
    let sql = "INSERT INTO community_clip (post_id, org_id, sha256, media_type, bytes, duration_ms, width, height, title, has_sound,
                 rendition, from_episode, from_ms, to_ms)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11, $12, $13)";
    let values = args![
        draft.post,
        draft.org,
        &original.sha256,
        facts.container.mime(),
        original.bytes,
        facts.duration_ms,
        facts.width,
        facts.height,
        &draft.title,
        facts.has_sound,
        episode,
        start,
        end
    ];
    // First, so that the second of two who do this at once waits here and begins again.
    remove_clip_draft(tx, draft.post).await?;
    tx.run(sql, values).await.map(drop)
}

/// Notes what is served of a clip, and how long it turned out to be.
pub(crate) async fn put_made(
    tx: &mut Tx,
    post: i64,
    rendition: Rendition,
    (made, poster): (&Made, Option<&str>),
    duration_ms: i64,
    problem: Option<&str>,
) -> Result<(), DbError> {
    let sql =
        "UPDATE community_clip SET rendition = $1, rendition_sha256 = $2, rendition_bytes = $3, rendition_width = $4,
                 rendition_height = $5, poster_sha256 = $6, duration_ms = $7, problem = $8 WHERE post_id = $9";
    let values =
        args![rendition.code(), &made.sha256, made.bytes, made.width, made.height, poster, duration_ms, problem, post];
    tx.run(sql, values).await.map(drop)
}

/// Notes how far a clip without anything to serve is.
pub(crate) async fn put_rendition(
    tx: &mut Tx,
    post: i64,
    rendition: Rendition,
    problem: Option<&str>,
) -> Result<(), DbError> {
    let sql = "UPDATE community_clip SET rendition = $1, problem = $2 WHERE post_id = $3";
    tx.run(sql, args![rendition.code(), problem, post]).await.map(drop)
}

pub(crate) async fn put_clip_title(tx: &mut Tx, post: i64, title: &str) -> Result<(), DbError> {
    tx.run("UPDATE community_clip SET title = $1 WHERE post_id = $2", args![title, post]).await?;
    tx.run("UPDATE community_clip_draft SET title = $1 WHERE post_id = $2", args![title, post]).await.map(drop)
}

const DRAFT: &str = "post_id, org_id, title, from_episode, from_ms, to_ms, trouble, made_at";

fn draft(row: &Row) -> Result<ClipDraft, DbError> {
    let mut c = row.cols();
    Ok(ClipDraft {
        post: c.take()?,
        org: kernel::OrgId(c.take()?),
        title: c.take()?,
        from: from(c.take()?, c.take()?, c.take()?),
        trouble: c.take()?,
        made_at: c.take()?,
    })
}

pub(crate) async fn insert_clip_draft(tx: &mut Tx, d: &ClipDraft) -> Result<(), DbError> {
    let sql =
        "INSERT INTO community_clip_draft (post_id, org_id, title, from_episode, from_ms, to_ms, trouble, made_at)
               VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)";
    let (episode, start, end) = d.from.map_or((None, None, None), |(e, s, t)| (Some(e), Some(s), Some(t)));
    tx.run(sql, args![d.post, d.org, &d.title, episode, start, end, d.made_at]).await.map(drop)
}

pub(crate) async fn clip_draft(tx: &mut Tx, post: i64) -> Result<Option<ClipDraft>, DbError> {
    let sql = format!("SELECT {DRAFT} FROM community_clip_draft WHERE post_id = $1");
    tx.opt(&sql, args![post]).await?.map(|row| draft(&row)).transpose()
}

pub(crate) async fn put_draft_trouble(tx: &mut Tx, post: i64, trouble: Option<&str>) -> Result<(), DbError> {
    let sql = "UPDATE community_clip_draft SET trouble = $1 WHERE post_id = $2";
    tx.run(sql, args![trouble, post]).await.map(drop)
}

pub(crate) async fn remove_clip_draft(tx: &mut Tx, post: i64) -> Result<(), DbError> {
    tx.run("DELETE FROM community_clip_draft WHERE post_id = $1", args![post]).await.map(drop)
}

/// How many of a person's clips wait for a video, and how many they began since.
pub(crate) async fn clips_begun(tx: &mut Tx, person: PersonId, since: At) -> Result<(i64, i64), DbError> {
    let waiting = "SELECT COUNT(*) FROM community_post p JOIN community_clip_draft d ON d.post_id = p.id
                   WHERE p.person_id = $1 AND p.state = 'preparing'";
    let waiting = tx.scalar::<i64>(waiting, args![person.0]).await?.unwrap_or(0);
    let today = "SELECT COUNT(*) FROM community_post WHERE person_id = $1 AND kind = 'clip' AND at >= $2";
    Ok((waiting, tx.scalar::<i64>(today, args![person.0, since]).await?.unwrap_or(0)))
}

pub(crate) async fn captions(tx: &mut Tx, post: i64) -> Result<Vec<(String, String)>, DbError> {
    let sql = "SELECT lang, cues FROM community_caption WHERE post_id = $1 ORDER BY lang";
    tx.all(sql, args![post]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Writes one language's captions; none removes them.
pub(crate) async fn put_captions(tx: &mut Tx, post: i64, lang: &str, cues: Option<&str>) -> Result<(), DbError> {
    tx.run("DELETE FROM community_caption WHERE post_id = $1 AND lang = $2", args![post, lang]).await?;
    if let Some(cues) = cues {
        let sql = "INSERT INTO community_caption (post_id, lang, cues) VALUES ($1, $2, $3)";
        tx.run(sql, args![post, lang, cues]).await?;
    }
    Ok(())
}
