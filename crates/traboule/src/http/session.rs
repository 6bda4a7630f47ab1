//! Who a request comes from: the session cookie or the API token, the client's address, the language.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use accounts::model::SignedIn;
use accounts::service as accounts_uc;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Ctx, Lang, OrgId, Refusal, Role};
use publish::service::ShowPlace;
use publish::web::Links;

use crate::app::App;
use crate::http::front::Peer;

/// The server as handlers receive it.
pub type Web = State<Arc<App>>;

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "traboule_session";

/// The name of the cookie that keeps a commenter's name and address, for those who asked for it.
pub const COMMENTER_COOKIE: &str = "traboule_commenter";

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lists = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    lists.flat_map(|list| list.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Whether the request carries a session, checked or not.
pub(crate) fn has_session(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE) && cookie(headers, SESSION_COOKIE).is_some()
}

/// Whether the request carries a kept name, readable or not.
pub(crate) fn has_commenter(headers: &HeaderMap) -> bool {
    headers.contains_key(header::COOKIE) && cookie(headers, COMMENTER_COOKIE).is_some()
}

/// Who asks.
#[derive(Clone)]
pub struct Client {
    /// The signed-in person, if any.
    pub me: Option<SignedIn>,
    /// The session's secret, for stamps.
    pub session: Option<String>,
    /// What the browser calls itself.
    pub user_agent: String,
    /// One client for rate limits.
    pub ip_key: String,
    /// The address it asks from; never kept.
    pub ip: IpAddr,
    /// The language the person or the browser prefers.
    pub prefers: Option<Lang>,
    /// The path asked for.
    pub path: String,
    /// How many comments wait for this person, on pages of the studio.
    pub waiting: Option<i64>,
    /// How many notifications this person has not seen, on pages.
    pub unread: Option<i64>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The show whose own host was asked.
    pub place: Option<Arc<ShowPlace>>,
    /// A digest of the token the request came with, as a name for limits and repetitions.
    pub(crate) token_mark: Option<String>,
    token: Option<Actor>,
}

impl Client {
    /// The actor for use cases.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.token.clone().unwrap_or_else(|| accounts_uc::actor_of(self.me.as_ref()))
    }

    /// The circumstances of a use case this client asks for.
    #[must_use]
    pub fn ctx(&self, app: &App) -> Ctx {
        app.ctx(self.actor())
    }

    /// Addresses under the host that was asked.
    #[must_use]
    pub fn links(&self, app: &App) -> Links {
        app.links.at(self.place.as_ref().and_then(|p| p.host.as_deref()))
    }

    /// The name of the asked page in the cache.
    #[must_use]
    pub fn cache_key(&self) -> String {
        super::front::cache_key(self.place.as_deref(), &self.path)
    }

    /// Whether the request came with an API token.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.token.is_some()
    }

    /// Refuses what another site may have sent: a wrong origin, or a missing stamp of a session.
    ///
    /// # Errors
    /// `csrf`.
    pub fn check_stamp(&self, app: &App, stamp: &str) -> Result<(), Refusal> {
        let refuse = || Refusal::new(kernel::Kind::Forbidden, "csrf");
        if !ui::same_site(&self.headers, self.links(app).origin()) {
            return Err(refuse());
        }
        match &self.session {
            Some(session) if !app.csrf.check(session, stamp) => Err(refuse()),
            _ => Ok(()),
        }
    }

    /// What the cookie of a kept name holds, sealed.
    #[must_use]
    pub fn commenter_cookie(&self) -> Option<&str> {
        cookie(&self.headers, COMMENTER_COOKIE).filter(|value| !value.is_empty() && value.len() < 2000)
    }

    /// The hidden field of this client's forms.
    #[must_use]
    pub fn stamp_field(&self, app: &App) -> String {
        self.session.as_ref().map_or_else(String::new, |session| {
            format!("<input type=\"hidden\" name=\"csrf\" value=\"{}\">", app.csrf.stamp(session))
        })
    }
}

/// The `Set-Cookie` of a new session, or of none.
#[must_use]
pub fn session_cookie(app: &App, token: Option<&str>) -> Option<HeaderValue> {
    let secure = if app.links.origin().starts_with("https://") { "; Secure" } else { "" };
    let (value, age) = token.map_or(("", 0), |t| (t, accounts::rules::SESSION_SECONDS));
    let text = format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&text).ok()
}

