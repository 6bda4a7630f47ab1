//! What everybody says, and what carries a tag: the newest first, for visitors from kept pages, for members without what they
//! muted or blocked. A tag and a voice have a feed for readers, too.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{FeedPage, TagUse};
use community::rules::order::NEWEST;
use community::rules::text::fold_tag;
use community::service::feed::{self as uc, FeedAsk, Means};
use community::service::members::{self, NAMES_TOPIC};
use community::service::posts::POSTS_TOPIC;
use db::{Failure, read_tx};
use kernel::{At, Lang};
use publish::service::SITE_TOPIC;
use publish::web::{FeedLink, Head};
use reach::ActiveMeasures;
use serde::Serialize;

use super::home::{proposals, spot};
use super::view::{Because, ItemView, Made, Obeyed, Proposed, items, obeyed, spot_text};
use super::{Published, explore_address, syndicated};
use crate::app::App;
use crate::http::{Built, Client, Web, cached, cite, failure_page, html, uncached};
use crate::pages::posts::{Looking, tag_path};
use crate::pages::public::{After, Pager, lang_of, nowhere};
use crate::pages::site;

/// After so many seconds a kept page is made anew: names, counts and measures on it may have changed.
const KEPT: i64 = 60;
/// How many tags stand beside the list.
const TAGS: i64 = 12;

/// Which list.
#[derive(Clone, Copy)]
pub(super) enum List<'a> {
    /// Everybody's.
    Everybody,
    /// With this tag, folded, and how it is written.
    Tag(&'a str, &'a str),
}

#[derive(Serialize)]
struct TagView {
    url: String,
    shown: String,
    voices: i64,
}

/// What is said of an empty list.
#[derive(Serialize)]
struct Nothing {
    heading: String,
    text: String,
}

#[derive(Serialize)]
struct ExploreVars {
    heading: String,
    lede: String,
    order_text: String,
    feed_url: Option<String>,
    list: Vec<ItemView>,
    nothing: Nothing,
    pager: Pager,
    used: Vec<TagView>,
    shows: Vec<Proposed>,
    people: Vec<Proposed>,
    log: Obeyed,
}

/// What was read for a page, in one transaction.
struct Read {
    page: FeedPage,
    list: Vec<ItemView>,
    used: Vec<TagUse>,
    proposed: (Vec<Proposed>, Vec<Proposed>),
}

/// `/{lang}/explore?after=`.
pub async fn explore(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    after: Result<Query<After>, QueryRejection>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    answer(&app, &client, lang, List::Everybody, after.unwrap_or_default().0, true).await
}

