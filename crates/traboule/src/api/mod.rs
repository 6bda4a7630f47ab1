//! The JSON API `/api/v1`: reading what is public, and with a token creating, editing and publishing episodes. Errors
//! are problem+json with stable codes; ids are shown ids; lists continue by keyset cursor.

pub mod checks;
mod show;

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::{Failure, read_tx, write_tx};
use futures_util::StreamExt;
use kernel::{Actor, At, Kind, OrgId, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, SHOW_PREFIX};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::service::{self as uc, When};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::public::After;
use crate::pages::sign_in::problem;
use crate::pages::uploads::{self, Scratch};

/// An answer, or a problem.
fn answer(app: &App, client: &Client, status: StatusCode, outcome: Result<Value, Failure>) -> Response {
    match outcome {
        Ok(value) => (status, [(header::CACHE_CONTROL, "no-cache")], Json(value)).into_response(),
        Err(failure) => problem(app, client, &failure),
    }
}

/// A change needs a token: browsers' sessions change things through pages.
fn must_token(client: &Client) -> Result<(), Refusal> {
    if client.is_token() { Ok(()) } else { Err(Refusal::new(Kind::SignIn, "token-needed")) }
}

fn id(prefix: &str, text: &str) -> Result<i64, Refusal> {
    parse_id(prefix, text).ok_or_else(Refusal::not_found)
}

/// A JSON body, or a refusal that says where it does not read.
fn body<T: for<'de> Deserialize<'de>>(bytes: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|e| Refusal::invalid("json-unreadable").with("why", e.to_string()))
}

/// GET `/api/v1/shows`.
pub async fn shows(State(app): Web, client: Client) -> Response {
    let outcome = read_tx!(app.db, |tx| uc::public_shows(tx).await);
    let value = outcome.map(|list| json!({"shows": list.iter().map(|s| show::show(&app, s)).collect::<Vec<_>>()}));
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/shows`.
pub async fn create_show(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let draft: ShowDraft = body(&bytes)?;
        let org = token_org(&ctx.actor);
        let base = app.links.feed_base();
        write_tx!(app.db, |tx| uc::create_show(tx, &ctx, org, draft.clone(), &base).await)
    };
    let value = outcome.await.map(|s| show::show(&app, &s));
    answer(&app, &client, StatusCode::CREATED, value)
}

/// GET `/api/v1/shows/{id}/episodes`: public episodes, newest first.
pub async fn episodes(
    State(app): Web,
    client: Client,
    Path(text): Path<String>,
    Query(after): Query<After>,
) -> Response {
    let now = app.now();
    let outcome = async {
        let wanted = id(SHOW_PREFIX, &text)?;
        let list = read_tx!(app.db, |tx| uc::public_shows(tx).await)?;
        let found = list.into_iter().find(|s| s.id == wanted).ok_or_else(Refusal::not_found)?;
        read_tx!(app.db, |tx| uc::show_page(tx, &found.slug, now, after.cursor()).await)
    };
    let value = outcome.await.map(|page| {
        let rows: Vec<Value> = page.episodes.iter().map(|e| show::episode(&app, &page.show, e)).collect();
        json!({"episodes": rows, "next": page.next.map(|(at, id)| format!("{}.{id}", at.micros()))})
    });
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/shows/{id}/episodes`.
pub async fn create_episode(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(SHOW_PREFIX, &text)?;
        let draft: EpisodeDraft = body(&bytes)?;
        write_tx!(app.db, |tx| uc::create_episode(tx, &ctx, wanted, draft.clone()).await)
    };
    let value = outcome
        .await
        .map(|e| json!({"id": show_id(EPISODE_PREFIX, e.id), "guid": e.guid, "slug": e.slug, "version": e.version}));
    answer(&app, &client, StatusCode::CREATED, value)
}

/// GET `/api/v1/episodes/{id}`: for anybody when public, for a token of its team in any state.
pub async fn episode(State(app): Web, client: Client, Path(text): Path<String>) -> Response {
    let (now, actor) = (app.now(), client.actor());
    let outcome = async {
        let wanted = id(EPISODE_PREFIX, &text)?;
        let public = read_tx!(app.db, |tx| uc::public_episode(tx, wanted, now).await);
        match public {
            Err(Failure::Refused(_)) if client.is_token() => {
                read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, wanted).await)
            }
            other => other,
        }
    };
    let value = outcome.await.map(|(s, full)| show::full(&app, &s, &full));
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Deserialize)]
struct Edit {
    version: i64,
    episode: EpisodeDraft,
}

/// PUT `/api/v1/episodes/{id}` with `{"version", "episode"}`.
pub async fn edit_episode(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let edit: Edit = body(&bytes)?;
        write_tx!(app.db, |tx| uc::edit_episode(tx, &ctx, wanted, edit.version, edit.episode.clone()).await)
    };
    let value =
        outcome.await.map(|e| json!({"id": show_id(EPISODE_PREFIX, e.id), "slug": e.slug, "version": e.version}));
    answer(&app, &client, StatusCode::OK, value)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Schedule {
    at: Option<String>,
    date: Option<String>,
    time: Option<String>,
}

