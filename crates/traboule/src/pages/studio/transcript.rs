//! The transcript of an episode at the desk: bringing it in, correcting it cue by cue beside the player, page by page. It
//! parses, calls one use case, renders.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use db::{Failure, read_tx, write_tx};
use kernel::{Ctx, Kind, Lang, Refusal, parse_id};
use publish::media::timecode;
use publish::media::transcript::Cue;
use publish::model::{EPISODE_PREFIX, FullEpisode, Show};
use publish::rules::cues::{Clash, Row, Step};
use publish::service::{self as uc, CueEdit, DeskTranscript};
use publish::web::{AudioView, Links};
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::sound::{PlayerHead, audible, player, said};
use super::{EpisodeRow, RailEntry, language_name, rail, row, tabs, to_sign_in};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere, remote_origins};
use crate::pages::site::{self, private_head};

/// How many cues one page holds.
const PAGE: usize = 50;

#[derive(Serialize)]
struct Choice {
    code: String,
    name: String,
    url: String,
    there: bool,
}

/// A cue in the form.
#[derive(Clone, Debug, Default, Serialize)]
struct CueRow {
    start: String,
    end: String,
    start_s: String,
    speaker: String,
    text: String,
    /// What the cue was, for bringing two people's changes together.
    was: String,
    gone: bool,
    error: Option<String>,
    theirs: Option<String>,
}

#[derive(Serialize)]
struct Pager {
    newer_url: Option<String>,
    older_url: Option<String>,
    text: String,
}

#[derive(Serialize)]
struct Export {
    url: String,
    label: &'static str,
}

#[derive(Serialize)]
struct LangOption {
    value: String,
    label: String,
}

#[derive(Serialize)]
struct TranscriptVars {
    rail: Vec<RailEntry>,
    tabs: Vec<RailEntry>,
    ep: EpisodeRow,
    head_ep: PlayerHead,
    audio: Option<AudioView>,
    text_lang: String,
    text_langs: Vec<Choice>,
    lang_options: Vec<LangOption>,
    there: bool,
    version: i64,
    reviewed: bool,
    undo: bool,
    rows: Vec<CueRow>,
    page: usize,
    pages: usize,
    count_text: String,
    pager: Pager,
    exports: Vec<Export>,
    form: Option<FormView>,
    said: Option<String>,
}

/// Which language, which page, and what the last action has to say.
#[derive(Debug, Default, Deserialize)]
pub struct TranscriptQuery {
    text: Option<String>,
    page: Option<usize>,
    said: Option<String>,
    count: Option<usize>,
}

#[derive(Default)]
struct After {
    lang: Option<String>,
    page: usize,
    said: Option<String>,
    form: Option<FormView>,
    rows: Option<Vec<CueRow>>,
    status: Option<StatusCode>,
}

/// `/{lang}/studio/episodes/{id}/transcript`.
pub async fn show(
    State(app): Web,
    client: Client,
    Path((lang, id)): Path<(String, String)>,
    Query(query): Query<TranscriptQuery>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = match (query.said.as_deref(), query.count) {
        (Some("replaced"), Some(count)) => {
            let count = i64::try_from(count).unwrap_or(0);
            Some(app.render.texts().text(lang, "sound-said-replaced", &[("count", count.into())]))
        }
        (code, _) => said(&app, lang, code),
    };
    let after = After { lang: query.text, page: query.page.unwrap_or(1), said, ..After::default() };
    page(&app, &client, lang, &id, after).await
}