/// The `Set-Cookie` that keeps a name and an address for a year, sealed; or that forgets them.
#[must_use]
pub fn commenter_cookie(app: &App, sealed: Option<&str>) -> Option<HeaderValue> {
    let secure = if app.links.origin().starts_with("https://") { "; Secure" } else { "" };
    let (value, age) = sealed.map_or(("", 0), |s| (s, 365 * 24 * 3600));
    let text = format!("{COMMENTER_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    HeaderValue::from_str(&text).ok()
}

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = axum::response::Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Self::Rejection> {
        // What stands before the API has read it already.
        if let Some(known) = parts.extensions.remove::<Self>() {
            return Ok(known);
        }
        match client(parts, app).await {
            Ok(client) => Ok(client),
            Err(failure) => {
                tracing::error!(%failure, "a session could not be read");
                Err(super::respond::plain(axum::http::StatusCode::SERVICE_UNAVAILABLE, "not available"))
            }
        }
    }
}

/// How many comments wait for somebody who may moderate them.
async fn waiting(app: &App, me: &SignedIn) -> Result<Option<i64>, Failure> {
    let actor = accounts_uc::actor_of(Some(me));
    let orgs: BTreeSet<OrgId> =
        me.roles.iter().map(|(org, _)| *org).filter(|org| actor.may(*org, &[Role::Moderator])).collect();
    let Some(org) = orgs.first().copied() else { return Ok(None) };
    read_tx!(app.db, |tx| community::service::waiting(tx, &actor, org).await).map(Some)
}

/// Whether a path is that of a page: it begins with a language.
fn is_page(path: &str) -> bool {
    path.split('/').nth(1).and_then(Lang::parse).is_some()
}

async fn client(parts: &Parts, app: &Arc<App>) -> Result<Client, Failure> {
    let headers = &parts.headers;
    let text =
        |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |p| p.0.ip());
    let ip = ui::client_ip(peer, headers, &app.proxies);
    let now = app.now();
    let session = cookie(headers, SESSION_COOKIE).filter(|t| t.len() < 100).map(str::to_owned);
    let mut me = None;
    if let Some(token) = &session {
        // Reading is enough most of the time; once an hour the session is marked as used.
        me = read_tx!(app.db, |tx| accounts_uc::signed_in(tx, now, token, false).await)?;
        let mark = me.as_ref().map(|me| format!("seen {}", me.session));
        if mark.is_some_and(|mark| app.noted.check(&mark, 1, 3600, now).is_ok()) {
            write_tx!(app.db, |tx| accounts_uc::signed_in(tx, now, token, true).await)?;
        }
    }
    let unread = match &me {
        Some(me) if is_page(parts.uri.path()) => {
            let actor = accounts_uc::actor_of(Some(me));
            Some(read_tx!(app.db, |tx| community::service::notify::unseen(tx, &actor).await)?)
        }
        _ => None,
    };
    let waiting = match &me {
        Some(me) if parts.uri.path().contains("/studio") => waiting(app, me).await?,
        _ => None,
    };
    let bearer = text(header::AUTHORIZATION);
    let mut token = None;
    let mut token_mark = None;
    if let Some(secret) = bearer.strip_prefix("Bearer ").filter(|s| s.len() < 100) {
        // A wrong token costs a read; only a right one, and at most once an hour, is noted as used.
        token = read_tx!(app.db, |tx| accounts_uc::authenticate_token(tx, now, secret, false).await)?;
        let digest = kernel::sha256_hex(secret.as_bytes());
        let mark = format!("used {digest}");
        token_mark = token.is_some().then_some(digest);
        if token.is_some() && app.noted.check(&mark, 1, 3600, now).is_ok() {
            write_tx!(app.db, |tx| accounts_uc::authenticate_token(tx, now, secret, true).await)?;
        }
    }
    let prefers = me.as_ref().map(|m| m.person.lang).or_else(|| Lang::from_accept(&text(header::ACCEPT_LANGUAGE)));
    Ok(Client {
        session: session.filter(|_| me.is_some()),
        me,
        waiting,
        unread,
        user_agent: text(header::USER_AGENT),
        ip_key: ui::ip_key(ip),
        ip,
        prefers,
        path: parts.uri.path().to_owned(),
        headers: headers.clone(),
        place: parts.extensions.get::<Arc<ShowPlace>>().cloned(),
        token_mark,
        token,
    })
}
