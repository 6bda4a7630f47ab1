//! What everybody sees: home, a show, an episode, the player for frames.

use std::collections::HashSet;
use std::sync::Arc;

use audience::rules::set::VERSION;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use community::model::VoiceKind;
use db::{Failure, read_tx};
use kernel::{At, Lang, Refusal};
use publish::model::{AudioPlace, Episode, Show};
use publish::service::{self as uc, SITE_TOPIC, reached_topic, shown_topics};
use publish::web::{Card, EpisodeView, FactView, Head, Links, card, episode_head, episode_view, show_head, show_view};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::{Built, Client, Web, cached, error_page, failure_page, html, redirect, uncached};
use crate::pages::members::follow_hole;
use crate::pages::posts::quote_hole;
use crate::pages::site::{self, context, context_under};
use crate::pages::{comments, listens};

/// The language of a path's first segment; anything else is no page.
pub(crate) fn lang_of(segment: &str) -> Option<Lang> {
    Lang::ALL.into_iter().find(|l| l.code() == segment)
}

/// The language an error page speaks when the address names none.
pub(crate) fn lang_for(client: &Client) -> Lang {
    let first = client.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    lang_of(first).or(client.prefers).unwrap_or(Lang::Fr)
}

/// `/`: to the home in the language of the account, else of the browser.
pub async fn root(State(_app): Web, client: Client) -> Response {
    let mut response = redirect(&Links::home(client.prefers.unwrap_or(Lang::Fr)));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    response
}

/// Everything that is no page.
pub async fn nowhere(State(app): Web, client: Client) -> Response {
    error_page(&app, &client, lang_for(&client), &Refusal::not_found()).await
}

/// How many episodes the home shows; one more is loaded to know whether there are others.
const HOME_EPISODES: usize = 12;

#[derive(Serialize)]
struct HomeVars {
    today: Option<Card>,
    recent: Vec<Card>,
    shows: Vec<ShowCard>,
    feed_url: Option<String>,
    all_url: Option<String>,
    /// Where the offer to follow stands: the only show, or the organisation of several.
    follow_hole: Option<String>,
}

#[derive(Serialize)]
struct ShowCard {
    url: String,
    title: String,
    tagline: String,
    cover: Option<publish::web::Cover>,
}

/// `/{lang}/`.
pub async fn home(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let build = build_home(&app, &client, lang);
    cached(&app, &client, lang, &[SITE_TOPIC.to_owned(), reached_topic()], build).await
}

async fn build_home(app: &Arc<App>, client: &Client, lang: Lang) -> Result<Built, Failure> {
    let now = app.now();
    let at = client.place.as_ref().map(|p| p.show);
    let home = read_tx!(app.db, |tx| uc::home_of(tx, at, now).await)?;
    let links = client.links(app);
    let context = context_under(app, lang, &links);
    let show_of = |episode: &Episode| home.shows.iter().find(|s| s.id == episode.show);
    let several = home.shows.len() > 1;
    let carded = |show: &Show, episode: &Episode| {
        let named = several.then(|| show.text(lang.code()).1.title.clone());
        Card { show: named, ..card(show, episode, &context) }
    };
    let mut cards = home.episodes.iter().take(HOME_EPISODES).filter_map(|e| show_of(e).map(|s| carded(s, e)));
    let mut today = cards.next();
    let recent: Vec<Card> = cards.collect();
    if let (Some(card), Some(newest)) = (&mut today, home.episodes.first()) {
        let (_, full) = read_tx!(app.db, |tx| uc::public_episode(tx, newest.id, now).await)?;
        card.transcript_url = (!full.transcripts.is_empty()).then(|| format!("{}#transcript", card.url));
    }
    let only = if home.shows.len() == 1 { home.shows.first() } else { None };
    let head = match only {
        Some(show) => {
            let mut head = show_head(show, lang, &app.links);
            let home_url = links.absolute(&Links::home(lang));
            for meta in head.metas.iter_mut().filter(|m| m.property.as_deref() == Some("og:url")) {
                meta.content.clone_from(&home_url);
            }
            head.canonical = Some(home_url);
            // The home of the whole site is not translated as a show is; a show's own home is.
            let translated = client.place.is_some() && head.alternates.len() > 1;
            head.alternates.retain(|_| translated);
            for other in &mut head.alternates {
                let code = if other.hreflang == "x-default" { show.language.as_str() } else { other.hreflang.as_str() };
                other.url = links.absolute(&Links::home(Lang::parse(code).unwrap_or(lang)));
            }
            head
        }
        None => Head {
            title: site::load_at(app, lang, "home", client.place.as_deref()).await?.0.name,
            canonical: Some(app.links.absolute(&Links::home(lang))),
            robots: "index, follow".to_owned(),
            ..Head::default()
        },
    };
    let template = if home.shows.is_empty() { "pages/empty_site.html" } else { "pages/home.html" };
    let vars = HomeVars {
        today,
        recent,
        shows: home.shows.iter().map(|s| show_card(s, app, lang)).collect(),
        feed_url: only.map(|s| app.links.of(s).feed(&s.slug)),
        follow_hole: match only {
            Some(show) => Some(follow_hole(VoiceKind::Show, show.id)),
            None => home.shows.first().map(|s| follow_hole(VoiceKind::Organisation, s.org.0)),
        },
        all_url: only.filter(|_| home.episodes.len() > HOME_EPISODES).map(|s| Links::show(lang, &s.slug)),
    };
    let text = site::render_for(app, client, lang, "home", template, head, vars).await?;
    Ok(Built::page(text, home.valid_until).obeying(app))
}