/// The page after a transcript that could not be brought in.
pub(crate) async fn refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: &str,
    refusal: &Refusal,
    posted: &Posted,
) -> Response {
    let form = FormView::refused(posted, &[], refusal, app.render.texts(), lang);
    let wanted = Some(posted.get("lang").to_owned()).filter(|l| !l.is_empty());
    let status = Some(ui::status(refusal.kind));
    let after = After { lang: wanted, form: Some(form), page: 1, status, ..After::default() };
    page(app, client, lang, id, after).await
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, id: &str, after: After) -> Response {
    let status = after.status.unwrap_or(StatusCode::OK);
    let rendered = async {
        let id = parse_id(EPISODE_PREFIX, id).ok_or_else(Refusal::not_found)?;
        let actor = client.actor();
        let (show, full, wanted, desk) = read_tx!(app.db, |tx| {
            let (show, full) = uc::desk_episode(tx, &actor, id).await?;
            let known = |l: &String| publish::rules::check::is_language(l);
            let first = full.transcripts.iter().find(|t| t.lang == show.language).or_else(|| full.transcripts.first());
            let wanted = after.lang.clone().filter(known).or_else(|| first.map(|t| t.lang.clone()));
            let wanted = wanted.unwrap_or_else(|| show.language.clone());
            let desk = uc::desk_transcript(tx, &actor, id, &wanted).await?;
            Ok((show, full, wanted, desk))
        })?;
        let ep = row(app, lang, &show, &full.episode, lang.code(), app.now());
        let (head_ep, audio) = player(app, lang, &show, &full);
        let codes = languages(&show, &full);
        let there = |code: &String| full.transcripts.iter().any(|t| t.lang == *code);
        let base = format!("{}/transcript", ep.edit_url);
        let text_langs = codes.iter().map(|code| Choice {
            name: language_name(app, lang, code),
            url: format!("{base}?text={code}"),
            there: there(code),
            code: code.clone(),
        });
        let lang_options =
            codes.iter().map(|c| LangOption { value: c.clone(), label: language_name(app, lang, c) }).collect();
        let exports = ["vtt", "srt", "txt"].map(|format| Export {
            url: Links::transcript(full.episode.id, &wanted, format),
            label: match format {
                "vtt" => "VTT",
                "srt" => "SRT",
                _ => "TXT",
            },
        });
        let desk_part = part(app, lang, &base, &wanted, desk.as_ref(), after.page, after.rows);
        let vars = TranscriptVars {
            rail: rail(app, lang, "studio"),
            tabs: tabs(app, lang, &ep.id, "transcript"),
            text_langs: text_langs.collect(),
            lang_options,
            there: desk.is_some(),
            version: desk.as_ref().map_or(0, |d| d.version),
            reviewed: desk.as_ref().is_some_and(|d| d.reviewed),
            undo: desk.as_ref().is_some_and(|d| d.undo),
            rows: desk_part.rows,
            page: desk_part.page,
            pages: desk_part.pages,
            count_text: desk_part.count_text,
            pager: desk_part.pager,
            exports: exports.into(),
            form: after.form,
            said: after.said,
            text_lang: wanted,
            head_ep,
            audio,
            ep,
        };
        let head = private_head(format!("{} · {}", app.say(lang, "pages-tab-transcript"), vars.ep.title));
        let text = site::render(app, lang, &client.path, "", "pages/studio_transcript.html", head, vars).await?;
        Ok((text, remote_origins(&full.episode)))
    };
    match rendered.await {
        Ok((text, origins)) => audible(html(app, client, lang, status, text), origins),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The languages a transcript may be asked for: the show's own first, then those of its texts and of transcripts.
fn languages(show: &Show, full: &FullEpisode) -> Vec<String> {
    let mut codes: Vec<String> = show.texts.keys().cloned().collect();
    codes.extend(full.transcripts.iter().map(|t| t.lang.clone()));
    codes.extend(["fr", "en"].map(str::to_owned));
    codes.sort_by_key(|c| *c != show.language);
    let mut seen = std::collections::BTreeSet::new();
    codes.retain(|c| seen.insert(c.clone()));
    codes
}

struct Part {
    rows: Vec<CueRow>,
    page: usize,
    pages: usize,
    count_text: String,
    pager: Pager,
}

fn part(
    app: &App,
    lang: Lang,
    base: &str,
    text_lang: &str,
    desk: Option<&DeskTranscript>,
    page: usize,
    typed: Option<Vec<CueRow>>,
) -> Part {
    let cues = desk.map_or(&[][..], |d| d.cues.as_slice());
    let pages = cues.len().div_ceil(PAGE).max(1);
    let page = page.clamp(1, pages);
    let rows = typed.unwrap_or_else(|| cues.iter().skip((page - 1) * PAGE).take(PAGE).map(cue_row).collect());
    let url = |n: usize| format!("{base}?text={text_lang}&page={n}");
    let number = |n: usize| i64::try_from(n).unwrap_or(0);
    let values = [("page", number(page).into()), ("pages", number(pages).into())];
    Part {
        pager: Pager {
            newer_url: (page > 1).then(|| url(page - 1)),
            older_url: (page < pages).then(|| url(page + 1)),
            text: app.render.texts().text(lang, "sound-page-of", &values),
        },
        count_text: app.render.texts().text(lang, "sound-cue-count", &[("count", number(cues.len()).into())]),
        rows,
        page,
        pages,
    }
}

fn cue_row(cue: &Cue) -> CueRow {
    CueRow {
        start: timecode::format(cue.start_ms),
        end: timecode::format(cue.end_ms),
        start_s: format!("{}.{:03}", cue.start_ms / 1000, cue.start_ms % 1000),
        speaker: cue.speaker.clone().unwrap_or_default(),
        text: cue.text.clone(),
        was: serde_json::to_string(cue).unwrap_or_default(),
        ..CueRow::default()
    }
}

/// The rows of a posted page, and as the page shows them again with the problems of their times.
fn typed(app: &App, lang: Lang, posted: &Posted) -> (Vec<Row>, Vec<CueRow>, bool) {
    let gone = posted.all("gone");
    let column = |name: &str, at: usize| posted.all(name).get(at).cloned().unwrap_or_default();
    let (mut rows, mut shown, mut clean) = (Vec::new(), Vec::new(), true);
    for at in 0..posted.all("text").len().min(4 * PAGE) {
        let (start, end, was) = (column("start", at), column("end", at), column("was", at));
        let text = column("text", at).replace("\r\n", "\n");
        let speaker = column("speaker", at);
        let removed = gone.iter().any(|g| g.parse() == Ok(at)) || text.trim().is_empty();
        let (from, until) = (timecode::parse(&start), timecode::parse(&end));
        let problem = match (&from, &until) {
            _ if removed => None,
            (Ok(from), Ok(until)) if until > from => None,
            (Ok(_), Ok(_)) => Some("field-cue-backwards"),
            _ => Some("field-time-malformed"),
        };
        clean &= problem.is_none();
        let cue = Cue {
            start_ms: from.unwrap_or(0),
            end_ms: until.unwrap_or(0),
            speaker: Some(speaker.clone()).filter(|s| !s.trim().is_empty()),
            text: text.clone(),
        };
        let before: Option<Cue> = serde_json::from_str(&was).ok();
        rows.push(Row { was: before, cue: (!removed).then_some(cue).and_then(|c| c.cleaned()) });
        let start_s = from.map(|ms| format!("{}.{:03}", ms / 1000, ms % 1000)).unwrap_or_default();
        let error = problem.map(|key| app.say(lang, key));
        shown.push(CueRow { start, end, start_s, speaker, text, was, gone: removed, error, theirs: None });
    }
    (rows, shown, clean)
}

/// `split:3`, `split:3:17`, `join:3`, `insert:3`.
fn step(text: &str) -> Option<Step> {
    let mut parts = text.split(':');
    let (verb, row) = (parts.next()?, parts.next()?.parse().ok()?);
    match verb {
        "split" => Some(Step::Split(row, parts.next().and_then(|p| p.parse().ok()))),
        "join" => Some(Step::Join(row)),
        "insert" => Some(Step::Insert(row)),
        _ => None,
    }
}

/// POST `/{lang}/studio/episodes/{id}/cues/save|replace|reviewed|undo`.
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
    let Some(episode) = parse_id(EPISODE_PREFIX, &id) else { return nowhere(State(app), client).await };
    let asked = Asked { lang, id: &id, episode, text_lang: posted.get("text_lang"), posted: &posted };
    if verb == "save" {
        return save(&app, &client, &asked).await;
    }
    let ctx = client.ctx(&app);
    let page_at: usize = posted.get("page").parse().unwrap_or(1);
    match done(&app, &ctx, &asked, &verb).await {
        Ok(said) => redirect(&asked.back(page_at, &said)),
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf"], &refusal, app.render.texts(), lang);
            let text_lang = Some(asked.text_lang.to_owned());
            let status = Some(ui::status(refusal.kind));
            let after = After { lang: text_lang, page: page_at, form: Some(form), status, ..After::default() };
            page(&app, &client, lang, &id, after).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

struct Asked<'a> {
    lang: Lang,
    id: &'a str,
    episode: i64,
    text_lang: &'a str,
    posted: &'a Posted,
}

impl Asked<'_> {
    fn back(&self, page: usize, said: &str) -> String {
        let base = format!("/{}/studio/episodes/{}/transcript", self.lang.code(), self.id);
        format!("{base}?text={}&page={page}&said={said}", self.text_lang)
    }
}

async fn done(app: &Arc<App>, ctx: &Ctx, asked: &Asked<'_>, verb: &str) -> Result<String, Failure> {
    let (episode, lang) = (asked.episode, asked.text_lang);
    let version: i64 = asked.posted.get("version").parse().unwrap_or(0);
    match verb {
        "replace" => {
            let exact = !asked.posted.get("exact").is_empty();
            let words = (asked.posted.get("find"), asked.posted.get("with"), exact);
            let count = write_tx!(app.db, |tx| uc::replace_words(tx, ctx, episode, lang, version, words).await)?;
            Ok(format!("replaced&count={count}"))
        }
        "reviewed" => {
            let reviewed = asked.posted.get("reviewed") == "yes";
            write_tx!(app.db, |tx| uc::mark_reviewed(tx, ctx, episode, lang, reviewed).await)?;
            Ok(if reviewed { "reviewed" } else { "unreviewed" }.to_owned())
        }
        "undo" => {
            write_tx!(app.db, |tx| uc::undo_transcript(tx, ctx, episode, lang, version).await)?;
            Ok("undone".to_owned())
        }
        _ => Err(Refusal::not_found().into()),
    }
}

async fn save(app: &Arc<App>, client: &Client, asked: &Asked<'_>) -> Response {
    let ctx = client.ctx(app);
    let (rows, mut shown, clean) = typed(app, asked.lang, asked.posted);
    let page_at: usize = asked.posted.get("page").parse().unwrap_or(1);
    let wanted = asked.posted.get("do");
    let edit = CueEdit { rows, step: step(wanted) };
    let outcome = if clean {
        write_tx!(app.db, |tx| uc::save_cues(tx, &ctx, asked.episode, asked.text_lang, &edit).await)
    } else {
        // Permission comes before what is wrong with the form.
        crate::pages::uploads::may_send(app, &ctx.actor, asked.episode)
            .await
            .and_then(|()| Err(Refusal::invalid("check-fields").into()))
    };
    let refusal = match outcome {
        Ok(Ok(_)) => {
            let place = wanted.split(':').nth(1).map(|row| format!("#cue-{row}")).unwrap_or_default();
            return redirect(&format!("{}{place}", asked.back(page_at, "saved")));
        }
        Ok(Err(clashes)) => {
            mark(app, asked.lang, &mut shown, &clashes);
            Refusal::new(Kind::Conflict, "transcript-conflict")
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => refusal,
        Err(failure) => return failure_page(app, client, asked.lang, &failure).await,
    };
    let form = FormView::refused(&Posted::default(), &[], &refusal, app.render.texts(), asked.lang);
    let after = After {
        lang: Some(asked.text_lang.to_owned()),
        page: page_at,
        form: Some(form),
        rows: Some(shown),
        status: Some(ui::status(refusal.kind)),
        said: None,
    };
    page(app, client, asked.lang, asked.id, after).await
}

/// Shows at each clash what the other person made of the cue. The next save then knows both and is somebody's decision.
fn mark(app: &App, lang: Lang, shown: &mut [CueRow], clashes: &[Clash]) {
    for clash in clashes {
        let Some(row) = shown.get_mut(clash.row) else { continue };
        row.theirs = Some(match &clash.theirs {
            Some(cue) => {
                let who = cue.speaker.as_ref().map(|s| format!("{s}: ")).unwrap_or_default();
                let span = format!("{} – {}", timecode::format(cue.start_ms), timecode::format(cue.end_ms));
                format!("{span} · {who}{}", cue.text)
            }
            None => app.say(lang, "sound-clash-gone"),
        });
        row.was = clash.theirs.as_ref().and_then(|c| serde_json::to_string(c).ok()).unwrap_or_default();
    }
}
