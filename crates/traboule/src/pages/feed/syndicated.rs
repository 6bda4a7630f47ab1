//! Feeds for readers: what carries a tag, and what a voice says, as visitors see it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use community::model::FeedPage;
use community::rules::text::fold_tag;
use community::service::feed::{self as uc, FeedAsk, Means};
use community::service::members::{self, NAMES_TOPIC, voice_topic};
use community::service::posts::POSTS_TOPIC;
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::{Actor, Lang, Refusal};
use publish::feed::clean_xml_text;
use publish::service::SITE_TOPIC;

use super::Published;
use super::explore::{List, kept_until, page_of};
use super::view::post_id;
use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page, passing};
use crate::pages::feeds::{FeedItem, Syndicated};
use crate::pages::members::voice_views;
use crate::pages::posts::{Looking, PostView, post_path, tag_path, views, voice_path};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// What a file is about.
enum About {
    Tag(String),
    Voice(String),
}

/// The feed of a tag.
pub(super) fn tag_address(lang: Lang, tag: &str) -> String {
    let path = tag_path(lang, tag);
    let coded = path.rsplit('/').next().unwrap_or_default();
    format!("/feeds/tags/{coded}.{}.xml", lang.code())
}

/// The feed of a voice.
#[must_use]
pub fn voice_address(lang: Lang, handle: &str) -> String {
    format!("/feeds/members/{handle}.{}.xml", lang.code())
}

/// `name.lang.xml`.
fn parts(file: &str) -> Option<(&str, Lang)> {
    let (name, lang) = file.strip_suffix(".xml")?.rsplit_once('.')?;
    Some((name, lang_of(lang)?)).filter(|_| !name.is_empty())
}

/// GET `/feeds/tags/{tag}.{lang}.xml`.
pub async fn of_tag(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let Some((name, lang)) = parts(&file) else { return nowhere(State(app), client).await };
    let about = About::Tag(fold_tag(name));
    let build = build(&app, lang, &about);
    if fold_tag(name) != name {
        return passing(&app, &client, lang, build).await;
    }
    cached(&app, &client, lang, &topics(None), build).await
}

/// GET `/feeds/members/{handle}.{lang}.xml`.
pub async fn of_voice(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let Some((name, lang)) = parts(&file) else { return nowhere(State(app), client).await };
    let found = read_tx!(app.db, |tx| members::voice_by_handle(tx, &Actor::Visitor, name).await);
    match found {
        Ok(voice) => {
            let about = About::Voice(voice.handle.clone());
            let build = build(&app, lang, &about);
            if voice.handle != name {
                return passing(&app, &client, lang, build).await;
            }
            cached(&app, &client, lang, &topics(Some(voice.id)), build).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

fn topics(voice: Option<i64>) -> Vec<String> {
    let mut out = [POSTS_TOPIC, NAMES_TOPIC, reach::TOPIC, SITE_TOPIC].map(str::to_owned).to_vec();
    out.extend(voice.map(voice_topic));
    out
}

async fn build(app: &Arc<App>, lang: Lang, about: &About) -> Result<Built, Failure> {
    let (ask, measures) = (FeedAsk::newest(app.now()), app.log.measures());
    let looking = Looking { actor: &Actor::Visitor, lang, now: ask.now };
    let (page, shown, name) = read_tx!(app.db, |tx| {
        let (page, name) = match about {
            About::Tag(tag) => {
                let shown = uc::tag_shown(tx, tag, ask.now).await?.ok_or_else(Refusal::not_found)?;
                (page_of(tx, List::Tag(tag, &shown), None, &measures, &ask).await?, shown)
            }
            About::Voice(handle) => {
                let voice = members::voice_by_handle(tx, &Actor::Visitor, handle).await?;
                let means = Means { episodes: &Published, measures: &measures };
                let named =
                    voice_views(tx, (app.render.texts(), &app.links), lang, &[voice.id]).await?.remove(&voice.id);
                let page = uc::of_voice(tx, means, voice.id, None, &ask).await?;
                (page, named.map(|v| v.name).unwrap_or_default())
            }
        };
        let ids: Vec<i64> = page.entries.iter().map(|e| e.subject.id).collect();
        let mut found = community::service::posts::public_posts(tx, &ids, ask.now).await?;
        let list = ids.iter().filter_map(|id| found.remove(id)).collect();
        let shown = views(tx, app, looking, list).await?;
        Ok((page, shown, name))
    })?;
    let site = site::load(app, lang, "").await?.0.name;
    let say = |key: &str, name: &str| {
        let args = [("name", name.into()), ("tag", name.into()), ("site", site.as_str().into())];
        app.render.texts().text(lang, key, &args)
    };
    let (title, url, own) = match about {
        About::Tag(tag) => (say("tag-feed-title", &name), tag_path(lang, tag), tag_address(lang, tag)),
        About::Voice(handle) => (say("voice-feed-title", &name), voice_path(lang, handle), voice_address(lang, handle)),
    };
    let absolute = |path: &str| app.links.absolute(path);
    let feed = Syndicated {
        title: clean(&title),
        url: absolute(&url),
        self_url: absolute(&own),
        items: page_items(app, lang, &page, &shown),
    };
    let built = feed.build(app, lang, Some(kept_until(ask.now)))?;
    Ok(Built { log_size: Some(page.log_size), ..built })
}

fn clean(text: &str) -> String {
    clean_xml_text(text).into_owned()
}

fn page_items(app: &App, lang: Lang, page: &FeedPage, shown: &[PostView]) -> Vec<FeedItem> {
    let item = |(entry, view): (&community::model::Entry, &PostView)| {
        let args = [("name", view.author.name.as_str().into())];
        FeedItem {
            title: clean(&app.render.texts().text(lang, "post-by", &args)),
            url: app.links.absolute(&post_path(lang, entry.subject.id)),
            id: post_id(entry.subject.id),
            date: entry.at.rfc2822_in(&TimeZone::UTC),
            name: clean(&view.author.name),
            html: clean(&view.html),
        }
    };
    page.entries.iter().zip(shown).map(item).collect()
}
