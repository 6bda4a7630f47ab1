//! A post's own page: cached for visitors, made for whoever is signed in. What is deleted or taken away leaves a line.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use community::model::{Full, POST_PREFIX, Post, PostState};
use community::rules::clip::Cue;
use community::service::{
    self as talk,
    members::{NAMES_TOPIC, voice_topic},
    posts, shown,
};
use db::{Failure, Tx, read_tx};
use kernel::{At, Item, Lang, Role, Subject, SubjectKind, parse_id};
use publish::service::SITE_TOPIC;
use publish::text::json_for_script;
use publish::web::{Head, Meta};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::gather::{Looking, views};
use super::view::{PostView, VoiceView, post_path, when};
use super::{pictures, rich};
use crate::app::App;
use crate::http::{Built, Client, Web, cached, failure_page, html, redirect, uncached};
use crate::pages::members::voice_views;
use crate::pages::public::{lang_of, nowhere};
use crate::pages::{comments, site};
use ui::Stamp;

/// How long a page may lag behind the names of those who passed a post on, in seconds.
const LAG: i64 = 60;
/// The words of a post in its title.
const TITLE: usize = 60;

/// What the last action has to say.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Told {
    said: Option<String>,
}

/// The line of a post that is not public.
#[derive(Serialize)]
struct StandingView {
    text: String,
    restore_url: Option<String>,
}

#[derive(Default, Serialize)]
struct PassedView {
    quotes: Vec<PostView>,
}

#[derive(Serialize)]
struct Vars {
    heading: String,
    said: Option<String>,
    undo_url: Option<String>,
    standing: Option<StandingView>,
    one: Option<PostView>,
    passed: Option<PassedView>,
    resharers: Vec<VoiceView>,
    below_html: String,
}

/// A post with what its page shows.
struct Found {
    post: Post,
    full: Full,
    view: PostView,
    quotes: Vec<PostView>,
    resharers: Vec<VoiceView>,
    public: bool,
    /// When a decision about it or about those below it begins or ends by itself.
    until: Option<At>,
}

async fn find(tx: &mut Tx, app: &App, looking: Looking<'_>, id: i64) -> Result<Found, Failure> {
    let Looking { actor, lang, now } = looking;
    let post = posts::seen_post(tx, actor, id, now).await?;
    let public = posts::public_posts(tx, &[id], now).await?.contains_key(&id);
    let full = talk::counts::full_for(tx, actor, vec![post.clone()], now).await?.remove(0);
    let view = views(tx, app, looking, vec![post.clone()]).await?.remove(0);
    let (quotes, reshares) = shown::passed_by(tx, actor, Subject::post(id), now).await?;
    let below: Vec<i64> = quotes.iter().map(|p| p.id).collect();
    let mut quotes = views(tx, app, looking, quotes).await?;
    // What they quote stands above them.
    quotes.iter_mut().for_each(|quote| quote.of = None);
    let authors: Vec<i64> = reshares.iter().map(|p| p.author).collect();
    let mut voices = voice_views(tx, (app.render.texts(), &app.links), lang, &authors).await?;
    let resharers = authors.iter().filter_map(|a| voices.remove(a)).collect();
    let subjects: Vec<Subject> =
        std::iter::once(id).chain(below).map(Subject::post).chain(post.of.map(|of| of.subject)).collect();
    let until = reach::shown(tx, &subjects).await?.next_change(now);
    Ok(Found { post, full, view, quotes, resharers, public, until })
}

/// What a title says of a post.
pub(crate) fn title(app: &App, lang: Lang, name: &str, body: &str) -> String {
    let words = rich::first_words(body, TITLE);
    let texts = app.render.texts();
    if words.is_empty() {
        return texts.text(lang, "post-title-plain", &[("name", name.into())]);
    }
    texts.text(lang, "post-title", &[("name", name.into()), ("words", words.into())])
}

