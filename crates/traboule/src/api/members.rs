//! The JSON API of members: one's own place, whom one follows, muted and blocked, what happened. A token acts for the member
//! of the person who made it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{MEMBER_PREFIX, Member, Notification, POST_PREFIX, Voice, VoiceKind};
use community::service::follows::{self, VoicePage};
use community::service::members::{self, Profile};
use community::service::{counts, notify};
use db::{Failure, read_tx, write_tx};
use kernel::{Actor, Refusal, SubjectKind, TokenScope, show_id};
use publish::model::EPISODE_PREFIX;
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, must};
use super::{answer, body, id, must_token};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::members::{act_on, read_voice, voice_id, voice_views};
use crate::pages::posts::voice_path;

fn own(app: &App, m: &Member) -> Value {
    json!({
        "id": show_id(MEMBER_PREFIX, m.id),
        "handle": m.handle,
        "name": m.name,
        "about": m.about,
        "link": m.link,
        "joined_at": m.joined_at.rfc3339(),
        "digest": m.digest.code(),
        "version": m.version,
        "url": app.links.absolute(&voice_path(kernel::Lang::En, &m.handle)),
    })
}

/// A token that may change things; one that only reads changes nothing.
fn must_change(client: &Client) -> Result<(), Refusal> {
    must_token(client)?;
    match client.actor() {
        Actor::Token { scopes, .. } if scopes.contains(&TokenScope::Publish) => Ok(()),
        _ => Err(Refusal::forbidden()),
    }
}

/// GET `/api/v1/me`.
pub async fn me(State(app): Web, client: Client) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let member = read_tx!(app.db, |tx| members::me(tx, &actor).await)?;
        Ok(own(&app, &member))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    version: i64,
    name: String,
    handle: String,
    about: String,
    link: Option<String>,
}

/// PUT `/api/v1/me`.
pub async fn edit(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_change(&client)?;
        let sent: Edit = body(&bytes)?;
        let profile =
            Profile { name: sent.name, handle: sent.handle, about: sent.about, link: sent.link.unwrap_or_default() };
        let member = write_tx!(app.db, |tx| members::set_profile(tx, &ctx, &profile, sent.version).await)?;
        Ok(own(&app, &member))
    };
    let outcome = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// GET `/api/v1/members/{handle}`.
