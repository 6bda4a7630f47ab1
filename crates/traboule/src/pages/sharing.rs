//! What is passed on: the page of a quotation, the player for frames, the oEmbed answer. It parses, calls one use case,
//! renders.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{Lang, Refusal, parse_id};
use publish::model::EPISODE_PREFIX;
use publish::rules::quote::second;
use publish::service::{self as uc, SITE_TOPIC, reached_topic, shown_topics};
use publish::web::{self, OembedAsk, QuoteView, embed_view, episode_head, episode_view, quote_head, quote_view};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Built, Client, PageShell, Web, cached, failure_page, uncached};
use crate::pages::public::{lang_of, nowhere, remote_origins};
use crate::pages::site::{self, context_under};

/// The passage or the second an address asks for. What cannot be read is as if it were not there.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    t: Option<String>,
    to: Option<String>,
}

impl Asked {
    fn from(&self) -> Option<u64> {
        self.t.as_deref().and_then(second)
    }

    fn to(&self) -> Option<u64> {
        self.to.as_deref().and_then(second)
    }

    fn is_empty(&self) -> bool {
        self.t.is_none() && self.to.is_none()
    }
}

/// Kept when nothing was asked; addresses with a second are many and rarely asked for again.
async fn answered(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    topics: &[String],
    asked: &Asked,
    build: impl Future<Output = Result<Built, Failure>>,
) -> Response {
    if asked.is_empty() {
        return cached(app, client, lang, topics, build).await;
    }
    match build.await {
        Ok(built) => uncached(app, client, lang, built),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

#[derive(Serialize)]
struct QuoteVars {
    quote: QuoteView,
}

/// `/{lang}/shows/{show}/{episode}/quote?t=754&to=790`.
pub async fn quote(
    State(app): Web,
    client: Client,
    Path((lang, show, slug)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match read_tx!(app.db, |tx| uc::find_show(tx, &show).await) {
        Ok(found) => {
            let topics = shown_topics(found.id);
            let build = build_quote(&app, &client, lang, (&show, &slug), &asked);
            answered(&app, &client, lang, &topics, &asked, build).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn build_quote(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    (show, slug): (&str, &str),
    asked: &Asked,
) -> Result<Built, Failure> {
    let now = app.now();
    let page = read_tx!(app.db, |tx| uc::episode_page(tx, show, slug, now).await)?;
    let links = client.links(app);
    let context = context_under(app, lang, &links);
    let view = episode_view(&page.show, &page.full, (None, None), &page.images, &context);
    let ask = (asked.from().unwrap_or(0), asked.to());
    let Some(quote) = quote_view(&page.show, &page.full, view, ask, &context) else {
        return Err(Refusal::not_found().into());
    };
    let head = episode_head(&page.show, &page.full, lang, &app.links);
    let head = quote_head(&page.show, &page.full, head, &quote, lang, &app.links);
    let (site, nav) = site::load_at(app, lang, show, client.place.as_deref()).await?;
    // The switch of languages keeps the passage.
    let shell = PageShell::new(site, nav, lang, &quote.quote_path.clone(), head);
    let text = app.render.render("publish/quote.html", &shell.with(QuoteVars { quote }));
    let mut built = Built::page(text.map_err(Failure::broken)?, page.valid_until).obeying(app);
    built.policy.media_origins = remote_origins(&page.full.episode);
    Ok(built)
}

/// `/{lang}/embed/{id}`: the player other sites may put in a frame, with `?t=` at a second.
pub async fn embed(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let (Some(lang), Some(id)) = (lang_of(&lang), parse_id(EPISODE_PREFIX, &id)) else {
        return nowhere(State(app), client).await;
    };
    let build = build_embed(&app, &client, lang, id, asked.from());
    answered(&app, &client, lang, &[SITE_TOPIC.to_owned(), reached_topic()], &asked, build).await
}

async fn build_embed(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: i64,
    start: Option<u64>,
) -> Result<Built, Failure> {
    let now = app.now();
    let (show, full) = read_tx!(app.db, |tx| uc::public_episode(tx, id, now).await)?;
    let links = client.links(app);
    let view = episode_view(&show, &full, (None, None), &Default::default(), &context_under(app, lang, &links));
    let mut head = episode_head(&show, &full, lang, &app.links);
    head.robots = "noindex".to_owned();
    let length = full.episode.audio.as_ref().and_then(|a| a.duration_ms).and_then(|ms| u64::try_from(ms / 1000).ok());
    let start = start.map(|s| length.map_or(s, |l| s.min(l)));
    let view = embed_view(&show, &full.episode, view, start);
    let text = site::render_for(app, client, lang, &show.slug, "publish/embed.html", head, view).await?;
    // The episode may be unpublished by a write (topic) but appears by time only once; what a decision made of it may end.
    let mut built = Built::page(text, full.episode.reached.until).obeying(app);
    built.policy.may_be_framed = true;
    built.policy.media_origins = remote_origins(&full.episode);
    Ok(built)
}

/// What an oEmbed consumer sends.
#[derive(Debug, Default, Deserialize)]
pub struct OembedQuery {
    url: Option<String>,
    format: Option<String>,
    maxwidth: Option<u32>,
    maxheight: Option<u32>,
}

/// The two forms of an oEmbed answer.
#[derive(Clone, Copy)]
enum Form {
    Json,
    Xml,
}

fn told(form: Form, status: StatusCode, answer: &serde_json::Value) -> Response {
    let (mime, body) = match form {
        Form::Json => ("application/json; charset=utf-8", answer.to_string()),
        Form::Xml => ("text/xml; charset=utf-8", web::oembed_xml(answer)),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

/// `/oembed`: 404 for unknown and unpublished alike, 501 for other formats, as the specification says.
pub async fn oembed(State(app): Web, Query(query): Query<OembedQuery>) -> Response {
    let nothing = serde_json::json!({});
    let form = match query.format.as_deref() {
        None | Some("json") => Form::Json,
        Some("xml") => Form::Xml,
        Some(_) => return told(Form::Json, StatusCode::NOT_IMPLEMENTED, &nothing),
    };
    let places = app.places.get(&app.db).await;
    let about = |url| places.links_about(&app.links, url).and_then(|links| web::oembed_target(&links, url));
    let Some(target) = query.url.as_deref().and_then(about) else { return told(form, StatusCode::NOT_FOUND, &nothing) };
    let show = places.slug_today(&target.show).to_owned();
    let now = app.now();
    match read_tx!(app.db, |tx| uc::episode_page(tx, &show, &target.episode, now).await) {
        Ok(page) => {
            let ask = OembedAsk { max_width: query.maxwidth, max_height: query.maxheight, start: target.start };
            told(form, StatusCode::OK, &web::oembed(&page.show, &page.full, target.lang, &app.links, &ask))
        }
        Err(Failure::Refused(_)) => told(form, StatusCode::NOT_FOUND, &nothing),
        Err(failure) => {
            tracing::error!(%failure, "oEmbed failed");
            told(form, StatusCode::SERVICE_UNAVAILABLE, &nothing)
        }
    }
}
