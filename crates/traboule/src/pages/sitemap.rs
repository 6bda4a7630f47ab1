//! The map for crawlers: an index, and its sections. Each host has a map of what is at home under it, and of nothing else:
//! a crawler takes a map's word for its own host only.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use community::service::posts::POSTS_TOPIC;
use community::service::search::MappedPost;
use db::{Failure, read_tx};
use kernel::{At, Lang, Refusal, SubjectKind};
use publish::model::{Show, SitePage};
use publish::service::{self as uc, MapPart, Mapped, SITE_TOPIC, reached_topic};
use publish::web::{Links, MapEntry, MapLink, NewsEntry, sitemap_index, sitemap_section};

use crate::app::App;
use crate::http::{Built, Client, Web, cached};
use crate::pages::posts::post_path;

/// How long an episode is news.
const NEWS_SECONDS: i64 = 48 * 3600;

/// `/sitemap.xml`.
pub async fn index(State(app): Web, client: Client) -> Response {
    cached(&app, &client, Lang::En, &topics(true), build_index(&app, &client)).await
}

/// `/sitemaps/{section}`: `pages.xml`, `shows.xml`, `news.xml`, `episodes-1.xml` and on.
pub async fn section(State(app): Web, client: Client, Path(file): Path<String>) -> Response {
    let build = build_section(&app, &client, &file);
    cached(&app, &client, Lang::En, &topics(file == "posts.xml"), build).await
}

fn topics(posts: bool) -> Vec<String> {
    let more = posts.then(|| [POSTS_TOPIC.to_owned(), reach::kind_topic(SubjectKind::Post)]);
    [SITE_TOPIC.to_owned(), reached_topic()].into_iter().chain(more.into_iter().flatten()).collect()
}

/// What is at home under the asked host.
struct Home {
    links: Links,
    shows: Vec<Show>,
    pages: Vec<SitePage>,
    valid_until: Option<At>,
}

impl Home {
    fn ids(&self) -> Vec<i64> {
        self.shows.iter().map(|s| s.id).collect()
    }
}

async fn home(app: &App, client: &Client, now: At) -> Result<Home, Failure> {
    let at = client.place.as_ref().map(|p| p.show);
    let (shows, pages, valid_until) = read_tx!(app.db, |tx| {
        let shows = uc::public_shows(tx).await?;
        Ok((shows, uc::pages::all_public(tx).await?, uc::next_publication(tx, at, now).await?))
    })?;
    let links = client.links(app);
    let shows: Vec<Show> = shows.into_iter().filter(|s| app.links.of(s) == links).collect();
    let here = |page: &SitePage| match page.show {
        Some(show) => shows.iter().any(|s| s.id == show),
        None => at.is_none(),
    };
    let pages = pages.into_iter().filter(here).collect();
    Ok(Home { links, shows, pages, valid_until })
}

fn answer(xml: String, valid_until: Option<At>) -> Built {
    let mut built = Built::page(xml, valid_until);
    built.mime = "application/xml; charset=utf-8";
    built
}

async fn build_index(app: &Arc<App>, client: &Client) -> Result<Built, Failure> {
    let now = app.now();
    let home = home(app, client, now).await?;
    let ids = home.ids();
    let files = read_tx!(app.db, |tx| uc::map_files(tx, &ids, now).await)?;
    let news = read_tx!(app.db, |tx| uc::map_news(tx, &ids, now.plus_seconds(-NEWS_SECONDS), now).await)?;
    let url = |name: &str| home.links.absolute(&format!("/sitemaps/{name}.xml"));
    let mut sections = vec![
        (url("pages"), home.pages.iter().map(|p| p.updated_at).max()),
        (url("shows"), home.shows.iter().map(|s| s.updated_at).max()),
    ];
    sections.extend((1..).zip(files).map(|(n, changed)| (url(&format!("episodes-{n}")), Some(changed))));
    let (posts, until_posts) = posts(app, &home, now).await?;
    if let Some(newest) = posts.iter().filter_map(|e| e.changed).max() {
        sections.push((url("posts"), Some(newest)));
    }
    sections.push((url("news"), news.entries.iter().map(|e| e.changed_at).max()));
    let until = news_until(&news, home.valid_until).into_iter().chain(until_posts).min();
    Ok(answer(sitemap_index(&sections), until))
}

/// News change when an episode comes out and when one has become old.
fn news_until(news: &MapPart, until: Option<At>) -> Option<At> {
    let old = news.entries.iter().map(|e| e.published_at.plus_seconds(NEWS_SECONDS)).min();
    old.into_iter().chain(until).chain(news.until).min()
}

