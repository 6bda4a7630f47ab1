//! What is searched, read for many episodes at once; the state of the index; and finding by words.

use std::collections::HashMap;

use db::{DbError, Row, Rows, Tx, Value, args, pairs};
use kernel::{At, Sought};

use super::{CHUNK, PUBLIC, placeholders};
use crate::model::search::{Field, Place};
use crate::text::html_to_text;

/// The index of everything, and that of titles.
const ALL: &str = "publish_search";
const TITLES: &str = "publish_search_title";

/// An episode with everything of it that is searched.
pub(crate) struct Searched {
    pub(crate) id: i64,
    pub(crate) org: i64,
    pub(crate) show: i64,
    pub(crate) changed_at: At,
    pub(crate) fields: Vec<Field>,
}

type Fields = HashMap<i64, Vec<Field>>;

fn values(ids: &[i64]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(*id)).collect()
}

async fn gather(
    tx: &mut Tx,
    ids: &[i64],
    sql: &str,
    out: &mut Fields,
    read: impl Fn(&Row) -> Result<Vec<Field>, DbError>,
) -> Result<(), DbError> {
    let sql = sql.replace("{ids}", &placeholders(1, ids.len()));
    for row in tx.all(&sql, values(ids)).await? {
        if let Some(list) = out.get_mut(&row.get::<i64>(0)?) {
            list.extend(read(&row)?);
        }
    }
    Ok(())
}

fn field(place: Place, lang: String, text: String) -> Field {
    Field { place, lang, text }
}

async fn chapters(tx: &mut Tx, ids: &[i64], out: &mut Fields) -> Result<(), DbError> {
    let sql = "SELECT t.episode_id, t.lang, c.start_ms, t.title FROM publish_chapter_text t
               JOIN publish_chapter c ON c.episode_id = t.episode_id AND c.position = t.position
               WHERE t.episode_id IN ({ids}) ORDER BY t.episode_id, t.position, t.lang";
    gather(tx, ids, sql, out, |r| Ok(vec![field(Place::Chapter(r.get(2)?), r.get(1)?, r.get(3)?)])).await?;
    let sql =
        "SELECT episode_id, title FROM publish_source WHERE episode_id IN ({ids}) ORDER BY episode_id, position, rank";
    gather(tx, ids, sql, out, |r| Ok(vec![field(Place::Source, String::new(), r.get(1)?)])).await
}

/// What is searched of at most [`CHUNK`] episodes, in the order of their ids.
pub(crate) async fn searched(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Searched>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT id, org_id, show_id, updated_at, number FROM publish_episode WHERE id IN ({}) ORDER BY id",
        placeholders(1, ids.len())
    );
    let (mut episodes, mut out) = (Vec::new(), Fields::new());
    for row in tx.all(&sql, values(ids)).await? {
        let id: i64 = row.get(0)?;
        let number = row.get::<Option<i64>>(4)?.map(|n| field(Place::Number, String::new(), n.to_string()));
        out.insert(id, number.into_iter().collect());
        episodes.push((id, row.get(1)?, row.get(2)?, row.get(3)?));
    }
    let sql = "SELECT episode_id, lang, title, summary, notes_html FROM publish_episode_text
               WHERE episode_id IN ({ids}) ORDER BY episode_id, lang";
    gather(tx, ids, sql, &mut out, |r| {
        let lang: String = r.get(1)?;
        Ok(vec![
            field(Place::Title, lang.clone(), r.get(2)?),
            field(Place::Summary, lang.clone(), r.get(3)?),
            field(Place::Notes, lang, html_to_text(&r.get::<String>(4)?)),
        ])
    })
    .await?;
    let sql = "SELECT e.id, c.credit_name FROM publish_episode e
               JOIN publish_credit c ON c.show_id = e.show_id AND c.episode_id = e.id
               WHERE e.id IN ({ids}) ORDER BY e.id, c.rank";
    gather(tx, ids, sql, &mut out, |r| Ok(vec![field(Place::Person, String::new(), r.get(1)?)])).await?;
    chapters(tx, ids, &mut out).await?;
    let sql = "SELECT et.episode_id, t.label FROM publish_episode_term et JOIN publish_term t ON t.id = et.term_id
               WHERE et.episode_id IN ({ids}) AND t.taxonomy IN ('category', 'post_tag')
               ORDER BY et.episode_id, t.taxonomy, t.slug";
    gather(tx, ids, sql, &mut out, |r| Ok(vec![field(Place::Tag, String::new(), r.get(1)?)])).await?;
    let sql =
        "SELECT episode_id, lang, body FROM publish_transcript WHERE episode_id IN ({ids}) ORDER BY episode_id, lang";
    gather(tx, ids, sql, &mut out, |r| Ok(vec![field(Place::Transcript, r.get(1)?, r.get(2)?)])).await?;
    let whole = |(id, org, show, changed_at)| Searched {
        id,
        org,
        show,
        changed_at,
        fields: out.remove(&id).unwrap_or_default(),
    };
    Ok(episodes.into_iter().map(whole).collect())
}

/// An episode's place in the index.
pub(crate) struct Indexed {
    pub(crate) titles: String,
    pub(crate) all: String,
    pub(crate) digest: String,
}

