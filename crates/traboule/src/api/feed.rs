//! The JSON API of feeds: one's own, everybody's, a tag's; each entry with why it stands there, each answer with what it
//! obeyed.

use std::collections::HashMap;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Entry, FeedPage, Followed, POST_PREFIX, Post};
use community::rules::order::{ORDERS, Order};
use community::rules::text::fold_tag;
use community::service::feed::{self as uc, FeedAsk, Means};
use community::service::{members, posts};
use db::{Failure, Tx, read_tx};
use kernel::{At, Lang, Refusal, Subject, SubjectKind, show_id};
use publish::model::{EPISODE_PREFIX, Episode, Show};
use publish::web::Links;
use reach::ActiveMeasures;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer;
use super::describe::{Kind, Op, READ, Shape, in_path, in_query, must};
use crate::app::App;
use crate::http::{Client, Web, cite};
use crate::pages::feed::Published;
use crate::pages::feed::home::spot;
use crate::pages::feed::view::spot_text;
use crate::pages::members::{Houses, voice_views};
use crate::pages::posts::{VoiceView, post_path};
use crate::pages::public::lang_of;

/// What is asked.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    after: Option<String>,
    order: Option<String>,
    #[serde(default)]
    lang: String,
}

/// Which list.
enum List {
    Home,
    Everybody,
    Tag(String),
}

/// GET `/api/v1/feed?after=&order=&lang=`.
pub async fn home(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    list(&app, &client, &List::Home, asked.unwrap_or_default().0).await
}

/// GET `/api/v1/explore?after=&lang=`.
pub async fn explore(State(app): Web, client: Client, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    list(&app, &client, &List::Everybody, asked.unwrap_or_default().0).await
}

/// GET `/api/v1/tags/{tag}?after=&lang=`.
pub async fn tag(
    State(app): Web,
    client: Client,
    Path(tag): Path<String>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    list(&app, &client, &List::Tag(fold_tag(&tag)), asked.unwrap_or_default().0).await
}

async fn list(app: &App, client: &Client, list: &List, asked: Asked) -> Response {
    let measures = app.log.measures();
    let outcome = read(app, client, list, &asked, &measures).await;
    let mut response = answer(app, client, StatusCode::OK, outcome);
    cite(response.headers_mut(), Some(measures.log_size()));
    response
}

async fn read(
    app: &App,
    client: &Client,
    list: &List,
    asked: &Asked,
    measures: &ActiveMeasures,
) -> Result<Value, Failure> {
    let (actor, lang) = (client.actor(), lang_of(&asked.lang).unwrap_or(Lang::Fr));
    let order = match (list, asked.order.as_deref()) {
        (List::Home, Some(name)) => Some(Order::parse(name).ok_or_else(|| Refusal::invalid("order-unknown"))?),
        _ => None,
    };
    let now = app.now();
    read_tx!(app.db, |tx| {
        let me = match (list, actor.person()) {
            (List::Home, None) => return Err(Refusal::new(kernel::Kind::SignIn, "token-needed").into()),
            (List::Home, Some(_)) => Some(members::me(tx, &actor).await?),
            (_, Some(person)) => members::member_of(tx, person).await?,
            (_, None) => None,
        };
        let kept = me.as_ref().filter(|_| matches!(list, List::Home)).map_or(ORDERS[0], |m| Order::kept(&m.feed_order));
        let ask = FeedAsk { now, after: spot(asked.after.as_deref()), order: order.unwrap_or(kept) };
        let means = Means { episodes: &Published, measures };
        let viewer = me.map(|m| m.id);
        let page = match (list, viewer) {
            (List::Home, Some(member)) => uc::home(tx, means, member, &ask).await?,
            (List::Tag(tag), _) => uc::tagged(tx, means, tag, viewer, &ask).await?,
            _ => uc::explore(tx, means, viewer, &ask).await?,
        };
        let followed = match (list, viewer) {
            (List::Home, Some(member)) => uc::followed(tx, &Published, member, &page.entries).await?,
            _ => HashMap::new(),
        };
        let entries = entries(tx, app, lang, &page, &followed, now).await?;
        let next = page.next.map(spot_text);
        let (size, active) = (page.log_size, measures.count());
        Ok(json!({"order": ask.order.cite(), "log_size": size, "measures": active, "entries": entries, "next": next}))
    })
}

/// What is behind the entries of a page.
struct Behind {
    posts: HashMap<i64, Post>,
    episodes: HashMap<i64, Episode>,
    houses: Houses,
    voices: HashMap<i64, VoiceView>,
}

