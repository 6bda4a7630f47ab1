//! One's own account: profile, password, passkeys, sessions, API tokens.

use std::sync::Arc;

use accounts::service as uc;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::{Failure, read_tx, write_tx};
use jiff::tz::TimeZone;
use kernel::{At, Kind, Lang, OrgId, Refusal, Role, TokenScope};
use serde::Serialize;
use ui::{FormView, Posted};

use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect, session_cookie};
use crate::pages::members::{OwnLink, own_nav};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::sign_in::{self, PasskeyAnswer, Which, asking, problem, relying_party, stamped};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct Me {
    name: String,
    email: String,
    lang: &'static str,
    verified: bool,
}

#[derive(Serialize)]
struct SessionRow {
    id: String,
    method_text: String,
    user_agent: String,
    created: String,
    seen: String,
    current: bool,
}

#[derive(Serialize)]
struct PasskeyRow {
    id: String,
    label: String,
    created: String,
    used: Option<String>,
}

#[derive(Serialize)]
struct OrgRow {
    id: String,
    name: String,
    roles_text: String,
}

#[derive(Serialize)]
struct TokenRow {
    id: String,
    name: String,
    scopes_text: String,
    org_name: String,
    expires: String,
    used: Option<String>,
}

#[derive(Serialize)]
struct Vars {
    form: Option<Which>,
    said: Option<String>,
    own: Vec<OwnLink>,
    me: Me,
    sessions: Vec<SessionRow>,
    passkeys: Vec<PasskeyRow>,
    orgs: Vec<OrgRow>,
    tokens: Vec<TokenRow>,
    new_token: Option<String>,
}

/// What an action on the page left to say.
#[derive(Default)]
struct Said {
    form: Option<Which>,
    said: Option<String>,
    new_token: Option<String>,
}

/// Roles as words, in the order of the page.
pub(crate) fn roles_text(app: &App, lang: Lang, roles: &[Role]) -> String {
    let words: Vec<String> = roles.iter().map(|r| app.say(lang, &format!("pages-role-{}", r.code()))).collect();
    words.join(", ")
}

fn day(at: At, lang: Lang, now: At) -> String {
    let year = now.timestamp().to_zoned_datetime(TimeZone::UTC).year();
    ui::date_short(at, &TimeZone::UTC, lang, year)
}