/// Writes episodes into the index, in the place of what it knew of them.
pub(crate) async fn put_index(tx: &mut Tx, list: Vec<(Searched, Indexed)>) -> Result<(), DbError> {
    let (mut rows, mut titles, mut all) = (Rows::default(), Vec::new(), Vec::new());
    let ids: Vec<i64> = list.iter().map(|(s, _)| s.id).collect();
    for (s, indexed) in list {
        rows.push(args![s.id, s.org, s.show, indexed.digest, s.changed_at]);
        titles.push((s.id, indexed.titles));
        all.push((s.id, indexed.all));
    }
    pairs::index_words(tx, TITLES, titles).await?;
    pairs::index_words(tx, ALL, all).await?;
    for chunk in ids.chunks(CHUNK) {
        let sql = format!("DELETE FROM publish_search WHERE episode_id IN ({})", placeholders(1, chunk.len()));
        tx.run(&sql, values(chunk)).await?;
    }
    let head = "INSERT INTO publish_search (episode_id, org_id, show_id, digest, changed_at)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

/// Takes episodes out of the index.
pub(crate) async fn drop_index(tx: &mut Tx, ids: &[i64]) -> Result<(), DbError> {
    for chunk in ids.chunks(CHUNK) {
        pairs::drop_words(tx, TITLES, chunk).await?;
        pairs::drop_words(tx, ALL, chunk).await?;
        let sql = format!("DELETE FROM publish_search WHERE episode_id IN ({})", placeholders(1, chunk.len()));
        tx.run(&sql, values(chunk)).await?;
    }
    Ok(())
}

/// The episodes a show was given at an instant.
pub(crate) async fn ids_made_at(tx: &mut Tx, show: i64, at: At) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT id FROM publish_episode WHERE show_id = $1 AND created_at = $2 ORDER BY id";
    tx.all(sql, args![show, at]).await?.iter().map(|r| r.get(0)).collect()
}

/// Episodes that are not in the index or changed since they were written there, at most `limit`.
pub(crate) async fn unindexed(tx: &mut Tx, limit: i64) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT e.id FROM publish_episode e LEFT JOIN publish_search s ON s.episode_id = e.id
               WHERE s.episode_id IS NULL OR s.changed_at <> e.updated_at ORDER BY e.id LIMIT $1";
    tx.all(sql, args![limit]).await?.iter().map(|r| r.get(0)).collect()
}

/// Rows of the index whose episode is gone.
pub(crate) async fn orphans(tx: &mut Tx) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT s.episode_id FROM publish_search s LEFT JOIN publish_episode e ON e.id = s.episode_id
               WHERE e.id IS NULL ORDER BY s.episode_id";
    tx.all(sql, args![]).await?.iter().map(|r| r.get(0)).collect()
}

