//! Episodes with their texts, sound and cover: lists, single ones, writing.

use std::collections::{BTreeMap, HashMap};

use db::{DbError, Row, Tx, Value, args};
use kernel::{At, OrgId, Scope};

use super::show::{IMAGE, image};
use super::{CHUNK, PUBLIC, placeholders};
use crate::model::{Audio, AudioPlace, Episode, EpisodeKind, EpisodeText, State};

const EPISODE: &str =
    "e.id, e.org_id, e.show_id, e.guid, e.guid_is_permalink, e.slug, e.number, e.season, e.kind, e.state,
    e.publish_at, e.wall_clock, e.explicit, e.link, e.author, e.remote_cover_url, e.version, e.updated_at";
const AUDIO: &str = "a.remote_url, a.blob, a.mime, a.size, a.duration_ms, a.header_bytes, a.tags";

fn episode(row: &Row) -> Result<Episode, DbError> {
    let mut c = row.cols();
    let (id, org, show) = (c.take()?, OrgId(c.take()?), c.take()?);
    let (guid, guid_is_permalink, slug) = (c.take()?, c.take()?, c.take()?);
    let (number, season) = (c.take()?, c.take()?);
    let kind = EpisodeKind::parse(&c.take::<String>()?);
    let (word, instant): (String, Option<At>) = (c.take()?, c.take()?);
    let state = match (word.as_str(), instant) {
        ("scheduled", Some(at)) => State::Scheduled(at),
        ("unpublished", at) => State::Unpublished(at),
        _ => State::Draft,
    };
    let mut episode = Episode {
        id,
        org,
        show,
        guid,
        guid_is_permalink,
        slug,
        number,
        season,
        kind,
        state,
        wall_clock: c.take()?,
        explicit: c.take()?,
        link: c.take()?,
        author: c.take()?,
        remote_cover_url: c.take()?,
        version: c.take()?,
        updated_at: c.take()?,
        cover: image(&mut c)?,
        texts: BTreeMap::new(),
        audio: None,
        reached: Default::default(),
    };
    let (remote, blob, mime): (Option<String>, Option<String>, Option<String>) = (c.take()?, c.take()?, c.take()?);
    let (size, duration_ms): (Option<i64>, Option<i64>) = (c.take()?, c.take()?);
    let (header_bytes, tags): (Option<i64>, Option<String>) = (c.take()?, c.take()?);
    let place = blob.map(AudioPlace::Local).or(remote.map(AudioPlace::Remote));
    episode.audio = place.map(|place| Audio {
        place,
        mime: mime.unwrap_or_default(),
        size: size.unwrap_or_default(),
        duration_ms,
        header_bytes: header_bytes.unwrap_or_default(),
        waveform: Vec::new(),
        tags: tags.unwrap_or_default(),
    });
    Ok(episode)
}

/// Episodes under a condition on `e`, in an order, with texts. The waveform is left out.
pub(super) async fn episodes_where(
    tx: &mut Tx,
    condition: &str,
    order: &str,
    args: Vec<Value>,
) -> Result<Vec<Episode>, DbError> {
    let sql = format!(
        "SELECT {EPISODE}, {IMAGE}, {AUDIO} FROM publish_episode e
         LEFT JOIN publish_image i ON i.id = e.cover_id LEFT JOIN publish_audio a ON a.episode_id = e.id
         WHERE {condition} {order}"
    );
    let mut episodes = tx.all(&sql, args).await?.iter().map(episode).collect::<Result<Vec<_>, _>>()?;
    let index: HashMap<i64, usize> = episodes.iter().enumerate().map(|(i, e)| (e.id, i)).collect();
    let ids: Vec<i64> = episodes.iter().map(|e| e.id).collect();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT episode_id, lang, title, summary, notes_md, notes_html, cover_alt FROM publish_episode_text
             WHERE episode_id IN ({})",
            placeholders(1, chunk.len())
        );
        for row in tx.all(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await? {
            let mut c = row.cols();
            let (id, lang): (i64, String) = (c.take()?, c.take()?);
            let text = EpisodeText {
                title: c.take()?,
                summary: c.take()?,
                notes_md: c.take()?,
                notes_html: c.take()?,
                cover_alt: c.take()?,
            };
            if let Some(at) = index.get(&id) {
                episodes[*at].texts.insert(lang, text);
            }
        }
    }
    // The rules never store an episode without a text; one that lost them cannot be shown.
    episodes.retain(|e| !e.texts.is_empty());
    Ok(episodes)
}

