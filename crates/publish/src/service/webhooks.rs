//! Webhooks of an organisation: who wants to be told what, and the messages to them. One message per webhook and
//! event; sending is a job's work.

use db::{Failure, Tx};
use kernel::{Actor, Ctx, Kind, OrgId, Refusal, Role, Scope, show_id};
use serde_json::{Value, json};

use crate::jobs::DELIVER_HANDLER;
use crate::model::checks::{Delivery, MESSAGE_PREFIX, Webhook};
use crate::rules::webhook::{self, MOST_WEBHOOKS, TEST_EVENT};
use crate::store;

/// What an editor does with a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookAct {
    /// Sends a message that says it is a test.
    Test,
    /// Sends nothing any more.
    Pause,
    /// Sends again.
    Resume,
    /// Replaces the secret; the old one signs along for a day.
    Rotate,
    /// Deletes it with its messages.
    Delete,
}

impl WebhookAct {
    /// Reads the word in addresses.
    #[must_use]
    pub fn parse(verb: &str) -> Option<Self> {
        Some(match verb {
            "test" => Self::Test,
            "pause" => Self::Pause,
            "resume" => Self::Resume,
            "rotate" => Self::Rotate,
            "delete" => Self::Delete,
            _ => return None,
        })
    }
}

fn must(actor: &Actor, org: OrgId) -> Result<(), Refusal> {
    if !actor.may_read(org) {
        return Err(Refusal::not_found());
    }
    if actor.may(org, &[Role::Editor]) { Ok(()) } else { Err(Refusal::forbidden()) }
}

async fn own(tx: &mut Tx, actor: &Actor, id: i64) -> Result<Webhook, Failure> {
    let found = store::webhook_by_id(tx, id).await?.filter(|w| actor.may_read(w.org));
    let Some(found) = found else { return Err(Refusal::not_found().into()) };
    must(actor, found.org)?;
    Ok(found)
}

/// The webhooks of an organisation, for its editors.
///
/// # Errors
/// Refused for everybody else.
pub async fn webhooks(tx: &mut Tx, actor: &Actor, org: OrgId) -> Result<Vec<Webhook>, Failure> {
    must(actor, org)?;
    Ok(store::webhooks(tx, Scope { org }).await?)
}

/// The newest messages of an organisation, of one webhook or of all, and where the next page continues.
///
/// # Errors
/// Refused for everybody but its editors.
pub async fn deliveries(
    tx: &mut Tx,
    actor: &Actor,
    org: OrgId,
    webhook: Option<i64>,
    before: Option<i64>,
) -> Result<(Vec<Delivery>, Option<i64>), Failure> {
    const PAGE: usize = 20;
    must(actor, org)?;
    let before = before.unwrap_or(i64::MAX);
    let mut found = store::deliveries(tx, Scope { org }, webhook.unwrap_or(0), before, 21).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|d| d.id);
    Ok((found, next))
}

/// Adds a webhook. `loopback` lets it lead to this machine (the demo).
///
/// # Errors
/// Refused for non-editors, bad fields and too many.
pub async fn create_webhook(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    wanted: (&str, &[String]),
    loopback: bool,
) -> Result<Webhook, Failure> {
    must(&ctx.actor, org)?;
    let (url, events) = match (webhook::address(wanted.0, loopback), webhook::events(wanted.1)) {
        (Ok(url), Ok(events)) => (url, events),
        (Err(mut refusal), other) => {
            refusal.fields.extend(other.err().into_iter().flat_map(|r| r.fields));
            return Err(refusal.into());
        }
        (_, Err(refusal)) => return Err(refusal.into()),
    };
    if store::webhooks(tx, Scope { org }).await?.len() >= MOST_WEBHOOKS {
        return Err(Refusal::new(Kind::Conflict, "webhook-too-many").into());
    }
    let made = Webhook {
        id: ctx.ids.next(),
        org,
        url,
        events,
        generation: 1,
        rotated_at: None,
        paused_at: None,
        pause_reason: None,
        created_at: ctx.now,
    };
    store::insert_webhook(tx, &made, ctx.actor.person()).await?;
    Ok(made)
}

