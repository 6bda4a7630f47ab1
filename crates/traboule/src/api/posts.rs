//! The JSON API of posts: reading what is public, and with a token writing in one's own name or in that of a show or an
//! organisation one edits, changing and deleting.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body as Sent, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Full, Image, POST_PREFIX, Post, PostKind};
use community::pictures::{MEDIA_TYPE, MOST_BYTES};
use community::rules::order::NEWEST;
use community::rules::post::Draft;
use community::service::feed::{self, FeedAsk, Means};
use community::service::{self as talk, members, posts};
use db::{Failure, Tx, read_tx, write_tx};
use kernel::{Actor, Lang, PersonId, Refusal, Subject, SubjectKind, TokenScope, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service as publish_uc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, guard, id, must_token, whole};
use crate::app::App;
use crate::http::{Client, Web, cite};
use crate::pages::feed::Published;
use crate::pages::feed::home::spot;
use crate::pages::feed::view::spot_text;
use crate::pages::members::voice_views;
use crate::pages::posts::{
    PICTURES_AN_HOUR, VoiceView, address, delete_post, images, of_subject, passed_on, sent_picture, take_picture,
    voice_of,
};
use crate::turns;

/// Posts as everybody, or their author, may read them.
async fn values(tx: &mut Tx, app: &App, viewer: &Actor, list: Vec<Post>) -> Result<Vec<Value>, Failure> {
    let now = app.now();
    let authors: Vec<i64> = list.iter().map(|p| p.author).collect();
    let voices = voice_views(tx, (app.render.texts(), &app.links), Lang::En, &authors).await?;
    let subjects: Vec<Subject> = list.iter().map(|p| Subject::post(p.id)).collect();
    let hidden = talk::shown::apart(tx, viewer).await?;
    let comments = talk::counts::comments(tx, &subjects, &hidden).await?;
    let full = talk::counts::full_for(tx, viewer, list, now).await?;
    Ok(full
        .iter()
        .map(|f| value(app, f, &voices, comments.get(&Subject::post(f.post.id)).map_or(0, |t| t.visible)))
        .collect())
}

fn value(app: &App, full: &Full, voices: &HashMap<i64, VoiceView>, comments: i64) -> Value {
    let post = &full.post;
    let voice = voices.get(&post.author);
    let absolute = |path: &str| app.links.absolute(path);
    let image = |(shown, image): (crate::pages::posts::ImageView, &Image)| {
        json!({
            "url": absolute(&shown.url), "small_url": absolute(&shown.small_url),
            "width": image.width, "height": image.height, "alt": image.alt,
        })
    };
    let of = post.of.map(|of| match of.subject.kind {
        SubjectKind::Post => show_id(POST_PREFIX, of.subject.id),
        SubjectKind::Episode => show_id(EPISODE_PREFIX, of.subject.id),
    });
    let pictures: Vec<Value> = images(full).into_iter().zip(&full.images).map(image).collect();
    json!({
        "id": show_id(POST_PREFIX, post.id), "kind": post.kind.code(), "state": post.state.code(),
        "handle": voice.map(|v| v.handle.clone()).unwrap_or_default(),
        "name": voice.map(|v| v.name.clone()).unwrap_or_default(), "voice_kind": voice.map_or("member", |v| v.kind),
        "at": post.at.rfc3339(), "edited_at": post.edited_at.map(|at| at.rfc3339()), "lang": post.lang,
        "body": post.body, "of": of, "images": pictures, "comments": comments, "passed_on": full.passed_on,
        "version": post.version, "url": address(app, post),
    })
}

/// Which posts, and where the list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct ListAsk {
    voice: Option<String>,
    after: Option<String>,
}

