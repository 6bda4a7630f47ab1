//! Webhooks going out: one message per webhook and event, signed as Standard Webhooks says, tried again with growing
//! pauses. Secrets are derived from the server's key, so that none is stored.

use ::jobs::{Handler, MOST_ATTEMPTS, Outcome, Task};
use db::{Failure, read_tx, write_tx};
use futures_util::future::BoxFuture;
use kernel::{Actor, At, show_id};
use ring::hmac;
use serde_json::{Value, json};

use super::{DELIVER_HANDLER, DeskTools, HOOKED};
use crate::model::checks::{APPROVAL_PREFIX, Delivery, Webhook};
use crate::model::{EPISODE_PREFIX, SHOW_PREFIX};
use crate::ports::FetchError;
use crate::rules::webhook::{MOST_BODY, OVERLAP, signed_text};
use crate::service;
use crate::store;

/// Derives the secrets of webhooks.
#[derive(Clone)]
pub struct WebhookKeys(hmac::Key);

impl WebhookKeys {
    /// From the server's 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        let own = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"traboule webhooks 1");
        Self(hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()))
    }

    fn key(&self, hook: i64, generation: i64) -> hmac::Tag {
        hmac::sign(&self.0, format!("{hook}.{generation}").as_bytes())
    }

    /// The secret as it is shown once: `whsec_` and 32 bytes in base64.
    #[must_use]
    pub fn secret(&self, hook: &Webhook) -> String {
        format!("whsec_{}", base64(self.key(hook.id, hook.generation).as_ref()))
    }

    /// The signatures of a message: with today's secret, and for a day after it was replaced with the one before.
    #[must_use]
    pub fn signatures(&self, hook: &Webhook, id: &str, now: At, body: &str) -> String {
        let text = signed_text(id, now.micros() / 1_000_000, body);
        let sign = |generation: i64| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, self.key(hook.id, generation).as_ref());
            format!("v1,{}", base64(hmac::sign(&key, text.as_bytes()).as_ref()))
        };
        let fresh = hook.rotated_at.is_some_and(|at| now < at.plus_seconds(OVERLAP));
        if fresh && hook.generation > 1 {
            format!("{} {}", sign(hook.generation), sign(hook.generation - 1))
        } else {
            sign(hook.generation)
        }
    }
}

/// Standard base64 with padding (RFC 4648 §4).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let word = (at(0) << 16) | (at(1) << 8) | at(2);
        for place in 0..4_usize {
            let digit = usize::try_from((word >> (18 - 6 * place)) & 63).unwrap_or(0);
            out.push(if place <= chunk.len() { char::from(DIGITS[digit]) } else { '=' });
        }
    }
    out
}

/// Makes the messages about an event.
pub struct FanOut(pub DeskTools);

impl Handler for FanOut {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(told) = serde_json::from_str::<Value>(&task.body) else {
                return Outcome::Dead("an unreadable event".to_owned());
            };
            let ctx = self.0.base.ctx();
            let made: Result<usize, Failure> = write_tx!(self.0.base.db, |tx| {
                let Some(kind) = ::jobs::event_kind(tx, &task.key).await? else { return Ok(0) };
                let Some((_, event)) = HOOKED.iter().find(|(ours, _)| *ours == kind) else { return Ok(0) };
                let Some(data) = self.data(tx, &told).await? else { return Ok(0) };
                service::fan_out(tx, &ctx, task.org, event, &task.key, &data).await
            });
            super::outcome(made.map(drop))
        })
    }
}

impl FanOut {
    /// What a message says: ids, titles and addresses of what everybody may know, and of an answer only that it came.
    async fn data(&self, tx: &mut db::Tx, told: &Value) -> Result<Option<Value>, Failure> {
        let id = told["episode_id"].as_str().and_then(|id| id.parse::<i64>().ok());
        let Some(id) = id else { return Ok(None) };
        let Ok((show, full)) = service::desk_episode(tx, &Actor::System("job"), id).await else { return Ok(None) };
        let episode = &full.episode;
        let lang = kernel::Lang::parse(&show.language).unwrap_or(kernel::Lang::En);
        let page = crate::web::Links::episode(lang, &show.slug, &episode.slug);
        let links = self.0.links.of(&show);
        let mut data = json!({
            "episode_id": show_id(EPISODE_PREFIX, id), "show_id": show_id(SHOW_PREFIX, show.id),
            "guid": episode.guid, "title": episode.text(&show.language, &show.language).1.title,
            "version": episode.version, "url": links.absolute(&page), "feed_url": links.feed(&show.slug),
            "published_at": episode.state.instant().map(At::rfc3339),
        });
        if let Some(kind) = told["kind"].as_str() {
            let approval = told["approval_id"].as_str().and_then(|id| id.parse::<i64>().ok());
            data = json!({
                "episode_id": data["episode_id"], "show_id": data["show_id"], "title": data["title"], "answer": kind,
                "approval_id": approval.map(|id| show_id(APPROVAL_PREFIX, id)), "version": data["version"],
            });
        }
        Ok(Some(data))
    }
}