const NEWEST: &str = "ORDER BY e.publish_at DESC, e.id DESC";

/// The public episodes of a show, or of all, newest first, at most `limit`, after the keyset cursor.
pub(crate) async fn public_episodes(
    tx: &mut Tx,
    show: Option<i64>,
    now: At,
    after: Option<(At, i64)>,
    limit: i64,
) -> Result<Vec<Episode>, DbError> {
    let (mut condition, mut values) = (PUBLIC.to_owned(), args![now]);
    if let Some(show) = show {
        values.push(show.into());
        condition.push_str(&format!(" AND e.show_id = ${}", values.len()));
    }
    if let Some((at, id)) = after {
        values.extend(args![at, id]);
        condition.push_str(&format!(" AND (e.publish_at, e.id) < (${}, ${})", values.len() - 1, values.len()));
    }
    values.push(limit.into());
    episodes_where(tx, &condition, &format!("{NEWEST} LIMIT ${}", values.len()), values).await
}

/// The next public episodes of some shows after a keyset cursor, newest first, at most `limit`: instant, id, show. Each show
/// is read from its own end of the index.
pub(crate) async fn newest_of(
    tx: &mut Tx,
    shows: &[i64],
    now: At,
    (at, id): (At, i64),
    limit: i64,
) -> Result<Vec<(At, i64, i64)>, DbError> {
    let mut out: Vec<(At, i64, i64)> = Vec::new();
    for part in shows.chunks(100) {
        let arm = |n: usize| {
            format!(
                "SELECT * FROM (SELECT e.publish_at, e.id, e.show_id FROM publish_episode e WHERE {PUBLIC}
                  AND e.show_id = ${} AND (e.publish_at, e.id) < ($2, $3)
                  ORDER BY e.publish_at DESC, e.id DESC LIMIT $4) a{n}",
                n + 5
            )
        };
        let arms: Vec<String> = (0..part.len()).map(arm).collect();
        let sql = format!(
            "SELECT publish_at, id, show_id FROM ({}) every ORDER BY publish_at DESC, id DESC LIMIT $4",
            arms.join(" UNION ALL ")
        );
        let mut values = args![now, at, id, limit];
        values.extend(part.iter().map(|show| Value::from(*show)));
        for row in tx.all(&sql, values).await? {
            out.push((row.get(0)?, row.get(1)?, row.get(2)?));
        }
    }
    out.sort_by_key(|(at, id, _)| std::cmp::Reverse((*at, *id)));
    out.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(out)
}

/// Public episodes by their ids, in no order.
pub(crate) async fn public_named(tx: &mut Tx, ids: &[i64], now: At) -> Result<Vec<Episode>, DbError> {
    let mut out = Vec::new();
    for part in ids.chunks(CHUNK) {
        let condition = format!("{PUBLIC} AND e.id IN ({})", placeholders(2, part.len()));
        let mut values = args![now];
        values.extend(part.iter().map(|id| Value::from(*id)));
        out.extend(episodes_where(tx, &condition, "", values).await?);
    }
    Ok(out)
}

/// The public episodes of a show right before a place, or right after it, the nearest first.
pub(crate) async fn beside(
    tx: &mut Tx,
    show: i64,
    now: At,
    (at, id): (At, i64),
    newer: bool,
    limit: i64,
) -> Result<Vec<Episode>, DbError> {
    let (side, order) = if newer { (">", "ORDER BY e.publish_at, e.id") } else { ("<", NEWEST) };
    let condition = format!("{PUBLIC} AND e.show_id = $2 AND (e.publish_at, e.id) {side} ($3, $4)");
    episodes_where(tx, &condition, &format!("{order} LIMIT $5"), args![now, show, at, id, limit]).await
}

