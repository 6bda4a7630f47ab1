//! One's own lists: whom one follows, muted, blocked; each with the way back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::service::follows::{self, VoicePage};
use community::service::members;
use db::{Failure, read_tx};
use jiff::tz::TimeZone;
use kernel::Lang;
use serde::Serialize;

use super::bonds::{self, act_view, voice_id};
use super::page::{RowView, cursor, kind_text, pager};
use super::{OwnLink, Said, own_nav, own_page, own_path, sign_in_first, voice_views};
use crate::app::App;
use crate::http::{Client, Web};
use crate::pages::posts::VoiceView;
use crate::pages::public::{Pager, lang_of, nowhere};

#[derive(Serialize)]
struct Vars {
    own: Vec<OwnLink>,
    heading: String,
    lede: String,
    voices: Vec<RowView>,
    pager: Pager,
    here: String,
    said: Option<String>,
    none_heading: String,
    none_text: String,
}

async fn list(app: Arc<App>, client: Client, lang: String, said: Said, key: &'static str) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let path = own_path(lang, key);
    if client.me.is_none() {
        return sign_in_first(lang, &path);
    }
    let vars = vars(&app, &client, lang, &said, key).await;
    let title = format!("members-list-{key}");
    own_page(&app, &client, lang, ("pages/member_list.html", &title), StatusCode::OK, vars).await
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, said: &Said, key: &'static str) -> Result<Vars, Failure> {
    let (actor, after) = (client.actor(), cursor(said.after.as_deref()));
    let found: (VoicePage, HashMap<i64, VoiceView>) = read_tx!(app.db, |tx| {
        let Some(person) = actor.person() else { return Ok(Default::default()) };
        let Some(me) = members::member_of(tx, person).await? else { return Ok(Default::default()) };
        let page = match key {
            "following" => follows::following(tx, &actor, me.id, after).await?,
            "muted" => follows::muted(tx, &actor, after).await?,
            _ => follows::blocked(tx, &actor, after).await?,
        };
        let ids: Vec<i64> = page.voices.iter().map(|(_, v)| v.id).collect();
        Ok((page, voice_views(tx, (app.render.texts(), &app.links), lang, &ids).await?))
    })?;
    let (page, views) = found;
    let undo = match key {
        "following" => "unfollow",
        "muted" => "unmute",
        _ => "unblock",
    };
    let rows = page.voices.iter().filter_map(|(since, voice)| {
        let view = views.get(&voice.id)?.clone();
        let mut act = act_view(app, lang, &voice_id(voice.kind, voice.id), undo, &view.name);
        if undo == "unfollow" {
            act = act.called(app.say(lang, "members-stop"));
        }
        Some(RowView {
            since: Some(ui::date_long(*since, &TimeZone::UTC, lang)),
            kind_text: kind_text(app, lang, voice.kind),
            act: Some(act),
            voice: view,
        })
    });
    let path = own_path(lang, key);
    Ok(Vars {
        own: own_nav(app, client, lang, key),
        heading: app.say(lang, &format!("members-list-{key}")),
        lede: app.say(lang, &format!("members-list-{key}-lede")),
        voices: rows.collect(),
        pager: pager(&path, after, page.next),
        here: path,
        said: bonds::said(app, client, lang, said).await?,
        none_heading: app.say(lang, &format!("members-list-{key}-none")),
        none_text: app.say(lang, &format!("members-list-{key}-none-text")),
    })
}

/// GET `/{lang}/account/following`.
pub async fn following(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(said): Query<Said>,
) -> Response {
    list(app, client, lang, said, "following").await
}

/// GET `/{lang}/account/muted`.
pub async fn muted(State(app): Web, client: Client, Path(lang): Path<String>, Query(said): Query<Said>) -> Response {
    list(app, client, lang, said, "muted").await
}

/// GET `/{lang}/account/blocked`.
pub async fn blocked(State(app): Web, client: Client, Path(lang): Path<String>, Query(said): Query<Said>) -> Response {
    list(app, client, lang, said, "blocked").await
}
