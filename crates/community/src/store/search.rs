//! The search index of posts and of members: what is searched, what the index holds, and finding by words. It decides
//! nothing; whether a post may be seen is the condition of its state, here, and the gate's business afterwards.

use std::collections::HashMap;

use db::{DbError, Rows, Tx, Value, args, pairs};
use kernel::{At, Sought};

use super::feed::{ENTRY, entry};
use super::placeholders;
use crate::model::{Entry, Spot};

/// How many ids one IN list carries.
const CHUNK: usize = 500;

/// What is in the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Indexed {
    /// Posts and clips that say something and are not deleted.
    Post,
    /// Members who are there.
    Member,
}

impl Indexed {
    pub(crate) const ALL: [Self; 2] = [Self::Post, Self::Member];

    const fn code(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Member => "member",
        }
    }

    const fn table(self) -> &'static str {
        match self {
            Self::Post => "community_search_post",
            Self::Member => "community_search_member",
        }
    }

    /// Everything of the kind that belongs into the index, as `id, org_id` of `x`.
    const fn every(self) -> &'static str {
        match self {
            Self::Post => {
                "(SELECT p.id, p.org_id FROM community_post p WHERE p.state <> 'deleted'
                  AND (p.of_id IS NULL OR p.body <> '' OR p.kind <> 'post'))"
            }
            Self::Member => {
                "(SELECT m.id, m.org_id FROM community_member m JOIN community_voice v ON v.id = m.id
                  WHERE m.erased_at IS NULL AND v.closed = FALSE)"
            }
        }
    }
}

/// Something with everything of it that is searched.
pub(crate) struct Spoken {
    pub(crate) id: i64,
    pub(crate) org: i64,
    pub(crate) texts: Vec<String>,
    /// Captions as they are stored.
    pub(crate) captions: Vec<String>,
}

fn values(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(*id)).collect()
}

/// What is searched of those of some ids that belong into the index, by ascending id.
pub(crate) async fn spoken(tx: &mut Tx, kind: Indexed, ids: &[i64]) -> Result<Vec<Spoken>, DbError> {
    let mut out = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT x.id, x.org_id FROM {} x WHERE x.id IN ({}) ORDER BY x.id",
            kind.every(),
            placeholders(1, chunk.len())
        );
        let mut texts = texts(tx, kind, chunk).await?;
        let mut captions = match kind {
            Indexed::Post => captions(tx, chunk).await?,
            Indexed::Member => HashMap::new(),
        };
        for row in tx.all(&sql, values(chunk)).await? {
            let id = row.get(0)?;
            let (texts, captions) = (texts.remove(&id).unwrap_or_default(), captions.remove(&id).unwrap_or_default());
            out.push(Spoken { id, org: row.get(1)?, texts, captions });
        }
    }
    Ok(out)
}