fn show_card(show: &Show, app: &App, lang: Lang) -> ShowCard {
    let view = show_view(show, &[], &context(app, lang));
    let url = app.links.from_here(show, Links::show(lang, &show.slug));
    ShowCard { url, title: view.title, tagline: view.tagline, cover: view.cover }
}

/// Where a list continues: `?after=<µs>.<id>`.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    after: Option<String>,
}

impl After {
    /// The cursor as it was written.
    pub(crate) fn text(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// The keyset cursor; an unreadable one is the first page.
    pub(crate) fn cursor(&self) -> Option<(At, i64)> {
        crate::http::cursor::read(self.after.as_deref()?)
    }
}

#[derive(Serialize)]
struct ShowVars {
    show: publish::web::ShowView,
    episodes: Vec<Card>,
    pager: Pager,
    follow_hole: String,
}

/// Links to the pages before and after.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pager {
    /// Back to newer ones.
    pub newer_url: Option<String>,
    /// On to older ones.
    pub older_url: Option<String>,
    /// Between the two.
    pub text: String,
}

/// `/{lang}/shows/{show}`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, slug)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let cursor = after.cursor();
    let build = build_show(&app, &client, lang, &slug, cursor);
    if cursor.is_some() {
        // Older pages are asked for rarely and by many addresses: they are not kept.
        return match build.await {
            Ok(built) => html(&app, &client, lang, axum::http::StatusCode::OK, built.text),
            Err(failure) => failure_page(&app, &client, lang, &failure).await,
        };
    }
    match show_id(&app, &slug).await {
        Ok(id) => cached(&app, &client, lang, &shown_topics(id), build).await,
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn show_id(app: &App, slug: &str) -> Result<i64, Failure> {
    Ok(read_tx!(app.db, |tx| uc::find_show(tx, slug).await)?.id)
}

async fn build_show(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    slug: &str,
    cursor: Option<(At, i64)>,
) -> Result<Built, Failure> {
    let now = app.now();
    let page = read_tx!(app.db, |tx| uc::show_page(tx, slug, now, cursor).await)?;
    let links = client.links(app);
    let context = context_under(app, lang, &links);
    let path = Links::show(lang, slug);
    let vars = ShowVars {
        show: show_view(&page.show, &page.credits, &context),
        episodes: page.episodes.iter().map(|e| card(&page.show, e, &context)).collect(),
        pager: Pager {
            newer_url: cursor.is_some().then(|| path.clone()),
            older_url: page.next.map(|(at, id)| format!("{path}?after={}.{id}", at.micros())),
            text: String::new(),
        },
        follow_hole: follow_hole(VoiceKind::Show, page.show.id),
    };
    let mut head = show_head(&page.show, lang, &app.links);
    if cursor.is_some() {
        head.robots = "noindex, follow".to_owned();
    }
    let text = site::render_for(app, client, lang, slug, "publish/show.html", head, vars).await?;
    Ok(Built::page(text, page.valid_until).obeying(app))
}

/// `/{lang}/shows/{show}/{episode}`.
pub async fn episode(
    State(app): Web,
    client: Client,
    Path((lang, show, slug)): Path<(String, String, String)>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let now = app.now();
    match read_tx!(app.db, |tx| uc::episode_at(tx, &show, &slug, now).await) {
        Ok((id, episode)) => {
            let actor = client.actor();
            let hidden = read_tx!(app.db, |tx| community::service::shown::apart(tx, &actor).await).unwrap_or_default();
            let build = build_episode(&app, &client, lang, &show, &slug, &hidden);
            if !hidden.is_empty() {
                // Somebody who does not see everybody gets a page of their own.
                return match build.await {
                    Ok(built) => uncached(&app, &client, lang, built),
                    Err(failure) => failure_page(&app, &client, lang, &failure).await,
                };
            }
            let about = kernel::Subject::episode(episode);
            let topics = [&shown_topics(id)[..], &[community::service::topic(about)]].concat();
            cached(&app, &client, lang, &topics, build).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// An episode's page with what other slices put below its texts.
#[derive(Serialize)]
struct EpisodeVars {
    #[serde(flatten)]
    view: EpisodeView,
    below_pick: Pick,
    below_html: String,
    quote_hole: String,
}

/// A link inside the page.
#[derive(Serialize)]
struct Pick {
    id: &'static str,
    text: String,
}

async fn build_episode(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    show: &str,
    slug: &str,
    hidden: &HashSet<kernel::PersonId>,
) -> Result<Built, Failure> {
    let now = app.now();
    let page = read_tx!(app.db, |tx| uc::episode_page(tx, show, slug, now).await)?;
    let neighbours = (page.neighbours.0.as_ref(), page.neighbours.1.as_ref());
    let links = client.links(app);
    let mut view = episode_view(&page.show, &page.full, neighbours, &page.images, &context_under(app, lang, &links));
    // Sound kept elsewhere is not counted here; nothing is said of it.
    if matches!(page.full.episode.audio.as_ref().map(|a| &a.place), Some(AudioPlace::Local(_))) {
        view.facts.push(counted_by(app, lang));
    }
    if let Some(leaf) = &page.leaf {
        view.facts.push(logged(app, lang, &leaf.leaf_hash));
    }
    let mut head = episode_head(&page.show, &page.full, lang, &app.links);
    let about = comments::About::episode(app, page.show.clone(), page.full.episode.clone());
    let below = comments::below(app, &about, lang, hidden).await?;
    let say = |key: &str, args: &[(&str, kernel::Arg)]| app.render.texts().text(lang, key, args);
    let title = say("talk-feed", &[("title", view.ep.title.as_str().into())]);
    comments::with_comments(&mut head, &below, &about, title);
    let below_pick = Pick { id: "comments", text: say("talk-pick", &[("count", below.count.into())]) };
    let quote_hole = quote_hole(&kernel::show_id(publish::model::EPISODE_PREFIX, page.full.episode.id));
    let view = EpisodeVars { view, below_pick, below_html: below.html, quote_hole };
    let text = site::render_for(app, client, lang, show, "publish/episode.html", head, view).await?;
    let mut built = Built::page(text, page.valid_until).obeying(app);
    built.policy.media_origins = remote_origins(&page.full.episode);
    built.about = Some(item(&page.show, &page.full.episode));
    Ok(built)
}

/// By which rules listens are counted, with the page that tells them.
fn counted_by(app: &App, lang: Lang) -> FactView {
    FactView {
        label: app.say(lang, "audience-fact"),
        value: app.render.texts().text(lang, "audience-fact-rules", &[("version", VERSION.into())]),
        mono: false,
        url: Some(listens::address(lang)),
    }
}

/// What the public log holds of it, with the page that shows it.
fn logged(app: &App, lang: Lang, leaf_hash: &str) -> FactView {
    let value = format!("{}…{}", leaf_hash.get(..8).unwrap_or_default(), leaf_hash.get(56..).unwrap_or_default());
    let url = Some(format!("/{}/log?q={leaf_hash}", lang.code()));
    FactView { label: app.say(lang, "log-fact"), value, mono: true, url }
}

/// An episode as what is counted.
pub(crate) fn item(show: &Show, episode: &Episode) -> kernel::Item {
    kernel::Item { org: show.org, within: show.id, subject: kernel::Subject::episode(episode.id) }
}

/// Sound kept elsewhere redirects from host to host before it plays; the policy then allows sound from any https host.
pub(crate) fn remote_origins(episode: &Episode) -> Vec<String> {
    match episode.audio.as_ref().map(|a| &a.place) {
        Some(AudioPlace::Remote(url)) if url.starts_with("http://") => vec!["https:".to_owned(), "http:".to_owned()],
        Some(AudioPlace::Remote(_)) => vec!["https:".to_owned()],
        _ => Vec::new(),
    }
}