pub async fn member(State(app): Web, client: Client, Path(handle): Path<String>) -> Response {
    let actor = client.actor();
    let outcome = async {
        let (voice, view, member, followers) = read_tx!(app.db, |tx| {
            let voice = members::voice_by_handle(tx, &actor, &handle).await?;
            let view = voice_views(tx, (app.render.texts(), &app.links), kernel::Lang::En, &[voice.id])
                .await?
                .remove(&voice.id);
            let member = members::members(tx, &[voice.id]).await?.remove(&voice.id);
            let followers = counts::followers_for(tx, &actor, &[voice.id]).await?.remove(&voice.id).unwrap_or_default();
            Ok((voice, view.ok_or_else(Refusal::not_found)?, member, followers))
        })?;
        let mut value = shown(&voice, &view.name);
        value["followers"] = json!(followers);
        value["about"] = json!(member.as_ref().map_or("", |m| m.about.as_str()));
        value["link"] = json!(member.as_ref().and_then(|m| m.link.clone()));
        value["joined_at"] = json!(member.as_ref().map(|m| m.joined_at.rfc3339()));
        value["url"] = json!(app.links.absolute(&voice_path(kernel::Lang::En, &voice.handle)));
        Ok(value)
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

fn shown(voice: &Voice, name: &str) -> Value {
    json!({"id": voice_id(voice.kind, voice.id), "kind": voice.kind.code(), "handle": voice.handle, "name": name})
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    after: Option<String>,
}

/// Which of one's own lists.
#[derive(Clone, Copy)]
enum List {
    Following,
    Muted,
    Blocked,
}

async fn list(app: &Arc<App>, client: &Client, ask: &After, which: List) -> Result<Value, Failure> {
    must_token(client)?;
    let (actor, after) = (client.actor(), crate::pages::members::cursor(ask.after.as_deref()));
    let (page, views): (VoicePage, _) = read_tx!(app.db, |tx| {
        let me = members::me(tx, &actor).await?;
        let page = match which {
            List::Following => follows::following(tx, &actor, me.id, after).await?,
            List::Muted => follows::muted(tx, &actor, after).await?,
            List::Blocked => follows::blocked(tx, &actor, after).await?,
        };
        let ids: Vec<i64> = page.voices.iter().map(|(_, v)| v.id).collect();
        Ok((page, voice_views(tx, (app.render.texts(), &app.links), kernel::Lang::En, &ids).await?))
    })?;
    let rows = page.voices.iter().map(|(since, voice)| {
        let mut value = shown(voice, views.get(&voice.id).map_or("", |v| v.name.as_str()));
        value["since"] = json!(since.rfc3339());
        value
    });
    let next = page.next.map(|(at, id)| format!("{}.{id}", at.micros()));
    Ok(json!({"voices": rows.collect::<Vec<_>>(), "next": next}))
}

/// GET `/api/v1/me/following`.
pub async fn following(State(app): Web, client: Client, Query(ask): Query<After>) -> Response {
    let outcome = list(&app, &client, &ask, List::Following).await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// GET `/api/v1/me/muted`.
pub async fn muted(State(app): Web, client: Client, Query(ask): Query<After>) -> Response {
    let outcome = list(&app, &client, &ask, List::Muted).await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// GET `/api/v1/me/blocked`.
pub async fn blocked(State(app): Web, client: Client, Query(ask): Query<After>) -> Response {
    let outcome = list(&app, &client, &ask, List::Blocked).await;
    answer(&app, &client, StatusCode::OK, outcome)
}

async fn done(app: &Arc<App>, client: &Client, text: &str, verb: &'static str) -> Response {
    let ctx = client.ctx(app);
    let outcome = async {
        must_change(client)?;
        let (kind, id) = read_voice(text).ok_or_else(Refusal::not_found)?;
        let voice = write_tx!(app.db, |tx| act_on(tx, &ctx, kind, id, verb).await)?;
        Ok(json!({"id": voice_id(voice.kind, voice.id)}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(app, client, StatusCode::OK, outcome)
}

/// PUT `/api/v1/me/following/{voice}`.
pub async fn follow(State(app): Web, client: Client, Path(voice): Path<String>) -> Response {
    done(&app, &client, &voice, "follow").await
}

/// DELETE `/api/v1/me/following/{voice}`.
pub async fn unfollow(State(app): Web, client: Client, Path(voice): Path<String>) -> Response {
    done(&app, &client, &voice, "unfollow").await
}

/// PUT `/api/v1/me/muted/{voice}`.
pub async fn mute(State(app): Web, client: Client, Path(voice): Path<String>) -> Response {
    done(&app, &client, &voice, "mute").await
}

/// DELETE `/api/v1/me/muted/{voice}`.
pub async fn unmute(State(app): Web, client: Client, Path(voice): Path<String>) -> Response {
    done(&app, &client, &voice, "unmute").await
}

/// PUT `/api/v1/me/blocked/{member}`.
pub async fn block(State(app): Web, client: Client, Path(member): Path<String>) -> Response {
    done(&app, &client, &member, "block").await
}

/// DELETE `/api/v1/me/blocked/{member}`.
pub async fn unblock(State(app): Web, client: Client, Path(member): Path<String>) -> Response {
    done(&app, &client, &member, "unblock").await
}

fn told(n: &Notification, seen: kernel::At) -> Value {
    let about = n.about.map(|s| match s.kind {
        SubjectKind::Episode => show_id(EPISODE_PREFIX, s.id),
        SubjectKind::Post => show_id(POST_PREFIX, s.id),
    });
    json!({
        "what": n.kind.code(),
        "by": n.actor_name,
        "by_id": n.actor.map(|id| show_id(MEMBER_PREFIX, id)),
        "about": about,
        "at": n.at.rfc3339(),
        "new": n.at > seen,
    })
}

/// GET `/api/v1/me/notifications`.
pub async fn notifications(State(app): Web, client: Client, Query(ask): Query<After>) -> Response {
    let actor = client.actor();
    let outcome = async {
        must_token(&client)?;
        let before = ask.after.as_deref().map(|text| id(NOTE_PREFIX, text)).transpose()?;
        let (me, rows, next) = read_tx!(app.db, |tx| {
            let me = members::me(tx, &actor).await?;
            let (rows, next) = notify::notifications(tx, &actor, before).await?;
            Ok((me, rows, next))
        })?;
        let list: Vec<Value> = rows.iter().map(|n| told(n, me.seen_at)).collect();
        Ok(json!({"notifications": list, "next": next.map(|id| show_id(NOTE_PREFIX, id))}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// POST `/api/v1/me/notifications/read`: everything up to now was seen.
pub async fn read(State(app): Web, client: Client) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_change(&client)?;
        write_tx!(app.db, |tx| notify::seen(tx, &ctx, ctx.now).await)?;
        Ok(json!({"seen_at": ctx.now.rfc3339()}))
    };
    let outcome: Result<Value, Failure> = outcome.await;
    answer(&app, &client, StatusCode::OK, outcome)
}

/// The prefix of notifications where a list goes on.
const NOTE_PREFIX: &str = "no";

const KINDS: &[&str] = &[VoiceKind::Member.code(), VoiceKind::Show.code(), VoiceKind::Organisation.code()];
const DIGESTS: &[&str] = &["off", "daily", "weekly"];

const ME: Shape = Shape {
    name: "Me",
    fields: &[
        must("id", Kind::Id(MEMBER_PREFIX)),
        must("handle", Kind::Text),
        must("name", Kind::Text),
        must("about", Kind::Text),
        must("link", Kind::Url).or_null(),
        must("joined_at", Kind::Instant),
        must("digest", Kind::OneOf(DIGESTS)),
        must("version", Kind::Int),
        must("url", Kind::Url),
    ],
};
const EDIT: Shape = Shape {
    name: "MeEdit",
    fields: &[
        must("version", Kind::Int).note("The version that was read; another one since then is changed-meanwhile."),
        must("name", Kind::Text),
        must("handle", Kind::Text).note("A former handle still leads here and is given to nobody else."),
        must("about", Kind::Text),
        must("link", Kind::Text).or_null(),
    ],
};
const MEMBER: Shape = Shape {
    name: "Member",
    fields: &[
        must("id", Kind::Text),
        must("kind", Kind::OneOf(KINDS)),
        must("handle", Kind::Text),
        must("name", Kind::Text),
        must("followers", Kind::Int),
        must("about", Kind::Text),
        must("link", Kind::Url).or_null(),
        must("joined_at", Kind::Instant).or_null(),
        must("url", Kind::Url),
    ],
};
const VOICE: Shape = Shape {
    name: "Voice",
    fields: &[
        must("id", Kind::Text),
        must("kind", Kind::OneOf(KINDS)),
        must("handle", Kind::Text),
        must("name", Kind::Text),
        must("since", Kind::Instant),
    ],
};
const VOICES: Shape = Shape {
    name: "Voices",
    fields: &[
        must("voices", Kind::List(&Kind::Object(&VOICE))),
        must("next", Kind::Text).or_null().note("Send it as after to go on; null at the end."),
    ],
};
const DONE: Shape = Shape { name: "VoiceDone", fields: &[must("id", Kind::Text)] };
const NOTE: Shape = Shape {
    name: "Notification",
    fields: &[
        must("what", Kind::OneOf(&["follow", "mention", "comment", "reply", "reshare", "quote"])),
        must("by", Kind::Text),
        must("by_id", Kind::Id(MEMBER_PREFIX)).or_null().note("Null for guests."),
        must("about", Kind::Text).or_null().note("The id of a post or an episode."),
        must("at", Kind::Instant),
        must("new", Kind::Flag),
    ],
};
const NOTES: Shape = Shape {
    name: "Notifications",
    fields: &[must("notifications", Kind::List(&Kind::Object(&NOTE))), must("next", Kind::Text).or_null()],
};
const SEEN: Shape = Shape { name: "NotificationsRead", fields: &[must("seen_at", Kind::Instant)] };

const AFTER: Param = in_query("after", Kind::Text, "next of the page before.");
const VOICE_ID: Param = in_path("voice", Kind::Text);
const MEMBER_ID: Param = in_path("member", Kind::Id(MEMBER_PREFIX));

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op {
        id: "read-member",
        path: "/api/v1/members/{handle}",
        params: &[in_path("handle", Kind::Text)],
        answer: Some(&MEMBER),
        ..READ
    },
    Op { id: "read-me", path: "/api/v1/me", answer: Some(&ME), problems: &["join-first"], ..READ },
    Op {
        id: "edit-me",
        method: "PUT",
        path: "/api/v1/me",
        body: Body::Json(&EDIT),
        answer: Some(&ME),
        problems: &["join-first", "changed-meanwhile"],
        example: r#"{"version": 1, "name": "Solveig M.", "handle": "solveig", "about": "Je lis le matin.", "link": null}"#,
        ..CHANGE
    },
    Op {
        id: "list-following",
        path: "/api/v1/me/following",
        params: &[AFTER],
        answer: Some(&VOICES),
        problems: &["join-first"],
        ..READ
    },
    Op {
        id: "follow",
        method: "PUT",
        path: "/api/v1/me/following/{voice}",
        params: &[VOICE_ID],
        answer: Some(&DONE),
        problems: &["join-first", "yourself", "unblock-first"],
        ..CHANGE
    },
    Op {
        id: "unfollow",
        method: "DELETE",
        path: "/api/v1/me/following/{voice}",
        params: &[VOICE_ID],
        answer: Some(&DONE),
        problems: &["join-first"],
        ..CHANGE
    },
    Op {
        id: "list-muted",
        path: "/api/v1/me/muted",
        params: &[AFTER],
        answer: Some(&VOICES),
        problems: &["join-first"],
        ..READ
    },
    Op {
        id: "mute",
        method: "PUT",
        path: "/api/v1/me/muted/{voice}",
        params: &[VOICE_ID],
        answer: Some(&DONE),
        problems: &["join-first", "yourself"],
        ..CHANGE
    },
    Op {
        id: "unmute",
        method: "DELETE",
        path: "/api/v1/me/muted/{voice}",
        params: &[VOICE_ID],
        answer: Some(&DONE),
        problems: &["join-first"],
        ..CHANGE
    },
    Op {
        id: "list-blocked",
        path: "/api/v1/me/blocked",
        params: &[AFTER],
        answer: Some(&VOICES),
        problems: &["join-first"],
        ..READ
    },
    Op {
        id: "block",
        method: "PUT",
        path: "/api/v1/me/blocked/{member}",
        params: &[MEMBER_ID],
        answer: Some(&DONE),
        problems: &["join-first", "yourself", "mute-instead"],
        ..CHANGE
    },
    Op {
        id: "unblock",
        method: "DELETE",
        path: "/api/v1/me/blocked/{member}",
        params: &[MEMBER_ID],
        answer: Some(&DONE),
        problems: &["join-first"],
        ..CHANGE
    },
    Op {
        id: "list-notifications",
        path: "/api/v1/me/notifications",
        params: &[AFTER],
        answer: Some(&NOTES),
        problems: &["join-first"],
        ..READ
    },
    Op {
        id: "read-notifications",
        path: "/api/v1/me/notifications/read",
        answer: Some(&SEEN),
        problems: &["join-first"],
        ..CHANGE
    },
];
