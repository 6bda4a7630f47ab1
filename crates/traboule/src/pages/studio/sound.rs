//! The sound of an episode at the desk: hearing it, sending it, converting it, its other files, its excerpts. It parses,
//! calls one use case, renders.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id, show_id};
use publish::model::{
    AudioPlace, Conversion, ConversionKind, EPISODE_PREFIX, EXCERPT_PREFIX, Excerpt, ExcerptState, FullEpisode,
    Rendition, RenditionKind, Show,
};
use publish::ports::EncoderFacts;
use publish::rules::excerpt::ExcerptDraft;
use publish::service as uc;
use publish::web::{AudioView, Cover, Links, episode_view};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::{EpisodeRow, RailEntry, language_name, rail, row, tabs, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere, remote_origins};
use crate::pages::site::{self, context, private_head};

/// What the player macro wants to know of an episode.
#[derive(Serialize)]
pub(super) struct PlayerHead {
    title: String,
    cover: Option<Cover>,
}

#[derive(Serialize)]
struct Fact {
    label: String,
    value: String,
}

#[derive(Serialize)]
struct ConversionRow {
    kind: String,
    state: &'static str,
    state_text: String,
    trouble: Option<String>,
    percent: Option<i64>,
    loudness: Option<String>,
}

#[derive(Serialize)]
struct FileRow {
    label: String,
    facts: String,
    url: String,
    listed: bool,
}

#[derive(Serialize)]
struct TitleRow {
    field: String,
    lang: String,
    lang_name: String,
    value: String,
}

#[derive(Serialize)]
struct ExcerptRow {
    id: String,
    title: String,
    start_s: i64,
    start_text: String,
    end_text: String,
    length_text: String,
    url: Option<String>,
    size_text: String,
    state: ExcerptState,
    titles: Vec<TitleRow>,
    page_url: Option<String>,
    /// Whether it can become a clip, or why not.
    clip: &'static str,
}

#[derive(Serialize)]
struct EncoderView {
    version: String,
    wall: bool,
}

#[derive(Serialize)]
struct SoundVars {
    rail: Vec<RailEntry>,
    tabs: Vec<RailEntry>,
    ep: EpisodeRow,
    head_ep: PlayerHead,
    audio: Option<AudioView>,
    facts: Vec<Fact>,
    encoder: Option<EncoderView>,
    conversions: Vec<ConversionRow>,
    running: bool,
    can_normalise: bool,
    can_lighten: bool,
    files: Vec<FileRow>,
    excerpts: Vec<ExcerptRow>,
    titles: Vec<TitleRow>,
    length_text: String,
    undo: Option<String>,
    form: Option<FormView>,
    said: Option<String>,
}

/// What the last action has to say, and what can be taken back.
#[derive(Debug, Default, Deserialize)]
pub struct SoundQuery {
    said: Option<String>,
    undo: Option<String>,
}

/// The player's head and sound for the desk. A page with it answers with [`audible`], so that sound kept elsewhere plays.
pub(super) fn player(app: &App, lang: Lang, show: &Show, full: &FullEpisode) -> (PlayerHead, Option<AudioView>) {
    let view = episode_view(show, full, (None, None), &HashMap::new(), &context(app, lang));
    (PlayerHead { title: view.ep.title, cover: view.ep.cover }, view.audio)
}

/// An answer whose page may play sound from these origins too; without any the strict policy stays.
pub(super) fn audible(mut response: Response, media_origins: Vec<String>) -> Response {
    if !media_origins.is_empty() {
        ui::secure(response.headers_mut(), &ui::PagePolicy { media_origins, ..ui::PagePolicy::default() });
    }
    response
}

/// A sentence of an action that went well, when there is one.
pub(super) fn said(app: &App, lang: Lang, code: Option<&str>) -> Option<String> {
    let keys = code.map(|c| [format!("sound-said-{c}"), format!("pages-said-{c}")]);
    keys.into_iter().flatten().find(|k| app.render.texts().has(lang, k)).map(|k| app.say(lang, &k))
}

