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

use super::{answer, body, id, must_token, show};
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

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Move {
    episode_id: Option<String>,
    place: Option<usize>,
}

/// POST `/api/v1/rundown-items/{id}/{verb}`: `move` with `{"place"}`, `take` with `{"episode_id"}`, `return`, `drop`,
/// `undrop`.
pub async fn act_on_item(
    State(app): Web,
    client: Client,
    Path((text, verb)): Path<(String, String)>,
    bytes: Bytes,
) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(ITEM_PREFIX, &text)?;
        let ask: Move = if bytes.is_empty() { Move::default() } else { body(&bytes)? };
        match verb.as_str() {
            "move" => {
                let way = Way::To(ask.place.unwrap_or(0));
                write_tx!(app.db, |tx| uc::move_item(tx, &ctx, wanted, way).await)
            }
            "take" => {
                let episode = id(EPISODE_PREFIX, ask.episode_id.as_deref().unwrap_or_default())?;
                write_tx!(app.db, |tx| uc::place_item(tx, &ctx, wanted, Some(episode)).await)
            }
            "return" => write_tx!(app.db, |tx| uc::place_item(tx, &ctx, wanted, None).await),
            "drop" => write_tx!(app.db, |tx| uc::drop_item(tx, &ctx, wanted, true).await),
            "undrop" => write_tx!(app.db, |tx| uc::drop_item(tx, &ctx, wanted, false).await),
            _ => Err(Refusal::not_found().into()),
        }
    };
    answer(&app, &client, StatusCode::OK, outcome.await.map(|i| item(&i, None)))
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
