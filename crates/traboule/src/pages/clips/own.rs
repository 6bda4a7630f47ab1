//! One's own clips: the list with how far each is, and the page of one, on which its video is sent, its words and captions are
//! changed, and it is deleted.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use community::model::{POST_PREFIX, PostState, Rendition};
use community::rules::clip::{Cue, Words};
use community::service::{self as uc, OwnClip};
use db::{Failure, read_tx, write_tx};
use kernel::{Kind, Lang, Refusal, parse_id, show_id};
use publish::media::timecode;
use serde::{Deserialize, Serialize};
use ui::{FormView, Posted};

use super::{Choice, clip_path, languages, view};
use crate::app::App;
use crate::http::{Client, Web, error_page, failure_page, html, read_form, redirect};
use crate::pages::public::{lang_of, nowhere};
use crate::pages::site::{self, private_head};
use crate::pages::studio::{language_name, to_sign_in};

/// How often a video that failed is looked at again in a day.
const LOOKS_A_DAY: u32 = 5;
/// Empty rows below the captions.
const MORE_CUES: usize = 3;

/// What a page is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    said: Option<String>,
    before: Option<String>,
    captions: Option<String>,
}

#[derive(Serialize)]
struct StateView {
    kind: &'static str,
    icon: &'static str,
    text: String,
}

/// One of one's own clips.
#[derive(Serialize)]
struct OwnView {
    id: String,
    title: String,
    body: String,
    lang: String,
    version: i64,
    base_url: String,
    edit_url: String,
    edit_text: String,
    page_url: Option<String>,
    poster_url: Option<String>,
    state: StateView,
    percent: Option<i64>,
    facts: String,
    problem: Option<String>,
    explain: Option<String>,
    received: Option<String>,
    sha256: Option<String>,
    original_url: Option<String>,
    original_text: String,
}

#[derive(Serialize)]
struct MineVars {
    clips: Vec<OwnView>,
    running: bool,
    older_url: Option<String>,
    said: Option<String>,
}

#[derive(Clone, Default, Serialize)]
struct CueRow {
    start: String,
    end: String,
    text: String,
    error: Option<String>,
}

#[derive(Serialize)]
struct LangTab {
    code: String,
    name: String,
    there: bool,
}

#[derive(Serialize)]
struct EditVars {
    one: OwnView,
    running: bool,
    awaits: bool,
    can_again: bool,
    lang_choices: Vec<Choice>,
    text_lang: String,
    text_langs: Vec<LangTab>,
    cues: Vec<CueRow>,
    has_cues: bool,
    cue_error: Option<String>,
    form: Option<FormView>,
    file_form: Option<FormView>,
    captions_form: Option<FormView>,
    said: Option<String>,
}

/// Where a clip stands, as a word.
fn stand(clip: &OwnClip) -> (&'static str, &'static str, &'static str) {
    match (clip.post.state, &clip.clip, &clip.draft) {
        (PostState::Public, ..) => ("public", "ok", "check"),
        (PostState::Removed, ..) => ("removed", "bad", "hidden"),
        (_, Some(c), _) if c.rendition == Rendition::Waiting => ("looking", "info", "clock"),
        (_, Some(_), _) => ("failed", "bad", "alert"),
        (_, None, Some(d)) if d.from.is_some() && d.trouble.is_some() => ("failed", "bad", "alert"),
        (_, None, Some(d)) if d.from.is_some() => ("cutting", "info", "clock"),
        _ => ("waiting", "", "upload"),
    }
}

fn running(clip: &OwnClip) -> bool {
    matches!(stand(clip).0, "looking" | "cutting")
}

