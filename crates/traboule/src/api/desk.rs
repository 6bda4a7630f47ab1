//! The desk in the API: rundowns and ideas, the history of an episode, corrections. Reading needs a token of the team;
//! corrections of a public episode are in the episode itself.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{read_tx, write_tx};
use kernel::{Actor, Refusal, show_id};
use publish::model::{CORRECTION_PREFIX, EPISODE_PREFIX, ITEM_PREFIX, Item, Revision, SHOW_PREFIX};
use publish::rules::rundown::{ItemDraft, Way, clocks};
use publish::service::{self as uc, CorrectionDraft, Place};
use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{Body, CHANGE, Kind, Op, Param, READ, Shape, in_path, in_query, may, must};
use super::episodes::EPISODE_ID;
use super::{answer, body, id, must_token, show};
use crate::app::App;
use crate::http::{Client, Web};

fn item(item: &Item, start_ms: Option<i64>) -> Value {
    json!({
        "id": show_id(ITEM_PREFIX, item.id), "show_id": show_id(SHOW_PREFIX, item.show),
        "episode_id": item.episode.map(|e| show_id(EPISODE_PREFIX, e)), "title": item.title, "notes": item.notes,
        "planned_ms": item.planned_ms, "start_ms": start_ms, "assignee": item.assignee.map(|p| p.0.to_string()),
        "state": item.state, "links": item.links, "version": item.version, "dropped": item.dropped,
    })
}

/// Reading the desk needs a token of its team.
fn team(client: &Client) -> Result<Actor, Refusal> {
    must_token(client)?;
    Ok(client.actor())
}