/// GET `/api/v1/posts?voice=&after=`: what is public, newest first; of one voice, by its handle, or of everybody.
pub async fn list(State(app): Web, client: Client, ask: Result<Query<ListAsk>, QueryRejection>) -> Response {
    let ask = ask.unwrap_or_default().0;
    let measures = app.log.measures();
    let (actor, now) = (client.actor(), app.now());
    let outcome = read_tx!(app.db, |tx| {
        let viewer = match actor.person() {
            Some(person) => members::member_of(tx, person).await?.map(|m| m.id),
            None => None,
        };
        let means = Means { episodes: &Published, measures: &measures };
        let asked = FeedAsk { now, after: spot(ask.after.as_deref()), order: NEWEST };
        let page = match ask.voice.as_deref().filter(|v| !v.is_empty()) {
            Some(handle) => {
                let voice = members::voice_by_handle(tx, &actor, handle).await?;
                feed::of_voice(tx, means, voice.id, viewer, &asked).await?
            }
            None => feed::explore(tx, means, viewer, &asked).await?,
        };
        let wanted: Vec<i64> =
            page.entries.iter().filter(|e| e.subject.kind == SubjectKind::Post).map(|e| e.subject.id).collect();
        let mut found = posts::public_posts(tx, &wanted, now).await?;
        let list: Vec<Post> = wanted.iter().filter_map(|id| found.remove(id)).collect();
        Ok(json!({"posts": values(tx, &app, &actor, list).await?, "next": page.next.map(spot_text)}))
    });
    let mut response = answer(&app, &client, StatusCode::OK, outcome);
    cite(response.headers_mut(), Some(measures.log_size()));
    response
}

/// GET `/api/v1/posts/{id}`.
pub async fn read(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let (actor, now) = (client.actor(), app.now());
    let outcome = async {
        let wanted = id(POST_PREFIX, &text)?;
        read_tx!(app.db, |tx| {
            let post = posts::seen_post(tx, &actor, wanted, now).await?;
            Ok(values(tx, &app, &actor, vec![post]).await?.remove(0))
        })
    };
    let outcome = outcome.await;
    let mut response = answer(&app, &client, StatusCode::OK, outcome);
    cite(response.headers_mut(), Some(app.log.measures().log_size()));
    response
}

/// The person behind a token that publishes; a session is no key to the API.
fn writer(client: &Client) -> Result<PersonId, Refusal> {
    must_token(client)?;
    match client.actor() {
        Actor::Token { person, scopes, .. } if scopes.contains(&TokenScope::Publish) => Ok(person),
        _ => Err(Refusal::forbidden()),
    }
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Picture {
    picture: String,
    alt: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(default)]
    voice: Option<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    images: Vec<Picture>,
}

