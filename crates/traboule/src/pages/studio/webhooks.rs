//! Webhooks of an organisation: addresses, events, messages sent. A secret is shown once, on the answer that made it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, Refusal, Role, parse_id, show_id};
use publish::model::checks::{Delivery, MESSAGE_PREFIX, WEBHOOK_PREFIX, Webhook};
use publish::rules::webhook::EVENTS;
use publish::service::{self as uc, WebhookAct};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted, Stamp};

use super::{RailEntry, rail, to_sign_in, utc_stamp};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct HookRow {
    id: String,
    url: String,
    paused: bool,
    look: &'static str,
    state_text: String,
    events_text: String,
}

#[derive(Serialize)]
struct DeliveryRow {
    id: String,
    url: String,
    event_text: String,
    look: &'static str,
    state_text: String,
    answer_text: String,
    attempts_text: String,
    when: Stamp,
    can_resend: bool,
}

#[derive(Serialize)]
struct EventRow {
    code: &'static str,
    label: String,
    checked: bool,
}

#[derive(Serialize)]
struct Vars {
    rail: Vec<RailEntry>,
    hooks: Vec<HookRow>,
    deliveries: Vec<DeliveryRow>,
    events: Vec<EventRow>,
    pager: Pager,
    paged: bool,
    secret: Option<String>,
    rotated: bool,
    form: Option<FormView>,
    said: Option<String>,
}

#[derive(Default)]
struct Shown {
    before: Option<i64>,
    form: Option<FormView>,
    said: Option<String>,
    secret: Option<String>,
    rotated: bool,
}

/// `?before=` of the messages, and what the last action has to say.
#[derive(Debug, Default, Deserialize)]
pub struct HooksQuery {
    before: Option<i64>,
    said: Option<String>,
}

/// The organisation whose webhooks the person looks after.
fn own_org(client: &Client) -> Result<OrgId, Refusal> {
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let edits = |role: &Role| matches!(role, Role::Owner | Role::Editor);
    me.roles.iter().find(|(_, role)| edits(role)).map(|(org, _)| *org).ok_or_else(Refusal::forbidden)
}

