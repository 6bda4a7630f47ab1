//! Checks, proofs, approvals and webhooks in the API. A token of the team reads; changes need the scope `publish` and
//! the role editor or owner. Secrets are in the one answer that made them.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{read_tx, write_tx};
use kernel::{At, Refusal, show_id};
use publish::model::EPISODE_PREFIX;
use publish::model::checks::{
    APPROVAL_PREFIX, Approval, ApprovalNote, Delivery, Finding, MESSAGE_PREFIX, Proof, ProofLine, WEBHOOK_PREFIX,
    Webhook,
};
use publish::rules::approval::works;
use publish::rules::webhook::EVENTS;
use publish::service::{self as uc, WebhookAct};
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, id, must_token, token_org};
use crate::app::App;
use crate::desk_mail::line_text;
use crate::http::{Client, Web};
use crate::pages::public::lang_for;

fn finding(app: &App, client: &Client, f: &Finding) -> Value {
    let detail = app.render.texts().text(lang_for(client), &format!("field-{}", f.code), &f.args);
    json!({"rule": f.rule, "source": f.source.code(), "level": f.level.code(), "field": f.field, "detail": detail})
}

/// GET `/api/v1/episodes/{id}/checks`: what the linter says about the saved episode.
pub async fn checks(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::checks(tx, &actor, wanted, None).await)
    };
    let value = outcome.await.map(|checked| {
        let findings: Vec<Value> = checked.findings.iter().map(|f| finding(&app, &client, f)).collect();
        json!({
            "version": checked.full.episode.version, "approval": checked.approval.code(),
            "blocks": publish::rules::lint::blocks(&checked.findings), "findings": findings,
        })
    });
    answer(&app, &client, StatusCode::OK, value)
}

fn line(app: &App, client: &Client, line: &ProofLine) -> Value {
    let detail = line_text(app.render.texts(), lang_for(client), line);
    json!({"code": line.code, "level": line.level, "detail": detail})
}

fn proof(app: &App, client: &Client, p: &Proof) -> Value {
    let details: Vec<Value> = p.details.iter().map(|l| line(app, client, l)).collect();
    json!({
        "kind": p.kind, "publish_at": p.instant.rfc3339(), "at": p.at.rfc3339(), "verdict": p.verdict,
        "details": details,
    })
}

/// GET `/api/v1/episodes/{id}/proofs`: evening checks and proofs, newest first.
pub async fn proofs(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::proofs(tx, &actor, wanted).await)
    };
    let value =
        outcome.await.map(|list| json!({"proofs": list.iter().map(|p| proof(&app, &client, p)).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

fn link(a: &Approval, now: At) -> Value {
    json!({
        "id": show_id(APPROVAL_PREFIX, a.id), "label": a.label, "created_at": a.created_at.rfc3339(),
        "expires_at": a.expires_at.rfc3339(), "revoked_at": a.revoked_at.map(At::rfc3339), "works": works(a, now),
    })
}

fn note(n: &ApprovalNote) -> Value {
    json!({
        "approval_id": show_id(APPROVAL_PREFIX, n.approval), "kind": n.kind.code(), "name": n.name, "text": n.text,
        "version": n.version, "at": n.at.rfc3339(),
    })
}

/// GET `/api/v1/episodes/{id}/approvals`: where the episode stands, its links, what clients said.
pub async fn approvals(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::approvals(tx, &actor, wanted).await)
    };
    let now = app.now();
    let value = outcome.await.map(|desk| {
        json!({
            "approval": desk.standing.code(), "version": desk.full.episode.version,
            "links": desk.links.iter().map(|l| link(l, now)).collect::<Vec<_>>(),
            "notes": desk.notes.iter().map(note).collect::<Vec<_>>(),
        })
    });
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewLink {
    label: String,
    #[serde(default = "usual_days")]
    days: i64,
}

const fn usual_days() -> i64 {
    publish::rules::approval::USUAL_DAYS
}

/// POST `/api/v1/episodes/{id}/approvals` with `{"label", "days"}`: makes a link; its address is in this answer only.
pub async fn create_approval(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        // Whether the asker may comes before what they sent.
        read_tx!(app.db, |tx| uc::approvals(tx, &ctx.actor, wanted).await)?;
        let ask: NewLink = match body(&bytes) {
            Ok(ask) => ask,
            Err(refusal) => {
                crate::pages::uploads::may_send(&app, &ctx.actor, wanted).await?;
                return Err(refusal.into());
            }
        };
        write_tx!(app.db, |tx| uc::create_approval(tx, &ctx, wanted, &ask.label, ask.days).await)
    };
    let now = app.now();
    let value = outcome.await.map(|made| {
        let mut value = link(&made.approval, now);
        let path = format!("/{}/approve/{}", lang_for(&client).code(), made.token);
        value["url"] = json!(app.links.absolute(&path));
        value
    });
    answer(&app, &client, StatusCode::CREATED, value)
}

/// DELETE `/api/v1/approvals/{id}`: ends a link.
pub async fn revoke_approval(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(APPROVAL_PREFIX, &text)?;
        write_tx!(app.db, |tx| uc::revoke_approval(tx, &ctx, wanted).await)
    };
    let value = outcome.await.map(|episode| json!({"id": text, "episode_id": show_id(EPISODE_PREFIX, episode)}));
    answer(&app, &client, StatusCode::OK, value)
}