/// Does something with a webhook; gives it as it is then.
///
/// # Errors
/// Not found outside the organisation, refused for non-editors.
pub async fn act_webhook(tx: &mut Tx, ctx: &Ctx, id: i64, act: WebhookAct) -> Result<Webhook, Failure> {
    let mut hook = own(tx, &ctx.actor, id).await?;
    match act {
        WebhookAct::Delete => store::delete_webhook(tx, &hook).await?,
        WebhookAct::Test => {
            let key = format!("test:{}", ctx.ids.next());
            message(tx, ctx, &hook, TEST_EVENT, &key, &json!({"text": "traboule"})).await?;
        }
        WebhookAct::Pause | WebhookAct::Resume => {
            let pausing = act == WebhookAct::Pause;
            hook.paused_at = pausing.then_some(ctx.now);
            hook.pause_reason = pausing.then(|| "hand".to_owned());
            store::update_webhook(tx, &hook).await?;
        }
        WebhookAct::Rotate => {
            hook.generation += 1;
            hook.rotated_at = Some(ctx.now);
            store::update_webhook(tx, &hook).await?;
        }
    }
    Ok(hook)
}

/// Sends a message again, under the same id.
///
/// # Errors
/// Not found outside the organisation, refused for non-editors.
pub async fn resend(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Delivery, Failure> {
    let Some(mut found) = store::delivery_by_id(tx, id).await? else { return Err(Refusal::not_found().into()) };
    let hook = own(tx, &ctx.actor, found.webhook).await?;
    "waiting".clone_into(&mut found.state);
    store::update_delivery(tx, &found).await?;
    let key = format!("{}:{}", found.id, found.attempts);
    jobs::enqueue(tx, hook.org, DELIVER_HANDLER, &key, &found.id.to_string(), ctx.now).await?;
    Ok(found)
}

/// Makes one message for one webhook about one event, if there is none yet, and asks for it to be sent.
async fn message(
    tx: &mut Tx,
    ctx: &Ctx,
    hook: &Webhook,
    event: &str,
    event_key: &str,
    data: &Value,
) -> Result<bool, Failure> {
    let id = ctx.ids.next();
    let body = json!({"type": event, "timestamp": ctx.now.rfc3339(), "data": data}).to_string();
    let made = Delivery {
        id,
        webhook: hook.id,
        event: event.to_owned(),
        body,
        state: "waiting".to_owned(),
        attempts: 0,
        status: None,
        trouble: None,
        created_at: ctx.now,
        tried_at: None,
    };
    if !store::insert_delivery(tx, hook, &made, event_key).await? {
        return Ok(false);
    }
    let key = format!("{id}:new");
    jobs::enqueue(tx, hook.org, DELIVER_HANDLER, &key, &id.to_string(), ctx.now).await?;
    Ok(true)
}

/// One message to each webhook of `org` that chose `event` and is not paused; gives how many are new.
///
/// # Errors
/// The database's failure.
pub async fn fan_out(
    tx: &mut Tx,
    ctx: &Ctx,
    org: OrgId,
    event: &str,
    event_key: &str,
    data: &Value,
) -> Result<usize, Failure> {
    let mut made = 0;
    for hook in store::webhooks(tx, Scope { org }).await? {
        let wants = hook.paused_at.is_none() && hook.events.iter().any(|e| e == event);
        if wants && message(tx, ctx, &hook, event, event_key, data).await? {
            made += 1;
        }
    }
    Ok(made)
}

/// The id receivers see.
#[must_use]
pub fn message_id(delivery: &Delivery) -> String {
    show_id(MESSAGE_PREFIX, delivery.id)
}
