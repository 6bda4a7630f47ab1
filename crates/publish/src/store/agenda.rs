//! Episodes of several shows at once, in every state: the desk's list and its calendar.

use db::{DbError, Tx, Value, args};
use kernel::{At, OrgId};

use super::episode::episodes_where;
use super::{CHUNK, placeholders};
use crate::model::Episode;

/// Which episodes a list asks for. `state` is a word of `Standing`, asked at `now`.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) orgs: &'a [OrgId],
    pub(crate) show: Option<i64>,
    pub(crate) state: Option<&'a str>,
    pub(crate) now: At,
}

/// Where an episode stands in the desk's order: drafts first, then by date, the latest first.
const KEY: &str = "CASE WHEN e.state = 'draft' OR e.publish_at IS NULL THEN 9000000000000000000 ELSE e.publish_at END";

impl Wanted<'_> {
    /// The condition with its arguments, numbered from 1. The list of organisations is never empty.
    fn condition(&self) -> (String, Vec<Value>) {
        let mut args: Vec<Value> = self.orgs.iter().map(|org| Value::from(org.0)).collect();
        let mut text = format!("e.org_id IN ({})", placeholders(1, args.len()));
        if let Some(show) = self.show {
            args.push(Value::from(show));
            text.push_str(&format!(" AND e.show_id = ${}", args.len()));
        }
        match self.state {
            Some(word @ ("draft" | "unpublished")) => text.push_str(&format!(" AND e.state = '{word}'")),
            Some(word @ ("scheduled" | "published")) => {
                args.push(self.now.into());
                let side = if word == "scheduled" { ">" } else { "<=" };
                text.push_str(&format!(" AND e.state = 'scheduled' AND e.publish_at {side} ${}", args.len()));
            }
            _ => {}
        }
        (text, args)
    }
}

/// A page of the list after the keyset cursor.
pub(crate) async fn listed(
    tx: &mut Tx,
    wanted: &Wanted<'_>,
    after: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<Episode>, DbError> {
    let (mut condition, mut args) = wanted.condition();
    if let Some((key, id)) = after {
        args.extend(args![key, id]);
        condition.push_str(&format!(" AND ({KEY}, e.id) < (${}, ${})", args.len() - 1, args.len()));
    }
    args.push(Value::from(limit));
    let order = format!("ORDER BY {KEY} DESC, e.id DESC LIMIT ${}", args.len());
    episodes_where(tx, &condition, &order, args).await
}

/// Ids, places in the order, and titles of every language, for a search that folds in Rust.
pub(crate) async fn titles(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<(i64, i64, String)>, DbError> {
    let (condition, args) = wanted.condition();
    let sql = format!(
        "SELECT e.id, {KEY}, t.title FROM publish_episode e JOIN publish_episode_text t ON t.episode_id = e.id
         WHERE {condition} ORDER BY {KEY} DESC, e.id DESC"
    );
    tx.all(&sql, args).await?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Episodes by id, in the desk's order.
pub(crate) async fn by_ids(tx: &mut Tx, ids: &[i64]) -> Result<Vec<Episode>, DbError> {
    let mut out = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let condition = format!("e.id IN ({})", placeholders(1, chunk.len()));
        let order = format!("ORDER BY {KEY} DESC, e.id DESC");
        out.extend(episodes_where(tx, &condition, &order, chunk.iter().map(|id| Value::from(*id)).collect()).await?);
    }
    Ok(out)
}

/// The ids of a show's episodes, newest first, at most 2,000.
pub(crate) async fn ids_of_show(tx: &mut Tx, show: i64) -> Result<Vec<i64>, DbError> {
    let sql = "SELECT id FROM publish_episode WHERE show_id = $1 ORDER BY id DESC LIMIT 2000";
    tx.all(sql, vec![Value::from(show)]).await?.iter().map(|row| row.get(0)).collect()
}

/// Episodes whose instant lies between two, earliest first, at most 2,000.
pub(crate) async fn between(tx: &mut Tx, wanted: &Wanted<'_>, from: At, to: At) -> Result<Vec<Episode>, DbError> {
    let (mut condition, mut args) = wanted.condition();
    args.extend(args![from, to]);
    let (a, b) = (args.len() - 1, args.len());
    condition.push_str(&format!(" AND e.state <> 'draft' AND e.publish_at >= ${a} AND e.publish_at < ${b}"));
    episodes_where(tx, &condition, "ORDER BY e.publish_at, e.id LIMIT 2000", args).await
}

/// Gives a draft the wall clock it is meant for.
pub(crate) async fn plan(tx: &mut Tx, episode: i64, wall_clock: &str) -> Result<(), DbError> {
    let sql = "UPDATE publish_episode SET wall_clock = $1 WHERE id = $2 AND state = 'draft'";
    tx.run(sql, args![wall_clock, episode]).await.map(drop)
}

/// The episode of a show with the highest number, with its credits' place; `None` when none has a number.
pub(crate) async fn last_numbered(tx: &mut Tx, show: i64) -> Result<Option<Episode>, DbError> {
    let condition = "e.show_id = $1 AND e.number IS NOT NULL";
    Ok(episodes_where(tx, condition, "ORDER BY e.number DESC, e.id DESC LIMIT 1", args![show]).await?.pop())
}
