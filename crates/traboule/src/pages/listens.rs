//! How listens and views are counted, for everybody: the rules in force in words made from their own values, and as the very
//! file whose digest stands on the page.

use audience::rules::agents::{APPS, BOTS, BROWSERS, LIBRARIES};
use audience::rules::listen::{MOST_PER_NETWORK, Reason, SECONDS, WINDOW_SECONDS};
use audience::rules::{set, sources};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use kernel::Lang;
use publish::web::Head;
use serde::Serialize;

use crate::http::{Client, Web, failure_page, html};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

#[derive(Serialize)]
struct ReasonRow {
    name: String,
    why: String,
}

#[derive(Serialize)]
struct Vars {
    version: &'static str,
    since: &'static str,
    sha256: &'static str,
    seconds: i64,
    hours: i64,
    network: i64,
    bots: usize,
    apps: usize,
    libraries: usize,
    browsers: usize,
    hosts: usize,
    reasons: Vec<ReasonRow>,
    editions: Vec<(&'static str, &'static str, &'static str)>,
}

/// `/{lang}/listens`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let say = |key: String| app.say(lang, &key);
    let vars = Vars {
        version: set::VERSION,
        since: set::DATE,
        sha256: set::SHA256,
        seconds: i64::try_from(SECONDS).unwrap_or(i64::MAX),
        hours: WINDOW_SECONDS / 3_600,
        network: MOST_PER_NETWORK,
        bots: BOTS.len(),
        apps: APPS.len(),
        libraries: LIBRARIES.len(),
        browsers: BROWSERS.len(),
        hosts: sources::SOURCES.iter().map(|(_, hosts)| hosts.len()).sum(),
        reasons: Reason::ALL
            .iter()
            .map(|r| ReasonRow {
                name: say(format!("audience-reason-{}", r.code())),
                why: say(format!("audience-reason-{}-why", r.code())),
            })
            .collect(),
        editions: set::EDITIONS.iter().map(|e| (e.version, e.since, e.sha256)).collect(),
    };
    let head = Head {
        title: app.say(lang, "audience-rules-heading"),
        description: Some(app.say(lang, "audience-rules-lede")),
        canonical: Some(app.links.absolute(&format!("/{}/listens", lang.code()))),
        robots: "index, follow".to_owned(),
        ..Head::default()
    };
    match site::render_for(&app, &client, lang, "", "pages/listens.html", head, vars).await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// `/listens/rules.json`: the bytes the digest is of.
pub async fn rules() -> Response {
    file(set::text())
}

/// `/listens/rules/{version}`: the bytes of a version that was, or is, in force, such as `1.json`.
pub async fn edition(State(app): Web, client: Client, Path(name): Path<String>) -> Response {
    match name.strip_suffix(".json").and_then(set::edition) {
        Some(edition) => file(edition.text()),
        None => nowhere(State(app), client).await,
    }
}

fn file(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// Where the rules are told.
#[must_use]
pub fn address(lang: Lang) -> String {
    format!("/{}/listens", lang.code())
}
