//! Import as a page: choose a feed or a WordPress export, see the rehearsal before anything is written, import exactly
//! that, undo it while nobody worked on it. Without script.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, Refusal, Role, parse_id, show_id};
use publish::model::{REHEARSAL_PREFIX, Rehearsal, SHOW_PREFIX};
use publish::service::rehearse::{self, RunChoice};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use ui::{FormView, Posted};

use super::import_view;
use super::to_sign_in;
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::imports::{self, Into, MOST_BYTES};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::uploads::Scratch;

/// The organisation the signed-in person publishes for.
pub(super) fn own_org(client: &Client) -> Result<OrgId, Refusal> {
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let actor = client.actor();
    let found = me.roles.iter().map(|(org, _)| *org).find(|org| actor.may(*org, &[Role::Editor]));
    found.ok_or_else(Refusal::forbidden)
}

/// `/{lang}/studio/import`.
pub async fn start(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    start_page(&app, &client, lang, None, StatusCode::OK).await
}

async fn start_page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    form: Option<FormView>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let org = own_org(client)?;
        let vars = import_view::start(app, client, lang, org, form).await?;
        let head = private_head(app.say(lang, "imports-heading"));
        let path = format!("/{}/studio/import", lang.code());
        site::render(app, lang, &path, "", "pages/import.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The answer to a choice: the rehearsal, or the start page with what is wrong.
async fn chosen(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    posted: &Posted,
    outcome: Result<Rehearsal, Failure>,
) -> Response {
    match outcome {
        Ok(row) => redirect(&format!("/{}/studio/import/{}", lang.code(), show_id(REHEARSAL_PREFIX, row.id))),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict | Kind::TooMany) => {
            let form = FormView::refused(posted, &["csrf"], &refusal, app.render.texts(), lang);
            start_page(app, client, lang, Some(form), ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn into(org: OrgId, show: &str) -> Result<Into, Refusal> {
    if show.is_empty() {
        return Ok(Into { org, show: None });
    }
    let unknown = || Refusal::invalid("check-fields").field("show", "unknown");
    Ok(Into { org, show: Some(parse_id(SHOW_PREFIX, show).ok_or_else(unknown)?) })
}

/// POST `/{lang}/studio/import/address`.
pub async fn by_address(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let outcome = async {
        let into = into(own_org(&client)?, posted.get("show"))?;
        imports::from_address(&app, &client.ctx(&app), into, posted.get("address")).await
    };
    let outcome = outcome.await;
    chosen(&app, &client, lang, &posted, outcome).await
}

/// POST `/{lang}/studio/import/file`, multipart: the stamp and the show come before the file.
pub async fn by_file(State(app): Web, client: Client, Path(lang): Path<String>, form: Multipart) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let mut show = String::new();
    let outcome = received(&app, &client, form, &mut show).await;
    let posted = Posted::new(vec![("file_show".to_owned(), show)]);
    chosen(&app, &client, lang, &posted, outcome).await
}

async fn received(app: &App, client: &Client, mut form: Multipart, show: &mut String) -> Result<Rehearsal, Failure> {
    let org = own_org(client)?;
    let ctx = client.ctx(app);
    let mut stamped = false;
    let unreadable = || Refusal::new(Kind::Invalid, "form-unreadable");
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            "show" => *show = field.text().await.map_err(|_| unreadable())?,
            "source" if stamped => {
                let into = into(org, show)?;
                imports::may(app, &ctx, into)?;
                let name = line_of(field.file_name().unwrap_or_default());
                let scratch = Scratch::new(app).map_err(Failure::broken)?;
                write(field, &scratch).await?;
                return imports::kept(app, &ctx, into, &name, None, &scratch).await;
            }
            _ => {}
        }
    }
    Err(if stamped { unreadable() } else { Refusal::new(Kind::Forbidden, "csrf") }.into())
}

fn line_of(name: &str) -> String {
    let name: String = kernel::line(name).chars().take(200).collect();
    if name.is_empty() { "—".to_owned() } else { name }
}

async fn write(mut field: axum::extract::multipart::Field<'_>, scratch: &Scratch) -> Result<(), Failure> {
    let refuse = |code: &'static str| Refusal::invalid("check-fields").field("source", code);
    let mut file = tokio::fs::File::create(&scratch.0).await.map_err(Failure::broken)?;
    let mut size: u64 = 0;
    while let Some(piece) = field.chunk().await.map_err(|_| refuse("file-too-large"))? {
        size += piece.len() as u64;
        if size > MOST_BYTES {
            return Err(refuse("file-too-large").into());
        }
        file.write_all(&piece).await.map_err(Failure::broken)?;
    }
    file.flush().await.map_err(Failure::broken)?;
    if size == 0 { Err(refuse("required").into()) } else { Ok(()) }
}

/// Where in the list of items, and what the last action has to say.
#[derive(Debug, Default, Deserialize)]
pub struct OneQuery {
    pub(super) from: Option<usize>,
    pub(super) said: Option<String>,
}

/// `/{lang}/studio/import/{id}`: the rehearsal, and once it was run the result.
pub async fn one(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<OneQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    one_page(&app, &client, lang, &id, query, None, StatusCode::OK).await
}

async fn one_page(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    query: OneQuery,
    form: Option<FormView>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let id = parse_id(REHEARSAL_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let row = read_tx!(app.db, |tx| rehearse::get(tx, &actor, id).await)?;
        let vars = import_view::one(app, lang, &row, query, form).await?;
        let key = if row.ran_at.is_some() { "imports-result-heading" } else { "imports-rehearsal-heading" };
        let head = private_head(app.say(lang, key));
        let path = format!("/{}/studio/import/{}", lang.code(), show_id(REHEARSAL_PREFIX, row.id));
        site::render(app, lang, &path, "", "pages/import_one.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// POST `/{lang}/studio/import/{id}/run|forget|undo`.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, id, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match done(&app, &client, &id, &verb, &posted).await {
        Ok(Some(said)) => redirect(&format!("/{}/studio/import/{id}?said={said}", lang.code())),
        Ok(None) => redirect(&format!("/{}/studio/import", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let status = ui::status(refusal.kind);
            if refusal.code == "rehearsal-gone" {
                return error_page(&app, &client, lang, &refusal).await;
            }
            one_page(&app, &client, lang, &id, OneQuery::default(), Some(form), status).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    id: &str,
    verb: &str,
    posted: &Posted,
) -> Result<Option<&'static str>, Failure> {
    let id = parse_id(REHEARSAL_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match verb {
        "run" => {
            let choice = RunChoice {
                digest: posted.get("digest").to_owned(),
                download: posted.get("download") == "on",
                owner: posted.get("mine") == "on",
            };
            imports::run(app, &ctx, id, choice).await?;
            Ok(Some("imported"))
        }
        "forget" => {
            imports::forget(app, &ctx, id).await?;
            Ok(None)
        }
        "undo" => {
            write_tx!(app.db, |tx| crate::adopt::undo(tx, &ctx, id).await)?;
            Ok(Some("undone"))
        }
        _ => Err(Refusal::not_found().into()),
    }
}