impl Schedule {
    fn when(self) -> Result<When, Refusal> {
        match (self.at, self.date, self.time) {
            (None, None, None) => Ok(When::Now),
            (Some(at), None, None) => {
                let bad = || Refusal::invalid("check-fields").field("at", "date-malformed");
                At::parse_rfc3339(&at).map(When::At).ok_or_else(bad)
            }
            (None, date, time) => Ok(When::WallClock(date.unwrap_or_default(), time.unwrap_or_default())),
            _ => Err(Refusal::invalid("check-fields").field("at", "date-malformed")),
        }
    }
}

/// POST `/api/v1/episodes/{id}/schedule|unpublish|draft`.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((text, verb)): Path<(String, String)>,
    bytes: Bytes,
) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        match verb.as_str() {
            "schedule" => {
                let ask: Schedule = if bytes.is_empty() { Schedule::default() } else { body(&bytes)? };
                let when = ask.when()?;
                let (episode, _) = write_tx!(app.db, |tx| uc::schedule(tx, &ctx, wanted, when.clone()).await)?;
                app.worker.wake();
                Ok(episode)
            }
            "unpublish" => write_tx!(app.db, |tx| uc::unpublish(tx, &ctx, wanted).await),
            "draft" => write_tx!(app.db, |tx| uc::back_to_draft(tx, &ctx, wanted).await),
            _ => Err(Refusal::not_found().into()),
        }
    };
    let value = outcome.await.map(|e| show::state(&e, app.now()));
    answer(&app, &client, StatusCode::OK, value)
}

/// PUT `/api/v1/episodes/{id}/audio`: the bytes of an MP3 or M4A.
pub async fn put_audio(State(app): Web, client: Client, Path(text): Path<String>, sent: Body) -> Response {
    let outcome = take_audio(&app, &client, &text, sent).await;
    answer(&app, &client, StatusCode::OK, outcome)
}

async fn take_audio(app: &Arc<App>, client: &Client, text: &str, sent: Body) -> Result<Value, Failure> {
    must_token(client)?;
    let wanted = id(EPISODE_PREFIX, text)?;
    let ctx = client.ctx(app);
    uploads::may_send(app, &ctx.actor, wanted).await?;
    let broken = |e: std::io::Error| Failure::Broken(e.to_string());
    let scratch = Scratch::new(app).map_err(broken)?;
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(broken)?;
    let mut pieces = sent.into_data_stream();
    let mut size: u64 = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|e| Failure::Broken(e.to_string()))?;
        size += piece.len() as u64;
        if size > uploads::MOST_AUDIO {
            return Err(Refusal::invalid("check-fields").field("audio", "file-too-large").into());
        }
        file.write_all(&piece).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    let episode = uploads::store_audio(app, &ctx, wanted, scratch.0.clone(), String::new()).await?;
    let audio = episode.audio.as_ref();
    Ok(
        json!({"size": audio.map(|a| a.size), "mime": audio.map(|a| a.mime.clone()), "duration_ms": audio.and_then(|a| a.duration_ms)}),
    )
}

/// PUT `/api/v1/episodes/{id}/cover`: the bytes of a JPEG or PNG.
pub async fn put_cover(State(app): Web, client: Client, Path(text): Path<String>, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        uploads::may_send(&app, &ctx.actor, wanted).await?;
        let file = uploads::store_picture(&app, bytes).await?;
        write_tx!(app.db, |tx| uc::set_episode_cover(tx, &ctx, wanted, &file).await)
    };
    let value = outcome.await.map(|image| json!({"width": image.width, "height": image.height}));
    answer(&app, &client, StatusCode::OK, value)
}

/// POST `/api/v1/images`: the bytes of a JPEG or PNG, for the chapters of episodes of the token's organisation.
pub async fn add_image(State(app): Web, client: Client, bytes: Bytes) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let org = token_org(&ctx.actor);
        // Permission before the work of reading the picture.
        if !ctx.actor.may(org, &[kernel::Role::Editor]) {
            return Err(Refusal::forbidden().into());
        }
        let file = uploads::store_picture(&app, bytes).await?;
        write_tx!(app.db, |tx| uc::add_image(tx, &ctx, org, &file).await)
    };
    let shown = |id| show_id(publish::model::IMAGE_PREFIX, id);
    let value = outcome.await.map(|image| json!({"id": shown(image.id), "width": image.width, "height": image.height}));
    answer(&app, &client, StatusCode::CREATED, value)
}

/// The organisation a token works in; nobody else has one.
fn token_org(actor: &Actor) -> OrgId {
    match actor {
        Actor::Token { org, .. } => *org,
        _ => OrgId(0),
    }
}

/// PUT `/api/v1/episodes/{id}/transcripts/{lang}`: WebVTT, SRT or plain text.
pub async fn put_transcript(
    State(app): Web,
    client: Client,
    Path((text, lang)): Path<(String, String)>,
    bytes: Bytes,
) -> Response {
    let ctx = client.ctx(&app);
    let outcome = async {
        must_token(&client)?;
        let wanted = id(EPISODE_PREFIX, &text)?;
        let source = String::from_utf8_lossy(&bytes).into_owned();
        write_tx!(app.db, |tx| uc::attach_transcript(tx, &ctx, wanted, &lang, &source, true).await)
    };
    let value = outcome.await.map(|cues| json!({"cues": cues}));
    answer(&app, &client, StatusCode::OK, value)
}