/// Ids with the digests of the index after an id, at most `limit`.
pub(crate) async fn index_digests(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<(i64, String)>, DbError> {
    let sql =
        "SELECT e.id, COALESCE(s.digest, '') FROM publish_episode e LEFT JOIN publish_search s ON s.episode_id = e.id
               WHERE e.id > $1 ORDER BY e.id LIMIT $2";
    tx.all(sql, args![after, limit]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

pub(crate) async fn index_count(tx: &mut Tx) -> Result<i64, DbError> {
    Ok(tx.scalar("SELECT CAST(COUNT(*) AS BIGINT) FROM publish_search", args![]).await?.unwrap_or(0))
}

/// The same from the `skip`th episode on.
pub(crate) async fn index_page(tx: &mut Tx, skip: i64, limit: i64) -> Result<Vec<(i64, String)>, DbError> {
    let sql =
        "SELECT e.id, COALESCE(s.digest, '') FROM publish_episode e LEFT JOIN publish_search s ON s.episode_id = e.id
               ORDER BY e.id LIMIT $1 OFFSET $2";
    tx.all(sql, args![limit, skip]).await?.iter().map(|r| Ok((r.get(0)?, r.get(1)?))).collect()
}

/// How many episodes there are, and how many bytes of words the index holds of them.
pub(crate) async fn index_totals(tx: &mut Tx) -> Result<(i64, i64), DbError> {
    let sql = "SELECT CAST(COUNT(*) AS BIGINT), CAST(COALESCE(SUM(LENGTH(body)), 0) AS BIGINT) FROM publish_search_fts";
    let row = tx.opt(sql, args![]).await?;
    row.map_or(Ok((0, 0)), |r| Ok((r.get(0)?, r.get(1)?)))
}

/// A hit's place in the order: whether its title has everything, when it was published, its id.
pub(crate) type HitKey = (i64, At, i64);

/// The public episodes that have everything in `all` and nothing in `none`: those whose titles do first, then the newest.
pub(crate) async fn find_public(
    tx: &mut Tx,
    (all, none): (&[Sought], &[Sought]),
    show: Option<i64>,
    now: At,
    after: Option<HitKey>,
    limit: i64,
) -> Result<Vec<HitKey>, DbError> {
    let mut out = Vec::new();
    for rank in [1_i64, 0] {
        let left = limit - i64::try_from(out.len()).unwrap_or(limit);
        if left <= 0 || after.is_some_and(|(of, ..)| of < rank) {
            continue;
        }
        let mut values = args![now];
        let Some((titled, more)) = pairs::words_condition(tx.engine(), TITLES, "e.id", (all, &[]), values.len() + 1)
        else {
            return Ok(out);
        };
        values.extend(more);
        let mut sql = format!("SELECT e.publish_at, e.id FROM publish_episode e WHERE {PUBLIC}");
        // A title that has everything is of an episode that has it. What is left out must stand nowhere in the episode.
        if rank == 0 || !none.is_empty() {
            let Some((everywhere, more)) =
                pairs::words_condition(tx.engine(), ALL, "e.id", (all, none), values.len() + 1)
            else {
                return Ok(out);
            };
            values.extend(more);
            sql.push_str(&format!(" AND {everywhere}"));
        }
        let not = if rank == 1 { "" } else { "NOT " };
        sql.push_str(&format!(" AND {not}{titled}"));
        if let Some(show) = show {
            values.push(show.into());
            sql.push_str(&format!(" AND e.show_id = ${}", values.len()));
        }
        if let Some((_, at, id)) = after.filter(|(of, ..)| *of == rank) {
            values.extend(args![at, id]);
            sql.push_str(&format!(" AND (e.publish_at, e.id) < (${}, ${})", values.len() - 1, values.len()));
        }
        values.push(left.into());
        sql.push_str(&format!(" ORDER BY e.publish_at DESC, e.id DESC LIMIT ${}", values.len()));
        for row in tx.all(&sql, values).await? {
            out.push((rank, row.get(0)?, row.get(1)?));
        }
    }
    Ok(out)
}

/// Public episodes by id, in no order.
pub(crate) async fn public_by_ids(tx: &mut Tx, ids: &[i64], now: At) -> Result<Vec<crate::model::Episode>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = args![now];
    values.extend(ids.iter().map(|id| Value::from(*id)));
    let condition = format!("{PUBLIC} AND e.id IN ({})", placeholders(2, ids.len()));
    super::episode::episodes_where(tx, &condition, "", values).await
}

/// A public episode as a map for crawlers needs it.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// Its id.
    pub id: i64,
    /// Its show.
    pub show: i64,
    /// Its name in addresses.
    pub slug: String,
    /// When it last changed; publication is a change too.
    pub changed_at: At,
    /// When it was published.
    pub published_at: At,
    /// Its languages with its titles.
    pub titles: Vec<(String, String)>,
}

/// Public episodes of shows by ascending id, from the `skip`th on; only those published after `since`.
pub(crate) async fn mapped(
    tx: &mut Tx,
    shows: &[i64],
    now: At,
    since: At,
    (skip, limit): (i64, i64),
) -> Result<Vec<Mapped>, DbError> {
    if shows.is_empty() {
        return Ok(Vec::new());
    }
    let mut list = args![now, since, limit, skip];
    list.extend(values(shows));
    let sql = format!(
        "SELECT p.id, p.show_id, p.slug, p.updated_at, p.publish_at, t.lang, t.title FROM
           (SELECT e.id, e.show_id, e.slug, e.updated_at, e.publish_at FROM publish_episode e
            WHERE {PUBLIC} AND e.publish_at > $2 AND e.show_id IN ({}) ORDER BY e.id LIMIT $3 OFFSET $4) p
         JOIN publish_episode_text t ON t.episode_id = p.id ORDER BY p.id, t.lang",
        placeholders(5, shows.len())
    );
    let mut out: Vec<Mapped> = Vec::new();
    let mut last = None;
    for row in tx.all(&sql, list).await? {
        let mut c = row.cols();
        let id: i64 = c.take()?;
        let (show, slug, changed, published) = (c.take()?, c.take()?, c.take::<At>()?, c.take::<At>()?);
        if last != Some(id) {
            let changed_at = changed.max(published);
            out.push(Mapped { id, show, slug, changed_at, published_at: published, titles: Vec::new() });
            last = Some(id);
        }
        if let Some(one) = out.last_mut() {
            one.titles.push((c.take()?, c.take()?));
        }
    }
    Ok(out)
}

/// When the last change was in each file of `size` public episodes of shows.
pub(crate) async fn map_files(tx: &mut Tx, shows: &[i64], now: At, size: i64) -> Result<Vec<At>, DbError> {
    if shows.is_empty() {
        return Ok(Vec::new());
    }
    let mut list = args![now];
    list.extend(values(shows));
    let sql = format!(
        "SELECT e.updated_at, e.publish_at FROM publish_episode e WHERE {PUBLIC} AND e.show_id IN ({}) ORDER BY e.id",
        placeholders(2, shows.len())
    );
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let stamps = tx.all(&sql, list).await?;
    let stamps =
        stamps.iter().map(|r| Ok(r.get::<At>(0)?.max(r.get::<At>(1)?))).collect::<Result<Vec<At>, DbError>>()?;
    Ok(stamps.chunks(size.max(1)).filter_map(|file| file.iter().max().copied()).collect())
}