fn own_view(app: &App, lang: Lang, clip: &OwnClip) -> OwnView {
    let base = clip_path(lang, clip.post.id);
    let (state, kind, icon) = stand(clip);
    let facts = clip.clip.as_ref().map(|c| {
        let mut facts = vec![ui::duration_text(c.duration_ms, lang), format!("{} × {}", c.width, c.height)];
        facts.push(ui::bytes_text(c.bytes, lang));
        facts.join(", ")
    });
    let trouble = clip.clip.as_ref().and_then(|c| c.problem.clone());
    let trouble = trouble.or_else(|| clip.draft.as_ref().and_then(|d| d.trouble.clone()));
    let public = clip.post.state == PostState::Public;
    let shown = clip.clip.as_ref().and_then(view::as_it_came);
    let problem = trouble.map(|code| {
        let key = shown.map_or_else(|| format!("clip-problem-{code}"), str::to_owned);
        let known = app.render.texts().has(lang, &key);
        app.say(lang, if known { &key } else { "clip-problem-accident" })
    });
    let of_episode = clip.clip.as_ref().is_some_and(|c| c.from.is_some());
    OwnView {
        id: show_id(POST_PREFIX, clip.post.id),
        title: clip.title().to_owned(),
        body: clip.post.body.clone(),
        lang: clip.post.lang.clone(),
        version: clip.post.version,
        edit_url: format!("{base}/edit"),
        edit_text: app.say(lang, if clip.awaits() { "clip-send" } else { "clips-edit" }),
        page_url: public.then(|| base.clone()),
        poster_url: clip.clip.as_ref().and_then(view::poster_url),
        state: StateView { kind, icon, text: app.say(lang, &format!("clip-state-{state}")) },
        percent: clip.progress.map(|(done, all)| (done.saturating_mul(100) / all.max(1)).clamp(0, 100)),
        facts: facts.unwrap_or_default(),
        problem,
        explain: (state == "looking").then(|| app.say(lang, "clip-explain-looking")),
        received: None,
        sha256: clip.clip.as_ref().map(|c| c.sha256.clone()),
        original_text: app.say(lang, if of_episode { "clip-original-film" } else { "clip-original-text" }),
        original_url: clip.clip.as_ref().map(|_| format!("{base}/original")),
        base_url: base,
    }
}

fn said(app: &App, lang: Lang, code: Option<&str>) -> Option<String> {
    let key = code.map(|c| format!("clip-said-{c}"));
    key.filter(|k| app.render.texts().has(lang, k)).map(|k| app.say(lang, &k))
}