async fn vars(app: &App, client: &Client, lang: Lang, said: Said) -> Result<Vars, Failure> {
    let ctx = client.ctx(app);
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let (sessions, passkeys, orgs) = read_tx!(app.db, |tx| {
        Ok((uc::list_sessions(tx, &ctx).await?, uc::list_passkeys(tx, &ctx).await?, uc::list_orgs(tx).await?))
    })?;
    let day = |at: At| day(at, lang, ctx.now);
    let mut rows = Vec::new();
    let mut tokens = Vec::new();
    for org in orgs {
        let roles: Vec<Role> = me.roles.iter().filter(|(o, _)| *o == org.id).map(|(_, r)| *r).collect();
        if roles.is_empty() {
            continue;
        }
        for token in read_tx!(app.db, |tx| uc::list_tokens(tx, &ctx, org.id).await)? {
            let scopes: Vec<String> =
                token.scopes.iter().map(|s| app.say(lang, &format!("pages-scope-{}", s.code()))).collect();
            tokens.push(TokenRow {
                id: token.id.to_string(),
                name: token.name,
                scopes_text: scopes.join(", "),
                org_name: org.name.clone(),
                expires: day(token.expires_at),
                used: token.used_at.map(day),
            });
        }
        rows.push(OrgRow { id: org.id.0.to_string(), name: org.name, roles_text: roles_text(app, lang, &roles) });
    }
    Ok(Vars {
        form: said.form,
        said: said.said,
        own: own_nav(app, client, lang, "account"),
        new_token: said.new_token,
        me: Me {
            name: me.person.display_name.clone(),
            email: me.person.email.clone(),
            lang: me.person.lang.code(),
            verified: me.person.verified_at.is_some(),
        },
        sessions: sessions
            .into_iter()
            .map(|s| SessionRow {
                id: s.id.to_string(),
                method_text: app.say(lang, &format!("pages-method-{}", s.method)),
                user_agent: s.user_agent,
                created: day(s.created_at),
                seen: day(s.seen_at),
                current: s.id == me.session,
            })
            .collect(),
        passkeys: passkeys
            .into_iter()
            .map(|p| PasskeyRow {
                id: p.id.to_string(),
                label: p.label,
                created: day(p.created_at),
                used: p.used_at.map(day),
            })
            .collect(),
        orgs: rows,
        tokens,
    })
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, status: StatusCode, said: Said) -> Response {
    let rendered = async {
        let vars = vars(app, client, lang, said).await?;
        let head = private_head(app.say(lang, "pages-account-heading"));
        site::render(app, lang, &client.path, "", "pages/account.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// `/{lang}/account`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return redirect(&format!("/{}/sign-in?next=/{}/account", lang.code(), lang.code()));
    }
    page(&app, &client, lang, StatusCode::OK, Said::default()).await
}

/// POST `/{lang}/account/{action}` and `/{lang}/account/{thing}/{id}/{verb}`: one function reads the path.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, action)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    if action == "sign-out" {
        return sign_out(&app, &client, lang).await;
    }
    let which = match action.as_str() {
        "tokens" => "token",
        "address" => "address",
        "password" => "password",
        _ => "",
    };
    match done(&app, &client, &action, &posted).await {
        Ok(Done::Token(secret)) => {
            page(&app, &client, lang, StatusCode::OK, Said { new_token: Some(secret), ..Said::default() }).await
        }
        Ok(Done::Code(browser)) => verify_page(&app, &client, lang, &posted, (&action, browser), None).await,
        Ok(Done::Saved) => redirect(&format!("/{}/account", lang.code())),
        Err(Failure::Refused(refusal)) if !refusal.fields.is_empty() => {
            let form = FormView::refused(&posted, &["password", "code", "csrf"], &refusal, app.render.texts(), lang);
            if action.ends_with("/finish") {
                let again = (action.trim_end_matches("/finish"), posted.get("browser").to_owned());
                return verify_page(&app, &client, lang, &posted, again, Some(form)).await;
            }
            let said = Said { form: Some(Which { form, which }), ..Said::default() };
            page(&app, &client, lang, ui::status(refusal.kind), said).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

enum Done {
    Saved,
    Token(String),
    Code(String),
}

async fn sign_out(app: &Arc<App>, client: &Client, lang: Lang) -> Response {
    let ctx = client.ctx(app);
    if let Some(me) = &client.me {
        let session = me.session;
        if let Err(failure) = write_tx!(app.db, |tx| uc::revoke_session(tx, &ctx, session).await) {
            tracing::warn!(%failure, "a session could not be ended");
        }
    }
    let mut response = redirect(&publish::web::Links::home(lang));
    if let Some(cookie) = session_cookie(app, None) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn done(app: &Arc<App>, client: &Client, action: &str, posted: &Posted) -> Result<Done, Failure> {
    let ctx = client.ctx(app);
    let session = client.me.as_ref().map_or(0, |m| m.session);
    let id = |text: &str| text.parse::<i64>().map_err(|_| Refusal::not_found());
    match action.split('/').collect::<Vec<_>>().as_slice() {
        ["name"] => {
            let chosen = Lang::parse(posted.get("lang")).unwrap_or(Lang::Fr);
            write_tx!(app.db, |tx| uc::set_profile(tx, &ctx, posted.get("name"), chosen).await)?;
        }
        ["password"] => {
            let plain = posted.get("password").to_owned();
            let email = client.me.as_ref().map(|m| m.person.email.clone()).unwrap_or_default();
            accounts::rules::password(&plain, &email)
                .map_err(|c| Refusal::invalid("check-fields").field("password", c))?;
            let hash = sign_in::hash(app, plain.clone()).await?;
            write_tx!(app.db, |tx| uc::change_password(tx, &ctx, session, &plain, &hash).await)?;
        }
        ["sessions", "end-others"] => {
            write_tx!(app.db, |tx| uc::sign_out_others(tx, &ctx, session).await)?;
        }
        ["sessions", n, "end"] => {
            let n = id(n)?;
            write_tx!(app.db, |tx| uc::revoke_session(tx, &ctx, n).await)?;
        }
        ["passkeys", n, "remove"] => {
            let n = id(n)?;
            write_tx!(app.db, |tx| uc::remove_passkey(tx, &ctx, n).await)?;
        }
        ["tokens"] => {
            let org = OrgId(id(posted.get("org"))?);
            let scopes: Vec<TokenScope> = posted.all("scopes").iter().filter_map(|s| TokenScope::parse(s)).collect();
            let days = posted.get("days").trim().parse().unwrap_or(0);
            let made =
                write_tx!(app.db, |tx| uc::create_token(tx, &ctx, org, posted.get("name"), &scopes, days).await)?;
            return Ok(Done::Token(made.secret));
        }
        ["tokens", n, "revoke"] => {
            let n = id(n)?;
            write_tx!(app.db, |tx| uc::revoke_token(tx, &ctx, n).await)?;
        }
        ["verify"] => {
            let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
            app.limits.check(&format!("verify {}", me.person.id.0), 5, 900, app.now())?;
            let asked = write_tx!(app.db, |tx| uc::ask_code(tx, &ctx, "verify", &me.person.email).await)?;
            app.worker.wake();
            return Ok(Done::Code(asked.browser));
        }
        ["verify", "finish"] => {
            let (browser, code) = (posted.get("browser"), posted.get("code"));
            write_tx!(app.db, |tx| uc::verify_email(tx, &ctx, browser, code).await)??;
        }
        ["address"] => {
            let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
            app.limits.check(&format!("verify {}", me.person.id.0), 5, 900, app.now())?;
            let asked = write_tx!(app.db, |tx| uc::ask_address(tx, &ctx, posted.get("email")).await)?;
            app.worker.wake();
            return Ok(Done::Code(asked.browser));
        }
        ["address", "finish"] => {
            let (browser, code) = (posted.get("browser"), posted.get("code"));
            write_tx!(app.db, |tx| uc::finish_address(tx, &ctx, browser, code).await)??;
        }
        _ => return Err(Refusal::not_found().into()),
    }
    Ok(Done::Saved)
}

#[derive(Serialize)]
struct VerifyVars {
    form: Option<Which>,
    browser: String,
    purpose: &'static str,
    email: String,
    action: String,
    again_url: String,
    next: &'static str,
}

async fn verify_page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    posted: &Posted,
    (what, browser): (&str, String),
    refused: Option<FormView>,
) -> Response {
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let form = refused.map(|form| Which { form, which: "" });
    let own = client.me.as_ref().map(|m| m.person.email.clone()).unwrap_or_default();
    let email = if own.is_empty() { kernel::line(posted.get("email")) } else { own };
    let action = format!("/{}/account/{what}/finish", lang.code());
    let again_url = format!("/{}/account", lang.code());
    let vars = VerifyVars { form, browser, purpose: "verify", email, action, again_url, next: "" };
    let head = private_head(app.say(lang, "pages-code-heading"));
    match site::render(app, lang, &client.path, "", "pages/code.html", head, vars).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// POST `/account/passkeys/begin`.
pub async fn passkey_begin(State(app): Web, client: Client, headers: HeaderMap) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        stamped(&app, &client, &headers)?;
        write_tx!(app.db, |tx| uc::begin_register(tx, &ctx).await)
    };
    match outcome.await {
        Ok(ask) => asking(&app, &ask),
        Err(failure) => problem(&app, &client, &failure),
    }
}

/// POST `/account/passkeys/finish`.
pub async fn passkey_finish(
    State(app): Web,
    client: Client,
    headers: HeaderMap,
    Json(sent): Json<PasskeyAnswer>,
) -> Response {
    let ctx = client.ctx(&app);
    let site = relying_party(&app);
    let lang = client.me.as_ref().map_or(Lang::Fr, |m| m.person.lang);
    let label = if sent.label.trim().is_empty() { app.say(lang, "pages-passkey-default") } else { sent.label.clone() };
    let outcome = async {
        stamped(&app, &client, &headers)?;
        let (challenge, answer) = sent.decode()?;
        write_tx!(app.db, |tx| uc::finish_register(tx, &ctx, &site, &challenge, &answer, &label).await)
    };
    match outcome.await {
        Ok(()) => Json(serde_json::json!({"redirect": format!("/{}/account", lang.code())})).into_response(),
        Err(failure) => problem(&app, &client, &failure),
    }
}
