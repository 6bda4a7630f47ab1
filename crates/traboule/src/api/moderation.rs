//! Moderating in the API: the list in every state, decisions and their undoing, the rules. For moderators' tokens only; a
//! commenter's address is in the list and nowhere else.

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{ACT_PREFIX, COMMENT_PREFIX, Comment, POST_PREFIX, Settings, State as Standing};
use community::rules::moderate::Verb;
use community::rules::settings::SettingsDraft;
use community::service::{self as uc, QueueAsk, QueueItem};
use db::{read_tx, write_tx};
use kernel::{Refusal, Subject, SubjectKind, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::service as publish_uc;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::{answer, body, id, must_token, token_org};
use crate::app::App;
use crate::http::{Client, Web};

fn comment(c: &Comment) -> Value {
    json!({
        "id": show_id(COMMENT_PREFIX, c.id),
        "episode_id": (c.subject.kind == SubjectKind::Episode).then(|| show_id(EPISODE_PREFIX, c.subject.id)),
        "post_id": (c.subject.kind == SubjectKind::Post).then(|| show_id(POST_PREFIX, c.subject.id)),
        "parent_id": c.parent.map(|p| show_id(COMMENT_PREFIX, p)), "state": c.state.code(),
        "author_kind": c.author.code(), "name": c.name, "site": c.url, "text": c.body, "said_at": c.said_at.rfc3339(),
        "reasons": c.reasons, "version": c.version,
    })
}

fn item(item: &QueueItem) -> Value {
    let mut value = comment(&item.comment);
    value["email"] = json!(item.email);
    value["known"] = json!(item.known);
    value["same_email"] = json!(item.same_email);
    value["same_network"] = json!(item.same_network);
    value
}

/// Which comments are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct ListAsk {
    state: Option<String>,
    show_id: Option<String>,
    before: Option<String>,
}

