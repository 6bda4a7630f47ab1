//! The studio of this part: every show with its episodes in every state, and one episode's texts, sound, transcript
//! and publication. The full editor is the next part's.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{At, Kind, Lang, Refusal, parse_id, show_id};
use publish::model::{EPISODE_PREFIX, Episode, FullEpisode, Show};
use publish::rules::check::EpisodeDraft;
use publish::rules::schedule::{self, OddHour};
use publish::rules::visibility::{Standing, standing};
use publish::service::{self as uc, When};
use publish::web::Links;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted, Stamp};

use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{Pager, lang_of, nowhere};
use crate::pages::site::{self, private_head};

/// An entry of the rail.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RailEntry {
    url: String,
    label: String,
    icon: &'static str,
    current: bool,
}

/// The rail of pages for people at work.
pub(crate) fn rail(app: &App, lang: Lang, current: &str) -> Vec<RailEntry> {
    [
        ("studio", "pages-studio-heading", "episodes"),
        ("studio/people", "pages-people-heading", "people"),
        ("account", "pages-account-heading", "person"),
    ]
    .into_iter()
    .map(|(path, label, icon)| RailEntry {
        url: format!("/{}/{path}", lang.code()),
        label: app.say(lang, label),
        icon,
        current: path == current,
    })
    .collect()
}

#[derive(Serialize)]
struct EpisodeRow {
    id: String,
    plaque: String,
    title: String,
    state: &'static str,
    state_text: String,
    when: Option<Stamp>,
    url: Option<String>,
    edit_url: String,
    summary: String,
    notes_md: String,
    date_value: String,
    time_value: String,
    version: i64,
}

#[derive(Serialize)]
struct ShowRow {
    title: String,
    url: String,
    feed_url: String,
    time_zone: String,
    episodes: Vec<EpisodeRow>,
}

#[derive(Serialize)]
struct ListVars {
    rail: Vec<RailEntry>,
    shows: Vec<ShowRow>,
    pager: Pager,
    said: Option<String>,
}

