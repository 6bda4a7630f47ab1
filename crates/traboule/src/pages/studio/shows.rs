//! Shows in the studio: the list, a new one, and a new episode of one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, OrgId, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, EpisodeText, SHOW_PREFIX, Show, ShowKind, ShowText};
use publish::rules::check::{EpisodeDraft, ShowDraft};
use publish::rules::lint::CATEGORIES;
use publish::service as uc;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::frame::{self, After, Choice, editor_orgs, orgs, title_of};
use super::{RailEntry, language_name, rail, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};

/// Languages the form offers; the API takes any.
pub(super) const LANGUAGES: [&str; 5] = ["fr", "en", "de", "es", "it"];

#[derive(Serialize)]
struct ShowLine {
    title: String,
    tagline: String,
    url: String,
    site_url: String,
    feed_url: String,
    zone: String,
    cover: Option<String>,
    host: String,
}

#[derive(Serialize)]
struct ShowsVars {
    rail: Vec<RailEntry>,
    shows: Vec<ShowLine>,
    can_edit: bool,
    said: Option<String>,
}

/// `/{lang}/studio/shows`.
pub async fn list(State(app): Web, client: Client, Path(lang): Path<String>, Query(after): Query<After>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let vars = shows_vars(&app, &client, lang, after.said.as_deref()).await;
    let title = app.say(lang, "sites-shows");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_shows.html", title, vars).await
}

async fn shows_vars(app: &Arc<App>, client: &Client, lang: Lang, said: Option<&str>) -> Result<ShowsVars, Failure> {
    let actor = client.actor();
    let mut lines = Vec::new();
    for org in orgs(client) {
        for show in read_tx!(app.db, |tx| uc::list_shows(tx, &actor, org).await)? {
            let links = app.links.of(&show);
            lines.push(ShowLine {
                title: title_of(&show, lang),
                tagline: show.text(lang.code()).1.tagline.clone(),
                url: format!("/{}/studio/shows/{}", lang.code(), show_id(SHOW_PREFIX, show.id)),
                site_url: links.absolute(&publish::web::Links::show(lang, &show.slug)),
                feed_url: links.feed(&show.slug),
                zone: show.time_zone.clone(),
                cover: show.cover.as_ref().map(|i| publish::web::Links::image(i, "small")),
                host: show.host.clone().unwrap_or_default(),
            });
        }
    }
    Ok(ShowsVars {
        rail: rail(app, lang, "studio/shows"),
        shows: lines,
        can_edit: editor_orgs(client).is_ok(),
        said: frame::said(app, lang, said),
    })
}

#[derive(Serialize)]
struct NewShowVars {
    rail: Vec<RailEntry>,
    orgs: Vec<Choice>,
    languages: Vec<Choice>,
    kinds: Vec<Choice>,
    categories: Vec<Choice>,
    zones: Vec<String>,
    explicit: bool,
    form: Option<FormView>,
}

/// Every name of the zone database the server has.
pub(super) fn zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|n| n.to_string()).collect();
    names.retain(|n| n.contains('/') && !n.starts_with("posix/") && !n.starts_with("right/"));
    names.sort_unstable();
    names
}

/// Apple's categories as choices: `News/Daily News`.
pub(super) fn categories(app: &App, lang: Lang, current: &[(String, Option<String>)]) -> Vec<Choice> {
    let mut all = vec![Choice::new("", app.say(lang, "sites-category-none"))];
    for (main, subs) in CATEGORIES {
        all.push(Choice::new(*main, *main));
        all.extend(subs.iter().map(|sub| Choice::new(format!("{main}/{sub}"), format!("{main} › {sub}"))));
    }
    // An imported show may have words of its own: they stay until somebody chooses others.
    for (main, sub) in current {
        let value = category_value(main, sub.as_deref());
        if !all.iter().any(|c| c.value == value) {
            all.push(Choice::new(value.clone(), value));
        }
    }
    all
}

pub(super) fn category_value(main: &str, sub: Option<&str>) -> String {
    sub.map_or_else(|| main.to_owned(), |sub| format!("{main}/{sub}"))
}

/// The categories a form names, the first first.
pub(super) fn posted_categories(posted: &Posted) -> Vec<(String, Option<String>)> {
    let named = ["category", "category_2"].map(|name| posted.get(name)).into_iter().filter(|v| !v.is_empty());
    named.map(|v| v.split_once('/').map_or((v.to_owned(), None), |(a, b)| (a.to_owned(), Some(b.to_owned())))).collect()
}