/// Sends one message.
pub struct Deliver(pub DeskTools);

impl Handler for Deliver {
    fn run<'a>(&'a self, task: &'a Task) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let Ok(id) = task.body.parse::<i64>() else { return Outcome::Dead("no message id".to_owned()) };
            let found: Result<Option<(Webhook, Delivery)>, Failure> = read_tx!(self.0.base.db, |tx| {
                let Some(message) = store::delivery_by_id(tx, id).await? else { return Ok(None) };
                let hook = store::webhook_by_id(tx, message.webhook).await?;
                Ok(hook.map(|hook| (hook, message)))
            });
            match found {
                Ok(Some((hook, message))) if message.state == "waiting" => self.send(task, hook, message).await,
                Ok(_) => Outcome::Done,
                Err(failure) => Outcome::Retry(failure.to_string()),
            }
        })
    }
}

/// What to do after a try.
enum Next {
    Over,
    Again(String),
}

impl Deliver {
    async fn send(&self, task: &Task, mut hook: Webhook, mut message: Delivery) -> Outcome {
        let now = self.0.base.ctx().now;
        let next = if hook.paused_at.is_some() {
            "failed".clone_into(&mut message.state);
            message.trouble = Some("paused".to_owned());
            Next::Over
        } else {
            self.try_once(task, now, &mut hook, &mut message).await
        };
        let kept: Result<(), Failure> = write_tx!(self.0.base.db, |tx| {
            store::update_delivery(tx, &message).await?;
            if hook.pause_reason.as_deref() == Some("gone") {
                store::pause_gone(tx, &hook).await?;
            }
            Ok(())
        });
        match (kept, next) {
            (Err(failure), _) => Outcome::Retry(failure.to_string()),
            (Ok(()), Next::Over) => Outcome::Done,
            (Ok(()), Next::Again(why)) => Outcome::Retry(why),
        }
    }

    async fn try_once(&self, task: &Task, now: At, hook: &mut Webhook, message: &mut Delivery) -> Next {
        let id = service::message_id(message);
        let body: &str = if message.body.len() <= MOST_BODY { &message.body } else { "{}" };
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.clone()),
            ("webhook-timestamp", (now.micros() / 1_000_000).to_string()),
            ("webhook-signature", self.0.keys.signatures(hook, &id, now, body)),
        ];
        let answer = self.0.poster.post(&hook.url, &headers, body).await;
        message.attempts += 1;
        message.tried_at = Some(now);
        message.status = answer.as_ref().ok().map(|s| i64::from(*s));
        let (over, trouble) = match answer {
            Ok(200..=299) => {
                "delivered".clone_into(&mut message.state);
                message.trouble = None;
                return Next::Over;
            }
            Ok(410) => {
                hook.paused_at = Some(now);
                hook.pause_reason = Some("gone".to_owned());
                (true, "gone".to_owned())
            }
            Ok(status) => (false, status.to_string()),
            Err(FetchError::Refused(_)) => (true, "refused".to_owned()),
            Err(FetchError::Gone(_) | FetchError::Failed(_)) => (false, "unreachable".to_owned()),
        };
        message.trouble = Some(trouble.clone());
        if over || task.attempts >= MOST_ATTEMPTS {
            "failed".clone_into(&mut message.state);
            return Next::Over;
        }
        Next::Again(format!("{DELIVER_HANDLER}: {trouble}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn a_replaced_secret_signs_along_for_a_day() {
        let now = At::from_micros(1_800_000_000_000_000);
        let hook = |generation, rotated_at| Webhook {
            id: 7,
            org: kernel::OrgId(1),
            url: "https://a.example/".to_owned(),
            events: Vec::new(),
            generation,
            rotated_at,
            paused_at: None,
            pause_reason: None,
            created_at: now,
        };
        let keys = WebhookKeys::new(&[7; 32]);
        let first = keys.signatures(&hook(1, None), "msg_1", now, "{}");
        assert!(first.starts_with("v1,") && !first.contains(' '));
        let both = keys.signatures(&hook(2, Some(now)), "msg_1", now, "{}");
        assert!(both.ends_with(&first) && both.split(' ').count() == 2, "{both}");
        let later = now.plus_seconds(OVERLAP);
        assert_eq!(keys.signatures(&hook(2, Some(now)), "msg_1", later, "{}").split(' ').count(), 1);
        assert_ne!(keys.secret(&hook(1, None)), keys.secret(&hook(2, None)));
        assert_ne!(WebhookKeys::new(&[8; 32]).secret(&hook(1, None)), keys.secret(&hook(1, None)));
        assert_eq!(keys.secret(&hook(1, None)).len(), "whsec_".len() + 44);
    }
}
