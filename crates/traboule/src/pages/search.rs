//! The page of a search, and the description with which browsers add it to theirs.

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

use crate::app::App;
use crate::http::{Client, Web, cursor, failure_page, html};
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
}

impl Asked {
    /// The language of the addresses an answer names.
    pub(crate) fn lang(&self) -> Lang {
        lang_of(&self.lang).unwrap_or(Lang::Fr)
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

/// Searches once for a client, who may do so sixty times a minute.
pub(crate) async fn look(app: &App, client: &Client, ask: &SearchAsk) -> Result<Found, Failure> {
    let now = app.now();
    app.limits.check(&format!("search {}", client.ip_key), PER_MINUTE, 60, now).map_err(Failure::Refused)?;
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
    hits: Vec<HitView>,
    pager: Pager,
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
            if client.me.is_none() {
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
            }
            response
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn build(app: &Arc<App>, client: &Client, lang: Lang, asked: &Asked) -> Result<String, Failure> {
    let ask = asked.ask(client.place.as_ref().map(|p| p.show));
    let found = if ask.query.is_empty() { Found::default() } else { look(app, client, &ask).await? };
    let links = client.links(app);
    let context = context_under(app, lang, &links);
    let query = &ask.query;
    let show = if publish::rules::slug::is_valid(&asked.show) { asked.show.as_str() } else { "" };
    let page = |after: &str| Links::search(lang, &[("q", query.typed.as_str()), ("show", show), ("after", after)]);
    let words: Vec<&str> = query.typed.split_whitespace().collect();
    let fewer =
        |word: &&str| Fewer { label: (*word).to_owned(), url: Links::search(lang, &[("q", word), ("show", show)]) };
    let none = found.hits.is_empty() && words.len() > 1;
    let title = match query.typed.as_str() {
        "" => app.say(lang, "search-title"),
        typed => app.render.texts().text(lang, "search-title-for", &[("query", typed.to_owned().into())]),
    };
    let vars = SearchVars {
        action: Links::search(lang, &[]),
        q: query.typed.clone(),
        show: show.to_owned(),
        asked: !query.is_empty(),
        cut: query.cut,
        words: words.iter().filter(|_| none).take(rules::MOST_WORDS).map(fewer).collect(),
        hits: found.hits.iter().map(|hit| hit_view(hit, query, &context)).collect(),
        pager: Pager {
            newer_url: ask.after.is_some().then(|| page("")),
            older_url: found.next.map(|next| page(&cursor_text(next))),
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
