//! The history of an episode: who changed what and when, the difference between two versions, putting one back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Lang, PersonId, Refusal, parse_id};
use publish::model::{EPISODE_PREFIX, Revision};
use publish::rules::diff::{Piece, pieces};
use publish::rules::{merge, schedule};
use publish::service as uc;
use serde::{Deserialize, Serialize};
use ui::Stamp;

use super::collide::{field_name, field_text};
use super::{EpisodeTop, names, to_sign_in, top};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

#[derive(Serialize)]
struct RevisionRow {
    version: i64,
    what: String,
    who: String,
    when: Stamp,
    has_body: bool,
    current: bool,
    diff_url: String,
}

#[derive(Serialize)]
struct FieldDiff {
    name: String,
    pieces: Vec<Piece>,
}

#[derive(Serialize)]
struct DiffView {
    from: i64,
    to: i64,
    fields: Vec<FieldDiff>,
}

#[derive(Serialize)]
struct Vars {
    #[serde(flatten)]
    top: EpisodeTop,
    revisions: Vec<RevisionRow>,
    diff: Option<DiffView>,
    can_restore: bool,
    pager: Pager,
    said: Option<String>,
}

/// Which page of the history, and which two versions are compared.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct HistoryQuery {
    before: Option<i64>,
    from: Option<i64>,
    to: Option<i64>,
    said: Option<String>,
}

/// `/{lang}/studio/episodes/{id}/history`.
pub async fn history(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<HistoryQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let vars = vars(&app, &client, lang, &id, &query).await?;
        let head = private_head(format!("{} · {}", app.say(lang, "editor-tab-history"), vars.top.ep.title));
        site::render(&app, lang, &client.path, "", "pages/studio_history.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn vars(app: &Arc<App>, client: &Client, lang: Lang, id: &str, query: &HistoryQuery) -> Result<Vars, Failure> {
    let number = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, full, (list, next)) = read_tx!(app.db, |tx| {
        let (show, full) = uc::desk_episode(tx, &actor, number).await?;
        Ok((show, full, uc::revisions(tx, &actor, number, query.before).await?))
    })?;
    let people = names(app, client, show.org).await?;
    let zone = schedule::zone(&show.time_zone)?;
    let path = format!("/{}/studio/episodes/{id}/history", lang.code());
    let diff = match (query.from, query.to) {
        (Some(from), Some(to)) => Some(diff(app, client, lang, number, from, to).await?),
        _ => None,
    };
    let rows = list.iter().enumerate().map(|(at, r)| {
        let before = list.get(at + 1).map_or(r.version - 1, |r| r.version);
        RevisionRow {
            version: r.version,
            what: what(app, lang, r),
            who: who(app, lang, r, &people),
            when: super::moment(r.at, &zone, lang, app.now()),
            has_body: r.has_body && at + 1 < list.len(),
            current: r.version == full.episode.version,
            diff_url: format!("{path}?from={before}&to={}#diff", r.version),
        }
    });
    let said = query.said.as_deref().filter(|s| app.render.texts().has(lang, &format!("editor-said-{s}")));
    Ok(Vars {
        revisions: rows.collect(),
        diff,
        can_restore: actor.may(show.org, &[kernel::Role::Editor]),
        pager: Pager {
            newer_url: query.before.map(|_| path.clone()),
            older_url: next.map(|v| format!("{path}?before={v}")),
            text: String::new(),
        },
        said: said.map(|s| app.say(lang, &format!("editor-said-{s}"))),
        top: top(app, lang, &show, &full.episode, "history"),
    })
}

fn what(app: &App, lang: Lang, revision: &Revision) -> String {
    let key = format!("editor-what-{}", revision.what);
    if app.render.texts().has(lang, &key) { app.say(lang, &key) } else { revision.what.clone() }
}

fn who(app: &App, lang: Lang, revision: &Revision, people: &HashMap<PersonId, String>) -> String {
    match revision.by {
        Some(person) => people.get(&person).cloned().unwrap_or_else(|| app.say(lang, "editor-somebody")),
        None => app.say(lang, "editor-system"),
    }
}

async fn diff(app: &App, client: &Client, lang: Lang, id: i64, from: i64, to: i64) -> Result<DiffView, Failure> {
    let actor = client.actor();
    let (before, after) = read_tx!(app.db, |tx| {
        let before = uc::revision(tx, &actor, id, from).await?;
        Ok((before.1, uc::revision(tx, &actor, id, to).await?.1))
    })?;
    let fields = merge::differences(&before, &after).into_iter().map(|d| FieldDiff {
        name: field_name(app, lang, &d.field),
        pieces: pieces(
            &field_text(app, lang, &d.field, d.before.as_ref()),
            &field_text(app, lang, &d.field, d.after.as_ref()),
        ),
    });
    Ok(DiffView { from, to, fields: fields.collect() })
}

/// POST `/{lang}/studio/episodes/{id}/history/restore`: puts a version back, or only its chapters.
pub async fn restore(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let chapters_only = posted.get("part") == "chapters";
    let outcome = async {
        let number = parse_id(EPISODE_PREFIX, &id).ok_or_else(Refusal::not_found)?;
        let ctx = client.ctx(&app);
        let version = posted.get("version").parse().unwrap_or(0);
        write_tx!(app.db, |tx| uc::restore(tx, &ctx, number, version, chapters_only).await)
    };
    let base = format!("/{}/studio/episodes/{id}", lang.code());
    match outcome.await {
        Ok(_) if chapters_only => redirect(&format!("{base}/rundown?said=chapters-back#chapters")),
        Ok(_) => redirect(&format!("{base}/history?said=restored")),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}
