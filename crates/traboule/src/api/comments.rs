//! The JSON API of comments: reading what is visible, and with a token saying, changing and deleting one's own.

use std::sync::Arc;

use accounts::service as accounts_uc;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{Author, COMMENT_PREFIX, Comment, Cursor, NewComment, State as Standing, Typed, Writer};
use community::rules::form::check_member;
use community::service::{self as uc, Mine};
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, PersonId, Refusal, Subject, TokenScope, show_id};
use publish::model::EPISODE_PREFIX;
use publish::service as publish_uc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, READ, Shape, in_path, in_query, may, must};
use super::episodes::EPISODE_ID;
use super::{answer, body, guard, id, must_token};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::comments::{cursor, cursor_text};

/// How many comments an answer holds.
const PAGE: usize = 50;

/// A visible comment as everybody may read it.
fn shown(one: &Comment) -> Value {
    json!({
        "id": show_id(COMMENT_PREFIX, one.id),
        "parent_id": one.parent.map(|p| show_id(COMMENT_PREFIX, p)),
        "name": one.name,
        "url": one.url,
        "team": matches!(one.author, Author::Team(_)),
        "body": one.body,
        "said_at": one.said_at.rfc3339(),
        "edited_at": one.edited_at.map(|at| at.rfc3339()),
    })
}

/// A comment as its own writer may read it: what was thrown out is told as removed.
fn own(one: &Comment) -> Value {
    let state = if one.state == Standing::Spam { Standing::Removed } else { one.state };
    json!({"id": show_id(COMMENT_PREFIX, one.id), "state": state.code(), "version": one.version, "body": one.body})
}

/// The person behind a token; a session is no key to the API.
fn writer(client: &Client) -> Result<PersonId, Refusal> {
    must_token(client)?;
    match client.actor() {
        // Saying something needs what publishing needs: a token that only reads writes nothing.
        Actor::Token { person, scopes, .. } if scopes.contains(&TokenScope::Publish) => Ok(person),
        _ => Err(Refusal::forbidden()),
    }
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    after: Option<String>,
}