pub(super) async fn entries(
    tx: &mut Tx,
    app: &App,
    lang: Lang,
    page: &FeedPage,
    followed: &HashMap<i64, Followed>,
    now: At,
) -> Result<Vec<Value>, Failure> {
    let of = |kind| page.entries.iter().map(|e| e.subject).filter(|s| s.kind == kind).map(|s| s.id).collect::<Vec<_>>();
    let voices =
        page.entries.iter().map(|e| e.voice).chain(followed.values().filter_map(|f| f.through)).collect::<Vec<_>>();
    let episodes = publish::service::public_named(tx, &of(SubjectKind::Episode), now).await?;
    let behind = Behind {
        posts: posts::public_posts(tx, &of(SubjectKind::Post), now).await?,
        episodes: episodes.into_iter().map(|e| (e.id, e)).collect(),
        houses: Houses::load(tx).await?,
        voices: voice_views(tx, (app.render.texts(), &app.links), lang, &voices).await?,
    };
    let one = |entry: &Entry| {
        let mut value = behind.value(app, lang, entry)?;
        let why = followed.get(&entry.voice);
        let through = why.and_then(|f| behind.voices.get(&f.through?));
        value["follows_since"] = json!(why.map(|f| f.since.rfc3339()));
        value["follows_through"] = json!(through.map(|house| &house.handle));
        let label = page.labels.get(&entry.subject);
        value["label"] = json!(label);
        value["label_text"] = json!(label.map(|code| ui::label_sentence(app.render.texts(), lang, code)));
        Some(value)
    };
    Ok(page.entries.iter().filter_map(one).collect())
}

fn subject_id(subject: Subject) -> String {
    match subject.kind {
        SubjectKind::Post => show_id(POST_PREFIX, subject.id),
        SubjectKind::Episode => show_id(EPISODE_PREFIX, subject.id),
    }
}

impl Behind {
    fn value(&self, app: &App, lang: Lang, entry: &Entry) -> Option<Value> {
        let voice = self.voices.get(&entry.voice)?;
        let (kind, url, text, spoken) = match entry.subject.kind {
            SubjectKind::Post => {
                let post = self.posts.get(&entry.subject.id)?;
                let url = app.links.absolute(&post_path(lang, post.id));
                (post.kind.code(), url, post.body.clone(), post.lang.clone())
            }
            SubjectKind::Episode => {
                let episode = self.episodes.get(&entry.subject.id)?;
                let show: &Show = self.houses.shows().iter().find(|s| s.id == episode.show)?;
                let (spoken, text) = episode.text(lang.code(), &show.language);
                let path = Links::episode(lang, &show.slug, &episode.slug);
                ("episode", app.links.of(show).absolute(&path), text.title.clone(), spoken.to_owned())
            }
        };
        Some(json!({
            "id": subject_id(entry.subject),
            "kind": kind,
            "url": url,
            "voice": {"handle": Some(&voice.handle).filter(|h| !h.is_empty()), "name": voice.name, "kind": voice.kind},
            "published_at": entry.at.rfc3339(),
            "text": text,
            "lang": spoken,
            "passes_on": entry.of.map(subject_id),
        }))
    }
}

const VOICE: Shape = Shape {
    name: "FeedVoice",
    fields: &[
        must("handle", Kind::Text).or_null().note("null for a show that nobody has followed yet"),
        must("name", Kind::Text),
        must("kind", Kind::OneOf(&["member", "show", "organisation"])),
    ],
};

pub(super) const ENTRY: Shape = Shape {
    name: "FeedEntry",
    fields: &[
        must("id", Kind::Text).note("of a post po_…, of an episode ep_…"),
        must("kind", Kind::OneOf(&["post", "clip", "episode"])),
        must("url", Kind::Url),
        must("voice", Kind::Object(&VOICE)),
        must("published_at", Kind::Instant),
        must("text", Kind::Text).note("the words of a post, the title of an episode"),
        must("lang", Kind::Text),
        must("passes_on", Kind::Text).or_null().note("what a reshare without words passes on"),
        must("follows_since", Kind::Instant)
            .or_null()
            .note("in one's own feed: since when one follows the voice, or the organisation that brings it"),
        must("follows_through", Kind::Text)
            .or_null()
            .note("the handle of the organisation that brings a show which is not followed itself"),
        must("label", Kind::Text).or_null().note("the word a decision put beside it"),
        must("label_text", Kind::Text).or_null().note("the same as a sentence, in the language of the answer"),
    ],
};

const PAGE: Shape = Shape {
    name: "Feed",
    fields: &[
        must("order", Kind::Text).note("name/version, as in /order/definitions.txt"),
        must("log_size", Kind::Int)
            .note("leaves of the public log that were obeyed, as in the header Traboule-Log-Size"),
        must("measures", Kind::Int).note("measures in force"),
        must("entries", Kind::List(&Kind::Object(&ENTRY))),
        must("next", Kind::Text).or_null().note("the value of after for the next page"),
    ],
};

const AFTER: super::describe::Param = in_query("after", Kind::Text, "the value of next of the page before");
const LANG: super::describe::Param =
    in_query("lang", Kind::OneOf(&["fr", "en"]), "the language of titles and addresses");

/// Described for the document.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "feed",
        path: "/api/v1/feed",
        params: &[AFTER, in_query("order", Kind::OneOf(&["newest", "turns"]), "for this answer only"), LANG],
        answer: Some(&PAGE),
        problems: &["join-first", "order-unknown"],
        ..READ
    },
    Op { id: "explore", path: "/api/v1/explore", params: &[AFTER, LANG], answer: Some(&PAGE), ..READ },
    Op {
        id: "tag",
        path: "/api/v1/tags/{tag}",
        params: &[in_path("tag", Kind::Text), AFTER, LANG],
        answer: Some(&PAGE),
        ..READ
    },
];
