//! Items of rundowns and of the pools of ideas, with their links; the length an episode shall have.

use std::collections::HashMap;

use db::{DbError, Row, Rows, Tx, Value, args};
use kernel::{At, OrgId, PersonId, Scope};

use super::{CHUNK, placeholders};
use crate::model::{Item, ItemLink, ItemState, SourceKind};

const ITEM: &str =
    "id, org_id, show_id, episode_id, position, title, notes, planned_ms, assignee, state, dropped_at, version";

fn item(row: &Row) -> Result<Item, DbError> {
    let mut c = row.cols();
    Ok(Item {
        id: c.take()?,
        org: OrgId(c.take()?),
        show: c.take()?,
        episode: c.take()?,
        position: c.take()?,
        title: c.take()?,
        notes: c.take()?,
        planned_ms: c.take()?,
        assignee: c.take::<Option<i64>>()?.map(PersonId),
        state: ItemState::parse(&c.take::<String>()?),
        dropped: c.take::<Option<i64>>()?.is_some(),
        version: c.take()?,
        links: Vec::new(),
    })
}

async fn items_where(tx: &mut Tx, condition: &str, args: Vec<Value>) -> Result<Vec<Item>, DbError> {
    let sql = format!("SELECT {ITEM} FROM publish_rundown_item WHERE {condition} ORDER BY show_id, position, id");
    let mut items = tx.all(&sql, args).await?.iter().map(item).collect::<Result<Vec<_>, _>>()?;
    let index: HashMap<i64, usize> = items.iter().enumerate().map(|(at, i)| (i.id, at)).collect();
    let ids: Vec<i64> = items.iter().map(|i| i.id).collect();
    for chunk in ids.chunks(CHUNK) {
        let sql = format!(
            "SELECT item_id, kind, title, url FROM publish_rundown_link WHERE item_id IN ({}) ORDER BY item_id, rank",
            placeholders(1, chunk.len())
        );
        for row in tx.all(&sql, chunk.iter().map(|id| Value::from(*id)).collect()).await? {
            let Some(at) = index.get(&row.get::<i64>(0)?) else { continue };
            let kind = if row.get::<String>(1)? == "video" { SourceKind::Video } else { SourceKind::Link };
            items[*at].links.push(ItemLink { kind, title: row.get(2)?, url: row.get(3)? });
        }
    }
    Ok(items)
}

/// The items of an episode's rundown, in order.
pub(crate) async fn rundown(tx: &mut Tx, scope: Scope, episode: i64) -> Result<Vec<Item>, DbError> {
    let condition = "org_id = $1 AND episode_id = $2 AND dropped_at IS NULL";
    items_where(tx, condition, args![scope.org, episode]).await
}

/// The pool of ideas of a show, or of every show of the organisation.
pub(crate) async fn pool(tx: &mut Tx, scope: Scope, show: Option<i64>) -> Result<Vec<Item>, DbError> {
    let condition = "org_id = $1 AND ($2 = 0 OR show_id = $2) AND episode_id IS NULL AND dropped_at IS NULL";
    items_where(tx, condition, args![scope.org, show.unwrap_or(0)]).await
}

/// One item, deleted or not.
pub(crate) async fn item_by_id(tx: &mut Tx, id: i64) -> Result<Option<Item>, DbError> {
    Ok(items_where(tx, "id = $1", args![id]).await?.pop())
}

pub(crate) async fn insert_item(tx: &mut Tx, item: &Item, by: Option<PersonId>, now: At) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_rundown_item (id, org_id, show_id, episode_id, position, title, notes, planned_ms,
                 assignee, state, version, created_by, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let values = args![
        item.id,
        item.org,
        item.show,
        item.episode,
        item.position,
        &item.title,
        &item.notes,
        item.planned_ms,
        item.assignee,
        item.state.code(),
        item.version,
        by,
        now
    ];
    tx.run(sql, values).await?;
    write_links(tx, item).await
}

async fn write_links(tx: &mut Tx, item: &Item) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_rundown_link WHERE item_id = $1", args![item.id]).await?;
    let mut rows = Rows::default();
    for (rank, link) in (0_i64..).zip(&item.links) {
        let kind = if link.kind == SourceKind::Video { "video" } else { "link" };
        rows.push(args![item.id, rank, kind, &link.title, &link.url]);
    }
    let head = "INSERT INTO publish_rundown_link (item_id, rank, kind, title, url)";
    tx.insert_rows(head, rows, "").await.map(drop)
}

/// Writes the content of an item, if it is still the version that was read.
pub(crate) async fn update_item(tx: &mut Tx, item: &Item) -> Result<bool, DbError> {
    let sql = "UPDATE publish_rundown_item SET title = $1, notes = $2, planned_ms = $3, assignee = $4, state = $5,
                 version = version + 1 WHERE id = $6 AND org_id = $7 AND version = $8";
    let values = args![
        &item.title,
        &item.notes,
        item.planned_ms,
        item.assignee,
        item.state.code(),
        item.id,
        item.org,
        item.version
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    write_links(tx, item).await?;
    Ok(true)
}

pub(crate) async fn drop_item(tx: &mut Tx, id: i64, at: Option<At>) -> Result<(), DbError> {
    tx.run("UPDATE publish_rundown_item SET dropped_at = $1 WHERE id = $2", args![at, id]).await.map(drop)
}

pub(crate) async fn place_item(tx: &mut Tx, id: i64, episode: Option<i64>, position: i64) -> Result<(), DbError> {
    let sql = "UPDATE publish_rundown_item SET episode_id = $1, position = $2 WHERE id = $3";
    tx.run(sql, args![episode, position, id]).await.map(drop)
}

pub(crate) async fn target(tx: &mut Tx, episode: i64) -> Result<Option<i64>, DbError> {
    tx.scalar("SELECT target_ms FROM publish_rundown WHERE episode_id = $1", args![episode]).await
}

pub(crate) async fn set_target(tx: &mut Tx, episode: i64, target_ms: i64) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_rundown (episode_id, target_ms) VALUES ($1, $2)
               ON CONFLICT (episode_id) DO UPDATE SET target_ms = excluded.target_ms";
    tx.run(sql, args![episode, target_ms]).await.map(drop)
}