/// `/{lang}/clips/mine`.
pub async fn mine(State(app): Web, client: Client, Path(lang): Path<String>, Query(asked): Query<Asked>) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let rendered = async {
        let actor = client.actor();
        let before = asked.before.as_deref().and_then(|b| parse_id(POST_PREFIX, b));
        let (clips, next) = read_tx!(app.db, |tx| uc::own_clips(tx, &actor, before).await)?;
        let vars = MineVars {
            running: clips.iter().any(running),
            clips: clips.iter().map(|c| own_view(&app, lang, c)).collect(),
            older_url: next.map(|id| format!("/{}/clips/mine?before={}", lang.code(), show_id(POST_PREFIX, id))),
            said: said(&app, lang, asked.said.as_deref()),
        };
        let head = private_head(app.say(lang, "clips-mine"));
        site::render_for(&app, &client, lang, "clips", "pages/clip_mine.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(&app, &client, lang, StatusCode::OK, text),
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// What the page of one clip shows after something was done or refused.
#[derive(Default)]
struct After {
    said: Option<String>,
    text_lang: Option<String>,
    form: Option<FormView>,
    file_form: Option<FormView>,
    captions_form: Option<FormView>,
    cues: Option<Vec<CueRow>>,
    cue_error: Option<String>,
    status: Option<StatusCode>,
}

/// `/{lang}/clips/{id}/edit`.
pub async fn edit(
    State(app): Web,
    client: Client,
    Path((lang, shown)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    if client.me.is_none() {
        return to_sign_in(lang, &client.path);
    }
    let said = said(&app, lang, asked.said.as_deref());
    let text_lang = asked.captions.filter(|l| community::rules::clip::is_language(l));
    page(&app, &client, lang, &shown, After { said, text_lang, ..After::default() }).await
}

/// The page after a file that was refused.
pub(super) async fn file_refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    shown: &str,
    refusal: &Refusal,
) -> Response {
    let form = FormView::refused(&Posted::default(), &[], refusal, app.render.texts(), lang);
    let status = Some(ui::status(refusal.kind));
    page(app, client, lang, shown, After { file_form: Some(form), status, ..After::default() }).await
}

/// The page after captions that were refused.
pub(super) async fn captions_refused(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    shown: &str,
    text_lang: &str,
    refusal: &Refusal,
) -> Response {
    let form = FormView::refused(&Posted::default(), &[], refusal, app.render.texts(), lang);
    let (status, text_lang) = (Some(ui::status(refusal.kind)), Some(text_lang.to_owned()));
    let text_lang = text_lang.filter(|l| community::rules::clip::is_language(l));
    page(app, client, lang, shown, After { captions_form: Some(form), text_lang, status, ..After::default() }).await
}

fn time(ms: i64) -> String {
    timecode::format(u64::try_from(ms).unwrap_or(0))
}

fn rows(cues: &[Cue]) -> Vec<CueRow> {
    let row = |c: &Cue| CueRow { start: time(c.start_ms), end: time(c.end_ms), text: c.text.clone(), error: None };
    cues.iter().map(row).collect()
}

async fn page(app: &Arc<App>, client: &Client, lang: Lang, shown: &str, after: After) -> Response {
    let status = after.status.unwrap_or(StatusCode::OK);
    let rendered = async {
        let id = parse_id(POST_PREFIX, shown).ok_or_else(Refusal::not_found)?;
        let (actor, now) = (client.actor(), app.now());
        let (clip, captions, upload) = read_tx!(app.db, |tx| {
            let clip = uc::own_clip(tx, &actor, id).await?;
            let captions = uc::captions_of(tx, &actor, id, now).await?;
            Ok((clip, captions, publish::service::post_upload(tx, &actor, id, now).await?))
        })?;
        let mut one = own_view(app, lang, &clip);
        one.received = upload.filter(|u| u.received > 0).map(|u| {
            let size = |bytes: i64| ui::bytes_text(bytes, lang);
            let values = [("got", size(u.received).into()), ("all", size(u.size).into())];
            app.render.texts().text(lang, "clip-upload-received", &values)
        });
        let text_lang = after.text_lang.unwrap_or_else(|| clip.post.lang.clone());
        let kept = captions.iter().find(|(l, _)| *l == text_lang).map(|(_, cues)| rows(cues)).unwrap_or_default();
        let has_cues = !kept.is_empty();
        let mut cues = after.cues.unwrap_or(kept);
        cues.extend(std::iter::repeat_n(CueRow::default(), MORE_CUES));
        let mut codes: Vec<&String> = captions.iter().map(|(l, _)| l).collect();
        codes.extend([&clip.post.lang, &text_lang]);
        codes.sort_unstable();
        codes.dedup();
        let tab = |code: &String| LangTab {
            name: language_name(app, lang, code),
            there: captions.iter().any(|(l, _)| l == code),
            code: code.clone(),
        };
        let vars = EditVars {
            running: running(&clip),
            awaits: clip.awaits(),
            can_again: clip.post.state == PostState::Preparing
                && clip.clip.as_ref().is_some_and(|c| c.rendition == Rendition::None),
            lang_choices: languages(app, lang, &clip.post.lang),
            text_langs: codes.into_iter().map(tab).collect(),
            text_lang,
            cues,
            has_cues,
            cue_error: after.cue_error,
            form: after.form,
            file_form: after.file_form,
            captions_form: after.captions_form,
            said: after.said,
            one,
        };
        let head = private_head(clip.title().to_owned());
        site::render_for(app, client, lang, "clips", "pages/clip_edit.html", head, vars).await
    };
    match rendered.await {
        Ok(text) => html(app, client, lang, status, text),
        Err(failure) => failure_page(app, client, lang, &failure).await,
    }
}

/// The captions of a form, and as the page shows them again with the problems of their times.
fn typed(app: &App, lang: Lang, posted: &Posted) -> (Vec<Cue>, Vec<CueRow>, bool) {
    let column = |name: &str, at: usize| posted.all(name).get(at).cloned().unwrap_or_default();
    let (mut cues, mut shown, mut clean) = (Vec::new(), Vec::new(), true);
    for at in 0..posted.all("text").len().min(community::rules::clip::MOST_CUES + 50) {
        let (start, end) = (column("start", at), column("end", at));
        let text = column("text", at).replace("\r\n", "\n");
        if text.trim().is_empty() {
            continue;
        }
        let whole = |t: &str| timecode::parse(t).ok().and_then(|ms| i64::try_from(ms).ok());
        let problem = match (whole(&start), whole(&end)) {
            (Some(from), Some(until)) if until > from => {
                cues.push(Cue { start_ms: from, end_ms: until, text: text.clone() });
                None
            }
            (Some(_), Some(_)) => Some("field-cue-backwards"),
            _ => Some("field-time-malformed"),
        };
        clean &= problem.is_none();
        shown.push(CueRow { start, end, text, error: problem.map(|key| app.say(lang, key)) });
    }
    (cues, shown, clean)
}

/// POST `/{lang}/clips/{id}/words|captions|again|remove`.
pub async fn act(
    State(app): Web,
    client: Client,
    Path((lang, shown, verb)): Path<(String, String, String)>,
    body: Bytes,
) -> Response {
    let Some(lang) = lang_of(&lang) else { return nowhere(State(app), client).await };
    let posted = match read_form(&app, &client, &body) {
        Ok(posted) => posted,
        Err(refusal) => return error_page(&app, &client, lang, &refusal).await,
    };
    if client.me.is_none() {
        return to_sign_in(lang, &format!("/{}/clips/{shown}/edit", lang.code()));
    }
    let Some(id) = parse_id(POST_PREFIX, &shown) else { return nowhere(State(app), client).await };
    let base = format!("/{}/clips", lang.code());
    let again = format!("{base}/{shown}/edit");
    match done(&app, &client, lang, id, &verb, &posted).await {
        Ok(Done::Said(said)) => redirect(&format!("{again}?said={said}")),
        Ok(Done::Captions) => redirect(&format!("{again}?said=captions&captions={}#captions", posted.get("lang"))),
        Ok(Done::Gone) => redirect(&format!("{base}/mine?said=removed")),
        Ok(Done::Rows(rows, kind, error)) => {
            let (cues, cue_error, status) = (Some(rows), error, Some(ui::status(kind)));
            let text_lang = Some(posted.get("lang").to_owned()).filter(|l| community::rules::clip::is_language(l));
            page(&app, &client, lang, &shown, After { cues, cue_error, text_lang, status, ..After::default() }).await
        }
        Err(Failure::Refused(refusal)) if matches!(refusal.kind, Kind::Invalid | Kind::Conflict) => {
            let form = FormView::refused(&posted, &["csrf", "version"], &refusal, app.render.texts(), lang);
            let status = Some(ui::status(refusal.kind));
            page(&app, &client, lang, &shown, After { form: Some(form), status, ..After::default() }).await
        }
        Err(failure) => failure_page(&app, &client, lang, &failure).await,
    }
}

/// What became of a form.
enum Done {
    Said(&'static str),
    Captions,
    Gone,
    /// Captions that are shown again, with what is wrong with all of them.
    Rows(Vec<CueRow>, Kind, Option<String>),
}

async fn done(
    app: &Arc<App>,
    client: &Client,
    lang: Lang,
    id: i64,
    verb: &str,
    posted: &Posted,
) -> Result<Done, Failure> {
    let ctx = client.ctx(app);
    match verb {
        "words" => {
            let words = Words {
                title: posted.get("title").to_owned(),
                body: posted.get("body").replace("\r\n", "\n"),
                lang: posted.get("lang").to_owned(),
            };
            let version: i64 = posted.get("version").parse().unwrap_or(0);
            write_tx!(app.db, |tx| uc::edit_clip(tx, &ctx, id, version, &words).await)?;
            Ok(Done::Said("saved"))
        }
        "captions" => {
            // Permission first, so that a stranger's mistakes are not explained.
            read_tx!(app.db, |tx| uc::own_clip(tx, &ctx.actor, id).await)?;
            let (cues, rows, clean) = typed(app, lang, posted);
            if !clean {
                return Ok(Done::Rows(rows, Kind::Invalid, None));
            }
            let text_lang = posted.get("lang");
            match write_tx!(app.db, |tx| uc::set_captions(tx, &ctx, id, text_lang, &cues).await) {
                Ok(_) => Ok(Done::Captions),
                Err(Failure::Refused(refusal)) if refusal.kind == Kind::Invalid => {
                    let code = refusal.fields.first();
                    let say = |f: &kernel::Field| ui::sentence(app.render.texts(), lang, "field", f.code, &f.args);
                    Ok(Done::Rows(rows, Kind::Invalid, code.map(say)))
                }
                Err(Failure::Refused(refusal)) if refusal.kind == Kind::Conflict => {
                    let why = ui::sentence(app.render.texts(), lang, "refusal", refusal.code, &refusal.args);
                    Ok(Done::Rows(rows, Kind::Conflict, Some(why)))
                }
                Err(failure) => Err(failure),
            }
        }
        "again" => {
            // One loop makes videos for everybody: a file that fails is not sent to it all day long.
            app.limits.check(&format!("clip again {id}"), LOOKS_A_DAY, 86_400, ctx.now)?;
            write_tx!(app.db, |tx| uc::look_again(tx, &ctx, id).await)?;
            app.worker.wake();
            Ok(Done::Said("again"))
        }
        "remove" if posted.get("sure") == "yes" => {
            write_tx!(app.db, |tx| {
                let org = uc::own_clip(tx, &ctx.actor, id).await?.post.org;
                let files = uc::posts::delete(tx, &ctx, id).await?;
                publish::service::let_go(tx, org, &files, ctx.now).await
            })?;
            Ok(Done::Gone)
        }
        _ => Err(Refusal::not_found().into()),
    }
}
