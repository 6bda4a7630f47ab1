//! Signing in by password, by mailed code, by passkey; replacing a forgotten password. Rate limits count per client
//! and per address; answers never tell whether an address has an account.

use std::sync::Arc;

use accounts::model::SignedIn;
use accounts::passkey::RelyingParty;
use accounts::service::{self as uc, Answer};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, fold};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_for, lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize, Default)]
struct Vars {
    form: Option<Which>,
    next: String,
    browser: String,
    purpose: String,
    email: String,
}

/// A form with the name of the one that was refused, where a page has several.
#[derive(Serialize, Default)]
pub(crate) struct Which {
    #[serde(flatten)]
    pub(crate) form: FormView,
    pub(crate) which: &'static str,
}

/// Where somebody begins: a team in its studio, everybody else with the account.
fn first_page(me: Option<&SignedIn>, lang: Lang) -> String {
    let page = if me.is_some_and(|me| !me.roles.is_empty()) { "studio" } else { "account" };
    format!("/{}/{page}", lang.code())
}

/// A path of this site that was asked for.
pub(crate) fn asked_for(text: &str) -> Option<String> {
    // Browsers drop tabs and line ends from addresses: `/<tab>/host` would be another host.
    let odd = |c: char| c == '\\' || c.is_control();
    let local = text.starts_with('/') && !text.starts_with("//") && !text.contains(odd);
    local.then(|| text.to_owned())
}

/// Where to go after signing in: what was asked for, else where that person begins.
async fn next(app: &App, token: &str, text: &str, lang: Lang) -> String {
    if let Some(path) = asked_for(text) {
        return path;
    }
    let me = read_tx!(app.db, |tx| uc::signed_in(tx, app.now(), token, false).await);
    first_page(me.ok().flatten().as_ref(), lang)
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    template: &str,
    title: &str,
    status: StatusCode,
    vars: Vars,
) -> Response {
    let head = private_head(app.say(lang, title));
    match site::render(app, lang, &client.path, "", template, head, vars).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// `?next=`.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// `/{lang}/sign-in`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(ask): Query<Next>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_some() {
        return redirect(&first_page(client.me.as_ref(), lang));
    }
    let vars = Vars { next: ask.next.unwrap_or_default(), ..Vars::default() };
    page(&app, &client, lang, "pages/sign_in.html", "pages-sign-in-heading", StatusCode::OK, vars).await
}

/// `/{lang}/sign-in/reset`.
pub async fn show_reset(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    page(&app, &client, lang, "pages/reset.html", "pages-reset-heading", StatusCode::OK, Vars::default()).await
}

async fn refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    shown: (&str, &str, &'static str),
    posted: &Posted,
    failure: &Failure,
) -> Response {
    let Failure::Refused(refusal) = failure else { return failure_page(app, client, lang, failure).await };
    let form = FormView::refused(posted, &["password", "code", "csrf"], refusal, app.render.texts(), lang);
    let vars = Vars {
        form: Some(Which { form, which: shown.2 }),
        next: posted.get("next").to_owned(),
        browser: posted.get("browser").to_owned(),
        purpose: posted.get("purpose").to_owned(),
        email: String::new(),
    };
    page(app, client, lang, shown.0, shown.1, ui::status(refusal.kind), vars).await
}

