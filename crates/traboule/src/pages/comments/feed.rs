//! The feed of what is said about something: the newest visible comments.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use community::model::{COMMENT_PREFIX, Comment};
use community::service as uc;
use db::{Failure, read_tx};
use kernel::{Lang, show_id};
use publish::feed::clean_xml_text;

use super::subject::{About, about_subject, feed_subject};
use super::text;
use super::view::Shared;
use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page};
use crate::pages::feeds::{FeedItem, Syndicated};
use crate::pages::public::{lang_for, nowhere};

/// How many comments the feed holds.
const MOST: i64 = 50;

/// GET `/feeds/comments/{id}.xml`, of an episode or a post.
pub async fn feed(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let subject = file.strip_suffix(".xml").and_then(feed_subject);
    let Some(subject) = subject else { return nowhere(State(app), client).await };
    let about = match about_subject(&app, &kernel::Actor::Visitor, subject).await {
        Ok(about) => about,
        Err(failure) => return failure_page(&app, &client, lang_for(&client), &failure).await,
    };
    cached(&app, &client, about.lang, &about.topics(), build(&app, &about, about.lang)).await
}

async fn build(app: &Arc<App>, about: &About, lang: Lang) -> Result<Built, Failure> {
    let subject = about.subject;
    let newest = read_tx!(app.db, |tx| uc::visible(tx, subject, None, MOST).await)?;
    let (links, path, zone) = (&about.links, about.comments(lang), about.zone.clone());
    let clean = |text: &str| clean_xml_text(text).into_owned();
    let title = clean(&about.title(app, lang));
    let nobody = app.say(lang, "talk-by-other");
    let hidden = HashSet::new();
    let shared = Shared { lang, zone: zone.clone(), path: &path, open: false, nobody, hidden: &hidden };
    let item = |one: &Comment| {
        let name = clean(&shared.named(one));
        let args = [("name", name.as_str().into()), ("title", title.as_str().into())];
        let id = show_id(COMMENT_PREFIX, one.id);
        FeedItem {
            title: app.render.texts().text(lang, "talk-feed-by", &args),
            url: links.absolute(&format!("{}#{id}", about.page(lang))),
            date: one.said_at.rfc2822_in(&zone),
            html: clean(&text::html(&one.body)),
            name,
            id,
        }
    };
    let vars = Syndicated {
        title: app.render.texts().text(lang, "talk-feed", &[("title", title.as_str().into())]),
        url: links.absolute(&about.page(lang)),
        self_url: links.absolute(&about.feed()),
        items: newest.iter().map(item).collect(),
    };
    vars.build(app, lang, None)
}