pub(super) fn kinds(app: &App, lang: Lang) -> Vec<Choice> {
    [ShowKind::Episodic, ShowKind::Serial]
        .map(|k| Choice::new(k.code(), app.say(lang, &format!("sites-kind-{}", k.code()))))
        .to_vec()
}

pub(super) fn posted_kind(posted: &Posted) -> ShowKind {
    if posted.get("kind") == "serial" { ShowKind::Serial } else { ShowKind::Episodic }
}

async fn org_choices(app: &App, orgs: &[OrgId]) -> Result<Vec<Choice>, Failure> {
    let all = read_tx!(app.db, |tx| accounts::service::list_orgs(tx).await)?;
    Ok(all.into_iter().filter(|o| orgs.contains(&o.id)).map(|o| Choice::new(o.id.0.to_string(), o.name)).collect())
}

async fn new_vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    form: Option<FormView>,
    explicit: bool,
) -> Result<NewShowVars, Failure> {
    let mine = editor_orgs(client)?;
    Ok(NewShowVars {
        rail: rail(app, lang, "studio/shows"),
        orgs: org_choices(app, &mine).await?,
        languages: LANGUAGES.map(|code| Choice::new(code, language_name(app, lang, code))).to_vec(),
        kinds: kinds(app, lang),
        categories: categories(app, lang, &[]),
        zones: zones(),
        explicit,
        form,
    })
}

/// GET `/{lang}/studio/shows/new`.
pub async fn new_show(State(app): Web, client: Client, Path(lang): Path<String>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let vars = new_vars(&app, &client, lang, None, false).await;
    let title = app.say(lang, "sites-show-new");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_show_new.html", title, vars).await
}

