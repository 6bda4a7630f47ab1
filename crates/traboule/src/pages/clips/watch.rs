//! The column of clips, newest first, and the page of one clip with those that come after it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use community::model::{Full, POST_PREFIX};
use community::service as uc;
use db::{Failure, read_tx};
use kernel::{Actor, At, Lang, Refusal, Subject, parse_id};
use publish::service::SITE_TOPIC;
use publish::web::Head;
use serde::{Deserialize, Serialize};

use super::ClipView;
use super::view::{head, item, views};
use crate::app::App;
use crate::http::{Built, Client, Web, cached, cursor, failure_page, uncached};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// How long a ready page of clips is kept at most, in seconds: what the gate of reach holds back is gone by then.
const KEPT: i64 = 60;

/// Where the page begins.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    after: Option<String>,
}

#[derive(Serialize)]
struct WatchVars {
    clips: Vec<ClipView>,
    alone: bool,
    older_url: Option<String>,
    newest_url: Option<String>,
}

/// What every page of clips depends on.
const EVERYWHERE: [&str; 4] = [uc::posts::POSTS_TOPIC, uc::members::NAMES_TOPIC, reach::TOPIC, SITE_TOPIC];

/// The place in the column an address names.
///
/// # Errors
/// Not found.
pub(crate) fn place(text: &str) -> Result<(At, i64), Refusal> {
    cursor::read(text).ok_or_else(Refusal::not_found)
}

/// `/{lang}/clips`.
pub async fn list(State(app): Web, client: Client, Path(lang): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let build = column(&app, &client, lang, asked.after.as_deref());
    if client.me.is_none() && asked.after.is_none() {
        return cached(&app, &client, lang, &EVERYWHERE.map(str::to_owned), build).await;
    }
    match build.await {
        Ok(built) => uncached(&app, &client, lang, built),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// The member who looks, if it is one.
async fn member(app: &App, actor: &Actor) -> Result<Option<i64>, Failure> {
    let Some(person) = actor.person() else { return Ok(None) };
    Ok(read_tx!(app.db, |tx| uc::members::member_of(tx, person).await)?.map(|m| m.id))
}

async fn column(app: &Arc<App>, client: &Client, lang: Lang, after: Option<&str>) -> Result<Built, Failure> {
    let (actor, now) = (client.actor(), app.now());
    let from = after.map(place).transpose()?;
    let viewer = member(app, &actor).await?;
    let measures = app.log.measures();
    let gate = reach::Gate::new(&measures, now);
    let (fulls, next) = read_tx!(app.db, |tx| uc::newest_clips(tx, viewer, from, &gate).await)?;
    let path = format!("/{}/clips", lang.code());
    let vars = WatchVars {
        clips: views(app, lang, &actor, &fulls).await?,
        alone: false,
        older_url: next.map(|c| format!("{path}?after={}", cursor::text(c))),
        newest_url: from.map(|_| path.clone()),
    };
    let head = Head {
        title: app.say(lang, "clips-heading"),
        description: Some(app.say(lang, "clips-lede")),
        canonical: Some(app.links.absolute(&path)),
        robots: if from.is_some() { "noindex, follow".to_owned() } else { "index, follow".to_owned() },
        ..Head::default()
    };
    let text = site::render_for(app, client, lang, "clips", "pages/clips.html", head, vars).await?;
    let log_size = Some(measures.log_size());
    Ok(Built { log_size, ..Built::page(text, Some(now.plus_seconds(KEPT))) })
}

/// `/{lang}/clips/{id}`.
pub async fn one(State(app): Web, client: Client, Path((lang, shown)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Some(id) = parse_id(POST_PREFIX, &shown) else { return nowhere(State(app), client).await };
    let build = page(&app, &client, lang, id);
    if client.me.is_none() {
        let subject = Subject::post(id);
        let mut topics = vec![uc::topic(subject), reach::topic(subject)];
        topics.extend(EVERYWHERE.map(str::to_owned));
        return cached(&app, &client, lang, &topics, build).await;
    }
    match build.await {
        Ok(built) => {
            crate::counting::view(&app, built.about, &client.headers, client.ip, 200, &client.actor());
            uncached(&app, &client, lang, built)
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, id: i64) -> Result<Built, Failure> {
    let (actor, now) = (client.actor(), app.now());
    let viewer = member(app, &actor).await?;
    let measures = app.log.measures();
    let gate = reach::Gate::new(&measures, now);
    let (mut fulls, next): (Vec<Full>, _) = read_tx!(app.db, |tx| {
        let first = uc::seen_clip(tx, &actor, id, now).await?;
        let (rest, next) = uc::newest_clips(tx, viewer, Some((first.post.at, id)), &gate).await?;
        Ok((std::iter::once(first).chain(rest).collect(), next))
    })?;
    let clips = views(app, lang, &actor, &fulls).await?;
    let (Some(first), false) = (clips.first(), fulls.is_empty()) else { return Err(Refusal::not_found().into()) };
    let full = fulls.swap_remove(0);
    let head = head(app, lang, &full, first);
    let about = community::rules::visible::is_public(&full.post, now).then(|| item(&full));
    let path = format!("/{}/clips", lang.code());
    let older_url = next.map(|c| format!("{path}?after={}", cursor::text(c)));
    let vars = WatchVars { clips, alone: true, older_url, newest_url: Some(path) };
    let text = site::render_for(app, client, lang, "clips", "pages/clips.html", head, vars).await?;
    let log_size = Some(measures.log_size());
    Ok(Built { about, changed_at: None, log_size, ..Built::page(text, Some(now.plus_seconds(KEPT))) })
}
