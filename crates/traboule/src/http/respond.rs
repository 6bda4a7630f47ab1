//! Answers: pages in their shell, cached or not; errors as pages; files. Every answer gets its security headers here
//! or in the router's last layer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use community::model::Bond;
use db::{DbError, Failure};
use kernel::{At, Kind, Lang, Refusal};
use publish::web::Head;
use serde::Serialize;
use ui::{CachedPage, PagePolicy, secure};

use crate::app::App;
use crate::http::front::is_canonical;
use crate::http::session::Client;
use crate::pages::members;
use crate::pages::posts;
use crate::pages::site::{self, SiteView};

/// A language in the switch.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LangView {
    code: &'static str,
    label: &'static str,
    name: &'static str,
    url: String,
    current: bool,
}

/// An entry of the main navigation.
#[derive(Clone, Debug, Serialize)]
pub struct NavView {
    /// Where.
    pub url: String,
    /// Its words.
    pub label: String,
    /// Whether the page is it.
    pub current: bool,
}

/// The variables every page has.
#[derive(Clone, Debug, Serialize)]
pub struct PageShell {
    lang: &'static str,
    langs: Vec<LangView>,
    #[serde(flatten)]
    head: Head,
    site: SiteView,
    nav: Vec<NavView>,
    theme_color: Option<String>,
    theme_url: Option<String>,
}

/// A page's own variables in the shell.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T: Serialize> {
    #[serde(flatten)]
    shell: PageShell,
    #[serde(flatten)]
    own: T,
}

/// The same path in another language: `/fr/…` and `/en/…` differ in nothing else.
fn in_language(path: &str, lang: Lang) -> String {
    let rest = path.strip_prefix('/').and_then(|p| p.split_once('/')).filter(|(first, _)| Lang::parse(first).is_some());
    rest.map_or_else(|| format!("/{}/", lang.code()), |(_, rest)| format!("/{}/{rest}", lang.code()))
}

impl PageShell {
    /// The shell of a page at `path`.
    #[must_use]
    pub fn new(site: SiteView, nav: Vec<NavView>, lang: Lang, path: &str, head: Head) -> Self {
        let entry = |l: Lang| {
            let (label, name) = match l {
                Lang::Fr => ("FR", "Français"),
                Lang::En => ("EN", "English"),
            };
            LangView { code: l.code(), label, name, url: in_language(path, l), current: l == lang }
        };
        let (theme_color, theme_url) = (site.colour.clone(), site.theme_url.clone());
        Self { lang: lang.code(), langs: Lang::ALL.map(entry).to_vec(), head, site, nav, theme_color, theme_url }
    }

    /// The shell with a page's own variables.
    pub fn with<T: Serialize>(self, own: T) -> Page<T> {
        Page { shell: self, own }
    }
}

/// What stands in a page's holes for a client.
fn filler<'a>(
    app: &'a App,
    client: Option<&'a Client>,
    lang: Lang,
    bonds: &'a HashMap<i64, Bond>,
) -> impl Fn(&str) -> String + 'a {
    move |hole| match hole {
        "csrf" => client.map_or_else(String::new, |c| c.stamp_field(app)),
        "account" => account_link(app, client, lang),
        "commenter" => crate::pages::comments::commenter_hole(app, client, lang),
        "waiting" => waiting(app, client, lang),
        other => posts::fill_quote(app, client, lang, other)
            .unwrap_or_else(|| members::fill_follow(app, client, lang, other, bonds)),
    }
}

/// How many comments wait, as a mark beside the entry of the rail.
fn waiting(app: &App, client: Option<&Client>, lang: Lang) -> String {
    let count = client.and_then(|c| c.waiting).filter(|n| *n > 0);
    let Some(count) = count else { return String::new() };
    let value = serde_json::json!({"lang": lang.code(), "number": ui::number(count, lang)});
    app.render.render("waiting_mark.html", &value).unwrap_or_default()
}