fn hook(w: &Webhook) -> Value {
    json!({
        "id": show_id(WEBHOOK_PREFIX, w.id), "url": w.url, "events": w.events, "created_at": w.created_at.rfc3339(),
        "paused_at": w.paused_at.map(At::rfc3339), "pause_reason": w.pause_reason,
    })
}

fn hook_with_secret(app: &App, w: &Webhook) -> Value {
    let mut value = hook(w);
    value["secret"] = json!(app.webhook_keys.secret(w));
    value
}

/// GET `/api/v1/webhooks`: those of the token's organisation.
pub async fn webhooks(State(app): Web, client: Client) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&actor);
        read_tx!(app.db, |tx| uc::webhooks(tx, &actor, org).await)
    };
    let value = outcome.await.map(|list| json!({"webhooks": list.iter().map(hook).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewHook {
    #[serde(default)]
    url: String,
    #[serde(default)]
    events: Vec<String>,
}

/// POST `/api/v1/webhooks` with `{"url", "events"}`; the secret is in this answer only.
pub async fn create_webhook(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&ctx.actor);
        let ask: NewHook = body(&bytes)?;
        write_tx!(app.db, |tx| uc::create_webhook(tx, &ctx, org, (&ask.url, &ask.events), app.demo).await)
    };
    let value = outcome.await.map(|made| hook_with_secret(&app, &made));
    answer(&app, &client, StatusCode::CREATED, value)
}

/// POST `/api/v1/webhook-messages/{id}/resend`: sends a message again, under the same id.
pub async fn resend(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(MESSAGE_PREFIX, &text)?;
        write_tx!(app.db, |tx| uc::resend(tx, &ctx, wanted).await)
    };
    let value = outcome.await.map(|d| message(&d));
    app.worker.wake();
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/webhooks/{id}/test|pause|resume|rotate|delete`.
pub async fn act_webhook(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let verb = client.path.rsplit('/').next().unwrap_or_default().to_owned();
    match WebhookAct::parse(&verb) {
        Some(wanted) => act(&app, &client, &text, wanted).await,
        None => answer(&app, &client, StatusCode::OK, Err(Refusal::not_found().into())),
    }
}

async fn act(app: &std::sync::Arc<App>, client: &Client, text: &str, wanted: WebhookAct) -> Response {
    let ctx = client.ctx(app);
    let outcome = async {
        must_token(client)?;
        let number = id(WEBHOOK_PREFIX, text)?;
        write_tx!(app.db, |tx| uc::act_webhook(tx, &ctx, number, wanted).await)
    };
    let value = outcome.await.map(|w| if wanted == WebhookAct::Rotate { hook_with_secret(app, &w) } else { hook(&w) });
    app.worker.wake();
    answer(app, client, StatusCode::OK, value)
}

fn message(d: &Delivery) -> Value {
    json!({
        "id": show_id(MESSAGE_PREFIX, d.id), "webhook_id": show_id(WEBHOOK_PREFIX, d.webhook), "event": d.event,
        "state": d.state, "attempts": d.attempts, "status": d.status, "trouble": d.trouble,
        "created_at": d.created_at.rfc3339(), "tried_at": d.tried_at.map(At::rfc3339),
    })
}

/// `?before=` of messages.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<String>,
}

/// GET `/api/v1/webhooks/{id}/deliveries`: messages, newest first, 20 at a time.
pub async fn deliveries(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(page): Query<Before>,
) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let wanted = id(WEBHOOK_PREFIX, &text)?;
        let before = page.before.as_deref().map(|b| id(MESSAGE_PREFIX, b)).transpose()?;
        let org = token_org(&actor);
        read_tx!(app.db, |tx| {
            let hooks = uc::webhooks(tx, &actor, org).await?;
            if !hooks.iter().any(|h| h.id == wanted) {
                return Err(Refusal::not_found().into());
            }
            uc::deliveries(tx, &actor, org, Some(wanted), before).await
        })
    };
    let value = outcome.await.map(|(list, next)| {
        let next = next.map(|id| show_id(MESSAGE_PREFIX, id));
        json!({"deliveries": list.iter().map(message).collect::<Vec<_>>(), "next": next})
    });
    answer(&app, &client, StatusCode::OK, value)
}

const EPISODE_ID: Param = in_path("id", Kind::Id("ep"));
const HOOK_ID: Param = in_path("id", Kind::Id("wh"));

const FINDING: Shape = Shape {
    name: "Finding",
    fields: &[
        must("rule", Kind::Text).note("Its name, as in docs/checks.md."),
        must("source", Kind::OneOf(&["apple", "rss", "podcasting2", "wcag", "house"])),
        must("level", Kind::OneOf(&["error", "warning"])).note("Errors block publication."),
        must("field", Kind::Text),
        must("detail", Kind::Text),
    ],
};
const CHECKS: Shape = Shape {
    name: "Checks",
    fields: &[
        must("version", Kind::Int),
        must("approval", Kind::OneOf(STANDINGS)),
        must("blocks", Kind::Flag),
        must("findings", Kind::List(&Kind::Object(&FINDING))),
    ],
};
const STANDINGS: &[&str] = &["none", "approved", "outdated", "changes"];
const PROOF_LINE: Shape = Shape {
    name: "ProofLine",
    fields: &[
        must("code", Kind::Text),
        must("level", Kind::OneOf(&["ok", "warning", "error"])),
        must("detail", Kind::Text),
    ],
};
const PROOF: Shape = Shape {
    name: "Proof",
    fields: &[
        must("kind", Kind::OneOf(&["evening", "proof"])),
        must("publish_at", Kind::Instant),
        must("at", Kind::Instant),
        must("verdict", Kind::OneOf(&["ok", "warnings", "failed"])),
        must("details", Kind::List(&Kind::Object(&PROOF_LINE))),
    ],
};
const PROOFS: Shape = Shape { name: "Proofs", fields: &[must("proofs", Kind::List(&Kind::Object(&PROOF)))] };

macro_rules! link_fields {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Id("al")),
            must("label", Kind::Text),
            must("created_at", Kind::Instant),
            must("expires_at", Kind::Instant),
            must("revoked_at", Kind::Instant).or_null(),
            must("works", Kind::Flag),
            $($more),*
        ]
    };
}

const LINK: Shape = Shape { name: "ApprovalLink", fields: link_fields!() };
const LINK_MADE: Shape =
    Shape { name: "ApprovalLinkMade", fields: link_fields!(must("url", Kind::Url).note("In this answer only.")) };
const LINK_SENT: Shape = Shape {
    name: "ApprovalLinkDraft",
    fields: &[
        must("label", Kind::Text).note("For whom; the client sees it too."),
        may("days", Kind::Int).note("From 1 to 30; 7 when absent."),
    ],
};
const LINK_ENDED: Shape =
    Shape { name: "ApprovalLinkEnded", fields: &[must("id", Kind::Id("al")), must("episode_id", Kind::Id("ep"))] };
const NOTE: Shape = Shape {
    name: "ApprovalNote",
    fields: &[
        must("approval_id", Kind::Id("al")),
        must("kind", Kind::OneOf(&["comment", "approved", "changes"])),
        must("name", Kind::Text),
        must("text", Kind::Text),
        must("version", Kind::Int).note("The version the client saw."),
        must("at", Kind::Instant),
    ],
};
const APPROVALS: Shape = Shape {
    name: "Approvals",
    fields: &[
        must("approval", Kind::OneOf(STANDINGS)),
        must("version", Kind::Int),
        must("links", Kind::List(&Kind::Object(&LINK))),
        must("notes", Kind::List(&Kind::Object(&NOTE))),
    ],
};

macro_rules! hook_fields {
    ($($more:expr),* $(,)?) => {
        &[
            must("id", Kind::Id("wh")),
            must("url", Kind::Url),
            must("events", Kind::List(&Kind::OneOf(EVENTS))),
            must("created_at", Kind::Instant),
            must("paused_at", Kind::Instant).or_null(),
            must("pause_reason", Kind::Text).or_null(),
            $($more),*
        ]
    };
}

const HOOK: Shape = Shape { name: "Webhook", fields: hook_fields!() };
const HOOK_MADE: Shape =
    Shape { name: "WebhookWithSecret", fields: hook_fields!(must("secret", Kind::Text).note("In this answer only.")) };
const HOOK_SENT: Shape =
    Shape { name: "WebhookDraft", fields: &[may("url", Kind::Url), may("events", Kind::List(&Kind::OneOf(EVENTS)))] };
const HOOKS: Shape = Shape { name: "Webhooks", fields: &[must("webhooks", Kind::List(&Kind::Object(&HOOK)))] };
const MESSAGE: Shape = Shape {
    name: "WebhookMessage",
    fields: &[
        must("id", Kind::Id("msg")),
        must("webhook_id", Kind::Id("wh")),
        must("event", Kind::Text),
        must("state", Kind::OneOf(&["waiting", "delivered", "failed"])),
        must("attempts", Kind::Int),
        must("status", Kind::Int).or_null(),
        must("trouble", Kind::Text).or_null(),
        must("created_at", Kind::Instant),
        must("tried_at", Kind::Instant).or_null(),
    ],
};
const MESSAGES: Shape = Shape {
    name: "WebhookMessages",
    fields: &[
        must("deliveries", Kind::List(&Kind::Object(&MESSAGE))),
        must("next", Kind::Id("msg")).or_null().note("Send it as before to go on; null at the end."),
    ],
};

const fn hook_verb(id: &'static str, path: &'static str, answer: &'static Shape) -> Op {
    Op { id, path, params: &[HOOK_ID], answer: Some(answer), ..CHANGE }
}

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "check-episode",
        path: "/api/v1/episodes/{id}/checks",
        params: &[EPISODE_ID],
        answer: Some(&CHECKS),
        ..READ
    },
    Op {
        id: "list-proofs",
        path: "/api/v1/episodes/{id}/proofs",
        params: &[EPISODE_ID],
        answer: Some(&PROOFS),
        ..READ
    },
    Op {
        id: "list-approvals",
        path: "/api/v1/episodes/{id}/approvals",
        params: &[EPISODE_ID],
        answer: Some(&APPROVALS),
        ..READ
    },
    Op {
        id: "create-approval",
        path: "/api/v1/episodes/{id}/approvals",
        params: &[EPISODE_ID],
        body: Body::Json(&LINK_SENT),
        status: 201,
        answer: Some(&LINK_MADE),
        problems: &["approval-too-many"],
        example: r#"{"label": "Musée", "days": 7}"#,
        ..CHANGE
    },
    Op {
        id: "revoke-approval",
        method: "DELETE",
        path: "/api/v1/approvals/{id}",
        params: &[in_path("id", Kind::Id("al"))],
        answer: Some(&LINK_ENDED),
        ..CHANGE
    },
    Op { id: "list-webhooks", path: "/api/v1/webhooks", answer: Some(&HOOKS), ..READ },
    Op {
        id: "create-webhook",
        path: "/api/v1/webhooks",
        body: Body::Json(&HOOK_SENT),
        status: 201,
        answer: Some(&HOOK_MADE),
        problems: &["webhook-too-many"],
        example: r#"{"url": "https://hooks.example/", "events": ["episode.published"]}"#,
        ..CHANGE
    },
    Op {
        id: "list-webhook-messages",
        path: "/api/v1/webhooks/{id}/deliveries",
        params: &[HOOK_ID, in_query("before", Kind::Id("msg"), "next of the page before.")],
        answer: Some(&MESSAGES),
        ..READ
    },
    hook_verb("test-webhook", "/api/v1/webhooks/{id}/test", &HOOK),
    hook_verb("pause-webhook", "/api/v1/webhooks/{id}/pause", &HOOK),
    hook_verb("resume-webhook", "/api/v1/webhooks/{id}/resume", &HOOK),
    hook_verb("rotate-webhook", "/api/v1/webhooks/{id}/rotate", &HOOK_MADE),
    Op {
        id: "resend-webhook-message",
        path: "/api/v1/webhook-messages/{id}/resend",
        params: &[in_path("id", Kind::Id("msg"))],
        answer: Some(&MESSAGE),
        ..CHANGE
    },
    hook_verb("delete-webhook", "/api/v1/webhooks/{id}/delete", &HOOK),
];