/// Goes somewhere with a new session.
pub(crate) fn session(app: &App, token: &str, to: &str) -> Response {
    let mut response = redirect(to);
    if let Some(cookie) = crate::http::session_cookie(app, Some(token)) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Limits on tries: many per client, few per address.
fn limit(app: &App, client: &Client, what: &str, email: &str) -> Result<(), Refusal> {
    let now = app.now();
    app.limits.check(&format!("{what} {}", client.ip_key), 30, 900, now)?;
    app.limits.check(&format!("{what} {}", fold(email)), 10, 900, now)
}

/// POST `/{lang}/sign-in/password`.
pub async fn by_password(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match password(&app, &client, &posted).await {
        Ok(token) => session(&app, &token, &next(&app, &token, posted.get("next"), lang).await),
        Err(failure) => {
            let shown = ("pages/sign_in.html", "pages-sign-in-heading", "password");
            refused(&app, &client, lang, shown, &posted, &failure).await
        }
    }
}

async fn password(app: &Arc<App>, client: &Client, posted: &Posted) -> Result<String, Failure> {
    let (email, password) = (posted.get("email"), posted.get("password").to_owned());
    limit(app, client, "password", email)?;
    if password.chars().count() > 200 {
        return Err(Refusal::new(Kind::Invalid, "sign-in-wrong").into());
    }
    let found = read_tx!(app.db, |tx| uc::find_for_password(tx, email).await)?;
    let hash = found.as_ref().map_or(uc::DUMMY_HASH, |(_, h)| h.as_str()).to_owned();
    let checked = {
        let hash = hash.clone();
        tokio::task::spawn_blocking(move || uc::verify_password(&password, &hash)).await
    };
    let right = checked.map_err(Failure::broken)?;
    let Some((person, _)) = found.filter(|_| right) else {
        return Err(Refusal::new(Kind::Invalid, "sign-in-wrong").field("password", "sign-in-wrong").into());
    };
    let ctx = client.ctx(app);
    let token = write_tx!(app.db, |tx| uc::sign_in_with_password(tx, &ctx, person, &hash, &client.user_agent).await)?;
    Ok(token.0)
}

/// POST `/{lang}/sign-in/code`: sends a code.
pub async fn ask_code(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    ask(app, client, &lang, body, "sign_in", ("pages/sign_in.html", "pages-sign-in-heading", "code"), "pages/code.html")
        .await
}

/// POST `/{lang}/sign-in/reset`: sends a code for a new password.
pub async fn ask_reset(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    ask(app, client, &lang, body, "reset", ("pages/reset.html", "pages-reset-heading", ""), "pages/reset_new.html")
        .await
}

async fn ask(
    app: Arc<App>,
    client: Client,
    lang: &str,
    body: Bytes,
    purpose: &'static str,
    from: (&str, &str, &'static str),
    to: &str,
) -> Response {
    let Some(lang) = lang_of(lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let email = posted.get("email");
    let ctx = client.ctx(&app);
    let asked = match limit(&app, &client, purpose, email) {
        Ok(()) => write_tx!(app.db, |tx| uc::ask_code(tx, &ctx, purpose, email).await),
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(asked) => {
            app.worker.wake();
            let vars = Vars {
                browser: asked.browser,
                purpose: purpose.to_owned(),
                next: posted.get("next").to_owned(),
                email: kernel::line(email),
                ..Vars::default()
            };
            page(&app, &client, lang, to, "pages-code-heading", StatusCode::OK, vars).await
        }
        Err(failure) => refused(&app, &client, lang, from, &posted, &failure).await,
    }
}

/// POST `/{lang}/sign-in/code/finish`.
pub async fn finish_code(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let ctx = client.ctx(&app);
    let (browser, code) = (posted.get("browser"), posted.get("code"));
    let outcome = match app.limits.check(&format!("code {}", client.ip_key), 30, 900, app.now()) {
        Ok(()) => write_tx!(app.db, |tx| uc::finish_code(tx, &ctx, browser, code, &client.user_agent).await),
        Err(refusal) => Ok(Err(refusal)),
    };
    let failure = match outcome {
        Ok(Ok(token)) => return session(&app, &token.0, &next(&app, &token.0, posted.get("next"), lang).await),
        Ok(Err(refusal)) => Failure::from(refusal),
        Err(failure) => failure,
    };
    refused(&app, &client, lang, ("pages/code.html", "pages-code-heading", ""), &posted, &failure).await
}

/// POST `/{lang}/sign-in/reset/finish`.
pub async fn finish_reset(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let failure = match reset(&app, &client, &posted).await {
        Ok(Ok(token)) => return session(&app, &token, &next(&app, &token, "", lang).await),
        Ok(Err(refusal)) => Failure::from(refusal),
        Err(failure) => failure,
    };
    refused(&app, &client, lang, ("pages/reset_new.html", "pages-reset-new-heading", ""), &posted, &failure).await
}

async fn reset(app: &Arc<App>, client: &Client, posted: &Posted) -> Result<Result<String, Refusal>, Failure> {
    app.limits.check(&format!("code {}", client.ip_key), 30, 900, app.now())?;
    let plain = posted.get("password").to_owned();
    if let Err(code) = accounts::rules::password(&plain, "") {
        return Ok(Err(Refusal::invalid("check-fields").field("password", code)));
    }
    let hash = hash(app, plain.clone()).await?;
    let ctx = client.ctx(app);
    let (browser, code) = (posted.get("browser"), posted.get("code"));
    let new = (plain.as_str(), hash.as_str());
    let done = write_tx!(app.db, |tx| uc::finish_reset(tx, &ctx, browser, code, new, &client.user_agent).await)?;
    Ok(done.map(|token| token.0))
}

/// Hashes a password on a thread made for waiting.
pub(crate) async fn hash(app: &App, plain: String) -> Result<String, Failure> {
    let salt = app.rng.bytes::<16>();
    let hashed = tokio::task::spawn_blocking(move || uc::hash_password(&plain, &salt)).await;
    hashed.map_err(Failure::broken)?
}

/// What passkeys call this site: the host of the public origin.
pub(crate) fn relying_party(app: &App) -> RelyingParty {
    let origin = app.links.origin().to_owned();
    let id = url::Url::parse(&origin).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
    RelyingParty { id, origin }
}

/// A passkey answer as the browser sends it, base64url.
#[derive(Debug, Deserialize)]
pub struct PasskeyAnswer {
    challenge: String,
    credential_id: String,
    client_data: String,
    authenticator_data: String,
    #[serde(default)]
    signature: String,
    #[serde(default)]
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) next: String,
}

impl PasskeyAnswer {
    /// The challenge and the answer, decoded.
    pub(crate) fn decode(&self) -> Result<(Vec<u8>, Answer), Refusal> {
        let decode = |text: &str| {
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Refusal::new(Kind::Invalid, "passkey-wrong"))
        };
        let answer = Answer {
            credential_id: decode(&self.credential_id)?,
            client_data: decode(&self.client_data)?,
            authenticator_data: decode(&self.authenticator_data)?,
            signature: decode(&self.signature)?,
        };
        Ok((decode(&self.challenge)?, answer))
    }
}

/// A refusal for our own scripts.
pub(crate) fn problem(app: &App, client: &Client, failure: &Failure) -> Response {
    if !matches!(failure, Failure::Refused(_)) {
        tracing::error!(%failure, path = super::loggable(&client.path), "a request failed");
    }
    let refusal = failure.as_refusal();
    let lang = lang_for(client);
    let mut response = Json(ui::problem_json(app.render.texts(), lang, &refusal)).into_response();
    *response.status_mut() = ui::status(refusal.kind);
    let mime = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, mime);
    response
}