/// GET `/api/v1/episodes/{id}/comments`: the visible ones, newest first.
pub async fn list(State(app): Web, client: Client, Path(text): Path<String>, Query(ask): Query<After>) -> Response {
    let outcome = async {
        let wanted = id(EPISODE_PREFIX, &text)?;
        let after = ask.after.as_deref().map(cursor).transpose()?;
        let now = app.now();
        let actor = client.actor();
        let (mut found, apart) = read_tx!(app.db, |tx| {
            publish_uc::public_bare(tx, wanted, now).await?;
            let most = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
            let found = uc::visible(tx, Subject::episode(wanted), after, most).await?;
            Ok((found, uc::shown::apart(tx, &actor).await?))
        })?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next = found.last().filter(|_| more).map(|c| cursor_text(Cursor { said_at: c.said_at, id: c.id }));
        // The cursor is the last one looked at; whom the asker does not see is left out after.
        found.retain(|c| c.author.person().is_none_or(|person| !apart.contains(&person)));
        Ok(json!({"comments": found.iter().map(shown).collect::<Vec<_>>(), "next": next}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saying {
    body: String,
    parent_id: Option<String>,
}

/// POST `/api/v1/episodes/{id}/comments` with `{"body", "parent_id"}`.
pub async fn say(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let outcome = said(&app, &client, &text, &bytes).await;
    answer(&app, &client, StatusCode::CREATED, outcome)
}

async fn said(app: &Arc<App>, client: &Client, text: &str, bytes: &Bytes) -> Result<Value, Failure> {
    let person = writer(client)?;
    let wanted = id(EPISODE_PREFIX, text)?;
    let sent: Saying = body(bytes)?;
    let once = guard::once(client, bytes)?;
    let parent = sent.parent_id.as_deref().map(|p| id(COMMENT_PREFIX, p)).transpose()?;
    let (ctx, now) = (client.ctx(app), app.now());
    let (show, episode) = read_tx!(app.db, |tx| publish_uc::public_bare(tx, wanted, now).await)?;
    let typed = Typed { body: sent.body, ..Typed::default() };
    let text = check_member(&typed)?;
    crate::pages::comments::limited(app, client)?;
    let new = NewComment {
        org: show.org,
        subject: Subject::episode(wanted),
        subject_since: crate::pages::comments::since(&episode),
        parent,
        writer: Writer::Member { person, name: String::new(), team: client.actor().may_read(show.org) },
        body: text,
        network: client.ip_key.clone(),
    };
    // The key and what is said are one transaction, so that a repetition says nothing twice.
    let made = write_tx!(app.db, |tx| {
        match publish_uc::begin_once(tx, &ctx, once.as_ref()).await? {
            // Only the number was kept: words that were taken away meanwhile are nowhere.
            Some(kept) => {
                let mine = Mine::Session(guard::kept_id(COMMENT_PREFIX, &kept)?);
                Ok(own(&uc::own(tx, &ctx.actor, mine).await?))
            }
            None => {
                let Some(name) = accounts_uc::own_name(tx, &ctx.actor).await? else {
                    return Err(Refusal::forbidden().into());
                };
                let writer = match &new.writer {
                    Writer::Member { person, team, .. } => Writer::Member { person: *person, name, team: *team },
                    guest => guest.clone(),
                };
                let said = uc::say(tx, &ctx, &app.sealer, NewComment { writer, ..new.clone() }).await?;
                let made = own(&uc::own(tx, &ctx.actor, Mine::Session(said.id)).await?);
                publish_uc::keep_once(tx, once.as_ref(), json!({"id": made["id"]})).await?;
                Ok(made)
            }
        }
    })?;
    app.worker.wake();
    Ok(made)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    version: i64,
    body: String,
}

/// PUT `/api/v1/comments/{id}` with `{"version", "body"}`; 409 when it changed meanwhile.
pub async fn edit(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        writer(&client)?;
        let mine = Mine::Session(id(COMMENT_PREFIX, &text)?);
        let sent: Edit = body(&bytes)?;
        let made = write_tx!(app.db, |tx| uc::edit_own(tx, &ctx, mine, sent.version, &sent.body).await)?;
        Ok(own(&made))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// DELETE `/api/v1/comments/{id}`.
pub async fn delete(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        writer(&client)?;
        let mine = Mine::Session(id(COMMENT_PREFIX, &text)?);
        write_tx!(app.db, |tx| uc::delete_own(tx, &ctx, mine).await)?;
        Ok(json!({"id": text}))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

const COMMENT: Shape = Shape {
    name: "Comment",
    fields: &[
        must("id", Kind::Id(COMMENT_PREFIX)),
        must("parent_id", Kind::Id(COMMENT_PREFIX)).or_null(),
        must("name", Kind::Text),
        must("url", Kind::Url).or_null(),
        must("team", Kind::Flag).note("Whether the writer belongs to the show's organisation."),
        must("body", Kind::Text).note("Plain text."),
        must("said_at", Kind::Instant),
        must("edited_at", Kind::Instant).or_null(),
    ],
};
const LIST: Shape = Shape {
    name: "Comments",
    fields: &[
        must("comments", Kind::List(&Kind::Object(&COMMENT))),
        must("next", Kind::Text).or_null().note("Send it as after to go on; null at the end."),
    ],
};
const SAY: Shape = Shape {
    name: "CommentNew",
    fields: &[must("body", Kind::Text), may("parent_id", Kind::Id(COMMENT_PREFIX)).or_null().note("What it answers.")],
};
const EDIT: Shape = Shape {
    name: "CommentEdit",
    fields: &[
        must("version", Kind::Int).note("The version that was read; another one since then is comment-version."),
        must("body", Kind::Text),
    ],
};
const OWN: Shape = Shape {
    name: "CommentOwn",
    fields: &[
        must("id", Kind::Id(COMMENT_PREFIX)),
        must("state", Kind::OneOf(&["held", "visible", "removed", "deleted"])),
        must("version", Kind::Int),
        must("body", Kind::Text),
    ],
};
const GONE: Shape = Shape { name: "CommentGone", fields: &[must("id", Kind::Id(COMMENT_PREFIX))] };

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "list-comments",
        path: "/api/v1/episodes/{id}/comments",
        params: &[EPISODE_ID, in_query("after", Kind::Text, "next of the page before.")],
        answer: Some(&LIST),
        ..READ
    },
    Op {
        id: "say-comment",
        path: "/api/v1/episodes/{id}/comments",
        params: &[EPISODE_ID],
        body: Body::Json(&SAY),
        once: true,
        status: 201,
        answer: Some(&OWN),
        problems: &["comment-fields", "comment-closed", "comment-parent", "comment-same", "comment-too-many"],
        example: r#"{"body": "Merci à toutes les personnes qui ont écrit.", "parent_id": null}"#,
        ..CHANGE
    },
    Op {
        id: "edit-comment",
        method: "PUT",
        path: "/api/v1/comments/{id}",
        params: &[in_path("id", Kind::Id(COMMENT_PREFIX))],
        body: Body::Json(&EDIT),
        answer: Some(&OWN),
        problems: &["comment-fields", "comment-too-old", "comment-version"],
        example: r#"{"version": 1, "body": "Merci à toutes et à tous."}"#,
        ..CHANGE
    },
    Op {
        id: "delete-comment",
        method: "DELETE",
        path: "/api/v1/comments/{id}",
        params: &[in_path("id", Kind::Id(COMMENT_PREFIX))],
        answer: Some(&GONE),
        ..CHANGE
    },
];
