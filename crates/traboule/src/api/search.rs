//! The JSON API of the search: what the page finds, with the second to begin at.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::read_tx;
use kernel::show_id;
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::web::{Links, hit_view};
use serde_json::{Value, json};

use super::answer;
use super::describe::{Kind, Op, READ, Shape, in_query, must};
use super::feed::{ENTRY, entries};
use crate::http::{Client, Web, cite};
use crate::pages::feed::view::spot_text;
use crate::pages::search::others::{self, FoundVoice};
use crate::pages::search::{Asked, cursor_text, look, may_look};
use crate::pages::site::context_under;

/// GET `/api/v1/search?q=&show=&lang=&after=`.
pub async fn search(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    let outcome = async {
        let ask = asked.ask(client.place.as_ref().map(|p| p.show));
        let found = if ask.query.is_empty() { Default::default() } else { look(&app, &client, &ask).await? };
        let context = context_under(&app, asked.lang(), &app.links);
        let hit = |hit: &publish::service::Hit| -> Value {
            let view = hit_view(hit, &ask.query, &context);
            let path = Links::episode(asked.lang(), &hit.show.slug, &hit.episode.slug);
            let jump = view.at_s.map(|s| format!("#t-{s}")).unwrap_or_default();
            json!({
                "episode": show_id(EPISODE_PREFIX, hit.episode.id),
                "show": show_id(SHOW_PREFIX, hit.show.id),
                "title": view.card.title,
                "url": format!("{}{jump}", app.links.of(&hit.show).absolute(&path)),
                "published_at": hit.episode.state.instant().map(kernel::At::rfc3339),
                "found_in": view.place,
                "at_seconds": view.at_s,
                "passage": view.passage,
            })
        };
        let hits: Vec<Value> = found.hits.iter().map(hit).collect();
        Ok(json!({"query": ask.query.typed, "hits": hits, "next": found.next.map(cursor_text)}))
    };
    answer(&app, &client, StatusCode::OK, outcome.await)
}

/// GET `/api/v1/search/posts?q=&lang=&after=`.
pub async fn posts(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    let (query, lang, measures) = (asked.ask(None).query, asked.lang(), app.log.measures());
    let outcome = async {
        may_look(&app, &client)?;
        let now = app.now();
        read_tx!(app.db, |tx| {
            let page = others::found_posts(tx, &app, &client, &query, asked.after()).await?;
            let entries = entries(tx, &app, lang, &page, &HashMap::new(), now).await?;
            let next = page.next.map(spot_text);
            Ok(json!({"query": query.typed, "log_size": page.log_size, "entries": entries, "next": next}))
        })
    };
    let mut response = answer(&app, &client, StatusCode::OK, outcome.await);
    cite(response.headers_mut(), Some(measures.log_size()));
    response
}

/// GET `/api/v1/search/people?q=&lang=&after=`.
pub async fn people(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    let (query, lang) = (asked.ask(None).query, asked.lang());
    let outcome = async {
        may_look(&app, &client)?;
        let part = read_tx!(app.db, |tx| others::people(tx, &app, &client, lang, &query, asked.after()).await)?;
        let one = |found: &FoundVoice| {
            json!({
                "handle": found.voice.handle, "name": found.voice.name, "kind": found.voice.kind,
                "url": found.voice.url.as_deref().map(|path| app.links.absolute(path)),
                "about": found.about, "followers": found.followers,
            })
        };
        let list: Vec<Value> = part.list.iter().map(one).collect();
        Ok(json!({"query": query.typed, "people": list, "next": part.next}))
    };
    answer(&app, &client, StatusCode::OK, outcome.await)
}

const PIECE: Shape = Shape { name: "Piece", fields: &[must("text", Kind::Text), must("hit", Kind::Flag)] };

const HIT: Shape = Shape {
    name: "Hit",
    fields: &[
        must("episode", Kind::Id(EPISODE_PREFIX)),
        must("show", Kind::Id(SHOW_PREFIX)),
        must("title", Kind::Text),
        must("url", Kind::Url).note("the episode's page, at the second"),
        must("published_at", Kind::Instant).or_null(),
        must("found_in", Kind::Text).note("title, person, number, summary, notes, chapter, source, tag or transcript"),
        must("at_seconds", Kind::Int).or_null(),
        must("passage", Kind::List(&Kind::Object(&PIECE))),
    ],
};

const FOUND: Shape = Shape {
    name: "Found",
    fields: &[
        must("query", Kind::Text),
        must("hits", Kind::List(&Kind::Object(&HIT))),
        must("next", Kind::Text).or_null().note("the value of after for the next page"),
    ],
};

const FOUND_POSTS: Shape = Shape {
    name: "FoundPosts",
    fields: &[
        must("query", Kind::Text),
        must("log_size", Kind::Int).note("leaves of the public log that were obeyed"),
        must("entries", Kind::List(&Kind::Object(&ENTRY))),
        must("next", Kind::Text).or_null().note("the value of after for the next page"),
    ],
};

const FOUND_VOICE: Shape = Shape {
    name: "FoundVoice",
    fields: &[
        must("handle", Kind::Text),
        must("name", Kind::Text),
        must("kind", Kind::OneOf(&["member", "show", "organisation"])),
        must("url", Kind::Url).or_null(),
        must("about", Kind::Text).note("what they say of themselves, on one line"),
        must("followers", Kind::Int),
    ],
};

const FOUND_PEOPLE: Shape = Shape {
    name: "FoundPeople",
    fields: &[
        must("query", Kind::Text),
        must("people", Kind::List(&Kind::Object(&FOUND_VOICE))),
        must("next", Kind::Text).or_null().note("the value of after for the next page"),
    ],
};

const Q: super::describe::Param = in_query("q", Kind::Text, "words, \"exact phrases\", -excluded");
const LANG: super::describe::Param =
    in_query("lang", Kind::OneOf(&["fr", "en"]), "the language of names and addresses");
const AFTER: super::describe::Param = in_query("after", Kind::Text, "the value of next of the page before");

/// Described for the document.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "search-posts",
        path: "/api/v1/search/posts",
        params: &[Q, LANG, AFTER],
        answer: Some(&FOUND_POSTS),
        ..READ
    },
    Op {
        id: "search-people",
        path: "/api/v1/search/people",
        params: &[Q, LANG, AFTER],
        answer: Some(&FOUND_PEOPLE),
        ..READ
    },
    Op {
        id: "search",
        path: "/api/v1/search",
        params: &[
            in_query("q", Kind::Text, "words, \"exact phrases\", -excluded"),
            in_query("show", Kind::Text, "only the show of this name in addresses"),
            in_query("lang", Kind::OneOf(&["fr", "en"]), "the language of titles and addresses"),
            in_query("after", Kind::Text, "the value of next of the page before"),
        ],
        answer: Some(&FOUND),
        ..READ
    },
];