/// POST `/{lang}/studio/shows/new`.
pub async fn create_show(State(app): Web, client: Client, Path(lang): Path<String>, body: Bytes) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    match created(&app, &client, &posted).await {
        Ok(show) => {
            redirect(&format!("/{}/studio/shows/{}?said=show-created", lang.code(), show_id(SHOW_PREFIX, show.id)))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let vars = new_vars(&app, &client, lang, Some(form), posted.get("explicit") == "on").await;
            let title = app.say(lang, "sites-show-new");
            let status = ui::status(refusal.kind);
            frame::page(&app, &client, lang, status, "pages/studio_show_new.html", title, vars).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn created(app: &Arc<App>, client: &Client, posted: &Posted) -> Result<Show, Failure> {
    if client.me.is_none() {
        return Err(Refusal::new(Kind::SignIn, "sign-in-first").into());
    }
    let mine = editor_orgs(client)?;
    let wanted = posted.get("org").parse().ok().map(OrgId);
    let org = wanted.filter(|org| mine.contains(org)).or(mine.first().copied()).ok_or_else(Refusal::forbidden)?;
    let text = ShowText {
        title: posted.get("title").to_owned(),
        tagline: posted.get("tagline").to_owned(),
        description_html: posted.get("description").to_owned(),
        footer: String::new(),
    };
    let language = posted.get("language").to_owned();
    let draft = ShowDraft {
        slug: posted.get("slug").to_owned(),
        time_zone: posted.get("time_zone").trim().to_owned(),
        author: posted.get("author").to_owned(),
        copyright: posted.get("copyright").to_owned(),
        categories: posted_categories(posted),
        explicit: posted.get("explicit") == "on",
        kind: posted_kind(posted),
        texts: BTreeMap::from([(language.clone(), text)]),
        language,
        ..ShowDraft::default()
    };
    let (ctx, base) = (client.ctx(app), app.links.feed_base());
    write_tx!(app.db, |tx| uc::create_show(tx, &ctx, org, draft.clone(), &base).await)
}

/// `?date=` and `?show=` of a new episode.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NewQuery {
    date: String,
}

#[derive(Serialize)]
struct NewEpisodeVars {
    rail: Vec<RailEntry>,
    show_id: String,
    show_title: String,
    zone: String,
    number: String,
    date: String,
    season: String,
    people: String,
    frame: bool,
    form: Option<FormView>,
}

async fn episode_vars(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    date: &str,
    form: Option<FormView>,
) -> Result<NewEpisodeVars, Failure> {
    let wanted = parse_id(SHOW_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let actor = client.actor();
    let (show, last) = read_tx!(app.db, |tx| uc::next_frame(tx, &actor, wanted).await)?;
    let names: Vec<&str> = last.credits.iter().map(|c| c.name.as_str()).collect();
    let shown = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    Ok(NewEpisodeVars {
        rail: rail(app, lang, "studio"),
        show_id: show_id(SHOW_PREFIX, show.id),
        show_title: title_of(&show, lang),
        zone: show.time_zone.clone(),
        number: shown(last.number),
        date: date.to_owned(),
        season: shown(last.season),
        people: names.join(", "),
        frame: last.number.is_some(),
        form,
    })
}

/// GET `/{lang}/studio/shows/{id}/episodes/new`.
pub async fn new_episode(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<NewQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let vars = episode_vars(&app, &client, lang, &id, &query.date, None).await;
    let title = app.say(lang, "sites-episode-new");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_episode_new.html", title, vars).await
}

/// POST `/{lang}/studio/shows/{id}/episodes/new`.
pub async fn create_episode(
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
    match planned(&app, &client, &id, &posted).await {
        // The plan comes first: its empty line has the cursor.
        Ok(episode) => {
            redirect(&format!("/{}/studio/episodes/{}/rundown", lang.code(), show_id(EPISODE_PREFIX, episode)))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let vars = episode_vars(&app, &client, lang, &id, "", Some(form)).await;
            let title = app.say(lang, "sites-episode-new");
            let status = ui::status(refusal.kind);
            frame::page(&app, &client, lang, status, "pages/studio_episode_new.html", title, vars).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn planned(app: &Arc<App>, client: &Client, id: &str, posted: &Posted) -> Result<i64, Failure> {
    let show = parse_id(SHOW_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let (ctx, frame) = (client.ctx(app), posted.get("frame") == "on");
    let number = match posted.get("number").trim() {
        "" => None,
        text => {
            let bad = || Refusal::invalid("check-fields").field("number", "number-malformed");
            Some(text.parse().map_err(|_| bad())?)
        }
    };
    let text =
        EpisodeText { title: posted.get("title").to_owned(), notes_md: Some(String::new()), ..Default::default() };
    let date = Some(posted.get("date")).filter(|d| !d.is_empty());
    let made = write_tx!(app.db, |tx| {
        let (found, _) = uc::next_frame(tx, &ctx.actor, show).await?;
        let texts = BTreeMap::from([(found.language.clone(), text.clone())]);
        let draft = EpisodeDraft { number, texts, ..EpisodeDraft::default() };
        uc::plan_episode(tx, &ctx, show, draft, frame, date).await
    })?;
    Ok(made.id)
}

#[derive(Serialize)]
struct PickVars {
    rail: Vec<RailEntry>,
    shows: Vec<Choice>,
    date: String,
}

/// GET `/{lang}/studio/episodes/new`: of which show? With one show the question is not asked.
pub async fn pick_show(
    State(app): Web,
    client: Client,
    Path(lang): Path<String>,
    Query(query): Query<NewQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let found = async {
        let (actor, mut shows) = (client.actor(), Vec::new());
        for org in editor_orgs(&client)? {
            shows.extend(read_tx!(app.db, |tx| uc::list_shows(tx, &actor, org).await)?);
        }
        Ok(shows)
    };
    let shows = match found.await {
        Ok(shows) => shows,
        Err(failure) => return failure_page(&app, &client, lang, &failure).await,
    };
    let date: String = url::form_urlencoded::byte_serialize(query.date.as_bytes()).collect();
    let ask = if date.is_empty() { String::new() } else { format!("?date={date}") };
    let url = |s: &Show| format!("/{}/studio/shows/{}/episodes/new{ask}", lang.code(), show_id(SHOW_PREFIX, s.id));
    if let [only] = shows.as_slice() {
        let id = show_id(SHOW_PREFIX, only.id);
        let vars = episode_vars(&app, &client, lang, &id, &query.date, None).await;
        let title = app.say(lang, "sites-episode-new");
        return frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_episode_new.html", title, vars).await;
    }
    let vars = PickVars {
        rail: rail(&app, lang, "studio"),
        shows: shows.iter().map(|s| Choice::new(url(s), title_of(s, lang))).collect(),
        date: query.date.clone(),
    };
    let title = app.say(lang, "sites-episode-new");
    frame::page(&app, &client, lang, StatusCode::OK, "pages/studio_pick_show.html", title, Ok(vars)).await
}