async fn build_section(app: &Arc<App>, client: &Client, file: &str) -> Result<Built, Failure> {
    let now = app.now();
    let home = home(app, client, now).await?;
    let ids = home.ids();
    let name = file.strip_suffix(".xml").ok_or_else(Refusal::not_found)?;
    let mut until = home.valid_until;
    let entries = match name {
        "pages" => pages(&home),
        "shows" => shows(&home),
        "posts" => {
            let (list, decided) = posts(app, &home, now).await?;
            until = until.into_iter().chain(decided).min();
            list
        }
        "news" => {
            let list = read_tx!(app.db, |tx| uc::map_news(tx, &ids, now.plus_seconds(-NEWS_SECONDS), now).await)?;
            until = news_until(&list, until);
            list.entries.iter().flat_map(|e| episode(&home, e, true)).collect()
        }
        _ => {
            let n = name.strip_prefix("episodes-").filter(|n| !n.starts_with(['0', '+', '-']));
            let n: i64 = n.and_then(|n| n.parse().ok()).ok_or_else(Refusal::not_found)?;
            let list = read_tx!(app.db, |tx| uc::map_episodes(tx, &ids, n, now).await)?;
            if !list.exists {
                return Err(Refusal::not_found().into());
            }
            until = until.into_iter().chain(list.until).min();
            list.entries.iter().flat_map(|e| episode(&home, e, false)).collect()
        }
    };
    Ok(answer(sitemap_section(&entries), until))
}

/// The languages of the site a text is there in; one that is in neither stands under the French address.
fn langs<'a>(tags: impl Iterator<Item = &'a String>) -> Vec<Lang> {
    let tags: Vec<&String> = tags.collect();
    let found: Vec<Lang> = Lang::ALL.into_iter().filter(|l| tags.iter().any(|t| Lang::parse(t) == Some(*l))).collect();
    if found.is_empty() { vec![Lang::Fr] } else { found }
}

/// One entry per language, each naming all of them when there are several.
fn entries(links: &Links, langs: &[Lang], changed: Option<At>, path: impl Fn(Lang) -> String) -> Vec<MapEntry> {
    let url = |lang: Lang| links.absolute(&path(lang));
    let others: Vec<MapLink> = match langs {
        [_] | [] => Vec::new(),
        several => several.iter().map(|l| MapLink { lang: l.code(), url: url(*l) }).collect(),
    };
    langs.iter().map(|l| MapEntry { url: url(*l), changed, others: others.clone(), news: None }).collect()
}

fn pages(home: &Home) -> Vec<MapEntry> {
    let mut out = entries(&home.links, &Lang::ALL, None, Links::home);
    for page in &home.pages {
        let path = |lang| Links::page(lang, &page.slug);
        out.extend(entries(&home.links, &langs(page.texts.keys()), Some(page.updated_at), path));
    }
    out
}

/// What shows and organisations posted, at the one address each has: in the language it is written in. Posts are at home under
/// the site's own name.
async fn posts(app: &App, home: &Home, now: At) -> Result<(Vec<MapEntry>, Option<At>), Failure> {
    if home.links != app.links {
        return Ok((Vec::new(), None));
    }
    let (list, until) = read_tx!(app.db, |tx| community::service::search::mapped(tx, now).await)?;
    let entry = |post: MappedPost| {
        let lang = Lang::parse(&post.lang).unwrap_or(Lang::Fr);
        let url = app.links.absolute(&post_path(lang, post.id));
        MapEntry { url, changed: Some(post.changed_at), others: Vec::new(), news: None }
    };
    Ok((list.into_iter().map(entry).collect(), until))
}

fn shows(home: &Home) -> Vec<MapEntry> {
    let of =
        |s: &Show| entries(&home.links, &langs(s.texts.keys()), Some(s.updated_at), |lang| Links::show(lang, &s.slug));
    home.shows.iter().flat_map(of).collect()
}

fn episode(home: &Home, mapped: &Mapped, news: bool) -> Vec<MapEntry> {
    let Some(show) = home.shows.iter().find(|s| s.id == mapped.show) else { return Vec::new() };
    let langs = langs(mapped.titles.iter().map(|(lang, _)| lang));
    let path = |lang| Links::episode(lang, &show.slug, &mapped.slug);
    let mut out = entries(&home.links, &langs, Some(mapped.changed_at), path);
    for (entry, lang) in out.iter_mut().zip(&langs).filter(|_| news) {
        let own = mapped.titles.iter().find(|(l, _)| Lang::parse(l) == Some(*lang)).or(mapped.titles.first());
        entry.news = own.map(|(tag, title)| NewsEntry {
            name: show.text(lang.code()).1.title.clone(),
            lang: tag.split('-').next().unwrap_or_default().to_owned(),
            at: mapped.published_at,
            title: title.clone(),
        });
    }
    out
}
