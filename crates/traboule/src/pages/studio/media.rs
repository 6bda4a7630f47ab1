//! The media of the person's organisations: pictures with where each is used and what it shows, sounds, sizes in total.
//! Sound is sent on an episode's page; here it is listed.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, IMAGE_PREFIX, SHOW_PREFIX};
use publish::service::{self as uc, Picture, Sound, Totals};
use publish::web::Links;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::frame::{self, Choice, editor_orgs, orgs, title_of};
use super::{RailEntry, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::uploads;

/// How many pictures one form sends.
const MOST_FILES: usize = 12;

/// Which media, of which organisation, from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MediaQuery {
    kind: String,
    org: String,
    before: Option<i64>,
    said: Option<String>,
}

#[derive(Serialize)]
struct UseView {
    label: String,
    url: String,
}

#[derive(Serialize)]
struct PictureRow {
    id: String,
    src: String,
    width: i64,
    height: i64,
    size: String,
    alt_fr: String,
    alt_en: String,
    uses: Vec<UseView>,
}

#[derive(Serialize)]
struct SoundRow {
    title: String,
    url: String,
    show: String,
    duration: String,
    size: String,
    kind: String,
}

#[derive(Serialize)]
struct MediaVars {
    rail: Vec<RailEntry>,
    kind: &'static str,
    org: String,
    orgs: Vec<Choice>,
    can_edit: bool,
    pictures: Vec<PictureRow>,
    sounds: Vec<SoundRow>,
    pictures_text: String,
    sounds_text: String,
    pager: Pager,
    editing: String,
    form: Option<FormView>,
    said: Option<String>,
}

/// `/{lang}/studio/media`.
pub async fn library(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<MediaQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    show_library(&app, &client, lang, &query, String::new(), None, StatusCode::OK).await
}

async fn show_library(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &MediaQuery,
    editing: String,
    form: Option<FormView>,
    status: StatusCode,
) -> Response {
    let vars = media_vars(app, client, lang, query, editing, form).await;
    let title = app.say(lang, "sites-media");
    frame::page(app, client, lang, status, "pages/studio_media.html", title, vars).await
}

/// The organisation asked for; without a word the first the person is in.
fn org_of(client: &Client, text: &str) -> Result<OrgId, Refusal> {
    let mine = orgs(client);
    match text.parse().ok().map(OrgId) {
        Some(org) if mine.contains(&org) => Ok(org),
        Some(_) => Err(Refusal::not_found()),
        None => mine.first().copied().ok_or_else(Refusal::not_found),
    }
}

async fn media_vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    query: &MediaQuery,
    editing: String,
    form: Option<FormView>,
) -> Result<MediaVars, Failure> {
    let (actor, org, before) = (client.actor(), org_of(client, &query.org)?, query.before);
    let sounding = query.kind == "sounds";
    let titles = titles(app, client, lang, org).await?;
    let (mut pictures, mut sounds) = (Vec::new(), Vec::new());
    let (next, totals): (Option<i64>, Totals) = if sounding {
        let page = read_tx!(app.db, |tx| uc::sounds(tx, &actor, org, before).await)?;
        sounds = page.rows.iter().map(|s| sound_row(lang, &titles, s)).collect();
        (page.next, page.totals)
    } else {
        let page = read_tx!(app.db, |tx| uc::pictures(tx, &actor, org, before).await)?;
        pictures = page.rows.iter().map(|p| picture_row(app, lang, &titles, p)).collect();
        (page.next, page.totals)
    };
    let total = |key: &str, count: i64, bytes: i64| {
        let args = [("count", count.into()), ("size", ui::bytes_text(bytes, lang).into())];
        app.render.texts().text(lang, key, &args)
    };
    let all = read_tx!(app.db, |tx| accounts::service::list_orgs(tx).await)?;
    let mine = orgs(client);
    let path = format!("/{}/studio/media?kind={}&org={}", lang.code(), if sounding { "sounds" } else { "" }, org.0);
    Ok(MediaVars {
        rail: rail(app, lang, "studio/media"),
        kind: if sounding { "sounds" } else { "pictures" },
        org: org.0.to_string(),
        orgs: all
            .into_iter()
            .filter(|o| mine.contains(&o.id))
            .map(|o| Choice::new(o.id.0.to_string(), o.name))
            .collect(),
        can_edit: editor_orgs(client).is_ok_and(|list| list.contains(&org)),
        pictures,
        sounds,
        pictures_text: total("sites-pictures-total", totals.pictures, totals.picture_bytes),
        sounds_text: total("sites-sounds-total", totals.sounds, totals.sound_bytes),
        pager: Pager {
            newer_url: before.map(|_| path.clone()),
            older_url: next.map(|id| format!("{path}&before={id}")),
            text: String::new(),
        },
        editing,
        form,
        said: frame::said(app, lang, query.said.as_deref()),
    })
}

