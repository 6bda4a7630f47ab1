//! The thread as a section of a page: under an episode and on the page of all comments.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{COMMENT_PREFIX, Cursor, POST_PREFIX};
use community::rules::form::MOST_CHARACTERS;
use community::service::{self as uc, shown};
use db::{Failure, read_tx};
use kernel::{Lang, PersonId, Refusal, Subject, parse_id, show_id};
use publish::text::json_for_script;
use publish::web::{FeedLink, Head};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ui::FormView;

use super::subject::{About, about, about_subject, feed_path};
use super::view::{ANSWERS, CommentView, ReplyView, Shared, TalkView, WhoView, cursor_text, shared_hides};
use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page, html};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site;

/// What part of a thread is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Ask {
    after: Option<String>,
    reply: Option<String>,
    under: Option<String>,
    /// A form shown again outlives what it answered.
    #[serde(skip)]
    lenient: bool,
}

impl Ask {
    /// The first page, with the form answering a comment.
    pub(super) fn replying(parent: &str) -> Self {
        let reply = Some(parent.to_owned()).filter(|p| parse_id(COMMENT_PREFIX, p).is_some());
        Self { reply, lenient: true, ..Self::default() }
    }

    fn is_plain(&self) -> bool {
        self.after.is_none() && self.reply.is_none() && self.under.is_none()
    }
}

/// What a form was sent with, to be shown again.
#[derive(Default)]
pub(super) struct Again {
    pub(super) form: Option<FormView>,
    pub(super) who: Option<WhoView>,
    pub(super) stamp: Option<String>,
}

#[derive(Serialize)]
struct SectionVars<'a> {
    lang: &'static str,
    talk: &'a TalkView,
    form: Option<FormView>,
    who: Option<WhoView>,
}

#[derive(Serialize)]
struct PageVars {
    heading: String,
    back_url: String,
    back: String,
    below_html: String,
}

/// What a page shows below its texts.
pub(crate) struct Below {
    /// The section.
    pub(crate) html: String,
    /// How many comments are visible.
    pub(crate) count: i64,
    /// The comments of the first page.
    comments: Vec<CommentView>,
}

/// Reads [`cursor_text`].
pub(crate) fn cursor(text: &str) -> Result<Cursor, Refusal> {
    crate::http::cursor::read(text).map(|(said_at, id)| Cursor { said_at, id }).ok_or_else(Refusal::not_found)
}

fn comment_id(text: Option<&String>) -> Result<Option<i64>, Refusal> {
    text.map(|text| parse_id(COMMENT_PREFIX, text).ok_or_else(Refusal::not_found)).transpose()
}

/// What is said about something, as asked.
async fn talk(
    app: &App,
    about: &About,
    lang: Lang,
    ask: &Ask,
    hidden: &HashSet<PersonId>,
) -> Result<TalkView, Failure> {
    let (subject, now) = (about.subject, app.now());
    let (reply, under) = (comment_id(ask.reply.as_ref())?, comment_id(ask.under.as_ref())?);
    let after = ask.after.as_deref().map(cursor).transpose()?;
    let place = (subject, about.org, about.since);
    let (page, count, answered) = read_tx!(app.db, |tx| {
        let page = uc::thread(tx, place, after, now).await?;
        let counted = uc::counts::comments(tx, &[subject], hidden).await?;
        let count = counted.get(&subject).map_or(0, |t| t.visible);
        let answered = match reply {
            Some(id) => match uc::one(tx, id).await {
                Ok(found) => Some(found).filter(|c| c.subject == subject && !shared_hides(hidden, c)),
                Err(Failure::Refused(_)) => None,
                Err(failure) => return Err(failure),
            },
            None => None,
        };
        Ok((page, count, answered))
    })?;
    if reply.is_some() && answered.is_none() && !ask.lenient {
        return Err(Refusal::not_found().into());
    }
    let path = about.comments(lang);
    let nobody = app.say(lang, "talk-by-other");
    let shared = Shared { lang, zone: about.zone.clone(), path: &path, open: page.open, nobody, hidden };
    let reply = answered.as_ref().map(|one| ReplyView {
        id: show_id(COMMENT_PREFIX, one.id),
        name: shared.named(one),
        cancel_url: format!("{path}#write"),
    });
    let only = |root: i64| under.is_none_or(|id| id == root);
    let room = if under.is_some() { usize::MAX } else { ANSWERS };
    let comments: Vec<CommentView> =
        page.branches.iter().filter(|b| only(b.comment.id)).filter_map(|b| shared.branch(b, room)).collect();
    if under.is_some() && comments.is_empty() {
        return Err(Refusal::not_found().into());
    }
    let next = page.next.filter(|_| under.is_none());
    Ok(TalkView {
        count,
        closed: !page.open,
        about: about.subject.kind.code(),
        comments,
        older_url: next.map(|c| format!("{path}?after={}#comments", cursor_text(c))),
        newest_url: (after.is_some() || under.is_some()).then(|| format!("{path}#comments")),
        action: path.clone(),
        stamp_url: "/comments/stamp",
        reply,
        stamp: None,
        most: MOST_CHARACTERS,
    })
}