/// GET `/api/v1/episodes/{id}/rundown`.
pub async fn rundown(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let outcome = async {
        let actor = team(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::rundown(tx, &actor, wanted).await)
    };
    let value = outcome.await.map(|found| {
        let (starts, total) = clocks(&found.items);
        let items: Vec<Value> = found.items.iter().zip(starts).map(|(i, s)| item(i, Some(s))).collect();
        json!({"items": items, "planned_ms": total, "target_ms": found.target_ms})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/episodes/{id}/rundown`: adds an item.
pub async fn add_to_rundown(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let place = Place::Episode(id(EPISODE_PREFIX, &text)?);
        let draft = item_draft(&bytes)?;
        write_tx!(app.db, |tx| uc::add_item(tx, &ctx, place, draft.clone()).await)
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await.map(|i| item(&i, None)))
}

/// GET `/api/v1/shows/{id}/ideas`.
pub async fn ideas(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let outcome = async {
        let actor = team(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::show_ideas(tx, &actor, wanted).await)
    };
    let value = outcome.await.map(|list| json!({"items": list.iter().map(|i| item(i, None)).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/shows/{id}/ideas`: adds an idea.
pub async fn add_idea(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let place = Place::Pool(id(SHOW_PREFIX, &text)?);
        let draft = item_draft(&bytes)?;
        write_tx!(app.db, |tx| uc::add_item(tx, &ctx, place, draft.clone()).await)
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await.map(|i| item(&i, None)))
}

/// An item as programs send it: the assignee is not theirs to give.
fn item_draft(bytes: &Bytes) -> Result<ItemDraft, Refusal> {
    let draft: ItemDraft = body(bytes)?;
    Ok(ItemDraft { assignee: None, ..draft })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditItem {
    version: i64,
    item: ItemDraft,
}

/// PUT `/api/v1/rundown-items/{id}` with `{"version", "item"}`. The assignee stays who it is.
pub async fn edit_item(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(ITEM_PREFIX, &text)?;
        let edit: EditItem = body(&bytes)?;
        write_tx!(app.db, |tx| {
            let assignee = uc::item_of(tx, &ctx.actor, wanted).await?.assignee;
            let draft = ItemDraft { assignee, ..edit.item.clone() };
            uc::edit_item(tx, &ctx, wanted, edit.version, draft).await
        })
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
}

/// Where an item goes in its list, counted from zero.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Move {
    place: usize,
}

/// POST `/api/v1/rundown-items/{id}/move` with `{"place"}`.
pub async fn move_item(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(ITEM_PREFIX, &text)?;
        let ask: Move = if bytes.is_empty() { Move::default() } else { body(&bytes)? };
        write_tx!(app.db, |tx| uc::move_item(tx, &ctx, wanted, Way::To(ask.place)).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Take {
    episode_id: String,
}

/// POST `/api/v1/rundown-items/{id}/take` with `{"episode_id"}`.
pub async fn take_item(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(ITEM_PREFIX, &text)?;
        let ask: Take = body(&bytes)?;
        let episode = id(EPISODE_PREFIX, &ask.episode_id)?;
        write_tx!(app.db, |tx| uc::place_item(tx, &ctx, wanted, Some(episode)).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
}

/// POST `/api/v1/rundown-items/{id}/return`: back to the pool of ideas.
pub async fn return_item(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(ITEM_PREFIX, &text)?;
        write_tx!(app.db, |tx| uc::place_item(tx, &ctx, wanted, None).await)
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
}

/// POST `/api/v1/rundown-items/{id}/drop`.
pub async fn drop_item(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    dropped(&app, &client, &text, true).await
}

/// POST `/api/v1/rundown-items/{id}/undrop`.
pub async fn undrop_item(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    dropped(&app, &client, &text, false).await
}

async fn dropped(app: &App, client: &Client, text: &str, gone: bool) -> Response {
    let ctx = client.ctx(app);
    let outcome = async {
        must_token(client)?;
        let wanted = id(ITEM_PREFIX, text)?;
        write_tx!(app.db, |tx| uc::drop_item(tx, &ctx, wanted, gone).await)
    };
    answer(app, client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Confirm {
    confirmed: bool,
}

/// POST `/api/v1/episodes/{id}/rundown/chapters`: makes the chapters, `{"confirmed": true}` where some were made by hand.
pub async fn make_chapters(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let ask: Confirm = if bytes.is_empty() { Confirm::default() } else { body(&bytes)? };
        write_tx!(app.db, |tx| uc::make_chapters(tx, &ctx, wanted, ask.confirmed).await)
    };
    let value = outcome.await.map(|e| json!({"id": show_id(EPISODE_PREFIX, e.id), "version": e.version}));
    answer(&app, &client, StatusCode::OK, value)
}

fn revision(r: &Revision) -> Value {
    json!({
        "version": r.version, "at": r.at.rfc3339(), "by": r.by.map(|p| p.0.to_string()), "what": r.what,
        "texts_changed": r.has_body,
    })
}

/// `?before=` of the history.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// GET `/api/v1/episodes/{id}/revisions`: newest first.
pub async fn revisions(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(page): Query<Before>,
) -> Response {
    let outcome = async {
        let actor = team(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        read_tx!(app.db, |tx| uc::revisions(tx, &actor, wanted, page.before).await)
    };
    let value = outcome
        .await
        .map(|(list, next)| json!({"revisions": list.iter().map(revision).collect::<Vec<_>>(), "next": next}));
    answer(&app, &client, StatusCode::OK, value)
}

/// GET `/api/v1/episodes/{id}/revisions/{version}`: what the episode said then.
pub async fn one_revision(State(app): Web, client: Client, Path((text, version)): Path<(String, String)>) -> Response {
    let outcome = async {
        let actor = team(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let version: i64 = version.parse().map_err(|_| Refusal::not_found())?;
        read_tx!(app.db, |tx| uc::revision(tx, &actor, wanted, version).await)
    };
    let value = outcome.await.map(|(r, draft)| {
        let mut value = revision(&r);
        value["episode"] = json!(draft);
        value
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/episodes/{id}/revisions/{version}/restore`.
pub async fn restore(State(app): Web, client: Client, Path((text, version)): Path<(String, String)>) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let version: i64 = version.parse().map_err(|_| Refusal::not_found())?;
        write_tx!(app.db, |tx| uc::restore(tx, &ctx, wanted, version, false).await)
    };
    let value = outcome.await.map(|e| json!({"id": show_id(EPISODE_PREFIX, e.id), "version": e.version}));
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewCorrection {
    texts: BTreeMap<String, String>,
    chapter_ms: Option<i64>,
    amends: Option<String>,
}

/// POST `/api/v1/episodes/{id}/corrections` with `{"texts", "chapter_ms", "amends"}`.
pub async fn correct(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let sent: NewCorrection = body(&bytes)?;
        let unknown = || Refusal::invalid("check-fields").field("amends", "correction-unknown");
        let amends = sent.amends.map(|a| kernel::parse_id(CORRECTION_PREFIX, &a).ok_or_else(unknown)).transpose()?;
        let draft = CorrectionDraft { texts: sent.texts, chapter_ms: sent.chapter_ms, amends };
        write_tx!(app.db, |tx| uc::correct(tx, &ctx, wanted, draft.clone()).await)
    };
    answer(&app, &client, StatusCode::CREATED, outcome.await.map(|c| show::correction(&c)))
}

const LINK: Shape = Shape {
    name: "RundownLink",
    fields: &[may("kind", Kind::OneOf(&["link", "video"])), may("title", Kind::Text), must("url", Kind::Url)],
};

const ITEM_STATE: Kind = Kind::OneOf(&["idea", "ready"]);

const ITEM: Shape = Shape {
    name: "RundownItem",
    fields: &[
        must("id", Kind::Id("ri")),
        must("show_id", Kind::Id("sh")),
        must("episode_id", Kind::Id("ep")).or_null().note("Null: in the show's pool of ideas."),
        must("title", Kind::Text),
        must("notes", Kind::Text),
        must("planned_ms", Kind::Int),
        must("start_ms", Kind::Int).or_null().note("Its clock in a rundown."),
        must("assignee", Kind::Text).or_null(),
        must("state", ITEM_STATE),
        must("links", Kind::List(&Kind::Object(&LINK))),
        must("version", Kind::Int),
        must("dropped", Kind::Flag),
    ],
};

const ITEM_SENT: Shape = Shape {
    name: "RundownItemDraft",
    fields: &[
        must("title", Kind::Text),
        may("notes", Kind::Text),
        may("planned_ms", Kind::Int),
        may("assignee", Kind::Int).or_null().note("Not taken from programs."),
        may("state", ITEM_STATE),
        may("links", Kind::List(&Kind::Object(&LINK))),
    ],
};

const ITEM_EDIT: Shape =
    Shape { name: "RundownItemEdit", fields: &[must("version", Kind::Int), must("item", Kind::Object(&ITEM_SENT))] };

const RUNDOWN: Shape = Shape {
    name: "Rundown",
    fields: &[
        must("items", Kind::List(&Kind::Object(&ITEM))),
        must("planned_ms", Kind::Int),
        must("target_ms", Kind::Int).or_null(),
    ],
};

const IDEAS: Shape = Shape { name: "Ideas", fields: &[must("items", Kind::List(&Kind::Object(&ITEM)))] };

const MOVE: Shape = Shape { name: "RundownMove", fields: &[may("place", Kind::Int).note("Counted from zero.")] };
const TAKE: Shape = Shape { name: "RundownTake", fields: &[must("episode_id", Kind::Id("ep"))] };
const CONFIRM: Shape = Shape { name: "RundownChapters", fields: &[may("confirmed", Kind::Flag)] };
const CHANGED: Shape =
    Shape { name: "EpisodeVersion", fields: &[must("id", Kind::Id("ep")), must("version", Kind::Int)] };

macro_rules! revision_fields {
    ($($more:expr),* $(,)?) => {
        &[
            must("version", Kind::Int),
            must("at", Kind::Instant),
            must("by", Kind::Text).or_null(),
            must("what", Kind::Text),
            must("texts_changed", Kind::Flag),
            $($more),*
        ]
    };
}

const REVISION: Shape = Shape { name: "Revision", fields: revision_fields!() };
const REVISION_FULL: Shape = Shape { name: "RevisionFull", fields: revision_fields!(must("episode", Kind::Anything)) };
const REVISIONS: Shape = Shape {
    name: "Revisions",
    fields: &[
        must("revisions", Kind::List(&Kind::Object(&REVISION))),
        must("next", Kind::Int).or_null().note("Send it as before to go on; null at the end."),
    ],
};

const CORRECTION_SENT: Shape = Shape {
    name: "CorrectionDraft",
    fields: &[
        must("texts", Kind::ByLanguage(&Kind::Text)),
        may("chapter_ms", Kind::Int).or_null().note("The start of the chapter it is about."),
        may("amends", Kind::Id("co")).or_null(),
    ],
};

/// A correction in answers.
pub(super) const CORRECTION: Shape = Shape {
    name: "Correction",
    fields: &[
        must("id", Kind::Id("co")),
        must("at", Kind::Instant),
        must("texts", Kind::ByLanguage(&Kind::Text)),
        must("chapter_ms", Kind::Int).or_null(),
        must("amends", Kind::Id("co")).or_null(),
    ],
};

const SHOW_ID: Param = in_path("id", Kind::Id("sh"));
const ITEM_ID: Param = in_path("id", Kind::Id("ri"));
const VERSION: Param = in_path("version", Kind::Int);

const ITEM_EXAMPLE: &str = r#"{"title": "Le pont rouvre", "notes": "Appeler la mairie.", "planned_ms": 210000, "assignee": null,
 "state": "idea", "links": [{"kind": "link", "title": "Un rapport", "url": "https://source.example/"}]}"#;

const fn item_verb(id: &'static str, path: &'static str, body: Body, example: &'static str) -> Op {
    Op { id, path, params: &[ITEM_ID], body, answer: Some(&ITEM), problems: &["check-fields"], example, ..CHANGE }
}

/// The operations of this file.
pub(super) const OPS: &[Op] = &[
    Op { id: "list-ideas", path: "/api/v1/shows/{id}/ideas", params: &[SHOW_ID], answer: Some(&IDEAS), ..READ },
    Op {
        id: "add-idea",
        path: "/api/v1/shows/{id}/ideas",
        params: &[SHOW_ID],
        body: Body::Json(&ITEM_SENT),
        status: 201,
        answer: Some(&ITEM),
        example: ITEM_EXAMPLE,
        ..CHANGE
    },
    Op {
        id: "read-rundown",
        path: "/api/v1/episodes/{id}/rundown",
        params: &[EPISODE_ID],
        answer: Some(&RUNDOWN),
        ..READ
    },
    Op {
        id: "add-rundown-item",
        path: "/api/v1/episodes/{id}/rundown",
        params: &[EPISODE_ID],
        body: Body::Json(&ITEM_SENT),
        status: 201,
        answer: Some(&ITEM),
        example: ITEM_EXAMPLE,
        ..CHANGE
    },
    Op {
        id: "edit-rundown-item",
        method: "PUT",
        path: "/api/v1/rundown-items/{id}",
        params: &[ITEM_ID],
        body: Body::Json(&ITEM_EDIT),
        answer: Some(&ITEM),
        problems: &["item-conflict"],
        example: r#"{"version": 1, "item": {"title": "Le pont rouvre demain"}}"#,
        ..CHANGE
    },
    item_verb("move-rundown-item", "/api/v1/rundown-items/{id}/move", Body::Perhaps(&MOVE), r#"{"place": 0}"#),
    item_verb(
        "take-rundown-item",
        "/api/v1/rundown-items/{id}/take",
        Body::Json(&TAKE),
        r#"{"episode_id": "ep_0000000000001"}"#,
    ),
    item_verb("return-rundown-item", "/api/v1/rundown-items/{id}/return", Body::Nothing, ""),
    item_verb("drop-rundown-item", "/api/v1/rundown-items/{id}/drop", Body::Nothing, ""),
    item_verb("undrop-rundown-item", "/api/v1/rundown-items/{id}/undrop", Body::Nothing, ""),
    Op {
        id: "make-chapters",
        path: "/api/v1/episodes/{id}/rundown/chapters",
        params: &[EPISODE_ID],
        body: Body::Perhaps(&CONFIRM),
        answer: Some(&CHANGED),
        problems: &["rundown-empty", "chapters-by-hand", "edit-conflict"],
        example: r#"{"confirmed": true}"#,
        ..CHANGE
    },
    Op {
        id: "list-revisions",
        path: "/api/v1/episodes/{id}/revisions",
        params: &[EPISODE_ID, in_query("before", Kind::Int, "next of the page before.")],
        answer: Some(&REVISIONS),
        ..READ
    },
    Op {
        id: "read-revision",
        path: "/api/v1/episodes/{id}/revisions/{version}",
        params: &[EPISODE_ID, VERSION],
        answer: Some(&REVISION_FULL),
        ..READ
    },
    Op {
        id: "restore-revision",
        path: "/api/v1/episodes/{id}/revisions/{version}/restore",
        params: &[EPISODE_ID, VERSION],
        answer: Some(&CHANGED),
        problems: &["check-fields", "edit-conflict", "slug-taken"],
        ..CHANGE
    },
    Op {
        id: "add-correction",
        path: "/api/v1/episodes/{id}/corrections",
        params: &[EPISODE_ID],
        body: Body::Json(&CORRECTION_SENT),
        status: 201,
        answer: Some(&CORRECTION),
        problems: &["correction-not-public", "edit-conflict"],
        example: r#"{"texts": {"fr": "Le pont rouvre mardi, non lundi."}, "chapter_ms": null, "amends": null}"#,
        ..CHANGE
    },
];