fn row(app: &App, lang: Lang, show: &Show, episode: &Episode, text_lang: &str, now: At) -> EpisodeRow {
    let (_, text) = episode.text(text_lang, &show.language);
    let standing = standing(episode.state, now);
    let zone = schedule::zone(&show.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    let at = episode.state.instant().filter(|at| at.micros() != 0);
    let when = at.map(|at| Stamp {
        iso: at.rfc3339_in(&zone),
        text: format!("{}, {}", ui::date_long(at, &zone, lang), ui::clock_text(at, &zone, lang)),
    });
    let local = at.map(|at| at.timestamp().to_zoned_datetime(zone.clone()));
    let id = show_id(EPISODE_PREFIX, episode.id);
    EpisodeRow {
        plaque: episode.number.map(|n| n.to_string()).unwrap_or_default(),
        title: text.title.clone(),
        state: standing.code(),
        state_text: app.say(lang, &format!("pages-state-{}", standing.code())),
        when,
        url: (standing == Standing::Published).then(|| Links::episode(lang, &show.slug, &episode.slug)),
        edit_url: format!("/{}/studio/episodes/{id}", lang.code()),
        summary: text.summary.clone(),
        notes_md: text.notes_md.clone().unwrap_or_default(),
        date_value: local.as_ref().map(|z| z.strftime("%Y-%m-%d").to_string()).unwrap_or_default(),
        version: episode.version,
        time_value: local.as_ref().map(|z| z.strftime("%H:%M").to_string()).unwrap_or_default(),
        id,
    }
}

/// `?before=` of the list.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

fn to_sign_in(lang: Lang, path: &str) -> Response {
    redirect(&format!("/{}/sign-in?next={path}", lang.code()))
}

/// `/{lang}/studio`.
pub async fn list(State(app): Web, client: Client, Path(lang): Path<String>, Query(page): Query<Before>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let (vars, head) =
            (list_vars(&app, &client, lang, page.before).await?, private_head(app.say(lang, "pages-studio-heading")));
        site::render(&app, lang, &client.path, "", "pages/studio.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn list_vars(app: &Arc<App>, client: &Client, lang: Lang, before: Option<i64>) -> Result<ListVars, Failure> {
    let actor = client.actor();
    let now = app.now();
    let me = client.me.as_ref().ok_or_else(|| Refusal::new(Kind::SignIn, "sign-in-first"))?;
    let mut orgs: Vec<kernel::OrgId> = me.roles.iter().map(|(org, _)| *org).collect();
    orgs.dedup();
    let mut shows = Vec::new();
    let mut next = None;
    let (mut due, mut all) = (0, 0);
    for org in orgs {
        let tasks = publish::jobs::downloads(&app.db, Some(org)).await?;
        (due, all) = (due + tasks.due, all + tasks.due + tasks.done + tasks.dead);
        for show in read_tx!(app.db, |tx| uc::list_shows(tx, &actor, org).await)? {
            let (show, episodes, more) = read_tx!(app.db, |tx| uc::desk(tx, &actor, show.id, before).await)?;
            next = next.max(more);
            let title = show.text(lang.code()).1.title.clone();
            let rows = episodes.iter().map(|e| row(app, lang, &show, e, lang.code(), now)).collect();
            shows.push(ShowRow {
                title,
                url: Links::show(lang, &show.slug),
                feed_url: app.links.feed(&show.slug),
                time_zone: show.time_zone.clone(),
                episodes: rows,
            });
        }
    }
    let path = format!("/{}/studio", lang.code());
    let pager = Pager {
        newer_url: before.map(|_| path.clone()),
        older_url: next.map(|id| format!("{path}?before={id}")),
        text: String::new(),
    };
    let said = (due > 0).then(|| {
        let args = [("done", (all - due).into()), ("total", all.into())];
        app.render.texts().text(lang, "pages-downloads", &args)
    });
    Ok(ListVars { rail: rail(app, lang, "studio"), shows, pager, said })
}

#[derive(Serialize)]
struct LangLink {
    code: String,
    name: String,
    url: String,
}

#[derive(Serialize)]
struct TranscriptRow {
    language_name: String,
}

#[derive(Serialize)]
struct EpisodeVars {
    rail: Vec<RailEntry>,
    ep: EpisodeRow,
    audio: Option<AudioRow>,
    transcripts: Vec<TranscriptRow>,
    problems: Vec<String>,
    text_lang: String,
    text_langs: Vec<LangLink>,
    time_zone: String,
    preview: Option<String>,
    zone_note: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
}

#[derive(Serialize)]
struct AudioRow {
    size_text: String,
    duration_text: Option<String>,
}

/// Which language's texts are edited, and what the last action has to say.
#[derive(Debug, Default, Deserialize)]
pub struct EpisodeQuery {
    text: Option<String>,
    said: Option<String>,
}

fn language_name(app: &App, lang: Lang, code: &str) -> String {
    let key = format!("publish-language-{code}");
    if app.render.texts().has(lang, &key) { app.say(lang, &key) } else { code.to_owned() }
}

fn odd_note(app: &App, lang: Lang, show: &Show, full: &FullEpisode) -> (Option<String>, Option<String>) {
    let state = full.episode.state;
    let preview =
        state.instant().filter(|at| at.micros() != 0 && !matches!(state, publish::model::State::Unpublished(_)));
    let zone = schedule::zone(&show.time_zone).ok();
    let odd =
        full.episode.wall_clock.as_ref().zip(zone).and_then(|(wall, zone)| schedule::resolve_again(wall, &zone)?.odd);
    let note = odd.map(|odd| match odd {
        OddHour::Gap(instead) => app.render.texts().text(lang, "pages-zone-gap", &[("local", instead.into())]),
        OddHour::Fold => app.say(lang, "pages-zone-fold"),
    });
    (preview.map(At::rfc3339), note)
}

/// `/{lang}/studio/episodes/{id}`.
pub async fn episode(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<EpisodeQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = query.said.as_deref().filter(|s| app.render.texts().has(lang, &format!("pages-said-{s}")));
    let said = said.map(|s| app.say(lang, &format!("pages-said-{s}")));
    show_episode(&app, &client, lang, &id, query.text, None, said, StatusCode::OK).await
}

#[allow(clippy::too_many_arguments)] // the page after each of its forms
async fn show_episode(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    text_lang: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
    status: StatusCode,
) -> Response {
    let rendered = async {
        let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let (show, full) = read_tx!(app.db, |tx| uc::desk_episode(tx, &actor, id).await)?;
        let vars = episode_vars(app, lang, &show, &full, text_lang, form, said);
        let head = private_head(vars.ep.title.clone());
        site::render(app, lang, &client.path, "", "pages/studio_episode.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn episode_vars(
    app: &Arc<App>,
    lang: Lang,
    show: &Show,
    full: &FullEpisode,
    text_lang: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
) -> EpisodeVars {
    let text_lang = text_lang.filter(|l| ["fr", "en"].contains(&l.as_str()) || full.episode.texts.contains_key(l));
    let text_lang = text_lang.unwrap_or_else(|| full.episode.text(&show.language, &show.language).0.to_owned());
    let mut ep = row(app, lang, show, &full.episode, &text_lang, app.now());
    if !full.episode.texts.contains_key(&text_lang) {
        (ep.summary, ep.notes_md) = (String::new(), String::new());
    }
    let mut codes: Vec<String> = full.episode.texts.keys().cloned().collect();
    for code in ["fr", "en"] {
        if !codes.iter().any(|c| c == code) {
            codes.push(code.to_owned());
        }
    }
    let mut problems = Vec::new();
    if full.episode.audio.is_none() {
        problems.push(app.say(lang, "pages-problem-audio"));
    }
    if full.transcripts.is_empty() {
        problems.push(app.say(lang, "pages-problem-transcript"));
    }
    let (preview, zone_note) = odd_note(app, lang, show, full);
    let link = |code: String| LangLink {
        name: language_name(app, lang, &code),
        url: format!("{}?text={code}", ep.edit_url),
        code,
    };
    EpisodeVars {
        rail: rail(app, lang, "studio"),
        text_langs: codes.into_iter().map(link).collect(),
        audio: full.episode.audio.as_ref().map(|a| AudioRow {
            size_text: ui::bytes_text(a.size, lang),
            duration_text: a.duration_ms.map(|ms| ui::timecode(ms + 500)),
        }),
        transcripts: full
            .transcripts
            .iter()
            .map(|t| TranscriptRow { language_name: language_name(app, lang, &t.lang) })
            .collect(),
        problems,
        text_lang,
        time_zone: show.time_zone.clone(),
        preview,
        zone_note,
        form,
        said,
        ep,
    }
}

/// POST `/{lang}/studio/episodes/{id}/{verb}`: texts, schedule, publish, unpublish, draft.
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
        Ok(said) => redirect(&format!("/{}/studio/episodes/{id}?said={said}", lang.code())),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let text_lang = Some(posted.get("text_lang").to_owned()).filter(|l| !l.is_empty());
            show_episode(&app, &client, lang, &id, text_lang, Some(form), None, ui::status(refusal.kind)).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

async fn done(app: &Arc<App>, client: &Client, id: &str, verb: &str, posted: &Posted) -> Result<&'static str, Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match verb {
        "schedule" => {
            let when = When::WallClock(posted.get("date").to_owned(), posted.get("time").to_owned());
            write_tx!(app.db, |tx| uc::schedule(tx, &ctx, id, when.clone()).await)?;
            Ok("scheduled")
        }
        "publish" => {
            write_tx!(app.db, |tx| uc::schedule(tx, &ctx, id, When::Now).await)?;
            app.worker.wake();
            Ok("published")
        }
        "unpublish" => {
            write_tx!(app.db, |tx| uc::unpublish(tx, &ctx, id).await)?;
            Ok("unpublished")
        }
        "draft" => {
            write_tx!(app.db, |tx| uc::back_to_draft(tx, &ctx, id).await)?;
            Ok("draft")
        }
        "texts" => {
            write_tx!(app.db, |tx| {
                let (show, full) = uc::desk_episode(tx, &ctx.actor, id).await?;
                let (version, draft) = edited(&show, full, posted);
                uc::edit_episode(tx, &ctx, id, version, draft).await
            })?;
            Ok("saved")
        }
        _ => Err(Refusal::not_found().into()),
    }
}

/// The episode as it is, with one language's texts replaced by what was typed.
fn edited(show: &Show, full: FullEpisode, posted: &Posted) -> (i64, EpisodeDraft) {
    let episode = full.episode;
    let lang =
        Some(posted.get("text_lang").to_owned()).filter(|l| !l.is_empty()).unwrap_or_else(|| show.language.clone());
    let mut texts = episode.texts;
    let text = texts.entry(lang).or_default();
    text.title = posted.get("title").to_owned();
    text.summary = posted.get("summary").to_owned();
    let typed = posted.get("notes_md");
    // Notes that came as HTML from an import stay as they are until somebody writes new ones.
    if text.notes_md.is_some() || !typed.trim().is_empty() {
        text.notes_md = Some(typed.to_owned());
    }
    let draft = EpisodeDraft {
        slug: episode.slug,
        number: episode.number,
        season: episode.season,
        kind: episode.kind,
        explicit: episode.explicit,
        texts,
        chapters: full.chapters,
        credits: full.credits,
    };
    // The page sends the version it showed: somebody else's save in between is then noticed, not overwritten.
    (posted.get("version").parse().unwrap_or(episode.version), draft)
}