pub(crate) async fn public_episode_by_slug(
    tx: &mut Tx,
    show: i64,
    slug: &str,
    now: At,
) -> Result<Option<Episode>, DbError> {
    let condition = format!("{} AND e.show_id = $2 AND e.slug = $3", PUBLIC);
    Ok(episodes_where(tx, &condition, "", args![now, show, slug]).await?.pop())
}

pub(crate) async fn public_episode_by_id(tx: &mut Tx, id: i64, now: At) -> Result<Option<Episode>, DbError> {
    let condition = format!("{} AND e.id = $2", PUBLIC);
    Ok(episodes_where(tx, &condition, "", args![now, id]).await?.pop())
}

/// An episode of an organisation in any state.
pub(crate) async fn episode_of(tx: &mut Tx, scope: Scope, id: i64) -> Result<Option<Episode>, DbError> {
    Ok(episodes_where(tx, "e.org_id = $1 AND e.id = $2", "", args![scope.org, id]).await?.pop())
}

/// Some episodes of an organisation, whatever their state.
pub(crate) async fn episodes_named(tx: &mut Tx, scope: Scope, ids: &[i64]) -> Result<Vec<Episode>, DbError> {
    let mut out = Vec::new();
    for part in ids.chunks(super::CHUNK) {
        let on = format!("e.org_id = $1 AND e.id IN ({})", super::placeholders(2, part.len()));
        let mut values = args![scope.org];
        values.extend(part.iter().map(|id| db::Value::from(*id)));
        out.extend(episodes_where(tx, &on, "", values).await?);
    }
    Ok(out)
}

/// The ids of a show's episodes, newest first, at most 20,000.
pub(crate) async fn episode_ids(tx: &mut Tx, scope: Scope, show: i64) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT id FROM publish_episode WHERE org_id = $1 AND show_id = $2 ORDER BY id DESC LIMIT 20000";
    tx.all(sql, args![scope.org, show]).await?.iter().map(|row| row.get(0)).collect()
}

/// How many episodes of a show became public between two instants.
pub(crate) async fn published_between(tx: &mut Tx, show: i64, from: At, to: At) -> Result<i64, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_episode
               WHERE show_id = $1 AND state = 'scheduled' AND publish_at >= $2 AND publish_at < $3";
    Ok(tx.scalar(sql, args![show, from, to]).await?.unwrap_or(0))
}

/// The organisation an episode belongs to.
pub(crate) async fn org_of_episode(tx: &mut Tx, id: i64) -> Result<Option<OrgId>, DbError> {
    let sql = "SELECT org_id FROM publish_episode WHERE id = $1";
    Ok(tx.scalar::<i64>(sql, args![id]).await?.map(OrgId))
}

/// The newest episodes of an organisation's show in any state: drafts and what is to come first.
pub(crate) async fn desk_episodes(
    tx: &mut Tx,
    scope: Scope,
    show: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Episode>, DbError> {
    let condition = "e.org_id = $1 AND e.show_id = $2 AND e.id < $3";
    let before = before.unwrap_or(i64::MAX);
    episodes_where(tx, condition, "ORDER BY e.id DESC LIMIT $4", args![scope.org, show, before, limit]).await
}

/// The next instant after `now` at which some episode becomes public; of one show, or of all.
pub(crate) async fn next_change(tx: &mut Tx, show: Option<i64>, now: At) -> Result<Option<At>, DbError> {
    let sql = "SELECT CAST(MIN(publish_at) AS BIGINT) FROM publish_episode
               WHERE state = 'scheduled' AND publish_at > $1 AND ($2 = 0 OR show_id = $2)";
    Ok(tx.scalar::<Option<At>>(sql, args![now, show.unwrap_or(0)]).await?.flatten())
}

/// Scheduled episodes whose time has not come, with their wall clocks and zones.
pub(crate) async fn coming(tx: &mut Tx, now: At) -> Result<Vec<(i64, i64, At, String, String)>, DbError> {
    let sql = "SELECT e.id, e.show_id, e.publish_at, e.wall_clock, s.time_zone FROM publish_episode e
               JOIN publish_show s ON s.id = e.show_id
               WHERE e.state = 'scheduled' AND e.publish_at > $1 AND e.wall_clock IS NOT NULL ORDER BY e.id";
    let rows = tx.all(sql, args![now]).await?;
    rows.iter().map(|r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?))).collect()
}