/// The stamp a script sends in a header.
pub(crate) fn stamped(app: &App, client: &Client, headers: &HeaderMap) -> Result<(), Refusal> {
    let stamp = headers.get("x-csrf").and_then(|v| v.to_str().ok()).unwrap_or_default();
    client.check_stamp(app, stamp)
}

/// What a browser is asked when it shall make a passkey.
pub(crate) fn asking(app: &App, ask: &uc::PasskeyOptions) -> Response {
    let site = relying_party(app);
    Json(serde_json::json!({
        "challenge": ask.challenge, "user_handle": ask.user_handle, "user_name": ask.user_name,
        "display_name": ask.display_name, "exclude": ask.exclude, "rp_id": site.id, "rp_name": site.id,
    }))
    .into_response()
}

/// POST `/sign-in/passkey/begin`.
pub async fn passkey_begin(State(app): Web, client: Client, headers: HeaderMap) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        stamped(&app, &client, &headers)?;
        app.limits.check(&format!("passkey {}", client.ip_key), 30, 900, app.now())?;
        write_tx!(app.db, |tx| uc::begin_sign_in(tx, &ctx).await)
    };
    match outcome.await {
        Ok(asked) => {
            let site = relying_party(&app);
            Json(serde_json::json!({"challenge": asked.challenge, "rp_id": site.id})).into_response()
        }
        Err(failure) => problem(&app, &client, &failure),
    }
}

/// POST `/sign-in/passkey/finish`.
pub async fn passkey_finish(
    State(app): Web,
    client: Client,
    headers: HeaderMap,
    Json(sent): Json<PasskeyAnswer>,
) -> Response {
    let ctx = client.ctx(&app);
    let site = relying_party(&app);
    let outcome = async {
        stamped(&app, &client, &headers)?;
        app.limits.check(&format!("passkey {}", client.ip_key), 30, 900, app.now())?;
        let (challenge, answer) = sent.decode()?;
        write_tx!(app.db, |tx| uc::finish_sign_in(tx, &ctx, &site, &challenge, &answer, &client.user_agent).await)
    };
    match outcome.await {
        Ok(token) => {
            // Only now it is known who asks, and which language they chose.
            let me = read_tx!(app.db, |tx| uc::signed_in(tx, ctx.now, &token.0, false).await);
            let me = me.ok().flatten();
            let lang = me.as_ref().map(|me| me.person.lang).or(client.prefers).unwrap_or(Lang::Fr);
            let to = asked_for(&sent.next).unwrap_or_else(|| first_page(me.as_ref(), lang));
            let mut response = Json(serde_json::json!({"redirect": to})).into_response();
            if let Some(cookie) = crate::http::session_cookie(&app, Some(&token.0)) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(failure) => problem(&app, &client, &failure),
    }
}