/// GET `/api/v1/comments`.
pub async fn comments(State(app): Web, client: Client, Query(ask): Query<ListAsk>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&ctx.actor);
        let unknown = || Refusal::invalid("check-fields").field("state", "malformed");
        let state = ask.state.as_deref().map(|s| Standing::parse(s).ok_or_else(unknown)).transpose()?;
        let show = ask.show_id.as_deref().map(|s| id(SHOW_PREFIX, s)).transpose()?;
        let before = ask.before.as_deref().map(|b| id(COMMENT_PREFIX, b)).transpose()?;
        read_tx!(app.db, |tx| {
            let subjects = match show {
                Some(show) => {
                    let ids = publish_uc::episodes_of_show(tx, &ctx.actor, show).await?;
                    Some(ids.into_iter().map(Subject::episode).collect())
                }
                None => None,
            };
            let ask = QueueAsk { state, subjects, words: String::new(), before };
            uc::queue(tx, &ctx, &app.sealer, org, &ask).await
        })
    };
    let value = outcome.await.map(|queue| {
        let next = queue.next.map(|n| show_id(COMMENT_PREFIX, n));
        json!({"comments": queue.items.iter().map(item).collect::<Vec<_>>(), "next": next})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/comments/{id}/approve`.
pub async fn approve(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    decide(&app, &client, &text, Verb::Approve).await
}

/// POST `/api/v1/comments/{id}/spam`.
pub async fn spam(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    decide(&app, &client, &text, Verb::Spam).await
}

/// POST `/api/v1/comments/{id}/remove`.
pub async fn remove(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    decide(&app, &client, &text, Verb::Remove).await
}

/// POST `/api/v1/comments/{id}/hold`.
pub async fn hold(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    decide(&app, &client, &text, Verb::Hold).await
}

/// A repetition finds the comment as wanted, changes nothing and has no decision to undo.
async fn decide(app: &App, client: &Client, text: &str, verb: Verb) -> Response {
    let ctx = client.ctx(app);
    let outcome = async {
        must_token(client)?;
        let wanted = id(COMMENT_PREFIX, text)?;
        let done = write_tx!(app.db, |tx| {
            let org = uc::find(tx, &ctx.actor, wanted).await?.org;
            let acted = uc::act_on(tx, &ctx, org, &[wanted], verb).await?;
            Ok((uc::find(tx, &ctx.actor, wanted).await?, acted))
        })?;
        app.worker.wake();
        Ok(done)
    };
    let value = outcome.await.map(|(found, acted): (Comment, uc::Acted)| {
        let act = (!acted.changed.is_empty()).then(|| show_id(ACT_PREFIX, acted.act));
        json!({
            "id": show_id(COMMENT_PREFIX, found.id), "state": found.state.code(), "version": found.version,
            "decision_id": act,
        })
    });
    answer(app, client, StatusCode::OK, value)
}

/// POST `/api/v1/comment-decisions/{id}/undo`.
pub async fn undo(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let act = id(ACT_PREFIX, &text)?;
        let done = write_tx!(app.db, |tx| uc::undo(tx, &ctx, act).await)?;
        app.worker.wake();
        Ok(done)
    };
    let value = outcome.await.map(|acted: uc::Acted| {
        let ids = |ids: &[i64]| ids.iter().map(|id| show_id(COMMENT_PREFIX, *id)).collect::<Vec<_>>();
        json!({"changed": ids(&acted.changed), "left": ids(&acted.left)})
    });
    answer(&app, &client, StatusCode::OK, value)
}

fn settings(s: &Settings) -> Value {
    json!({
        "hold": s.hold.code(), "closes_after_days": s.closes_after_days, "most_links": s.most_links,
        "blocked_words": s.blocked_words, "notify": s.notify.code(), "version": s.version,
    })
}

/// GET `/api/v1/comment-settings`.
pub async fn read_settings(State(app): Web, client: Client) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&actor);
        if !actor.may(org, &[kernel::Role::Moderator]) {
            return Err(Refusal::forbidden().into());
        }
        read_tx!(app.db, |tx| uc::settings(tx, &actor, org).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|s| settings(&s)))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Sent {
    hold: String,
    closes_after_days: Option<i64>,
    most_links: i64,
    blocked_words: Vec<String>,
    notify: String,
    version: i64,
}

/// PUT `/api/v1/comment-settings`: all of them, with the version they were read at.
pub async fn set_settings(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let sent: Sent = body(&bytes)?;
        let draft = SettingsDraft {
            hold: sent.hold,
            closes_after_days: sent.closes_after_days.map(|d| d.to_string()).unwrap_or_default(),
            most_links: sent.most_links.to_string(),
            blocked_words: sent.blocked_words.join("\n"),
            notify: sent.notify,
        };
        let org = token_org(&ctx.actor);
        write_tx!(app.db, |tx| uc::set_settings(tx, &ctx, org, &draft, sent.version).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|s| settings(&s)))
}

const STATES: Kind = Kind::OneOf(&["visible", "held", "spam", "removed", "deleted"]);

const COMMENT: Shape = Shape {
    name: "ModeratedComment",
    fields: &[
        must("id", Kind::Id(COMMENT_PREFIX)),
        must("episode_id", Kind::Id("ep")).or_null().note("What it is about: an episode, or"),
        must("post_id", Kind::Id("po")).or_null().note("a post."),
        must("parent_id", Kind::Id(COMMENT_PREFIX)).or_null(),
        must("state", STATES),
        must("author_kind", Kind::OneOf(&["guest", "member", "team"])),
        must("name", Kind::Text),
        must("site", Kind::Text).or_null(),
        must("text", Kind::Text),
        must("said_at", Kind::Instant),
        must("reasons", Kind::List(&Kind::Text)).note("Why it was held: stable codes."),
        must("version", Kind::Int),
        must("email", Kind::Text).or_null().note("A guest's address; null once erased or expired."),
        must("known", Kind::Flag).note("The writer had a comment approved."),
        must("same_email", Kind::Int).note("Comments from this address, this one included."),
        must("same_network", Kind::Int).note("Comments from this network within thirty days, this one included."),
    ],
};

const COMMENTS: Shape = Shape {
    name: "ModeratedComments",
    fields: &[
        must("comments", Kind::List(&Kind::Object(&COMMENT))),
        must("next", Kind::Id(COMMENT_PREFIX)).or_null().note("Send it as before to go on; null at the end."),
    ],
};

const DECIDED: Shape = Shape {
    name: "CommentDecision",
    fields: &[
        must("id", Kind::Id(COMMENT_PREFIX)),
        must("state", STATES),
        must("version", Kind::Int),
        must("decision_id", Kind::Id(ACT_PREFIX)).or_null().note("To undo it by; null when nothing changed."),
    ],
};

const UNDONE: Shape = Shape {
    name: "CommentsUndone",
    fields: &[
        must("changed", Kind::List(&Kind::Id(COMMENT_PREFIX))),
        must("left", Kind::List(&Kind::Id(COMMENT_PREFIX))).note("Left alone: they changed since."),
    ],
};

const SETTINGS: Shape = Shape {
    name: "CommentSettings",
    fields: &[
        must("hold", Kind::OneOf(&["first", "every", "none"])),
        may("closes_after_days", Kind::Int).or_null(),
        must("most_links", Kind::Int),
        may("blocked_words", Kind::List(&Kind::Text)),
        must("notify", Kind::OneOf(&["off", "hourly", "daily"])),
        must("version", Kind::Int),
    ],
};

const COMMENT_ID: Param = in_path("id", Kind::Id(COMMENT_PREFIX));

const fn verb(id: &'static str, path: &'static str) -> Op {
    Op {
        id,
        path,
        params: &[COMMENT_ID],
        answer: Some(&DECIDED),
        problems: &["comment-deleted", "comment-version"],
        ..CHANGE
    }
}

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "list-all-comments",
        path: "/api/v1/comments",
        params: &[
            in_query("state", STATES, "All states without it."),
            in_query("show_id", Kind::Id("sh"), "About episodes of this show only."),
            in_query("before", Kind::Id(COMMENT_PREFIX), "next of the page before."),
        ],
        answer: Some(&COMMENTS),
        problems: &["check-fields", "not-found"],
        ..READ
    },
    verb("approve-comment", "/api/v1/comments/{id}/approve"),
    verb("spam-comment", "/api/v1/comments/{id}/spam"),
    verb("remove-comment", "/api/v1/comments/{id}/remove"),
    verb("hold-comment", "/api/v1/comments/{id}/hold"),
    Op {
        id: "undo-comment-decision",
        path: "/api/v1/comment-decisions/{id}/undo",
        params: &[in_path("id", Kind::Id(ACT_PREFIX))],
        answer: Some(&UNDONE),
        problems: &["comment-changed-since", "comment-version"],
        ..CHANGE
    },
    Op { id: "read-comment-settings", path: "/api/v1/comment-settings", answer: Some(&SETTINGS), ..READ },
    Op {
        id: "set-comment-settings",
        method: "PUT",
        path: "/api/v1/comment-settings",
        body: Body::Json(&SETTINGS),
        answer: Some(&SETTINGS),
        problems: &["comment-settings", "comment-settings-version"],
        example: r#"{"hold": "first", "closes_after_days": 90, "most_links": 2, "blocked_words": ["casino"], "notify": "hourly", "version": 0}"#,
        ..CHANGE
    },
];
