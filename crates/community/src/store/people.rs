//! Rows of voices, handles, members and of what stands between two of them.

use std::collections::HashMap;

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, PersonId};

use super::placeholders;
use crate::model::{Bond, Digest, Member, Voice, VoiceKind, fold_handle as fold};

const VOICE: &str = "v.id, v.kind, v.org_id, v.handle, v.newest_at, v.followers, v.closed";

fn voice(row: &Row) -> Result<Voice, DbError> {
    let mut c = row.cols();
    let (id, kind): (i64, String) = (c.take()?, c.take()?);
    Ok(Voice {
        id,
        kind: VoiceKind::parse(&kind).unwrap_or(VoiceKind::Member),
        org: OrgId(c.take()?),
        handle: c.take()?,
        newest_at: c.take()?,
        followers: c.take()?,
        closed: c.take()?,
    })
}

/// Some voices, by id.
pub(crate) async fn voices(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Voice>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!("SELECT {VOICE} FROM community_voice v WHERE v.id IN ({})", placeholders(1, part.len()));
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let voice = voice(&row)?;
            out.insert(voice.id, voice);
        }
    }
    Ok(out)
}

/// The voice with a handle, also a former one.
pub(crate) async fn voice_by_handle(tx: &mut Tx, handle: &str) -> Result<Option<Voice>, DbError> {
    let sql = format!(
        "SELECT {VOICE} FROM community_handle h JOIN community_voice v ON v.id = h.voice_id WHERE h.handle_folded = $1"
    );
    tx.opt(&sql, args![fold(handle)]).await?.as_ref().map(voice).transpose()
}

/// The voices with these folded handles, former ones too.
pub(crate) async fn voices_by_handles(tx: &mut Tx, folded: &[String]) -> Result<Vec<(String, Voice)>, DbError> {
    if folded.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {VOICE}, h.handle_folded FROM community_handle h JOIN community_voice v ON v.id = h.voice_id
         WHERE h.handle_folded IN ({})",
        placeholders(1, folded.len())
    );
    let rows = tx.all(&sql, folded.iter().map(|h| Value::from(h.as_str())).collect()).await?;
    rows.iter().map(|row| Ok((row.get(7)?, voice(row)?))).collect()
}

