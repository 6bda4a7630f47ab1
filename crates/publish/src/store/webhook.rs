//! Webhooks and the messages to them.

use db::{DbError, Row, Tx, args};
use kernel::{At, OrgId, PersonId, Scope};

use crate::model::checks::{Delivery, Webhook};

const WEBHOOK: &str =
    "w.id, w.org_id, w.url, w.events, w.generation, w.rotated_at, w.paused_at, w.pause_reason, w.created_at";
const DELIVERY: &str =
    "d.id, d.webhook_id, d.event, d.body, d.state, d.attempts, d.status, d.trouble, d.created_at, d.tried_at";

fn webhook(row: &Row) -> Result<Webhook, DbError> {
    let mut c = row.cols();
    Ok(Webhook {
        id: c.take()?,
        org: OrgId(c.take()?),
        url: c.take()?,
        events: c.take::<String>()?.split(' ').map(str::to_owned).collect(),
        generation: c.take()?,
        rotated_at: c.take()?,
        paused_at: c.take()?,
        pause_reason: c.take()?,
        created_at: c.take()?,
    })
}

fn delivery(row: &Row) -> Result<Delivery, DbError> {
    let mut c = row.cols();
    Ok(Delivery {
        id: c.take()?,
        webhook: c.take()?,
        event: c.take()?,
        body: c.take()?,
        state: c.take()?,
        attempts: c.take()?,
        status: c.take()?,
        trouble: c.take()?,
        created_at: c.take()?,
        tried_at: c.take()?,
    })
}

pub(crate) async fn insert_webhook(tx: &mut Tx, w: &Webhook, by: Option<PersonId>) -> Result<(), DbError> {
    let sql = "INSERT INTO publish_webhook (id, org_id, url, events, generation, created_by, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = args![w.id, w.org, &w.url, w.events.join(" "), w.generation, by.map(|p| p.0), w.created_at];
    tx.run(sql, values).await.map(drop)
}

/// Writes what may change of a webhook: events, generation, pause.
pub(crate) async fn update_webhook(tx: &mut Tx, w: &Webhook) -> Result<(), DbError> {
    let sql =
        "UPDATE publish_webhook SET events = $1, generation = $2, rotated_at = $3, paused_at = $4, pause_reason = $5
               WHERE id = $6 AND org_id = $7";
    let reason = w.pause_reason.clone();
    let values = args![w.events.join(" "), w.generation, w.rotated_at, w.paused_at, reason, w.id, w.org];
    tx.run(sql, values).await.map(drop)
}

/// Deletes a webhook with its messages.
pub(crate) async fn delete_webhook(tx: &mut Tx, w: &Webhook) -> Result<(), DbError> {
    tx.run("DELETE FROM publish_webhook_delivery WHERE webhook_id = $1 AND org_id = $2", args![w.id, w.org]).await?;
    tx.run("DELETE FROM publish_webhook WHERE id = $1 AND org_id = $2", args![w.id, w.org]).await.map(drop)
}

pub(crate) async fn webhook_by_id(tx: &mut Tx, id: i64) -> Result<Option<Webhook>, DbError> {
    let sql = format!("SELECT {WEBHOOK} FROM publish_webhook w WHERE w.id = $1");
    tx.opt(&sql, args![id]).await?.as_ref().map(webhook).transpose()
}

/// An organisation's webhooks, oldest first.
pub(crate) async fn webhooks(tx: &mut Tx, scope: Scope) -> Result<Vec<Webhook>, DbError> {
    let sql = format!("SELECT {WEBHOOK} FROM publish_webhook w WHERE w.org_id = $1 ORDER BY w.id");
    tx.all(&sql, args![scope.org]).await?.iter().map(webhook).collect()
}

/// Adds a message; `false` when the webhook has one about that event already.
pub(crate) async fn insert_delivery(tx: &mut Tx, w: &Webhook, d: &Delivery, event_key: &str) -> Result<bool, DbError> {
    let sql = "INSERT INTO publish_webhook_delivery (id, org_id, webhook_id, event, event_key, body, state, attempts, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7) ON CONFLICT DO NOTHING";
    let values = args![d.id, w.org, w.id, &d.event, event_key, &d.body, d.created_at];
    Ok(tx.run(sql, values).await? == 1)
}

pub(crate) async fn delivery_by_id(tx: &mut Tx, id: i64) -> Result<Option<Delivery>, DbError> {
    let sql = format!("SELECT {DELIVERY} FROM publish_webhook_delivery d WHERE d.id = $1");
    tx.opt(&sql, args![id]).await?.as_ref().map(delivery).transpose()
}

/// Writes how a try ended.
pub(crate) async fn update_delivery(tx: &mut Tx, d: &Delivery) -> Result<(), DbError> {
    let sql = "UPDATE publish_webhook_delivery SET state = $1, attempts = $2, status = $3, trouble = $4, tried_at = $5
               WHERE id = $6";
    tx.run(sql, args![&d.state, d.attempts, d.status, d.trouble.clone(), d.tried_at, d.id]).await.map(drop)
}

/// An organisation's newest messages, of one webhook or of all (0), before an id.
pub(crate) async fn deliveries(
    tx: &mut Tx,
    scope: Scope,
    webhook: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<Delivery>, DbError> {
    let sql = format!(
        "SELECT {DELIVERY} FROM publish_webhook_delivery d
         WHERE d.org_id = $1 AND ($2 = 0 OR d.webhook_id = $2) AND d.id < $3 ORDER BY d.id DESC LIMIT $4"
    );
    tx.all(&sql, args![scope.org, webhook, before, limit]).await?.iter().map(delivery).collect()
}

/// Deletes messages made before an instant.
pub(crate) async fn sweep_deliveries(tx: &mut Tx, before: At) -> Result<u64, DbError> {
    tx.run("DELETE FROM publish_webhook_delivery WHERE created_at < $1 AND state <> 'waiting'", args![before]).await
}

/// Pauses a webhook whose receiver said it is gone; what editors changed meanwhile stays.
pub(crate) async fn pause_gone(tx: &mut Tx, w: &Webhook) -> Result<(), DbError> {
    let sql = "UPDATE publish_webhook SET paused_at = $1, pause_reason = 'gone' WHERE id = $2 AND paused_at IS NULL";
    tx.run(sql, args![w.paused_at, w.id]).await.map(drop)
}