/// `/{lang}/studio/webhooks`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<HooksQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.filter(|s| app.render.texts().has(lang, &format!("webhook-said-{s}")));
    let said = said.map(|s| app.say(lang, &format!("webhook-said-{s}")));
    let shown = Shown { before: query.before, said, ..Shown::default() };
    page(&app, &client, lang, StatusCode::OK, shown).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, status: StatusCode, shown: Shown) -> Response {
    let path = format!("/{}/studio/webhooks", lang.code());
    let rendered = async {
        let (org, actor) = (own_org(client)?, client.actor());
        let (hooks, (messages, next)) = read_tx!(app.db, |tx| Ok((
            uc::webhooks(tx, &actor, org).await?,
            uc::deliveries(tx, &actor, org, None, shown.before).await?
        )))?;
        let again: Option<&str> = shown.form.as_ref().and_then(|f| f.values.get("events")).map(String::as_str);
        let chosen = |event: &str| again.map_or(event == "episode.published", |a| a.split(',').any(|e| e == event));
        let event =
            |code: &'static str| EventRow { code, label: app.say(lang, &event_key(code)), checked: chosen(code) };
        let vars = Vars {
            rail: rail(app, lang, "studio/webhooks"),
            events: EVENTS.iter().map(|code| event(code)).collect(),
            deliveries: messages.iter().map(|d| delivery_row(app, lang, &hooks, d)).collect(),
            hooks: hooks.iter().map(|h| hook_row(app, lang, h)).collect(),
            pager: Pager {
                newer_url: shown.before.map(|_| path.clone()),
                older_url: next.map(|id| format!("{path}?before={id}")),
                text: String::new(),
            },
            paged: shown.before.is_some(),
            secret: shown.secret,
            rotated: shown.rotated,
            form: shown.form,
            said: shown.said,
        };
        let head = private_head(app.say(lang, "webhook-heading"));
        site::render(app, lang, &path, "", "pages/webhooks.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn event_key(event: &str) -> String {
    format!("webhook-event-{}", event.replace('.', "-"))
}

fn hook_row(app: &App, lang: Lang, hook: &Webhook) -> HookRow {
    let (look, state) = match hook.pause_reason.as_deref() {
        Some("gone") => ("bad", "gone"),
        Some(_) => ("warn", "paused"),
        None => ("ok", "works"),
    };
    let events: Vec<String> = hook.events.iter().map(|e| app.say(lang, &event_key(e))).collect();
    HookRow {
        id: show_id(WEBHOOK_PREFIX, hook.id),
        url: hook.url.clone(),
        paused: hook.paused_at.is_some(),
        look,
        state_text: app.say(lang, &format!("webhook-state-{state}")),
        events_text: events.join(", "),
    }
}

fn delivery_row(app: &App, lang: Lang, hooks: &[Webhook], message: &Delivery) -> DeliveryRow {
    let texts = app.render.texts();
    let answer = match (message.status, message.trouble.as_deref()) {
        (Some(status), _) => texts.text(lang, "webhook-answer", &[("status", status.to_string().into())]),
        (None, Some(why)) if texts.has(lang, &format!("webhook-trouble-{why}")) => {
            app.say(lang, &format!("webhook-trouble-{why}"))
        }
        _ => String::new(),
    };
    DeliveryRow {
        id: show_id(MESSAGE_PREFIX, message.id),
        url: hooks.iter().find(|h| h.id == message.webhook).map(|h| h.url.clone()).unwrap_or_default(),
        event_text: app.say(lang, &event_key(&message.event)),
        look: match message.state.as_str() {
            "delivered" => "ok",
            "waiting" => "info",
            _ => "bad",
        },
        state_text: app.say(lang, &format!("webhook-message-{}", message.state)),
        answer_text: answer,
        attempts_text: texts.text(lang, "webhook-attempts", &[("count", message.attempts.into())]),
        when: utc_stamp(message.tried_at.unwrap_or(message.created_at), lang),
        can_resend: message.state != "waiting",
    }
}

/// What an action leaves to show.
enum Done {
    Said(&'static str),
    Secret(String, bool),
}

/// POST `/{lang}/studio/webhooks`: adds one.
pub async fn add(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(known) = lang_of(&lang) else { return nowhere(State(app), client).await };
    finish(&app, &client, known, &body, None).await
}

/// POST `/{lang}/studio/webhooks/{id}/{verb}`: test, pause, resume, rotate, delete; resend for a message.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    finish(&app, &client, lang, &body, Some((id, verb))).await
}

async fn finish(app: &Arc<App>, client: &Client, lang: Lang, body: &Bytes, what: Option<(String, String)>) -> Response {
    let posted = match read_form(app, client, body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(app, client, lang, &refusal).await,
    };
    match done(app, client, &posted, what).await {
        Ok(Done::Said(said)) => redirect(&format!("/{}/studio/webhooks?said={said}", lang.code())),
        Ok(Done::Secret(secret, rotated)) => {
            let shown = Shown { secret: Some(secret), rotated, ..Shown::default() };
            page(app, client, lang, StatusCode::OK, shown).await
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = Some(FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang));
            page(app, client, lang, ui::status(refusal.kind), Shown { form, ..Shown::default() }).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    posted: &Posted,
    what: Option<(String, String)>,
) -> Result<Done, Failure> {
    let ctx = client.ctx(app);
    let Some((id, verb)) = what else {
        let org = own_org(client)?;
        let wanted = (posted.get("url"), posted.all("events"));
        let made = write_tx!(app.db, |tx| uc::create_webhook(tx, &ctx, org, wanted, app.demo).await)?;
        return Ok(Done::Secret(app.webhook_keys.secret(&made), false));
    };
    own_org(client)?;
    if verb == "resend" {
        let message = parse_id(MESSAGE_PREFIX, &id).ok_or_else(Refusal::not_found)?;
        write_tx!(app.db, |tx| uc::resend(tx, &ctx, message).await)?;
        app.worker.wake();
        return Ok(Done::Said("resent"));
    }
    let act = WebhookAct::parse(&verb).ok_or_else(Refusal::not_found)?;
    let number = parse_id(WEBHOOK_PREFIX, &id).ok_or_else(Refusal::not_found)?;
    let hook = write_tx!(app.db, |tx| uc::act_webhook(tx, &ctx, number, act).await)?;
    app.worker.wake();
    Ok(match act {
        WebhookAct::Rotate => Done::Secret(app.webhook_keys.secret(&hook), true),
        WebhookAct::Test => Done::Said("test"),
        WebhookAct::Pause => Done::Said("paused"),
        WebhookAct::Resume => Done::Said("resumed"),
        WebhookAct::Delete => Done::Said("deleted"),
    })
}