/// POST `/api/v1/posts`.
pub async fn write(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let outcome = written(&app, &client, &bytes).await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

async fn written(app: &Arc<App>, client: &Client, bytes: &Bytes) -> Result<Value, Failure> {
    let person = writer(client)?;
    let sent: New = body(bytes)?;
    let once = guard::once(client, bytes)?;
    let ctx = client.ctx(app);
    let lost = || Refusal::invalid("check-fields").field("images", "picture-lost");
    let picture = |p: &Picture| {
        let sent = app.sealer.read_sent_picture(person, &p.picture, ctx.now).ok_or_else(lost)?;
        Ok(Image {
            sha256: sent.sha256,
            small_sha256: sent.small_sha256,
            media_type: MEDIA_TYPE.to_owned(),
            width: sent.width,
            height: sent.height,
            alt: p.alt.clone(),
        })
    };
    let images: Result<Vec<Image>, Refusal> = sent.images.iter().map(picture).collect();
    let images = images?;
    let of = sent.of.as_deref().map(|of| of_subject(of).ok_or_else(Refusal::not_found)).transpose()?;
    let made = write_tx!(app.db, |tx| {
        if let Some(kept) = publish_uc::begin_once(tx, &ctx, once.as_ref()).await? {
            // Only the number was kept: words that were taken away meanwhile are nowhere.
            let post = posts::seen_post(tx, &ctx.actor, guard::kept_id(POST_PREFIX, &kept)?, ctx.now).await?;
            return Ok(values(tx, app, &ctx.actor, vec![post]).await?.remove(0));
        }
        let voice = voice_of(tx, &ctx, sent.voice.as_deref().unwrap_or("me")).await?;
        let of = match of {
            Some(subject) => Some(passed_on(tx, &ctx.actor, subject, ctx.now).await?),
            None => None,
        };
        let draft = Draft {
            body: sent.body.clone(),
            lang: sent.lang.clone().unwrap_or_default(),
            images: images.clone(),
            of,
            request: None,
        };
        let made = posts::post(tx, &ctx, voice, PostKind::Post, &draft).await?;
        let post = posts::seen_post(tx, &ctx.actor, made.id, ctx.now).await?;
        let value = values(tx, app, &ctx.actor, vec![post]).await?.remove(0);
        publish_uc::keep_once(tx, once.as_ref(), json!({"id": value["id"]})).await?;
        Ok(value)
    })?;
    app.worker.wake();
    Ok(made)
}

/// POST `/api/v1/post-pictures`: a JPEG or PNG, made anew; the answer names it for a post of the next hours.
/// Who may send it, and how often, is asked before a byte is read.
pub async fn picture(State(app): Web, client: Client, sent: Sent) -> Response {
    let outcome = async {
        let person = writer(&client)?;
        app.limits.check(&format!("post pictures {}", person.0), PICTURES_AN_HOUR, 3600, app.now())?;
        let _turn = app.picture_turns.take(person.0, turns::PICTURES).await?;
        let too_large = Refusal::invalid("check-fields").field("picture", "picture-too-large");
        let bytes = whole(sent, MOST_BYTES, too_large).await?;
        let sent = take_picture(&app, &client, bytes, "picture").await?;
        let (width, height) = (sent.width, sent.height);
        Ok(json!({"picture": sent_picture(&app, person, &sent), "width": width, "height": height}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    version: i64,
    body: String,
    #[serde(default)]
    alts: Vec<String>,
}

/// PUT `/api/v1/posts/{id}` with `{"version", "body", "alts"}`; 409 when it changed meanwhile.
pub async fn edit(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        writer(&client)?;
        let wanted = id(POST_PREFIX, &text)?;
        let sent: Edit = body(&bytes)?;
        write_tx!(app.db, |tx| {
            let done = posts::edit(tx, &ctx, wanted, sent.version, &sent.body, &sent.alts).await?;
            publish_uc::let_go(tx, done.post.org, &done.files, ctx.now).await?;
            Ok(values(tx, &app, &ctx.actor, vec![done.post]).await?.remove(0))
        })
    };
    let outcome = outcome.await;
    if outcome.is_ok() {
        app.worker.wake();
    }
    answer(&app, &client, StatusCode::OK, outcome)
}

/// DELETE `/api/v1/posts/{id}`.
pub async fn delete(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        writer(&client)?;
        let wanted = id(POST_PREFIX, &text)?;
        write_tx!(app.db, |tx| delete_post(tx, &ctx, wanted).await)?;
        Ok(json!({"id": text}))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

const POST_ID: Param = in_path("id", Kind::Id(POST_PREFIX));
const IMAGE: Shape = Shape {
    name: "PostImage",
    fields: &[
        must("url", Kind::Url),
        must("small_url", Kind::Url),
        must("width", Kind::Int),
        must("height", Kind::Int),
        must("alt", Kind::Text).note("What is to be seen on it."),
    ],
};
const POST: Shape = Shape {
    name: "Post",
    fields: &[
        must("id", Kind::Id(POST_PREFIX)),
        must("kind", Kind::OneOf(&["post", "clip"])),
        must("state", Kind::OneOf(&["preparing", "public", "removed"])),
        must("handle", Kind::Text).note("Whose it is."),
        must("name", Kind::Text),
        must("voice_kind", Kind::OneOf(&["member", "show", "organisation"])),
        must("at", Kind::Instant),
        must("edited_at", Kind::Instant).or_null(),
        must("lang", Kind::Text).note("A language tag."),
        must("body", Kind::Text).note("Plain text; links, @names and #tags are found in it."),
        must("of", Kind::Text).or_null().note("The post or episode it passes on."),
        must("images", Kind::List(&Kind::Object(&IMAGE))),
        must("comments", Kind::Int),
        must("passed_on", Kind::Int),
        must("version", Kind::Int),
        must("url", Kind::Url),
    ],
};
const LIST: Shape = Shape {
    name: "Posts",
    fields: &[
        must("posts", Kind::List(&Kind::Object(&POST))),
        must("next", Kind::Text).or_null().note("Send it as after to go on; null at the end."),
    ],
};
const PICTURE: Shape = Shape {
    name: "PostPictureSent",
    fields: &[
        must("picture", Kind::Text).note("Names it in images of a post within the next hours."),
        must("width", Kind::Int),
        must("height", Kind::Int),
    ],
};
const WITH_ALT: Shape =
    Shape { name: "PostPicture", fields: &[must("picture", Kind::Text), must("alt", Kind::Text).note("Required.")] };
const NEW: Shape = Shape {
    name: "PostNew",
    fields: &[
        may("voice", Kind::Text)
            .or_null()
            .note("me, a show's id, or org_ and an organisation's number; me without it."),
        may("body", Kind::Text),
        may("lang", Kind::Text).or_null(),
        may("of", Kind::Text).or_null().note("A post or an episode; without a body it is a reshare."),
        may("images", Kind::List(&Kind::Object(&WITH_ALT))).note("Four at most."),
    ],
};
const EDIT: Shape = Shape {
    name: "PostEdit",
    fields: &[
        must("version", Kind::Int).note("The version that was read; another one since then is changed-meanwhile."),
        must("body", Kind::Text),
        may("alts", Kind::List(&Kind::Text)).note("Descriptions of its pictures, in their order."),
    ],
};
const GONE: Shape = Shape { name: "PostGone", fields: &[must("id", Kind::Id(POST_PREFIX))] };

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "list-posts",
        path: "/api/v1/posts",
        params: &[
            in_query("voice", Kind::Text, "A handle; without it everybody's."),
            in_query("after", Kind::Text, "next of the page before."),
        ],
        answer: Some(&LIST),
        problems: &["not-found"],
        ..READ
    },
    Op { id: "read-post", path: "/api/v1/posts/{id}", params: &[POST_ID], answer: Some(&POST), ..READ },
    Op {
        id: "write-post",
        path: "/api/v1/posts",
        body: Body::Json(&NEW),
        once: true,
        status: 201,
        answer: Some(&POST),
        problems: &["join-first", "quoted-gone", "frozen", "too-many-posts", "not-found"],
        example: r#"{"voice": "me", "body": "Le pont est rouvert. #Lyon", "lang": "fr", "of": null, "images": []}"#,
        ..CHANGE
    },
    Op {
        id: "send-post-picture",
        path: "/api/v1/post-pictures",
        body: Body::Bytes(&["image/jpeg", "image/png"]),
        status: 201,
        answer: Some(&PICTURE),
        example: "pont.jpg",
        ..CHANGE
    },
    Op {
        id: "edit-post",
        method: "PUT",
        path: "/api/v1/posts/{id}",
        params: &[POST_ID],
        body: Body::Json(&EDIT),
        answer: Some(&POST),
        problems: &["changed-meanwhile", "not-editable"],
        example: r#"{"version": 1, "body": "Le pont est rouvert depuis midi. #Lyon", "alts": []}"#,
        ..CHANGE
    },
    Op {
        id: "delete-post",
        method: "DELETE",
        path: "/api/v1/posts/{id}",
        params: &[POST_ID],
        answer: Some(&GONE),
        problems: &["changed-meanwhile"],
        ..CHANGE
    },
];
