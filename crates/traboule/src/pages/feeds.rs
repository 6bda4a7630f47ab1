//! `/feeds/…`: a show in RSS, Atom and JSON Feed, lists of shows in OPML, and the redirect of a show that has moved away.

use std::sync::Arc;

use accounts::service as accounts_uc;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{At, Lang, OrgId};
use publish::model::Show;
use publish::rules::moved;
use publish::service::{self as uc, SITE_TOPIC, reached_topic, show_topic};
use publish::web::{self, FeedFormat};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page};
use crate::pages::public::{lang_for, nowhere};

/// One entry of a feed of what people say.
#[derive(Serialize)]
pub(crate) struct FeedItem {
    /// Its heading.
    pub(crate) title: String,
    /// Its page, whole.
    pub(crate) url: String,
    /// Its id.
    pub(crate) id: String,
    /// When, as RSS writes it.
    pub(crate) date: String,
    /// Who.
    pub(crate) name: String,
    /// What it says.
    pub(crate) html: String,
}

/// A feed of what people say.
#[derive(Serialize)]
pub(crate) struct Syndicated {
    /// Its name.
    pub(crate) title: String,
    /// The page it is of, whole.
    pub(crate) url: String,
    /// Its own address, whole.
    pub(crate) self_url: String,
    /// Newest first.
    pub(crate) items: Vec<FeedItem>,
}

impl Syndicated {
    /// The document, good until an instant.
    ///
    /// # Errors
    /// When the template fails.
    pub(crate) fn build(&self, app: &App, lang: Lang, until: Option<At>) -> Result<Built, Failure> {
        let value = serde_json::json!({"lang": lang.code(), "feed": self});
        let text = app.render.render("community/feed.html", &value).map_err(Failure::broken)?;
        Ok(Built { mime: "application/rss+xml; charset=utf-8", shared: true, ..Built::page(text, until) })
    }
}

/// What may follow the address of a feed.
#[derive(Debug, Default, Deserialize)]
pub struct Ask {
    /// `keep`: the document of a moved show as it would be, instead of the redirect.
    moved: Option<String>,
}

/// Every host name this server answers to: a feed that moved to one of them has not moved.
///
/// # Errors
/// The database's failure.
pub(crate) async fn own_hosts(app: &App) -> Result<Vec<String>, Failure> {
    let shows = read_tx!(app.db, |tx| uc::public_shows(tx).await)?;
    let mut hosts: Vec<String> = shows.into_iter().filter_map(|s| s.host).collect();
    hosts.extend(app.former_hosts.iter().cloned());
    hosts.extend(moved::host_of(app.links.origin()));
    Ok(hosts)
}

/// `/feeds/{show}.xml`, `.atom`, `.json`, and `/feeds/{organisation}.opml`.
pub async fn feed(State(app): Web, client: Client, Path(file): Path<String>, Query(ask): Query<Ask>) -> Response {
    if let Some(org) = file.strip_suffix(".opml") {
        return opml_of(app, client, org).await;
    }
    let Some((slug, format)) = FeedFormat::of(&file) else { return nowhere(State(app), client).await };
    let found = read_tx!(app.db, |tx| uc::find_show(tx, slug).await);
    let show = match found {
        Ok(show) => show,
        Err(failure) => return failure_page(&app, &client, lang_for(&client), &failure).await,
    };
    let keep = ask.moved.as_deref() == Some("keep");
    match elsewhere(&app, &show).await {
        Ok(Some(_)) if keep => kept(&app, &client, slug, format).await,
        Ok(Some(to)) => gone(&to),
        Ok(None) => {
            let lang = Lang::parse(&show.language).unwrap_or(Lang::En);
            cached(&app, &client, lang, &[show_topic(show.id), reached_topic()], build_feed(&app, slug, format)).await
        }
        Err(failure) => failure_page(&app, &client, lang_for(&client), &failure).await,
    }
}

/// Where the show has moved to, unless that is here again.
async fn elsewhere(app: &App, show: &Show) -> Result<Option<String>, Failure> {
    let Some(to) = show.settings.feed.moved_to.clone() else { return Ok(None) };
    let own = own_hosts(app).await?;
    Ok(Some(to).filter(|to| moved::leads_away(to, &own)))
}

/// Podcast apps take over a new address on a permanent redirect only.
fn gone(to: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    if let Ok(value) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// The document of a moved show, which names the new address. It is not kept: the cache knows paths without queries.
async fn kept(app: &Arc<App>, client: &Client, slug: &str, format: FeedFormat) -> Response {
    match build_feed(app, slug, format).await {
        Ok(built) => {
            let mut response = Response::new(Body::from(built.text));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(built.mime));
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            response
        }
        Err(failure) => failure_page(app, client, lang_for(client), &failure).await,
    }
}

async fn build_feed(app: &Arc<App>, slug: &str, format: FeedFormat) -> Result<Built, Failure> {
    let now = app.now();
    let rows = read_tx!(app.db, |tx| uc::feed_rows(tx, slug, now).await)?;
    let lang = Lang::parse(&rows.show.language).unwrap_or(Lang::En);
    let rows = rows.with_labels(|code| ui::label_sentence(app.render.texts(), lang, code));
    let page = web::feed_page(&rows, &app.links, format);
    let mut built = Built::page(page.text, rows.valid_until).obeying(app);
    built.mime = format.content_type();
    built.changed_at = Some(page.changed_at);
    built.shared = true;
    Ok(built)
}

/// `/feeds.opml`: every show.
pub async fn opml(State(app): Web, client: Client) -> Response {
    cached(&app, &client, Lang::En, &[SITE_TOPIC.to_owned()], build_opml(&app, None)).await
}

async fn opml_of(app: Arc<App>, client: Client, org: &str) -> Response {
    let orgs = match read_tx!(app.db, |tx| accounts_uc::list_orgs(tx).await) {
        Ok(orgs) => orgs,
        Err(failure) => return failure_page(&app, &client, lang_for(&client), &failure).await,
    };
    let Some(found) = orgs.into_iter().find(|o| o.slug == org) else { return nowhere(State(app), client).await };
    let build = build_opml(&app, Some((found.id, found.name)));
    cached(&app, &client, Lang::En, &[SITE_TOPIC.to_owned()], build).await
}

async fn build_opml(app: &App, org: Option<(OrgId, String)>) -> Result<Built, Failure> {
    let (mut shows, orgs) =
        read_tx!(app.db, |tx| Ok((uc::public_shows(tx).await?, accounts_uc::list_orgs(tx).await?)))?;
    let title = match org {
        Some((id, name)) => {
            shows.retain(|s| s.org == id);
            name
        }
        None => orgs.into_iter().next().map(|o| o.name).unwrap_or_else(|| "Traboule".to_owned()),
    };
    let changed_at = shows.iter().map(|s| s.updated_at).max();
    let mut built = Built::page(web::opml_page(&title, &shows, &app.links), None);
    built.mime = "text/x-opml; charset=utf-8";
    built.changed_at = changed_at;
    built.shared = true;
    Ok(built)
}
