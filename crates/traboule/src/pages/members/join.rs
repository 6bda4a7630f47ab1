//! Joining: an account by a mailed code, or by a passkey without any address. No puzzle, no cookie before it is done; limits
//! count per network and per address, and nothing tells whether an address is known. The place in public comes after.

use std::sync::Arc;

use accounts::service as uc;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::{Failure, write_tx};
use kernel::{Lang, Refusal, fold};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::JOINS;
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_for, lang_of, nowhere};
use crate::pages::sign_in::{PasskeyAnswer, asked_for, asking, problem, relying_party, session, stamped};
use crate::pages::site::{self, private_head};

/// `?next=`.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    next: Option<String>,
}

#[derive(Serialize)]
struct Vars {
    form: Option<FormView>,
    next: String,
    sign_in_url: String,
}

#[derive(Serialize)]
struct CodeVars {
    form: Option<FormView>,
    browser: String,
    purpose: &'static str,
    next: String,
    email: String,
    action: String,
    again_url: String,
}

/// A page that leads on to `next`, if that is a path of this site.
pub(crate) fn with_next(page: &str, next: &str) -> String {
    match asked_for(next) {
        Some(next) => {
            let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            format!("{page}?next={next}")
        }
        None => page.to_owned(),
    }
}

/// Where somebody who just came in goes: their place in public, which knows where they wanted to go.
pub(super) fn onward(lang: Lang, next: &str) -> String {
    with_next(&format!("/{}/account/profile", lang.code()), next)
}

async fn page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    form: Option<FormView>,
    next: String,
) -> Response {
    let head = private_head(app.say(lang, "members-join-heading"));
    let sign_in_url = with_next(&format!("/{}/sign-in", lang.code()), &next);
    let vars = Vars { form, next, sign_in_url };
    match site::render(app, lang, &client.path, "", "pages/join.html", head, vars).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// GET `/{lang}/join`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>, Query(ask): Query<Next>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let next = ask.next.unwrap_or_default();
    if client.me.is_some() {
        return redirect(&onward(lang, &next));
    }
    page(&app, &client, lang, StatusCode::OK, None, next).await
}

/// New accounts are counted per network, mails per network and per address.
fn limit(app: &App, client: &Client, what: &str) -> Result<(), Refusal> {
    app.limits.check(&format!("join {what} {}", client.ip_key), JOINS, 3600, app.now())
}

async fn code_page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    status: StatusCode,
    (form, posted): (Option<FormView>, &Posted),
    browser: String,
) -> Response {
    let vars = CodeVars {
        form,
        browser,
        purpose: "join",
        next: posted.get("next").to_owned(),
        email: kernel::line(posted.get("email")),
        action: format!("/{}/join/finish", lang.code()),
        again_url: format!("/{}/join", lang.code()),
    };
    let head = private_head(app.say(lang, "pages-code-heading"));
    match site::render(app, lang, &client.path, "", "pages/code.html", head, vars).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// POST `/{lang}/join`: sends a code. The answer is the same for every address.
pub async fn ask(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let ctx = client.ctx(&app);
    let (email, name) = (posted.get("email"), posted.get("name"));
    let outcome = async {
        limit(&app, &client, "code")?;
        app.limits.check(&format!("join {}", fold(email)), 5, 3600, app.now())?;
        write_tx!(app.db, |tx| uc::ask_join(tx, &ctx, email, name, lang).await)
    };
    match outcome.await {
        Ok(asked) => {
            app.worker.wake();
            code_page(&app, &client, lang, StatusCode::OK, (None, &posted), asked.browser).await
        }
        Err(Failure::Refused(refusal)) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            page(&app, &client, lang, ui::status(refusal.kind), Some(form), posted.get("next").to_owned()).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// POST `/{lang}/join/finish`: opens the account, or the session of the one there is.
pub async fn finish(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let ctx = client.ctx(&app);
    let (browser, code) = (posted.get("browser"), posted.get("code"));
    let outcome = match app.limits.check(&format!("code {}", client.ip_key), 30, 900, app.now()) {
        Ok(()) => write_tx!(app.db, |tx| uc::finish_join(tx, &ctx, browser, code, &client.user_agent).await),
        Err(refusal) => Ok(Err(refusal)),
    };
    match outcome {
        Ok(Ok(joined)) => session(&app, &joined.token.0, &onward(lang, posted.get("next"))),
        Ok(Err(refusal)) | Err(Failure::Refused(refusal)) => {
            let form = FormView::refused(&posted, &["code", "csrf"], &refusal, app.render.texts(), lang);
            let status = ui::status(refusal.kind);
            code_page(&app, &client, lang, status, (Some(form), &posted), browser.to_owned()).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// What the script sends to begin.
#[derive(Debug, Deserialize)]
pub struct Begin {
    #[serde(default)]
    name: String,
}

/// POST `/join/passkey/begin`.
pub async fn passkey_begin(State(app): Web, client: Client, headers: HeaderMap, Json(sent): Json<Begin>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        stamped(&app, &client, &headers)?;
        app.limits.check(&format!("passkey {}", client.ip_key), 30, 900, app.now())?;
        write_tx!(app.db, |tx| uc::begin_join_passkey(tx, &ctx, &sent.name).await)
    };
    match outcome.await {
        Ok(ask) => asking(&app, &ask),
        Err(failure) => problem(&app, &client, &failure),
    }
}

/// POST `/join/passkey/finish`.
pub async fn passkey_finish(
    State(app): Web,
    client: Client,
    headers: HeaderMap,
    Json(sent): Json<PasskeyAnswer>,
) -> Response {
    let ctx = client.ctx(&app);
    let site = relying_party(&app);
    let lang = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Lang::from_accept);
    let lang = lang.unwrap_or_else(|| lang_for(&client));
    let label = app.say(lang, "pages-passkey-default");
    let outcome = async {
        stamped(&app, &client, &headers)?;
        app.limits.check(&format!("passkey {}", client.ip_key), 30, 900, app.now())?;
        limit(&app, &client, "passkey")?;
        let (challenge, answer) = sent.decode()?;
        let who = (sent.name.as_str(), label.as_str(), lang);
        let agent = client.user_agent.as_str();
        let sent = (challenge.as_slice(), &answer);
        write_tx!(app.db, |tx| uc::finish_join_passkey(tx, &ctx, &site, sent, who, agent).await)
    };
    match outcome.await {
        Ok(joined) => {
            let mut response = Json(serde_json::json!({"redirect": onward(lang, &sent.next)})).into_response();
            if let Some(cookie) = crate::http::session_cookie(&app, Some(&joined.token.0)) {
                response.headers_mut().insert(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(failure) => problem(&app, &client, &failure),
    }
}
