//! One episode at the desk: its texts, its sound, its transcript, its publication.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id};
use publish::model::checks::Proof;
use publish::model::{EPISODE_PREFIX, FullEpisode, Show};
use publish::rules::check::EpisodeDraft;
use publish::rules::schedule;
use publish::service::{self as uc, Checked, When};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::checks::{ChecksView, InstantView, ProofView, checks_view, instant_view, proof_views};
use super::{EpisodeRow, RailEntry, language_name, rail, row, tabs, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};

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
    tabs: Vec<RailEntry>,
    ep: EpisodeRow,
    audio: Option<AudioRow>,
    transcripts: Vec<TranscriptRow>,
    problems: bool,
    text_lang: String,
    text_langs: Vec<LangLink>,
    time_zone: String,
    instant: InstantView,
    checks: ChecksView,
    proofs: Vec<ProofView>,
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

/// What the schedule as saved, or as it was typed and refused, means.
fn instant_of(app: &App, lang: Lang, show: &Show, full: &FullEpisode, form: Option<&FormView>) -> InstantView {
    let typed = |name: &str| form.and_then(|f| f.values.get(name)).filter(|v| !v.is_empty());
    if let (Some(date), Some(time)) = (typed("date"), typed("time")) {
        return instant_view(app, lang, show, date, time);
    }
    let state = full.episode.state;
    let kept = !matches!(state, publish::model::State::Unpublished(_));
    let Some(at) = state.instant().filter(|at| at.micros() != 0 && kept) else { return InstantView::default() };
    let zone = schedule::zone(&show.time_zone).ok();
    let wall = full.episode.wall_clock.as_ref().zip(zone);
    InstantView::saved(app, lang, at, wall.and_then(|(wall, zone)| schedule::resolve_again(wall, &zone)?.odd))
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
        let (checked, proofs) = read_tx!(app.db, |tx| {
            let checked = uc::checks(tx, &actor, id, None).await?;
            Ok((checked, uc::proofs(tx, &actor, id).await?))
        })?;
        let vars = episode_vars(app, lang, &checked, &proofs, text_lang, form, said);
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
    checked: &Checked,
    proofs: &[Proof],
    text_lang: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
) -> EpisodeVars {
    let (show, full) = (&checked.show, &checked.full);
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
    let instant = instant_of(app, lang, show, full, form.as_ref());
    let checks = checks_view(app, lang, &ep.edit_url, checked);
    let link = |code: String| LangLink {
        name: language_name(app, lang, &code),
        url: format!("{}?text={code}", ep.edit_url),
        code,
    };
    EpisodeVars {
        rail: rail(app, lang, "studio"),
        tabs: tabs(app, lang, &ep.id, ""),
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
        problems: checks.blocks(),
        proofs: proof_views(app, lang, show, proofs),
        checks,
        instant,
        text_lang,
        time_zone: show.time_zone.clone(),
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
pub(super) fn edited(show: &Show, full: FullEpisode, posted: &Posted) -> (i64, EpisodeDraft) {
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