/// Every handle a voice has or had, folded, with since when.
pub(crate) async fn handles_of(tx: &mut Tx, voice: i64) -> Result<Vec<(String, At)>, DbError> {
    let sql = "SELECT handle_folded, since FROM community_handle WHERE voice_id = $1 ORDER BY since, handle_folded";
    tx.all(sql, args![voice]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Which of some folded handles are somebody's. Asked by equality, whatever the order of letters in the database.
pub(crate) async fn handles_among(tx: &mut Tx, folded: &[String]) -> Result<Vec<String>, DbError> {
    let mut out = Vec::new();
    for part in folded.chunks(500) {
        let list = placeholders(1, part.len());
        let sql = format!("SELECT handle_folded FROM community_handle WHERE handle_folded IN ({list})");
        for row in tx.all(&sql, part.iter().map(|h| Value::from(h.as_str())).collect()).await? {
            out.push(row.get(0)?);
        }
    }
    Ok(out)
}

pub(crate) async fn insert_voice(tx: &mut Tx, voice: &Voice) -> Result<(), DbError> {
    let sql = "INSERT INTO community_voice (id, kind, org_id, handle, newest_at, followers, closed)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values =
        args![voice.id, voice.kind.code(), voice.org, &voice.handle, voice.newest_at, voice.followers, voice.closed];
    tx.run(sql, values).await.map(drop)
}

/// Gives a handle to a voice, unless somebody has or had it. Gives whether it is the voice's now.
pub(crate) async fn take_handle(tx: &mut Tx, voice: i64, handle: &str, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO community_handle (handle_folded, voice_id, since) VALUES ($1, $2, $3)
               ON CONFLICT (handle_folded) DO NOTHING";
    if tx.run(sql, args![fold(handle), voice, now]).await? == 0 {
        let sql = "SELECT voice_id FROM community_handle WHERE handle_folded = $1";
        if tx.scalar::<i64>(sql, args![fold(handle)]).await? != Some(voice) {
            return Ok(false);
        }
    }
    tx.run("UPDATE community_voice SET handle = $1 WHERE id = $2", args![handle, voice]).await?;
    Ok(true)
}

pub(crate) async fn close_voice(tx: &mut Tx, voice: i64) -> Result<(), DbError> {
    tx.run("UPDATE community_voice SET closed = $1 WHERE id = $2", args![true, voice]).await.map(drop)
}

/// Notes when a voice last posted; never back.
pub(crate) async fn newest(tx: &mut Tx, voice: i64, at: At) -> Result<(), DbError> {
    let sql = "UPDATE community_voice SET newest_at = $1 WHERE id = $2 AND newest_at < $1";
    tx.run(sql, args![at, voice]).await.map(drop)
}

const MEMBER: &str =
    "m.id, m.org_id, m.person_id, v.handle, m.name, m.about, m.link, m.picture, m.joined_at, m.feed_order,
  m.digest, m.digest_at, m.seen_at, m.version, m.erased_at";

fn member(row: &Row) -> Result<Member, DbError> {
    let mut c = row.cols();
    Ok(Member {
        id: c.take()?,
        org: OrgId(c.take()?),
        person: c.take::<Option<i64>>()?.map(PersonId),
        handle: c.take()?,
        name: c.take()?,
        about: c.take()?,
        link: c.take()?,
        picture: c.take()?,
        joined_at: c.take()?,
        feed_order: c.take()?,
        digest: Digest::parse(&c.take::<String>()?).unwrap_or(Digest::Off),
        digest_at: c.take()?,
        seen_at: c.take()?,
        version: c.take()?,
        erased: c.take::<Option<At>>()?.is_some(),
    })
}

pub(crate) async fn members(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, Member>, DbError> {
    let mut out = HashMap::new();
    for part in ids.chunks(500) {
        let sql = format!(
            "SELECT {MEMBER} FROM community_member m JOIN community_voice v ON v.id = m.id WHERE m.id IN ({})",
            placeholders(1, part.len())
        );
        for row in tx.all(&sql, part.iter().map(|id| Value::from(*id)).collect()).await? {
            let member = member(&row)?;
            out.insert(member.id, member);
        }
    }
    Ok(out)
}

pub(crate) async fn member_of(tx: &mut Tx, person: PersonId) -> Result<Option<Member>, DbError> {
    let sql =
        format!("SELECT {MEMBER} FROM community_member m JOIN community_voice v ON v.id = m.id WHERE m.person_id = $1");
    tx.opt(&sql, args![person]).await?.as_ref().map(member).transpose()
}

pub(crate) async fn insert_member(tx: &mut Tx, m: &Member) -> Result<(), DbError> {
    let sql = "INSERT INTO community_member (id, org_id, person_id, name, about, link, picture, joined_at, feed_order, digest,
                 digest_at, seen_at, version, erased_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL)";
    let values = args![
        m.id,
        m.org,
        m.person.map(|p| p.0),
        &m.name,
        &m.about,
        m.link.as_deref(),
        m.picture.as_deref(),
        m.joined_at,
        &m.feed_order,
        m.digest.code(),
        m.digest_at,
        m.seen_at,
        m.version,
    ];
    tx.run(sql, values).await.map(drop)
}

/// Writes a member's texts and choices if they still have the version before. Gives whether it did.
pub(crate) async fn update_member(tx: &mut Tx, m: &Member, before: i64) -> Result<bool, DbError> {
    let sql =
        "UPDATE community_member SET name = $1, about = $2, link = $3, picture = $4, feed_order = $5, digest = $6,
                 digest_at = $7, version = $8 WHERE id = $9 AND version = $10";
    let values = args![
        &m.name,
        &m.about,
        m.link.as_deref(),
        m.picture.as_deref(),
        &m.feed_order,
        m.digest.code(),
        m.digest_at,
        m.version,
        m.id,
        before,
    ];
    Ok(tx.run(sql, values).await? == 1)
}

/// Takes everything personal out of a member's row; the row stays, so that what hangs on it stays whole.
pub(crate) async fn erase_member(tx: &mut Tx, id: i64, now: At) -> Result<(), DbError> {
    let sql = "UPDATE community_member SET person_id = NULL, name = '', about = '', link = NULL, picture = NULL,
                 digest = 'off', version = version + 1, erased_at = $1 WHERE id = $2";
    tx.run(sql, args![now, id]).await.map(drop)
}

/// Adds a follow and counts it. Gives whether it is new.
pub(crate) async fn follow(tx: &mut Tx, member: i64, voice: &Voice, now: At) -> Result<bool, DbError> {
    let sql = "INSERT INTO community_follow (member_id, voice_id, kind, since) VALUES ($1, $2, $3, $4)
               ON CONFLICT (member_id, voice_id) DO NOTHING";
    let new = tx.run(sql, args![member, voice.id, voice.kind.code(), now]).await? == 1;
    if new {
        tx.run("UPDATE community_voice SET followers = followers + 1 WHERE id = $1", args![voice.id]).await?;
    }
    Ok(new)
}

/// Takes a follow away and counts it. Gives whether it was there.
pub(crate) async fn unfollow(tx: &mut Tx, member: i64, voice: i64) -> Result<bool, DbError> {
    let sql = "DELETE FROM community_follow WHERE member_id = $1 AND voice_id = $2";
    let gone = tx.run(sql, args![member, voice]).await? == 1;
    if gone {
        tx.run("UPDATE community_voice SET followers = followers - 1 WHERE id = $1", args![voice]).await?;
    }
    Ok(gone)
}

pub(crate) async fn mute(tx: &mut Tx, member: i64, voice: i64, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO community_mute (member_id, voice_id, since) VALUES ($1, $2, $3)
               ON CONFLICT (member_id, voice_id) DO NOTHING";
    tx.run(sql, args![member, voice, now]).await.map(drop)
}

pub(crate) async fn unmute(tx: &mut Tx, member: i64, voice: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM community_mute WHERE member_id = $1 AND voice_id = $2";
    tx.run(sql, args![member, voice]).await.map(drop)
}

pub(crate) async fn block(tx: &mut Tx, member: i64, blocked: i64, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO community_block (member_id, blocked_id, since) VALUES ($1, $2, $3)
               ON CONFLICT (member_id, blocked_id) DO NOTHING";
    tx.run(sql, args![member, blocked, now]).await.map(drop)
}

pub(crate) async fn unblock(tx: &mut Tx, member: i64, blocked: i64) -> Result<(), DbError> {
    let sql = "DELETE FROM community_block WHERE member_id = $1 AND blocked_id = $2";
    tx.run(sql, args![member, blocked]).await.map(drop)
}

/// What some voices are to a member.
pub(crate) async fn bonds(tx: &mut Tx, member: i64, voices: &[i64]) -> Result<HashMap<i64, Bond>, DbError> {
    let mut out: HashMap<i64, Bond> = voices.iter().map(|id| (*id, Bond::default())).collect();
    for part in voices.chunks(500) {
        let list = placeholders(2, part.len());
        let sql = format!(
            "SELECT CAST(1 AS BIGINT), voice_id, since FROM community_follow WHERE member_id = $1 AND voice_id IN ({list})
             UNION ALL SELECT CAST(2 AS BIGINT), voice_id, since FROM community_mute WHERE member_id = $1 AND voice_id IN ({list})
             UNION ALL SELECT CAST(3 AS BIGINT), blocked_id, since FROM community_block WHERE member_id = $1 AND blocked_id IN ({list})
             UNION ALL SELECT CAST(4 AS BIGINT), member_id, since FROM community_block WHERE blocked_id = $1 AND member_id IN ({list})"
        );
        let mut values = args![member];
        values.extend(part.iter().map(|id| Value::from(*id)));
        for row in tx.all(&sql, values).await? {
            let (what, id, since): (i64, i64, At) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let bond = out.entry(id).or_default();
            match what {
                1 => bond.follows = Some(since),
                2 => bond.mutes = true,
                3 => bond.blocks = true,
                _ => bond.blocked_by = true,
            }
        }
    }
    Ok(out)
}

/// A side of what members are to voices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Voices a member follows.
    Following,
    /// Members who follow a voice.
    Followers,
    /// Voices a member muted.
    Muted,
    /// Members a member blocked.
    Blocked,
}

/// The voices of one side with since when, newest first, after a cursor.
pub(crate) async fn side(
    tx: &mut Tx,
    side: Side,
    of: i64,
    after: Option<(At, i64)>,
    limit: i64,
) -> Result<Vec<(At, i64)>, DbError> {
    let (table, by, out) = match side {
        Side::Following => ("community_follow", "member_id", "voice_id"),
        Side::Followers => ("community_follow", "voice_id", "member_id"),
        Side::Muted => ("community_mute", "member_id", "voice_id"),
        Side::Blocked => ("community_block", "member_id", "blocked_id"),
    };
    let (at, id) = after.unwrap_or((At::from_micros(i64::MAX), i64::MAX));
    let sql = format!(
        "SELECT since, {out} FROM {table} WHERE {by} = $1 AND (since, {out}) < ($2, $3)
         ORDER BY since DESC, {out} DESC LIMIT $4"
    );
    tx.all(&sql, args![of, at, id, limit]).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// How many voices a member follows.
pub(crate) async fn count_following(tx: &mut Tx, member: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_follow WHERE member_id = $1";
    Ok(tx.scalar(sql, args![member]).await?.unwrap_or_default())
}

/// How many members follow a voice, from the rows: what the counter must equal.
pub(crate) async fn count_followers(tx: &mut Tx, voice: i64) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM community_follow WHERE voice_id = $1";
    Ok(tx.scalar(sql, args![voice]).await?.unwrap_or_default())
}

/// Takes away everything that stands between a member and others, in both directions, and counts it.
pub(crate) async fn forget_bonds(tx: &mut Tx, member: i64) -> Result<(), DbError> {
    let sql = "UPDATE community_voice SET followers = followers - 1
               WHERE id IN (SELECT voice_id FROM community_follow WHERE member_id = $1)";
    tx.run(sql, args![member]).await?;
    for sql in [
        "DELETE FROM community_follow WHERE member_id = $1 OR voice_id = $1",
        "DELETE FROM community_mute WHERE member_id = $1 OR voice_id = $1",
        "DELETE FROM community_block WHERE member_id = $1 OR blocked_id = $1",
        "UPDATE community_voice SET followers = 0 WHERE id = $1",
    ] {
        tx.run(sql, args![member]).await?;
    }
    Ok(())
}