async fn gather(tx: &mut Tx, sql: &str, ids: &[i64], out: &mut HashMap<i64, Vec<String>>) -> Result<(), DbError> {
    let sql = sql.replace("{ids}", &placeholders(1, ids.len()));
    for row in tx.all(&sql, values(ids)).await? {
        out.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(())
}

async fn texts(tx: &mut Tx, kind: Indexed, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, DbError> {
    let mut out = HashMap::new();
    let of: &[&str] = match kind {
        Indexed::Post => &[
            "SELECT post_id, title FROM community_clip WHERE post_id IN ({ids})",
            "SELECT id, body FROM community_post WHERE id IN ({ids})",
            "SELECT post_id, alt FROM community_image WHERE post_id IN ({ids}) ORDER BY post_id, place",
        ],
        Indexed::Member => &[
            "SELECT id, name FROM community_member WHERE id IN ({ids})",
            "SELECT id, handle FROM community_voice WHERE id IN ({ids})",
            "SELECT id, about FROM community_member WHERE id IN ({ids})",
        ],
    };
    for sql in of {
        gather(tx, sql, ids, &mut out).await?;
    }
    Ok(out)
}

async fn captions(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Vec<String>>, DbError> {
    let mut out = HashMap::new();
    let sql = "SELECT post_id, cues FROM community_caption WHERE post_id IN ({ids}) ORDER BY post_id, lang";
    gather(tx, sql, ids, &mut out).await?;
    Ok(out)
}

/// Words for the index, with a digest of them.
pub(crate) struct Words {
    pub(crate) id: i64,
    pub(crate) org: i64,
    pub(crate) body: String,
    pub(crate) digest: String,
}

/// Writes words into the index, in the place of what it knew.
pub(crate) async fn put_words(tx: &mut Tx, kind: Indexed, list: Vec<Words>) -> Result<(), DbError> {
    let (mut rows, mut bodies) = (Rows::default(), Vec::new());
    for words in list {
        rows.push(args![kind.code(), words.id, words.org, words.digest]);
        bodies.push((words.id, words.body));
    }
    pairs::index_words(tx, kind.table(), bodies).await?;
    let head = "INSERT INTO community_search (kind, subject_id, org_id, digest)";
    let tail = "ON CONFLICT (kind, subject_id) DO UPDATE SET org_id = excluded.org_id, digest = excluded.digest";
    tx.insert_rows(head, rows, tail).await.map(drop)
}

/// Takes rows out of the index.
pub(crate) async fn drop_words(tx: &mut Tx, kind: Indexed, ids: &[i64]) -> Result<(), DbError> {
    pairs::drop_words(tx, kind.table(), ids).await?;
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "DELETE FROM community_search WHERE kind = $1 AND subject_id IN ({})",
            placeholders(2, chunk.len())
        );
        let mut all = args![kind.code()];
        all.extend(values(chunk));
        tx.run(&sql, all).await?;
    }
    Ok(())
}

/// What belongs into the index and is not there, at most `limit`.
pub(crate) async fn unindexed(tx: &mut Tx, kind: Indexed, limit: i64) -> Result<Vec<i64>, DbError> {
    let sql = format!(
        "SELECT x.id FROM {} x LEFT JOIN community_search s ON s.kind = $1 AND s.subject_id = x.id
         WHERE s.subject_id IS NULL ORDER BY x.id LIMIT $2",
        kind.every()
    );
    tx.all(&sql, args![kind.code(), limit]).await?.iter().map(|r| r.get(0)).collect()
}

/// Rows of the index that belong there no longer.
pub(crate) async fn orphans(tx: &mut Tx, kind: Indexed) -> Result<Vec<i64>, DbError> {
    let sql = format!(
        "SELECT s.subject_id FROM community_search s LEFT JOIN {} x ON x.id = s.subject_id
         WHERE s.kind = $1 AND x.id IS NULL ORDER BY s.subject_id",
        kind.every()
    );
    tx.all(&sql, args![kind.code()]).await?.iter().map(|r| r.get(0)).collect()
}

/// What belongs into the index after an id, with the digests it has there, at most `limit`.
pub(crate) async fn index_digests(
    tx: &mut Tx,
    kind: Indexed,
    after: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, DbError> {
    let sql = format!(
        "SELECT x.id, COALESCE(s.digest, '') FROM {} x LEFT JOIN community_search s ON s.kind = $1 AND s.subject_id = x.id
         WHERE x.id > $2 ORDER BY x.id LIMIT $3",
        kind.every()
    );
    tx.all(&sql, args![kind.code(), after, limit]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

pub(crate) async fn index_count(tx: &mut Tx, kind: Indexed) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_search WHERE kind = $1";
    Ok(tx.scalar(sql, args![kind.code()]).await?.unwrap_or(0))
}

/// The same from the `skip`th row of the index on.
pub(crate) async fn index_page(
    tx: &mut Tx,
    kind: Indexed,
    skip: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, DbError> {
    let sql = "SELECT subject_id, digest FROM community_search WHERE kind = $1 ORDER BY subject_id LIMIT $2 OFFSET $3";
    tx.all(sql, args![kind.code(), limit, skip]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

/// The next public posts that have everything in `all` and nothing in `none`, newest first.
pub(crate) async fn found_posts(
    tx: &mut Tx,
    sought: (&[Sought], &[Sought]),
    after: Spot,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let Some((has, more)) = pairs::words_condition(tx.engine(), Indexed::Post.table(), "p.id", sought, 4) else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT {ENTRY} FROM community_post p WHERE p.state = 'public' AND (p.at, p.id) < ($1, $2) AND {has}
         ORDER BY p.at DESC, p.id DESC LIMIT $3"
    );
    let mut all = args![after.0, after.1, limit];
    all.extend(more);
    tx.all(&sql, all).await?.iter().map(entry).collect()
}

/// A post as a map for crawlers needs it.
pub(crate) struct Mapped {
    pub(crate) id: i64,
    pub(crate) lang: String,
    pub(crate) changed_at: At,
}

/// The newest public posts of shows and organisations that say something of their own.
pub(crate) async fn mapped(tx: &mut Tx, now: At, limit: i64) -> Result<Vec<Mapped>, DbError> {
    let sql = "SELECT p.id, p.lang, COALESCE(p.edited_at, p.at) FROM community_post p
               JOIN community_voice v ON v.id = p.author_id AND v.kind <> 'member' AND v.closed = FALSE
               WHERE p.state = 'public' AND p.at <= $1 AND (p.of_id IS NULL OR p.body <> '' OR p.kind <> 'post')
               ORDER BY p.id DESC LIMIT $2";
    let rows = tx.all(sql, args![now, limit]).await?;
    rows.iter().map(|r| Ok(Mapped { id: r.get(0)?, lang: r.get(1)?, changed_at: r.get(2)? })).collect()
}

/// The next members who have everything in `all` and nothing in `none`, the most followed first: followers, id.
pub(crate) async fn found_members(
    tx: &mut Tx,
    sought: (&[Sought], &[Sought]),
    after: (i64, i64),
    limit: i64,
) -> Result<Vec<(i64, i64)>, DbError> {
    let Some((has, more)) = pairs::words_condition(tx.engine(), Indexed::Member.table(), "m.id", sought, 4) else {
        return Ok(Vec::new());
    };
    let sql = format!(
        "SELECT v.followers, m.id FROM community_member m JOIN community_voice v ON v.id = m.id
         WHERE m.erased_at IS NULL AND v.closed = FALSE AND (v.followers, m.id) < ($1, $2) AND {has}
         ORDER BY v.followers DESC, m.id DESC LIMIT $3"
    );
    let mut all = args![after.0, after.1, limit];
    all.extend(more);
    tx.all(&sql, all).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}