/// GET `/{lang}/posts/{id}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, text)): Path<(String, String)>,
    Query(told): Query<Told>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Some(id) = parse_id(POST_PREFIX, &text) else { return nowhere(State(app), client).await };
    let (actor, now) = (client.actor(), app.now());
    let post = match read_tx!(app.db, |tx| posts::seen_post(tx, &actor, id, now).await) {
        Ok(post) => post,
        Err(Failure::Refused(refusal)) => return gone(&app, &client, lang, id, refusal).await,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    // A bare reshare has nothing to say of its own: one comments on what it passes on.
    let inner = post.of.filter(|of| post.is_reshare() && of.subject.kind == kernel::SubjectKind::Post);
    if let Some(of) = inner {
        let open = read_tx!(app.db, |tx| posts::public_posts(tx, &[of.subject.id], now).await);
        if open.is_ok_and(|found| !found.is_empty()) {
            return redirect(&post_path(lang, of.subject.id));
        }
    }
    let build = build(&app, &client, lang, id, &told);
    if client.me.is_some() || told.said.is_some() {
        return match build.await {
            Ok(built) => {
                crate::counting::view(&app, built.about, &client.headers, client.ip, 200, &actor);
                uncached(&app, &client, lang, built)
            }
            Err(failure) => failure_page(&app, &client, lang, &failure).await,
        };
    }
    cached(&app, &client, lang, &topics(&post), build).await
}

/// What a post's page depends on.
fn topics(post: &Post) -> Vec<String> {
    let own = Subject::post(post.id);
    // Below it stand posts that quote it: a decision about any post may take one of them away.
    let decided = reach::kind_topic(SubjectKind::Post);
    let mut topics =
        vec![SITE_TOPIC.to_owned(), NAMES_TOPIC.to_owned(), talk::topic(own), voice_topic(post.author), decided];
    if let Some(of) = post.of {
        topics.extend([talk::topic(of.subject), voice_topic(of.author), reach::topic(of.subject)]);
    }
    topics
}