/// `/{lang}/studio/episodes/{id}/sound`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<SoundQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = said(&app, lang, query.said.as_deref());
    let undo = query.undo.filter(|u| parse_id(EXCERPT_PREFIX, u).is_some());
    page(&app, &client, lang, &id, After { said, undo, form: None, status: StatusCode::OK }).await
}

struct After {
    said: Option<String>,
    undo: Option<String>,
    form: Option<FormView>,
    status: StatusCode,
}

/// The page after a form that was refused.
pub(crate) async fn refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    refusal: &Refusal,
    posted: &Posted,
) -> Response {
    let form = FormView::refused(posted, &["csrf"], refusal, app.render.texts(), lang);
    let after = After { said: None, undo: None, form: Some(form), status: ui::status(refusal.kind) };
    page(app, client, lang, id, after).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, id: &str, after: After) -> Response {
    let status = after.status;
    let rendered = async {
        let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let (show, full, desk, excerpts) = read_tx!(app.db, |tx| {
            let (show, full) = uc::desk_episode(tx, &actor, id).await?;
            let desk = uc::sound_desk(tx, &actor, id).await?;
            Ok((show, full, desk, uc::desk_excerpts(tx, &actor, id).await?))
        })?;
        let encoder = app.encoder.facts().await;
        let vars = vars(app, lang, (&show, &full), &desk, &excerpts, encoder, after);
        let head = private_head(format!("{} · {}", app.say(lang, "pages-tab-sound"), vars.ep.title));
        let text = site::render(app, lang, &client.path, "", "pages/studio_sound.html", head, vars).await?;
        Ok((text, remote_origins(&full.episode)))
    };
    match rendered.await {
        Ok((text, origins)) => audible(html(app, client, lang, status, text), origins),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

fn vars(
    app: &App,
    lang: Lang,
    (show, full): (&Show, &FullEpisode),
    desk: &uc::SoundDesk,
    excerpts: &[Excerpt],
    encoder: Option<EncoderFacts>,
    after: After,
) -> SoundVars {
    let (_, content) = full.episode.text(lang.code(), &show.language);
    let mut ep = row(app, lang, show, &full.episode, lang.code(), app.now());
    ep.title.clone_from(&content.title);
    let (head_ep, audio) = player(app, lang, show, full);
    let local = matches!(full.episode.audio.as_ref().map(|a| &a.place), Some(AudioPlace::Local(_)));
    let conversions: Vec<ConversionRow> =
        desk.conversions.iter().map(|(c, p)| conversion_row(app, lang, c, p.as_ref())).collect();
    let running = conversions.iter().any(|c| c.state == "running");
    let has_encoder = encoder.is_some();
    let ready = has_encoder && local && !running;
    let length = full.episode.audio.as_ref().and_then(|a| a.duration_ms).unwrap_or(0);
    SoundVars {
        rail: rail(app, lang, "studio"),
        tabs: tabs(app, lang, &ep.id, "sound"),
        facts: facts(app, lang, full),
        can_normalise: ready,
        can_lighten: ready && !desk.renditions.iter().any(|r| r.kind == RenditionKind::Light),
        files: desk.renditions.iter().map(|r| file_row(app, lang, full.episode.id, r)).collect(),
        excerpts: excerpts.iter().map(|x| excerpt_row(app, lang, show, x, (ep.url.as_deref(), has_encoder))).collect(),
        titles: title_rows(app, lang, show, None),
        length_text: ui::timecode(length),
        encoder: encoder.map(|e| EncoderView { version: e.version, wall: e.network_wall }),
        undo: after.undo,
        form: after.form,
        said: after.said,
        head_ep,
        audio,
        conversions,
        running,
        ep,
    }
}

fn facts(app: &App, lang: Lang, full: &FullEpisode) -> Vec<Fact> {
    let Some(audio) = &full.episode.audio else { return Vec::new() };
    let ms = audio.duration_ms.unwrap_or(0);
    let fact = |key: &str, value: String| Fact { label: app.say(lang, key), value };
    let mut out = vec![fact("sound-fact-type", audio.mime.clone())];
    if ms > 0 {
        out.push(fact("sound-fact-length", ui::timecode(ms + 500)));
    }
    if audio.size > 0 {
        out.push(fact("sound-fact-size", ui::bytes_text(audio.size, lang)));
    }
    if let Some(rate) = (audio.size.saturating_sub(audio.header_bytes) * 8).checked_div(ms).filter(|r| *r > 0) {
        out.push(fact("sound-fact-rate", format!("{rate} kb/s")));
    }
    out
}

fn conversion_row(app: &App, lang: Lang, c: &Conversion, progress: Option<&jobs::Progress>) -> ConversionRow {
    let dead = progress.is_some_and(|p| p.state == "dead");
    let state = match c.state.as_str() {
        "waiting" if dead => "failed",
        "waiting" => "running",
        "done" => "done",
        "dropped" => "dropped",
        _ => "failed",
    };
    let code = c.trouble.clone().unwrap_or_else(|| "accident".to_owned());
    let trouble = (state == "failed").then(|| app.say(lang, &format!("sound-trouble-{code}")));
    let whole = progress.filter(|p| p.total > 0);
    let loudness = c.loudness.0.clone().zip(c.loudness.1.clone()).map(|(before, after)| {
        let place = |text: String| {
            let text = text.replace('-', "−");
            if lang == Lang::Fr { text.replace('.', ",") } else { text }
        };
        let values = [("before", place(before).into()), ("after", place(after).into())];
        app.render.texts().text(lang, "sound-loudness", &values)
    });
    ConversionRow {
        kind: app.say(lang, &format!("sound-kind-{}", c.kind.code())),
        state_text: app.say(lang, &format!("sound-state-{state}")),
        percent: whole.map(|p| (p.done.saturating_mul(100) / p.total).clamp(0, 100)),
        state,
        trouble,
        loudness,
    }
}

fn file_row(app: &App, lang: Lang, episode: i64, r: &Rendition) -> FileRow {
    let size = ui::bytes_text(r.size, lang);
    FileRow {
        label: app.say(lang, &format!("sound-file-{}", r.kind.code())),
        facts: format!("{}, {size}", r.title),
        url: Links::rendition(episode, r),
        listed: r.kind.listed(),
    }
}

/// Title fields, the show's own language first: `title`, then `title_<language>`.
fn title_rows(app: &App, lang: Lang, show: &Show, of: Option<&Excerpt>) -> Vec<TitleRow> {
    let mut langs: Vec<&String> = show.texts.keys().filter(|l| **l != show.language).collect();
    langs.insert(0, &show.language);
    let one = |code: &String| TitleRow {
        field: if *code == show.language { "title".to_owned() } else { format!("title_{code}") },
        lang_name: language_name(app, lang, code),
        value: of.and_then(|x| x.titles.get(code)).cloned().unwrap_or_default(),
        lang: code.clone(),
    };
    langs.into_iter().map(one).collect()
}

/// Whether an excerpt can become a clip: `can`, or why not.
fn clip_of(x: &Excerpt, is_public: bool, has_encoder: bool) -> &'static str {
    if !has_encoder {
        "no-ffmpeg"
    } else if x.duration_ms > community::rules::clip::MOST_MS {
        "long"
    } else if is_public {
        "can"
    } else {
        "not-public"
    }
}

fn excerpt_row(
    app: &App,
    lang: Lang,
    show: &Show,
    x: &Excerpt,
    (page, has_encoder): (Option<&str>, bool),
) -> ExcerptRow {
    let exact = |ms: i64| publish::media::timecode::format(u64::try_from(ms).unwrap_or(0));
    ExcerptRow {
        id: show_id(EXCERPT_PREFIX, x.id),
        title: x.title(lang.code(), &show.language).to_owned(),
        start_s: x.start_ms / 1000,
        start_text: exact(x.start_ms),
        end_text: exact(x.start_ms + x.duration_ms),
        length_text: ui::duration_text(x.duration_ms, lang),
        url: Links::excerpt(x),
        size_text: x.file.as_ref().map(|(_, size)| ui::bytes_text(*size, lang)).unwrap_or_default(),
        state: x.state,
        titles: title_rows(app, lang, show, Some(x)),
        clip: clip_of(x, page.is_some(), has_encoder),
        page_url: page.map(|url| format!("{url}#t={}", x.start_ms / 1000)),
    }
}

fn titles(posted: &Posted, show: &Show) -> BTreeMap<String, String> {
    let field = |lang: &String| if *lang == show.language { "title".to_owned() } else { format!("title_{lang}") };
    let mut langs: Vec<String> = show.texts.keys().cloned().collect();
    langs.push(show.language.clone());
    langs.into_iter().map(|lang| (lang.clone(), posted.get(&field(&lang)).to_owned())).collect()
}

/// POST `/{lang}/studio/episodes/{id}/sound/normalise|light|excerpt`.
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
    let outcome = done(&app, &client, &id, &verb, &posted).await;
    after(&app, &client, lang, &id, outcome, &posted).await
}