fn account_link(app: &App, client: Option<&Client>, lang: Lang) -> String {
    let me = client.and_then(|c| c.me.as_ref());
    let (url, label) = match me {
        Some(me) => (format!("/{}/account", lang.code()), me.person.display_name.clone()),
        None => (format!("/{}/sign-in", lang.code()), app.say(lang, "ui-account-sign-in")),
    };
    let unread = client.and_then(|c| c.unread).filter(|n| *n > 0);
    let unread = unread.map(|n| serde_json::json!({"count": n, "number": ui::number(n, lang)}));
    let feed_url = me.map(|_| crate::pages::feed::feed_address(lang));
    let account = serde_json::json!({"url": url, "label": label, "feed_url": feed_url});
    let value = serde_json::json!({"lang": lang.code(), "account": account, "unread": unread});
    app.render.render("account_link.html", &value).unwrap_or_default()
}

/// A page that is the same for everyone who is not signed in.
pub struct Built {
    /// Rendered text with holes.
    pub text: String,
    /// The media type.
    pub mime: &'static str,
    /// The next instant at which it changes by itself.
    pub valid_until: Option<At>,
    /// What it needs beyond the strict policy.
    pub policy: PagePolicy,
    /// When its content last changed, for `Last-Modified`.
    pub changed_at: Option<At>,
    /// Whether other sites may read it by script.
    pub shared: bool,
    /// What it is about, if its views are counted.
    pub about: Option<kernel::Item>,
    /// The size of the public log it obeyed, if reach had a say in it.
    pub log_size: Option<u64>,
}

/// The header in which an answer cites the size of the public log it obeyed.
pub const LOG_SIZE: &str = "Traboule-Log-Size";

/// Cites the size of the public log that an answer obeyed.
pub(crate) fn cite(headers: &mut HeaderMap, size: Option<u64>) {
    if let Some(size) = size {
        headers.insert(HeaderName::from_static("traboule-log-size"), HeaderValue::from(size));
    }
}

impl Built {
    /// An HTML page under the strict policy.
    #[must_use]
    pub fn page(text: String, valid_until: Option<At>) -> Self {
        Self {
            text,
            mime: "text/html; charset=utf-8",
            valid_until,
            policy: PagePolicy::default(),
            changed_at: None,
            shared: false,
            about: None,
            log_size: None,
        }
    }

    /// The same, citing the public log as it is now: for what the gate of reach was asked about.
    #[must_use]
    pub fn obeying(self, app: &App) -> Self {
        Self { log_size: Some(app.log.measures().log_size()), ..self }
    }
}

/// Answers from the cache, or builds, keeps and answers. `topics` is what the page shows; their marks are taken before
/// anything is read, so that a change in between makes the page stale and never fresh.
pub async fn cached(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    topics: &[String],
    build: impl Future<Output = Result<Built, Failure>>,
) -> Response {
    // A program may see more than everybody: what is built for it is kept for nobody. Nor is what has other names too.
    if client.is_token() || !is_canonical(&client.path) {
        return passing(app, client, lang, build).await;
    }
    let now = app.now();
    let key = client.cache_key();
    let page = match app.cache.get(&key, now) {
        Some(page) => page,
        None => {
            let marks = topics.iter().map(|t| app.db.topics().mark(t)).collect();
            let built = match build.await {
                Ok(built) => built,
                Err(failure) => return failure_page(app, client, lang, &failure).await,
            };
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(built.mime));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
            if let Some(at) = built.changed_at.and_then(|at| HeaderValue::from_str(&at.http_date()).ok()) {
                headers.insert(header::LAST_MODIFIED, at);
            }
            if built.shared {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
            cite(&mut headers, built.log_size);
            secure(&mut headers, &built.policy);
            let segments = ui::split(built.text);
            let none = HashMap::new();
            let page = CachedPage::new(segments, headers, marks, built.valid_until, filler(app, None, lang, &none));
            let page = Arc::new(page.about(built.about));
            app.cache.put(key, page.clone());
            page
        }
    };
    if client.me.is_some() || (client.commenter_cookie().is_some() && page.has_hole("commenter")) {
        crate::counting::view(app, page.item(), &client.headers, client.ip, 200, &client.actor());
        let bonds = members::follow_holes(app, client, &page.holes()).await.unwrap_or_default();
        let mut response = Response::new(Body::from(page.fill(filler(app, Some(client), lang, &bonds))));
        *response.headers_mut() = page.private_headers();
        return response;
    }
    let served = page.serve(&client.headers);
    crate::counting::view(app, page.item(), &client.headers, client.ip, served.status, &client.actor());
    let mut response = Response::new(Body::from(served.body));
    *response.status_mut() = StatusCode::from_u16(served.status).unwrap_or(StatusCode::OK);
    *response.headers_mut() = served.headers;
    response
}