async fn titles(app: &Arc<App>, client: &Client, lang: Lang, org: OrgId) -> Result<HashMap<i64, String>, Failure> {
    let actor = client.actor();
    let shows = read_tx!(app.db, |tx| uc::list_shows(tx, &actor, org).await)?;
    Ok(shows.iter().map(|s| (s.id, title_of(s, lang))).collect())
}

fn picture_row(app: &App, lang: Lang, titles: &HashMap<i64, String>, picture: &Picture) -> PictureRow {
    let place = |used: &uc::Use| {
        let title = titles.get(&used.show).cloned().unwrap_or_default();
        let args = [("show", title.into())];
        let label = app.render.texts().text(lang, &format!("sites-use-{}", used.kind), &args);
        let url = match used.episode {
            Some(episode) => format!("/{}/studio/episodes/{}", lang.code(), show_id(EPISODE_PREFIX, episode)),
            None => format!("/{}/studio/shows/{}", lang.code(), show_id(SHOW_PREFIX, used.show)),
        };
        UseView { label, url }
    };
    PictureRow {
        id: show_id(IMAGE_PREFIX, picture.image.id),
        src: Links::image(&picture.image, "small"),
        width: picture.image.width,
        height: picture.image.height,
        size: if picture.size > 0 { ui::bytes_text(picture.size, lang) } else { String::new() },
        alt_fr: picture.alt_fr.clone(),
        alt_en: picture.alt_en.clone(),
        uses: picture.uses.iter().map(place).collect(),
    }
}

fn sound_row(lang: Lang, titles: &HashMap<i64, String>, sound: &Sound) -> SoundRow {
    SoundRow {
        title: sound.title.clone(),
        url: format!("/{}/studio/episodes/{}", lang.code(), show_id(EPISODE_PREFIX, sound.episode)),
        show: titles.get(&sound.show).cloned().unwrap_or_default(),
        duration: sound.duration_ms.map(|ms| ui::timecode(ms + 500)).unwrap_or_default(),
        size: ui::bytes_text(sound.size, lang),
        kind: if sound.mime == "audio/mpeg" { "MP3".to_owned() } else { "M4A".to_owned() },
    }
}

/// POST `/{lang}/studio/media/{id}/{verb}`: describe, remove.
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
    let query = MediaQuery {
        org: posted.get("org").to_owned(),
        before: posted.get("before").parse().ok(),
        ..MediaQuery::default()
    };
    match done(&app, &client, &id, &verb, &posted).await {
        Ok(said) => redirect(&format!("/{}/studio/media?org={}&said={said}", lang.code(), query.org)),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            show_library(&app, &client, lang, &query, id, Some(form), ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, id: &str, verb: &str, posted: &Posted) -> Result<&'static str, Failure> {
    let id = parse_id(IMAGE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match verb {
        "describe" => {
            let (fr, en) = (posted.get("alt_fr"), posted.get("alt_en"));
            write_tx!(app.db, |tx| uc::describe_picture(tx, &ctx, id, fr, en).await)?;
            Ok("picture-described")
        }
        "remove" => {
            write_tx!(app.db, |tx| uc::remove_picture(tx, &ctx, id).await)?;
            Ok("picture-removed")
        }
        _ => Err(Refusal::not_found().into()),
    }
}

/// POST `/{lang}/studio/media/upload`, multipart: several pictures at once.
pub async fn upload(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<MediaQuery>,
    form: Multipart,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    match take(&app, &client, &query, form).await {
        Ok(org) => redirect(&format!("/{}/studio/media?org={}&said=pictures-added", lang.code(), org.0)),
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::Invalid => {
            let posted = Posted::new(Vec::new());
            let form = FormView::refused(&posted, &[], &refusal, app.render.texts(), lang);
            show_library(&app, &client, lang, &query, String::new(), Some(form), ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn take(app: &Arc<App>, client: &Client, query: &MediaQuery, form: Multipart) -> Result<OrgId, Failure> {
    // Permission before the bytes.
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
    }
    let org = org_of(client, &query.org)?;
    if !editor_orgs(client)?.contains(&org) {
        return Err(Refusal::forbidden().into());
    }
    let files = uploads::picture_files(app, client, form, "pictures", MOST_FILES).await?;
    if files.is_empty() {
        return Err(Refusal::invalid("check-fields").field("pictures", "required").into());
    }
    let ctx = client.ctx(app);
    for file in &files {
        write_tx!(app.db, |tx| uc::add_image(tx, &ctx, org, file).await)?;
    }
    Ok(org)
}