async fn after(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    outcome: Result<String, Failure>,
    posted: &Posted,
) -> Response {
    match outcome {
        Ok(said) => {
            app.worker.wake();
            redirect(&format!("/{}/studio/episodes/{id}/sound?said={said}", lang.code()))
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            refused(app, client, lang, id, &refusal, posted).await
        }
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// Without ffmpeg nothing is asked of it: a task would only fail later.
async fn must_encode(app: &App) -> Result<(), Refusal> {
    if app.encoder.facts().await.is_some() { Ok(()) } else { Err(Refusal::new(Kind::Conflict, "ffmpeg-missing")) }
}

async fn done(app: &Arc<App>, client: &Client, id: &str, verb: &str, posted: &Posted) -> Result<String, Failure> {
    let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    let kind = match verb {
        "normalise" => ConversionKind::Normalise,
        "light" => ConversionKind::Renditions,
        "excerpt" => {
            write_tx!(app.db, |tx| {
                let (show, _) = uc::desk_episode(tx, &ctx.actor, id).await?;
                let draft = ExcerptDraft {
                    start: posted.get("start").to_owned(),
                    end: posted.get("end").to_owned(),
                    titles: titles(posted, &show),
                };
                uc::add_excerpt(tx, &ctx, id, &draft).await
            })?;
            return Ok("excerpt-added".to_owned());
        }
        _ => return Err(Refusal::not_found().into()),
    };
    crate::pages::uploads::may_send(app, &ctx.actor, id).await?;
    must_encode(app).await?;
    write_tx!(app.db, |tx| uc::ask_own(tx, &ctx, id, kind).await)?;
    Ok("converting".to_owned())
}

/// POST `/{lang}/studio/episodes/{id}/excerpts/{excerpt}/rename|remove|restore|cut`.
pub async fn excerpt(
    State(app): Web,
    client: Client,
    Path((lang, id, shown, verb)): Path<(String, String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    let outcome = changed(&app, &client, &id, &shown, &verb, &posted).await;
    after(&app, &client, lang, &id, outcome, &posted).await
}

async fn changed(
    app: &Arc<App>,
    client: &Client,
    id: &str,
    shown: &str,
    verb: &str,
    posted: &Posted,
) -> Result<String, Failure> {
    let episode = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
    let wanted = parse_id(EXCERPT_PREFIX, shown).ok_or_else(Refusal::not_found)?;
    let ctx = client.ctx(app);
    match verb {
        "rename" => {
            write_tx!(app.db, |tx| {
                let (show, _) = uc::desk_episode(tx, &ctx.actor, episode).await?;
                uc::rename_excerpt(tx, &ctx, wanted, &titles(posted, &show)).await
            })?;
            Ok("excerpt-renamed".to_owned())
        }
        "remove" => {
            write_tx!(app.db, |tx| uc::remove_excerpt(tx, &ctx, wanted).await)?;
            Ok(format!("excerpt-removed&undo={shown}"))
        }
        "restore" => {
            write_tx!(app.db, |tx| uc::restore_excerpt(tx, &ctx, wanted).await)?;
            Ok("excerpt-restored".to_owned())
        }
        "cut" => {
            write_tx!(app.db, |tx| uc::cut_excerpt_again(tx, &ctx, wanted).await)?;
            Ok("excerpt-cutting".to_owned())
        }
        _ => Err(Refusal::not_found().into()),
    }
}