/// `/{lang}/tags/{tag}?after=`.
pub async fn tag(
    State(app): Web,
    client: Client,
    Path((lang, tag)): Path<(String, String)>,
    after: Result<Query<After>, QueryRejection>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let folded = fold_tag(&tag);
    if folded.is_empty() {
        return nowhere(State(app), client).await;
    }
    let now = app.now();
    let shown = match read_tx!(app.db, |tx| uc::tag_shown(tx, &folded, now).await) {
        Ok(shown) => shown,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    // A page nobody wrote anything for is one of very many, and so is a tag written in another way: they are not kept.
    let keep = shown.is_some() && tag == folded;
    let list = List::Tag(&folded, shown.as_deref().unwrap_or(&folded));
    answer(&app, &client, lang, list, after.unwrap_or_default().0, keep).await
}

async fn answer(app: &Arc<App>, client: &Client, lang: Lang, list: List<'_>, after: After, keep: bool) -> Response {
    let after = after.text().map(str::to_owned);
    let build = build(app, client, lang, list, after.as_deref());
    if keep && after.is_none() && client.me.is_none() {
        let topics = [POSTS_TOPIC, NAMES_TOPIC, reach::TOPIC, SITE_TOPIC].map(str::to_owned);
        return cached(app, client, lang, &topics, build).await;
    }
    match build.await {
        Ok(built) if client.me.is_none() => uncached(app, client, lang, built),
        Ok(built) => {
            let mut response = html(app, client, lang, StatusCode::OK, built.text);
            cite(response.headers_mut(), built.log_size);
            response
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// One page of a list, as whoever asks sees it.
pub(super) async fn page_of(
    tx: &mut db::Tx,
    list: List<'_>,
    viewer: Option<i64>,
    measures: &ActiveMeasures,
    ask: &FeedAsk,
) -> Result<FeedPage, Failure> {
    let means = Means { episodes: &Published, measures };
    match list {
        List::Everybody => uc::explore(tx, means, viewer, ask).await,
        List::Tag(tag, _) => uc::tagged(tx, means, tag, viewer, ask).await,
    }
}

async fn build(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    list: List<'_>,
    after: Option<&str>,
) -> Result<Built, Failure> {
    let ask = FeedAsk { after: spot(after), ..FeedAsk::newest(app.now()) };
    let (measures, actor, links) = (app.log.measures(), client.actor(), client.links(app));
    let looking = Looking { actor: &actor, lang, now: ask.now };
    let because = match list {
        List::Everybody => Because::Public,
        List::Tag(_, shown) => Because::Tag(shown),
    };
    let made = Made { because, order: NEWEST, measures: &measures, seen: None };
    let read = read_tx!(app.db, |tx| {
        let viewer = match actor.person() {
            Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
            None => None,
        };
        let page = page_of(tx, list, viewer, &measures, &ask).await?;
        let list = items(tx, app, looking, &links, &page, made).await?;
        let used = uc::tags(tx, viewer, ask.now, TAGS).await?;
        Ok(Read { page, list, used, proposed: proposals(tx, app, lang, viewer).await? })
    })?;
    let (vars, head) = vars(app, lang, list, read, &ask, &measures);
    let text = site::render_for(app, client, lang, "explore", "pages/explore.html", head, vars).await?;
    let until = ask.now.plus_seconds(KEPT);
    Ok(Built { log_size: Some(measures.log_size()), ..Built::page(text, Some(until)) })
}

fn vars(
    app: &App,
    lang: Lang,
    list: List<'_>,
    read: Read,
    ask: &FeedAsk,
    measures: &ActiveMeasures,
) -> (ExploreVars, Head) {
    let say = |key: &str, args: &[(&str, kernel::Arg)]| app.render.texts().text(lang, key, args);
    let (path, key, tag) = match list {
        List::Everybody => (explore_address(lang), "explore", ""),
        List::Tag(tag, shown) => (tag_path(lang, tag), "tag", shown),
    };
    let args = [("tag", tag.into())];
    let heading = say(&format!("{key}-title"), &args);
    let feed_url = match list {
        List::Everybody => None,
        List::Tag(tag, _) => Some(app.links.absolute(&syndicated::tag_address(lang, tag))),
    };
    let tag_view = |t: TagUse| TagView { url: tag_path(lang, &t.tag), shown: t.shown, voices: t.voices };
    let listed = !read.list.is_empty() && ask.after.is_none();
    let head = Head {
        title: heading.clone(),
        description: Some(say(&format!("{key}-lede"), &args)),
        canonical: listed.then(|| app.links.absolute(&path)),
        robots: if listed { "index, follow" } else { "noindex, follow" }.to_owned(),
        feeds: feed_url.iter().map(|url| feed_link(url.clone(), say("tag-feed", &[]))).collect(),
        ..Head::default()
    };
    let vars = ExploreVars {
        heading,
        lede: say(&format!("{key}-lede"), &args),
        order_text: say(
            if key == "tag" { "feed-why-order" } else { "explore-order" },
            &[("order", NEWEST.cite().into())],
        ),
        feed_url,
        list: read.list,
        nothing: Nothing { heading: say(&format!("{key}-none"), &args), text: say(&format!("{key}-none-text"), &args) },
        pager: Pager {
            newer_url: ask.after.is_some().then(|| path.clone()),
            older_url: read.page.next.map(|next| format!("{path}?after={}", spot_text(next))),
            text: String::new(),
        },
        used: read.used.into_iter().map(tag_view).collect(),
        shows: read.proposed.0,
        people: read.proposed.1,
        log: obeyed(lang, measures),
    };
    (vars, head)
}

fn feed_link(url: String, title: String) -> FeedLink {
    FeedLink { title, url, mime: "application/rss+xml" }
}

/// Until when a page that was made now may be kept.
pub(super) fn kept_until(now: At) -> At {
    now.plus_seconds(KEPT)
}