/// Builds and answers, and keeps nothing: for a program, and for an address that is one of many for the same page.
pub async fn passing(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    build: impl Future<Output = Result<Built, Failure>>,
) -> Response {
    match build.await {
        Ok(built) => {
            let mime = built.mime;
            let mut response = uncached(app, client, lang, built);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
            response
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// A page that is the same for everybody and is not kept: its address is one of very many.
#[must_use]
pub fn uncached(app: &App, client: &Client, lang: Lang, built: Built) -> Response {
    let mut response = html(app, client, lang, StatusCode::OK, built.text);
    secure(response.headers_mut(), &built.policy);
    cite(response.headers_mut(), built.log_size);
    response
}

/// A page for one person, never cached by anybody.
#[must_use]
pub fn html(app: &App, client: &Client, lang: Lang, status: StatusCode, text: String) -> Response {
    let body = ui::fill(text, filler(app, Some(client), lang, &HashMap::new()));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// A few words without a page, for when nothing else works.
pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// See other.
#[must_use]
pub fn redirect(to: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Serialize)]
struct ErrorVars {
    status: u16,
    heading: String,
    sentence: String,
    back_url: Option<String>,
}

/// A refusal as a page: its status, its sentence, a way back.
pub async fn error_page(app: &Arc<App>, client: &Client, lang: Lang, refusal: &Refusal) -> Response {
    let status = ui::status(refusal.kind);
    let key = format!("ui-error-{}", status.as_u16());
    let known = app.render.texts().has(lang, &key);
    let heading = app.say(lang, if known { &key } else { "ui-error-400" });
    let sentence = ui::sentence(app.render.texts(), lang, "refusal", refusal.code, &refusal.args);
    let head = Head { title: heading.clone(), robots: "noindex".to_owned(), ..Head::default() };
    let Ok((site, nav)) = site::load_at(app, lang, "", client.place.as_deref()).await else {
        return plain(status, "not available");
    };
    let shell = PageShell::new(site, nav, lang, &client.path, head);
    let back_url = (refusal.kind == Kind::SignIn).then(|| format!("/{}/sign-in", lang.code()));
    let vars = ErrorVars { status: status.as_u16(), heading, sentence, back_url };
    match app.render.render("error.html", &shell.with(vars)) {
        Ok(text) => html(app, client, lang, status, text),
        Err(error) => {
            tracing::error!(%error, "the error page does not render");
            plain(status, "not available")
        }
    }
}

/// A failure as a page. Accidents are logged, with nothing a visitor typed.
pub async fn failure_page(app: &Arc<App>, client: &Client, lang: Lang, failure: &Failure) -> Response {
    match failure {
        Failure::Refused(_) | Failure::Db(DbError::Collision(_)) => {}
        accident => {
            tracing::error!(failure = %accident, path = crate::pages::loggable(&client.path), "a request failed")
        }
    }
    error_page(app, client, lang, &failure.as_refusal()).await
}

/// A file as answered by the range handler.
#[must_use]
pub fn served(served: blobs::Served) -> Response {
    let body = served.body.map_or_else(Body::empty, Body::from_stream);
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(served.status).unwrap_or(StatusCode::OK);
    for (name, value) in served.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
