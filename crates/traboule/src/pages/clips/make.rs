//! Beginning a clip and sending its video by a form: words, perhaps captions, perhaps the file. With scripts the words go
//! first and the file follows in pieces; without, all of it is one form.

use std::sync::Arc;

use axum::extract::multipart::Field;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::POST_PREFIX;
use community::rules::clip::{Cue, Words};
use community::service::{self as uc, ClipOrder};
use db::{Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, Lang, Refusal, parse_id, show_id};
use serde::Serialize;
use ui::{FormView, Posted};

use super::film::film;
use super::voices::{ensure, own_voices};
use super::{Choice, languages, own, read_cues};
use crate::app::App;
use crate::http::{Client, Web, failure_page, html, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::to_sign_in;

/// The largest file of captions, in bytes.
const MOST_CAPTIONS: usize = 512 * 1024;
/// The longest other field, in bytes.
const MOST_FIELD: usize = 64 * 1024;

#[derive(Serialize)]
struct NewVars {
    voices: Vec<Choice>,
    lang_choices: Vec<Choice>,
    maker: bool,
    join_url: String,
    form: Option<FormView>,
}

/// `/{lang}/clips/new`.
pub async fn show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    page(&app, &client, lang, None, StatusCode::OK).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, form: Option<FormView>, status: StatusCode) -> Response {
    let rendered = async {
        let voices = own_voices(app, client, lang).await?;
        let voices = voices.into_iter().map(|(id, name)| Choice { value: id.to_string(), label: name }).collect();
        let vars = NewVars {
            voices,
            lang_choices: languages(app, lang, ""),
            maker: app.filmer.version().await.is_some(),
            join_url: format!("/{}/join", lang.code()),
            form,
        };
        let head = private_head(app.say(lang, "clip-new-heading"));
        site::render_for(app, client, lang, "clips", "pages/clip_new.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn unreadable() -> Failure {
    Refusal::new(Kind::Invalid, "form-unreadable").into()
}

/// A field held in memory and therefore small.
async fn small(mut field: Field<'_>, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
        if bytes.len() + piece.len() > most {
            return Err(Refusal::invalid("clip-fields").field("captions", "file-too-large").into());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// Reads what is left of a field and forgets it, so that the browser comes to the answer.
pub(super) async fn forget(mut field: Field<'_>) {
    while let Ok(Some(_)) = field.chunk().await {}
}

/// What a form has said so far.
#[derive(Default)]
struct Said {
    stamped: bool,
    fields: Vec<(String, String)>,
    captions: Vec<u8>,
}

impl Said {
    fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    fn order(&self) -> Result<ClipOrder, Failure> {
        let words = Words {
            title: self.get("title").to_owned(),
            body: self.get("body").replace("\r\n", "\n"),
            lang: self.get("lang").to_owned(),
        };
        let cues: Vec<Cue> =
            if self.captions.is_empty() { Vec::new() } else { read_cues(&self.captions, self.get("lang"))? };
        let missing = || Refusal::invalid("clip-fields").field("voice", "clip-voice");
        Ok(ClipOrder { voice: self.get("voice").parse().map_err(|_| missing())?, words, cues })
    }
}

/// What became of a form.
enum Sent {
    /// The clip is begun; whether its video came too.
    Begun(i64, bool),
    /// The clip is begun, but not this file.
    Refused(i64, Refusal),
}

/// POST `/{lang}/clips/new`, multipart: the stamp comes first, the file last.
pub async fn begin(State(app): Web, client: Client, Path(lang): Path<String>, form: Multipart) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let mut said = Said::default();
    match take(&app, &client, form, &mut said).await {
        Ok(Sent::Begun(id, whole)) => {
            let word = if whole { "sent" } else { "begun" };
            redirect(&format!("{}/edit?said={word}", super::clip_path(lang, id)))
        }
        Ok(Sent::Refused(id, refusal)) => {
            own::file_refused(&app, &client, lang, &show_id(POST_PREFIX, id), &refusal).await
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::TooMany) => {
            let posted = Posted::new(said.fields);
            let form = FormView::refused(&posted, &[], &refusal, app.render.texts(), lang);
            page(&app, &client, lang, Some(form), ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn take(app: &Arc<App>, client: &Client, mut form: Multipart, said: &mut Said) -> Result<Sent, Failure> {
    let ctx = client.ctx(app);
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                said.stamped = true;
            }
            _ if !said.stamped => return Err(Refusal::new(Kind::Forbidden, "csrf").into()),
            "captions" => said.captions = small(field, MOST_CAPTIONS).await?,
            "video" => {
                if field.file_name().is_none_or(str::is_empty) {
                    continue;
                }
                let begun = async { begun(app, &ctx, &said.order()?).await };
                let id = match begun.await {
                    Ok(id) => id,
                    Err(failure) => {
                        forget(field).await;
                        return Err(failure);
                    }
                };
                return match film(app, client, &ctx, id, field).await {
                    Ok(()) => Ok(Sent::Begun(id, true)),
                    Err(Failure::Refused(refusal)) => Ok(Sent::Refused(id, refusal)),
                    Err(failure) => Err(failure),
                };
            }
            "voice" | "title" | "body" | "lang" => {
                let text = String::from_utf8_lossy(&small(field, MOST_FIELD).await?).into_owned();
                said.fields.push((name, text));
            }
            _ => {}
        }
    }
    if !said.stamped {
        return Err(Refusal::new(Kind::Forbidden, "csrf").into());
    }
    Ok(Sent::Begun(begun(app, &ctx, &said.order()?).await?, false))
}

async fn begun(app: &App, ctx: &Ctx, order: &ClipOrder) -> Result<i64, Failure> {
    let post = write_tx!(app.db, |tx| {
        ensure(tx, &ctx.actor, order.voice, ctx.now).await?;
        uc::begin_clip(tx, ctx, order, app.clip_rooms).await
    })?;
    Ok(post.id)
}

/// POST `/{lang}/clips/{id}/upload/video|captions`, multipart: the stamp comes before the file.
pub async fn upload(
    State(app): Web,
    client: Client,
    Path((lang, shown, what)): Path<(String, String, String)>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &format!("/{}/clips/{shown}/edit", lang.code()));
    }
    let mut text_lang = String::new();
    let outcome = file(&app, &client, &shown, &what, form, &mut text_lang).await;
    match outcome {
        Ok(said) => redirect(&format!("/{}/clips/{shown}/edit?said={said}&captions={text_lang}", lang.code())),
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::Invalid && what == "captions" => {
            own::captions_refused(&app, &client, lang, &shown, &text_lang, &refusal).await
        }
        Err(Failure::Refused(refusal))
            if matches!(refusal.kind, Kind::Invalid | Kind::Conflict | Kind::TooMany | Kind::Unavailable) =>
        {
            own::file_refused(&app, &client, lang, &shown, &refusal).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn file(
    app: &Arc<App>,
    client: &Client,
    shown: &str,
    what: &str,
    mut form: Multipart,
    text_lang: &mut String,
) -> Result<&'static str, Failure> {
    let id = parse_id(POST_PREFIX, shown).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    let (mut stamped, mut bytes) = (false, Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| unreadable())? {
        match field.name().unwrap_or_default() {
            "csrf" => {
                client.check_stamp(app, &field.text().await.map_err(|_| unreadable())?)?;
                stamped = true;
            }
            "lang" => *text_lang = String::from_utf8_lossy(&small(field, MOST_FIELD).await?).into_owned(),
            "video" if stamped && what == "video" => {
                film(app, client, &ctx, id, field).await?;
                return Ok("sent");
            }
            "captions" if stamped && what == "captions" => bytes = small(field, MOST_CAPTIONS).await?,
            _ => {}
        }
    }
    if !stamped {
        return Err(Refusal::new(Kind::Forbidden, "csrf").into());
    }
    let lang = text_lang.clone();
    // Permission first: nobody learns from the order of the other checks.
    read_tx!(app.db, |tx| uc::own_clip(tx, &ctx.actor, id).await)?;
    match what {
        "captions" => {}
        "video" => return Err(Refusal::invalid("check-fields").field("video", "required").into()),
        _ => return Err(Refusal::not_found().into()),
    }
    let cues = read_cues(&bytes, &lang)?;
    write_tx!(app.db, |tx| uc::set_captions(tx, &ctx, id, &lang, &cues).await)?;
    Ok("captions")
}