fn section(app: &App, lang: Lang, talk: &TalkView, again: Again) -> Result<String, Failure> {
    let vars = SectionVars { lang: lang.code(), talk, form: again.form, who: again.who };
    app.render.render("community/thread.html", &vars).map_err(Failure::broken)
}

/// The section under the page of something.
pub(crate) async fn below(app: &App, about: &About, lang: Lang, hidden: &HashSet<PersonId>) -> Result<Below, Failure> {
    let talk = talk(app, about, lang, &Ask::default(), hidden).await?;
    let html = section(app, lang, &talk, Again::default())?;
    Ok(Below { html, count: talk.count, comments: talk.comments })
}

/// What a machine reads about the comments of a page: their feed, their number, the first of them.
pub(crate) fn with_comments(head: &mut Head, below: &Below, about: &About, title: String) {
    let url = about.links.absolute(&feed_path(about.subject));
    head.feeds.push(FeedLink { title, url, mime: "application/rss+xml" });
    let canonical = head.canonical.clone().unwrap_or_default();
    let Some(mut ld) = head.json_ld.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return;
    };
    let node = match ld.pointer_mut("/@graph/0") {
        Some(node) => node,
        None => return,
    };
    node["commentCount"] = json!(below.count);
    let mut all = Vec::new();
    spoken(&below.comments, &canonical, &mut all);
    if !all.is_empty() {
        node["comment"] = Value::Array(all);
    }
    head.json_ld = Some(json_for_script(&ld.to_string()));
}

fn spoken(list: &[CommentView], canonical: &str, out: &mut Vec<Value>) {
    for one in list {
        if !one.removed {
            let url = format!("{canonical}#{}", one.id);
            let author = json!({"@type": "Person", "name": one.name});
            let text = publish::text::html_to_text(&one.html);
            let date = &one.when.iso;
            out.push(json!({"@type": "Comment", "url": url, "text": text, "dateCreated": date, "author": author}));
        }
        spoken(&one.replies, canonical, out);
    }
}

/// GET `/{lang}/shows/{show}/{episode}/comments`.
pub async fn all(
    State(app): Web,
    client: Client,
    Path((lang, show, slug)): Path<(String, String, String)>,
    Query(ask): Query<Ask>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let found = about(&app, &show, &slug).await;
    answered(&app, &client, lang, found, &ask).await
}

/// GET `/{lang}/posts/{id}/comments`.
pub async fn all_under_post(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(ask): Query<Ask>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Some(id) = parse_id(POST_PREFIX, &id) else { return nowhere(State(app), client).await };
    let found = about_subject(&app, &client.actor(), Subject::post(id)).await;
    answered(&app, &client, lang, found, &ask).await
}

async fn answered(app: &Arc<App>, client: &Client, lang: Lang, found: Result<About, Failure>, ask: &Ask) -> Response {
    let about = match found {
        Ok(about) => about,
        Err(failure) => return failure_page(app, client, lang, &failure).await,
    };
    if !ask.is_plain() || client.me.is_some() {
        return again(app, client, lang, &about, ask, StatusCode::OK, Again::default()).await;
    }
    let build = async {
        let text = whole(app, client, lang, &about, ask, Again::default()).await?;
        Ok(Built::page(text, about.valid_until))
    };
    cached(app, client, lang, &about.topics(), build).await
}

/// The page for one person: a part of the thread, or a form again.
pub(super) async fn again(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    about: &About,
    ask: &Ask,
    status: StatusCode,
    again: Again,
) -> Response {
    match whole(app, client, lang, about, ask, again).await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

async fn whole(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    about: &About,
    ask: &Ask,
    again: Again,
) -> Result<String, Failure> {
    let actor = client.actor();
    let hidden = read_tx!(app.db, |tx| shown::apart(tx, &actor).await)?;
    let mut talk = talk(app, about, lang, ask, &hidden).await?;
    talk.stamp.clone_from(&again.stamp);
    let links = &about.links;
    let title = about.title(app, lang);
    let heading = app.render.texts().text(lang, "talk-page-heading", &[("title", title.as_str().into())]);
    let feed_title = app.render.texts().text(lang, "talk-feed", &[("title", title.as_str().into())]);
    let feed = FeedLink { title: feed_title, url: links.absolute(&about.feed()), mime: "application/rss+xml" };
    let head = Head {
        title: heading.clone(),
        canonical: Some(links.absolute(&about.comments(lang))),
        // The same comments stand under the episode.
        robots: "noindex, follow".to_owned(),
        feeds: vec![feed],
        ..Head::default()
    };
    let back = app.say(lang, &format!("talk-back-{}", about.subject.kind.code()));
    let vars = PageVars { heading, back_url: about.page(lang), back, below_html: section(app, lang, &talk, again)? };
    site::render_for(app, client, lang, &about.current, "pages/comments_all.html", head, vars).await
}