pub(crate) async fn slug_taken(tx: &mut Tx, show: i64, slug: &str, but: i64) -> Result<bool, DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT) FROM publish_episode WHERE show_id = $1 AND slug = $2 AND id <> $3";
    Ok(tx.scalar::<i64>(sql, args![show, slug, but]).await? != Some(0))
}

/// Writes a new episode and registers its GUID for ever.
pub(crate) async fn insert_episode(tx: &mut Tx, episode: &Episode, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_guid (show_id, guid, given_at) VALUES ($1, $2, $3)";
    tx.run(sql, args![episode.show, &episode.guid, now]).await?;
    let sql = "INSERT INTO publish_episode (id, org_id, show_id, guid, guid_is_permalink, guid_given, slug, number, season, kind,
                 state, publish_at, wall_clock, explicit, link, author, remote_cover_url, cover_id, version, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, TRUE, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)";
    let values = args![
        episode.id,
        episode.org,
        episode.show,
        &episode.guid,
        episode.guid_is_permalink,
        &episode.slug,
        episode.number,
        episode.season,
        episode.kind.code(),
        episode.state.code(),
        episode.state.instant(),
        episode.wall_clock.clone(),
        episode.explicit,
        episode.link.clone(),
        episode.author.clone(),
        episode.remote_cover_url.clone(),
        episode.cover.as_ref().map(|i| i.id),
        episode.version,
        now
    ];
    tx.run(sql, values).await?;
    write_texts(tx, episode).await
}

/// Writes what may change of an episode, if it still has the version that was read; its version grows.
pub(crate) async fn update_episode(tx: &mut Tx, episode: &Episode, now: At) -> Result<bool, DbError> {
    let sql = "UPDATE publish_episode SET slug = $1, number = $2, season = $3, kind = $4, state = $5, publish_at = $6,
                 wall_clock = $7, explicit = $8, link = $9, author = $10, remote_cover_url = $11, cover_id = $12,
                 version = version + 1, updated_at = $13 WHERE id = $14 AND org_id = $15 AND version = $16";
    let values = args![
        &episode.slug,
        episode.number,
        episode.season,
        episode.kind.code(),
        episode.state.code(),
        episode.state.instant(),
        episode.wall_clock.clone(),
        episode.explicit,
        episode.link.clone(),
        episode.author.clone(),
        episode.remote_cover_url.clone(),
        episode.cover.as_ref().map(|i| i.id),
        now,
        episode.id,
        episode.org,
        episode.version
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    tx.run("DELETE FROM publish_episode_text WHERE episode_id = $1", args![episode.id]).await?;
    write_texts(tx, episode).await?;
    Ok(true)
}

async fn write_texts(tx: &mut Tx, episode: &Episode) -> Result<(), DbError> {
    for (lang, text) in &episode.texts {
        let sql = "INSERT INTO publish_episode_text (episode_id, lang, title, summary, notes_md, notes_html, cover_alt)
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = args![
            episode.id,
            lang,
            &text.title,
            &text.summary,
            text.notes_md.clone(),
            &text.notes_html,
            &text.cover_alt
        ];
        tx.run(sql, values).await?;
    }
    Ok(())
}

/// The visibility rule asked of the database, for the test that holds it equal to its Rust twin.
///
/// # Errors
/// The database's failure.
pub async fn public_ids(tx: &mut Tx, now: At) -> Result<Vec<i64>, DbError> {
    let sql = format!("SELECT e.id FROM publish_episode e WHERE {} ORDER BY e.id", PUBLIC);
    tx.all(&sql, args![now]).await?.iter().map(|row| row.get(0)).collect()
}