/// The line in the place of a post that was there.
async fn gone(app: &Arc<App>, client: &Client, lang: Lang, id: i64, refusal: kernel::Refusal) -> Response {
    let state = match read_tx!(app.db, |tx| shown::tombstone(tx, id).await) {
        Ok(state) => state,
        Err(_) => return failure_page(app, client, lang, &refusal.into()).await,
    };
    let key = if state == PostState::Deleted { "post-deleted" } else { "post-removed" };
    let text = app.say(lang, key);
    let vars = Vars {
        heading: text.clone(),
        said: None,
        undo_url: None,
        standing: Some(StandingView { text: text.clone(), restore_url: None }),
        one: None,
        passed: None,
        resharers: Vec::new(),
        below_html: String::new(),
    };
    match site::render_for(app, client, lang, "", "pages/post.html", site::private_head(text), vars).await {
        Ok(text) => html(app, client, lang, StatusCode::GONE, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

async fn build(app: &Arc<App>, client: &Client, lang: Lang, id: i64, told: &Told) -> Result<Built, Failure> {
    let (actor, now) = (client.actor(), app.now());
    let looking = Looking { actor: &actor, lang, now };
    let found = read_tx!(app.db, |tx| find(tx, app, looking, id).await)?;
    let Found { post, full, view, quotes, resharers, public, until } = found;
    let name = view.author.name.clone();
    let heading = title(app, lang, &name, &post.body);
    let mut head = if public { head(app, lang, &full, &view, &heading) } else { site::private_head(heading.clone()) };
    let mut below_html = String::new();
    if public {
        let about = comments::About::post(app, &post, &name);
        let hidden = read_tx!(app.db, |tx| shown::apart(tx, &actor).await)?;
        let below = comments::below(app, &about, lang, &hidden).await?;
        let texts = app.render.texts();
        let feed = texts.text(lang, "talk-feed", &[("title", about.title(app, lang).into())]);
        comments::with_comments(&mut head, &below, &about, feed);
        below_html = below.html;
    }
    let said = told.said.as_deref().map(|s| format!("post-said-{s}")).filter(|k| app.render.texts().has(lang, k));
    let undo = told.said.as_deref() == Some("reshared") && view.reshared;
    let vars = Vars {
        heading,
        said: said.map(|k| app.say(lang, &k)),
        undo_url: undo.then(|| format!("{}/unshare", view.url)),
        standing: standing(app, lang, &post, &view, &actor),
        passed: (!quotes.is_empty() || !resharers.is_empty()).then_some(PassedView { quotes }),
        resharers,
        one: Some(view),
        below_html,
    };
    let text = site::render_for(app, client, lang, "", "pages/post.html", head, vars).await?;
    let mut built = Built::page(text, until.into_iter().chain([now.plus_seconds(LAG)]).min()).obeying(app);
    built.about = public.then_some(Item { org: post.org, within: post.author, subject: Subject::post(id) });
    Ok(built)
}

/// What its author and moderators read over a post that is not public.
fn standing(app: &App, lang: Lang, post: &Post, view: &PostView, actor: &kernel::Actor) -> Option<StandingView> {
    let moderates = actor.may(post.org, &[Role::Moderator]);
    let key = match post.state {
        PostState::Public => return None,
        PostState::Preparing => "post-preparing",
        PostState::Removed if moderates => "post-removed-team",
        PostState::Removed | PostState::Deleted => "post-removed-own",
    };
    let restore = post.state == PostState::Removed && moderates;
    Some(StandingView { text: app.say(lang, key), restore_url: restore.then(|| format!("{}/restore", view.url)) })
}

/// Where a post is read by crawlers: the interface in the language of its text, where there is one.
fn home_lang(post: &Post, lang: Lang) -> Lang {
    Lang::parse(&post.lang).unwrap_or(lang)
}

fn head(app: &App, lang: Lang, full: &Full, view: &PostView, heading: &str) -> Head {
    let post = &full.post;
    let canonical = app.links.absolute(&post_path(home_lang(post, lang), post.id));
    let description = rich::first_words(&post.body, 200);
    let absolute = |path: &str| app.links.absolute(path);
    let pictures: Vec<&super::view::ImageView> = view.images.iter().collect();
    let mut metas = vec![
        Meta::property("og:type", "article"),
        Meta::property("og:title", heading),
        Meta::property("og:url", canonical.as_str()),
        Meta::property("article:published_time", view.when.iso.as_str()),
        Meta::named("twitter:card", if pictures.is_empty() { "summary" } else { "summary_large_image" }),
    ];
    if !description.is_empty() {
        metas.push(Meta::property("og:description", description.as_str()));
    }
    for (image, shown) in full.images.iter().zip(&pictures) {
        metas.push(Meta::property("og:image", absolute(&shown.url)));
        metas.push(Meta::property("og:image:width", image.width.to_string()));
        metas.push(Meta::property("og:image:height", image.height.to_string()));
        metas.push(Meta::property("og:image:alt", image.alt.as_str()));
    }
    let node = ld(app, full, view, heading, &canonical);
    Head {
        title: heading.to_owned(),
        description: Some(description).filter(|d| !d.is_empty()),
        canonical: Some(canonical),
        robots: "index, follow".to_owned(),
        metas,
        json_ld: Some(json_for_script(&json!({"@context": "https://schema.org", "@graph": [node]}).to_string())),
        ..Head::default()
    }
}

fn ld(app: &App, full: &Full, view: &PostView, heading: &str, canonical: &str) -> Value {
    let post = &full.post;
    let kind = if view.author.kind == "member" { "Person" } else { "Organization" };
    let mut author = json!({"@type": kind, "name": view.author.name});
    if let Some(url) = &view.author.url {
        author["url"] = json!(app.links.absolute(url));
    }
    let mut node = json!({
        "@type": "SocialMediaPosting", "@id": canonical, "url": canonical, "headline": heading,
        "datePublished": post.at.rfc3339(), "author": author, "inLanguage": post.lang,
        "interactionStatistic": [{
            "@type": "InteractionCounter", "interactionType": "https://schema.org/ShareAction",
            "userInteractionCount": full.passed_on,
        }],
    });
    if !post.body.is_empty() {
        node["articleBody"] = json!(post.body);
    }
    if let Some(at) = post.edited_at {
        node["dateModified"] = json!(at.rfc3339());
    }
    if !view.images.is_empty() {
        let image = |i: &super::view::ImageView| json!({"@type": "ImageObject", "contentUrl": app.links.absolute(&i.url), "caption": i.alt});
        node["image"] = view.images.iter().map(image).collect();
    }
    let shared = view.of.as_ref().and_then(|of| {
        let post = of.post.as_ref().map(|p| app.links.absolute(&p.url));
        post.or_else(|| {
            of.episode.as_ref().map(|e| if e.url.starts_with('/') { app.links.absolute(&e.url) } else { e.url.clone() })
        })
    });
    if let Some(url) = shared {
        node["sharedContent"] = json!({"@type": "WebPage", "url": url});
    }
    node
}

#[derive(Serialize)]
struct VersionRow {
    label: String,
    when: Stamp,
    html: String,
    alts: Vec<String>,
    /// Of captions that were changed: their language and words, which may be none.
    captions: Option<(String, Vec<String>)>,
}

/// The words of captions, one a cue.
fn spoken(cues: &str) -> Vec<String> {
    let cues: Vec<Cue> = serde_json::from_str(cues).unwrap_or_default();
    cues.into_iter().map(|c| c.text).collect()
}

#[derive(Serialize)]
struct HistoryVars {
    heading: String,
    back_url: String,
    text_lang: Option<String>,
    versions: Vec<VersionRow>,
}

/// GET `/{lang}/posts/{id}/history`: everything a post said, for whoever may see it.
pub async fn history(State(app): Web, client: Client, Path((lang, text)): Path<(String, String)>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Some(id) = parse_id(POST_PREFIX, &text) else { return nowhere(State(app), client).await };
    let rendered = async {
        let (actor, now) = (client.actor(), app.now());
        let (post, before, images, known) = read_tx!(app.db, |tx| {
            let (post, before) = posts::history(tx, &actor, id, now).await?;
            let full = posts::full(tx, vec![post.clone()], now).await?.remove(0);
            let bodies = before.iter().map(|b| b.body.as_str()).chain([post.body.as_str()]);
            let named: Vec<String> = bodies.flat_map(|b| community::rules::text::named(b).mentions).collect();
            let known = shown::known_handles(tx, &named).await?;
            Ok((post, before, full.images, known))
        })?;
        let say = |key: &str| app.say(lang, key);
        let mut versions = vec![VersionRow {
            label: say("post-history-now"),
            when: when(&app, post.author, post.edited_at.unwrap_or(post.at), lang),
            html: rich::html(&post.body, lang, &known),
            alts: images.into_iter().map(|i| i.alt).collect(),
            captions: None,
        }];
        versions.extend(before.into_iter().map(|b| VersionRow {
            label: say("post-history-before"),
            when: when(&app, post.author, b.until, lang),
            html: rich::html(&b.body, lang, &known),
            alts: b.alts,
            captions: b.captions.map(|(lang, cues)| (lang, spoken(&cues))),
        }));
        let heading = say("post-history");
        let head = Head { title: heading.clone(), robots: "noindex, follow".to_owned(), ..Head::default() };
        let vars = HistoryVars {
            heading,
            back_url: post_path(lang, id),
            text_lang: (post.lang != lang.code()).then(|| post.lang.clone()),
            versions,
        };
        site::render_for(&app, &client, lang, "", "pages/post_history.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// GET `/media/posts/{id}/{file}`: a picture of a post, or of a card under it, `<start of digest>.<jpg|png>`.
pub async fn file(
    State(app): Web,
    client: Client,
    method: Method,
    Path((text, file)): Path<(String, String)>,
) -> Response {
    let Some(id) = parse_id(POST_PREFIX, &text) else { return nowhere(State(app), client).await };
    let start = file.rsplit_once('.').filter(|(_, end)| matches!(*end, "jpg" | "png")).map(|(start, _)| start);
    let Some(start) = start else { return nowhere(State(app), client).await };
    let (actor, now) = (client.actor(), app.now());
    match read_tx!(app.db, |tx| shown::file_of(tx, &actor, id, start, now).await) {
        Ok(found) => {
            // A file may go when its post does: caches ask again after an hour.
            let cache = if found.public && client.me.is_none() { "public, max-age=3600" } else { "private, no-store" };
            pictures::file(&app, &client, &method, &found.sha256, &found.media_type, cache).await
        }
        Err(failure) => failure_page(&app, &client, crate::pages::public::lang_for(&client), &failure).await,
    }
}

/// The address of a post as others read it.
pub(crate) fn address(app: &App, post: &Post) -> String {
    app.links.absolute(&post_path(home_lang(post, Lang::Fr), post.id))
}
