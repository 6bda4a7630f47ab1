//! The page of a search, and the description with which browsers add it to theirs. Episodes are the first tab; posts and
//! people are in `others`.

pub(crate) mod others;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use db::{Failure, read_tx};
use kernel::{At, Lang};
use publish::rules::search as rules;
use publish::service::{self as uc, Found, SearchAsk};
use publish::web::{Head, HitView, Links, hit_view};
use reach::Gate;
use serde::{Deserialize, Serialize};

use self::others::FoundVoice;
use crate::app::App;
use crate::http::{Client, Web, cite, cursor, failure_page, html};
use crate::pages::feed::view::ItemView;
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, context_under};

/// How many searches a client may make in a minute.
const PER_MINUTE: u32 = 60;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    lang: String,
    #[serde(default, rename = "in")]
    tab: String,
}

/// What is searched.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Episodes,
    Posts,
    People,
}

impl Tab {
    const ALL: [Self; 3] = [Self::Episodes, Self::Posts, Self::People];

    /// The word in addresses; none for the first.
    const fn code(self) -> &'static str {
        match self {
            Self::Episodes => "",
            Self::Posts => "posts",
            Self::People => "people",
        }
    }

    /// The end of its sentences.
    const fn key(self) -> &'static str {
        match self {
            Self::Episodes => "episodes",
            other => other.code(),
        }
    }
}

impl Asked {
    /// The language of the addresses an answer names.
    pub(crate) fn lang(&self) -> Lang {
        lang_of(&self.lang).unwrap_or(Lang::Fr)
    }

    /// Where the page continues, as it was written.
    pub(crate) fn after(&self) -> &str {
        &self.after
    }

    /// The use case's question; a cursor that does not read is the first page.
    pub(crate) fn ask(&self, only: Option<i64>) -> SearchAsk {
        let mut query = rules::Query::parse(&self.q);
        if query.show.is_none() && publish::rules::slug::is_valid(&self.show) {
            query.show = Some(self.show.clone());
        }
        SearchAsk { query, only, after: after(&self.after) }
    }
}

fn after(text: &str) -> Option<(i64, At, i64)> {
    let (rank, place) = text.split_once('.')?;
    let rank: i64 = rank.parse().ok().filter(|rank| matches!(rank, 0 | 1))?;
    let (at, id) = cursor::read(place)?;
    Some((rank, at, id))
}

/// A cursor as text.
pub(crate) fn cursor_text((rank, at, id): (i64, At, i64)) -> String {
    format!("{rank}.{}", cursor::text((at, id)))
}

/// A client may search sixty times a minute, whatever it looks for.
pub(crate) fn may_look(app: &App, client: &Client) -> Result<(), Failure> {
    let key = format!("search {}", client.ip_key);
    app.limits.check(&key, PER_MINUTE, 60, app.now()).map_err(Failure::Refused)
}

/// Searches episodes once for a client.
pub(crate) async fn look(app: &App, client: &Client, ask: &SearchAsk) -> Result<Found, Failure> {
    let now = app.now();
    may_look(app, client)?;
    let measures = app.log.measures();
    let gate = Gate::new(&measures, now);
    read_tx!(app.db, |tx| uc::search(tx, ask, &gate).await)
}

#[derive(Serialize)]
struct SearchVars {
    action: String,
    q: String,
    show: String,
    asked: bool,
    cut: bool,
    words: Vec<Fewer>,
    tab: &'static str,
    tabs: Vec<TabView>,
    hits: Vec<HitView>,
    list: Vec<ItemView>,
    people: Vec<FoundVoice>,
    pager: Pager,
}

/// A tab: what else is searched.
#[derive(Serialize)]
struct TabView {
    key: &'static str,
    url: String,
    current: bool,
}

/// What one tab found.
#[derive(Default)]
struct Looked {
    hits: Vec<publish::service::Hit>,
    list: Vec<ItemView>,
    people: Vec<FoundVoice>,
    next: Option<String>,
}

async fn looked(app: &Arc<App>, client: &Client, lang: Lang, tab: Tab, asked: &Asked) -> Result<Looked, Failure> {
    let ask = asked.ask(client.place.as_ref().map(|p| p.show));
    if ask.query.is_empty() {
        return Ok(Looked::default());
    }
    if tab == Tab::Episodes {
        let found = look(app, client, &ask).await?;
        return Ok(Looked { hits: found.hits, next: found.next.map(cursor_text), ..Looked::default() });
    }
    may_look(app, client)?;
    if tab == Tab::Posts {
        let part = others::posts(app, client, lang, &ask.query, &asked.after).await?;
        return Ok(Looked { list: part.list, next: part.next, ..Looked::default() });
    }
    let part = read_tx!(app.db, |tx| others::people(tx, app, client, lang, &ask.query, &asked.after).await)?;
    Ok(Looked { people: part.list, next: part.next, ..Looked::default() })
}

/// A search with one word of a longer one.
#[derive(Serialize)]
struct Fewer {
    label: String,
    url: String,
}

/// `/{lang}/search?q=&show=&after=`.
pub async fn search(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let Query(asked) = asked.unwrap_or_default();
    match build(&app, &client, lang, &asked).await {
        Ok(text) => {
            let mut response = html(&app, &client, lang, StatusCode::OK, text);
            cite(response.headers_mut(), Some(app.log.measures().log_size()));
            if client.me.is_none() {
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
            }
            response
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn build(app: &Arc<App>, client: &Client, lang: Lang, asked: &Asked) -> Result<String, Failure> {
    // Under a show's own host nothing but its episodes is there.
    let at = client.place.as_ref().map(|p| p.show);
    let wanted = Tab::ALL.into_iter().find(|t| t.code() == asked.tab);
    let tab = wanted.filter(|_| at.is_none()).unwrap_or(Tab::Episodes);
    let ask = asked.ask(at);
    let looked = looked(app, client, lang, tab, asked).await?;
    let links = client.links(app);
    let context = context_under(app, lang, &links);
    let query = &ask.query;
    let show = if publish::rules::slug::is_valid(&asked.show) { asked.show.as_str() } else { "" };
    let url = |tab: Tab, word: &str, after: &str| match tab {
        Tab::Episodes => Links::search(lang, &[("q", word), ("show", show), ("after", after)]),
        other => others::tab_url(lang, other.code(), word, after),
    };
    let words: Vec<&str> = query.typed.split_whitespace().collect();
    let fewer = |word: &&str| Fewer { label: (*word).to_owned(), url: url(tab, word, "") };
    let nothing = looked.hits.is_empty() && looked.list.is_empty() && looked.people.is_empty();
    let none = nothing && words.len() > 1;
    let title = match query.typed.as_str() {
        "" => app.say(lang, "search-title"),
        typed => app.render.texts().text(lang, "search-title-for", &[("query", typed.to_owned().into())]),
    };
    let tabs = Tab::ALL.into_iter().filter(|_| at.is_none() && !query.is_empty());
    let vars = SearchVars {
        action: Links::search(lang, &[]),
        q: query.typed.clone(),
        show: if tab == Tab::Episodes { show } else { "" }.to_owned(),
        asked: !query.is_empty(),
        cut: query.cut,
        words: words.iter().filter(|_| none).take(rules::MOST_WORDS).map(fewer).collect(),
        tab: tab.code(),
        tabs: tabs.map(|t| TabView { key: t.key(), url: url(t, &query.typed, ""), current: t == tab }).collect(),
        hits: looked.hits.iter().map(|hit| hit_view(hit, query, &context)).collect(),
        list: looked.list,
        people: looked.people,
        pager: Pager {
            newer_url: (!asked.after.is_empty()).then(|| url(tab, &query.typed, "")),
            older_url: looked.next.map(|next| url(tab, &query.typed, &next)),
            text: String::new(),
        },
    };
    let head = Head { title, robots: "noindex, follow".to_owned(), ..Head::default() };
    site::render_for(app, client, lang, "search", "pages/search.html", head, vars).await
}

/// `/opensearch.xml?lang=`: with it a browser offers the site's search as one of its own.
pub async fn opensearch(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let lang = asked.map_or(Lang::Fr, |Query(asked)| asked.lang());
    let name = match site::load_at(&app, lang, "search", client.place.as_deref()).await {
        Ok((site, _)) => site.name,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    let escape =
        |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let short: String = name.chars().take(16).collect();
    let url = client.links(&app).absolute(&Links::search(lang, &[]));
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\
         <ShortName>{}</ShortName><Description>{}</Description><InputEncoding>UTF-8</InputEncoding>\
         <Url type=\"text/html\" template=\"{}?q={{searchTerms}}\"/></OpenSearchDescription>\n",
        escape(&short),
        escape(&app.say(lang, "search-title")),
        escape(&url)
    );
    let mut response = Response::new(axum::body::Body::from(xml));
    let kind = HeaderValue::from_static("application/opensearchdescription+xml; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        let key = (1, At::from_micros(-5), 7);
        assert_eq!(after(&cursor_text(key)), Some(key));
        for text in ["", "2.1.1", "1.1", "a.b.c", "1.99999999999999999999.1"] {
            assert_eq!(after(text), None, "{text}");
        }
    }
}
